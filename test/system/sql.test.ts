// SQL over captures with the real DuckDB, where it is installed; without it, what the user is told. And the exported folder, read by DuckDB.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'dist/main.js')
const folder = mkdtempSync(join(tmpdir(), 'wiretail-sql-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const capture = (name: string): string => join(ROOT, 'captures', name)
const NAME: string = '@duckdb/node-api'
const installed = await import(NAME).then(
  () => true,
  () => false,
)

function wiretail(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', timeout: 30_000 })
  return { code: status, out: stdout, err: stderr }
}

it('without DuckDB says how to install it', () => {
  // The program alone, where nothing is installed beside it.
  const alone = join(folder, 'alone')
  mkdirSync(alone)
  const copied = spawnSync('cp', ['-r', join(ROOT, 'dist'), join(ROOT, 'package.json'), alone])
  expect(copied.status).toBe(0)
  mkdirSync(join(alone, 'node_modules'))
  symlinkSync(join(ROOT, 'node_modules/koffi'), join(alone, 'node_modules/koffi'))
  const args = [join(alone, 'dist/main.js'), 'sql', capture('plain.pcapng'), 'SELECT 1']
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr).toBe('wiretail: DuckDB is not installed, which answers SQL. Install it beside wiretail: npm install -g @duckdb/node-api\n')
  expect(status).toBe(1)
})

it('without a question says what is missing', () => {
  expect(wiretail('sql', 'only.pcapng')).toMatchObject({ code: 1, err: expect.stringContaining('A capture and a question are needed') })
})

it('answers over several captures', () => {
  if (!installed) return console.warn(`SKIPPED: ${NAME} is not installed`)
  const files = [capture('plain.pcapng'), capture('tls13.pcapng')]
  expect(wiretail('sql', ...files, 'SELECT capture, count(*)::INT AS n FROM packets GROUP BY ALL ORDER BY ALL', '--json')).toEqual({
    ...{ code: 0, err: '' },
    out: '[{"capture":"plain.pcapng","n":10},{"capture":"tls13.pcapng","n":16}]\n',
  })
  expect(wiretail('sql', ...files, 'SELECT method, status FROM exchanges').out).toBe('method\tstatus\nGET\t200\n')
  expect(wiretail('sql', ...files, 'SELECT nonsense FROM packets')).toMatchObject({
    ...{ code: 1, err: expect.stringContaining('DuckDB does not take this') },
  })
})

it('reads the exported folder back', async () => {
  if (!installed) return console.warn(`SKIPPED: ${NAME} is not installed`)
  const out = join(folder, 'tables')
  expect(wiretail('export', 'parquet', capture('plain.pcapng'), capture('mixed.pcapng'), '--out', out).code).toBe(0)
  const { DuckDBInstance } = (await import(NAME)) as {
    DuckDBInstance: {
      create(path: string): Promise<{ connect(): Promise<{ runAndReadAll(sql: string): Promise<{ getRowsJson(): unknown }> }> }>
    }
  }
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const asked = `SELECT capture, count(*)::INT, count(DISTINCT tcp_stream)::INT FROM read_parquet('${out}/packets/*/*.parquet', hive_partitioning = true) GROUP BY 1 ORDER BY 1`
  const rows = (await connection.runAndReadAll(asked)).getRowsJson() as [string, number, number][]
  expect(rows.map(([name]) => name)).toEqual(['mixed.pcapng', 'plain.pcapng'])
  expect(rows[1]).toEqual(['plain.pcapng', 10, 1])
})
