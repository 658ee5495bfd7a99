// Algorithms in certificates, with the numbers that belong to them: RFC 5280 4.1.1.2, RFC 3279.

import type { Field } from '../../core/field.ts'
import { type DerElement, isElement, TAG } from '../../crypto/der.ts'
import { oidLabel } from '../names/x509-oids.ts'
import { C } from './certificate-fields.ts'
import { type Der, openElement, recordOid } from './der.ts'

const ELLIPTIC = '1.2.840.10045.2.1'
const DSA = '1.2.840.10040.4.1'

/** AlgorithmIdentifier. */
export function recordAlgorithm(d: Der, element: DerElement, field: Field, label: string): void {
  const { p, base } = d
  const at = element.at - base
  const [id, parameters] = element.children
  const oid = recordOid(d, id, null)
  p.nest(p.wants(field) ? p.generateText(field, `${label}${oid === '' ? '' : ` (${oidLabel(oid)})`}`, at, element.end - element.at) : -1)
  recordOid(d, id, C.algorithm)
  if (oid === ELLIPTIC && isElement(parameters, TAG.oid)) {
    p.nest(p.generate(C.ecParameters, 1, parameters.at - base, parameters.end - parameters.at))
    recordOid(d, parameters, C.namedCurve)
    p.close()
  } else if (oid === DSA && isElement(parameters, TAG.sequence)) recordDssParameters(d, parameters)
  else if (parameters !== undefined && parameters.length > 0) p.add(C.parameters, parameters.content - base, parameters.length)
  p.close()
}

/** The numbers that all keys of a group share (RFC 3279 2.3.2). */
function recordDssParameters(d: Der, element: DerElement): void {
  openElement(d, element, C.dssParameters)
  const numbers = [C.dssP, C.dssQ, C.dssG]
  for (const [i, number] of element.children.slice(0, numbers.length).entries())
    if (isElement(number, TAG.integer)) d.p.add(numbers[i]!, number.content - d.base, number.length)
  d.p.close()
}
