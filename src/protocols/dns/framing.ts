// DNS over TCP: RFC 1035 4.2.2, RFC 7766. Two bytes of length, then a message. Nothing in it says "DNS", so only connections with its port
// are looked at, and only what can be a message is taken for one.

import { readU16 } from '../../bytes/read.ts'
import { type Framing, MORE, NO, NOT_MINE, YES } from '../../core/protocol.ts'

const PREFIX = 2
const HEADER = 12
const LAST_OPCODE = 6
const SMALLEST_QUESTION = 5
const SMALLEST_RECORD = 11

/** Can a message of DNS start here, as far as its bytes are there? YES, NO or MORE. */
function judge(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < PREFIX) return MORE
  const length = readU16(bytes, at)
  if (length < HEADER) return NO
  if (end - at < PREFIX + HEADER) return YES
  if (((bytes[at + 4]! >> 3) & 15) > LAST_OPCODE) return NO
  const records = readU16(bytes, at + 8) + readU16(bytes, at + 10) + readU16(bytes, at + 12)
  return HEADER + readU16(bytes, at + 6) * SMALLEST_QUESTION + records * SMALLEST_RECORD <= length ? YES : NO
}

export const dnsFraming: Framing = {
  ports: [53, 5353],
  // DNS over TLS: RFC 7858.
  agreedAs: ['dot'],
  sealedPorts: [853],
  paired: false,
  recognize: judge,

  frame(state, bytes, start, end) {
    const answer = judge(bytes, start, end)
    if (answer !== YES) return answer === NO ? NOT_MINE : MORE
    state.done = true
    return PREFIX + readU16(bytes, start)
  },
}
