// Distinguished names (RFC 5280 4.1.2.4): who a certificate is about and who signed it, as lists of attributes.

import { hexText } from '../bytes/address.ts'
import { type DerElement, isElement, TAG } from './der.ts'
import { oidOf, textOf } from './der-values.ts'
import { oidName } from './oids.ts'

/** One attribute, such as C=US. */
export interface NameAttribute {
  readonly oid: string
  /** 'CN', 'O' …, else the identifier's numbers. */
  readonly type: string
  /** The text; `#` and hexadecimal digits when it is none (RFC 4514 2.4). As untrusted as the bytes. */
  readonly value: string
  /** The SEQUENCE of type and value. */
  readonly element: DerElement
}

/** In the order of the certificate. Attributes of one relative name stand together; nearly every relative name has one. */
export type Name = readonly (readonly NameAttribute[])[]

/** Reads a Name; whatever is not of its form is left out. */
export function readName(bytes: Uint8Array, element: DerElement): Name {
  return element.children
    .filter((set) => isElement(set, TAG.set))
    .map((set) => set.children.flatMap((pair) => readAttribute(bytes, pair)))
    .filter((relative) => relative.length > 0)
}

function readAttribute(bytes: Uint8Array, element: DerElement): NameAttribute[] {
  const [type, value] = element.children
  const oid = oidOf(bytes, type)
  if (oid === '' || value === undefined) return []
  const text = textOf(bytes, value) ?? `#${hexText(bytes, value.at, value.end - value.at)}`
  return [{ oid, type: oidName(oid), value: text, element }]
}

/** `C=US, ST=Maryland, O=My Company, CN=my-site.com`: in the order of the certificate, as OpenSSL prints it. */
export function formatName(name: Name): string {
  return name.map((relative) => relative.map(({ type, value }) => `${type}=${escapeValue(value)}`).join(' + ')).join(', ')
}

/** `CN=my-site.com,O=My Company,ST=Maryland,C=US`: RFC 4514, which turns the order around. */
export function formatRfc4514(name: Name): string {
  return name
    .map((relative) => relative.map(({ type, value }) => `${type}=${escapeValue(value)}`).join('+'))
    .reverse()
    .join(',')
}

/** RFC 4514 2.4: what would end the value, or look like something else, gets a backslash. */
function escapeValue(value: string): string {
  if (/^#(?:[0-9a-f]{2})+$/.test(value)) return value
  return value
    .replace(/[\\",+;<>]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<=.) $/, '\\ ')
    .replaceAll('\0', '\\00')
}

/** The value of the last attribute of that type, such as the common name; the last is the one that OpenSSL takes. */
export function attributeOf(name: Name, type: string): string | undefined {
  return name.flat().findLast((attribute) => attribute.type === type)?.value
}

/** True for names with the same attributes in the same order; case and repeated blanks do not count (RFC 5280 7.1). */
export function sameName(one: Name, other: Name): boolean {
  const fold = (name: Name): string =>
    JSON.stringify(name.map((relative) => relative.map(({ oid, value }) => [oid, value.trim().replace(/\s+/g, ' ').toLowerCase()])))
  return fold(one) === fold(other)
}
