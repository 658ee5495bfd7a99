// A row's value as text, the way tshark prints it with -T fields. Made on demand.

import { addressText, etherText, hexText, ipv4Text, ipv6Text } from '../bytes/address.ts'
import { decodeText } from '../bytes/decode.ts'
import { readBigUint } from '../bytes/read.ts'
import type { Field } from './field.ts'
import type { Rows } from './rows.ts'

const MAX_EXACT = Number.MAX_SAFE_INTEGER

/** `0x0018`: two digits a byte of the field's type. */
export function hexNumber(field: Field, value: number | bigint, size = field.size): string {
  return `0x${value.toString(16).padStart(2 * (size || 1), '0')}`
}

/** A number in the field's base; values beyond 2^53 are read again from the bytes. */
export function numberText(field: Field, value: number, bytes: Uint8Array, start: number, length: number): string {
  const exact = field.size === 8 && (value > MAX_EXACT || value < -MAX_EXACT) && length === 8
  const number = exact ? readExact(field, bytes, start) : value
  if (field.base === 'hex' || field.base === 'hex-dec') return hexNumber(field, number)
  if (field.base === 'oct') return `0${number.toString(8)}`
  return String(number)
}

function readExact(field: Field, bytes: Uint8Array, start: number): bigint {
  const unsigned = readBigUint(bytes, start, 8, field.little)
  return field.type === 'int' ? BigInt.asIntN(64, unsigned) : unsigned
}

/** The value of a row as tshark prints it with -T fields; control characters are not yet escaped. */
export function valueText(field: Field, rows: Rows, row: number, sources: readonly Uint8Array[]): string {
  const computed = rows.texts.get(row)
  if (computed !== undefined) return computed
  const bytes = sources[rows.source[row]!]!
  const start = rows.start[row]!
  const length = rows.length[row]!
  switch (field.type) {
    case 'uint':
    case 'int':
    case 'frame':
      return numberText(field, rows.value[row]!, bytes, start, length)
    case 'bool':
      return rows.value[row] === 0 ? '0' : '1'
    case 'double':
      return String(rows.value[row]!)
    case 'duration':
      return rows.value[row]!.toFixed(9)
    case 'ipv4':
      return length >= 4 ? ipv4Text(bytes, start) : ''
    case 'ipv6':
      return length >= 16 ? ipv6Text(bytes, start) : ''
    case 'ether':
      return length >= 6 ? etherText(bytes, start) : ''
    case 'text':
      return field.size > 0 ? addressText(bytes, start, length) : decodeText(bytes, start, length)
    case 'bytes':
      return hexText(bytes, start, length)
    case 'time':
      return ''
    case 'group':
    case 'protocol':
      return field.label
  }
}
