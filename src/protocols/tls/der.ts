// Rows for the elements of DER that certificates are made of: X.690. Offsets of elements count in the source; rows count from the layer.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { type DerElement, isElement, TAG } from '../../crypto/der.ts'
import { oidOf, timeOf } from '../../crypto/der-values.ts'
import { oidIndex } from '../names/x509-oids.ts'
import { C } from './certificate-fields.ts'

/** Where rows are made. */
export interface Der {
  readonly p: Dissection
  /** The source in which the elements lie. */
  readonly bytes: Uint8Array
  /** The layer's first byte in it. */
  readonly base: number
}

/** Records an object identifier under `field`, if one is given. Returns its text, '' when it is none. */
export function recordOid(d: Der, element: DerElement | undefined, field: Field | null): string {
  const oid = oidOf(d.bytes, element)
  if (oid !== '' && field !== null && d.p.wants(field))
    labelOid(d, d.p.generateText(field, oid, element!.content - d.base, element!.length), oid)
  return oid
}

/** The row's explanation and its name in the tree are found by this number. */
export function labelOid(d: Der, row: number, oid: string): void {
  if (row >= 0) d.p.rows.value[row] = oidIndex(oid)
}

/** A BIT STRING: how many bits at its end do not count, then the bits. Returns the row of the bits. */
export function recordBits(d: Der, element: DerElement, field: Field): number {
  if (element.length === 0) return -1
  d.p.add(C.padding, element.content - d.base, 1)
  return d.p.add(field, element.content + 1 - d.base, element.length - 1)
}

/** A BOOLEAN. */
export function recordFlag(d: Der, element: DerElement | undefined, field: Field): void {
  if (isElement(element, TAG.boolean) && element.length === 1) d.p.add(field, element.content - d.base, 1)
}

/** An INTEGER that fits a number. */
export function recordInteger(d: Der, element: DerElement, field: Field): void {
  if (isElement(element, TAG.integer)) recordNumber(d, element, field)
}

/** The contents of an INTEGER, whose tag an IMPLICIT one may have taken the place of. */
export function recordNumber(d: Der, element: DerElement, field: Field): void {
  if (element.length > 0 && element.length <= 6) d.p.add(field, element.content - d.base, element.length)
}

/** A SEQUENCE as a group, to be closed. */
export function openElement(d: Der, element: DerElement, field: Field): void {
  d.p.open(field, element.at - d.base, element.end - element.at)
}

/** The children of a SEQUENCE OF, as the number of them: a group to be closed. Returns its row. */
export function openList(d: Der, element: DerElement, field: Field): number {
  const row = d.p.generate(field, element.children.length, element.content - d.base, element.length)
  d.p.nest(row)
  return row
}

const two = (n: number): string => String(n).padStart(2, '0')
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-11-23 19:30:05 (UTC)`. */
export function utcText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} (UTC)`
}

/** `Nov 23, 2026 19:30:05.000000000 UTC`: as tshark writes absolute times. */
export function absoluteText(milliseconds: number): string {
  const t = new Date(milliseconds)
  const clock = [t.getUTCHours(), t.getUTCMinutes(), t.getUTCSeconds()].map(two).join(':')
  const fraction = String(t.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0')
  return `${MONTHS[t.getUTCMonth()]} ${String(t.getUTCDate()).padStart(2)}, ${t.getUTCFullYear()} ${clock}.${fraction} UTC`
}

/** A Time (RFC 5280 4.1.2.5), under the field that says what the moment means. */
export function recordTime(d: Der, element: DerElement | undefined, field: Field): void {
  const utc = element?.tag === TAG.utcTime
  if (element?.class !== 'universal' || (!utc && element.tag !== TAG.generalizedTime)) return
  const { p, base } = d
  p.nest(p.generate(field, utc ? 0 : 1, element.at - base, element.end - element.at))
  const time = timeOf(d.bytes, element)
  if (time === undefined) p.add(utc ? C.utcTime : C.anyString, element.content - base, element.length)
  else if (utc) p.generateText(C.utcTime, utcText(time), element.content - base, element.length)
  else p.generateText(C.generalizedTime, absoluteText(time), element.content - base, element.length)
  p.close()
}
