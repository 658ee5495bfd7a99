// Opens what was sealed for the holder of an RSA key: the premaster secret in a ClientKeyExchange (RFC 5246 7.4.7.1).

import { constants, createPrivateKey, type KeyObject, privateDecrypt } from 'node:crypto'

/** Bytes of a premaster secret: two of the version that the client offered, then random ones. */
const PREMASTER_LENGTH = 48

export interface RsaKey {
  readonly key: KeyObject
  /** Bytes of the modulus, which is what it seals has too. */
  readonly length: number
}

/** An RSA private key in PEM (PKCS#1 or PKCS#8), or why it cannot be used. */
export function readRsaKey(pem: string): { ok: true; key: RsaKey } | { ok: false; why: 'locked' | 'other' | 'none' } {
  if (/ENCRYPTED/.test(pem)) return { ok: false, why: 'locked' }
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    return { ok: false, why: 'none' }
  }
  const bits = key.asymmetricKeyDetails?.modulusLength
  if (key.asymmetricKeyType !== 'rsa' || bits === undefined) return { ok: false, why: 'other' }
  return { ok: true, key: { key, length: Math.ceil(bits / 8) } }
}

/**
 * The premaster secret, or null when it was sealed for another key. The padding (PKCS#1 v1.5) is taken off here: node:crypto hides on purpose
 * whether it was right, so that servers give nothing away.
 */
export function openPremaster({ key, length }: RsaKey, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length !== length) return null
  let opened: Uint8Array
  try {
    opened = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, sealed)
  } catch {
    return null
  }
  const start = length - PREMASTER_LENGTH
  // 00 02, at least eight bytes other than 0, 00, then the secret (RFC 8017 7.2.1).
  if (start < 11 || opened[0] !== 0 || opened[1] !== 2 || opened[start - 1] !== 0) return null
  for (let i = 2; i < start - 1; i++) if (opened[i] === 0) return null
  return opened[start] === 3 ? opened.slice(start) : null
}
