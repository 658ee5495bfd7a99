// The eavesdropper's lens: what each byte of a packet is to somebody who reads along without a key.
//
// Drawn from the rows of the dissection: a row paints its bytes, the rows inside it paint over that. Bytes of a message that spans segments
// are painted where the message is whole, and the colours carried back to the segments.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import type { Plan } from '../../core/recorder.ts'
import type { Registry } from '../../core/registry.ts'
import { planOf } from '../../filter/index.ts'
import type { Capture } from '../capture.ts'
import { fernetTokens } from './search.ts'

/** Serves only to carry the rest: lengths, checksums, sequence numbers, padding. */
export const FRAMING = 0
/** Says who talks with whom, how and when: addresses, ports, names and choices of a handshake, the time in a token. */
export const METADATA = 1
/** Content that anybody can read; spelled or compressed content too, since nobody needs a key for it. */
export const READABLE = 2
/** Content that only a key opens. */
export const ENCRYPTED = 3

export type ByteClass = typeof FRAMING | typeof METADATA | typeof READABLE | typeof ENCRYPTED

export const CLASS_NAMES = ['framing', 'metadata', 'readable', 'encrypted'] as const

/** What a class means, in a sentence for the status line. */
export const CLASS_WORDS: Readonly<Record<(typeof CLASS_NAMES)[number], string>> = {
  framing: 'Framing: lengths, checksums and numbers that carry the rest.',
  metadata: 'Metadata: says who talks with whom, how, and what they agreed on.',
  readable: 'Readable: anybody on the way can read this without a key.',
  encrypted: 'Encrypted: only a key opens this; its length still shows.',
}

/** Bytes of each class. */
export interface Shares {
  readonly readable: number
  readonly encrypted: number
  readonly metadata: number
  readonly framing: number
}

/** Layers that carry others. What is not named here carries content. */
const CARRIERS = new Set([
  ...['frame', 'eth', 'vlan', 'ieee8021ad', 'llc', 'null', 'raw', 'sll', 'ip', 'ipv6', 'ah', 'tcp', 'udp', 'icmp', 'icmpv6', 'tls', 'sctp'],
  ...['mpls', 'pppoe', 'ppp', 'gre', 'vxlan', '_ws.short', '_ws.malformed', '_ws.expert'],
])

/** Protocols that talk about the network itself. */
const ABOUT_THE_NETWORK = new Set(['arp', 'lldp', 'stp', 'igmp', 'dhcp', 'dhcpv6', 'ntp'])

const METADATA_FIELDS = [
  ...['eth.dst', 'eth.src', 'sll.src.eth', 'sll.src.other', 'ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst'],
  ...['tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport', 'tls.handshake', 'tls.alert_message', 'tls.change_cipher_spec'],
  ...['fernet.version', 'fernet.timestamp', 'fernet.time'],
]
const ENCRYPTED_FIELDS = ['tls.app_data', 'fernet.iv', 'fernet.ciphertext', 'fernet.hmac']
const FRAMING_FIELDS = ['http.chunk_size', 'http.chunk_boundary', 'http.body.end']

/** Paints nothing of its own. */
const INHERIT = 255

/** Letters of a token that hold its version and time: 9 bytes make 12 letters. */
const TOKEN_HEAD = 12

/** Messages kept that span segments. */
const MAX_COMPLETED = 128

/** Bytes of a TLS record before its content. */
const RECORD_HEADER = 5

/** Shortest data of no known protocol that is judged by its look. */
const SHORTEST_NOISE = 48

export class Lens {
  private readonly capture: Capture
  private readonly d: Dissection
  /** For the packets that complete a message. */
  private readonly other: Dissection
  private readonly classOf: Uint8Array
  private readonly data: number
  private readonly segmentData: ReadonlySet<number>
  private readonly segment: ReadonlySet<number>
  private readonly record: ReadonlySet<number>
  private readonly seal: ReadonlySet<number>
  /** Messages that were put together lately, by the packet that completes them: streams take turns. */
  private readonly completed = new Map<number, Map<number, Uint8Array>>()
  private readonly plan: Plan

  constructor(capture: Capture) {
    this.capture = capture
    this.d = capture.dissection()
    this.other = capture.dissection()
    const { registry } = capture
    this.classOf = paint(registry)
    this.data = registry.data.self.id
    this.segmentData = idsOf(registry, 'tcp.segment_data')
    this.segment = idsOf(registry, 'tcp.segment')
    this.record = idsOf(registry, 'tls.record')
    this.seal = idsOf(registry, 'wiretail.tls.seal')
    this.plan = planOf(this.fields, registry)
  }

  /** Fields that must be recorded for `read`. */
  get fields(): readonly Field[] {
    const asked = [this.segmentData, this.segment, this.record, this.seal]
    return this.capture.registry.fields.filter(({ id }) => this.classOf[id] !== INHERIT || asked.some((ids) => ids.has(id)))
  }

  /** The class of each captured byte of a packet. */
  classes(packet: number): Uint8Array {
    this.capture.record(this.d, packet, null, 0, this.plan)
    return this.read(packet, this.d)
  }

  /** The class of each byte of one of a packet's sources; the others than the frame are what the packet completes. */
  classesOf(packet: number, source: number): Uint8Array {
    this.capture.record(this.d, packet, null, 0, this.plan)
    const bytes = this.d.sources[source]
    if (source === 0 || bytes === undefined) return this.read(packet, this.d)
    const classes = this.painted(this.d, source)
    paintTokens(bytes, classes)
    return classes
  }

  /** The same for a packet that was recorded already, these fields at least. */
  read(packet: number, d: Dissection): Uint8Array {
    const classes = this.painted(d, 0)
    this.paintSegments(packet, d, classes)
    paintTokens(d.sources[0]!, classes)
    return classes
  }

  /** Paints the rows of one source. */
  private painted(d: Dissection, source: number): Uint8Array {
    const bytes = d.sources[source]!
    const classes = new Uint8Array(bytes.length)
    const { rows } = d
    let record = -1
    for (let row = 0; row < rows.count; row++) {
      if (rows.source[row] !== source) continue
      const field = rows.field[row]!
      if (this.record.has(field)) record = row
      // A key may have opened it; the stranger has none.
      else if (this.seal.has(field) && record >= 0)
        classes.fill(ENCRYPTED, rows.start[record]! + RECORD_HEADER, rows.start[record]! + rows.length[record]!)
      if (rows.length[row] === 0) continue
      const start = rows.start[row]!
      const end = start + rows.length[row]!
      let kind = this.classOf[field]!
      if (field === this.data) kind = looksLikeNoise(bytes, start, end) ? ENCRYPTED : READABLE
      else if (kind === METADATA && rows.texts.get(row)?.includes('Encrypted') === true) kind = ENCRYPTED
      if (kind !== INHERIT) classes.fill(kind, start, end)
    }
    return classes
  }

  /** Bytes of messages that span segments: the tail of one that ends here, the part of one that ends later. */
  private paintSegments(packet: number, d: Dissection, classes: Uint8Array): void {
    const { rows } = d
    const own: { start: number; end: number }[] = []
    for (let row = 0; row < rows.count; row++)
      if (rows.source[row] === 0 && this.segmentData.has(rows.field[row]!))
        own.push({ start: rows.start[row]!, end: rows.start[row]! + rows.length[row]! })
    if (own.length === 0) return
    const tails = this.partsOf(d).get(packet)
    if (tails !== undefined) {
      const tail = own.shift()!
      classes.set(tails.subarray(0, tail.end - tail.start), tail.start)
    }
    for (const part of own) this.paintHead(packet, d, classes, part)
  }

  private paintHead(packet: number, d: Dissection, classes: Uint8Array, { start, end }: { start: number; end: number }): void {
    const { memory, registry } = this.capture
    const completedBy = memory.tcp.reassembledIn(packet)
    if (completedBy > packet) {
      let parts = this.completed.get(completedBy)
      if (parts === undefined) {
        this.capture.record(this.other, completedBy, null, 0, this.plan)
        parts = this.partsOf(this.other)
        this.completed.set(completedBy, parts)
        if (this.completed.size > MAX_COMPLETED) this.completed.delete(this.completed.keys().next().value!)
      }
      const part = parts.get(packet)
      if (part !== undefined) {
        classes.set(part.subarray(0, end - start), start)
        return
      }
    }
    const bytes = d.sources[0]!
    const known = memory.tcp.protocolOf(memory.flowOf(packet, 0), packet)
    const name = known < 0 ? '' : registry.protocols[known]!.name
    // Part of a record of which the rest is missing, or that was sent before.
    if (name === 'tls') classes.fill(bytes[start] === 0x16 || bytes[start] === 0x14 ? METADATA : ENCRYPTED, start, end)
    else classes.fill(name === '' && looksLikeNoise(bytes, start, end) ? ENCRYPTED : READABLE, start, end)
  }

  /** Classes of the pieces of reassembled messages, by the packet that brought them. */
  private partsOf(d: Dissection): Map<number, Uint8Array> {
    const parts = new Map<number, Uint8Array>()
    const { rows } = d
    const painted = new Map<number, Uint8Array>()
    for (let row = 0; row < rows.count; row++) {
      const source = rows.source[row]!
      if (source === 0 || !this.segment.has(rows.field[row]!)) continue
      let classes = painted.get(source)
      if (classes === undefined) {
        classes = this.painted(d, source)
        painted.set(source, classes)
      }
      parts.set(rows.value[row]!, classes.subarray(rows.start[row]!, rows.start[row]! + rows.length[row]!))
    }
    return parts
  }
}

function idsOf(registry: Registry, name: string): ReadonlySet<number> {
  return new Set((registry.find(name) ?? []).map(({ id }) => id))
}

/** The class that each field paints, by field id. */
function paint(registry: Registry): Uint8Array {
  const classes = new Uint8Array(registry.fields.length).fill(INHERIT)
  for (const { name, self } of registry.protocols)
    classes[self.id] = CARRIERS.has(name) ? FRAMING : ABOUT_THE_NETWORK.has(name) ? METADATA : READABLE
  const set = (names: readonly string[], kind: ByteClass): void => {
    for (const name of names) for (const { id } of registry.find(name) ?? []) classes[id] = kind
  }
  set(METADATA_FIELDS, METADATA)
  set(ENCRYPTED_FIELDS, ENCRYPTED)
  set(FRAMING_FIELDS, FRAMING)
  return classes
}

/** A Fernet token in readable text: its time is there for everyone, the rest is sealed. */
function paintTokens(bytes: Uint8Array, classes: Uint8Array): void {
  if (!classes.includes(READABLE)) return
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (!frame.includes('gAAAA')) return
  for (const { at, token } of fernetTokens(frame.toString('latin1'))) {
    if (classes[at] !== READABLE) continue
    const end = Math.min(bytes.length, at + token.length)
    classes.fill(METADATA, at, Math.min(end, at + TOKEN_HEAD))
    classes.fill(ENCRYPTED, Math.min(end, at + TOKEN_HEAD), end)
  }
}

/**
 * Do these bytes look like noise, as encrypted or compressed ones do? They have nearly as many different values as chance gives, and few
 * of them are text.
 */
export function looksLikeNoise(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < SHORTEST_NOISE) return false
  const counted = Math.min(length, 1024)
  const seen = new Uint8Array(256)
  let different = 0
  let printable = 0
  for (let at = start; at < start + counted; at++) {
    const byte = bytes[at]!
    if (seen[byte] === 0) different++
    seen[byte] = 1
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09) printable++
  }
  const expected = 256 * (1 - (255 / 256) ** counted)
  return different >= 0.9 * expected && printable < 0.55 * counted
}

/** Adds up classes over packets. */
export class ShareCounter {
  private readonly counts = [0, 0, 0, 0]

  add(classes: Uint8Array): void {
    for (let i = 0; i < classes.length; i++) this.counts[classes[i]!]!++
  }

  /** Bytes of a packet without content: all but so many are framing. */
  addBare(length: number, metadata: number): void {
    this.counts[METADATA]! += metadata
    this.counts[FRAMING]! += length - metadata
  }

  /** Shares of all bytes, which add up to 1; all 0 without bytes. */
  shares(): Shares {
    const total = this.counts.reduce((sum, count) => sum + count, 0)
    const share = (kind: ByteClass): number => (total === 0 ? 0 : Math.round((this.counts[kind]! / total) * 1e4) / 1e4)
    const readable = share(READABLE)
    const encrypted = share(ENCRYPTED)
    const metadata = share(METADATA)
    // What rounding leaves over goes to the framing.
    const framing = total === 0 ? 0 : Math.round((1 - readable - encrypted - metadata) * 1e4) / 1e4
    return { readable, encrypted, metadata, framing: Math.max(0, framing) }
  }
}
