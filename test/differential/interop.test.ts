// The demo's ciphers, certificates and servers with programs that are not ours: Python's cryptography, requests and ssl, OpenSSL, curl.
// Each group is skipped, loudly, where its program is missing.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { encryptFernet, generateFernetKey, openFernet, parseFernetKey } from '../../src/crypto/fernet.ts'
import { judgeChain, objectionsOf, PROGRAMS, type Program, wordsOf } from '../../src/crypto/x509-judge.ts'
import { type DemoServer, fernet, fetchOnce, https, plain } from '../../src/demo/index.ts'
import { encodeKey, makeAuthority, makeKey, makeRequest, signRequest } from '../../src/demo/pki.ts'
import * as made from '../unit/crypto/certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-interop-'))
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Programs may only be tested where they are installed. */
function missing(what: string, command: string, args: string[]): boolean {
  const found = spawnSync(command, args, { encoding: 'utf8' }).status === 0
  if (!found) console.warn(`SKIPPED: ${what} is not installed, so nothing is compared with it`)
  return !found
}

// Debian's packages belong to Debian's interpreter, which another python3 on the PATH may hide.
const PYTHONS = ['/usr/bin/python3', 'python3']
const pythonWith = (modules: string): string | undefined => PYTHONS.find((one) => spawnSync(one, ['-c', `import ${modules}`]).status === 0)
const withCryptography = pythonWith('cryptography')
const withRequests = pythonWith('requests')
if (withCryptography === undefined) console.warn("SKIPPED: Python's cryptography is not installed, so no tokens are exchanged with it")
if (withRequests === undefined) console.warn("SKIPPED: Python's requests is not installed, so it fetches nothing")

function python(program: string | undefined, code: string, env: Record<string, string> = {}): string {
  return execFileSync(program ?? 'python3', ['-c', code], { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 30_000 }).trim()
}

/** Runs a program while our server answers, which a call that blocks would not let it. */
function run(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, timeout: 30_000, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

function save(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function start(serving: Promise<DemoServer>): Promise<string> {
  const server = await serving
  closers.push(() => server.close())
  return server.url
}

const at = { host: '127.0.0.1', port: 0 }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe.skipIf(withCryptography === undefined)("Fernet with Python's cryptography", () => {
  const messages = ['fluffy tail', '', 'x'.repeat(16), 'ünïcödé 🐿']

  it('opens our tokens', () => {
    const key = generateFernetKey()
    const tokens = messages.map((message) => encryptFernet(bytes(message), parseFernetKey(key)!))
    const code = 'import sys,json\nfrom cryptography.fernet import Fernet\nf=Fernet(sys.stdin.readline().strip())\n'
    const input = `${key}\n${tokens.join('\n')}`
    const out = execFileSync(
      withCryptography ?? '',
      ['-c', `${code}print(json.dumps([f.decrypt(l.strip().encode()).decode() for l in sys.stdin]))`],
      { input },
    )
    expect(JSON.parse(out.toString())).toEqual(messages)
  })

  it('makes tokens and keys that we open', () => {
    const code = `import json\nfrom cryptography.fernet import Fernet\nk=Fernet.generate_key()\nprint(json.dumps([k.decode()]+[Fernet(k).encrypt(m.encode()).decode() for m in json.loads(${JSON.stringify(JSON.stringify(messages))})]))`
    const [key = '', ...tokens] = JSON.parse(python(withCryptography, code)) as string[]
    const opened = tokens.map((token) => openFernet(token, parseFernetKey(key)!, { ttl: 600 }))
    expect(opened.map((one) => one.ok && new TextDecoder().decode(one.message))).toEqual(messages)
  })

  it('refuses with the words that we show beside ours: InvalidToken, and the ValueError of a malformed key', () => {
    const token = encryptFernet(bytes('x'), parseFernetKey(generateFernetKey())!)
    const attempt = (call: string): string =>
      python(
        withCryptography,
        `from cryptography.fernet import Fernet\ntry:\n  ${call}\nexcept Exception as e: print(type(e).__module__+'.'+type(e).__name__+': '+str(e)+' / '+str(e.__context__))`,
      )
    expect(attempt(`Fernet('${generateFernetKey()}').decrypt(b'${token}')`)).toBe(
      'cryptography.fernet.InvalidToken:  / Signature did not match digest.',
    )
    expect(attempt("Fernet('c2hvcnQ=')")).toContain('ValueError: Fernet key must be 32 url-safe base64-encoded bytes.')
  })

  it.skipIf(withRequests === undefined)("the tutorial's client reads our Fernet server", async () => {
    const key = generateFernetKey()
    const url = await start(fernet.serve('fluffy tail', { ...at, fernetKey: key }))
    const code = `import os,urllib.request\nfrom cryptography.fernet import Fernet\nbody=urllib.request.urlopen(os.environ["SECRET_URL"]).read()\nprint(Fernet(os.environb[b"SECRET_KEY"]).decrypt(body))`
    const { out } = await run(withCryptography ?? '', ['-c', code], { SECRET_URL: url, SECRET_KEY: key })
    expect(out.trim()).toBe("b'fluffy tail'")
  })
})

// --- certificates: what each program says, held against what we say it says ---

const REQUESTED = made.requestFor()
const ecKey = makeKey('ecdsa')
const ecCa = makeAuthority({ subject: made.CA_SUBJECT, key: ecKey })
const ecServerKey = makeKey('ecdsa')
const ecServer = signRequest({
  request: made.requestOf(makeRequest({ subject: made.SUBJECT, key: ecServerKey, hosts: ['localhost', '127.0.0.1'] })),
  authority: made.certificateOf(ecCa),
  key: ecKey,
})
const good = made.serverCertificate()

interface Case {
  readonly name: string
  readonly server: string
  readonly ca: string
  readonly key?: ReturnType<typeof makeKey>
}

const CASES: Case[] = [
  { name: 'right', server: good, ca: made.ca },
  { name: 'right, ECDSA', server: ecServer, ca: ecCa, key: ecServerKey },
  { name: 'CA as printed', server: made.serverCertificate({}, made.printedCa), ca: made.printedCa },
  { name: 'certificate as printed', server: made.serverCertificate({ asPrinted: true }), ca: made.ca },
  { name: 'all as printed', server: made.serverCertificate({ asPrinted: true }, made.printedCa), ca: made.printedCa },
  { name: 'expired', server: made.serverCertificate({ validity: made.PAST }), ca: made.ca },
  { name: 'not yet valid', server: made.serverCertificate({ validity: made.FUTURE }), ca: made.ca },
  { name: 'expired CA', server: made.serverCertificate({}, made.expiredCa), ca: made.expiredCa },
  { name: 'self-signed', server: made.selfSigned, ca: made.ca },
  { name: 'self-signed and trusted', server: made.selfSigned, ca: made.selfSigned },
  { name: 'unknown CA', server: good, ca: ecCa },
  { name: 'a CA of the same name', server: good, ca: made.namesakeCa },
  { name: 'another name', server: made.serverCertificate({ request: made.requestFor(['other.example']) }), ca: made.ca },
  { name: 'another address', server: made.serverCertificate({ request: made.requestFor(['192.0.2.1']) }), ca: made.ca },
  { name: 'a wildcard that does not fit', server: made.serverCertificate({ request: made.requestFor(['*.localhost']) }), ca: made.ca },
  { name: 'for clients', server: made.serverCertificate({ purpose: 'client' }), ca: made.ca },
  { name: 'root sent along, and not trusted', server: good + made.ca, ca: ecCa },
]

function judged({ server, ca }: Case, program: Program, host: string): string | null {
  const chain = server.split(/(?<=-----END CERTIFICATE-----\n)/).filter((one) => one !== '')
  const judgement = judgeChain({ chain: chain.map(made.certificateOf), anchors: [made.certificateOf(ca)], host })
  const [first] = objectionsOf(judgement, program)
  return first ? wordsOf(first.cause, program, host) : null
}

const noOpenssl = missing('openssl', 'openssl', ['version'])

describe.skipIf(noOpenssl)('openssl', () => {
  it.each(CASES)('verify: $name', (one) => {
    const paths = { ca: save('ca.pem', one.ca), server: save('server.pem', one.server) }
    for (const [program, flags] of [
      ['openssl verify', []],
      ['openssl verify -x509_strict', ['-x509_strict']],
    ] as const) {
      const { stdout, stderr, status } = spawnSync(
        'openssl',
        ['verify', ...flags, '-CAfile', paths.ca, '-untrusted', paths.server, paths.server],
        { encoding: 'utf8' },
      )
      const said = /error \d+ at \d+ depth lookup: (.+)/.exec(stdout + stderr)?.[1] ?? null
      expect(said, `${program}: ${stdout}${stderr}`).toBe(judged(one, program, 'localhost'))
      expect(status === 0, program).toBe(said === null)
    }
  })

  it('takes our requests and our keys', () => {
    const request = save('csr.pem', makeRequest({ subject: made.SUBJECT, key: made.key, hosts: ['localhost'] }))
    expect(spawnSync('openssl', ['req', '-in', request, '-verify', '-noout']).status).toBe(0)
    const path = save('key.pem', encodeKey(made.key, 'serverpassword'))
    expect(spawnSync('openssl', ['pkey', '-in', path, '-passin', 'pass:serverpassword', '-noout', '-check']).status).toBe(0)
    expect(spawnSync('openssl', ['pkey', '-in', path, '-passin', 'pass:wrong', '-noout']).status).not.toBe(0)
  })

  it('makes requests that we sign, of RSA and of ECDSA', () => {
    for (const [algorithm, kind] of [
      ['rsa:2048', 'RSA-2048'],
      ['ec', 'ECDSA-P-256'],
    ] as const) {
      const options = algorithm === 'ec' ? ['-pkeyopt', 'ec_paramgen_curve:P-256'] : []
      const subject = ['-subj', '/C=FR/O=Noisettes/CN=écureuil.example', '-utf8', '-addext', 'subjectAltName=DNS:localhost']
      const pem = execFileSync(
        'openssl',
        ['req', '-new', '-newkey', algorithm, ...options, '-nodes', '-keyout', join(folder, 'theirs.key'), ...subject],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      )
      const certificate = made.serverCertificate({ request: made.requestOf(pem) })
      const { ca, server } = { ca: save('ca.pem', made.ca), server: save('server.pem', certificate) }
      expect(execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', ca, server], { encoding: 'utf8' })).toContain('OK')
      const text = execFileSync('openssl', ['x509', '-in', server, '-noout', '-subject', '-nameopt', 'utf8,sep_comma_plus_space'], {
        encoding: 'utf8',
      })
      expect(text).toContain('C=FR, O=Noisettes, CN=écureuil.example')
      expect(judged({ name: kind, server: certificate, ca: made.ca }, 'Node', 'localhost')).toBe(null)
    }
  })

  it.each(['-tls1_2', '-tls1_3'])('s_client %s: handshake, strict checks, answer', async (version) => {
    const url = new URL(await start(https.serve('fluffy tail', { ...at, tls: { identity: { certificate: good, key: made.key } } })))
    const ca = save('ca.pem', made.ca)
    const args = [
      's_client',
      version,
      '-connect',
      url.host,
      '-CAfile',
      ca,
      '-x509_strict',
      '-verify_return_error',
      '-verify_hostname',
      'localhost',
      '-quiet',
    ]
    const script = `printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' | openssl ${args.join(' ')} -ign_eof`
    const { out, err } = await run('sh', ['-c', script])
    expect(out, err).toContain('\r\n\r\nfluffy tail')
  })
})

const PYTHON_CODE = `
import ssl, sys, socket
context = ssl.create_default_context(cafile=sys.argv[1])
if sys.argv[4] == 'strict': context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
else: context.verify_flags &= ~(ssl.VERIFY_X509_STRICT | getattr(ssl, 'VERIFY_X509_PARTIAL_CHAIN', 0))
try:
    with socket.create_connection(('127.0.0.1', int(sys.argv[2]))) as raw:
        with context.wrap_socket(raw, server_hostname=sys.argv[3]) as sealed:
            sealed.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n')
            while sealed.recv(4096): pass
    print('ok')
except ssl.SSLCertVerificationError as error:
    print('certificate verify failed: ' + error.verify_message.rstrip('.'))
`

const noPython = missing('python3', 'python3', ['-c', 'import ssl; ssl.VERIFY_X509_PARTIAL_CHAIN'])
const noCurl = missing('curl', 'curl', ['--version'])

describe.skipIf(noPython)("Python's ssl, with the checks of 3.13 and with those before", () => {
  it.each(CASES)('$name', async (one) => {
    const { port } = new URL(
      await start(https.serve('x', { ...at, tls: { identity: { certificate: one.server, key: one.key ?? made.key } } })),
    )
    const ca = save('ca.pem', one.ca)
    for (const [program, how] of [
      ['Python 3.13 and later', 'strict'],
      ['Python up to 3.12', 'plain'],
    ] as const)
      for (const host of ['localhost', '127.0.0.1']) {
        const { out, err } = await run('python3', ['-c', PYTHON_CODE, ca, port, host, how])
        expect(out.trim(), `${program} ${host} ${err}`).toBe(judged(one, program, host) ?? 'ok')
      }
  })
})

describe.skipIf(noCurl)('curl', () => {
  it.each(CASES)('$name', async (one) => {
    const url = await start(https.serve('fluffy tail', { ...at, tls: { identity: { certificate: one.server, key: one.key ?? made.key } } }))
    const ca = save('ca.pem', one.ca)
    for (const host of ['localhost', '127.0.0.1']) {
      const { code, out, err } = await run('curl', ['-sS', '--cacert', ca, '--noproxy', '*', url.replace('127.0.0.1', host)])
      const expected = judged(one, 'curl', host)
      if (expected === null) expect({ code, out }, err).toEqual({ code: 0, out: 'fluffy tail' })
      else expect(err).toContain(`curl: (60) ${expected}`)
    }
  })
})

describe('Node', () => {
  it.each(CASES)('$name', async (one) => {
    const url = await start(https.serve('fluffy tail', { ...at, tls: { identity: { certificate: one.server, key: one.key ?? made.key } } }))
    for (const host of ['localhost', '127.0.0.1']) {
      const expected = judged(one, 'Node', host)
      const fetched = fetchOnce(url.replace('127.0.0.1', host), { tls: { authorities: one.ca } })
      if (expected === null) expect(new TextDecoder().decode((await fetched).body)).toBe('fluffy tail')
      else await expect(fetched, host).rejects.toThrow(`Node says: ${expected}`)
    }
  })
})

describe.skipIf(withRequests === undefined)("the tutorial's client, with requests", () => {
  const CLIENT = `
import os, requests
def get_secret_message():
    url = os.environ["SECRET_URL"]
    response = requests.get(url, verify=os.environ.get("CA") or True)
    print(f"The secret message is: {response.text}")
get_secret_message()
`
  it('reads the plain server and, with the authority, the one for https', async () => {
    const env = { NO_PROXY: '*', no_proxy: '*' }
    const open = await start(plain.serve('fluffy tail', at))
    expect((await run(withRequests ?? '', ['-c', CLIENT], { ...env, SECRET_URL: open })).out).toBe('The secret message is: fluffy tail\n')
    const sealed = (await start(https.serve('fluffy tail', { ...at, tls: { identity: { certificate: good, key: made.key } } }))).replace(
      '127.0.0.1',
      'localhost',
    )
    const CA = save('ca.pem', made.ca)
    expect((await run(withRequests ?? '', ['-c', CLIENT], { ...env, SECRET_URL: sealed, CA })).out).toBe(
      'The secret message is: fluffy tail\n',
    )
    const refused = await run(withRequests ?? '', ['-c', CLIENT], { ...env, SECRET_URL: sealed })
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate')
  })
})

it('every program that is judged is compared above, but for the browser', () => {
  expect([...PROGRAMS].filter((program) => program !== 'Chromium on Linux')).toEqual([
    'openssl verify',
    'openssl verify -x509_strict',
    'Python 3.13 and later',
    'Python up to 3.12',
    'curl',
    'Node',
  ])
  expect(REQUESTED.extensions).toHaveLength(1)
})
