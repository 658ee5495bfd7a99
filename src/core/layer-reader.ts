// Reads numbers from the bytes of the current layer. `at` counts from the layer's first byte; the caller has asked `has` before.

import { readInt, readUint } from '../bytes/read.ts'
import type { Field } from './field.ts'

const EMPTY = new Uint8Array(0)

/** The current layer's bytes. Dissectors read these members, never write them. */
export class LayerReader {
  bytes: Uint8Array = EMPTY
  /** Index in `sources` of the run of bytes that the layer lies in. */
  source = 0
  /** First byte of the layer in `bytes`. */
  base = 0
  /** End of the bytes that are there. */
  end = 0
  /** End by the lengths on the wire; beyond `end` when the capture cut the packet. */
  reportedEnd = 0

  /** Are `length` bytes of the layer there? */
  has(length: number): boolean {
    return this.base + length <= this.end
  }

  /** Bytes of the layer that are there. */
  available(): number {
    return this.end - this.base
  }

  /** Bytes of the layer by the lengths on the wire. */
  reported(): number {
    return this.reportedEnd - this.base
  }

  u8(at: number): number {
    return this.bytes[this.base + at]!
  }

  u16(at: number): number {
    const i = this.base + at
    return (this.bytes[i]! << 8) | this.bytes[i + 1]!
  }

  u24(at: number): number {
    const i = this.base + at
    return (this.bytes[i]! << 16) | (this.bytes[i + 1]! << 8) | this.bytes[i + 2]!
  }

  u32(at: number): number {
    const i = this.base + at
    return ((this.bytes[i]! << 24) | (this.bytes[i + 1]! << 16) | (this.bytes[i + 2]! << 8) | this.bytes[i + 3]!) >>> 0
  }

  /** The value of a field with a fixed place. */
  uint(field: Field): number {
    return this.uintAt(field, field.at)
  }

  /** The value of a numeric field at a place of its own. */
  uintAt(field: Field, at: number): number {
    const bytes = this.bytes
    const i = this.base + at
    let value: number
    if (field.little || field.size > 4 || field.type === 'int') {
      value = field.type === 'int' ? readInt(bytes, i, field.size, field.little) : readUint(bytes, i, field.size, field.little)
    } else if (field.size === 1) value = bytes[i]!
    else if (field.size === 2) value = (bytes[i]! << 8) | bytes[i + 1]!
    else if (field.size === 4) value = ((bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!) >>> 0
    else value = readUint(bytes, i, field.size, false)
    if (field.mask !== 0) value = (value & field.mask) >>> field.shift
    return value * field.scale
  }
}
