// Who talked with whom, how much and for how long, at each layer that has addresses.
//
// The index knows the TCP and UDP streams of every packet; Ethernet and IP addresses are read from the packets.

import type { Dissection } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import { KIND_TCP, KIND_UDP } from '../core/memory.ts'
import { valueText } from '../core/value.ts'
import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { type FlowKind, type Node, nodeOf } from './flows.ts'
import { runQuery } from './query.ts'

export const CONVERSATION_KINDS = ['eth', 'ip', 'ipv6', 'tcp', 'udp'] as const
export type ConversationKind = (typeof CONVERSATION_KINDS)[number]

/** A conversation, counted. Index 0 of each pair is the first sender's. */
export interface Conversation {
  /** Number of the stream (tcp.stream, udp.stream); -1 where addresses alone tell conversations apart. */
  readonly stream: number
  /** The conversation's number in the memory of streams, -1 likewise. */
  readonly flow: number
  readonly nodes: readonly [Node, Node]
  readonly packets: [number, number]
  /** Bytes on the wire of these packets, all layers counted. */
  readonly bytes: [number, number]
  /** Seconds from the first packet of the capture to the first and the last of this conversation. */
  start: number
  end: number
}

export type ConversationTables = Readonly<Record<ConversationKind, readonly Conversation[]>>

/** Their errors quote packets, whose addresses do not count. */
const QUOTING = ['icmp', 'icmpv6']
const TRANSPORTS = ['tcp', 'udp', 'sctp']

/** Seconds from the first packet of a capture to another one. */
export function secondsSinceStart({ index }: Capture, packet: number): number {
  if (packet < 1 || index.nanos(packet) < 0 || index.nanos(1) < 0) return 0
  return index.seconds(packet) - index.seconds(1) + (index.nanos(packet) - index.nanos(1)) / 1e9
}

/** Reads the capture to its end. Tables of kinds that were not asked for stay empty. Conversations stand in order of their first packet. */
export async function readConversations(
  capture: Capture,
  filter: CompiledFilter | null,
  kinds: readonly ConversationKind[],
  signal?: AbortSignal,
): Promise<ConversationTables> {
  const tables: Record<ConversationKind, Conversation[]> = { eth: [], ip: [], ipv6: [], tcp: [], udp: [] }
  const streams = streamCounter(capture, kinds, tables)
  const addresses = addressCounter(capture, kinds, tables)
  await runQuery(
    capture,
    {
      filter,
      fields: addresses?.fields ?? [],
      onPacket(packet, dissect) {
        streams?.(packet)
        addresses?.count(packet, dissect)
        return false
      },
    },
    signal,
  )
  return tables
}

function add(capture: Capture, conversation: Conversation, packet: number, side: 0 | 1): void {
  const time = secondsSinceStart(capture, packet)
  if (conversation.packets[0] + conversation.packets[1] === 0) conversation.start = time
  conversation.packets[side]++
  conversation.bytes[side] += capture.index.length(packet)
  conversation.end = time
}

const fresh = (nodes: readonly [Node, Node], stream: number, flow: number): Conversation => ({
  ...{ stream, flow, nodes, packets: [0, 0], bytes: [0, 0], start: 0, end: 0 },
})

/** Counts TCP and UDP from the index; null when neither is asked for. */
function streamCounter(
  capture: Capture,
  kinds: readonly ConversationKind[],
  tables: Record<ConversationKind, Conversation[]>,
): ((packet: number) => void) | null {
  const wanted: (FlowKind | undefined)[] = []
  if (kinds.includes('tcp')) wanted[KIND_TCP] = 'tcp'
  if (kinds.includes('udp')) wanted[KIND_UDP] = 'udp'
  if (wanted.length === 0) return null
  const { chains, index, memory, registry } = capture
  const idsOf = (names: readonly string[]): Set<number> => new Set(names.flatMap((name) => registry.protocol(name)?.id ?? []))
  const transports = idsOf(TRANSPORTS)
  const quoting = idsOf(QUOTING)
  /** By chain: how many transport layers come before anything that is quoted. */
  const depths: number[] = []
  const depthOf = (chain: number): number => {
    let depth = 0
    for (const id of chains.protocols(chain)) {
      if (quoting.has(id)) break
      if (transports.has(id)) depth++
    }
    return depth
  }
  const known: (Conversation | undefined)[] = []
  return (packet) => {
    const chain = index.chain(packet)
    depths[chain] ??= depthOf(chain)
    for (let occurrence = 0; occurrence < depths[chain]; occurrence++) {
      const flow = memory.flowOf(packet, occurrence)
      if (flow < 0) return
      const kind = wanted[memory.conversations.kindOf(flow >> 1)]
      if (kind === undefined) continue
      let conversation = known[flow >> 1]
      if (conversation === undefined) {
        const nodes = [nodeOf(capture, flow >> 1, 0), nodeOf(capture, flow >> 1, 1)] as const
        conversation = fresh(nodes, memory.streamOf(flow), flow >> 1)
        known[flow >> 1] = conversation
        tables[kind].push(conversation)
      }
      add(capture, conversation, packet, (flow & 1) as 0 | 1)
    }
  }
}

/** Fields that hold the addresses of a layer. */
const ADDRESS_FIELDS: Readonly<Record<'eth' | 'ip' | 'ipv6', readonly [string, string]>> = {
  eth: ['eth.src', 'eth.dst'],
  ip: ['ip.src', 'ip.dst'],
  ipv6: ['ipv6.src', 'ipv6.dst'],
}

/** Counts by addresses; null when no such kind is asked for. */
function addressCounter(capture: Capture, kinds: readonly ConversationKind[], tables: Record<ConversationKind, Conversation[]>) {
  const { registry } = capture
  const asked = (['eth', 'ip', 'ipv6'] as const).filter((kind) => kinds.includes(kind))
  if (asked.length === 0) return null
  const readers = asked.map((kind) => {
    const [source, destination] = ADDRESS_FIELDS[kind].map((name) => registry.find(name)?.[0])
    if (source === undefined || destination === undefined) throw new Error(`${kind} has no addresses`)
    return { kind, source, destination, known: new Map<Key, Map<Key, Conversation>>() }
  })
  return {
    fields: readers.flatMap(({ source, destination }) => [source, destination]),
    count(packet: number, dissect: () => Dissection): void {
      const d = dissect()
      const { rows, layerDepth } = d
      for (const { kind, source, destination, known } of readers) {
        let from = -1
        let to = -1
        for (let row = 0; row < rows.count; row++) {
          const field = rows.field[row]
          if (field === source.id) from = row
          else if (field === destination.id) to = row
          if (from < 0 || to < 0) continue
          if (layerDepth[rows.layer[row]!] === 0) {
            const [a, b] = [keyOf(d, from), keyOf(d, to)]
            const there = known.get(a)?.get(b)
            const back = there ?? known.get(b)?.get(a)
            const conversation = back ?? open(kind, known, a, b, nodeAt(source, d, from), nodeAt(destination, d, to))
            add(capture, conversation, packet, back === undefined || there !== undefined ? 0 : 1)
          }
          from = -1
          to = -1
        }
      }
    },
  }
  function open(kind: ConversationKind, known: Map<Key, Map<Key, Conversation>>, a: Key, b: Key, from: Node, to: Node): Conversation {
    const conversation = fresh([from, to], -1, -1)
    let others = known.get(a)
    if (others === undefined) {
      others = new Map()
      known.set(a, others)
    }
    others.set(b, conversation)
    tables[kind].push(conversation)
    return conversation
  }
}

const nodeAt = (field: Field, { rows, sources }: Dissection, row: number): Node => ({
  address: valueText(field, rows, row, sources),
  port: -1,
})

/** An address as something that a Map tells apart: a number up to six bytes, letters beyond. */
type Key = number | string

function keyOf({ rows, sources }: Dissection, row: number): Key {
  const bytes = sources[rows.source[row]!]!
  const start = rows.start[row]!
  const end = start + rows.length[row]!
  if (end - start > 6) return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
  let key = 0
  for (let at = start; at < end; at++) key = key * 256 + bytes[at]!
  return key
}
