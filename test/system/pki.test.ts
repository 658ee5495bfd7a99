// The tutorial's steps with the built program: an authority, a request, a signature, a server, clients that trust it or do not.

import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launch, ROOT } from './terminal.ts'

const MAIN = join(ROOT, 'dist/main.js')
const folder = mkdtempSync(join(tmpdir(), 'wiretail-classroom-'))
const running: ChildProcessWithoutNullStreams[] = []
const PASSPHRASES = { CA_PASSPHRASE: 'secret_password', PASSPHRASE: 'serverpassword' }

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true }))

function start(args: string[], env: Record<string, string> = PASSPHRASES) {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { ...process.env, ...env }, timeout: 30_000 })
  running.push(child)
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  child.stdin.end()
  const ended = new Promise<{ code: number | null; out: string; err: string }>((done) =>
    child.on('close', (code) => done({ code, out, err })),
  )
  const said = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (let tries = 0; tries < 500; tries++) {
      const match = pattern.exec(out + err)
      if (match) return match
      await new Promise((done) => setTimeout(done, 20))
    }
    throw new Error(`${args.join(' ')} never said ${pattern}: ${out}${err}`)
  }
  return { child, ended, said }
}

const wiretail = (args: string[], env?: Record<string, string>) => start(args, env).ended

/** Starts the https server on any free port and resolves to its URL. */
async function serve(args: string[] = []): Promise<string> {
  const server = start(['serve', 'https', '--port', '0', ...args])
  const [, port = ''] = await server.said(/https:\/\/127\.0\.0\.1:(\d+)/)
  return `https://localhost:${port}`
}

beforeAll(async () => {
  for (const action of ['ca', 'csr', 'sign']) expect(await wiretail(['pki', action])).toMatchObject({ code: 0, err: '' })
})

describe('from the authority to the secret', () => {
  it("leaves the tutorial's five files, and nothing else", () => {
    const names = ['ca-private-key.pem', 'ca-public-key.pem', 'server-csr.pem', 'server-private-key.pem', 'server-public-key.pem']
    expect(readdirSync(folder).sort()).toEqual(names)
    expect(statSync(join(folder, 'server-private-key.pem')).mode & 0o777).toBe(0o600)
  })

  it('works with the CA, fails without it, and works with --insecure', async () => {
    const url = await serve()
    const trusted = { code: 0, out: 'The secret message is: fluffy tail\n', err: '' }
    expect(await wiretail(['get', url, '--ca', 'ca-public-key.pem'])).toEqual(trusted)
    const refused = await wiretail(['get'], { SECRET_URL: url })
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toMatch(/^wiretail: [^\n]+\n$/)
    expect(refused.err).toContain('CERTIFICATE_VERIFY_FAILED')
    expect(refused.err).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    expect(refused.err).toContain('--ca ca-public-key.pem')
    const careless = await wiretail(['get', url, '--insecure'])
    expect(careless.out).toBe(trusted.out)
    expect(careless.err).toContain('Nobody checked who the server is')
  })

  it('serves curl', async () => {
    if (spawnSync('curl', ['--version']).error) return console.warn('SKIPPED: curl is not installed')
    const url = await serve(['--tls-max', '1.2', '--key-exchange', 'rsa'])
    const ca = join(folder, 'ca-public-key.pem')
    expect(execFileSync('curl', ['-sS', '--noproxy', '*', '--cacert', ca, url], { encoding: 'utf8' })).toBe('fluffy tail')
    expect(spawnSync('curl', ['-sS', '--noproxy', '*', url], { encoding: 'utf8' })).toMatchObject({ status: 60, stdout: '' })
  })

  it('asks for a certificate of the client, and writes the key log', async () => {
    for (const args of [
      ['csr', '--name', 'client', '--hostname', 'squirrel', '--no-passphrase', '--algorithm', 'ecdsa'],
      ['sign', '--name', 'client', '--for', 'client'],
    ])
      expect((await wiretail(['pki', ...args])).code).toBe(0)
    const url = await serve(['--client-ca', 'ca-public-key.pem'])
    const who = ['--cert', 'client-public-key.pem', '--key', 'client-private-key.pem', '--keylog', 'keys.txt']
    expect((await wiretail(['get', url, '--ca', 'ca-public-key.pem', ...who])).out).toBe('The secret message is: fluffy tail\n')
    expect(readFileSync(join(folder, 'keys.txt'), 'latin1')).toMatch(/^SERVER_TRAFFIC_SECRET_0 /m)
    expect((await wiretail(['get', url, '--ca', 'ca-public-key.pem'])).err).toContain('you showed no certificate')
  })
})

describe('the other kinds', () => {
  it('fernet: one key at both ends', async () => {
    const SECRET_KEY = (await wiretail(['fernet', 'key'])).out.trim()
    const server = start(['serve', 'fernet', '--port', '0'], { SECRET_KEY })
    const [SECRET_URL = ''] = await server.said(/http:\/\/127\.0\.0\.1:\d+/)
    expect((await wiretail(['get'], { SECRET_URL, SECRET_KEY })).out).toBe('The secret message is: fluffy tail\n')
    expect((await wiretail(['get'], { SECRET_URL, SECRET_KEY: '8jtTR9QcD-k3RO9Pcd5ePgmTu_itJQt9WKQPzqjrcoM=' })).err).toMatch(
      /^wiretail: InvalidToken: the signature does not match[^\n]+\n$/,
    )
  })

  it('a token passes through a pipe', () => {
    const shell = `"$NODE" "$MAIN" fernet encrypt 'fluffy tail' | "$NODE" "$MAIN" fernet decrypt`
    const env = { ...process.env, NODE: process.execPath, MAIN, SECRET_KEY: '8jtTR9QcD-k3RO9Pcd5ePgmTu_itJQt9WKQPzqjrcoM=' }
    expect(execFileSync('sh', ['-c', shell], { env, encoding: 'utf8' })).toBe('fluffy tail\n')
  })

  it('dh ends as the textbook does', async () => {
    expect((await wiretail(['dh'])).out).toContain('19^6 mod 23 = 2')
  })
})

describe('a passphrase on the terminal', () => {
  const open = (...args: string[]) =>
    launch({ args: ['pki', ...args, '--dir', join(folder, 'typed')], env: { PASSPHRASE: '', CA_PASSPHRASE: '' }, cwd: folder })

  it('is asked for twice when a key is made, once when it is used, and never shown', async () => {
    const maker = open('ca')
    await maker.until('New passphrase of')
    maker.type('oak tree')
    maker.type('{enter}')
    await maker.until('Once more:')
    maker.type('oak treee{backspace}{enter}')
    expect(await maker.exit).toMatchObject({ code: 0 })
    expect(maker.written()).not.toContain('oak')
    expect((await wiretail(['pki', 'csr', '--dir', 'typed'])).code).toBe(0)

    const signer = open('sign')
    await signer.until('Passphrase of')
    signer.type('oak tree{enter}')
    expect(await signer.exit).toMatchObject({ code: 0 })
    expect(readdirSync(join(folder, 'typed'))).toContain('server-public-key.pem')

    const wrong = open('sign', '--force')
    await wrong.until('Passphrase of')
    wrong.type('elm tree{enter}')
    await wrong.until('The passphrase does not open')
    expect(await wrong.exit).toMatchObject({ code: 1 })
  })

  it('can be refused with Ctrl-C', async () => {
    const maker = open('csr', '--force')
    await maker.until('New passphrase of')
    maker.type('{ctrl+c}')
    await maker.until('No passphrase was given.')
    expect(await maker.exit).toMatchObject({ code: 1 })
  })
})
