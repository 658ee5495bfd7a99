// Real TLS connections on the loopback, as packets: a proxy between node's own client and server notes what passes.

import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  connect as connectTls,
  createServer as createTlsServer,
  type SecureContextOptions,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls'
import { encodeKey, makeAuthority, makeKey } from '../../../src/demo/pki.ts'
import { Capture } from '../../../src/engine/capture.ts'
import { createWriter, openCapture } from '../../../src/files/index.ts'
import { Talk } from './talk.ts'

const key = makeKey('rsa')
/** The server's RSA key and its certificate. */
export const SERVER_KEY = encodeKey(key)
const CERTIFICATE = makeAuthority({ subject: { hostname: 'localhost', org: 'Test' }, key })

/** Bits of SSL_CTX_set_options that node has no names for (OpenSSL 3.0, include/openssl/ssl.h). */
export const NO_EXTENDED_MASTER_SECRET = 1
export const NO_ENCRYPT_THEN_MAC = 0x80000
export const NO_TICKET = 0x4000

/** Bytes in a packet at the most. */
const SEGMENT = 1400
const PATIENCE = 5000

export interface Chunk {
  /** 0: from the client. */
  readonly from: 0 | 1
  readonly bytes: Uint8Array
}

export interface Recorded {
  readonly chunks: readonly Chunk[]
  /** Lines of the key log. */
  readonly keys: readonly string[]
  readonly session: Buffer | undefined
}

export interface LiveOptions {
  readonly server?: TlsOptions
  readonly client?: SecureContextOptions & { readonly session?: Buffer; readonly pskCallback?: () => object }
  /** What the client says once it is connected; default: one HTTP request. */
  speak?(socket: TLSSocket): Promise<void>
}

/** Answers HTTP requests; a path of digits asks for a body of so many bytes. */
function answer(socket: TLSSocket): void {
  let text = ''
  socket.on('error', () => {})
  socket.on('data', (data) => {
    text += data.toString('latin1')
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      if (text.startsWith('GET /until-the-end')) {
        socket.write('HTTP/1.0 200 OK\r\n\r\nfluffy tail')
        return
      }
      const size = Number(/^GET \/(\d*)/.exec(text)?.[1] ?? '11') || 11
      text = text.slice(end + 4)
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
      socket.write('fluffy tail '.repeat(Math.ceil(size / 12)).slice(0, size))
    }
  })
}

/** Sends one request and waits until its answer is there as a whole. */
export async function ask(socket: TLSSocket, size = 11): Promise<void> {
  let got = ''
  const whole = new Promise<void>((done, failed) => {
    socket.on('error', failed)
    socket.on('data', function listen(data) {
      got += data.toString('latin1')
      const head = got.indexOf('\r\n\r\n')
      if (head < 0 || got.length < head + 4 + size) return
      socket.off('data', listen)
      done()
    })
  })
  socket.write(`GET /${size} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  await whole
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** One server, and as many connections to it as `connections` says, one after the other: each may resume the one before. */
export async function recordTls(...connections: readonly LiveOptions[]): Promise<Recorded[]> {
  const server = createTlsServer({ key: SERVER_KEY, cert: CERTIFICATE, ...connections[0]?.server }, answer)
  server.on('tlsClientError', () => {})
  const known = new Map<string, Buffer>()
  server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
    known.set(id.toString('hex'), data)
    done()
  })
  server.on('resumeSession', (id: Buffer, done: (error: null, data: Buffer | null) => void) =>
    done(null, known.get(id.toString('hex')) ?? null),
  )
  const sockets = new Set<Socket>()
  const target = await listen(server)
  let chunks: Chunk[] = []
  const proxy = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to, side] of [
      [near, far, 0],
      [far, near, 1],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('data', (bytes) => {
        chunks.push({ from: side, bytes })
        to.write(bytes)
      })
      from.on('end', () => to.end())
    }
  })
  const port = await listen(proxy)
  const recorded: Recorded[] = []
  try {
    for (const { client, speak } of connections) {
      chunks = []
      const keys: string[] = []
      let session: Buffer | undefined
      const before = recorded.at(-1)?.session
      const resume = before === undefined || client?.session !== undefined ? {} : { session: before }
      const socket = connectTls({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        rejectUnauthorized: false,
        ...resume,
        ...client,
      } as object)
      socket.setTimeout(PATIENCE, () => socket.destroy(new Error('took too long')))
      socket.on('keylog', (line) => keys.push(line.toString('latin1')))
      socket.on('session', (one) => {
        session = one
      })
      await once(socket, 'secureConnect')
      await (speak ?? ask)(socket as TLSSocket)
      const closed = once(socket, 'close')
      socket.end()
      await closed
      recorded.push({ chunks, keys, session })
    }
  } finally {
    for (const socket of sockets) socket.destroy()
    proxy.close()
    server.close()
  }
  return recorded
}

/** The packets of connections, one after the other, each on ports of its own. */
export function packetsOf(recorded: readonly Recorded[], change: (chunks: readonly Chunk[]) => readonly Chunk[] = (chunks) => chunks) {
  return recorded.flatMap(({ chunks }, i) => {
    const talk = new Talk(40_000 + i).open()
    for (const { from, bytes } of change(chunks))
      for (let at = 0; at < bytes.length; at += SEGMENT) talk[from === 0 ? 'client' : 'server'](bytes.subarray(at, at + SEGMENT))
    return talk.packets
  })
}

export interface Given {
  readonly keys?: readonly string[]
  readonly rsa?: string
  readonly psk?: string
}

/** Writes packets as a capture, opens it with the keys given, indexes it, and hands it to `use`. */
export async function withKeys<T>(
  packets: readonly { readonly bytes: Uint8Array }[],
  given: Given,
  use: (capture: Capture) => T,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'wiretail-test-'))
  try {
    const path = join(folder, 'packets.pcapng')
    const writer = createWriter(path, { format: 'pcapng', interfaces: [{ linkType: 1 }] })
    packets.forEach(({ bytes }, i) => {
      writer.packet(bytes, 0, bytes.length, bytes.length, 1_700_000_000 + i, 0, 0)
    })
    writer.close()
    const settings = new Map<string, string[]>()
    const put = (name: string, file: string, text: string): void => {
      writeFileSync(join(folder, file), text)
      settings.set(name, [join(folder, file)])
    }
    if (given.keys !== undefined) put('tls.keylog', 'keys.txt', given.keys.join(''))
    if (given.rsa !== undefined) put('tls.rsa', 'server.pem', given.rsa)
    if (given.psk !== undefined) settings.set('tls.psk', [given.psk])
    const capture = new Capture(await openCapture(path), { strict: true, settings })
    try {
      while (capture.step(1000) === 'more');
      return use(capture)
    } finally {
      capture.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Rows of a packet as lines: layer, name, value, place. */
export function rowsOf(capture: Capture, packet: number): string[] {
  const d = capture.dissection()
  capture.record(d, packet)
  const { rows } = d
  return Array.from({ length: rows.count }, (_, row) => {
    const field = capture.registry.fields[rows.field[row]!]!
    return [
      rows.layer[row],
      field.name,
      rows.value[row],
      rows.texts.get(row) ?? '',
      rows.source[row],
      rows.start[row],
      rows.length[row],
    ].join(' ')
  })
}

/** Layers of a packet, outermost first. */
export function layersOf(capture: Capture, packet: number): string[] {
  const d = capture.dissection()
  capture.record(d, packet)
  return Array.from({ length: d.layers }, (_, i) => capture.registry.protocols[d.layerProtocol[i]!]!.name)
}

/** The sentences on the sealed records of a capture. */
export function sealsOf(capture: Capture): string[] {
  const seals: string[] = []
  for (let packet = 1; packet <= capture.index.count; packet++)
    for (const row of rowsOf(capture, packet)) seals.push(...(/ wiretail\.tls\.seal 0 (.*) \d+ \d+ \d+$/.exec(row)?.slice(1) ?? []))
  return seals
}

/** How many HTTP messages were found. */
export function httpMessages(capture: Capture): number {
  let count = 0
  for (let packet = 1; packet <= capture.index.count; packet++) count += layersOf(capture, packet).filter((name) => name === 'http').length
  return count
}
