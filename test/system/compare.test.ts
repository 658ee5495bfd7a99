// `wiretail compare` as a user runs it: the built program, its columns, its JSON, its mistakes.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'dist/main.js')
const recorded = (name: string): string => join(ROOT, 'captures', `${name}.pcapng`)
const failed = (name: string): string => join(ROOT, 'test/captures/failures', `${name}.pcapng`)
const folder = mkdtempSync(join(tmpdir(), 'wiretail-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))

function compare(args: string[], env: NodeJS.ProcessEnv = {}) {
  const { SECRET_KEY: _key, SECRET_MESSAGE: _message, SSLKEYLOGFILE: _log, ...clean } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'compare', ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    cwd: folder,
    env: { ...clean, ...env },
  })
  return { code: status, out: stdout, err: stderr }
}

interface Json {
  readonly captures: readonly {
    readonly file: string
    readonly packets: number
    readonly bytes: number
    readonly roundTrips: number
    readonly protocols: readonly string[]
    readonly secret: { readonly inPackets: boolean; readonly afterTrivial: boolean; readonly withKeys: boolean } & {
      readonly packets: readonly number[]
      readonly where: readonly Record<string, unknown>[]
    }
    readonly leaks: readonly { readonly what: string; readonly value: string; readonly packet: number }[]
    readonly shares: Record<string, number>
    readonly failures: readonly { readonly cause: string }[]
  }[]
}

describe('compare', () => {
  it('without a file compares the recordings of the demo, from any folder', () => {
    const { code, out, err } = compare([])
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toMatch(/^The secret: »fluffy tail«/)
    expect(out).toMatch(/IN PLAIN SIGHT/)
    // Both of the others come with their keys.
    expect(out).toMatch(/SEALED: .*SEALED: /)
    expect(out).not.toMatch(/NOT TO BE SEEN/)
    expect(out).toMatch(/round trips +2/)
  })

  it('three captures fit into 80 columns, with nothing cut off a number or a name', () => {
    const { out } = compare([recorded('plain'), recorded('gzip'), recorded('tls13')])
    const lines = out.split('\n')
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80)
    expect(lines.some((line) => /^packets +10 +24 +16$/.test(line))).toBe(true)
    expect(out).not.toContain('\u001b')
    expect(lines.some((line) => /^ server name +- +- +localhost$/.test(line))).toBe(true)
    // The bytes of the secret.
    expect(out).toContain('66 6c 75 66 66 79')
  })

  it('more captures than fit stand below each other', () => {
    const four = ['plain', 'plain-ipv6', 'gzip', 'tls12'].map(recorded)
    const { out } = compare(four)
    expect(out.match(/^the secret/gm)).toHaveLength(2)
    for (const name of ['plain', 'plain-ipv6', 'gzip', 'tls12']) expect(out).toMatch(new RegExp(`(^|\\s)${name}(\\s|$)`))
  })

  it('JSON has the shape that scripts rely on', () => {
    const { code, out } = compare([recorded('plain'), recorded('tls12'), '--secret', 'fluffy tail', '--json'])
    expect(code).toBe(0)
    const { captures } = JSON.parse(out) as Json
    expect(captures.map(({ file }) => file)).toEqual([recorded('plain'), recorded('tls12')])
    const [plain, tls] = captures as [Json['captures'][0], Json['captures'][0]]
    expect(plain).toMatchObject({ packets: 10, roundTrips: 2, protocols: ['http'], failures: [] })
    expect(plain.secret).toMatchObject({ inPackets: true, inStreams: true, afterDecoding: true, afterTrivial: true, withKeys: true })
    expect(plain.secret.packets).toHaveLength(1)
    expect(Object.keys(plain.secret.where[0]!)).toEqual(['packet', 'offset', 'length', 'how'])
    expect(plain.secret.where[0]).toMatchObject({ length: 11, how: 'raw' })
    expect(tls.secret).toMatchObject({ inPackets: false, withKeys: false, packets: [], where: [] })
    expect(tls.leaks).toContainEqual({ what: 'server name', value: 'localhost', packet: 4 })
    expect(Object.keys(tls.shares).sort()).toEqual(['encrypted', 'framing', 'metadata', 'readable'])
  })

  it('a Fernet key opens the tokens of the lessons; so does $SECRET_KEY', () => {
    const key = 'YSBrZXkgdGhhdCBzZXJ2ZXIgJiBjbGllbnQgc2hhcmU='
    const args = [recorded('tokens'), '--secret', 'fluffy tail', '--json']
    const verdict = (given: string[], env: NodeJS.ProcessEnv = {}) =>
      (JSON.parse(compare([...args, ...given], env).out) as Json).captures[0]!
    expect(verdict([]).protocols).toEqual(['http', 'fernet'])
    expect(verdict([]).secret.withKeys).toBe(false)
    for (const opened of [verdict(['--fernet-key', key]), verdict([], { SECRET_KEY: key })]) {
      expect(opened.secret.afterTrivial).toBe(false)
      expect(opened.secret.withKeys).toBe(true)
      expect(opened.secret.where[0]).toMatchObject({ how: 'fernet' })
    }
  })

  it('says why connections failed', () => {
    const { out } = compare([failed('refused'), failed('unknown-ca-openssl-13')])
    expect(out).toMatch(/what failed/)
    expect(out.replace(/\s+/g, ' ')).toMatch(/Connection refused/)
    const { captures } = JSON.parse(compare([failed('unknown-ca-openssl-13'), '--json']).out) as Json
    expect(captures[0]!.failures).toMatchObject([{ cause: 'unknown_ca', side: 'client', packet: 8 }])
  })

  it('a capture that is cut short is compared as far as it goes', () => {
    const path = join(folder, 'cut.pcapng')
    writeFileSync(path, readFileSync(recorded('plain')).subarray(0, 1200))
    const { code, out, err } = compare([path, '--json'])
    expect(code).toBe(2)
    expect(err).toMatch(/cut\.pcapng is cut short at byte \d+/)
    expect((JSON.parse(out) as Json).captures[0]!.packets).toBeGreaterThan(0)
  })

  const empty = join(folder, 'empty.txt')
  writeFileSync(empty, 'nothing here\n')
  const mistakes: [what: string, args: string[], code: number, says: RegExp][] = [
    ['a missing file', [join(folder, 'nowhere.pcap')], 2, /nowhere\.pcap does not exist\. /],
    ['a wrong option', ['--loud'], 1, /--loud.*wiretail compare --help/],
    ['an empty secret', ['--secret', ''], 1, /--secret "fluffy tail"/],
    ['a key that is none', [recorded('plain'), '--fernet-key', 'abc'], 1, /no Fernet key\. .*wiretail fernet key/],
    ['a key log that is missing', [recorded('plain'), '--keylog', join(folder, 'no.log')], 1, /no\.log is not there\. .*--keylog FILE/],
    ['a key log without secrets', [recorded('plain'), '--keylog', empty], 1, /holds no TLS secrets\. .*CLIENT_RANDOM/],
    ['a file that is no capture', [empty], 2, /is not a capture file\. /],
  ]
  it.each(mistakes)('%s: one line with the remedy', (_what, args, code, says) => {
    const result = compare(args)
    expect(result.err).toMatch(says)
    expect(result.err.trimEnd().split('\n')).toHaveLength(1)
    expect(result.err).toMatch(/^wiretail: /)
    expect(result.out).toBe('')
    expect(result.code).toBe(code)
  })

  it('--help has two examples', () => {
    expect(compare(['--help']).out.match(/^ {2}wiretail compare/gm)).toHaveLength(2)
  })
})
