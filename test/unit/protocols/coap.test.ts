// CoAP over UDP and TCP, and everything on its port that is none.

import { describe, expect, it } from 'vitest'
import { checkFilter, compileFilter } from '../../../src/filter/index.ts'
import { Capture, checkTruncations, type Dissected, dissect, hex, ranges, registry } from './harness.ts'
import { latin, Talk } from './talk.ts'
import { tls12 } from './tls-samples.ts'

const two = (n: number): string => n.toString(16).padStart(4, '0')

/** A datagram over bare IPv4, to port 5683. */
function packet(payload: string, port = 5683): string {
  const length = hex(payload).length
  return `4500 ${two(28 + length)} 0001 4000 40 11 0000 7f000001 7f000001 9c40 ${two(port)} ${two(8 + length)} 0000 ${payload}`
}
const datagram = (payload: string): Dissected => dissect(packet(payload), { linkType: 101 })
const hexOf = (text: string): string => [...latin(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

// GET coap://…/.well-known/core?rt=x, confirmable; and an acknowledgement with a content format and a body.
const GET = `43 01 05ca 721633 bb ${hexOf('.well-known')} 04 ${hexOf('core')} 44 ${hexOf('rt=x')}`
const ANSWER = `63 45 05ca 721633 c1 28 ff ${hexOf('</secret>')}`

describe('a request over UDP', () => {
  const d = datagram(GET)

  it('is laid out, and summed up as in Wireshark', () => {
    expect(d.layers).toEqual(['raw', 'ip', 'udp', 'coap'])
    expect(d.row('coap').text).toBe('Constrained Application Protocol, Confirmable, GET, MID:1482')
    expect(d.info).toBe('CON, MID:1482, GET, TKN:72 16 33, /.well-known/core?rt=x')
    expect(d.all('coap.opt.name').map(({ text }) => text)).toEqual([
      'Opt Name: #1: Uri-Path',
      'Opt Name: #2: Uri-Path',
      'Opt Name: #3: Uri-Query',
    ])
  })

  it('has each field at its bytes', () => {
    expect(ranges(d, 'coap').slice(0, 11)).toEqual([
      ...['coap@28+29', 'coap.version@28+1', 'coap.type@28+1', 'coap.token_len@28+1', 'coap.code@29+1', 'coap.mid@30+2', 'coap.token@32+3'],
      ...['coap.opt.name@35+12', 'coap.opt.delta@35+1', 'coap.opt.length@35+1', 'coap.opt.uri_path@36+11'],
    ])
  })

  it('can be cut anywhere', () => checkTruncations(packet(GET), { linkType: 101 }))

  it('is found by a filter', () => {
    const capture = new Capture([{ bytes: hex(packet(GET)), linkType: 101 }])
    const checked = checkFilter('coap.code == 1 and coap.opt.uri_path == "core"', registry)
    if (!checked.ok) throw new Error(checked.message)
    capture.dissect(1)
    expect(compileFilter(checked.filter).matches(capture.dissection)).toBe(true)
  })
})

it('an answer has a format, a marker and a payload', () => {
  const d = datagram(ANSWER)
  expect(d.row('coap.opt.ctype').show).toBe('application/link-format')
  expect(d.row('coap.opt.end_marker').value).toBe(255)
  expect(d.row('coap.payload').show).toBe('</secret>')
  expect(d.info).toBe('ACK, MID:1482, 2.05 Content, TKN:72 16 33')
})

describe('what is no CoAP', () => {
  it.each([
    ['another version', GET.replace('43', '83')],
    ['a token that is too long', '49 01 05ca 000102030405060708'],
    ['a code that nobody registered', GET.replace('43 01', '43 55')],
    ['an empty message with something behind it', '40 00 05ca 00'],
    ['an option of 15 bits', '40 01 05ca f0'],
    ['an option that is longer than the message', '40 01 05ca b5 6162'],
    ['a critical option that nobody knows', '40 01 05ca d0 00'],
    ['a path that is no text', '40 01 05ca b2 0102'],
    ['a marker with nothing behind it', '40 45 05ca ff'],
    ['a request of HTTP', hexOf('GET / HTTP/1.1\r\n\r\n')],
    ['signals, which only TCP has', '40 e1 05ca'],
  ])('%s stays data', (_what, payload) => {
    expect(datagram(payload).layers).toEqual(['raw', 'ip', 'udp', 'data'])
  })

  it('HTTP and TLS on the port keep their names, in whatever pieces they arrive', () => {
    const request = 'GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nfluffy tail'
    for (let cut = 1; cut < request.length; cut++) {
      const talk = new Talk().open().client(request.slice(0, cut)).client(request.slice(cut)).server(answer)
      const capture = new Capture(talk.packets)
      expect(capture.dissect(5).layers.at(-1), `cut at ${cut}`).toBe('http')
      expect(capture.dissect(6).layers).toContain('http')
    }
    const talk = new Talk().open()
    for (const { from, hex: payload } of tls12) talk[from](hex(payload))
    const capture = new Capture(talk.packets)
    for (let i = 4; i <= talk.packets.length; i++) expect(capture.dissect(i).layers).not.toContain('coap')
  })
})

describe('over TCP', () => {
  // A CSM with Max-Message-Size, a request with a token, and its answer; as RFC 8323 3.2 writes them.
  const csm = hex('30 e1 22 0480')
  const get = hex(`71 01 2a b6 ${hexOf('secret')}`)
  const content = hex(`c1 45 2a ff ${hexOf('fluffy tail')}`)

  it('is recognised on its port, message by message', () => {
    const talk = new Talk().open().client(csm).client(get).server(csm).server(content)
    const capture = new Capture(talk.packets)
    expect([4, 5, 6, 7].map((n) => capture.dissect(n).info)).toEqual([
      '7.01 CSM',
      'GET, TKN:2a, /secret',
      '7.01 CSM',
      '2.05 Content, TKN:2a',
    ])
    expect(capture.dissect(7).row('coap.payload').show).toBe('fluffy tail')
    expect(capture.dissect(7).row('coap.length').value).toBe(content.length)
  })

  it('may be cut into segments anywhere, and messages may share one', () => {
    const whole = new Uint8Array([...csm, ...get])
    for (let cut = 1; cut < whole.length; cut++) {
      const capture = new Capture(new Talk().open().client(whole.subarray(0, cut)).client(whole.subarray(cut)).packets)
      expect(capture.dissect(5).row('coap.opt.uri_path').show, `cut at ${cut}`).toBe('secret')
    }
    expect(new Capture(new Talk().open().client(whole).packets).dissect(4).layers).toEqual(['eth', 'ip', 'tcp', 'coap', 'coap'])
  })

  it('is not looked for on other ports', () => {
    expect(new Capture(new Talk(40_000, 5684).open().client(csm).client(get).packets).dissect(5).layers).not.toContain('coap')
  })
})
