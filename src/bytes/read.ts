// Reads numbers from bytes. The caller has checked the bounds; bytes beyond the end read as 0.

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

export function readU24(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

/** An unsigned number of 1 to 8 bytes; exact up to 2^53. */
export function readUint(bytes: Uint8Array, at: number, length: number, little: boolean): number {
  let value = 0
  if (little) for (let i = at + length - 1; i >= at; i--) value = value * 256 + (bytes[i] ?? 0)
  else for (let i = at; i < at + length; i++) value = value * 256 + (bytes[i] ?? 0)
  return value
}

/** The same with two's complement sign. */
export function readInt(bytes: Uint8Array, at: number, length: number, little: boolean): number {
  const top = bytes[little ? at + length - 1 : at] ?? 0
  const value = readUint(bytes, at, length, little)
  return top & 0x80 ? value - 2 ** (8 * length) : value
}

/** An unsigned number of any length. */
export function readBigUint(bytes: Uint8Array, at: number, length: number, little: boolean): bigint {
  let value = 0n
  for (let i = 0; i < length; i++) value = (value << 8n) | BigInt(bytes[little ? at + length - 1 - i : at + i] ?? 0)
  return value
}
