// Segments that were sent and not yet acknowledged, by flow: lists in one run of memory, the newest segment first.

import type { Flow } from '../core/memory.ts'

/** Segments of one flow that may wait for an acknowledgment; what is sent beyond is not remembered. */
export const MAX_UNACKNOWLEDGED = 10_000

// Words of a node.
const PACKET = 0
const SEQ = 1
const END = 2
const OLDER = 3
const WORDS = 4

// Words of a list.
const NEWEST = 0
const COUNT = 1
/** Distances of the first and the last byte from the flow's base. */
const LOWEST = 2
const HIGHEST = 3

export class Unacknowledged {
  /** By flow: where its list stands in `lists`, plus 1. Most flows never have one. */
  private places = new Uint32Array(1 << 11)
  private lists = new Uint32Array((1 << 8) * WORDS)
  private listsUsed = 0
  private nodes = new Uint32Array((1 << 8) * WORDS)
  /** Nodes start at 1 × WORDS: 0 ends a list. */
  private nodesUsed = WORDS
  private free = 0

  /** A segment of `seq` up to `end` left in `packet`. */
  add(flow: Flow, packet: number, seq: number, end: number, base: number): void {
    const at = this.listOf(flow)
    const { lists } = this
    if (lists[at + COUNT]! >= MAX_UNACKNOWLEDGED) return
    const node = this.take()
    const { nodes } = this
    nodes[node + PACKET] = packet
    nodes[node + SEQ] = seq
    nodes[node + END] = end
    nodes[node + OLDER] = lists[at + NEWEST]!
    lists[at + NEWEST] = node
    const first = lists[at + COUNT]!++ === 0
    const low = (seq - base) >>> 0
    const high = (end - base) >>> 0
    if (first || low < lists[at + LOWEST]!) lists[at + LOWEST] = low
    if (first || high > lists[at + HIGHEST]!) lists[at + HIGHEST] = high
  }

  /** The other side has everything before `ack`. Returns the packet whose last byte that is, 0 for none. */
  acknowledge(flow: Flow, ack: number, base: number): number {
    const place = flow < this.places.length ? this.places[flow]! : 0
    if (place === 0) return 0
    const at = place - 1
    const { lists, nodes } = this
    if (lists[at + COUNT] === 0 || (ack - base) >>> 0 <= lists[at + LOWEST]!) return 0
    let acked = 0
    let newer = 0
    let low = 0xffffffff
    let high = 0
    for (let node = lists[at + NEWEST]!; node !== 0; ) {
      const older = nodes[node + OLDER]!
      const end = nodes[node + END]!
      if (((end - ack) | 0) > 0) {
        // Acknowledged in part: what is left of it still waits.
        if (((ack - nodes[node + SEQ]!) | 0) > 0) nodes[node + SEQ] = ack
        low = Math.min(low, (nodes[node + SEQ]! - base) >>> 0)
        high = Math.max(high, (end - base) >>> 0)
        newer = node
      } else {
        if (end === ack) acked = nodes[node + PACKET]!
        if (newer === 0) lists[at + NEWEST] = older
        else nodes[newer + OLDER] = older
        nodes[node + OLDER] = this.free
        this.free = node
        lists[at + COUNT]!--
      }
      node = older
    }
    lists[at + LOWEST] = low
    lists[at + HIGHEST] = high
    return acked
  }

  /** Bytes from the first to the last one that waits. */
  extent(flow: Flow): number {
    const place = flow < this.places.length ? this.places[flow]! : 0
    return place === 0 || this.lists[place - 1 + COUNT] === 0 ? 0 : this.lists[place - 1 + HIGHEST]! - this.lists[place - 1 + LOWEST]!
  }

  /** The packet of the segment that has waited longest, 0 for none. */
  eldest(flow: Flow): number {
    const place = flow < this.places.length ? this.places[flow]! : 0
    if (place === 0) return 0
    const { nodes } = this
    let packet = 0
    for (let node = this.lists[place - 1 + NEWEST]!; node !== 0; node = nodes[node + OLDER]!) packet = nodes[node + PACKET]!
    return packet
  }

  private take(): number {
    const node = this.free
    if (node !== 0) {
      this.free = this.nodes[node + OLDER]!
      return node
    }
    const fresh = this.nodesUsed
    this.nodesUsed += WORDS
    if (this.nodesUsed > this.nodes.length) this.nodes = widened(this.nodes, 2)
    return fresh
  }

  private listOf(flow: Flow): number {
    while (flow >= this.places.length) this.places = widened(this.places, 2)
    const place = this.places[flow]!
    if (place !== 0) return place - 1
    const at = this.listsUsed
    this.listsUsed += WORDS
    if (this.listsUsed > this.lists.length) this.lists = widened(this.lists, 1.5)
    this.places[flow] = at + 1
    return at
  }
}

function widened(from: Uint32Array<ArrayBuffer>, factor: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(Math.ceil(from.length * factor))
  to.set(from)
  return to
}
