import { createPublicKey, type KeyObject } from 'node:crypto'
import { bytesOf, type Certificate, type CertificateRequest } from './x509.ts'

/** SubjectPublicKeyInfo (RFC 5280 4.1.2.7) of a key's public half: the form in which a certificate holds it. */
export function encodePublicKey(key: KeyObject): Uint8Array {
  return new Uint8Array((key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' }))
}

/** True when the certificate or request is about this key. */
export function isAboutKey(signed: Certificate | CertificateRequest, key: KeyObject): boolean {
  return Buffer.from(encodePublicKey(key)).equals(bytesOf(signed, signed.key.element))
}
