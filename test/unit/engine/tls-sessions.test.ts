// The TLS sessions of captures: the shape that scripts rely on, with and without keys, and the text form.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sessionsText } from '../../../src/cli/stats/tls.ts'
import { readPem } from '../../../src/crypto/pem.ts'
import { readChains, type ShownChain } from '../../../src/engine/certificates.ts'
import { openForReading, prepareFilter, readSettings } from '../../../src/engine/printing.ts'
import { describeCertificate, readTlsSessions, type TlsReport } from '../../../src/engine/tls-sessions.ts'
import { CAPTURES } from './support.ts'

async function sessions(path: string, keylog = '', filter = ''): Promise<TlsReport[]> {
  const settings = readSettings(keylog === '' ? {} : { keyLogs: [keylog] })
  if (!settings.ok) throw new Error(settings.message)
  const prepared = filter === '' ? null : prepareFilter(filter)
  if (prepared !== null && !prepared.ok) throw new Error(prepared.message)
  const capture = await openForReading(path, { strict: true, settings: settings.settings })
  try {
    return await readTlsSessions(capture, prepared?.filter ?? null)
  } finally {
    capture.close()
  }
}

const KEYS = ['stream', 'client', 'server', 'sni', 'alpn', 'versionsOffered', 'version', 'cipher', 'group', 'helloRetryRequest', 'resumed']
const REST = ['earlyData', 'alerts', 'certificates', 'clientCertificates', 'decrypted', 'whyNot', 'failure', 'bytes']

describe('sessions as data', () => {
  test('have every key, also where nothing is known', async () => {
    for (const { session } of [...(await sessions(`${CAPTURES}tls13.pcapng`)), ...(await sessions(`${CAPTURES}failures.pcapng`))]) {
      expect(Object.keys(session)).toEqual([...KEYS, ...REST])
      expect(Object.values(session)).not.toContain(undefined)
    }
  })

  test('of TLS 1.3 without keys show what the hellos show', async () => {
    const [{ session } = fail()] = await sessions(`${CAPTURES}tls13.pcapng`)
    expect(session).toMatchObject({
      ...{
        stream: 0,
        sni: 'localhost',
        version: 'TLS 1.3',
        cipher: 'TLS_AES_256_GCM_SHA384',
        group: 'x25519',
        versionsOffered: ['TLS 1.3', 'TLS 1.2'],
      },
      ...{ alpn: { offered: ['http/1.1'], chosen: null }, certificates: [], alerts: [], resumed: false, failure: null },
      ...{ decrypted: false, whyNot: 'no keys were given' },
    })
  })

  test('of TLS 1.3 with keys show certificates and alerts', async () => {
    const [{ session } = fail()] = await sessions(`${CAPTURES}tls13.pcapng`, `${CAPTURES}tls13.keys.txt`)
    expect(session).toMatchObject({ decrypted: true, whyNot: null, alpn: { chosen: 'http/1.1' } })
    expect(session.alerts).toEqual([
      { packet: 12, from: 'server', level: 'warning', description: 'close_notify', sealed: true },
      { packet: 15, from: 'client', level: 'warning', description: 'close_notify', sealed: true },
    ])
    expect(session.certificates).toHaveLength(1)
    expect(session.certificates[0]).toMatchObject({
      subject: 'C=US, ST=Maryland, L=Baltimore, O=My Company, CN=localhost',
      ...{ notBefore: '2026-11-23T19:30:08Z', san: ['localhost', '127.0.0.1'], ca: true, key: 'RSA-2048' },
    })
  })

  test('tell which alert ended them', async () => {
    const found = (await sessions(`${CAPTURES}failures.pcapng`)).map(({ session }) => session.failure?.cause ?? null)
    expect(found).toContain('protocol_version')
    expect(found).toContain('certificate_expired')
  })

  test('are chosen by a filter', async () => {
    const all = await sessions(`${CAPTURES}failures.pcapng`)
    const some = await sessions(`${CAPTURES}failures.pcapng`, '', 'tls.alert_message.desc == 70')
    expect(all.length).toBeGreaterThan(some.length)
    expect(some.map(({ session }) => session.alerts[0]?.description)).toEqual(['protocol_version'])
  })

  test('of a capture without TLS are none', async () => {
    expect(await sessions(`${CAPTURES}plain.pcapng`)).toEqual([])
    expect(sessionsText([])).toBe('There is no TLS in this capture.\n')
  })

  test('a damaged certificate has only its hash', () => {
    const certificate = describeCertificate(Uint8Array.of(0x30, 0x80))
    expect(certificate).toMatchObject({ subject: null, issuer: null, key: null, san: [] })
    expect(certificate.sha256).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('sessions as text', () => {
  test('fit 80 columns and judge certificates by the time of the capture', async () => {
    const text = sessionsText(await sessions(`${CAPTURES}failures.pcapng`))
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(text).toContain('expired when captured, for 30 days')
    expect(text).toContain('valid when captured')
    expect(text).toMatch(/repair {6}Renew the certificate of the server\./)
  })

  test('say which key log opened them', async () => {
    expect(readFileSync(`${CAPTURES}tls12.keys.txt`, 'utf8')).toContain('CLIENT_RANDOM')
    expect(sessionsText(await sessions(`${CAPTURES}tls12.pcapng`, `${CAPTURES}tls12.keys.txt`))).toContain('opened with tls12.keys.txt')
  })
})

describe('chains as PEM', () => {
  const chains = async (path: string, stream = -1): Promise<ShownChain[]> => {
    const capture = await openForReading(path, { strict: true })
    try {
      return await readChains(capture, null, stream)
    } finally {
      capture.close()
    }
  }

  test('hold what was sent, of both sides, and read back as the same bytes', async () => {
    const [server, client] = await chains(`${CAPTURES}mutual.pcapng`)
    expect([server?.from, client?.from]).toEqual(['server', 'client'])
    expect(client?.certificates[0]?.subject).toBe('CN=squirrel,O=My Company')
    for (const { pem, sha256 } of [...(server?.certificates ?? []), ...(client?.certificates ?? [])]) {
      const [block] = readPem(pem)
      expect(block?.label).toBe('CERTIFICATE')
      expect(createHash('sha256').update(block!.bytes).digest('hex')).toBe(sha256)
    }
  })

  test('are those of the stream that is asked for', async () => {
    const all = await chains(`${CAPTURES}failures.pcapng`)
    expect(new Set(all.map(({ stream }) => stream)).size).toBeGreaterThan(1)
    expect((await chains(`${CAPTURES}failures.pcapng`, 1)).map(({ stream }) => stream)).toEqual([1])
  })
})

function fail(): TlsReport {
  throw new Error('there is no session')
}
