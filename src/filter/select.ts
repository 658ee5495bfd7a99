// Finding the rows that a field name stands for.

import type { Dissection } from '../core/dissect.ts'
import type { FieldValue } from './checked.ts'
import type { Range } from './syntax.ts'

/** The first row at or after `from` that answers to the name, or -1. */
export type NextRow = (d: Dissection, from: number) => number

export function selectRows(value: FieldValue): NextRow {
  const plain = selectByField(value)
  if (value.layers === null) return plain
  const inLayer = layerTest(value.layers)
  return (d, from) => {
    let row = plain(d, from)
    while (row >= 0 && !inLayer(d, row)) row = plain(d, row + 1)
    return row
  }
}

function selectByField(value: FieldValue): NextRow {
  const ids = value.fields.map((field) => field.id)
  const first = ids[0]!
  if (ids.length === 1)
    return ({ rows }, from) => {
      const { field, count } = rows
      for (let row = from; row < count; row++) if (field[row] === first) return row
      return -1
    }
  if (ids.length === 2) {
    const second = ids[1]!
    return ({ rows }, from) => {
      const { field, count } = rows
      for (let row = from; row < count; row++) if (field[row] === first || field[row] === second) return row
      return -1
    }
  }
  const wanted = new Uint8Array(Math.max(...ids) + 1)
  for (const id of ids) wanted[id] = 1
  return ({ rows }, from) => {
    const { field, count } = rows
    for (let row = from; row < count; row++) if (wanted[field[row]!] === 1) return row
    return -1
  }
}

/** `#2`, `#[1-2]`, `#[-1]`: which of the layers of the row's protocol, counted from 1. */
function layerTest(ranges: readonly Range[]): (d: Dissection, row: number) => boolean {
  return (d, row) => {
    const own = d.rows.layer[row]!
    const protocol = d.layerProtocol[own]
    let place = 0
    let total = 0
    for (let layer = 0; layer < d.layers; layer++) {
      if (d.layerProtocol[layer] !== protocol) continue
      total++
      if (layer <= own) place++
    }
    for (const range of ranges) {
      const from = range.from < 0 ? total + 1 + range.from : range.from
      const to =
        range.to !== null ? (range.to < 0 ? total + 1 + range.to : range.to) : range.count !== null ? from + range.count - 1 : total
      if (place >= from && place <= to) return true
    }
    return false
  }
}

/** Is a layer of this protocol in the packet? Needs no rows. */
export function hasLayer(d: Dissection, protocol: number): boolean {
  const { layers, layerProtocol } = d
  for (let layer = 0; layer < layers; layer++) if (layerProtocol[layer] === protocol) return true
  return false
}
