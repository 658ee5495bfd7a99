// TCP connections: stream numbers, relative sequence numbers, window scaling, and the two directions of reassembly.

import { column32 } from '../bytes/columns.ts'
import type { Dissection } from '../core/dissect.ts'
import { type Flow, KIND_TCP, type TcpMemory } from '../core/memory.ts'
import type { SealedStreams, StreamContext } from './context.ts'
import type { Conversations } from './conversations.ts'
import { Direction } from './direction.ts'
import { TcpAnalyser } from './tcp-analysis.ts'

const FIN = 0x01
const SYN = 0x02
const RST = 0x04
const ACK = 0x10

const BASE_KNOWN = 1
const SAW_SYN = 2
const ACK_KNOWN = 4
/** The direction has ended, and its memory was given back: what still arrives was there before. */
const CLOSED = 8
/** The base was another one before: `rebased` knows. */
const REBASED = 16

const FIRST_SIZE = 1 << 11

export interface FlowLog {
  note(packet: number, occurrence: number, flow: Flow): void
}

export class TcpStreams implements TcpMemory {
  // By flow; doubled when full: they are looked up for every segment.
  private marks = new Uint8Array(FIRST_SIZE)
  private bases = new Uint32Array(FIRST_SIZE)
  /** Window shift + 3; 0: not known. */
  private shifts = new Uint8Array(FIRST_SIZE)
  /** Highest sequence number that a flow's receiver has acknowledged. */
  private acked = new Uint32Array(FIRST_SIZE)
  /** By flow; made when the first payload arrives. */
  private readonly directions: (Direction | undefined)[] = []
  private readonly whole = column32()
  /** By conversation: the packet in which its protocol was recognised. */
  private readonly recognisedIn = column32()
  private readonly gaps = new Map<number, number>()
  /** By flow: packets from which on another base counts, and the base before, in turns. */
  private readonly rebased = new Map<Flow, number[]>()
  analysis: TcpAnalyser | null
  private readonly conversations: Conversations
  private readonly flows: FlowLog
  private readonly shared: StreamContext

  constructor(
    conversations: Conversations,
    flows: FlowLog,
    parts: Pick<StreamContext, 'framed' | 'messages' | 'assemblies' | 'delivery' | 'shelf'>,
  ) {
    this.conversations = conversations
    this.flows = flows
    this.analysis = new TcpAnalyser(this)
    this.shared = {
      ...parts,
      sealed: null,
      earlyBytes: 0,
      givenUp: 0,
      noteReassembled: (packet, completedBy) => this.whole.set(packet, completedBy),
      noteGap: (packet, length) => this.gaps.set(packet, (this.gaps.get(packet) ?? 0) + length),
    }
  }

  /** From here on the messages of sealed protocols are shown to what `make` makes. */
  unseal(make: (shared: StreamContext) => SealedStreams): void {
    this.shared.sealed = make(this.shared)
  }

  /** Times that a bound was hit and bytes were given up. */
  get givenUp(): number {
    return this.shared.givenUp
  }

  segment(
    p: Dissection,
    sourcePort: number,
    destinationPort: number,
    seq: number,
    ack: number,
    flags: number,
    at: number,
    captured: number,
    length: number,
  ): Flow {
    const { conversations } = this
    let flow = conversations.flow(KIND_TCP, p.addressBytes, p.sourceAt, p.destinationAt, p.addressSize, sourcePort, destinationPort)
    const known = this.marks[flow] ?? 0
    // A SYN with another initial sequence number: the ports are used again, by a new connection (as tshark's "port numbers reused").
    if ((flags & (SYN | ACK)) === SYN && (known & BASE_KNOWN) !== 0 && this.bases[flow]! !== seq && !p.quoted) {
      flow = conversations.reopen(KIND_TCP, p.addressBytes, p.sourceAt, p.destinationAt, p.addressSize, sourcePort, destinationPort)
      this.analysis?.reopen()
    } else if ((flags & (SYN | ACK)) === (SYN | ACK) && (known & BASE_KNOWN) !== 0 && this.bases[flow]! !== seq && !p.quoted) {
      // An answer with another number: the same connection, counted from there on (as tshark does).
      this.rebase(flow, p.packet, seq)
      this.analysis?.reopen()
    }
    if ((flow | 1) >= this.marks.length) this.widen(flow)
    this.flows.note(p.packet, p.transports, flow)
    if (p.quoted) return flow
    this.noteBases(flow, seq, ack, flags)
    if ((flags & ACK) !== 0) this.noteAck(flow ^ 1, ack)
    if ((flags & RST) === 0 && (length > 0 || (flags & FIN) !== 0))
      this.payload(p, flow, (flags & SYN) !== 0 ? (seq + 1) >>> 0 : seq, flags, at, captured, length, sourcePort, destinationPort)
    return flow
  }

  private widen(flow: Flow): void {
    const size = 2 ** Math.ceil(Math.log2(flow + 2))
    const { marks, bases, shifts, acked } = this
    this.marks = new Uint8Array(size)
    this.marks.set(marks)
    this.bases = new Uint32Array(size)
    this.bases.set(bases)
    this.shifts = new Uint8Array(size)
    this.shifts.set(shifts)
    this.acked = new Uint32Array(size)
    this.acked.set(acked)
  }

  private payload(
    p: Dissection,
    flow: Flow,
    seq: number,
    flags: number,
    at: number,
    captured: number,
    length: number,
    sourcePort: number,
    destinationPort: number,
  ): void {
    let direction = this.directions[flow]
    if (direction === undefined) {
      if (length === 0 || (this.marks[flow]! & CLOSED) !== 0) return
      direction = this.open(flow, sourcePort, destinationPort)
    }
    if (length > 0) {
      const from = p.base + at
      const place = p.source === 0 ? from - p.frameStart : this.shared.assemblies.hold(p.bytes, from, captured)
      if (place === null) return
      const acked = (this.marks[flow]! & ACK_KNOWN) !== 0 ? this.acked[flow]! : (seq - 1) >>> 0
      direction.arrive(p.packet, p.transports, seq, p.bytes, from, from + captured, length - captured, place, acked)
      if (direction.protocol !== null) this.agree(p.packet, flow, direction)
    }
    if ((flags & FIN) !== 0 && direction.expected === (seq + length) >>> 0) {
      direction.close(p.packet, p.transports)
      this.directions[flow] = undefined
      this.shared.sealed?.close(flow, p.packet, p.transports)
      this.marks[flow] = this.marks[flow]! | CLOSED
    }
  }

  private open(flow: Flow, sourcePort: number, destinationPort: number): Direction {
    const direction = new Direction(this.shared, flow, [sourcePort, destinationPort])
    if ((this.marks[flow]! & SAW_SYN) !== 0) {
      direction.started = true
      direction.expected = (this.bases[flow]! + 1) >>> 0
    }
    this.directions[flow] = direction
    const other = this.directions[flow ^ 1]
    if (other !== undefined) {
      direction.join(other)
      direction.protocol = other.protocol
    }
    return direction
  }

  /** No more packets will come: segments that wait for lost ones are taken as they are. */
  release(): void {
    for (const direction of this.directions) direction?.release()
  }

  /** Both directions speak the protocol that one of them was recognised by. */
  private agree(packet: number, flow: Flow, direction: Direction): void {
    const conversation = flow >> 1
    if (this.conversations.protocolOf(conversation) >= 0) return
    this.recognisedIn.set(conversation, packet)
    this.conversations.recognise(conversation, direction.protocol!.id)
    const other = this.directions[flow ^ 1]
    if (other !== undefined) other.protocol = direction.protocol
  }

  /** Relative numbers start at a SYN's, or at the first number seen less 1, as tshark's do. */
  private noteBases(flow: Flow, seq: number, ack: number, flags: number): void {
    const mark = this.marks[flow]!
    if ((mark & BASE_KNOWN) === 0) {
      const syn = (flags & SYN) !== 0
      this.bases[flow] = syn ? seq : (seq - 1) >>> 0
      this.marks[flow] = mark | BASE_KNOWN | (syn ? SAW_SYN : 0)
    }
    const back = flow ^ 1
    if ((flags & ACK) !== 0 && (this.marks[back]! & BASE_KNOWN) === 0) {
      this.bases[back] = (ack - 1) >>> 0
      this.marks[back] = this.marks[back]! | BASE_KNOWN
    }
  }

  private rebase(flow: Flow, packet: number, seq: number): void {
    const history = this.rebased.get(flow) ?? []
    this.rebased.set(flow, history)
    history.push(packet, this.bases[flow]!)
    this.bases[flow] = seq
    this.marks[flow] = this.marks[flow]! | REBASED
  }

  private noteAck(flow: Flow, ack: number): void {
    const mark = this.marks[flow]!
    if ((mark & ACK_KNOWN) === 0) this.marks[flow] = mark | ACK_KNOWN
    else if (((ack - this.acked[flow]!) | 0) <= 0) return
    this.acked[flow] = ack
  }

  /** Notes the window scale option of a SYN: `shift` 0 … 14, or -1 when the SYN has none. */
  noteScale(flow: Flow, shift: number): void {
    this.shifts[flow] = shift < 0 ? 1 : Math.min(shift, 14) + 3
  }

  baseSequence(flow: Flow, packet: number): number {
    const mark = this.marks[flow] ?? 0
    if ((mark & BASE_KNOWN) === 0) return Number.NaN
    if ((mark & REBASED) !== 0) {
      const history = this.rebased.get(flow)!
      for (let i = 0; i < history.length; i += 2) if (packet < history[i]!) return history[i + 1]!
    }
    return this.bases[flow]!
  }

  windowShift(flow: Flow): number {
    const mine = this.shifts[flow] ?? 0
    const theirs = this.shifts[flow ^ 1] ?? 0
    // A capture of one direction shows one SYN only: it counts as if the other side had agreed.
    if (mine === 1 || theirs === 1) return -2
    return mine === 0 ? -1 : mine - 3
  }

  protocolOf(flow: Flow, packet: number): number {
    return flow < 0 || packet < this.recognisedIn.at(flow >> 1) ? -1 : this.conversations.protocolOf(flow >> 1)
  }

  reassembledIn(packet: number): number {
    return this.whole.at(packet)
  }

  gapBefore(packet: number): number {
    return this.gaps.get(packet) ?? 0
  }
}
