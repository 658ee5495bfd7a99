// The structures of certificates and requests, written with node-forge. Forge's own types for certificates take RSA keys only; its ASN.1
// takes any, so these are the few shapes that RFC 5280 and RFC 2986 need, and node:crypto signs.

import forge from 'node-forge'

const { asn1, pki } = forge

/** A structure of node-forge's, ready to be encoded. */
export type Asn1 = forge.asn1.Asn1

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class
const { Type } = asn1

/** forge keeps bytes in strings, one character each. */
const toBinary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

export function encode(structure: Asn1): Uint8Array {
  return Uint8Array.from(Buffer.from(asn1.toDer(structure).getBytes(), 'latin1'))
}

export function sequence(...parts: Asn1[]): Asn1 {
  return asn1.create(UNIVERSAL, Type.SEQUENCE, true, parts)
}

export function set(...parts: Asn1[]): Asn1 {
  return asn1.create(UNIVERSAL, Type.SET, true, parts)
}

/** `[tag] EXPLICIT`, or IMPLICIT when it stands for a constructed type. */
export function tagged(tag: number, ...parts: Asn1[]): Asn1 {
  return asn1.create(CONTEXT_SPECIFIC, tag as forge.asn1.Type, true, parts)
}

/** `[tag] IMPLICIT` in place of a primitive type. */
export function taggedBytes(tag: number, bytes: Uint8Array): Asn1 {
  return asn1.create(CONTEXT_SPECIFIC, tag as forge.asn1.Type, false, toBinary(bytes))
}

export function oid(numbers: string): Asn1 {
  return asn1.create(UNIVERSAL, Type.OID, false, asn1.oidToDer(numbers).getBytes())
}

export function boolean(value: boolean): Asn1 {
  return asn1.create(UNIVERSAL, Type.BOOLEAN, false, value ? '\xff' : '\0')
}

/** A positive INTEGER from its bytes; the first must not be zero. */
export function integer(bytes: Uint8Array): Asn1 {
  return asn1.create(UNIVERSAL, Type.INTEGER, false, (bytes[0]! & 0x80 ? '\0' : '') + toBinary(bytes))
}

export function octets(bytes: Uint8Array): Asn1 {
  return asn1.create(UNIVERSAL, Type.OCTETSTRING, false, toBinary(bytes))
}

/** A BIT STRING of whole bytes, or with `unused` bits at its end. */
export function bits(bytes: Uint8Array, unused = 0): Asn1 {
  return asn1.create(UNIVERSAL, Type.BITSTRING, false, String.fromCharCode(unused) + toBinary(bytes))
}

export function nothing(): Asn1 {
  return asn1.create(UNIVERSAL, Type.NULL, false, '')
}

/** RFC 5280 4.1.2.5: UTCTime until 2049, then GeneralizedTime. */
export function time(date: Date): Asn1 {
  return date.getUTCFullYear() >= 1950 && date.getUTCFullYear() < 2050
    ? asn1.create(UNIVERSAL, Type.UTCTIME, false, asn1.dateToUtcTime(date))
    : asn1.create(UNIVERSAL, Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(date))
}

/**
 * A SEQUENCE whose contents are encoded already; `header` is the number of bytes before them. Forge puts bytes only into primitive types,
 * so the mark of a constructed one (X.690 8.1.2.5) goes in with the tag.
 */
export function encodedSequence(bytes: Uint8Array, header: number): Asn1 {
  return asn1.create(UNIVERSAL, (Type.SEQUENCE | 0x20) as forge.asn1.Type, false, toBinary(bytes.subarray(header)))
}

/** A distinguished name. Countries are PrintableString (RFC 5280 A.1), everything else UTF-8. */
export function name(attributes: readonly (readonly [oid: string, value: string])[]): Asn1 {
  const fields = attributes.map(([type, value]) => ({
    type,
    value,
    valueTagClass: (type === '2.5.4.6' ? Type.PRINTABLESTRING : Type.UTF8) as unknown as forge.asn1.Class,
  }))
  return pki.distinguishedNameToAsn1({ attributes: fields })
}
