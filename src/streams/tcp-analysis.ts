// How the two sides of a TCP connection treat each other: what was lost, sent again, waited for, how long answers took. The rules are those of
// Wireshark's user's guide, "TCP Analysis"; tshark 4.0 referees.
//
// Runs once per segment, in capture order, beside reassembly, and only when somebody wants to know. Of times only the numbers of packets are
// kept: the clock of the index has the rest, and hardly any segment asks.

import type { Dissection } from '../core/dissect.ts'
import {
  ANALYSIS_ACK_LOST_SEGMENT,
  ANALYSIS_AFTER_SYN_DATA,
  ANALYSIS_CLOSES_FIRST,
  ANALYSIS_DUPLICATE_ACK,
  ANALYSIS_FAST_RETRANSMISSION,
  ANALYSIS_KEEP_ALIVE,
  ANALYSIS_KEEP_ALIVE_ACK,
  ANALYSIS_LOST_SEGMENT,
  ANALYSIS_OUT_OF_ORDER,
  ANALYSIS_RETRANSMISSION,
  ANALYSIS_REUSED_PORTS,
  ANALYSIS_SPURIOUS_RETRANSMISSION,
  ANALYSIS_WINDOW_FULL,
  ANALYSIS_WINDOW_UPDATE,
  ANALYSIS_ZERO_WINDOW,
  ANALYSIS_ZERO_WINDOW_PROBE,
  ANALYSIS_ZERO_WINDOW_PROBE_ACK,
  type Flow,
  type SegmentFacts,
  type TcpAnalysis,
} from '../core/memory.ts'
import { AnalysisLog, emptyFacts } from './tcp-analysis-log.ts'
import { isWithin, nanosBetween, nanosSince } from './tcp-analysis-times.ts'
import { Unacknowledged } from './tcp-unacknowledged.ts'

const FIN = 0x01
const SYN = 0x02
const RST = 0x04
const PSH = 0x08
const ACK = 0x10

/** A repeated segment within this time of the second duplicate acknowledgment answers it (nanoseconds). */
const FAST = 20_000_000
/** A late segment within this time of the newest one was overtaken, when the round trip is not known (nanoseconds). */
const OVERTAKEN = 3_000_000
/** More bytes in flight than any window allows: the numbers mean nothing. */
const TOO_MANY = 2_000_000_000

// Bits of completeness, and beyond them.
const SAW_SYN = 1
const SAW_SYN_ACK = 2
const SAW_ACK = 4
const SAW_DATA = 8
const SAW_FIN = 16
const SAW_RST = 32
/** Which side's FIN came first: the flow's low bit plus 1, shifted. */
const CLOSER = 6

// By flow: words of its state.
const NEXT = 0
const NEXT_PACKET = 1
const TO_BE_ACKED = 2
const LAST_ACK = 3
const LAST_ACK_PACKET = 4
const WINDOW = 5
const MARKS = 6
const DUPLICATES = 7
const FIRST_OF_ACK = 8
const PUSHED = 9
const FIN_PACKET = 10
const WORDS = 11

/** No window of 16 bits. */
const UNKNOWN_WINDOW = 0xffffffff

// Bits of MARKS.
const PUSH_ENDED = 1
const IN_FLIGHT_UNKNOWN = 2
const WAS_KEEP_ALIVE = 4
const WAS_PROBE = 8
const HAS_SELECTIVE = 16
const ONLY_SYN = 32
const SYN_DATA = 64

/** What the analysis asks of the streams. */
export interface StreamBases {
  baseSequence(flow: Flow, packet: number): number
  windowShift(flow: Flow): number
}

export class TcpAnalyser implements TcpAnalysis {
  /** Log of what was found. */
  private readonly log = new AnalysisLog()
  /** By flow: its place in `state`, plus 1. Flows that send nothing need none. */
  private slots = new Uint32Array(1 << 11)
  private state = new Uint32Array((1 << 8) * WORDS)
  private used = 0
  /** By conversation: its first and its latest packet, and those of the handshake. */
  private firsts = new Uint32Array(1 << 10)
  private latest = new Uint32Array(1 << 10)
  private seen = new Uint8Array(1 << 10)
  private synPackets = new Uint32Array(1 << 10)
  private answered = new Uint32Array(1 << 10)
  /** By flow: the runs beyond a gap that its last segment named. */
  private readonly selective = new Map<Flow, readonly number[]>()
  private readonly unacknowledged = new Unacknowledged()
  private readonly streams: StreamBases
  private readonly facts = emptyFacts()
  private reused = false
  private readonly found = emptyFacts()

  constructor(streams: StreamBases) {
    this.streams = streams
  }

  /** A segment of which only the connection is known (quoted in an error message, cut short). */
  glance(packet: number, occurrence: number, flow: Flow): void {
    const facts = this.begin(packet, flow)
    this.log.add(packet, occurrence, facts)
  }

  cut(packet: number, occurrence: number, flow: Flow, flags: number): void {
    this.reused = false
    const facts = this.begin(packet, flow)
    this.complete(packet, facts, flow, this.slotOf(flow), flags, 0)
    this.log.add(packet, occurrence, facts)
  }

  private begin(packet: number, flow: Flow): SegmentFacts {
    const conversation = flow >> 1
    if (conversation >= this.firsts.length) this.widen(conversation)
    const { facts } = this
    facts.flags = 0
    facts.acked = 0
    facts.inFlight = 0
    facts.pushed = 0
    facts.duplicates = 0
    facts.duplicateOf = 0
    facts.sentBefore = 0
    facts.finBefore = 0
    facts.previous = this.latest[conversation]!
    facts.completeness = this.seen[conversation]! & 0x3f
    if (facts.previous === 0) this.firsts[conversation] = packet
    this.latest[conversation] = packet
    return facts
  }

  /** The segment at hand begins its conversation on the ports of an older one. */
  reopen(): void {
    this.reused = true
  }

  segment(p: Dissection, flow: Flow, seq: number, ack: number, flags: number, window: number, length: number): void {
    const facts = this.begin(p.packet, flow)
    if (this.reused) facts.flags |= ANALYSIS_REUSED_PORTS
    this.reused = false
    const own = this.slotOf(flow)
    const other = this.slotOf(flow ^ 1)
    const { state } = this
    this.judge(p, facts, flow, own, other, seq, ack, flags, window, length)
    if ((flags & (SYN | ACK)) === (SYN | ACK) && (state[other + MARKS]! & SYN_DATA) !== 0) facts.flags |= ANALYSIS_AFTER_SYN_DATA
    if ((flags & (SYN | ACK)) === SYN && length > 0) state[own + MARKS]! |= SYN_DATA
    this.handshake(p.packet, flow, seq, ack, flags)
    this.advance(p.packet, facts, flow, own, seq, ack, flags, window, length)
    facts.acked = this.unacknowledged.acknowledge(flow ^ 1, ack, this.baseOf(flow ^ 1))
    if (length > 0) this.measure(facts, flow, own, flags, length)
    if ((flags & ACK) !== 0) state[other + MARKS]! &= ~IN_FLIGHT_UNKNOWN
    this.complete(p.packet, facts, flow, own, flags, length)
    this.log.add(p.packet, p.transports, facts)
  }

  noteSelective(flow: Flow, edges: readonly number[]): void {
    const own = this.slotOf(flow)
    if (edges.length === 0) {
      if ((this.state[own + MARKS]! & HAS_SELECTIVE) === 0) return
      this.state[own + MARKS]! &= ~HAS_SELECTIVE
      this.selective.delete(flow)
      return
    }
    this.state[own + MARKS]! |= HAS_SELECTIVE
    this.selective.set(flow, edges)
  }

  of(packet: number, occurrence: number, flow: Flow): Readonly<SegmentFacts> | null {
    const { found } = this
    if (flow < 0 || !this.log.read(packet, occurrence, found)) return null
    const conversation = flow >> 1
    found.first = this.firsts[conversation] ?? 0
    const to = this.answered[conversation] ?? 0
    const known = to !== 0 && to <= packet
    found.handshakeFrom = known ? this.synPackets[conversation]! : 0
    found.handshakeTo = known ? to : 0
    return found
  }

  /** What kind of segment it is, in the light of those before it. */
  private judge(
    p: Dissection,
    facts: SegmentFacts,
    flow: Flow,
    own: number,
    other: number,
    seq: number,
    ack: number,
    flags: number,
    window: number,
    length: number,
  ): void {
    const { state } = this
    const next = state[own + NEXT]!
    const lastAck = state[own + LAST_ACK]!
    const controls = flags & (SYN | FIN | RST)
    const theirs = state[other + MARKS]!
    // A byte sent against a closed window only asks whether it has opened.
    const probe = length === 1 && seq === next && state[other + WINDOW] === 0 && next !== 0
    if (probe) facts.flags |= ANALYSIS_ZERO_WINDOW_PROBE
    else {
      if (window === 0 && controls === 0) facts.flags |= ANALYSIS_ZERO_WINDOW
      if (next !== 0 && ((seq - next) | 0) > 0 && (flags & RST) === 0) {
        facts.flags |= ANALYSIS_LOST_SEGMENT
        state[own + MARKS]! |= IN_FLIGHT_UNKNOWN
      }
      if (length <= 1 && seq === (next - 1) >>> 0 && controls === 0) facts.flags |= ANALYSIS_KEEP_ALIVE
      const again = length === 0 && seq === next && controls === 0
      const same = again && ack === lastAck
      const sameWindow = window === state[own + WINDOW]
      if (same && window !== 0 && !sameWindow) facts.flags |= ANALYSIS_WINDOW_UPDATE
      if (length > 0 && controls === 0 && this.fillsWindow(flow, other, (seq + length) >>> 0)) facts.flags |= ANALYSIS_WINDOW_FULL
      if (same && window !== 0 && sameWindow && (theirs & WAS_KEEP_ALIVE) !== 0) facts.flags |= ANALYSIS_KEEP_ALIVE_ACK
      else if (again && window === 0 && sameWindow && (theirs & WAS_PROBE) !== 0 && (ack === lastAck || ack === (lastAck + 1) >>> 0)) {
        facts.flags |= ANALYSIS_ZERO_WINDOW_PROBE_ACK
        // The receiver took the byte of the probe, after all.
        if (ack === (lastAck + 1) >>> 0) {
          state[other + NEXT] = ack
          state[other + TO_BE_ACKED] = ack
        }
      } else if (same && window !== 0 && sameWindow) {
        facts.flags |= ANALYSIS_DUPLICATE_ACK
        facts.duplicates = ++state[own + DUPLICATES]!
        facts.duplicateOf = state[own + FIRST_OF_ACK]!
      }
    }
    if (ack !== lastAck) {
      state[own + FIRST_OF_ACK] = p.packet
      state[own + DUPLICATES] = 0
    }
    const due = state[other + TO_BE_ACKED]!
    if (due !== 0 && (flags & ACK) !== 0 && ((ack - due) | 0) > 0) {
      facts.flags |= ANALYSIS_ACK_LOST_SEGMENT
      // Said once; and again only for what was seen in between.
      state[other + TO_BE_ACKED] = ((state[other + NEXT]! - due) | 0) > 0 ? state[other + NEXT]! : 0
    }
    if ((length > 0 || (flags & (SYN | FIN)) !== 0) && next !== 0 && ((seq - next) | 0) < 0 && (facts.flags & ANALYSIS_KEEP_ALIVE) === 0)
      this.judgeRepeated(p, facts, flow, own, other, seq, flags, length)
  }

  /** Does the segment that ends at `end` go to the very edge of the window that the receiver offered? */
  private fillsWindow(flow: Flow, other: number, end: number): boolean {
    const { state } = this
    const shift = this.streams.windowShift(flow ^ 1)
    if (shift === -1) return false
    const scaled = shift > 0 && (state[other + MARKS]! & ONLY_SYN) === 0
    return end === (state[other + LAST_ACK]! + (scaled ? state[other + WINDOW]! * 2 ** shift : state[other + WINDOW]!)) >>> 0
  }

  /** The segment does not go beyond what was seen: it was sent again, or overtaken. */
  private judgeRepeated(
    p: Dissection,
    facts: SegmentFacts,
    flow: Flow,
    own: number,
    other: number,
    seq: number,
    flags: number,
    length: number,
  ): void {
    const { state } = this
    const next = state[own + NEXT]!
    const theirAck = state[other + LAST_ACK]!
    const end = (seq + length) >>> 0
    if (length > 0 && theirAck !== 0 && ((end - theirAck) | 0) <= 0) {
      facts.flags |= ANALYSIS_SPURIOUS_RETRANSMISSION
      return
    }
    // One byte before what was next, with new ones behind it: the byte of a probe goes out again with its followers.
    if (length > 1 && (next - 1) >>> 0 === seq) return
    if (state[other + DUPLICATES]! >= 2 && isWithin(nanosSince(p, state[other + LAST_ACK_PACKET]!), FAST)) {
      if (theirAck === seq || this.isMissing(flow ^ 1, other, seq, end)) {
        facts.flags |= ANALYSIS_FAST_RETRANSMISSION
        return
      }
    }
    const after = (end + ((flags & (SYN | FIN)) !== 0 ? 1 : 0)) >>> 0
    if (next !== after && isWithin(nanosSince(p, state[own + NEXT_PACKET]!), this.roundTrip(p, flow >> 1) || OVERTAKEN)) {
      facts.flags |= ANALYSIS_OUT_OF_ORDER
      return
    }
    facts.flags |= ANALYSIS_RETRANSMISSION
    facts.sentBefore = this.unacknowledged.eldest(flow) || state[own + NEXT_PACKET]!
  }

  /** The other side names runs beyond a gap, and these bytes lie in none of them. */
  private isMissing(flow: Flow, slot: number, seq: number, end: number): boolean {
    if ((this.state[slot + MARKS]! & HAS_SELECTIVE) === 0) return false
    const edges = this.selective.get(flow) ?? []
    for (let i = 0; i + 1 < edges.length; i += 2) if (((seq - edges[i]!) | 0) >= 0 && ((end - edges[i + 1]!) | 0) <= 0) return false
    return true
  }

  /** Nanoseconds of the handshake; 0 while it is not known. */
  private roundTrip(p: Dissection, conversation: number): number {
    const to = this.answered[conversation]!
    return to === 0 ? 0 : nanosBetween(p, this.synPackets[conversation]!, to)
  }

  /** Notes the packets of the three-way handshake: the SYN, and the first acknowledgment of its answer. */
  private handshake(packet: number, flow: Flow, seq: number, ack: number, flags: number): void {
    const conversation = flow >> 1
    if (this.answered[conversation] !== 0) return
    if ((flags & (SYN | ACK)) === SYN) this.synPackets[conversation] = packet
    else if (
      (flags & (SYN | ACK)) === ACK &&
      (this.seen[conversation]! & SAW_SYN) !== 0 &&
      (seq - this.baseOf(flow)) >>> 0 === 1 &&
      (ack - this.baseOf(flow ^ 1)) >>> 0 === 1
    )
      this.answered[conversation] = packet
  }

  /** As of now. */
  private baseOf(flow: Flow): number {
    const base = this.streams.baseSequence(flow, Number.POSITIVE_INFINITY)
    return Number.isNaN(base) ? 0 : base
  }

  /** Moves the direction's numbers on. */
  private advance(
    packet: number,
    facts: SegmentFacts,
    flow: Flow,
    own: number,
    seq: number,
    ack: number,
    flags: number,
    window: number,
    length: number,
  ): void {
    const { state } = this
    const counted = (flags & (SYN | FIN)) !== 0 ? 1 : 0
    const end = (seq + length + counted) >>> 0
    if (length > 0 || counted > 0) this.unacknowledged.add(flow, packet, seq, end, this.baseOf(flow))
    const probe = (facts.flags & ANALYSIS_ZERO_WINDOW_PROBE) !== 0
    const next = state[own + NEXT]!
    if ((next === 0 || ((end - next) | 0) > 0) && !probe) {
      state[own + NEXT] = end
      state[own + NEXT_PACKET] = packet
    }
    const due = state[own + TO_BE_ACKED]!
    if (due === 0 && (facts.flags & ANALYSIS_LOST_SEGMENT) !== 0) state[own + TO_BE_ACKED] = next
    else if ((due === 0 || seq === due) && !probe) state[own + TO_BE_ACKED] = state[own + NEXT]!
    state[own + WINDOW] = window
    state[own + LAST_ACK] = ack
    state[own + LAST_ACK_PACKET] = packet
    state[own + MARKS] =
      (state[own + MARKS]! & ~(WAS_KEEP_ALIVE | WAS_PROBE | ONLY_SYN)) |
      ((facts.flags & ANALYSIS_KEEP_ALIVE) !== 0 ? WAS_KEEP_ALIVE : 0) |
      (probe ? WAS_PROBE : 0) |
      ((flags & SYN) !== 0 ? ONLY_SYN : 0)
  }

  /** How many bytes are on their way, now that the segment has left. */
  private measure(facts: SegmentFacts, flow: Flow, own: number, flags: number, length: number): void {
    const { state } = this
    if ((state[own + MARKS]! & IN_FLIGHT_UNKNOWN) !== 0) return
    // A segment after one with PSH starts counting afresh.
    if ((state[own + MARKS]! & PUSH_ENDED) !== 0) state[own + PUSHED] = length
    else state[own + PUSHED]! += length
    if ((flags & PSH) !== 0) state[own + MARKS]! |= PUSH_ENDED
    else state[own + MARKS]! &= ~PUSH_ENDED
    let bytes = this.unacknowledged.extent(flow)
    if (bytes === 0) return
    const back = flow ^ 1
    const other = this.slotOf(back)
    if ((state[other + MARKS]! & HAS_SELECTIVE) !== 0) {
      const edges = this.selective.get(back) ?? []
      for (let i = 0; i + 1 < edges.length; i += 2) bytes -= (edges[i + 1]! - edges[i]!) >>> 0
    }
    // SYN and FIN count in the numbers and are no bytes.
    if ((flags & (SYN | FIN)) !== 0) bytes--
    if (bytes <= 0 || bytes >= TOO_MANY) return
    facts.inFlight = bytes
    facts.pushed = state[own + PUSHED]!
  }

  /** What the conversation has seen by now. */
  private complete(packet: number, facts: SegmentFacts, flow: Flow, own: number, flags: number, length: number): void {
    const { seen, state } = this
    const conversation = flow >> 1
    let now = seen[conversation]!
    // Of the first packet only its SYN counts, and what comes with it.
    if (facts.previous === 0) {
      if ((flags & (SYN | ACK)) === SYN) now |= length > 0 ? SAW_SYN | SAW_DATA : SAW_SYN
    } else {
      if ((flags & SYN) !== 0) now |= (flags & ACK) !== 0 ? SAW_SYN_ACK : SAW_SYN
      else if (length > 0) now |= SAW_DATA
      else if ((flags & ACK) !== 0) now |= SAW_ACK
      if ((flags & SYN) !== 0 && length > 0) now |= SAW_DATA
      if ((flags & RST) !== 0) now |= SAW_RST
      if ((flags & FIN) !== 0) now |= SAW_FIN
    }
    if ((flags & FIN) !== 0) {
      if (now >> CLOSER === 0) now |= ((flow & 1) + 1) << CLOSER
      if (now >> CLOSER === (flow & 1) + 1) facts.flags |= ANALYSIS_CLOSES_FIRST
      if (state[own + FIN_PACKET] === 0) state[own + FIN_PACKET] = packet
      else facts.finBefore = state[own + FIN_PACKET]!
    }
    seen[conversation] = now
  }

  /** Where the flow's state starts; made when first asked for. */
  private slotOf(flow: Flow): number {
    if (flow >= this.slots.length) this.slots = widened(this.slots, new Uint32Array(2 ** Math.ceil(Math.log2(flow + 2))))
    const slot = this.slots[flow]!
    if (slot !== 0) return slot - 1
    const at = this.used
    this.used += WORDS
    // By half only: it is the largest of these, and what is not used yet takes memory too.
    if (this.used > this.state.length) this.state = widened(this.state, new Uint32Array(Math.ceil(this.state.length * 1.5)))
    this.slots[flow] = at + 1
    this.state[at + WINDOW] = UNKNOWN_WINDOW
    return at
  }

  private widen(conversation: number): void {
    const size = 2 ** Math.ceil(Math.log2(conversation + 2))
    this.firsts = widened(this.firsts, new Uint32Array(size))
    this.latest = widened(this.latest, new Uint32Array(size))
    this.seen = widened(this.seen, new Uint8Array(size))
    this.synPackets = widened(this.synPackets, new Uint32Array(size))
    this.answered = widened(this.answered, new Uint32Array(size))
  }
}

function widened<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
