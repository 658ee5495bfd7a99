// What outlives one packet, as dissectors see it. Written by `track` only, once per packet and in capture order; `dissect` reads facts
// that are fixed once written, so that packets can be dissected again in any order. Implemented in ../streams.

import type { Dissection } from './dissect.ts'
import type { Field } from './field.ts'
import type { Opened, Secrets } from './unseal.ts'

/** Kinds of conversation, each numbered from 0 on its own. */
export const KIND_TCP = 0
export const KIND_UDP = 1
export const KIND_SCTP = 2
export const KINDS = 3

/** Messages.occurrence of messages inside sealed records: no transport layer carries them as they are. */
export const INSIDE = 255

/** A directed conversation: conversation number × 2, plus 1 for packets towards its first sender. -1: none. */
export type Flow = number

export interface Memory {
  /** Finds or opens the conversation between p's addresses on these ports, and notes it for this transport layer of the packet. */
  converse(p: Dissection, kind: number, sourcePort: number, destinationPort: number): Flow
  /** The flow of a packet's n-th transport layer (from 0); -1 when that layer was never tracked. */
  flowOf(packet: number, occurrence: number): Flow
  /** Number of the flow's conversation among those of its kind: tcp.stream, udp.stream. */
  streamOf(flow: Flow): number
  /** Port of the flow's sender (0) or receiver (1); -1 without a flow. */
  portOf(flow: Flow, end: 0 | 1): number
  readonly tcp: TcpMemory
  readonly fragments: FragmentMemory
  readonly messages: Messages
  readonly assemblies: Assemblies
  readonly exchanges: Exchanges
  /** Secrets that open sealed bytes; null when neither the user nor the capture gave any. */
  readonly secrets: Secrets | null
  /** What they open; null without secrets. */
  readonly opened: Opened | null
  readonly shelf: Shelf
  readonly datagrams: DatagramMemory
  /** The bytes of a message, read again from its packets. */
  bytesOf(message: number): Uint8Array
}

/** What protocols keep for a whole capture: written while framing and by `track`, in capture order. */
export interface Shelf {
  /** The one object that `make` makes; made when it is asked for first. `make` itself is the key. */
  keep<T extends object>(make: () => T): T
}

/** Conversations of datagrams whose bytes say what they are. */
export interface DatagramMemory {
  /**
   * Looks at the datagram whose payload begins at `at` of the layer, unless the flow's conversation is known already. The field is the one
   * whose values select children by port.
   */
  see(p: Dissection, flow: Flow, at: number, port: Field, source: number, destination: number): void
  /** Id of the protocol that the conversation was recognised as, in this packet or an earlier one; -1 otherwise. */
  protocolOf(flow: Flow, packet: number): number
}

/** Questions and answers that carry the same number, in protocols where messages do not come in order. */
export interface Exchanges {
  /** A question was asked; the same number within `patience` seconds is the same question again. */
  ask(flow: Flow, id: number, packet: number, seconds: number, patience: number): void
  answer(flow: Flow, id: number, packet: number): void
  /** The packet that answers this question, or that asked for this answer; 0 when none is known. */
  partnerOf(packet: number): number
  /** The packet that said first what this one says again; 0 when it is no repetition. */
  originalOf(packet: number): number
}

export interface TcpMemory {
  /**
   * Takes one segment in: stream positions, reassembly, framing into messages. `at` is the payload's offset in the layer, `captured` the
   * bytes of it that are there, `length` its length by the IP header. Returns the segment's flow.
   */
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
  ): Flow
  /** Notes the window scale option of a SYN: its shift, or -1 when the SYN has none. */
  noteScale(flow: Flow, shift: number): void
  /** Sequence number that counts as 0 in this flow, as of a packet; NaN while nothing is known of that direction. */
  baseSequence(flow: Flow, packet: number): number
  /** Shift of the window field in this flow: 0 … 14, -1 when the handshake was not seen, -2 when scaling is not used. */
  windowShift(flow: Flow): number
  /** The packet in which a message that has bytes of this packet (first transport layer) is complete; 0 when none or not yet known. */
  reassembledIn(packet: number): number
  /** Id of the protocol that this flow's connection was recognised as, in this packet or an earlier one; -1 otherwise. */
  protocolOf(flow: Flow, packet: number): number
  /** Bytes missing from the capture just before this packet's payload. */
  gapBefore(packet: number): number
  /** Looks at how the two sides treat each other, when somebody wants to know; null: nobody does. */
  readonly analysis: TcpAnalysis | null
}

/** How segments of a connection stand to each other: what was lost, repeated, waited for. */
export interface TcpAnalysis {
  /** Takes one segment in; all numbers as they stand in the packet, `length` the payload's on the wire. */
  segment(p: Dissection, flow: Flow, seq: number, ack: number, flags: number, window: number, length: number): void
  /** Takes a segment in of which only the connection is known: quoted by an error message. */
  glance(packet: number, occurrence: number, flow: Flow): void
  /** Takes a segment in whose header goes beyond the packet: its flags are known, its length is not. */
  cut(packet: number, occurrence: number, flow: Flow, flags: number): void
  /** The runs of bytes beyond a gap that this segment of `flow` names, as pairs of raw numbers; called before the segment is taken in. */
  noteSelective(flow: Flow, edges: readonly number[]): void
  /** What is known of a packet's transport layer, valid until the next call; null when there is nothing. */
  of(packet: number, occurrence: number, flow: Flow): Readonly<SegmentFacts> | null
}

/** What the analysis says of one segment. Packets are numbers, 0 for none. */
export interface SegmentFacts {
  /** Bits of ANALYSIS_…. */
  flags: number
  /** What the conversation had seen before this segment: SYN 1, SYN+ACK 2, ACK 4, data 8, FIN 16, RST 32. */
  completeness: number
  /** The packet before it in the conversation, and the first one. */
  previous: number
  first: number
  /** The packet whose bytes it acknowledges to the last one. */
  acked: number
  /** Bytes sent and not yet acknowledged, this segment's among them; 0: not known. */
  inFlight: number
  /** Bytes sent since the last PSH flag; 0: not known. */
  pushed: number
  /** For a duplicate: the how many-th of the acknowledgment, which first stood in the other packet. */
  duplicates: number
  duplicateOf: number
  /** For a retransmission: the packet from which the time-out counts. */
  sentBefore: number
  /** For a FIN that was sent before: the packet of the first one. */
  finBefore: number
  /** The packets between which the handshake's round trip was measured. */
  handshakeFrom: number
  handshakeTo: number
}

export const ANALYSIS_RETRANSMISSION = 0x1
export const ANALYSIS_FAST_RETRANSMISSION = 0x2
export const ANALYSIS_SPURIOUS_RETRANSMISSION = 0x4
export const ANALYSIS_OUT_OF_ORDER = 0x8
export const ANALYSIS_REUSED_PORTS = 0x10
export const ANALYSIS_LOST_SEGMENT = 0x20
export const ANALYSIS_ACK_LOST_SEGMENT = 0x40
export const ANALYSIS_WINDOW_UPDATE = 0x80
export const ANALYSIS_WINDOW_FULL = 0x100
export const ANALYSIS_KEEP_ALIVE = 0x200
export const ANALYSIS_KEEP_ALIVE_ACK = 0x400
export const ANALYSIS_DUPLICATE_ACK = 0x800
export const ANALYSIS_ZERO_WINDOW_PROBE = 0x1000
export const ANALYSIS_ZERO_WINDOW = 0x2000
export const ANALYSIS_ZERO_WINDOW_PROBE_ACK = 0x4000
/** Not among the flags that are shown: of two FINs, this side's came first. */
export const ANALYSIS_CLOSES_FIRST = 0x8000
/** Nor this: the other side's SYN carried a fast-open cookie and data. */
export const ANALYSIS_AFTER_SYN_DATA = 0x10000

export interface FragmentMemory {
  /** Takes one fragment in; `key` names the datagram. `at`/`length`: its bytes in p.bytes; `place`: its offset in the datagram. */
  add(p: Dissection, key: string, place: number, more: boolean, at: number, length: number): void
  /** The assembly that this packet's n-th fragment layer completed, or -1. */
  completedBy(packet: number, occurrence: number): number
  /** The packet in which the datagram of this packet's fragment is complete; 0 when unknown. */
  reassembledIn(packet: number): number
}

/** Messages (PDUs) found in byte streams, in the order in which packets completed them. */
export interface Messages {
  /** Index of the first message that this packet completed, or -1. Those of one packet are adjacent. */
  firstOf(packet: number): number
  /** Number of messages so far. */
  readonly count: number
  packet(index: number): number
  /** Which transport layer of the packet completed it. */
  occurrence(index: number): number
  /** Id of the protocol that framed it. */
  protocol(index: number): number
  /** Where it lies in the frame, when `assembly` is -1. */
  at(index: number): number
  length(index: number): number
  assembly(index: number): number
  /** What FramingState.aux was when the message was complete; of a coalesced run, the first message's. */
  aux(index: number): number
  /** The message of the other direction that it answers, or that answers it, as far as known: its index, or -1. */
  opposite(index: number): number
  /**
   * The sealed record (Memory.opened) in which the message was complete, -1 for messages that lie in packets as they are. Inside a record
   * `at` counts in its content, and `occurrence` is INSIDE.
   */
  within(index: number): number
}

/** Bytes put together from several packets. */
export interface Assemblies {
  length(assembly: number): number
  pieces(assembly: number): number
  piecePacket(assembly: number, piece: number): number
  pieceLength(assembly: number, piece: number): number
  /** The bytes, read again from the packets. */
  bytes(assembly: number): Uint8Array
}
