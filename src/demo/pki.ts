// A public key infrastructure for the classroom: an authority, requests, and the certificates that it signs. Keys and signatures are
// node:crypto's; node-forge writes the structures. Everything is in memory: pki-files.ts knows files.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { parseIpv4, parseIpv6 } from '../bytes/address.ts'
import { parseDer } from '../crypto/der.ts'
import { writePem } from '../crypto/pem.ts'
import { bytesOf, type Certificate, type CertificateRequest, keyIdentifierOf, readPublicKey } from '../crypto/x509.ts'
import { KEY_USES, type KeyUse } from '../crypto/x509-extensions.ts'
import { encodePublicKey, isAboutKey } from '../crypto/x509-keys.ts'
import { isProven } from '../crypto/x509-verify.ts'
import * as asn1 from './asn1.ts'
import { DemoError } from './problem.ts'

/** Who a certificate is about, with the tutorial's words for the attributes. */
export interface Subject {
  readonly country?: string
  readonly state?: string
  readonly locality?: string
  readonly org?: string
  /** The common name. */
  readonly hostname: string
}

export type KeyAlgorithm = 'rsa' | 'ecdsa'
export type Purpose = 'server' | 'client' | 'both'

/** Both ends of a certificate's validity, included. */
export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

export const DEFAULT_DAYS = 30
const DAY = 86_400_000

/** From `start` on for that many days. */
export function validFor(days: number, start = new Date()): Validity {
  const notBefore = new Date(Math.floor(start.getTime() / 1000) * 1000)
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * DAY) }
}

/** A fresh private key: RSA with 2048 bits, or ECDSA on P-256. */
export function makeKey(algorithm: KeyAlgorithm): KeyObject {
  return algorithm === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

/** The private key in PKCS #8, encrypted with AES-256 when there is a passphrase. */
export function encodeKey(key: KeyObject, passphrase?: string): string {
  const protection = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }
  return String(key.export({ type: 'pkcs8', format: 'pem', ...protection }))
}

export interface AuthorityOptions {
  readonly subject: Subject
  readonly key: KeyObject
  readonly validity?: Validity
  /** True: no extensions at all, as the tutorial printed it; many programs refuse such an authority. */
  readonly asPrinted?: boolean
}

/** The certificate of an authority, signed by itself, in PEM. */
export function makeAuthority({ subject, key, validity = validFor(DEFAULT_DAYS), asPrinted = false }: AuthorityOptions): string {
  const spki = encodePublicKey(key)
  const id = identifyKey(spki)
  const extensions = asPrinted
    ? []
    : [
        extension('2.5.29.19', asn1.sequence(asn1.boolean(true)), true),
        keyUsage(['keyCertSign', 'cRLSign']),
        extension('2.5.29.14', asn1.octets(id)),
        extension('2.5.29.35', asn1.sequence(asn1.taggedBytes(0, id))),
      ]
  const self = encodeSubject(subject)
  return signCertificate({ issuer: self, subject: self, spki, validity, extensions, key })
}

export interface RequestOptions {
  readonly subject: Subject
  readonly key: KeyObject
  /** Hosts that the certificate is to be for: DNS names and IP addresses. */
  readonly hosts: readonly string[]
}

/** A certification request, in PEM: it names the subject, and its signature shows that whoever asks has the key. */
export function makeRequest({ subject, key, hosts }: RequestOptions): string {
  const wanted = hosts.length === 0 ? [] : [alternativeNames(hosts)]
  const attributes = wanted.map((one) => asn1.sequence(asn1.oid('1.2.840.113549.1.9.14'), asn1.set(asn1.sequence(one))))
  const spki = encodePublicKey(key)
  const info = asn1.sequence(
    integerOf(0),
    encodeSubject(subject),
    asn1.encodedSequence(spki, headerOf(spki)),
    asn1.tagged(0, ...attributes),
  )
  return writePem('CERTIFICATE REQUEST', signStructure(info, key))
}

export interface SigningOptions {
  readonly request: CertificateRequest
  readonly authority: Certificate
  /** The authority's private key. */
  readonly key: KeyObject
  readonly validity?: Validity
  readonly purpose?: Purpose
  /** True: just what the request asks for, as the tutorial printed it. */
  readonly asPrinted?: boolean
}

/**
 * The certificate that the authority signs for a request, in PEM. Throws a DemoError for a request whose maker lacks the key, and for a
 * private key that is not the authority's.
 */
export function signRequest(options: SigningOptions): string {
  const { request, authority, key, validity = validFor(DEFAULT_DAYS), purpose = 'server', asPrinted = false } = options
  requireProof(request)
  if (!isAboutKey(authority, key))
    throw new DemoError(
      "The private key is not the one that belongs to the authority's certificate. Give the pair: --ca FILE --ca-key FILE",
    )
  const issuerId = keyIdentifierOf(authority, 'subject')
  const id = issuerId === undefined ? identifyKey(encodePublicKey(key)) : Buffer.from(issuerId, 'hex')
  const extensions = asPrinted
    ? request.extensions.map(({ element }) => asn1.encodedSequence(bytesOf(request, element), element.header))
    : endEntityExtensions(request, id, purpose)
  const issuer = authority.parts.subject
  return signCertificate({
    issuer: asn1.encodedSequence(bytesOf(authority, issuer), issuer.header),
    ...requested(request),
    validity,
    extensions,
    key,
  })
}

export type SelfSigningOptions = Omit<SigningOptions, 'authority'>

/** A certificate that its holder signs without any authority, in PEM: anyone can make one in anybody's name. */
export function selfSign({ request, key, validity = validFor(DEFAULT_DAYS), purpose = 'server' }: SelfSigningOptions): string {
  requireProof(request)
  const spki = encodePublicKey(key)
  if (!isAboutKey(request, key)) throw new DemoError('The private key is not the one that made the request. Give its own: --key FILE')
  const { subject } = requested(request)
  return signCertificate({
    issuer: subject,
    subject,
    spki,
    validity,
    extensions: endEntityExtensions(request, identifyKey(spki), purpose),
    key,
  })
}

function requireProof(request: CertificateRequest): void {
  if (!isProven(request))
    throw new DemoError(
      'The signature of the request does not fit its key: it was changed, or its maker lacks the key. Make it anew: wiretail pki csr',
    )
}

function requested(request: CertificateRequest): { subject: asn1.Asn1; spki: Uint8Array } {
  const { subject } = request.parts
  return { subject: asn1.encodedSequence(bytesOf(request, subject), subject.header), spki: bytesOf(request, request.key.element) }
}

/**
 * What a server's or client's certificate carries. Of the request only the names are taken over: an authority that copied whatever it is
 * asked for would make other authorities.
 */
function endEntityExtensions(request: CertificateRequest, issuerId: Uint8Array, purpose: Purpose): asn1.Asn1[] {
  const names = request.extensions.find((one) => one.name === 'subjectAltName')
  const purposes = { server: [SERVER_AUTH], client: [CLIENT_AUTH], both: [SERVER_AUTH, CLIENT_AUTH] }[purpose]
  return [
    extension('2.5.29.19', asn1.sequence(), true),
    // RFC 8446 4.4.2.2 wants digitalSignature; the key exchange that sends a secret encrypted to an RSA key wants keyEncipherment.
    keyUsage(request.key.algorithm === 'RSA' ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature']),
    extension('2.5.29.37', asn1.sequence(...purposes.map(asn1.oid))),
    ...(names ? [asn1.encodedSequence(bytesOf(request, names.element), names.element.header)] : []),
    extension('2.5.29.14', asn1.octets(identifyKey(bytesOf(request, request.key.element)))),
    extension('2.5.29.35', asn1.sequence(asn1.taggedBytes(0, issuerId))),
  ]
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

interface Contents {
  readonly issuer: asn1.Asn1
  readonly subject: asn1.Asn1
  readonly spki: Uint8Array
  readonly validity: Validity
  readonly extensions: readonly asn1.Asn1[]
  /** The issuer's. */
  readonly key: KeyObject
}

/** RFC 5280 4.1: version 3 even without extensions, a random serial number of 16 bytes that is positive. */
function signCertificate({ issuer, subject, spki, validity, extensions, key }: Contents): string {
  const serial = randomBytes(16)
  serial[0] = (serial[0]! & 0x7f) | 0x40
  const signed = asn1.sequence(
    asn1.tagged(0, integerOf(2)),
    asn1.integer(serial),
    signatureAlgorithm(key),
    issuer,
    asn1.sequence(asn1.time(validity.notBefore), asn1.time(validity.notAfter)),
    subject,
    asn1.encodedSequence(spki, headerOf(spki)),
    ...(extensions.length === 0 ? [] : [asn1.tagged(3, asn1.sequence(...extensions))]),
  )
  return writePem('CERTIFICATE', signStructure(signed, key))
}

function signStructure(structure: asn1.Asn1, key: KeyObject): Uint8Array {
  const signature = sign('sha256', asn1.encode(structure), key)
  return asn1.encode(asn1.sequence(structure, signatureAlgorithm(key), asn1.bits(signature)))
}

/** RFC 4055 5 gives RSA a NULL for parameters, RFC 5758 3.2 gives ECDSA none. */
function signatureAlgorithm(key: KeyObject): asn1.Asn1 {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return asn1.sequence(asn1.oid('1.2.840.113549.1.1.11'), asn1.nothing())
    case 'ec':
      return asn1.sequence(asn1.oid('1.2.840.10045.4.3.2'))
    default:
      throw new DemoError(`A key of type ${key.asymmetricKeyType} cannot sign here. Make an RSA or ECDSA key: wiretail pki ca`)
  }
}

function encodeSubject({ country, state, locality, org, hostname }: Subject): asn1.Asn1 {
  if (country && !/^[A-Za-z]{2}$/.test(country))
    throw new DemoError(`"${country}" is no country. Give the two letters of ISO 3166: --country US`)
  const attributes = [
    ['2.5.4.6', country?.toUpperCase()],
    ['2.5.4.8', state],
    ['2.5.4.7', locality],
    ['2.5.4.10', org],
    ['2.5.4.3', hostname],
  ] as const
  const given = attributes.flatMap(([oid, value]) => (value ? [[oid, value] as const] : []))
  // RFC 5280 A.1 ub-common-name, ub-organization-name; localities and states may have twice as many.
  const long = given.find(([oid, value]) => value.length > (oid === '2.5.4.8' || oid === '2.5.4.7' ? 128 : 64))
  if (long) throw new DemoError(`"${long[1].slice(0, 20)}…" is too long for a certificate. Use 64 characters at most.`)
  return asn1.name(given)
}

function alternativeNames(hosts: readonly string[]): asn1.Asn1 {
  const names = hosts.map((host) => {
    const address = parseIpv4(host) ?? parseIpv6(host)
    if (address) return asn1.taggedBytes(7, address)
    if (!/^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(host))
      throw new DemoError(
        `"${host}" is neither a host name nor an address. Names with other letters go in their xn-- form: --san localhost`,
      )
    return asn1.taggedBytes(2, Buffer.from(host))
  })
  return extension('2.5.29.17', asn1.sequence(...names))
}

function extension(id: string, value: asn1.Asn1, critical = false): asn1.Asn1 {
  return asn1.sequence(asn1.oid(id), ...(critical ? [asn1.boolean(true)] : []), asn1.octets(asn1.encode(value)))
}

/** A BIT STRING of named bits ends after the last one that is set (X.690 11.2.2). */
function keyUsage(uses: readonly KeyUse[]): asn1.Asn1 {
  const numbers = uses.map((use) => KEY_USES.indexOf(use))
  const byte = numbers.reduce((sum, bit) => sum | (0x80 >> bit), 0)
  return extension('2.5.29.15', asn1.bits(Uint8Array.of(byte), 7 - Math.max(...numbers)), true)
}

function integerOf(value: number): asn1.Asn1 {
  return asn1.integer(Uint8Array.of(value))
}

/** RFC 5280 4.2.1.2, method 1: SHA-1 of the key's bits. A name, so that its age is no danger. */
function identifyKey(spki: Uint8Array): Uint8Array {
  const value = readPublicKey(spki, parseDer(spki).elements[0])?.value
  return createHash('sha1')
    .update(value ? spki.subarray(value.content + 1, value.end) : spki)
    .digest()
}

function headerOf(der: Uint8Array): number {
  return parseDer(der).elements[0]?.header ?? 0
}
