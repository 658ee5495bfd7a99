// The layers of a packet as JSON, written straight from its rows: a million packets make gigabytes of it, so hardly an object or a string is
// made on the way. What packets of one shape have in common is laid out once (json-shape.ts); numbers and bytes go into the output digit by digit.

import { type Dissection, labelOf, shownText, treeOrder } from '../../engine/printing.ts'
import type { Output } from '../output.ts'
import { quoteJson } from './escape.ts'
import { BYTES, LABEL, LENGTH, layOut, NUMBER, type Shape, type ShapeLayout, START, VALUE } from './json-shape.ts'

/** Rows of all shapes that are kept; hostile captures have a new shape with every packet. */
const MAX_KEPT = 200_000

/** A shape, with what tells packets that have it. */
interface Known {
  readonly shape: Shape
  /** Field and depth of each row. */
  readonly marks: Int32Array
  /** Which rows without a name are alike. */
  readonly twins: string
}

export class RowsWriter {
  private readonly out: Output
  private readonly layout: ShapeLayout
  private readonly depth: number
  private readonly known = new Map<number, Known>()
  private kept = 0
  private marks = new Int32Array(256)

  /** Lines are indented `depth` times. */
  constructor(out: Output, layout: ShapeLayout, depth: number) {
    this.out = out
    this.layout = layout
    this.depth = depth
  }

  /** Writes the object of the packet's layers. */
  write(d: Dissection): void {
    const order = treeOrder(d)
    this.fill(d, order, this.shapeOf(d, order))
  }

  private shapeOf(d: Dissection, order: readonly number[]): Shape {
    const count = order.length
    const { rows, registry } = d
    const { raw } = this.layout
    if (this.marks.length < count) this.marks = new Int32Array(count * 2)
    const { marks } = this
    let hash = count
    let nameless = 0
    for (let i = 0; i < count; i++) {
      const row = order[i]!
      const field = rows.field[row]!
      const mark = (field << 9) | (rows.depth[row]! << 1) | (raw && rows.length[row]! > 0 ? 1 : 0)
      marks[i] = mark
      hash = Math.imul(hash ^ mark, 0x9e3779b1)
      hash ^= hash >>> 15
      if (registry.fields[field]!.name === '') nameless++
    }
    // Rows without a name go by their text; two alike in one place share a key.
    const twins = nameless < 2 ? '' : findTwins(d, order)
    const known = this.known.get(hash)
    if (known !== undefined && known.twins === twins && same(known.marks, marks, count)) return known.shape
    const shape = layOut(d, order, endsOf(d, order), this.layout, this.depth)
    if (this.kept > MAX_KEPT) {
      this.known.clear()
      this.kept = 0
    }
    this.kept += count
    this.known.set(hash, { shape, marks: marks.slice(0, count), twins })
    return shape
  }

  private fill(d: Dissection, order: readonly number[], { texts, places, kinds }: Shape): void {
    const { out } = this
    const { rows } = d
    const slots = places.length
    for (let i = 0; i < slots; i++) {
      out.bytes(texts[i]!)
      const row = order[places[i]!]!
      switch (kinds[i]) {
        case VALUE:
          this.value(d, row)
          break
        case BYTES:
          out.hex(d.sources[rows.source[row]!]!, rows.start[row]!, rows.start[row]! + rows.length[row]!)
          break
        case START:
          out.integer(rows.start[row]!)
          break
        case LENGTH:
          out.integer(rows.length[row]!)
          break
        case NUMBER:
          out.text(rows.value[row]!.toString(16).toUpperCase())
          break
        case LABEL:
          out.text(quoteJson(labelOf(d, row)))
      }
    }
    out.bytes(texts[slots]!)
  }

  /** The row's value as a JSON string. */
  private value(d: Dissection, row: number): void {
    const { out } = this
    const { rows } = d
    const field = d.registry.fields[rows.field[row]!]!
    if (rows.texts.size === 0 || !rows.texts.has(row)) {
      const value = rows.value[row]!
      const start = rows.start[row]!
      const length = rows.length[row]!
      switch (field.type) {
        case 'uint':
        case 'int':
        case 'frame':
          if (field.base !== 'dec' || !(value >= 0 && value <= 0xffffffff) || !Number.isInteger(value)) break
          out.byte(QUOTE)
          out.integer(value)
          out.byte(QUOTE)
          return
        case 'bool':
          out.text(value === 0 ? '"0"' : '"1"')
          return
        case 'bytes':
        case 'ether':
          if (field.type === 'ether' && length < 6) break
          out.byte(QUOTE)
          out.hexColons(d.sources[rows.source[row]!]!, start, start + (field.type === 'ether' ? 6 : length))
          out.byte(QUOTE)
          return
        case 'text':
          if (field.size > 0) break
          out.byte(QUOTE)
          if (out.quoted(d.sources[rows.source[row]!]!, start, start + length)) out.byte(QUOTE)
          else out.text(quoteJson(shownText(d, row)).slice(1))
          return
      }
    }
    const text = shownText(d, row)
    if (!out.quotedText(text)) out.text(quoteJson(text))
  }
}

const QUOTE = 0x22

function same(a: Int32Array, b: Int32Array, count: number): boolean {
  if (a.length !== count) return false
  for (let i = 0; i < count; i++) if (a[i] !== b[i]) return false
  return true
}

/** Rows without a name that say the same as an earlier one under the same parent: their places, and the earlier ones'. */
function findTwins(d: Dissection, order: readonly number[]): string {
  const { rows, registry } = d
  const parents: number[] = []
  const seen = new Map<string, number>()
  let twins = ''
  order.forEach((row, place) => {
    const depth = rows.depth[row]!
    parents[depth] = place
    if (registry.fields[rows.field[row]!]!.name !== '') return
    const key = `${depth > 0 ? parents[depth - 1] : ''} ${labelOf(d, row)}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, place)
    else twins += `${first}=${place} `
  })
  return twins
}

/** By place in `order`: the place behind the row and all that lies inside it. */
function endsOf(d: Dissection, order: readonly number[]): number[] {
  const { depth } = d.rows
  const ends: number[] = Array<number>(order.length).fill(order.length)
  const open: number[] = []
  order.forEach((row, i) => {
    while (open.length > 0 && depth[order[open[open.length - 1]!]!]! >= depth[row]!) ends[open.pop()!] = i
    open.push(i)
  })
  return ends
}
