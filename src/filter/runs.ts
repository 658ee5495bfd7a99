// Runs of bytes: where the values of text, bytes, addresses and protocols lie while a filter looks at them. Nothing is copied but text
// that was computed and does not stand in the packet.

import type { Dissection } from '../core/dissect.ts'
import { HAS_TEXT } from '../core/rows.ts'
import { valueText } from '../core/value.ts'
import type { ValueType } from './checked.ts'
import type { Range } from './syntax.ts'

export class Run {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
}

/** Several runs, in arrays that are used again for the next packet. */
export class Runs {
  count = 0
  readonly bytes: Uint8Array[] = []
  readonly start: number[] = []
  readonly end: number[] = []

  clear(): void {
    this.count = 0
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const i = this.count++
    this.bytes[i] = bytes
    this.start[i] = start
    this.end[i] = end
  }
}

const encoder = new TextEncoder()

/** How much of a layer counts as its value: its header, or everything up to the end of its data. */
export type Extent = 'header' | 'data'

/** Sets `run` to the bytes of a row's value. */
export function loadRun(d: Dissection, row: number, type: ValueType, extent: Extent, run: Run): void {
  const { rows } = d
  if (type === 'text' && (rows.flags[row]! & HAS_TEXT) !== 0) {
    run.bytes = encoder.encode(rows.texts.get(row) ?? '')
    run.start = 0
    run.end = run.bytes.length
    return
  }
  const bytes = d.sources[rows.source[row]!]!
  const field = d.registry.fields[rows.field[row]!]!
  if (type === 'text' && field.size > 0) {
    run.bytes = encoder.encode(valueText(field, rows, row, d.sources))
    run.start = 0
    run.end = run.bytes.length
    return
  }
  run.bytes = bytes
  run.start = rows.start[row]!
  run.end = run.start + rows.length[row]!
  if (type === 'protocol' && extent === 'data') run.end = Math.max(run.end, Math.min(d.layerEnd[rows.layer[row]!]!, bytes.length))
}

/** How two runs compare: negative, 0 or positive. */
export type CompareRuns = (a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number) => number

/** Text: byte by byte, and the shorter one first where one begins with the other. */
export const compareText: CompareRuns = (a, aStart, aEnd, b, bStart, bEnd) => {
  const length = Math.min(aEnd - aStart, bEnd - bStart)
  for (let i = 0; i < length; i++) {
    const difference = a[aStart + i]! - b[bStart + i]!
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

/** Bytes: the shorter run first, as in Wireshark; of equal length byte by byte. */
export const compareBytes: CompareRuns = (a, aStart, aEnd, b, bStart, bEnd) => {
  const difference = aEnd - aStart - (bEnd - bStart)
  return difference !== 0 ? difference : compareText(a, aStart, aEnd, b, bStart, bEnd)
}

/** Are the first `bits` bits equal? Both runs have at least that many. */
export function sameBits(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, bits: number): boolean {
  const whole = bits >> 3
  for (let i = 0; i < whole; i++) if (a[aStart + i] !== b[bStart + i]) return false
  const rest = bits & 7
  return rest === 0 || ((a[aStart + whole]! ^ b[bStart + whole]!) & ((0xff << (8 - rest)) & 0xff)) === 0
}

/** Up to here a plain loop is faster than a call into the runtime's search. */
const SHORT = 96

/** Does bytes[start, end) contain all of needle[from, to)? Nothing contains the empty run. */
export function containsBytes(bytes: Uint8Array, start: number, end: number, needle: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length === 0 || length > end - start) return false
  if (end - start > SHORT) {
    const wanted = from === 0 && to === needle.length ? needle : needle.subarray(from, to)
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    return whole.indexOf(wanted) >= 0
  }
  const first = needle[from]!
  const last = end - length
  for (let i = start; i <= last; i++) {
    if (bytes[i] !== first) continue
    let j = 1
    while (j < length && bytes[i + j] === needle[from + j]) j++
    if (j === length) return true
  }
  return false
}

/** Adds the parts of a run that the ranges name, joined; nothing when one of them lies outside. */
export function sliceRun(bytes: Uint8Array, start: number, end: number, ranges: readonly Range[], out: Runs): void {
  const size = end - start
  const cut = (range: Range): [number, number] | null => {
    const from = range.from < 0 ? size + range.from : range.from
    const to = range.to !== null ? (range.to < 0 ? size + range.to : range.to) + 1 : range.count !== null ? from + range.count : size
    return from < 0 || from >= size || to > size || to <= from ? null : [start + from, start + to]
  }
  if (ranges.length === 1) {
    const part = cut(ranges[0]!)
    if (part !== null) out.add(bytes, part[0], part[1])
    return
  }
  const parts: Uint8Array[] = []
  for (const range of ranges) {
    const part = cut(range)
    if (part === null) return
    parts.push(bytes.subarray(part[0], part[1]))
  }
  const joined = Buffer.concat(parts)
  out.add(joined, 0, joined.length)
}
