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

const OPCODE = 0x78
const RESPONSE = 0x80
/** Bytes of a name of NetBIOS, which asks in the same form (RFC 1002 4.2.1) and is another protocol. */
const NETBIOS_LABEL = 32
const MAX_LABEL = 63
const INTERNET = 1
/** What names of machines are written with: letters, digits, '-' and '_'. */
const isLetter = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x5f

/** Are these bytes without doubt a message of DNS, on whatever port? One question about a plain name in the Internet's class. */
export function isMessage(bytes: Uint8Array, at: number, end: number): boolean {
  // Most datagrams end here: one question, no opcode, no reserved bit.
  if (end - at < HEADER + SMALLEST_QUESTION || bytes[at + 5] !== 1 || bytes[at + 4] !== 0 || bytes[at + HEADER] === NETBIOS_LABEL)
    return false
  if ((bytes[at + 2]! & OPCODE) !== 0 || (bytes[at + 3]! & 0x40) !== 0) return false
  const response = (bytes[at + 2]! & RESPONSE) !== 0
  if (!response && ((bytes[at + 3]! & 0x0f) !== 0 || readU16(bytes, at + 6) + readU16(bytes, at + 8) !== 0)) return false
  let i = at + HEADER
  for (; i < end && bytes[i] !== 0; i += 1 + bytes[i]!) {
    if (bytes[i]! > MAX_LABEL || i + 1 + bytes[i]! > end) return false
    for (let k = i + 1; k <= i + bytes[i]!; k++) if (!isLetter(bytes[k]!)) return false
  }
  if (i === at + HEADER || i + SMALLEST_QUESTION > end) return false
  const type = readU16(bytes, i + 1)
  return type > 0 && readU16(bytes, i + 3) === INTERNET
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
