#!/usr/bin/env node
// Records test/captures/failures/ anew: connections that fail, one for each way of failing, made with programs that are not ours (openssl,
// curl, Python, Node) on the loopback of an empty network namespace. Needs Linux with unshare, ip, openssl, curl, python3 and dumpcap.
//
//   node scripts/record-failures.mjs [NAME…]

import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createServer as createTls, connect as tlsConnect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import forge from 'node-forge'

const ROOT = resolve(fileURLToPath(import.meta.url), '../..')
const OUT = join(ROOT, 'test/captures/failures')
const PORT = 5683
const { values, positionals } = parseArgs({ allowPositionals: true, options: { inside: { type: 'boolean', default: false } } })

if (!values.inside) {
  const flags = process.getuid?.() === 0 ? '-n' : '-Urn'
  const { status } = spawnSync(
    'unshare',
    [
      flags,
      '--',
      'sh',
      '-c',
      'ip link set lo up && exec "$@"',
      'sh',
      process.execPath,
      fileURLToPath(import.meta.url),
      '--inside',
      ...positionals,
    ],
    { stdio: 'inherit' },
  )
  process.exit(status ?? 1)
}

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))
const scratch = mkdtempSync(join(tmpdir(), 'wiretail-failures-'))
const at = (name) => join(scratch, name)

// ── certificates ──

const DAY = 86_400_000

function issue(name, { issuer, from = -1, to = 30, names = ['localhost'], ca = false, subject = name }) {
  const keys = forge.pki.rsa.generateKeyPair(2048)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = keys.publicKey
  certificate.serialNumber = `01${Buffer.from(name).toString('hex').slice(0, 16)}`
  certificate.validity.notBefore = new Date(Date.now() + from * DAY)
  certificate.validity.notAfter = new Date(Date.now() + to * DAY)
  const own = [{ name: 'commonName', value: subject }]
  certificate.setSubject(own)
  certificate.setIssuer(issuer ? issuer.certificate.subject.attributes : own)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: ca, critical: true },
    ...(ca
      ? [{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }]
      : [{ name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) }]),
  ])
  certificate.sign(issuer?.keys.privateKey ?? keys.privateKey, forge.md.sha256.create())
  writeFileSync(at(`${name}.pem`), forge.pki.certificateToPem(certificate))
  writeFileSync(at(`${name}.key`), forge.pki.privateKeyToPem(keys.privateKey))
  return { certificate, keys }
}

function makeCertificates() {
  const ca = issue('ca', { ca: true, subject: 'Test Authority' })
  issue('other-ca', { ca: true, subject: 'Another Authority' })
  issue('good', { issuer: ca, subject: 'localhost' })
  issue('expired', { issuer: ca, from: -60, to: -30, subject: 'localhost' })
  issue('early', { issuer: ca, from: 30, to: 60, subject: 'localhost' })
  issue('elsewhere', { issuer: ca, names: ['example.org'], subject: 'example.org' })
  issue('alone', { subject: 'localhost' })
}

makeCertificates()
const pem = (name) => ({ cert: readFileSync(at(`${name}.pem`)), key: readFileSync(at(`${name}.key`)) })

// ── servers and clients ──

const listening = (server) => new Promise((done) => server.listen(PORT, '127.0.0.1', () => done({ stop: () => server.close() })))

function nodeTls(certificate, options = {}) {
  const server = createTls({ ...pem(certificate), ...options }, (socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('fluffy tail'))
  })
  server.on('tlsClientError', () => {})
  return () => listening(server)
}

const opensslServer =
  (certificate, ...options) =>
  async () => {
    const child = spawn(
      'openssl',
      ['s_server', '-accept', `127.0.0.1:${PORT}`, '-cert', at(`${certificate}.pem`), '-key', at(`${certificate}.key`), '-www', ...options],
      { stdio: ['pipe', 'ignore', 'ignore'] },
    )
    await sleep(300)
    return { stop: () => child.kill() }
  }

const program =
  (command, ...args) =>
  () =>
    new Promise((done) => {
      const child = execFile(command, args, { timeout: 4000, env: { ...process.env, SSL_CERT_FILE: '/dev/null' } }, () => done())
      child.stdin?.end()
    })

const opensslClient = (...options) =>
  program('openssl', 's_client', '-connect', `localhost:${PORT}`, '-servername', 'localhost', '-verify_return_error', ...options)
const trusting = () => ['-CAfile', at('ca.pem')]
const curl = (...options) => program('curl', '-s', '-4', '--max-time', '2', ...options, `https://localhost:${PORT}/`)

const PYTHON = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1] or None)
try:
    with socket.create_connection(('127.0.0.1', ${PORT}), 3) as s:
        with context.wrap_socket(s, server_hostname='localhost') as t:
            t.send(b'GET / HTTP/1.0\\r\\n\\r\\n'); t.recv(100)
except Exception as e:
    print(e, file=sys.stderr)
`
const python = (ca) => program('python3', '-c', PYTHON, ca === '' ? '' : at(`${ca}.pem`))

const nodeClient =
  (options = {}) =>
  () =>
    new Promise((done) => {
      const socket = tlsConnect({ port: PORT, host: '127.0.0.1', servername: 'localhost', ...options }, () =>
        socket.write('GET / HTTP/1.0\r\n\r\n'),
      )
      socket.on('error', () => done())
      socket.on('close', () => done())
      socket.on('data', () => {})
      setTimeout(() => socket.destroy(), 3000)
    })

/** A server that does this with a connection once it has heard something. */
const rude = (act) => () => listening(createServer((socket) => socket.on('error', () => {}).once('data', () => act(socket))))

const nobody = async () => ({ stop() {} })

const PYTHON_FULL = `
import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('127.0.0.1', ${PORT})); s.listen(0)
held = []
for _ in range(3):
    c = socket.socket(); c.setblocking(False)
    try: c.connect(('127.0.0.1', ${PORT}))
    except BlockingIOError: pass
    held.append(c)
print('full', flush=True); sys.stdin.read()
`
/** A server whose queue is full: what comes now gets no answer. */
const fullServer = async () => {
  const child = spawn('python3', ['-c', PYTHON_FULL], { stdio: ['pipe', 'pipe', 'inherit'] })
  await new Promise((done) => child.stdout.once('data', done))
  await sleep(300)
  return { stop: () => child.kill() }
}

// ── the ways to fail ──

const plainHttp = () => listening(createHttp((_request, response) => response.end('fluffy tail')))
const nodeHttps = () =>
  listening(createHttps(pem('good'), (_request, response) => response.end('fluffy tail')).on('tlsClientError', () => {}))
const tls12 = { maxVersion: 'TLSv1.2' }
const asking = { requestCert: true, rejectUnauthorized: true }

const FAILURES = {
  'unknown-ca-openssl-13': [nodeTls('good'), () => opensslClient()],
  'unknown-ca-openssl-12': [nodeTls('good', tls12), () => opensslClient()],
  'unknown-ca-curl-13': [opensslServer('good'), () => curl()],
  'unknown-ca-python-13': [nodeTls('good'), () => python('other-ca')],
  'unknown-ca-node-13': [nodeTls('good'), () => nodeClient()],
  'unknown-ca-node-12': [nodeTls('good', tls12), () => nodeClient()],
  'expired-openssl-13': [nodeTls('expired'), () => opensslClient(...trusting())],
  'expired-openssl-12': [nodeTls('expired', tls12), () => opensslClient(...trusting())],
  'expired-node-12': [nodeTls('expired', tls12), () => nodeClient({ ca: readFileSync(at('ca.pem')) })],
  'not-yet-valid-openssl-13': [nodeTls('early'), () => opensslClient(...trusting())],
  'not-yet-valid-openssl-12': [nodeTls('early', tls12), () => opensslClient(...trusting())],
  'wrong-host-python-13': [nodeTls('elsewhere'), () => python('ca')],
  'wrong-host-openssl-12': [nodeTls('elsewhere', tls12), () => opensslClient(...trusting(), '-verify_hostname', 'localhost')],
  'wrong-host-curl-12': [nodeTls('elsewhere', tls12), () => curl('--cacert', at('ca.pem'))],
  'wrong-host-curl-13': [nodeTls('elsewhere'), () => curl('--cacert', at('ca.pem'))],
  'self-signed-openssl-13': [nodeTls('alone'), () => opensslClient()],
  'self-signed-openssl-12': [nodeTls('alone', tls12), () => opensslClient()],
  'no-shared-version-old-server': [nodeTls('good', tls12), () => opensslClient('-tls1_3')],
  'no-shared-version-old-client': [nodeTls('good', { minVersion: 'TLSv1.3' }), () => opensslClient('-tls1_2')],
  'no-shared-cipher-12': [
    nodeTls('good', { ...tls12, ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' }),
    () => opensslClient('-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'),
  ],
  'no-shared-cipher-13': [
    opensslServer('good', '-tls1_3', '-ciphersuites', 'TLS_AES_256_GCM_SHA384'),
    () => opensslClient('-tls1_3', '-ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256'),
  ],
  'client-certificate-required-openssl-13': [opensslServer('good', '-Verify', '1', '-verify_return_error'), () => curl('-k')],
  'client-certificate-required-node-13': [nodeTls('good', asking), () => nodeClient({ ca: readFileSync(at('ca.pem')) })],
  'client-certificate-required-12': [opensslServer('good', '-tls1_2', '-Verify', '1', '-verify_return_error'), () => curl('-k')],
  'client-certificate-unknown-13': [
    opensslServer('good', '-Verify', '1', '-verify_return_error', '-CAfile', at('other-ca.pem')),
    () => curl('-k', '--cert', at('alone.pem'), '--key', at('alone.key')),
  ],
  refused: [nobody, () => curl()],
  'reset-in-handshake': [rude((socket) => socket.resetAndDestroy()), () => curl()],
  'closed-in-handshake': [rude((socket) => socket.end()), () => curl()],
  'silent-server': [rude(() => {}), () => curl()],
  'no-answer-to-syn': [fullServer, () => curl()],
  'http-to-https-openssl': [opensslServer('good'), () => program('curl', '-s', '-4', '--max-time', '2', `http://localhost:${PORT}/`)],
  'http-to-https-node': [nodeHttps, () => program('curl', '-s', '-4', '--max-time', '2', `http://localhost:${PORT}/`)],
  'https-to-http-node': [plainHttp, () => curl()],
  'https-to-http-python': [
    async () => {
      const child = spawn('python3', ['-m', 'http.server', '--bind', '127.0.0.1', String(PORT)], { stdio: 'ignore', cwd: scratch })
      await sleep(900)
      return { stop: () => child.kill() }
    },
    () => curl(),
  ],
  'works-13': [nodeTls('good'), () => nodeClient({ ca: readFileSync(at('ca.pem')) })],
  'client-certificate-refused-node-12': [
    nodeTls('good', { ...tls12, ...asking, ca: [] }),
    () => nodeClient({ ca: readFileSync(at('ca.pem')), ...pem('good') }),
  ],
  'works-12-mutual': [
    nodeTls('good', { ...tls12, ...asking, ca: readFileSync(at('ca.pem')) }),
    () => nodeClient({ ca: readFileSync(at('ca.pem')), ...pem('good') }),
  ],
  'works-curl-13': [opensslServer('good'), () => curl('--cacert', at('ca.pem'))],
  'works-plain': [plainHttp, () => program('curl', '-s', '-4', '--max-time', '2', `http://localhost:${PORT}/`)],
}

async function record(name) {
  const [serve, client] = FAILURES[name]
  const server = await serve()
  const capture = spawn('dumpcap', ['-q', '-i', 'lo', '-f', `tcp port ${PORT} or icmp`, '-w', join(OUT, `${name}.pcapng`)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await new Promise((done) => capture.stderr.on('data', (text) => String(text).includes('File:') && done()))
  await sleep(150)
  await client()()
  await sleep(300)
  capture.kill('SIGINT')
  await new Promise((done) => capture.once('exit', done))
  await server.stop()
  await sleep(50)
  console.log(name)
}

try {
  mkdirSync(OUT, { recursive: true })
  for (const name of positionals.length > 0 ? positionals : Object.keys(FAILURES)) await record(name)
} finally {
  rmSync(scratch, { recursive: true })
}
process.exit(0)
