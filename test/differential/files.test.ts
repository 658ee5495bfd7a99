// Reads every capture of the corpus and compares numbers, times and lengths with what tshark said of it, and lets tshark, capinfos and
// the compression programs judge what we write and unpack. Each part is skipped, and says so, where its referee is missing.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { type CaptureFormat, type CaptureReader, createWriter, NO_TIME, openCapture, type PacketSink } from '../../src/files/index.ts'

const corpus = new URL('../../../shared/corpus/', import.meta.url).pathname
const hasCorpus = existsSync(join(corpus, 'manifest.tsv'))
const folder = mkdtempSync(join(tmpdir(), 'wiretail-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function has(program: string): boolean {
  const found = spawnSync(program, ['--version']).status === 0
  if (!found) console.warn(`SKIPPED: ${program} is not installed, so it judges nothing here`)
  return found
}

/** Link types and header bits that tshark refuses and we show as data. */
const REFUSED_BY_TSHARK: ReadonlySet<string> = new Set([
  'out-of-scope/the-tcpdump-group-tcpdump/brcm-tag-prepend.pcap',
  'the-tcpdump-group-libpcap/linktype-reserved-field-not-zero.pcap',
])

async function drain(reader: CaptureReader, sink: PacketSink): Promise<void> {
  for (let result = reader.step(sink, 1000); result !== 'end'; result = reader.step(sink, 1000)) {
    if (result === 'waiting') await reader.readable()
  }
}

/** A packet as tshark prints it: time with nine decimals (empty without one, a minus sign for a wrapped fraction), lengths. */
function printed(seconds: number, nanos: number, length: number, captured: number): string {
  const time = nanos === NO_TIME ? '' : `${nanos < 0 ? '-' : ''}${seconds}.${String(Math.abs(nanos)).padStart(9, '0')}`
  return `${time}\t${length}\t${captured}`
}

/** Lines of every packet, and why reading ended early. */
async function readCapture(path: string): Promise<{ lines: string[]; problem: string | null }> {
  const lines: string[] = []
  const sink: PacketSink = {
    packet: (_bytes, _start, captured, length, seconds, nanos) => void lines.push(printed(seconds, nanos, length, captured)),
    interface() {},
    comment() {},
    section() {},
    secrets() {},
    name() {},
    statistics() {},
  }
  try {
    const reader = await openCapture(path)
    await drain(reader, sink)
    const problem = reader.damage?.message ?? null
    reader.close()
    return { lines, problem }
  } catch (error) {
    expect(error, path).toMatchObject({ name: 'CaptureError' })
    return { lines, problem: String(error) }
  }
}

if (!hasCorpus) console.warn('SKIPPED: no corpus of captures beside the repository')

describe.skipIf(!hasCorpus)('the corpus', () => {
  it('has the packets, times and lengths that tshark sees', async () => {
    const differences: string[] = []
    let packets = 0
    let files = 0
    for (const line of readFileSync(join(corpus, 'manifest.tsv'), 'utf8').trim().split('\n').slice(1)) {
      const columns = line.split('\t')
      const name = columns[0]!
      const { lines, problem } = await readCapture(join(corpus, name))
      files++
      packets += lines.length
      if (REFUSED_BY_TSHARK.has(name)) continue
      if ((columns[10] !== '0') !== (problem !== null)) differences.push(`${name}: tshark ended with ${columns[10]}, we with ${problem}`)
      const oracle = join(corpus, 'oracle', `${name}.tsv.gz`)
      const theirs = existsSync(oracle) ? gunzipSync(readFileSync(oracle)).toString().split('\n').slice(1).filter(Boolean) : []
      if (lines.length !== theirs.length) differences.push(`${name}: ${lines.length} packets, tshark ${theirs.length}`)
      for (const [i, ours] of lines.entries()) {
        const expected = theirs[i]?.split('\t').slice(1, 4).join('\t')
        if (expected !== undefined && expected !== ours) differences.push(`${name} #${i + 1}: ${ours}, tshark ${expected}`)
      }
    }
    expect(differences).toEqual([])
    expect(files).toBeGreaterThan(2000)
    expect(packets).toBeGreaterThan(100_000)
  })

  const FIELDS = ['-T', 'fields', '-e', 'frame.time_epoch', '-e', 'frame.len', '-e', 'frame.cap_len', '-e', 'frame.protocols']

  it.skipIf(!has('tshark')).each([
    ['derived/http-le-nsec.pcap', 'pcap'],
    ['derived/http-be-usec.pcap', 'pcap'],
    ['derived/http-fcs-bits.pcap', 'pcap'],
    ['derived/http-fcs-bits.pcap', 'pcapng'],
    ['derived/dns-two-sections-mixed.pcapng', 'pcapng'],
    ['derived/dns-le-spb-snap96.pcapng', 'pcapng'],
    ['derived/raw-101.pcap', 'pcapng'],
    ['boundary-wireshark/test/captures/dns+icmp.pcapng.gz', 'pcapng'],
  ] as [string, CaptureFormat][])('is written so that tshark sees the same packets: %s as %s', async (name, format) => {
    const source = join(corpus, name)
    const target = join(folder, `copy.${format}`)
    await copyCapture(source, target, format)
    const theirs = spawnSync('tshark', ['-n', '-r', source, ...FIELDS], { encoding: 'utf8' })
    const ours = spawnSync('tshark', ['-n', '-r', target, ...FIELDS], { encoding: 'utf8' })
    expect(ours.stdout.length).toBeGreaterThan(0)
    expect(ours.stdout).toBe(theirs.stdout)
    expect(complaints(ours.stderr)).toEqual([])
  })
})

/** tshark's standard error without its remark on being run as root. */
function complaints(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user'))
}

async function copyCapture(source: string, target: string, format: CaptureFormat): Promise<void> {
  const reader = await openCapture(source)
  const writer = { current: null as ReturnType<typeof createWriter> | null }
  const sink: PacketSink = {
    packet: (bytes, start, captured, length, seconds, nanos, id) =>
      void writer.current?.packet(bytes, start, captured, length, seconds, nanos, id),
    interface(described) {
      if (writer.current === null) writer.current = createWriter(target, { format, nanosecond: reader.nanosecond, interfaces: [described] })
      else writer.current.interface(described)
    },
    comment: (text) => writer.current?.comment(text),
  }
  await drain(reader, sink)
  writer.current?.close()
  reader.close()
}

describe.skipIf(!has('tshark') || !has('capinfos'))('what we write', () => {
  const PACKET = Uint8Array.from(
    'ffffffffffff00112233445508004500001c000040004011000a7f0000017f0000011633163300080000'.match(/../g)!,
    (byte) => Number.parseInt(byte, 16),
  )

  it.each([
    ['pcap', false, /File type: +pcap\n/],
    ['pcap', true, /File type: +nsecpcap\n/],
    ['pcapng', false, /precision: +microseconds/],
    ['pcapng', true, /precision: +nanoseconds/],
  ] as [CaptureFormat, boolean, RegExp][])('opens without a warning: %s, nanoseconds %s', (format, nanosecond, kind) => {
    const path = join(folder, 'written')
    const writer = createWriter(path, {
      format,
      nanosecond,
      interfaces: [{ linkType: 1, snapLength: 262_144, name: 'lo', description: 'loopback', filter: 'udp port 5683', system: 'Linux' }],
    })
    for (let i = 0; i < 1000; i++) {
      if (i === 500) writer.comment('in the middle')
      writer.packet(PACKET, 0, PACKET.length, PACKET.length + 10, 1_700_000_000 + i, 123_456_789, 0)
    }
    if (format === 'pcapng') writer.secrets(0x544c534b, new TextEncoder().encode(`CLIENT_RANDOM ${'00'.repeat(32)} ${'11'.repeat(48)}\n`))
    writer.close()
    const shown = spawnSync(
      'tshark',
      ['-n', '-r', path, '-T', 'fields', '-e', 'frame.time_epoch', '-e', 'frame.len', '-e', 'frame.comment'],
      { encoding: 'utf8' },
    )
    expect(complaints(shown.stderr)).toEqual([])
    const lines = shown.stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(1000)
    expect(lines[999]).toBe(
      `1700000999.123456${nanosecond ? '789' : '000'}\t${PACKET.length + 10}${lines[999]?.endsWith('\t') ? '\t' : ''}`,
    )
    expect(lines[500]).toContain(format === 'pcapng' ? 'in the middle' : '1700000500')
    const about = spawnSync('capinfos', ['-M', path], { encoding: 'utf8' })
    expect(complaints(about.stderr)).toEqual([])
    expect(about.stdout).toMatch(kind)
    expect(about.stdout).toMatch(/Number of packets:\s+1000/)
    if (format === 'pcapng') {
      expect(about.stdout).toMatch(/Filter string = udp port 5683/)
      const names = ['-c', '1', '-T', 'fields', '-e', 'frame.interface_name', '-e', 'frame.interface_description']
      expect(spawnSync('tshark', ['-n', '-r', path, ...names], { encoding: 'utf8' }).stdout).toBe('lo\tloopback\n')
    }
  })
})

describe('what the compression programs pack', () => {
  const path = join(folder, 'plain.pcapng')
  const writer = createWriter(path, { format: 'pcapng', interfaces: [{ linkType: 1 }] })
  const packet = new Uint8Array(1400)
  for (let i = 0; i < 20_000; i++) {
    for (let at = 0; at < 300; at++) packet[(i * 37 + at * 5) % 1400] = (i * at) >> 3
    writer.packet(packet, 0, 100 + (i % 1300), 1400, i, i, 0)
  }
  writer.close()

  it.each([
    ['gzip', ['-1']],
    ['gzip', ['-9']],
    ['zstd', ['-1']],
    ['zstd', ['-3', '--no-check']],
    ['zstd', ['-12', '--long=27']],
    ['zstd', ['-15']],
    ['zstd', ['--fast=5']],
    ['lz4', ['-1']],
    ['lz4', ['-9', '-BD', '-BX', '--content-size']],
    ['lz4', ['-B4', '-BD', '--no-frame-crc']],
    ['lz4', ['-B7']],
  ])('reads the same: %s %s', async (program, flags) => {
    if (!has(program)) return
    const packed = join(folder, 'packed')
    writeFileSync(packed, execFileSync(program, [...flags, '-c', path], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] }))
    const plain = await readCapture(path)
    const unpacked = await readCapture(packed)
    expect(unpacked.problem).toBeNull()
    expect(unpacked.lines.length).toBe(20_000)
    expect(unpacked.lines).toEqual(plain.lines)
    expect(Buffer.compare(await bytesOf(packed), await bytesOf(path))).toBe(0)
  })
})

/** The bytes of all packets of a capture. */
async function bytesOf(path: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  const reader = await openCapture(path)
  await drain(reader, { packet: (bytes, start, captured) => void pieces.push(bytes.slice(start, start + captured)), interface() {} })
  reader.close()
  return Buffer.concat(pieces)
}
