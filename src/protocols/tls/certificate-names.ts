// Names in certificates: distinguished names (RFC 5280 4.1.2.4) and general names (4.2.1.6).

import type { Field } from '../../core/field.ts'
import { type DerElement, isElement, TAG } from '../../crypto/der.ts'
import { oidOf, textOf } from '../../crypto/der-values.ts'
import { oidLabel } from '../names/x509-oids.ts'
import { C } from './certificate-fields.ts'
import { type Der, labelOid, openList, recordOid } from './der.ts'

/** The country of a name, and the one where an organization is registered. */
const COUNTRIES = new Set(['2.5.4.6', '1.3.6.1.4.1.311.60.2.1.3'])

/** The alternatives of DirectoryString: number, and the field of the text. */
const ALPHABETS: Readonly<Record<number, readonly [number, Field]>> = {
  [TAG.t61String]: [0, C.teletex],
  [TAG.printableString]: [1, C.printableChoice],
  [TAG.universalString]: [2, C.universal],
  [TAG.bmpString]: [3, C.bmp],
  [TAG.utf8String]: [4, C.utf8],
}

/** Attributes whose value is a string of one kind, without a choice of alphabets. */
const PLAIN = new Set(['2.5.4.5', '2.5.4.46'])

/** Characters of a name that stand beside a row; the whole name stands below. */
const MAX_WORDS = 240

/** A Name under `field`; `sequence` is what Wireshark calls its list there. Returns the name in words. */
export function recordName(d: Der, element: DerElement, field: Field, sequence: Field): string {
  const { p, base } = d
  p.nest(p.generate(field, 0, element.at - base, element.end - element.at))
  const row = openList(d, element, sequence)
  const words = recordAttributes(d, element)
  p.describe(row, words)
  p.close()
  p.close()
  return words
}

/** The attributes that a Name is made of. Returns them in words, the last one first, as Wireshark does. */
export function recordAttributes(d: Der, element: DerElement): string {
  const words: string[] = []
  for (const set of element.children) {
    const row = openList(d, set, C.rdn)
    const step = set.children.map((pair) => recordAttribute(d, pair)).join(',')
    d.p.describe(row, step.slice(0, MAX_WORDS))
    words.push(step)
    d.p.close()
  }
  return words.reverse().join(',').slice(0, MAX_WORDS)
}

function recordAttribute(d: Der, pair: DerElement): string {
  const { p, base, bytes } = d
  const [type, value] = pair.children
  const oid = oidOf(bytes, type)
  const text = textOf(bytes, value)
  const words = `${oidLabel(oid)}${text === undefined ? '' : `=${text}`}`
  const label = `RelativeDistinguishedName item (${words})`
  p.nest(p.wants(C.attribute) ? p.generateText(C.attribute, label, pair.at - base, pair.end - pair.at) : -1)
  recordOid(d, type, C.attributeOid)
  if (value !== undefined) recordValue(d, oid, value, text)
  p.close()
  return words
}

function recordValue(d: Der, oid: string, value: DerElement, text: string | undefined): void {
  const { p, base } = d
  const at = value.content - base
  const alphabet = value.class === 'universal' ? ALPHABETS[value.tag] : undefined
  if (text === undefined) p.add(C.anyString, at, value.length)
  else if (COUNTRIES.has(oid)) p.generateText(C.country, text, at, value.length)
  else if (value.class === 'universal' && value.tag === TAG.ia5String) p.generateText(C.ia5, text, at, value.length)
  else if (PLAIN.has(oid)) p.generateText(C.printable, text, at, value.length)
  else if (alphabet === undefined) p.add(C.anyString, at, value.length)
  else {
    p.nest(p.generate(C.string, alphabet[0], value.at - base, value.end - value.at))
    p.generateText(alphabet[1], text, at, value.length)
    p.close()
  }
}

/** The names of a SEQUENCE OF GeneralName. */
export function recordGeneralNames(d: Der, list: DerElement, field: Field): void {
  openList(d, list, field)
  for (const name of list.children) recordGeneralName(d, name, C.generalName)
  d.p.close()
}

/** One GeneralName under `field`, which tells its kind. */
export function recordGeneralName(d: Der, name: DerElement, field: Field): void {
  const { p, base } = d
  const at = name.content - base
  if (name.class !== 'context') return
  p.nest(p.generate(field, name.tag, at, name.length))
  switch (name.tag) {
    case 0:
      recordOtherName(d, name)
      break
    case 1:
      p.add(C.mail, at, name.length)
      break
    case 2:
      p.add(C.dnsName, at, name.length)
      break
    case 4:
      if (name.children[0] !== undefined) recordName(d, name.children[0], C.directoryName, C.rdnSequence)
      break
    case 6:
      p.add(C.uri, at, name.length)
      break
    case 7:
      if (name.length === 4) p.add(C.address4, at, 4)
      else if (name.length === 16) p.add(C.address6, at, 16)
      break
    case 8: {
      // IMPLICIT tagging hides that it is an OBJECT IDENTIFIER.
      const oid = oidOf(d.bytes, { ...name, class: 'universal', tag: TAG.oid })
      if (oid !== '' && p.wants(C.registeredId)) labelOid(d, p.generateText(C.registeredId, oid, at, name.length), oid)
      break
    }
  }
  p.close()
}

/** OtherName: a registered number, and a value that only it explains; a text is shown as one. */
function recordOtherName(d: Der, name: DerElement): void {
  const { p, base } = d
  const [type, wrapped] = name.children
  const value = wrapped?.children[0]
  p.open(C.otherName, name.content - base, name.length)
  recordOid(d, type, C.otherType)
  if (isElement(value, TAG.utf8String)) p.add(C.utf8Text, value.content - base, value.length)
  p.close()
}
