// What is known of each conversation after one pass over its packets: who, when, which TCP events, which messages. The verdicts on
// costs, leaks, protocols and failures are drawn from it.

import { ipv4Text, ipv6Text } from '../../bytes/address.ts'
import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { KIND_TCP, KIND_UDP } from '../../core/memory.ts'
import type { Capture } from '../capture.ts'
import { fieldIds } from './fields.ts'
import { type HttpFacts, readHttp } from './http-facts.ts'
import { emptyTls, readTls, type TlsFacts } from './tls-facts.ts'

export type Side = 'client' | 'server'

/** Conversations looked at closely; captures for comparing have few. */
const MAX_CONVERSATIONS = 20_000
/** Payload packets kept of one conversation. */
const MAX_STEPS = 4096

export interface Endpoint {
  readonly address: string
  readonly port: number
  /** "[::1]:5683", "127.0.0.1:5683" */
  readonly text: string
}

/** A packet of a conversation that carries something. */
export interface Step {
  readonly packet: number
  readonly side: Side
  /** Bytes of payload. */
  readonly length: number
}

export interface ConversationFacts {
  /** Number over all kinds: Flow >> 1. */
  readonly conversation: number
  readonly kind: 'tcp' | 'udp'
  /** tcp.stream or udp.stream. */
  readonly stream: number
  client: Endpoint
  server: Endpoint
  /** Which of the flows 0 and 1 of the conversation the client sends. */
  clientFlow: 0 | 1
  first: number
  last: number
  packets: { client: number; server: number }
  /** Payload bytes as sent, repeats included. */
  bytes: { client: number; server: number }
  /** Packet numbers; 0: not seen. */
  syn: number
  synCount: number
  synAck: number
  /** The client's first segment behind its SYN. */
  established: number
  fin: { client: number; server: number }
  reset: { readonly packet: number; readonly side: Side; readonly refusing: boolean } | null
  readonly steps: Step[]
  /** Segments that were seen before. */
  repeats: number
  /** An ICMP error about this conversation: its packet and words. */
  unreachable: { readonly packet: number; readonly text: string } | null
  /** Name of the protocol recognised in its bytes, '' without one. */
  protocol: string
  /** UDP: the layer that the registry's protocols make of its datagrams, '' for none; and the first payload. */
  inside: string
  sample: Uint8Array
  tls: TlsFacts | null
  readonly http: HttpFacts
}

export interface CaptureFacts {
  readonly conversations: readonly ConversationFacts[]
  /** True when there were more conversations than are looked at. */
  readonly bounded: boolean
}

const FIN = 1
const SYN = 2
const RST = 4
const ACK = 16

/** Takes packets in capture order; `facts` can be read at any time. */
export class FactCollector implements CaptureFacts {
  readonly conversations: ConversationFacts[] = []
  bounded = false
  private readonly byConversation = new Map<number, ConversationFacts>()
  private readonly highest = new Map<number, number>()
  private readonly capture: Capture
  private readonly ids: ReturnType<typeof fieldIds>

  constructor(capture: Capture) {
    this.capture = capture
    this.ids = fieldIds(capture.registry)
  }

  /** Fields that must be recorded for `add`. */
  get fields(): readonly Field[] {
    return this.ids.all
  }

  /** Bytes of TCP payload of the packet that `d` recorded. */
  payloadOf({ rows }: Dissection): number {
    for (let row = 0; row < rows.count; row++) if (this.ids.tcpLength.has(rows.field[row]!)) return rows.value[row]!
    return -1
  }

  /** Takes the packet that `d` recorded. */
  add(packet: number, d: Dissection): void {
    const { memory } = this.capture
    const flow = memory.flowOf(packet, 0)
    if (flow < 0) return
    const kind = memory.conversations.kindOf(flow >> 1)
    if (kind !== KIND_TCP && kind !== KIND_UDP) return
    const known = this.byConversation.get(flow >> 1) ?? this.open(flow, packet)
    if (known === undefined) return
    if (this.isQuoted(d)) {
      known.unreachable ??= { packet, text: this.errorText(d) }
      return
    }
    if (kind === KIND_TCP) this.segment(known, packet, flow, d)
    else this.datagram(known, packet, flow, d)
  }

  /** The conversation of a number, for who looks at streams. */
  of(conversation: number): ConversationFacts | undefined {
    return this.byConversation.get(conversation)
  }

  private isQuoted(d: Dissection): boolean {
    const { icmp, icmpv6 } = this.ids
    for (let layer = 0; layer < d.layers; layer++) if (d.layerProtocol[layer] === icmp || d.layerProtocol[layer] === icmpv6) return true
    return false
  }

  private errorText(d: Dissection): string {
    const { rows } = d
    const { icmpType, icmpCode } = this.ids
    const words: string[] = []
    for (let row = 0; row < rows.count; row++) {
      const field = rows.field[row]!
      if (!icmpType.has(field) && !icmpCode.has(field)) continue
      const name = d.registry.fields[field]!.names?.[rows.value[row]!]
      if (name !== undefined) words.push(name)
    }
    return words.join(': ')
  }

  private open(flow: number, packet: number): ConversationFacts | undefined {
    if (this.conversations.length >= MAX_CONVERSATIONS) {
      this.bounded = true
      return undefined
    }
    const { memory } = this.capture
    const conversation = flow >> 1
    const facts: ConversationFacts = {
      conversation,
      kind: memory.conversations.kindOf(conversation) === KIND_TCP ? 'tcp' : 'udp',
      stream: memory.conversations.numberOf(conversation),
      client: this.endpoint(conversation, 0),
      server: this.endpoint(conversation, 1),
      clientFlow: 0,
      first: packet,
      last: packet,
      packets: { client: 0, server: 0 },
      bytes: { client: 0, server: 0 },
      syn: 0,
      synCount: 0,
      synAck: 0,
      established: 0,
      fin: { client: 0, server: 0 },
      reset: null,
      steps: [],
      repeats: 0,
      unreachable: null,
      protocol: '',
      inside: '',
      sample: new Uint8Array(0),
      tls: null,
      http: { exchanges: [], bounded: false },
    }
    this.conversations.push(facts)
    this.byConversation.set(conversation, facts)
    return facts
  }

  private endpoint(conversation: number, side: 0 | 1): Endpoint {
    const { conversations } = this.capture.memory
    const size = conversations.addressSize(conversation)
    const bytes = new Uint8Array(16)
    for (let word = 0; word < 4; word++) {
      const value = conversations.addressWord(conversation, side, word)
      for (let i = 0; i < 4; i++) bytes[word * 4 + i] = (value >>> (24 - 8 * i)) & 0xff
    }
    const address = size === 4 ? ipv4Text(bytes, 0) : size === 16 ? ipv6Text(bytes, 0) : ''
    const port = conversations.port(conversation, side)
    return { address, port, text: size === 16 ? `[${address}]:${port}` : `${address}:${port}` }
  }

  /** The first sender is the client, unless it is found to be the server. */
  private turn(facts: ConversationFacts): void {
    if (facts.clientFlow === 1) return
    facts.clientFlow = 1
    const { client, server } = facts
    facts.client = server
    facts.server = client
    for (const counts of [facts.packets, facts.bytes, facts.fin]) [counts.client, counts.server] = [counts.server, counts.client]
    facts.steps.forEach((step, i) => {
      facts.steps[i] = { ...step, side: step.side === 'client' ? 'server' : 'client' }
    })
    if (facts.reset !== null) facts.reset = { ...facts.reset, side: facts.reset.side === 'client' ? 'server' : 'client' }
  }

  private sideOf(facts: ConversationFacts, flow: number): Side {
    return (flow & 1) === facts.clientFlow ? 'client' : 'server'
  }

  private segment(facts: ConversationFacts, packet: number, flow: number, d: Dissection): void {
    const { ids } = this
    const { rows } = d
    let flags = 0
    let length = 0
    let seq = -1
    for (let row = 0; row < rows.count; row++) {
      const field = rows.field[row]!
      if (ids.relevant[field] === 0) continue
      if (ids.tcpFlags.has(field)) flags = rows.value[row]!
      else if (ids.tcpLength.has(field)) length = rows.value[row]!
      else if (ids.tcpSeq.has(field)) seq = rows.value[row]!
    }
    // A recording that begins late: whoever answers a SYN, or speaks as a server does, is the server.
    if (facts.packets.client + facts.packets.server === 0 && (flags & SYN) !== 0 && (flags & ACK) !== 0 && (flow & 1) === facts.clientFlow)
      this.turn(facts)
    const side = this.sideOf(facts, flow)
    facts.last = packet
    facts.packets[side]++
    if ((flags & SYN) !== 0) {
      if ((flags & ACK) === 0) {
        if (facts.syn === 0) facts.syn = packet
        facts.synCount++
      } else if (facts.synAck === 0) facts.synAck = packet
    } else if (facts.synAck !== 0 && facts.established === 0 && side === 'client' && (flags & RST) === 0) facts.established = packet
    if ((flags & RST) !== 0 && facts.reset === null)
      facts.reset = { packet, side, refusing: facts.syn !== 0 && facts.synAck === 0 && side === 'server' }
    if ((flags & FIN) !== 0 && facts.fin[side] === 0) facts.fin[side] = packet
    if (length > 0) this.payload(facts, packet, flow, side, seq, length)
    this.messages(facts, packet, flow, d)
  }

  private payload(facts: ConversationFacts, packet: number, flow: number, side: Side, seq: number, length: number): void {
    facts.bytes[side] += length
    const highest = this.highest.get(flow) ?? -1
    if (seq + length <= highest) {
      facts.repeats++
      return
    }
    this.highest.set(flow, seq + length)
    if (facts.steps.length < MAX_STEPS) facts.steps.push({ packet, side, length })
  }

  private datagram(facts: ConversationFacts, packet: number, flow: number, d: Dissection): void {
    const { rows } = d
    let length = 0
    for (let row = 0; row < rows.count; row++) if (this.ids.udpLength.has(rows.field[row]!)) length = Math.max(0, rows.value[row]! - 8)
    const side = this.sideOf(facts, flow)
    facts.last = packet
    facts.packets[side]++
    facts.bytes[side] += length
    if (length > 0 && facts.steps.length < MAX_STEPS) facts.steps.push({ packet, side, length })
    if (length > 0 && facts.sample.length === 0) this.look(facts, d)
  }

  /** What lies inside the first datagram: its innermost layer, or its bytes. */
  private look(facts: ConversationFacts, d: Dissection): void {
    const { rows, registry } = d
    for (let row = 0; row < rows.count; row++) {
      const field = rows.field[row]!
      if (field !== registry.data.self.id) continue
      const start = rows.start[row]!
      facts.sample = d.sources[rows.source[row]!]!.slice(start, start + Math.min(rows.length[row]!, 2048))
    }
    const names = Array.from(d.layerProtocol.subarray(0, d.layers), (id) => registry.protocols[id]!.name)
    const inside = names.slice(names.indexOf('udp') + 1).filter((name) => name !== 'data' && !name.startsWith('_ws'))
    if (inside.length > 0) facts.inside = inside[0]!
  }

  /** Messages of TLS and HTTP that are complete in this packet. */
  private messages(facts: ConversationFacts, packet: number, flow: number, d: Dissection): void {
    const { memory, registry } = this.capture
    const protocol = memory.conversations.protocolOf(facts.conversation)
    if (protocol < 0) return
    facts.protocol = registry.protocols[protocol]!.name
    if (this.holds(d, this.ids.tls)) {
      facts.tls ??= emptyTls()
      const role = readTls(facts.tls, packet, this.sideOf(facts, flow), d, this.ids)
      // Whoever says ClientHello is the client, also where no SYN was seen.
      if (role !== null && facts.syn === 0 && facts.synAck === 0 && role !== this.sideOf(facts, flow)) this.turn(facts)
    }
    if (this.holds(d, this.ids.http)) {
      const role = readHttp(facts.http, packet, d, this.ids)
      if (role !== null && facts.syn === 0 && facts.synAck === 0 && role !== this.sideOf(facts, flow)) this.turn(facts)
    }
  }

  private holds(d: Dissection, protocol: number): boolean {
    for (let layer = 0; layer < d.layers; layer++) if (d.layerProtocol[layer] === protocol) return true
    return false
  }
}
