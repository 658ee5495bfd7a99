// Builds runs of bytes: packet headers, file blocks, messages. Not for hot loops; those write into a buffer of their own.

const encoder = new TextEncoder()

/** A buffer that grows. Numbers are written in network order unless the writer was made little-endian. Calls can be chained. */
export class ByteWriter {
  private buffer: Uint8Array<ArrayBuffer>
  private view: DataView
  private readonly little: boolean
  private used = 0

  constructor(littleEndian = false, capacity = 256) {
    this.buffer = new Uint8Array(capacity)
    this.view = new DataView(this.buffer.buffer)
    this.little = littleEndian
  }

  /** Bytes written so far; also the position of the next one. */
  get length(): number {
    return this.used
  }

  u8(value: number): this {
    const at = this.reserve(1)
    this.view.setUint8(at, value)
    return this
  }

  u16(value: number): this {
    const at = this.reserve(2)
    this.view.setUint16(at, value, this.little)
    return this
  }

  u24(value: number): this {
    return this.little ? this.u8(value).u16Of(value >>> 8) : this.u8(value >>> 16).u16Of(value)
  }

  u32(value: number): this {
    const at = this.reserve(4)
    this.view.setUint32(at, value, this.little)
    return this
  }

  u64(value: bigint | number): this {
    const at = this.reserve(8)
    this.view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), this.little)
    return this
  }

  bytes(bytes: Uint8Array | readonly number[]): this {
    const at = this.reserve(bytes.length)
    this.buffer.set(bytes, at)
    return this
  }

  /** Text as UTF-8. */
  text(text: string): this {
    return this.bytes(encoder.encode(text))
  }

  zeros(count: number): this {
    this.reserve(count)
    return this
  }

  /** Zero bytes up to a multiple of `unit`. */
  align(unit: number): this {
    return this.zeros((unit - (this.used % unit)) % unit)
  }

  /** A length in `size` bytes, then what `write` writes: the shape of everything in TLS. */
  prefixed(size: 1 | 2 | 3 | 4, write: (into: this) => void): this {
    const at = this.reserve(size)
    const start = this.used
    write(this)
    this.patch(at, size, this.used - start)
    return this
  }

  /** Overwrites `size` bytes at `position`, for lengths and checksums known only later. */
  patch(position: number, size: 1 | 2 | 3 | 4, value: number): this {
    if (position < 0 || position + size > this.used) throw new RangeError(`Nothing was written at ${position} yet`)
    for (let i = 0; i < size; i++) {
      const shift = 8 * (this.little ? i : size - 1 - i)
      this.buffer[position + i] = (value >>> shift) & 0xff
    }
    return this
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.used)
  }

  private u16Of(value: number): this {
    return this.u16(value & 0xffff)
  }

  /** Makes room, which may replace buffer and view: call it before touching either. */
  private reserve(count: number): number {
    const at = this.used
    if (at + count > this.buffer.length) {
      const larger = new Uint8Array(Math.max(at + count, this.buffer.length * 2))
      larger.set(this.buffer)
      this.buffer = larger
      this.view = new DataView(larger.buffer)
    }
    this.used += count
    return at
  }
}
