// How fields of DER structures are declared: object identifiers and lists.

import { bytes, type Field, type FieldOptions, text, u32 } from '../../core/protocol.ts'
import { oidMeaning } from '../names/x509-oids.ts'

/** An object identifier: recorded as text, with its number in the table of names as value. */
export const oid = (name: string, label: string, about: string): Field => bytes(name, label, meaningOf(label, about))

/** The same, where Wireshark has a text. */
export const oidText = (name: string, label: string, about: string): Field => text(name, label, meaningOf(label, about))

const meaningOf = (label: string, about: string): FieldOptions => ({
  about,
  display: (_get, value, shown) => `${label}: ${shown}${value === 0 ? '' : ` (${oidMeaning(value)?.name ?? ''})`}`,
  explain: (value) => oidMeaning(value)?.about ?? '',
})

const items: NonNullable<FieldOptions['display']> = (_get, value) => (value === 1 ? '1 item' : `${value} items`)
/** A list, whose value is the number of its items. */
export const list = (name: string, label: string, about: string): Field =>
  u32(name, label, { about, display: (...row) => `${label}: ${items(...row)}` })

export const nameKinds = { 0: 'rdnSequence' }
