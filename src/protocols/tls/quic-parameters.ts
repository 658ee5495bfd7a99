// QUIC's transport parameters, in an extension of the hellos: RFC 9000 18; as drafts up to 26 wrote them, too.

import { readUint } from '../../bytes/read.ts'
import type { Field } from '../../core/field.ts'
import { parameterName, Q } from './quic-parameter-fields.ts'
import type { Reader } from './reader.ts'

const VERSION = 4

/** Parameters whose value is one variable-length integer, with the unit that the group's line shows. */
const INTEGERS: Readonly<Record<number, readonly [field: Field, unit: string]>> = {
  1: [Q.idleTimeout, ' ms'],
  3: [Q.payloadSize, ''],
  4: [Q.maximumData, ''],
  5: [Q.local, ''],
  6: [Q.remote, ''],
  7: [Q.oneWay, ''],
  8: [Q.streams, ''],
  9: [Q.oneWayStreams, ''],
  10: [Q.exponent, '-'],
  11: [Q.delay, '-'],
  14: [Q.idLimit, '-'],
  32: [Q.datagramSize, ''],
  4183: [Q.lossBits, '-'],
  12583: [Q.roundTrip, ' us'],
  29016: [Q.timeStamp, '-'],
  65280: [Q.reliability, '-'],
  4278378010: [Q.minimumDelay, '-'],
  4278443546: [Q.minimumDelay, '-'],
}
/** Parameters whose value is bytes, or nothing. */
const WHOLE: Readonly<Record<number, Field>> = {
  0: Q.originalId,
  2: Q.resetToken,
  15: Q.sourceId,
  16: Q.retryId,
  12584: Q.options,
  12585: Q.agent,
  12586: Q.handshakeDone,
  12587: Q.keyUpdate,
  18257: Q.parameters,
}

/** Length and value of the variable-length integer at the reader's place; null when it is not there in full. */
function peekInteger(r: Reader): { length: number; value: number } | null {
  const first = r.left() > 0 ? r.p.u8(r.at) : 0
  const length = 1 << (first >> 6)
  if (!r.has(length)) return null
  // Without its two bits first: with them eight bytes are beyond what a number holds exactly.
  return { length, value: (first & 0x3f) * 256 ** (length - 1) + readUint(r.p.bytes, r.p.base + r.at + 1, length - 1, false) }
}

function integer(r: Reader, field: Field): number {
  const found = peekInteger(r)
  if (found === null) {
    r.rest(Q.value)
    return -1
  }
  const { length, value } = found
  if (Number.isSafeInteger(value)) r.p.generate(field, value, r.at, length)
  else if (r.p.wants(field)) {
    const bytes = r.p.bytes.subarray(r.p.base + r.at, r.p.base + r.at + length)
    const row = r.p.generateText(field, String(BigInt(`0x${Buffer.from(bytes).toString('hex')}`) & 0x3fffffffffffffffn), r.at, length)
    if (row >= 0) r.p.rows.value[row] = value
  }
  r.at += length
  return value
}

export function readTransportParameters(r: Reader): void {
  // Drafts up to 26 wrote the length of the list before it, and types and lengths in two bytes.
  const old = r.has(2) && r.p.u16(r.at) === r.left() - 2
  if (old) r.number(Q.length)
  while (r.left() > 0) {
    const { at } = r
    if (!readParameter(r, old) || r.at <= at) break
  }
}

/** Records one parameter; false when its bytes are not all there. */
function readParameter(r: Reader, old: boolean): boolean {
  const { p, at } = r
  const type = old ? (r.has(4) ? p.u16(at) : -1) : (peekInteger(r)?.value ?? -1)
  const row = p.wants(Q.parameter) ? p.generateText(Q.parameter, '', at, r.left()) : -1
  p.nest(row)
  let length = -1
  if (type < 0) r.rest(Q.value)
  else if (old) {
    p.generate(Q.type, type, at, 2)
    r.at += 2
    length = r.number(Q.oldLength)
  } else {
    integer(r, Q.type)
    length = integer(r, Q.valueLength)
  }
  const whole = length >= 0 && r.has(length)
  let words = ''
  if (whole) {
    p.add(Q.value, r.at, length)
    words = readValue(r.sub(length, Q.valueLength), type)
  }
  if (row >= 0) {
    p.rows.length[row] = r.at - at
    p.rows.texts.set(row, `Parameter: ${type < 0 ? 'Unknown' : parameterName(type)} (len=${Math.max(0, length)})${words}`)
  }
  p.close()
  return whole
}

/** Records the value; returns the words that the parameter's own line adds. */
function readValue(r: Reader, type: number): string {
  const one = INTEGERS[type]
  if (one !== undefined) {
    if (r.left() === 0) return ''
    const value = integer(r, one[0])
    return one[1] === '-' || value < 0 ? '' : ` ${value}${one[1]}`
  }
  const field = WHOLE[type]
  if (field !== undefined) {
    r.p.add(field, r.at, r.left())
    return ''
  }
  if (type === 0x0d) readPreferredAddress(r)
  else if (type === 0x11) {
    if (r.has(VERSION)) r.number(Q.chosenVersion)
    while (r.has(VERSION)) r.number(Q.otherVersion)
  } else if (type === 0x4752 && r.has(VERSION)) {
    r.number(Q.googleVersion)
    if (r.has(1)) r.number(Q.googleVersionsLength)
    while (r.has(VERSION)) r.number(Q.googleSupported)
  }
  return ''
}

function readPreferredAddress(r: Reader): void {
  r.bytes(Q.address4, 4)
  r.number(Q.port4)
  r.bytes(Q.address6, 16)
  r.number(Q.port6)
  const length = r.number(Q.addressIdLength)
  if (length > 0) r.bytes(Q.addressId, length)
  r.bytes(Q.addressToken, 16)
}
