// Zstandard (RFC 8878): the frames and blocks are walked here, so that memory is bounded before anything is allocated and damage has a
// position; fzstd unpacks the blocks. The optional checksum of a frame is not checked.

import { Decompress } from 'fzstd'
import { isSkippable, type PackedInput, UnpackError, u32le, ZSTD_MAGIC } from './packed.ts'

const LARGEST_BLOCK = 128 * 1024
/** As much as the zstd program itself accepts without being asked: frames with a larger window need --long there, too. */
const LARGEST_WINDOW = 128 * 1024 * 1024

export async function* unpackZstd(packed: PackedInput): AsyncGenerator<Uint8Array, void, undefined> {
  while (!(await packed.atEnd())) {
    const start = packed.position
    const magic = u32le(await packed.take(4, 'a zstd frame header'), 0)
    if (isSkippable(magic)) {
      packed.skip(u32le(await packed.take(4, 'a skippable frame header'), 0))
      continue
    }
    if (magic !== ZSTD_MAGIC) throw new UnpackError('a zstd frame', `other bytes at ${packed.where(start)}`)
    yield* unpackFrame(packed, start)
  }
}

async function* unpackFrame(packed: PackedInput, start: number): AsyncGenerator<Uint8Array, void, undefined> {
  const { header, checksum } = await readFrameHeader(packed, start)
  let blocks: Uint8Array[] = []
  const unpacking = new Decompress((block) => {
    if (block.length > 0) blocks.push(block)
  })
  feed(unpacking, header, false, packed, start)
  for (;;) {
    const at = packed.position
    const word = await packed.take(3, 'a zstd block header')
    const bits = word[0]! | (word[1]! << 8) | (word[2]! << 16)
    const last = (bits & 1) === 1
    const type = (bits >> 1) & 3
    const size = bits >> 3
    if (type === 3 || size > LARGEST_BLOCK)
      throw new UnpackError(`a zstd block of at most ${LARGEST_BLOCK} bytes`, `type ${type}, ${size} bytes at ${packed.where(at)}`)
    // Type 1 repeats one byte `size` times.
    const body = await packed.take((type === 1 ? 1 : size) + (last && checksum ? 4 : 0), 'a zstd block')
    const whole = new Uint8Array(3 + body.length)
    whole.set(word)
    whole.set(body, 3)
    feed(unpacking, whole, last, packed, at)
    yield* blocks
    blocks = []
    if (last) return
  }
}

function feed(unpacking: Decompress, bytes: Uint8Array, last: boolean, packed: PackedInput, at: number): void {
  try {
    unpacking.push(bytes, last)
  } catch (error) {
    // Besides its own errors it meets impossible codes with whatever the language throws.
    throw new UnpackError('intact zstd data', `${error instanceof Error ? error.message : error} at ${packed.where(at)}`)
  }
}

/** Frame header, RFC 8878 3.1.1.1: descriptor, window, dictionary, content size. */
async function readFrameHeader(packed: PackedInput, start: number): Promise<{ header: Uint8Array; checksum: boolean }> {
  packed.position = start
  const descriptor = (await packed.take(5, 'a zstd frame header'))[4]!
  const single = (descriptor & 0x20) !== 0
  const dictionarySize = [0, 1, 2, 4][descriptor & 3]!
  const contentSize = descriptor >> 6 === 0 ? (single ? 1 : 0) : 1 << (descriptor >> 6)
  const windowSize = single ? 0 : 1
  packed.position = start
  const header = await packed.take(5 + windowSize + dictionarySize + contentSize, 'a zstd frame header')
  const dictionaryAt = 5 + windowSize
  for (let i = 0; i < dictionarySize; i++) {
    if (header[dictionaryAt + i] !== 0)
      throw new UnpackError('zstd data without a dictionary', `one that needs its own at ${packed.where(start)}`)
  }
  const window = single ? contentOf(header, dictionaryAt + dictionarySize, contentSize) : windowOf(header[5]!)
  if (window > LARGEST_WINDOW)
    throw new UnpackError(`a zstd window of at most ${LARGEST_WINDOW} bytes`, `${window} at ${packed.where(start)}`)
  return { header, checksum: (descriptor & 4) !== 0 }
}

function windowOf(byte: number): number {
  const base = 2 ** (10 + (byte >> 3))
  return base + (base / 8) * (byte & 7)
}

function contentOf(header: Uint8Array, at: number, size: number): number {
  let value = 0
  for (let i = size - 1; i >= 0; i--) value = value * 256 + header[at + i]!
  return size === 2 ? value + 256 : value
}
