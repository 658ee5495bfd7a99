// Tables as Parquet, read back by another reader, against what the capture itself says.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportParquet } from '../../../src/engine/parquet.ts'
import { Summariser } from '../../../src/engine/printing.ts'
import { TABLE_NAMES, TABLES } from '../../../src/engine/tables.ts'
import { CAPTURES, indexed } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-parquet-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(async () => {
  for (const name of ['mixed', 'https']) await exportParquet(`${CAPTURES}${name}.pcapng`, folder, name)
})

function bytesOf(table: string, capture: string): ArrayBuffer {
  const bytes = readFileSync(join(folder, table, `capture=${capture}`, `${table}.parquet`))
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
}

const rowsOf = (table: string, capture: string): Promise<Record<string, unknown>[]> =>
  parquetReadObjects({ file: bytesOf(table, capture) }) as Promise<Record<string, unknown>[]>

describe('tables', () => {
  test('lie by table and capture, with the columns that are promised', () => {
    expect(readdirSync(folder).sort()).toEqual([...TABLE_NAMES].sort())
    for (const table of TABLE_NAMES) {
      expect(readdirSync(join(folder, table))).toEqual(['capture=https', 'capture=mixed'])
      const { schema } = parquetMetadata(bytesOf(table, 'mixed'))
      expect(schema.slice(1).map(({ name, repetition_type }) => [name, repetition_type === 'OPTIONAL'])).toEqual(
        TABLES[table].map(({ name, nullable }) => [name, nullable]),
      )
    }
  })

  test('of packets say what the list says', async () => {
    const capture = await indexed(`${CAPTURES}mixed.pcapng`)
    const summariser = new Summariser(capture)
    const rows = await rowsOf('packets', 'mixed')
    expect(rows.length).toBe(capture.index.count)
    for (const [i, row] of rows.entries()) {
      const { source, destination } = summariser.of(i + 1)
      expect(row).toMatchObject({ number: i + 1, source, destination, length: capture.index.length(i + 1) })
      expect(row['time_ns']).toBe(BigInt(capture.index.seconds(i + 1)) * 1_000_000_000n + BigInt(capture.index.nanos(i + 1)))
      expect(row['protocols']).toMatch(/^eth:/)
    }
    expect(rows.some((row) => row['tcp_stream'] === 0 && typeof row['source_port'] === 'number')).toBe(true)
    capture.close()
  })

  test('of exchanges, TLS sessions and conversations hold what is in the capture', async () => {
    const [exchange] = await rowsOf('exchanges', 'mixed')
    expect(exchange).toMatchObject({ method: 'GET', status: 200, encrypted: false })
    const [session] = await rowsOf('tls_sessions', 'https')
    expect(session).toMatchObject({ tcp_stream: 0, version: expect.stringMatching(/^TLS 1\./), server_bytes: expect.any(BigInt) })
    const conversations = await rowsOf('conversations', 'https')
    const packets = conversations.reduce((sum, row) => sum + Number(row['first_packets']) + Number(row['second_packets']), 0)
    const capture = await indexed(`${CAPTURES}https.pcapng`)
    expect(packets).toBe(capture.index.count)
    capture.close()
  })

  test('are documented, each column with its type', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../../docs/sql.md'), 'utf8')
    for (const table of TABLE_NAMES)
      for (const { name, type, nullable, about } of TABLES[table])
        expect(page.replace(/ +/g, ' ')).toContain(`| \`${name}\` | ${type}${nullable ? ', null' : ''} | ${about} |`)
  })
})
