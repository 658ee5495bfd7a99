// Redaction: nothing that is a secret may be left anywhere in the copy, and everything else must be as it was.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { Capture } from '../../../src/engine/capture.ts'
import { readDelivered } from '../../../src/engine/delivered.ts'
import { openForReading, prepareFilter, shownText } from '../../../src/engine/printing.ts'
import { type CopyOptions, copyCapture } from '../../../src/engine/redact-copy.ts'
import { SecretScan } from '../../../src/engine/redact-scan.ts'
import { createWriter } from '../../../src/files/index.ts'
import { CAPTURES, indexed } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-redact-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

const DEFAULTS: CopyOptions = { filter: null, comments: 'keep', secrets: 'strip', redact: true, texts: [] }

function ones(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i++) sum += bytes[i]! * (i & 1 ? 1 : 256)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536)
  return sum
}

/** An Ethernet frame with right checksums. */
function frame(
  protocol: 6 | 17,
  from: number,
  to: number,
  payload: Uint8Array,
  { sequence = 0, acknowledged = 0, flags = 0x18 } = {},
): Buffer {
  const header = protocol === 6 ? 20 : 8
  const total = 20 + header + payload.length
  const bytes = Buffer.alloc(14 + total)
  bytes.writeUInt16BE(0x0800, 12)
  bytes[14] = 0x45
  bytes.writeUInt16BE(total, 16)
  bytes[22] = 64
  bytes[23] = protocol
  // The side with the lower port is 10.0.0.2.
  bytes.set(from < to ? [10, 0, 0, 2, 10, 0, 0, 1] : [10, 0, 0, 1, 10, 0, 0, 2], 26)
  bytes.writeUInt16BE(~ones(bytes.subarray(14, 34)) & 0xffff, 24)
  bytes.writeUInt16BE(from, 34)
  bytes.writeUInt16BE(to, 36)
  if (protocol === 6) {
    bytes.writeUInt32BE(sequence >>> 0, 38)
    bytes.writeUInt32BE(acknowledged >>> 0, 42)
    bytes[46] = 0x50
    bytes[47] = flags
    bytes.writeUInt16BE(8192, 48)
  } else bytes.writeUInt16BE(8 + payload.length, 38)
  bytes.set(payload, 34 + header)
  bytes.writeUInt16BE(~transportSum(bytes) & 0xffff, 34 + (protocol === 6 ? 16 : 6))
  return bytes
}

/** The sum over pseudo header and segment: 0xffff when the checksum in it is right. */
function transportSum(bytes: Uint8Array): number {
  const segment = bytes.subarray(34)
  return ones(Buffer.concat([bytes.subarray(26, 34), Buffer.from([0, bytes[23]!, segment.length >> 8, segment.length & 0xff]), segment]))
}

interface Made {
  readonly bytes: Uint8Array
  readonly comment?: string
}

function written(packets: readonly Made[]): string {
  const path = join(folder, `${files++}.pcapng`)
  const writer = createWriter(path, { format: 'pcapng', interfaces: [{ linkType: 1 }] })
  packets.forEach(({ bytes, comment }, i) => {
    if (comment !== undefined) writer.comment(comment)
    writer.packet(bytes, 0, bytes.length, bytes.length, 1_700_000_000 + i, 0, 0)
  })
  writer.close()
  return path
}

async function copied(path: string, options: Partial<CopyOptions> = {}): Promise<{ path: string; changed: number }> {
  const capture = await openForReading(path, { strict: true })
  const out = join(folder, `${files++}.pcapng`)
  try {
    const { changed } = await copyCapture(capture, out, { ...DEFAULTS, ...options })
    return { path: out, changed }
  } finally {
    capture.close()
  }
}

/** Everything that anybody can see in a capture: the file, each direction as delivered, all sources and rows of every packet. */
async function visible(path: string): Promise<string> {
  const capture = await indexed(path)
  const seen = [readFileSync(path).toString('latin1')]
  const streams = new Map<number, string>()
  readDelivered(capture, {
    bytes(flow, _packet, _place, bytes, from, to) {
      streams.set(flow, (streams.get(flow) ?? '') + Buffer.from(bytes.subarray(from, to)).toString('latin1'))
    },
    gap() {},
  })
  const d = capture.dissection()
  for (let packet = 1; packet <= capture.index.count; packet++) {
    capture.record(d, packet)
    for (const source of d.sources) seen.push(Buffer.from(source).toString('latin1'))
    for (let row = 0; row < d.rows.count; row++) seen.push(shownText(d, row))
  }
  capture.close()
  return [...seen, ...streams.values()].join('\n')
}

/** A conversation from 40000 to 80 whose client says `text`, cut at these places, out of order, with one part sent twice, cut elsewhere. */
function conversation(text: string, cuts: readonly number[], answer: Uint8Array): Made[] {
  const bytes = Buffer.from(text, 'latin1')
  // The stream passes the end of the numbers.
  const first = 2 ** 32 - 40
  const at = (from: number, to: number): Buffer =>
    frame(6, 40000, 80, bytes.subarray(from, to), { sequence: first + 1 + from, acknowledged: 1001 })
  const edges = [0, ...cuts, bytes.length]
  const parts = edges.slice(1).map((to, i) => at(edges[i]!, to))
  const middle = Math.floor(parts.length / 2)
  ;[parts[middle - 1], parts[middle]] = [parts[middle]!, parts[middle - 1]!]
  const nothing = new Uint8Array(0)
  return [
    frame(6, 40000, 80, nothing, { sequence: first, flags: 2 }),
    frame(6, 80, 40000, nothing, { sequence: 1000, acknowledged: first + 1, flags: 0x12 }),
    frame(6, 40000, 80, nothing, { sequence: first + 1, acknowledged: 1001, flags: 0x10 }),
    ...parts,
    at(Math.max(0, cuts[0]! - 7), cuts[0]! + 9),
    frame(6, 80, 40000, answer, { sequence: 1001, acknowledged: first + 1 + bytes.length }),
  ].map((one) => ({ bytes: one }))
}

const PASSWORD = 'correct-horse-battery'
const COOKIE = 'c00kie-c0ntent-9f31'
const BEARER = 'b34rer-t0ken-v4lue'
const REQUEST =
  `POST /login?api_key=k3y-in-the-address HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer ${BEARER}\r\nCookie: sid=${COOKIE}; theme=dark\r\n` +
  `Content-Length: ${`user=alice&password=${PASSWORD}&go=1`.length}\r\n\r\nuser=alice&password=${PASSWORD}&go=1`

function answerOf(body: string): Uint8Array {
  const packed = gzipSync(body)
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: ${packed.length}\r\n\r\n`),
    packed,
  ])
}

describe('what stands in streams', () => {
  test.each([7, 1, 3, 50, 200])('is gone, however it is cut: every %i bytes', async (size) => {
    const cuts = Array.from({ length: Math.ceil(REQUEST.length / size) - 1 }, (_, i) => (i + 1) * size)
    const path = written(conversation(REQUEST, cuts, answerOf('{"access_token": "t0ken-in-packed-b0dy", "n": 1}')))
    const before = await visible(path)
    for (const secret of [BEARER, COOKIE, PASSWORD, 't0ken-in-packed-b0dy', 'k3y-in-the-address']) expect(before).toContain(secret)
    const copy = await copied(path)
    const after = await visible(copy.path)
    for (const secret of [BEARER, COOKIE, PASSWORD, 't0ken-in-packed-b0dy', 'k3y-in-the-address']) expect(after).not.toContain(secret)
    // What is no secret stays.
    for (const word of ['Host: a.example', 'user=alice&password=XXXX', 'Bearer XXXX', '/login?api_key=XXXX']) expect(after).toContain(word)
  })

  test('goes with its length and right checksums kept', async () => {
    const path = written(conversation(REQUEST, [20, 90, 131, 200], answerOf('{"token":"0123456789"}')))
    const copy = await copied(path)
    expect(copy.changed).toBeGreaterThan(2)
    const [one, other] = [await indexed(path), await indexed(copy.path)]
    expect(other.index.count).toBe(one.index.count)
    for (let packet = 1; packet <= one.index.count; packet++) {
      const [was, is] = [one.bytes(packet), other.bytes(packet)]
      expect(is.length).toBe(was.length)
      expect(transportSum(is)).toBe(0xffff)
      expect(Buffer.from(is.subarray(0, 50)).equals(was.subarray(0, 50))).toBe(true)
      expect([other.index.seconds(packet), other.index.nanos(packet)]).toEqual([one.index.seconds(packet), one.index.nanos(packet)])
    }
    closeBoth(one, other)
  })

  test('a wrong checksum stays as wrong as it was', async () => {
    const bytes = frame(17, 5000, 5001, Buffer.from('password=abcdefgh;x=1'))
    bytes.writeUInt16BE((bytes.readUInt16BE(40) + 5) & 0xffff, 40)
    const copy = await indexed((await copied(written([{ bytes }]))).path)
    expect(Buffer.from(copy.bytes(1)).toString('latin1')).toContain('password=XXXXXXXX;x=1')
    expect(transportSum(copy.bytes(1))).toBe(transportSum(bytes))
    copy.close()
  })
})

const closeBoth = (...captures: Capture[]): void => {
  for (const capture of captures) capture.close()
}

describe('the same secret elsewhere', () => {
  test('is gone from datagrams, comments and other writings of it', async () => {
    const basic = Buffer.from(`alice:${PASSWORD}`).toString('base64')
    const packets: Made[] = [
      { bytes: frame(17, 6000, 6001, Buffer.from(`note to self ${PASSWORD} end`)), comment: `her password is ${PASSWORD}, look` },
      { bytes: frame(17, 6000, 6001, Buffer.from(`GET / HTTP/1.1\r\nAuthorization: Basic ${basic}\r\n\r\n`)) },
    ]
    const copy = await copied(written(packets))
    const after = await visible(copy.path)
    expect(after).not.toContain(PASSWORD)
    expect(after).not.toContain(basic)
    expect(after).toContain('note to self XXXX')
    expect(await visible((await copied(written(packets), { comments: 'strip' })).path)).not.toContain('her password is')
  })

  test('texts that are named are gone whatever they look like', async () => {
    const path = written([{ bytes: frame(17, 6000, 6001, Buffer.from('the eagle lands at noon')) }])
    expect(await visible((await copied(path)).path)).toContain('eagle')
    expect(await visible((await copied(path, { texts: ['eagle'] })).path)).not.toContain('eagle')
  })

  test('is gone from what an error message quotes, and from fragments', async () => {
    const quoted = frame(17, 6000, 6001, Buffer.from('GET /?token=abcdefgh123 HTTP/1.1 and more of it'))
    const error = Buffer.alloc(14 + 20 + 8 + quoted.length - 14)
    quoted.copy(error, 0, 0, 34)
    error[23] = 1
    error.writeUInt16BE(error.length - 14, 16)
    error.set([3, 3], 34)
    quoted.copy(error, 42, 14)
    // Cut in the middle: neither half shows what it is.
    const whole = frame(17, 6000, 6001, Buffer.from('xxxxxxx password=hidden-in-fragments'))
    const head = Buffer.from(whole.subarray(0, 34 + 24))
    head.writeUInt16BE(20 + 24, 16)
    head.writeUInt16BE(0x2000, 20)
    const tail = Buffer.concat([whole.subarray(0, 34), whole.subarray(34 + 24)])
    tail.writeUInt16BE(tail.length - 14, 16)
    tail.writeUInt16BE(3, 20)
    const path = written([{ bytes: error }, { bytes: head }, { bytes: tail }])
    expect(await visible(path)).toContain('hidden-in-fragments')
    const after = await visible((await copied(path)).path)
    for (const secret of ['hidden-in-fragments', 'in-fragments', 'abcdefgh123']) expect(after).not.toContain(secret)
  })
})

test('a capture without secrets is copied as it is, and filters select', async () => {
  const { path, changed } = await copied(`${CAPTURES}plain.pcapng`)
  expect(changed).toBe(0)
  const [one, other] = [await indexed(`${CAPTURES}plain.pcapng`), await indexed(path)]
  for (let packet = 1; packet <= one.index.count; packet++) expect(other.bytes(packet)).toEqual(one.bytes(packet))
  const prepared = prepareFilter('http.request')
  if (!prepared.ok) throw new Error(prepared.message)
  const some = await indexed((await copied(`${CAPTURES}plain.pcapng`, { filter: prepared.filter })).path)
  expect(some.index.count).toBe(1)
  closeBoth(one, other, some)
})

test('Fernet tokens of the recordings are gone', async () => {
  for (const name of ['fernet', 'tokens']) {
    expect(await visible(`${CAPTURES}${name}.pcapng`)).toMatch(/gAAAA[\w-]{20}/)
    expect(await visible((await copied(`${CAPTURES}${name}.pcapng`)).path)).not.toMatch(/gAAAA[\w-]{20}/)
  }
})

test('secrets blocks are kept, stripped or added', async () => {
  const count = async (path: string): Promise<number> => {
    const capture = await indexed(path)
    closeBoth(capture)
    return capture.secretBlocks.length
  }
  const settings = new Map([['tls.keylog', [`${CAPTURES}tls13.keys.txt`]]])
  const capture = await openForReading(`${CAPTURES}tls13.pcapng`, { settings })
  const added = join(folder, 'added.pcapng')
  const { secrets } = await copyCapture(capture, added, { ...DEFAULTS, redact: false, secrets: 'add' })
  capture.close()
  expect(secrets).toBeGreaterThan(3)
  expect(await count(added)).toBe(1)
  expect(await count((await copied(added, { redact: false, secrets: 'keep' })).path)).toBe(1)
  expect(await count((await copied(added, { redact: false, secrets: 'strip' })).path)).toBe(0)
  // What the keys open is readable with them, and gone without.
  expect(await visible(added)).toContain('GET / HTTP/1.1')
  expect(await visible((await copied(added)).path)).not.toContain('GET / HTTP/1.1')
})

test.each(['Authorization: ', 'password=', 'x-', '"', 'eyJaaaaaaaa.', '//a', 'gAAAA', 'name="token"\r\n', 'a LOGIN '])(
  'hostile text costs time in proportion: %j over and over',
  (word) => {
    const text = word.repeat(Math.ceil(200_000 / word.length))
    const started = performance.now()
    new SecretScan([]).find(text)
    expect(performance.now() - started).toBeLessThan(4000)
  },
)
