// The layer tree of one packet as nested nodes, for formats that print all of it.

import type { Dissection } from '../core/dissect.ts'
import type { Field, FieldType } from '../core/field.ts'
import { GENERATED } from '../core/rows.ts'
import { TreeText, treeOrder } from '../core/tree.ts'
import { valueText } from '../core/value.ts'

/** One row of the tree. Its texts are made on demand and are not yet safe for a terminal. Valid until the dissection's next run. */
export class TreeNode {
  readonly children: TreeNode[] = []
  readonly row: number
  readonly depth: number
  private readonly d: Dissection
  private readonly texts: TreeText
  private readonly field: Field

  constructor(d: Dissection, texts: TreeText, row: number) {
    this.d = d
    this.texts = texts
    this.row = row
    this.depth = d.rows.depth[row]!
    this.field = d.registry.fields[d.rows.field[row]!]!
  }

  /** Wireshark's name of the field; empty for a row that only groups. */
  get name(): string {
    return this.field.name
  }

  get type(): FieldType {
    return this.field.type
  }

  /** Bytes of the number on the wire, 0 where it varies. */
  get size(): number {
    return this.field.size
  }

  /** Names under which the value also answers (`ip.addr`). */
  get aliases(): readonly string[] {
    return this.field.also
  }

  get hidden(): boolean {
    return this.field.hidden
  }

  get mask(): number {
    return this.field.mask
  }

  get number(): number {
    return this.d.rows.value[this.row]!
  }

  get source(): number {
    return this.d.rows.source[this.row]!
  }

  get start(): number {
    return this.d.rows.start[this.row]!
  }

  get length(): number {
    return this.d.rows.length[this.row]!
  }

  /** The line of the tree. */
  get text(): string {
    return this.texts.of(this.row)
  }

  /** The line without the brackets around what was computed. */
  get label(): string {
    return unbracketed(this.d, this.row, this.text)
  }

  /** The value as tshark's pdml and json show it: bytes with colons, nothing for groups. */
  get shown(): string {
    return shownText(this.d, this.row)
  }

  /** The bytes that the row covers. */
  get bytes(): Uint8Array {
    return this.d.sources[this.source]!.subarray(this.start, this.start + this.length)
  }
}

function unbracketed(d: Dissection, row: number, text: string): string {
  const bracketed = (d.rows.flags[row]! & GENERATED) !== 0 && text.startsWith('[') && text.endsWith(']')
  return bracketed ? text.slice(1, -1) : text
}

/** A row's line of the tree without the brackets around what was computed: the key of rows without a name. */
export function labelOf(d: Dissection, row: number): string {
  return unbracketed(d, row, new TreeText(d).of(row))
}

/** A row's value as tshark's pdml and json show it: bytes with colons, nothing for groups. */
export function shownText(d: Dissection, row: number): string {
  const { rows, sources, registry } = d
  const field = registry.fields[rows.field[row]!]!
  if (field.type === 'group' || field.type === 'protocol') return ''
  const text = valueText(field, rows, row, sources)
  // An object identifier is recorded as text.
  return field.type === 'bytes' && !rows.texts.has(row) ? text.replace(/..(?=.)/g, '$&:') : text
}

/** The layers of a recorded packet, in the order of the tree, each with what is inside. */
export function packetNodes(d: Dissection): TreeNode[] {
  const texts = new TreeText(d)
  const roots: TreeNode[] = []
  const open: TreeNode[] = []
  for (const row of treeOrder(d)) {
    const node = new TreeNode(d, texts, row)
    while (open.length > 0 && open[open.length - 1]!.depth >= node.depth) open.pop()
    const parent = open[open.length - 1]
    if (parent === undefined) roots.push(node)
    else parent.children.push(node)
    open.push(node)
  }
  return roots
}
