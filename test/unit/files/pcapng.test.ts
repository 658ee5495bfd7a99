import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteWriter } from '../../../src/bytes/writer.ts'
import { NO_INTERFACE, NO_TIME } from '../../../src/files/index.ts'
import { TimeSplitter } from '../../../src/files/pcapng-time.ts'
import { block, concatenate, interfaceBlock, option, packetBlock, readBytes, sectionBlock } from './support.ts'

const MICROSECONDS = 1_700_000_000_123_456n

function options(...list: [number, Uint8Array | readonly number[] | string][]): (into: ByteWriter) => void {
  return (into) => {
    for (const [code, value] of list) option(into, code, value)
    into.u32(0)
  }
}

describe('pcapng', () => {
  for (const little of [true, false]) {
    it(`reads a section in ${little ? 'little' : 'big'}-endian order with everything in it`, async () => {
      const signed = (value: number) => new ByteWriter(little).u64(value).finish()
      const file = concatenate(
        sectionBlock(little, options([2, 'a machine'], [3, 'Linux'], [4, 'dumpcap'], [1, 'of the file'])),
        interfaceBlock(
          little,
          1,
          4096,
          options(
            [2, 'eth0'],
            [3, 'the first'],
            [9, [9]],
            [11, '\0tcp port 80'],
            [12, 'Linux 6'],
            [13, [4]],
            [14, signed(100)],
            [15, 'e1000'],
            [1, 'of it'],
          ),
        ),
        block(10, (into) => into.u32(0x544c534b).u32(5).text('KEYS\n'), little),
        block(
          4,
          (into) => {
            into.u16(1).u16(13).bytes([10, 0, 0, 1]).text('one\0two\0\0').align(4)
            into.u16(2).u16(18).bytes(new Array(16).fill(7)).text('v6').align(4).u32(0)
          },
          little,
        ),
        packetBlock(
          { time: 5_000_000_007n, bytes: [1, 2, 3], length: 60, options: options([1, 'first'], [2, [0, 0, 0, 1]], [1, 'sécond']) },
          little,
        ),
        block(5, (into) => options([4, signed(10)], [5, signed(3)], [8, signed(7)])(into.u32(0).u32(0).u32(0)), little),
      )
      const read = await readBytes(file)
      expect(read.damage).toBeNull()
      expect(read).toMatchObject({ format: 'pcapng', nanosecond: true })
      expect(read.sections).toEqual([{ id: 0, hardware: 'a machine', system: 'Linux', application: 'dumpcap', comment: 'of the file' }])
      expect(read.interfaces).toEqual([
        {
          id: 0,
          section: 0,
          linkType: 1,
          snapLength: 4096,
          resolution: { base: 10, power: 9 },
          offsetSeconds: 100,
          fcsLength: 4,
          name: 'eth0',
          description: 'the first',
          filter: 'tcp port 80',
          hardware: 'e1000',
          system: 'Linux 6',
          comment: 'of it',
        },
      ])
      expect(read.secretBlocks).toEqual([{ type: 0x544c534b, text: 'KEYS\n' }])
      expect(read.names).toEqual([
        { address: [10, 0, 0, 1], names: ['one', 'two'] },
        { address: new Array(16).fill(7), names: ['v6'] },
      ])
      expect(read.packets).toMatchObject([
        { bytes: [1, 2, 3], length: 60, seconds: 105, nanos: 7, interfaceId: 0, comments: ['first', 'sécond'] },
      ])
      expect(file.subarray(read.packets[0]!.offset, read.packets[0]!.offset + 3)).toEqual(Uint8Array.of(1, 2, 3))
      expect(read.counts).toEqual([{ interfaceId: 0, received: 10, dropped: 3, delivered: 7 }])
    })
  }

  it('numbers interfaces over sections of either byte order', async () => {
    const read = await readBytes(
      concatenate(
        sectionBlock(true),
        interfaceBlock(true, 1),
        interfaceBlock(true, 101),
        packetBlock({ interfaceId: 1, time: MICROSECONDS, bytes: [1] }),
        sectionBlock(false),
        interfaceBlock(false, 113),
        packetBlock({ interfaceId: 0, time: MICROSECONDS, bytes: [2] }, false),
        sectionBlock(true),
      ),
    )
    expect(read.damage).toBeNull()
    expect(read.interfaces.map(({ id, section, linkType }) => [id, section, linkType])).toEqual([
      [0, 0, 1],
      [1, 0, 101],
      [2, 1, 113],
    ])
    expect(read.packets).toMatchObject([
      { bytes: [1], interfaceId: 1, seconds: 1_700_000_000, nanos: 123_456_000 },
      { bytes: [2], interfaceId: 2, seconds: 1_700_000_000, nanos: 123_456_000 },
    ])
    expect(read.sections).toHaveLength(3)
  })

  it('reads simple and obsolete packet blocks', async () => {
    const read = await readBytes(
      concatenate(
        sectionBlock(),
        interfaceBlock(true, 1, 4),
        block(3, (into) => into.u32(6).bytes([1, 2, 3, 4])),
        block(3, (into) => into.u32(2).bytes([5, 6])),
        block(2, (into) => into.u16(0).u16(9).u32(0).u32(1_000_001).u32(1).u32(70).bytes([8])),
      ),
    )
    expect(read.damage).toBeNull()
    expect(read.packets).toMatchObject([
      { bytes: [1, 2, 3, 4], length: 6, nanos: NO_TIME, interfaceId: 0 },
      { bytes: [5, 6], length: 2, nanos: NO_TIME },
      { bytes: [8], length: 70, seconds: 1, nanos: 1000 },
    ])
  })

  it('numbers custom blocks as packets and skips unknown ones', async () => {
    const custom = (type: number) => block(type, (into) => into.u32(32473).bytes([1, 2, 3, 4]))
    const read = await readBytes(
      concatenate(
        sectionBlock(),
        custom(0xbad),
        block(0x80000001, (into) => into.zeros(600_000)),
        custom(0x40000bad),
      ),
    )
    expect(read.damage).toBeNull()
    expect(read.packets).toMatchObject([
      { bytes: [1, 2, 3, 4], length: 4, nanos: NO_TIME, interfaceId: NO_INTERFACE },
      { bytes: [1, 2, 3, 4], interfaceId: NO_INTERFACE },
    ])
  })

  it('rounds up a block length that leaves out its padding', async () => {
    const odd = new ByteWriter(true).u32(6).u32(33).u32(0).u32(0).u32(9).u32(1).u32(1).bytes([7, 0, 0, 0]).u32(33).finish()
    const read = await readBytes(concatenate(sectionBlock(), interfaceBlock(), odd, packetBlock({ bytes: [8] })))
    expect(read.damage).toBeNull()
    expect(read.packets.map((packet) => packet.bytes)).toEqual([[7], [8]])
  })

  const good = [sectionBlock(), interfaceBlock(), packetBlock({ bytes: [1, 2, 3, 4] })]
  const at = concatenate(...good).length
  it.each<[string, Uint8Array, string, string]>([
    [
      'an interface that was not described',
      packetBlock({ interfaceId: 1, bytes: [1] }),
      "one of the section's 1 interfaces",
      'interface 1',
    ],
    [
      'a packet outside its block',
      packetBlock({ bytes: [1], captured: 5 }),
      'a packet inside its block of 36 bytes',
      'a captured length of 5',
    ],
    [
      'a packet that is too large',
      packetBlock({ bytes: [1], captured: 300_000 }),
      'a packet of at most 262144 bytes',
      'a captured length of 300000',
    ],
    ['a block length below 12', new ByteWriter(true).u32(99).u32(8).u32(8).finish(), 'a block length of at least 12', '8'],
    ['a huge block', new ByteWriter(true).u32(99).u32(0xfffffff0).zeros(8).finish(), 'a block of at most 16777216 bytes', '4294967280'],
    [
      'two lengths that differ',
      new ByteWriter(true).u32(99).u32(16).u32(0).u32(20).finish(),
      'the block length 16 again at the end of the block',
      '20',
    ],
    [
      'a section without byte order',
      new ByteWriter(true).u32(0x0a0d0d0a).u32(28).zeros(20).finish(),
      'the byte-order magic 1a2b3c4d of a section header',
      '00000000',
    ],
    [
      'a section of another version',
      block(0x0a0d0d0a, (into) => into.u32(0x1a2b3c4d).u16(2).u16(0).u64(-1)),
      'pcapng version 1.0',
      'version 2.0',
    ],
    [
      'a packet block too short for its header',
      new ByteWriter(true).u32(6).u32(20).zeros(8).u32(20).finish(),
      'a packet block of at least 32 bytes',
      '20',
    ],
  ])('stops at %s, keeping what stood before it', async (_, bad, expected, found) => {
    const read = await readBytes(concatenate(...good, bad, packetBlock({ bytes: [9] })))
    expect(read.packets.map((packet) => packet.bytes)).toEqual([[1, 2, 3, 4]])
    expect(read.damage).toMatchObject({ code: 'corrupt', offset: at, expected, found })
  })

  it('wants an interface before the first simple packet', async () => {
    const read = await readBytes(
      concatenate(
        sectionBlock(),
        block(3, (into) => into.u32(0)),
      ),
    )
    expect(read.damage).toMatchObject({ expected: 'an interface description before the first packet' })
  })

  it('keeps every packet before the end, wherever a file is cut', async () => {
    const parts = [...good, packetBlock({ bytes: [5] })]
    const whole = concatenate(...parts)
    const ends = parts.map((_, i) => concatenate(...parts.slice(0, i + 1)).length)
    for (let size = 4; size <= whole.length; size++) {
      const read = await readBytes(whole.subarray(0, size))
      expect(read.packets).toHaveLength(size >= ends[3]! ? 2 : size >= ends[2]! ? 1 : 0)
      if (ends.includes(size)) expect(read.damage).toBeNull()
      else expect(read.damage).toMatchObject({ code: 'cut', offset: Math.max(0, ...ends.filter((end) => end <= size)) })
    }
  })

  it('bounds the interfaces of a hostile file', async () => {
    const one = interfaceBlock()
    const many = new ByteWriter().bytes(sectionBlock())
    for (let i = 0; i < 65_537; i++) many.bytes(one)
    const read = await readBytes(many.finish())
    expect(read.interfaces).toHaveLength(65_536)
    expect(read.damage).toMatchObject({ code: 'corrupt', expected: 'at most 65536 interfaces' })
  })

  it('splits times exactly in every resolution', () => {
    const resolution = fc.record({ base: fc.constantFrom<2 | 10>(2, 10), power: fc.integer({ min: 0, max: 127 }) })
    const common = fc.constantFrom(
      { base: 10 as const, power: 9 },
      { base: 10 as const, power: 6 },
      { base: 10 as const, power: 3 },
      { base: 2 as const, power: 20 },
    )
    fc.assert(
      fc.property(fc.oneof(common, resolution), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (unit, count) => {
        const splitter = new TimeSplitter(unit, 0)
        splitter.split(Number(count >> 32n), Number(count & 0xffffffffn))
        const perSecond = BigInt(unit.base) ** BigInt(unit.power)
        // 285 million years and more: no number of ours holds them exactly.
        fc.pre(count / perSecond <= BigInt(Number.MAX_SAFE_INTEGER))
        expect(splitter.seconds).toBe(Number(count / perSecond))
        expect(splitter.nanos).toBe(Number(((count % perSecond) * 1_000_000_000n) / perSecond))
      }),
      { seed: 20_261_123, numRuns: 3000 },
    )
  })

  it('never throws and always ends, whatever the bytes are', async () => {
    const whole = concatenate(
      ...good,
      block(10, (into) => into.u32(1).u32(4).u32(9)),
      packetBlock({ bytes: [5], options: options([1, 'x']) }),
      block(5, (into) => options([4, [1]])(into.u32(0).u32(0).u32(0))),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = whole.slice()
        for (const [position, value] of changes) if (position > 3) bytes[position] = value
        const read = await readBytes(bytes)
        for (const packet of read.packets)
          expect(bytes.subarray(packet.offset, packet.offset + packet.bytes.length)).toEqual(Uint8Array.from(packet.bytes))
      }),
      { seed: 20_261_123, numRuns: 400 },
    )
  })
})
