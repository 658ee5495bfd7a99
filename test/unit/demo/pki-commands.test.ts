// The commands of the certificate authority and of the ciphers, as a user types them, each in a folder of its own.

import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import * as cipher from '../../../src/cli/cipher.ts'
import * as dh from '../../../src/cli/dh.ts'
import * as fernet from '../../../src/cli/fernet.ts'
import * as get from '../../../src/cli/get.ts'
import * as pki from '../../../src/cli/pki.ts'
import * as serve from '../../../src/cli/serve.ts'
import * as demo from '../../../src/demo/index.ts'

async function attempt(command: Pick<typeof get, 'run'>, args: string[]) {
  const written = { out: '', err: '' }
  const io = {
    out: (text: string): void => {
      written.out += text
    },
    err: (text: string): void => {
      written.err += text
    },
    script: '',
  }
  return { code: await command.run(args, io), ...written }
}

/** Expects one line on standard error, exit code 1, and no data. */
async function refused(command: Pick<typeof get, 'run'>, args: string[], message: string): Promise<void> {
  const { code, out, err } = await attempt(command, args)
  expect(err).toContain(message)
  expect(err).toMatch(/^wiretail: [^\n]+\n$/)
  expect({ code, out }).toEqual({ code: 1, out: '' })
}

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wiretail-pki-'))
  vi.stubEnv('CA_PASSPHRASE', 'secret_password')
  vi.stubEnv('PASSPHRASE', 'serverpassword')
  for (const action of ['ca', 'csr', 'sign']) expect(await attempt(pki, [action, '--dir', folder])).toMatchObject({ code: 0, err: '' })
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const file = (name: string): string => join(folder, name)

describe('wiretail pki', () => {
  it("makes the tutorial's files, the private keys for their owner alone, and encrypted", () => {
    const modes = demo.PKI_FILES
    for (const name of [modes.authorityKey, modes.key]) {
      expect(statSync(file(name)).mode & 0o777).toBe(0o600)
      expect(readFileSync(file(name), 'latin1')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/)
    }
    for (const name of [modes.authority, modes.request, modes.certificate]) expect(statSync(file(name)).mode & 0o777).toBe(0o644)
  })

  it('shows certificates, requests and keys', async () => {
    const { out } = await attempt(pki, ['show', file('server-public-key.pem')])
    expect(out).toMatch(/"From 20\d\d-\d\d-\d\d [\d:]+ UTC to .* I am my-site\.com according to my-ca\.com\."/)
    expect(out).toContain('Extension      subjectAltName: DNS:localhost, IP:127.0.0.1')
    expect((await attempt(pki, ['show', file('server-csr.pem')])).out).toContain('Request\n  Subject        C=US, ST=Maryland')
    expect((await attempt(pki, ['show', file('server-private-key.pem')])).out).toBe('Private key, protected by a passphrase\n')
    const [data] = JSON.parse((await attempt(pki, ['show', '--json', file('ca-public-key.pem')])).out)
    expect(data).toMatchObject({
      subject: 'C=US, ST=Maryland, L=Baltimore, O=My CA Company, CN=my-ca.com',
      ca: true,
      key: 'RSA-2048',
      san: [],
    })
    expect(Date.parse(data.notAfter) - Date.parse(data.notBefore)).toBe(30 * 86_400_000)
  })

  it('verifies: everyone accepts, and a wrong name is refused by those who see it', async () => {
    const good = await attempt(pki, ['verify', '--dir', folder, '--host', 'localhost'])
    expect(good.code).toBe(0)
    expect(good.out.match(/ accepts$/gm)).toHaveLength(7)
    const bad = await attempt(pki, ['verify', '--dir', folder, '--host', 'other.example', '--json'])
    expect(bad.code).toBe(1)
    const { verdicts } = JSON.parse(bad.out)
    const accepting = verdicts.filter(({ accepts }: { accepts: boolean }) => accepts).map(({ program }: { program: string }) => program)
    expect(accepting).toEqual(['openssl verify', 'openssl verify -x509_strict'])
  })

  it('shows where a certificate is damaged', async () => {
    const [first = '', second = '', ...rest] = readFileSync(file('server-public-key.pem'), 'latin1').split('\n')
    writeFileSync(file('damaged.pem'), [first, second.replace('MII', 'MIJ'), ...rest].join('\n'))
    expect((await attempt(pki, ['show', file('damaged.pem')])).out).toContain('Damaged        at byte 0: the element announces')
    await refused(pki, ['verify', 'damaged.pem', '--dir', folder], 'is damaged at byte 0')
  })

  it('overwrites nothing without --force, and writes neither of two files when one exists', async () => {
    const before = readFileSync(file('ca-private-key.pem'))
    await refused(pki, ['ca', '--dir', folder, '--passphrase', 'another'], 'ca-private-key.pem exists, and is not overwritten.')
    expect(readFileSync(file('ca-private-key.pem'))).toEqual(before)
    const half = join(folder, 'half')
    await attempt(pki, ['csr', '--dir', half, '--no-passphrase'])
    rmSync(join(half, 'server-private-key.pem'))
    await refused(pki, ['csr', '--dir', half, '--no-passphrase'], 'server-csr.pem exists')
    await expect(async () => statSync(join(half, 'server-private-key.pem'))).rejects.toThrow('ENOENT')
  })

  it('replaces a key that others could read by one that they cannot', async () => {
    const loose = join(folder, 'loose')
    await attempt(pki, ['csr', '--dir', loose, '--no-passphrase'])
    chmodSync(join(loose, 'server-private-key.pem'), 0o644)
    expect((await attempt(pki, ['csr', '--dir', loose, '--no-passphrase', '--force'])).code).toBe(0)
    expect(statSync(join(loose, 'server-private-key.pem')).mode & 0o777).toBe(0o600)
  })

  it('makes ECDSA keys, certificates for clients, expired ones, and ones that sign themselves', async () => {
    const other = join(folder, 'other')
    const run = async (...args: string[]) => expect(await attempt(pki, [...args, '--dir', other])).toMatchObject({ code: 0 })
    await run('ca', '--algorithm', 'ecdsa', '--no-passphrase')
    await run('csr', '--name', 'client', '--algorithm', 'ecdsa', '--no-passphrase', '--hostname', 'squirrel')
    await run('sign', '--name', 'client', '--for', 'client', '--expired')
    const [data] = JSON.parse((await attempt(pki, ['show', '--json', join(other, 'client-public-key.pem')])).out)
    expect(data.key).toBe('ECDSA-P-256')
    expect(Date.parse(data.notAfter)).toBeLessThan(Date.now())
    expect(JSON.stringify(data.extensions)).toContain('clientAuth')
    await run('sign', '--name', 'client', '--self', '--force')
    const [own] = JSON.parse((await attempt(pki, ['show', '--json', join(other, 'client-public-key.pem')])).out)
    expect(own.subject).toBe(own.issuer)
  })

  it("names the certificate after the request's file", async () => {
    const named = join(folder, 'named')
    await attempt(pki, ['ca', '--dir', named, '--no-passphrase', '--algorithm', 'ecdsa'])
    await attempt(pki, ['csr', '--dir', named, '--no-passphrase', '--algorithm', 'ecdsa', '--name', 'client'])
    expect((await attempt(pki, ['sign', 'client-csr.pem', '--dir', named])).out).toContain(join(named, 'client-public-key.pem'))
    expect((await attempt(pki, ['verify', '--name', 'client', '--dir', named])).code).toBe(0)
  })

  it.each([
    [['sign', 'nowhere.pem'], 'There is no nowhere.pem, where a request should be.'],
    [[], 'Say what to do: ca, csr, sign, show or verify.'],
    [['toString'], 'There is no "pki toString"'],
    [['ca', 'extra'], '"extra" is too much'],
    [['sign', '--san', 'x'], '--san is not for pki sign.'],
    [['ca', '--country', 'USA', '--no-passphrase', '--dir', '{}/x'], '"USA" is no country'],
    [['ca', '--algorithm', 'dsa'], 'There are no keys of the kind "dsa" here.'],
    [['ca', '--days', '0'], '"0" is no number of days'],
    [['ca', '--not-before', 'soon'], '"soon" is no date'],
    [['ca', '--passphrase', 'abc', '--dir', '{}/x'], 'The passphrase is too short.'],
    [['csr', '--san', 'not a host', '--no-passphrase', '--dir', '{}/x'], '"not a host" is neither a host name nor an address.'],
    [['sign', '--for', 'squirrels', '--dir', '{}'], 'A certificate cannot be for "squirrels".'],
    [['sign', '--dir', '{}', '--passphrase', 'wrong'], 'The passphrase does not open the private key in'],
    [
      ['sign', '--dir', '{}', '--ca', 'server-public-key.pem', '--passphrase', 'secret_password'],
      'is not the one that belongs to the authority',
    ],
    [['sign', '--dir', '{}', '--ca', 'server-csr.pem'], 'holds a certificate request, not a certificate.'],
    [['sign', '{}/server-public-key.pem', '--dir', '{}'], 'holds a certificate, not a request.'],
    [['show', '{}'], 'is a directory'],
    [['sign', '--dir', '{}', '--ca', 'server-private-key.pem'], 'holds an encrypted private key, not a certificate.'],
    [['ca', '--no-passphrase', '--dir', '{}/nothing.pem'], 'nothing.pem is a file, not a folder.'],
    [['show', '{}/nothing.pem'], 'holds no certificate, request or key in PEM'],
    [
      ['verify', '--dir', '{}', '--ca', 'missing.pem'],
      'missing.pem, where a certificate should be. Check the name, or make it: wiretail pki ca',
    ],
  ] as [string[], string][])('%j: one line, exit code 1', async (args, message) => {
    writeFileSync(file('nothing.pem'), 'nothing')
    await refused(
      pki,
      args.map((arg) => arg.replace('{}', folder)),
      message,
    )
  })

  it('asks for a passphrase only where there is a terminal', async () => {
    await refused(pki, ['csr', '--dir', join(folder, 'quiet')], 'there is no terminal to ask for one. Set PASSPHRASE')
    await refused(pki, ['sign', '--dir', folder, '--force'], 'is encrypted, and there is no terminal to ask for its passphrase')
  })
})

describe('wiretail serve https and get https', () => {
  it.each([
    [['https', '--cert', '{}/none.pem'], 'There is no'],
    [
      ['https', '--cert', '{}/server-public-key.pem', '--key', '{}/server-private-key.pem', '--passphrase', 'wrong'],
      'The passphrase does not open',
    ],
    [['https', '--cert', '{}/server-public-key.pem', '--key', '{}/server-private-key.pem'], 'is encrypted'],
    [
      ['https', '--cert', '{}/server-public-key.pem', '--key', '{}/ca-private-key.pem', '--passphrase', 'secret_password'],
      'does not match the private key in',
    ],
    [['https', '--cert', '{}/server-csr.pem', '--key', '{}/server-private-key.pem'], 'not a certificate'],
    [['https', '--tls-min', '1.3', '--tls-max', '1.2'], 'No TLS version is at least 1.3 and at most 1.2.'],
    [['https', '--tls-min', '4'], '"4" is no TLS version'],
    [['https', '--key-exchange', 'magic'], '"magic" is no key exchange'],
    [['https', '--key-exchange', 'rsa', '--tls-min', '1.3'], 'TLS 1.3 has no key exchange of the kind rsa'],
    [['plain', '--cert', 'x'], '--cert is for https, not for serve plain'],
    [['plain', '--fernet-key', 'x'], '--fernet-key is for fernet'],
    [['fernet'], 'A Fernet key is needed'],
    [['fernet', '--fernet-key', 'short'], 'The key is malformed'],
  ])('serve %j: one line', async (args, message) => {
    vi.stubEnv('SECRET_KEY', '')
    await refused(
      serve,
      args.map((arg) => arg.replace('{}', folder)),
      message,
    )
  })

  it.each([
    [['http://127.0.0.1:1', '--insecure'], '--insecure is for https, not for http. Leave it out, or: wiretail get https://127.0.0.1:1'],
    [['https://127.0.0.1:1', '--ca', '{}/missing.pem'], 'missing.pem, where a certificate should be'],
    [['https://127.0.0.1:1', '--cert', 'x'], 'go together'],
    [['https://127.0.0.1:1', '--keylog', '{}/no/such'], 'cannot be written: ENOENT'],
    [['localhost:5683'], '"localhost:5683" is not a whole URL. Write: wiretail get http://localhost:5683'],
    [['http://127.0.0.1:1', '--kind', 'magic'], 'No kind "magic"'],
  ])('get %j: one line', async (args, message) => {
    await refused(
      get,
      args.map((arg) => arg.replace('{}', folder)),
      message,
    )
  })
})

describe('wiretail get', () => {
  const secret = 'fluffy tail'
  const at = { host: '127.0.0.1', port: 0 }

  it('opens a Fernet token with the key from the environment or the option, and says what it is without', async () => {
    const fernetKey = demo.generateFernetKey()
    const server = await demo.fernet.serve(secret, { ...at, fernetKey })
    try {
      expect((await attempt(get, [server.url, '--fernet-key', fernetKey])).out).toBe(`The secret message is: ${secret}\n`)
      vi.stubEnv('SECRET_KEY', fernetKey)
      expect((await attempt(get, [server.url])).out).toBe(`The secret message is: ${secret}\n`)
      vi.stubEnv('SECRET_KEY', demo.generateFernetKey())
      await refused(get, [server.url], 'InvalidToken: the signature does not match')
      vi.stubEnv('SECRET_KEY', 'short')
      await refused(get, [server.url], 'The key is malformed')
      vi.stubEnv('SECRET_KEY', '')
      const { out, err } = await attempt(get, [server.url])
      expect(out).toMatch(/^The secret message is: gAAAAA/)
      expect(err).toContain('This is a Fernet token.')
    } finally {
      await server.close()
    }
  })

  it('turns the shifted letters back, when it is told to', async () => {
    const server = await demo.cipher.serve(secret, at)
    expect((await attempt(get, [server.url])).out).toBe('The secret message is: ekteex szhk\n')
    expect((await attempt(get, [server.url, '--kind', 'cipher'])).out).toBe(`The secret message is: ${secret}\n`)
    await server.close()
  })

  it('leaves an answer that is no token alone, key or not', async () => {
    vi.stubEnv('SECRET_KEY', demo.generateFernetKey())
    const server = await demo.plain.serve(secret, at)
    expect((await attempt(get, [server.url, '-v'])).out).toBe(`The secret message is: ${secret}\n`)
    await refused(get, [server.url, '--kind', 'fernet'], 'InvalidToken: this is no Fernet token')
    await server.close()
  })
})

describe('wiretail fernet, cipher and dh', () => {
  const key = '8jtTR9QcD-k3RO9Pcd5ePgmTu_itJQt9WKQPzqjrcoM='

  it('make keys and tokens, open them, take them apart', async () => {
    expect((await attempt(fernet, ['key'])).out).toMatch(/^[\w-]{43}=\n$/)
    const token = (await attempt(fernet, ['encrypt', 'fluffy tail', '--key', key])).out.trim()
    expect((await attempt(fernet, ['decrypt', token, '--key', key])).out).toBe('fluffy tail\n')
    const { out } = await attempt(fernet, ['inspect', token])
    expect(out).toContain('16 bytes, so the message has 0 to 15')
    expect(out).toContain('Without the key, that is all.')
    expect(JSON.parse((await attempt(fernet, ['inspect', token, '--key', key, '--json'])).out)).toMatchObject({
      valid: true,
      message: 'fluffy tail',
    })
    await refused(fernet, ['decrypt', token, '--key', demo.generateFernetKey()], 'InvalidToken: the signature does not match')
    await refused(fernet, ['decrypt', token, '--key', 'x'], 'ValueError: Fernet key must be 32 url-safe base64-encoded bytes.')
    await refused(fernet, ['decrypt', 'fluffy tail', '--key', key], 'this is no Fernet token')
    await refused(fernet, ['encrypt', 'x'], 'A Fernet key is needed')
    await refused(fernet, ['decrypt', token, '--key', key, '--ttl', '-1'], "Option '--ttl' argument is ambiguous")
    const old = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=='
    const its = ['--key', 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=']
    expect((await attempt(fernet, ['decrypt', old, ...its])).out).toBe('hello\n')
    await refused(fernet, ['decrypt', old, '--ttl', '60', ...its], 'InvalidToken: it was valid for 60 s')
  })

  it('take a key that starts with a dash, as other programs make them', async () => {
    const dashed = `-${key.slice(1)}`
    const token = (await attempt(fernet, ['encrypt', 'nuts', '--key', dashed])).out.trim()
    expect((await attempt(fernet, ['decrypt', '--key', dashed, token])).out).toBe('nuts\n')
    for (let i = 0; i < 500; i++) expect(demo.generateFernetKey()).not.toMatch(/^-/)
  })

  it('print a hostile message without control characters', async () => {
    const token = demo.encryptFernet(new TextEncoder().encode('a\u001b]0;x\u0007\nb'), demo.requireFernetKey(key, ''))
    expect((await attempt(fernet, ['decrypt', token, '--key', key])).out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })

  it('shift and break', async () => {
    expect((await attempt(cipher, ['shift', 'fluffy tail'])).out).toBe('ekteex szhk\n')
    expect((await attempt(cipher, ['shift', 'ekteex szhk', '--by', '1'])).out).toBe('fluffy tail\n')
    const { out } = await attempt(cipher, ['break', 'ekteex szhk'])
    expect(out.trimEnd().split('\n')).toHaveLength(25)
    expect(out).toContain('  1  fluffy tail\n')
    const wheel = await attempt(cipher, ['wheel'])
    expect(wheel.out).toMatch(/^a b c .* z\nz a b .* y\n$/)
    await refused(cipher, ['shift'], 'There is no text to shift.')
    await refused(cipher, ['crack', 'x'], 'There is no "cipher crack"')
    await refused(cipher, ['shift', 'x', '--by', 'one'], '"one" is no number of places')
  })

  it('share a key in front of a spy', async () => {
    const { out } = await attempt(dh, [])
    for (const line of ['5^6 mod 23 = 8', '5^15 mod 23 = 19', '19^6 mod 23 = 2', '8^15 mod 23 = 2', 'shared 2', '5^6 mod 23 = 8   ◀ found'])
      expect(out).toContain(line)
    const [alice, bob] = [...out.matchAll(/(?:Alice|Bob) +has +([0-9a-f]{64})$/gm)].map(([, hex]) => hex)
    expect(alice).toBeDefined()
    expect(alice).toBe(bob)
    expect((await attempt(dh, [])).out).not.toBe(out)
    expect(JSON.parse((await attempt(dh, ['--p', '65537', '--g', '3', '--alice', '4711', '--bob', '815', '--json'])).out)).toMatchObject({
      small: { alice: { public: 54_652, shared: 28_352 }, bob: { public: 47_325, shared: 28_352 } },
      spy: { exponent: 4711, shared: 28_352 },
    })
    await refused(dh, ['--p', '24'], '24 will not do for p.')
    await refused(dh, ['--g', '23'], '23 will not do for g.')
    await refused(dh, ['--alice', '0'], '0 will not do for a private number.')
    await refused(dh, ['--alice', 'six'], '"six" is no whole number.')
  })
})

describe.each([
  ['pki', pki],
  ['fernet', fernet],
  ['cipher', cipher],
  ['dh', dh],
  ['serve', serve],
  ['get', get],
])('the help of %s', (_, command) => {
  it('has two examples and fits 80 columns', async () => {
    const { code, out } = await attempt(command, ['--help'])
    expect(code).toBe(0)
    expect(
      out
        .slice(out.indexOf('Examples:'))
        .split('\n')
        .filter((line) => line.startsWith('  ')),
    ).toHaveLength(2)
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})
