// What a capture gives away: is the secret on the wire and how far from plain sight, what leaks besides, which bytes anybody can read,
// and what the exchange cost. One pass over streams, one over packets.

import { planOf } from '../../filter/index.ts'
import type { Capture } from '../capture.ts'
import { Readahead } from '../readahead.ts'
import { finish, STEP } from '../steps.ts'
import { type Assurance, assuranceOf } from './assurance.ts'
import { BarePackets } from './bare.ts'
import { roundTripsOf } from './costs.ts'
import { type ConversationFacts, FactCollector } from './facts.ts'
import { type Keys, NO_KEYS } from './keys.ts'
import { type Leak, leaksOf, type SeenToken } from './leaks.ts'
import { Lens, METADATA, ShareCounter, type Shares } from './lens.ts'
import { protocolsOf } from './protocols.ts'
import type { Region } from './regions.ts'
import { fernetTokens } from './search.ts'
import type { StreamCollector } from './streams.ts'
import { searchSecret, searchStepwise, type Verdict } from './verdict.ts'

export type { Assurance } from './assurance.ts'
export { type Flight, sealedFlights } from './costs.ts'
export type { ConversationFacts, Endpoint, Side } from './facts.ts'
export { type Keys, NO_KEYS, type OpenedRun, readFernetKeys, type StreamOpener } from './keys.ts'
export type { Leak, SeenToken } from './leaks.ts'
export { type ByteClass, CLASS_NAMES, CLASS_WORDS, Lens, ShareCounter, type Shares } from './lens.ts'
export type { Finding } from './search.ts'
export type { Verdict } from './verdict.ts'

/** Tokens kept; a capture with more is not read for each of them. */
const MAX_TOKENS = 1000

export interface Exposure {
  readonly packets: number
  /** Bytes on the wire. */
  readonly bytes: number
  readonly roundTrips: number
  /** From the first packet to the last. */
  readonly milliseconds: number
  readonly protocols: readonly string[]
  readonly secret: Verdict
  readonly leaks: readonly Leak[]
  readonly shares: Shares
  readonly conversations: readonly ConversationFacts[]
  readonly tokens: readonly SeenToken[]
  /** Of the conversation that says most: the one that other front ends show. */
  readonly main: ConversationFacts | null
  readonly assurance: Assurance | null
  readonly streams: StreamCollector
}

export interface ExposureOptions {
  readonly secret: string
  readonly keys?: Keys
}

/** Measures an indexed capture. */
export function measureExposure(capture: Capture, options: ExposureOptions): Exposure {
  return finish(measureStepwise(capture, options))
}

/** The same in steps of well under a millisecond (a long stream is searched in one). Yields how much is done, from 0 to 1. */
export function* measureStepwise(capture: Capture, { secret, keys = NO_KEYS }: ExposureOptions): Generator<number, Exposure> {
  const { index } = capture
  const tokens: SeenToken[] = []
  const searching = searchStepwise(capture, secret, keys, (region, flow) => collectTokens(region, flow >> 1, tokens))
  const { verdict, streams } = yield* halved(searching)
  const facts = new FactCollector(capture)
  const lens = new Lens(capture)
  const counter = new ShareCounter()
  const d = capture.dissection()
  const readahead = new Readahead(capture)
  const bareness = new BarePackets(capture)
  const bareFields = planOf(facts.fields, capture.registry)
  const fields = planOf([...new Set([...facts.fields, ...lens.fields])], capture.registry)
  let bytes = 0
  for (let packet = 1; packet <= index.count; packet++) {
    if (packet % STEP === 0) yield (1 + packet / index.count) / 2
    const start = readahead.start(packet)
    bytes += index.length(packet)
    const bare = bareness.of(packet)
    if (bare !== null) {
      // Half of the packets only acknowledge: of these a few fields are enough.
      capture.record(d, packet, readahead.bytes, start, bareFields)
      if (facts.payloadOf(d) === 0) {
        facts.add(packet, d)
        if (bare.metadata < 0) bare.metadata = lens.classes(packet).reduce((sum, kind) => sum + (kind === METADATA ? 1 : 0), 0)
        counter.addBare(index.captured(packet), bare.metadata)
        continue
      }
    }
    capture.record(d, packet, readahead.bytes, start, fields)
    facts.add(packet, d)
    counter.add(lens.read(packet, d))
  }
  const withToken = new Set(tokens.map(({ conversation }) => conversation))
  const protocols = new Set<string>()
  for (const one of facts.conversations) for (const name of protocolsOf(one, streams, withToken.has(one.conversation))) protocols.add(name)
  const main = mainOf(facts.conversations)
  return {
    packets: index.count,
    bytes,
    roundTrips: facts.conversations.reduce((sum, one) => sum + roundTripsOf(one), 0),
    milliseconds: durationOf(capture),
    protocols: [...protocols],
    secret: verdict,
    leaks: leaksOf(capture, facts.conversations, tokens),
    shares: counter.shares(),
    conversations: facts.conversations,
    tokens,
    main,
    assurance: main === null ? null : assuranceOf(main, withToken.has(main.conversation)),
    streams,
  }
}

/** Work that is the first half of a whole. */
function* halved<T>(work: Generator<number, T>): Generator<number, T> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    yield value / 2
  }
}

/** Facts of the conversations alone, for who asks about failures and sessions. */
export function collectFacts(capture: Capture): {
  readonly conversations: readonly ConversationFacts[]
  readonly streams: StreamCollector
} {
  const { streams } = searchSecret(capture, '')
  const facts = new FactCollector(capture)
  const d = capture.dissection()
  const readahead = new Readahead(capture)
  for (let packet = 1; packet <= capture.index.count; packet++) {
    capture.record(d, packet, readahead.bytes, readahead.start(packet))
    facts.add(packet, d)
  }
  return { conversations: facts.conversations, streams }
}

function collectTokens(region: Region, conversation: number, tokens: SeenToken[]): void {
  if (tokens.length >= MAX_TOKENS) return
  const bytes = Buffer.from(region.bytes.buffer, region.bytes.byteOffset, region.bytes.length)
  if (!bytes.includes('gAAAA')) return
  for (const { at, token, time } of fernetTokens(bytes.toString('latin1'))) {
    const [place] = region.locate(at, token.length)
    if (place !== undefined && tokens.length < MAX_TOKENS) tokens.push({ conversation, packet: place.packet, time, length: token.length })
  }
}

/** The conversation with most payload; without any payload the first. */
function mainOf(conversations: readonly ConversationFacts[]): ConversationFacts | null {
  let main: ConversationFacts | null = null
  const weight = ({ bytes }: ConversationFacts): number => bytes.client + bytes.server
  for (const one of conversations) if (main === null || weight(one) > weight(main)) main = one
  return main
}

function durationOf({ index }: Capture): number {
  if (index.count === 0) return 0
  const { count } = index
  if (index.nanos(1) < 0 || index.nanos(count) < 0) return 0
  const milliseconds = (index.seconds(count) - index.seconds(1)) * 1000 + (index.nanos(count) - index.nanos(1)) / 1e6
  return Math.round(milliseconds * 1000) / 1000
}
