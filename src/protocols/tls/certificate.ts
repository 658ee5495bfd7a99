// A certificate (RFC 5280 4.1) laid out element by element, where it stands. What breaks the rules of DER is noted, what can be read is shown.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { SEVERITY_WARN } from '../../core/note.ts'
import { type DerElement, isElement, parseDer, TAG } from '../../crypto/der.ts'
import { readCertificate } from '../../crypto/x509.ts'
import { recordAlgorithm } from './certificate-algorithm.ts'
import { recordExtension } from './certificate-extensions.ts'
import { C } from './certificate-fields.ts'
import { recordName } from './certificate-names.ts'
import { certificateSentence } from './certificate-sentence.ts'
import { type Der, recordBits, recordOid, recordTime } from './der.ts'
import { TIMESTAMP_FIELDS } from './timestamps.ts'

/** What may stand in a certificate; timestamps are written in the language of TLS. */
const fields: readonly Field[] = [...Object.values(C), ...TIMESTAMP_FIELDS]
const MAX_NOTES = 4
const RSA = '1.2.840.113549.1.1.1'

/** Records the certificate at `at` … `at + length` of the layer as children of `row`, whose explanation it becomes. */
export function recordCertificate(p: Dissection, row: number, at: number, length: number): void {
  if (!fields.some((field) => p.wants(field))) return
  const { elements, faults } = parseDer(p.bytes, p.base + at, p.base + at + length)
  const certificate = elements[0]
  p.nest(row)
  const d: Der = { p, bytes: p.bytes, base: p.base }
  recordSentence(d, row, at, length)
  for (const fault of faults.slice(0, MAX_NOTES)) p.note(SEVERITY_WARN, `DER: ${fault.message}`, fault.at - p.base, 0)
  if (isElement(certificate, TAG.sequence)) p.describe(row, recordCertificateParts(d, certificate))
  p.close()
}

/** The row of the certificate finds its sentence by number: several certificates stand in one layer. */
function recordSentence(d: Der, row: number, at: number, length: number): void {
  const { p } = d
  if (!p.wants(C.sentence)) return
  const read = readCertificate(p.bytes, p.base + at, p.base + at + length)
  if (!read.ok) return
  let count = 1
  for (let i = 0; i < p.rows.count; i++) if (p.rows.field[i] === C.sentence.id && p.rows.layer[i] === p.layers - 1) count++
  p.generateText(C.sentence, certificateSentence(read.value), at, 0)
  if (row >= 0) p.rows.value[row] = count
}

/** Certificate: the part that is signed, how, and the signature. Returns the holder's name in words. */
export function recordCertificateParts(d: Der, certificate: DerElement): string {
  const { p } = d
  let holder = ''
  const [signed, algorithm, signature] = certificate.children
  if (isElement(signed, TAG.sequence)) {
    p.open(C.signed, signed.at - d.base, signed.end - signed.at)
    holder = recordContents(d, signed)
    p.close()
  }
  if (isElement(algorithm, TAG.sequence)) recordAlgorithm(d, algorithm, C.signatureAgain, 'algorithmIdentifier')
  if (isElement(signature, TAG.bitString)) recordBits(d, signature, C.signature)
  return holder
}

/** TBSCertificate. Returns the holder's name in words. */
function recordContents(d: Der, signed: DerElement): string {
  const { p, base } = d
  const children = [...signed.children]
  if (isElement(children[0], 0, 'context')) {
    const version = children.shift()!.children[0]
    if (isElement(version, TAG.integer) && version.length > 0) p.add(C.version, version.content - base, version.length)
  }
  const [serial, algorithm, issuer, validity, subject, key, ...rest] = children
  if (isElement(serial, TAG.integer)) p.add(C.serial, serial.content - base, serial.length)
  if (isElement(algorithm, TAG.sequence)) recordAlgorithm(d, algorithm, C.signatureKind, 'signature')
  if (isElement(issuer, TAG.sequence)) recordName(d, issuer, C.issuer, C.rdnSequence)
  if (isElement(validity, TAG.sequence)) {
    p.open(C.validity, validity.at - base, validity.end - validity.at)
    recordTime(d, validity.children[0], C.notBefore)
    recordTime(d, validity.children[1], C.notAfter)
    p.close()
  }
  const holder = isElement(subject, TAG.sequence) ? recordName(d, subject, C.subject, C.subjectRdnSequence) : ''
  if (isElement(key, TAG.sequence)) recordKey(d, key)
  for (const part of rest.filter((one) => one.class === 'context')) {
    const [inner] = part.children
    if (part.tag === 1) recordUnique(d, part, C.issuerUnique)
    else if (part.tag === 2) recordUnique(d, part, C.subjectUnique)
    else if (part.tag === 3 && isElement(inner, TAG.sequence)) recordExtensions(d, inner)
  }
  return holder
}

/** [1] and [2] hide that they are bit strings (IMPLICIT). */
function recordUnique(d: Der, part: DerElement, field: Field): void {
  if (part.length > 1) d.p.add(field, part.content + 1 - d.base, part.length - 1)
}

/** SubjectPublicKeyInfo. */
function recordKey(d: Der, element: DerElement): void {
  const { p, base } = d
  const [algorithm, value] = element.children
  p.open(C.keyInfo, element.at - base, element.end - element.at)
  if (isElement(algorithm, TAG.sequence)) recordAlgorithm(d, algorithm, C.keyKind, 'algorithm')
  if (isElement(value, TAG.bitString)) {
    const rsa = recordOid(d, algorithm?.children[0], null) === RSA
    // An RSA key always fills its bytes.
    if (!rsa && value.length > 0) p.add(C.padding, value.content - base, 1)
    p.nest(value.length > 0 ? p.add(C.key, value.content + 1 - base, value.length - 1) : -1)
    if (rsa) recordRsaKey(d, value)
    p.close()
  }
  p.close()
}

/** RSAPublicKey (RFC 8017 A.1.1), inside the bit string. */
function recordRsaKey(d: Der, value: DerElement): void {
  const [key] = parseDer(d.bytes, value.content + 1, value.end).elements
  const [modulus, exponent] = key?.children ?? []
  if (isElement(modulus, TAG.integer)) d.p.add(C.modulus, modulus.content - d.base, modulus.length)
  if (isElement(exponent, TAG.integer) && exponent.length > 0 && exponent.length <= 6)
    d.p.add(C.exponent, exponent.content - d.base, exponent.length)
}

function recordExtensions(d: Der, list: DerElement): void {
  const { p, base } = d
  p.nest(p.generate(C.extensions, list.children.length, list.content - base, list.length))
  for (const extension of list.children) recordExtension(d, extension)
  p.close()
}
