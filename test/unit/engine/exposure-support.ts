// TCP conversations written segment by segment, for what no recording has: secrets cut in two, late, repeated, overlapping, missing bytes.

import type { Capture } from '../../../src/engine/capture.ts'
import { temporary } from '../cli/support.ts'
import { indexed } from './support.ts'

export interface Segment {
  readonly from: 'client' | 'server'
  readonly bytes: Uint8Array | string
  /** Offset in the sender's stream; behind what it sent before unless given. */
  readonly at?: number
  /** Bytes of the segment that the capture keeps; all unless given. */
  readonly kept?: number
}

const FIRST = { client: 1000, server: 5000 }
const PORTS = { client: 40_000, server: 5683 }

function frame(from: 'client' | 'server', seq: number, ack: number, flags: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(54 + payload.length)
  bytes.writeUInt16BE(0x0800, 12)
  bytes.writeUInt8(0x45, 14)
  bytes.writeUInt16BE(40 + payload.length, 16)
  bytes.writeUInt8(64, 22)
  bytes.writeUInt8(6, 23)
  bytes.set(from === 'client' ? [10, 0, 0, 1, 10, 0, 0, 2] : [10, 0, 0, 2, 10, 0, 0, 1], 26)
  bytes.writeUInt16BE(PORTS[from], 34)
  bytes.writeUInt16BE(PORTS[from === 'client' ? 'server' : 'client'], 36)
  bytes.writeUInt32BE(seq >>> 0, 38)
  bytes.writeUInt32BE(ack >>> 0, 42)
  bytes.writeUInt16BE(0x5000 | flags, 46)
  bytes.writeUInt16BE(65535, 48)
  bytes.set(payload, 54)
  return bytes
}

/** Frames as a classic capture, one a millisecond. `kept` cuts some of them. */
export function pcapOf(frames: readonly Uint8Array[], kept: ReadonlyMap<number, number> = new Map()): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(262_144, 16)
  header.writeUInt32LE(1, 20)
  const records = frames.map((bytes, i) => {
    const captured = Math.min(kept.get(i) ?? bytes.length, bytes.length)
    const record = Buffer.alloc(16)
    record.writeUInt32LE(1_700_000_000, 0)
    record.writeUInt32LE(i * 1000, 4)
    record.writeUInt32LE(captured, 8)
    record.writeUInt32LE(bytes.length, 12)
    return Buffer.concat([record, bytes.subarray(0, captured)])
  })
  return Buffer.concat([header, ...records])
}

/** Where the payload of a segment begins in its frame. */
export const PAYLOAD = 54

/**
 * A connection with its handshake (packets 1 to 3), these segments (from packet 4 on) and its end. Each packet acknowledges what the other
 * side has sent in order so far.
 */
export async function conversation(segments: readonly Segment[], end: 'fin' | 'none' = 'fin'): Promise<Capture> {
  const sent = { client: 0, server: 0 }
  const frames: Buffer[] = [
    frame('client', FIRST.client, 0, 0x02, new Uint8Array(0)),
    frame('server', FIRST.server, FIRST.client + 1, 0x12, new Uint8Array(0)),
    frame('client', FIRST.client + 1, FIRST.server + 1, 0x10, new Uint8Array(0)),
  ]
  const kept = new Map<number, number>()
  for (const { from, bytes, at = sent[from], kept: some } of segments) {
    const payload = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes
    const other = from === 'client' ? 'server' : 'client'
    if (some !== undefined) kept.set(frames.length, PAYLOAD + some)
    frames.push(frame(from, FIRST[from] + 1 + at, FIRST[other] + 1 + sent[other], 0x18, payload))
    sent[from] = Math.max(sent[from], at + payload.length)
  }
  if (end === 'fin') {
    frames.push(frame('server', FIRST.server + 1 + sent.server, FIRST.client + 1 + sent.client, 0x11, new Uint8Array(0)))
    frames.push(frame('client', FIRST.client + 1 + sent.client, FIRST.server + 2 + sent.server, 0x11, new Uint8Array(0)))
  }
  return indexed(temporary(pcapOf(frames, kept)))
}

/** An answer of HTTP with these header lines and this body. */
export function answer(body: Uint8Array | string, ...headers: string[]): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body)
  const length = headers.some((line) => line.toLowerCase().startsWith('transfer-encoding')) ? [] : [`Content-Length: ${bytes.length}`]
  return Buffer.concat([Buffer.from(['HTTP/1.1 200 OK', ...headers, ...length, '', ''].join('\r\n')), bytes])
}

export const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** The text in chunks of these sizes; the rest in a last one. */
export function chunked(bytes: Uint8Array, ...sizes: number[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const size of [...sizes, bytes.length]) {
    const part = Buffer.from(bytes.subarray(at, at + size))
    if (part.length > 0) parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
    at += part.length
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}
