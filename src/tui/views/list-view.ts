// Views that are a list whose rows open as a page: exchanges, streams, TLS sessions. What they share: moving, opening, going back, the
// mouse, reading again when another capture is on the screen.

import type { SafeText } from '../../bytes/text.ts'
import type { Capture } from '../../engine/capture.ts'
import type { Session } from '../../engine/types.ts'
import type { Context } from '../bindings.ts'
import { goTo } from '../goto.ts'
import { blank, type Line, type Picture, say, span, wrap } from '../line.ts'
import { type Shell, tell } from '../shell.ts'
import type { State } from '../state.ts'
import { movePage, PAGE_START, type Page, type PageState, pageLines, scrollPage } from './page.ts'
import type { Table, ViewPart } from './part.ts'
import { bodySize } from './size.ts'
import {
  type Column,
  moveCommands,
  moveTable,
  scrollTable,
  selectInTable,
  summaryLine,
  TABLE_START,
  type TableState,
  tableLines,
  tableRows,
} from './table.ts'

export interface ListSlice<T> {
  /** What was read. */
  readonly session: Session | null
  readonly rows: readonly T[]
  /** How much of the capture is read, from 0 to 1. */
  readonly done: number
  readonly table: TableState
  /** The row that Enter has opened. */
  readonly open: { readonly row: T; readonly page: Page; readonly at: PageState } | null
}

export function emptyList<T>(): ListSlice<T> {
  return { session: null, rows: [], done: 1, table: TABLE_START, open: null }
}

export interface ListSpec<T> {
  readonly list: Context
  readonly page: Context
  slice(state: State): ListSlice<T>
  change(shell: Shell, change: (slice: ListSlice<T>) => ListSlice<T>): void
  /** Begins to read the rows. */
  begin(shell: Shell, session: Session, capture: Capture): void
  columns(width: number, state: State): readonly Column<T>[]
  /** What stands above the list, besides how far it is read. */
  summary(rows: readonly T[], state: State): readonly SafeText[]
  /** Why there are no rows, and what to do; the first line is the answer. */
  empty(state: State): readonly SafeText[]
  open(capture: Capture, row: T, state: State): Page
  /** The packet that `p` goes to. */
  packet(row: T, capture: Capture): number | undefined
  /** More commands of the list. */
  readonly more?: Table
  /** They begin to be made anew although the session is the same. */
  stale?(state: State): boolean
}

export function listView<T>(spec: ListSpec<T>): ViewPart {
  const rowsOf = (state: State): number => tableRows(bodySize(state).height - 1)
  const begin = (shell: Shell): void => {
    const session = shell.store.session()
    if (session?.capture !== undefined) spec.begin(shell, session, session.capture)
  }
  const movePageBy = (
    shell: Shell,
    change: (open: NonNullable<ListSlice<T>['open']>, width: number, height: number) => PageState,
  ): void => {
    const { width, height } = bodySize(shell.store.state())
    spec.change(shell, (slice) =>
      slice.open === null ? slice : { ...slice, open: { ...slice.open, at: change(slice.open, width, height) } },
    )
  }
  return {
    context: (state) => (spec.slice(state).open === null ? spec.list : spec.page),
    picture: (state, width, height) => picture(spec, state, width, height),
    enter(shell) {
      const state = shell.store.state()
      const { session } = spec.slice(state)
      if (session === null || session !== shell.store.session() || spec.stale?.(state) === true) begin(shell)
    },
    commands: tablesOf(
      { list: spec.list, page: spec.page },
      {
        ...moveCommands((shell, to) => {
          const rows = rowsOf(shell.store.state())
          spec.change(shell, (slice) => ({ ...slice, table: moveTable(slice.table, to, slice.rows.length, rows) }))
        }),
        open: (shell) => openRow(spec, shell),
        again: begin,
        packet: (shell) => toPacket(spec, shell),
        ...spec.more,
      },
      {
        ...moveCommands((shell, to) => movePageBy(shell, (open, width, height) => movePage(open.at, to, open.page, width, height))),
        packet: (shell) => toPacket(spec, shell),
        back: (shell) => spec.change(shell, (slice) => ({ ...slice, open: null })),
      },
    ),
    scroll(shell, by) {
      const state = shell.store.state()
      if (spec.slice(state).open !== null) movePageBy(shell, (open, width, height) => scrollPage(open.at, by, open.page, width, height))
      else spec.change(shell, (slice) => ({ ...slice, table: scrollTable(slice.table, by, slice.rows.length, rowsOf(state)) }))
    },
    click(shell, _x, y) {
      const state = shell.store.state()
      const { open, table, rows } = spec.slice(state)
      const row = table.top + y - 2
      if (open !== null || y < 2 || row >= rows.length) return
      if (row === table.cursor) openRow(spec, shell)
      else spec.change(shell, (slice) => ({ ...slice, table: selectInTable(slice.table, row, slice.rows.length, rowsOf(state)) }))
    },
  }
}

function tablesOf({ list, page }: Pick<ListSpec<unknown>, 'list' | 'page'>, ofList: Table, ofPage: Table): ViewPart['commands'] {
  return { [page]: ofPage, [list]: ofList }
}

/** The row that keys work on. */
export function chosenRow<T>(spec: Pick<ListSpec<T>, 'slice'>, shell: Shell): T | undefined {
  const { open, rows, table } = spec.slice(shell.store.state())
  return open?.row ?? rows[table.cursor]
}

function openRow<T>(spec: ListSpec<T>, shell: Shell): void {
  const row = chosenRow(spec, shell)
  const capture = shell.store.session()?.capture
  if (row === undefined || capture === undefined) return
  const page = spec.open(capture, row, shell.store.state())
  spec.change(shell, (slice) => ({ ...slice, open: { row, page, at: PAGE_START } }))
}

function toPacket<T>(spec: ListSpec<T>, shell: Shell): void {
  const row = chosenRow(spec, shell)
  const capture = shell.store.session()?.capture
  const packet = row === undefined || capture === undefined ? undefined : spec.packet(row, capture)
  if (packet === undefined) {
    tell(shell.store, say`There is no packet to go to.`)
    return
  }
  shell.store.dispatch({ type: 'show', view: 'packets', over: false })
  goTo(shell.store, packet)
}

function picture<T>(spec: ListSpec<T>, state: State, width: number, height: number): Picture {
  const { open, rows, table, done } = spec.slice(state)
  if (open !== null) return { lines: pageLines(open.page, open.at, width, height) }
  const head = summaryLine(spec.summary(rows, state), done, width)
  if (rows.length === 0) {
    const words = done < 1 ? [say`Reading …`] : spec.empty(state)
    const lines = words.flatMap((text, i) =>
      wrap(text, Math.max(20, width - 6), 3).map((part): Line => [blank(3), span(part, i === 0 ? 'strong' : 'dim')]),
    )
    return { lines: [head, [], ...lines] }
  }
  return { lines: [head, ...tableLines(spec.columns(width, state), rows.length, (i) => rows[i], table, width, height - 1)] }
}
