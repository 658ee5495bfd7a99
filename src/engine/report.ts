// What a report on a capture says: everything counted, in one value. Lists are bounded; what was left out is told.

import { noteFields, SEVERITY_CHAT, SEVERITY_ERROR, SEVERITY_NOTE, SEVERITY_WARN } from '../core/note.ts'
import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { type Conversation, readConversations } from './conversations.ts'
import { type Exchange, readExchanges } from './exchanges.ts'
import { type HierarchyNode, readHierarchy } from './hierarchy.ts'
import { runQuery } from './query.ts'
import { type StreamFacts, streamFacts } from './stream-facts.ts'
import { readTlsSessions, type TlsReport } from './tls-sessions.ts'

/** A list that was cut to a length. */
export interface Bounded<T> {
  readonly list: readonly T[]
  /** How many there are in all. */
  readonly count: number
}

/** A remark that stands on one or more packets. */
export interface Remark {
  readonly severity: 'error' | 'warning' | 'note' | 'chat'
  readonly text: string
  packets: number
  /** The first packet that has it. */
  readonly first: number
}

export interface CaptureReport {
  readonly packets: number
  readonly selected: number
  readonly bytes: number
  /** Seconds since 1970 of the first packet, NaN without a time; and to the last one. */
  readonly start: number
  readonly duration: number
  readonly format: string
  /** Packets that the capture cut. */
  readonly truncated: number
  readonly hierarchy: readonly HierarchyNode[]
  readonly conversations: Bounded<Conversation & { readonly facts: StreamFacts; readonly kind: 'tcp' | 'udp' }>
  readonly exchanges: Bounded<Exchange>
  readonly sessions: Bounded<TlsReport>
  readonly remarks: Bounded<Remark>
}

export interface ReportLimits {
  readonly conversations: number
  readonly exchanges: number
  readonly sessions: number
  readonly remarks: number
}

/** Different remarks told apart while counting. */
const MAX_REMARKS = 10_000

/** Reads the capture, several times over, and tells of it. */
export async function readReport(capture: Capture, filter: CompiledFilter | null, limits: ReportLimits): Promise<CaptureReport> {
  const { index, reader } = capture
  let selected = 0
  let bytes = 0
  const hierarchy = await readHierarchy(capture, filter)
  await runQuery(capture, {
    filter,
    fields: [],
    onPacket(packet) {
      selected++
      bytes += index.length(packet)
      return false
    },
  })
  const tables = await readConversations(capture, filter, ['tcp', 'udp'])
  const facts = streamFacts(capture, tables)
  const streams = [
    ...tables.tcp.map((one) => ({ ...one, kind: 'tcp' as const })),
    ...tables.udp.map((one) => ({ ...one, kind: 'udp' as const })),
  ].sort((a, b) => b.bytes[0] + b.bytes[1] - a.bytes[0] - a.bytes[1])
  const exchanges: Exchange[] = []
  let exchangeCount = 0
  await readExchanges(capture, {
    filter,
    onExchange(exchange) {
      if (exchangeCount++ < limits.exchanges) exchanges.push(exchange)
    },
  })
  const sessions = await readTlsSessions(capture, filter)
  const remarks = await readRemarks(capture, filter)
  const timed = index.count > 0 && index.nanos(1) >= 0
  const last = index.count
  return {
    packets: index.count,
    selected,
    bytes,
    start: timed ? index.seconds(1) + index.nanos(1) / 1e9 : Number.NaN,
    duration: timed && index.nanos(last) >= 0 ? index.seconds(last) - index.seconds(1) + (index.nanos(last) - index.nanos(1)) / 1e9 : 0,
    format: reader.format,
    truncated: capture.truncated,
    hierarchy,
    conversations: { list: streams.slice(0, limits.conversations).map((one) => ({ ...one, facts: facts(one) })), count: streams.length },
    exchanges: { list: exchanges, count: exchangeCount },
    sessions: { list: sessions.slice(0, limits.sessions), count: sessions.length },
    remarks: { list: remarks.slice(0, limits.remarks), count: remarks.length },
  }
}

const ORDER: readonly Remark['severity'][] = ['error', 'warning', 'note', 'chat']

function severityOf(value: number): Remark['severity'] {
  return value >= SEVERITY_ERROR ? 'error' : value >= SEVERITY_WARN ? 'warning' : value >= SEVERITY_NOTE ? 'note' : 'chat'
}

/** Remarks and how many packets have each: the worst first, of equals the most frequent. */
async function readRemarks(capture: Capture, filter: CompiledFilter | null): Promise<Remark[]> {
  const known = new Map<string, Remark>()
  const { expert, severity, message, malformed } = noteFields
  await runQuery(capture, {
    filter,
    fields: [expert, severity, message, malformed],
    onPacket(packet, dissect) {
      const { rows } = dissect()
      const here = new Set<string>()
      let weight = 0
      for (let row = 0; row < rows.count; row++) {
        const field = rows.field[row]
        if (field === severity.id) weight = rows.value[row]!
        const broken = field === malformed.id
        if (!broken && field !== message.id) continue
        // Chat tells of what is ordinary: requests, connections that open and close.
        if (!broken && weight <= SEVERITY_CHAT) continue
        const kind = broken ? 'error' : severityOf(weight)
        const text = `${broken ? 'Malformed packet: ' : ''}${rows.texts.get(row) ?? ''}`
        const key = `${kind} ${text}`
        if (here.has(key)) continue
        here.add(key)
        const remark = known.get(key)
        if (remark !== undefined) remark.packets++
        else if (known.size < MAX_REMARKS) known.set(key, { severity: kind, text, packets: 1, first: packet })
      }
      return false
    },
  })
  return [...known.values()].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.packets - a.packets)
}
