// The rules by which certificates are issued: RFC 5280 4.2.1.4, 4.2.1.5 and 4.2.1.11.

import type { Field } from '../../core/field.ts'
import { type DerElement, isElement, TAG } from '../../crypto/der.ts'
import { textOf } from '../../crypto/der-values.ts'
import { C } from './certificate-fields.ts'
import { type Der, openElement, openList, recordInteger, recordNumber, recordOid } from './der.ts'

/** CertificatePolicies (RFC 5280 4.2.1.4). */
export function recordPolicies(d: Der, inner: DerElement): void {
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
    if (value !== undefined && value.length > 0) {
      if (value.tag === TAG.sequence) recordNotice(d, value)
      else p.add(value.tag === TAG.ia5String ? C.policyPlace : C.policyOther, value.content - base, value.length)
    }
    p.close()
  }
  p.close()
}

/** UserNotice: a reference to a numbered notice, the words themselves, or both. */
function recordNotice(d: Der, notice: DerElement): void {
  openElement(d, notice, C.policyNotice)
  for (const part of notice.children) {
    if (!isElement(part, TAG.sequence)) {
      recordDisplayText(d, part, C.noticeText)
      continue
    }
    const [organization, numbers] = part.children
    openElement(d, part, C.noticeReference)
    if (organization !== undefined) recordDisplayText(d, organization, C.noticeOrganization)
    if (isElement(numbers, TAG.sequence)) {
      openList(d, numbers, C.noticeNumbers)
      for (const number of numbers.children) recordInteger(d, number, C.noticeNumber)
      d.p.close()
    }
    d.p.close()
  }
  d.p.close()
}

/** The alternatives of DisplayText: number, and the field of the text. */
const ALPHABETS: Readonly<Record<number, readonly [number, Field]>> = {
  [TAG.ia5String]: [0, C.displayIa5],
  [TAG.visibleString]: [1, C.displayVisible],
  [TAG.bmpString]: [2, C.displayBmp],
  [TAG.utf8String]: [3, C.displayUtf8],
}

function recordDisplayText(d: Der, element: DerElement, field: Field): void {
  const { p, base } = d
  const alphabet = element.class === 'universal' ? ALPHABETS[element.tag] : undefined
  const text = textOf(d.bytes, element)
  if (alphabet === undefined || text === undefined) return
  p.nest(p.generate(field, alphabet[0], element.at - base, element.end - element.at))
  p.generateText(alphabet[1], text, element.content - base, element.length)
  p.close()
}

/** PolicyMappings: pairs of rules that count as the same. */
export function recordMappings(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  openList(d, inner, C.mappings)
  for (const pair of inner.children) {
    openElement(d, pair, C.mapping)
    recordOid(d, pair.children[0], C.issuerPolicy)
    recordOid(d, pair.children[1], C.subjectPolicy)
    d.p.close()
  }
  d.p.close()
}

/** PolicyConstraints: after how many certificates rules must be named, or may not be translated. */
export function recordPolicyConstraints(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  openElement(d, inner, C.policyConstraints)
  for (const part of inner.children)
    if (part.class === 'context' && part.tag <= 1) recordNumber(d, part, part.tag === 0 ? C.requireExplicit : C.inhibitMapping)
  d.p.close()
}
