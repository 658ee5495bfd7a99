// A graph in braille: two by four dots a cell.

import { type SafeText, safeText } from '../../../bytes/text.ts'
import { fitText } from '../../../bytes/width.ts'
import { type Line, say, span } from '../../line.ts'

/** Dots of a cell by row, left and right (Unicode 2800). */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

/** Cells in front of the graph for the scale. */
const SCALE = 9

export function graphColumns(width: number): number {
  return Math.max(2, (width - SCALE - 1) * 2)
}

/** Sums of `values` in `count` equal parts. */
export function resample(values: Float64Array, count: number): Float64Array {
  const sums = new Float64Array(count)
  for (let i = 0; i < values.length; i++) sums[Math.min(count - 1, Math.floor((i * count) / values.length))]! += values[i]!
  return sums
}

/** The graph in `height` lines, filled from below, with the scale at its left. `label` writes a value in at most 7 cells. */
export function graphLines(values: Float64Array, width: number, height: number, label: (value: number) => string): Line[] {
  const top = Math.max(1, ...values)
  const levels = height * 4
  const heights = Array.from(values, (value) => (value === 0 ? 0 : Math.max(1, Math.round((value / top) * levels))))
  const lines: Line[] = []
  for (let row = 0; row < height; row++) {
    let cells = ''
    for (let column = 0; column < heights.length; column += 2)
      cells += String.fromCharCode(0x2800 + dotsOf(heights, column, levels - row * 4))
    const value = row === 0 ? top : row === height - 1 ? 0 : row === height >> 1 ? (top * (height - row)) / height : -1
    const scale = safeText(fitText(value < 0 ? '' : label(value), SCALE - 2, 'end'))
    lines.push([span(say` ${scale} `, 'dim'), span(value < 0 ? say`│` : say`┤`, 'rule'), span(cells as SafeText, 'accent')])
  }
  return lines.map((line) => line.slice(0, 3)).filter((line) => line.length > 0 && width > SCALE)
}

/** `ceiling`: the level of the highest dot of this row of cells. */
function dotsOf(heights: readonly number[], column: number, ceiling: number): number {
  let dots = 0
  for (let side = 0; side < 2; side++) {
    const filled = heights[column + side] ?? 0
    for (let row = 0; row < 4; row++) if (filled > ceiling - 1 - row) dots |= DOTS[row]![side]!
  }
  return dots
}
