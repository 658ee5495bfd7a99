// `wiretail run` as a user runs it: real programs, a real server, the packets that cross loopback, read inside TLS.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const MAIN = resolve(import.meta.dirname, '../../dist/main.js')
const folder = mkdtempSync(join(tmpdir(), 'wiretail-runs-'))
chmodSync(folder, 0o755)
let server: ChildProcess | null = null
let url = ''

beforeAll(async () => {
  const pki = (...args: string[]): string =>
    execFileSync(process.execPath, [MAIN, 'pki', ...args, '--dir', folder], { encoding: 'utf8', cwd: folder })
  pki('ca', '--algorithm', 'ecdsa', '--no-passphrase')
  pki('csr', '--algorithm', 'ecdsa', '--no-passphrase')
  pki('sign')
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
  server = spawn(process.execPath, [MAIN, 'serve', 'https', '--port', '0', ...IDENTITY], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  url = await new Promise((found) => {
    let said = ''
    server!.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const [, port] = /https:\/\/127\.0\.0\.1:(\d+)/.exec(said) ?? []
      if (port !== undefined) found(`https://localhost:${port}/`)
    })
  })
})

afterAll(() => {
  server?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const IDENTITY = ['--cert', 'server-public-key.pem', '--key', 'server-private-key.pem']
const CLIENTS: Readonly<Record<string, () => string[]>> = {
  curl: () => ['curl', '-s', '--cacert', 'ca-public-key.pem', url],
  python: () => ['python3', '-c', `import requests; print(requests.get('${url}', verify='ca-public-key.pem').text)`],
  node: () => [
    ...[process.execPath, '-e'],
    `require('https').get('${url}', { ca: require('fs').readFileSync('ca-public-key.pem') }, (r) => r.pipe(process.stdout))`,
  ],
}
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  curl: ['curl', '--version'],
  python: ['python3', '-c', 'import requests'],
  node: [process.execPath, '--version'],
}

function runs(options: readonly string[], program: readonly string[], as: readonly string[] = []) {
  const [file = '', ...args] = [...as, process.execPath, MAIN, 'run', ...options, '--', ...program]
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, encoding: 'utf8', timeout: 25_000 })
  return { code: status, out: stdout, err: stderr }
}

/** Is it Linux, where anybody can capture: as root, or in a network of one's own? */
const possible = process.platform === 'linux' && (process.getuid?.() === 0 || spawnSync('unshare', ['-U', '-r', '-n', 'true']).status === 0)
const asRoot = possible && process.getuid?.() === 0

describe('wiretail run', () => {
  for (const [name, command] of Object.entries(CLIENTS))
    it(`shows what ${name} says inside TLS`, () => {
      const [need = '', ...words] = NEEDS[name]!
      if (!asRoot || spawnSync(need, words).status !== 0) return console.warn(`SKIPPED: not root, or ${name} is missing`)
      const kept = join(folder, `${name}.pcapng`)
      const { code, out, err } = runs(['--print', '-Y', 'http', '--keep', kept], command())
      expect({ code, err }).toMatchObject({ code: 0, err: expect.stringMatching(/wiretail: \d+ packets of /) })
      expect(out).toMatch(/^fluffy tail/)
      expect(out).toMatch(/HTTP \d+ GET \/ HTTP\/1\.1[\s\S]*HTTP \d+ HTTP\/1\.1 200 OK/)
      // The file that is kept opens without the key log, here and elsewhere.
      const again = execFileSync(process.execPath, [MAIN, 'print', '-r', kept, '-Y', 'http.request'], { encoding: 'utf8' })
      expect(again.trim().split('\n')).toHaveLength(1)
    })

  it('gives back the exit code, and says what cannot be started', () => {
    if (!possible) return console.warn('SKIPPED: nobody may capture here')
    expect(runs(['--print'], ['sh', '-c', 'exit 7']).code).toBe(7)
    expect(runs(['--print'], ['sh', '-c', 'kill -9 $$']).code).toBe(137)
    expect(runs(['--print'], ['no-such-program'])).toMatchObject({ code: 1, err: expect.stringContaining('no-such-program is not there') })
    expect(runs(['--print'], [])).toMatchObject({ code: 1, err: expect.stringContaining('Which program to run is not said') })
  })

  it('passes signals on and leaves no files', async () => {
    if (!possible) return console.warn('SKIPPED: nobody may capture here')
    const mine = mkdtempSync(join(folder, 'tmp-'))
    // As everybody's folder for temporary files.
    chmodSync(mine, 0o1777)
    const script = `process.on('SIGTERM', () => process.exit(9)); require('fs').writeFileSync('${mine}.on', ''); setTimeout(() => {}, 20000)`
    const child = spawn(process.execPath, [MAIN, 'run', '--print', '--', process.execPath, '-e', script], {
      ...{ cwd: folder, stdio: 'ignore', env: { ...process.env, TMPDIR: mine } },
    })
    const ended = new Promise((done) => child.on('close', done))
    for (let tries = 0; tries < 400 && !existsSync(`${mine}.on`); tries++) await new Promise((done) => setTimeout(done, 25))
    child.kill('SIGTERM')
    expect(await ended).toBe(9)
    expect(readdirSync(mine)).toEqual([])
  })

  it('leaves out what other programs say at the same time', async () => {
    if (!asRoot) return console.warn('SKIPPED: not root')
    const { port } = new URL(url)
    // Another program holds a connection open all the while.
    const other = spawn(process.execPath, ['-e', `require('net').connect(${port}, '127.0.0.1'); setTimeout(() => {}, 8000)`])
    const wait = `require('net').connect(${port}, '127.0.0.1'); setTimeout(() => process.exit(0), 700)`
    try {
      await new Promise((done) => setTimeout(done, 400))
      const { out } = runs(['--print', '-Y', 'tcp.flags == 2'], [process.execPath, '-e', wait])
      expect(out.trim().split('\n')).toHaveLength(1)
    } finally {
      other.kill('SIGKILL')
    }
  })

  it('works without any rights, in a network of its own', () => {
    const somebody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'env', 'HOME=/tmp']
    if (!asRoot || spawnSync(somebody[0]!, [...somebody.slice(1), 'unshare', '-U', '-r', '-n', 'true']).status !== 0)
      return console.warn('SKIPPED: not root, or no namespaces for others')
    const both = join(folder, 'both.cjs')
    writeFileSync(
      both,
      `const https = require('https'), fs = require('fs')
const server = https.createServer({ key: fs.readFileSync('server-private-key.pem'), cert: fs.readFileSync('server-public-key.pem') }, (q, s) => s.end('acorns'))
server.listen(15443, '127.0.0.1', () => https.get('https://localhost:15443/', { ca: fs.readFileSync('ca-public-key.pem'), agent: false }, (r) => {
  r.pipe(process.stdout)
  r.on('end', () => server.close())
}))`,
    )
    const { code, out, err } = runs(['--print', '-Y', 'http'], [process.execPath, both], somebody)
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('in a network of its own') })
    expect(out).toMatch(/acorns[\s\S]*GET \/ HTTP\/1\.1[\s\S]*200 OK/)
  })
})
