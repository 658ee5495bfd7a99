// The extensions of certificates: RFC 5280 4.2, RFC 6962 3.3.

import { readU16 } from '../../bytes/read.ts'
import type { Field } from '../../core/field.ts'
import { type DerElement, isElement, parseDer, TAG } from '../../crypto/der.ts'
import { oidLabel } from '../names/x509-oids.ts'
import { C } from './certificate-fields.ts'
import { recordGeneralName, recordGeneralNames } from './certificate-names.ts'
import { absoluteText, type Der, openList, recordFlag, recordOid } from './der.ts'

/** Extension ::= SEQUENCE { identifier, critical BOOLEAN, value OCTET STRING }. */
export function recordExtension(d: Der, extension: DerElement): void {
  const { p, base } = d
  const [id, second, third] = extension.children
  const oid = recordOid(d, id, null)
  const label = `Extension (${oidLabel(oid)})`
  p.nest(p.wants(C.extension) ? p.generateText(C.extension, label, extension.at - base, extension.end - extension.at) : -1)
  recordOid(d, id, C.extensionId)
  recordFlag(d, second, C.critical)
  const value = isElement(second, TAG.boolean) ? third : second
  if (isElement(value, TAG.octetString)) {
    const [inner] = parseDer(d.bytes, value.content, value.end).elements
    const record = READERS[oid]
    const { count } = p.rows
    if (inner !== undefined) record?.(d, inner)
    if (record === undefined || p.rows.count === count) p.add(C.extensionValue, value.content - base, value.length)
  }
  p.close()
}

type ExtensionReader = (d: Der, inner: DerElement) => void

const READERS: Readonly<Record<string, ExtensionReader>> = {
  '2.5.29.14': (d, inner) => {
    if (isElement(inner, TAG.octetString)) d.p.add(C.subjectKeyId, inner.content - d.base, inner.length)
  },
  '2.5.29.15': recordKeyUsage,
  '2.5.29.17': recordAlternatives,
  '2.5.29.18': recordAlternatives,
  '2.5.29.19': (d, inner) => {
    if (!isElement(inner, TAG.sequence)) return
    openElement(d, inner, C.basicConstraints)
    recordFlag(d, inner.children[0], C.ca)
    const length = inner.children.find((element) => isElement(element, TAG.integer))
    if (length !== undefined && length.length > 0 && length.length <= 6) d.p.add(C.pathLength, length.content - d.base, length.length)
    d.p.close()
  },
  '2.5.29.30': recordNameConstraints,
  '2.5.29.31': (d, inner) => {
    if (!isElement(inner, TAG.sequence)) return
    openList(d, inner, C.crlPoints)
    for (const point of inner.children) recordCrlPoint(d, point)
    d.p.close()
  },
  '2.5.29.32': recordPolicies,
  '2.5.29.35': recordAuthorityKey,
  '2.5.29.37': (d, inner) => {
    if (!isElement(inner, TAG.sequence)) return
    openList(d, inner, C.purposes)
    for (const purpose of inner.children) recordOid(d, purpose, C.purpose)
    d.p.close()
  },
  '1.3.6.1.5.5.7.1.1': recordAccess,
  '1.3.6.1.4.1.11129.2.4.2': recordTimestamps,
}

function openElement(d: Der, element: DerElement, field: Field): void {
  d.p.open(field, element.at - d.base, element.end - element.at)
}

function recordAlternatives(d: Der, inner: DerElement): void {
  if (isElement(inner, TAG.sequence)) recordGeneralNames(d, inner, C.generalNames)
}

const USES = [
  ...[C.digitalSignature, C.contentCommitment, C.keyEncipherment, C.dataEncipherment, C.keyAgreement],
  ...[C.keyCertSign, C.crlSign, C.encipherOnly],
]

function recordKeyUsage(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.bitString) || inner.length < 2) return
  const { p } = d
  const at = inner.content + 1 - d.base
  p.add(C.padding, inner.content - d.base, 1)
  p.nest(p.add(C.keyUsage, at, inner.length - 1))
  for (const use of USES) p.add(use, at)
  // The ninth bit; where there are only eight, it counts as not set.
  if (inner.length > 2) p.add(C.decipherOnly, at + 1)
  else p.generate(C.decipherOnly, 0, at, 1)
  p.close()
}

function recordAuthorityKey(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  const { p, base } = d
  openElement(d, inner, C.authorityKeyId)
  for (const part of inner.children.filter((one) => one.class === 'context')) {
    if (part.tag === 0) p.add(C.keyId, part.content - base, part.length)
    else if (part.tag === 1) recordGeneralNames(d, part, C.authorityIssuer)
    else if (part.tag === 2) p.add(C.authoritySerial, part.content - base, part.length)
  }
  p.close()
}

function recordNameConstraints(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  const { p } = d
  openElement(d, inner, C.nameConstraints)
  for (const part of inner.children) {
    if (part.class !== 'context' || part.tag > 1) continue
    openList(d, part, part.tag === 0 ? C.permitted : C.excluded)
    for (const subtree of part.children) {
      openElement(d, subtree, C.subtree)
      if (subtree.children[0] !== undefined) recordGeneralName(d, subtree.children[0], C.base)
      p.close()
    }
    p.close()
  }
  p.close()
}

function recordCrlPoint(d: Der, point: DerElement): void {
  const { p, base } = d
  openElement(d, point, C.crlPoint)
  const name = point.children.find((part) => isElement(part, 0, 'context'))?.children[0]
  if (name?.class === 'context' && name.tag <= 1) {
    p.nest(p.generate(C.crlName, name.tag, name.content - base, name.length))
    if (name.tag === 0) recordGeneralNames(d, name, C.fullName)
    p.close()
  }
  p.close()
}

function recordPolicies(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  const { p } = d
  openList(d, inner, C.policies)
  for (const policy of inner.children) {
    openElement(d, policy, C.policy)
    recordOid(d, policy.children[0], C.policyId)
    const remarks = policy.children[1]
    if (isElement(remarks, TAG.sequence)) recordQualifiers(d, remarks)
    p.close()
  }
  p.close()
}

/** PolicyQualifierInfo: the address of the rules, or a notice in a form of its own. */
function recordQualifiers(d: Der, list: DerElement): void {
  const { p, base } = d
  openList(d, list, C.policyQualifiers)
  for (const remark of list.children) {
    openElement(d, remark, C.policyQualifier)
    const [id, value] = remark.children
    recordOid(d, id, C.policyQualifierId)
    if (value !== undefined && value.length > 0)
      p.add(isElement(value, TAG.ia5String) ? C.policyPlace : C.policyNotice, value.content - base, value.length)
    p.close()
  }
  p.close()
}

function recordAccess(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  const { p } = d
  openList(d, inner, C.access)
  for (const description of inner.children) {
    openElement(d, description, C.accessDescription)
    recordOid(d, description.children[0], C.accessMethod)
    if (description.children[1] !== undefined) recordGeneralName(d, description.children[1], C.accessLocation)
    p.close()
  }
  p.close()
}

const LOG_ID = 32
const MAX_TIMESTAMPS = 64

/** An OCTET STRING in the language of TLS: a list of signed promises. */
function recordTimestamps(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.octetString) || inner.length < 2) return
  const { p, base, bytes } = d
  p.add(C.timestampsLength, inner.content - base)
  let at = inner.content + 2
  for (let count = 0; at + 2 <= inner.end && count < MAX_TIMESTAMPS; count++) {
    const end = at + 2 + readU16(bytes, at)
    // Version, log, time, and the length of extensions: less is no promise.
    if (end > inner.end || end - at < 2 + 1 + LOG_ID + 8 + 2) return
    p.add(C.timestampLength, at - base)
    p.add(C.timestampVersion, at + 2 - base)
    p.add(C.logId, at + 3 - base, LOG_ID)
    const time = at + 3 + LOG_ID
    const milliseconds = p.bytes.subarray(time, time + 8).reduce((sum, byte) => sum * 256 + byte, 0)
    if (milliseconds <= 8.64e15) p.generateText(C.timestamp, absoluteText(milliseconds), time - base, 8)
    p.add(C.timestampExtensionsLength, time + 8 - base)
    const rest = Math.min(end, time + 10 + readU16(bytes, time + 8))
    if (rest < end) p.add(C.timestampSignature, rest - base, end - rest)
    at = end
  }
}
