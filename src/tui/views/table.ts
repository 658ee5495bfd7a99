// A list of which only the visible rows are made: columns, a heading, the selected row. The views with lists share it.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { fitText } from '../../bytes/width.ts'
import { blank, fitLine, type Ground, type Line, type Role, type Span, say, span } from '../line.ts'
import { clamp, reveal } from '../list.ts'
import type { Shell } from '../shell.ts'
import type { Run, Table } from './part.ts'

/** Where a list stands. */
export interface TableState {
  /** Selected row, from 0. */
  readonly cursor: number
  readonly top: number
}

export const TABLE_START: TableState = { cursor: 0, top: 0 }

export interface Column<T> {
  readonly title: string
  /** Cells; one column may have 'rest'. */
  readonly width: number | 'rest'
  readonly align?: 'start' | 'end'
  text(row: T): string
  role?(row: T): Role
}

export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'start' | 'end'

/** Rows of a list in a picture of this height: all but the heading. */
export function tableRows(height: number): number {
  return Math.max(1, height - 1)
}

export function moveTable(table: TableState, to: Move, count: number, rows: number): TableState {
  const page = Math.max(1, rows - 1)
  const by = { up: -1, down: 1, 'page-up': -page, 'page-down': page, start: -count, end: count }[to]
  return selectInTable(table, table.cursor + by, count, rows)
}

export function selectInTable(table: TableState, row: number, count: number, rows: number): TableState {
  const cursor = clamp(row, 0, Math.max(0, count - 1))
  return { cursor, top: reveal(table.top, cursor, rows, count) }
}

export function scrollTable(table: TableState, by: number, count: number, rows: number): TableState {
  return { ...table, top: clamp(table.top + by, 0, Math.max(0, count - rows)) }
}

/** Commands for moving, from one function that moves. */
export function moveCommands(move: (shell: Shell, to: Move) => void): Table {
  const to = (where: Move): Run => {
    return (shell) => move(shell, where)
  }
  return {
    up: to('up'),
    down: to('down'),
    'page-up': to('page-up'),
    'page-down': to('page-down'),
    start: to('start'),
    end: to('end'),
  }
}

/** The heading and the rows on the screen; `at` is asked for these only. */
export function tableLines<T>(
  columns: readonly Column<T>[],
  count: number,
  at: (row: number) => T | undefined,
  { cursor, top }: TableState,
  width: number,
  height: number,
): Line[] {
  const fixed = columns.reduce((sum, column) => sum + (column.width === 'rest' ? 0 : column.width), 0)
  const rest = Math.max(4, width - fixed - GAP * columns.length)
  const wide = (column: Column<T>): number => (column.width === 'rest' ? rest : column.width)
  const heading: Span[] = [blank(1, 'bar')]
  for (const column of columns)
    heading.push(span(safeText(fitText(column.title, wide(column), column.align)), 'strong', 'bar'), blank(GAP, 'bar'))
  const lines: Line[] = [fitLine(heading, width, 'bar')]
  const rows = tableRows(height)
  const first = clamp(top, 0, Math.max(0, count - rows))
  for (let i = first; i < Math.min(count, first + rows); i++) {
    const row = at(i)
    if (row === undefined) break
    const ground: Ground = i === cursor ? 'picked' : 'plain'
    const line: Span[] = [blank(1, ground)]
    for (const column of columns) {
      const text = fitText(safeText(column.text(row)), wide(column), column.align) as SafeText
      line.push(span(text, column.role?.(row) ?? 'text', ground), blank(GAP, ground))
    }
    lines.push(fitLine(line, width, ground))
  }
  return lines
}

const GAP = 2

/** A line above a list: what it is, how many, how far. */
export function summaryLine(parts: readonly SafeText[], done: number, width: number): Line {
  const line: Span[] = []
  for (const [i, part] of parts.entries()) {
    if (i > 0) line.push(span(say` · `, 'rule'))
    line.push(span(part, i === 0 ? 'strong' : 'dim'))
  }
  if (done < 1) line.push(span(say` · ${Math.floor(done * 100)} % read`, 'accent'))
  return fitLine([blank(1), ...line], width)
}
