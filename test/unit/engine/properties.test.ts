// What holds for any packet, however damaged: nothing throws, rows lie inside their source, the same rows come in any order, and nothing
// that reaches a front end holds a control character.

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Dissection } from '../../../src/core/dissect.ts'
import { TreeText, treeOrder } from '../../../src/core/tree.ts'
import { valueText } from '../../../src/core/value.ts'
import type { Capture } from '../../../src/engine/capture.ts'
import { Detail } from '../../../src/engine/detail.ts'
import { summarise } from '../../../src/engine/lines.ts'
import { packetsOf, recordings, withCapture } from './support.ts'

let conversations: Uint8Array[][] = []

beforeAll(async () => {
  conversations = await Promise.all(recordings().map(packetsOf))
})

/** A recording with some packets damaged: bytes overwritten, cut, repeated, left out, in another order. */
function damaged(pick: number, changes: readonly (readonly [number, number, number, number])[]): Uint8Array[] {
  const packets = conversations[pick % conversations.length]!.map((bytes) => bytes.slice())
  for (const [kind, at, place, value] of changes) {
    const i = at % packets.length
    const bytes = packets[i]!
    const offset = bytes.length === 0 ? 0 : place % bytes.length
    if (kind === 0) bytes[offset] = value
    else if (kind === 1) packets[i] = bytes.slice(0, offset)
    else if (kind === 2) packets.splice(place % packets.length, 0, bytes.slice())
    else if (kind === 3 && packets.length > 1) packets.splice(i, 1)
    else if (kind === 4) packets[i] = Uint8Array.of(...bytes.subarray(0, offset), value, value ^ 0xff, ...bytes.subarray(offset))
    else bytes.fill(value, offset, Math.min(bytes.length, offset + 4))
  }
  return packets
}

const change = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }))
const scenario = fc.tuple(fc.nat(), fc.array(change, { minLength: 1, maxLength: 12 }))
const settings = { seed: 5683, numRuns: 100 }

function rowsOf(d: Dissection): string[] {
  const { rows, registry } = d
  return treeOrder(d).map((row) => {
    const field = registry.fields[rows.field[row]!]!
    const value = valueText(field, rows, row, d.sources)
    return `${rows.depth[row]} ${field.name} ${rows.source[row]}:${rows.start[row]}+${rows.length[row]} ${value}`
  })
}

function record(capture: Capture, packet: number): Dissection {
  const d = capture.dissection()
  capture.record(d, packet)
  return d
}

describe('any packet', () => {
  it('is dissected without an exception, and its rows lie inside their source and under their parent', async () => {
    let looked = 0
    await fc.assert(
      fc.asyncProperty(scenario, async ([pick, changes]) => {
        await withCapture(damaged(pick, changes), (capture) => {
          for (let packet = 1; packet <= capture.index.count; packet++) {
            const d = record(capture, packet)
            const { rows } = d
            for (let row = 0; row < rows.count; row++) {
              if (rows.start[row]! + rows.length[row]! > d.sources[rows.source[row]!]!.length)
                throw new Error(`row ${row} of ${packet} is too long`)
            }
            let depth = -1
            for (const row of treeOrder(d)) {
              if (rows.depth[row]! > depth + 1) throw new Error(`row ${row} of ${packet} has no parent`)
              depth = rows.depth[row]!
            }
            looked += rows.count
          }
        })
      }),
      settings,
    )
    expect(looked).toBeGreaterThan(10_000)
  })

  it('has the same rows whatever was dissected before it', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.infiniteStream(fc.nat()), async ([pick, changes], order) => {
        await withCapture(damaged(pick, changes), (capture) => {
          const { count } = capture.index
          const first = Array.from({ length: count }, (_, i) => rowsOf(record(capture, i + 1)))
          const d = capture.dissection()
          for (const next of [...order.take(20)]) {
            const packet = (next % count) + 1
            capture.record(d, packet)
            expect(rowsOf(d)).toEqual(first[packet - 1])
          }
        })
      }),
      { ...settings, numRuns: 60 },
    )
  })

  it('shows no control character, and every byte leads to a row that covers it', async () => {
    const control = /[\u0000-\u001f\u007f-\u009f]/
    await fc.assert(
      fc.asyncProperty(scenario, async ([pick, changes]) => {
        await withCapture(damaged(pick, changes), (capture) => {
          for (let packet = 1; packet <= capture.index.count; packet++) {
            const summary = summarise(record(capture, packet))
            expect(Object.values(summary).join('')).not.toMatch(control)
            const detail = new Detail(capture, packet)
            expect(detail.rows.map((row) => row.text).join('')).not.toMatch(control)
            for (let byte = 0; byte < detail.sources[0]!.bytes.length; byte += 7) {
              const row = detail.rows[detail.rowAt(0, byte)]
              if (row !== undefined && (row.start > byte || row.start + row.length <= byte))
                throw new Error(`row ${row.id} misses byte ${byte}`)
            }
          }
        })
      }),
      { ...settings, numRuns: 40 },
    )
  })

  it('is dissected at every length that a capture may cut it to', async () => {
    for (const packets of conversations) {
      const longest = packets.reduce((a, b) => (b.length > a.length && b.length < 2000 ? b : a), packets[0]!)
      const step = Math.max(1, Math.floor(longest.length / 300))
      const cuts = Array.from({ length: longest.length + 1 }, (_, length) => longest.slice(0, length)).filter(
        (_, i) => i % step === 0 || i < 120,
      )
      await withCapture(
        cuts,
        (capture) => {
          for (let packet = 1; packet <= capture.index.count; packet++) {
            const d = record(capture, packet)
            const text = new TreeText(d)
            expect(treeOrder(d).map((row) => text.of(row))).not.toContain('')
          }
        },
        { lengths: cuts.map(() => longest.length) },
      )
    }
  })
})
