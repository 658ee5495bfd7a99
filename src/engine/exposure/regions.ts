// A run of bytes that is searched, and the way back from each of its bytes to the packets that brought them.

/** How much must be done to see something: each level looks at what the one before it could see, and more. */
export const LEVEL_PACKETS = 0
export const LEVEL_STREAMS = 1
export const LEVEL_DECODED = 2
export const LEVEL_TRIVIAL = 3
export const LEVEL_KEYS = 4
export const LEVELS = 5

/** A run of bytes in a frame, counted from its first byte. Length 0: in that packet, at bytes that lie in no frame as they are. */
export interface Place {
  readonly packet: number
  readonly offset: number
  readonly length: number
}

/** Where a part of a region came from in the region it was made of. */
export interface Origin {
  readonly from: number
  readonly length: number
}

export interface Region {
  readonly bytes: Uint8Array
  /** One of LEVEL_…: what had to be done to get here. */
  readonly level: number
  /** What was undone, outermost first: ['chunked', 'gzip', 'base64']. */
  readonly steps: readonly string[]
  /** The bytes of packets that hold this part of the region. */
  locate(at: number, length: number): readonly Place[]
}

/** A region that a step of decoding made from a part of another one; `origin` leads back into that one. */
export function derive(
  parent: Region,
  level: number,
  step: string,
  bytes: Uint8Array,
  origin: (at: number, length: number) => Origin,
): Region {
  return {
    bytes,
    level: Math.max(level, parent.level),
    steps: [...parent.steps, step],
    locate(at, length) {
      const { from, length: held } = origin(at, length)
      return parent.locate(from, held)
    },
  }
}

/** Bytes put together from pieces of packets. */
export class Pieces {
  /** Packet, place in its frame (negative: in a datagram put together from fragments), length, three numbers a piece. */
  private readonly list: number[] = []
  length = 0

  add(packet: number, place: number, length: number): void {
    if (length <= 0) return
    const { list } = this
    const n = list.length
    if (n > 0 && list[n - 3] === packet && place >= 0 && list[n - 2]! + list[n - 1]! === place) list[n - 1]! += length
    else list.push(packet, place, length)
    this.length += length
  }

  locate(at: number, length: number): Place[] {
    const places: Place[] = []
    const end = at + length
    let start = 0
    for (let i = 0; i < this.list.length && start < end; i += 3) {
      const size = this.list[i + 2]!
      const from = Math.max(at, start)
      const to = Math.min(end, start + size)
      if (from < to) {
        const place = this.list[i + 1]!
        places.push(
          place < 0
            ? { packet: this.list[i]!, offset: 0, length: 0 }
            : { packet: this.list[i]!, offset: place + from - start, length: to - from },
        )
      }
      start += size
    }
    return places
  }

  /** Forgets the first `length` bytes. */
  drop(length: number): void {
    const { list } = this
    let left = Math.min(length, this.length)
    this.length -= left
    let first = 0
    while (left > 0 && left >= list[first + 2]!) {
      left -= list[first + 2]!
      first += 3
    }
    if (first > 0) list.splice(0, first)
    if (left > 0) {
      if (list[1]! >= 0) list[1]! += left
      list[2]! -= left
    }
  }
}
