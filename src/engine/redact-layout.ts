// Where a packet's payloads and checksums lie, and blanking bytes so that right checksums stay right.

import type { Dissection } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import type { Plan } from '../core/recorder.ts'
import { planOf } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { BLANK, type Secret } from './redact-scan.ts'

/** What one TCP layer carries: which flow, from which sequence number on, and where in the frame. */
export interface Segment {
  readonly flow: number
  readonly sequence: number
  readonly start: number
  readonly end: number
}

interface Sum {
  /** Offset of the checksum, and the bytes that it covers. */
  readonly at: number
  readonly from: number
  readonly to: number
  /** 0 stands for "none" (RFC 768). */
  readonly optional: boolean
}

export interface Layout {
  readonly segments: readonly Segment[]
  /** Payloads in which no stream can be seen: of IP fragments, and of packets that an error message quotes. */
  readonly unseen: readonly Secret[]
  readonly payload: Secret
  /** The outermost first. */
  readonly sums: readonly Sum[]
}

const SUMS = ['tcp.checksum', 'udp.checksum', 'icmp.checksum', 'icmpv6.checksum', 'igmp.checksum']
const TRANSPORTS = ['tcp', 'udp', 'sctp']

/** Reads layouts of a capture's packets. */
export class LayoutReader {
  private readonly capture: Capture
  private readonly d: Dissection
  private readonly plan: Plan
  private readonly sums: readonly Field[]
  private readonly sequence: Field
  private readonly tcpPayload: Field
  private readonly transports: readonly number[]
  private readonly tcp: number
  private readonly networks: readonly number[]
  private readonly errors: readonly number[]

  constructor(capture: Capture) {
    const { registry } = capture
    const field = (name: string): Field => {
      const found = registry.find(name)?.[0]
      if (found === undefined) throw new Error(`there is no field ${name}`)
      return found
    }
    const idOf = (name: string): number => registry.protocol(name)?.id ?? -1
    this.capture = capture
    this.d = capture.dissection()
    this.sums = SUMS.map(field)
    this.sequence = field('tcp.seq_raw')
    this.tcpPayload = field('tcp.payload')
    this.transports = TRANSPORTS.map(idOf)
    this.tcp = idOf('tcp')
    this.networks = ['ip', 'ipv6'].map(idOf)
    this.errors = ['icmp', 'icmpv6'].map(idOf)
    const selves = ['ip', 'ipv6', 'tcp', 'udp', 'icmp', 'icmpv6', 'igmp'].flatMap((name) => registry.protocol(name)?.self ?? [])
    this.plan = planOf([...this.sums, this.sequence, this.tcpPayload, ...selves], registry)
  }

  /** The layout of a packet; `bytes` from `start` are its own. */
  of(packet: number, bytes: Uint8Array, start: number): Layout {
    const { capture, d } = this
    capture.record(d, packet, bytes, start, this.plan)
    const { rows } = d
    const captured = capture.index.captured(packet)
    const segments: Segment[] = []
    const unseen: Secret[] = []
    const sums: Sum[] = []
    let occurrence = -1
    let network = 0
    let quoting = false
    let fragment = d.fragments > 0
    for (let layer = 0; layer < d.layers; layer++) {
      const protocol = d.layerProtocol[layer]!
      let self = -1
      let sequence = -1
      let payload = -1
      let sum = -1
      for (let row = 0; row < rows.count; row++) {
        if (rows.layer[row] !== layer || rows.source[row] !== 0) continue
        const field = rows.field[row]!
        if (field === capture.registry.protocols[protocol]!.self.id) self = row
        else if (field === this.sequence.id) sequence = row
        else if (field === this.tcpPayload.id) payload = row
        else if (this.sums.some(({ id }) => id === field) && rows.length[row] === 2) sum = row
      }
      if (this.networks.includes(protocol) && self >= 0) {
        network = rows.start[self]! + rows.length[self]!
        if (quoting) unseen.push({ start: network + QUOTED_HEADER, end: captured })
      }
      if (this.transports.includes(protocol)) occurrence++
      if (protocol === this.tcp && sequence >= 0 && payload >= 0 && !quoting) {
        const from = rows.start[payload]!
        segments.push({
          ...{ flow: capture.memory.flowOf(packet, occurrence), sequence: rows.value[sequence]! },
          ...{ start: from, end: from + rows.length[payload]! },
        })
        fragment = false
      }
      if (sum >= 0 && self >= 0)
        sums.push({ at: rows.start[sum]!, from: rows.start[self]!, to: d.layerEnd[layer]!, optional: this.sums[1]!.id === rows.field[sum] })
      if (this.errors.includes(protocol)) quoting = true
    }
    if (fragment) unseen.push({ start: network, end: captured })
    return { segments, unseen, payload: { start: network, end: captured }, sums }
  }
}

/** Of a quoted packet's transport header as much stays: ports and lengths, or a sequence number (RFC 792). */
const QUOTED_HEADER = 20

/** Writes over the runs of a frame, and mends the checksums that cover them; one that was wrong before stays as wrong (RFC 1624). */
export function blank(frame: Uint8Array, runs: readonly Secret[], layout: Layout): void {
  const before = frame.slice()
  for (const { start, end } of runs) frame.fill(BLANK, Math.max(0, start), Math.max(0, Math.min(end, frame.length)))
  // The innermost first: the one outside covers the one inside.
  for (const { at, from, to, optional } of layout.sums.toReversed()) {
    if (at + 2 > frame.length || runs.some(({ start, end }) => start < at + 2 && end > at)) continue
    const old = before[at]! * 256 + before[at + 1]!
    if (optional && old === 0) continue
    let change = 0
    for (let i = from; i < Math.min(to, frame.length); i++) {
      if (i === at || i === at + 1 || frame[i] === before[i]) continue
      change += (frame[i]! - before[i]!) * ((i - from) & 1 ? 1 : 256)
    }
    if (change === 0) continue
    const sum = ((((~old & 0xffff) + change) % 0xffff) + 0xffff) % 0xffff || 0xffff
    const mended = ~sum & 0xffff
    frame[at] = (optional && mended === 0 ? 0xffff : mended) >>> 8
    frame[at + 1] = optional && mended === 0 ? 0xff : mended & 0xff
  }
}
