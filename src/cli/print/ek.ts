// -T ek: two lines a packet, as Elasticsearch's bulk interface takes them, with tshark's keys: PROTOCOL_FIELD, dots as underscores. All that a
// layer holds lies flat in its object. A key that comes again is a list of all its values, where tshark writes the key twice.

import {
  type Capture,
  type Cell,
  CellReader,
  cellFields,
  packetNodes,
  type TimeFormat,
  type TreeNode,
  timeColumn,
} from '../../engine/printing.ts'
import type { Output } from '../output.ts'
import { quoteJson } from './escape.ts'
import { indexName } from './json.ts'
import { type ChosenLayers, isMasked, leavesOut } from './json-shape.ts'
import type { Printer } from './printer.ts'

export interface EkLayout {
  readonly cells: readonly Cell[] | null
  /** KEY_raw beside each field: its bytes in hexadecimal. */
  readonly raw: boolean
  readonly chosen: ChosenLayers | null
  readonly time: TimeFormat
}

/** Options and extension headers that are protocols of their own for Wireshark, so that their keys have no prefix. */
const OWN_NAME =
  /^(tcp\.options\.(ao|eol|md5|mss|nop|sack|sack_perm|tfo|timestamp|unknown|user_to|wscale)|ipv6\.(dstopts|fraghdr|hopopts|routing)|_ws\.(expert|malformed|short))$/

const underscored = (name: string): string => name.replaceAll('.', '_')

/** Values by key, each as JSON. */
type Members = Map<string, string[]>

export function createEkPrinter(capture: Capture, out: Output, layout: EkLayout): Printer {
  const { cells } = layout
  const clock = timeColumn(capture, layout.time)
  let reader: CellReader | null = null
  return {
    fields: cells === null ? undefined : cellFields(cells),
    begin() {},
    packet(packet, dissect) {
      const { index } = capture
      const millis = index.seconds(packet) * 1000 + Math.floor(index.nanos(packet) / 1e6)
      out.text(`{"index":{"_index":${quoteJson(indexName(capture, packet))},"_type":"doc"}}\n{"timestamp":"${millis}","layers":`)
      const d = dissect()
      const members: Members = new Map()
      if (cells === null) gather(packetNodes(d), members, layout)
      else {
        reader ??= new CellReader(d, cells, clock)
        reader.read(d)
        cells.forEach(({ name }, i) => {
          const values = reader!.values[i]!
          if (values.length > 0) members.set(underscored(name), [`[${values.map(quoteJson).join(',')}]`])
        })
      }
      out.text(`${written(members)}}\n`)
    },
    end() {},
  }
}

function written(members: Members): string {
  return `{${[...members].map(([key, values]) => `${quoteJson(key)}:${values.length === 1 ? values[0] : `[${values.join(',')}]`}`).join(',')}}`
}

function gather(nodes: readonly TreeNode[], members: Members, layout: EkLayout): void {
  const add = (key: string, value: string): void => {
    const known = members.get(key)
    if (known === undefined) members.set(key, [value])
    else known.push(value)
  }
  for (const node of nodes) {
    const { name, type, children } = node
    if (name === '') {
      if (node.hidden) continue
      add('text', quoteJson(node.label))
      gather(children, members, layout)
      continue
    }
    const alone = type === 'protocol' || OWN_NAME.test(name)
    const prefix = name.startsWith('_ws.') ? '_ws_expert_' : `${name.split('.', 1)[0]}_`
    const key = alone ? underscored(name) : prefix + underscored(name)
    const raw = !layout.raw || (node.length === 0 && type !== 'protocol') ? null : quoteJson(rawOf(node))
    if (raw !== null) add(`${key}_raw`, raw)
    if (type === 'protocol' || name === '_ws.expert') {
      const inside: Members = new Map()
      if (leavesOut(layout.chosen, name, node.depth)) inside.set('filtered', [quoteJson(name)])
      else gather(children, inside, layout)
      add(key, written(inside))
      continue
    }
    const value = textOf(node)
    add(key, value)
    for (const alias of node.aliases) {
      if (raw !== null) add(`${prefix}${underscored(alias)}_raw`, raw)
      add(prefix + underscored(alias), value)
    }
    gather(children, members, layout)
  }
}

/** The bytes, or the number of a field that shares them with others. */
function rawOf(node: TreeNode): string {
  return isMasked(node) ? node.number.toString(16).toUpperCase() : Buffer.from(node.bytes).toString('hex')
}

function textOf(node: TreeNode): string {
  if (node.type === 'bool') return node.number === 0 ? 'false' : 'true'
  if (node.type === 'group') return 'null'
  return quoteJson(node.type === 'time' ? isoTime(node.shown) : node.shown)
}

/** "Nov 23, 2026 19:29:56.362018240 UTC" as 2026-11-23T19:29:56.362018240Z, which Elasticsearch takes for a time. */
function isoTime(text: string): string {
  const [, day = '', clock = '', fraction = ''] = /^(\w{3} +\d+, \d{4}) (\d\d:\d\d:\d\d)(\.\d+)? UTC$/.exec(text) ?? []
  const date = new Date(`${day} ${clock} UTC`)
  return day === '' || Number.isNaN(date.getTime()) ? text : `${date.toISOString().slice(0, 19)}${fraction}Z`
}
