// Keys that come after the packets: an open session goes through them once more.

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openFile } from '../../../src/engine/index.ts'
import { createWriter } from '../../../src/files/index.ts'
import { packetsOf, recordTls } from '../protocols/tls-live.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-renewal-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Asks until the answer is yes, for some seconds at the most. */
async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !what(); i++) await new Promise((done) => setTimeout(done, 50))
  expect(what()).toBe(true)
}

it('opens what was indexed before its keys were written', async () => {
  const [recorded] = await recordTls({})
  const path = join(folder, 'live.pcapng')
  const keys = join(folder, 'keys.txt')
  writeFileSync(keys, '')
  const writer = createWriter(path, { format: 'pcapng', interfaces: [{ linkType: 1 }] })
  const packets = packetsOf([recorded!])
  for (const { bytes } of packets) writer.packet(bytes, 0, bytes.length, bytes.length, 1_700_000_000, 0, 0)
  writer.close()
  const session = await openFile(path, { follow: true, settings: new Map([['tls.keylog', [keys]]]) })
  try {
    let told = 0
    session.subscribe(() => {
      told++
    })
    const view = session.select('http')
    const all = session.select('')
    await until(() => session.status().packets === packets.length)
    const protocols = (): string[] => session.lines(all, 0, 100, 'r').map(({ protocol }) => protocol)
    expect(protocols()).not.toContain('HTTP')
    const half = Math.floor(recorded!.keys.join('').length / 2)
    appendFileSync(keys, recorded!.keys.join('').slice(0, half))
    appendFileSync(keys, recorded!.keys.join('').slice(half))
    await until(() => protocols().includes('HTTP'))
    expect(told).toBeGreaterThan(0)
    expect(view.filter).toBe('http')
    const filtered = session.select('http')
    await until(() => filtered.count === 2)
    // A session that was opened is left alone.
    const memory = session.capture.memory
    appendFileSync(keys, `CLIENT_RANDOM ${'00'.repeat(32)} ${'11'.repeat(48)}\n`)
    await new Promise((done) => setTimeout(done, 700))
    expect(session.capture.memory).toBe(memory)
  } finally {
    await session.close()
  }
})
