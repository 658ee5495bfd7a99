// Filters that ask only for addresses, ports and layers have one answer for all packets of a flow with the same layers. It is worked out once
// for each such flow, from the table of conversations, without dissecting or reading a packet.

import type { Dissection } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import { GENERATED } from '../core/rows.ts'
import { type CompiledFilter, planOf } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { UNKNOWN } from './chains.ts'

/** Fields that the table of conversations knows: which side of the flow they speak of, and what. */
const KNOWN: Readonly<Record<string, { readonly side: 0 | 1; readonly what: 'address' | 'port' | 'number' }>> = {
  'ip.src': { side: 0, what: 'address' },
  'ip.dst': { side: 1, what: 'address' },
  'ipv6.src': { side: 0, what: 'address' },
  'ipv6.dst': { side: 1, what: 'address' },
  'tcp.srcport': { side: 0, what: 'port' },
  'tcp.dstport': { side: 1, what: 'port' },
  'udp.srcport': { side: 0, what: 'port' },
  'udp.dstport': { side: 1, what: 'port' },
  'tcp.stream': { side: 0, what: 'number' },
  'udp.stream': { side: 0, what: 'number' },
}
const NETWORK: ReadonlySet<string> = new Set(['ip', 'ipv6'])
const TRANSPORT: ReadonlySet<string> = new Set(['tcp', 'udp'])
/** Chains for which answers are kept; a capture with more is not one of flows. */
const MAX_CHAINS = 256

/** One packet of a chain, as far as the filter looks at it: its bytes and rows are filled in anew for each flow. */
interface Pattern {
  readonly bytes: Uint8Array
  readonly layers: readonly number[]
  readonly rows: readonly { readonly field: Field; readonly start: number; readonly length: number; readonly layer: number }[]
}

/** Null when packets of one flow may differ for the filter; the test says undefined for packets of which only dissecting tells. */
export function flowTest(capture: Capture, filter: CompiledFilter): ((packet: number) => boolean | undefined) | null {
  const { chains, index, memory, registry } = capture
  const { protocols, deep } = registry
  const { values, layers } = filter.reads
  // The scan finds layers, but for content that stands inside others.
  const scanned = [...layers].every(({ protocol }) => !deep.some(({ id }) => id === protocol))
  if (filter.matchesFrame !== null || !scanned || ![...values].every(({ name }) => name in KNOWN)) return null

  const d = capture.dissection()
  const plan = planOf([...values], registry)
  const patterns: (Pattern | null)[] = []
  /** By chain, then by flow: 1 no, 2 yes. */
  const answers: Uint8Array[] = []
  let kept = 0

  const patternOf = (chain: number, packet: number): Pattern | null => {
    const ids = chains.protocols(chain)
    const count = (names: ReadonlySet<string>): number => ids.filter((id) => names.has(protocols[id]!.name)).length
    if (chain === UNKNOWN || count(NETWORK) !== 1 || count(TRANSPORT) !== 1 || kept++ >= MAX_CHAINS) return null
    capture.record(d, packet, null, 0, plan)
    const { rows } = d
    const found = Array.from({ length: rows.count }, (_, row) => ({
      field: registry.fields[rows.field[row]!]!,
      start: rows.start[row]!,
      length: rows.length[row]!,
      layer: rows.layer[row]!,
      source: rows.source[row]!,
    })).filter(({ field }) => values.has(field))
    // Addresses of a datagram that was put together from fragments stand elsewhere.
    if (found.length !== values.size || found.some(({ source }) => source !== 0)) return null
    return { bytes: d.sources[0]!.slice(), layers: ids, rows: found }
  }

  return (packet) => {
    const flow = memory.flowOf(packet, 0)
    if (flow < 0) return undefined
    const chain = index.chain(packet)
    let known = answers[chain]
    if (known !== undefined && flow < known.length && known[flow] !== 0) return known[flow] === 2
    let pattern = patterns[chain]
    if (pattern === undefined) pattern = patterns[chain] = patternOf(chain, packet)
    if (pattern === null) return undefined
    if (known === undefined || flow >= known.length) {
      const wider = new Uint8Array(Math.max(1024, 2 ** Math.ceil(Math.log2(flow + 1))))
      if (known !== undefined) wider.set(known)
      known = answers[chain] = wider
    }
    fill(d, capture, pattern, flow)
    const matches = filter.matches(d)
    known[flow] = matches ? 2 : 1
    return matches
  }
}

/** Makes `d` what recording a packet of the chain and the flow would make it, as far as the pattern goes. */
function fill(d: Dissection, capture: Capture, pattern: Pattern, flow: number): void {
  const { conversations } = capture.memory
  const conversation = flow >> 1
  const { bytes, layers, rows } = pattern
  d.sources[0] = bytes
  d.layers = layers.length
  for (let i = 0; i < layers.length; i++) d.layerProtocol[i] = layers[i]!
  d.rows.clear()
  for (const { field, start, length, layer } of rows) {
    const { side, what } = KNOWN[field.name]!
    const mine = (flow & 1) ^ side
    let value = 0
    if (what === 'number') value = conversations.numberOf(conversation)
    else if (what === 'port') {
      value = conversations.port(conversation, mine)
      bytes[start] = value >> 8
      bytes[start + 1] = value & 0xff
    } else {
      for (let word = 0; word < length >> 2; word++) {
        const four = conversations.addressWord(conversation, mine, word)
        for (let i = 0; i < 4; i++) bytes[start + 4 * word + i] = four >>> (24 - 8 * i)
      }
      if (length === 4) value = conversations.addressWord(conversation, mine, 0) >>> 0
    }
    d.rows.add(field.id, 0, start, length, value, 1, layer, what === 'number' ? GENERATED : 0)
  }
}
