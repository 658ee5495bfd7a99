// Bytes put together from several packets: which packets, where, how many. The bytes themselves stay in the capture and are read again.

import { column32, columnInt } from '../bytes/columns.ts'
import type { Assemblies } from '../core/memory.ts'

/** Longest run of bytes that is ever put together; what is longer is shown in parts. */
export const MAX_ASSEMBLY = 64 * 1024 * 1024
/** Bytes kept in memory because they stand in no packet as they are (inside reassembled datagrams). */
export const MAX_HELD = 64 * 1024 * 1024

/** Places below this one lie inside sealed records: INSIDE less the number of the place. */
const INSIDE = -(2 ** 30)
const EMPTY = new Uint8Array(0)

/** Copies bytes of a packet's frame; returns how many there were. */
export type ReadPacket = (packet: number, at: number, length: number, target: Uint8Array, targetAt: number) => number

export class AssemblyLog implements Assemblies {
  count = 0
  /** True once MAX_HELD was reached. */
  overflowed = false
  private readonly first = column32()
  private readonly lengths = column32()
  private pieceCount = 0
  private readonly packets = column32()
  /** Offset in the frame; negative: number of the held bytes, less 1. */
  private readonly places = columnInt()
  private readonly pieceLengths = column32()
  private readonly held: Uint8Array[] = []
  private heldBytes = 0
  private readonly read: ReadPacket
  /** Pieces inside sealed records: which record, and where in its content. */
  private insideCount = 0
  private readonly records = column32()
  private readonly recordPlaces = column32()
  /** The content of a sealed record; set where there are keys. */
  inside: (record: number) => Uint8Array | null = () => null

  constructor(read: ReadPacket) {
    this.read = read
  }

  /** Keeps bytes that lie in no frame; returns the place to hand to `piece`, or null when the bound is reached. */
  hold(bytes: Uint8Array, at: number, length: number): number | null {
    if (this.heldBytes + length > MAX_HELD) {
      this.overflowed = true
      return null
    }
    this.heldBytes += length
    this.held.push(bytes.slice(at, at + length))
    return -this.held.length
  }

  /** The place `skip` bytes further on. */
  advance(place: number, skip: number): number {
    if (place >= 0 || skip === 0) return place < 0 ? place : place + skip
    const bytes = this.held[-place - 1]!
    this.held.push(bytes.subarray(skip))
    return -this.held.length
  }

  /** Starts an assembly; its pieces follow in order. */
  begin(): number {
    const assembly = this.count++
    this.first.set(assembly, this.pieceCount)
    this.lengths.set(assembly, 0)
    return assembly
  }

  /** Adds a piece to the assembly begun last. */
  piece(packet: number, place: number, length: number): void {
    const i = this.pieceCount++
    this.packets.set(i, packet)
    this.places.set(i, place)
    this.pieceLengths.set(i, length)
    const assembly = this.count - 1
    this.lengths.set(assembly, this.lengths.at(assembly) + length)
  }

  /** Adds a piece of a sealed record's content to the assembly begun last. */
  pieceInside(packet: number, record: number, at: number, length: number): void {
    const i = this.insideCount++
    this.records.set(i, record)
    this.recordPlaces.set(i, at)
    this.piece(packet, INSIDE - i, length)
  }

  length(assembly: number): number {
    return this.lengths.at(assembly)
  }

  pieces(assembly: number): number {
    return (assembly + 1 === this.count ? this.pieceCount : this.first.at(assembly + 1)) - this.first.at(assembly)
  }

  piecePacket(assembly: number, piece: number): number {
    return this.packets.at(this.first.at(assembly) + piece)
  }

  /** Offset of the piece in its packet's frame; negative when its bytes lie in no frame as they are. */
  piecePlace(assembly: number, piece: number): number {
    return this.places.at(this.first.at(assembly) + piece)
  }

  pieceLength(assembly: number, piece: number): number {
    return this.pieceLengths.at(this.first.at(assembly) + piece)
  }

  /** Bytes of a packet's frame, read again. */
  copy(packet: number, at: number, length: number): Uint8Array {
    const out = new Uint8Array(length)
    this.read(packet, at, length, out, 0)
    return out
  }

  bytes(assembly: number): Uint8Array {
    const out = new Uint8Array(this.length(assembly))
    const from = this.first.at(assembly)
    let at = 0
    for (let i = from, last = from + this.pieces(assembly); i < last; i++) {
      const length = this.pieceLengths.at(i)
      const place = this.places.at(i)
      if (place <= INSIDE) out.set(this.insideBytes(INSIDE - place, length), at)
      else if (place < 0) out.set(this.held[-place - 1]!.subarray(0, length), at)
      else this.read(this.packets.at(i), place, length, out, at)
      at += length
    }
    return out
  }

  private insideBytes(i: number, length: number): Uint8Array {
    const at = this.recordPlaces.at(i)
    return this.inside(this.records.at(i))?.subarray(at, at + length) ?? EMPTY
  }
}
