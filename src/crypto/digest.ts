// Message digests over bytes in memory.

import { createHash } from 'node:crypto'

/** MD5 of a text (UTF-8) in hexadecimal: for fingerprints such as JA3, never for security. */
export function md5Hex(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

/** SHA-256 of bytes, or of a text (UTF-8), in hexadecimal. */
export function sha256Hex(of: string | Uint8Array): string {
  return createHash('sha256').update(of).digest('hex')
}
