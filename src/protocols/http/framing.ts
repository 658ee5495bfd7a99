// How HTTP/1.x messages lie in a byte stream: RFC 9112 6.3, with Wireshark's habits where the RFC leaves a choice.

import { type Framing, type FramingState, MORE, NO, NOT_MINE, type Upgrade, YES } from '../../core/protocol.ts'
import { readChunkSize } from './chunks.ts'
import {
  emptyHead,
  endsInVersion,
  findHeader,
  HEAD_MORE,
  HEAD_WRONG,
  hasHeadEnd,
  isStatusLine,
  lineFeed,
  MAX_HEAD,
  METHOD_CONNECT,
  METHOD_HEAD,
  METHOD_OTHER,
  METHOD_RPC,
  maybeMethod,
  methodEnd,
  readHead,
  skipEmptyLines,
  spellsHttp,
} from './head.ts'
import { makeLog } from './log.ts'

// Phases of a direction. 0 must be "between messages".
const BETWEEN = 0
/** Part of a head was seen; state.b bytes of it hold no end. */
const HEAD = 1
/** The next line is a chunk size. */
const CHUNK = 2
/** Behind the last chunk: trailer lines up to an empty one; state.b counts their bytes. */
const TRAILER = 3
/** The body lasts until the connection closes. */
const UNTIL_CLOSE = 4
/** A body of unknown length whose head was already shown: what comes is shown segment by segment. */
const TAIL = 5
/** CONNECT or Upgrade succeeded: the rest is another protocol. */
const TUNNEL = 6

/** Requests that may wait for an answer before the oldest is forgotten. */
const MAX_WAITING = 256
const MAX_CHUNK_LINE = 4096
/** First line that is searched for "HTTP/1." when the method is not a usual one. */
const MAX_FIRST_LINE = 8192

const METHODS = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'M-SEARCH', 'NOTIFY', 'SUBSCRIBE', 'UNSUBSCRIBE'],
  ...['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'SEARCH', 'REPORT', 'CHECKOUT', 'MERGE', 'PURGE', 'LINK'],
])

const head = emptyHead()

/** Set in Messages.aux for responses; the rest of it is the message's number among those of its direction, from 1. */
export const RESPONSE = 0x80000000

/** What Messages.aux holds. state.a is RESPONSE while a response is read, else 0. */
function number(state: FramingState): number {
  return state.messages + 1 + state.a
}

function finish(state: FramingState, phase: number): void {
  state.done = true
  state.phase = phase
  state.aux = number(state)
}

function open(state: FramingState, bytes: Uint8Array, start: number, end: number): number {
  // Where the capture cut the packet inside a head, what is there is shown as a message.
  state.a = isStatusLine(bytes, start, end) ? RESPONSE : 0
  state.aux = number(state)
  if (state.phase === HEAD) {
    if (!hasHeadEnd(bytes, start + Math.max(0, state.b - 2), end)) {
      state.b = end - start
      return end - start > MAX_HEAD ? refuse(state) : MORE
    }
  }
  const behind = readHead(bytes, start, end, head)
  if (behind === HEAD_WRONG) return refuse(state)
  if (behind === HEAD_MORE) {
    state.phase = HEAD
    state.b = end - start
    return MORE
  }
  state.a = head.response ? RESPONSE : 0
  return head.response ? answer(state, bytes, start, behind, end) : ask(state, start, behind)
}

function refuse(state: FramingState): number {
  state.phase = BETWEEN
  return NOT_MINE
}

function ask(state: FramingState, start: number, behind: number): number {
  if (state.queue.length === MAX_WAITING) state.queue.shift()
  state.queue.push(head.method)
  if (head.method === METHOD_RPC) {
    finish(state, TUNNEL)
    return behind - start
  }
  // HEAD never carries chunks, whatever its headers say.
  if (head.chunked && head.method !== METHOD_HEAD) return chunked(state, start, behind)
  finish(state, BETWEEN)
  // A request of unknown length has no body (RFC 9112 6.3, rule 7).
  return behind - start + Math.max(0, head.contentLength)
}

/** From here on both directions speak something else: the protocol that the two agreed on, or whatever comes through the tunnel. */
function switchProtocols(state: FramingState, upgrade: Upgrade | null): void {
  finish(state, TUNNEL)
  state.upgrade = upgrade
  const { peer } = state
  if (peer === null || peer.phase !== BETWEEN) return
  peer.phase = TUNNEL
  peer.upgrade = upgrade
}

/** What a 101 response agrees to (RFC 9110 7.8, RFC 6455 4.2.2). */
function readUpgrade(bytes: Uint8Array, start: number, behind: number): Upgrade | null {
  const token = findHeader(bytes, start, behind, 'upgrade').split(',')[0]!.trim().toLowerCase()
  return token === '' ? null : { token, terms: findHeader(bytes, start, behind, 'sec-websocket-extensions') }
}

function answer(state: FramingState, bytes: Uint8Array, start: number, behind: number, end: number): number {
  const { status } = head
  state.interim = status >= 100 && status < 200 && status !== 101
  const method = state.interim ? METHOD_OTHER : (state.peer?.queue.shift() ?? METHOD_OTHER)
  if (status === 101 || (method === METHOD_CONNECT && status >= 200 && status < 300)) {
    switchProtocols(state, status === 101 ? readUpgrade(bytes, start, behind) : null)
    return behind - start
  }
  // The length of the answer, too, is the capacity of a channel; without one the answer is an ordinary one.
  if (method === METHOD_RPC && status < 300 && head.contentLength >= 0) {
    finish(state, TUNNEL)
    return behind - start
  }
  if (method === METHOD_HEAD || status < 200 || status === 204 || status === 304) {
    finish(state, BETWEEN)
    return behind - start
  }
  if (head.chunked) return chunked(state, start, behind)
  // With a Transfer-Encoding that is not chunked the RFC would read until the end (6.3, rule 4); Wireshark believes the length.
  if (head.contentLength >= 0) {
    finish(state, BETWEEN)
    return behind - start + head.contentLength
  }
  // Until the connection closes (rule 8) …
  if (!head.keepAlive) {
    state.phase = UNTIL_CLOSE
    state.untilClose = true
    state.aux = number(state)
    return behind - start
  }
  // … which it says it will not: shown at once, so that nobody waits for the end.
  finish(state, TAIL)
  return end - start
}

function chunked(state: FramingState, start: number, behind: number): number {
  state.phase = CHUNK
  state.b = 0
  return behind - start
}

/** Chunk-size line and the chunk behind it (RFC 9112 7.1). */
function chunk(state: FramingState, bytes: Uint8Array, start: number, end: number): number {
  const feed = lineFeed(bytes, start, Math.min(end, start + MAX_CHUNK_LINE))
  if (feed < 0) return end - start < MAX_CHUNK_LINE ? MORE : giveUp(state, start, end)
  const size = readChunkSize(bytes, start, feed)
  if (size < 0) return giveUp(state, start, end)
  const line = feed + 1 - start
  if (size === 0) {
    state.phase = TRAILER
    state.b = 0
    return line
  }
  return line + size + 2
}

/** The chunks make no sense: what has arrived is shown, and what follows segment by segment. */
function giveUp(state: FramingState, start: number, end: number): number {
  finish(state, TAIL)
  return end - start
}

function trailer(state: FramingState, bytes: Uint8Array, start: number, end: number): number {
  const feed = lineFeed(bytes, start, end)
  if (feed < 0) return end - start + state.b > MAX_HEAD ? giveUp(state, start, end) : MORE
  const length = feed + 1 - start
  if (length === 1 || (length === 2 && bytes[start] === 0x0d)) finish(state, BETWEEN)
  else {
    state.b += length
    if (state.b > MAX_HEAD) return giveUp(state, start, end)
  }
  return length
}

export const httpFraming: Framing = {
  paired: true,

  completed(state, index) {
    // Neither interim responses nor the rest of a body count.
    if (!state.interim) state.shelf.keep(makeLog).add(state, index, state.aux & ~RESPONSE)
    return -1
  },
  agreedAs: ['http/1.1', 'http/1.0'],

  recognize(bytes, start, end) {
    const at = skipEmptyLines(bytes, start, end)
    if (at === end) return end - start > 64 ? NO : MORE
    if (isStatusLine(bytes, at, end)) return YES
    // A slash cannot stand in a method: "HTTP/" waits for its digit.
    if (end - at === 5 && spellsHttp(bytes, at)) return MORE
    const space = methodEnd(bytes, at, end)
    if (space < 0) return maybeMethod(bytes, at, end) && looksLikeMethod(bytes, at, end) ? MORE : NO
    if (space + 1 === end) return MORE
    const limit = Math.min(end, at + MAX_FIRST_LINE)
    const feed = lineFeed(bytes, space, limit)
    if (feed < 0 && isUsual(bytes, at, space)) {
      const target = bytes[space + 1]!
      // origin-form, absolute-form ("http…"), asterisk-form; authority-form for CONNECT only (RFC 9112 3.2).
      if (target === 0x2f || (target | 0x20) === 0x68 || (bytes[at] === 0x43 && bytes[at + 3] === 0x4e)) return YES
    }
    if (feed < 0) return limit === end && looksLikeMethod(bytes, at, space) ? MORE : NO
    return isVersionOne(bytes, space, feed) ? YES : NO
  },

  frame(state, bytes, start, end) {
    switch (state.phase) {
      case CHUNK:
        return chunk(state, bytes, start, end)
      case TRAILER:
        return trailer(state, bytes, start, end)
      case UNTIL_CLOSE:
        state.untilClose = true
        return end - start
      case TAIL:
        if (isStatusLine(bytes, start, end)) return open(state, bytes, start, end)
        finish(state, TAIL)
        // No message of its own: it answers nothing and has no number.
        state.interim = true
        state.aux = 0
        return end - start
      case TUNNEL: {
        if (state.upgrade !== null) return NOT_MINE
        // What is spoken inside may be HTTP again.
        const answer = httpFraming.recognize(bytes, start, end)
        if (answer === NO) return NOT_MINE
        if (answer === MORE) return MORE
        state.phase = BETWEEN
        return open(state, bytes, start, end)
      }
      default:
        return open(state, bytes, start, end)
    }
  },
}

/** Methods are case-sensitive and, all that are registered, in capitals (RFC 9110 9.1). */
function looksLikeMethod(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!
    if (!((byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f || byte === 0x2f)) return false
  }
  return true
}

function isUsual(bytes: Uint8Array, at: number, space: number): boolean {
  if (space - at > 11) return false
  let method = ''
  for (let i = at; i < space; i++) method += String.fromCharCode(bytes[i]!)
  return METHODS.has(method)
}

/** Does the line that ends at `feed` end in " HTTP/1.x"? */
function isVersionOne(bytes: Uint8Array, from: number, feed: number): boolean {
  let end = feed
  while (end > from && bytes[end - 1]! <= 0x20) end--
  return endsInVersion(bytes, from, feed) && bytes[end - 3] === 0x31
}
