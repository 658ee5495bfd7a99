// How HTTP/2 lies in a byte stream: RFC 9113 3.4 (the client's preface) and 4.1 (frames).
//
//   0        3      4       5            9
//   length   type   flags   R|stream     payload …

import { readU16, readU32 } from '../../bytes/read.ts'
import { type Framing, type FramingState, MORE, NO, YES } from '../../core/protocol.ts'
import { Connection, KIND_RESPONSE, makeLog, Side } from './session.ts'

export const HEADER = 9
export const PREFACE = Uint8Array.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', (letter) => letter.charCodeAt(0))

export const DATA = 0
export const HEADERS = 1
export const PRIORITY = 2
export const RST_STREAM = 3
export const SETTINGS = 4
export const PUSH_PROMISE = 5
export const PING = 6
export const GOAWAY = 7
export const WINDOW_UPDATE = 8
export const CONTINUATION = 9
export const ALTSVC = 10
export const BLOCKED = 11
export const ORIGIN = 12
export const PRIORITY_UPDATE = 16

export const END_STREAM = 0x01
export const END_HEADERS = 0x04
export const PADDED = 0x08
export const PRIORITIZED = 0x20

/** Frames with headers beyond this length are passed over (the usual limit is 16 KiB); what they say is not known. */
export const MAX_HEADERS_FRAME = 128 * 1024
/** Frames beyond this length are not believed where a stream is met in its middle. */
const MAX_GUESSED = 1 << 20

const ANY_STREAM = 2
/** By type: flags that may be set, stream 0 (0), another (1) or either, least and greatest length. */
const RULES: readonly (readonly [flags: number, stream: number, least: number, most: number])[] = [
  [0x09, 1, 0, MAX_GUESSED],
  [0x2d, 1, 1, MAX_HEADERS_FRAME],
  [0, 1, 5, 5],
  [0, 1, 4, 4],
  [0x01, 0, 0, 120],
  [0x0c, 1, 5, MAX_HEADERS_FRAME],
  [0x01, 0, 8, 8],
  [0, 0, 8, 65_536],
  [0, ANY_STREAM, 4, 4],
  [0x04, 1, 0, MAX_HEADERS_FRAME],
]

/** 1: only the connection has begun; frames have followed. A gap in the stream takes the phase back to 0. */
const UNDER_WAY = 1

function startsWithPreface(bytes: Uint8Array, at: number, end: number): boolean {
  const length = Math.min(PREFACE.length, end - at)
  for (let i = 0; i < length; i++) if (bytes[at + i] !== PREFACE[i]) return false
  return true
}

const lengthAt = (bytes: Uint8Array, at: number): number => (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!

/** Could a frame begin here? Nine bytes are there. */
function isPlausible(bytes: Uint8Array, at: number): boolean {
  const rule = RULES[bytes[at + 3]!]
  if (rule === undefined) return false
  const [flags, stream, least, most] = rule
  const length = lengthAt(bytes, at)
  const id = readU32(bytes, at + 5)
  if ((bytes[at + 4]! & ~flags) !== 0 || length < least || length > most || id > 0x7fffffff) return false
  return stream === ANY_STREAM || (id === 0) === (stream === 0)
}

/** Frames one after the other? Counts them; -1 when something else stands there. `ends`: the last one ends where the bytes end. */
function countFrames(bytes: Uint8Array, at: number, end: number): { count: number; ends: boolean } {
  let count = 0
  while (at + HEADER <= end) {
    if (!isPlausible(bytes, at)) return { count: -1, ends: false }
    at += HEADER + lengthAt(bytes, at)
    count++
  }
  return { count, ends: at === end }
}

/** A server's first frame: settings, with identifiers that exist (RFC 9113 6.5.2, RFC 8441, RFC 9218). */
function isFirstSettings(bytes: Uint8Array, at: number, end: number): boolean {
  if (!isPlausible(bytes, at) || bytes[at + 3] !== SETTINGS || bytes[at + 4] !== 0) return false
  const length = lengthAt(bytes, at)
  if (length === 0 || length % 6 !== 0 || at + HEADER + length > end) return false
  for (let i = at + HEADER; i < at + HEADER + length; i += 6) {
    const id = readU16(bytes, i)
    if (id === 0 || id > 9) return false
  }
  return true
}

/** The first byte of a header block that begins with a pseudo-header of the static table: ":method", ":path", ":scheme", ":status". */
function opensBlock(bytes: Uint8Array, at: number): boolean {
  const skip = ((bytes[at + 4]! & PADDED) !== 0 ? 1 : 0) + ((bytes[at + 4]! & PRIORITIZED) !== 0 ? 5 : 0)
  const byte = bytes[at + HEADER + skip] ?? 0
  return (byte >= 0x82 && byte <= 0x8e) || byte === 0x41 || byte === 0x44 || byte === 0x48 || byte === 0x04 || byte === 0x08
}

/** The direction that this state belongs to, made when its first frame is met. */
function sideOf(state: FramingState, complete: boolean): Side {
  if (state.own instanceof Side) return state.own
  const other = state.peer?.own
  const connection = other instanceof Side ? other.connection : new Connection(state.shelf.keep(makeLog))
  const side = new Side(connection, complete)
  state.own = side
  return side
}

function takeFrame(side: Side, bytes: Uint8Array, start: number): number {
  const length = lengthAt(bytes, start)
  const type = bytes[start + 3]!
  const flags = bytes[start + 4]!
  const id = readU32(bytes, start + 5) & 0x7fffffff
  if (type === DATA) return side.data(id, (flags & END_STREAM) !== 0)
  if (type === RST_STREAM) side.reset(id)
  if (type !== HEADERS && type !== PUSH_PROMISE && type !== CONTINUATION) return 0
  if (length > MAX_HEADERS_FRAME) {
    side.interrupt()
    return 0
  }
  let from = start + HEADER
  let to = from + length
  if (type !== CONTINUATION && (flags & PADDED) !== 0 && length > 0) to -= bytes[from++]!
  const complete = (flags & END_HEADERS) !== 0
  if (type === HEADERS && (flags & PRIORITIZED) !== 0) from += 5
  if (type === PUSH_PROMISE) {
    if (from + 4 > to) return 0
    return side.promise(readU32(bytes, from) & 0x7fffffff, bytes, from + 4, to, complete)
  }
  to = Math.max(from, to)
  if (type === CONTINUATION) return side.continuation(id, bytes, from, to, complete)
  return side.headers(id, bytes, from, Math.min(to, start + HEADER + length), complete, (flags & END_STREAM) !== 0)
}

export const http2Framing: Framing = {
  upgrades: ['h2c'],
  agreedAs: ['h2'],

  recognize(bytes, start, end, known) {
    if (startsWithPreface(bytes, start, end)) return end - start >= PREFACE.length ? YES : MORE
    if (end - start < HEADER) return known === true ? MORE : NO
    const { count, ends } = countFrames(bytes, start, end)
    if (known === true) return count > 0 ? YES : NO
    if (isFirstSettings(bytes, start, end)) return YES
    // In the middle of a connection: only what can hardly be anything else.
    if (!ends) return NO
    return count >= 1 && bytes[start + 3] === HEADERS && opensBlock(bytes, start) ? YES : NO
  },

  frame(state, bytes, start, end) {
    const there = end - start
    state.aux = 0
    if (state.phase !== UNDER_WAY && startsWithPreface(bytes, start, end)) {
      if (there < PREFACE.length) return MORE
      sideOf(state, true)
      state.phase = UNDER_WAY
      state.done = true
      return PREFACE.length
    }
    if (there < HEADER) return MORE
    const length = lengthAt(bytes, start)
    const type = bytes[start + 3]!
    const read = type === HEADERS || type === PUSH_PROMISE || type === CONTINUATION
    if (read && length <= MAX_HEADERS_FRAME && there < HEADER + length) return MORE
    // A server begins with its settings; anything else means that the beginning is missing.
    const side = sideOf(state, type === SETTINGS && (bytes[start + 4]! & 1) === 0)
    if (state.phase !== UNDER_WAY && side.frames > 0) side.interrupt()
    state.phase = UNDER_WAY
    side.frames++
    state.aux = takeFrame(side, bytes, start)
    state.done = true
    return HEADER + length
  },

  completed(state, index) {
    const fact = state.aux
    if (fact === 0 || !(state.own instanceof Side)) return -1
    const { log } = state.own.connection
    log.messageOf.set(fact, index + 1)
    const block = log.block(fact)
    if (block < 0 || log.kind.at(block) !== KIND_RESPONSE) return -1
    const stream = log.streamOf.at(fact) - 1
    const request = log.response.at(stream) === fact ? log.request.at(stream) : 0
    return request === 0 ? -1 : log.messageOf.at(request) - 1
  },
}
