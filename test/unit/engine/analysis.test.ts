import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Capture } from '../../../src/engine/capture.ts'
import { type Query, runQuery } from '../../../src/engine/query.ts'
import { registry } from '../../../src/engine/registry.ts'
import { openCapture } from '../../../src/files/index.ts'
import { CAPTURES } from './support.ts'

/** Asks a query of a capture of which nothing was read yet; what the last packet then says of its connection, -1 for nothing. */
async function completenessAfter(query: Omit<Query, 'onPacket'>): Promise<number> {
  const capture = new Capture(await openCapture(join(CAPTURES, 'plain.pcapng')), { strict: true })
  try {
    await runQuery(capture, { ...query, onPacket: () => undefined })
    const d = capture.dissection()
    capture.record(d, capture.index.count)
    const row = d.rows.field.subarray(0, d.rows.count).indexOf(registry.find('tcp.completeness')![0]!.id)
    return row < 0 ? -1 : d.rows.value[row]!
  } finally {
    capture.close()
  }
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
})
