// Keys of TLS as front ends give them: what is wrong with one is told in a line, and what they opened is told afterwards.

import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Capture } from '../../../src/engine/capture.ts'
import { NO_KEYS } from '../../../src/engine/exposure/index.ts'
import { searchSecret } from '../../../src/engine/exposure/verdict.ts'
import { sealedSessions, tellKeys } from '../../../src/engine/sealed.ts'
import { readSettings, type SettingTexts } from '../../../src/engine/settings.ts'
import { createWriter, openCapture } from '../../../src/files/index.ts'
import { CAPTURES } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

const put = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function opened<T>(file: string, texts: SettingTexts, use: (capture: Capture) => T): Promise<T> {
  const read = readSettings(texts)
  if (!read.ok) throw new Error(read.message)
  const capture = new Capture(await openCapture(file), { strict: true, settings: read.settings })
  try {
    while (capture.step(1000) === 'more');
    return use(capture)
  } finally {
    capture.close()
  }
}

const log = (name: string): string => `${CAPTURES}${name}.keys.txt`
const recording = (name: string): string => `${CAPTURES}${name}.pcapng`

describe('keys that cannot be used', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  it.each<[string, SettingTexts, RegExp]>([
    ['a key log that is missing', { keyLogs: [join(folder, 'none')] }, /is not there\. .*--keylog FILE$/],
    ['a folder', { keyLogs: [folder] }, /is a folder\. /],
    ['no key log', { keyLogs: [put('words.txt', 'fluffy tail\n')] }, /holds no TLS secrets\. /],
    ['a locked key', { rsaKeys: [put('locked.pem', String(locked))] }, /is locked with a passphrase\. .*openssl rsa/],
    ['a key of another kind', { rsaKeys: [put('curve.pem', String(curve))] }, /is no RSA key, and only RSA keys open recorded traffic\. /],
    ['no key', { rsaKeys: [put('text.pem', 'no key')] }, /holds no private key in PEM\. /],
    ['no digits', { sharedKeys: ['squirrel'] }, /no pre-shared key\. .*--psk/],
  ])('%s', (_what, texts, message) => {
    const read = readSettings(texts)
    expect(read.ok).toBe(false)
    if (!read.ok) expect(read.message).toMatch(message)
  })

  it('a key log with its heading only, or one that the environment names and that is not there yet, is none of them', () => {
    expect(readSettings({ keyLogs: [put('heading.txt', '# secrets log file\n')] }).ok).toBe(true)
    expect(readSettings({ expectedKeyLog: join(folder, 'later.txt') }).ok).toBe(true)
  })
})

describe('keys that were given', () => {
  it('are counted by the sessions that they opened', async () => {
    await opened(recording('tls13'), { keyLogs: [log('tls13'), log('tls12')] }, (capture) => {
      expect(tellKeys(capture)).toEqual([
        'tls13.keys.txt opened 1 of 1 TLS session.',
        'tls12.keys.txt opened none of 1 TLS session. Give the key log that was written while this was captured.',
      ])
      expect(sealedSessions(capture)).toMatchObject([{ stream: 0, decrypted: true, whyNot: null, from: 'tls13.keys.txt', shut: 0 }])
    })
    await opened(recording('plain'), { keyLogs: [log('tls12')] }, (capture) => {
      expect(tellKeys(capture)).toEqual(['tls12.keys.txt opened nothing: there is no sealed TLS session in this capture.'])
    })
  })

  it('are not talked of when the environment named them', async () => {
    await opened(recording('tls13'), { expectedKeyLog: log('tls12') }, (capture) => {
      expect(tellKeys(capture)).toEqual([])
      expect(sealedSessions(capture)).toMatchObject([{ decrypted: false, whyNot: 'no key for this client random', opened: 0 }])
    })
  })

  it.each(['tls12', 'tls13'])('find the secret that %s hides', async (name) => {
    await opened(recording(name), {}, (capture) => {
      expect(searchSecret(capture, 'fluffy tail', NO_KEYS).verdict.withKeys).toBe(false)
    })
    await opened(recording(name), { keyLogs: [log(name)] }, (capture) => {
      const { verdict } = searchSecret(capture, 'fluffy tail', NO_KEYS)
      expect(verdict).toMatchObject({ afterTrivial: false, withKeys: true })
      expect(verdict.where).toMatchObject([{ how: 'tls' }])
    })
  })

  it('may come with the capture', async () => {
    const path = join(folder, 'secrets.pcapng')
    const secrets = new Uint8Array(readFileSync(log('tls12')))
    const source = await opened(recording('tls12'), {}, (capture) =>
      Array.from({ length: capture.index.count }, (_, i) => capture.bytes(i + 1)),
    )
    const writer = createWriter(path, { format: 'pcapng', interfaces: [{ linkType: 1 }] })
    writer.secrets(0x544c534b, secrets)
    for (const bytes of source) writer.packet(bytes, 0, bytes.length, bytes.length, 1_700_000_000, 0, 0)
    writer.close()
    await opened(path, {}, (capture) => {
      expect(sealedSessions(capture)).toMatchObject([{ decrypted: true, from: 'the capture file' }])
    })
  })
})
