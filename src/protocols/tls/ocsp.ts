// An OCSP response (RFC 6960 4.2.1), as a server sends it along with its certificate (RFC 6066 8).

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { type DerElement, isElement, parseDer, TAG } from '../../crypto/der.ts'
import { timeOf } from '../../crypto/der-values.ts'
import { recordCertificateParts } from './certificate.ts'
import { recordAlgorithm } from './certificate-algorithm.ts'
import { C } from './certificate-fields.ts'
import { recordName } from './certificate-names.ts'
import { recordMoment as recordUtcTime } from './certificate-rare.ts'
import { absoluteText, type Der, openElement, openList, recordBits, recordOid } from './der.ts'
import { O } from './ocsp-fields.ts'
import { Reader } from './reader.ts'
import { readTimestamps, TIMESTAMP_FIELDS } from './timestamps.ts'

const fields: readonly Field[] = [...Object.values(C), ...TIMESTAMP_FIELDS]
const BASIC = '1.3.6.1.5.5.7.48.1.1'

const EXTENSIONS = {
  nonce: '1.3.6.1.5.5.7.48.1.2',
  accepted: '1.3.6.1.5.5.7.48.1.4',
  archiveCutoff: '1.3.6.1.5.5.7.48.1.6',
  timestamps: '1.3.6.1.4.1.11129.2.4.5',
  nextPublish: '1.3.6.1.4.1.311.21.4',
} as const

/** Records the response at `at` … `at + length` of the layer. */
export function recordOcspResponse(p: Dissection, at: number, length: number): void {
  if (!fields.some((field) => p.wants(field))) return
  const [response] = parseDer(p.bytes, p.base + at, p.base + at + length).elements
  const d: Der = { p, bytes: p.bytes, base: p.base }
  p.open(O.response, at, length)
  if (isElement(response, TAG.sequence)) {
    const [status, wrapped] = response.children
    if (status?.class === 'universal' && status.tag === TAG.enumerated && status.length === 1)
      p.generate(O.responseStatus, p.bytes[status.content]!, status.content - d.base, 1)
    const bytes = wrapped?.children[0]
    if (isElement(bytes, TAG.sequence)) recordResponseBytes(d, bytes)
  }
  p.close()
}

function recordMoment(d: Der, element: DerElement | undefined, field: Field): void {
  const time = timeOf(d.bytes, element)
  if (time !== undefined && element !== undefined && d.p.wants(field))
    d.p.generateText(field, absoluteText(time), element.content - d.base, element.length)
}

function recordBytes(d: Der, element: DerElement | undefined, tag: number, field: Field): void {
  if (isElement(element, tag)) d.p.add(field, element.content - d.base, element.length)
}

function recordResponseBytes(d: Der, element: DerElement): void {
  const [type, value] = element.children
  openElement(d, element, O.responseBytes)
  const oid = recordOid(d, type, O.responseType)
  if (isElement(value, TAG.octetString)) {
    const [basic] = oid === BASIC ? parseDer(d.bytes, value.content, value.end).elements : []
    if (isElement(basic, TAG.sequence)) recordBasic(d, basic)
    else d.p.add(O.responseOther, value.content - d.base, value.length)
  }
  d.p.close()
}

function recordBasic(d: Der, element: DerElement): void {
  const [data, algorithm, signature, wrapped] = element.children
  openElement(d, element, O.basicResponse)
  if (isElement(data, TAG.sequence)) recordData(d, data)
  if (isElement(algorithm, TAG.sequence)) recordAlgorithm(d, algorithm, O.ocspAlgorithm, 'signatureAlgorithm')
  if (isElement(signature, TAG.bitString)) recordBits(d, signature, O.ocspSignature)
  const certificates = wrapped?.children[0]
  if (isElement(certificates, TAG.sequence)) {
    openList(d, certificates, O.ocspCertificates)
    for (const certificate of certificates.children) {
      const row = d.p.open(O.ocspCertificate, certificate.at - d.base, certificate.end - certificate.at)
      d.p.describe(row, recordCertificateParts(d, certificate))
      d.p.close()
    }
    d.p.close()
  }
  d.p.close()
}

/** ResponseData: [0] version, who answers, when, the answers, [1] extensions. */
function recordData(d: Der, element: DerElement): void {
  const { p, base } = d
  const children = [...element.children]
  openElement(d, element, O.responseData)
  if (isElement(children[0], 0, 'context')) {
    const version = children.shift()?.children[0]
    if (isElement(version, TAG.integer) && version.length > 0 && version.length <= 4)
      p.add(O.ocspVersion, version.content - base, version.length)
  }
  const [responder, produced, responses, extensions] = children
  if (responder?.class === 'context') recordResponder(d, responder)
  recordMoment(d, produced, O.producedAt)
  if (isElement(responses, TAG.sequence)) {
    openList(d, responses, O.responses)
    for (const one of responses.children) recordSingle(d, one)
    p.close()
  }
  recordExtensions(d, extensions, O.responseExtensions)
  p.close()
}

function recordResponder(d: Der, responder: DerElement): void {
  const { p, base } = d
  const inner = responder.children[0]
  p.nest(p.generate(O.responderId, responder.tag, responder.content - base, responder.length))
  if (responder.tag === 2) recordBytes(d, inner, TAG.octetString, O.responderKey)
  else if (isElement(inner, TAG.sequence)) recordName(d, inner, O.responderName, C.rdnSequence)
  p.close()
}

function recordSingle(d: Der, element: DerElement): void {
  const [id, status, thisUpdate, ...rest] = element.children
  openElement(d, element, O.singleResponse)
  if (isElement(id, TAG.sequence)) {
    const [hash, name, key, serial] = id.children
    openElement(d, id, O.certificateId)
    if (isElement(hash, TAG.sequence)) recordAlgorithm(d, hash, O.idHash, 'hashAlgorithm')
    recordBytes(d, name, TAG.octetString, O.issuerNameHash)
    recordBytes(d, key, TAG.octetString, O.issuerKeyHash)
    recordBytes(d, serial, TAG.integer, O.ocspSerial)
    d.p.close()
  }
  if (status?.class === 'context') recordStatus(d, status)
  recordMoment(d, thisUpdate, O.thisUpdate)
  recordMoment(d, rest.find((part) => isElement(part, 0, 'context'))?.children[0], O.nextUpdate)
  recordExtensions(
    d,
    rest.find((part) => isElement(part, 1, 'context')),
    O.singleExtensions,
  )
  d.p.close()
}

const STATES: readonly Field[] = [O.good, O.revoked, O.unknown]

function recordStatus(d: Der, status: DerElement): void {
  const { p, base } = d
  const state = STATES[status.tag]
  if (state === undefined) return
  p.nest(p.generate(O.certificateStatus, status.tag, status.content - base, status.length))
  p.open(state, status.content - base, status.length)
  if (status.tag === 1) {
    recordMoment(d, status.children[0], O.revocationTime)
    const reason = status.children.find((part) => isElement(part, 0, 'context'))?.children[0]
    if (reason?.length === 1) p.generate(O.revocationReason, d.bytes[reason.content]!, reason.content - base, 1)
  }
  p.close()
  p.close()
}

function recordExtensions(d: Der, wrapped: DerElement | undefined, field: Field): void {
  const { p, base } = d
  const list = wrapped?.children[0]
  if (!isElement(list, TAG.sequence)) return
  openList(d, list, field)
  for (const extension of list.children) {
    const [id, ...rest] = extension.children
    const value = rest.at(-1)
    openElement(d, extension, O.responseExtension)
    const oid = recordOid(d, id, O.responseExtensionId)
    if (isElement(value, TAG.octetString)) {
      const [inner] = parseDer(d.bytes, value.content, value.end).elements
      if (oid === EXTENSIONS.nonce && isElement(inner, TAG.octetString)) p.add(O.nonce, inner.content - base, inner.length)
      else if (oid === EXTENSIONS.archiveCutoff) recordMoment(d, inner, O.archiveCutoff)
      else if (oid === EXTENSIONS.nextPublish && inner !== undefined) recordUtcTime(d, inner)
      else if (oid === EXTENSIONS.timestamps && isElement(inner, TAG.octetString))
        readTimestamps(new Reader(p, inner.content - base, inner.end - base))
      else if (oid === EXTENSIONS.accepted && isElement(inner, TAG.sequence)) {
        openList(d, inner, O.accepted)
        for (const form of inner.children) recordOid(d, form, O.acceptedItem)
        p.close()
      } else p.add(O.responseExtensionValue, value.content - base, value.length)
    }
    p.close()
  }
  p.close()
}
