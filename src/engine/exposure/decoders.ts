// Spellings that anybody can undo: base64, hexadecimal, percent signs, escapes. No key is needed for any of them, so what is spelled this
// way is as good as written out.

import type { Origin } from './regions.ts'

/** A part of some bytes, spelled out. */
export interface Spelled {
  readonly name: string
  readonly bytes: Uint8Array
  origin(at: number, length: number): Origin
}

/** Longest run of text that is decoded in one piece. */
const MAX_RUN = 4 * 1024 * 1024

const BASE64 = 1
const HEX = 2
/** What stands between the bytes of a hexadecimal dump: white space, colon, dash. */
const HEX_GAP = 4
const PRINTABLE = 8

const classes = new Uint8Array(256)
for (let byte = 0; byte < 256; byte++) {
  const letter = String.fromCharCode(byte)
  if (/[A-Za-z0-9+/_-]/.test(letter)) classes[byte]! |= BASE64
  if (/[0-9A-Fa-f]/.test(letter)) classes[byte]! |= HEX
  if (/[ :-]/.test(letter)) classes[byte]! |= HEX_GAP
  if (byte >= 0x20 && byte < 0x7f) classes[byte]! |= PRINTABLE
}

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1')

/** Where a run of bytes of one class ends. */
function runEnd(bytes: Uint8Array, at: number, mask: number): number {
  const end = Math.min(bytes.length, at + MAX_RUN)
  while (at < end && (classes[bytes[at]!]! & mask) !== 0) at++
  return at
}

/**
 * Where the next run of at least `shortest` bytes of one class begins, from `at` on, where no such run is under way; the length of the
 * bytes when there is none. Looks at the far end of a possible run first: in noise most bytes are passed over unseen.
 */
function nextRun(bytes: Uint8Array, at: number, mask: number, shortest: number): number {
  while (at + shortest <= bytes.length) {
    let i = at + shortest - 1
    while (i >= at && (classes[bytes[i]!]! & mask) !== 0) i--
    if (i < at) return at
    at = i + 1
  }
  return bytes.length
}

/** Are there so many printable ASCII characters in a row? */
export function hasText(bytes: Uint8Array, length: number): boolean {
  return nextRun(bytes, 0, PRINTABLE, length) < bytes.length
}

/** A line of this length may be followed by a line end inside a base64 text (RFC 2045 6.8 has 76, PEM 64). */
const WRAPPED = 40

/** Runs of base64 letters of at least `shortest`, line ends inside longer texts passed over. */
function* base64Runs(bytes: Uint8Array, shortest: number): Generator<{ from: number; to: number; letters: string }> {
  const least = Math.min(shortest, WRAPPED)
  for (let at = nextRun(bytes, 0, BASE64, least); at < bytes.length; ) {
    const end = runEnd(bytes, at, BASE64)
    const from = at
    let to = end
    let letters = ''
    if (end - at >= WRAPPED) {
      // Line after line, as long as each but the last is long.
      let line = at
      while (to - line >= WRAPPED && letters.length < MAX_RUN) {
        const feed = bytes[to] === 0x0d && bytes[to + 1] === 0x0a ? to + 2 : bytes[to] === 0x0a ? to + 1 : -1
        if (feed < 0) break
        const next = runEnd(bytes, feed, BASE64)
        if (next === feed) break
        letters += latin1(bytes, line, to)
        line = feed
        to = next
      }
      letters += latin1(bytes, line, to)
    } else if (end - at >= shortest) letters = latin1(bytes, at, end)
    if (letters.length >= shortest) yield { from, to, letters }
    at = nextRun(bytes, to, BASE64, least)
  }
}

/**
 * Texts in base64, in either alphabet. A run may begin with letters that do not belong to it (`/path/`), so it is decoded from each of
 * its first four letters.
 */
export function* base64Texts(bytes: Uint8Array, shortest: number): Generator<Spelled> {
  for (const { from, to, letters } of base64Runs(bytes, shortest)) {
    const whole = letters.length === to - from
    const name = /[-_]/.test(letters) && !/[+/]/.test(letters) ? 'base64url' : 'base64'
    for (let skip = 0; skip < 4; skip++) {
      const decoded = Buffer.from(skip === 0 ? letters : letters.slice(skip), 'base64')
      if (decoded.length === 0) continue
      yield {
        name,
        bytes: decoded,
        origin: (at, length) => {
          if (!whole) return { from, length: to - from }
          const first = from + skip + Math.floor(at / 3) * 4
          return { from: first, length: Math.min(to, from + skip + Math.ceil((at + length) / 3) * 4) - first }
        },
      }
    }
  }
}

/** Bytes written as hexadecimal digits, with or without something between them; at least `shortest` bytes. */
export function* hexTexts(bytes: Uint8Array, shortest: number): Generator<Spelled> {
  const mask = HEX | HEX_GAP
  for (let at = nextRun(bytes, 0, mask, 2 * shortest); at < bytes.length; ) {
    // A text begins with a digit.
    while (at < bytes.length && (classes[bytes[at]!]! & HEX_GAP) !== 0) at++
    const end = runEnd(bytes, at, mask)
    if (end - at >= 2 * shortest) {
      yield* hexRun(bytes, at, end, 0)
      yield* hexRun(bytes, at, end, 1)
    }
    at = nextRun(bytes, end, mask, 2 * shortest)
  }
}

/** The digits of one run, paired from the first or from the second digit on. */
function* hexRun(bytes: Uint8Array, from: number, to: number, skip: number): Generator<Spelled> {
  const out = new Uint8Array((to - from) >> 1)
  const starts = new Uint32Array(out.length + 1)
  let count = 0
  let high = -1
  let highAt = 0
  for (let at = from; at < to; at++) {
    if ((classes[bytes[at]!]! & HEX) === 0) continue
    if (skip > 0) {
      skip--
      continue
    }
    const digit = (bytes[at]! & 0x0f) + (bytes[at]! >= 0x41 ? 9 : 0)
    if (high < 0) {
      high = digit
      highAt = at
    } else {
      starts[count] = highAt
      out[count++] = high * 16 + digit
      starts[count] = at + 1
      high = -1
    }
  }
  if (count > 0) yield { name: 'hex', bytes: out.subarray(0, count), origin: spanOf(starts) }
}

/** Origins by a list of places, one for each byte and one for the end. */
function spanOf(starts: Uint32Array): Spelled['origin'] {
  return (at, length) => {
    const from = starts[at]!
    return { from, length: starts[at + length]! - from }
  }
}

type Unescape = (text: string, at: number) => { readonly value: string; readonly length: number } | null

const percent: Unescape = (text, at) => {
  if (text[at] === '%' && /^[0-9A-Fa-f]{2}$/.test(text.slice(at + 1, at + 3)))
    return { value: String.fromCharCode(Number.parseInt(text.slice(at + 1, at + 3), 16)), length: 3 }
  return null
}

/** As forms are sent (application/x-www-form-urlencoded): a plus sign is a space. */
const form: Unescape = (text, at) => (text[at] === '+' ? { value: ' ', length: 1 } : percent(text, at))

const utf8 = (code: number): string => (code <= 0x10ffff ? Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1') : '')

const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '"': '"', '\\': '\\', '/': '/' }

/** Escapes of JSON strings and of program texts: \u0066, \x66, \n. */
const backslash: Unescape = (text, at) => {
  if (text[at] !== '\\') return null
  const pair = /^\\u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})/.exec(text.slice(at, at + 12))
  if (pair !== null) {
    const code = 0x10000 + (Number.parseInt(pair[1]!, 16) - 0xd800) * 0x400 + (Number.parseInt(pair[2]!, 16) - 0xdc00)
    return { value: utf8(code), length: 12 }
  }
  const one = /^\\u([0-9A-Fa-f]{4})/.exec(text.slice(at, at + 6))
  if (one !== null) return { value: utf8(Number.parseInt(one[1]!, 16)), length: 6 }
  const byte = /^\\x([0-9A-Fa-f]{2})/.exec(text.slice(at, at + 4))
  if (byte !== null) return { value: String.fromCharCode(Number.parseInt(byte[1]!, 16)), length: 4 }
  const value = SHORT[text[at + 1] ?? '']
  return value === undefined ? null : { value, length: 2 }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

const entity: Unescape = (text, at) => {
  if (text[at] !== '&') return null
  const match = /^&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([a-z]{2,4}));/.exec(text.slice(at, at + 12))
  if (match === null) return null
  const value =
    match[3] === undefined ? utf8(match[1] === undefined ? Number.parseInt(match[2]!, 16) : Number(match[1])) : ENTITIES[match[3]]
  return value === undefined ? null : { value, length: match[0].length }
}

const ESCAPES: readonly { readonly name: string; readonly mark: string; readonly undo: Unescape }[] = [
  { name: 'url', mark: '%', undo: percent },
  { name: 'url', mark: '+', undo: form },
  { name: 'escapes', mark: '\\', undo: backslash },
  { name: 'entities', mark: '&', undo: entity },
]

/** Lines of readable text with their escapes undone, one way of escaping at a time; only where there is something to undo. */
export function* unescapedTexts(bytes: Uint8Array, shortest: number): Generator<Spelled> {
  for (let at = nextRun(bytes, 0, PRINTABLE, shortest); at < bytes.length; ) {
    const end = runEnd(bytes, at, PRINTABLE)
    const text = latin1(bytes, at, end)
    for (const { name, mark, undo } of ESCAPES) if (text.includes(mark)) yield* unescaped(text, at, name, undo)
    at = nextRun(bytes, end, PRINTABLE, shortest)
  }
}

function* unescaped(text: string, base: number, name: string, undo: Unescape): Generator<Spelled> {
  const starts = new Uint32Array(4 * text.length + 1)
  let out = ''
  let count = 0
  let changed = false
  for (let at = 0; at < text.length; ) {
    const found = undo(text, at)
    const value = found?.value ?? text[at]!
    const length = found?.length ?? 1
    changed ||= found !== null
    out += value
    for (let i = 0; i < value.length; i++) starts[count++] = base + at
    at += length
    starts[count] = base + at
  }
  if (changed) yield { name, bytes: Buffer.from(out, 'latin1'), origin: spanOf(starts) }
}
