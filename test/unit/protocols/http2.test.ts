// HTTP/2 as frames in a TCP stream. Header blocks are those of RFC 7541, Appendix C.

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { http2Body, http2Exchanges } from '../../../src/protocols/http2/exchange.ts'
import { MAX_TABLE } from '../../../src/protocols/http2/hpack.ts'
import { Capture, checkRows, concat, type Dissected, hex } from './harness.ts'
import { latin, Talk } from './talk.ts'

const PREFACE = latin('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const SETTINGS = '000006 04 00 00000000 0003 00000064'

function frame(type: number, flags: number, stream: number, payload: Uint8Array | string): Uint8Array {
  const body = typeof payload === 'string' ? hex(payload) : payload
  const header = Uint8Array.from([
    body.length >> 16,
    (body.length >> 8) & 0xff,
    body.length & 0xff,
    type,
    flags,
    0,
    0,
    stream >> 8,
    stream & 0xff,
  ])
  return concat(header, body)
}

const headers = (stream: number, block: Uint8Array | string, flags = 4): Uint8Array => frame(1, flags, stream, block)
const lines = (d: Dissected): string[] => d.all('http2.header').map((row) => row.text.replace(/^Header: /, ''))

/** Each pair after the settings is a packet of the client, then one of the server. */
function talk(...packets: readonly (readonly [client: Uint8Array | null, server: Uint8Array | null])[]): Talk {
  const t = new Talk()
    .open()
    .client(concat(PREFACE, hex(SETTINGS)))
    .server(hex(SETTINGS))
  for (const [client, server] of packets) {
    if (client !== null) t.client(client)
    if (server !== null) t.server(server)
  }
  return t
}
/** The first packet after the handshake and the settings. */
const FIRST = 6

const plainRequests = [
  '828684410f7777772e6578616d706c652e636f6d',
  '828684be58086e6f2d6361636865',
  '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
]
const huffmanRequests = [
  '828684418cf1e3c2e5f23a6ba0ab90f4ff',
  '828684be5886a8eb10649cbf',
  '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
]
/** C.6: the table holds 256 bytes, so entries are pushed out. */
const responses = [
  '3fe101 488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
  '4883640effc1c0bf',
  '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
]

describe('HPACK', () => {
  it.each([
    ['in letters', plainRequests],
    ['in Huffman code', huffmanRequests],
  ])('reads the requests of RFC 7541 C.3 and C.4, %s, in any order', (_name, blocks) => {
    const capture = new Capture(talk(...blocks.map((block, i) => [headers(1 + 2 * i, block, 5), null] as const)).packets)
    expect(lines(capture.dissect(FIRST + 2))).toEqual([
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ])
    expect(lines(capture.dissect(FIRST))).toEqual([':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'])
    expect(lines(capture.dissect(FIRST + 1)).at(-1)).toBe('cache-control: no-cache')
    expect(capture.dissect(FIRST + 1).info).toBe('HEADERS[3]: GET /')
    expect(capture.dissect(FIRST + 1).row('http2.request.full_uri').show).toBe('http://www.example.com/')
  })

  it('pushes old entries out of a small table (C.6)', () => {
    const capture = new Capture(
      talk(...responses.map((block, i) => [headers(1 + 2 * i, huffmanRequests[0]!.slice(0, 6), 5), headers(1 + 2 * i, block, 4)] as const))
        .packets,
    )
    expect(lines(capture.dissect(FIRST + 5))).toEqual([
      ':status: 200 OK',
      'cache-control: private',
      'date: Mon, 21 Oct 2013 20:13:22 GMT',
      'location: https://www.example.com',
      'content-encoding: gzip',
      'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ])
    expect(capture.dissect(FIRST + 1).row('http2.header_table_size_update.header_table_size').value).toBe(256)
    expect(capture.dissect(FIRST + 3).info).toBe('HEADERS[3]: 307 Temporary Redirect')
  })

  it('names what was sent before the capture, and reads what is new', () => {
    const t = new Talk().client(headers(1, huffmanRequests[1]!)).client(headers(3, huffmanRequests[2]!))
    const d = new Capture(t.packets).dissect(1)
    expect(lines(d).slice(0, 3)).toEqual([':method: GET', ':scheme: http', ':path: /'])
    expect(d.tree).toContain('Entry 62 of the header table was sent before the capture began')
    expect(lines(new Capture(t.packets).dissect(2)).at(-1)).toBe('custom-key: custom-value')
  })

  it('says so when an entry cannot exist, or a code is wrong, and shows what stands before', () => {
    const capture = new Capture(talk([headers(1, '82 ff8001'), null], [headers(3, '82 40 81ff 81ff'), null]).packets)
    for (const packet of [FIRST, FIRST + 1]) {
      expect(lines(capture.dissect(packet))).toEqual([':method: GET'])
      expect(capture.dissect(packet).tree).toContain('The compressed headers are damaged')
    }
  })

  it('keeps 200 headers of a block that unpacks to thousands, and a table of a bounded size', () => {
    const entry = concat(hex('40 01 61 7f 81 1e'), new Uint8Array(4000 - 0).fill(0x78)).subarray(0, 6 + 127 + 0x81 - 0x80 + 0x1e * 128)
    const bomb = concat(entry, new Uint8Array(10_000).fill(0xbe))
    const capture = new Capture(talk([headers(1, bomb), null]).packets)
    const d = capture.dissect(FIRST)
    expect(lines(d).length).toBeLessThanOrEqual(200)
    expect(d.has('http2.header_lines_exceeded') || d.has('http2.header_size_exceeded')).toBe(true)
    expect(MAX_TABLE).toBeLessThanOrEqual(1 << 20)
  })
})

describe('frames', () => {
  it('goes on with headers in CONTINUATION, cut anywhere', () => {
    const block = hex(huffmanRequests[0]!)
    for (let cut = 0; cut <= block.length; cut++) {
      const first = headers(1, block.subarray(0, cut), 1)
      const capture = new Capture(talk([concat(first, frame(9, 4, 1, block.subarray(cut))), null]).packets)
      expect(lines(capture.dissect(FIRST))).toEqual([':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'])
    }
  })

  it('does not end on CONTINUATION frames that never end', () => {
    const endless = concat(headers(1, '82', 0), ...Array.from({ length: 5000 }, () => frame(9, 0, 1, '0001610162')))
    const capture = new Capture(talk([endless, null]).packets)
    checkRows(capture.dissect(FIRST), 'endless')
  })

  it('puts a compressed body together where it ends, padding left out', () => {
    const body = latin('fluffy tail '.repeat(50))
    const packed = new Uint8Array(gzipSync(body))
    const half = packed.length >> 1
    const block = concat(hex('88 5f0a'), latin('text/plain'), hex('5a04'), latin('gzip'))
    const padded = concat(Uint8Array.of(3), packed.subarray(half), new Uint8Array(3))
    const t = talk(
      [headers(1, huffmanRequests[0]!, 5), concat(headers(1, block), frame(0, 0, 1, packed.subarray(0, half)))],
      [null, frame(0, 9, 1, padded)],
    )
    const capture = new Capture(t.packets)
    const last = capture.dissect(FIRST + 2)
    expect(last.row('http2.body.fragments').text).toContain(
      `2 Body fragments (${packed.length} bytes): #7(${half}), #8(${packed.length - half})`,
    )
    expect(new Uint8Array(last.sources.at(-1)!)).toEqual(body)
    expect(last.info).toBe('DATA[1] (text/plain)')
    expect(capture.dissect(FIRST + 1).tree).toContain('(partial entity body)')
    const [exchange] = [...http2Exchanges(capture.memory)]
    expect(exchange!.request!.headers).toContainEqual([':authority', 'www.example.com'])
    expect(exchange!.response!.headers).toContainEqual([':status', '200'])
    expect(concat(...http2Body(capture.memory, exchange!.response!))).toEqual(packed)
    // Requests and responses are paired as those of HTTP/1 are.
    expect(capture.memory.messages.packet(capture.memory.messages.opposite(exchange!.request!.head))).toBe(FIRST + 1)
  })

  it('shows each type of frame where it lies', () => {
    const all = concat(
      frame(2, 0, 3, '80000001 0f'),
      frame(3, 0, 3, '00000008'),
      frame(6, 1, 0, '0102030405060708'),
      frame(7, 0, 0, '00000003 0000000b 6f7574'),
      frame(8, 0, 0, '00010000'),
      frame(10, 0, 0, '0001 61 6832'),
      frame(12, 0, 0, '0003 616263'),
      frame(16, 0, 0, '00000003 753d31'),
      frame(99, 0, 0, 'ff'),
    )
    const d = new Capture(talk([all, null]).packets).dissect(FIRST)
    expect(d.info).toBe(
      'PRIORITY[3], RST_STREAM[3], PING[0], GOAWAY[0], WINDOW_UPDATE[0], ALTSVC[0], ORIGIN[0], PRIORITY_UPDATE[0], Unknown type (99)[0]',
    )
    const shown = (name: string): string => d.row(name).show
    expect([shown('http2.headers.weight_real'), shown('http2.exclusive'), shown('http2.rst_stream.error')]).toEqual(['16', '1', '8'])
    expect([shown('http2.pong'), shown('http2.goaway.addata'), shown('http2.window_update.window_size_increment')]).toEqual([
      '0102030405060708',
      '6f7574',
      '65536',
    ])
    expect([shown('http2.altsvc.field_value'), shown('http2.origin.origin'), shown('http2.priority_update_field_value')]).toEqual([
      'h2',
      'abc',
      'u=1',
    ])
  })

  it('finds the same frames however the stream is cut, and after a gap', () => {
    const stream = concat(PREFACE, hex(SETTINGS), headers(1, huffmanRequests[0]!, 5), headers(3, huffmanRequests[1]!, 5))
    for (let cut = 1; cut < stream.length; cut++) {
      const t = new Talk().open().client(stream.subarray(0, cut)).client(stream.subarray(cut))
      const capture = new Capture(t.packets)
      const d = capture.dissect(5)
      expect(lines(d).at(-1), `cut at ${cut}`).toBe('cache-control: no-cache')
      checkRows(capture.dissect(4), `cut at ${cut}`)
    }
    const lost = talk([headers(1, huffmanRequests[0]!, 5), null], [headers(3, huffmanRequests[1]!, 5), null]).packets
    const capture = new Capture(lost.filter((_, i) => i !== FIRST - 1))
    checkRows(capture.dissect(FIRST), 'after a gap')
  })

  it('comes after an upgrade from HTTP/1.1', () => {
    const t = new Talk()
      .open()
      .client('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n')
      .server(
        concat(
          latin('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'),
          hex(SETTINGS),
          headers(1, '88', 5),
        ),
      )
      .client(concat(PREFACE, hex(SETTINGS)))
    const capture = new Capture(t.packets)
    expect(capture.dissect(5).layers).toEqual(['eth', 'ip', 'tcp', 'http', 'http2', 'http2'])
    expect(capture.dissect(6).info).toBe('Magic, SETTINGS[0]')
  })

  it('survives any truncation', () => {
    const t = talk([concat(headers(1, huffmanRequests[0]!, 4), frame(0, 1, 1, '616263')), null])
    const whole = t.packets[FIRST - 1]!
    for (let kept = 54; kept < whole.bytes.length; kept++) {
      const packets = t.packets.with(FIRST - 1, { ...whole, bytes: whole.bytes.slice(0, kept), length: whole.bytes.length })
      checkRows(new Capture(packets).dissect(FIRST), `cut at ${kept}`)
    }
  })
})
