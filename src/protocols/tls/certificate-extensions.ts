// The extensions of certificates: RFC 5280 4.2, RFC 6962 3.3.

import type { Field } from '../../core/field.ts'
import { type DerElement, isElement, parseDer, TAG } from '../../crypto/der.ts'
import { textOf } from '../../crypto/der-values.ts'
import { oidLabel } from '../names/x509-oids.ts'
import { C } from './certificate-fields.ts'
import { recordGeneralName, recordGeneralNames } from './certificate-names.ts'
import { recordMappings, recordPolicies, recordPolicyConstraints } from './certificate-policies.ts'
import { recordEntrust, recordKeyPeriod, recordLogotypes, recordProxy } from './certificate-rare.ts'
import { type Der, openElement, openList, recordFlag, recordInteger, recordNumber, recordOid } from './der.ts'
import { Reader } from './reader.ts'
import { readTimestamps } from './timestamps.ts'

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
  '2.5.29.16': recordKeyPeriod,
  '2.5.29.17': recordAlternatives,
  '2.5.29.18': recordAlternatives,
  '2.5.29.19': (d, inner) => {
    if (!isElement(inner, TAG.sequence)) return
    openElement(d, inner, inner.length > 0 ? C.basicConstraints : C.noConstraints)
    recordFlag(d, inner.children[0], C.ca)
    const length = inner.children.find((element) => isElement(element, TAG.integer))
    if (length !== undefined) recordInteger(d, length, C.pathLength)
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
  '2.5.29.33': recordMappings,
  '2.5.29.36': recordPolicyConstraints,
  '2.5.29.54': (d, inner) => recordInteger(d, inner, C.skipCertificates),
  '1.2.840.113533.7.65.0': recordEntrust,
  '1.3.6.1.5.5.7.1.1': recordAccess,
  '1.3.6.1.5.5.7.1.12': recordLogotypes,
  '1.3.6.1.5.5.7.1.14': recordProxy,
  '1.3.6.1.5.5.7.48.1.5': (d, inner) => {
    if (isElement(inner, TAG.null)) d.p.add(C.noCheck, inner.content - d.base, 0)
  },
  '1.3.6.1.4.1.311.20.2': (d, inner) => {
    const text = textOf(d.bytes, inner)
    if (text !== undefined) d.p.generateText(C.bmpText, text, inner.content - d.base, inner.length)
  },
  '1.3.6.1.4.1.311.21.1': (d, inner) => recordInteger(d, inner, C.anyInteger),
  '1.3.6.1.4.1.311.21.2': (d, inner) => {
    if (isElement(inner, TAG.octetString)) d.p.add(C.octets, inner.content - d.base, inner.length)
  },
  '1.3.6.1.4.1.311.21.7': recordTemplate,
  // Microsoft's purposes, written as policies.
  '1.3.6.1.4.1.311.21.10': recordPolicies,
  '2.16.840.1.113730.1.1': recordNetscapeType,
  '2.16.840.1.113730.1.2': netscapeText(C.netscapeUrl),
  '2.16.840.1.113730.1.3': netscapeText(C.netscapeRevocation),
  '2.16.840.1.113730.1.4': netscapeText(C.netscapeCaRevocation),
  '2.16.840.1.113730.1.8': netscapeText(C.netscapePolicy),
  '2.16.840.1.113730.1.13': netscapeText(C.comment),
  '1.3.6.1.4.1.11129.2.4.2': recordTimestamps,
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
      for (const bound of subtree.children.slice(1))
        if (bound.class === 'context') recordNumber(d, bound, bound.tag === 0 ? C.minimum : C.maximum)
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

/** An OCTET STRING in the language of TLS: a list of signed promises. */
function recordTimestamps(d: Der, inner: DerElement): void {
  if (isElement(inner, TAG.octetString)) readTimestamps(new Reader(d.p, inner.content - d.base, inner.end - d.base))
}

/** The form of Microsoft's authority: its number, version and edition. */
function recordTemplate(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  const [id, major, minor] = inner.children
  openElement(d, inner, C.template)
  recordOid(d, id, C.templateId)
  if (major !== undefined) recordInteger(d, major, C.templateMajor)
  if (minor !== undefined) recordInteger(d, minor, C.templateMinor)
  d.p.close()
}

const NETSCAPE_USES = [
  ...[C.netscapeClient, C.netscapeServer, C.netscapeMail, C.netscapeSigning],
  ...[C.netscapeReserved, C.netscapeCa, C.netscapeMailCa, C.netscapeSigningCa],
]

function recordNetscapeType(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.bitString) || inner.length < 2) return
  const { p } = d
  const at = inner.content + 1 - d.base
  p.add(C.padding, at - 1, 1)
  p.nest(p.add(C.netscapeType, at, inner.length - 1))
  for (const use of NETSCAPE_USES) p.add(use, at)
  p.close()
}

function netscapeText(field: Field): ExtensionReader {
  return (d, inner) => {
    const text = textOf(d.bytes, inner)
    if (text !== undefined) d.p.generateText(field, text, inner.content - d.base, inner.length)
  }
}
