// Columns that grow: numbers by index in chunks of typed arrays. Growing copies nothing, and an index beyond the end reads as 0.

const BITS = 16
const CHUNK = 1 << BITS
const MASK = CHUNK - 1

export type ColumnArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

/** A column of numbers; `make` says of what kind. Indexes are dense enough that chunks fill up. */
export class Column<T extends ColumnArray> {
  private readonly chunks: T[] = []
  private readonly make: (length: number) => T

  constructor(make: (length: number) => T) {
    this.make = make
  }

  /** The number at an index; 0 where none was set. */
  at(index: number): number {
    const chunk = this.chunks[index >>> BITS]
    return chunk === undefined ? 0 : chunk[index & MASK]!
  }

  set(index: number, value: number): void {
    let chunk = this.chunks[index >>> BITS]
    if (chunk === undefined) chunk = this.grow(index >>> BITS)
    chunk[index & MASK] = value
  }

  private grow(last: number): T {
    while (this.chunks.length <= last) this.chunks.push(this.make(CHUNK))
    return this.chunks[last]!
  }

  /** Bytes held. */
  get size(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  }
}

export const column8 = (): Column<Uint8Array> => new Column((length) => new Uint8Array(length))
export const column16 = (): Column<Uint16Array> => new Column((length) => new Uint16Array(length))
export const column32 = (): Column<Uint32Array> => new Column((length) => new Uint32Array(length))
export const columnInt = (): Column<Int32Array> => new Column((length) => new Int32Array(length))
export const columnFloat = (): Column<Float64Array> => new Column((length) => new Float64Array(length))
