// What the contents of a DER element mean: numbers, object identifiers, texts, times. Each function takes the bytes and the element and
// gives undefined for contents that are not of its type.

import { hexText } from '../bytes/address.ts'
import { type DerElement, isElement, TAG } from './der.ts'

/** `2.5.29.17`, '' when the contents are no object identifier (X.690 8.19). */
export function oidOf(bytes: Uint8Array, element: DerElement | undefined): string {
  if (!isElement(element, TAG.oid) || element.length === 0 || element.length > 64) return ''
  const arcs: bigint[] = []
  let arc = 0n
  for (let at = element.content; at < element.end; at++) {
    const byte = bytes[at]!
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    if (byte & 0x80) {
      if (at + 1 === element.end) return ''
      continue
    }
    arcs.push(arc)
    arc = 0n
  }
  const first = arcs.shift() ?? 0n
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...arcs].join('.')
}

/** The hexadecimal digits of an INTEGER, without the zero byte that only says "positive". '' when it is none. */
export function integerHex(bytes: Uint8Array, element: DerElement | undefined): string {
  const span = integerSpan(bytes, element)
  return span === undefined ? '' : hexText(bytes, span.at, span.length)
}

/** An INTEGER from 0 to 2^48, undefined for any other. */
export function integerNumber(bytes: Uint8Array, element: DerElement | undefined): number | undefined {
  const span = integerSpan(bytes, element)
  if (span === undefined || span.length > 6 || bytes[element!.content]! >= 0x80) return undefined
  let value = 0
  for (let i = 0; i < span.length; i++) value = value * 256 + bytes[span.at + i]!
  return value
}

/** Bits of a positive INTEGER, leading zeros not counted: the size of an RSA key. 0 when it is none. */
export function integerBits(bytes: Uint8Array, element: DerElement | undefined): number {
  const span = integerSpan(bytes, element)
  return span === undefined ? 0 : (span.length - 1) * 8 + (32 - Math.clz32(bytes[span.at]!))
}

function integerSpan(bytes: Uint8Array, element: DerElement | undefined): { at: number; length: number } | undefined {
  if (!isElement(element, TAG.integer) || element.length === 0) return undefined
  const skip = element.length > 1 && bytes[element.content] === 0 ? 1 : 0
  return { at: element.content + skip, length: element.length - skip }
}

/** A BOOLEAN; DER knows 00 and ff only (X.690 11.1), and anything but 00 is taken for true. */
export function booleanOf(bytes: Uint8Array, element: DerElement | undefined): boolean | undefined {
  return isElement(element, TAG.boolean) && element.length === 1 ? bytes[element.content] !== 0 : undefined
}

/** The numbers of the bits set in a BIT STRING, bit 0 first (the top bit of the first byte). */
export function bitsOf(bytes: Uint8Array, element: DerElement | undefined): number[] | undefined {
  if (!isElement(element, TAG.bitString) || element.length === 0) return undefined
  const bits: number[] = []
  // No list of named bits is longer than 16 bits.
  for (let bit = 0; bit < Math.min(16, (element.length - 1) * 8); bit++)
    if (bytes[element.content + 1 + (bit >> 3)]! & (0x80 >> (bit & 7))) bits.push(bit)
  return bits
}

const utf8 = new TextDecoder('utf-8')
const utf16 = new TextDecoder('utf-16be')
const latin1 = new TextDecoder('latin1')

/** The text of any of ASN.1's string types; as untrusted as the bytes. */
export function textOf(bytes: Uint8Array, element: DerElement | undefined): string | undefined {
  if (element === undefined || element.class !== 'universal' || element.constructed) return undefined
  const contents = bytes.subarray(element.content, element.end)
  switch (element.tag) {
    case TAG.utf8String:
      return utf8.decode(contents)
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.numericString:
    case TAG.visibleString:
    // T.61 is long gone; what is found under its tag is Latin 1.
    case TAG.t61String:
      return latin1.decode(contents)
    case TAG.bmpString:
      return utf16.decode(contents)
    case TAG.universalString:
      return decodeUtf32(contents)
    default:
      return undefined
  }
}

function decodeUtf32(contents: Uint8Array): string {
  let text = ''
  for (let at = 0; at + 4 <= contents.length; at += 4) {
    const code = ((contents[at]! << 24) | (contents[at + 1]! << 16) | (contents[at + 2]! << 8) | contents[at + 3]!) >>> 0
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  }
  return text
}

/** Milliseconds since 1970 of a UTCTime (two digits: 1950 to 2049) or GeneralizedTime, as RFC 5280 4.1.2.5 writes them: seconds, and Z. */
export function timeOf(bytes: Uint8Array, element: DerElement | undefined): number | undefined {
  const utc = isElement(element, TAG.utcTime)
  if (!utc && !isElement(element, TAG.generalizedTime)) return undefined
  const text = latin1.decode(bytes.subarray(element.content, element.end))
  const match = (utc ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/).exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  const time = new Date(0)
  time.setUTCFullYear(utc ? (year < 50 ? 2000 + year : 1900 + year) : year, month - 1, day)
  time.setUTCHours(hour, minute, second)
  // 31 February would have become 3 March.
  return time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 61
    ? time.getTime()
    : undefined
}
