// View 2: HTTP requests with their responses, one a line; Enter opens one with headers and bodies.

import { type Exchange, mediaType } from '../../../engine/exchanges.ts'
import { type Role, say } from '../../line.ts'
import { counted, grouped } from '../../measure.ts'
import { listView } from '../list-view.ts'
import { changeSlice } from '../part.ts'
import type { Column } from '../table.ts'
import { duration, exchangePage, sizeText } from './page.ts'
import { readAll, readBodies } from './read.ts'
import type { ExchangeRow } from './state.ts'

export const exchanges = listView<ExchangeRow>({
  list: 'exchanges',
  page: 'exchange',
  slice: (state) => state.slices.exchanges,
  change: (shell, change) => changeSlice(shell, 'exchanges', change),
  begin: (shell, session, capture) => void readAll(shell, session, capture),
  columns: (width, state) => columnsFor(width, state.slices.exchanges.rows.length),
  summary(rows) {
    const failed = rows.filter(({ exchange: { response } }) => response === null || response.status >= 400).length
    return [counted(rows.length, say`exchange`), ...(failed > 0 ? [say`${grouped(failed)} failed or unanswered`] : [])]
  },
  empty: ({ status }) => [
    say`There are no HTTP exchanges in these ${grouped(status.packets)} packets.`,
    say`HTTP inside TLS shows up here once keys open it: start wiretail with --keylog FILE.`,
    say`To make some: wiretail serve plain, and in another terminal wiretail get http://127.0.0.1:5683/`,
  ],
  open: (capture, { exchange }) => exchangePage(readBodies(capture, exchange)),
  packet: ({ exchange }) => firstPacket(exchange),
})

const firstPacket = ({ request, response }: Exchange): number | undefined => request?.packets[0] ?? response?.packets[0]

function columnsFor(width: number, count: number): Column<ExchangeRow>[] {
  const wide = width >= 110
  const dim = (): Role => 'dim'
  const columns: (Column<ExchangeRow> | null)[] = [
    { title: '#', width: Math.max(2, String(count).length), align: 'end', text: ({ number }) => String(number), role: dim },
    { title: 'Method', width: 7, text: ({ exchange }) => exchange.request?.method ?? '?', role: () => 'strong' },
    wide ? { title: 'Host', width: width >= 160 ? 32 : 22, text: ({ exchange }) => hostOf(exchange) } : null,
    { title: 'Path', width: 'rest', text: ({ exchange }) => exchange.request?.target ?? '(request missing)' },
    { title: 'Status', width: 6, align: 'end', text: ({ exchange }) => statusOf(exchange), role: ({ exchange }) => statusRole(exchange) },
    width >= 72 ? { title: 'Type', width: wide ? 24 : 12, text: ({ exchange }) => mediaType(exchange.response), role: dim } : null,
    { title: 'Size', width: 7, align: 'end', text: ({ exchange }) => sizeText(exchange.response?.bodyBytes ?? -1) },
    { title: 'Time', width: 8, align: 'end', text: ({ exchange }) => duration(exchange.total) },
    wide ? { title: 'Packet', width: 8, align: 'end', text: ({ exchange }) => String(firstPacket(exchange) ?? ''), role: dim } : null,
    wide ? { title: 'TLS', width: 3, text: ({ exchange }) => (exchange.encrypted ? 'yes' : ''), role: () => 'sealed' } : null,
  ]
  return columns.filter((column) => column !== null)
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
