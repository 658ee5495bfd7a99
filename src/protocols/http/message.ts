// One HTTP message laid out in rows: for TCP and, as SSDP, for UDP.

import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'
import type { Field, Get } from '../../core/field.ts'
import type { Memory } from '../../core/memory.ts'
import { GROUP_SEQUENCE, noteFields, SEVERITY_CHAT, SEVERITY_ERROR, SEVERITY_WARN } from '../../core/note.ts'
import { httpStatusNames } from '../names/http-status.ts'
import { isKnownKind } from '../names/media-types.ts'
import { recordBody } from './body.ts'
import { F, knownHeaders, shownLine } from './fields.ts'
import { RESPONSE } from './framing.ts'
import { findHeader, isStatusLine, lineFeed, lineStop, methodEnd, skipEmptyLines } from './head.ts'
import { recordHeader } from './header.ts'
import { makeDatagramLog, makeLog } from './log.ts'

const SPACE = 0x20

/** Fields for which the headers must be read. */
const fromHeaders: readonly Field[] = [
  ...knownHeaders.values(),
  ...[F.cookiePair, F.credentials, F.contentLength, F.requestLine, F.responseLine, F.knownRequestLine, F.knownResponseLine],
  ...[F.headEnd, F.unknownHeader, F.fullUri, F.teAndLength, F.badHeaderName],
]
const fromBody: readonly Field[] = [
  ...[F.chunkSize, F.chunkData, F.chunkBoundary, F.chunked, F.chunk, F.trailerPart, F.encoded, F.fileData, F.decompressionFailed],
]

function wantsAny(p: Dissection, fields: readonly Field[]): boolean {
  for (const field of fields) if (p.wants(field)) return true
  return false
}

/** First space at or behind `at`, or `end`. */
function spaceAt(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== SPACE) at++
  return at
}

function skipSpaces(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] === SPACE) at++
  return at
}

/** `at` … `end`: the request line without its line end, in p.bytes. Returns the target's place. */
function recordRequestLine(p: Dissection, at: number, end: number): { from: number; to: number; connect: boolean } {
  const { bytes, base } = p
  const space = spaceAt(bytes, at, end)
  p.add(F.method, at - base, space - at)
  const from = skipSpaces(bytes, space, end)
  const to = spaceAt(bytes, from, end)
  const connect = space - at === 7 && bytes[at] === 0x43 && bytes[at + 1] === 0x4f
  if (from > space) {
    p.nest(p.add(F.uri, from - base, to - from))
    recordQuery(p, from, to)
    p.close()
    const version = skipSpaces(bytes, to, end)
    if (to < end) p.add(F.requestVersion, version - base, end - version)
  }
  return { from, to, connect }
}

/** The parts of a target that has a query; `&` separates parameters. */
function recordQuery(p: Dissection, from: number, to: number): void {
  const { bytes, base } = p
  let mark = from
  while (mark < to && bytes[mark] !== 0x3f) mark++
  if (mark === to) return
  p.add(F.path, from - base, mark - from)
  p.nest(p.add(F.query, mark + 1 - base, to - mark - 1))
  if (p.wants(F.parameter)) {
    let at = mark + 1
    while (at < to) {
      let end = at
      while (end < to && bytes[end] !== 0x26) end++
      if (end > at) p.add(F.parameter, at - base, end - at)
      at = end + 1
    }
  }
  p.close()
}

function recordStatusLine(p: Dissection, at: number, end: number): void {
  const { bytes, base } = p
  const space = spaceAt(bytes, at, end)
  p.add(F.responseVersion, at - base, space - at)
  const code = skipSpaces(bytes, space, end)
  let behind = code
  let status = 0
  while (behind < end && behind - code < 3 && bytes[behind]! >= 0x30 && bytes[behind]! <= 0x39) {
    status = status * 10 + bytes[behind]! - 0x30
    behind++
  }
  if (behind === code) return
  p.generate(F.status, status, code - base, behind - code)
  if (p.wants(F.statusName)) p.generateText(F.statusName, httpStatusNames[status] ?? unknownStatus(status), code - base, behind - code)
  const phrase = skipSpaces(bytes, spaceAt(bytes, behind, end), end)
  if (phrase < end) p.add(F.phrase, phrase - base, end - phrase)
}

/** Wireshark's names for codes that nobody has registered. */
function unknownStatus(status: number): string {
  return httpStatusNames[Math.floor(status / 100) * 100 + 99] ?? `Unknown (${status})`
}

/** What the message is to the others of its connection. `at`: the start line. */
function recordPlace(p: Dissection, response: boolean, at: number): void {
  const { messages } = p.memory
  p.generate(response ? F.response : F.request, 1, at, 0)
  if (p.message < 0) {
    recordDatagram(p, response, at)
    return
  }
  const log = p.memory.shelf.keep(makeLog)
  p.generate(response ? F.responseNumber : F.requestNumber, messages.aux(p.message) & ~RESPONSE, at, 0)
  p.generate(F.total, log.total(p.message), at, 0)
  const link = (field: Field, message: number): void => {
    if (message >= 0) p.generate(field, messages.packet(message), at, 0)
  }
  const opposite = messages.opposite(p.message)
  if (!response) {
    link(F.previousRequest, log.before(p.message))
    link(F.responseIn, opposite)
    link(F.nextRequest, log.after(p.message))
    return
  }
  if (opposite >= 0 && p.wants(F.time)) recordTime(p, messages.packet(opposite), at)
  if (opposite >= 0) link(F.previousRequest, log.before(opposite))
  link(F.previousResponse, log.before(p.message))
  link(F.requestIn, opposite)
  if (opposite >= 0) link(F.nextRequest, log.after(opposite))
  link(F.nextResponse, log.after(p.message))
  if (opposite >= 0 && p.wants(F.responseFor)) recordRequested(p, opposite, at)
}

/** Messages in datagrams (SSDP) are only counted: nobody can tell which answer belongs to which request. */
function recordDatagram(p: Dissection, response: boolean, at: number): void {
  const log = p.memory.shelf.keep(makeDatagramLog)
  const number = log.number(p.packet)
  if (number === 0) return
  p.generate(response ? F.responseNumber : F.requestNumber, number, at, 0)
  const links = response ? ([F.previousResponse, F.nextResponse] as const) : ([F.previousRequest, F.nextRequest] as const)
  for (const [i, packet] of [log.before(p.packet), log.after(p.packet)].entries()) if (packet > 0) p.generate(links[i]!, packet, at, 0)
}

/** Notes a message that is a datagram, once per packet in capture order. */
export function trackDatagram(p: Dissection, memory: Memory): void {
  const flow = memory.flowOf(p.packet, p.transports - 1)
  if (flow >= 0) memory.shelf.keep(makeDatagramLog).add(p.packet, (flow >> 1) * 2 + (isStatusLine(p.bytes, p.base, p.end) ? 1 : 0))
}

/** What the request asked for, read again from its packets. */
function recordRequested(p: Dissection, request: number, at: number): void {
  const bytes = p.memory.bytesOf(request)
  const start = skipEmptyLines(bytes, 0, bytes.length)
  const feed = lineFeed(bytes, start, bytes.length)
  const stop = feed < 0 ? bytes.length : lineStop(bytes, start, feed)
  const from = skipSpaces(bytes, spaceAt(bytes, start, stop), stop)
  const to = spaceAt(bytes, from, stop)
  if (to === from) return
  const uri = decodeText(bytes, from, to - from)
  const connect = decodeText(bytes, start, 8) === 'CONNECT '
  p.generateText(F.responseFor, fullUri(p, findHeader(bytes, start, bytes.length, 'host'), uri, connect) ?? uri, at, 0)
}

function recordTime(p: Dissection, request: number, at: number): void {
  const { clock } = p
  if (clock === null || p.nanos < 0 || clock.nanos(request) < 0) return
  p.generate(F.time, p.seconds - clock.seconds(request) + (p.nanos - clock.nanos(request)) / 1e9, at, 0)
}

/** Is chunked the last coding of a Transfer-Encoding? As head.ts reads it. */
function isChunked(value: string): boolean {
  return /(^|,)\s*chunked(?![\w!#$%&'*+.^`|~-])[^,]*[\s,]*$/i.test(value)
}

/** The Info column: the first line, and the kind of body. */
export function summarizeHttp(get: Get): string {
  if (!get.has(F.startLine)) return 'Continuation'
  // What the body is stands behind it; asking for the body makes sure that it is looked at.
  get.has(F.fileData)
  return `${get.text(F.startLine)} `
}

/** The methods of UPnP's events. */
function isNotification(bytes: Uint8Array, at: number, end: number): boolean {
  return /^(NOTIFY|SUBSCRIBE|UNSUBSCRIBE) /.test(decodeText(bytes, at, Math.min(12, end - at)))
}

/** Lays out one message, from its first byte on. */
export function dissectHttp(p: Dissection): void {
  if (!p.recording) return
  const { bytes, base, end } = p
  const start = skipEmptyLines(bytes, base, end)
  const response = isStatusLine(bytes, start, end)
  // aux 0: the rest of a body whose length nobody knew.
  const goesOn = p.message >= 0 && p.memory.messages.aux(p.message) === 0
  if (goesOn || (!response && methodEnd(bytes, start, end) < 0)) {
    p.data(0)
    return
  }
  if (start > base) p.note(SEVERITY_ERROR, F.leadingCrlf.label, 0, start - base, F.leadingCrlf)

  const feed = lineFeed(bytes, start, end)
  const next = feed < 0 ? end : feed + 1
  const lineEnd = feed > start && bytes[feed - 1] === 0x0d ? feed - 1 : feed < 0 ? end : feed
  const line = p.wants(F.startLine) ? decodeText(bytes, start, lineEnd - start) : ''
  p.nest(p.generateText(F.startLine, line, start - base, next - start))
  if (p.wants(F.chat) || p.wants(noteFields.expert))
    p.note(SEVERITY_CHAT, shownLine(decodeText(bytes, start, next - start)), start - base, 0, F.chat, GROUP_SEQUENCE)
  let target = { from: 0, to: 0, connect: true }
  if (response) recordStatusLine(p, start, lineEnd)
  else target = recordRequestLine(p, start, lineEnd)
  p.close()

  let behind = next
  let host = ''
  let encoding = ''
  let type = ''
  let chunked = false
  let contentLength = -1
  const looks = p.looks()
  if (looks || wantsAny(p, fromHeaders) || wantsAny(p, fromBody)) {
    const kind = response ? 'response' : isNotification(bytes, start, lineEnd) ? 'notification' : 'request'
    let sawLength = false
    let sawCoding = false
    while (behind < end) {
      const header = recordHeader(p, behind, kind)
      behind = header.next
      if (header.name === '') break
      if (header.name === 'host' && host === '') host = header.value
      else if (header.name === 'content-type') type = header.value
      else if (header.name === 'content-encoding') encoding = encoding === '' ? header.value : `${encoding}, ${header.value}`
      else if (header.name === 'content-length') {
        contentLength = /^\d{1,15}$/.test(header.value) ? Number(header.value) : -1
        sawLength = true
      } else if (header.name === 'transfer-encoding') {
        sawCoding = true
        if (isChunked(header.value)) chunked = true
        else p.note(SEVERITY_WARN, F.teUnknown.label, 0, 0, F.teUnknown)
      }
    }
    if (sawLength && sawCoding) p.note(SEVERITY_WARN, F.teAndLength.label, 0, 0, F.teAndLength)
  }

  if (!response && p.wants(F.fullUri) && target.to > target.from) {
    const uri = fullUri(p, host, decodeText(bytes, target.from, target.to - target.from), target.connect)
    if (uri !== null) p.generateText(F.fullUri, uri, start - base, 0)
  }
  recordPlace(p, response, start - base)
  // Targets, cookies and other headers may hold a token as well as the body.
  p.look(start - base, behind - start)
  if (!looks && !wantsAny(p, fromBody)) return
  const stop = !chunked && contentLength >= 0 ? Math.min(end, behind + contentLength) : end
  // As in Wireshark the layer ends where that of a known kind begins, and covers other bodies.
  p.span((isKnownKind(type) ? behind : stop) - base)
  recordBody(p, behind - base, stop - base, chunked, encoding, type)
  if (stop < end) p.data(stop - base)
}

/** Inside a sealed record the address is one of https. */
function schemeOf(p: Dissection): string {
  return p.message >= 0 && p.memory.messages.within(p.message) >= 0 ? 'https' : 'http'
}

/** The whole address; null when it cannot be told. */
function fullUri(p: Dissection, host: string, uri: string, connect: boolean): string | null {
  if (connect || /^https?:\/\//i.test(uri)) return uri
  return host === '' ? null : `${schemeOf(p)}://${host}${uri}`
}
