// What the analysis says of each TCP segment, kept in a few bytes: most of it is small differences, and most segments lack most of it.

import { column8, column32 } from '../bytes/columns.ts'
import type { SegmentFacts } from '../core/memory.ts'

/** Packets whose records lie behind one entry of the table of places. */
const GROUP_BITS = 4
const GROUP_MASK = (1 << GROUP_BITS) - 1

// What a record holds, beside the low bits of the packet number in its first byte.
const HAS_FLAGS = 0x10
const HAS_ACKED = 0x20
const HAS_IN_FLIGHT = 0x40
const HAS_MORE = 0x80
// Beside the completeness in its second byte.
const SAME_PUSHED = 0x40
const HAS_OCCURRENCE = 0x80

/** Makes the facts of a segment, empty. */
export function emptyFacts(): SegmentFacts {
  return {
    flags: 0,
    completeness: 0,
    previous: 0,
    acked: 0,
    inFlight: 0,
    pushed: 0,
    duplicates: 0,
    duplicateOf: 0,
    sentBefore: 0,
    finBefore: 0,
    first: 0,
    handshakeFrom: 0,
    handshakeTo: 0,
  }
}

export class AnalysisLog {
  private readonly bytes = column8()
  private length = 0
  /** By group of packets: where its first record starts, plus 1. */
  private readonly places = column32()
  private lastGroup = -1
  private at = 0

  /** Keeps the facts of a packet's transport layer; packets come in order. */
  add(packet: number, occurrence: number, facts: SegmentFacts): void {
    const { bytes } = this
    const group = packet >>> GROUP_BITS
    if (group !== this.lastGroup) {
      this.places.set(group, this.length + 1)
      this.lastGroup = group
    }
    const more = facts.duplicates !== 0 || facts.sentBefore !== 0 || facts.finBefore !== 0
    bytes.set(
      this.length++,
      (packet & GROUP_MASK) |
        (facts.flags !== 0 ? HAS_FLAGS : 0) |
        (facts.acked !== 0 ? HAS_ACKED : 0) |
        (facts.inFlight !== 0 ? HAS_IN_FLIGHT : 0) |
        (more ? HAS_MORE : 0),
    )
    const same = facts.pushed === facts.inFlight
    bytes.set(this.length++, facts.completeness | (same ? SAME_PUSHED : 0) | (occurrence > 0 ? HAS_OCCURRENCE : 0))
    if (occurrence > 0) this.write(occurrence)
    this.write(facts.previous === 0 ? 0 : packet - facts.previous)
    if (facts.flags !== 0) this.write(facts.flags)
    if (facts.acked !== 0) this.write(packet - facts.acked)
    if (facts.inFlight !== 0) this.write(facts.inFlight)
    if (!same) this.write(facts.pushed)
    if (!more) return
    this.write(facts.duplicates)
    this.write(facts.duplicateOf)
    this.write(facts.sentBefore)
    this.write(facts.finBefore)
  }

  /** Fills `facts` for a packet's transport layer. Returns false when there is nothing of it. */
  read(packet: number, occurrence: number, facts: SegmentFacts): boolean {
    this.at = this.places.at(packet >>> GROUP_BITS) - 1
    if (this.at < 0) return false
    const { bytes } = this
    // Records of a group end where those of the next one begin, or with the log: then the packet number falls, or the log ends.
    for (let last = -1; this.at < this.length; ) {
      const head = bytes.at(this.at++)
      const number = head & GROUP_MASK
      if (number < last || number > (packet & GROUP_MASK)) return false
      last = number
      const second = bytes.at(this.at++)
      const layer = (second & HAS_OCCURRENCE) !== 0 ? this.next() : 0
      facts.completeness = second & 0x3f
      const back = this.next()
      facts.previous = back === 0 ? 0 : packet - back
      facts.flags = (head & HAS_FLAGS) !== 0 ? this.next() : 0
      facts.acked = (head & HAS_ACKED) !== 0 ? packet - this.next() : 0
      facts.inFlight = (head & HAS_IN_FLIGHT) !== 0 ? this.next() : 0
      facts.pushed = (second & SAME_PUSHED) !== 0 ? facts.inFlight : this.next()
      const more = (head & HAS_MORE) !== 0
      facts.duplicates = more ? this.next() : 0
      facts.duplicateOf = more ? this.next() : 0
      facts.sentBefore = more ? this.next() : 0
      facts.finBefore = more ? this.next() : 0
      if (number === (packet & GROUP_MASK) && layer === occurrence) return true
    }
    return false
  }

  /** Seven bits a byte, the lowest first. */
  private write(value: number): void {
    while (value >= 0x80) {
      this.bytes.set(this.length++, (value & 0x7f) | 0x80)
      value = Math.floor(value / 0x80)
    }
    this.bytes.set(this.length++, value)
  }

  private next(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.bytes.at(this.at++)
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  /** Bytes held. */
  get size(): number {
    return this.bytes.size + this.places.size
  }
}
