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

/** Has the layer a say in the columns? */
function speaks(d: Dissection, layer: number): boolean {
  return d.registry.protocols[d.layerProtocol[layer]!]!.summary !== undefined && d.layerDepth[layer] === 0
}

/** The innermost layer with a summary among those from `from` up to `to`, with the layers of its protocol just before it. */
function innermost(d: Dissection, view: LayerView, from: number, to: number): string {
  for (let layer = to - 1; layer >= from; layer--) {
    if (!speaks(d, layer)) continue
    const protocol = d.registry.protocols[d.layerProtocol[layer]!]!
    let first = layer
    for (let i = layer - 1; i >= from && (d.layerProtocol[i] === protocol.id || isContent(d, i)); i--)
      if (d.layerProtocol[i] === protocol.id && d.layerDepth[i] === 0) first = i
    let text = ''
    for (let i = first; i < to; i++) {
      const one = d.registry.protocols[d.layerProtocol[i]!]!
      view.layer = i
      const part = one === protocol && d.layerDepth[i] === 0 ? protocol.summary!(view) : ''
      if (part !== '') text += text === '' ? part : `, ${part}`
      text += one.content?.info?.(view) ?? ''
    }
    return text
  }
  return ''
}

/** Content, or what was found in it: part of the message before it. */
function isContent(d: Dissection, layer: number): boolean {
  const protocol = d.registry.protocols[d.layerProtocol[layer]!]!
  return protocol.summary === undefined && d.registry.deep.includes(protocol)
}

/** The last layer that is a message inside another one (a sealed record that was opened); -1 without any. */
function lastInside(d: Dissection): number {
  let layer = d.layers - 1
  while (layer >= 0 && !isInside(d, layer)) layer--
  return layer
}

function isInside(d: Dissection, layer: number): boolean {
  const parent = d.layerParent[layer]!
  return parent >= 0 && d.registry.protocols[d.layerProtocol[parent]!]!.unseal !== undefined && speaks(d, layer)
}

/** The text of the Info column: the innermost layer that has one; consecutive layers of one protocol are joined. */
export function infoText(d: Dissection, view: LayerView): string {
  let transport = lastInside(d)
  if (transport < 0) return innermost(d, view, 0, d.layers)
  // Each message of the stream is told of by what is inside it.
  while (transport > 0 && d.registry.protocols[d.layerProtocol[transport]!]!.framing !== undefined) transport = d.layerParent[transport]!
  const parts: string[] = []
  for (let from = transport + 1; from < d.layers; ) {
    let to = from + 1
    while (to < d.layers && d.layerParent[to] !== transport) to++
    const part = innermost(d, view, from, to)
    if (part !== '') parts.push(part)
    from = to
  }
  return parts.join(', ')
}

/** The Protocol column: the innermost layer that has a summary; what was sealed comes before what sealed it. */
export function protocolColumn(d: Dissection, view: LayerView): string {
  const opened = lastInside(d) >= 0
  for (let layer = d.layers - 1; layer >= 0; layer--) {
    if (!speaks(d, layer) || (opened && !isInside(d, layer))) continue
    const protocol = d.registry.protocols[d.layerProtocol[layer]!]!
    view.layer = layer
    let text = protocol.columnOf === undefined ? protocol.columnName : protocol.columnOf(view)
    for (let i = layer + 1; i < d.layers; i++) {
      view.layer = i
      text += d.registry.protocols[d.layerProtocol[i]!]!.content?.column?.(view) ?? ''
    }
    return text
  }
  return ''
}
