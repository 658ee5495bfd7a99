// The chunked transfer coding: RFC 9112 7.1.

/** Largest chunk that is believed. */
const MAX_CHUNK = 2 ** 40

/** The size on a chunk-size line that ends before `feed`, read as leniently as Wireshark does: what follows the digits is passed over. -1: none. */
export function readChunkSize(bytes: Uint8Array, at: number, feed: number): number {
  let size = 0
  while (at < feed && isBlank(bytes[at]!)) at++
  let i = at
  for (; i < feed; i++) {
    const digit = hexDigit(bytes[i]!)
    if (digit < 0) break
    size = size * 16 + digit
    if (size > MAX_CHUNK) return -1
  }
  return i === at ? -1 : size
}

/**
 * Is the chunk-size line as the RFC wants it: digits, then the line end or an extension? Readers that differ on sloppy sizes are what
 * request smuggling lives on.
 */
export function isStrictChunkSize(bytes: Uint8Array, at: number, feed: number): boolean {
  let i = at
  while (i < feed && hexDigit(bytes[i]!) >= 0) i++
  while (i < feed && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++
  return i > at && (bytes[i] === 0x3b || (bytes[i] === 0x0d && i + 1 === feed))
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d && byte !== 0x0a)
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
