// -T pdml: Packet Details Markup Language, as tshark writes it: packet, proto and field elements.

import { type Capture, packetNodes, type TreeNode, timeText } from '../../engine/printing.ts'
import type { Output } from '../output.ts'
import { escapeXml } from './escape.ts'
import { type ChosenLayers, isMasked, leavesOut } from './json-shape.ts'
import type { Printer } from './printer.ts'

export function createPdmlPrinter(capture: Capture, out: Output, chosen: ChosenLayers | null = null): Printer {
  return {
    fields: undefined,
    begin() {
      out.text('<?xml version="1.0" encoding="utf-8"?>\n')
      out.text(`<pdml version="0" creator="wiretail" capture_file="${escapeXml(capture.reader.path)}">\n`)
    },
    packet(packet, dissect) {
      const d = dissect()
      out.text('<packet>\n')
      const nodes = packetNodes(d)
      writeGeneral(out, capture, packet, nodes)
      for (const node of nodes) writeNode(out, node, '  ', chosen)
      out.text('</packet>\n\n')
    },
    end() {
      out.text('</pdml>\n')
    },
  }
}

/** The pseudo protocol that PDML puts first: number, lengths and time. */
function writeGeneral(out: Output, capture: Capture, packet: number, nodes: readonly TreeNode[]): void {
  const { index } = capture
  const length = index.length(packet)
  const captured = index.captured(packet)
  const arrival = nodes[0]?.children.find(({ name }) => name === 'frame.time')?.shown ?? ''
  const line = (name: string, show: string, title: string, value: string): void =>
    out.text(`    <field name="${name}" pos="0" show="${escapeXml(show)}" showname="${title}" value="${value}" size="${captured}"/>\n`)
  out.text(`  <proto name="geninfo" pos="0" showname="General information" size="${captured}">\n`)
  line('num', String(packet), 'Number', packet.toString(16))
  line('len', String(length), 'Frame Length', length.toString(16))
  line('caplen', String(captured), 'Captured Length', captured.toString(16))
  line('timestamp', arrival, 'Captured Time', timeText(index, packet, 'e', 9, 0))
  out.text('  </proto>\n')
}

/** `outer`: where the parent row begins. A row that begins before its parent (in other bytes, mostly) is counted from there, as tshark does. */
function writeNode(out: Output, node: TreeNode, indent: string, chosen: ChosenLayers | null, outer = 0): void {
  const { name, type, children } = node
  const tag = type === 'protocol' ? 'proto' : 'field'
  const place = `size="${node.length}" pos="${node.start < outer ? outer + node.start : node.start}"`
  const hide = node.hidden ? ' hide="yes"' : ''
  let line = `${indent}<${tag} name="${escapeXml(name)}"`
  if (type === 'protocol') line += ` showname="${escapeXml(node.label)}"${hide} ${place}`
  // A row without a name is its label.
  else if (name === '') line += ` show="${escapeXml(node.label)}" ${place}${bytesOf(node)}`
  else line += ` showname="${escapeXml(node.label)}"${hide} ${place} show="${escapeXml(node.shown)}"${bytesOf(node)}`
  if (children.length === 0 && type !== 'protocol') out.text(`${line}/>\n`)
  else {
    out.text(`${line}>\n`)
    // tshark's remarks have no place of their own: what is in them counts from the packet's first byte.
    const within = name === '_ws.expert' ? 0 : node.start
    if (leavesOut(chosen, name, node.depth)) out.text(`${indent}  <field name="filtered" value="${escapeXml(name)}" />\n`)
    else for (const child of children) writeNode(out, child, `${indent}  `, chosen, within)
    out.text(`${indent}</${tag}>\n`)
  }
  for (const alias of node.aliases)
    out.text(
      `${indent}<field name="${escapeXml(alias)}" showname="${escapeXml(node.label)}" hide="yes" ${place} show="${escapeXml(node.shown)}"${bytesOf(node)}/>\n`,
    )
}

/** The bytes of a row; those of a masked field are its value, and the unmasked ones stand beside it. */
function bytesOf(node: TreeNode): string {
  if (node.length === 0) return ''
  const hex = Buffer.from(node.bytes).toString('hex')
  if (!isMasked(node)) return ` value="${hex}"`
  return ` value="${node.number.toString(16).toUpperCase()}" unmaskedvalue="${hex}"`
}
