// What a capture gives away besides the secret: protocols by their bytes, leaks, the class of each byte, round trips, keys.

import { describe, expect, test } from 'vitest'
import { encryptFernet, generateFernetKey, parseFernetKey } from '../../../src/crypto/fernet.ts'
import { keysBeside } from '../../../src/engine/compare/index.ts'
import { CLASS_NAMES, type Exposure, Lens, measureExposure } from '../../../src/engine/exposure/index.ts'
import { isCoap, isCoapOverTcp } from '../../../src/engine/exposure/protocols.ts'
import { answer, chunked, conversation, PAYLOAD, REQUEST, type Segment } from './exposure-support.ts'
import { CAPTURES, indexed, recordings } from './support.ts'

const SECRET = 'fluffy tail'
const FAILURES = new URL('../../captures/failures/', import.meta.url).pathname

async function measure(path: string): Promise<Exposure> {
  const capture = await indexed(path)
  const exposure = measureExposure(capture, { secret: SECRET })
  capture.close()
  return exposure
}

async function written(segments: readonly Segment[]): Promise<Exposure> {
  const capture = await conversation(segments)
  const exposure = measureExposure(capture, { secret: SECRET })
  capture.close()
  return exposure
}

const leak = ({ leaks }: Exposure, what: string): string[] => leaks.filter((one) => one.what === what).map(({ value }) => value)

describe('costs', () => {
  test.each([
    [`${CAPTURES}plain.pcapng`, 10, 2],
    [`${CAPTURES}plain-ipv6.pcapng`, 10, 2],
    [`${CAPTURES}tls12.pcapng`, 0, 4],
    [`${CAPTURES}tls13.pcapng`, 0, 3],
    [`${FAILURES}works-curl-13.pcapng`, 0, 3],
    [`${FAILURES}works-12-mutual.pcapng`, 0, 4],
    [`${FAILURES}refused.pcapng`, 2, 1],
    [`${FAILURES}client-certificate-required-openssl-13.pcapng`, 0, 2],
  ])('%s', async (path, packets, trips) => {
    const exposure = await measure(path)
    if (packets > 0) expect(exposure.packets).toBe(packets)
    expect(exposure.roundTrips).toBe(trips)
    expect(exposure.milliseconds).toBeGreaterThan(0)
    expect(exposure.bytes).toBeGreaterThan(exposure.packets * 40)
  })

  test('each question that waits for an answer is one', async () => {
    const ask: Segment[] = [
      { from: 'client', bytes: REQUEST },
      { from: 'server', bytes: answer(SECRET) },
    ]
    expect((await written([...ask, ...ask, ...ask])).roundTrips).toBe(4)
    expect((await written([{ from: 'client', bytes: REQUEST }, { from: 'client', bytes: REQUEST }, ask[1]!, ask[1]!])).roundTrips).toBe(2)
  })
})

test('an answer that comes byte by byte is one', async () => {
  const segments: Segment[] = [{ from: 'client', bytes: REQUEST }]
  for (const byte of answer(SECRET)) segments.push({ from: 'server', bytes: Buffer.of(byte) })
  const { conversations, secret } = await written(segments)
  expect(conversations[0]?.http.exchanges).toMatchObject([{ method: 'GET', status: 200 }])
  expect(secret).toMatchObject({ inPackets: false, inStreams: true })
})

describe('protocols by their bytes', () => {
  test('a token over HTTP, HTTP/2, CoAP over TCP, and what nobody knows, all on one port', async () => {
    const token = encryptFernet(Buffer.from(SECRET), parseFernetKey(generateFernetKey())!, { time: 1_700_000_000 })
    const fernet = await written([
      { from: 'client', bytes: REQUEST },
      { from: 'server', bytes: answer(token) },
    ])
    expect(fernet.protocols).toEqual(['http', 'fernet'])
    expect(leak(fernet, 'token time')).toEqual(['2023-11-14 22:13:20 UTC'])
    expect((await written([{ from: 'server', bytes: token }])).protocols).toEqual(['fernet'])
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'
    expect((await written([{ from: 'client', bytes: preface }])).protocols).toEqual(['http2'])
    const csm = Buffer.from([0x00, 0xe1])
    expect(
      (
        await written([
          { from: 'client', bytes: csm },
          { from: 'server', bytes: csm },
        ])
      ).protocols,
    ).toEqual(['coap'])
    expect((await written([{ from: 'client', bytes: 'hello, who is there?' }])).protocols).toEqual(['unknown'])
    expect((await written([])).protocols).toEqual(['tcp'])
  })

  test('CoAP is what RFC 7252 says, to the last byte', () => {
    // GET /secret, confirmable, with a token.
    const get = Buffer.from([0x41, 0x01, 0x12, 0x34, 0xaa, 0xb6, ...Buffer.from('secret')])
    expect(isCoap(get)).toBe(true)
    expect(isCoap(Buffer.from([0x61, 0x45, 0x12, 0x34, 0xaa, 0xff, ...Buffer.from(SECRET)]))).toBe(true)
    expect(isCoap(Buffer.from([0x40, 0x00, 0x12, 0x34]))).toBe(true)
    for (let length = 1; length < get.length; length++) if (length !== 5) expect(isCoap(get.subarray(0, length))).toBe(false)
    expect(isCoap(Buffer.from('GET / HTTP/1.1\r\n'))).toBe(false)
    expect(isCoap(Buffer.from([0x40, 0x00, 0x12, 0x34, 1]))).toBe(false)
    expect(isCoap(Buffer.from([0x40, 0x1f, 0x12, 0x34]))).toBe(false)
    expect(isCoapOverTcp(Buffer.from([0x00, 0xe1]))).toBe(true)
    expect(isCoapOverTcp(Buffer.from(REQUEST))).toBe(false)
  })
})

describe('leaks and assurance', () => {
  test('plain HTTP', async () => {
    const exposure = await measure(`${CAPTURES}plain.pcapng`)
    expect(leak(exposure, 'addresses')).toEqual(['127.0.0.1 → 127.0.0.1'])
    expect(leak(exposure, 'port')).toEqual(['5683'])
    expect(leak(exposure, 'method and path')).toEqual(['GET /'])
    expect(leak(exposure, 'sizes')[0]).toMatch(/^\d+ bytes to the server, \d+ back$/)
    expect(exposure.assurance).toMatchObject({ authenticated: 'nobody', forwardSecret: null })
  })

  test('TLS: the name, not the path; the certificate only up to 1.2', async () => {
    const old = await measure(`${CAPTURES}tls12.pcapng`)
    const now = await measure(`${CAPTURES}tls13.pcapng`)
    for (const exposure of [old, now]) {
      expect(exposure.leaks.find(({ what }) => what === 'server name')).toEqual({ what: 'server name', value: 'localhost', packet: 4 })
      expect(leak(exposure, 'method and path')).toEqual([])
      expect(exposure.assurance?.forwardSecret).toBe(true)
      expect(exposure.assurance?.keyAgreement).toContain('x25519')
    }
    expect(leak(old, 'certificate')).toEqual(['localhost'])
    expect(leak(now, 'certificate')).toEqual([])
    expect(now.assurance?.authenticated).toContain('sealed')
    const mutual = await measure(`${FAILURES}works-12-mutual.pcapng`)
    expect(leak(mutual, 'client certificate')).toEqual(['localhost'])
    expect(mutual.assurance?.authenticated).toMatch(/the server, as localhost; the client, as localhost/)
  })

  test('names from the wire are safe to print, as JSON too', async () => {
    const hostile = 'GET /\u009b31m\u202e HTTP/1.1\r\nHost: a\u001b]0;x\u0007\r\nAuthorization: \u001b[2J x\r\n\r\n'
    const exposure = await written([{ from: 'client', bytes: hostile }])
    expect(leak(exposure, 'method and path')).toHaveLength(1)
    expect(JSON.stringify([exposure.leaks, exposure.assurance])).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|\\u00[01]/)
  })

  test('a password in the open proves little', async () => {
    const exposure = await written([{ from: 'client', bytes: 'GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\n\r\n' }])
    expect(exposure.assurance?.authenticated).toMatch(/Basic.*anybody can read/)
    expect(leak(exposure, 'credentials')).toEqual(['Basic'])
  })
})

describe('the lens', () => {
  test('shares add up to 1 in every recording, and say the truth in broad strokes', async () => {
    for (const path of recordings()) {
      const { shares } = await measure(path)
      expect(shares.readable + shares.encrypted + shares.metadata + shares.framing).toBeCloseTo(1, 3)
    }
    expect((await measure(`${CAPTURES}plain.pcapng`)).shares.encrypted).toBe(0)
    const { shares } = await measure(`${CAPTURES}tls13.pcapng`)
    expect(shares.readable).toBe(0)
    expect(shares.encrypted).toBeGreaterThan(0.5)
  })

  test('every byte has a class, each message the same in one segment and in many', async () => {
    const token = encryptFernet(Buffer.from(SECRET), parseFernetKey(generateFernetKey())!)
    const bytes = answer(chunked(Buffer.from(`${token} and `), 300), 'Transfer-Encoding: chunked')
    const whole = await classesOf([
      { from: 'client', bytes: REQUEST },
      { from: 'server', bytes },
    ])
    const letters = whole[4]!.slice(PAYLOAD)
    const at = bytes.indexOf('gAAAA')
    // A token's first 12 letters hold version and time.
    expect(letters.slice(at, at + 12)).toBe('m'.repeat(12))
    expect(letters.slice(at + 12, at + token.length)).toBe('e'.repeat(token.length - 12))
    expect(letters.slice(at + token.length, at + token.length + 5)).toBe('r'.repeat(5))
    expect(letters.startsWith('r'.repeat(30))).toBe(true)
    const parts: Segment[] = [{ from: 'client', bytes: REQUEST }]
    const plain = answer('x'.repeat(200))
    for (let i = 0; i < plain.length; i += 37) parts.push({ from: 'server', bytes: plain.subarray(i, i + 37) })
    for (const frame of (await classesOf(parts)).slice(4, -2)) expect(frame.slice(PAYLOAD)).toMatch(/^r+$/)
  })

  test.each(['https', 'tls12', 'tls13'])('keys change nothing of what %s shows to a stranger', async (name) => {
    const { settings } = keysBeside(`${CAPTURES}${name}.pcapng`)
    const [without, withKeys] = [await indexed(`${CAPTURES}${name}.pcapng`), await indexed(`${CAPTURES}${name}.pcapng`, settings)].map(
      (capture) => {
        const { secret, shares, leaks, protocols, roundTrips } = measureExposure(capture, { secret: SECRET })
        capture.close()
        return { withKeys: secret.withKeys, shown: { shares, leaks, protocols, roundTrips } }
      },
    )
    expect(withKeys!.withKeys && !without!.withKeys).toBe(true)
    expect(withKeys!.shown).toEqual(without!.shown)
  })

  test('records that span segments keep their classes', async () => {
    const capture = await indexed(`${CAPTURES}tls13.pcapng`)
    const lens = new Lens(capture)
    for (let packet = 6; packet <= 8; packet += 2) {
      const bytes = capture.bytes(packet)
      const classes = lens.classes(packet)
      expect(classes).toHaveLength(bytes.length)
      expect(classes.subarray(bytes.length - 20).every((kind) => CLASS_NAMES[kind] === 'encrypted')).toBe(true)
    }
    capture.close()
  })
})

/** The classes of each packet as letters: f, m, r, e. */
async function classesOf(segments: readonly Segment[]): Promise<string[]> {
  const capture = await conversation(segments)
  const lens = new Lens(capture)
  const frames: string[] = []
  for (let packet = 1; packet <= capture.index.count; packet++)
    frames.push(Array.from(lens.classes(packet), (kind) => CLASS_NAMES[kind]![0]).join(''))
  capture.close()
  return frames
}
