// View 3: who talks with whom, by kind of address; Enter follows a stream.

import { safeText } from '../../../bytes/text.ts'
import type { Capture } from '../../../engine/capture.ts'
import { nodeText, spokenOn } from '../../../engine/flows.ts'
import {
  CONVERSATION_KINDS,
  type Conversation,
  type ConversationKind,
  type ConversationTables,
  readConversations,
} from '../../../engine/statistics.ts'
import type { Session } from '../../../engine/types.ts'
import { type Role, say } from '../../line.ts'
import { counted, grouped } from '../../measure.ts'
import { protocolRole } from '../../panes/list.ts'
import { type Shell, tell } from '../../shell.ts'
import { duration, sizeText } from '../exchanges/page.ts'
import { followStream } from '../follow/open.ts'
import { climb } from '../ladder/index.ts'
import { chosenRow, type ListSpec, listView } from '../list-view.ts'
import { changeSlice } from '../part.ts'
import { type Column, TABLE_START } from '../table.ts'
import { beginWork, endWork } from '../work.ts'
import { SORTS, type Sort, type StreamRow, type StreamsState } from './state.ts'

const TITLES: Readonly<Record<ConversationKind, string>> = { tcp: 'TCP', udp: 'UDP', ip: 'IPv4', ipv6: 'IPv6', eth: 'Ethernet' }
/** In the order of Tab. */
const KINDS: readonly ConversationKind[] = ['tcp', 'udp', 'ip', 'ipv6', 'eth']

const spec: ListSpec<StreamRow> = {
  list: 'streams',
  page: 'streams',
  slice: (state) => state.slices.streams,
  change: (shell, change) => changeSlice(shell, 'streams', (slice) => ({ ...slice, ...change(slice) })),
  begin: (shell, session, capture) => void readTables(shell, session, capture),
  columns: columnsFor,
  summary(rows, { slices: { streams } }) {
    const counts = KINDS.map((kind) => {
      const count = grouped(streams.tables?.[kind].length ?? 0)
      const title = safeText(TITLES[kind])
      return kind === streams.kind ? say`[${title} ${count}]` : say`${title} ${count}`
    })
    return [counted(rows.length, say`conversation`), ...counts, say`by ${safeText(streams.sort)}`]
  },
  empty: ({ slices: { streams }, status }) => [
    say`There is no ${safeText(TITLES[streams.kind])} in these ${grouped(status.packets)} packets.`,
    say`Tab shows the next kind of conversation.`,
  ],
  open: () => [],
  packet: ({ conversation }, capture) => packetOf(capture, conversation),
  more: {
    open: follow,
    follow,
    ladder,
    'next-pane': (shell) => nextKind(shell, 1),
    'previous-pane': (shell) => nextKind(shell, -1),
    sort: nextSort,
    filter: filterBy,
  },
}

export const streams = listView(spec)

async function readTables(shell: Shell, session: Session, capture: Capture): Promise<void> {
  const signal = beginWork(shell, 'streams')
  changeSlice(shell, 'streams', (slice) => ({ ...slice, session, tables: null, rows: [], done: 0, table: TABLE_START, open: null }))
  try {
    const tables = await readConversations(capture, null, CONVERSATION_KINDS, signal)
    if (!signal.aborted)
      changeSlice(shell, 'streams', (slice) => withRows({ ...slice, tables, done: 1, kind: firstKind(tables, slice.kind) }, capture))
  } catch (error) {
    tell(shell.store, safeText(error instanceof Error ? error.message : String(error)), 'bad')
  }
  endWork(shell, 'streams', signal)
  shell.store.refresh()
}

function firstKind(tables: ConversationTables, wanted: ConversationKind): ConversationKind {
  return tables[wanted].length > 0 ? wanted : (KINDS.find((kind) => tables[kind].length > 0) ?? wanted)
}

/** The rows of the chosen kind, in the chosen order. */
function withRows(slice: StreamsState, capture: Capture): StreamsState {
  const all = slice.tables?.[slice.kind] ?? []
  const value: Readonly<Record<Sort, (one: Conversation) => number>> = {
    start: ({ start }) => start,
    packets: ({ packets }) => -packets[0] - packets[1],
    bytes: ({ bytes }) => -bytes[0] - bytes[1],
    duration: ({ start, end }) => start - end,
  }
  const by = value[slice.sort]
  const sorted = slice.sort === 'start' ? all : all.toSorted((one, other) => by(one) - by(other))
  const { kind } = slice
  const rows = sorted.map((conversation) => ({
    kind,
    conversation,
    protocol: conversation.flow < 0 ? '' : spokenOn(capture, conversation.flow),
  }))
  return { ...slice, rows, table: TABLE_START }
}

function rearrange(shell: Shell, change: Partial<StreamsState>): void {
  const capture = shell.store.session()?.capture
  if (capture !== undefined) changeSlice(shell, 'streams', (slice) => withRows({ ...slice, ...change }, capture))
}

function nextKind(shell: Shell, step: 1 | -1): void {
  const { kind } = shell.store.state().slices.streams
  const next = KINDS[(KINDS.indexOf(kind) + step + KINDS.length) % KINDS.length]
  if (next !== undefined) rearrange(shell, { kind: next })
}

function nextSort(shell: Shell): void {
  const { sort } = shell.store.state().slices.streams
  const next = SORTS[(SORTS.indexOf(sort) + 1) % SORTS.length]
  if (next !== undefined) rearrange(shell, { sort: next })
}

function follow(shell: Shell): void {
  const row = chosenRow(spec, shell)
  if (row === undefined) return
  if (row.kind === 'tcp' || row.kind === 'udp') followStream(shell, row.kind, row.conversation.stream)
  else tell(shell.store, say`Streams of TCP and UDP can be followed. Tab goes to them.`)
}

function ladder(shell: Shell): void {
  const row = chosenRow(spec, shell)
  if (row === undefined) return
  if (row.kind === 'tcp' || row.kind === 'udp') climb(shell, row.kind, row.conversation.stream)
  else tell(shell.store, say`Streams of TCP and UDP have a ladder. Tab goes to them.`)
}

/** The packets of this conversation alone. */
function filterBy(shell: Shell): void {
  const row = chosenRow(spec, shell)
  if (row === undefined) return
  const { kind, conversation } = row
  const [a, b] = conversation.nodes
  const field = kind === 'eth' ? 'eth.addr' : kind === 'ip' ? 'ip.addr' : 'ipv6.addr'
  const filter =
    conversation.stream >= 0 ? `${kind}.stream == ${conversation.stream}` : `${field} == ${a.address} and ${field} == ${b.address}`
  shell.store.dispatch({ type: 'show', view: 'packets', over: false })
  shell.store.applyFilter(filter)
}

function packetOf({ index, memory }: Capture, { flow }: Conversation): number | undefined {
  if (flow < 0) return undefined
  for (let packet = 1; packet <= index.count; packet++) if (memory.flowOf(packet, 0) >> 1 === flow) return packet
  return undefined
}

function columnsFor(width: number): Column<StreamRow>[] {
  const wide = width >= 120
  const end = width >= 150 ? 28 : width >= 100 ? 21 : 19
  const dim = (): Role => 'dim'
  const total = ([a, b]: readonly [number, number]): number => a + b
  const columns: (Column<StreamRow> | null)[] = [
    { title: '#', width: 6, align: 'end', text: ({ conversation: { stream } }) => (stream < 0 ? '' : String(stream)), role: dim },
    { title: 'A', width: end, text: ({ conversation: { nodes } }) => placeText(nodes[0]) },
    { title: 'B', width: end, text: ({ conversation: { nodes } }) => placeText(nodes[1]) },
    { title: 'Protocol', width: 8, text: ({ protocol }) => protocol, role: ({ protocol }) => protocolRole(protocol.toUpperCase()) },
    { title: 'Packets', width: 7, align: 'end', text: ({ conversation }) => String(total(conversation.packets)) },
    { title: 'Bytes', width: 7, align: 'end', text: ({ conversation }) => sizeText(total(conversation.bytes)) },
    wide ? { title: 'A → B', width: 8, align: 'end', text: ({ conversation }) => sizeText(conversation.bytes[0]), role: dim } : null,
    wide ? { title: 'B → A', width: 8, align: 'end', text: ({ conversation }) => sizeText(conversation.bytes[1]), role: dim } : null,
    width >= 150 ? { title: 'Start', width: 11, align: 'end', text: ({ conversation }) => conversation.start.toFixed(6), role: dim } : null,
    width >= 90
      ? { title: 'Duration', width: 8, align: 'end', text: ({ conversation: { start, end: last } }) => duration(last - start) }
      : null,
  ]
  return columns.filter((column) => column !== null)
}

const placeText = (node: Conversation['nodes'][0]): string => (node.port < 0 ? node.address : nodeText(node))
