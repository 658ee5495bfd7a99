// View 2: HTTP requests with their responses, one a line; Enter opens one with headers and bodies.

import { safeText } from '../../../bytes/text.ts'
import { type Exchange, mediaType } from '../../../engine/exchanges.ts'
import { goTo } from '../../goto.ts'
import { blank, type Line, type Picture, type Role, say, span, wrap } from '../../line.ts'
import { grouped } from '../../measure.ts'
import { type Shell, tell } from '../../shell.ts'
import type { State } from '../../state.ts'
import { movePage, PAGE_START, pageLines, scrollPage } from '../page.ts'
import { changeSlice, type ViewPart } from '../part.ts'
import { bodySize } from '../size.ts'
import { type Column, moveCommands, moveTable, scrollTable, selectInTable, summaryLine, tableLines, tableRows } from '../table.ts'
import { duration, exchangePage, sizeText } from './page.ts'
import { readAll, readBodies } from './read.ts'

export const exchanges: ViewPart = {
  context: (state) => (state.slices.exchanges.open === null ? 'exchanges' : 'exchange'),
  picture: exchangesPicture,
  enter,
  commands: {
    exchanges: {
      ...moveCommands((shell, to) => {
        const rows = listRows(shell.store.state())
        changeSlice(shell, 'exchanges', (slice) => ({ ...slice, table: moveTable(slice.table, to, slice.rows.length, rows) }))
      }),
      open: openExchange,
      again: (shell) => begin(shell),
      packet: (shell) => toPacket(shell, chosen(shell)),
    },
    exchange: {
      ...moveCommands((shell, to) => {
        const { width, height } = bodySize(shell.store.state())
        changePage(shell, (open) => movePage(open.at, to, open.page, width, height))
      }),
      packet: (shell) => toPacket(shell, shell.store.state().slices.exchanges.open?.exchange),
      back: (shell) => changeSlice(shell, 'exchanges', (slice) => ({ ...slice, open: null })),
    },
  },
  scroll(shell, by) {
    const state = shell.store.state()
    const { width, height } = bodySize(state)
    if (state.slices.exchanges.open !== null) changePage(shell, (open) => scrollPage(open.at, by, open.page, width, height))
    else changeSlice(shell, 'exchanges', (slice) => ({ ...slice, table: scrollTable(slice.table, by, slice.rows.length, listRows(state)) }))
  },
  click(shell, _x, y) {
    if (shell.store.state().slices.exchanges.open !== null || y < 2) return
    const rows = listRows(shell.store.state())
    changeSlice(shell, 'exchanges', (slice) => ({
      ...slice,
      table: selectInTable(slice.table, slice.table.top + y - 2, slice.rows.length, rows),
    }))
  },
}

type Open = NonNullable<State['slices']['exchanges']['open']>

function changePage(shell: Shell, change: (open: Open) => Open['at']): void {
  changeSlice(shell, 'exchanges', (slice) => (slice.open === null ? slice : { ...slice, open: { ...slice.open, at: change(slice.open) } }))
}

function listRows(state: State): number {
  return tableRows(bodySize(state).height - 1)
}

function enter(shell: Shell): void {
  const { session } = shell.store.state().slices.exchanges
  if (session !== shell.store.session() || session === null) begin(shell)
}

function begin(shell: Shell): void {
  const session = shell.store.session()
  if (session?.capture !== undefined) void readAll(shell, session, session.capture)
}

function chosen(shell: Shell): Exchange | undefined {
  const { rows, table } = shell.store.state().slices.exchanges
  return rows[table.cursor]
}

function openExchange(shell: Shell): void {
  const exchange = chosen(shell)
  const capture = shell.store.session()?.capture
  if (exchange === undefined || capture === undefined) return
  const page = exchangePage(readBodies(capture, exchange))
  changeSlice(shell, 'exchanges', (slice) => ({ ...slice, open: { exchange, page, at: PAGE_START } }))
}

function toPacket(shell: Shell, exchange: Exchange | undefined): void {
  const packet = exchange?.request?.packets[0] ?? exchange?.response?.packets[0]
  if (packet === undefined) {
    tell(shell.store, say`There is no exchange here.`)
    return
  }
  shell.store.dispatch({ type: 'show', view: 'packets', over: false })
  goTo(shell.store, packet)
}

function exchangesPicture(state: State, width: number, height: number): Picture {
  const { open, rows, table, done } = state.slices.exchanges
  if (open !== null) return { lines: pageLines(open.page, open.at, width, height) }
  const failed = rows.filter(({ response }) => response === null || response.status >= 400).length
  const parts = [say`${grouped(rows.length)} exchanges`, ...(failed > 0 ? [say`${grouped(failed)} failed or unanswered`] : [])]
  const head = summaryLine(parts, done, width)
  if (rows.length === 0) return { lines: [head, [], ...emptyLines(state, done, width)] }
  return { lines: [head, ...tableLines(columnsFor(width, rows.length), rows.length, (i) => numbered(rows, i), table, width, height - 1)] }
}

interface Row {
  readonly number: number
  readonly exchange: Exchange
}

function numbered(rows: readonly Exchange[], i: number): Row | undefined {
  const exchange = rows[i]
  return exchange === undefined ? undefined : { number: i + 1, exchange }
}

function columnsFor(width: number, count: number): Column<Row>[] {
  const wide = width >= 110
  const digits = Math.max(2, String(count).length)
  return [
    { title: '#', width: digits, align: 'end', text: ({ number }) => String(number), role: () => 'dim' },
    { title: 'Method', width: 7, text: ({ exchange }) => exchange.request?.method ?? '?', role: () => 'strong' },
    ...(wide ? [{ title: 'Host', width: width >= 160 ? 32 : 22, text: ({ exchange }: Row) => hostOf(exchange) }] : []),
    { title: 'Path', width: 'rest', text: ({ exchange }) => exchange.request?.target ?? '(request missing)' },
    { title: 'Status', width: 6, align: 'end', text: ({ exchange }) => statusOf(exchange), role: ({ exchange }) => statusRole(exchange) },
    ...(width >= 72
      ? [{ title: 'Type', width: wide ? 24 : 12, text: ({ exchange }: Row) => mediaType(exchange.response), role: (): Role => 'dim' }]
      : []),
    { title: 'Size', width: 7, align: 'end', text: ({ exchange }) => sizeText(exchange.response?.bodyBytes ?? -1) },
    { title: 'Time', width: 8, align: 'end', text: ({ exchange }) => duration(exchange.total) },
    ...(wide
      ? [
          {
            title: 'Packet',
            width: 8,
            align: 'end' as const,
            text: ({ exchange }: Row) => String(exchange.request?.packets[0] ?? exchange.response?.packets[0] ?? ''),
            role: (): Role => 'dim',
          },
        ]
      : []),
    ...(wide
      ? [{ title: 'TLS', width: 3, text: ({ exchange }: Row) => (exchange.encrypted ? 'yes' : ''), role: (): Role => 'sealed' }]
      : []),
  ]
}

const hostOf = ({ request, server }: Exchange): string =>
  request?.host !== undefined && request.host !== '' ? request.host : `${server.address}:${server.port}`

function statusOf({ response }: Exchange): string {
  return response === null ? 'none' : String(response.status)
}

function statusRole({ response }: Exchange): Role {
  if (response === null) return 'warn'
  return response.status >= 400 ? 'bad' : response.status >= 300 ? 'note' : 'good'
}

function emptyLines(state: State, done: number, width: number): Line[] {
  const words =
    done < 1
      ? [say`Looking for HTTP requests and their responses …`]
      : [
          say`There are no HTTP exchanges in these ${grouped(state.status.packets)} packets.`,
          say`HTTP inside TLS shows up here once keys open it: start wiretail with --keylog FILE.`,
          say`To make some: wiretail serve plain, and in another terminal wiretail get http://127.0.0.1:5683/`,
        ]
  return words.flatMap((text, i) =>
    wrap(text, Math.max(20, width - 6), 3).map((part): Line => [blank(3), span(safeText(part), i === 0 ? 'strong' : 'dim')]),
  )
}
