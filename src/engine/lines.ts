// Lines of the packet list: made for visible rows only.

import { addressText } from '../bytes/address.ts'
import { type SafeText, safeText } from '../bytes/text.ts'
import type { Dissection } from '../core/dissect.ts'
import { noteFields, SEVERITY_ERROR, SEVERITY_NOTE, SEVERITY_WARN } from '../core/note.ts'
import { infoText, LayerView, protocolColumn } from '../core/view.ts'
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

export function summarise(d: Dissection, view: LayerView = new LayerView(d)): Summary {
  const [source, destination] = endpoints(d)
  const trouble = troubleOf(d)
  let info = infoText(d, view)
  if (trouble === 'error') info += ' [Malformed Packet]'
  return {
    source: safeText(source),
    destination: safeText(destination),
    protocol: safeText(protocolColumn(d, view), 32),
    info: safeText(info, 512),
    trouble,
  }
}
