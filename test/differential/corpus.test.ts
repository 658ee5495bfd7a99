// Every capture of the corpus, malformed ones included: each packet is indexed, dissected in full and put into words; nothing throws,
// hangs, or lets a control character through; and what the index says of streams and layers agrees with the full dissection. Without
// the corpus this is skipped, and says so.

import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TreeText } from '../../src/core/tree.ts'
import { LayerView } from '../../src/core/view.ts'
import { Capture } from '../../src/engine/capture.ts'
import { Detail } from '../../src/engine/detail.ts'
import { summarise } from '../../src/engine/lines.ts'
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
})
