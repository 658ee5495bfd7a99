import { describe, expect, it } from 'vitest'
import { ByteWriter } from '../../../src/bytes/writer.ts'

describe('ByteWriter', () => {
  it('writes numbers in network order', () => {
    const bytes = new ByteWriter().u8(1).u16(0x203).u24(0x40506).u32(0x708090a).u64(0x0b0c0d0e0f101112n).finish()
    expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])
  })

  it('writes numbers in little-endian order', () => {
    const bytes = new ByteWriter(true).u16(0x201).u24(0x50403).u32(0x9080706).u64(-2).finish()
    expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
  })

  it('grows at every kind of value', () => {
    for (const write of [
      (into: ByteWriter) => into.u8(1),
      (into: ByteWriter) => into.u16(1),
      (into: ByteWriter) => into.u24(1),
      (into: ByteWriter) => into.u32(1),
      (into: ByteWriter) => into.u64(1),
      (into: ByteWriter) => into.bytes([1]),
      (into: ByteWriter) => into.text('1'),
    ]) {
      const into = new ByteWriter(false, 1)
      const once = write(new ByteWriter()).finish()
      for (let i = 0; i < 20; i++) write(into)
      const expected = Array.from({ length: 20 }, () => [...once]).flat()
      expect([...into.finish()]).toEqual(expected)
    }
  })

  it('aligns, fills and patches', () => {
    const into = new ByteWriter().u8(7).align(4).align(4).u16(0).zeros(1)
    expect(into.length).toBe(7)
    expect([...into.patch(4, 3, 0x010203).finish()]).toEqual([7, 0, 0, 0, 1, 2, 3])
    expect(() => into.patch(5, 4, 0)).toThrow(RangeError)
  })

  it('puts lengths in front, also inside each other', () => {
    const bytes = new ByteWriter().prefixed(3, (outer) => outer.u8(9).prefixed(2, (inner) => inner.text('ab'))).finish()
    expect([...bytes]).toEqual([0, 0, 5, 9, 0, 2, 97, 98])
  })
})
