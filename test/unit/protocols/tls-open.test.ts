// TLS opened with keys: every family of suites that node speaks, from real connections.

import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Capture } from '../../../src/engine/capture.ts'
import { openCapture } from '../../../src/files/index.ts'
import { Talk } from './talk.ts'
import {
  ask,
  httpMessages,
  type LiveOptions,
  layersOf,
  NO_ENCRYPT_THEN_MAC,
  NO_EXTENDED_MASTER_SECRET,
  NO_TICKET,
  packetsOf,
  recordTls,
  rowsOf,
  SERVER_KEY,
  sealsOf,
  withKeys,
} from './tls-live.ts'

const KEPT = fileURLToPath(new URL('../../captures/keys/', import.meta.url))
const SECURITY = ':@SECLEVEL=0'
type Version = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

/** Suites of TLS 1.3 are named beside those of the other versions. */
const speaking = (version: Version, suite: string, secureOptions = 0, more: object = {}): LiveOptions => {
  const ciphers = (version === 'TLSv1.3' ? `${suite}:AES128-SHA` : suite) + SECURITY
  const both = { minVersion: version, maxVersion: version, ciphers, secureOptions, dhparam: 'auto', ...more } as const
  return { server: both, client: both }
}

/** Every sealed record was opened, and the request and its answer are there. */
function expectOpened(seals: readonly string[], messages: number, wanted = 2): void {
  expect(seals.length).toBeGreaterThan(1)
  expect(seals.filter((seal) => !seal.includes('opened with'))).toEqual([])
  expect(messages).toBe(wanted)
}

const SUITES: readonly (readonly [Version, string, number])[] = [
  ['TLSv1.3', 'TLS_AES_128_GCM_SHA256', 0],
  ['TLSv1.3', 'TLS_AES_256_GCM_SHA384', 0],
  ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256', 0],
  ['TLSv1.3', 'TLS_AES_128_CCM_SHA256', 0],
  ['TLSv1.3', 'TLS_AES_128_CCM_8_SHA256', 0],
  ['TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256', 0],
  ['TLSv1.2', 'DHE-RSA-AES256-GCM-SHA384', 0],
  ['TLSv1.2', 'ECDHE-RSA-CHACHA20-POLY1305', 0],
  ['TLSv1.2', 'AES128-CCM', 0],
  ['TLSv1.2', 'AES256-CCM8', 0],
  ['TLSv1.2', 'AES128-SHA', 0],
  ['TLSv1.2', 'AES128-SHA', NO_ENCRYPT_THEN_MAC],
  ['TLSv1.2', 'AES256-SHA256', 0],
  ['TLSv1.2', 'ECDHE-RSA-AES256-SHA384', NO_ENCRYPT_THEN_MAC],
  ['TLSv1.2', 'ECDHE-RSA-AES256-SHA384', 0],
  ['TLSv1.2', 'CAMELLIA128-SHA256', 0],
  ['TLSv1.2', 'ARIA128-GCM-SHA256', 0],
  ['TLSv1.2', 'NULL-SHA256', 0],
  ['TLSv1.1', 'AES256-SHA', 0],
  ['TLSv1.1', 'AES256-SHA', NO_ENCRYPT_THEN_MAC],
  ['TLSv1', 'AES128-SHA', 0],
  ['TLSv1', 'AES128-SHA', NO_ENCRYPT_THEN_MAC],
  ['TLSv1', 'ECDHE-RSA-AES256-SHA', NO_EXTENDED_MASTER_SECRET],
]

describe('TLS with a key log', () => {
  it.each(SUITES)('%s %s %s', async (version, ciphers, options) => {
    const [recorded] = await recordTls(speaking(version, ciphers, options))
    await withKeys(packetsOf([recorded!]), { keys: recorded!.keys }, (capture) => {
      expectOpened(sealsOf(capture), httpMessages(capture))
    })
  })

  it('opens a handshake that began with a HelloRetryRequest', async () => {
    const options = speaking('TLSv1.3', 'TLS_AES_128_GCM_SHA256')
    const [recorded] = await recordTls({ ...options, server: { ...options.server, ecdhCurve: 'P-384' } })
    await withKeys(packetsOf([recorded!]), { keys: recorded!.keys }, (capture) => {
      expectOpened(sealsOf(capture), httpMessages(capture))
      const all = Array.from({ length: capture.index.count }, (_, i) => rowsOf(capture, i + 1)).flat()
      expect(all.some((row) => row.includes('Hello Retry Request'))).toBe(true)
    })
  })

  it('opens early data, and what comes behind changes of keys', async () => {
    const capture = new Capture(await openCapture(`${KEPT}early-data-and-updates.pcap`), {
      strict: true,
      settings: new Map([['tls.keylog', [`${KEPT}early-data-and-updates.keys.txt`]]]),
    })
    while (capture.step(1000) === 'more');
    const seals = sealsOf(capture)
    expect(seals.filter((seal) => !seal.includes('opened with'))).toEqual([])
    // The suite was not chosen yet when the early data came.
    expect(seals.filter((seal) => seal.includes('CLIENT_EARLY_TRAFFIC_SECRET'))).toHaveLength(2)
    for (const secret of ['CLIENT_TRAFFIC_SECRET_1', 'CLIENT_TRAFFIC_SECRET_2', 'SERVER_TRAFFIC_SECRET_1'])
      expect(seals.some((seal) => seal.includes(`opened with ${secret} from`))).toBe(true)
    const { opened } = capture.memory
    const texts = Array.from({ length: opened?.count ?? 0 }, (_, record) => {
      const bytes = opened?.inStream(record) === true ? opened.plain(record) : null
      return bytes === null ? '' : Buffer.from(bytes).toString('latin1')
    })
    expect(texts.filter((text) => text !== '')).toEqual(['hello one\n', 'early words\n', 'before\n', 'after the update\n', 'again\n'])
    capture.close()
  })

  it('shows an answer that lasts until the connection ends, though nobody said so inside', async () => {
    const [recorded] = await recordTls({
      ...speaking('TLSv1.3', 'TLS_AES_128_GCM_SHA256'),
      async speak(socket) {
        socket.write('GET /until-the-end HTTP/1.0\r\n\r\n')
        await once(socket, 'data')
      },
    })
    const talk = new Talk(40_000).open()
    // Without the alerts at the end, and with the server's FIN instead.
    const data = recorded!.chunks.filter(({ bytes }) => bytes.length !== 24)
    for (const { from, bytes } of data)
      for (let at = 0; at < bytes.length; at += 1400) talk[from === 0 ? 'client' : 'server'](bytes.subarray(at, at + 1400))
    talk.closeServer()
    await withKeys(talk.packets, { keys: recorded!.keys }, (capture) => {
      expect(httpMessages(capture)).toBe(2)
      expect(layersOf(capture, capture.index.count)).toEqual(['frame', 'eth', 'ip', 'tcp', 'http', 'data'])
      expect(rowsOf(capture, capture.index.count).some((row) => row.includes(' http.response.code 200'))).toBe(true)
    })
  })

  it('opens what was agreed on again inside the connection', async () => {
    const [recorded] = await recordTls({
      ...speaking('TLSv1.2', 'AES128-GCM-SHA256'),
      async speak(socket) {
        await ask(socket)
        await new Promise<void>((done, failed) => socket.renegotiate({}, (error) => (error === null ? done() : failed(error))))
        await ask(socket)
      },
    })
    await withKeys(packetsOf([recorded!]), { keys: recorded!.keys }, (capture) => {
      expectOpened(sealsOf(capture), httpMessages(capture), 4)
      expect(capture.memory.opened?.handshakes).toHaveLength(2)
    })
  })

  it.each([
    ['ticket', 0],
    ['session id', NO_TICKET],
  ])('opens a session resumed by %s with the key of the first one', async (_how, options) => {
    const both = speaking('TLSv1.2', 'AES128-GCM-SHA256', options)
    const recorded = await recordTls(both, both)
    const randoms = recorded.map(({ keys }) => keys[0]?.split(' ')[1])
    expect(new Set(randoms).size).toBe(2)
    await withKeys(packetsOf(recorded), { keys: recorded[0]!.keys }, (capture) => {
      const seals = sealsOf(capture)
      expectOpened(seals, httpMessages(capture), 4)
      expect(seals.some((seal) => seal.includes('the session that is resumed'))).toBe(true)
    })
  })

  it('gives the same rows in any order', async () => {
    const [recorded] = await recordTls({ ...speaking('TLSv1', 'AES128-SHA', NO_ENCRYPT_THEN_MAC), speak: (socket) => ask(socket, 60_000) })
    await withKeys(packetsOf([recorded!]), { keys: recorded!.keys }, (capture) => {
      const { count } = capture.index
      const forwards = Array.from({ length: count }, (_, i) => rowsOf(capture, i + 1))
      const backwards = Array.from({ length: count }, (_, i) => rowsOf(capture, count - i)).reverse()
      expect(backwards).toEqual(forwards)
      expect(forwards.flat().filter((row) => row.includes(' tls.reassembled.length 60'))).toHaveLength(1)
    })
  })
})

describe('TLS with other keys', () => {
  it.each([
    ['TLSv1.2', 'AES128-GCM-SHA256', 0],
    ['TLSv1.2', 'AES256-GCM-SHA384', 0],
    ['TLSv1.2', 'AES128-SHA', NO_EXTENDED_MASTER_SECRET],
    ['TLSv1.1', 'AES128-SHA', 0],
    ['TLSv1', 'AES128-SHA', NO_EXTENDED_MASTER_SECRET],
  ] as const)("the server's RSA key: %s %s %s", async (version, ciphers, options) => {
    const [recorded] = await recordTls(speaking(version, ciphers, options))
    await withKeys(packetsOf([recorded!]), { rsa: SERVER_KEY }, (capture) => {
      const seals = sealsOf(capture)
      expectOpened(seals, httpMessages(capture))
      expect(seals[0]).toContain('the RSA key from server.pem')
    })
  })

  it('an RSA key does not open what Diffie-Hellman agreed on', async () => {
    const [recorded] = await recordTls(speaking('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256'))
    await withKeys(packetsOf([recorded!]), { rsa: SERVER_KEY }, (capture) => {
      expect(httpMessages(capture)).toBe(0)
      expect(sealsOf(capture)[0]).toMatch(
        /no key was given for this session\. A key log with the line CLIENT_RANDOM [0-9a-f]{64} would open it\.$/,
      )
    })
  })

  it.each(['PSK-AES128-GCM-SHA256', 'PSK-AES128-CBC-SHA'])('a shared key: %s', async (suite) => {
    const psk = Buffer.from('6a756e6b', 'hex')
    const both = speaking('TLSv1.2', suite)
    const [recorded] = await recordTls({
      server: { ...both.server, pskCallback: () => psk },
      client: { ...both.client, pskCallback: () => ({ psk, identity: 'squirrel' }) },
    })
    await withKeys(packetsOf([recorded!]), { psk: '6a756e6b' }, (capture) => {
      expectOpened(sealsOf(capture), httpMessages(capture))
    })
  })
})

describe('TLS that stays shut', () => {
  const tls13 = speaking('TLSv1.3', 'TLS_AES_128_GCM_SHA256')
  const random = (keys: readonly string[]): string => keys[0]!.split(' ')[1]!

  it('says that there is no key for this session, and which line would open it', async () => {
    const [first, second] = await recordTls(tls13, speaking('TLSv1.3', 'TLS_AES_128_GCM_SHA256', 0, { session: undefined }))
    await withKeys(packetsOf([first!]), { keys: second!.keys }, (capture) => {
      const seals = sealsOf(capture)
      expect(seals.length).toBeGreaterThan(4)
      for (const seal of seals) expect(seal).toContain(`_TRAFFIC_SECRET_0 ${random(first!.keys)} would open it`)
      expect(httpMessages(capture)).toBe(0)
    })
  })

  it.each([
    ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
    ['TLSv1.2', 'AES128-SHA'],
  ] as const)('says that the key is a wrong one: %s', async (version, suite) => {
    const [recorded] = await recordTls(speaking(version, suite))
    const keys = recorded!.keys.map((line) => line.replace(/[0-9a-f](?=\n$)/, (digit) => (digit === '0' ? '1' : '0')))
    await withKeys(packetsOf([recorded!]), { keys }, (capture) => {
      const seals = sealsOf(capture)
      expect(seals.length).toBeGreaterThan(1)
      for (const seal of seals) expect(seal).toMatch(/from keys\.txt does not open it|the key given does not open it/)
    })
  })

  it('says that the handshake is missing', async () => {
    const [recorded] = await recordTls(tls13)
    const packets = packetsOf([recorded!], (chunks) => chunks.slice(2))
    await withKeys(packets, { keys: recorded!.keys }, (capture) => {
      for (const seal of sealsOf(capture)) expect(seal).toContain('the capture does not have the handshake')
    })
  })

  it('goes on behind a lost segment where the number of the record can be found', async () => {
    const [recorded] = await recordTls({
      ...tls13,
      async speak(socket) {
        for (let i = 0; i < 4; i++) await ask(socket)
      },
    })
    const packets = packetsOf([recorded!])
    const data = packets.flatMap(({ bytes }, i) => (bytes[54] === 0x17 && bytes.length < 200 && bytes[35] === 0x33 ? [i] : []))
    const without = packets.filter((_packet, i) => i !== data[1])
    expect(without).toHaveLength(packets.length - 1)
    await withKeys(without, { keys: recorded!.keys }, (capture) => {
      expect(sealsOf(capture).filter((seal) => !seal.includes('opened with'))).toEqual([])
      expect(httpMessages(capture)).toBeGreaterThanOrEqual(6)
    })
  })
})

describe('hostile bytes with keys', () => {
  /** A generator of numbers that a seed decides. */
  const numbers = (seed: number) => (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed % below
  }

  it.each([
    ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
    ['TLSv1.2', 'AES128-SHA'],
    ['TLSv1', 'AES128-SHA'],
  ] as const)('never throw, and give the same rows in any order: %s', async (version, suite) => {
    const [recorded] = await recordTls({ ...speaking(version, suite), speak: (socket) => ask(socket, 5000) })
    for (let round = 0; round < 25; round++) {
      const pick = numbers(round)
      const packets = packetsOf([recorded!], (chunks) =>
        chunks.flatMap(({ from, bytes }) => {
          const changed = Buffer.from(bytes)
          for (let i = pick(3); i > 0; i--) changed[pick(changed.length)] = pick(256)
          const what = pick(12)
          if (what === 0) return []
          return [{ from, bytes: what === 1 ? changed.subarray(0, 1 + pick(changed.length)) : changed }]
        }),
      )
      await withKeys(packets, { keys: recorded!.keys, rsa: SERVER_KEY }, (capture) => {
        const { count } = capture.index
        const forwards = Array.from({ length: count }, (_, i) => rowsOf(capture, i + 1))
        const backwards = Array.from({ length: count }, (_, i) => rowsOf(capture, count - i)).reverse()
        expect(backwards).toEqual(forwards)
      })
    }
  })

  it('take secrets of any length', async () => {
    const [recorded] = await recordTls(speaking('TLSv1.3', 'TLS_AES_256_GCM_SHA384'))
    for (const length of [1, 16, 32, 64, 128]) {
      const keys = recorded!.keys.map((line) => `${line.split(' ').slice(0, 2).join(' ')} ${'ab'.repeat(length)}\n`)
      await withKeys(packetsOf([recorded!]), { keys }, (capture) => {
        expect(httpMessages(capture)).toBe(0)
        for (const seal of sealsOf(capture)) expect(seal).toContain('It stays shut')
      })
    }
  })

  it('take handshake messages in records of one byte without working themselves to death', async () => {
    const [recorded] = await recordTls(speaking('TLSv1.3', 'TLS_AES_128_GCM_SHA256'))
    // A Certificate of 130 816 bytes begins.
    const first = Buffer.from([22, 3, 3, 0, 4, 11, 1, 0xff, 0])
    const tiny = Buffer.concat([first, ...Array.from({ length: 120_000 }, () => Buffer.from([22, 3, 3, 0, 1, 0]))])
    const packets = packetsOf([recorded!], (chunks) => [...chunks.slice(0, 1), { from: 1 as const, bytes: tiny }])
    const start = performance.now()
    await withKeys(packets, { keys: recorded!.keys }, (capture) => {
      expect(capture.memory.opened?.count).toBeGreaterThan(119_000)
    })
    expect(performance.now() - start).toBeLessThan(8000)
  })

  it('hold no more memory than what is asked for: a message that never ends is not kept', async () => {
    const [recorded] = await recordTls(speaking('TLSv1.3', 'TLS_AES_128_GCM_SHA256'))
    // A handshake message of 16 MB begins, in records that are not sealed.
    const endless = Buffer.concat([Buffer.from([22, 3, 3, 0x40, 0, 11, 0xff, 0xff, 0xff]), Buffer.alloc(0x4000 - 4)])
    const packets = packetsOf([recorded!], (chunks) => [
      ...chunks.slice(0, 2),
      ...Array.from({ length: 40 }, () => ({ from: 1 as const, bytes: endless })),
    ])
    await withKeys(packets, { keys: recorded!.keys }, (capture) => {
      expect(capture.index.count).toBe(packets.length)
      expect(capture.memory.opened?.count).toBeGreaterThan(30)
    })
  })
})
