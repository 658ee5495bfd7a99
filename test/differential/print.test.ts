// What `wiretail print` prints against tshark's output of the same captures: the packet list, fields and json, and the exit codes.
// The public captures are not part of the repository; without them only the recorded ones are compared, and without tshark nothing is.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { tsharkVersion } from './pdml.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'dist/main.js')
const CORPUS = resolve(ROOT, '../shared/corpus')
const PLAIN = join(ROOT, 'captures/plain.pcapng')

const RECORDED = ['plain', 'plain-ipv6', 'gzip', 'requests', 'tls12', 'tls13'].map((name) => join(ROOT, 'captures', `${name}.pcapng`))
const PUBLIC = [
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/arp/06_arp_probe_ipv4.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/icmp/03_icmp_dest_unreachable_network.pcap',
  'OISF-suricata-verify/tests/http-post-file/input.pcap',
  'RIPE-NCC-hadoop-pcap/tcp-stream-v6.pcap',
  'derived/null-be-af.pcap',
  'derived/raw-101.pcap',
  'dotpcap-packetnet/test_stream.pcap',
  'seladb-PcapPlusPlus/Tests/Pcap++Test/PcapExamples/VlanPackets.pcap',
  'skydive-project-skydive/flow/pcaptraces/eth-ipv4-tcp-http-ooo.pcap',
  'the-tcpdump-group-tcpdump/802.1ad_QinQ.pcap',
  'the-tcpdump-group-tcpdump/icmpv6.pcap',
  'zeek-zeek/testing/btest/Traces/http/get-gzip.pcap',
]
  .map((path) => join(CORPUS, path))
  .filter((path) => existsSync(path))

const FIELDS = [
  ...[
    'frame.number',
    'frame.time_epoch',
    'frame.time_relative',
    'frame.len',
    'eth.src',
    'eth.type',
    'ip.src',
    'ip.addr',
    'ip.id',
    'ip.ttl',
  ],
  ...['ipv6.dst', 'ipv6.nxt', 'tcp.srcport', 'tcp.port', 'tcp.flags', 'tcp.flags.ack', 'tcp.seq', 'tcp.stream', 'tcp.window_size'],
  ...['tcp.options.timestamp.tsval', 'udp.length', 'http.request.uri', 'http.response.code', 'http.host', 'arp.opcode', '_ws.col.Length'],
].flatMap((name) => ['-e', name])

/** Shares of equal lines that were reached; what is missing is named in the tests' output with SHOW=1. */
const LAYOUT_FLOOR = 1
const LIST_FLOOR = 0.99
const FIELDS_FLOOR = 0.99

const SETTINGS = ['--disable-protocol', 'coap', '-o', 'tcp.reassemble_out_of_order:TRUE']

function run(command: string, args: readonly string[]) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 })
  return { code: status, lines: stdout.split('\n').slice(0, -1) }
}
const tshark = (path: string, ...args: string[]) => run('tshark', ['-n', '-r', path, ...SETTINGS, ...args])
const wiretail = (path: string, ...args: string[]) => run(process.execPath, [MAIN, 'print', '-n', '-r', path, ...args])

/** Lines of both programs side by side. */
function compare(paths: readonly string[], args: readonly string[]): [theirs: string, ours: string][] {
  return paths.flatMap((path) => {
    const { lines } = wiretail(path, ...args)
    return tshark(path, ...args).lines.map((line, i): [string, string] => [line, lines[i] ?? '(no such line)'])
  })
}

/** Lines of tshark's list whose protocol is taken apart here too, without what an analysis of the whole connection adds. */
const COMPARABLE = / → \S+ +(TCP|UDP|HTTP|ARP|ICMPv6|TLSv1\.[23]?) \d+ (?!.*\[TCP )/
const NUMBER_TO_ADDRESSES = /^ *\d+ +\S+ +\S+ → \S+ +/

const folder = mkdtempSync(join(tmpdir(), 'wiretail-print-'))
afterAll(() => rmSync(folder, { recursive: true }))

const version = tsharkVersion()
if (version === null) console.warn('SKIPPED: printed output is not compared, because tshark is not installed.')
if (PUBLIC.length === 0) console.warn('SKIPPED: the public captures are not here; only the recorded ones are compared.')

describe.skipIf(version === null)('print beside tshark', () => {
  it('prints the same list', () => {
    const pairs = compare([...RECORDED, ...PUBLIC], [])
    expect(pairs.length).toBeGreaterThan(100)
    const layout = pairs.filter(([theirs, ours]) => NUMBER_TO_ADDRESSES.exec(theirs)?.[0] === NUMBER_TO_ADDRESSES.exec(ours)?.[0])
    expect(layout.length / pairs.length).toBeGreaterThanOrEqual(LAYOUT_FLOOR)
    const comparable = pairs.filter(([theirs]) => COMPARABLE.test(theirs))
    const different = comparable.filter(([theirs, ours]) => theirs !== ours)
    if (process.env['SHOW'] !== undefined)
      console.log(different.map((pair) => pair.join('\n')).join('\n'), pairs.length, comparable.length, layout.length)
    expect(comparable.length).toBeGreaterThan(80)
    expect(1 - different.length / comparable.length).toBeGreaterThanOrEqual(LIST_FLOOR)
  })

  const layouts: [what: string, args: string[]][] = [
    ['as they are', []],
    ['with a header, quotes and other separators', ['-E', 'header=y', '-E', 'quote=d', '-E', 'separator=;', '-E', 'aggregator=/s']],
    ['the first of each', ['-E', 'occurrence=f', '-E', 'quote=s']],
    ['the last of each', ['-E', 'occurrence=l', '-E', 'separator=/s']],
  ]
  it.each(layouts)('prints the same fields %s', (_what, layout) => {
    const pairs = compare([...RECORDED, ...PUBLIC], ['-T', 'fields', ...layout, ...FIELDS])
    const different = pairs.filter(([theirs, ours]) => theirs !== ours)
    if (process.env['SHOW'] !== undefined) console.log(different.map((pair) => pair.join('\n')).join('\n'), pairs.length)
    expect(1 - different.length / pairs.length).toBeGreaterThanOrEqual(FIELDS_FLOOR)
  })

  it('prints the same json for -e', () => {
    const args = ['-T', 'json', '-e', 'frame.number', '-e', 'tcp.port', '-e', 'http.request.uri', '-e', '_ws.col.Length']
    for (const path of RECORDED) expect(wiretail(path, ...args).lines).toEqual(tshark(path, ...args).lines)
  })

  it('dumps the same bytes', () => {
    for (const path of RECORDED.slice(0, 2)) expect(wiretail(path, '-x').lines).toEqual(tshark(path, '-x').lines)
  })

  it('prints times in the same formats', () => {
    for (const format of ['r', 'a', 'ad', 'd', 'dd', 'e', 'u']) {
      const args = ['-t', format, '-T', 'fields', '-e', '_ws.col.Time']
      expect(wiretail(PLAIN, ...args).lines, `-t ${format}`).toEqual(tshark(PLAIN, ...args).lines)
    }
  })

  it('ends with the same codes where both programs mean the same', () => {
    const cut = join(folder, 'cut.pcapng')
    writeFileSync(cut, readFileSync(PLAIN).subarray(0, 900))
    const text = join(folder, 'text.pcap')
    writeFileSync(text, 'no capture at all, but text that is long enough to be looked at')
    const codes = (path: string, ...args: string[]): [number | null, number | null] => [
      tshark(path, ...args).code,
      wiretail(path, ...args).code,
    ]
    expect(codes(PLAIN)).toEqual([0, 0])
    expect(codes(join(folder, 'missing.pcap'))).toEqual([2, 2])
    expect(codes(folder)).toEqual([2, 2])
    expect(codes(text)).toEqual([2, 2])
    expect(codes(cut)).toEqual([2, 2])
    expect(codes(PLAIN, '-Y', 'tcp ===')).toEqual([2, 2])
    expect(codes(PLAIN, '-T', 'fields', '-e', 'no.such.field')).toEqual([1, 1])
    expect(codes(PLAIN, '-T', 'fields')).toEqual([1, 1])
    expect(codes(PLAIN, '-T', 'nonsense')).toEqual([1, 1])
    expect(codes(PLAIN, '--nonsense')).toEqual([1, 1])
  })
})
