// The recordings of captures/: each makes real traffic on loopback port 5683 while a capture runs.

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { createServer as createTlsServer, request as requestTls } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const PORT = 5683
const SECRET = 'fluffy tail'

/**
 * @typedef {object} Recording
 * @property {string} file name in captures/
 * @property {string} about one sentence for captures/README.md
 * @property {boolean} [segments] true: packets of 1500 bytes as on a real network, not loopback's 65 536
 * @property {boolean} [keys] true: a key log lies beside it
 * @property {(context: { demo: any, scratch: string, keylog: string }) => Promise<void>} run makes the traffic
 */

/** @type {Recording[]} */
export const RECORDINGS = [
  {
    file: 'plain.pcapng',
    about: 'The demo of `wiretail demo`: one GET, the secret in plain HTTP, ten packets over IPv4.',
    run: ({ demo }) => demo.runDemoTraffic({ port: PORT, secret: SECRET }),
  },
  {
    file: 'plain-ipv6.pcapng',
    about: 'The same over IPv6.',
    run: ({ demo }) => demo.runDemoTraffic({ port: PORT, secret: SECRET, host: '::1' }),
  },
  {
    file: 'requests.pcapng',
    about: 'Eight requests on one kept-alive connection (GET, HEAD, POST, 201, 204, 304, 404, chunked), then one of HTTP/1.0.',
    run: recordRequests,
  },
  {
    file: 'gzip.pcapng',
    about: 'A page of 60 kB, sent compressed with gzip in several segments; the secret is in it, and in no packet.',
    segments: true,
    run: recordGzip,
  },
  {
    file: 'tls12.pcapng',
    about: 'The secret over TLS 1.2 (ECDHE, RSA certificate).',
    segments: true,
    keys: true,
    run: (context) => recordTls(context, 'TLSv1.2'),
  },
  {
    file: 'tls13.pcapng',
    about: 'The secret over TLS 1.3.',
    segments: true,
    keys: true,
    run: (context) => recordTls(context, 'TLSv1.3'),
  },
]

async function listen(server) {
  server.listen(PORT, '127.0.0.1')
  await once(server, 'listening')
}

async function close(server) {
  server.close()
  await once(server, 'close')
}

/** Sends one request and resolves when its answer has been read. */
async function exchange(send, options, body) {
  const call = send({ host: '127.0.0.1', port: PORT, ...options })
  call.end(body)
  const [response] = await once(call, 'response')
  response.resume()
  await once(response, 'end')
}

async function recordRequests() {
  const note = JSON.stringify({ note: 'bring nuts', by: 'squirrel' })
  const server = createServer((incoming, response) => {
    incoming.resume()
    const answer = (status, headers, body) => response.writeHead(status, headers).end(body)
    const text = { 'Content-Type': 'text/plain; charset=utf-8' }
    switch (`${incoming.method === 'HEAD' ? 'GET' : incoming.method} ${incoming.url}`) {
      case 'GET /':
        if (incoming.headers['if-none-match'] === '"1"') return answer(304, { ETag: '"1"' })
        return answer(200, { ...text, ETag: '"1"', 'Content-Length': SECRET.length }, SECRET)
      case 'POST /notes':
        return answer(201, { 'Content-Type': 'application/json', Location: '/notes/1', 'Content-Length': note.length }, note)
      case 'DELETE /notes/1':
        return answer(204, {})
      case 'GET /slow': {
        response.writeHead(200, text)
        response.write('fluffy ')
        return setTimeout(() => response.end('tail'), 40)
      }
      default:
        return answer(404, { ...text, 'Content-Length': 13 }, 'Nothing here\n')
    }
  })
  await listen(server)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await exchange(request, { agent, path: '/' })
  await exchange(request, { agent, path: '/', method: 'HEAD' })
  await exchange(request, { agent, path: '/', headers: { 'If-None-Match': '"1"' } })
  await exchange(
    request,
    { agent, path: '/notes', method: 'POST', headers: { 'Content-Type': 'application/json', 'Content-Length': note.length } },
    note,
  )
  await exchange(request, { agent, path: '/notes/1', method: 'DELETE' })
  await exchange(request, { agent, path: '/missing' })
  await exchange(request, { agent, path: '/slow' })
  await exchange(request, { agent, path: '/' })
  agent.destroy()
  const old = connect(PORT, '127.0.0.1', () => old.write('GET / HTTP/1.0\r\n\r\n'))
  old.resume()
  await once(old, 'close')
  await close(server)
}

async function recordGzip() {
  // Varied text, so that the compressed page still needs several segments; a fixed multiplier keeps it the same each time.
  let state = 5683
  const line = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return `  <li>squirrel ${state.toString(36)} hid ${state % 97} nuts under tree ${(state >> 8) % 1009}</li>`
  }
  const rows = (count) => Array.from({ length: count }, line).join('\n')
  const page = `<!doctype html>\n<title>Squirrels</title>\n<ul>\n${rows(600)}\n  <li>the secret is: ${SECRET}</li>\n${rows(500)}\n</ul>\n`
  const packed = gzipSync(page)
  const server = createServer((_, response) => {
    const headers = {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Encoding': 'gzip',
      'Content-Length': packed.length,
      Connection: 'close',
    }
    response.writeHead(200, headers).end(packed)
  })
  await listen(server)
  await exchange(request, { path: '/squirrels', agent: false, headers: { 'Accept-Encoding': 'gzip' } })
  await close(server)
}

async function recordTls({ scratch, keylog }, version) {
  const key = join(scratch, 'key.pem')
  const cert = join(scratch, 'cert.pem')
  const subject = '/C=US/ST=Maryland/L=Baltimore/O=My Company/CN=localhost'
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', subject, ...names, '-keyout', key, '-out', cert]
  execFileSync('openssl', make, { stdio: 'ignore' })
  const server = createTlsServer(
    { key: readFileSync(key), cert: readFileSync(cert), minVersion: version, maxVersion: version, ALPNProtocols: ['http/1.1'] },
    (_, response) => {
      response
        .writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': SECRET.length, Connection: 'close' })
        .end(SECRET)
    },
  )
  await listen(server)
  const send = (options) => {
    const call = requestTls({ ...options, agent: false, servername: 'localhost', ca: readFileSync(cert), ALPNProtocols: ['http/1.1'] })
    call.on('socket', (socket) => socket.on('keylog', (line) => writeFileSync(keylog, line, { flag: 'a' })))
    return call
  }
  await exchange(send, { path: '/' })
  await close(server)
}
