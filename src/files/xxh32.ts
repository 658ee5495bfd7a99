// xxHash, 32 bits, seed 0 (xxhash_spec.md): the checksum of LZ4 frames.

const PRIME1 = 0x9e3779b1 | 0
const PRIME2 = 0x85ebca77 | 0
const PRIME3 = 0xc2b2ae3d | 0
const PRIME4 = 0x27d4eb2f
const PRIME5 = 0x165667b1

/** Hashes bytes that arrive in pieces. */
export class Xxh32 {
  private a = (PRIME1 + PRIME2) | 0
  private b = PRIME2
  private c = 0
  private d = -PRIME1 | 0
  private total = 0
  /** Fewer than 16 bytes that do not fill a stripe yet. */
  private readonly rest = new Uint8Array(16)
  private restLength = 0

  update(bytes: Uint8Array): this {
    this.total += bytes.length
    let at = 0
    if (this.restLength > 0) {
      at = Math.min(16 - this.restLength, bytes.length)
      this.rest.set(bytes.subarray(0, at), this.restLength)
      this.restLength += at
      if (this.restLength < 16) return this
      this.stripes(this.rest, 0, 16)
      this.restLength = 0
    }
    const whole = at + ((bytes.length - at) & ~15)
    this.stripes(bytes, at, whole)
    this.rest.set(bytes.subarray(whole))
    this.restLength = bytes.length - whole
    return this
  }

  /** The hash of everything so far, unsigned. */
  digest(): number {
    let hash = this.total >= 16 ? rotate(this.a, 1) + rotate(this.b, 7) + rotate(this.c, 12) + rotate(this.d, 18) : PRIME5
    hash = (hash + this.total) | 0
    let at = 0
    for (; at + 4 <= this.restLength; at += 4) hash = Math.imul(rotate((hash + Math.imul(word(this.rest, at), PRIME3)) | 0, 17), PRIME4)
    for (; at < this.restLength; at++) hash = Math.imul(rotate((hash + Math.imul(this.rest[at]!, PRIME5)) | 0, 11), PRIME1)
    hash = Math.imul(hash ^ (hash >>> 15), PRIME2)
    hash = Math.imul(hash ^ (hash >>> 13), PRIME3)
    return (hash ^ (hash >>> 16)) >>> 0
  }

  private stripes(bytes: Uint8Array, from: number, to: number): void {
    let { a, b, c, d } = this
    for (let at = from; at < to; at += 16) {
      a = Math.imul(rotate((a + Math.imul(word(bytes, at), PRIME2)) | 0, 13), PRIME1)
      b = Math.imul(rotate((b + Math.imul(word(bytes, at + 4), PRIME2)) | 0, 13), PRIME1)
      c = Math.imul(rotate((c + Math.imul(word(bytes, at + 8), PRIME2)) | 0, 13), PRIME1)
      d = Math.imul(rotate((d + Math.imul(word(bytes, at + 12), PRIME2)) | 0, 13), PRIME1)
    }
    this.a = a
    this.b = b
    this.c = c
    this.d = d
  }
}

/** The hash of bytes that are all there. */
export function xxh32(bytes: Uint8Array): number {
  return new Xxh32().update(bytes).digest()
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
