// The extensions of certificates (RFC 5280 4.2): what the key may be used for, and for which names.

import { hexText, ipv4Text, ipv6Text } from '../bytes/address.ts'
import { type DerElement, isElement, parseDer, TAG } from './der.ts'
import { bitsOf, booleanOf, integerHex, integerNumber, oidOf, textOf } from './der-values.ts'
import { oidName } from './oids.ts'
import { formatRfc4514, readName } from './x509-names.ts'

/** A name of any kind: of a host, an address, a person (RFC 5280 4.2.1.6). */
export interface GeneralName {
  readonly kind: 'DNS' | 'IP' | 'email' | 'URI' | 'directory' | 'oid' | 'other'
  /** As untrusted as the bytes. */
  readonly value: string
  readonly element: DerElement
}

export interface BasicConstraints {
  readonly kind: 'basicConstraints'
  readonly ca: boolean
  /** How many authorities may stand between this one and a server, when that is limited. */
  readonly pathLength: number | undefined
}

export interface KeyUsage {
  readonly kind: 'keyUsage'
  readonly uses: readonly KeyUse[]
}

export interface ExtendedKeyUsage {
  readonly kind: 'extendedKeyUsage'
  readonly purposes: readonly { readonly oid: string; readonly name: string; readonly element: DerElement }[]
}

export interface SubjectAltName {
  readonly kind: 'subjectAltName'
  readonly names: readonly GeneralName[]
}

export interface IssuerAltName {
  readonly kind: 'issuerAltName'
  readonly names: readonly GeneralName[]
}

export interface SubjectKeyIdentifier {
  readonly kind: 'subjectKeyIdentifier'
  /** Hexadecimal digits. */
  readonly id: string
}

export interface AuthorityKeyIdentifier {
  readonly kind: 'authorityKeyIdentifier'
  /** Hexadecimal digits; undefined when the authority is named in another way only. */
  readonly id: string | undefined
  /** The issuing certificate's serial number, when the identifier gives it. */
  readonly serial?: string
}

export type ExtensionDetails =
  | BasicConstraints
  | KeyUsage
  | ExtendedKeyUsage
  | SubjectAltName
  | IssuerAltName
  | SubjectKeyIdentifier
  | AuthorityKeyIdentifier
  /** One that this reader does not take apart. */
  | { readonly kind: 'opaque' }
  | { readonly kind: 'damaged'; readonly reason: string }

export interface Extension {
  readonly oid: string
  /** `subjectAltName` …, else the identifier's numbers. */
  readonly name: string
  readonly critical: boolean
  readonly details: ExtensionDetails
  /** The SEQUENCE of identifier, criticality and value. */
  readonly element: DerElement
  /** The OCTET STRING with the value. */
  readonly value: DerElement
  /** What the value is made of; offsets count as everywhere. */
  readonly inner: DerElement | undefined
}

/** Uses of a key, in the order of their bits (RFC 5280 4.2.1.3). */
export const KEY_USES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const
export type KeyUse = (typeof KEY_USES)[number]

/** Reads the SEQUENCE OF Extension; whatever is not of its form is left out. */
export function readExtensions(bytes: Uint8Array, list: DerElement): Extension[] {
  return list.children.flatMap((element) => {
    const [id, second, third] = element.children
    const oid = oidOf(bytes, id)
    const critical = booleanOf(bytes, second)
    const value = critical === undefined ? second : third
    if (oid === '' || !isElement(value, TAG.octetString)) return []
    const { elements, faults } = parseDer(bytes, value.content, value.end)
    const [inner] = elements
    const name = oidName(oid)
    const fault = faults[0]?.message ?? (elements.length > 1 ? 'something follows the value' : undefined)
    const read = READERS[name]
    const details: ExtensionDetails = !read
      ? { kind: 'opaque' }
      : fault !== undefined || inner === undefined
        ? { kind: 'damaged', reason: fault ?? 'the value is empty' }
        : (read(bytes, inner) ?? { kind: 'damaged', reason: `the value is no ${name}` })
    return [{ oid, name, critical: critical ?? false, details, element, value, inner }]
  })
}

const READERS: Readonly<Record<string, (bytes: Uint8Array, inner: DerElement) => ExtensionDetails | undefined>> = {
  basicConstraints(bytes, inner) {
    if (!isElement(inner, TAG.sequence)) return undefined
    const [first, second] = inner.children
    const ca = booleanOf(bytes, first)
    return { kind: 'basicConstraints', ca: ca ?? false, pathLength: integerNumber(bytes, ca === undefined ? first : second) }
  },
  keyUsage(bytes, inner) {
    const bits = bitsOf(bytes, inner)
    return bits && { kind: 'keyUsage', uses: bits.flatMap((bit) => KEY_USES[bit] ?? []) }
  },
  extendedKeyUsage(bytes, inner) {
    if (!isElement(inner, TAG.sequence)) return undefined
    const purposes = inner.children.map((element) => ({ element, oid: oidOf(bytes, element) })).filter(({ oid }) => oid !== '')
    return { kind: 'extendedKeyUsage', purposes: purposes.map((purpose) => ({ ...purpose, name: oidName(purpose.oid) })) }
  },
  subjectAltName: (bytes, inner) =>
    isElement(inner, TAG.sequence) ? { kind: 'subjectAltName', names: readGeneralNames(bytes, inner) } : undefined,
  issuerAltName: (bytes, inner) =>
    isElement(inner, TAG.sequence) ? { kind: 'issuerAltName', names: readGeneralNames(bytes, inner) } : undefined,
  subjectKeyIdentifier: (bytes, inner) =>
    isElement(inner, TAG.octetString) ? { kind: 'subjectKeyIdentifier', id: hexText(bytes, inner.content, inner.length) } : undefined,
  authorityKeyIdentifier(bytes, inner) {
    if (!isElement(inner, TAG.sequence)) return undefined
    const key = inner.children.find((element) => isElement(element, 0, 'context'))
    const serial = inner.children.find((element) => isElement(element, 2, 'context'))
    return {
      kind: 'authorityKeyIdentifier',
      id: key && hexText(bytes, key.content, key.length),
      // IMPLICIT tagging hides that it is an INTEGER.
      ...(serial ? { serial: integerHex(bytes, { ...serial, class: 'universal', tag: TAG.integer }) } : {}),
    }
  },
}

/** GeneralNames (RFC 5280 4.2.1.6): the tag says which kind of name it is. */
export function readGeneralNames(bytes: Uint8Array, list: DerElement): GeneralName[] {
  return list.children.filter((element) => element.class === 'context').map((element) => readGeneralName(bytes, element))
}

function readGeneralName(bytes: Uint8Array, element: DerElement): GeneralName {
  const text = (): string => textOf(bytes, { ...element, class: 'universal', tag: TAG.ia5String, constructed: false }) ?? ''
  switch (element.tag) {
    case 1:
      return { kind: 'email', value: text(), element }
    case 2:
      return { kind: 'DNS', value: text(), element }
    case 4:
      return { kind: 'directory', value: element.children[0] ? formatRfc4514(readName(bytes, element.children[0])) : '', element }
    case 6:
      return { kind: 'URI', value: text(), element }
    case 7:
      return { kind: 'IP', value: addressOf(bytes, element), element }
    case 8:
      return { kind: 'oid', value: oidOf(bytes, { ...element, class: 'universal', tag: TAG.oid }), element }
    default:
      return { kind: 'other', value: `#${hexText(bytes, element.at, element.end - element.at)}`, element }
  }
}

function addressOf(bytes: Uint8Array, element: DerElement): string {
  if (element.length === 4) return ipv4Text(bytes, element.content)
  if (element.length === 16) return ipv6Text(bytes, element.content)
  return `#${hexText(bytes, element.content, element.length)}`
}
