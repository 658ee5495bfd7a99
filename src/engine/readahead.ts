// Packet bytes for work that walks through a capture: one read fetches many packets.

import type { Capture } from './capture.ts'

const WINDOW = 256 * 1024

export class Readahead {
  bytes: Uint8Array
  private base = 0
  private end = 0
  private readonly capture: Capture

  constructor(capture: Capture, window = WINDOW) {
    this.capture = capture
    this.bytes = new Uint8Array(window)
  }

  /** Makes a packet's bytes available in `bytes`; returns where they start. */
  start(packet: number): number {
    const { index, reader } = this.capture
    const offset = index.offset(packet)
    const length = index.captured(packet)
    if (offset >= this.base && offset + length <= this.end) return offset - this.base
    if (length > this.bytes.length) this.bytes = new Uint8Array(2 ** Math.ceil(Math.log2(length)))
    this.base = offset
    this.end = offset + reader.read(offset, this.bytes.length, this.bytes)
    // A file that has become shorter meanwhile: what is not there reads as zeros.
    if (offset + length > this.end) this.bytes.fill(0, this.end - this.base, length)
    return 0
  }

  /**
   * The first packet from this one on that may contain the bytes, as far as one window shows: those before it do not. `last` + 1 when none
   * of the capture's does.
   */
  passOver(packet: number, last: number, needle: Uint8Array): number {
    const { index } = this.capture
    const from = this.start(packet)
    const found = Buffer.from(this.bytes.buffer, 0, this.end - this.base).indexOf(needle, from)
    // A packet that ends before the bytes do, or in the window where they are not, lacks them.
    const end = found < 0 ? this.end + 1 : this.base + found + needle.length
    let next = packet
    while (next <= last && index.offset(next) + index.captured(next) < end) next++
    return next
  }
}
