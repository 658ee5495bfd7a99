// What the fuzzer found once (npm run fuzz) stays mended: each file in test/fuzz/found is judged again, as it judged it.

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { damagePackets, readOriginal } from '../../fuzz/cases.ts'
import { judge, writeCase } from '../../fuzz/judge.ts'
import { randomFrom } from '../../fuzz/random.ts'
import { recordings } from './support.ts'

const found = fileURLToPath(new URL('../../fuzz/found/', import.meta.url))
const files = existsSync(found) ? readdirSync(found).filter((name) => name.endsWith('.pcapng')) : []
const folder = mkdtempSync(join(tmpdir(), 'wiretail-fuzzed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the fuzzer', () => {
  it.each(files)('finds nothing in %s any more', async (name) => {
    for (let seed = 0; seed < 3; seed++) expect(await judge(join(found, name), join(folder, 'out'), randomFrom(seed))).toBeNull()
  })

  it('finds nothing in packets that it damages here', async () => {
    const originals = await Promise.all(recordings().map(readOriginal))
    let cases = 0
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomFrom(seed)
      const one = originals[seed % originals.length]
      const other = originals[(seed * 7) % originals.length]
      if (one == null || other == null) continue
      const path = join(folder, 'case')
      writeCase(path, damagePackets(one, other, random))
      expect(await judge(path, join(folder, 'out'), random), `seed ${seed}`).toBeNull()
      cases++
    }
    expect(cases).toBe(20)
  })

  it('names what a broken capture would do', async () => {
    // The judge itself must be able to fail: a printer cannot print into a folder.
    expect(await judge(recordings()[0]!, folder, randomFrom(1))).toMatch(/^throws: .*EISDIR/)
  })
})
