// X.509 version 3 certificates (RFC 5280) and PKCS #10 requests (RFC 2986): what they say, and where in the bytes each part stands.

import { createHash } from 'node:crypto'
import { type DerElement, type DerFault, isElement, parseDer, TAG } from './der.ts'
import { integerBits, integerHex, integerNumber, oidOf, timeOf } from './der-values.ts'
import { oidName } from './oids.ts'
import { type Extension, type ExtensionDetails, readExtensions } from './x509-extensions.ts'
import { type Name, readName } from './x509-names.ts'

export interface AlgorithmIdentifier {
  readonly oid: string
  /** `sha256WithRSAEncryption` …, else the identifier's numbers. */
  readonly name: string
  readonly parameters: DerElement | undefined
  readonly element: DerElement
}

/** The key that a certificate or request vouches for. */
export interface PublicKey {
  /** 'RSA', 'ECDSA', 'Ed25519' …, else the algorithm's name. */
  readonly algorithm: string
  /** Bits of an RSA modulus or of a curve; 0 when that is unknown. */
  readonly bits: number
  /** OpenSSL's name of the curve, for an elliptic curve: `prime256v1` is P-256. */
  readonly curve: string | undefined
  /** The modulus and the exponent of an RSA key. */
  readonly rsa: { readonly modulus: DerElement; readonly exponent: DerElement } | undefined
  /** SubjectPublicKeyInfo, the form in which keys are compared. */
  readonly element: DerElement
  /** The BIT STRING with the key itself. */
  readonly value: DerElement
}

/** What certificates and requests have in common. */
interface Signed {
  /** The bytes that were read; every offset counts in them. */
  readonly bytes: Uint8Array
  readonly element: DerElement
  /** What the signature is about: TBSCertificate or CertificationRequestInfo. */
  readonly signed: DerElement
  readonly subject: Name
  readonly key: PublicKey
  readonly extensions: readonly Extension[]
  readonly signatureAlgorithm: AlgorithmIdentifier
  /** The BIT STRING with the signature; its first byte counts unused bits. */
  readonly signature: DerElement
  readonly faults: readonly DerFault[]
}

export interface Certificate extends Signed {
  /** 1 to 3. */
  readonly version: number
  /** Hexadecimal digits in lower case. */
  readonly serial: string
  readonly issuer: Name
  /** Milliseconds since 1970, both ends included. */
  readonly notBefore: number
  readonly notAfter: number
  /** Where each part stands. */
  readonly parts: {
    readonly version: DerElement | undefined
    readonly serial: DerElement
    /** The algorithm once more, inside what is signed. */
    readonly algorithm: DerElement
    readonly issuer: DerElement
    readonly validity: DerElement
    readonly notBefore: DerElement
    readonly notAfter: DerElement
    readonly subject: DerElement
    readonly key: DerElement
    readonly extensions: DerElement | undefined
  }
}

export interface CertificateRequest extends Signed {
  readonly parts: {
    readonly version: DerElement
    readonly subject: DerElement
    readonly key: DerElement
    readonly attributes: DerElement | undefined
  }
}

/** What was read, or where and why it is none. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: DerFault }

/** Reads a certificate from `at` to `end`. Never throws; `faults` of the result names what broke the rules without hiding the rest. */
export function readCertificate(bytes: Uint8Array, at = 0, end = bytes.length): Read<Certificate> {
  const opened = openSigned(bytes, at, end)
  if (!opened.ok) return opened
  const { element, signed, faults } = opened.value
  const children = [...signed.children]
  const version = isElement(children[0], 0, 'context') ? children.shift() : undefined
  const [serial, algorithm, issuer, validity, subject, key, ...rest] = children
  const [notBefore, notAfter] = validity?.children ?? []
  if (!isElement(serial, TAG.integer)) return refuse(serial ?? signed, 'the serial number is missing')
  const start = timeOf(bytes, notBefore)
  const stop = timeOf(bytes, notAfter)
  if (!isElement(algorithm, TAG.sequence) || !isElement(issuer, TAG.sequence)) return refuse(signed, 'algorithm and issuer are missing')
  if (start === undefined || stop === undefined || !validity || !notBefore || !notAfter)
    return refuse(validity ?? signed, 'the validity is not two dates')
  if (!isElement(subject, TAG.sequence)) return refuse(signed, 'the subject is missing')
  const publicKey = readPublicKey(bytes, key)
  if (publicKey === undefined || key === undefined) return refuse(key ?? signed, 'the public key is missing')
  const extensions = rest.find((one) => isElement(one, 3, 'context'))?.children[0]
  return {
    ok: true,
    value: {
      bytes,
      element,
      signed,
      version: (integerNumber(bytes, version?.children[0]) ?? 0) + 1,
      serial: integerHex(bytes, serial),
      issuer: readName(bytes, issuer),
      subject: readName(bytes, subject),
      notBefore: start,
      notAfter: stop,
      key: publicKey,
      extensions: extensions ? readExtensions(bytes, extensions) : [],
      ...opened.value.signature,
      parts: { version, serial, algorithm, issuer, validity, notBefore, notAfter, subject, key, extensions },
      faults,
    },
  }
}

/** Reads a certification request. Never throws. */
export function readRequest(bytes: Uint8Array, at = 0, end = bytes.length): Read<CertificateRequest> {
  const opened = openSigned(bytes, at, end)
  if (!opened.ok) return opened
  const { element, signed, faults } = opened.value
  const [version, subject, key, attributes] = signed.children
  if (!isElement(version, TAG.integer) || !isElement(subject, TAG.sequence)) return refuse(signed, 'version and subject are missing')
  const publicKey = readPublicKey(bytes, key)
  if (publicKey === undefined || key === undefined) return refuse(key ?? signed, 'the public key is missing')
  // RFC 2985 5.4.2: the attribute extensionRequest holds a set of one list of extensions.
  const wanted = attributes?.children.find((one) => oidName(oidOf(bytes, one.children[0])) === 'extensionRequest')?.children[1]?.children[0]
  return {
    ok: true,
    value: {
      bytes,
      element,
      signed,
      subject: readName(bytes, subject),
      key: publicKey,
      extensions: wanted ? readExtensions(bytes, wanted) : [],
      ...opened.value.signature,
      parts: { version, subject, key, attributes },
      faults,
    },
  }
}

function refuse(element: { readonly at: number }, message: string): { ok: false; fault: DerFault } {
  return { ok: false, fault: { at: element.at, message } }
}

/** SEQUENCE { what is signed, algorithm, signature }. */
function openSigned(bytes: Uint8Array, at: number, end: number) {
  const tree = parseDer(bytes, at, end)
  const [element, next] = tree.elements
  const faults = next ? [...tree.faults, { at: next.at, message: 'something follows the end' }] : tree.faults
  if (!isElement(element, TAG.sequence)) return refuse(element ?? { at }, faults[0]?.message ?? 'it does not start with a sequence')
  const [signed, algorithm, signature] = element.children
  // A fault inside is told first: it is why the rest cannot be found.
  const cause = faults[0] ?? { at: element.at, message: 'it is not made of three parts: contents, algorithm, signature' }
  if (!isElement(signed, TAG.sequence) || !isElement(signature, TAG.bitString)) return { ok: false as const, fault: cause }
  const signatureAlgorithm = readAlgorithm(bytes, algorithm)
  if (signatureAlgorithm === undefined) return { ok: false as const, fault: cause }
  return { ok: true as const, value: { element, signed, faults, signature: { signatureAlgorithm, signature } } }
}

function readAlgorithm(bytes: Uint8Array, element: DerElement | undefined): AlgorithmIdentifier | undefined {
  if (!isElement(element, TAG.sequence)) return undefined
  const oid = oidOf(bytes, element.children[0])
  return oid === '' ? undefined : { oid, name: oidName(oid), parameters: element.children[1], element }
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  rsaEncryption: 'RSA',
  rsassaPss: 'RSA-PSS',
  'id-ecPublicKey': 'ECDSA',
  dsaEncryption: 'DSA',
  ED25519: 'Ed25519',
  ED448: 'Ed448',
}
const BITS: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp256k1: 256,
  secp384r1: 384,
  secp521r1: 521,
  brainpoolP256r1: 256,
  brainpoolP384r1: 384,
  brainpoolP512r1: 512,
  Ed25519: 256,
  X25519: 256,
  Ed448: 456,
  X448: 448,
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 4.1.2.7). */
export function readPublicKey(bytes: Uint8Array, element: DerElement | undefined): PublicKey | undefined {
  const [first, value] = element?.children ?? []
  const identifier = readAlgorithm(bytes, first)
  if (element === undefined || identifier === undefined || !isElement(value, TAG.bitString)) return undefined
  const algorithm = KEY_NAMES[identifier.name] ?? identifier.name
  const curve = algorithm === 'ECDSA' ? oidName(oidOf(bytes, identifier.parameters)) || undefined : undefined
  const numbers = algorithm.startsWith('RSA') ? parseDer(bytes, value.content + 1, value.end).elements[0]?.children : undefined
  const [modulus, exponent] = numbers ?? []
  const rsa = isElement(modulus, TAG.integer) && isElement(exponent, TAG.integer) ? { modulus, exponent } : undefined
  const bits = rsa ? integerBits(bytes, rsa.modulus) : (BITS[curve ?? algorithm] ?? 0)
  return { algorithm, bits, curve, rsa, element, value }
}

/** `RSA-2048`, `ECDSA-P-256`, `Ed25519`. */
export function describeKey({ algorithm, bits, curve }: PublicKey): string {
  if (curve !== undefined) return `${algorithm}-${CURVES[curve] ?? curve}`
  return algorithm.startsWith('Ed') || bits === 0 ? algorithm : `${algorithm}-${bits}`
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }

/** What an extension of this kind says, undefined when there is none or it is damaged. */
export function extensionOf<K extends ExtensionDetails['kind']>(
  from: Pick<Signed, 'extensions'>,
  kind: K,
): Extract<ExtensionDetails, { kind: K }> | undefined {
  const found = from.extensions.find(({ details }) => details.kind === kind)?.details
  return found as Extract<ExtensionDetails, { kind: K }> | undefined
}

/** DNS names and IP addresses that the certificate is for. */
export function hostNamesOf(from: Pick<Signed, 'extensions'>): string[] {
  const names = extensionOf(from, 'subjectAltName')?.names ?? []
  return names.filter(({ kind }) => kind === 'DNS' || kind === 'IP').map(({ value }) => value)
}

/** The key identifier of the certificate's own key or of its issuer's, undefined without the extension. */
export function keyIdentifierOf(from: Pick<Signed, 'extensions'>, whose: 'subject' | 'authority'): string | undefined {
  return (whose === 'subject' ? extensionOf(from, 'subjectKeyIdentifier') : extensionOf(from, 'authorityKeyIdentifier'))?.id
}

/** The bytes of an element, header included. */
export function bytesOf({ bytes }: Pick<Signed, 'bytes'>, element: DerElement): Uint8Array {
  return bytes.subarray(element.at, element.end)
}

/** SHA-256 over the whole certificate, in lower-case hexadecimal: its fingerprint. */
export function fingerprintOf(certificate: Signed): string {
  return createHash('sha256').update(bytesOf(certificate, certificate.element)).digest('hex')
}
