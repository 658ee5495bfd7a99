// The rows of one packet: where each field lies, in typed arrays that are used again for the next packet.

/** Rows of one packet at the most; a packet that makes more gets a note instead. */
export const MAX_ROWS = 65_536

export const GENERATED = 1
/** The row's text was computed, and is kept in `texts`. */
export const HAS_TEXT = 2

export class Rows {
  count = 0
  /** True when MAX_ROWS was reached and rows were left out. */
  full = false
  field = new Uint16Array(256)
  source = new Uint8Array(256)
  depth = new Uint8Array(256)
  flags = new Uint8Array(256)
  /** First byte in the source, and number of bytes. */
  start = new Uint32Array(256)
  length = new Uint32Array(256)
  /** The number, for numeric fields; seconds for durations; else 0. */
  value = new Float64Array(256)
  /** Which layer (index into Dissection.layers) the row belongs to. */
  layer = new Uint8Array(256)
  /** Computed texts by row. */
  readonly texts = new Map<number, string>()
  /** Words that the tree shows behind the value, by row. */
  readonly remarks = new Map<number, string>()

  clear(): void {
    this.count = 0
    this.full = false
    if (this.texts.size > 0) this.texts.clear()
    if (this.remarks.size > 0) this.remarks.clear()
  }

  /** Adds a row and returns its index, or -1 when there are too many. */
  add(field: number, source: number, start: number, length: number, value: number, depth: number, layer: number, flags: number): number {
    const row = this.count
    if (row === this.field.length && !this.grow()) return -1
    this.field[row] = field
    this.source[row] = source
    this.start[row] = start
    this.length[row] = length
    this.value[row] = value
    this.depth[row] = depth
    this.layer[row] = layer
    this.flags[row] = flags
    this.count = row + 1
    return row
  }

  private grow(): boolean {
    const size = this.field.length * 2
    if (size > MAX_ROWS) {
      this.full = true
      return false
    }
    const wider = <T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(from: T, to: T): T => {
      to.set(from)
      return to
    }
    this.field = wider(this.field, new Uint16Array(size))
    this.source = wider(this.source, new Uint8Array(size))
    this.depth = wider(this.depth, new Uint8Array(size))
    this.flags = wider(this.flags, new Uint8Array(size))
    this.start = wider(this.start, new Uint32Array(size))
    this.length = wider(this.length, new Uint32Array(size))
    this.value = wider(this.value, new Float64Array(size))
    this.layer = wider(this.layer, new Uint8Array(size))
    return true
  }
}
