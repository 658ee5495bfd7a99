// One direction of a TCP connection: segments in, in whatever order; messages out, in order.
//
// Bytes are not kept. A message is a list of places in packets; only bytes that a framing step could not yet judge (a header cut by a
// segment's end) and segments that arrived before their turn are copied, within bounds.

import { type FramingState, MORE, NO, NOT_MINE, type Protocol, type Upgrade, YES } from '../core/protocol.ts'
import { MAX_ASSEMBLY } from './assemblies.ts'
import { assemble, type Early, freshState, type StreamContext } from './context.ts'

/** Bytes kept while a framing step asks for more. */
export const MAX_UNDECIDED = 256 * 1024
/** Segments of one direction, and bytes of all, that may wait for earlier ones. */
export const MAX_EARLY_SEGMENTS = 4096
export const MAX_EARLY_BYTES = 64 * 1024 * 1024
/** Messages that may wait for their answer. */
const MAX_UNANSWERED = 1024

/** Stand for empty lists until something is put in: most directions never need their own. Never written. */
const NONE: Early[] = []
const NOTHING: number[] = []

export class Direction {
  /** Sequence number of the next byte in order. */
  expected = 0
  started = false
  protocol: Protocol | null = null
  state: FramingState
  /** False until a message's first byte was recognised (again). */
  private synced = false
  /** Bytes already accounted for that have yet to arrive. */
  private skip = 0
  /** A part of the message under way is missing: it will not be shown as one. */
  private lost = false
  /** The step that is being skipped ends its message. */
  private endsMessage = false
  /** Undecided bytes: the tail of what has arrived. */
  private undecided: Uint8Array | null = null
  /** The message under way: packet, place, length of each piece so far. */
  private pieces: number[] = []
  private length = 0
  private early: Early[] = NONE
  private finished = false
  /** Messages may be missing before the next one. */
  private torn = false
  /** Messages that wait for the other direction's answer. */
  private unanswered: number[] = NOTHING
  /** Where the packet at hand is: set by `arrive`. */
  private packet = 0
  private occurrence = 0
  private readonly shared: StreamContext
  private readonly flow: number
  private readonly ports: readonly number[]

  /** `ports`: those of the connection, for protocols that are not known by their bytes alone. */
  constructor(shared: StreamContext, flow = -1, ports: readonly number[] = NOTHING) {
    this.shared = shared
    this.state = freshState(shared.shelf)
    this.flow = flow
    this.ports = ports
  }

  /**
   * A segment's payload arrives: `from` … `to` in `bytes` are there, `lost` more were on the wire but not captured. `place` is where
   * `from` lies in the frame, or a held place. `acked` is the highest sequence number that the other side has acknowledged.
   */
  arrive(
    packet: number,
    occurrence: number,
    seq: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    lost: number,
    place: number,
    acked: number,
  ): void {
    this.packet = packet
    this.occurrence = occurrence
    if (!this.started) {
      this.started = true
      this.expected = seq
    }
    const ahead = (seq - this.expected) | 0
    if (ahead > 0) {
      // The other side has acknowledged the bytes in between: they were delivered, and this capture will never have them.
      if (((acked - seq) | 0) < 0) {
        this.wait(seq, bytes, from, to, lost, place)
        return
      }
      this.settle(seq)
      if (((seq - this.expected) | 0) > 0) this.jump(seq)
      this.arrive(packet, occurrence, seq, bytes, from, to, lost, place, acked)
      return
    }
    this.take(seq, bytes, from, to, lost, place, packet)
    if (this.early.length > 0) this.drain()
  }

  /** Bytes in order, or older. */
  private take(seq: number, bytes: Uint8Array, from: number, to: number, lost: number, place: number, packet: number): void {
    const old = (this.expected - seq) | 0
    const length = to - from + lost
    if (old >= length) return
    const skip = Math.min(old, to - from)
    this.expected = (seq + length) >>> 0
    const { delivery, assemblies } = this.shared
    if (delivery !== null && to > from + skip) delivery.bytes(this.flow, packet, assemblies.advance(place, skip), bytes, from + skip, to)
    if (lost > 0) delivery?.gap(this.flow, packet, lost)
    if (lost > 0) {
      this.takeCut(bytes, from + skip, to, place, skip, packet)
      return
    }
    if (to > from + skip) this.deliver(bytes, from + skip, to, this.shared.assemblies.advance(place, skip), packet)
  }

  /** No more packets: what waits for bytes that never came is taken over the gaps. */
  release(): void {
    const last = this.early[this.early.length - 1]
    if (last === undefined) return
    this.packet = last.packet
    this.settle((last.seq + 1) | 0)
  }

  /** Keeps a segment until the ones before it arrive. */
  private wait(seq: number, bytes: Uint8Array, from: number, to: number, lost: number, place: number): void {
    const { shared } = this
    const length = to - from
    if (this.early.length >= MAX_EARLY_SEGMENTS || shared.earlyBytes + length > MAX_EARLY_BYTES) {
      shared.givenUp++
      this.settle(seq)
      if (((seq - this.expected) | 0) > 0) this.jump(seq)
      this.take(seq, bytes, from, to, lost, place, this.packet)
      return
    }
    if (this.early === NONE) this.early = []
    const segment: Early = { seq, packet: this.packet, place, bytes: bytes.slice(from, to), gap: lost }
    shared.earlyBytes += length
    let i = this.early.length
    while (i > 0 && ((this.early[i - 1]!.seq - seq) | 0) > 0) i--
    this.early.splice(i, 0, segment)
  }

  /** Takes early segments whose turn has come. */
  private drain(): void {
    while (this.early.length > 0) {
      const next = this.early[0]!
      if (((next.seq - this.expected) | 0) > 0) return
      this.early.shift()
      this.shared.earlyBytes -= next.bytes.length
      this.take(next.seq, next.bytes, 0, next.bytes.length, next.gap, next.place, next.packet)
    }
  }

  /** Takes all early segments before `seq`, over the gaps between them. */
  private settle(seq: number): void {
    while (this.early.length > 0 && ((this.early[0]!.seq - seq) | 0) < 0) {
      const next = this.early[0]!
      if (((next.seq - this.expected) | 0) > 0) this.jump(next.seq)
      this.drain()
    }
  }

  /** Bytes up to `seq` are missing for good. */
  private jump(seq: number): void {
    const missing = (seq - this.expected) | 0
    this.shared.noteGap(this.packet, missing)
    this.shared.delivery?.gap(this.flow, this.packet, missing)
    this.expected = seq
    if (this.skip < missing) {
      this.desync()
      return
    }
    // The gap lies inside bytes whose number is known: their message is lost, what follows it is not.
    this.skip -= missing
    this.abandon()
    this.lost = true
    if (this.skip === 0 && this.endsMessage) this.complete()
  }

  /** The message under way cannot be completed. */
  private abandon(): void {
    this.pieces.length = 0
    this.length = 0
  }

  private desync(): void {
    this.torn = true
    this.abandon()
    this.lost = false
    this.endsMessage = false
    this.skip = 0
    this.undecided = null
    this.synced = false
    this.state.phase = 0
    this.state.untilClose = false
  }

  /** The direction ends here (FIN in order): a message that lasts until then is complete. */
  close(packet: number, occurrence: number): void {
    this.packet = packet
    this.occurrence = occurrence
    if (this.finished) return
    this.finished = true
    for (const { bytes } of this.early) this.shared.earlyBytes -= bytes.length
    this.early = NONE
    if (this.synced && this.state.untilClose && this.length > 0) this.complete()
  }

  /** A segment of which the capture kept only the beginning: shown as far as it goes; nothing can be put together across it. */
  private takeCut(bytes: Uint8Array, from: number, to: number, place: number, skip: number, packet: number): void {
    const protocol = this.protocol ?? this.recognise(bytes, from, to)
    const inside = this.skip > 0 || this.pieces.length > 0
    this.desync()
    if (protocol === null || inside || to <= from) return
    this.speak(protocol)
    const { assemblies } = this.shared
    for (let at = from; at < to; ) {
      if (protocol.framing!.recognize(bytes, at, to, true) !== YES) break
      this.state.done = false
      const step = protocol.framing!.frame(this.state, bytes, at, to)
      // Whole messages first; then what is there of the one that was cut.
      const end = step > 0 && this.state.done && at + step <= to ? at + step : to
      this.grow(packet, assemblies.advance(place, skip + at - from), end - at)
      this.complete()
      at = end
    }
    this.desync()
  }

  private recognise(bytes: Uint8Array, from: number, to: number): Protocol | null {
    let undecided = false
    for (const protocol of this.shared.framed) {
      const { ports } = protocol.framing!
      if (ports !== undefined && !this.ports.some((port) => ports.includes(port))) continue
      const answer = protocol.framing!.recognize(bytes, from, to)
      if (answer === YES) return protocol
      if (answer !== NO) undecided = true
    }
    if (undecided) this.mayBe = true
    return null
  }

  private mayBe = false

  /** Bytes in order: frames them into messages. `place` is where `from` lies in the packet. */
  private deliver(bytes: Uint8Array, from: number, to: number, place: number, packet: number): void {
    let at = from
    // Undecided bytes of earlier segments come first; their pieces are already noted.
    if (this.undecided !== null) {
      const joined = new Uint8Array(this.undecided.length + to - from)
      joined.set(this.undecided)
      joined.set(bytes.subarray(from, to), this.undecided.length)
      const before = this.undecided.length
      this.undecided = null
      this.frame(joined, 0, joined.length, before, place, packet)
      return
    }
    if (this.skip > 0) {
      const some = Math.min(this.skip, to - at)
      this.skip -= some
      this.grow(packet, place, some)
      at += some
      if (this.skip === 0 && this.endsMessage) this.complete()
      if (at === to) return
    }
    this.frame(bytes, at, to, at, this.shared.assemblies.advance(place, at - from), packet)
  }

  /** Bytes of the packet join the message under way. */
  private grow(packet: number, place: number, length: number): void {
    if (length <= 0 || this.lost) return
    const { pieces } = this
    const n = pieces.length
    if (n > 0 && pieces[n - 3] === packet && place >= 0 && pieces[n - 2]! + pieces[n - 1]! === place) pieces[n - 1]! += length
    else pieces.push(packet, place, length)
    this.length += length
    if (this.length > MAX_ASSEMBLY) {
      // Too long to be put together: the rest of it is passed over.
      this.shared.givenUp++
      this.abandon()
      this.lost = true
    }
  }

  /**
   * Runs framing steps over bytes[from … to). Bytes before `known` came in earlier packets and are noted as pieces already; `place` is
   * where bytes[known] lies in the packet.
   */
  private frame(bytes: Uint8Array, from: number, to: number, known: number, place: number, packet: number): void {
    let at = from
    // Up to here bytes belong to pieces.
    let noted = known
    let refusedAt = -1
    const { assemblies } = this.shared
    while (at < to) {
      if (!this.synced && !this.synchronise(bytes, at, to)) {
        if (!this.mayBe && at < known) {
          // What was kept has turned out to be nothing; a message may still start with this segment.
          at = known
          continue
        }
        if (this.mayBe) this.keep(bytes, at, to, noted, assemblies.advance(place, noted - known), packet)
        return
      }
      const { state } = this
      state.done = false
      const step = this.protocol!.framing!.frame(state, bytes, at, to)
      if (step === NOT_MINE) {
        this.desync()
        if (refusedAt === at) return
        // Another protocol may have taken over: the one agreed on, or TLS in a tunnel that HTTP opened.
        refusedAt = at
        this.follow(state.upgrade)
        continue
      }
      if (step === MORE) {
        this.keep(bytes, at, to, noted, assemblies.advance(place, noted - known), packet)
        return
      }
      const end = Math.min(at + step, to)
      if (end > noted) {
        this.grow(packet, assemblies.advance(place, noted - known), end - noted)
        noted = end
      }
      this.skip = at + step - end
      at = end
      if (!state.done) continue
      if (this.skip === 0) this.complete()
      else this.endsMessage = true
    }
  }

  /** Keeps bytes that a step cannot judge yet. */
  private keep(bytes: Uint8Array, at: number, to: number, noted: number, place: number, packet: number): void {
    this.mayBe = false
    if (to - at > MAX_UNDECIDED) {
      this.shared.givenUp++
      this.desync()
      return
    }
    this.grow(packet, place, to - noted)
    this.undecided = bytes.slice(at, to)
  }

  /** Finds a message's first byte at the start of a segment. */
  private synchronise(bytes: Uint8Array, at: number, to: number): boolean {
    this.mayBe = false
    if (this.protocol === null || this.protocol.framing!.recognize(bytes, at, to, true) !== YES) {
      const found = this.recognise(bytes, at, to)
      if (found === null) {
        if (!this.mayBe) this.abandon()
        return false
      }
      this.speak(found)
    }
    this.synced = true
    this.mayBe = false
    return true
  }

  /** The direction goes on in the protocol that the two sides agreed on, whatever its bytes look like. */
  private follow(upgrade: Upgrade | null): void {
    if (upgrade === null) return
    const next = this.shared.framed.find((protocol) => protocol.framing!.upgrades?.includes(upgrade.token))
    if (next === undefined) return
    this.speak(next, upgrade)
    this.synced = true
  }

  /** The direction goes on in this protocol, with a framing state of its own if it spoke another one before. */
  private speak(protocol: Protocol, upgrade: Upgrade | null = null): void {
    if (this.protocol !== null && this.protocol !== protocol) {
      this.state = freshState(this.shared.shelf, upgrade)
      this.unanswered = NOTHING
      if (this.other !== null) this.join(this.other)
    }
    this.protocol = protocol
  }

  /** The message under way is complete, in the packet at hand. */
  private complete(): void {
    const { pieces, shared, protocol, state } = this
    this.endsMessage = false
    const { framing } = protocol!
    let index = -1
    if (this.lost) {
      this.lost = false
      if (shared.sealed !== null && protocol!.unseal !== undefined) shared.sealed.miss(this.flow)
    } else if (pieces.length === 3 && pieces[0] === this.packet && pieces[1]! >= 0) {
      if (framing!.coalesce === true && shared.messages.extend(this.packet, this.occurrence, protocol!.id, pieces[1]!, pieces[2]!))
        index = -1
      else index = shared.messages.add(this.packet, this.occurrence, protocol!.id, pieces[1]!, pieces[2]!, -1, state.aux)
      if (shared.sealed !== null) this.unseal(pieces[1]!, pieces[2]!, -1)
    } else {
      const assembly = assemble(shared, pieces, this.packet)
      index = shared.messages.add(this.packet, this.occurrence, protocol!.id, 0, this.length, assembly, state.aux)
      if (shared.sealed !== null) this.unseal(0, this.length, assembly)
    }
    // Setting `length` costs more than the message log.
    if (pieces.length === 3) {
      pieces.pop()
      pieces.pop()
      pieces.pop()
    } else this.pieces = []
    this.length = 0
    if (framing!.paired === true && index >= 0) this.pair(index)
    if (framing!.completed !== undefined && index >= 0) {
      const answered = framing!.completed(state, index)
      if (answered >= 0) shared.messages.pair(index, answered)
    }
    if (!state.interim) state.messages++
    state.interim = false
    state.untilClose = false
  }

  /** The message just noted is shown to whoever opens such messages. */
  private unseal(at: number, length: number, assembly: number): void {
    const { protocol, torn } = this
    const { messages, sealed } = this.shared
    if (protocol!.unseal === undefined) return
    this.torn = false
    sealed!.take(this.flow, protocol!, this.ports, messages.lastOuter, this.packet, at, length, assembly, torn)
  }

  private pair(index: number): void {
    const other = this.other
    if (other !== null && other.unanswered.length > 0) {
      this.shared.messages.pair(index, this.state.interim ? other.unanswered[0]! : other.unanswered.shift()!)
      return
    }
    if (this.unanswered.length >= MAX_UNANSWERED || this.state.interim) return
    if (this.unanswered === NOTHING) this.unanswered = []
    this.unanswered.push(index)
  }

  other: Direction | null = null
  /** Is a message of its protocol under way, or just complete? */
  get speaks(): boolean {
    return this.synced || this.undecided !== null
  }

  /** Ties the two directions of a connection together. */
  join(other: Direction): void {
    this.other = other
    other.other = this
    this.state.peer = other.state
    other.state.peer = this.state
  }
}
