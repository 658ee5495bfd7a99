// Distinguished Encoding Rules (X.690): identifier, length, contents, over and over. The reader gives every element with its place in
// the bytes and never throws: what breaks the rules is noted, and what can still be read is read.

/** What kind of number the tag is: one of ASN.1's own types, or one that only the surrounding structure explains. */
export type DerClass = 'universal' | 'application' | 'context' | 'private'

export interface DerElement {
  /** Offset of the identifier byte, in the bytes that were read. */
  readonly at: number
  /** Bytes of identifier and length. */
  readonly header: number
  /** Bytes of contents; fewer than announced when the element is cut. */
  readonly length: number
  /** Offset of the contents: at + header. */
  readonly content: number
  /** Offset after the contents. */
  readonly end: number
  readonly class: DerClass
  readonly tag: number
  /** True when the contents are elements themselves; they are in `children`. */
  readonly constructed: boolean
  readonly children: readonly DerElement[]
}

export interface DerFault {
  /** Offset of the element or byte that is wrong. */
  readonly at: number
  readonly message: string
}

export interface DerTree {
  /** Elements side by side: one for a certificate. */
  readonly elements: readonly DerElement[]
  readonly faults: readonly DerFault[]
}

/** Universal tags (X.680 8.4) that certificates and keys use. */
export const TAG = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  enumerated: 10,
  utf8String: 12,
  sequence: 16,
  set: 17,
  numericString: 18,
  printableString: 19,
  t61String: 20,
  ia5String: 22,
  utcTime: 23,
  generalizedTime: 24,
  visibleString: 26,
  universalString: 28,
  bmpString: 30,
} as const

/** Nesting and number of elements: several times what a large certificate has. */
const MAX_DEPTH = 32
const MAX_ELEMENTS = 8192
const MAX_FAULTS = 32

const CLASSES: readonly DerClass[] = ['universal', 'application', 'context', 'private']

/**
 * Reads the elements from `at` up to `end`. Offsets in the result count from the start of `bytes`.
 *
 *     const { elements: [certificate], faults } = parseDer(bytes)
 */
export function parseDer(bytes: Uint8Array, at = 0, end = bytes.length): DerTree {
  const reader: Reader = { bytes, faults: [], left: MAX_ELEMENTS }
  const elements = readElements(reader, Math.max(0, at), Math.min(end, bytes.length), 0)
  return { elements, faults: reader.faults }
}

/** The element of that class and tag, or undefined: for structures with optional parts. */
export function isElement(element: DerElement | undefined, tag: number, kind: DerClass = 'universal'): element is DerElement {
  return element !== undefined && element.tag === tag && element.class === kind
}

interface Reader {
  readonly bytes: Uint8Array
  readonly faults: DerFault[]
  left: number
}

function note(reader: Reader, at: number, message: string): void {
  if (reader.faults.length < MAX_FAULTS) reader.faults.push({ at, message })
}

function readElements(reader: Reader, from: number, end: number, depth: number): DerElement[] {
  const elements: DerElement[] = []
  for (let at = from; at < end; ) {
    if (reader.left-- <= 0) {
      note(reader, at, `more than ${MAX_ELEMENTS} elements`)
      break
    }
    const element = readElement(reader, at, end, depth)
    if (element === undefined) break
    elements.push(element)
    at = element.end
  }
  return elements
}

function readElement(reader: Reader, at: number, end: number, depth: number): DerElement | undefined {
  const { bytes } = reader
  const first = bytes[at]!
  const constructed = (first & 0x20) !== 0
  let next = at + 1
  let tag = first & 0x1f
  if (tag === 0x1f) {
    // A tag above 30 in base 128 (X.690 8.1.2.4); four bytes are far more than any type needs.
    tag = 0
    for (let more = true; more; next++) {
      if (next >= end || next > at + 4) {
        note(reader, at, 'the tag does not end')
        return undefined
      }
      tag = (tag << 7) | (bytes[next]! & 0x7f)
      more = (bytes[next]! & 0x80) !== 0
    }
  }
  const size = readLength(reader, at, next, end)
  if (size === undefined) return undefined
  const content = size.next
  const room = end - content
  if (size.length > room) note(reader, at, `the element announces ${size.length} bytes, and ${room} are left`)
  const length = Math.min(size.length, room)
  const stop = content + length
  if (constructed && depth >= MAX_DEPTH) note(reader, at, `elements are nested more than ${MAX_DEPTH} deep`)
  const children = constructed && depth < MAX_DEPTH ? readElements(reader, content, stop, depth + 1) : []
  return { at, header: content - at, length, content, end: stop, class: CLASSES[first >> 6]!, tag, constructed, children }
}

/** X.690 8.1.3 with the restrictions of 10.1: definite, and in as few bytes as possible. */
function readLength(reader: Reader, at: number, from: number, end: number): { length: number; next: number } | undefined {
  const { bytes } = reader
  if (from >= end) {
    note(reader, at, 'the length is missing')
    return undefined
  }
  const first = bytes[from]!
  if (first < 0x80) return { length: first, next: from + 1 }
  const count = first & 0x7f
  if (count === 0) {
    note(reader, at, 'the length is left open, which DER forbids')
    return undefined
  }
  if (count > 6 || from + 1 + count > end) {
    note(reader, at, count > 6 ? `a length of ${count} bytes` : 'the length is cut')
    return undefined
  }
  let length = 0
  for (let i = 1; i <= count; i++) length = length * 256 + bytes[from + i]!
  if (length < 0x80 || bytes[from + 1] === 0) note(reader, at, 'the length is longer than it need be, which DER forbids')
  return { length, next: from + 1 + count }
}
