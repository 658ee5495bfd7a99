// -T json and jsonl: one object a packet, in the form that tshark gives them. Values are strings; what lies inside a field stands in
// FIELD_tree. A field that repeats is an array, so that no parser loses any; --tshark-json repeats the key instead, as tshark does.

import { type Capture, type Cell, CellReader, cellFields, type Dissection, type TimeFormat, timeColumn } from '../../engine/printing.ts'
import type { Output } from '../output.ts'
import { quoteJson } from './escape.ts'
import { RowsWriter } from './json-rows.ts'
import type { ChosenLayers } from './json-shape.ts'
import type { Printer } from './printer.ts'

export interface JsonLayout {
  /** One packet a line, instead of an array of all. */
  readonly lines: boolean
  /** What -e asked for; null for everything. */
  readonly cells: readonly Cell[] | null
  /** NAME_raw beside each field: [hex, offset, length, bitmask, type]. */
  readonly raw: boolean
  readonly repeatKeys: boolean
  readonly chosen?: ChosenLayers | null
  readonly time: TimeFormat
}

/** Depth at which a packet's layers stand in the indented form. */
const LAYERS_DEPTH = 3

export function createJsonPrinter(capture: Capture, out: Output, layout: JsonLayout): Printer {
  const { cells, lines } = layout
  const clock = timeColumn(capture, layout.time)
  const rows = new RowsWriter(out, layout, LAYERS_DEPTH)
  let reader: CellReader | null = null
  let first = true
  const chosen = (d: Dissection, wanted: readonly Cell[]): void => {
    reader ??= new CellReader(d, wanted, clock)
    reader.read(d)
    const { values } = reader
    writeLists(
      out,
      wanted.flatMap(({ name }, i) => ((values[i] ?? []).length > 0 ? [[name, values[i]!] as const] : [])),
      lines,
    )
  }
  return {
    fields: cells === null ? undefined : cellFields(cells),
    begin() {
      if (!lines) out.text('[')
    },
    packet(packet, dissect) {
      const d = dissect()
      const index = quoteJson(indexName(capture, packet))
      if (lines) out.text(`{"_index":${index},"_type":"doc","_score":null,"_source":{"layers":`)
      else {
        out.text(first ? '\n  {' : ',\n  {')
        out.text(`\n    "_index": ${index},\n    "_type": "doc",\n    "_score": null,\n    "_source": {\n      "layers": `)
      }
      first = false
      if (cells === null) rows.write(d)
      else chosen(d, cells)
      out.text(lines ? '}}\n' : '\n    }\n  }')
    },
    end() {
      if (!lines) out.text(first ? ']\n' : '\n]\n')
    },
  }
}

/** What -e asked for: each name with the list of its values. */
function writeLists(out: Output, members: readonly (readonly [name: string, values: readonly string[]])[], lines: boolean): void {
  if (members.length === 0) {
    out.text('{}')
    return
  }
  const gap = lines ? '' : '\n        '
  const deeper = lines ? '' : '\n          '
  out.text('{')
  members.forEach(([name, values], i) => {
    out.text(`${i > 0 ? ',' : ''}${gap}${quoteJson(name)}:${lines ? '' : ' '}[`)
    out.text(values.map((value) => deeper + quoteJson(value)).join(','))
    out.text(`${gap}]`)
  })
  out.text(lines ? '}' : '\n      }')
}

/** "packets-2026-11-23": the index that tshark names for Elasticsearch, after the day of the packet. */
export function indexName(capture: Capture, packet: number): string {
  const seconds = capture.index.seconds(packet)
  const date = new Date(Math.abs(seconds) <= 8_640_000_000_000 ? seconds * 1000 : 0)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `packets-${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
