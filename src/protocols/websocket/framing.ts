// How WebSocket frames lie in a byte stream. Their bytes tell nothing about them: HTTP's Upgrade does (RFC 6455 4).

import { type Framing, type FramingState, MORE, NO, NOT_MINE, YES } from '../../core/protocol.ts'
import { headerLength, payloadLength } from './frame.ts'
import { ALONE, COMPRESSED, GAP, makeLog } from './log.ts'

/** Frames beyond this length are not believed. */
const MAX_LENGTH = 2 ** 40
/** A gap in the stream takes the phase back to 0. */
const UNDER_WAY = 1

/** What may stand in the first two bytes: an opcode that exists, no reserved bits but RSV1, control frames short and whole (5.5). */
function isPlausible(first: number, second: number): boolean {
  const opcode = first & 0x0f
  if ((first & 0x30) !== 0 || (opcode > 2 && opcode < 8) || opcode > 10) return false
  return opcode < 8 || ((first & 0x80) !== 0 && (second & 0x7f) <= 125)
}

/** The marks that the terms of permessage-deflate give to this direction; masked frames come from the client. */
function marksOf(terms: string, masked: boolean): number {
  if (!/(^|,)\s*permessage-deflate\b/i.test(terms)) return 0
  const alone = masked ? /\bclient_no_context_takeover\b/i : /\bserver_no_context_takeover\b/i
  return COMPRESSED | (alone.test(terms) ? ALONE : 0)
}

/** state.a: the last fact. */
function addFact(state: FramingState, masked: boolean): number {
  const log = state.shelf.keep(makeLog)
  const gap = state.phase !== UNDER_WAY && state.a !== 0 ? GAP : 0
  state.a = log.add(state.a, gap | marksOf(state.upgrade?.terms ?? '', masked))
  return state.a
}

export const websocketFraming: Framing = {
  upgrades: ['websocket'],

  recognize(bytes, start, end, known) {
    if (known !== true) return NO
    if (end - start < 2) return MORE
    return isPlausible(bytes[start]!, bytes[start + 1]!) ? YES : NO
  },

  frame(state, bytes, start, end) {
    state.aux = 0
    if (end - start < 2) return MORE
    const header = headerLength(bytes[start + 1]!)
    if (end - start < header) return MORE
    const length = payloadLength(bytes, start)
    if (length > MAX_LENGTH) return NOT_MINE
    state.aux = addFact(state, (bytes[start + 1]! & 0x80) !== 0)
    state.phase = UNDER_WAY
    state.done = true
    return header + length
  },

  completed(state, index) {
    if (state.aux !== 0) state.shelf.keep(makeLog).messageOf.set(state.aux, index + 1)
    return -1
  },
}
