// LZ4 frames (lz4_Frame_format.md 1.6.4, lz4_Block_format.md), with all checksums checked. Our own decoder: the pure-JavaScript packages
// are whole-buffer only or have not been kept up since 2017, the living ones are native or WebAssembly, and unpacking is this short.

import { isSkippable, LZ4_MAGIC, type PackedInput, UnpackError, u32le } from './packed.ts'
import { Xxh32, xxh32 } from './xxh32.ts'

/** Matches reach at most this far back, also into the blocks before. */
const HISTORY = 64 * 1024
const BLOCK_SIZES: Readonly<Record<number, number>> = { 4: 64 * 1024, 5: 256 * 1024, 6: 1024 * 1024, 7: 4 * 1024 * 1024 }
const UNCOMPRESSED = 0x8000_0000
const SHORTEST_MATCH = 4

export async function* unpackLz4(packed: PackedInput): AsyncGenerator<Uint8Array, void, undefined> {
  while (!(await packed.atEnd())) {
    const start = packed.position
    const magic = u32le(await packed.take(4, 'an lz4 frame header'), 0)
    if (isSkippable(magic)) packed.skip(u32le(await packed.take(4, 'a skippable frame header'), 0))
    else if (magic === LZ4_MAGIC) yield* unpackFrame(packed, start)
    else throw new UnpackError('an lz4 frame', `other bytes at ${packed.where(start)}`)
  }
}

interface Frame {
  readonly blockSize: number
  readonly blockChecksums: boolean
  readonly contentChecksum: boolean
  readonly independent: boolean
}

async function* unpackFrame(packed: PackedInput, start: number): AsyncGenerator<Uint8Array, void, undefined> {
  const frame = await readFrameHeader(packed, start)
  const content = new Xxh32()
  const output = new Uint8Array(HISTORY + frame.blockSize)
  let history = 0
  for (;;) {
    const at = packed.position
    const word = u32le(await packed.take(4, 'an lz4 block header'), 0)
    if (word === 0) break
    const size = word & ~UNCOMPRESSED
    if (size > frame.blockSize) throw new UnpackError(`an lz4 block of at most ${frame.blockSize} bytes`, `${size} at ${packed.where(at)}`)
    const body = await packed.take(size, 'an lz4 block')
    if (frame.blockChecksums) await verify(packed, xxh32(body), 'block')
    let end: number
    if (word & UNCOMPRESSED) {
      output.set(body, history)
      end = history + size
    } else {
      end = unpackBlock(body, output, history)
      if (end < 0) throw new UnpackError('intact lz4 data', `an impossible copy in the block at ${packed.where(at)}`)
    }
    const block = output.subarray(history, end)
    if (frame.contentChecksum) content.update(block)
    yield block
    if (!frame.independent) {
      const kept = Math.min(end, HISTORY)
      output.copyWithin(0, end - kept, end)
      history = kept
    }
  }
  if (frame.contentChecksum) await verify(packed, content.digest(), 'content')
}

async function readFrameHeader(packed: PackedInput, start: number): Promise<Frame> {
  const fixed = await packed.take(2, 'an lz4 frame header')
  const flags = fixed[0]!
  const blockSize = BLOCK_SIZES[(fixed[1]! >> 4) & 7]
  if (flags >> 6 !== 1 || blockSize === undefined)
    throw new UnpackError('an lz4 frame of version 1', `flags ${flags.toString(16)} at ${packed.where(start)}`)
  if (flags & 1) throw new UnpackError('lz4 data without a dictionary', `one that needs its own at ${packed.where(start)}`)
  const sizeBytes = flags & 8 ? 8 : 0
  const rest = await packed.take(sizeBytes + 1, 'an lz4 frame header')
  const descriptor = new Uint8Array(2 + sizeBytes)
  descriptor.set(fixed)
  descriptor.set(rest.subarray(0, sizeBytes), 2)
  if (((xxh32(descriptor) >>> 8) & 0xff) !== rest[sizeBytes])
    throw new UnpackError('a correct lz4 header checksum', `another at ${packed.where(start)}`)
  return { blockSize, independent: (flags & 0x20) !== 0, blockChecksums: (flags & 0x10) !== 0, contentChecksum: (flags & 4) !== 0 }
}

async function verify(packed: PackedInput, computed: number, what: string): Promise<void> {
  const at = packed.position
  const stated = u32le(await packed.take(4, `an lz4 ${what} checksum`), 0)
  if (stated !== computed)
    throw new UnpackError(`the lz4 ${what} checksum ${computed.toString(16)}`, `${stated.toString(16)} at ${packed.where(at)}`)
}

/**
 * Unpacks one block to `output` from `start` on; what stands before `start` is history. Returns the end, or -1 when the block is damaged.
 * A sequence is a token, literals, and a match: how far back, how long.
 */
export function unpackBlock(input: Uint8Array, output: Uint8Array, start: number): number {
  const { length } = input
  const room = output.length
  let from = 0
  let to = start
  while (from < length) {
    const token = input[from++]!
    let literals = token >> 4
    if (literals === 15) {
      let more = 255
      while (more === 255) {
        if (from >= length) return -1
        more = input[from++]!
        literals += more
      }
    }
    if (literals > length - from || literals > room - to) return -1
    if (literals > 32) {
      output.set(input.subarray(from, from + literals), to)
      from += literals
      to += literals
    } else {
      for (const end = from + literals; from < end; ) output[to++] = input[from++]!
    }
    // The last sequence is literals only.
    if (from === length) return to
    if (length - from < 2) return -1
    const distance = input[from]! | (input[from + 1]! << 8)
    from += 2
    if (distance === 0 || distance > to) return -1
    let match = (token & 15) + SHORTEST_MATCH
    if (match === 15 + SHORTEST_MATCH) {
      let more = 255
      while (more === 255) {
        if (from >= length) return -1
        more = input[from++]!
        match += more
      }
    }
    if (match > room - to) return -1
    if (distance >= match && match > 32) {
      output.copyWithin(to, to - distance, to - distance + match)
      to += match
    } else {
      // Overlapping: each byte may be one that this copy has just written.
      for (const end = to + match; to < end; to++) output[to] = output[to - distance]!
    }
  }
  return length === 0 ? to : -1
}
