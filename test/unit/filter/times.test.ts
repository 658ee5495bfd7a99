import { expect, test } from 'vitest'
import { parseSpan, parseTime } from '../../../src/filter/times.ts'

test.each([
  ['2023-11-07T05:46:40Z', 1_699_336_000, 0],
  ['2023-11-07 05:46:40.25 UTC', 1_699_336_000, 250_000_000],
  ['2023-11-07T05:46:40.123456789123Z', 1_699_336_000, 123_456_789],
  ['2023-11-07 06:46:40+01:00', 1_699_336_000, 0],
  ['2023-11-07 00:16:40-0530', 1_699_336_000, 0],
  ['Nov  7, 2023 05:46:40.000000001 UTC', 1_699_336_000, 1],
  ['1969-12-31 23:59:59Z', -1, 0],
  ['1699336000.5', 1_699_336_000, 500_000_000],
])('%s', (text, seconds, nanos) => {
  expect(parseTime(text)).toEqual({ seconds, nanos })
})

test('without a zone it is local time', () => {
  expect(parseTime('2023-11-07 05:46:40')!.seconds).toBe(new Date(2023, 10, 7, 5, 46, 40).getTime() / 1000)
  expect(parseTime('2023-11-07')!.seconds).toBe(new Date(2023, 10, 7).getTime() / 1000)
})

test.each(['', 'soon', '2023-13-01', '2023-02-30', '2023-11-07 25:00', '7.11.2023', 'Foo 7, 2023', '2023'])('%s is no time', (text) => {
  expect(parseTime(text)).toBeNull()
})

test('spans of time are exact, negative ones too', () => {
  expect(parseSpan('1.5')).toEqual({ seconds: 1, nanos: 500_000_000 })
  expect(parseSpan('-0.000000001')).toEqual({ seconds: -1, nanos: 999_999_999 })
  expect(parseSpan('-2')).toEqual({ seconds: -2, nanos: 0 })
  expect(parseSpan('.25')).toEqual({ seconds: 0, nanos: 250_000_000 })
  expect(parseSpan('1e3')).toBeNull()
})
