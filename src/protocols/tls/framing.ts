// How TLS records lie in a byte stream: a header of five bytes that tells the length (RFC 8446 5.1).

import { readU16 } from '../../bytes/read.ts'
import { type Framing, type FramingState, MORE, NO, NOT_MINE, YES } from '../../core/protocol.ts'
import {
  advanceHandshake,
  advanceOther,
  ENCRYPTED,
  isPlausible,
  isRecordHeader,
  isSsl2ClientHello,
  owed,
  SHARED,
  TYPE_ALERT,
  TYPE_CHANGE_CIPHER_SPEC,
  TYPE_HANDSHAKE,
  withOwed,
} from './session.ts'

const HEADER = 5
const SSL2_HEADER = 11

/** Inside a handshake message that goes on in the next record. A gap in the stream takes the phase back to 0. */
const UNFINISHED = 1

function keep(state: FramingState, session: number): void {
  state.a = session
  state.phase = owed(session) > 0 ? UNFINISHED : 0
  const { peer } = state
  if (peer === null) return
  peer.a = share(peer.a, session)
  // A record of the other direction that is still arriving is judged by what is known when it is complete.
  peer.aux = share(peer.aux, session)
}

function share(session: number, from: number): number {
  return ((session & ~SHARED) | (from & SHARED)) >>> 0
}

export const tlsFraming: Framing = {
  coalesce: true,

  recognize(bytes, start, end) {
    const first = bytes[start]!
    if ((first & 0x80) !== 0) {
      if (end - start < SSL2_HEADER) return end - start >= 3 && bytes[start + 2] !== 1 ? NO : MORE
      return isSsl2ClientHello(bytes, start) ? YES : NO
    }
    if (first < TYPE_CHANGE_CIPHER_SPEC || first > 24 || (end - start > 1 && bytes[start + 1] !== 3)) return NO
    if (end - start < HEADER + 1) return MORE
    if (!isRecordHeader(bytes, start)) return NO
    const length = readU16(bytes, start + 3)
    if (length === 0) return NO
    if (first === TYPE_CHANGE_CIPHER_SPEC) return length === 1 && bytes[start + 5] === 1 ? YES : NO
    if (first === TYPE_ALERT) return length === 2 ? (bytes[start + 5]! <= 2 ? YES : NO) : length >= 16 ? YES : NO
    if (first !== TYPE_HANDSHAKE) return YES
    // Encrypted handshake messages look like anything, but are never short.
    return length < 4 ? NO : end - start < HEADER + 4 ? MORE : isPlausible(bytes, start + HEADER) || length >= 32 ? YES : NO
  },

  frame(state, bytes, start, end) {
    const there = end - start
    if ((bytes[start]! & 0x80) !== 0) {
      if (there < SSL2_HEADER) return MORE
      if (!isSsl2ClientHello(bytes, start)) return NOT_MINE
      state.aux = state.a
      state.done = true
      return 2 + (readU16(bytes, start) & 0x7fff)
    }
    if (there < HEADER) return MORE
    if (!isRecordHeader(bytes, start)) return NOT_MINE
    const type = bytes[start]!
    const length = readU16(bytes, start + 3)
    const session = state.phase === UNFINISHED ? state.a : withOwed(state.a, 0)
    if (type !== TYPE_HANDSHAKE) keep(state, advanceOther(session, type))
    else if ((session & ENCRYPTED) === 0) {
      if (there < HEADER + length) return MORE
      keep(state, advanceHandshake(session, bytes, start + HEADER, start + HEADER + length))
    }
    state.aux = session
    state.done = true
    return HEADER + length
  },
}
