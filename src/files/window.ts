// A window of a few hundred kilobytes that slides over a source: the one reused buffer that packets are read into.

import type { ByteSource } from './source.ts'

/** Small enough to stay in the processor's cache while its packets are looked at, large enough that system calls do not count. */
const WINDOW_SIZE = 512 * 1024

export class Window {
  bytes: Uint8Array
  view: DataView
  /** Index in `bytes` of the next record. */
  start = 0
  /** Index in `bytes` after the last byte that is there. */
  end = 0
  /** Position in the source of bytes[0]. */
  base = 0
  private readonly source: ByteSource

  constructor(source: ByteSource, size: number = WINDOW_SIZE) {
    this.source = source
    this.bytes = new Uint8Array(size)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Position in the source of the next record. */
  get position(): number {
    return this.base + this.start
  }

  /**
   * Makes at least `need` bytes from `start` available, reading as much as fits. False when they are not there (yet).
   * Grows the buffer only for bytes that the source has: a length out of a record allocates nothing by itself.
   */
  fill(need: number): boolean {
    if (this.end - this.start >= need) return true
    if (need > this.bytes.length) {
      if (this.source.size - this.position < need) return false
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(need)))
      larger.set(this.bytes.subarray(this.start, this.end))
      this.bytes = larger
      this.view = new DataView(larger.buffer)
    } else if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end)
    }
    this.base += this.start
    this.end -= this.start
    this.start = 0
    while (this.end < need) {
      const got = this.source.readAt(this.base + this.end, this.bytes, this.end, this.bytes.length - this.end)
      if (got === 0) return false
      this.end += got
    }
    return true
  }

  /** Copies bytes from a position in the source, if the window holds them all, records already taken included. */
  copy(position: number, length: number, target: Uint8Array): boolean {
    const from = position - this.base
    if (from < 0 || from + length > this.end) return false
    if (length > 64) target.set(this.bytes.subarray(from, from + length))
    else for (let i = 0; i < length; i++) target[i] = this.bytes[from + i]!
    return true
  }

  /** Moves on by `count` bytes, which need not be in the window. */
  skip(count: number): void {
    if (this.start + count <= this.end) {
      this.start += count
      return
    }
    this.base += this.start + count
    this.start = 0
    this.end = 0
  }
}
