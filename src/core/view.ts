// One layer's rows, as summaries, headings and explanations read them.

import type { Dissection } from './dissect.ts'
import type { Field, Get } from './field.ts'
import { valueText } from './value.ts'

/** Reads the rows of layer `layer`; set it to look at another one. */
export class LayerView implements Get {
  layer = 0
  /** Fields that were asked for and that the plan of the dissection leaves out: what was said of them means nothing. */
  readonly unrecorded = new Set<Field>()
  private readonly d: Dissection

  constructor(d: Dissection) {
    this.d = d
  }

  private find(field: Field, from = 0): number {
    const { rows } = this.d
    if (!this.d.wants(field)) this.unrecorded.add(field)
    for (let row = from; row < rows.count; row++) if (rows.field[row] === field.id && rows.layer[row] === this.layer) return row
    return -1
  }

  has(field: Field): boolean {
    return this.find(field) >= 0
  }

  number(field: Field): number {
    const row = this.find(field)
    return row < 0 ? Number.NaN : this.d.rows.value[row]!
  }

  text(field: Field): string {
    const row = this.find(field)
    return row < 0 ? '' : valueText(field, this.d.rows, row, this.d.sources)
  }

  name(field: Field): string {
    const row = this.find(field)
    if (row < 0) return ''
    return field.names?.[this.d.rows.value[row]!] ?? valueText(field, this.d.rows, row, this.d.sources)
  }

  numbers(field: Field): number[] {
    const out: number[] = []
    for (let row = this.find(field); row >= 0; row = this.find(field, row + 1)) out.push(this.d.rows.value[row]!)
    return out
  }

  texts(field: Field): string[] {
    const out: string[] = []
    for (let row = this.find(field); row >= 0; row = this.find(field, row + 1)) out.push(valueText(field, this.d.rows, row, this.d.sources))
    return out
  }
}

/** The text of the Info column: the innermost layer that has one; consecutive layers of one protocol are joined. */
export function infoText(d: Dissection, view: LayerView): string {
  for (let layer = d.layers - 1; layer >= 0; layer--) {
    const protocol = d.registry.protocols[d.layerProtocol[layer]!]!
    if (protocol.summary === undefined || d.layerDepth[layer]! > 0) continue
    let first = layer
    while (protocol.lastSummary !== true && first > 0 && d.layerProtocol[first - 1] === protocol.id && d.layerDepth[first - 1] === 0)
      first--
    let text = ''
    for (let i = first; i <= layer; i++) {
      view.layer = i
      const part = protocol.summary(view)
      if (part !== '') text += text === '' ? part : `, ${part}`
    }
    return prefixes(d, view, layer) + text
  }
  return ''
}

/** What the layers put before the Info text, the innermost first. */
function prefixes(d: Dissection, view: LayerView, innermost: number): string {
  let text = ''
  for (let layer = innermost; layer >= 0; layer--) {
    const { prefix } = d.registry.protocols[d.layerProtocol[layer]!]!
    if (prefix === undefined || d.layerDepth[layer]! > 0) continue
    view.layer = layer
    text += prefix(view)
  }
  return text
}

/** The Protocol column: the innermost layer that has a summary. */
export function protocolColumn(d: Dissection, view: LayerView): string {
  for (let layer = d.layers - 1; layer >= 0; layer--) {
    const protocol = d.registry.protocols[d.layerProtocol[layer]!]!
    if (protocol.summary === undefined || d.layerDepth[layer]! > 0) continue
    if (protocol.columnOf === undefined) return protocol.columnName
    view.layer = layer
    return protocol.columnOf(view)
  }
  return ''
}
