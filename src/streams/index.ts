// The memory of one capture: made once per session, written by `track` in capture order.

import { column32 } from '../bytes/columns.ts'
import type { Dissection } from '../core/dissect.ts'
import { type Flow, KIND_TCP, type Memory, type Shelf } from '../core/memory.ts'
import type { Registry } from '../core/registry.ts'
import type { Secrets } from '../core/unseal.ts'
import { AssemblyLog, type ReadPacket } from './assemblies.ts'
import { Conversations } from './conversations.ts'
import { Datagrams } from './datagrams.ts'
import type { Delivery } from './delivery.ts'
import { ExchangeLog } from './exchanges.ts'
import { Fragments } from './fragments.ts'
import { MessageLog } from './messages.ts'
import { OpenedLog } from './opened.ts'
import { ObjectShelf } from './shelf.ts'
import { TcpStreams } from './tcp.ts'

export type { ReadPacket } from './assemblies.ts'
export type { Delivery } from './delivery.ts'

/** Transport layers beyond the first of a packet are kept by packet × OCCURRENCES + occurrence. */
const OCCURRENCES = 64

export class StreamMemory implements Memory {
  readonly conversations = new Conversations()
  readonly messages = new MessageLog()
  readonly exchanges = new ExchangeLog()
  readonly assemblies: AssemblyLog
  readonly fragments: Fragments
  readonly tcp: TcpStreams
  readonly datagrams: Datagrams
  /** Flow + 1 of each packet's first transport layer. */
  private readonly flows = column32()
  readonly shelf: Shelf = new ObjectShelf()
  private readonly furtherFlows = new Map<number, Flow>()

  /** `delivery` is shown every byte that TCP delivers, while packets are scanned. */
  constructor(registry: Registry, read: ReadPacket, delivery: Delivery | null = null) {
    this.assemblies = new AssemblyLog(read)
    this.fragments = new Fragments(this.assemblies)
    this.datagrams = new Datagrams(registry.heard, this.conversations)
    const { messages, assemblies, shelf } = this
    this.tcp = new TcpStreams(this.conversations, this, { framed: registry.framed, messages, assemblies, delivery, shelf })
  }

  secrets: Secrets | null = null
  opened: OpenedLog | null = null

  /** Opens sealed records from here on. */
  unseal(secrets: Secrets): void {
    this.secrets = secrets
    this.tcp.unseal((shared) => {
      this.opened = new OpenedLog(secrets, shared, this.messages, this.assemblies)
      return this.opened
    })
  }

  note(packet: number, occurrence: number, flow: Flow): void {
    if (occurrence === 0) this.flows.set(packet, flow + 1)
    else this.furtherFlows.set(packet * OCCURRENCES + occurrence, flow)
  }

  converse(p: Dissection, kind: number, sourcePort: number, destinationPort: number): Flow {
    const flow = this.conversations.flow(kind, p.addressBytes, p.sourceAt, p.destinationAt, p.addressSize, sourcePort, destinationPort)
    this.note(p.packet, p.transports, flow)
    return flow
  }

  flowOf(packet: number, occurrence: number): Flow {
    return occurrence === 0 ? this.flows.at(packet) - 1 : (this.furtherFlows.get(packet * OCCURRENCES + occurrence) ?? -1)
  }

  streamOf(flow: Flow): number {
    return flow < 0 ? -1 : this.conversations.numberOf(flow >> 1)
  }

  portOf(flow: Flow, end: 0 | 1): number {
    return flow < 0 ? -1 : this.conversations.port(flow >> 1, (flow & 1) ^ end)
  }

  bytesOf(message: number): Uint8Array {
    const { messages, assemblies } = this
    const assembly = messages.assembly(message)
    const record = messages.within(message)
    if (record >= 0 && assembly < 0) {
      const at = messages.at(message)
      return this.opened?.plain(record)?.subarray(at, at + messages.length(message)) ?? new Uint8Array(0)
    }
    return assembly < 0
      ? assemblies.copy(messages.packet(message), messages.at(message), messages.length(message))
      : assemblies.bytes(assembly)
  }

  /** Number of the first TCP conversation's … of a packet, -1 without one. */
  tcpStreamOf(packet: number): number {
    const flow = this.flows.at(packet) - 1
    return flow >= 0 && this.conversations.kindOf(flow >> 1) === KIND_TCP ? this.conversations.numberOf(flow >> 1) : -1
  }

  /** Times that a bound was hit and bytes or datagrams were given up: the title line says so. */
  get givenUp(): number {
    return this.tcp.givenUp + this.fragments.forgotten + (this.assemblies.overflowed ? 1 : 0)
  }
}
