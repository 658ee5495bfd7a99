// -T text: tshark's lines of the packet list, the tree (-V) and the hex dump (-x).

import { type Capture, packetNodes, Summariser, type TimeFormat, type TreeNode, timeColumn } from '../../engine/printing.ts'
import type { Output } from '../output.ts'
import { escapeText } from './escape.ts'
import { writeHexDump } from './hex.ts'
import type { Printer } from './printer.ts'

export interface TextLayout {
  readonly summary: boolean
  readonly tree: boolean
  /** -O: the layers of which the tree shows more than their line; null for all. */
  readonly details?: ReadonlySet<string> | null
  /** -T tabs: tabs between the columns of the list. */
  readonly tabs?: boolean
  readonly hex: boolean
  readonly time: TimeFormat
}

export function createTextPrinter(capture: Capture, out: Output, layout: TextLayout): Printer {
  const clock = timeColumn(capture, layout.time)
  const summariser = new Summariser(capture)
  const gap = layout.tabs === true ? '\t' : ' '
  return {
    fields: undefined,
    begin() {},
    packet(packet, dissect, bytes, start) {
      if (layout.summary) {
        const { source, destination, protocol, info } = summariser.of(packet, bytes, start)
        out.integerPadded(packet, 5)
        out.text(
          `${gap}${clock(packet).padStart(10)}${gap}${source.padStart(12)}${gap}→${gap}${destination.padEnd(12)}${gap}${protocol}${gap}${capture.index.length(packet)}${gap}${info}\n`,
        )
      }
      if (!layout.tree && !layout.hex) return
      const d = dissect()
      if (layout.tree) {
        for (const node of packetNodes(d)) writeNode(out, node, '', layout.details ?? null)
        out.text('\n')
      }
      if (layout.hex) {
        if (layout.summary && !layout.tree) out.text('\n')
        writeHexDump(out, d)
        out.text('\n')
      }
    },
    end() {},
  }
}

function writeNode(out: Output, node: TreeNode, indent: string, details: ReadonlySet<string> | null): void {
  if (node.hidden) return
  out.text(`${indent}${escapeText(node.text)}\n`)
  if (details !== null && node.type === 'protocol' && !details.has(node.name)) return
  for (const child of node.children) writeNode(out, child, `${indent}    `, details)
}
