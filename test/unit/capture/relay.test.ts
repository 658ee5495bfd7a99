// The relay, over real sockets on loopback.

import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LiveError, makeSpool, type Relay, removeSpool, startRelay } from '../../../src/capture/index.ts'
import { checksum } from '../../../src/capture/rebuilt.ts'
import { openCapture } from '../../../src/files/index.ts'

let spool: string
let server: Server
let answer: (socket: Socket) => void
const relays: Relay[] = []

beforeEach(async () => {
  spool = makeSpool()
  answer = (socket) => socket.once('data', () => socket.end('fluffy tail'))
  server = createServer((socket) => {
    socket.on('error', () => {})
    answer(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
})

afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.stop()
  await new Promise((resolve) => server.close(resolve))
  removeSpool(spool)
})

const portOf = (one: Server) => (one.address() as { port: number }).port

async function relayTo(port: number, host = '127.0.0.1'): Promise<Relay> {
  const relay = await startRelay({ port: 0, host, target: { port }, spool })
  relays.push(relay)
  return relay
}

/** Sends a request and reads to the end; resolves to what came, or to the error's code. */
function fetch(port: number, request: Uint8Array | string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    const client = createConnection(port, host)
    let got = ''
    client.on('data', (chunk) => {
      got += chunk.toString('latin1')
    })
    client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
    client.once('close', () => resolve(got))
    client.write(request)
  })
}

interface Segment {
  readonly from: 'client' | 'server'
  readonly flags: number
  readonly sequence: number
  readonly acknowledged: number
  readonly payload: Buffer
  readonly frame: Buffer
}

async function segments(relay: Relay): Promise<Segment[]> {
  const reader = await openCapture(spool)
  const found: Segment[] = []
  const sink = {
    packet(bytes: Uint8Array, start: number, captured: number) {
      const frame = Buffer.from(bytes.slice(start, start + captured))
      const ip = frame[12] === 8 ? 20 : 40
      const tcp = frame.subarray(14 + ip)
      const from = tcp.readUInt16BE(2) === relay.port ? ('client' as const) : ('server' as const)
      const payload = tcp.subarray((tcp[12]! >> 4) * 4)
      found.push({ from, flags: tcp[13]!, sequence: tcp.readUInt32BE(4), acknowledged: tcp.readUInt32BE(8), payload, frame })
    },
    interface() {},
  }
  while (reader.step(sink, 100_000) === 'more');
  expect(reader.damage).toBeNull()
  reader.close()
  return found
}

/** Every byte of one direction, in order, by its sequence numbers; fails on a gap or a wrong acknowledgement. */
function stream(found: readonly Segment[], from: 'client' | 'server'): Buffer {
  let next: number | null = null
  const bytes: Buffer[] = []
  for (const segment of found) {
    if (segment.from === from) {
      if (next !== null) expect(segment.sequence).toBe(next)
      next = (segment.sequence + segment.payload.length + ((segment.flags & 3) === 0 ? 0 : 1)) >>> 0
      bytes.push(segment.payload)
    } else if ((segment.flags & 0x10) !== 0) expect(segment.acknowledged).toBe(next)
  }
  return Buffer.concat(bytes)
}

function pseudoHeader(frame: Buffer): Buffer {
  const six = frame[12] !== 8
  const addresses = six ? frame.subarray(22, 54) : frame.subarray(26, 34)
  const tail = Buffer.alloc(8)
  tail.writeUInt32BE(frame.length - (six ? 54 : 34))
  tail.writeUInt32BE(6, 4)
  return Buffer.concat([addresses, tail])
}

test('an exchange becomes ten packets, with true sequence numbers and checksums', async () => {
  const relay = await relayTo(portOf(server))
  expect(relay).toMatchObject({ engine: 'relay', timeSource: 'rebuilt', linkType: 1 })
  expect(await fetch(relay.port, 'GET / HTTP/1.1\r\n\r\n')).toBe('fluffy tail')
  await relay.stop()
  const found = await segments(relay)
  expect(found.map(({ from, flags }) => `${from} ${flags.toString(16)}`)).toEqual([
    ...['client 2', 'server 12', 'client 10'],
    ...['client 18', 'server 10', 'server 18', 'client 10'],
    ...['server 11', 'client 11', 'server 10'],
  ])
  expect(stream(found, 'client').toString()).toBe('GET / HTTP/1.1\r\n\r\n')
  expect(stream(found, 'server').toString()).toBe('fluffy tail')
  for (const { frame } of found) {
    expect(checksum(frame.subarray(14, 34))).toBe(0)
    expect(checksum(pseudoHeader(frame), frame.subarray(34))).toBe(0)
  }
  expect(relay.statistics()).toEqual({ captured: 10, dropped: 0 })
  expect(await relay.ended).toEqual({ reason: 'stopped' })
})

test('IPv6, and more bytes than a segment holds', async () => {
  const body = Buffer.alloc(300_000, 'squirrel ')
  answer = (socket) => socket.once('data', () => socket.end(body))
  const relay = await relayTo(portOf(server), '::1')
  expect((await fetch(relay.port, 'x', '::1')).length).toBe(body.length)
  await relay.stop()
  const found = await segments(relay)
  expect(stream(found, 'server').equals(body)).toBe(true)
  expect(Math.max(...found.map(({ frame }) => frame.length))).toBeLessThanOrEqual(65_550)
  for (const { frame } of found) expect(checksum(pseudoHeader(frame), frame.subarray(54))).toBe(0)
})

test('a server that is not there: the reset that the client would have met', async () => {
  const gone = createServer()
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
  const port = portOf(gone)
  await new Promise((resolve) => gone.close(resolve))
  const relay = await relayTo(port)
  expect(await fetch(relay.port, 'x')).toBe('ECONNRESET')
  await relay.stop()
  expect((await segments(relay)).map(({ from, flags }) => `${from} ${flags.toString(16)}`)).toEqual(['client 2', 'server 14'])
})

test('a server that resets', async () => {
  answer = (socket) => socket.once('data', () => socket.resetAndDestroy())
  const relay = await relayTo(portOf(server))
  expect(await fetch(relay.port, 'x')).toBe('ECONNRESET')
  await relay.stop()
  expect((await segments(relay)).at(-1)).toMatchObject({ from: 'server', flags: 0x14 })
})

test('several clients at once keep their streams apart', async () => {
  answer = (socket) => socket.once('data', (chunk) => socket.end(chunk))
  const relay = await relayTo(portOf(server))
  const texts = Array.from({ length: 20 }, (_, i) => `message ${i}`)
  expect(await Promise.all(texts.map((text) => fetch(relay.port, text)))).toEqual(texts)
  await relay.stop()
  const found = await segments(relay)
  expect(found.filter(({ flags }) => flags === 2)).toHaveLength(20)
})

test('a port that is taken', async () => {
  const taken = startRelay({ port: portOf(server), host: '::', target: { port: 1 }, spool })
  await expect(taken).rejects.toThrow(LiveError)
  await expect(taken).rejects.toThrow(/^Port \d+ is in use\. Stop the program that listens there, or choose another with --port\.$/)
})

test('stopping with connections open ends them, twice is harmless', async () => {
  answer = (socket) => socket.resume()
  const relay = await relayTo(portOf(server))
  const waiting = fetch(relay.port, 'x')
  await new Promise((resolve) => setTimeout(resolve, 50))
  await Promise.all([relay.stop(), relay.stop()])
  await waiting
  expect((await segments(relay)).length).toBeGreaterThan(3)
})
