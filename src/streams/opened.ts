// Sealed records that keys open, and the streams inside them. Made only where there are secrets.
//
// Contents are not kept: of each record only where it lies, the key, and its number under that key, so that it can be opened again. The
// content goes through a Direction of its own, like the bytes of TCP; messages found there are noted among all others.

import { column8, column32, columnInt } from '../bytes/columns.ts'
import type { Protocol } from '../core/protocol.ts'
import { CUT, FORGOTTEN, OPENED, type Opened, type SealedSession, type Secrets, type Unsealer, type Unsealing } from '../core/unseal.ts'
import type { AssemblyLog } from './assemblies.ts'
import type { SealedStreams, StreamContext } from './context.ts'
import { Direction } from './direction.ts'
import type { MessageLog } from './messages.ts'

/** Bytes of what opening chained records again takes (cipher blocks, cipher states). */
const MAX_CHAINS = 64 * 1024 * 1024
/** Bytes of contents kept for being looked at again. */
const MAX_CACHE = 8 * 1024 * 1024
/** Flags of a record. */
const IN_STREAM = 1
const FROM_CLIENT = 2
/** Both directions have ended. */
const BOTH = 3

/** One connection of a sealed protocol. */
interface Connection {
  readonly unsealing: Unsealing
  readonly unsealer: Unsealer
  readonly unsealerNumber: number
  readonly ports: readonly number[]
  readonly inner: (Direction | undefined)[]
  /** A bit for each direction that has ended. */
  closed: number
}

export class OpenedLog implements Opened, SealedStreams {
  count = 0
  private readonly packets = column32()
  /** Message that the record is (a part of), and where the record begins in it. */
  private readonly places = column32()
  private readonly lengths = column32()
  private readonly assemblyOf = columnInt()
  private readonly states = column8()
  private readonly kinds = column8()
  private readonly flags = column8()
  private readonly keys = column32()
  private readonly numbers = column32()
  private readonly sessions = columnInt()
  private readonly plainLengths = column32()
  private readonly inside = column8()
  private readonly flows = column32()
  private readonly unsealerOf = column8()
  /** First record + 1, by message. */
  private readonly first = column32()
  /** Last record + 1, by message. */
  private readonly last = column32()
  private readonly owing = column32()
  private readonly whole = column32()
  /** Transport layer + 1, by what stands in place of a record where a connection ended. */
  private readonly closers = column8()
  private readonly chains = new Map<number, Uint8Array>()
  private chainBytes = 0
  private readonly cache = new Map<number, Uint8Array>()
  private cacheBytes = 0
  private readonly connections = new Map<number, Connection>()
  private readonly unsealers: { readonly protocol: Protocol; readonly unsealer: Unsealer }[] = []
  private readonly secrets: Secrets
  private readonly messages: MessageLog
  private readonly assemblies: AssemblyLog
  private readonly context: StreamContext

  constructor(secrets: Secrets, outer: StreamContext, messages: MessageLog, assemblies: AssemblyLog) {
    this.secrets = secrets
    this.messages = messages
    this.assemblies = assemblies
    assemblies.inside = (record) => this.plain(record)
    // To the streams inside, a record is what a packet is to TCP.
    this.context = {
      framed: outer.framed,
      shelf: outer.shelf,
      delivery: null,
      sealed: null,
      earlyBytes: 0,
      givenUp: 0,
      messages: {
        lastOuter: -1,
        add: (record, _occurrence, protocol, at, length, assembly, aux) =>
          messages.addInside(record, this.packets.at(record), protocol, at, length, assembly, aux),
        extend: () => false,
        pair: (a, b) => messages.pair(a, b),
      },
      assemblies: {
        begin: () => assemblies.begin(),
        piece: (record, place, length) => assemblies.pieceInside(this.packets.at(record), record, place, length),
        advance: (place, skip) => place + skip,
        hold: () => null,
      },
      noteReassembled: (record, completedBy) => this.whole.set(record, completedBy + 1),
      noteGap: () => {},
    }
  }

  // ── while the capture is scanned ──

  take(
    flow: number,
    protocol: Protocol,
    ports: readonly number[],
    message: number,
    packet: number,
    at: number,
    length: number,
    assembly: number,
    torn: boolean,
  ): void {
    const connection = this.connect(flow, protocol, ports)
    const record = this.count++
    if (this.first.at(message) === 0) this.first.set(message, record + 1)
    this.last.set(message, record + 1)
    this.packets.set(record, packet)
    this.places.set(record, at)
    this.lengths.set(record, length)
    this.assemblyOf.set(record, assembly)
    this.flows.set(record, flow)
    this.unsealerOf.set(record, connection.unsealerNumber)
    const one = connection.unsealing.take(flow & 1, this.sealed(record), torn)
    this.kinds.set(record, one.kind)
    this.sessions.set(record, one.session)
    this.keys.set(record, one.key)
    this.numbers.set(record, one.number)
    if (one.owed > 0) this.owing.set(record, one.owed)
    this.flags.set(record, (one.inStream ? IN_STREAM : 0) | (one.fromClient ? FROM_CLIENT : 0))
    this.states.set(record, one.state === OPENED && !this.keepChain(record, one.chain) ? FORGOTTEN : one.state)
    if (torn || one.state === CUT) this.tear(connection, flow)
    if (one.bytes !== null) {
      this.plainLengths.set(record, one.bytes.length)
      this.remember(record, one.bytes)
      if (one.inStream) this.feed(connection, flow, record, one.bytes)
    }
    if (one.ends) connection.inner[flow & 1]?.close(record, 0)
    const inner = connection.inner[flow & 1]
    this.inside.set(record, inner?.speaks === true ? (inner.protocol?.id ?? -1) + 1 : 0)
  }

  miss(flow: number): void {
    const connection = this.connections.get(flow >> 1)
    if (connection === undefined) return
    connection.unsealing.miss(flow & 1)
    this.tear(connection, flow)
  }

  close(flow: number, packet: number, occurrence: number): void {
    const connection = this.connections.get(flow >> 1)
    if (connection === undefined) return
    this.end(connection, flow, packet, occurrence)
    connection.closed |= 1 << (flow & 1)
    if (connection.closed === BOTH) this.connections.delete(flow >> 1)
  }

  /** A message inside may last until the connection ends, and nobody need say so before: what completes it then is no record. */
  private end({ inner, unsealerNumber }: Connection, flow: number, packet: number, occurrence: number): void {
    const record = this.count
    this.packets.set(record, packet)
    const before = this.messages.count
    inner[flow & 1]?.close(record, occurrence)
    if (this.messages.count === before) return
    this.count++
    this.flows.set(record, flow)
    this.unsealerOf.set(record, unsealerNumber)
    this.sessions.set(record, -1)
    this.closers.set(record, occurrence + 1)
  }

  closedBy(record: number): number {
    return this.closers.at(record) - 1
  }

  private connect(flow: number, protocol: Protocol, ports: readonly number[]): Connection {
    let connection = this.connections.get(flow >> 1)
    if (connection !== undefined) return connection
    let unsealerNumber = this.unsealers.findIndex((one) => one.protocol === protocol)
    if (unsealerNumber < 0) unsealerNumber = this.unsealers.push({ protocol, unsealer: protocol.unseal!(this.secrets) }) - 1
    const { unsealer } = this.unsealers[unsealerNumber]!
    connection = { unsealing: unsealer.connect(flow >> 1), unsealer, unsealerNumber, ports, inner: [], closed: 0 }
    this.connections.set(flow >> 1, connection)
    return connection
  }

  private feed(connection: Connection, flow: number, record: number, bytes: Uint8Array): void {
    let inner = connection.inner[flow & 1]
    const other = connection.inner[(flow & 1) ^ 1]
    if (inner === undefined) {
      inner = new Direction(this.context, flow, connection.ports)
      connection.inner[flow & 1] = inner
      if (other !== undefined) inner.join(other)
      inner.protocol = other?.protocol ?? this.expected(connection)
    }
    if (bytes.length === 0) return
    inner.arrive(record, 0, inner.expected, bytes, 0, bytes.length, 0, 0, inner.expected)
    if (inner.protocol !== null && other !== undefined && other.protocol === null) other.protocol = inner.protocol
  }

  /** The protocol that the two sides named, or that is usual on their ports; what is there may still be another one. */
  private expected({ unsealing: { inside }, ports }: Connection): Protocol | null {
    const { framed } = this.context
    const named = inside === '' ? undefined : framed.find(({ framing }) => framing!.agreedAs?.includes(inside))
    return named ?? framed.find(({ framing }) => framing!.sealedPorts?.some((port) => ports.includes(port))) ?? null
  }

  /** Bytes of the stream inside are missing. */
  private tear(connection: Connection, flow: number): void {
    const inner = connection.inner[flow & 1]
    if (inner === undefined) return
    const behind = (inner.expected + 1) >>> 0
    inner.arrive(this.count - 1, 0, behind, NOTHING, 0, 0, 0, 0, behind)
  }

  private keepChain(record: number, chain: Uint8Array | null): boolean {
    if (chain === null) return true
    if (this.chainBytes + chain.length > MAX_CHAINS) return false
    this.chainBytes += chain.length
    this.chains.set(record, chain)
    return true
  }

  private remember(record: number, bytes: Uint8Array): void {
    this.cache.set(record, bytes)
    this.cacheBytes += bytes.length
    for (const [oldest, held] of this.cache) {
      if (this.cacheBytes <= MAX_CACHE) return
      this.cacheBytes -= held.length
      this.cache.delete(oldest)
    }
  }

  // ── afterwards ──

  firstOf(message: number): number {
    return this.first.at(message) - 1
  }

  endOf(message: number): number {
    return this.last.at(message)
  }

  owed(record: number): number {
    return this.owing.at(record)
  }

  /** The record as it was sent. */
  sealed(record: number): Uint8Array {
    const assembly = this.assemblyOf.at(record)
    return assembly < 0
      ? this.assemblies.copy(this.packets.at(record), this.places.at(record), this.lengths.at(record))
      : this.assemblies.bytes(assembly)
  }

  plain(record: number): Uint8Array | null {
    if (this.states.at(record) !== OPENED) return null
    const known = this.cache.get(record)
    if (known !== undefined) return known
    const { unsealer } = this.unsealers[this.unsealerOf.at(record)]!
    const bytes = unsealer.reopen(this.keys.at(record), this.numbers.at(record), this.chains.get(record) ?? null, this.sealed(record))
    if (bytes !== null) this.remember(record, bytes)
    return bytes
  }

  describe(record: number): string {
    const { unsealer } = this.unsealers[this.unsealerOf.at(record)]!
    const fromClient = (this.flags.at(record) & FROM_CLIENT) !== 0
    return unsealer.describe(
      this.states.at(record),
      this.keys.at(record),
      this.sessions.at(record),
      fromClient,
      this.plainLengths.at(record),
    )
  }

  state(record: number): number {
    return this.states.at(record)
  }

  kind(record: number): number {
    return this.kinds.at(record)
  }

  insideOf(record: number): number {
    return this.inside.at(record) - 1
  }

  inStream(record: number): boolean {
    return (this.flags.at(record) & IN_STREAM) !== 0
  }

  packet(record: number): number {
    return this.packets.at(record)
  }

  flow(record: number): number {
    return this.flows.at(record)
  }

  /** Where the record lies in its packet's frame; -1 when it is put together from several packets. */
  at(record: number): number {
    return this.assemblyOf.at(record) < 0 ? this.places.at(record) : -1
  }

  length(record: number): number {
    return this.lengths.at(record)
  }

  reassembledIn(record: number): number {
    const by = this.whole.at(record)
    return by === 0 ? 0 : this.packets.at(by - 1)
  }

  /** What became of the handshakes of all sealed protocols. */
  get handshakes(): readonly SealedSession[] {
    return this.unsealers.flatMap(({ unsealer }) => unsealer.sessions)
  }
}

const NOTHING = new Uint8Array(0)
