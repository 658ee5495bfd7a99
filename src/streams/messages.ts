// Messages found in byte streams, in the order in which packets completed them.

import { column8, column32, columnInt } from '../bytes/columns.ts'
import { INSIDE, type Messages } from '../core/memory.ts'

export class MessageLog implements Messages {
  count = 0
  private readonly packets = column32()
  private readonly occurrences = column8()
  private readonly protocols = column8()
  private readonly places = column32()
  private readonly lengths = column32()
  private readonly assemblyOf = columnInt()
  private readonly auxiliary = column32()
  private readonly opposites = columnInt()
  /** Records by message, for those inside sealed records. */
  private readonly records = new Map<number, number>()
  /** The last message that lies in packets as it is. */
  private outermost = -1

  /** Adds a message; `at` counts when `assembly` is -1. Returns its index. */
  add(packet: number, occurrence: number, protocol: number, at: number, length: number, assembly: number, aux: number): number {
    const i = this.count++
    this.outermost = i
    this.packets.set(i, packet)
    this.occurrences.set(i, occurrence)
    this.protocols.set(i, protocol)
    this.places.set(i, at)
    this.lengths.set(i, length)
    this.assemblyOf.set(i, assembly)
    this.auxiliary.set(i, aux)
    return i
  }

  /** Adds a message inside a sealed record. Messages of the record's own layer may still be lengthened. */
  addInside(record: number, packet: number, protocol: number, at: number, length: number, assembly: number, aux: number): number {
    const { outermost } = this
    const i = this.add(packet, INSIDE, protocol, at, length, assembly, aux)
    this.outermost = outermost
    this.records.set(i, record)
    return i
  }

  /** The last message that lies in packets as it is: the one that `extend` lengthens. */
  get lastOuter(): number {
    return this.outermost
  }

  within(index: number): number {
    return this.records.get(index) ?? -1
  }

  /** Lengthens the last message when the new one follows it in the same segment. */
  extend(packet: number, occurrence: number, protocol: number, at: number, length: number): boolean {
    const i = this.outermost
    if (i < 0 || this.packets.at(i) !== packet || this.occurrences.at(i) !== occurrence || this.protocols.at(i) !== protocol) return false
    if (this.assemblyOf.at(i) !== -1 || this.places.at(i) + this.lengths.at(i) !== at) return false
    this.lengths.set(i, this.lengths.at(i) + length)
    return true
  }

  /** Notes that two messages answer each other. */
  pair(a: number, b: number): void {
    this.opposites.set(a, b + 1)
    this.opposites.set(b, a + 1)
  }

  firstOf(packet: number): number {
    const last = this.count === 0 ? 0 : this.packets.at(this.count - 1)
    if (last < packet) return -1
    if (last === packet) {
      // While the capture is read for the first time, the packet at hand is always the last one.
      let first = this.count - 1
      while (first > 0 && this.packets.at(first - 1) === packet) first--
      return first
    }
    let low = 0
    let high = this.count - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.packets.at(middle) < packet) low = middle + 1
      else high = middle
    }
    return this.packets.at(low) === packet ? low : -1
  }

  packet(index: number): number {
    return index < this.count ? this.packets.at(index) : 0
  }

  occurrence(index: number): number {
    return this.occurrences.at(index)
  }

  protocol(index: number): number {
    return this.protocols.at(index)
  }

  at(index: number): number {
    return this.places.at(index)
  }

  length(index: number): number {
    return this.lengths.at(index)
  }

  assembly(index: number): number {
    return this.assemblyOf.at(index)
  }

  aux(index: number): number {
    return this.auxiliary.at(index)
  }

  opposite(index: number): number {
    return this.opposites.at(index) - 1
  }
}
