// An open capture: the reader, the index, the memory of streams, and dissection of any packet that was indexed.
//
// Everything here is synchronous and knows nothing of screens or printing. A session (session.ts) drives it in slices; commands drive it
// to the end.

import { Dissection, type PacketFacts, type Plan, type Settings } from '../core/dissect.ts'
import type { Registry } from '../core/registry.ts'
import type { CaptureInterface, CaptureReader, PacketSink, StepResult } from '../files/index.ts'
import { StreamMemory } from '../streams/index.ts'
import { Chains } from './chains.ts'
import { PacketIndex } from './packet-index.ts'
import { registry } from './registry.ts'
import { KEY_SETTINGS, SecretRing } from './secret-ring.ts'

/** Link type of records that belong to no interface: shown as data. */
const NO_LINK_TYPE = -1

/** Called for each packet just after it was indexed; `bytes` are valid during the call only. */
export type PacketVisitor = (packet: number, bytes: Uint8Array, start: number) => void

export interface CaptureOptions {
  /** Exceptions in dissectors are thrown on instead of becoming notes. */
  readonly strict?: boolean
  /** What the user tells protocols; "fernet.key" holds Fernet keys, as text. */
  readonly settings?: Settings
}

export class Capture implements PacketSink {
  readonly index = new PacketIndex()
  readonly chains: Chains
  memory: StreamMemory
  readonly registry: Registry = registry
  readonly reader: CaptureReader
  readonly interfaces: CaptureInterface[] = []
  /** Packets kept shorter than they were on the wire. */
  truncated = 0
  /** Comments by packet number. */
  readonly comments = new Map<number, string[]>()
  /** Secrets found in the file (decryption secrets blocks), in order: type and bytes. */
  readonly secretBlocks: { readonly type: number; readonly bytes: Uint8Array }[] = []
  private nextComments: string[] = []
  private nextFlags = -1
  private readonly scanner: Dissection
  private readonly facts: PacketFacts = { packet: 0, captured: 0, length: 0, seconds: 0, nanos: 0, interfaceId: 0 }
  private readonly linkTypes: number[] = []
  private readonly strict: boolean
  private readonly settings: Settings | undefined
  private visitor: PacketVisitor | null = null
  private ring: SecretRing | null = null

  constructor(reader: CaptureReader, options: CaptureOptions = {}) {
    this.reader = reader
    this.strict = options.strict ?? false
    this.settings = options.settings
    this.chains = new Chains(this.registry)
    this.memory = this.freshMemory()
    if (KEY_SETTINGS.some((name) => options.settings?.has(name))) this.openRing()
    this.scanner = this.dissection()
  }

  /** Memory of streams in which nothing is yet, with the keys that are known. */
  freshMemory(): StreamMemory {
    const memory = new StreamMemory(this.registry, (packet, at, length, target, targetAt) =>
      this.reader.read(this.index.offset(packet) + at, length, target.subarray(targetAt, targetAt + length)),
    )
    if (this.ring !== null) memory.unseal(this.ring)
    return memory
  }

  /** Takes memory in which all packets so far were tracked in place of its own: keys have come since (renewal.ts). */
  adopt(memory: StreamMemory): void {
    this.memory = memory
    this.scanner.memory = memory
  }

  private openRing(): SecretRing {
    this.ring ??= new SecretRing(this.settings)
    this.memory.unseal(this.ring)
    return this.ring
  }

  /** The secrets of TLS and QUIC that the user or the file gave; null without any. */
  get secretRing(): SecretRing | null {
    return this.ring
  }

  /** A dissection of its own, for a caller who keeps results while others dissect. */
  dissection(): Dissection {
    const d = new Dissection(this.registry, this.memory)
    d.interfaces = this.interfaces
    d.showsInterfaces = this.reader.format === 'pcapng'
    d.clock = this.index
    if (this.settings !== undefined) d.settings = this.settings
    return d
  }

  /** Indexes on: at most `maxRecords` packets. The visitor sees each packet as soon as it is indexed. */
  step(maxRecords: number, visitor: PacketVisitor | null = null): StepResult {
    this.visitor = visitor
    const result = this.reader.step(this, maxRecords)
    this.visitor = null
    return result
  }

  // ── PacketSink ──

  packet(
    bytes: Uint8Array,
    start: number,
    captured: number,
    length: number,
    seconds: number,
    nanos: number,
    interfaceId: number,
    offset: number,
  ): void {
    const packet = this.index.add(offset, seconds, nanos, captured, length, interfaceId)
    if (captured < length) this.truncated++
    if (this.nextComments.length > 0) {
      this.comments.set(packet, this.nextComments)
      this.nextComments = []
    }
    if (this.nextFlags >= 0) {
      this.index.setFlags(this.nextFlags)
      this.nextFlags = -1
    }
    const { facts, scanner } = this
    facts.packet = packet
    facts.captured = captured
    facts.length = length
    facts.seconds = seconds
    facts.nanos = nanos
    facts.interfaceId = interfaceId
    const linkType = interfaceId < 0 ? NO_LINK_TYPE : (this.linkTypes[interfaceId] ?? NO_LINK_TYPE)
    try {
      scanner.scan(bytes, start, facts, linkType)
      this.index.setChain(this.chains.of(scanner.layers, scanner.layerProtocol))
    } catch (error) {
      if (this.strict) throw error
      // Our bug, not the packet's: the packet stays in the list, with layers unknown; dissecting it shows the note.
      this.index.setChain(1)
    }
    if (this.visitor !== null) this.visitor(packet, bytes, start)
  }

  interface(described: CaptureInterface): void {
    this.interfaces[described.id] = described
    this.linkTypes[described.id] = described.linkType
  }

  comment(text: string): void {
    if (this.nextComments.length < 64) this.nextComments.push(text)
  }

  flags(bits: number): void {
    this.nextFlags = bits
  }

  secrets(type: number, bytes: Uint8Array): void {
    this.secretBlocks.push({ type, bytes })
    const ring = this.ring ?? this.openRing()
    ring.addBlock(type, bytes)
  }

  // ── packets again ──

  /** The bytes of an indexed packet, read again from the file. */
  bytes(packet: number): Uint8Array {
    const captured = this.index.captured(packet)
    const bytes = new Uint8Array(captured)
    const there = this.reader.read(this.index.offset(packet), captured, bytes)
    return there === captured ? bytes : bytes.subarray(0, there)
  }

  linkType(packet: number): number {
    const id = this.index.interfaceId(packet)
    return id < 0 ? NO_LINK_TYPE : (this.linkTypes[id] ?? NO_LINK_TYPE)
  }

  /** Dissects an indexed packet into `d`. `bytes` are its own, when the caller has them; else they are read again. */
  record(d: Dissection, packet: number, bytes: Uint8Array | null = null, start = 0, plan: Plan | null = null): void {
    const { index, facts } = this
    facts.packet = packet
    facts.captured = index.captured(packet)
    facts.length = index.length(packet)
    facts.seconds = index.seconds(packet)
    facts.nanos = index.nanos(packet)
    facts.interfaceId = index.interfaceId(packet)
    let from = start
    let frame = bytes
    if (frame === null) {
      frame = this.bytes(packet)
      facts.captured = frame.length
      from = 0
    }
    d.memory = this.memory
    try {
      d.record(frame, from, facts, this.linkType(packet), plan)
    } catch (error) {
      if (this.strict) throw error
      d.noteBug(error instanceof Error ? error.message : String(error))
    }
  }

  close(): void {
    this.ring?.close()
    this.reader.close()
  }
}
