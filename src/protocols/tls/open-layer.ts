// What keys opened of one layer of records: its sources, the sentence on each record, and the messages inside.

import type { Dissection } from '../../core/dissect.ts'
import { INSIDE } from '../../core/memory.ts'
import { type Opened, PLAIN } from '../../core/unseal.ts'
import { O, plural } from './open-fields.ts'
import { CODE_TLS13, ENCRYPTED, KEY_EXCHANGE, KEY_EXCHANGE_RSA, TYPE_APPLICATION_DATA, VERSION } from './session.ts'

/** The records of a layer while it is gone through. */
export interface OpenedLayer {
  readonly log: Opened
  /** Number of the layer's first record, and how many it has. */
  readonly first: number
  readonly count: number
  /** By record of the layer: the source that its content lies in, -1 for those that stay shut. */
  readonly sources: readonly number[]
  /** The record at hand, counted from the first one. */
  at: number
  /** Bytes that a sealed handshake message still owes before the next record. */
  owed: number
}

/** Null where nothing is opened: without secrets, and for bytes that no stream carried. */
export function openLayer(p: Dissection): OpenedLayer | null {
  const { opened } = p.memory
  const first = opened === null || p.message < 0 ? -1 : opened.firstOf(p.message)
  if (opened === null || first < 0) return null
  const count = opened.endOf(p.message) - first
  const sources: number[] = []
  for (let record = first; record < first + count; record++) {
    const plain = opened.plain(record)
    sources.push(plain === null ? -1 : p.addSource(`Decrypted TLS (${plural(plain.length)})`, plain))
  }
  return { log: opened, first, count, sources, at: 0, owed: opened.owed(first) }
}

/** Bytes that sealing adds at least up to TLS 1.2: a tag of 16, or a MAC and more. */
const LEAST_ADDED = 16
/** In TLS 1.3: a tag of 16, where the suite has no short one, and the type (RFC 8446 5.2). */
const ADDED_13 = 17

/** The sentence on the record at hand, which has `length` bytes; '' when it is not sealed. What stays shut shows its size all the same. */
export function sealOf(p: Dissection, opened: OpenedLayer | null, type: number, session: number, length: number): string {
  const words = sealWords(p, opened, type, session)
  if (!words.includes('It stays shut')) return words
  const size =
    (session & VERSION) === CODE_TLS13
      ? `${plural(Math.max(0, length - ADDED_13))} inside, if its tag has the usual 16.`
      : `At most ${plural(Math.max(0, length - LEAST_ADDED))} inside.`
  return words.replace(/^Sealed[^.]*\./, (who) => `${who} ${size}`)
}

function sealWords(p: Dissection, opened: OpenedLayer | null, type: number, session: number): string {
  if (opened !== null && opened.at < opened.count) {
    const record = opened.first + opened.at
    return opened.log.state(record) === PLAIN ? '' : opened.log.describe(record)
  }
  if (type !== TYPE_APPLICATION_DATA && (session & ENCRYPTED) === 0) return ''
  // Without secrets nothing was noted while the stream was read: who spoke first is taken for the client.
  const flow = p.memory.flowOf(p.packet, p.transports - 1)
  const version = session & VERSION
  if (flow < 0 || version === 0)
    return 'Sealed. It stays shut: the capture does not have the handshake that agreed on the keys. Capture from the start of the connection.'
  const side = (flow & 1) === 0 ? 'client' : 'server'
  const rsa = version !== CODE_TLS13 && (session & KEY_EXCHANGE) === KEY_EXCHANGE_RSA ? " or the server's private key (--rsa-key)" : ''
  return `Sealed by the ${side}, with this session's key for what the ${side} sends. It stays shut: no keys were given. A key log of this session (--keylog)${rsa} would open it.`
}

/** Indexes of the messages that were complete in this layer's records. */
function* messagesInside(p: Dissection, first: number, end: number): Generator<number> {
  const { messages } = p.memory
  for (let i = messages.firstOf(p.packet); i >= 0 && messages.packet(i) === p.packet; i++) {
    if (messages.occurrence(i) !== INSIDE) continue
    const record = messages.within(i)
    if (record >= first && record < end) yield i
  }
}

/** While the capture is scanned: the layers inside, for the index. */
export function trackInside(p: Dissection, opened: Opened): void {
  const first = p.message < 0 ? -1 : opened.firstOf(p.message)
  if (first < 0) return
  // The last one pushed is the first one looked at.
  for (const i of [...messagesInside(p, first, opened.endOf(p.message))].reverse()) {
    const protocol = p.registry.protocols[p.memory.messages.protocol(i)]!
    if (protocol.scanStops === true) p.follow(protocol, 0, 1, i)
    else p.followSource(protocol, p.addSource('', p.memory.bytesOf(i)), 0, -1, i)
  }
}

/** The messages inside become layers of their own; the rest of the opened bytes is a part of some other message, or data. */
export function followInside(p: Dissection, { log, first, count, sources }: OpenedLayer): void {
  const { messages } = p.memory
  /** By record: from where on, and up to where, its content is no part of messages that lie in it as a whole. */
  const covered = new Map<number, { from: number; to: number }>()
  for (const i of messagesInside(p, first, first + count)) {
    const protocol = p.registry.protocols[messages.protocol(i)]!
    const record = messages.within(i)
    const source = sources[record - first]!
    if (messages.assembly(i) >= 0) followAssembly(p, i)
    else if (source >= 0) {
      const at = messages.at(i)
      const end = at + messages.length(i)
      p.followSource(protocol, source, at, end - at, i)
      const known = covered.get(record)
      covered.set(record, { from: Math.min(at, known?.from ?? at), to: Math.max(end, known?.to ?? 0) })
    }
  }
  for (let record = first; record < first + count; record++) {
    const source = sources[record - first]!
    if (source < 0 || !log.inStream(record)) continue
    recordRest(p, log, record, source, covered.get(record))
  }
}

/** What of a record's content belongs to messages that lie in several records. */
function recordRest(p: Dissection, log: Opened, record: number, source: number, covered: { from: number; to: number } | undefined): void {
  const { length } = p.sources[source]!
  if (length === 0) return
  if (log.insideOf(record) < 0) {
    p.followSource(p.registry.data, source)
    return
  }
  const { from, to } = covered ?? { from: length, to: length }
  p.enter(source)
  if (from > 0) p.add(O.segmentData, 0, from)
  if (to < length) p.add(O.segmentData, to, length - to)
  p.leave()
  const completed = log.reassembledIn(record)
  if (completed > p.packet) p.generate(O.reassembledIn, completed)
}

/** A message from several records gets a source of its own. */
function followAssembly(p: Dissection, message: number): void {
  const { messages, assemblies } = p.memory
  const assembly = messages.assembly(message)
  const length = assemblies.length(assembly)
  const source = p.addSource(`Reassembled TLS (${plural(length)})`, assemblies.bytes(assembly))
  if (source < 0) return
  if (p.wants(O.segments) || p.wants(O.segment)) {
    const count = assemblies.pieces(assembly)
    const pieces = Array.from(
      { length: count },
      (_, i) => `#${assemblies.piecePacket(assembly, i)}(${assemblies.pieceLength(assembly, i)})`,
    )
    p.enter(source)
    const words = `${count} Reassembled TLS segments (${plural(length)}): ${pieces.join(', ')}`
    p.nest(p.generateText(O.segments, words, 0, p.available()))
    for (let i = 0, at = 0; i < count; i++) {
      p.generate(O.segment, assemblies.piecePacket(assembly, i), at, assemblies.pieceLength(assembly, i))
      at += assemblies.pieceLength(assembly, i)
    }
    p.generate(O.segmentCount, count)
    p.generate(O.reassembledLength, length)
    p.add(O.reassembledData, 0, p.available())
    p.close()
    p.leave()
  }
  p.followSource(p.registry.protocols[messages.protocol(message)]!, source, 0, -1, message)
}
