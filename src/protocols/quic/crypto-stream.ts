// The handshake bytes of one direction at one level of encryption, put in order from CRYPTO frames (RFC 9000 19.6), and cut into TLS messages.

import { readU24 } from '../../bytes/read.ts'
import type { HandshakePart, HandshakeRun } from '../../core/handshake-runs.ts'

/** Bytes of one stream that may wait for earlier ones, and bytes of one handshake message. */
const MAX_WAITING = 1 << 18
const MAX_PIECES = 1024
const MESSAGE_HEADER = 4

/** What one CRYPTO frame brought. */
export interface Delivery extends HandshakeRun {
  /** All of its bytes had come before. */
  readonly repeated: boolean
  /** The bytes that are in order now, the frame's own and those that waited for them; null when they must wait themselves. */
  readonly run: Uint8Array | null
  /** The frames that the run is made of, when it is more than this one's bytes; empty otherwise. */
  readonly pieces: readonly HandshakePart[]
}

const NOTHING = { run: null, pieces: [], owed: 0, whole: null, parts: [], type: 0 }

export class CryptoStream {
  /** Bytes in order so far. */
  private next = 0
  private waiting: HandshakePart[] = []
  private waitingBytes = 0
  /** The message under way, in parts, and its bytes that are still to come; the header may be incomplete. */
  private parts: HandshakePart[] = []
  private partBytes = 0
  private broken = false

  /** Takes the bytes of a frame; calls `message` for each handshake message that is complete now. */
  take(packet: number, offset: number, bytes: Uint8Array, message: (bytes: Uint8Array) => void): Delivery {
    const end = offset + bytes.length
    if (end <= this.next && bytes.length > 0) return { ...NOTHING, repeated: true }
    if (this.broken || bytes.length === 0) return { ...NOTHING, repeated: false }
    if (offset > this.next || this.waiting.length > 0) {
      if (this.waiting.some((piece) => piece.offset <= offset && piece.offset + piece.bytes.length >= end)) {
        return { ...NOTHING, repeated: true }
      }
      if (this.waiting.length >= MAX_PIECES || this.waitingBytes + bytes.length > MAX_WAITING) return { ...NOTHING, repeated: false }
      this.waiting.push({ packet, offset, bytes: bytes.slice() })
      this.waitingBytes += bytes.length
      return this.release(message)
    }
    const run = offset === this.next ? bytes : bytes.subarray(this.next - offset)
    return this.deliver(packet, run, [], message)
  }

  /** Gives out what waits, once it has no gap, or once the message that it begins is complete. */
  private release(message: (bytes: Uint8Array) => void): Delivery {
    const order = this.waiting.slice().sort((a, b) => a.offset - b.offset)
    const pieces: HandshakePart[] = []
    let end = this.next
    for (const piece of order) {
      if (piece.offset > end) break
      pieces.push(piece)
      end = Math.max(end, piece.offset + piece.bytes.length)
    }
    const run = new Uint8Array(end - this.next)
    for (const { offset, bytes } of pieces.toReversed()) {
      const skip = Math.max(0, this.next - offset)
      if (skip < bytes.length) run.set(bytes.subarray(skip), offset + skip - this.next)
    }
    if (run.length === 0 || (pieces.length < order.length && !this.completes(run))) return { ...NOTHING, repeated: false }
    const used = new Set(pieces)
    this.waiting = this.waiting.filter((piece) => !used.has(piece))
    this.waitingBytes = this.waiting.reduce((sum, piece) => sum + piece.bytes.length, 0)
    return this.deliver(pieces.at(-1)!.packet, run, pieces, message)
  }

  /** Does the run end the message under way? */
  private completes(run: Uint8Array): boolean {
    const first = this.parts[0]?.bytes ?? run
    return first.length >= MESSAGE_HEADER && this.partBytes + run.length >= MESSAGE_HEADER + readU24(first, 1)
  }

  private deliver(packet: number, run: Uint8Array, pieces: readonly HandshakePart[], message: (bytes: Uint8Array) => void): Delivery {
    const offset = this.next
    this.next += run.length
    let at = 0
    let owed = 0
    let whole: Uint8Array | null = null
    let parts: readonly HandshakePart[] = []
    let type = 0
    if (this.parts.length > 0) {
      type = this.parts[0]!.bytes[0]!
      // The header may have come in parts as well.
      const head = this.gather(run.subarray(0, MESSAGE_HEADER))
      const length = head.length < MESSAGE_HEADER ? Number.POSITIVE_INFINITY : MESSAGE_HEADER + readU24(head, 1)
      owed = Math.min(run.length, length - this.partBytes)
      this.parts.push({ packet, offset, bytes: run.slice(0, owed) })
      this.partBytes += owed
      at = owed
      if (this.partBytes >= length) {
        whole = this.gather(new Uint8Array(0))
        parts = this.parts
        this.begin()
        message(whole)
      }
    }
    while (run.length - at >= MESSAGE_HEADER) {
      const length = MESSAGE_HEADER + readU24(run, at + 1)
      if (length > run.length - at) break
      message(run.subarray(at, at + length))
      at += length
    }
    if (at < run.length) {
      this.parts.push({ packet, offset: offset + at, bytes: run.slice(at) })
      this.partBytes += run.length - at
    }
    if (this.partBytes > MAX_WAITING) {
      this.broken = true
      this.begin()
    }
    return { repeated: false, run, pieces, owed, whole, parts, type }
  }

  private begin(): void {
    this.parts = []
    this.partBytes = 0
  }

  /** The parts of the message under way, and these bytes behind them. */
  private gather(more: Uint8Array): Uint8Array {
    const out = new Uint8Array(this.partBytes + more.length)
    let at = 0
    for (const { bytes } of [...this.parts, { bytes: more }]) {
      out.set(bytes, at)
      at += bytes.length
    }
    return out
  }
}
