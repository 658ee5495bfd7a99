// Columns of words, one for each capture, in a width that fits a terminal.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { clipText, displayWidth, fitText, measurePrefix } from '../../bytes/width.ts'

export interface TableRow {
  readonly label: string
  /** One cell a column; each a list of paragraphs. */
  readonly cells: readonly (readonly string[])[]
  /** A line stands above the row. */
  readonly ruled?: boolean
}

/** Widest screen that a table is made for. */
const WIDTH = 80
const GAP = 2
/** Columns side by side in 80 cells. */
export const MAX_COLUMNS = 3

/** Lays rows out as lines of at most 80 cells. Everything in them is made safe for a terminal here. */
export function layTable(rows: readonly TableRow[]): SafeText[] {
  const columns = Math.max(1, ...rows.map(({ cells }) => cells.length))
  const label = Math.max(...rows.map((row) => displayWidth(row.label)))
  const width = Math.floor((WIDTH - label - GAP * columns) / columns)
  const lines: SafeText[] = []
  for (const row of rows) {
    if (row.ruled === true) lines.push(safeText('─'.repeat(label + columns * (width + GAP))))
    const cells = row.cells.map((paragraphs) => paragraphs.flatMap((paragraph) => wrapWords(paragraph, width)))
    const height = Math.max(1, ...cells.map((cell) => cell.length))
    for (let i = 0; i < height; i++) {
      const parts = [fitText(safeText(i === 0 ? row.label : ''), label), ...cells.map((cell) => fitText(cell[i] ?? '', width))]
      lines.push(safeText(parts.join(' '.repeat(GAP)).trimEnd()))
    }
  }
  return lines
}

/** Breaks a text at spaces into lines of at most `width` cells; a word that is longer is cut behind one of its signs, or where the line ends. */
export function wrapWords(text: string, width: number): string[] {
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
      if (units === 0) return [...lines, clipText(line, width)]
      const sign = Math.max(...['_', '-', '/', '.', ':'].map((letter) => line.lastIndexOf(letter, units - 1))) + 1
      const end = sign > units / 2 ? sign : units
      lines.push(line.slice(0, end))
      line = line.slice(end)
    }
  }
  return [...lines, line]
}
