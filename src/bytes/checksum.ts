// The Internet checksum: RFC 1071.

/** The 16-bit ones' complement sum of the bytes, carried on from `sum`; an odd last byte counts as if a zero followed. */
export function onesSum(bytes: Uint8Array, at: number, end: number, sum = 0): number {
  let i = at
  for (; i + 1 < end; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!
  if (i < end) sum += bytes[i]! << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return sum
}

/** The checksum over the bytes: 0 when they contain their own, correct one. */
export function internetChecksum(bytes: Uint8Array, at: number, end: number, sum = 0): number {
  return ~onesSum(bytes, at, end, sum) & 0xffff
}

/** What a checksum field should hold, given what it holds and the checksum over bytes that contain it. */
export function rightChecksum(held: number, over: number): number {
  const sum = held + over
  return sum > 0xffff ? (sum & 0xffff) + 1 : sum
}
