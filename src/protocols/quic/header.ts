// QUIC's packet headers and variable-length integers: RFC 9000 16 and 17, RFC 9369 3.2.

import { readU32, readUint } from '../../bytes/read.ts'

/** Types of long-header packets, as version 1 numbers them; version 2 turns them by one. */
export const INITIAL = 0
export const ZERO_RTT = 1
export const HANDSHAKE = 2
export const RETRY = 3
/** Ours, for what has no type on the wire. */
export const NEGOTIATION = 4
export const SHORT = 5

export const MAX_ID = 20
export const RETRY_TAG = 16

/** Bytes that a variable-length integer has, from its first byte. */
export const integerLength = (first: number): number => 1 << (first >> 6)

/** The integer at `at`, which has integerLength bytes; exact up to 2^53. */
export function readInteger(bytes: Uint8Array, at: number): number {
  const length = integerLength(bytes[at]!)
  // Without its two bits first: with them eight bytes are beyond what a number holds exactly.
  return (bytes[at]! & 0x3f) * 256 ** (length - 1) + readUint(bytes, at + 1, length - 1, false)
}

export const isVersion2 = (version: number): boolean => version === 0x6b3343cf || version === 0x709a50c4

/** Header types of version 2 in version 1's numbers. */
export const plainType = (version: number, type: number): number => (isVersion2(version) ? (type + 3) & 3 : type)

/** Has the packet an invariant long header of a version known here, or does it negotiate versions? Needs 7 bytes. */
export function isLongHeader(bytes: Uint8Array, at: number, end: number): boolean {
  if ((bytes[at]! & 0x80) === 0 || end - at < 7) return false
  return isKnownVersion(readU32(bytes, at + 1))
}

/** Versions whose packets look as RFC 9000 has them: 1, 2, drafts since 22, and experiments of that time. */
export function isKnownVersion(version: number): boolean {
  if (version === 1 || isVersion2(version)) return true
  if (version >>> 8 === 0xff0000) return (version & 0xff) >= 11 && (version & 0xff) <= 34
  if ((version & 0x0f0f0f0f) === 0x0a0a0a0a) return true
  return [0xfaceb001, 0xfaceb002, 0xfaceb00e, 0x51303530, 0x54303530, 0x54303531].includes(version)
}

/** Google's own versions: packets as in the drafts, frames of its earlier protocol. */
export const isGoogle = (version: number): boolean => [0x51303530, 0x54303530, 0x54303531].includes(version)

/** Where the parts of a packet lie, as offsets in its bytes. */
export interface Header {
  type: number
  version: number
  /** Destination and source connection ids. */
  destinationAt: number
  destinationLength: number
  sourceAt: number
  sourceLength: number
  /** The token's length field (Initial), or where the rest begins. */
  tokenAt: number
  tokenLength: number
  /** The length field, for types that have one. */
  lengthAt: number
  /** The packet number, or what follows the header in types without one. */
  numberAt: number
  end: number
}

/**
 * Reads the header of the packet at `at`; `idLength` is the length of the connection id in short headers. null when bytes are missing or
 * contradict themselves. A packet reaches to `end` at the most.
 */
export function readHeader(bytes: Uint8Array, at: number, end: number, idLength: number): Header | null {
  if (end - at < 1) return null
  if ((bytes[at]! & 0x80) === 0) {
    const numberAt = at + 1 + idLength
    if (numberAt > end) return null
    const none = { version: 0, sourceAt: numberAt, sourceLength: 0, tokenAt: numberAt, tokenLength: 0, lengthAt: numberAt }
    return { ...none, type: SHORT, destinationAt: at + 1, destinationLength: idLength, numberAt, end }
  }
  if (end - at < 7) return null
  const version = readU32(bytes, at + 1)
  const destinationLength = bytes[at + 5]!
  const destinationAt = at + 6
  const sourceAt = destinationAt + destinationLength + 1
  if (sourceAt > end) return null
  const sourceLength = bytes[sourceAt - 1]!
  const tokenAt = sourceAt + sourceLength
  if (tokenAt > end) return null
  const ids = { version, destinationAt, destinationLength, sourceAt, sourceLength }
  if (version === 0) return { ...ids, type: NEGOTIATION, tokenAt, tokenLength: 0, lengthAt: tokenAt, numberAt: tokenAt, end }
  const type = plainType(version, (bytes[at]! >> 4) & 3)
  if (destinationLength > MAX_ID || sourceLength > MAX_ID) return null
  if (type === RETRY) return { ...ids, type, tokenAt, tokenLength: end - tokenAt, lengthAt: end, numberAt: end, end }
  let lengthAt = tokenAt
  let tokenLength = 0
  if (type === INITIAL) {
    if (tokenAt >= end || tokenAt + integerLength(bytes[tokenAt]!) > end) return null
    tokenLength = readInteger(bytes, tokenAt)
    lengthAt = tokenAt + integerLength(bytes[tokenAt]!) + tokenLength
  }
  if (lengthAt >= end || lengthAt + integerLength(bytes[lengthAt]!) > end) return null
  const length = readInteger(bytes, lengthAt)
  const numberAt = lengthAt + integerLength(bytes[lengthAt]!)
  return { ...ids, type, tokenAt, tokenLength, lengthAt, numberAt, end: Math.min(end, numberAt + length) }
}

/** A packet number as it was sent, from its last bytes and the largest one before (RFC 9000 A.3). */
export function fullNumber(truncated: number, length: number, largest: number): number {
  const window = 256 ** length
  const expected = largest + 1
  const candidate = expected - (expected % window) + truncated
  if (candidate <= expected - window / 2 && candidate < 2 ** 53 - window) return candidate + window
  return candidate > expected + window / 2 && candidate >= window ? candidate - window : candidate
}
