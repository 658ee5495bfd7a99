// How many terminal cells a text takes, and cutting and padding to a number of cells. Only for text that safeText has passed:
// it has no zero-width joiners, variation selectors or controls, so a cell count is a sum over code points.

import { eastAsianWidth } from 'get-east-asian-width'
import { type SafeText, safeText } from './text.ts'

const ASCII = /^[\x20-\x7e]*$/
const ZERO = /^[\p{Mn}\p{Me}]$/u

// Widths of the basic plane, found once per code point; 0 means not looked up yet, else width + 1.
const known = new Uint8Array(0x10000)

/** Cells of one code point: 0 for combining marks, 2 for wide characters and emoji, else 1. */
export function codePointWidth(code: number): 0 | 1 | 2 {
  if (code < 0x300) return 1
  if (code >= 0x10000) return measure(code)
  const found = known[code] ?? 0
  if (found !== 0) return (found - 1) as 0 | 1 | 2
  const width = measure(code)
  known[code] = width + 1
  return width
}

function measure(code: number): 0 | 1 | 2 {
  return ZERO.test(String.fromCodePoint(code)) ? 0 : eastAsianWidth(code)
}

/** Cells that a text takes on the screen. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0
    if (code > 0xffff) at++
    width += codePointWidth(code)
  }
  return width
}

/**
 * The longest start of a text that fits into `width` cells, as its length in UTF-16 units and its cells: cells is width - 1
 * when a wide character would straddle the end.
 */
export function measurePrefix(text: string, width: number): { units: number; cells: number } {
  let cells = 0
  let at = 0
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0
    const next = cells + codePointWidth(code)
    if (next > width) break
    cells = next
    at += code > 0xffff ? 2 : 1
  }
  return { units: at, cells }
}

/** Cuts a text to at most `width` cells, with `…` in the last cell when something was left out. */
export function clipText(text: string, width: number): string {
  if (width <= 0) return ''
  if (text.length <= width && ASCII.test(text)) return text
  const whole = measurePrefix(text, width)
  if (whole.units === text.length) return text
  return `${text.slice(0, measurePrefix(text, width - 1).units)}…`
}

/** Cuts or pads a text to exactly `width` cells; a number column passes 'end' to stand flush right. */
export function fitText(text: string, width: number, align: 'start' | 'end' = 'start'): string {
  if (width <= 0) return ''
  const clipped = clipText(text, width)
  const rest = ' '.repeat(Math.max(0, width - displayWidth(clipped)))
  return align === 'end' ? rest + clipped : clipped + rest
}

/** Breaks a text at spaces into lines of at most `width` cells; a word that is longer is cut behind one of its signs, or where the line ends. */
export function wrapWords(text: string, width: number): SafeText[] {
  const lines: string[] = []
  let line = ''
  for (const word of safeText(text).split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (displayWidth(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (displayWidth(line) > width) {
      const { units } = measurePrefix(line, width)
      // A wide character in a narrow column: cut it rather than stand still.
      if (units === 0) return [...lines, clipText(line, width)] as SafeText[]
      const sign = Math.max(...['_', '-', '/', '.', ':'].map((letter) => line.lastIndexOf(letter, units - 1))) + 1
      const end = sign > units / 2 ? sign : units
      lines.push(line.slice(0, end))
      line = line.slice(end)
    }
  }
  return [...lines, line] as SafeText[]
}
