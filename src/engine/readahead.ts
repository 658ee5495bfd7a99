// Packet bytes for work that walks through a capture: one read fetches many packets.

import type { Capture } from './capture.ts'

const WINDOW = 256 * 1024

export class Readahead {
  bytes = new Uint8Array(WINDOW)
  private base = 0
  private end = 0
  private readonly capture: Capture

  constructor(capture: Capture) {
    this.capture = capture
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
}
