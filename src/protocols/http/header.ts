// One header line of an HTTP message: RFC 9112 5.

import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { SEVERITY_WARN } from '../../core/note.ts'
import { F, knownHeaders, shownLine } from './fields.ts'
import { lineFeed, lineStop } from './head.ts'

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09
const COLON = 0x3a

/** Notifications are requests of UPnP that nobody answers with content. */
export type MessageKind = 'request' | 'response' | 'notification'

/** The line of a header without and with a field of its own. */
const lineFields: Readonly<Record<MessageKind, readonly [Field, Field]>> = {
  request: [F.requestLine, F.knownRequestLine],
  response: [F.responseLine, F.knownResponseLine],
  notification: [F.unknownHeader, F.knownRequestLine],
}

/** What `recordHeader` found: the name in lower case, '' for the empty line that ends the head; and where the next line begins. */
export interface Header {
  name: string
  value: string
  next: number
}

const blank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB

/** Records the header at offset `at` of p.bytes, with the lines that continue it (obs-fold). */
export function recordHeader(p: Dissection, at: number, kind: MessageKind): Header {
  const { bytes, base, end } = p
  let feed = lineFeed(bytes, at, end)
  let next = feed < 0 ? end : feed + 1
  let stop = feed < 0 ? end : lineStop(bytes, at, feed)
  if (stop === at) {
    p.add(F.headEnd, at - base, next - at)
    return { name: '', value: '', next }
  }
  // A line that begins with white space continues the one before (RFC 9112 5.2: obsolete, but seen).
  while (next < end && blank(bytes[next])) {
    feed = lineFeed(bytes, next, end)
    const from = next
    next = feed < 0 ? end : feed + 1
    stop = feed < 0 ? end : lineStop(bytes, from, feed)
  }
  let colon = at
  while (colon < stop && bytes[colon] !== COLON) colon++
  let nameEnd = colon
  while (nameEnd > at && blank(bytes[nameEnd - 1])) nameEnd--
  const name = decodeText(bytes, at, nameEnd - at).toLowerCase()
  let from = Math.min(colon + 1, stop)
  while (from < stop && (blank(bytes[from]) || bytes[from] === CR || bytes[from] === LF)) from++
  let to = stop
  while (to > from && (blank(bytes[to - 1]) || bytes[to - 1] === CR || bytes[to - 1] === LF)) to--
  const value = decodeText(bytes, from, to - from)
  const field = colon < stop ? knownHeaders.get(name) : undefined
  if (field !== undefined) {
    p.nest(p.generateText(field, value, at - base, next - at))
    recordInside(p, name, value, from, to, at - base, next - at)
    p.close()
  }
  const lineField = lineFields[kind][field === undefined ? 0 : 1]
  const row =
    lineField === F.unknownHeader
      ? p.generateText(lineField, shownLine(decodeText(bytes, at, next - at)), at - base, next - at)
      : p.add(lineField, at - base, next - at)
  if (colon === stop || nameEnd < colon || nameEnd === at) {
    p.nest(row)
    p.note(SEVERITY_WARN, F.badHeaderName.label, at - base, 0, F.badHeaderName)
    p.close()
  }
  return { name: name === '' ? ':' : name, value, next }
}

/** Rows under some headers: cookie pairs, the number of Content-Length, Basic credentials. */
function recordInside(p: Dissection, name: string, value: string, from: number, to: number, at: number, length: number): void {
  switch (name) {
    case 'content-length': {
      const digits = /^\d{1,15}/.exec(value)
      if (digits !== null) p.generate(F.contentLength, Number(digits[0]), at, length)
      break
    }
    case 'cookie':
      recordCookies(p, from, to)
      break
    case 'authorization':
    case 'proxy-authorization': {
      const basic = /^(Basic\s+)([A-Za-z0-9+/=]+)/i.exec(value)
      if (basic !== null) recordCredentials(p, basic[2]!, from - p.base + basic[1]!.length)
      break
    }
  }
}

/** RFC 7617 2: name and password with a colon between them, in base64. The decoded bytes are a source of their own. */
function recordCredentials(p: Dissection, letters: string, at: number): void {
  if (!p.wants(F.credentials) && !p.wants(F.user) && !p.wants(F.password)) return
  const decoded = decodeBase64(letters)
  if (p.wants(F.credentials)) p.generateText(F.credentials, decodeText(decoded, 0, decoded.length), at, letters.length)
  const colon = decoded.indexOf(COLON)
  const source = colon < 0 ? -1 : p.addSource('Decoded credentials', decoded)
  if (source < 0) return
  p.enter(source)
  p.add(F.user, 0, colon)
  p.add(F.colon, colon, 1)
  p.add(F.password, colon + 1, decoded.length - colon - 1)
  p.leave()
}

function recordCookies(p: Dissection, from: number, to: number): void {
  if (!p.wants(F.cookiePair)) return
  let at = from
  while (at < to) {
    let end = at
    while (end < to && p.bytes[end] !== 0x3b) end++
    if (end > at) p.add(F.cookiePair, at - p.base, end - at)
    at = end + 1
    while (at < to && (blank(p.bytes[at]) || p.bytes[at] === CR || p.bytes[at] === LF)) at++
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The bytes that base64 (RFC 4648 4) spells; what is no letter of it ends it. */
function decodeBase64(text: string): Uint8Array {
  const out = new Uint8Array(Math.ceil((text.length * 3) / 4))
  let bits = 0
  let count = 0
  let length = 0
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter)
    if (digit < 0) break
    bits = ((bits << 6) | digit) & 0xffffff
    count += 6
    if (count >= 8) {
      count -= 8
      out[length++] = (bits >> count) & 0xff
    }
  }
  return out.subarray(0, length)
}
