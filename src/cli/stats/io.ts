// `wiretail stats io`: packets and bytes by interval of time, as tshark -z io,stat prints them.

import { safeText } from '../../bytes/text.ts'
import { type IoTable, readIo } from '../../engine/statistics.ts'
import { parseFilter, parseOptions, UsageError } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading, tell } from '../reading.ts'

export const help = `wiretail stats io -r FILE [options]

Packets and bytes by interval of time: of all packets, or a column for each filter.

      --interval SECONDS      length of an interval: 1 unless given; 0 for one over all
      --column FILTER         counts what matches in a column of its own (repeatable)
${READING_HELP}
      --json                  for scripts

Examples:
  wiretail stats io -r capture.pcapng --interval 0.5
  wiretail stats io -r capture.pcapng --column tcp --column 'tcp.flags.reset == 1' --json
`

const OPTIONS = {
  ...READING_OPTIONS,
  json: { type: 'boolean' },
  interval: { type: 'string', default: '1' },
  column: { type: 'string', multiple: true, default: [] as string[] },
} as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'stats io',
      help,
      parse: () => parseOptions(args, OPTIONS, 'stats io'),
      async work({ capture, filter }, values) {
        const { interval, decimals } = parseInterval(values.interval)
        const columns = values.column.length === 0 ? [null] : values.column.map((text) => parseFilter(text))
        const table = await readIo(capture, filter, interval, columns)
        if (table.outside > 0)
          tell(
            io,
            `${table.outside} packets lie before the first one, or too far behind it. Choose a longer interval: --interval ${Math.max(1, interval) * 10}`,
          )
        io.out(values.json === true ? jsonOf(table, values.column) : ioText(table, values.column, decimals))
        return 0
      },
    },
    io,
  )
}

function parseInterval(text: string): { interval: number; decimals: number } {
  if (!/^\d{1,7}(\.\d{1,6})?$/.test(text))
    throw new UsageError(`"${text}" is no interval. Give seconds, with up to six decimals: --interval 0.5`)
  return { interval: Number(text), decimals: text.split('.')[1]?.length ?? 0 }
}

function jsonOf({ duration, interval, rows }: IoTable, columns: readonly string[]): string {
  const names = columns.length === 0 ? [''] : columns
  const list = rows.map((cells, i) => ({
    start: Number((i * interval).toFixed(6)),
    end: Number(Math.min((i + 1) * interval, duration).toFixed(6)),
    columns: cells.map((cell, at) => ({ filter: names[at], ...cell })),
  }))
  return `${JSON.stringify({ duration, interval, rows: list })}\n`
}

/** The box that tshark draws. `decimals`: as many as the interval was given with. */
export function ioText({ duration, interval, rows }: IoTable, columns: readonly string[], decimals: number): string {
  const whole = rows.length === 1 && interval === duration
  const seconds = Math.floor(duration)
  const digits = whole ? (seconds < 10 ? 3 : seconds < 100 ? 1 : 0) : decimals
  const named = digits > 0 || whole
  const [durationText, intervalText] = named
    ? [duration.toFixed(digits), interval.toFixed(digits)]
    : [duration.toFixed(6), String(interval).padStart(String(seconds).length)]
  const spans = rows.map((_, i) => spanOf(i, interval, duration, named ? digits : null, rows.length))
  const first = Math.max('Interval'.length + 2, ...spans.slice(0, 1).map(({ length }) => length))
  const names = columns.length === 0 ? ['Frames and bytes'] : columns
  const widths = names.map((_, column) => [
    Math.max('Frames'.length, ...rowsMax(rows, ({ [column]: cell }) => cell?.packets ?? 0)),
    Math.max('Bytes'.length, ...rowsMax(rows, ({ [column]: cell }) => cell?.bytes ?? 0)),
  ])
  const table = 1 + first + 1 + widths.reduce((sum, [frames, bytes]) => sum + frames! + bytes! + 6, 0)
  const size = Math.max(durationText!.length, intervalText!.length)
  const titles = [
    ...['IO Statistics', '', `Duration: ${named ? durationText!.padStart(size) : durationText} secs`],
    ...[`Interval: ${named ? intervalText!.padStart(size) : intervalText} secs`, ''],
    ...names.map((name, i) => `${i === 0 ? 'Col ' : '    '}${i + 1}: ${safeText(name, 200)}`),
  ]
  const wide = Math.max(table, ...titles.map(({ length }) => length + 4))
  const rest = wide > table ? `${' '.repeat(wide - table - 1)}|` : ''
  const row = (head: string, cells: readonly string[]): string =>
    `|${head.padEnd(first)}|${cells.map((cell) => `${cell}|`).join('')}${rest}`
  const numbers = (frames: string, bytes: string, column: number): string =>
    ` ${frames.padStart(widths[column]![0]!)} | ${bytes.padStart(widths[column]![1]!)} `
  const lines = [
    ...['', '='.repeat(wide)],
    ...titles.map((title) => `| ${title.padEnd(wide - 4)} |`),
    `|${'-'.repeat(table - 2)}|${rest}`,
    row(
      '',
      names.map((_, i) => String(i + 1).padEnd(widths[i]![0]! + widths[i]![1]! + 5)),
    ),
    row(
      ' Interval',
      names.map((_, i) => numbers('Frames', 'Bytes', i)),
    ),
    `|${'-'.repeat(table - 2)}|${rest}`,
    ...rows.map((cells, i) =>
      row(
        spans[i]!,
        cells.map(({ packets, bytes }, column) => numbers(String(packets), String(bytes), column)),
      ),
    ),
    '='.repeat(wide),
  ]
  return `${lines.join('\n')}\n`
}

/** Digits of the largest value; a list, so that many rows are never arguments of one call. */
function rowsMax<T>(rows: readonly T[], value: (row: T) => number): [number] {
  let most = 0
  for (const row of rows) most = Math.max(most, value(row))
  return [String(most).length]
}

/** " 0.5 <> 1.0 "; with whole seconds the last one ends at "Dur". */
function spanOf(i: number, interval: number, duration: number, digits: number | null, count: number): string {
  const from = i * interval
  const to = Math.min(from + interval, duration)
  if (digits === null) {
    const size = String(Math.floor(duration)).length
    const end = i === count - 1 ? 'Dur' : String(from + interval).padStart(size)
    return `${String(from).padStart(Math.max(3, size + 1))} <> ${end.padEnd(Math.max(3, size))}`
  }
  const size = duration.toFixed(digits).length
  return ` ${from.toFixed(digits).padStart(size)} <> ${to.toFixed(digits).padStart(size)} `
}
