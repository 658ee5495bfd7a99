// One packet in full, for the detail panes: tree rows, byte sources, explanations. It keeps a dissection of its own, so that it stays
// valid while other packets are looked at.

import { type SafeText, safeText } from '../bytes/text.ts'
import type { Dissection } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import { noteFields, SEVERITY_ERROR, SEVERITY_NOTE, SEVERITY_WARN } from '../core/note.ts'
import { TreeText, treeOrder } from '../core/tree.ts'
import { valueText } from '../core/value.ts'
import { LayerView } from '../core/view.ts'
import type { Capture } from './capture.ts'
import { conditionOf } from './condition.ts'
import type { ByteSource, Explanation, PacketDetail, TreeRow, Trouble } from './types.ts'

const ROW_TEXT_LIMIT = 1024

/** A tree row whose text is made when it is first looked at: a packet may have thousands of rows, a screen shows fifty. */
class DetailRow implements TreeRow {
  private made: SafeText | null = null
  readonly id: number
  readonly depth: number
  readonly name: string
  readonly source: number
  readonly start: number
  readonly length: number
  readonly hasChildren: boolean
  readonly trouble: Trouble
  private readonly make: () => string

  constructor(
    place: { id: number; depth: number; name: string; source: number; start: number; length: number },
    hasChildren: boolean,
    trouble: Trouble,
    make: () => string,
  ) {
    this.id = place.id
    this.depth = place.depth
    this.name = place.name
    this.source = place.source
    this.start = place.start
    this.length = place.length
    this.hasChildren = hasChildren
    this.trouble = trouble
    this.make = make
  }

  get text(): SafeText {
    this.made ??= safeText(this.make(), ROW_TEXT_LIMIT)
    return this.made
  }
}

export class Detail implements PacketDetail {
  readonly number: number
  readonly rows: readonly TreeRow[]
  readonly sources: readonly ByteSource[]
  private readonly d: Dissection
  private readonly view: LayerView
  /** Row of the dissection behind each row shown. */
  private readonly shown: readonly number[]

  constructor(capture: Capture, packet: number) {
    this.number = packet
    const d = capture.dissection()
    capture.record(d, packet)
    this.d = d
    this.view = new LayerView(d)
    this.sources = d.sources.map((bytes, i) => ({ name: safeText(d.sourceNames[i] ?? '', 40), bytes }))
    const { rows, registry } = d
    this.shown = treeOrder(d).filter((row) => !registry.fields[rows.field[row]!]!.hidden)
    const text = new TreeText(d)
    this.rows = this.shown.map((row, id) => {
      const depth = rows.depth[row]!
      const next = this.shown[id + 1]
      const place = {
        id,
        depth,
        name: registry.fields[rows.field[row]!]!.name,
        source: rows.source[row]!,
        start: rows.start[row]!,
        length: rows.length[row]!,
      }
      return new DetailRow(place, next !== undefined && rows.depth[next]! > depth, troubleOfRow(d, row), () => text.of(row))
    })
  }

  rowAt(source: number, byte: number): number {
    let best = -1
    for (const row of this.rows) {
      if (row.source !== source || byte < row.start || byte >= row.start + row.length) continue
      const known = best < 0 ? null : this.rows[best]!
      if (known === null || row.depth > known.depth || (row.depth === known.depth && row.length < known.length)) best = row.id
    }
    return best
  }

  value(id: number): string {
    const row = this.shown[id]
    if (row === undefined) return ''
    const field = this.d.registry.fields[this.d.rows.field[row]!]!
    const text = field.type === 'protocol' || field.type === 'group' ? '' : valueText(field, this.d.rows, row, this.d.sources)
    return text === '' ? this.rows[id]!.text : text
  }

  condition(id: number): string {
    const row = this.shown[id]
    return row === undefined ? '' : conditionOf(this.d, row)
  }

  explain(id: number): Explanation {
    const row = this.shown[id]
    const { rows, registry } = this.d
    if (row === undefined) return NOTHING
    const field = registry.fields[rows.field[row]!]!
    const protocol = registry.protocols[field.type === 'protocol' ? field.protocol : this.d.layerProtocol[rows.layer[row]!]!]!
    this.view.layer = rows.layer[row]!
    return {
      title: safeText(field.label, 80),
      name: field.name,
      where: safeText(whereText(rows.start[row]!, rows.length[row]!)),
      spec: safeText(protocol.spec, 60),
      about: safeText(field.about),
      meaning: safeText(meaningOf(field, rows.value[row]!, this.view)),
    }
  }
}

const NOTHING: Explanation = {
  title: safeText(''),
  name: '',
  where: safeText(''),
  spec: safeText(''),
  about: safeText(''),
  meaning: safeText(''),
}

function meaningOf(field: Field, value: number, view: LayerView): string {
  return field.explain === null ? '' : field.explain(value, view)
}

function whereText(start: number, length: number): string {
  if (length === 0) return 'worked out, not in the bytes'
  return length === 1 ? `byte ${start}, 1 byte` : `bytes ${start} to ${start + length - 1}, ${length} bytes`
}

function troubleOfRow(d: Dissection, row: number): Trouble {
  const field = d.rows.field[row]!
  if (field === noteFields.malformed.id || field === noteFields.bug.id) return 'error'
  if (field === noteFields.short.id) return 'note'
  if (field !== noteFields.expert.id) return 'none'
  const severity = d.rows.value[row]!
  return severity >= SEVERITY_ERROR ? 'error' : severity >= SEVERITY_WARN ? 'warning' : severity >= SEVERITY_NOTE ? 'note' : 'none'
}
