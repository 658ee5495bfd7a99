// Streams, counts and bodies against tshark's: -z follow, conv, endpoints, io,phs, io,stat, dns,tree and --export-objects. The public captures
// are not part of the repository; without them only the recorded ones are compared, and without tshark nothing is.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run as exportObjects } from '../../src/cli/export/objects.ts'
import { layoutSink } from '../../src/cli/follow/layouts.ts'
import { ioText } from '../../src/cli/stats/io.ts'
import { conversationsText, endpointsText } from '../../src/cli/stats/tables.ts'
import { treeText } from '../../src/cli/stats/tree.ts'
import type { Capture } from '../../src/engine/capture.ts'
import { eachConversation } from '../../src/engine/flows.ts'
import { type FollowKind, findStream } from '../../src/engine/follow.ts'
import { openForReading, readSettings, registry } from '../../src/engine/printing.ts'
import {
  CONVERSATION_KINDS,
  endpointsOf,
  type HierarchyNode,
  readConversations,
  readDnsStats,
  readHierarchy,
  readIo,
} from '../../src/engine/statistics.ts'
import { captureOutput } from '../unit/cli/support.ts'
import { tsharkVersion } from './pdml.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const CORPUS = resolve(ROOT, '../shared/corpus')

const RECORDED = ['plain-ipv6', 'gzip', 'requests', 'basic'].map((name) => join(ROOT, 'captures', `${name}.pcapng`))
const PUBLIC = [
  'OISF-suricata-verify/tests/http-post-file/input.pcap',
  'RIPE-NCC-hadoop-pcap/tcp-stream-v6.pcap',
  'dotpcap-packetnet/ipv6_http.pcap',
  'kbandla-dpkt/dns_icmp.pcap',
  'zeek-zeek/testing/btest/Traces/http/get-gzip.pcap',
]
  .map((path) => join(CORPUS, path))
  .filter((path) => existsSync(path))
const HTTP2 = join(CORPUS, 'OISF-suricata-verify/tests/http2-range/http2-range.pcap')

/** Streams of one capture that are followed. */
const FOLLOWED = 6
const SETTINGS = ['-n', '--disable-protocol', 'coap', '-o', 'tcp.reassemble_out_of_order:TRUE']

if (tsharkVersion === null) console.warn('SKIPPED: tshark is not here, so no stream and no count was compared with its own.')
if (PUBLIC.length === 0) console.warn('SKIPPED: ../shared/corpus is not here, so only recorded captures were compared.')

const folder = mkdtempSync(join(tmpdir(), 'wiretail-streams-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function tshark(path: string, taps: readonly string[], more: readonly string[] = []): string {
  const args = [...SETTINGS, ...more, '-q', '-r', path, ...taps.flatMap((tap) => ['-z', tap])]
  return spawnSync('tshark', args, { encoding: 'latin1', timeout: 60_000, maxBuffer: 1 << 28 }).stdout
}

async function open(path: string, keyLog?: string): Promise<Capture> {
  const read = readSettings(keyLog === undefined ? {} : { keyLogs: [keyLog] })
  if (!read.ok) throw new Error(read.message)
  const capture = await openForReading(path, { strict: true, settings: read.settings })
  while (capture.step(10_000) === 'more');
  return capture
}

/** The lines of a stream, as `follow --as` prints them below its heading. */
function followed(capture: Capture, kind: FollowKind, layout: 'raw' | 'hex' | 'ascii', stream: number, substream = 0): string {
  const found = findStream(capture, kind, stream, substream)
  if (!found.ok) throw new Error(`there is no stream ${stream}`)
  return captureOutput((out) => found.stream.read(layoutSink(layout, out, () => undefined))).toString('latin1')
}

/** The same of tshark's: what stands between the heading and the line that ends it. */
function theirs(printed: string, filter: string): string {
  const from = printed.indexOf(`Filter: ${filter}\n`)
  const body = printed.indexOf('\n', printed.indexOf('Node 1: ', from)) + 1
  return printed.slice(body, printed.indexOf(`${'='.repeat(67)}\n`, body))
}

describe.skipIf(tsharkVersion === null)('follow', () => {
  it.each([...RECORDED, ...PUBLIC])('says what tshark says: %s', async (path) => {
    const capture = await open(path)
    const streams: number[] = []
    eachConversation(capture, 'tcp', (_conversation, stream) => stream < FOLLOWED && streams.push(stream))
    const printed = tshark(path, [...streams.map((stream) => `follow,tcp,raw,${stream}`)])
    for (const stream of streams) expect(followed(capture, 'tcp', 'raw', stream)).toBe(theirs(printed, `tcp.stream eq ${stream}`))
    capture.close()
  })

  it('prints bytes and letters in the same layout', async () => {
    const path = RECORDED[1]!
    const capture = await open(path)
    for (const layout of ['hex', 'ascii'] as const)
      expect(followed(capture, 'tcp', layout, 0)).toBe(theirs(tshark(path, [`follow,tcp,${layout},0`]), 'tcp.stream eq 0'))
    capture.close()
  })

  it('unpacks bodies of HTTP as tshark does', async () => {
    const path = RECORDED[1]!
    const capture = await open(path)
    const printed = tshark(path, ['follow,http,raw,0'], ['-d', 'tcp.port==5683,http'])
    expect(followed(capture, 'http', 'raw', 0)).toBe(theirs(printed, 'tcp.stream eq 0'))
    capture.close()
  })

  it('shows what keys open of TLS, the same side first', async () => {
    const [path, keys] = ['tls13.pcapng', 'tls13.keys.txt'].map((name) => join(ROOT, 'captures', name)) as [string, string]
    const capture = await open(path, keys)
    const printed = tshark(path, ['follow,tls,raw,0'], ['-o', `tls.keylog_file:${keys}`])
    const lines = followed(capture, 'tls', 'raw', 0)
    expect(lines).not.toBe('')
    expect(lines).toBe(theirs(printed, 'tcp.stream eq 0'))
    capture.close()
  })

  it.skipIf(!existsSync(HTTP2))('takes streams of HTTP/2 apart as tshark does', async () => {
    const capture = await open(HTTP2)
    const printed = tshark(HTTP2, ['follow,http2,raw,0,1'])
    expect(followed(capture, 'http2', 'raw', 0, 1)).toBe(theirs(printed, 'tcp.stream eq 0 and http2.streamid eq 1'))
    capture.close()
  })
})

/** "eth/ip/tcp 36 8846" for each line, down to the first layer that only one of the two knows, or that stands for what is not known. */
function paths(lines: Iterable<readonly [depth: number, name: string, count: string]>): string[] {
  const open: string[] = []
  const out: string[] = []
  for (const [depth, name, count] of lines) {
    open.length = depth
    open.push(name)
    if (open.every((layer) => layer !== 'data' && layer !== '_ws' && registry.protocol(layer) !== undefined))
      out.push(`${open.join('/')} ${count}`)
  }
  return out.sort()
}

function* flat(nodes: readonly HierarchyNode[], depth = 0): Generator<readonly [number, string, string]> {
  for (const { protocol, packets, bytes, children } of nodes) {
    yield [depth, protocol, `${packets} ${bytes}`]
    yield* flat(children, depth + 1)
  }
}

function* parsed(printed: string): Generator<readonly [number, string, string]> {
  for (const [, indent, name, frames, bytes] of printed.matchAll(/^( *)(\S+) +frames:(\d+) bytes:(\d+)$/gm))
    yield [indent!.length / 2, name!, `${frames} ${bytes}`]
}

describe.skipIf(tsharkVersion === null)('stats', () => {
  it.each([...RECORDED, ...PUBLIC])('count as tshark does: %s', async (path) => {
    const capture = await open(path)
    const taps = CONVERSATION_KINDS.flatMap((kind) => [`conv,${kind}`, `endpoints,${kind}`])
    const printed = tshark(path, [...taps, 'io,phs', 'io,stat,1', 'dns,tree'], ['-d', 'tcp.port==5683,http'])
    const tables = await readConversations(capture, null, CONVERSATION_KINDS)
    for (const kind of CONVERSATION_KINDS) {
      expect(printed).toContain(conversationsText(kind, tables[kind], ''))
      expect(printed).toContain(endpointsText(kind, endpointsOf(tables[kind]), ''))
    }
    const hierarchy = paths(parsed(printed))
    expect(hierarchy.length).toBeGreaterThan(2)
    expect(paths(flat(await readHierarchy(capture, null)))).toEqual(hierarchy)
    expect(printed).toContain(ioText(await readIo(capture, null, 1, [null]), [], 0))
    const dns = await readDnsStats(capture, null)
    if (dns.roots[0]!.count > 0) expect(printed).toContain(treeText(dns))
    capture.close()
  })
})

describe.skipIf(tsharkVersion === null)('export objects', () => {
  it.each([...RECORDED, ...PUBLIC])('writes the same files with the same bytes: %s', async (path) => {
    const [ours, others] = ['ours', 'theirs'].map((name) => join(folder, `${basename(path)}-${name}`)) as [string, string]
    tshark(path, [], ['-d', 'tcp.port==5683,http', '--export-objects', `http,${others}`])
    const said: string[] = []
    const io = { out: () => undefined, err: (text: string) => void said.push(text), script: '' }
    expect(await exportObjects(['-r', path, '--dir', ours], io)).toBe(0)
    const expected = existsSync(others) ? readdirSync(others).sort() : []
    expect(readdirSync(ours).sort()).toEqual(expected)
    for (const name of expected) expect(readFileSync(join(ours, name)).equals(readFileSync(join(others, name)))).toBe(true)
    expect(said.join('')).toContain(`${expected.length} file`)
  })
})
