// Longer and odder paths of certificates, made by OpenSSL, judged by us and by OpenSSL; and our client with servers that are not ours.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encryptFernet, parseFernetKey } from '../../src/crypto/fernet.ts'
import { type Certificate, describeKey } from '../../src/crypto/x509.ts'
import { judgeChain, objectionsOf, type Program, wordsOf } from '../../src/crypto/x509-judge.ts'
import { formatName } from '../../src/crypto/x509-names.ts'
import { isIssuedBy, isSelfSigned } from '../../src/crypto/x509-verify.ts'
import { fernet, fetchOnce, fetchSecret, https } from '../../src/demo/index.ts'
import { encodeKey } from '../../src/demo/pki.ts'
import * as made from '../unit/crypto/certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-chains-'))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true }))

const path = (name: string): string => join(folder, name)
const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })

const missing = spawnSync('openssl', ['version']).status !== 0
if (missing) console.warn('SKIPPED: openssl is not installed, so no paths of certificates are compared with it')

/** Extensions of a right authority, and of a right server. */
const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n'
const KEYS = 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
const SERVER = `basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\n${KEYS}`

/** Makes NAME.pem with NAME.key, signed by `issuer` or by itself, with these extensions. */
function make(name: string, issuer: string | undefined, extensions: string, options: string[] = []): Certificate {
  const subject = `/O=Nuts/CN=${name}`
  openssl(
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-subj',
    subject,
    '-out',
    `${name}.csr`,
  )
  writeFileSync(path(`${name}.ext`), extensions)
  const by = issuer === undefined ? ['-signkey', `${name}.key`] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial']
  openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', '30', '-extfile', `${name}.ext`, '-out', `${name}.pem`, ...options)
  return made.certificateOf(readFileSync(path(`${name}.pem`), 'latin1'))
}

interface Case {
  readonly name: string
  /** The server's certificate first, the trusted one last; the others are sent along. */
  readonly chain: readonly [extensions: string, ...string[]]
  readonly trusted?: number
}

const CASES: Case[] = [
  { name: 'an authority between', chain: [SERVER, `${CA}${KEYS}`, CA] },
  { name: 'two authorities between', chain: [SERVER, `${CA}${KEYS}`, `${CA}${KEYS}`, CA] },
  { name: 'a path longer than allowed', chain: [SERVER, `${CA}${KEYS}`, CA.replace('TRUE', 'TRUE,pathlen:0')] },
  { name: 'a path as long as allowed', chain: [SERVER, `${CA}${KEYS}`, CA.replace('TRUE', 'TRUE,pathlen:1')] },
  { name: 'a server that plays authority', chain: [SERVER, SERVER, CA] },
  { name: 'a CA that says it is none', chain: [SERVER, CA.replace('TRUE', 'FALSE').replace('keyCertSign', 'digitalSignature')] },
  { name: 'constraints that are not critical', chain: [SERVER, CA.replace('critical,CA', 'CA')] },
  { name: 'a CA without key usage', chain: [SERVER, CA.replace(/keyUsage.*\n/, '')] },
  { name: 'a CA without key identifier', chain: [SERVER, CA.replace(/subjectKey.*\n/, '')] },
  { name: 'key usage in place of constraints', chain: [SERVER, CA.replace(/basic.*\n/, '')] },
  { name: 'a server without the key identifier of its issuer', chain: [SERVER.replace(/authorityKey.*\n/, ''), CA] },
  { name: 'a server that may sign', chain: [`${SERVER}keyUsage=keyCertSign\n`, CA] },
  { name: 'only the authority between is trusted', chain: [SERVER, `${CA}${KEYS}`, CA], trusted: 1 },
]

describe.skipIf(missing)('paths made by OpenSSL', () => {
  it.each(CASES)('$name', ({ chain, trusted = chain.length - 1 }) => {
    const names = chain.map((_, i) => `link${i}`)
    const certificates = chain.map(() => undefined as unknown as Certificate)
    for (let i = chain.length - 1; i >= 0; i--) certificates[i] = make(names[i]!, names[i + 1], chain[i]!)
    for (let i = 0; i + 1 < chain.length; i++) expect(isIssuedBy(certificates[i]!, certificates[i + 1]!)).toBe(true)
    const sent = certificates.filter((_, i) => i < chain.length - 1)
    writeFileSync(
      path('sent.pem'),
      names
        .slice(0, chain.length - 1)
        .map((name) => readFileSync(path(`${name}.pem`), 'latin1'))
        .join(''),
    )
    const judgement = judgeChain({ chain: sent, anchors: [certificates[trusted]!], host: 'localhost' })
    const rows: [Program, string[]][] = [
      ['openssl verify', []],
      ['openssl verify -x509_strict', ['-x509_strict']],
      ['Python 3.13 and later', ['-x509_strict', '-partial_chain', '-purpose', 'sslserver', '-verify_hostname', 'localhost']],
      ['curl', ['-partial_chain', '-purpose', 'sslserver']],
    ]
    for (const [program, flags] of rows) {
      const args = ['verify', ...flags, '-CAfile', `${names[trusted]}.pem`, '-untrusted', 'sent.pem', 'link0.pem']
      const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8', cwd: folder })
      const said = /error \d+ at \d+ depth lookup: (.+)/.exec(stdout + stderr)?.[1] ?? null
      const [first] = objectionsOf(judgement, program)
      expect(first ? wordsOf(first.cause, 'openssl verify') : null, `${program}: ${stdout}${stderr}`).toBe(said)
    }
  })

  it.each([
    ['rsa:1024', [], 'RSA-1024', []],
    ['rsa:2048', [], 'RSA-2048', ['-sha1']],
    ['rsa:2048', [], 'RSA-2048', ['-sha512']],
    ['rsa:2048', [], 'RSA-2048', ['-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32']],
    ['rsa:3072', [], 'RSA-3072', []],
    ['ec', ['-pkeyopt', 'ec_paramgen_curve:P-384'], 'ECDSA-P-384', ['-sha384']],
    ['ec', ['-pkeyopt', 'ec_paramgen_curve:secp521r1'], 'ECDSA-P-521', []],
    ['ed25519', [], 'Ed25519', []],
    ['ed448', [], 'Ed448', []],
  ] as [string, string[], string, string[]][])('%s %j: %s, its signature is verified (%j)', (algorithm, options, name, digest) => {
    const pem = openssl(
      'req',
      '-x509',
      '-newkey',
      algorithm,
      ...options,
      '-nodes',
      '-keyout',
      'any.key',
      ...digest,
      '-subj',
      '/C=DE/O=Nüsse, GmbH/CN=any',
      '-utf8',
    )
    const certificate = made.certificateOf(pem)
    expect(describeKey(certificate.key)).toBe(name)
    expect(isSelfSigned(certificate)).toBe(true)
    expect(formatName(certificate.subject)).toBe('C=DE, O=Nüsse\\, GmbH, CN=any')
    expect(isIssuedBy(certificate, made.certificateOf(made.ca))).toBe(false)
  })
})

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

/** Starts a server of another program and waits until it answers. */
async function startOther(command: string, args: string[], port: number): Promise<void> {
  children.push(spawn(command, args, { cwd: folder, stdio: 'ignore', timeout: 30_000 }))
  for (let tries = 0; tries < 200; tries++) {
    const open = await fetchOnce(`http://127.0.0.1:${port}`, { timeout: 500 }).then(
      () => true,
      (error: Error) => !error.message.startsWith('Nothing listens'),
    )
    if (open) return
    await new Promise((done) => setTimeout(done, 30))
  }
  throw new Error(`${command} did not start`)
}

const noPython = spawnSync('python3', ['-c', 'import ssl, http.server']).status !== 0
if (noPython) console.warn('SKIPPED: python3 is not installed, so our client fetches nothing from it')

const SERVER_CODE = `
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = sys.argv[2].encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4], password='serverpassword')
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
`

describe('our client with the servers of others', () => {
  beforeAll(() => {
    writeFileSync(path('server-public-key.pem'), made.serverCertificate())
    writeFileSync(path('server-private-key.pem'), encodeKey(made.key, 'serverpassword'))
  })

  it.skipIf(noPython)("Python's, in plain HTTP and with our certificate and encrypted key", async () => {
    const port = await freePort()
    await startOther('python3', ['-c', SERVER_CODE, String(port), 'fluffy tail'], port)
    expect(new TextDecoder().decode((await fetchOnce(`http://127.0.0.1:${port}`)).body)).toBe('fluffy tail')
    const sealed = await freePort()
    await startOther(
      'python3',
      ['-c', SERVER_CODE, String(sealed), 'fluffy tail', 'server-public-key.pem', 'server-private-key.pem'],
      sealed,
    )
    const url = `https://localhost:${sealed}`
    expect(await fetchSecret(url, https, { tls: { authorities: made.ca } })).toBe('fluffy tail')
    await expect(fetchSecret(url, https)).rejects.toThrow('unable to get local issuer certificate')
  })

  it.skipIf(noPython)("a token that a server like the tutorial's declares to be HTML", async () => {
    const fernetKey = '8jtTR9QcD-k3RO9Pcd5ePgmTu_itJQt9WKQPzqjrcoM='
    const token = encryptFernet(new TextEncoder().encode('fluffy tail'), parseFernetKey(fernetKey)!)
    const port = await freePort()
    await startOther('python3', ['-c', SERVER_CODE, String(port), token], port)
    expect(await fetchSecret(`http://127.0.0.1:${port}`, fernet, { fernetKey })).toBe('fluffy tail')
  })

  it.skipIf(missing).each([
    [['-tls1_2', '-cipher', 'AES128-GCM-SHA256'], 'TLSv1.2', 'TLS_RSA_WITH_AES_128_GCM_SHA256'],
    [['-tls1_3'], 'TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
  ])('openssl s_server %j', async (flags, version, cipher) => {
    const port = await freePort()
    const identity = ['-cert', 'server-public-key.pem', '-key', 'server-private-key.pem', '-pass', 'pass:serverpassword']
    await startOther('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, ...identity, '-www', ...flags], port)
    const fetched = await fetchOnce(`https://localhost:${port}`, { tls: { authorities: made.ca } })
    expect(fetched).toMatchObject({ status: 200, tls: { version, cipher, verified: true } })
  })

  it.skipIf(missing)('openssl s_server that asks who we are, and tells in an alert that nobody answered', async () => {
    const port = await freePort()
    writeFileSync(path('ca.pem'), made.ca)
    const identity = ['-cert', 'server-public-key.pem', '-key', 'server-private-key.pem', '-pass', 'pass:serverpassword']
    await startOther(
      'openssl',
      ['s_server', '-accept', `127.0.0.1:${port}`, ...identity, '-www', '-Verify', '1', '-verify_return_error', '-CAfile', 'ca.pem'],
      port,
    )
    const url = `https://localhost:${port}`
    const client = { certificate: made.clientCertificate, key: made.clientKey }
    expect(await fetchOnce(url, { tls: { authorities: made.ca, identity: client } })).toMatchObject({ status: 200 })
    await expect(fetchOnce(url, { tls: { authorities: made.ca } })).rejects.toThrow('you showed no certificate')
    const stranger = { certificate: made.selfSignedClient, key: made.clientKey }
    await expect(fetchOnce(url, { tls: { authorities: made.ca, identity: stranger } })).rejects.toThrow(
      'does not know the authority of your certificate',
    )
  })
})
