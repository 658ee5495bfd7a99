// The chunked transfer coding: RFC 9112 7.1.

/** Largest chunk that is believed. */
const MAX_CHUNK = 2 ** 40

/**
 * The size on a chunk-size line that ends before `feed`: hexadecimal digits, then white space or an extension. -1 when it is none.
 * No sign, no "0x": readers that accept such sizes are what request smuggling lives on.
 */
export function readChunkSize(bytes: Uint8Array, at: number, feed: number): number {
  let size = 0
  let i = at
  for (; i < feed; i++) {
    const digit = hexDigit(bytes[i]!)
    if (digit < 0) break
    size = size * 16 + digit
    if (size > MAX_CHUNK) return -1
  }
  if (i === at) return -1
  const next = i < feed ? bytes[i]! : 0x0d
  return next === 0x0d || next === 0x3b || next === 0x20 || next === 0x09 ? size : -1
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
