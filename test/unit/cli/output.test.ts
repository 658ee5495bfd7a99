import { describe, expect, it } from 'vitest'
import { captureOutput } from './support.ts'

describe('Output', () => {
  it('writes whole numbers in full', () => {
    const numbers = [
      0,
      1,
      9,
      10,
      99,
      100,
      999,
      1000,
      12_345,
      99_999,
      100_000,
      999_999,
      1_000_000,
      99_999_999,
      2_147_483_647,
      4_294_967_295,
      2 ** 40,
      -5,
    ]
    const text = captureOutput((out) => {
      for (const number of numbers) {
        out.integer(number)
        out.byte(10)
      }
    }).toString()
    expect(text.trim().split('\n').map(Number)).toEqual(numbers)
  })

  it('writes text of any length as UTF-8 and cuts no character in two', () => {
    const text = `${'😀é'.repeat(50_000)}|${'x'.repeat(130_000)}|short|é`
    expect(captureOutput((out) => out.text(text)).toString()).toBe(text)
  })
})
