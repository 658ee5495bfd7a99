// `wiretail print` as a user runs it: the built program, its errors and exit codes, pipes, and what it writes.

import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const MAIN = resolve(import.meta.dirname, '../../dist/main.js')
const PLAIN = resolve(import.meta.dirname, '../../captures/plain.pcapng')
const folder = mkdtempSync(join(tmpdir(), 'wiretail-print-'))
afterAll(() => rmSync(folder, { recursive: true }))

function wiretail(args: string[], input?: Uint8Array) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    ...(input === undefined ? {} : { input }),
  })
  return { code: status, out: stdout, err: stderr }
}

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('mistakes and misfortunes', () => {
  const cut = file('cut.pcapng', readFileSync(PLAIN).subarray(0, 900))
  const empty = file('empty.pcap', '')
  const noCapture = file('notes.txt', 'Meet me under the big oak tree at midnight')
  mkdirSync(join(folder, 'inside'))

  const cases: [what: string, args: string[], code: number, says: RegExp][] = [
    ['a wrong option', ['print', '--bogus'], 1, /--bogus.*wiretail print --help/],
    ['an option without its value', ['print', '-r'], 1, /-r.*wiretail print --help/],
    ['nothing to read', ['print'], 1, /-r FILE.*-i lo/],
    ['both a file and an interface', ['print', '-r', PLAIN, '-i', 'lo'], 1, /-r or -i/],
    ['a missing file', ['print', '-r', join(folder, 'missing.pcap')], 2, /missing\.pcap does not exist\. /],
    ['a directory', ['print', '-r', join(folder, 'inside')], 2, /is a directory\. /],
    ['a file that is no capture', ['print', '-r', noCapture], 2, /is not a capture file\. .*pcapng/],
    ['an empty file', ['print', '-r', empty], 2, /is empty\. /],
    ['a file that is cut short', ['print', '-r', cut], 2, /is cut short at byte \d+: /],
    ['an unknown field', ['print', '-r', PLAIN, '-T', 'fields', '-e', 'tcp.srcprot'], 1, /tcp\.srcprot.*tcp\.srcport/],
    ['an unknown column', ['print', '-r', PLAIN, '-T', 'fields', '-e', '_ws.col.Colour'], 1, /_ws\.col\.Colour.*Protocol/],
    ['fields without -e', ['print', '-r', PLAIN, '-T', 'fields'], 1, /-e frame\.number/],
    ['-e without -T fields', ['print', '-r', PLAIN, '-e', 'tcp.port'], 1, /-T fields -e tcp\.port/],
    ['an unknown format', ['print', '-r', PLAIN, '-T', 'word'], 1, /"word".*jsonl/],
    ['a bad layout option', ['print', '-r', PLAIN, '-E', 'colour=red'], 1, /colour=red.*header=y/],
    ['a bad count', ['print', '-r', PLAIN, '-c', 'many'], 1, /"many".*-c 100/],
    ['a bad time format', ['print', '-r', PLAIN, '-t', 'x'], 1, /"x".*-t ad/],
    ['a bad port', ['print', '-i', 'lo', '-p', '70000'], 1, /"70000".*-p 5683/],
    ['a bad display filter', ['print', '-r', PLAIN, '-Y', 'tcp.srcport =='], 2, /./],
    ['an unknown name in a filter', ['print', '-r', PLAIN, '-Y', 'htpp.request'], 2, /htpp\.request/],
    ['two display filters', ['print', '-r', PLAIN, '-Y', 'tcp', 'http'], 1, /two filters/],
    ['a capture filter on a file', ['print', '-r', PLAIN, '-f', 'tcp'], 1, /-Y/],
    ['an unknown interface', ['print', '-i', 'nosuch0'], 1, /nosuch0/],
    ['an unknown engine', ['print', '-i', 'lo', '--engine', 'steam'], 1, /steam.*ring/],
    ['writing over what is read', ['print', '-r', cut, '-w', cut], 1, /overwritten/],
    ['a place that cannot be written', ['print', '-r', PLAIN, '-w', join(folder, 'no/such/place.pcapng')], 2, /place\.pcapng/],
    ['an unknown file format', ['print', '-r', PLAIN, '-w', join(folder, 'x'), '--format', 'tar'], 1, /"tar".*pcapng/],
  ]
  it.each(cases)('%s', (_what, args, code, says) => {
    const result = wiretail(args)
    const [first = '', ...rest] = result.err.split('\n')
    expect(result.code).toBe(code)
    expect(first).toMatch(/^wiretail: [^ ]/)
    expect(first).toMatch(says)
    // One line; a filter's mistake is also shown in its place.
    expect(rest.filter((line) => line !== '' && !/^ {4}/.test(line))).toEqual([])
    expect(result.err).not.toContain(' at file:')
  })

  it.skipIf(process.getuid?.() === 0)('a file that may not be read', () => {
    const secret = file('secret.pcap', readFileSync(PLAIN))
    chmodSync(secret, 0)
    const result = wiretail(['print', '-r', secret])
    expect(result.code).toBe(1)
    expect(result.err).toMatch(/^wiretail: You may not read .*chmod/)
  })

  it('keeps the packets before a cut', () => {
    expect(wiretail(['print', '-r', cut]).out.split('\n').length).toBeGreaterThan(3)
  })
})

describe('output', () => {
  it('is the packet list without a terminal, as of wiretail FILE', () => {
    const list = wiretail(['print', '-r', PLAIN])
    expect(list.code).toBe(0)
    expect(list.err).toBe('')
    expect(list.out.trimEnd().split('\n')).toHaveLength(10)
    expect(wiretail([PLAIN]).out).toBe(list.out)
    expect(wiretail(['-r', PLAIN, '-Y', 'http', '-n']).out.trimEnd().split('\n')).toHaveLength(2)
  })

  it('reads standard input', () => {
    expect(wiretail(['print', '-r', '-', 'http.request'], readFileSync(PLAIN)).out).toMatch(/^ +4 .*GET \/ HTTP\/1\.1/)
  })

  it('counts packets before the filter, and prints nothing for no match', () => {
    expect(wiretail(['print', '-r', PLAIN, '-c', '5', '-Y', 'http']).out.trimEnd().split('\n')).toHaveLength(1)
    expect(wiretail(['print', '-r', PLAIN, '-Y', 'udp'])).toEqual({ code: 0, out: '', err: '' })
    expect(wiretail(['print', '-q', '-r', PLAIN])).toEqual({ code: 0, out: '', err: '' })
  })

  it('formats times as asked', () => {
    const time = (format: string): string =>
      wiretail(['print', '-r', PLAIN, '-t', format, '-Y', 'http', '-T', 'fields', '-e', '_ws.col.Time']).out.trim().split('\n')[1]!
    expect(time('r')).toMatch(/^0\.\d{9}$/)
    expect(time('dd')).toMatch(/^0\.\d{9}$/)
    expect(Number(time('d'))).toBeLessThan(Number(time('dd')))
    expect(time('e')).toMatch(/^1\d{9}\.\d{9}$/)
    expect(time('ad')).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}$/)
    expect(time('u')).toMatch(/^\d\d:\d\d:\d\d\.\d{9}$/)
  })

  it('ends quietly when its reader goes away', async () => {
    // Enough output to fill any pipe: the tree and bytes of every packet, again and again.
    const big = file('big.pcapng', Buffer.concat(Array.from({ length: 60 }, () => readFileSync(PLAIN))))
    const child = spawn(process.execPath, [MAIN, 'print', '-r', big, '-V', '-x'], { timeout: 30_000 })
    let err = ''
    child.stderr.on('data', (text) => {
      err += text
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise((done) => child.on('close', done))
    expect({ code, err }).toEqual({ code: 0, err: '' })
  })

  it('says how it is used', () => {
    const { code, out } = wiretail(['print', '--help'])
    expect(code).toBe(0)
    expect(out).toContain('Examples:\n  wiretail print ')
  })
})

describe('-w', () => {
  it('writes the packets that match, to be read again', () => {
    const target = join(folder, 'http.pcapng')
    expect(wiretail(['print', '-r', PLAIN, '-Y', 'http', '-w', target])).toEqual({ code: 0, out: '', err: '' })
    const times = (path: string, filter: string): string =>
      wiretail(['print', '-r', path, '-Y', filter, '-T', 'fields', '-e', 'frame.time_epoch', '-e', 'tcp.seq_raw']).out
    expect(times(target, 'tcp')).toBe(times(PLAIN, 'http'))
  })

  it('writes pcap, to standard output too, and a capture without packets', () => {
    const { stdout } = spawnSync(process.execPath, [MAIN, 'print', '-r', PLAIN, '-w', '-', '--format', 'pcap'])
    expect([...stdout.subarray(0, 2)]).not.toEqual([0x0a, 0x0d])
    expect(wiretail(['print', '-r', '-'], stdout).out.trimEnd().split('\n')).toHaveLength(10)
    const none = join(folder, 'none.pcapng')
    expect(wiretail(['print', '-r', PLAIN, '-Y', 'udp', '-w', none]).code).toBe(0)
    expect(wiretail(['print', '-r', none])).toEqual({ code: 0, out: '', err: '' })
  })

  it('prints as well when asked to', () => {
    const target = join(folder, 'both.pcapng')
    expect(wiretail(['print', '-r', PLAIN, '-P', '-w', target]).out.trimEnd().split('\n')).toHaveLength(10)
  })
})
