// gzip, through zlib: RFC 1952, any number of members one after another.

import { createGunzip, type Gunzip } from 'node:zlib'
import { type PackedInput, UnpackError } from './packed.ts'

/** deflate cannot unpack to more than 1032 times its size, so what one slice becomes stays below 17 MiB. */
const SLICE = 16 * 1024
const OUTPUT = 128 * 1024

/**
 * Unpacks gzip. zlib throws away what the failing call had unpacked, so after an error the file is read once more up to the slice with the
 * error, and that slice byte by byte: nothing before the damage is lost.
 */
export async function* unpackGzip(packed: PackedInput): AsyncGenerator<Uint8Array, void, undefined> {
  let produced = 0
  const first = new Inflation()
  try {
    for (;;) {
      const slice = await packed.some(SLICE)
      const ended = slice.length === 0
      const failure = await (ended ? first.end() : first.write(slice))
      for (const block of first.take()) {
        produced += block.length
        yield block
      }
      if (failure !== null) {
        const at = packed.position - slice.length
        for await (const block of salvage(packed, at, slice)) {
          if (block.length > produced) yield block.subarray(produced)
          produced = Math.max(0, produced - block.length)
        }
        throw new UnpackError('intact gzip data', `${failure} before ${packed.where(at + slice.length)}`)
      }
      if (ended) return
    }
  } finally {
    first.close()
  }
}

/** Everything that can be unpacked, from the beginning of the file to the error inside `last`. */
async function* salvage(packed: PackedInput, lastAt: number, last: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const again = new Inflation()
  try {
    packed.position = 0
    while (packed.position < lastAt) {
      const slice = await packed.some(Math.min(SLICE, lastAt - packed.position))
      // Closed while we were at it.
      if (slice.length === 0) return
      await again.write(slice)
      yield* again.take()
    }
    for (let i = 0; i < last.length; i++) {
      if ((await again.write(last.subarray(i, i + 1))) !== null) return
      yield* again.take()
    }
  } finally {
    again.close()
    packed.position = lastAt + last.length
  }
}

/** A Gunzip stream used like a function: write, see what came out. */
class Inflation {
  private readonly stream: Gunzip = createGunzip({ chunkSize: OUTPUT })
  private blocks: Uint8Array[] = []
  private failure: string | null = null
  /** The last member is complete, and what follows is not another. */
  private ended = false

  constructor() {
    this.stream.on('data', (block: Uint8Array) => this.blocks.push(block))
    this.stream.on('error', (error) => {
      this.failure = error.message
    })
    this.stream.on('end', () => {
      this.ended = true
    })
  }

  /** Resolves to the error's text, or to null. */
  async write(slice: Uint8Array): Promise<string | null> {
    if (this.failure === null && !this.ended) await this.settled((done) => this.stream.write(slice, done))
    return this.failure
  }

  async end(): Promise<string | null> {
    if (this.failure === null && !this.ended) await this.settled(() => this.stream.end())
    return this.failure
  }

  take(): Uint8Array[] {
    const { blocks } = this
    this.blocks = []
    return blocks
  }

  close(): void {
    this.stream.destroy()
  }

  /**
   * A write that fails, or that meets the end of the last member, never calls back: wait for either event as well. What was unpacked may
   * be handed out after any of them: wait a turn more.
   */
  private settled(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const finished = () => {
        this.stream.off('error', finished)
        this.stream.off('end', finished)
        setImmediate(resolve)
      }
      this.stream.once('error', finished)
      this.stream.once('end', finished)
      start(finished)
    })
  }
}
