// What is remembered of WebSocket connections while a capture is read: which frames follow each other in a direction, and on which terms.
//
// With permessage-deflate (RFC 7692) a message is unpacked with the help of the 32 KiB that were unpacked before it, so a packet looked at
// alone needs those before it. Nothing is unpacked while the capture is read: when somebody looks, unpacking starts at the nearest
// place whose window is still known and goes on from there. The result is the same whatever the order.

import { column8, column32, columnInt } from '../../bytes/columns.ts'
import type { Memory } from '../../core/memory.ts'
import { inflateWith } from '../../crypto/decompress.ts'
import { OPCODE_CONTINUATION, readFrame } from './frame.ts'

/** Bytes that one message may unpack to. */
export const MAX_MESSAGE = 16 * 1024 * 1024
/** The window of DEFLATE. */
const WINDOW = 32 * 1024
/** Windows that are kept at once, over all connections. */
const MAX_WINDOWS = 128
/** Messages between two windows that are kept on the way. */
const STRIDE = 64

// Marks of a frame's fact.
/** Frames before this one are missing. */
export const GAP = 1
/** The direction's messages may be compressed. */
export const COMPRESSED = 2
/** Each message is compressed on its own. */
export const ALONE = 4

export class WebSocketLog {
  private facts = 0
  /** Of each fact (Messages.aux of a frame), from 1: index of its message + 1, the fact before it in its direction, marks. */
  readonly messageOf = columnInt()
  readonly before = column32()
  readonly marks = column8()
  /** What has been unpacked behind the message that ends in this fact; null: it cannot be known. The one used last comes last. */
  private readonly windows = new Map<number, Uint8Array | null>()

  add(before: number, marks: number): number {
    const fact = ++this.facts
    this.before.set(fact, before)
    this.marks.set(fact, marks)
    return fact
  }

  /** The frames of the message that ends with this fact, control frames between them left out; null when its beginning is missing. */
  framesOf(memory: Memory, last: number): number[] | null {
    const frames: number[] = []
    for (let fact = last; fact !== 0; fact = this.before.at(fact)) {
      const frame = this.read(memory, fact)
      if (frame === null) return null
      if (frame.opcode < 8) {
        frames.push(fact)
        if (frame.opcode !== OPCODE_CONTINUATION) return frames.reverse()
      }
      if ((this.marks.at(fact) & GAP) !== 0) return null
    }
    return null
  }

  /** The payloads of these frames, unmasked, one behind the other; null beyond MAX_MESSAGE. */
  join(memory: Memory, frames: readonly number[]): Uint8Array | null {
    const parts: Uint8Array[] = []
    let total = 0
    for (const fact of frames) {
      const payload = this.read(memory, fact)?.payload()
      if (payload === undefined) return null
      total += payload.length
      if (total > MAX_MESSAGE) return null
      parts.push(payload)
    }
    const whole = new Uint8Array(total)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  read(memory: Memory, fact: number): ReturnType<typeof readFrame> {
    const message = this.messageOf.at(fact) - 1
    return message < 0 ? null : readFrame(memory.bytesOf(message))
  }

  /** The message that ends with this fact, unpacked; null when that cannot be done. `packed`: its payload. */
  unpack(memory: Memory, last: number, frames: readonly number[], packed: Uint8Array): Uint8Array | null {
    if ((this.marks.at(last) & ALONE) !== 0) return inflateWith(packed, null, MAX_MESSAGE)
    const window = this.windowBefore(memory, frames[0]!)
    if (window === null) return null
    const unpacked = inflateWith(packed, window, MAX_MESSAGE)
    this.remember(last, unpacked === null ? null : slide(window, unpacked))
    return unpacked
  }

  /** What was unpacked before this fact; null when something of it is missing. */
  private windowBefore(memory: Memory, first: number): Uint8Array | null {
    // Back to the last place whose window is known; then forward again, message by message.
    const ends: number[] = []
    let window: Uint8Array | null = new Uint8Array(0)
    let fact = first
    for (;;) {
      if ((this.marks.at(fact) & GAP) !== 0) return null
      fact = this.before.at(fact)
      if (fact === 0) break
      const known = this.windows.get(fact)
      if (known !== undefined) {
        this.windows.delete(fact)
        this.windows.set(fact, known)
        window = known
        break
      }
      const frame = this.read(memory, fact)
      if (frame === null) return null
      if (frame.fin && frame.opcode < 8) ends.push(fact)
    }
    for (let i = ends.length - 1; i >= 0 && window !== null; i--) {
      const end = ends[i]!
      const frames = this.framesOf(memory, end)
      if (frames === null) window = null
      else if (this.read(memory, frames[0]!)?.compressed === true) {
        const packed = this.join(memory, frames)
        const unpacked = packed === null ? null : inflateWith(packed, window, MAX_MESSAGE)
        window = unpacked === null ? null : slide(window, unpacked)
      }
      if (i % STRIDE === 0 || window === null) this.remember(end, window)
    }
    return window
  }

  private remember(fact: number, window: Uint8Array | null): void {
    this.windows.delete(fact)
    this.windows.set(fact, window)
    if (this.windows.size <= MAX_WINDOWS) return
    const oldest = this.windows.keys().next()
    if (oldest.done !== true) this.windows.delete(oldest.value)
  }
}

function slide(window: Uint8Array, unpacked: Uint8Array): Uint8Array {
  if (unpacked.length >= WINDOW) return unpacked.slice(unpacked.length - WINDOW)
  const kept = window.subarray(Math.max(0, window.length + unpacked.length - WINDOW))
  const next = new Uint8Array(kept.length + unpacked.length)
  next.set(kept)
  next.set(unpacked, kept.length)
  return next
}

export const makeLog = (): WebSocketLog => new WebSocketLog()
