// Every capture of the corpus, malformed ones included: each packet is indexed, dissected in full and put into words; nothing throws,
// hangs, or lets a control character through; and what the index says of streams and layers agrees with the full dissection. And the
// scored fields, against what tshark said of every packet. Without the corpus both are skipped, and say so.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { escapeText } from '../../src/cli/print/escape.ts'
import { TreeText } from '../../src/core/tree.ts'
import { LayerView } from '../../src/core/view.ts'
import { Capture } from '../../src/engine/capture.ts'
import { Detail } from '../../src/engine/detail.ts'
import { summarise } from '../../src/engine/lines.ts'
import { CellReader, cellFields, findCells, openForReading, runQuery, timeColumn } from '../../src/engine/printing.ts'
import { CaptureError, openCapture } from '../../src/files/index.ts'

const corpus = new URL('../../../shared/corpus/', import.meta.url).pathname
const oracle = join(corpus, 'oracle')
const hasCorpus = existsSync(oracle)
if (!hasCorpus) console.warn('SKIPPED: ../shared/corpus is not here, so no capture of it was opened.')

/** Packets of a capture that are dissected in full, spread evenly; all of them are indexed. */
const LOOKED_AT = 200
/** A packet that costs more is a finding; far more than any should, because machines are busy. */
const LONGEST_MS = 500
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

function captures(): string[] {
  return readdirSync(oracle, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tsv.gz'))
    .map((name) => relative('.', name).replace(/\.tsv\.gz$/, ''))
    .sort()
}

async function open(name: string): Promise<Capture | null> {
  try {
    const capture = new Capture(await openCapture(join(corpus, name)), { strict: true })
    while (capture.step(1000) === 'more');
    return capture
  } catch (error) {
    if (error instanceof CaptureError) return null
    throw error
  }
}

describe.skipIf(!hasCorpus)('the corpus', () => {
  it('is dissected packet by packet without an exception, a hang or a control character', async () => {
    let packets = 0
    const slow: string[] = []
    for (const name of captures()) {
      const capture = await open(name)
      if (capture === null) continue
      const d = capture.dissection()
      const view = new LayerView(d)
      const step = Math.max(1, Math.floor(capture.index.count / LOOKED_AT))
      for (let packet = 1; packet <= capture.index.count; packet += step) {
        const before = performance.now()
        capture.record(d, packet)
        const { source, destination, protocol, info } = summarise(d, view)
        const text = new TreeText(d)
        for (let row = 0; row < d.rows.count; row++) {
          if (d.rows.start[row]! + d.rows.length[row]! > d.sources[d.rows.source[row]!]!.length)
            throw new Error(`${name} packet ${packet}: row ${row} lies outside its source`)
          text.of(row)
        }
        const took = performance.now() - before
        if (took > LONGEST_MS) slow.push(`${name} packet ${packet}: ${took.toFixed(0)} ms`)
        const shown = [source, destination, protocol, info, ...new Detail(capture, packet).rows.map((row) => row.text)].join('')
        if (CONTROL.test(shown)) throw new Error(`${name} packet ${packet} shows ${JSON.stringify(CONTROL.exec(shown)?.[0])}`)
        // The scan saw these layers, less what lies inside protocols that it does not look into.
        let at = 0
        for (const id of capture.chains.protocols(capture.index.chain(packet))) {
          while (at < d.layers && d.layerProtocol[at] !== id) at++
          if (at++ >= d.layers) throw new Error(`${name} packet ${packet}: the index has a layer that the packet lacks`)
        }
        packets++
      }
      capture.close()
    }
    expect(packets).toBeGreaterThan(50_000)
    expect(slow).toEqual([])
  })

  it('has the values that tshark has, in the scored fields', async () => {
    const wrong = new Map<string, number>()
    let cells = 0
    let equal = 0
    for (const name of captures()) {
      const lines = gunzipSync(readFileSync(join(oracle, `${name}.tsv.gz`)))
        .toString('utf8')
        .split('\n')
      if (lines.at(-1) === '') lines.pop()
      const header = (lines.shift() ?? '').split('\t')
      const capture = await openForReading(join(corpus, name)).catch(() => null)
      if (capture === null) continue
      const fields = header.filter((field) => field !== 'frame.protocols' && findCells([field], capture.registry).ok)
      const found = findCells(fields, capture.registry)
      if (!found.ok || found.cells.length === 0) continue
      const reader = new CellReader(capture.dissection(), found.cells, timeColumn(capture, 'r'))
      const layers = header.indexOf('frame.protocols')
      await runQuery(capture, {
        fields: cellFields(found.cells) ?? [],
        onPacket(packet, dissect) {
          const theirs = (lines[packet - 1] ?? '').split('\t')
          // Taken for CoAP because of the port.
          if (/(^|:)coap($|:)/.test(theirs[layers] ?? '')) return false
          reader.read(dissect())
          fields.forEach((field, i) => {
            cells++
            const mine = reader.values[i]!.map((value) => escapeText(value)).join(',')
            if (mine === (theirs[header.indexOf(field)] ?? '')) equal++
            else wrong.set(field, (wrong.get(field) ?? 0) + 1)
          })
          return false
        },
      })
      capture.close()
    }
    const worst = [...wrong].sort((a, b) => b[1] - a[1]).slice(0, 12)
    console.info(
      `${equal} of ${cells} cells as tshark: ${(equal / cells).toFixed(5)}. Most often different: ${worst.map((w) => w.join(' ')).join(', ')}`,
    )
    // Reached so far; what is missing are protocols that are not taken apart yet (tunnels above all).
    expect(equal / cells).toBeGreaterThan(0.98)
  })
})
