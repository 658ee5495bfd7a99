// Collects what each direction of each connection delivered, and hands it out as regions. Within bounds: a direction that grows too long is
// looked at in parts that overlap a little.

import type { Delivery } from '../delivered.ts'
import { LEVEL_STREAMS, Pieces, type Region } from './regions.ts'

/** Bytes of one direction that are kept together. */
const MAX_DIRECTION = 16 * 1024 * 1024
/** Bytes of all directions together. */
const MAX_TOTAL = 96 * 1024 * 1024
/** Bytes of a part that are looked at again with the next one. */
const OVERLAP = 8 * 1024
/** First bytes kept of each direction. */
const OPENING = 512

/** How a direction begins: enough to tell what is spoken. */
export interface Opening {
  readonly packet: number
  bytes: Uint8Array
}

class Direction {
  chunks: Uint8Array[] = []
  size = 0
  pieces = new Pieces()
}

export class StreamCollector implements Delivery {
  /** By flow: first bytes delivered. */
  readonly openings = new Map<number, Opening>()
  /** Bytes delivered, by flow. */
  readonly delivered = new Map<number, number>()
  /** Bytes that were delivered and are not in the capture, by flow. */
  readonly missing = new Map<number, number>()
  /** True when a direction was looked at in parts: something cut there may have been overlooked. */
  bounded = false
  private readonly directions = new Map<number, Direction>()
  private total = 0
  private readonly found: (region: Region, flow: number) => void

  constructor(found: (region: Region, flow: number) => void) {
    this.found = found
  }

  bytes(flow: number, packet: number, place: number, bytes: Uint8Array, from: number, to: number): void {
    const length = to - from
    const opening = this.openings.get(flow)
    if (opening === undefined) this.openings.set(flow, { packet, bytes: bytes.slice(from, Math.min(to, from + OPENING)) })
    else if (opening.bytes.length < OPENING)
      opening.bytes = Buffer.concat([opening.bytes, bytes.subarray(from, Math.min(to, from + OPENING - opening.bytes.length))])
    this.delivered.set(flow, (this.delivered.get(flow) ?? 0) + length)
    let direction = this.directions.get(flow)
    if (direction === undefined) {
      direction = new Direction()
      this.directions.set(flow, direction)
    }
    direction.chunks.push(bytes.slice(from, to))
    direction.pieces.add(packet, place, length)
    direction.size += length
    this.total += length
    if (direction.size > MAX_DIRECTION) this.part(flow, direction)
    if (this.total > MAX_TOTAL) for (const [other, one] of this.directions) this.part(other, one)
  }

  gap(flow: number, _packet: number, length: number): void {
    this.missing.set(flow, (this.missing.get(flow) ?? 0) + length)
    // What stands on both sides of a gap must not be joined.
    const direction = this.directions.get(flow)
    if (direction !== undefined) this.close(flow, direction)
  }

  /** No more bytes: hands out all that is left. */
  finish(): void {
    for (const [flow, direction] of this.directions) this.close(flow, direction)
  }

  private close(flow: number, direction: Direction): void {
    this.hand(flow, direction)
    this.directions.delete(flow)
    this.total -= direction.size
  }

  /** Hands out what there is and keeps its end. */
  private part(flow: number, direction: Direction): void {
    this.bounded = true
    const bytes = this.hand(flow, direction)
    const kept = Math.min(OVERLAP, bytes.length)
    this.total -= direction.size - kept
    direction.chunks = kept === 0 ? [] : [bytes.slice(bytes.length - kept)]
    direction.size = kept
    direction.pieces.drop(bytes.length - kept)
  }

  private hand(flow: number, direction: Direction): Uint8Array {
    const bytes = direction.chunks.length === 1 ? direction.chunks[0]! : Buffer.concat(direction.chunks)
    const { pieces } = direction
    if (bytes.length > 0) this.found({ bytes, level: LEVEL_STREAMS, steps: [], locate: (at, length) => pieces.locate(at, length) }, flow)
    return bytes
  }
}
