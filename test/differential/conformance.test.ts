// The scored fields of every packet of the corpus, against what tshark said of them: the share of equal cells, of all and of those that tshark
// filled. Differences that known-differences.tsv accepts do not count; an entry that no longer differs has to go. Without the corpus this is
// skipped, and says so.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { escapeText } from '../../src/cli/print/escape.ts'
import { CellReader, cellFields, findCells, openForReading, runQuery, timeColumn } from '../../src/engine/printing.ts'
import { CaptureError } from '../../src/files/index.ts'
import { acceptedBy, readKnown } from './known.ts'

const corpus = new URL('../../../shared/corpus/', import.meta.url).pathname
const oracle = join(corpus, 'oracle')
const hasCorpus = existsSync(oracle)
if (!hasCorpus) console.warn('SKIPPED: ../shared/corpus is not here, so no field was compared with what tshark says of it.')

/** Shares that must hold. */
const LEAST_OF_ALL = 0.9995
const LEAST_OF_FILLED = 0.998

interface Tally {
  cells: number
  equal: number
  filled: number
  filledEqual: number
}

describe.skipIf(!hasCorpus)('the scored fields of the corpus', () => {
  const known = readKnown()
  const total: Tally = { cells: 0, equal: 0, filled: 0, filledEqual: 0 }
  const wrong = new Map<string, number>()

  async function compare(name: string): Promise<void> {
    const lines = gunzipSync(readFileSync(join(oracle, `${name}.tsv.gz`)))
      .toString('utf8')
      .split('\n')
    if (lines.at(-1) === '') lines.pop()
    const header = (lines.shift() ?? '').split('\t')
    const layers = header.indexOf('frame.protocols')
    const fields = header.filter((field) => field !== 'frame.protocols' && field !== '')
    const count = (field: string, packet: number, want: string, got: string): void => {
      if (want !== got) {
        const entry = acceptedBy(known, name, field, packet)
        if (entry !== undefined) {
          entry.used = true
          return
        }
        wrong.set(field, (wrong.get(field) ?? 0) + 1)
      }
      total.cells++
      if (want !== '') total.filled++
      if (want !== got) return
      total.equal++
      if (want !== '') total.filledEqual++
    }
    let seen = 0
    const keys = join(corpus, `${name}.keylog`)
    try {
      const settings = new Map(existsSync(keys) ? [['tls.keylog', [keys]]] : [])
      const capture = await openForReading(join(corpus, name), { settings })
      const found = findCells(fields, capture.registry)
      if (!found.ok) throw new Error(found.message)
      const reader = new CellReader(capture.dissection(), found.cells, timeColumn(capture, 'r'))
      await runQuery(capture, {
        fields: cellFields(found.cells) ?? [],
        onPacket(packet, dissect) {
          seen = packet
          const theirs = (lines[packet - 1] ?? '').split('\t')
          // Taken for CoAP because of the port.
          if (/(^|:)coap($|:)/.test(theirs[layers] ?? '')) return false
          reader.read(dissect())
          fields.forEach((field, i) => {
            const mine = reader.values[i]!.map((value) => escapeText(value)).join(',')
            count(field, packet, theirs[header.indexOf(field)] ?? '', mine)
          })
          return false
        },
      })
      capture.close()
    } catch (error) {
      // A file that ends in the middle: what was read before it counts.
      if (!(error instanceof CaptureError)) throw error
    }
    for (let packet = seen + 1; packet <= lines.length; packet++) for (const field of fields) count(field, packet, 'a packet', 'none')
  }

  it('are as tshark says', async () => {
    const names = readdirSync(oracle, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.tsv.gz'))
      .map((name) => relative('.', name).replace(/\.tsv\.gz$/, ''))
      .sort()
    for (const name of names) await compare(name)
    const worst = [...wrong].sort((a, b) => b[1] - a[1]).slice(0, 12)
    const share = (part: number, whole: number) => (part / whole).toFixed(5)
    console.info(
      `${total.equal} of ${total.cells} cells as tshark: ${share(total.equal, total.cells)}; of those that it filled ${share(total.filledEqual, total.filled)}. Most often different: ${worst.map((w) => w.join(' ')).join(', ')}`,
    )
    expect(total.cells).toBeGreaterThan(5_000_000)
    expect(total.equal / total.cells).toBeGreaterThan(LEAST_OF_ALL)
    expect(total.filledEqual / total.filled).toBeGreaterThan(LEAST_OF_FILLED)
    expect(known.filter((entry) => !entry.used).map((entry) => entry.line)).toEqual([])
  })
})
