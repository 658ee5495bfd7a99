// Captures as Parquet: a folder for each table, in it one for each capture (capture=NAME), as DuckDB, ClickHouse, Spark and Trino read them.

import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { Settings } from '../core/dissect.ts'
import { openCapture } from '../files/index.ts'
import { Capture } from './capture.ts'
import { type ColumnData, packetColumns, TABLE_NAMES, TABLES, type TableName, tableColumns } from './tables.ts'

/** Packets in one row group. */
const ROW_GROUP = 1_000_000
/** Packets read at a time. */
const STEP = 8192

export interface Exported {
  /** Rows by table. */
  readonly rows: Readonly<Record<TableName, number>>
  /** Why the capture could not be read to its end; null when it could. */
  readonly damage: string | null
}

/** Writes one capture; what was there of it before is replaced, each file when it is complete. Rejects with a CaptureError. */
export async function exportParquet(path: string, out: string, name: string, settings?: Settings): Promise<Exported> {
  const capture = new Capture(await openCapture(path), settings === undefined ? {} : { settings })
  try {
    capture.memory.tcp.analysis = null
    for (;;) {
      const result = capture.step(STEP)
      if (result === 'end') break
      if (result === 'waiting') await capture.reader.readable()
    }
    const rows: Record<TableName, number> = { packets: 0, exchanges: 0, tls_sessions: 0, conversations: 0 }
    for (const table of TABLE_NAMES) rows[table] = await writeTable(capture, table, out, name)
    return { rows, damage: capture.reader.damage?.message ?? null }
  } finally {
    capture.close()
  }
}

async function writeTable(capture: Capture, table: TableName, out: string, name: string): Promise<number> {
  const folder = join(out, table, `capture=${name}`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${table}.parquet`)
  const partial = `${file}.part`
  try {
    const rows = table === 'packets' ? writePackets(capture, partial) : writeGroups(table, partial, [await tableColumns(capture, table)])
    renameSync(partial, file)
    return rows
  } finally {
    rmSync(partial, { force: true })
  }
}

function writePackets(capture: Capture, file: string): number {
  const { count } = capture.index
  return writeGroups(
    'packets',
    file,
    (function* (): Generator<readonly ColumnData[]> {
      for (let from = 1; from <= Math.max(1, count); from += ROW_GROUP)
        yield packetColumns(capture, from, Math.min(count, from + ROW_GROUP - 1))
    })(),
  )
}

/** Each of `groups` is a row group: the columns of the table. */
function writeGroups(table: TableName, file: string, groups: Iterable<readonly ColumnData[]>): number {
  const kinds = TABLES[table]
  const described = (columns: readonly ColumnData[]) =>
    kinds.map(({ name, type, nullable }, i) => ({ name, type, nullable, data: columns[i] as Int32Array }))
  const writer = fileWriter(file)
  const schema = schemaFromColumnData({ columnData: described(kinds.map(() => new Int32Array(0))) })
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'wiretail' })
  let rows = 0
  for (const columns of groups) {
    const columnData = described(columns).map(({ name, data }) => ({ name, data }))
    const size = columns[0]?.length ?? 0
    if (size > 0) parquet.write({ columnData, rowGroupSize: Math.max(size, 1) })
    rows += size
  }
  parquet.finish()
  return rows
}
