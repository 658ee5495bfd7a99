// `wiretail sql FILE… "SELECT …"`: questions to captures as tables, answered by DuckDB in memory.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { safeText } from '../bytes/text.ts'
import { exportParquet } from '../engine/parquet.ts'
import { TABLE_NAMES } from '../engine/tables.ts'
import { explainFailure, parseOptions, parseSettings, UsageError } from './args.ts'
import type { Io } from './commands.ts'
import { Output } from './output.ts'
import { tell } from './reading.ts'

export const help = `wiretail sql FILE… "SELECT …" [options]

Answers a question in SQL about captures: the tables packets, exchanges, tls_sessions and conversations, with a column capture that names the file.
docs/sql.md lists their columns. DuckDB answers; it is installed beside wiretail: npm install -g @duckdb/node-api

      --json                  rows as a JSON array; otherwise as text with tabs between, after a line of names
      --keylog FILE           TLS secrets in NSS format; $SSLKEYLOGFILE unless given

Examples:
  wiretail sql capture.pcapng "SELECT server, count(*), max(total_s) FROM exchanges GROUP BY server"
  wiretail sql a.pcapng b.pcapng "SELECT capture, protocols, sum(length) FROM packets GROUP BY ALL" --json
`

const OPTIONS = {
  json: { type: 'boolean' },
  keylog: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const

/** What is used of DuckDB. */
interface Database {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection>; closeSync?(): void }> }
}

interface Connection {
  runAndReadAll(sql: string): Promise<{ columnNames(): string[]; getRowsJson(): unknown[][] }>
  closeSync?(): void
}

/** Optional, so not known to the bundler. */
const DATABASE: string = '@duckdb/node-api'

/** Runs the command. Resolves to the exit code. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = parseOptions(args, OPTIONS, 'sql')
    if (values.help === true) {
      io.out(help)
      return 0
    }
    const files = positionals.slice(0, -1)
    const question = positionals.at(-1)
    if (files.length === 0 || question === undefined)
      throw new UsageError('A capture and a question are needed. Name both: wiretail sql capture.pcapng "SELECT count(*) FROM packets"')
    const settings = parseSettings({ keylog: values.keylog, 'fernet-key': [] })
    const { DuckDBInstance } = await loadDatabase()
    const folder = mkdtempSync(join(tmpdir(), 'wiretail-sql-'))
    try {
      let code = 0
      for (const [i, file] of files.entries()) {
        // The number keeps captures of the same name apart; the view leaves it out.
        const { damage } = await exportParquet(file, folder, `${i}`, settings)
        if (damage !== null) {
          tell(io, damage)
          code = 2
        }
      }
      const instance = await DuckDBInstance.create(':memory:')
      const connection = await instance.connect()
      try {
        for (const table of TABLE_NAMES) await connection.runAndReadAll(viewOf(table, folder, files))
        print(await ask(connection, question), values.json === true)
      } finally {
        connection.closeSync?.()
        instance.closeSync?.()
      }
      return code
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  } catch (error) {
    const told = explainFailure(error)
    if (told === undefined) throw error
    tell(io, told.message)
    return told.exitCode
  }
}

async function loadDatabase(): Promise<Database> {
  try {
    return (await import(DATABASE)) as Database
  } catch {
    throw new UsageError(`DuckDB is not installed, which answers SQL. Install it beside wiretail: npm install -g ${DATABASE}`)
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

function viewOf(table: string, folder: string, files: readonly string[]): string {
  const names = files.map((file) => quoted(file === '-' ? 'stdin' : basename(file))).join(', ')
  const source = `read_parquet(${quoted(`${folder}/${table}/*/*.parquet`)}, hive_partitioning = true, hive_types = {'capture': INT})`
  return `CREATE TABLE ${table} AS SELECT * REPLACE (([${names}])[capture + 1] AS capture) FROM ${source}`
}

async function ask(connection: Connection, question: string) {
  try {
    const answer = await connection.runAndReadAll(question)
    return { names: answer.columnNames(), rows: answer.getRowsJson() }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new UsageError(`DuckDB does not take this: ${safeText(said.replace(/\s+/g, ' '), 500)} The columns are listed in docs/sql.md.`)
  }
}

function print({ names, rows }: { names: readonly string[]; rows: readonly (readonly unknown[])[] }, asJson: boolean): void {
  const out = new Output(1)
  if (asJson) out.text(`${JSON.stringify(rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))))}\n`)
  else {
    out.text(`${names.map((name) => safeText(name)).join('\t')}\n`)
    const cell = (value: unknown): string =>
      safeText(value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value))
    for (const row of rows) out.text(`${row.map(cell).join('\t')}\n`)
  }
  out.flush()
}
