// The values that somebody asked for by name (-e): fields, and the columns of the packet list.

import type { Dissection } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import type { Registry } from '../core/registry.ts'
import { valueText } from '../core/value.ts'
import { infoText, LayerView, protocolColumn } from '../core/view.ts'
import { explainUnknown } from '../filter/repair.ts'
import { wiresharkKnows } from '../filter/wireshark-names.ts'
import type { Capture } from './capture.ts'
import { columnOf } from './columns.ts'
import { endpoints } from './lines.ts'

/** Columns of the packet list that -e knows as _ws.col.NAME. */
export type ListColumn = 'number' | 'time' | 'source' | 'destination' | 'protocol' | 'length' | 'info'

const LIST_COLUMNS: Readonly<Record<string, ListColumn>> = {
  'no.': 'number',
  number: 'number',
  time: 'time',
  source: 'source',
  def_src: 'source',
  destination: 'destination',
  def_dst: 'destination',
  protocol: 'protocol',
  length: 'length',
  packet_length: 'length',
  info: 'info',
}

/** One value that was asked for. */
export interface Cell {
  /** As it was asked for; headers and keys show it so. */
  readonly name: string
  /** Every field that answers to the name; empty for a column of the list. */
  readonly fields: readonly Field[]
  readonly column: ListColumn | null
}

export type Cells =
  | { readonly ok: true; readonly cells: readonly Cell[]; readonly foreign: readonly string[] }
  | { readonly ok: false; readonly message: string }

/**
 * Looks the names up. Fields of protocols that only Wireshark takes apart (`foreign`) are cells that stay empty, so that lists of fields
 * made for tshark can be used; a name that nobody knows is answered with a line that says what was probably meant.
 */
export function findCells(names: readonly string[], registry: Registry): Cells {
  const cells: Cell[] = []
  const foreign: string[] = []
  for (const name of names) {
    const fields = registry.find(name)
    if (fields !== undefined) {
      cells.push({ name, fields, column: null })
      continue
    }
    const column = /^_ws\.col\./i.test(name) ? LIST_COLUMNS[name.slice(8).toLowerCase()] : undefined
    if (column !== undefined) {
      cells.push({ name, fields: [], column })
      continue
    }
    if (name.startsWith('_ws.col.'))
      return {
        ok: false,
        message: `There is no column "${name}". There are: _ws.col.No., Time, Source, Destination, Protocol, Length, Info.`,
      }
    const dot = name.indexOf('.')
    const protocol = dot < 0 ? name : name.slice(0, dot)
    if (registry.protocol(protocol) !== undefined || !wiresharkKnows(protocol))
      return { ok: false, message: explainUnknown(name, registry).message }
    cells.push({ name, fields: [], column: null })
    foreign.push(name)
  }
  return { ok: true, cells, foreign }
}

/** Reads a cell without dissecting: the number, -1 for none, NaN when the packet must be dissected. Null for cells that always must. */
export function cellColumn(capture: Capture, cell: Cell): ((packet: number) => number) | null {
  if (cell.column === 'number') return (packet) => packet
  if (cell.column === 'length') return (packet) => capture.index.length(packet)
  const [field] = cell.fields
  if (field === undefined && cell.column === null) return () => -1
  // Several fields under one name: the columns know only one.
  return cell.fields.length === 1 && field !== undefined ? (columnOf(capture, field)?.read ?? null) : null
}

/**
 * What must be recorded for the cells: these fields, or undefined for everything. Info and Protocol are made from whatever a
 * protocol's summary reads.
 */
export function cellFields(cells: readonly Cell[]): readonly Field[] | undefined {
  return cells.some(({ column }) => column === 'info' || column === 'protocol') ? undefined : cells.flatMap(({ fields }) => fields)
}

/** A row's value as -T fields prints it, control characters not yet escaped. */
export function fieldText(d: Dissection, view: LayerView, row: number): string {
  const { rows, registry } = d
  const field = registry.fields[rows.field[row]!]!
  // A group has no value; that it is there is told by a 1, as tshark does.
  if (field.type === 'group') return '1'
  if (field.type === 'protocol') {
    const { heading, title } = registry.protocols[field.protocol]!
    view.layer = rows.layer[row]!
    return heading === undefined ? title : heading(view)
  }
  return valueText(field, rows, row, d.sources)
}

/** Reads all cells of a packet in one pass over its rows. */
export class CellReader {
  /** By cell: its values in the order of the tree. Used again for the next packet. */
  readonly values: string[][]
  private readonly cells: readonly Cell[]
  /** By field id: the cells that show it. */
  private readonly slots: (readonly number[] | undefined)[] = []
  private readonly view: LayerView
  private readonly time: (packet: number) => string

  /** `time` makes the text of the Time column. */
  constructor(d: Dissection, cells: readonly Cell[], time: (packet: number) => string) {
    this.cells = cells
    this.values = cells.map(() => [])
    this.view = new LayerView(d)
    this.time = time
    cells.forEach((cell, i) => {
      for (const { id } of cell.fields) this.slots[id] = [...(this.slots[id] ?? []), i]
    })
  }

  /** Fills `values` from a recorded packet. */
  read(d: Dissection): void {
    const { values, cells, slots, view } = this
    const { rows } = d
    for (let i = 0; i < cells.length; i++) {
      values[i]!.length = 0
      const { column } = cells[i]!
      if (column !== null) values[i]!.push(this.listColumn(d, column))
    }
    const take = (row: number): void => {
      const wanted = slots[rows.field[row]!]
      if (wanted === undefined) return
      const text = fieldText(d, view, row)
      for (const i of wanted) values[i]!.push(text)
    }
    let sorted = true
    for (let row = 1; row < rows.count && sorted; row++) sorted = rows.layer[row]! >= rows.layer[row - 1]!
    if (sorted) for (let row = 0; row < rows.count; row++) take(row)
    else for (let layer = 0; layer < d.layers; layer++) for (let row = 0; row < rows.count; row++) if (rows.layer[row] === layer) take(row)
  }

  private listColumn(d: Dissection, column: ListColumn): string {
    switch (column) {
      case 'number':
        return String(d.packet)
      case 'time':
        return this.time(d.packet)
      case 'source':
        return endpoints(d)[0]
      case 'destination':
        return endpoints(d)[1]
      case 'protocol':
        return protocolColumn(d, this.view)
      case 'length':
        return String(d.length)
      case 'info':
        return infoText(d, this.view)
    }
  }
}
