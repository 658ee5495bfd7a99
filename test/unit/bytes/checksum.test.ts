// The Internet checksum, with the example of RFC 1071 3.

import { expect, it } from 'vitest'
import { internetChecksum, onesSum, rightChecksum } from '../../../src/bytes/checksum.ts'

const EXAMPLE = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)

it('adds as the RFC does', () => {
  expect(onesSum(EXAMPLE, 0, 8)).toBe(0xddf2)
  expect(internetChecksum(EXAMPLE, 0, 8)).toBe(0x220d)
})

it('goes on from another sum, and takes an odd byte for the high half of a word', () => {
  expect(onesSum(EXAMPLE, 4, 8, onesSum(EXAMPLE, 0, 4))).toBe(0xddf2)
  expect(onesSum(Uint8Array.of(0x12), 0, 1)).toBe(0x1200)
  expect(onesSum(EXAMPLE, 8, 8)).toBe(0)
})

it('is zero over bytes that hold their own checksum, and not after a change', () => {
  const whole = Uint8Array.of(...EXAMPLE, 0x22, 0x0d)
  expect(internetChecksum(whole, 0, 10)).toBe(0)
  whole[3] = 0x04
  expect(internetChecksum(whole, 0, 10)).not.toBe(0)
})

it('does not overflow on large packets', () => {
  expect(onesSum(new Uint8Array(1 << 18).fill(0xff), 0, 1 << 18)).toBe(0xffff)
})

it('tells what a field should hold from what it holds and from the sum over both', () => {
  expect(rightChecksum(0x220d, 0)).toBe(0x220d)
  const whole = Uint8Array.of(...EXAMPLE, 0xff, 0xf0)
  expect(rightChecksum(0xfff0, internetChecksum(whole, 0, 10))).toBe(0x220d)
})
