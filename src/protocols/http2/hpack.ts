// HPACK, the compression of HTTP/2 headers: RFC 7541. Decodes header blocks in the order in which they were sent, because each one may
// change the table that the next one refers to.
//
//   1xxxxxxx                 an entry of the table
//   01xxxxxx value           a new entry, its name from the table (or x = 0: name, value)
//   001xxxxx                 the table's size from here on
//   0001xxxx | 0000xxxx …    not for the table: never to be stored again | this time

import { decodeHuffman } from '../../crypto/hpack-huffman.ts'
import { hpackStaticTable } from '../names/hpack.ts'
import { type HeaderTexts, UNKNOWN } from './texts.ts'

/** How a header was written; the numbers are this program's. */
export const INDEXED = 0
export const LITERAL_STORED = 1
export const LITERAL_STORED_NEW_NAME = 2
export const LITERAL = 3
export const LITERAL_NEW_NAME = 4
export const LITERAL_NEVER = 5
export const LITERAL_NEVER_NEW_NAME = 6
export const SIZE_UPDATE = 7

/** RFC 9113 6.5.2: the table's size until somebody says otherwise. */
const DEFAULT_SIZE = 4096
/** A table larger than this is not kept in full (the usual size is 4 or 64 KiB); older entries then count as unknown. */
export const MAX_TABLE = 1 << 20
/** RFC 7541 4.1: what an entry counts beyond its letters. */
const ENTRY_OVERHEAD = 32
const STATIC = hpackStaticTable.length
/** Longest string that is decoded. */
export const MAX_STRING = 64 * 1024

/** One header, or change of size, as read. One object is filled again for each. */
export interface Representation {
  /** INDEXED … SIZE_UPDATE. */
  form: number
  /** Entry of the table, from 1; 0: none. The new size for SIZE_UPDATE. */
  index: number
  /** Where the strings lie in the bytes; lengths -1: none. */
  nameAt: number
  nameLength: number
  nameHuffman: boolean
  valueAt: number
  valueLength: number
  valueHuffman: boolean
}

export function emptyRepresentation(): Representation {
  return { form: 0, index: 0, nameAt: 0, nameLength: -1, nameHuffman: false, valueAt: 0, valueLength: -1, valueHuffman: false }
}

export const INCOMPLETE = -1
export const WRONG = -2

/** The number that `readInteger` read. */
let integer = 0

/** RFC 7541 5.1. Returns where the next byte lies, INCOMPLETE or WRONG (beyond 2^32). */
function readInteger(bytes: Uint8Array, at: number, end: number, bits: number): number {
  const most = (1 << bits) - 1
  integer = bytes[at]! & most
  let i = at + 1
  if (integer < most) return i
  for (let factor = 1; ; factor *= 128) {
    if (i === end) return INCOMPLETE
    if (factor > 2 ** 28) return WRONG
    const byte = bytes[i++]!
    integer += (byte & 0x7f) * factor
    if (byte < 0x80) return integer > 0xffffffff ? WRONG : i
  }
}

/** Reads one representation at `at`. Returns where the next one lies, INCOMPLETE or WRONG. */
export function readRepresentation(bytes: Uint8Array, at: number, end: number, into: Representation): number {
  const first = bytes[at]!
  into.nameLength = -1
  into.valueLength = -1
  const bits = first >= 0x80 ? 7 : first >= 0x40 ? 6 : first >= 0x20 ? 5 : 4
  let i = readInteger(bytes, at, end, bits)
  if (i < 0) return i
  into.index = integer
  if (first >= 0x80) {
    into.form = INDEXED
    return integer === 0 ? WRONG : i
  }
  if (bits === 5) {
    into.form = SIZE_UPDATE
    return i
  }
  into.form = (bits === 6 ? LITERAL_STORED : first >= 0x10 ? LITERAL_NEVER : LITERAL) + (integer === 0 ? 1 : 0)
  if (integer === 0) {
    if (i === end) return INCOMPLETE
    into.nameHuffman = bytes[i]! >= 0x80
    i = readInteger(bytes, i, end, 7)
    if (i < 0) return i
    if (integer > MAX_STRING) return WRONG
    if (integer > end - i) return INCOMPLETE
    into.nameAt = i
    into.nameLength = integer
    i += integer
  }
  if (i === end) return INCOMPLETE
  into.valueHuffman = bytes[i]! >= 0x80
  i = readInteger(bytes, i, end, 7)
  if (i < 0) return i
  if (integer > MAX_STRING) return WRONG
  if (integer > end - i) return INCOMPLETE
  into.valueAt = i
  into.valueLength = integer
  return i + integer
}

/** A string as written, a letter per byte; null when its Huffman code is wrong. */
export function readString(bytes: Uint8Array, at: number, length: number, huffman: boolean): string | null {
  if (huffman) return decodeHuffman(bytes, at, at + length)
  let text = ''
  for (let i = at; i < at + length; i++) text += String.fromCharCode(bytes[i]!)
  return text
}

/** The table of one direction. Entries are pairs of HeaderTexts. */
export class HpackTable {
  private readonly texts: HeaderTexts
  /** Newest last. */
  private entries: number[] = []
  private sizes: number[] = []
  private oldest = 0
  private size = 0
  private limit = DEFAULT_SIZE
  /** Every entry since the connection began is known. */
  private complete: boolean

  /** `complete`: from the connection's first byte on. */
  constructor(texts: HeaderTexts, complete: boolean) {
    this.texts = texts
    this.complete = complete
  }

  /** Bytes were missed: what the table holds now stands at places that nobody knows. */
  forget(): void {
    this.entries = []
    this.sizes = []
    this.oldest = 0
    this.size = 0
    this.complete = false
  }

  /** The pair at an index; UNKNOWN for what was sent before the capture; -1 when there can be none. */
  pairAt(index: number): number {
    if (index <= STATIC) return this.texts.staticPair(index)
    const at = this.entries.length - (index - STATIC)
    if (at >= this.oldest) return this.entries[at]!
    return this.complete ? -1 : UNKNOWN
  }

  /** Applies a representation. Returns the header's pair, or -1 when it refers to nothing or its strings are damaged. */
  apply(r: Representation, bytes: Uint8Array): number {
    if (r.form === INDEXED) return this.pairAt(r.index)
    if (r.form === SIZE_UPDATE) {
      this.limit = r.index
      this.evict(0)
      return 0
    }
    const value = readString(bytes, r.valueAt, r.valueLength, r.valueHuffman)
    if (value === null) return -1
    let name: string | null
    if (r.nameLength >= 0) name = readString(bytes, r.nameAt, r.nameLength, r.nameHuffman)
    else {
      const named = this.pairAt(r.index)
      if (named < 0) return -1
      name = this.texts.name(named)
    }
    if (name === null) return -1
    const pair = this.texts.intern(name, value)
    if (r.form <= LITERAL_STORED_NEW_NAME) this.store(pair, name.length + value.length + ENTRY_OVERHEAD)
    return pair
  }

  private store(pair: number, size: number): void {
    this.evict(size)
    if (size > Math.min(this.limit, MAX_TABLE)) return
    this.entries.push(pair)
    this.sizes.push(size)
    this.size += size
  }

  /** Makes room for `more` (RFC 7541 4.4). */
  private evict(more: number): void {
    // A table that was under way before the capture may be larger than is known: its encoder does not refer to what it dropped.
    if (this.limit > MAX_TABLE && this.size + more > MAX_TABLE) this.complete = false
    const limit = this.complete ? Math.min(this.limit, MAX_TABLE) : MAX_TABLE
    while (this.oldest < this.entries.length && this.size + more > limit) this.size -= this.sizes[this.oldest++]!
    if (this.oldest < 1024 || this.oldest * 2 < this.entries.length) return
    this.entries = this.entries.slice(this.oldest)
    this.sizes = this.sizes.slice(this.oldest)
    this.oldest = 0
  }
}
