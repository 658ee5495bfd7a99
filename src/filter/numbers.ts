// Values of rows as numbers, and comparing them: doubles where they are exact, big integers and whole seconds with nanoseconds where not.

import { readBigUint, readU32 } from '../bytes/read.ts'
import type { Dissection } from '../core/dissect.ts'
import { HAS_TEXT } from '../core/rows.ts'
import type { Constant, FieldValue, ValueType } from './checked.ts'
import type { Relation } from './syntax.ts'
import { type Instant, parseSpan, parseTime } from './times.ts'

/** A row's value; NaN when it has none. */
export type RowNumber = (d: Dissection, row: number) => number

const NANOSECONDS = 1_000_000_000

export function rowNumber(type: ValueType): RowNumber {
  if (type === 'ipv4')
    return (d, row) => {
      const { rows } = d
      return rows.length[row]! < 4 ? Number.NaN : readU32(d.sources[rows.source[row]!]!, rows.start[row]!)
    }
  if (type === 'time')
    return (d, row) => {
      const instant = instantOf(d, row, type)
      return instant === null ? Number.NaN : instant.seconds + instant.nanos / NANOSECONDS
    }
  return (d, row) => d.rows.value[row]!
}

/** Several numbers, in an array that is used again for the next packet. */
export class Numbers {
  count = 0
  values = new Float64Array(8)

  clear(): void {
    this.count = 0
  }

  add(value: number): void {
    if (this.count === this.values.length) {
      const wider = new Float64Array(2 * this.count)
      wider.set(this.values)
      this.values = wider
    }
    this.values[this.count++] = value
  }
}

/** Takes how two values compare (negative, 0, positive; NaN: they have no order) and says whether the relation holds. */
export function holds(relation: Relation, difference: number): boolean {
  switch (relation) {
    case '==':
    case '===':
      return difference === 0
    case '!=':
    case '!==':
      return difference !== 0
    case '<':
      return difference < 0
    case '<=':
      return difference <= 0
    case '>':
      return difference > 0
    case '>=':
      return difference >= 0
  }
}

/** How a row's value compares with a constant. */
export type RowDifference = (d: Dissection, row: number) => number

/** Big integers that a double cannot hold, read again from the bytes. */
export function exactDifference(constant: Constant): RowDifference {
  const wanted = constant.exact ?? BigInt(constant.number)
  return (d, row) => {
    const value = exactOf(d, row)
    return value < wanted ? -1 : value > wanted ? 1 : 0
  }
}

export function exactOf(d: Dissection, row: number): bigint {
  const { rows } = d
  const value = rows.value[row]!
  const field = d.registry.fields[rows.field[row]!]!
  if (Number.isSafeInteger(value) || field.size !== 8 || rows.length[row] !== 8) return Number.isInteger(value) ? BigInt(value) : 0n
  const unsigned = readBigUint(d.sources[rows.source[row]!]!, rows.start[row]!, 8, field.little)
  return field.type === 'int' ? BigInt.asIntN(64, unsigned) : unsigned
}

/** Below this a double tells nanoseconds apart. */
const FINE_SECONDS = 2 ** 22

/** Times and time spans, to the nanosecond. */
export function timeDifference(value: FieldValue, constant: Constant): RowDifference {
  const { number, nanos } = constant
  const wanted = number + nanos / NANOSECONDS
  const { type } = value
  const difference = (instant: Instant) => (instant.seconds === number ? instant.nanos - nanos : instant.seconds - number)
  if (value.name === 'frame.time' || value.name === 'frame.time_epoch')
    return (d) => {
      const more = Math.floor(d.nanos / NANOSECONDS)
      return d.seconds + more === number ? d.nanos - more * NANOSECONDS - nanos : d.seconds + more - number
    }
  return (d, row) => {
    if (type === 'time' || (d.rows.flags[row]! & HAS_TEXT) !== 0) {
      const instant = instantOf(d, row, type)
      return instant === null ? Number.NaN : difference(instant)
    }
    const seconds = d.rows.value[row]!
    return Math.abs(seconds) < FINE_SECONDS ? Math.round((seconds - wanted) * NANOSECONDS) : seconds - wanted
  }
}

function instantOf(d: Dissection, row: number, type: ValueType): Instant | null {
  const text = d.rows.texts.get(row)
  if (text === undefined) return null
  return type === 'time' ? parseTime(text) : parseSpan(text)
}

/** The bits of an IPv4 address that count. */
export function maskOf(bits: number): number {
  return bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0
}

/** Bitwise and of whole numbers up to 2^53; beyond 32 bits without the sign tricks of the built-in operator. */
export function bitAnd(a: number, b: number): number {
  if (a >= 0 && b >= 0 && a <= 0xffff_ffff && b <= 0xffff_ffff) return (a & b) >>> 0
  return Number(BigInt.asIntN(64, BigInt(Math.trunc(a)) & BigInt(Math.trunc(b))))
}
