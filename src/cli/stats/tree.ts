// A tree of counters as tshark prints it, and as JSON.

import { safeText } from '../../bytes/text.ts'
import { type StatsRow, type StatsTree, statsRows } from '../../engine/statistics.ts'

const COLUMNS = ['Count', 'Average', 'Min Val', 'Max Val', 'Rate (ms)', 'Percent', 'Burst Rate', 'Burst Start']
const WIDTH = 14

export function treeText(tree: StatsTree): string {
  const rows = statsRows(tree)
  const names = rows.map(({ name, depth }) => `${' '.repeat(depth)}${safeText(name, 100)}`)
  const width = Math.max('Topic / Item'.length, ...names.map(({ length }) => length)) + 2
  const wide = width + COLUMNS.length * WIDTH - 1
  const lines = [
    ...['', '='.repeat(wide), `${tree.title}:`],
    `${'Topic / Item'.padEnd(width)}${COLUMNS.map((column) => column.padEnd(WIDTH))
      .join('')
      .slice(0, -1)}`,
    '-'.repeat(wide),
    ...rows.map(
      (row, i) =>
        `${names[i]!.padEnd(width)}${cellsOf(row)
          .map((cell) => cell.padEnd(WIDTH))
          .join('')
          .slice(0, -1)}`,
    ),
    ...['', '-'.repeat(wide)],
  ]
  return `${lines.join('\n')}\n`
}

function cellsOf({ count, average, least, greatest, decimals, rate, percent, burstRate, burstStart, depth }: StatsRow): string[] {
  const value = (number: number | null): string => (number === null ? '' : decimals ? number.toFixed(6) : String(number))
  return [
    String(count),
    average === null ? '' : average.toFixed(2),
    value(least),
    value(greatest),
    rate === null ? '' : rate.toFixed(4),
    percent === null ? '' : depth === 0 ? '100%' : `${percent.toFixed(2)}%`,
    burstRate === null ? '-' : burstRate.toFixed(4),
    burstStart === null ? '-' : burstStart.toFixed(3),
  ]
}

/** The rows as nested objects. */
export function treeJson(tree: StatsTree): object[] {
  interface Made {
    readonly children: object[]
  }
  const roots: object[] = []
  const open: Made[] = []
  for (const { depth, decimals: _decimals, ...row } of statsRows(tree)) {
    const made = { ...row, children: [] as object[] }
    open.length = depth
    ;(open[depth - 1]?.children ?? roots).push(made)
    open.push(made)
  }
  return roots
}
