import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeText } from '../../../src/bytes/text.ts'
import { displayWidth } from '../../../src/bytes/width.ts'
import { cutLine, fitLine, type Line, lineWidth, say, span, spread, wrap } from '../../../src/tui/line.ts'

const textOf = (line: Line): string => line.map((piece) => piece.text).join('')
const line = (...texts: string[]): Line => texts.map((text) => span(safeText(text)))

describe('lines', () => {
  it('cuts by cells and keeps both halves of a wide character out', () => {
    expect(textOf(cutLine(line('ab日本cd'), 0, 4))).toBe('ab日')
    expect(textOf(cutLine(line('ab日本cd'), 0, 3))).toBe('ab ')
    expect(textOf(cutLine(line('ab日本cd'), 3, 8))).toBe(' 本cd')
    expect(textOf(cutLine(line('ab', 'cd'), 1, 3))).toBe('bc')
    expect(textOf(cutLine(line('ab'), 1, 5))).toBe('b   ')
    expect(textOf(cutLine(line('ab'), 4, 6))).toBe('  ')
  })

  it('always gives exactly the cells asked for', () => {
    const pieces = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 5 })
    fc.assert(
      fc.property(pieces, fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), (texts, from, length) => {
        expect(lineWidth(cutLine(line(...texts), from, from + length))).toBe(length)
        expect(lineWidth(fitLine(line(...texts), length))).toBe(length)
      }),
      { seed: 7, numRuns: 1000 },
    )
  })

  it('puts the end of a line flush right', () => {
    expect(textOf(spread(line('left'), line('right'), 12))).toBe('left   right')
    expect(textOf(spread(line('left'), line('right'), 7))).toBe('left ri')
  })

  it('says words with safe text and numbers in between', () => {
    expect(say`a ${safeText('\x1b')} b ${7}`).toBe('a ␛ b 7')
  })

  it('wraps at spaces, cuts long words, and marks what it leaves out', () => {
    expect(wrap(safeText('one two three four'), 9, 3)).toEqual(['one two', 'three', 'four'])
    expect(wrap(safeText('abcdefghij'), 4, 2)).toEqual(['abcd', 'efg…'])
    expect(wrap(safeText(''), 10, 3)).toEqual([])
    for (const part of wrap(safeText('日本語 日本語日本語'), 7, 9)) expect(displayWidth(part)).toBeLessThanOrEqual(7)
  })
})
