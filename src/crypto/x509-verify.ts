// Signatures of certificates and requests, checked with the key of whoever is said to have signed them.

import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { isElement } from './der.ts'
import { integerNumber, oidOf } from './der-values.ts'
import { oidName } from './oids.ts'
import { type AlgorithmIdentifier, bytesOf, type Certificate, type CertificateRequest, type PublicKey } from './x509.ts'
import { sameName } from './x509-names.ts'

/** True when `issuer` has the name that the certificate gives for its issuer, and its key made the signature. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return sameName(certificate.issuer, issuer.subject) && isSignedWith(certificate, issuer, issuer.key)
}

/** True for a certificate that vouches for itself: subject and issuer are the same, and so is the key. */
export function isSelfSigned(certificate: Certificate): boolean {
  return isIssuedBy(certificate, certificate)
}

/** True when whoever made the request has the private key to the public key in it. */
export function isProven(request: CertificateRequest): boolean {
  return isSignedWith(request, request, request.key)
}

/** True when that key made the signature. `holder` is where the key's bytes are. Unknown algorithms and damaged keys count as no. */
export function isSignedWith(signed: Certificate | CertificateRequest, holder: { bytes: Uint8Array }, key: PublicKey): boolean {
  const { signature, signatureAlgorithm } = signed
  const how = methodOf(signed.bytes, signatureAlgorithm)
  if (how === undefined) return false
  try {
    const spki = Buffer.from(holder.bytes.subarray(key.element.at, key.element.end))
    const publicKey: KeyObject = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    const value = signed.bytes.subarray(signature.content + 1, signature.end)
    return verify(how.hash, bytesOf(signed, signed.signed), { key: publicKey, ...how.options }, value)
  } catch {
    return false
  }
}

interface Method {
  /** undefined for algorithms that bring their own. */
  readonly hash: string | undefined
  readonly options: { readonly padding?: number; readonly saltLength?: number }
}

function methodOf(bytes: Uint8Array, algorithm: AlgorithmIdentifier): Method | undefined {
  const { name } = algorithm
  if (name === 'ED25519' || name === 'ED448') return { hash: undefined, options: {} }
  if (name === 'rsassaPss') return pssMethod(bytes, algorithm)
  const hash = /^(?:(md5|sha\d+)WithRSAEncryption|ecdsa-with-(SHA\d+)|dsa[-_]with[-_](SHA\d+))$/.exec(name)
  const found = hash?.[1] ?? hash?.[2] ?? hash?.[3]
  return found === undefined ? undefined : { hash: found.toLowerCase(), options: {} }
}

/** RFC 4055 3.1: hash [0], mask [1] and salt length [2], SHA-1 and 20 when left out. */
function pssMethod(bytes: Uint8Array, { parameters }: AlgorithmIdentifier): Method {
  const part = (tag: number) => parameters?.children.find((element) => isElement(element, tag, 'context'))?.children[0]
  const hash = oidName(oidOf(bytes, part(0)?.children[0]))
  const saltLength = integerNumber(bytes, part(2)) ?? 20
  return { hash: hash === '' ? 'sha1' : hash, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } }
}
