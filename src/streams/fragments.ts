// IP datagrams in fragments. Only where the fragments lie is kept; a datagram that never completes is forgotten when too many wait.

import type { Dissection } from '../core/dissect.ts'
import type { FragmentMemory } from '../core/memory.ts'
import type { AssemblyLog } from './assemblies.ts'

/** Datagrams that may wait for fragments at the same time, and fragments of one datagram. */
export const MAX_WAITING = 4096
const MAX_FRAGMENTS = 8192
/** No IP datagram is longer, extension headers included. */
const MAX_DATAGRAM = 65_535 + 40

interface Fragment {
  readonly packet: number
  readonly place: number
  /** Where it lies in its frame, or -1 - n for held bytes. */
  readonly at: number
  readonly length: number
}

interface Datagram {
  readonly fragments: Fragment[]
  /** Known once the last fragment was seen; -1 before. */
  total: number
  seen: number
}

export class Fragments implements FragmentMemory {
  /** Datagrams forgotten because too many waited. */
  forgotten = 0
  private readonly waiting = new Map<string, Datagram>()
  /** packet × 64 + occurrence → assembly. Sparse: fragments are rare. */
  private readonly completed = new Map<number, number>()
  private readonly whole = new Map<number, number>()
  private readonly assemblies: AssemblyLog

  constructor(assemblies: AssemblyLog) {
    this.assemblies = assemblies
  }

  add(p: Dissection, key: string, place: number, more: boolean, at: number, length: number): void {
    if (length <= 0 || place + length > MAX_DATAGRAM || p.base + at + length > p.end) return
    let datagram = this.waiting.get(key)
    if (datagram === undefined) {
      if (this.waiting.size >= MAX_WAITING) {
        const oldest = this.waiting.keys().next()
        if (!oldest.done) this.waiting.delete(oldest.value)
        this.forgotten++
      }
      datagram = { fragments: [], total: -1, seen: 0 }
      this.waiting.set(key, datagram)
    }
    if (datagram.fragments.length >= MAX_FRAGMENTS) return
    const where = p.source === 0 ? p.base + at - p.frameStart : this.assemblies.hold(p.bytes, p.base + at, length)
    if (where === null) return
    datagram.fragments.push({ packet: p.packet, place, at: where, length })
    datagram.seen += length
    if (!more) datagram.total = place + length
    if (datagram.total >= 0 && datagram.seen >= datagram.total) this.complete(p, key, datagram)
  }

  /** Puts the datagram together when no byte is missing; where fragments overlap, the earlier one counts. */
  private complete(p: Dissection, key: string, datagram: Datagram): void {
    const { total } = datagram
    const order = datagram.fragments
      .map((fragment, i) => ({ fragment, i }))
      .sort((a, b) => a.fragment.place - b.fragment.place || a.i - b.i)
    let end = 0
    for (const { fragment } of order) {
      if (fragment.place > end) return
      end = Math.max(end, fragment.place + fragment.length)
    }
    if (end < total) return
    this.waiting.delete(key)
    const assembly = this.assemblies.begin()
    let at = 0
    for (const { fragment } of order) {
      const skip = at - fragment.place
      const length = Math.min(fragment.length - skip, total - at)
      this.whole.set(fragment.packet, p.packet)
      if (length <= 0) continue
      this.assemblies.piece(fragment.packet, this.assemblies.advance(fragment.at, skip), length)
      at += length
    }
    this.completed.set(p.packet * 64 + p.fragments, assembly)
  }

  completedBy(packet: number, occurrence: number): number {
    return this.completed.get(packet * 64 + occurrence) ?? -1
  }

  reassembledIn(packet: number): number {
    return this.whole.get(packet) ?? 0
  }
}
