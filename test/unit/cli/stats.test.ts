import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { html } from '../../../src/cli/export/markup.ts'
import { reportPage } from '../../../src/cli/export/page.ts'
import { run as runExport } from '../../../src/cli/export.ts'
import { layoutSink } from '../../../src/cli/follow/layouts.ts'
import { run as runFollow } from '../../../src/cli/follow.ts'
import { parseTap } from '../../../src/cli/stats/tap.ts'
import { run as runStats } from '../../../src/cli/stats.ts'
import type { CaptureReport } from '../../../src/engine/report.ts'
import { captureOutput, recorded, request } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-stats-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a command whose output goes through `io`; its exit code and what it wrote. */
async function ran(run: typeof runStats, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, { out: (text) => void out.push(text), err: (text) => void err.push(text), script: '' })
  return { code, out: out.join(''), err: err.join('') }
}

describe('stats', () => {
  test('say what there is when something else is asked for', async () => {
    expect(await ran(runStats, 'moons', '-r', 'x')).toMatchObject({ code: 1, out: '' })
    expect((await ran(runStats, 'moons')).err).toMatch(/^wiretail: "moons" is nothing that stats knows\. Choose .*hierarchy/)
    expect((await ran(runStats, 'hierarchy')).err).toMatch(/^wiretail: No capture is named\. .*-r FILE\n$/)
    expect((await ran(runStats, 'hierarchy', recorded('plain.pcapng'), '-Y', 'tcp.prot')).code).toBe(2)
  })

  test('conversations have the shape that scripts rely on', async () => {
    const { out } = await ran(runStats, 'conversations', '-r', recorded('mixed.pcapng'), '--json')
    const { tcp, udp } = JSON.parse(out)
    expect(udp).toEqual([])
    expect(tcp.map(({ protocol }: { protocol: string }) => protocol)).toEqual(['http', 'http', 'tls', 'coap'])
    expect(tcp[2]).toMatchObject({
      ...{ stream: 2, client: '127.0.0.1:34746', server: '127.0.0.1:5683', rst: true, fin: true, gaps: [] },
      ...{ packets: { client: 8, server: 5 }, bytes: { client: 1088, server: 2651 } },
    })
    expect(tcp[0].analysis).toMatchObject({ client: { retransmissions: 0, lostSegments: 0 }, server: { zeroWindows: 0 } })
    expect(tcp[0].analysis.initialRtt).toBeGreaterThan(0)
    expect(tcp[0].analysis.server.ackRtt.min).toBeLessThanOrEqual(tcp[0].analysis.server.ackRtt.max)
  })

  test('a filter selects what is counted', async () => {
    const all = JSON.parse((await ran(runStats, 'hierarchy', '-r', recorded('mixed.pcapng'), '--json')).out)
    const some = JSON.parse((await ran(runStats, 'hierarchy', '-r', recorded('mixed.pcapng'), '--json', '-Y', 'tls')).out)
    expect(all.hierarchy[0].packets).toBe(43)
    expect(some.hierarchy[0].packets).toBeLessThan(43)
    expect(JSON.stringify(some)).not.toContain('"http"')
  })

  test('time is cut into intervals, empty ones too, and every packet is in one', async () => {
    const { out } = await ran(runStats, 'io', '-r', recorded('authority.pcapng'), '--interval', '0.1', '--json')
    const { rows, interval } = JSON.parse(out)
    expect(interval).toBe(0.1)
    expect(rows.map(({ columns }: { columns: { packets: number }[] }) => columns[0]!.packets)).toContain(0)
    const packets = rows.reduce((sum: number, { columns }: { columns: { packets: number }[] }) => sum + columns[0]!.packets, 0)
    expect(packets).toBe(36)
    expect((await ran(runStats, 'io', '-r', recorded('plain.pcapng'), '--interval', 'x')).err).toMatch(/no interval/)
  })

  test('-z finds the command that says the same', () => {
    expect(parseTap('io,phs,tcp').args).toEqual(['hierarchy', '-Y', 'tcp'])
    expect(parseTap('conv,ipv6').args).toEqual(['conversations', '--kind', 'ipv6'])
    expect(parseTap('io,stat,0.5,tcp,udp').args).toEqual(['io', '--interval', '0.5', '--column', 'tcp', '--column', 'udp'])
    expect(parseTap('follow,http2,raw,0,1').args).toEqual(['http2', '--as', 'raw', '--stream', '0,1'])
    expect(() => parseTap('io,phsx')).toThrow(/-z io,phsx is not known/)
  })
})

describe('follow', () => {
  test('says how many streams there are', async () => {
    const { code, err } = await ran(runFollow, 'tcp', '-r', recorded('plain.pcapng'), '--stream', '9')
    expect(code).toBe(1)
    expect(err).toBe('wiretail: There is no stream 9: the capture has 1 TCP stream. Give a number from 0 to 0: --stream 0\n')
    expect((await ran(runFollow, 'udp', '-r', recorded('plain.pcapng'), '--stream', '0')).err).toMatch(/has no UDP stream/)
    expect((await ran(runFollow, 'http2', '-r', recorded('plain.pcapng'), '--stream', '0')).err).toMatch(/--substream 1/)
  })

  test('never lets a control character through as letters', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const printed = captureOutput((out) => {
      const sink = layoutSink('ascii', out, () => undefined)
      sink.begin(0)
      sink.chunk(1, 1, all)
    }).toString('latin1')
    expect(printed).toMatch(/^\t256\n[\x20-\x7e\r\n]+$/)
  })

  test('tells of missing bytes where they are missing, and turns sides when the other one began', () => {
    const printed = captureOutput((out) => {
      const sink = layoutSink('raw', out, () => undefined)
      sink.begin(1)
      sink.chunk(0, 1, Uint8Array.of(1, 2))
      sink.gap(1, 2, 7)
    }).toString('latin1')
    expect(printed).toBe(`\t0102\n${Buffer.from('[7 bytes missing in capture file]\0').toString('hex')}\n`)
  })
})

/** A capture of a form that is sent to an address with these letters. */
const posted = (target: string): string => request(Buffer.from(`POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc`))

describe('export objects', () => {
  test.each([
    ['/../../etc/passwd', 'passwd'],
    ['/..', '%2e%2e'],
    ['/%2e%2e/..', '%2e%2e'],
    ['/a\\..\\b', 'a%5c..%5cb'],
    ['/x?y=/../../z', 'z'],
    ['/con:1|2*', 'con%3a1%7c2%2a'],
    ['/', '%2f'],
  ])('%s becomes the file %s, inside the folder', async (target, name) => {
    const dir = join(folder, 'objects', name, String(target.length))
    expect((await ran(runExport, 'objects', '-r', posted(target), '--dir', dir)).code).toBe(0)
    expect(readdirSync(dir)).toEqual([name])
    expect(readFileSync(join(dir, name), 'latin1')).toBe('abc')
  })

  test('write over nothing, and follow no link', async () => {
    const dir = join(folder, 'taken')
    mkdirSync(dir)
    writeFileSync(join(folder, 'elsewhere'), 'untouched')
    symlinkSync(join(folder, 'elsewhere'), join(dir, 'note.txt'))
    await ran(runExport, 'objects', '-r', posted('/note.txt'), '--dir', dir)
    await ran(runExport, 'objects', '-r', posted('/note.txt'), '--dir', dir)
    expect(readdirSync(dir).sort()).toEqual(['note(1).txt', 'note(2).txt', 'note.txt'])
    expect(readFileSync(join(folder, 'elsewhere'), 'latin1')).toBe('untouched')
  })
})

describe('export report', () => {
  test('nothing from the wire becomes markup', async () => {
    expect(html`<b title="${'"\'<&>'}">${'<script>'}</b>`.text).toBe('<b title="&quot;&#39;&lt;&amp;&gt;">&lt;script&gt;</b>')
    const evil = '<img src=x onerror=alert(1)>'
    const path = join(folder, 'report.html')
    const capture = request(Buffer.from(`GET /${evil.replaceAll(' ', '/')} HTTP/1.1\r\nHost: ${evil}\r\n\r\n`))
    expect((await ran(runExport, 'report', '-r', capture, '--out', path)).code).toBe(0)
    const page = readFileSync(path, 'utf8')
    expect(page).toContain('&lt;img')
    const tags = page.match(/<[a-z][^>]*>/g) ?? []
    expect(tags.filter((tag) => /^<(img|script)|\s(src|on\w+)=|href="[^#]|url\(/.test(tag))).toEqual([])
    expect((await ran(runExport, 'report', '-r', capture, '--out', path)).err).toMatch(/is there already.*--force/)
  })

  test('says when a list was cut', () => {
    const none = { list: [], count: 0 }
    const report: CaptureReport = {
      ...{
        packets: 3,
        selected: 3,
        bytes: 1,
        start: Number.NaN,
        duration: 0,
        format: 'pcap',
        truncated: 0,
        hierarchy: [],
        exchanges: none,
        sessions: none,
      },
      conversations: { list: [], count: 5431 },
      remarks: none,
    }
    expect(reportPage('a.pcap', '', report, '2026-01-01').text).toContain('0 of 5\u202f431 streams are shown')
  })
})
