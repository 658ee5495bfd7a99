// One packet on its way through the protocols. A Dissection is made once and used for every packet; it is what dissectors call `p`.
//
// Three ways to run it: record everything (tree), record only the fields of a plan (filters, -e), or record nothing (the scan that
// makes the index, where `track` runs as well). A loop follows `next`; nothing recurses and nothing is allocated per packet.

import { type Clock, type InterfaceFacts, NO_SETTINGS, type PacketFacts, type Settings } from './facts.ts'
import type { Field } from './field.ts'
import type { Memory } from './memory.ts'
import { noteFields, notes, SEVERITY_ERROR } from './note.ts'
import type { Protocol } from './protocol.ts'
import { MAX_LAYERS, type Plan, Recorder } from './recorder.ts'
import type { Registry } from './registry.ts'

export type { Clock, InterfaceFacts, PacketFacts, Settings } from './facts.ts'
export { MAX_LAYERS, type Plan } from './recorder.ts'

/** Sources per packet. */
export const MAX_SOURCES = 200
const MAX_PENDING = 256
const EMPTY = new Uint8Array(0)

/** A layer that was announced and has yet to be dissected. */
interface Waiting {
  protocol: Protocol
  source: number
  start: number
  end: number
  reported: number
  parent: number
  depth: number
  quoted: boolean
  message: number
  said: string
}

function makeWaiting(): Waiting {
  return { protocol: notes, source: 0, start: 0, end: 0, reported: 0, parent: -1, depth: 0, quoted: false, message: -1, said: '' }
}

export class Dissection extends Recorder {
  // ── the current layer: dissectors read these, never write them ──
  /** Inside a packet that an ICMP error quotes. */
  quoted = false
  /** Transport layers (TCP, UDP, SCTP) before this one in the packet. */
  transports = 0
  /** Fragment layers before this one in the packet. */
  fragments = 0

  /** Index in memory.messages of the message that is this layer; -1 when the layer is no message of a stream. */
  message = -1
  /** What the layer that carries this one says of it: a media type. */
  said = ''

  // ── the packet ──
  packet = 0
  captured = 0
  length = 0
  seconds = 0
  nanos = 0
  interfaceId = 0
  linkType = 0
  /** By interfaceId; the engine sets it. */
  interfaces: readonly InterfaceFacts[] = []
  /** Times of the packets before this one; the engine sets it. */
  clock: Clock | null = null
  /** What the user told protocols, by protocol and name ("fernet.key"); the engine sets it. */
  settings: Settings = NO_SETTINGS
  /** The file tells interfaces and sections apart (pcapng), so packets show theirs; the engine sets it. */
  showsInterfaces = false
  /** Innermost addresses: size 4, 6 or 16 bytes; 0 before any. */
  addressBytes: Uint8Array = EMPTY
  sourceAt = 0
  destinationAt = 0
  addressSize = 0
  /** The addresses for the Source and Destination columns: those of quoted packets do not count. */
  columnBytes: Uint8Array = EMPTY
  columnSourceAt = 0
  columnDestinationAt = 0
  columnSize = 0

  // ── results ──
  readonly sources: Uint8Array[] = []
  readonly sourceNames: string[] = []
  /** Where the layer's data ends in its source, payload included; the layer's row covers only its header. Recorded runs only. */
  readonly layerEnd = new Uint32Array(MAX_LAYERS)
  /** Index in memory.messages of what the layer shows, -1 for others. Recorded runs only. */
  readonly layerMessage = new Int32Array(MAX_LAYERS)
  /** Steps that Wireshark names between this layer and the next ("ethertype"), see `via`. */
  readonly layerVia: string[] = Array<string>(MAX_LAYERS).fill('')
  /** The layer that announced this one; -1 for the first. Recorded runs only. */
  readonly layerParent = new Int16Array(MAX_LAYERS)
  private readonly layerBase = new Uint32Array(MAX_LAYERS)
  private readonly layerRow = new Int32Array(MAX_LAYERS)

  private layerDepthNow = 0
  private spanned = false
  private pending = 0
  private readonly waiting: Waiting[] = Array.from({ length: MAX_PENDING }, makeWaiting)

  /** What outlives packets; the engine sets it. */
  memory: Memory

  constructor(registry: Registry, memory: Memory) {
    super(registry)
    this.memory = memory
  }

  // ── running ──

  /** Dissects in full, or only what the plan wants, when one is given. Rows, sources and layers are valid until the next run. */
  record(bytes: Uint8Array, start: number, facts: PacketFacts, linkType: number, plan: Plan | null = null): void {
    this.recording = true
    this.plan = plan
    this.run(bytes, start, facts, linkType, false)
  }

  /** Scans for the index: no rows; runs `track`, so it must be called once per packet, in capture order. */
  scan(bytes: Uint8Array, start: number, facts: PacketFacts, linkType: number): void {
    this.recording = false
    this.plan = null
    this.run(bytes, start, facts, linkType, true)
  }

  private run(bytes: Uint8Array, start: number, facts: PacketFacts, linkType: number, tracking: boolean): void {
    this.packet = facts.packet
    this.captured = facts.captured
    this.length = facts.length
    this.seconds = facts.seconds
    this.nanos = facts.nanos
    this.interfaceId = facts.interfaceId
    this.linkType = linkType
    this.addressSize = 0
    this.columnSize = 0
    this.transports = 0
    this.fragments = 0
    this.layers = 0
    this.layer = -1
    this.pending = 0
    this.quoted = false
    this.message = -1
    this.said = ''
    this.layerDepthNow = 0
    if (this.sources.length > 0) {
      this.sources.length = 0
      this.sourceNames.length = 0
      this.held.length = 0
    }
    if (this.recording) {
      this.rows.clear()
      // Offsets in rows count from the frame's first byte, so the frame becomes a view of its own.
      bytes = start === 0 && bytes.length === facts.captured ? bytes : bytes.subarray(start, start + facts.captured)
      this.sources.push(bytes)
      this.sourceNames.push('Frame')
      start = 0
    }
    this.frameBytes = bytes
    this.frameStart = start
    const root = this.registry.root
    this.bytes = bytes
    this.source = 0
    this.base = start
    this.end = start + facts.captured
    this.reportedEnd = start + Math.max(facts.length, facts.captured)
    this.push(root, 0, start, this.end, this.reportedEnd, 0)
    while (this.pending > 0) {
      const next = this.waiting[--this.pending]!
      if (this.layers === MAX_LAYERS) {
        this.note(SEVERITY_ERROR, `more than ${MAX_LAYERS} layers`)
        break
      }
      const { protocol, source, parent, depth } = next
      if (source !== this.source) {
        this.source = source
        this.bytes = source === 0 ? bytes : this.sources[source]!
      }
      this.base = next.start
      this.end = next.end
      this.reportedEnd = next.reported
      this.quoted = next.quoted
      this.message = next.message
      this.said = next.said
      const layer = this.layers++
      this.layer = layer
      this.layerDepthNow = depth
      this.layerProtocol[layer] = protocol.id
      if (!this.recording) {
        if (tracking && protocol.track !== undefined) protocol.track(this, this.memory)
        if (protocol.scanStops !== true) {
          const mark = this.pending
          protocol.dissect(this)
          if (this.pending > mark + 1) this.reverse(mark)
        }
        continue
      }
      this.layerParent[layer] = parent
      this.layerBase[layer] = this.base
      this.layerDepth[layer] = depth
      this.layerMessage[layer] = next.message
      this.layerVia[layer] = ''
      this.depth = depth
      this.opened = 0
      this.spanned = false
      this.headed = false
      this.layerRow[layer] = this.row(protocol.self, this.base, this.end - this.base, 0, 0)
      this.depth = depth + 1
      const mark = this.pending
      const given = this.reportedEnd
      protocol.dissect(this)
      this.layerEnd[layer] = this.end
      if (this.pending > mark + 1) this.reverse(mark)
      if (!this.spanned) this.spanTo(this.end)
      if (this.reportedEnd < given && parent >= 0) this.trail(parent, given)
    }
    if (this.recording) root.finish?.(this)
  }

  /** Where the frame lies: streams keep pieces of it by offset. */
  frameBytes: Uint8Array = EMPTY
  frameStart = 0

  /** A child ended before the bytes it was given: its parent shows what is left (padding, trailer). */
  private trail(parent: number, given: number): void {
    const protocol = this.registry.protocols[this.layerProtocol[parent]!]!
    if (protocol.trailer === undefined) return
    const from = this.reportedEnd
    const layer = this.layer
    this.layer = parent
    this.depth = this.layerDepth[parent]! + 1
    this.opened = 0
    this.base = this.layerBase[parent]!
    this.reportedEnd = given
    this.end = Math.min(given, this.bytes.length)
    if (this.end > from) protocol.trailer(this, from - this.base)
    this.layer = layer
  }

  // ── moving on ──

  /** Bytes after the first `length` do not belong to the layer (padding, the next message). */
  limit(length: number): void {
    const end = this.base + length
    if (end < this.reportedEnd) this.reportedEnd = end
    if (this.reportedEnd < this.end) this.end = this.reportedEnd
  }

  /** The layer's own bytes: its header, for most. Default: up to the first `next`, else all. */
  span(length: number): void {
    if (this.recording) this.spanTo(Math.min(this.base + length, this.end))
  }

  private spanTo(end: number): void {
    this.spanned = true
    const row = this.layerRow[this.layer]!
    if (row >= 0) this.rows.length[row] = Math.max(0, end - this.rows.start[row]!)
  }

  /**
   * What follows at `at` is for whichever protocol accepts `key` of this field; nobody: it is data. Returns false for data.
   * An empty rest is nothing. `said`: see there.
   */
  next(field: Field, key: number, at: number, length = this.reportedEnd - this.base - at, said = ''): boolean {
    const child = field.childOf(key)
    const { data, protocols } = this.registry
    const protocol = child === undefined ? data : protocols[child]!
    const refused =
      protocol.admits !== undefined && !protocol.admits(this.bytes, this.base + at, Math.min(this.end, this.base + at + length))
    this.follow(refused ? data : protocol, at, length, -1, said)
    return child !== undefined && !refused
  }

  /** Is there a protocol behind this value? */
  knows(field: Field, key: number): boolean {
    return field.childOf(key) !== undefined
  }

  /** The rest is data. */
  data(at: number, length = this.reportedEnd - this.base - at): void {
    this.follow(this.registry.data, at, length)
  }

  /** What follows is for this protocol, in the bytes of the current source; `message`: its index in memory.messages, if it is one. */
  follow(protocol: Protocol, at: number, length = this.reportedEnd - this.base - at, message = -1, said = ''): void {
    const start = this.base + at
    if (this.recording && !this.spanned && this.source === this.sourceOfLayer()) this.spanTo(Math.min(start, this.end))
    if (length <= 0) return
    const reported = start + length
    this.push(protocol, this.source, start, Math.max(start, Math.min(this.end, reported)), reported, this.depthOfNext, message, said)
  }

  /** What follows is for this protocol, in a source of its own (reassembled, unpacked). */
  followSource(protocol: Protocol, source: number, at = 0, length = -1, message = -1): void {
    const bytes = this.sources[source]
    if (source < 0 || bytes === undefined) return
    const end = length < 0 ? bytes.length : Math.min(bytes.length, at + length)
    this.push(protocol, source, at, end, end, this.depthOfNext, message)
  }

  /** These bytes are text in which other protocols may stand: those that find themselves in it get a layer of their own. */
  look(at: number, length: number): void {
    if (!this.recording || length <= 0) return
    const start = this.base + at
    const end = Math.min(start + length, this.end)
    for (const protocol of this.registry.sought) {
      if (this.plan !== null && this.plan.concerns[protocol.id] === 0) continue
      const found = protocol.findIn!(this.bytes, start, end)
      if (found >= 0) this.push(protocol, this.source, found, end, end, this.depthOfNext)
    }
  }

  /** Does anybody ask for what is carried as content, found inside text, or data? Saves making the bytes. */
  looks(): boolean {
    if (!this.recording) return false
    if (this.plan === null) return true
    for (const protocol of this.registry.deep) if (this.plan.concerns[protocol.id] === 1) return true
    return false
  }

  /** The whole of a source is for whichever protocol accepts `key` of this field. */
  nextSource(field: Field, key: number, source: number): boolean {
    const child = field.childOf(key)
    this.followSource(child === undefined ? this.registry.data : this.registry.protocols[child]!, source)
    return child !== undefined
  }

  /**
   * Bytes of a source, shown under this layer, for whichever protocol accepts `key` of this field. `message` is its number wherever that
   * protocol keeps what it remembers. While scanning nothing of it is read: any source will do.
   */
  nextSourceInside(field: Field, key: number, source: number, at: number, length: number, message: number): void {
    const child = field.childOf(key)
    const bytes = source === 0 ? this.frameBytes : this.sources[source]
    if (child === undefined || bytes === undefined) return
    const end = Math.min(bytes.length, at + length)
    this.push(this.registry.protocols[child]!, source, at, end, end, this.depth, message)
  }

  /** Wireshark counts a step of its own before what follows, as in "eth:ethertype:ip": for frame.protocols. */
  via(step: string): void {
    if (this.recording) this.layerVia[this.layer] = step
  }

  /** Like `next`, for a packet inside this layer: shown under it, and marked as quoted where an error message quotes it. */
  nextInside(field: Field, key: number, at: number, quoted: boolean, length = this.reportedEnd - this.base - at, said = ''): void {
    this.depthOfNext = this.depth
    const mark = this.pending
    this.next(field, key, at, length, said)
    if (quoted) for (let i = mark; i < this.pending; i++) this.waiting[i]!.quoted = true
    this.depthOfNext = 0
  }

  private depthOfNext = 0

  private sourceOfLayer(): number {
    const row = this.layerRow[this.layer]!
    return row >= 0 ? this.rows.source[row]! : this.source
  }

  private push(protocol: Protocol, source: number, start: number, end: number, until: number, depth: number, message = -1, said = '') {
    if (this.pending === MAX_PENDING) return
    const next = this.waiting[this.pending++]!
    next.protocol = protocol
    next.source = source
    next.start = start
    next.end = end
    next.reported = until
    next.parent = this.layer
    // A layer inside a quoted packet stays at the quoted packet's depth.
    next.depth = depth > 0 ? depth : this.layerDepthNow
    next.quoted = this.quoted
    next.message = message
    next.said = said
  }

  /** Layers pushed by one dissector come off in the order in which it pushed them. */
  private reverse(from: number): void {
    const { waiting } = this
    for (let a = from, b = this.pending - 1; a < b; a++, b--) {
      const kept = waiting[a]!
      waiting[a] = waiting[b]!
      waiting[b] = kept
    }
  }

  /** Adds a run of bytes with a tab of its own in the hex pane; -1 when there are too many. Works while scanning too. */
  addSource(name: string, bytes: Uint8Array): number {
    if (this.sources.length === 0) {
      this.sources.push(this.frameBytes)
      this.sourceNames.push('Frame')
    }
    if (this.sources.length >= MAX_SOURCES) return -1
    this.sourceNames.push(name)
    return this.sources.push(bytes) - 1
  }

  /** Reads on in another source, for rows that lie there, until `leave`; a source entered inside another comes back to it. */
  enter(source: number): void {
    const { bytes, base, end, reportedEnd } = this
    this.held.push({ bytes, source: this.source, base, end, reportedEnd })
    this.source = source
    this.bytes = this.sources[source]!
    this.base = 0
    this.end = this.bytes.length
    this.reportedEnd = this.end
  }

  /** Back to the bytes before `enter`. */
  leave(): void {
    const held = this.held.pop()
    if (held !== undefined) Object.assign(this, held)
  }

  private readonly held: { bytes: Uint8Array; source: number; base: number; end: number; reportedEnd: number }[] = []

  /** The innermost addresses so far; `size` 4 (IPv4), 16 (IPv6) or 6 (Ethernet). */
  addresses(sourceAt: number, destinationAt: number, size: number): void {
    this.addressBytes = this.bytes
    this.sourceAt = this.base + sourceAt
    this.destinationAt = this.base + destinationAt
    this.addressSize = size
    if (this.quoted) return
    this.columnBytes = this.bytes
    this.columnSourceAt = this.sourceAt
    this.columnDestinationAt = this.destinationAt
    this.columnSize = size
  }

  /** Ends the run with a note instead of an exception: our bug, not the packet's. */
  noteBug(message: string): void {
    if (!this.recording || this.layer < 0) return
    this.pending = 0
    this.opened = 0
    this.depth = this.layerDepth[this.layer]! + 1
    this.remark(noteFields.bug, message, this.base, 0)
  }
}
