import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaptureError, type CaptureFormat, createTemporary, createWriter, NO_INTERFACE, NO_TIME } from '../../../src/files/index.ts'
import { readPath, scratch } from './support.ts'

const packet = fc.record({
  bytes: fc.uint8Array({ maxLength: 300 }),
  extra: fc.nat(2000),
  seconds: fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 0x7fffffff, 0x80000000, 0xffffffff)),
  nanos: fc.nat(999_999_999),
  interfaceId: fc.nat(1),
})

describe('writers', () => {
  for (const format of ['pcap', 'pcapng'] as CaptureFormat[]) {
    for (const nanosecond of [true, false]) {
      it(`write ${format} in ${nanosecond ? 'nano' : 'micro'}seconds that reads as the same packets`, async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(packet, { maxLength: 40 }), async (packets) => {
            const path = scratch('round-trip')
            const writer = createWriter(path, {
              format,
              nanosecond,
              interfaces: [{ linkType: 101 }, { linkType: 101, snapLength: 65_535 }],
            })
            for (const { bytes, extra, seconds, nanos, interfaceId } of packets) {
              // From the middle of a larger buffer, as the capture ring hands them over.
              const around = Uint8Array.from([9, 9, ...bytes, 9])
              expect(writer.packet(around, 2, bytes.length, bytes.length + extra, seconds, nanos, interfaceId)).toBe(true)
            }
            writer.close()
            expect(writer.packets).toBe(packets.length)
            const read = await readPath(path)
            expect(read).toMatchObject({
              damage: null,
              format,
              nanosecond: packets.length === 0 && format === 'pcapng' ? read.nanosecond : nanosecond,
            })
            expect(
              read.packets.map(({ bytes, length, seconds, nanos, interfaceId }) => ({ bytes, length, seconds, nanos, interfaceId })),
            ).toEqual(
              packets.map(({ bytes, extra, seconds, nanos, interfaceId }) => ({
                bytes: [...bytes],
                length: bytes.length + extra,
                seconds,
                nanos: nanosecond ? nanos : Math.floor(nanos / 1000) * 1000,
                interfaceId: format === 'pcap' ? 0 : interfaceId,
              })),
            )
            expect(readFileSync(path)).toHaveLength(writer.bytesWritten)
          }),
          { seed: 20_261_123, numRuns: 60 },
        )
      })
    }
  }

  it('keep what pcapng can say of interfaces, packets and secrets', async () => {
    const path = scratch()
    const writer = createWriter(path, { format: 'pcapng', interfaces: [], application: 'a test' })
    const described = {
      linkType: 1,
      snapLength: 96,
      name: 'lo',
      description: 'loopback',
      filter: 'tcp port 5683',
      hardware: 'none',
      system: 'Linux',
      comment: 'hm',
      fcsLength: 4,
    }
    expect(writer.interface(described)).toBe(0)
    expect(writer.interface({ linkType: 113 })).toBe(1)
    writer.secrets(0x544c534b, new TextEncoder().encode('CLIENT_RANDOM 00 11\n'))
    writer.comment('erste Bemerkung')
    writer.comment('€'.repeat(30_000))
    writer.packet(Uint8Array.of(1), 0, 1, 1, 5, 6, 1)
    writer.packet(Uint8Array.of(2), 0, 1, 1, 5, 6, 0)
    writer.close()
    const read = await readPath(path)
    expect(read.damage).toBeNull()
    expect(read.sections).toMatchObject([{ application: 'a test' }])
    expect(read.interfaces).toMatchObject([described, { linkType: 113, snapLength: 0 }])
    expect(read.secretBlocks).toEqual([{ type: 0x544c534b, text: 'CLIENT_RANDOM 00 11\n' }])
    expect(read.packets[0]?.comments[0]).toBe('erste Bemerkung')
    // Cut to what an option can hold, between characters.
    expect(read.packets[0]?.comments[1]).toBe('€'.repeat(21_666))
    expect(read.packets[1]?.comments).toEqual([])
  })

  it('write packets without a time as simple blocks where one can hold them', async () => {
    const path = scratch()
    const writer = createWriter(path, { format: 'pcapng', interfaces: [{ linkType: 1, snapLength: 4 }] })
    writer.packet(Uint8Array.of(1, 2, 3, 4), 0, 4, 9, 0, NO_TIME, 0)
    writer.packet(Uint8Array.of(1, 2, 3), 0, 3, 9, 0, NO_TIME, 0)
    expect(writer.packet(Uint8Array.of(1), 0, 1, 1, 0, NO_TIME, NO_INTERFACE)).toBe(false)
    writer.close()
    const { packets } = await readPath(path)
    expect(packets).toMatchObject([
      { bytes: [1, 2, 3, 4], length: 9, nanos: NO_TIME },
      { bytes: [1, 2, 3], length: 9, seconds: 0, nanos: 0 },
    ])
  })

  it('write a packet that is larger than their buffer', async () => {
    for (const format of ['pcap', 'pcapng'] as CaptureFormat[]) {
      const path = scratch()
      const writer = createWriter(path, { format, interfaces: [{ linkType: 231 }] })
      writer.packet(new Uint8Array(1_000_000).fill(7), 0, 1_000_000, 1_000_000, 1, 2, 0)
      writer.packet(Uint8Array.of(8), 0, 1, 1, 1, 2, 0)
      writer.close()
      expect((await readPath(path)).packets.map(({ bytes }) => [bytes.length, bytes.at(-1)])).toEqual([
        [1_000_000, 7],
        [1, 8],
      ])
    }
  })

  it('refuse to put several link types into one pcap file', () => {
    const several = () => createWriter(scratch(), { format: 'pcap', interfaces: [{ linkType: 1 }, { linkType: 101 }] })
    expect(several).toThrow('it holds one link type, not none or several. Use --format pcapng.')
    expect(() => createWriter(scratch(), { format: 'pcap', interfaces: [] })).toThrow(CaptureError)
    const writer = createWriter(scratch(), { format: 'pcap', interfaces: [{ linkType: 1 }] })
    expect(writer.interface({ linkType: 1 })).toBe(1)
    expect(() => writer.interface({ linkType: 0 })).toThrow('A pcap file cannot hold a second link type.')
    writer.close()
  })

  it.skipIf(!existsSync('/dev/full'))('say that the disk is full', () => {
    const writer = createWriter('/dev/full', { format: 'pcap', interfaces: [{ linkType: 1 }] })
    expect(() => writer.flush()).toThrow(
      expect.objectContaining({
        code: 'space',
        message: '/dev/full cannot grow: no space left. Free some space or write to another disk.',
      }),
    )
  })

  it('name what is wrong with a target', () => {
    const to = (path: string) => () => createWriter(path, { format: 'pcapng', interfaces: [] })
    expect(to('/')).toThrow(expect.objectContaining({ code: 'directory' }))
    expect(to(scratch('no/such/folder'))).toThrow(expect.objectContaining({ code: 'missing' }))
  })

  it('leave a descriptor open that they were given', async () => {
    const path = scratch()
    const fd = openSync(path, 'w')
    const writer = createWriter(fd, { format: 'pcap', interfaces: [{ linkType: 1 }] })
    writer.packet(Uint8Array.of(1), 0, 1, 1, 1, 0, 0)
    writer.close()
    writer.close()
    closeSync(fd)
    expect((await readPath(path)).packets).toHaveLength(1)
  })
})

describe('a temporary file', () => {
  it('is private, and gone when it vanishes or is removed', () => {
    const file = createTemporary('.pcapng')
    expect(existsSync(file.path)).toBe(true)
    file.vanish()
    expect(existsSync(file.path)).toBe(process.platform === 'win32')
    file.remove()
    file.remove()
    expect(existsSync(file.path)).toBe(false)
  })
})
