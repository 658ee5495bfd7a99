// The https server and its client, on real handshakes: what works, and what each failure says on both sides.

import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type DemoServer,
  fernet,
  fetchOnce,
  fetchSecret,
  generateFernetKey,
  https,
  plain,
  type TlsClientOptions,
  type TlsServerOptions,
} from '../../../src/demo/index.ts'
import {
  ca,
  caKey,
  certificateOf,
  clientCertificate,
  clientKey,
  expiredCa,
  FUTURE,
  key,
  PAST,
  printedCa,
  requestFor,
  selfSigned,
  selfSignedClient,
  serverCertificate,
} from '../crypto/certificates.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const good = serverCertificate()
const identity = { certificate: good, key }
const client = { certificate: clientCertificate, key: clientKey }

async function serve(tls: Partial<TlsServerOptions>, lines: string[] = []): Promise<DemoServer> {
  const options = { host: '127.0.0.1', port: 0, tls: { identity, ...tls }, log: (line: string) => void lines.push(line) }
  const server = await https.serve('fluffy tail', options)
  closers.push(() => server.close())
  return server
}

/** What the client says, and what the server logs, which may come a moment later. */
async function attempt(tls: Partial<TlsServerOptions>, options: TlsClientOptions) {
  const lines: string[] = []
  const server = await serve(tls, lines)
  const said = await fetchOnce(server.url, { tls: options, timeout: 4000 }).then(
    ({ body, tls: outcome }) => ({ body: new TextDecoder().decode(body), outcome }),
    (error: Error) => error.message,
  )
  for (let tries = 0; lines.length === 0 && tries < 100; tries++) await new Promise((done) => setTimeout(done, 10))
  return { said, logged: lines.join('\n') }
}

describe('serve https and get', () => {
  it('bring the secret across, with everything checked', async () => {
    const { said, logged } = await attempt({}, { authorities: ca })
    expect(said).toMatchObject({ body: 'fluffy tail', outcome: { version: 'TLSv1.3', verified: true } })
    expect(logged).toMatch(/^127\.0\.0\.1:\d+ {2}GET \/ {2}TLSv1\.3 TLS_AES_256_GCM_SHA384 {2}200 {2}11 bytes$/)
  })

  it.each([
    [{ maxVersion: '1.2' }, 'TLSv1.2', /^TLS_ECDHE_RSA_/],
    [{ minVersion: '1.3' }, 'TLSv1.3', /^TLS_AES_/],
    [{ keyExchange: 'rsa' }, 'TLSv1.2', /^TLS_RSA_WITH_AES_256_GCM_SHA384$/],
    [{ keyExchange: 'dhe' }, 'TLSv1.2', /^TLS_DHE_RSA_/],
    [{ keyExchange: 'ecdhe' }, 'TLSv1.3', /^TLS_AES_/],
    [{ keyExchange: 'ecdhe', maxVersion: '1.2' }, 'TLSv1.2', /^TLS_ECDHE_RSA_/],
    [{ maxVersion: '1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }, 'TLSv1.2', /^TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256$/],
  ] as const)('%j: %s', async (options, version, cipher) => {
    const { said } = await attempt(options, { authorities: ca })
    expect(said).toMatchObject({ outcome: { version, cipher: expect.stringMatching(cipher) } })
  })

  it('go back to TLS 1.0 when both ends ask for it', async () => {
    const { said } = await attempt({ maxVersion: '1.0' }, { authorities: ca, minVersion: '1.0' })
    expect(said).toMatchObject({ outcome: { version: 'TLSv1' } })
  })

  it('take any certificate with insecure, and say so', async () => {
    const { said } = await attempt({ identity: { certificate: selfSigned, key } }, { insecure: true })
    expect(said).toMatchObject({ body: 'fluffy tail', outcome: { verified: false } })
  })

  it('know each other with certificates on both sides', async () => {
    const { said, logged } = await attempt({ clientAuthorities: ca }, { authorities: ca, identity: client })
    expect(said).toMatchObject({ body: 'fluffy tail' })
    expect(logged).toContain('  client squirrel  200')
  })

  it('give the connection its key log', async () => {
    const lines: string[] = []
    await fetchOnce((await serve({})).url, { tls: { authorities: ca, keylog: (line) => lines.push(line.toString('latin1')) } })
    expect(lines.join('')).toMatch(/^CLIENT_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]{64} [0-9a-f]+$/m)
  })
})

const host = (hosts: string[]) => serverCertificate({ request: requestFor(hosts) })
const refusals: [string, string, string, string | undefined, string, string][] = [
  ['unknown CA', good, '', undefined, 'unable to get local issuer certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['self-signed', selfSigned, 'signed itself', ca, 'self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['root sent along', good + ca, 'my-ca.com', undefined, 'self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ['expired', serverCertificate({ validity: PAST }), 'It was valid until', ca, 'certificate has expired', 'CERT_HAS_EXPIRED'],
  ['not yet valid', serverCertificate({ validity: FUTURE }), 'It is valid from', ca, 'certificate is not yet valid', 'CERT_NOT_YET_VALID'],
  ['expired CA', serverCertificate({}, expiredCa), 'my-ca.com', expiredCa, 'certificate has expired', 'CERT_HAS_EXPIRED'],
  [
    'wrong host',
    host(['other.example']),
    'It is for other.example, not for 127.0.0.1',
    ca,
    "IP address mismatch, certificate is not valid for '127.0.0.1'",
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  [
    'CA as printed',
    serverCertificate({}, printedCa),
    'BasicConstraints CA:TRUE is missing',
    printedCa,
    'invalid CA certificate',
    'INVALID_PURPOSE',
  ],
  [
    'for clients only',
    serverCertificate({ purpose: 'client' }),
    'It is for clientAuth, not for serverAuth',
    ca,
    'unsuitable certificate purpose',
    'INVALID_PURPOSE',
  ],
]

describe('a certificate that is refused', () => {
  it.each(refusals)(
    '%s: one line with the cause, the words of Python and of Node, and the remedy',
    async (_, certificate, cause, authorities, python, node) => {
      const { said, logged } = await attempt({ identity: { certificate, key } }, authorities === undefined ? {} : { authorities })
      expect(said).toContain(cause)
      expect(said).toContain(`[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${python};`)
      expect(said).toContain(`Node says: ${node}: `)
      expect(said).toMatch(/^The certificate[^\n]+(wiretail|--ca)[^\n]+$/)
      expect(logged).toContain('the client closed during the handshake')
    },
  )
})

const failures: [string, Partial<TlsServerOptions>, TlsClientOptions, RegExp, string][] = [
  ['no version in common', { maxVersion: '1.2' }, { minVersion: '1.3' }, /no TLS version in common.*--tls-min/, 'no TLS version in common'],
  ['an old server', { maxVersion: '1.1' }, {}, /no TLS version in common/, 'no TLS version in common'],
  [
    'no cipher in common',
    { maxVersion: '1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
    { ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' },
    /no cipher in common.*--ciphers/,
    'no cipher in common',
  ],
  ['no client certificate, TLS 1.3', { clientAuthorities: ca }, {}, /asks who you are.*--cert/, 'the client showed no certificate'],
  [
    'no client certificate, TLS 1.2',
    { clientAuthorities: ca, maxVersion: '1.2' },
    {},
    /wants a certificate.*--cert/,
    'the client showed no certificate',
  ],
  [
    'a client certificate of nobody',
    { clientAuthorities: ca },
    { identity: { certificate: selfSignedClient, key: clientKey } },
    /may not take your certificate/,
    "the client's certificate is refused: DEPTH_ZERO_SELF_SIGNED_CERT",
  ],
]

describe('a handshake that fails', () => {
  it.each(failures)('%s: both sides say why', async (_, server, options, said, logged) => {
    const result = await attempt(server, { authorities: ca, ...options })
    expect(result.said).toMatch(said)
    expect(result.said).not.toContain('\n')
    expect(result.logged).toContain(logged)
  })

  it('http to an https port, and https to an http port, say what to write', async () => {
    const lines: string[] = []
    const sealed = await serve({}, lines)
    await expect(fetchOnce(sealed.url.replace('https', 'http'))).rejects.toThrow('write https:')
    expect(lines[0]).toContain('plain HTTP: this port speaks TLS')
    const open = await plain.serve('x', { host: '127.0.0.1', port: 0 })
    closers.push(() => open.close())
    await expect(fetchOnce(open.url.replace('http', 'https'))).rejects.toThrow('does not speak TLS on this port. Write http:')
  })

  it('bytes that are no TLS are logged, and the server goes on', async () => {
    const lines: string[] = []
    const server = await serve({}, lines)
    await new Promise<void>((done) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write('\x16\x03\x01\x00\x05hello'))
      socket.on('close', () => done()).on('error', () => undefined)
      socket.resume()
    })
    expect(lines.join()).toContain('the TLS handshake failed')
    await expect(fetchSecret(server.url, https, { tls: { authorities: ca } })).resolves.toBe('fluffy tail')
  })

  it('what cannot work at all is refused before anyone connects', async () => {
    await expect(serve({ identity: { certificate: good, key: clientKey } })).rejects.toThrow('does not belong to the certificate')
    await expect(serve({ ciphers: 'NONSENSE' })).rejects.toThrow('knows none of these ciphers')
    await expect(https.serve('x', { host: '127.0.0.1', port: 0 })).rejects.toThrow('needs a certificate and its private key')
    const server = await serve({})
    await expect(https.serve('x', { host: '127.0.0.1', port: server.port, tls: { identity } })).rejects.toThrow(
      `Port ${server.port} on 127.0.0.1 is taken`,
    )
    await expect(fetchOnce('https://127.0.0.1:1')).rejects.toThrow(
      'Nothing listens on 127.0.0.1:1. Start the server first: wiretail serve https --port 1',
    )
  })
})

describe('serve fernet', () => {
  it('sends a new token each time, and only the key opens it', async () => {
    const fernetKey = generateFernetKey()
    const server = await fernet.serve('fluffy tail', { host: '127.0.0.1', port: 0, fernetKey })
    closers.push(() => server.close())
    const [one, other] = [await fetchOnce(server.url), await fetchOnce(server.url)]
    expect(one.body).not.toEqual(other.body)
    expect(fernet.read(one.body, { fernetKey })).toBe('fluffy tail')
    expect(() => fernet.read(one.body, { fernetKey: generateFernetKey() })).toThrow('InvalidToken: the signature does not match')
    expect(() => fernet.read(one.body)).toThrow('A Fernet key is needed')
    await expect(fernet.serve('x', { host: '127.0.0.1', port: 0, fernetKey: 'short' })).rejects.toThrow('The key is malformed')
  })
})

it('the certificates of this test are what they claim', () => {
  expect(certificateOf(good).key.bits).toBe(2048)
  expect(caKey.asymmetricKeyType).toBe('rsa')
})
