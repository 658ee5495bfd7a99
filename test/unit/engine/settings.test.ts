// What the user tells protocols reaches them: a Fernet key opens the tokens of a capture.

import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { Detail } from '../../../src/engine/detail.ts'
import { openForReading, readSettings } from '../../../src/engine/printing.ts'

const TOKENS = resolve(import.meta.dirname, '../../../captures/tokens.pcapng')
/** The key of captures/README.md. */
const KEY = 'YSBrZXkgdGhhdCBzZXJ2ZXIgJiBjbGllbnQgc2hhcmU='

async function messages(keys: readonly string[]): Promise<string[]> {
  const read = readSettings({ fernetKeys: keys })
  if (!read.ok) throw new Error(read.message)
  const capture = await openForReading(TOKENS, { strict: true, settings: read.settings })
  while (capture.step(1000) === 'more');
  const shown: string[] = []
  for (let packet = 1; packet <= capture.index.count; packet++)
    for (const row of new Detail(capture, packet).rows)
      if (row.name === 'fernet.message' || row.name === 'fernet.valid') shown.push(row.text)
  capture.close()
  return shown
}

it('a key opens the tokens, another one does not, and without one nothing is said of validity', async () => {
  expect((await messages([` ${KEY}\n`])).slice(0, 4)).toEqual([
    '[Valid: True]',
    'Message: fluffy tail',
    '[Valid: True]',
    'Message: fluffy tail',
  ])
  const other = 'ASBrZXkgdGhhdCBzZXJ2ZXIgJiBjbGllbnQgc2hhcmU='
  expect(new Set(await messages([other]))).toEqual(new Set(['[Valid: False]']))
  expect(await messages([])).toEqual([])
})

it('a text that is no key is refused with its remedy', () => {
  expect(readSettings({ fernetKeys: ['hunter2'] })).toEqual({
    ok: false,
    message: 'This is no Fernet key. Give 32 bytes in base64url, 44 characters, as wiretail fernet key makes them.',
  })
})
