// -T json and jsonl: one object a packet, in the form that tshark gives them. Values are strings; what lies inside a field stands in
// FIELD_tree. A field that repeats is an array, so that no parser loses any; --tshark-json repeats the key instead, as tshark does.

import {
  type Capture,
  type Cell,
  CellReader,
  cellFields,
  type Dissection,
  type FieldType,
  packetNodes,
  type TimeFormat,
  type TreeNode,
  timeColumn,
} from '../../engine/printing.ts'
import type { Output } from '../output.ts'
import { quoteJson } from './escape.ts'
import type { Printer } from './printer.ts'

export interface JsonLayout {
  /** One packet a line, instead of an array of all. */
  readonly lines: boolean
  /** What -e asked for; null for everything. */
  readonly cells: readonly Cell[] | null
  /** NAME_raw beside each field: [hex, offset, length, bitmask, type]. */
  readonly raw: boolean
  readonly repeatKeys: boolean
  readonly time: TimeFormat
}

/** A value on its way out: text, a number, a list, or an object as a list of its members, in which a key may repeat. */
type Json = string | number | readonly Json[] | Members
class Members {
  readonly list: [key: string, value: Json][] = []
}

export function createJsonPrinter(capture: Capture, out: Output, layout: JsonLayout): Printer {
  const { cells, lines } = layout
  const clock = timeColumn(capture, layout.time)
  const writer = new JsonWriter(out, lines ? '' : '\n')
  let reader: CellReader | null = null
  let first = true
  return {
    fields: cells === null ? undefined : cellFields(cells),
    begin() {
      if (!lines) out.text('[')
    },
    packet(packet, dissect) {
      const d = dissect()
      const layers = new Members()
      if (cells === null) layerMembers(d, layout, layers)
      else {
        reader ??= new CellReader(d, cells, clock)
        reader.read(d)
        cells.forEach(({ name }, i) => {
          const values = reader?.values[i] ?? []
          if (values.length > 0) layers.list.push([name, [...values]])
        })
      }
      if (!lines) out.text(first ? '\n' : ',\n')
      first = false
      if (!lines) out.text('  ')
      writer.packet(indexName(capture, packet), layers)
      if (lines) out.text('\n')
    },
    end() {
      if (!lines) out.text(first ? ']\n' : '\n]\n')
    },
  }
}

/** "packets-2026-11-23": the index that tshark names for Elasticsearch, after the day of the packet. */
export function indexName(capture: Capture, packet: number): string {
  const seconds = capture.index.seconds(packet)
  const date = new Date(Math.abs(seconds) <= 8_640_000_000_000 ? seconds * 1000 : 0)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `packets-${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function layerMembers(d: Dissection, layout: JsonLayout, into: Members): void {
  const nodes = packetNodes(d)
  for (const node of nodes) addNode(node, layout.raw, into)
  if (!layout.repeatKeys) mergeKeys(into)
}

function addNode(node: TreeNode, raw: boolean, into: Members): void {
  const { name, type, children } = node
  const key = name === '' ? node.label : name
  if (raw && name !== '' && (node.length > 0 || type === 'protocol')) into.list.push([`${name}_raw`, rawValue(node)])
  const inner = new Members()
  for (const child of children) addNode(child, raw, inner)
  if (type === 'protocol' || type === 'group') into.list.push([key, children.length > 0 || type === 'protocol' ? inner : ''])
  else {
    into.list.push([key, node.shown])
    for (const alias of node.aliases) into.list.push([alias, node.shown])
    if (children.length > 0) into.list.push([`${key}_tree`, inner])
  }
}

/** Numbers of Wireshark's field types (epan/ftypes/ftypes.h of 4.0); a uint's depends on its size. */
const TYPE_NUMBERS: Readonly<Record<Exclude<FieldType, 'uint' | 'int'>, number>> = {
  group: 0,
  protocol: 1,
  bool: 2,
  double: 23,
  time: 24,
  duration: 25,
  text: 26,
  ether: 29,
  bytes: 30,
  ipv4: 32,
  ipv6: 33,
  frame: 35,
}
const FIRST_UINT = 4
const FIRST_INT = 12

function rawValue(node: TreeNode): Json {
  const { type, size } = node
  const number =
    type === 'uint' || type === 'int' ? (type === 'uint' ? FIRST_UINT : FIRST_INT) + Math.max(1, Math.min(8, size)) - 1 : TYPE_NUMBERS[type]
  return [Buffer.from(node.bytes).toString('hex'), node.start, node.length, node.mask, number]
}

/** Members with the same key become one whose value is the list of theirs. */
function mergeKeys(members: Members): void {
  const at = new Map<string, number>()
  const repeated = new Set<number>()
  const merged: [string, Json][] = []
  for (const [key, value] of members.list) {
    if (value instanceof Members) mergeKeys(value)
    const known = at.get(key)
    if (known === undefined) {
      at.set(key, merged.length)
      merged.push([key, value])
    } else if (repeated.has(known)) (merged[known]![1] as Json[]).push(value)
    else {
      repeated.add(known)
      merged[known]![1] = [merged[known]![1], value]
    }
  }
  members.list.length = 0
  for (const member of merged) members.list.push(member)
}

/** Writes JSON as tshark lays it out, indented by two, or without any space. */
class JsonWriter {
  private readonly out: Output
  private readonly end: string

  /** `end` is what ends a line: a line feed, or nothing for one packet a line. */
  constructor(out: Output, end: string) {
    this.out = out
    this.end = end
  }

  packet(index: string, layers: Members): void {
    const source = new Members()
    source.list.push(['layers', layers])
    const whole = new Members()
    whole.list.push(['_index', index], ['_type', 'doc'], ['_score', Number.NaN], ['_source', source])
    this.value(whole, this.end === '' ? '' : '  ')
  }

  private value(value: Json, indent: string): void {
    const { out } = this
    if (typeof value === 'string') out.text(quoteJson(value))
    else if (typeof value === 'number') out.text(Number.isNaN(value) ? 'null' : String(value))
    else if (value instanceof Members) this.block('{', '}', value.list.length, indent, (i, deeper) => this.member(value.list[i]!, deeper))
    else this.block('[', ']', value.length, indent, (i, deeper) => this.value(value[i]!, deeper))
  }

  private member([key, value]: [string, Json], indent: string): void {
    this.out.text(this.end === '' ? `${quoteJson(key)}:` : `${quoteJson(key)}: `)
    this.value(value, indent)
  }

  private block(open: string, close: string, count: number, indent: string, write: (i: number, indent: string) => void): void {
    const { out, end } = this
    if (count === 0) {
      out.text(open + close)
      return
    }
    const deeper = end === '' ? '' : `${indent}  `
    out.text(open + end)
    for (let i = 0; i < count; i++) {
      if (i > 0) out.text(`,${end}`)
      if (deeper !== '') out.text(deeper)
      write(i, deeper)
    }
    out.text(end + (end === '' ? '' : indent) + close)
  }
}
