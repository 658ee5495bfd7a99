import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteGlyph, safeLines, safeText, TEXT_LIMIT } from '../../../src/bytes/text.ts'
import { clipText, displayWidth, fitText, measurePrefix } from '../../../src/bytes/width.ts'

// Everything that a terminal could obey instead of show, or that has no cell of its own.
const HOSTILE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

describe('safeText', () => {
  it('leaves plain text alone', () => {
    expect(safeText('GET / HTTP/1.1')).toBe('GET / HTTP/1.1')
    expect(safeText('héllo → 日本 ✓')).toBe('héllo → 日本 ✓')
  })

  it.each([
    ['clipboard (OSC 52)', '\x1b]52;c;x\x07', '␛]52;c;x␇'],
    ['colour', '\x1b[31mred', '␛[31mred'],
    ['carriage return and line feed', 'a\r\nb', 'a␍␊b'],
    ['tab, backspace, delete', '\t\b\x7f', '␉␈␡'],
    ['C1 control sequence introducer', '\u009b31m', '\\u{9b}31m'],
    ['right-to-left override', '\u202eabc', '\\u{202e}abc'],
    ['zero-width space and joiner', 'a\u200b\u200d', 'a\\u{200b}\\u{200d}'],
    ['line separator', '\u2028', '\\u{2028}'],
    ['tag characters', '\u{e0041}', '\\u{e0041}'],
    ['variation selector', '❤\ufe0f', '❤\\u{fe0f}'],
    ['hangul filler', '\u3164', '\\u{3164}'],
    ['byte order mark', '\ufeff', '\\u{feff}'],
    ['noncharacter', '\uffff', '\\u{ffff}'],
    ['skin tone', '👍🏽', '👍\\u{1f3fd}'],
    ['lone high surrogate', 'a\ud800b', 'a\ufffdb'],
    ['lone low surrogate', '\udc00', '\ufffd'],
    ['stacked marks', 'e\u0301\u0302\u0303\u0304', 'e\u0301\u0302\\u{303}\\u{304}'],
    ['a mark with nothing under it', '\u0338start', '\\u{338}start'],
  ])('makes %s visible', (_, text, shown) => {
    expect(safeText(text)).toBe(shown)
  })

  it('caps the length before doing anything else', () => {
    const started = performance.now()
    const shown = safeText('\x1b'.repeat(10_000_000))
    expect(shown).toHaveLength(TEXT_LIMIT + 1)
    expect(shown.endsWith('…')).toBe(true)
    expect(performance.now() - started).toBeLessThan(500)
    expect(safeText('abcdef', 3)).toBe('abc…')
  })

  it('never lets through what a terminal would obey, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = safeText(text)
        expect(shown).not.toMatch(HOSTILE)
        expect(shown.isWellFormed()).toBe(true)
        expect(safeText(shown)).toBe(shown)
      }),
      { seed: 7, numRuns: 2000 },
    )
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 }), (units) => {
        expect(safeText(String.fromCharCode(...units))).not.toMatch(HOSTILE)
      }),
      { seed: 7, numRuns: 2000 },
    )
  })

  it('keeps the lines of a text apart', () => {
    expect(safeLines('a\r\nb\x1b\nc\rd')).toEqual(['a', 'b␛', 'c', 'd'])
  })

  it('shows bytes as a hex dump does', () => {
    expect([0x00, 0x1b, 0x20, 0x41, 0x7e, 0x7f, 0x80, 0xff].map(byteGlyph).join('')).toBe('·· A~···')
  })
})

describe('display width', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['👍', 2],
    ['─│▸●', 4],
    ['', 0],
    ['ﬀＡ', 3],
  ])('%s takes %i cells', (text, cells) => {
    expect(displayWidth(text)).toBe(cells)
  })

  it('cuts and pads to an exact number of cells', () => {
    expect(fitText('abc', 5)).toBe('abc  ')
    expect(fitText('abc', 5, 'end')).toBe('  abc')
    expect(fitText('abcdef', 4)).toBe('abc…')
    expect(fitText('日本語', 4)).toBe('日… ')
    expect(clipText('日本語', 5)).toBe('日本…')
    expect(fitText('x', 0)).toBe('')
    expect(measurePrefix('日本語', 3)).toEqual({ units: 1, cells: 2 })
  })

  it('fits any safe text into any width, exactly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 0, max: 30 }), (text, width) => {
        expect(displayWidth(fitText(safeText(text), width))).toBe(width)
      }),
      { seed: 7, numRuns: 2000 },
    )
  })
})
