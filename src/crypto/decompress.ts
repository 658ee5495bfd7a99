// Undoes HTTP's content codings. Pure computation over bytes in memory; bounded, because a few bytes can claim to be gigabytes.

import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

/** Bytes that one body may unpack to. */
export const MAX_UNPACKED = 16 * 1024 * 1024

/** Codings that `decompress` knows (RFC 9110 8.4.1, RFC 7932). */
export type Coding = 'gzip' | 'deflate' | 'br'

/**
 * The unpacked bytes; as far as they go when the packed ones are cut. null when they are damaged, or unpack to more than `limit`.
 *
 *     decompress('gzip', body)
 */
export function decompress(coding: Coding, packed: Uint8Array, limit = MAX_UNPACKED): Uint8Array | null {
  if (packed.length === 0) return null
  try {
    switch (coding) {
      case 'gzip':
        return gunzipSync(packed, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH })
      case 'br':
        return brotliDecompressSync(packed, { maxOutputLength: limit, finishFlush: constants.BROTLI_OPERATION_FLUSH })
      case 'deflate':
        return isZlib(packed)
          ? inflateSync(packed, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH })
          : inflateRawSync(packed, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH })
    }
  } catch {
    return null
  }
}

/** "deflate" means the zlib format (RFC 9110 8.4.1.2), but some senders leave its header out. */
function isZlib(packed: Uint8Array): boolean {
  return (packed[0]! & 0x0f) === 8 && ((packed[0]! << 8) | (packed[1] ?? 0)) % 31 === 0
}

/** Codings of one body that are undone, one after the other. */
const MAX_CODINGS = 4
const CODINGS: Readonly<Record<string, Coding>> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate', br: 'br' }

/** The codings that a Content-Encoding header names, in the order in which they were applied; `identity` is left out. */
export function contentCodings(encoding: string): string[] {
  return encoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
}

/** Undoes the codings, the last one first; null when one of them is unknown or its bytes are damaged. */
export function undoCodings(packed: Uint8Array, codings: readonly string[]): Uint8Array | null {
  if (codings.length > MAX_CODINGS) return null
  let bytes: Uint8Array | null = packed
  for (let i = codings.length - 1; i >= 0 && bytes !== null; i--) {
    const coding = CODINGS[codings[i]!]
    bytes = coding === undefined ? null : decompress(coding, bytes)
  }
  return bytes
}

/** What ends a message of permessage-deflate and is not sent (RFC 7692 7.2.1). */
const DEFLATE_END = Uint8Array.of(0x00, 0x00, 0xff, 0xff)

/** Undoes permessage-deflate: `window` is what was unpacked before, as far as it is referred to. null when the bytes are damaged or too many. */
export function inflateWith(packed: Uint8Array, window: Uint8Array | null, limit = MAX_UNPACKED): Uint8Array | null {
  const whole = new Uint8Array(packed.length + DEFLATE_END.length)
  whole.set(packed)
  whole.set(DEFLATE_END, packed.length)
  try {
    const dictionary = window === null || window.length === 0 ? {} : { dictionary: window }
    return inflateRawSync(whole, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH, ...dictionary })
  } catch {
    return null
  }
}
