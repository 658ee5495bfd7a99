// View 4: what the capture is made of. Protocols inside protocols, endpoints, traffic over time.

import { type SafeText, safeText } from '../../../bytes/text.ts'
import { nodeText } from '../../../engine/flows.ts'
import { blank, fitLine, type Line, type Picture, type Role, say, span } from '../../line.ts'
import { grouped } from '../../measure.ts'
import { protocolRole } from '../../panes/list.ts'
import type { Shell } from '../../shell.ts'
import type { State } from '../../state.ts'
import { duration, sizeText } from '../exchanges/page.ts'
import { changeSlice, type ViewPart } from '../part.ts'
import { bodySize } from '../size.ts'
import { type Column, moveCommands, moveTable, scrollTable, selectInTable, TABLE_START, tableLines, tableRows } from '../table.ts'
import { graphColumns, graphLines, resample } from './graph.ts'
import { readStatistics } from './read.ts'
import { type EndpointRow, type ProtocolRow, type StatisticsState, TABS, type Tab } from './state.ts'

const TITLES: Readonly<Record<Tab, SafeText>> = { hierarchy: say`Protocols`, endpoints: say`Endpoints`, traffic: say`Traffic` }

export const statistics: ViewPart = {
  context: () => 'statistics',
  picture,
  enter(shell) {
    const { session } = shell.store.state().slices.statistics
    if (session === null || session !== shell.store.session()) begin(shell)
  },
  commands: {
    statistics: {
      ...moveCommands((shell, to) => {
        const state = shell.store.state()
        changeSlice(shell, 'statistics', (slice) => ({ ...slice, table: moveTable(slice.table, to, countOf(slice), rowsOf(state)) }))
      }),
      'next-pane': (shell) => turn(shell, 1),
      'previous-pane': (shell) => turn(shell, -1),
      form: (shell) => changeSlice(shell, 'statistics', (slice) => ({ ...slice, unit: slice.unit === 'bytes' ? 'packets' : 'bytes' })),
      again: begin,
      filter: filterBy,
    },
  },
  scroll(shell, by) {
    const state = shell.store.state()
    changeSlice(shell, 'statistics', (slice) => ({ ...slice, table: scrollTable(slice.table, by, countOf(slice), rowsOf(state)) }))
  },
  click(shell, x, y) {
    const state = shell.store.state()
    if (y === 0) {
      const tab = tabUnder(x)
      if (tab !== null) changeSlice(shell, 'statistics', (slice) => ({ ...slice, tab, table: TABLE_START }))
    } else if (y >= 2) {
      changeSlice(shell, 'statistics', (slice) => ({
        ...slice,
        table: selectInTable(slice.table, slice.table.top + y - 2, countOf(slice), rowsOf(state)),
      }))
    }
  },
}

function begin(shell: Shell): void {
  const session = shell.store.session()
  if (session?.capture !== undefined) void readStatistics(shell, session, session.capture)
}

function rowsOf(state: State): number {
  return tableRows(bodySize(state).height - 1)
}

function countOf({ tab, protocols, endpoints }: StatisticsState): number {
  return tab === 'hierarchy' ? protocols.length : tab === 'endpoints' ? endpoints.length : 0
}

function turn(shell: Shell, step: 1 | -1): void {
  changeSlice(shell, 'statistics', (slice) => {
    const tab = TABS[(TABS.indexOf(slice.tab) + step + TABS.length) % TABS.length] ?? slice.tab
    return { ...slice, tab, table: TABLE_START }
  })
}

/** The packets of the chosen protocol or endpoint alone. */
function filterBy(shell: Shell): void {
  const { tab, table, protocols, endpoints } = shell.store.state().slices.statistics
  const protocol = tab === 'hierarchy' ? protocols[table.cursor] : undefined
  const row = tab === 'endpoints' ? endpoints[table.cursor] : undefined
  const filter = protocol !== undefined ? protocol.protocol : row !== undefined ? endpointFilter(row) : ''
  if (filter === '' || shell.store.session()?.checkFilter(filter).ok !== true) return
  shell.store.dispatch({ type: 'show', view: 'packets', over: false })
  shell.store.applyFilter(filter)
}

function endpointFilter({ kind, endpoint: { address, port } }: EndpointRow): string {
  const field = kind === 'eth' ? 'eth.addr' : address.includes(':') ? 'ipv6.addr' : 'ip.addr'
  return port < 0 ? `${field} == ${address}` : `${field} == ${address} and ${kind}.port == ${port}`
}

function tabSpans(slice: StatisticsState): Line {
  return TABS.flatMap((tab) => (tab === slice.tab ? [span(say`[${TITLES[tab]}]`, 'strong')] : [span(say` ${TITLES[tab]} `, 'dim')]))
}

function tabUnder(x: number): Tab | null {
  let at = 1
  for (const tab of TABS) {
    at += TITLES[tab].length + 2
    if (x < at) return tab
  }
  return null
}

function picture(state: State, width: number, height: number): Picture {
  const slice = state.slices.statistics
  const { status } = state
  const reading = slice.done ? [] : [span(say`   counting …`, 'accent')]
  const head = fitLine([blank(1), ...tabSpans(slice), span(say`   ${grouped(status.packets)} packets`, 'dim'), ...reading], width)
  if (slice.tab === 'traffic') return { lines: [head, ...trafficLines(slice, width, height - 1)] }
  const count = countOf(slice)
  if (count === 0)
    return { lines: [head, [], [span(slice.done ? say`   There is nothing to count: no packets are open.` : say`   Counting …`, 'dim')]] }
  const body =
    slice.tab === 'hierarchy'
      ? tableLines(protocolColumns(slice, width), count, (i) => slice.protocols[i], slice.table, width, height - 1)
      : tableLines(endpointColumns(width), count, (i) => slice.endpoints[i], slice.table, width, height - 1)
  return { lines: [head, ...body] }
}

function protocolColumns({ protocols }: StatisticsState, width: number): Column<ProtocolRow>[] {
  const packets = Math.max(1, ...protocols.filter(({ depth }) => depth === 0).map((row) => row.packets))
  const bytes = Math.max(1, ...protocols.filter(({ depth }) => depth === 0).map((row) => row.bytes))
  const bar = width >= 110 ? 30 : width >= 76 ? 14 : 0
  const percent = (part: number, whole: number): string => `${((part / whole) * 100).toFixed(1)} %`
  const columns: (Column<ProtocolRow> | null)[] = [
    {
      title: 'Protocol',
      width: 'rest',
      text: ({ depth, protocol }) => `${'  '.repeat(depth)}${protocol}`,
      role: ({ protocol }) => protocolRole(protocol.toUpperCase()),
    },
    bar > 0
      ? { title: 'Share', width: bar, text: (row) => '█'.repeat(Math.round((row.packets / packets) * bar)), role: () => 'accent' }
      : null,
    { title: 'Packets', width: 9, align: 'end', text: (row) => String(row.packets) },
    { title: '', width: 7, align: 'end', text: (row) => percent(row.packets, packets), role: () => 'dim' },
    { title: 'Bytes', width: 9, align: 'end', text: (row) => sizeText(row.bytes) },
    width >= 60 ? { title: '', width: 7, align: 'end', text: (row) => percent(row.bytes, bytes), role: () => 'dim' } : null,
  ]
  return columns.filter((column) => column !== null)
}

function endpointColumns(width: number): Column<EndpointRow>[] {
  const dim = (): Role => 'dim'
  const columns: (Column<EndpointRow> | null)[] = [
    { title: 'Kind', width: 5, text: ({ kind }) => KIND_WORDS[kind], role: dim },
    { title: 'Endpoint', width: 'rest', text: ({ endpoint }) => (endpoint.port < 0 ? endpoint.address : nodeText(endpoint)) },
    { title: 'Packets', width: 9, align: 'end', text: ({ endpoint }) => String(endpoint.packetsSent + endpoint.packetsReceived) },
    { title: 'Bytes', width: 9, align: 'end', text: ({ endpoint }) => sizeText(endpoint.bytesSent + endpoint.bytesReceived) },
    width >= 76 ? { title: 'Sent', width: 9, align: 'end', text: ({ endpoint }) => sizeText(endpoint.bytesSent), role: dim } : null,
    width >= 76 ? { title: 'Received', width: 9, align: 'end', text: ({ endpoint }) => sizeText(endpoint.bytesReceived), role: dim } : null,
  ]
  return columns.filter((column) => column !== null)
}

const KIND_WORDS: Readonly<Record<EndpointRow['kind'], string>> = { ip: 'IPv4', ipv6: 'IPv6', tcp: 'TCP', udp: 'UDP', eth: 'Eth' }

function trafficLines({ traffic, unit }: StatisticsState, width: number, height: number): Line[] {
  if (traffic === null) return [[], [span(say`   Counting …`, 'dim')]]
  const columns = graphColumns(width)
  const values = resample(unit === 'bytes' ? traffic.bytes : traffic.packets, columns)
  const label = (value: number): string => (unit === 'bytes' ? sizeText(Math.round(value)) : String(Math.round(value)))
  const each = safeText(duration(traffic.seconds / columns))
  const words = say` ${safeText(unit)} in ${each} a column, peak ${safeText(label(Math.max(0, ...values)))}`
  const graph = graphLines(values, width, Math.max(1, height - 3), label)
  const end = say`${safeText(duration(traffic.seconds))}`
  const axis = [span(say`         └`, 'rule'), span(say` 0`, 'dim'), blank(Math.max(1, width - 13 - end.length)), span(end, 'dim')]
  return [fitLine([span(words, 'dim')], width), ...graph, fitLine(axis, width)]
}
