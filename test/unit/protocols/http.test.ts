import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Capture, checkRows, checkTruncations, concat, type Dissected, hex, type Row } from './harness.ts'
import { latin, PAYLOAD, Talk } from './talk.ts'

const REQUEST = [
  'POST /login?user=ann&x=1 HTTP/1.1\r\n',
  'Host: my-site.com\r\n',
  'Cookie: a=1; b=2\r\n',
  'Authorization: Basic YW5uOnNlY3JldA==\r\n',
  'X-Own: yes\r\n',
  'Content-Type: text/plain; charset=utf-8\r\n',
  'Content-Length: 6\r\n',
  '\r\n',
  'secret',
].join('')

const ask = (text: string | Uint8Array): Dissected => new Capture(new Talk().client(text).packets).dissect(1)
const answer = (text: string | Uint8Array, method = 'GET'): Dissected =>
  new Capture(new Talk().client(`${method} / HTTP/1.1\r\nHost: h\r\n\r\n`).server(text).packets).dissect(2)
const covers = (d: Dissected, row: Row): string => latinText(d.sources[row.source]!.subarray(row.start, row.start + row.length))
const latinText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
const file = (d: Dissected): string => covers(d, d.row('http.file_data'))
const packed = (coding: string, body: Uint8Array): Uint8Array =>
  concat(latin(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`), body)

describe('an HTTP request', () => {
  const d = ask(REQUEST)

  it('has the rows of Wireshark, each over its bytes', () => {
    expect(covers(d, d.row('http.request.method'))).toBe('POST')
    expect(covers(d, d.row('http.request.uri'))).toBe('/login?user=ann&x=1')
    expect(covers(d, d.row('http.request.uri.path'))).toBe('/login')
    expect(covers(d, d.row('http.request.uri.query'))).toBe('user=ann&x=1')
    expect(d.all('http.request.uri.query.parameter').map((row) => covers(d, row))).toEqual(['user=ann', 'x=1'])
    expect(covers(d, d.row('http.request.version'))).toBe('HTTP/1.1')
    expect(covers(d, d.row('http.host'))).toBe('Host: my-site.com\r\n')
    expect(d.all('http.cookie_pair').map((row) => covers(d, row))).toEqual(['a=1', 'b=2'])
    expect(covers(d, d.row('http.file_data'))).toBe('secret')
    expect(d.row('http.file_data').start).toBe(PAYLOAD + REQUEST.length - 6)
  })

  it('has the values that filters see', () => {
    expect(d.row('http.host').show).toBe('my-site.com')
    expect(d.row('http.content_length_header').show).toBe('6')
    expect(d.row('http.content_length').value).toBe(6)
    expect(d.row('http.authbasic').show).toBe('ann:secret')
    // The letters in the frame, and what they spell in a source of their own.
    expect(d.row('http.authbasic').length).toBe('YW5uOnNlY3JldA=='.length)
    const spelled = d.rows.filter((row) => row.source > 0).map(({ text, start, length }) => `${text} ${start}+${length}`)
    expect(spelled).toEqual(['User name: ann 0+3', 'Colon: : 3+1', 'Password: secret 4+6'])
    expect(d.row('http.request').value).toBe(1)
    expect(d.row('http.request.full_uri').show).toBe('http://my-site.com/login?user=ann&x=1')
    expect(d.all('http.request.line').map((row) => row.show)).toContain('X-Own: yes\r\n')
  })

  it('shows only headers without a field of their own as lines', () => {
    expect(
      d
        .all('http.request.line')
        .filter((row) => !row.hidden)
        .map((row) => row.text),
    ).toEqual(['X-Own: yes\\r\\n'])
  })

  it('reads as in Wireshark', () => {
    expect(d.protocol).toBe('HTTP')
    expect(d.info).toBe('POST /login?user=ann&x=1 HTTP/1.1  (text/plain)')
    expect(d.tree).toContain('\n  POST /login?user=ann&x=1 HTTP/1.1\\r\\n')
    expect(d.tree).toContain('\n  Host: my-site.com\\r\\n')
    expect(d.tree).toContain('\n  File Data: 6 bytes')
  })

  it('can be cut anywhere', () => {
    checkTruncations(new Talk().client(REQUEST).packets[0]!.bytes)
  })

  it('is the same request, whatever the length of the header names', () => {
    const lower = ask(REQUEST.replace('Host', 'hOST'))
    expect(lower.row('http.host').show).toBe('my-site.com')
    expect(lower.row('http.host').text).toBe('hOST: my-site.com\\r\\n')
  })
})

describe('an HTTP response', () => {
  it('has status, name and phrase', () => {
    const d = answer('HTTP/1.1 404 Nothing here\r\nServer: wiretail\r\nContent-Length: 0\r\n\r\n')
    expect(d.row('http.response.code').value).toBe(404)
    expect(d.row('http.response.code').length).toBe(3)
    expect(d.row('http.response.code.desc').show).toBe('Not Found')
    expect(d.row('http.response.phrase').show).toBe('Nothing here')
    expect(d.row('http.response.version').show).toBe('HTTP/1.1')
    expect(d.info).toBe('HTTP/1.1 404 Nothing here ')
  })

  it('knows its request, and the request its response', () => {
    const talk = new Talk().open().client('GET /1 HTTP/1.1\r\nHost: h\r\n\r\n').client('GET /2 HTTP/1.1\r\nHost: h\r\n\r\n')
    talk
      .server('HTTP/1.1 100 Continue\r\n\r\n')
      .server('HTTP/1.1 200 A\r\nContent-Length: 0\r\n\r\n')
      .server('HTTP/1.1 200 B\r\nContent-Length: 0\r\n\r\n')
    const capture = new Capture(talk.packets)
    const [a, b] = [capture.dissect(7), capture.dissect(8)]
    expect([a.row('http.request_in').value, b.row('http.request_in').value]).toEqual([4, 5])
    expect([a.row('http.time').show, b.row('http.time').show]).toEqual(['3.000000000', '3.000000000'])
    expect(capture.dissect(4).row('http.response_in').value).toBe(7)
    expect(capture.dissect(5).row('http.response_in').value).toBe(8)
    expect([a.row('http.response_number').value, b.row('http.response_number').value]).toEqual([1, 2])
  })

  it('joins chunks into a source of their own', () => {
    const d = answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nmy s\r\n6;x\r\necret!\r\n0\r\nT: v\r\n\r\n')
    expect(d.all('http.chunk_size').map((row) => row.value)).toEqual([4, 6, 0])
    expect(d.all('http.chunk_data').map((row) => covers(d, row))).toEqual(['my s', 'ecret!'])
    expect(d.all('http.chunk_boundary')).toHaveLength(2)
    expect(d.row('http.chunked_trailer_part').show).toBe('T: v\r\n')
    expect(file(d)).toBe('my secret!')
    expect(d.row('http.file_data').source).toBeGreaterThan(0)
  })

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
  ])('undoes %s', (coding, pack) => {
    const d = answer(packed(coding, pack(latin('the secret'))))
    expect(file(d)).toBe('the secret')
    expect(d.tree).toMatch(/Content-encoded entity body \(.+\): \d+ bytes -> 10 bytes/)
    expect(d.info).toBe('HTTP/1.1 200 OK  (text/html)')
  })

  it('undoes several codings, last one first, and compressed chunks', () => {
    expect(file(answer(packed('deflate, gzip', gzipSync(deflateSync(latin('twice'))))))).toBe('twice')
    const body = gzipSync(latin('packed and in pieces'))
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`
    expect(file(answer(concat(latin(head), body, latin('\r\n0\r\n\r\n'))))).toBe('packed and in pieces')
  })

  it('says so when a body cannot be unpacked, or would not end', () => {
    expect(answer(packed('gzip', latin('no gzip at all'))).has('http.decompression_failed')).toBe(true)
    expect(answer(packed('exotic', latin('what'))).has('http.decompression_failed')).toBe(true)
    const bomb = packed('gzip', gzipSync(new Uint8Array(32 * 1024 * 1024)))
    expect(answer(bomb).has('http.decompression_failed')).toBe(true)
    const many = Array(50).fill('gzip').join(',')
    expect(answer(packed(many, gzipSync(latin('x')))).has('http.decompression_failed')).toBe(true)
  })

  it('to HEAD has no body', () => {
    const d = answer('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n', 'HEAD')
    expect(d.row('http.response.code').value).toBe(200)
    expect(d.has('http.file_data')).toBe(false)
  })
})

describe('odd HTTP', () => {
  it('notes two lengths that contradict each other', () => {
    const d = ask('POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')
    expect(d.has('http.te_and_length')).toBe(true)
  })

  it('notes unknown codings, odd header names, empty lines before the message and sloppy chunk sizes', () => {
    expect(ask('GET / HTTP/1.1\r\nTransfer-Encoding: odd\r\n\r\n').has('http.te_unknown')).toBe(true)
    expect(ask('GET / HTTP/1.1\r\nHost : x\r\n\r\n').has('http.bad_header_name')).toBe(true)
    expect(ask('\r\nGET / HTTP/1.1\r\n\r\n').has('http.leading_crlf')).toBe(true)
    const sloppy = answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n 4x\r\nbody\r\n0\r\n\r\n')
    expect(sloppy.tree).toContain('Programs may read this chunk size in different ways')
    expect(file(sloppy)).toBe('body')
  })

  it('shows a bad chunk size as far as it goes', () => {
    const d = answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\nzz\r\nrest')
    expect(d.tree).toContain('This is no chunk size')
    expect(file(d)).toBe('body')
  })

  it('reads a folded header as one', () => {
    const d = ask('GET / HTTP/1.1\r\nHost:\r\n folded.example\r\n\r\n')
    expect(d.row('http.host').show).toBe('folded.example')
  })

  it('survives any bytes behind a start line', () => {
    for (let seed = 1; seed <= 60; seed++) {
      let x = seed * 7919
      const noise = Array.from({ length: 200 }, () => {
        x = (x * 1103515245 + 12345) & 0x7fffffff
        return String.fromCharCode((x >> 16) & 0xff)
      }).join('')
      for (const line of [
        'GET /x HTTP/1.1\r\n',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
        'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n',
      ]) {
        checkRows(ask(line + noise), `seed ${seed}`)
      }
    }
  })

  it('is recognised on port 5683 and in a packet of a captured real exchange', () => {
    const d = new Capture([
      {
        bytes: hex(
          `00000000000000000000000008004500005f1c2a40004006206d7f0000017f000001 c4c81633 0a0b0c0d 01020304 8018020000000000 0101080a0000000100000001
           474554202f20485454502f312e310d0a486f73743a206d792d736974652e636f6d0d0a0d0a`,
        ),
      },
    ]).dissect(1)
    expect(d.layers).toContain('http')
    expect(d.row('http.host').show).toBe('my-site.com')
  })
})

describe('SSDP', () => {
  it('is HTTP in a datagram', () => {
    const search = latin('M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMX: 1\r\n\r\n')
    const header =
      hex(`0100 5e7ffffa 020000000001 0800 4500 ${(28 + search.length).toString(16).padStart(4, '0')} 0000 4000 0111 0000 0a000001 effffffa
      c000 076c ${(8 + search.length).toString(16).padStart(4, '0')} 0000`)
    const d = new Capture([{ bytes: concat(header, search) }]).dissect(1)
    expect(d.layers.at(-1)).toBe('ssdp')
    expect(`${d.protocol} ${d.info}`).toBe('SSDP M-SEARCH * HTTP/1.1 ')
    expect(d.row('http.host').show).toBe('239.255.255.250:1900')
  })
})
