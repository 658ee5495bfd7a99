// HTTP and TLS field by field against tshark: the same names at the same bytes with the same values. Needs tshark 4.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { Capture, concat, type Dissected, hex, type PacketInput, registry } from '../unit/protocols/harness.ts'
import { latin, Talk } from '../unit/protocols/talk.ts'
import { type Segment, tls12, tls13 } from '../unit/protocols/tls-samples.ts'

const tshark = spawnSync('tshark', ['--version'], { encoding: 'utf8' })
const version = /TShark \(Wireshark\) (\d+)/.exec(tshark.stdout ?? '')?.[1]
if (version === undefined) process.stderr.write('SKIPPED: HTTP and TLS against tshark. Install it: apt-get install tshark\n')

const folder = mkdtempSync(join(tmpdir(), 'wiretail-differential-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Fields that are not ours yet, that tshark places where no bytes are, or that came with a later Wireshark. */
const LEFT_OUT = /^http\.(response_for\.uri|prev_|next_)|^tls\.(app_data_proto$|handshake\.ja4)/

interface Item {
  readonly name: string
  readonly at: string
  readonly show: string
}

function pcap(packets: readonly PacketInput[]): string {
  const parts = [hex('d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000')]
  for (const packet of packets) {
    const header = new DataView(new ArrayBuffer(16))
    header.setUint32(0, packet.seconds ?? 0, true)
    header.setUint32(8, packet.bytes.length, true)
    header.setUint32(12, packet.length ?? packet.bytes.length, true)
    parts.push(new Uint8Array(header.buffer), packet.bytes)
  }
  const path = join(folder, 'packets.pcap')
  writeFileSync(path, concat(...parts))
  return path
}

const plain = (text: string): string =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&#x27;/g, "'")
    .replace(/&amp;/g, '&')

/** tshark's named fields of both protocols, and its two columns, by packet. */
function referee(packets: readonly PacketInput[], port: number): { items: Item[][]; columns: string[] } {
  const path = pcap(packets)
  const run = (...args: string[]): string =>
    spawnSync('tshark', ['-n', '-r', path, '-d', `tcp.port==${port},${port === 443 ? 'tls' : 'http'}`, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    }).stdout
  const items = run('-T', 'pdml')
    .split('<packet>')
    .slice(1)
    .map((packet) =>
      [...packet.matchAll(/<field name="((?:http|tls)\.[^"]*)"[^>]*>/g)]
        .filter(([tag, name]) => !tag.includes('hide="yes"') && !LEFT_OUT.test(name!))
        .map(([tag, name]) => {
          const part = (key: string): string => new RegExp(` ${key}="([^"]*)"`).exec(tag)?.[1] ?? ''
          return { name: name!, at: `${part('pos')}+${part('size')}`, show: plain(part('show')) }
        }),
    )
  const columns = run('-T', 'fields', '-e', '_ws.col.Protocol', '-e', '_ws.col.Info').split('\n').slice(0, -1)
  return { items, columns }
}

const typeOf = (name: string): string => registry.find(name)?.[0]?.type ?? ''

/** Ours, in the same words: tshark puts colons into bytes and shows no text for rows that only group. */
function mine(d: Dissected): Item[] {
  return d.rows
    .filter((row) => /^(http|tls)\./.test(row.name) && !row.hidden && !LEFT_OUT.test(row.name))
    .map((row) => {
      const type = typeOf(row.name)
      const show = type === 'group' ? '' : type === 'bytes' ? row.show.replace(/(..)(?=.)/g, '$1:') : row.show
      return { name: row.name, at: `${row.start}+${row.length}`, show }
    })
}

const words = ({ name, at, show }: Item): string => {
  // What was put together or unpacked has bytes of its own; tshark 4.0 counts them from the place of the packed ones.
  const place = name === 'http.file_data' ? at.replace(/^\d+/, '') : at
  return `${name} ${place} ${show}`
}

function compare(packets: readonly PacketInput[], port: number): void {
  const capture = new Capture(packets)
  const { items, columns } = referee(packets, port)
  expect(items).toHaveLength(packets.length)
  packets.forEach((_, i) => {
    const d = capture.dissect(i + 1)
    // One pass of tshark does not know the answers to come.
    const ours = mine(d).filter(({ name }) => name !== 'http.response_in')
    expect(ours.map(words).sort(), `packet ${i + 1}`).toEqual(items[i]!.map(words).sort())
    if (ours.length > 0) expect(`${d.protocol}\t${d.info}`, `packet ${i + 1}`).toBe(columns[i])
  })
}

const replay = (segments: readonly Segment[]): PacketInput[] => {
  const talk = new Talk(40_000, 443).open()
  for (const segment of segments) {
    if (segment.from === 'client') talk.client(hex(segment.hex))
    else talk.server(hex(segment.hex))
  }
  return talk.packets
}

describe.skipIf(version === undefined)('against tshark', () => {
  const http = (...parts: readonly (readonly ['>' | '<', string | Uint8Array])[]): PacketInput[] => {
    const talk = new Talk(40_000, 8080).open()
    for (const [way, payload] of parts) {
      if (way === '>') talk.client(payload)
      else talk.server(payload)
    }
    return talk.packets
  }
  const gzip = gzipSync(latin('a body that was packed'))

  it.each<[string, PacketInput[]]>([
    [
      'a request and its answer',
      http(
        ['>', 'GET /a?b=c&d HTTP/1.1\r\nHost: x.example\r\nCookie: a=b; c=d\r\n\r\n'],
        ['<', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
      ),
    ],
    [
      'headers known and unknown',
      http(['>', 'GET / HTTP/1.0\r\nUser-Agent: me\r\nAccept: */*\r\nX-Own:   spaced \r\nReferer: /z\r\n\r\n']),
    ],
    [
      'chunks',
      http(
        ['>', 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'],
        ['<', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nmy s\r\n6\r\necret!\r\n0\r\n\r\n'],
      ),
    ],
    [
      'HEAD, 204 and 304',
      http(
        ['>', 'HEAD / HTTP/1.1\r\nHost: h\r\n\r\n'],
        ['<', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n'],
        ['>', 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'],
        ['<', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
      ),
    ],
    ['a message over three segments', http(['>', 'POST / HTTP/1.1\r\nHo'], ['>', 'st: h\r\nContent-Length: 6\r\n\r\nsec'], ['>', 'ret'])],
  ])('%s', (_name, packets) => compare(packets, 8080))

  it('a compressed body has the same text', () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: ${gzip.length}\r\n\r\n`
    const packets = http(['>', 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'], ['<', concat(latin(head), gzip)])
    const theirs = referee(packets, 8080).items[4]!.find(({ name }) => name === 'http.file_data')
    expect(new Capture(packets).dissect(5).row('http.file_data').show).toBe(theirs?.show)
  })

  it('TLS 1.2', () => compare(replay(tls12), 443))
  it('TLS 1.3 with a retry', () => compare(replay(tls13), 443))
})
