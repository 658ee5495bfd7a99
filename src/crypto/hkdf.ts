// HMAC-based key derivation (RFC 5869), and TLS 1.3's way of naming what is derived (RFC 8446 7.1). QUIC derives its keys the same way (RFC 9001 5.1).

import { createHmac } from 'node:crypto'

/** Names of hashes as node:crypto knows them: those of TLS 1.3's suites. */
export type HkdfHash = 'sha256' | 'sha384'

/** Bytes of the hash's output. */
export const hashLength = (hash: HkdfHash): number => (hash === 'sha256' ? 32 : 48)

/** HKDF-Extract: a pseudo-random key from a salt and keying material (RFC 5869 2.2). */
export function hkdfExtract(hash: HkdfHash, salt: Uint8Array, material: Uint8Array): Uint8Array {
  return createHmac(hash, salt).update(material).digest()
}

/** HKDF-Expand: `length` bytes from a pseudo-random key (RFC 5869 2.3). Throws RangeError above 255 hashes, as the RFC has it. */
export function hkdfExpand(hash: HkdfHash, key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const size = hashLength(hash)
  const blocks = Math.ceil(length / size)
  if (blocks > 255) throw new RangeError(`HKDF gives at most ${255 * size} bytes, not ${length}`)
  const out = new Uint8Array(blocks * size)
  for (let i = 1; i <= blocks; i++) {
    const mac = createHmac(hash, key)
    if (i > 1) mac.update(out.subarray((i - 2) * size, (i - 1) * size))
    out.set(mac.update(info).update(Uint8Array.of(i)).digest(), (i - 1) * size)
  }
  return out.subarray(0, length)
}

/**
 * HKDF-Expand-Label (RFC 8446 7.1): `label` without its prefix "tls13 " ("key", "iv", "quic hp", "traffic upd"); `context` is a hash or empty.
 */
export function hkdfExpandLabel(hash: HkdfHash, secret: Uint8Array, label: string, length: number, context = NOTHING): Uint8Array {
  const name = Buffer.from(`tls13 ${label}`, 'latin1')
  const info = Buffer.concat([Uint8Array.of(length >> 8, length & 0xff, name.length), name, Uint8Array.of(context.length), context])
  return hkdfExpand(hash, secret, info, length)
}

const NOTHING = new Uint8Array(0)
