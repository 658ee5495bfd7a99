// Reads a compressed source in order, and what the decompressors have in common.

import type { ByteSource } from './source.ts'

export const ZSTD_MAGIC = 0xfd2fb528
export const LZ4_MAGIC = 0x184d2204

/** Compressed data that cannot be unpacked any further. */
export class UnpackError extends Error {
  override readonly name = 'UnpackError'
  readonly expected: string
  readonly found: string

  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.expected = expected
    this.found = found
  }
}

/** Yields what a compressed source holds, block by block; a block is valid until the next is asked for. Throws UnpackError. */
export type Unpacker = (packed: PackedInput) => AsyncGenerator<Uint8Array, void, undefined>

export class PackedInput {
  /** Position in the compressed source of the next byte. */
  position = 0
  private readonly source: ByteSource

  constructor(source: ByteSource) {
    this.source = source
  }

  /** Up to `most` bytes, none at the end. A fresh array. */
  async some(most: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(most)
    for (;;) {
      const got = this.source.readAt(this.position, bytes, 0, most)
      this.position += got
      if (got > 0) return bytes.subarray(0, got)
      if (this.source.complete) {
        const { failure } = this.source
        if (failure !== null) throw new UnpackError(failure.expected, failure.found)
        return bytes.subarray(0, 0)
      }
      await this.source.wait(this.position)
    }
  }

  /** Exactly `count` bytes, a fresh array. Ends with an UnpackError when the source is cut short. */
  async take(count: number, what: string): Promise<Uint8Array> {
    const start = this.position
    let bytes = count === 0 ? new Uint8Array(0) : await this.some(count)
    while (bytes.length < count) {
      const more = await this.some(count - bytes.length)
      if (more.length === 0)
        throw new UnpackError(`${what} of ${count} bytes`, `the end after ${bytes.length} (byte ${start} of the compressed file)`)
      const joined = new Uint8Array(bytes.length + more.length)
      joined.set(bytes)
      joined.set(more, bytes.length)
      bytes = joined
    }
    return bytes
  }

  skip(count: number): void {
    this.position += count
  }

  async atEnd(): Promise<boolean> {
    const probe = await this.some(1)
    this.position -= probe.length
    return probe.length === 0
  }

  /** "…, byte 17 of the compressed file" for messages. */
  where(position: number = this.position): string {
    return `byte ${position} of the compressed file`
  }
}

export function u32le(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

/** Skippable frames, which zstd and lz4 share: sixteen magic numbers, then a length (RFC 8878, 3.1.2). */
export function isSkippable(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5
}
