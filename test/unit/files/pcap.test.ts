import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import type { ByteWriter } from '../../../src/bytes/writer.ts'
import { LONGEST, openCapture } from '../../../src/files/index.ts'
import { Collector, drain, pcapHeader, readBytes, scratchFile } from './support.ts'

function record(into: ByteWriter, seconds: number, fraction: number, bytes: readonly number[], length = bytes.length): ByteWriter {
  return into.u32(seconds).u32(fraction).u32(bytes.length).u32(length).bytes(bytes)
}

describe('pcap', () => {
  for (const little of [true, false]) {
    for (const magic of [0xa1b2c3d4, 0xa1b23c4d]) {
      it(`reads ${magic.toString(16)} in ${little ? 'little' : 'big'}-endian order`, async () => {
        const file = pcapHeader({ magic, little, snap: 96, link: 113 })
        record(file, 1_700_000_000, 123_456, [1, 2, 3], 1500)
        record(file, 1_700_000_001, 999_999, [], 0)
        const read = await readBytes(file.finish())
        const scale = magic === 0xa1b23c4d ? 1 : 1000
        expect(read.packets).toEqual([
          { bytes: [1, 2, 3], length: 1500, seconds: 1_700_000_000, nanos: 123_456 * scale, interfaceId: 0, offset: 40, comments: [] },
          { bytes: [], length: 0, seconds: 1_700_000_001, nanos: 999_999 * scale, interfaceId: 0, offset: 59, comments: [] },
        ])
        expect(read.interfaces).toEqual([
          { id: 0, section: 0, linkType: 113, snapLength: 96, resolution: { base: 10, power: scale === 1 ? 9 : 6 }, offsetSeconds: 0 },
        ])
        expect(read).toMatchObject({ damage: null, nanosecond: scale === 1, format: 'pcap', compression: 'none' })
      })
    }
  }

  it('reads Ixia captures, whose header is four bytes longer', async () => {
    const read = await readBytes(record(pcapHeader({ magic: 0x1c0001ac }).u32(19), 1, 2, [7, 8, 9]).finish())
    expect(read.packets[0]).toMatchObject({ bytes: [7, 8, 9], seconds: 1, nanos: 2, offset: 44 })
  })

  it('takes the smaller length of a 2.3 record as the captured one, and swaps those of 2.2', async () => {
    const straight = pcapHeader({ minor: 3 }).u32(1).u32(0).u32(2).u32(60).bytes([1, 2])
    const swapped = straight.u32(1).u32(0).u32(60).u32(3).bytes([3, 4, 5])
    expect((await readBytes(swapped.finish())).packets).toMatchObject([
      { bytes: [1, 2], length: 60 },
      { bytes: [3, 4, 5], length: 60 },
    ])
    const old = pcapHeader({ minor: 2 }).u32(1).u32(0).u32(60).u32(2).bytes([1, 2])
    expect((await readBytes(old.finish())).packets).toMatchObject([{ bytes: [1, 2], length: 60 }])
  })

  it('knows AIX by its version and interface type: nanoseconds', async () => {
    const read = await readBytes(pcapHeader({ minor: 2, link: 6 }).u32(1).u32(5).u32(60).u32(1).bytes([9]).finish())
    expect(read.interfaces[0]).toMatchObject({ linkType: 1 })
    expect(read.packets).toMatchObject([{ bytes: [9], nanos: 5, length: 60 }])
  })

  it.each([
    ['patched, 24 bytes', 0xa1b2cd34, (into: ByteWriter) => into.u32(2).u16(0x800).u8(0).u8(0)],
    ['patched, 28 bytes', 0xa1b2cd34, (into: ByteWriter) => into.u32(2).u16(0x800).u8(4).u8(0xff).u8(0xff).u8(0).u8(0).u8(0)],
    ['patched under the common magic', 0xa1b2c3d4, (into: ByteWriter) => into.u32(2).u16(0x800).u8(0).u8(0)],
    ['Nokia', 0xa1b2c3d4, (into: ByteWriter) => into.u32(0x9fbfb601)],
  ])('finds longer record headers: %s', async (_, magic, extra) => {
    const file = pcapHeader({ magic })
    for (const byte of [1, 2, 3, 4]) {
      const bytes = new Array(60).fill(byte)
      extra(file.u32(1000).u32(byte).u32(60).u32(60)).bytes(bytes)
    }
    const read = await readBytes(file.finish())
    expect(read.damage).toBeNull()
    expect(read.packets.map((packet) => packet.bytes[0])).toEqual([1, 2, 3, 4])
    expect(read.packets.every((packet) => packet.bytes.length === 60 && packet.bytes.every((byte) => byte === packet.bytes[0]))).toBe(true)
  })

  it('splits the link-type field into type and FCS length', async () => {
    const read = await readBytes(pcapHeader({ link: 0x2400_0001 }).finish())
    expect(read.interfaces[0]).toMatchObject({ linkType: 1, fcsLength: 4 })
    expect((await readBytes(pcapHeader({ link: 0x2000_0001 }).finish())).interfaces[0]).not.toHaveProperty('fcsLength')
  })

  it('passes times through as they stand: after 2038, out of range, and wrapped as tshark shows them', async () => {
    const file = pcapHeader()
    record(file, 0xffffffff, 0, [])
    record(file, 5, 1_000_000, [])
    record(file, 5, 2_147_483_648, [])
    record(file, 5, 3_000_000, [])
    expect((await readBytes(file.finish())).packets.map(({ seconds, nanos }) => [seconds, nanos])).toEqual([
      [0xffffffff, 0],
      [5, 1_000_000_000],
      [5, 0],
      [5, 3_000_000_000 - 4_294_967_296],
    ])
  })

  it('does not believe lengths that no packet has', async () => {
    const file = record(pcapHeader(), 1, 0, [1], 0xffffffff)
    expect((await readBytes(file.finish())).packets[0]).toMatchObject({ length: LONGEST, bytes: [1] })
  })

  it('reads the largest packet there may be, and more packets than one window holds', async () => {
    const file = pcapHeader()
    for (let i = 0; i < 5; i++) record(file, i, 0, new Array(262_144).fill(i))
    const read = await readBytes(file.finish())
    expect(read.damage).toBeNull()
    expect(read.packets.map((packet) => [packet.bytes.length, packet.bytes[262_143]])).toEqual([0, 1, 2, 3, 4].map((i) => [262_144, i]))
  })

  it('grows its window for link types with larger packets', async () => {
    const file = record(pcapHeader({ link: 231 }), 1, 0, new Array(3_000_000).fill(3))
    record(file, 2, 0, [4])
    const read = await readBytes(file.finish())
    expect(read.packets.map((packet) => packet.bytes.length)).toEqual([3_000_000, 1])
  })

  it('stops at an absurd length, keeping what stood before it', async () => {
    const file = pcapHeader()
    // Three good records, so that the file is not taken for one with longer record headers.
    for (let i = 0; i < 3; i++) record(file, 1, 0, [1, 2])
    const at = file.length
    file.u32(2).u32(0).u32(262_145).u32(262_145).zeros(100)
    const read = await readBytes(file.finish())
    expect(read.packets).toHaveLength(3)
    expect(read.damage).toMatchObject({
      code: 'corrupt',
      offset: at,
      expected: 'a packet of at most 262144 bytes',
      found: 'a captured length of 262145',
    })
    expect(read.damage?.message).toMatch(
      /^\S+ cannot be read any further at byte 78: expected .*, found .*\. The packets before it are intact; /,
    )
  })

  it('keeps every packet before the end, wherever a file is cut', async () => {
    const file = record(record(pcapHeader(), 1, 0, [1, 2, 3]), 2, 0, [4, 5, 6, 7])
    const whole = file.finish()
    for (let size = 24; size <= whole.length; size++) {
      const read = await readBytes(whole.subarray(0, size))
      const complete = size >= 63 ? 2 : size >= 43 ? 1 : 0
      expect(read.packets).toHaveLength(complete)
      const clean = size === 24 || size === 43 || size === 63
      if (clean) expect(read.damage).toBeNull()
      else
        expect(read.damage).toMatchObject({
          code: 'cut',
          offset: complete === 0 ? 24 : 43,
          found: `the end after ${size - (complete === 0 ? 24 : 43)} bytes`,
        })
    }
  })

  it('hands back any packet at its offset, after reading and in between', async () => {
    const file = record(record(pcapHeader(), 1, 0, [1, 2, 3]), 2, 0, [4, 5, 6, 7])
    const reader = await openCapture(scratchFile(file.finish()))
    const sink = new Collector()
    expect(reader.step(sink, 1)).toBe('more')
    const target = new Uint8Array(8)
    expect(reader.read(sink.packets[0]!.offset, 3, target)).toBe(3)
    expect([...target]).toEqual([1, 2, 3, 0, 0, 0, 0, 0])
    await drain(reader, sink)
    expect(reader.bytesRead).toBe(reader.bytesTotal)
    expect(reader.read(sink.packets[1]!.offset, 4, target)).toBe(4)
    expect([...target.subarray(0, 4)]).toEqual([4, 5, 6, 7])
    expect(reader.read(1_000_000, 4, target)).toBe(0)
    reader.close()
    reader.close()
    expect(reader.step(sink, 1)).toBe('end')
    expect(reader.read(sink.packets[1]!.offset, 4, target)).toBe(0)
  })

  it('agrees with pcap-parser', async () => {
    const file = pcapHeader({ little: false, link: 101 })
    for (let i = 0; i < 50; i++) record(file, 1_600_000_000 + i, i * 10_007, new Array(i * 3).fill(i), i * 4)
    const path = scratchFile(file.finish())
    const theirs = await parseElsewhere(path)
    const read = await readBytes(file.finish())
    expect(theirs.packets).toHaveLength(50)
    expect(read.packets.map((p) => [p.seconds, p.nanos / 1000, p.length, p.bytes])).toEqual(theirs.packets)
    expect(theirs.linkType).toBe(read.interfaces[0]?.linkType)
  })
})

interface Referee {
  on(event: string, listener: (value: never) => void): void
}

/** What the independent parser says. It warns of its deprecated Buffer constructor; that is its business. */
function parseElsewhere(path: string): Promise<{ linkType: number; packets: unknown[] }> {
  const { parse } = createRequire(import.meta.url)('pcap-parser') as { parse(stream: unknown): Referee }
  return new Promise((resolve, reject) => {
    const packets: unknown[] = []
    let linkType = -1
    const parser = parse(createReadStream(path))
    parser.on('globalHeader', (header: { linkLayerType: number }) => {
      linkType = header.linkLayerType
    })
    parser.on(
      'packet',
      ({ header, data }: { header: { timestampSeconds: number; timestampMicroseconds: number; originalLength: number }; data: Buffer }) =>
        packets.push([header.timestampSeconds, header.timestampMicroseconds, header.originalLength, [...data]]),
    )
    parser.on('end', () => resolve({ linkType, packets }))
    parser.on('error', reject)
  })
}
