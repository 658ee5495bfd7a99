// One packet on its way through the protocols. A Dissection is made once and used for every packet; it is what dissectors call `p`.
//
// Three ways to run it: record everything (tree), record only the fields of a plan (filters, -e), or record nothing (the scan that
// makes the index, where `track` runs as well). A loop follows `next`; nothing recurses and nothing is allocated per packet.

import { readInt, readUint } from '../bytes/read.ts'
import type { Field } from './field.ts'
import type { Memory } from './memory.ts'
import { noteFields, notes, SEVERITY_ERROR } from './note.ts'
import type { Protocol } from './protocol.ts'
import type { Registry } from './registry.ts'
import { GENERATED, HAS_TEXT, Rows } from './rows.ts'

/** Layers per packet; what lies deeper is left alone, with a note. */
export const MAX_LAYERS = 64
/** Sources per packet. */
export const MAX_SOURCES = 200
const MAX_PENDING = 256
const MAX_NESTING = 64
const EMPTY = new Uint8Array(0)

/** Which fields to record: made from what filters and -e name. */
export interface Plan {
  readonly fields: readonly Field[]
  /** 1 for each wanted field id. */
  readonly wants: Uint8Array
  /** 1 for each protocol id of which fields, or any remarks, are wanted. */
  readonly concerns: Uint8Array
  /** Wanted fields with a fixed place, by protocol id. */
  readonly headers: readonly (readonly Field[])[]
}

/** What the capture file says of the packet; see ../files/types.ts for the conventions of time. */
export interface PacketFacts {
  /** From 1. */
  packet: number
  captured: number
  length: number
  seconds: number
  /** -1: the record has no time. */
  nanos: number
  interfaceId: number
}

/** What the capture file says of an interface. */
export interface InterfaceFacts {
  /** Section of the file, from 0. */
  readonly section: number
  readonly name?: string
  readonly description?: string
  /** Bytes of frame check sequence at the end of each packet; absent when the file does not say. */
  readonly fcsLength?: number
}

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
}

function makeWaiting(): Waiting {
  return { protocol: notes, source: 0, start: 0, end: 0, reported: 0, parent: -1, depth: 0, quoted: false, message: -1 }
}

/** Times of packets by number (from 1), in the conventions of ../files/types.ts. */
export interface Clock {
  seconds(packet: number): number
  nanos(packet: number): number
}

export class Dissection {
  // ── the current layer: dissectors read these, never write them ──
  bytes: Uint8Array = EMPTY
  source = 0
  /** First byte of the layer in `bytes`. */
  base = 0
  /** End of the bytes that are there. */
  end = 0
  /** End by the lengths on the wire; beyond `end` when the capture cut the packet. */
  reportedEnd = 0
  /** Inside a packet that an ICMP error quotes. */
  quoted = false
  /** Transport layers (TCP, UDP, SCTP) before this one in the packet. */
  transports = 0
  /** Fragment layers before this one in the packet. */
  fragments = 0

  /** Index in memory.messages of the message that is this layer; -1 when the layer is no message of a stream. */
  message = -1

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
  readonly rows = new Rows()
  readonly sources: Uint8Array[] = []
  readonly sourceNames: string[] = []
  layers = 0
  readonly layerProtocol = new Uint16Array(MAX_LAYERS)
  readonly layerDepth = new Uint8Array(MAX_LAYERS)
  /** Where the layer's data ends in its source, payload included; the layer's row covers only its header. Recorded runs only. */
  readonly layerEnd = new Uint32Array(MAX_LAYERS)
  /** Steps that Wireshark names between this layer and the next ("ethertype"), see `via`. */
  readonly layerVia: string[] = Array<string>(MAX_LAYERS).fill('')
  private readonly layerParent = new Int16Array(MAX_LAYERS)
  private readonly layerBase = new Uint32Array(MAX_LAYERS)
  private readonly layerRow = new Int32Array(MAX_LAYERS)

  recording = false
  private plan: Plan | null = null
  private layer = -1
  private depth = 0
  private layerDepthNow = 0
  private spanned = false
  private headed = false
  private opened = 0
  private readonly openRow = new Int32Array(MAX_NESTING)
  private pending = 0
  private readonly waiting: Waiting[] = Array.from({ length: MAX_PENDING }, makeWaiting)

  readonly registry: Registry
  readonly memory: Memory

  constructor(registry: Registry, memory: Memory) {
    this.registry = registry
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
    this.layerDepthNow = 0
    if (this.sources.length > 0) {
      this.sources.length = 0
      this.sourceNames.length = 0
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

  // ── reading: `at` counts from the start of the layer ──

  /** Are `length` bytes of the layer there? */
  has(length: number): boolean {
    return this.base + length <= this.end
  }

  /** Bytes of the layer that are there. */
  available(): number {
    return this.end - this.base
  }

  /** Bytes of the layer by the lengths on the wire. */
  reported(): number {
    return this.reportedEnd - this.base
  }

  u8(at: number): number {
    return this.bytes[this.base + at]!
  }

  u16(at: number): number {
    const i = this.base + at
    return (this.bytes[i]! << 8) | this.bytes[i + 1]!
  }

  u24(at: number): number {
    const i = this.base + at
    return (this.bytes[i]! << 16) | (this.bytes[i + 1]! << 8) | this.bytes[i + 2]!
  }

  u32(at: number): number {
    const i = this.base + at
    return ((this.bytes[i]! << 24) | (this.bytes[i + 1]! << 16) | (this.bytes[i + 2]! << 8) | this.bytes[i + 3]!) >>> 0
  }

  /** The value of a field with a fixed place. */
  uint(field: Field): number {
    return this.uintAt(field, field.at)
  }

  /** The value of a numeric field at a place of its own. */
  uintAt(field: Field, at: number): number {
    const bytes = this.bytes
    const i = this.base + at
    let value: number
    if (field.little || field.size > 4 || field.type === 'int') {
      value = field.type === 'int' ? readInt(bytes, i, field.size, field.little) : readUint(bytes, i, field.size, field.little)
    } else if (field.size === 1) value = bytes[i]!
    else if (field.size === 2) value = (bytes[i]! << 8) | bytes[i + 1]!
    else if (field.size === 4) value = ((bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!) >>> 0
    else value = readUint(bytes, i, field.size, false)
    if (field.mask !== 0) value = (value & field.mask) >>> field.shift
    return value * field.scale
  }

  // ── recording ──

  /** Records all fields with a fixed place. The caller has checked that the header is there. */
  header(): void {
    if (!this.recording) return
    this.headed = true
    const id = this.layerProtocol[this.layer]!
    const fields = this.plan === null ? this.registry.protocols[id]!.header : this.plan.headers[id]!
    for (let i = 0; i < fields.length; i++) this.fixed(fields[i]!, fields[i]!.at)
  }

  /** Records these fields, whose `at` counts from `origin`: a group that repeats (an option, a record header). */
  table(fields: readonly Field[], origin: number): void {
    if (!this.recording) return
    for (const field of fields) this.fixed(field, origin + field.at)
  }

  private fixed(field: Field, at: number): void {
    if (this.plan !== null && this.plan.wants[field.id] === 0) return
    if (!Number.isNaN(field.constant)) {
      this.put(field, this.base + at, 0, field.constant, this.depth + field.level, GENERATED)
      return
    }
    const value = field.numeric ? (field.type === 'bool' ? (this.uintAt(field, at) !== 0 ? 1 : 0) : this.uintAt(field, at)) : 0
    this.put(field, this.base + at, field.size, value, this.depth + field.level, 0)
  }

  /** Is it worth working a value out? False while scanning and for fields that nobody asked for. */
  wants(field: Field): boolean {
    return this.recording && (this.plan === null || this.plan.wants[field.id] === 1)
  }

  /**
   * Can a message of this protocol be passed over, because none of the wanted fields can be in it? What is wanted of layers that were
   * already seen does not matter; what may lie deeper does.
   */
  passesOver(protocol: Protocol, aux: number): boolean {
    if (this.plan === null || protocol.lacks === undefined) return false
    for (const field of this.plan.fields) {
      if (field.protocol === protocol.id) {
        if (field === protocol.self || !protocol.lacks(field, aux)) return false
      } else if (!this.layerProtocol.subarray(0, this.layers).includes(field.protocol)) return false
    }
    return true
  }

  /** Does anybody want a field of this layer? Saves working out many at once. */
  concerned(): boolean {
    return this.recording && (this.plan === null || this.plan.concerns[this.layerProtocol[this.layer]!] === 1)
  }

  /** Records a field at a place of its own; numbers are read from there. Returns the row, or -1. */
  add(field: Field, at: number, length = field.size): number {
    if (!this.wants(field)) return -1
    const start = this.base + at
    let value = 0
    if (field.numeric) {
      if (length === field.size) value = this.uintAt(field, at)
      else
        value = field.type === 'int' ? readInt(this.bytes, start, length, field.little) : readUint(this.bytes, start, length, field.little)
      if (field.type === 'bool') value = value !== 0 ? 1 : 0
    }
    return this.row(field, start, length, value, 0)
  }

  /** Records a numeric field and returns its value, recorded or not. */
  number(field: Field, at: number): number {
    const value = this.uintAt(field, at)
    if (this.wants(field)) this.row(field, this.base + at, field.size, field.type === 'bool' ? (value !== 0 ? 1 : 0) : value, 0)
    return value
  }

  /** Records a number that does not stand in the bytes as such; `at` and `length` say what it was taken from. */
  generate(field: Field, value: number, at = 0, length = 0): number {
    if (!this.wants(field)) return -1
    return this.row(field, this.base + at, length, value, field.generated ? GENERATED : 0)
  }

  /** Records a text that does not stand in the bytes as such. Ask `wants` before working it out. */
  generateText(field: Field, text: string, at = 0, length = 0): number {
    if (!this.wants(field)) return -1
    const row = this.row(field, this.base + at, length, 0, (field.generated ? GENERATED : 0) | HAS_TEXT)
    if (row >= 0) this.rows.texts.set(row, text)
    return row
  }

  /** Records a field whose children follow; each `open` has its `close`. */
  open(field: Field, at: number, length = field.size): number {
    const row = this.add(field, at, length)
    this.nest(row)
    return row
  }

  /** The rows that follow are children of the row before, until `close`. */
  nest(row: number): void {
    if (this.opened < MAX_NESTING) this.openRow[this.opened] = row
    this.opened++
    this.depth++
  }

  /** Ends the innermost group; `end` (when given) is where it ends, counted from the start of the layer. */
  close(end = -1): void {
    this.opened--
    this.depth--
    const row = this.opened < MAX_NESTING ? this.openRow[this.opened]! : -1
    if (end >= 0 && row >= 0) this.rows.length[row] = Math.max(0, Math.min(this.base + end, this.end) - this.rows.start[row]!)
  }

  private row(field: Field, start: number, length: number, value: number, flags: number): number {
    if (this.plan !== null && this.plan.wants[field.id] === 0) return -1
    return this.put(field, start, length, value, this.depth, flags)
  }

  /** Rows lie inside their source: whatever a dissector says is cut to the bytes that are there. */
  private put(field: Field, start: number, length: number, value: number, depth: number, flags: number): number {
    const limit = this.bytes.length
    if (start > limit) start = limit
    if (length > limit - start) length = limit - start
    return this.rows.add(field.id, this.source, start, Math.max(length, 0), value, Math.min(depth, 255), this.layer, flags)
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
   * An empty rest is nothing.
   */
  next(field: Field, key: number, at: number, length = this.reportedEnd - this.base - at): boolean {
    const child = field.childOf(key)
    this.follow(child === undefined ? this.registry.data : this.registry.protocols[child]!, at, length)
    return child !== undefined
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
  follow(protocol: Protocol, at: number, length = this.reportedEnd - this.base - at, message = -1): void {
    const start = this.base + at
    if (this.recording && !this.spanned && this.source === this.sourceOfLayer()) this.spanTo(Math.min(start, this.end))
    if (length <= 0) return
    const reported = start + length
    this.push(protocol, this.source, start, Math.max(start, Math.min(this.end, reported)), reported, this.depthOfNext, message)
  }

  /** What follows is for this protocol, in a source of its own (reassembled, unpacked). */
  followSource(protocol: Protocol, source: number, at = 0, length = -1, message = -1): void {
    const bytes = this.sources[source]
    if (source < 0 || bytes === undefined) return
    const end = length < 0 ? bytes.length : Math.min(bytes.length, at + length)
    this.push(protocol, source, at, end, end, this.depthOfNext, message)
  }

  /** The whole of a source is for whichever protocol accepts `key` of this field. */
  nextSource(field: Field, key: number, source: number): boolean {
    const child = field.childOf(key)
    this.followSource(child === undefined ? this.registry.data : this.registry.protocols[child]!, source)
    return child !== undefined
  }

  /** Wireshark counts a step of its own before what follows, as in "eth:ethertype:ip": for frame.protocols. */
  via(step: string): void {
    if (this.recording) this.layerVia[this.layer] = step
  }

  /** Like `next`, for a packet inside this layer: shown under it, and marked as quoted where an error message quotes it. */
  nextInside(field: Field, key: number, at: number, quoted: boolean): void {
    this.depthOfNext = this.depth
    const mark = this.pending
    this.next(field, key, at)
    if (quoted) for (let i = mark; i < this.pending; i++) this.waiting[i]!.quoted = true
    this.depthOfNext = 0
  }

  private depthOfNext = 0

  private sourceOfLayer(): number {
    const row = this.layerRow[this.layer]!
    return row >= 0 ? this.rows.source[row]! : this.source
  }

  private push(protocol: Protocol, source: number, start: number, end: number, reported: number, depth: number, message = -1): void {
    if (this.pending === MAX_PENDING) return
    const next = this.waiting[this.pending++]!
    next.protocol = protocol
    next.source = source
    next.start = start
    next.end = end
    next.reported = reported
    next.parent = this.layer
    // A layer inside a quoted packet stays at the quoted packet's depth.
    next.depth = depth > 0 ? depth : this.layerDepthNow
    next.quoted = this.quoted
    next.message = message
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

  /** Reads on in another source, for rows that lie there: `from` this byte, until `leave`. */
  enter(source: number): void {
    this.heldBytes = this.bytes
    this.heldSource = this.source
    this.heldBase = this.base
    this.heldEnd = this.end
    this.heldReported = this.reportedEnd
    this.source = source
    this.bytes = this.sources[source]!
    this.base = 0
    this.end = this.bytes.length
    this.reportedEnd = this.end
  }

  /** Back to the layer's own bytes. */
  leave(): void {
    this.bytes = this.heldBytes
    this.source = this.heldSource
    this.base = this.heldBase
    this.end = this.heldEnd
    this.reportedEnd = this.heldReported
  }

  private heldBytes: Uint8Array = EMPTY
  private heldSource = 0
  private heldBase = 0
  private heldEnd = 0
  private heldReported = 0

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

  // ── remarks ──

  /** The layer needs `needed` bytes and has fewer: cut by the capture, or too short by the lengths on the wire. */
  short(needed: number): void {
    if (!this.recording) return
    const there = this.end - this.base
    const cut = this.base + needed <= this.reportedEnd
    const field = cut ? noteFields.short : noteFields.malformed
    const why = cut ? `needs ${needed} bytes, the capture kept ${there}` : `needs ${needed} bytes, has ${there}`
    this.opened = 0
    this.depth = this.layerDepth[this.layer]! + 1
    if (!this.headed) this.headerThatIsThere(there)
    this.remark(field, `${this.registry.protocols[this.layerProtocol[this.layer]!]!.columnName} ${why}`, this.base, there)
  }

  /** The fields of a header that was cut, up to the first one that is not there in full. */
  private headerThatIsThere(there: number): void {
    for (const field of this.registry.protocols[this.layerProtocol[this.layer]!]!.header) {
      if (field.at + field.size > there) return
      this.fixed(field, field.at)
    }
  }

  /** The bytes contradict the protocol at this field: what is read so far stays, the layer ends here. */
  malformed(field: Field, why: string): void {
    if (!this.recording) return
    this.opened = 0
    this.depth = this.layerDepth[this.layer]! + 1
    this.remark(noteFields.malformed, `${field.label} ${why}`, this.base, this.end - this.base)
  }

  /** A remark under the current layer: severity from note.ts; `field` is the name under which filters find this kind of remark. */
  note(severity: number, message: string, at = 0, length = 0, field: Field | null = null): void {
    if (!this.recording) return
    const row = this.remark(noteFields.expert, message, this.base + at, length)
    this.nest(row)
    if (field !== null) this.row(field, 0, 0, 0, GENERATED)
    this.generate(noteFields.severity, severity)
    this.generateText(noteFields.message, message)
    this.close()
  }

  private remark(field: Field, text: string, start: number, length: number): number {
    const row = this.row(field, start, length, 0, GENERATED | HAS_TEXT)
    if (row >= 0) this.rows.texts.set(row, text)
    return row
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
