// A row of a packet as a display filter that selects packets with the same value.

import type { Dissection } from '../core/dissect.ts'
import { valueText } from '../core/value.ts'
import { checkFilter } from '../filter/index.ts'

/** Longest text or bytes that a filter made from a row compares with. */
const MOST = 200

/**
 * `ip.ttl == 64` for a row; only the field's name where the row has no value (a layer, a group) or one that cannot be written. Empty for
 * rows that no filter can name.
 */
export function conditionOf(d: Dissection, row: number): string {
  const { registry, rows } = d
  const field = registry.fields[rows.field[row]!]!
  if (field.name === '') return ''
  const value = field.type === 'protocol' || field.type === 'group' ? '' : literalOf(d, row)
  const text = `${field.name} == ${value}`
  return value !== '' && checkFilter(text, registry).ok ? text : checkFilter(field.name, registry).ok ? field.name : ''
}

function literalOf(d: Dissection, row: number): string {
  const { registry, rows } = d
  const field = registry.fields[rows.field[row]!]!
  const text = valueText(field, rows, row, d.sources)
  if (text === '' || text.length > MOST) return ''
  if (field.type === 'bytes') return (text.match(/../g) ?? []).join(':')
  return field.type === 'text' ? quoted(text) : text
}

function quoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/[\x00-\x1f\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `"${escaped}"`
}
