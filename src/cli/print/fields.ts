// -T fields: one line a packet, one column for each -e. What the index knows is printed without dissecting the packet.

import { type Capture, type Cell, CellReader, cellColumn, cellFields, type TimeFormat, timeColumn } from '../../engine/printing.ts'
import type { Output } from '../output.ts'
import { escapeText } from './escape.ts'
import type { Printer } from './printer.ts'

/** What -E sets. */
export interface FieldsLayout {
  readonly header: boolean
  readonly separator: string
  readonly occurrence: 'f' | 'l' | 'a'
  readonly aggregator: string
  /** Around each value that is there; empty for none. */
  readonly quote: string
}

export const FIELDS_LAYOUT: FieldsLayout = { header: false, separator: '\t', occurrence: 'a', aggregator: ',', quote: '' }

const LINE_FEED = 10

export function createFieldsPrinter(
  capture: Capture,
  out: Output,
  cells: readonly Cell[],
  layout: FieldsLayout,
  time: TimeFormat,
): Printer {
  const { separator, aggregator, occurrence, quote } = layout
  const columns = cells.map((cell) => cellColumn(capture, cell))
  const reads = columns.every((column) => column !== null) ? columns : null
  const numbers = new Float64Array(cells.length)
  const clock = timeColumn(capture, time)
  let reader: CellReader | null = null

  /** True when the index knows all of it. */
  const readColumns = (packet: number): boolean => {
    if (reads === null) return false
    for (let i = 0; i < reads.length; i++) {
      const value = reads[i]!(packet)
      if (Number.isNaN(value)) return false
      numbers[i] = value
    }
    return true
  }
  const writeNumbers = (): void => {
    for (let i = 0; i < numbers.length; i++) {
      if (i > 0) out.text(separator)
      const value = numbers[i]!
      if (value < 0) continue
      if (quote !== '') out.text(quote)
      out.integer(value)
      if (quote !== '') out.text(quote)
    }
  }
  const writeValues = (values: readonly string[]): void => {
    if (values.length === 0) return
    out.text(quote)
    if (occurrence === 'a') {
      for (let i = 0; i < values.length; i++) {
        if (i > 0) out.text(aggregator)
        out.text(escapeText(values[i]!))
      }
    } else out.text(escapeText(values[occurrence === 'f' ? 0 : values.length - 1]!))
    out.text(quote)
  }

  return {
    fields: cellFields(cells),
    begin() {
      if (layout.header) out.text(`${cells.map(({ name }) => name).join(separator)}\n`)
    },
    packet(packet, dissect) {
      if (readColumns(packet)) writeNumbers()
      else {
        const d = dissect()
        reader ??= new CellReader(d, cells, clock)
        reader.read(d)
        for (let i = 0; i < cells.length; i++) {
          if (i > 0) out.text(separator)
          writeValues(reader.values[i]!)
        }
      }
      out.byte(LINE_FEED)
    },
    end() {},
  }
}
