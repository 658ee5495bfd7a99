// The time column: exact to the nanosecond, in tshark's formats, for the odd times that files hold.

import { describe, expect, it } from 'vitest'
import { timeText } from '../../../src/engine/times.ts'

const clockOf = (...times: readonly (readonly [number, number])[]) => ({
  seconds: (packet: number) => times[packet - 1]![0],
  nanos: (packet: number) => times[packet - 1]![1],
})

describe('the time column', () => {
  const clock = clockOf([1_700_000_000, 999_999_999], [1_700_000_001, 1], [1_699_999_999, 500_000_000], [1_700_000_002, -1])

  it('counts from the first packet, from the one before, and from the one displayed before', () => {
    expect(timeText(clock, 2, 'r', 9, 0)).toBe('0.000000002')
    expect(timeText(clock, 2, 'r', 6, 0)).toBe('0.000000')
    expect(timeText(clock, 3, 'd', 9, 0)).toBe('-1.500000001')
    expect(timeText(clock, 3, 'dd', 9, 1)).toBe('-1.499999999')
  })

  it('is seconds since 1970, or the time of day in UTC', () => {
    expect(timeText(clock, 2, 'e', 9, 0)).toBe('1700000001.000000001')
    expect(timeText(clock, 2, 'u', 6, 0)).toBe('22:13:21.000000')
  })

  it('is empty for a record without a time', () => {
    expect(timeText(clock, 4, 'r', 6, 0)).toBe('')
    expect(timeText(clock, 4, 'e', 6, 0)).toBe('')
  })

  it('survives times that no calendar holds', () => {
    const odd = clockOf([18_446_744_073_204, 126_329_000], [4_294_967_296, 0])
    expect(timeText(odd, 1, 'e', 9, 0)).toBe('18446744073204.126329000')
    expect(timeText(odd, 1, 'ad', 6, 0)).toBe('18446744073204.126329')
    expect(timeText(odd, 2, 'u', 6, 0)).toBe('06:28:16.000000')
  })
})
