// Every sealed record and every Fernet token of the bundled captures says who sealed it, how long the inside is, and what opens it.

import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { valueText } from '../../../src/core/value.ts'
import { LESSON_KEY } from '../../../src/demo/scenes/keys.ts'
import type { Capture } from '../../../src/engine/capture.ts'
import { readSettings } from '../../../src/engine/settings.ts'
import { indexed, recordings } from './support.ts'

interface Sealed {
  /** Text of the record's row. */
  readonly record: string
  readonly seal: string
}

/** All TLS records, each with the sentence on it; '' where there is none. */
function recordsOf(capture: Capture): Sealed[] {
  const d = capture.dissection()
  const found: Sealed[] = []
  for (let packet = 1; packet <= capture.index.count; packet++) {
    capture.record(d, packet)
    const { rows, registry, sources } = d
    for (let row = 0; row < rows.count; row++) {
      const field = registry.fields[rows.field[row]!]!
      if (field.name === 'tls.record') found.push({ record: rows.texts.get(row) ?? '', seal: '' })
      else if (field.name === 'wiretail.tls.seal')
        found[found.length - 1] = { ...found.at(-1)!, seal: valueText(field, rows, row, sources) }
    }
  }
  return found
}

const captures = recordings().map((path) => ({ path, name: path.replace(/.*\//, '') }))

async function withKeys(path: string): Promise<Capture> {
  const beside = (kind: string): string[] => [path.replace(/\.pcapng$/, kind)].filter((file) => existsSync(file))
  const read = readSettings({ fernetKeys: [LESSON_KEY], keyLogs: beside('.keys.txt'), rsaKeys: beside('.key.pem') })
  if (!read.ok) throw new Error(read.message)
  return indexed(path, read.settings)
}

describe('sealed records', () => {
  test.each(captures)('of $name: who sealed each, how long the inside is, what opens it', async ({ path }) => {
    const [shut, given] = [await indexed(path), await withKeys(path)]
    const [without, opened] = [recordsOf(shut), recordsOf(given)]
    shut.close()
    given.close()
    const sealed = without.filter(({ record }) => /Application Data|Encrypted/.test(record))
    expect(sealed.filter(({ seal }) => !/^Sealed by the (client|server)\b.* \d+ bytes? inside.* would open it/.test(seal))).toEqual([])
    expect(without.filter(({ seal }) => seal !== '')).toHaveLength(sealed.length)
    // Keys make no record more, and no record less, a sealed one.
    const told = opened.filter(({ seal }) => seal !== '')
    expect(told).toHaveLength(sealed.length)
    const whole =
      /^Sealed by the (client|server) with TLS_\w+\. (\d+ bytes? inside, opened with .+ from .+\.|.*\d+ bytes? inside.* would open it)/
    if (existsSync(path.replace(/\.pcapng$/, '.keys.txt'))) expect(told.filter(({ seal }) => !whole.test(seal))).toEqual([])
  })

  test('there are some, and most can be told of with a key', async () => {
    const counts = await Promise.all(
      captures.map(async ({ path }) => recordsOf(await withKeys(path)).filter(({ seal }) => /opened with/.test(seal)).length),
    )
    expect(counts.filter((count) => count > 0).length).toBeGreaterThanOrEqual(4)
  })
})
