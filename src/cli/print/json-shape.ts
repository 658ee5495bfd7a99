// The JSON of a packet's layers, without its values: most packets of a capture have one of a few dozen shapes, so braces, keys and indentation
// are laid out once for each and copied from then on.

import { type Dissection, type FieldType, labelOf } from '../../engine/printing.ts'
import { quoteJson } from './escape.ts'

/** -j and -J: the layers that are shown; of the others it is said that they were there. */
export interface ChosenLayers {
  readonly names: ReadonlySet<string>
  /** -J: with everything inside them. -j: what lies inside has to be named too. */
  readonly whole: boolean
}

/** Is this row left out? */
export function leavesOut(chosen: ChosenLayers | null, name: string, depth: number): boolean {
  return chosen !== null && (depth === 0 || !chosen.whole) && !chosen.names.has(name)
}

export interface ShapeLayout {
  /** Everything in one line. */
  readonly lines: boolean
  /** NAME_raw beside each field: [hex, offset, length, bitmask, type]. */
  readonly raw: boolean
  /** Repeat a key as tshark does, instead of a list of its values. */
  readonly repeatKeys: boolean
  readonly chosen?: ChosenLayers | null
}

/** What a slot is filled with: a row's value, its bytes in hexadecimal, its place, or its line of the tree as a key. */
export const VALUE = 0
export const BYTES = 1
export const START = 2
export const LENGTH = 3
export const LABEL = 4
/** The number of a masked field, whose bytes hold others too: in hexadecimal. */
export const NUMBER = 5

export interface Shape {
  /** What stands before each slot, and after the last one. */
  readonly texts: readonly Uint8Array[]
  /** Place of the row in the tree's order, and what of it. */
  readonly places: readonly number[]
  readonly kinds: readonly number[]
}

interface Member {
  readonly place: number
  readonly kind: 'value' | 'object' | 'title' | 'empty' | 'raw'
}

const encoder = new TextEncoder()

/** Lays out the rows `order` of the dissection; lines are indented `depth` times. `ends`: the place behind each row and all inside it. */
export function layOut(d: Dissection, order: readonly number[], ends: readonly number[], layout: ShapeLayout, depth: number): Shape {
  const texts: Uint8Array[] = []
  const places: number[] = []
  const kinds: number[] = []
  let text = ''
  const slot = (place: number, kind: number): void => {
    texts.push(encoder.encode(text))
    text = ''
    places.push(place)
    kinds.push(kind)
  }
  const separator = layout.lines ? ':' : ': '
  const lineBreak = (indent: number): string => (layout.lines ? '' : `\n${'  '.repeat(indent)}`)
  const { rows, registry } = d
  const fieldAt = (place: number) => registry.fields[rows.field[order[place]!]!]!

  const writeValue = ({ place, kind }: Member, indent: number): void => {
    if (kind === 'value') slot(place, VALUE)
    else if (kind === 'title') slot(place, LABEL)
    else if (kind === 'empty') text += '""'
    else if (kind === 'object' && leavesOut(layout.chosen ?? null, fieldAt(place).name, rows.depth[order[place]!]!))
      text += `{${lineBreak(indent + 1)}"filtered"${separator}${quoteJson(fieldAt(place).name)}${lineBreak(indent)}}`
    else if (kind === 'object') writeObject(place + 1, ends[place]!, indent)
    else {
      const { type, size, mask } = fieldAt(place)
      text += `[${lineBreak(indent + 1)}"`
      slot(place, isMasked(fieldAt(place)) ? NUMBER : BYTES)
      text += `",${lineBreak(indent + 1)}`
      slot(place, START)
      text += `,${lineBreak(indent + 1)}`
      slot(place, LENGTH)
      for (const number of [mask, typeNumber(type, size)]) text += `,${lineBreak(indent + 1)}${number}`
      text += `${lineBreak(indent)}]`
    }
  }

  const writeObject = (from: number, to: number, indent: number): void => {
    const members = gather(from, to)
    text += '{'
    members.forEach(({ key, values }, i) => {
      text += `${i > 0 ? ',' : ''}${lineBreak(indent + 1)}`
      if (typeof key === 'string') text += quoteJson(key)
      else slot(key, LABEL)
      text += separator
      if (values.length === 1) writeValue(values[0]!, indent + 1)
      else {
        text += '['
        values.forEach((value, j) => {
          text += `${j > 0 ? ',' : ''}${lineBreak(indent + 2)}`
          writeValue(value, indent + 2)
        })
        text += `${lineBreak(indent + 1)}]`
      }
    })
    text += members.length === 0 ? '}' : `${lineBreak(indent)}}`
  }

  /** The members of an object, those with the same key together. A number for a key: the row whose line of the tree it is. */
  const gather = (from: number, to: number): { key: string | number; values: Member[] }[] => {
    const members: { key: string | number; values: Member[] }[] = []
    const known = new Map<string, Member[]>()
    const waiting: number[] = []
    const add = (key: string | number, identity: string, member: Member): void => {
      const values = layout.repeatKeys ? undefined : known.get(identity)
      if (values !== undefined) {
        values.push(member)
        return
      }
      const fresh = [member]
      known.set(identity, fresh)
      members.push({ key, values: fresh })
    }
    for (let place = from; place < to; place = ends[place]!) {
      const field = fieldAt(place)
      const { name, type, also } = field
      // Notes of ours for the list: nothing that anybody could ask for.
      if (name === '' && field.hidden) continue
      const inside = ends[place]! > place + 1
      const key = name === '' ? place : name
      const identity = name === '' ? labelOf(d, order[place]!) : name
      const raw = layout.raw && name !== '' && (rows.length[order[place]!]! > 0 || type === 'protocol')
      const addRaw = (of: string, at: number): void => {
        if (raw) add(`${of}_raw`, `${of}_raw`, { place: at, kind: 'raw' })
      }
      addRaw(name, place)
      // A row without a name is its line: nothing stands behind it.
      if (type === 'protocol' || type === 'group' || name === '') {
        // A layer without anything in it is the line that the tree shows.
        add(key, identity, { place, kind: inside ? 'object' : type === 'protocol' ? 'title' : 'empty' })
        continue
      }
      add(key, identity, { place, kind: 'value' })
      // The ports of both ends are named first, then what names either.
      const next = ends[place]!
      const shared = also.length > 0 && next < to && !inside && sameNames(also, fieldAt(next).also)
      waiting.push(place)
      if (!shared) {
        for (const at of waiting)
          for (const alias of also) {
            addRaw(alias, at)
            add(alias, alias, { place: at, kind: 'value' })
          }
        waiting.length = 0
      }
      if (inside) add(`${identity}_tree`, `${identity}_tree`, { place, kind: 'object' })
    }
    return members
  }

  writeObject(0, order.length, depth)
  texts.push(encoder.encode(text))
  return { texts, places, kinds }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i])
}

/** Does the field share its bytes with others? */
export function isMasked({ mask, type }: { readonly mask: number; readonly type: FieldType }): boolean {
  return mask !== 0 && (type === 'uint' || type === 'int' || type === 'bool')
}

/** Numbers of Wireshark's field types (epan/ftypes/ftypes.h of 4.0); a uint's depends on its size. */
const TYPE_NUMBERS: Readonly<Record<Exclude<FieldType, 'uint' | 'int'>, number>> = {
  group: 0,
  protocol: 1,
  bool: 2,
  double: 23,
  time: 24,
  duration: 25,
  text: 26,
  ether: 29,
  bytes: 30,
  ipv4: 32,
  ipv6: 33,
  frame: 35,
}
const FIRST_UINT = 4
const FIRST_INT = 12

function typeNumber(type: FieldType, size: number): number {
  if (type !== 'uint' && type !== 'int') return TYPE_NUMBERS[type]
  return (type === 'uint' ? FIRST_UINT : FIRST_INT) + Math.max(1, Math.min(8, size)) - 1
}
