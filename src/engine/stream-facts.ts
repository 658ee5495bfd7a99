// What the streams of a read capture say of themselves: who opened them, what was spoken, how they ended, what is missing.

import { KIND_TCP } from '../core/memory.ts'
import { planOf } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import type { Conversation, ConversationTables } from './conversations.ts'
import { spokenOn } from './flows.ts'
import { Readahead } from './readahead.ts'

/** Bytes that were delivered and are not in the capture, noticed before `packet`. */
export interface Gap {
  readonly packet: number
  /** Whose bytes: 0 the first sender's. */
  readonly side: 0 | 1
  readonly bytes: number
}

export interface StreamFacts {
  /** The side that opened the stream, as far as that was seen; else the first sender. */
  client: 0 | 1
  /** What is spoken, by its bytes, else by what the packets hold; "unknown" where nobody can tell. */
  readonly protocol: string
  rst: boolean
  fin: boolean
  readonly gaps: Gap[]
}

// Bits of tcp.flags.
const FIN = 0x01
const SYN = 0x02
const RST = 0x04
const ACK = 0x10

/** Gaps listed for one stream. */
const MAX_GAPS = 1000

/** Reads the capture's TCP packets once more; then answers for each conversation. */
export function streamFacts(capture: Capture, tables: ConversationTables): (one: Conversation) => StreamFacts {
  const facts: (StreamFacts | undefined)[] = []
  const carried = carriedProtocols(capture)
  const of = (flow: number): StreamFacts => {
    facts[flow] ??= { client: 0, protocol: spokenOn(capture, flow) || carried[flow] || 'unknown', rst: false, fin: false, gaps: [] }
    return facts[flow]
  }
  if (tables.tcp.length > 0) readEnds(capture, of)
  return ({ flow }) => of(flow)
}

/** By conversation: the protocol that its packets hold behind the transport. */
function carriedProtocols(capture: Capture): string[] {
  const { chains, index, memory, registry } = capture
  const transports = ['tcp', 'udp', 'sctp'].map((name) => registry.protocol(name)?.id ?? -1)
  /** By chain: the layer behind the first transport, '' where there is none. */
  const names: string[] = []
  const nameOf = (chain: number): string => {
    const layers = chains.protocols(chain)
    const id = layers[layers.findIndex((layer) => transports.includes(layer)) + 1]
    return id === undefined || id === registry.data.id || layers.indexOf(id) === 0 ? '' : registry.protocols[id]!.name
  }
  const carried: string[] = []
  for (let packet = 1; packet <= index.count; packet++) {
    const flow = memory.flowOf(packet, 0)
    if (flow < 0) continue
    const chain = index.chain(packet)
    names[chain] ??= nameOf(chain)
    if (names[chain] !== '') carried[flow >> 1] ??= names[chain]
  }
  return carried
}

function readEnds(capture: Capture, of: (flow: number) => StreamFacts): void {
  const { index, memory, registry } = capture
  const flags = registry.find('tcp.flags')?.[0]
  if (flags === undefined) throw new Error('TCP has no flags')
  const plan = planOf([flags], registry)
  const readahead = new Readahead(capture)
  const d = capture.dissection()
  const opened = new Set<number>()
  for (let packet = 1; packet <= index.count; packet++) {
    const flow = memory.flowOf(packet, 0)
    // Tunnelled streams keep to what the index knows.
    if (flow < 0 || memory.conversations.kindOf(flow >> 1) !== KIND_TCP) continue
    const start = readahead.start(packet)
    capture.record(d, packet, readahead.bytes, start, plan)
    const { rows } = d
    const stream = of(flow >> 1)
    const side = (flow & 1) as 0 | 1
    let bits = 0
    for (let row = 0; row < rows.count && bits === 0; row++)
      if (rows.field[row] === flags.id && d.layerDepth[rows.layer[row]!] === 0) bits = rows.value[row]!
    if ((bits & FIN) !== 0) stream.fin = true
    if ((bits & RST) !== 0) stream.rst = true
    if ((bits & SYN) !== 0 && !opened.has(flow >> 1)) {
      opened.add(flow >> 1)
      stream.client = (bits & ACK) !== 0 ? ((1 - side) as 0 | 1) : side
    }
    const missing = memory.tcp.gapBefore(packet)
    if (missing > 0 && stream.gaps.length < MAX_GAPS) stream.gaps.push({ packet, side, bytes: missing })
  }
}
