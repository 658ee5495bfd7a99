// Columns of the packet list that show fields: made for visible rows only.

import { type SafeText, safeText } from '../bytes/text.ts'
import type { Dissection } from '../core/dissect.ts'
import { planOf } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { CellReader, findCells } from './cells.ts'
import { registry } from './registry.ts'

/** Longest text of a cell. */
const MOST = 200

/** Why a field cannot be a column, in one line; '' when it can. */
export function columnTrouble(field: string): string {
  const found = findCells([field], registry)
  return found.ok ? '' : found.message
}

export class ExtraColumns {
  private readonly capture: Capture
  private readonly d: Dissection
  private readonly reader: CellReader
  private readonly plan: ReturnType<typeof planOf>

  /** Names that no field has show nothing. */
  constructor(capture: Capture, fields: readonly string[]) {
    this.capture = capture
    this.d = capture.dissection()
    const cells = fields.map((name) => {
      const found = findCells([name], registry)
      return (found.ok ? found.cells[0] : undefined) ?? { name, fields: [], column: null }
    })
    this.reader = new CellReader(this.d, cells, () => '')
    this.plan = planOf(
      cells.flatMap((cell) => cell.fields),
      registry,
    )
  }

  of(packet: number): readonly SafeText[] {
    this.capture.record(this.d, packet, null, 0, this.plan)
    this.reader.read(this.d)
    return this.reader.values.map((values) => safeText(values.join(','), MOST))
  }
}
