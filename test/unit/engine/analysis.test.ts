// How connections behave, as far as the engine decides on it: when it is worked out, and that what it says stays said.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Dissection } from '../../../src/core/dissect.ts'
import { valueText } from '../../../src/core/value.ts'
import { Capture } from '../../../src/engine/capture.ts'
import { type Query, runQuery } from '../../../src/engine/query.ts'
import { registry } from '../../../src/engine/registry.ts'
import { createWriter, openCapture } from '../../../src/files/index.ts'
import { Talk } from '../protocols/talk.ts'
import { CAPTURES, packetsOf } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-analysis-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A file of Ethernet packets, a tenth of a second apart. */
function written(packets: readonly Uint8Array[]): string {
  const path = join(folder, 'packets.pcapng')
  const writer = createWriter(path, { format: 'pcapng', interfaces: [{ linkType: 1 }] })
  packets.forEach((bytes, i) => {
    writer.packet(bytes, 0, bytes.length, bytes.length, 1_700_000_000 + Math.floor(i / 10), (i % 10) * 1e8, 0)
  })
  writer.close()
  return path
}

/** Opens a capture of which nothing was read yet. */
async function withFresh<T>(path: string, use: (capture: Capture) => T | Promise<T>): Promise<T> {
  const capture = new Capture(await openCapture(path), { strict: true })
  try {
    return await use(capture)
  } finally {
    capture.close()
  }
}

/** Asks a query of a fresh capture; what the last packet then says of its connection, -1 for nothing. */
function completenessAfter(query: Omit<Query, 'onPacket'>): Promise<number> {
  return withFresh(join(CAPTURES, 'plain.pcapng'), async (capture) => {
    await runQuery(capture, { ...query, onPacket: () => undefined })
    const d = capture.dissection()
    capture.record(d, capture.index.count)
    const row = d.rows.field.subarray(0, d.rows.count).indexOf(registry.find('tcp.completeness')![0]!.id)
    return row < 0 ? -1 : d.rows.value[row]!
  })
}

describe('how connections behave', () => {
  const fields = registry.find('tcp.stream')!

  it('is known of a capture that is dissected in full after a query that did not need it', async () => {
    expect(await completenessAfter({ fields })).toBeGreaterThan(0)
    expect(await completenessAfter({ fields: [] })).toBeGreaterThan(0)
  })

  it('is left out where nothing but such a query will be asked, and only there', async () => {
    expect(await completenessAfter({ fields, alone: true })).toBe(-1)
    expect(await completenessAfter({ fields: registry.find('tcp.analysis.flags')!, alone: true })).toBeGreaterThan(0)
    expect(await completenessAfter({ alone: true })).toBeGreaterThan(0)
  })

  it('does not matter for the stream of a segment that an error quotes', async () => {
    const talk = new Talk().open().client('to a port that is closed')
    const quoted = talk.packets[3]!.bytes.subarray(14, 14 + 40)
    const error = Uint8Array.of(...talk.packets[1]!.bytes.subarray(0, 34), 3, 3, 0, 0, 0, 0, 0, 0, ...quoted)
    error[14 + 3] = 20 + 8 + quoted.length
    error[14 + 9] = 1
    const path = written([...talk.packets.map(({ bytes }) => bytes), error])
    for (const alone of [true, false]) {
      const streams = await withFresh(path, async (capture) => {
        const found: number[] = []
        await runQuery(capture, {
          ...{ fields, alone },
          onPacket(_packet, dissect) {
            const { rows } = dissect()
            found.push(rows.field.subarray(0, rows.count).indexOf(fields[0]!.id) < 0 ? -1 : rows.value[0]!)
            return false
          },
        })
        expect(capture.memory.tcp.analysis === null).toBe(alone)
        return found
      })
      expect(streams).toEqual([0, 0, 0, 0, 0])
    }
  })
})

/** What TCP says of a packet that depends on other packets. */
function analysed(d: Dissection): string[] {
  const { rows } = d
  const told: string[] = []
  for (let row = 0; row < rows.count; row++) {
    const field = registry.fields[rows.field[row]!]!
    if (field.analysed) told.push(`${field.name} ${valueText(field, rows, row, d.sources)}`)
  }
  return told
}

it('says of a packet the same as soon as it is read, at the end, and in any order', async () => {
  const recordings = await Promise.all(['plain.pcapng', 'tls13.pcapng'].map((name) => packetsOf(join(CAPTURES, name))))
  const change = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.nat(), fc.nat())
  let told = 0
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(change, { maxLength: 20 }), async (pick, changes) => {
      const packets = [...recordings[pick % recordings.length]!]
      for (const [kind, from, to] of changes) {
        const at = from % packets.length
        // Sent again, lost, overtaken.
        if (kind === 0) packets.splice(to % packets.length, 0, packets[at]!)
        else if (packets.length > 1) {
          const [moved] = packets.splice(at, 1)
          if (kind === 2) packets.splice(to % packets.length, 0, moved!)
        }
      }
      await withFresh(written(packets), (capture) => {
        const d = capture.dissection()
        const atOnce: string[][] = []
        while (capture.step(1) === 'more') {
          const packet = capture.index.count
          if (packet === 0) continue
          capture.record(d, packet)
          atOnce[packet] = analysed(d)
        }
        for (let packet = capture.index.count; packet > 0; packet--) {
          capture.record(d, packet)
          expect(analysed(d)).toEqual(atOnce[packet] ?? [])
          told += analysed(d).filter((text) => text.startsWith('tcp.analysis.flags')).length
        }
      })
    }),
    { seed: 5683, numRuns: 30 },
  )
  expect(told).toBeGreaterThan(30)
})
