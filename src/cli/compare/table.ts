// Columns of words, one for each capture, in a width that fits a terminal.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { displayWidth, fitText, wrapWords } from '../../bytes/width.ts'
import type { TableRow } from '../../engine/compare/index.ts'

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
