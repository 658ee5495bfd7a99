// Is the secret on the wire? Each way of sending it, with the level at which it must be found first, and the bytes where.

import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { encryptFernet, generateFernetKey, parseFernetKey } from '../../../src/crypto/fernet.ts'
import { shiftText } from '../../../src/crypto/shift.ts'
import type { Capture } from '../../../src/engine/capture.ts'
import type { Keys, OpenedRun } from '../../../src/engine/exposure/index.ts'
import { searchSecret, type Verdict } from '../../../src/engine/exposure/verdict.ts'
import { temporary } from '../cli/support.ts'
import { answer, chunked, conversation, PAYLOAD, pcapOf, REQUEST, type Segment } from './exposure-support.ts'
import { CAPTURES, indexed } from './support.ts'

const SECRET = 'fluffy tail'
const LEVELS = ['inPackets', 'inStreams', 'afterDecoding', 'afterTrivial', 'withKeys'] as const
type Level = (typeof LEVELS)[number]

/** The first level at which the secret was seen; checks that each level holds what the one before it holds. */
function first(verdict: Verdict): Level | 'nowhere' {
  const seen = LEVELS.map((level) => verdict[level])
  for (let i = 1; i < seen.length; i++) expect(seen[i] || !seen[i - 1], `${LEVELS[i - 1]} without ${LEVELS[i]}`).toBe(true)
  return LEVELS[seen.indexOf(true)] ?? 'nowhere'
}

async function judge(segments: readonly Segment[], secret = SECRET, keys?: Keys): Promise<Verdict> {
  const capture = await conversation(segments)
  const { verdict } = searchSecret(capture, secret, keys)
  capture.close()
  return verdict
}

const served = (bytes: Uint8Array | string): Segment[] => [
  { from: 'client', bytes: REQUEST },
  { from: 'server', bytes },
]

describe('in packets and streams', () => {
  test('as it is, with packet and bytes', async () => {
    const bytes = answer(SECRET)
    const verdict = await judge(served(bytes))
    expect(first(verdict)).toBe('inPackets')
    expect(verdict.packets).toEqual([5])
    expect(verdict.where).toEqual([{ packet: 5, offset: PAYLOAD + bytes.length - 11, length: 11, how: 'raw' }])
  })

  test('cut in two by segmentation: in no packet, in the stream, each part with its place', async () => {
    const bytes = answer(SECRET)
    const cut = bytes.length - 4
    const verdict = await judge([
      { from: 'client', bytes: REQUEST },
      { from: 'server', bytes: bytes.subarray(0, cut) },
      { from: 'server', bytes: bytes.subarray(cut) },
    ])
    expect(first(verdict)).toBe('inStreams')
    expect(verdict.where).toEqual([
      { packet: 5, offset: PAYLOAD + cut - 7, length: 7, how: 'stream' },
      { packet: 6, offset: PAYLOAD, length: 4, how: 'stream' },
    ])
  })

  test('cut, late and repeated', async () => {
    const verdict = await judge([
      { from: 'server', bytes: 'tail', at: 7 },
      { from: 'server', bytes: 'flu', at: 0 },
      { from: 'server', bytes: 'flu', at: 0 },
      { from: 'server', bytes: 'ffy ', at: 3 },
    ])
    expect(first(verdict)).toBe('inStreams')
    expect(verdict.packets).toEqual([4, 5, 7])
  })

  test('overlapping segments count as the receiver saw them first', async () => {
    const segments: Segment[] = [
      { from: 'server', bytes: 'fluff', at: 0 },
      { from: 'server', bytes: 'FFy tail', at: 3 },
    ]
    expect(first(await judge(segments))).toBe('inStreams')
    const other = await judge([
      { from: 'server', bytes: 'fluFF', at: 0 },
      { from: 'server', bytes: 'ffy tail', at: 3 },
    ])
    expect(first(other)).toBe('nowhere')
  })

  test('bytes on both sides of a gap are not joined', async () => {
    const verdict = await judge([
      { from: 'server', bytes: 'fluffy' },
      { from: 'server', bytes: ' tail', at: 100 },
      { from: 'client', bytes: 'thanks' },
    ])
    expect(first(verdict)).toBe('nowhere')
  })

  test('what the capture cut off is not there', async () => {
    expect(first(await judge([{ from: 'server', bytes: `${'x'.repeat(50)}${SECRET}`, kept: 55 }]))).toBe('nowhere')
  })

  test('an empty secret is nowhere', async () => {
    expect(first(await judge(served(answer(SECRET)), ''))).toBe('nowhere')
  })

  test('a secret that is not ASCII', async () => {
    expect(first(await judge(served(answer('queue touffue: écureuil')), 'écureuil'))).toBe('inPackets')
  })
})

describe('after decoding', () => {
  const page = Buffer.from(`${'squirrels '.repeat(400)}${SECRET}${' oaks'.repeat(300)}`)
  const codings: [name: string, packed: Buffer][] = [
    ['gzip', gzipSync(page)],
    ['deflate', deflateSync(page)],
    ['deflate', deflateRawSync(page)],
    ['br', brotliCompressSync(page)],
  ]
  test.each(codings)('%s', async (name, packed) => {
    const verdict = await judge(served(answer(packed, `Content-Encoding: ${name}`)))
    expect(first(verdict)).toBe('afterDecoding')
    expect(verdict.where[0]).toMatchObject({ packet: 5, how: name })
  })

  test('chunks that cut it, each part with its place', async () => {
    const bytes = answer(chunked(Buffer.from(`the secret: ${SECRET}`), 18), 'Transfer-Encoding: chunked')
    const verdict = await judge(served(bytes))
    expect(first(verdict)).toBe('afterDecoding')
    expect(verdict.where).toHaveLength(1)
    const [{ offset, length, how }] = verdict.where as [Verdict['where'][0]]
    expect(how).toBe('chunked')
    expect(bytes.subarray(offset - PAYLOAD, offset - PAYLOAD + length).toString()).toBe('fluffy\r\n5\r\n tail')
  })

  test('chunks of gzip, over many segments, the request compressed too', async () => {
    const bytes = answer(chunked(gzipSync(page), 20, 30), 'Transfer-Encoding: chunked', 'Content-Encoding: gzip')
    const segments: Segment[] = [{ from: 'client', bytes: REQUEST }]
    for (let at = 0; at < bytes.length; at += 40) segments.push({ from: 'server', bytes: bytes.subarray(at, at + 40) })
    const verdict = await judge(segments)
    expect(first(verdict)).toBe('afterDecoding')
    expect(verdict.where.every(({ how }) => how === 'chunked gzip')).toBe(true)
  })

  test('a recording that ends in the middle of the body', async () => {
    const packed = gzipSync(Buffer.concat([Buffer.from(SECRET), Buffer.alloc(5000, 'abcdefghij'), Buffer.from(Math.random().toString())]))
    const bytes = answer(packed, 'Content-Encoding: gzip')
    expect(first(await judge(served(bytes.subarray(0, bytes.length - 12))))).toBe('afterDecoding')
  })

  test('the second answer of a connection, behind one to HEAD', async () => {
    const head = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n')
    const bytes = Buffer.concat([head, answer(gzipSync(page), 'Content-Encoding: gzip')])
    expect(
      first(
        await judge([
          { from: 'client', bytes: `HEAD / HTTP/1.1\r\n\r\n${REQUEST}` },
          { from: 'server', bytes },
        ]),
      ),
    ).toBe('afterDecoding')
  })

  test('compression that is not announced stays shut', async () => {
    expect(first(await judge(served(answer(gzipSync(page)))))).toBe('nowhere')
  })
})

describe('after trivial spellings', () => {
  const base64 = Buffer.from(SECRET).toString('base64')
  const cases: [what: string, body: string, how: string][] = [
    ['base64', `{"m":"${base64}"}`, 'base64'],
    ['base64 in the middle of other bytes', Buffer.from(`name=x; ${SECRET}; y=1`).toString('base64'), 'base64'],
    ['base64url', Buffer.from([0xfb, 0xff, 0xfe, ...Buffer.from(SECRET)]).toString('base64url'), 'base64url'],
    ['base64 behind a path', `/a/b/${base64}`, 'base64'],
    [
      'base64 over two lines',
      `${Buffer.from(`${'x'.repeat(52)}${SECRET}`)
        .toString('base64')
        .replace(/.{76}/, '$&\r\n')}`,
      'base64',
    ],
    ['base64 twice', Buffer.from(base64).toString('base64'), 'base64 base64'],
    ['hexadecimal', Buffer.from(SECRET).toString('hex'), 'hex'],
    [
      'hexadecimal with colons',
      Buffer.from(SECRET)
        .toString('hex')
        .replace(/..(?=.)/g, '$&:')
        .toUpperCase(),
      'hex',
    ],
    ['hexadecimal at an odd place', `a${Buffer.from(SECRET).toString('hex')}`, 'hex'],
    ['percent signs', 'q=%66luffy%20tail', 'url'],
    ['a form', 'message=fluffy+tail&x=1', 'url'],
    ['JSON escapes', '"flu\\u0066fy tail"', 'escapes'],
    ['HTML entities', 'fluffy&#32;tail', 'entities'],
    ['letters moved back by one', shiftText(SECRET, -1), 'shift -1'],
    ['rot13', shiftText(SECRET, 13), 'shift +13'],
    ['letters moved, then base64', Buffer.from(shiftText(SECRET, 5)).toString('base64'), 'base64 shift +5'],
    ['base64 in a form', `m=${encodeURIComponent(Buffer.from(`?${SECRET}?>`).toString('base64'))}`, 'url base64'],
  ]
  test.each(cases)('%s', async (_what, body, how) => {
    const verdict = await judge(served(answer(body)))
    expect(first(verdict)).toBe('afterTrivial')
    expect(verdict.where.map((one) => one.how)).toContain(how)
    expect(verdict.packets).toEqual([5])
  })

  test('basic authentication', async () => {
    const line = `Authorization: Basic ${Buffer.from(`squirrel:${SECRET}`).toString('base64')}`
    const request = `GET / HTTP/1.1\r\n${line}\r\n\r\n`
    const verdict = await judge([{ from: 'client', bytes: request }])
    expect(first(verdict)).toBe('afterTrivial')
    const [{ packet, offset, length }] = verdict.where as [Verdict['where'][0]]
    expect(packet).toBe(4)
    // The four-letter groups that hold the password, and no more.
    const letters = request.slice(offset - PAYLOAD, offset - PAYLOAD + length)
    expect(Buffer.from(letters, 'base64').toString()).toContain(SECRET)
    expect(length).toBeLessThanOrEqual(20)
  })

  test('all 25 shifts', async () => {
    for (let places = 1; places <= 25; places++)
      expect(first(await judge([{ from: 'server', bytes: shiftText(SECRET, places) }]))).toBe('afterTrivial')
  })

  test('in a compressed body', async () => {
    const body = gzipSync(Buffer.from(`<p>${base64}</p>`.repeat(3)))
    const verdict = await judge(served(answer(body, 'Content-Encoding: gzip')))
    expect(first(verdict)).toBe('afterTrivial')
    expect(verdict.where[0]?.how).toBe('gzip base64')
  })

  test('over UDP', async () => {
    const payload = Buffer.from(base64)
    const frame = Buffer.alloc(42 + payload.length)
    frame.writeUInt16BE(0x0800, 12)
    frame.writeUInt8(0x45, 14)
    frame.writeUInt16BE(28 + payload.length, 16)
    frame.writeUInt8(17, 23)
    frame.writeUInt16BE(5683, 36)
    frame.writeUInt16BE(8 + payload.length, 38)
    frame.set(payload, 42)
    const capture = await indexed(temporary(pcapOf([frame])))
    const { verdict } = searchSecret(capture, SECRET)
    capture.close()
    expect(first(verdict)).toBe('afterTrivial')
    expect(verdict.where).toEqual([{ packet: 1, offset: 42, length: 15, how: 'base64' }])
  })

  test('noise is not read into a secret of few letters', async () => {
    expect(first(await judge([{ from: 'server', bytes: 'bcd '.repeat(500) }], 'abc'))).toBe('nowhere')
  })
})

describe('with keys', () => {
  const text = generateFernetKey()
  const key = parseFernetKey(text)!
  const keys = (...fernet: (typeof key)[]): Keys => ({ fernet, openers: [] })
  const token = encryptFernet(Buffer.from(SECRET), key)

  test('a Fernet token, with the token as its place', async () => {
    const bytes = answer(token)
    expect(first(await judge(served(bytes)))).toBe('nowhere')
    const verdict = await judge(served(bytes), SECRET, keys(key))
    expect(first(verdict)).toBe('withKeys')
    expect(verdict.where).toEqual([{ packet: 5, offset: PAYLOAD + bytes.length - 100, length: 100, how: 'fernet' }])
  })

  test('the wrong key opens nothing, the right one among several does', async () => {
    const wrong = parseFernetKey(generateFernetKey())!
    expect(first(await judge(served(answer(token)), SECRET, keys(wrong)))).toBe('nowhere')
    expect(first(await judge(served(answer(token)), SECRET, keys(wrong, key)))).toBe('withKeys')
  })

  test('a token in a query, its padding escaped, and one cut by segments', async () => {
    const request = `GET /?t=${encodeURIComponent(token)} HTTP/1.1\r\n\r\n`
    const verdict = await judge(
      [
        { from: 'client', bytes: request.slice(0, 60) },
        { from: 'client', bytes: request.slice(60) },
      ],
      SECRET,
      keys(key),
    )
    expect(first(verdict)).toBe('withKeys')
    expect(verdict.packets).toEqual([4, 5])
  })

  test('a token in a compressed body, its message spelled in base64', async () => {
    const inner = encryptFernet(Buffer.from(Buffer.from(SECRET).toString('base64')), key)
    const body = gzipSync(Buffer.from(inner))
    const verdict = await judge(served(answer(body, 'Content-Encoding: gzip')), SECRET, keys(key))
    expect(verdict.where[0]?.how).toBe('gzip fernet base64')
    expect(first(verdict)).toBe('withKeys')
  })

  test('whatever opens sealed records: runs are joined, and read as HTTP', async () => {
    const opened = answer(gzipSync(Buffer.from(SECRET)), 'Content-Encoding: gzip')
    const runs: OpenedRun[] = [opened.subarray(0, 50), opened.subarray(50)].map((bytes, i) => ({
      bytes,
      packet: 4 + i,
      offset: 59,
      length: bytes.length + 17,
      how: 'tls',
      run: 1,
    }))
    const opener = { open: (_capture: Capture, found: (run: OpenedRun) => void) => runs.forEach(found) }
    const verdict = await judge([{ from: 'client', bytes: 'sealed' }], SECRET, { fernet: [], openers: [opener] })
    expect(first(verdict)).toBe('withKeys')
    expect(verdict.where[0]).toMatchObject({ packet: 5, offset: 59, how: 'tls gzip' })
  })
})

describe('recorded captures', () => {
  const expected: [file: string, level: Level | 'nowhere'][] = [
    ['plain.pcapng', 'inPackets'],
    ['plain-ipv6.pcapng', 'inPackets'],
    ['gzip.pcapng', 'afterDecoding'],
    ['tls12.pcapng', 'nowhere'],
    ['tls13.pcapng', 'nowhere'],
  ]
  test.each(expected)('%s: %s', async (file, level) => {
    const capture = await indexed(`${CAPTURES}${file}`)
    const { verdict } = searchSecret(capture, SECRET)
    for (const { packet, offset, length, how } of verdict.where)
      if (how === 'raw') expect(Buffer.from(capture.bytes(packet).subarray(offset, offset + length)).toString()).toBe(SECRET)
    capture.close()
    expect(first(verdict)).toBe(level)
  })
})

describe('packings that only their protocol undoes', () => {
  const upgrade = 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
  const agreed = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
  const mask = [0x12, 0x34, 0x56, 0x78]

  test('a masked WebSocket message', async () => {
    const text = Buffer.from('fluffy tail')
    const frame = Buffer.from([0x81, 0x80 | text.length, ...mask, ...text.map((byte, i) => byte ^ mask[i % 4]!)])
    const capture = await conversation([
      { from: 'client', bytes: Buffer.from(upgrade) },
      { from: 'server', bytes: Buffer.from(agreed) },
      { from: 'client', bytes: frame },
    ])
    const { verdict } = searchSecret(capture, 'fluffy tail')
    expect(verdict).toMatchObject({ inPackets: false, inStreams: false, afterDecoding: true, withKeys: true })
    expect(verdict.where).toMatchObject([{ length: frame.length, how: 'websocket' }])
    capture.close()
  })
})
