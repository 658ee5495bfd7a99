// Requests paired with their responses, whatever carried them: HTTP/1.x with pipelining and interim answers, HTTP/2, either inside TLS that
// keys opened. In one pass, with bounded memory: an exchange of HTTP/1 is handed out as soon as its response is complete; those of HTTP/2, whose
// messages lie among each other, at the end, one after the other.

import type { Dissection } from '../core/dissect.ts'
import type { CompiledFilter } from '../filter/index.ts'
import { http2Exchanges } from '../protocols/http2/exchange.ts'
import type { Capture } from './capture.ts'
import { readHttp1 } from './exchange/http1.ts'
import { readHttp2Request, readHttp2Response } from './exchange/http2.ts'
import { type HttpRequest, type HttpResponse, headerOf } from './exchange/message.ts'
import { belongsTo, findConversation, type Node, nodeOf } from './flows.ts'
import { runQuery } from './query.ts'

export { type Header, type HttpMessage, type HttpRequest, type HttpResponse, headerOf, mediaType } from './exchange/message.ts'

export interface Exchange {
  /** tcp.stream; -1 when unknown. */
  readonly stream: number
  /** HTTP/2's stream in the connection; 0 with HTTP/1. */
  readonly substream: number
  readonly client: Node
  readonly server: Node
  /** TLS lay around it. */
  readonly encrypted: boolean
  /** The whole address, as far as it can be told. */
  readonly url: string
  readonly request: HttpRequest | null
  readonly response: HttpResponse | null
  /** Packets of interim responses (1xx). */
  readonly interim: readonly number[]
  /** Seconds since 1970 of the request's first packet (the response's, without a request). */
  readonly start: number
  /** Seconds from the request's first packet: to its last, to the response's first, to the response's last. -1: unknown. */
  readonly sent: number
  readonly firstByte: number
  readonly total: number
}

export interface ExchangeOptions {
  /** Only exchanges of which a packet that completes the request or the response matches. */
  readonly filter?: CompiledFilter | null
  /** Bodies are wanted, not only their sizes. */
  readonly bodies?: boolean
  onExchange(exchange: Exchange): void
}

/** Requests that may wait for their response; the oldest are handed out without one. */
const MAX_WAITING = 10_000
/** Bytes of bodies that waiting requests may keep. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024

interface Waiting {
  readonly request: HttpRequest | null
  readonly place: Place
  readonly interim: readonly number[]
  selected: boolean
}

/** Where an exchange takes place: the same for its request and its response. */
export interface Place {
  /** Conversation of TCP, -1 when unknown. */
  readonly conversation: number
  /** Who sent the message at hand: 0 the conversation's first sender. */
  readonly side: 0 | 1
  readonly substream: number
  readonly encrypted: boolean
}

/** Reads a capture to its end and hands out its exchanges, in the order of their responses; at the end those without one. */
export async function readExchanges(capture: Capture, options: ExchangeOptions): Promise<void> {
  const collector = new ExchangeCollector(capture, options)
  await runQuery(capture, {
    onPacket(packet, dissect) {
      if (collector.concerns(packet)) collector.take(packet, dissect())
      return false
    },
  })
  collector.finish()
}

/** The exchanges of one TCP stream of a capture that was read to its end, with their bodies. */
export function readStreamExchanges(capture: Capture, stream: number, onExchange: (exchange: Exchange) => void): void {
  const { conversation } = findConversation(capture, 'tcp', stream)
  const collector = new ExchangeCollector(capture, {
    bodies: true,
    onExchange: (exchange) => exchange.stream === stream && onExchange(exchange),
  })
  const d = capture.dissection()
  for (let packet = 1; packet <= capture.index.count; packet++) {
    if (!belongsTo(capture, packet, conversation) || !collector.concerns(packet)) continue
    capture.record(d, packet)
    collector.take(packet, d)
  }
  collector.finish()
}

/** Pairs messages as packets are shown to it, in order. For callers that walk through an indexed capture at their own pace. */
export class ExchangeCollector {
  private readonly capture: Capture
  private readonly options: ExchangeOptions
  /** By the request's message, the oldest first. */
  private readonly waiting = new Map<number, Waiting>()
  /** By conversation: requests that asked to go on in HTTP/2 and were heard; its stream 1 answers them (RFC 7540 3.2). */
  private readonly upgraded = new Map<number, { readonly waiting: Waiting; readonly response: HttpResponse }>()
  /** Packets with frames of HTTP/2 that match the filter; all do where there is none. */
  private readonly matching = new Set<number>()
  private waitingBytes = 0
  private readonly http: number
  private readonly http2: number
  private readonly tls: number
  private readonly transports: readonly number[]

  constructor(capture: Capture, options: ExchangeOptions) {
    this.capture = capture
    this.options = options
    const idOf = (name: string): number => capture.registry.protocol(name)?.id ?? -1
    this.http = idOf('http')
    this.http2 = idOf('http2')
    this.tls = idOf('tls')
    this.transports = ['tcp', 'udp', 'sctp'].map(idOf)
  }

  /** Does the packet complete a message? Only then it must be dissected, in full. */
  concerns(packet: number): boolean {
    const { messages } = this.capture.memory
    const filtered = (this.options.filter ?? null) !== null
    for (let i = messages.firstOf(packet); i >= 0 && messages.packet(i) === packet; i++) {
      const protocol = messages.protocol(i)
      if (protocol === this.http || (filtered && protocol === this.http2)) return true
    }
    return false
  }

  /** Takes the messages of a packet that was recorded in full. */
  take(packet: number, d: Dissection): void {
    const { filter = null, bodies = false } = this.options
    const selected = filter === null || filter.matches(d)
    if (filter !== null && selected) this.matching.add(packet)
    let occurrence = -1
    let encrypted = false
    for (let layer = 0; layer < d.layers; layer++) {
      const protocol = d.layerProtocol[layer]!
      if (this.transports.includes(protocol)) {
        occurrence++
        encrypted = false
      }
      if (protocol === this.tls) encrypted = true
      if (protocol !== this.http || d.layerDepth[layer]! > 0) continue
      const read = readHttp1(this.capture, d, layer, bodies)
      if (read === null) continue
      const flow = this.capture.memory.flowOf(packet, Math.max(0, occurrence))
      const place: Place = { conversation: flow >> 1, side: (flow & 1) as 0 | 1, substream: 0, encrypted }
      const message = d.layerMessage[layer]!
      if (read.kind === 'request') this.ask(message, read.message, place, selected)
      else this.answer(message < 0 ? -1 : this.capture.memory.messages.opposite(message), read.message, place, selected)
    }
  }

  /** No more packets: requests that wait are handed out without a response, and all that HTTP/2 carried. */
  finish(): void {
    for (const waiting of this.waiting.values()) this.hand(waiting, null, waiting.place)
    this.waiting.clear()
    this.waitingBytes = 0
    this.takeHttp2()
  }

  private takeHttp2(): void {
    const { capture } = this
    const { filter = null, bodies = false } = this.options
    const { messages } = capture.memory
    for (const { stream, request, response } of http2Exchanges(capture.memory)) {
      const head = (request ?? response)?.head ?? -1
      if (head < 0) continue
      const sealed = messages.within(head) >= 0
      const flow = capture.memory.flowOf(messages.packet(head), sealed ? 0 : messages.occurrence(head))
      const place: Place = { conversation: flow >> 1, side: (flow & 1) as 0 | 1, substream: stream, encrypted: sealed }
      const upgraded = stream === 1 && request === null ? this.upgraded.get(place.conversation) : undefined
      const asked = request === null ? (upgraded?.waiting.request ?? null) : readHttp2Request(capture, request, bodies)
      const answered = response === null ? null : readHttp2Response(capture, response, bodies)
      const packets = [...(asked?.packets ?? []), ...(answered?.packets ?? [])]
      const selected = filter === null || packets.some((packet) => this.matching.has(packet))
      if (upgraded !== undefined) this.upgraded.delete(place.conversation)
      const from = upgraded === undefined ? place : { ...upgraded.waiting.place, substream: stream }
      this.hand({ request: asked, place: from, interim: upgraded?.response.packets ?? [], selected }, answered, place)
    }
    for (const { waiting, response } of this.upgraded.values()) this.hand(waiting, response, waiting.place)
    this.upgraded.clear()
  }

  private ask(key: number, request: HttpRequest, place: Place, selected: boolean): void {
    const size = request.body?.length ?? 0
    // Beyond the bound the body is let go; its size stays.
    const kept = this.waitingBytes + size > MAX_WAITING_BYTES ? { ...request, body: null } : request
    this.waitingBytes += kept.body?.length ?? 0
    this.waiting.set(key, { request: kept, place, interim: [], selected })
    if (this.waiting.size <= MAX_WAITING) return
    const [oldest] = this.waiting
    if (oldest === undefined) return
    this.forget(oldest[0], oldest[1])
    this.hand(oldest[1], null, oldest[1].place)
  }

  private forget(key: number, waiting: Waiting): void {
    this.waiting.delete(key)
    this.waitingBytes -= waiting.request?.body?.length ?? 0
  }

  private answer(key: number, response: HttpResponse, place: Place, selected: boolean): void {
    const waiting = this.waiting.get(key)
    if (response.status >= 100 && response.status < 200 && response.status !== 101) {
      if (waiting !== undefined) this.waiting.set(key, { ...waiting, interim: [...waiting.interim, ...response.packets] })
      return
    }
    if (waiting !== undefined) this.forget(key, waiting)
    const found = waiting ?? { request: null, place, interim: [], selected }
    found.selected ||= selected
    if (response.status === 101 && /^h2c$/i.test(headerOf(response, 'upgrade')) && this.upgraded.size < MAX_WAITING) {
      this.upgraded.set(place.conversation, { waiting: found, response })
      return
    }
    this.hand(found, response, place)
  }

  private hand({ request, place, interim, selected }: Waiting, response: HttpResponse | null, last: Place): void {
    if (!selected) return
    const { capture } = this
    const { conversation, side, substream, encrypted } = request === null ? last : place
    // The client sends requests: the other side of who sends a response.
    const client = (request === null ? 1 - side : side) as 0 | 1
    const node = (which: 0 | 1): Node => (conversation < 0 ? { address: '', port: 0 } : nodeOf(capture, conversation, which))
    const asked = request?.packets ?? []
    const answered = response?.packets ?? []
    const start = asked[0] ?? answered[0] ?? 0
    const since = (packet: number | undefined): number =>
      packet === undefined || request === null ? -1 : secondsBetween(capture, start, packet)
    this.options.onExchange({
      ...{
        stream: conversation < 0 ? -1 : capture.memory.conversations.numberOf(conversation),
        substream,
        encrypted,
        request,
        response,
        interim,
      },
      client: node(client),
      server: node(client === 0 ? 1 : 0),
      url: urlOf(request, node(client === 0 ? 1 : 0), encrypted),
      start: start === 0 ? 0 : capture.index.seconds(start) + Math.max(0, capture.index.nanos(start)) / 1e9,
      sent: since(asked[asked.length - 1]),
      firstByte: since(answered[0]),
      total: since(answered[answered.length - 1]),
    })
  }
}

function secondsBetween({ index }: Capture, from: number, to: number): number {
  if (index.nanos(from) < 0 || index.nanos(to) < 0) return -1
  // Clocks may be set back while a capture runs.
  return Math.max(0, Number((index.seconds(to) - index.seconds(from) + (index.nanos(to) - index.nanos(from)) / 1e9).toFixed(9)))
}

/** The address that a request asks for (RFC 9110 7.1). */
function urlOf(request: HttpRequest | null, server: Node, encrypted: boolean): string {
  if (request === null) return ''
  const { host, method, target } = request
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return target
  if (method === 'CONNECT') return target
  const name = host !== '' ? host : server.address.includes(':') ? `[${server.address}]:${server.port}` : `${server.address}:${server.port}`
  return `${encrypted ? 'https' : 'http'}://${name}${target === '*' ? '' : target}`
}
