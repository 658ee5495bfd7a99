import { openSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteWriter } from '../../../src/bytes/writer.ts'
import { unpackGzip } from '../../../src/files/gzip.ts'
import { openCapture } from '../../../src/files/index.ts'
import { unpackBlock } from '../../../src/files/lz4.ts'
import { PackedInput } from '../../../src/files/packed.ts'
import { FileSource } from '../../../src/files/source.ts'
import { Xxh32, xxh32 } from '../../../src/files/xxh32.ts'
import { Collector, concatenate, drain, pcapHeader, readBytes, scratchFile } from './support.ts'

/** A capture of `count` packets whose bytes do not compress away. */
function capture(count: number, size = 500): Uint8Array {
  const file = pcapHeader()
  let state = 1
  for (let i = 0; i < count; i++) {
    file.u32(i).u32(0).u32(size).u32(size)
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size; at++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      bytes[at] = state >>> 24
    }
    file.bytes(bytes)
  }
  return file.finish()
}

/** A zstd frame of raw blocks, with a window of 128 KiB (RFC 8878, 3.1.1). */
function zstdFrame(content: Uint8Array, options: { window?: number; blockSize?: number } = {}): Uint8Array {
  const { window = (17 - 10) << 3, blockSize = 100_000 } = options
  const frame = new ByteWriter(true).u32(0xfd2fb528).u8(0).u8(window)
  let at = 0
  do {
    const size = Math.min(blockSize, content.length - at)
    const last = at + size === content.length ? 1 : 0
    frame.u24((size << 3) | last).bytes(content.subarray(at, at + size))
    at += size
  } while (at < content.length)
  return frame.finish()
}

/** An lz4 frame of uncompressed blocks of at most 64 KiB with every checksum there is. */
function lz4Frame(content: Uint8Array, blockSize = 60_000): Uint8Array {
  const descriptor = Uint8Array.of(0b0111_0100, 4 << 4)
  const frame = new ByteWriter(true)
    .u32(0x184d2204)
    .bytes(descriptor)
    .u8((xxh32(descriptor) >>> 8) & 0xff)
  for (let at = 0; at < content.length; at += blockSize) {
    const block = content.subarray(at, at + blockSize)
    frame
      .u32(block.length | 0x8000_0000)
      .bytes(block)
      .u32(xxh32(block))
  }
  return frame.u32(0).u32(xxh32(content)).finish()
}

const packers = { gzip: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)), zstd: zstdFrame, lz4: lz4Frame }
const several = capture(400)

describe.each(Object.entries(packers))('a capture compressed with %s', (name, pack) => {
  it('reads like the capture itself, in several frames too', async () => {
    const half = several.length >> 1
    const plain = await readBytes(several)
    for (const packed of [pack(several), concatenate(pack(several.subarray(0, half)), pack(several.subarray(half)))]) {
      const read = await readBytes(packed)
      expect(read).toMatchObject({ damage: null, compression: name, format: 'pcap' })
      expect(read.packets).toEqual(plain.packets)
    }
  })

  it('gives the packets up to where it is cut', async () => {
    const packed = pack(several)
    for (const share of [0.5, 0.9, 0.999]) {
      const read = await readBytes(packed.subarray(0, Math.floor(packed.length * share)))
      expect(read.damage).toMatchObject({ code: 'compression' })
      expect(read.damage?.message).toContain('compressed file')
      // Whole blocks only are unpacked from zstd and lz4: of the size that the frames above are made with.
      const lost = name === 'gzip' ? 2 : 200
      expect(read.packets.length).toBeGreaterThanOrEqual(Math.max(0, Math.floor(400 * share) - lost))
      expect(read.packets.length).toBeLessThan(400)
    }
  })

  it('is kept on disk when it is large, and still gives any packet again', async () => {
    const large = capture(24_000)
    expect(large.length).toBeGreaterThan(12_000_000)
    const reader = await openCapture(scratchFile(pack(large)))
    const offsets: number[] = []
    const sink = new Collector()
    sink.packet = (...args) => void offsets.push(args[7])
    await drain(reader, sink, 1000)
    expect(reader.damage).toBeNull()
    expect(offsets).toHaveLength(24_000)
    expect(reader.bytesRead).toBe(reader.bytesTotal)
    const target = new Uint8Array(500)
    for (const i of [23_999, 0, 12_345]) {
      expect(reader.read(offsets[i]!, 500, target)).toBe(500)
      expect(target).toEqual(large.subarray(offsets[i]!, offsets[i]! + 500))
    }
    reader.close()
  })

  it('is not unpacked further than its reader has come', async () => {
    const large = capture(40_000)
    const reader = await openCapture(scratchFile(pack(large)))
    while (reader.step(new Collector(), 10) === 'waiting') await reader.readable()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(reader.bytesRead).toBeGreaterThan(0)
    expect(reader.bytesRead).toBeLessThan(reader.bytesTotal * 0.6)
    reader.close()
  })

  it('never throws and always ends, whatever the bytes are', async () => {
    const packed = pack(capture(6, 20))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(packed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }), async (changes) => {
        const bytes = packed.slice()
        for (const [position, value] of changes) if (position > 3) bytes[position] = value
        try {
          await readBytes(bytes)
        } catch (error) {
          expect(error).toMatchObject({ name: 'CaptureError' })
        }
      }),
      { seed: 20_261_123, numRuns: 150 },
    )
  })

  it('with something else inside is called so', async () => {
    await expect(readBytes(pack(new TextEncoder().encode('Hello, this is a text.\n'.repeat(9))))).rejects.toMatchObject({
      code: 'format',
      message: expect.stringMatching(`^What \\S+ holds, compressed with ${name}, is not a capture\\. wiretail reads pcap and pcapng`),
    })
  })
})

describe('gzip', () => {
  it('gives everything before a wrong byte, and everything when only the checksum is wrong', async () => {
    const packed = packers.gzip(several)
    const trailer = packed.slice()
    trailer[packed.length - 6]! ^= 1
    const read = await readBytes(trailer)
    expect(read.packets).toHaveLength(400)
    expect(read.damage).toMatchObject({ code: 'compression', offset: several.length, expected: 'intact gzip data' })
    expect(read.damage?.found).toMatch(/incorrect data check/)
  })

  it('loses nothing before an error in the middle', async () => {
    // Two stored blocks (RFC 1951, 3.2.4), the second with a length that contradicts its complement.
    const stored = (bytes: Uint8Array) =>
      new ByteWriter(true)
        .u8(0)
        .u16(bytes.length)
        .u16(~bytes.length & 0xffff)
        .bytes(bytes)
        .finish()
    const first = stored(several.subarray(0, 60_000))
    const second = stored(several.subarray(60_000, 100_000))
    second[1]! ^= 0xff
    const packed = concatenate(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), first, second)
    const read = await readBytes(packed)
    expect(read.packets).toHaveLength(Math.floor((60_000 - 24) / 516))
    expect(read.damage?.found).toMatch(/invalid stored block lengths/)
  })

  it('stops working when its reader goes away while damage is looked into', async () => {
    const packed = packers.gzip(capture(400))
    packed[packed.length - 6]! ^= 1
    const source = new FileSource(openSync(scratchFile(packed), 'r'), false)
    const input = new PackedInput(source)
    const blocks = unpackGzip(input)
    const first = await blocks.next()
    expect(first.done).toBe(false)
    // What was asked for next is the second reading, from the beginning; now the file goes away.
    const rest = (async () => {
      for await (const block of blocks) void block
    })()
    source.close()
    await expect(rest).rejects.toMatchObject({ name: 'UnpackError' })
  })

  it('ignores what stands after the last member, as gzip itself does', async () => {
    const read = await readBytes(concatenate(packers.gzip(several), new Uint8Array(512)))
    expect(read.packets).toHaveLength(400)
    expect(read.damage).toBeNull()
  })
})

describe('zstd', () => {
  it('skips skippable frames, in front too', async () => {
    const skipped = new ByteWriter(true).u32(0x184d2a50).u32(3).bytes([1, 2, 3]).finish()
    expect((await readBytes(concatenate(skipped, zstdFrame(several)))).packets).toHaveLength(400)
  })

  it('refuses a window that would take gigabytes before it allocates one', async () => {
    await expect(readBytes(zstdFrame(several, { window: 31 << 3 }))).rejects.toMatchObject({
      code: 'format',
      expected: 'a zstd window of at most 134217728 bytes',
    })
  })

  it('unpacks blocks that repeat one byte', async () => {
    const tail = pcapHeader().u32(1).u32(0).u32(50_000).u32(50_000).finish()
    const frame = new ByteWriter(true)
      .bytes(zstdFrame(tail))
      .u32(0xfd2fb528)
      .u8(0)
      .u8(7 << 3)
    const read = await readBytes(
      frame
        .u24((50_000 << 3) | 2 | 1)
        .u8(0xab)
        .finish(),
    )
    expect(read.damage).toBeNull()
    expect(read.packets[0]?.bytes).toEqual(new Array(50_000).fill(0xab))
  })
})

describe('lz4', () => {
  it.each<[string, number[], string, string]>([
    ['literals only', [0x30, 97, 98, 99], '', 'abc'],
    ['a match in this block', [0x30, 97, 98, 99, 3, 0, 0x10, 100], '', 'abcabcad'],
    ['an overlapping match', [0x12, 97, 1, 0, 0x00], '', 'aaaaaaa'],
    ['a match in the block before', [0x00, 4, 0, 0x10, 33], 'wxyz', 'wxyz!'],
    ['long literals', [0xf0, 5, ...new Array(20).fill(98)], '', 'b'.repeat(20)],
    ['a long match', [0x1f, 99, 1, 0, 255, 1, 0x00], '', 'c'.repeat(1 + 15 + 4 + 256)],
  ])('unpacks %s', (_, input, before, after) => {
    const output = new Uint8Array(1000)
    output.set(new TextEncoder().encode(before))
    const end = unpackBlock(Uint8Array.from(input), output, before.length)
    expect(new TextDecoder().decode(output.subarray(before.length, end))).toBe(after)
  })

  it.each<[string, number[]]>([
    ['literals past the input', [0x50, 1, 2]],
    ['literals past the output', [0xa0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['a match before the beginning', [0x10, 1, 2, 0, 0x00]],
    ['a match of distance 0', [0x10, 1, 0, 0, 0x00]],
    ['a match past the output', [0x1f, 1, 1, 0, 200, 0x00]],
    ['a length that never ends', [0xff, 255, 255]],
    ['half a distance', [0x10, 1, 1]],
    ['nothing after a match', [0x10, 1, 1, 0]],
  ])('refuses %s', (_, input) => {
    expect(unpackBlock(Uint8Array.from(input), new Uint8Array(9), 0)).toBe(-1)
  })

  it('notices wrong checksums of header, block and content', async () => {
    const packed = lz4Frame(several)
    const spoilt = (at: number) => {
      const bytes = packed.slice()
      bytes[at]! ^= 1
      return readBytes(bytes)
    }
    await expect(spoilt(6)).rejects.toMatchObject({ expected: 'a correct lz4 header checksum' })
    expect((await spoilt(100 + 60_000)).damage?.expected).toMatch(/^the lz4 block checksum/)
    expect((await spoilt(packed.length - 1)).damage?.expected).toMatch(/^the lz4 content checksum/)
    expect((await spoilt(packed.length - 1)).packets).toHaveLength(400)
  })

  it('has the hash of the specification, in one piece or in many', () => {
    const text = new TextEncoder().encode('Nobody inspects the spammish repetition')
    expect(xxh32(new Uint8Array(0))).toBe(0x02cc5d05)
    expect(xxh32(text)).toBe(0xe2293b2f)
    const pieces = new Xxh32()
    for (let at = 0; at < text.length; at += 5) pieces.update(text.subarray(at, at + 5))
    expect(pieces.digest()).toBe(0xe2293b2f)
  })
})

it('FileSource reads nothing after it was closed', async () => {
  const source = new FileSource(openSync(scratchFile(several), 'r'), false)
  source.close()
  source.close()
  expect(source.readAt(0, new Uint8Array(4), 0, 4)).toBe(0)
})
