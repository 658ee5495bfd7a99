// Lines of the packet list: made for visible rows only.

import { addressText } from '../bytes/address.ts'
import { type SafeText, safeText } from '../bytes/text.ts'
import type { Dissection, Plan } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import { noteFields, SEVERITY_ERROR, SEVERITY_NOTE, SEVERITY_WARN } from '../core/note.ts'
import { infoText, LayerView, protocolColumn } from '../core/view.ts'
import { planOf } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import type { Trouble } from './types.ts'

/** What a line says of its packet, whatever the time format. */
export interface Summary {
  readonly source: SafeText
  readonly destination: SafeText
  readonly protocol: SafeText
  readonly info: SafeText
  readonly trouble: Trouble
}

/** Source and Destination columns of a recorded packet: the outermost-to-innermost last addresses, those of quoted packets not counted. */
export function endpoints(d: Dissection): readonly [string, string] {
  if (d.columnSize === 0) return ['', '']
  return [addressText(d.columnBytes, d.columnSourceAt, d.columnSize), addressText(d.columnBytes, d.columnDestinationAt, d.columnSize)]
}

/** The worst remark on a recorded packet. */
export function troubleOf(d: Dissection): Trouble {
  const { rows } = d
  let worst: Trouble = 'none'
  for (let row = 0; row < rows.count; row++) {
    const field = rows.field[row]!
    if (field === noteFields.malformed.id || field === noteFields.bug.id) return 'error'
    if (field === noteFields.short.id && worst === 'none') worst = 'note'
    if (field !== noteFields.severity.id) continue
    const severity = rows.value[row]!
    if (severity >= SEVERITY_ERROR) return 'error'
    if (severity >= SEVERITY_WARN) worst = 'warning'
    else if (severity >= SEVERITY_NOTE && worst === 'none') worst = 'note'
  }
  return worst
}

/** Only a packet that contradicts its protocol; other errors (a wrong length or checksum) are shown by colour and in the tree. */
function isMalformed(d: Dissection): boolean {
  const { rows } = d
  for (let row = 0; row < rows.count; row++)
    if (rows.field[row] === noteFields.malformed.id || rows.field[row] === noteFields.bug.id) return true
  return false
}

export function summarise(d: Dissection, view: LayerView = new LayerView(d)): Summary {
  const [source, destination] = endpoints(d)
  const trouble = troubleOf(d)
  let info = infoText(d, view)
  if (isMalformed(d)) info += '[Malformed Packet]'
  return {
    source: safeText(source),
    destination: safeText(destination),
    protocol: safeText(protocolColumn(d, view), 32),
    info: safeText(info, 512),
    trouble,
  }
}

/**
 * Makes summaries of many packets. A summary reads a handful of the fields that a packet has; which ones shows as they are asked for, so
 * after a few packets only these are recorded. A packet whose summary asks for one more is dissected again.
 */
export class Summariser {
  private readonly capture: Capture
  private readonly d: Dissection
  private readonly view: LayerView
  private readonly fields = new Set<Field>(Object.values(noteFields))
  private plan: Plan

  constructor(capture: Capture) {
    this.capture = capture
    this.d = capture.dissection()
    this.view = new LayerView(this.d)
    this.plan = planOf([...this.fields], capture.registry)
  }

  /** The summary of an indexed packet. `bytes` are its own, from `start`, when the caller has them. */
  of(packet: number, bytes: Uint8Array | null = null, start = 0): Summary {
    const { capture, d, view, fields } = this
    for (;;) {
      capture.record(d, packet, bytes, start, this.plan)
      const summary = summarise(d, view)
      if (view.unrecorded.size === 0) return summary
      for (const field of view.unrecorded) fields.add(field)
      view.unrecorded.clear()
      this.plan = planOf([...fields], capture.registry)
    }
  }
}
