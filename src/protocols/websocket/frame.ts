// One WebSocket frame: RFC 6455 5.2.
//
//   0                    1
//   FIN|RSV 3|opcode 4   MASK|length 7   [length 2 | 8]   [masking key 4]   payload …

import { readU16, readUint } from '../../bytes/read.ts'

export const OPCODE_CONTINUATION = 0
export const OPCODE_TEXT = 1
export const OPCODE_BINARY = 2
export const OPCODE_CLOSE = 8
export const OPCODE_PING = 9
export const OPCODE_PONG = 10

/** Longest header. */
export const MAX_HEADER = 14

/** Bytes of the header at `at`, by its second byte. */
export function headerLength(second: number): number {
  const length = second & 0x7f
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((second & 0x80) !== 0 ? 4 : 0)
}

/** Bytes of the payload; the header is there. */
export function payloadLength(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1]! & 0x7f
  return length === 126 ? readU16(bytes, at + 2) : length === 127 ? readUint(bytes, at + 2, 8, false) : length
}

/** RFC 6455 5.3: masking is undone by doing it again. */
export function unmask(bytes: Uint8Array, at: number, end: number, key: number): Uint8Array {
  const out = bytes.slice(at, end)
  for (let i = 0; i < out.length; i++) out[i] = out[i]! ^ bytes[key + (i & 3)]!
  return out
}

export interface ReadFrame {
  readonly fin: boolean
  readonly compressed: boolean
  readonly opcode: number
  /** The payload, unmasked. */
  payload(): Uint8Array
}

/** The frame that these bytes are; null when even its header is cut. */
export function readFrame(bytes: Uint8Array): ReadFrame | null {
  if (bytes.length < 2) return null
  const header = headerLength(bytes[1]!)
  if (bytes.length < header) return null
  const first = bytes[0]!
  const masked = (bytes[1]! & 0x80) !== 0
  return {
    fin: (first & 0x80) !== 0,
    compressed: (first & 0x40) !== 0,
    opcode: first & 0x0f,
    payload: () => (masked ? unmask(bytes, header, bytes.length, header - 4) : bytes.subarray(header)),
  }
}
