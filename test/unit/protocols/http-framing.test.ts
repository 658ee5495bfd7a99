import { describe, expect, it } from 'vitest'
import { type FramingState, MORE, NO, NOT_MINE, YES } from '../../../src/core/protocol.ts'
import { httpFraming } from '../../../src/protocols/http/framing.ts'
import { ObjectShelf } from '../../../src/streams/shelf.ts'
import { latin } from './talk.ts'

const state = (): FramingState => ({
  phase: 0,
  done: false,
  untilClose: false,
  messages: 0,
  interim: false,
  aux: 0,
  a: 0,
  b: 0,
  queue: [],
  own: null,
  upgrade: null,
  peer: null,
  shelf: new ObjectShelf(),
})

/** A client's state whose peer answers. */
function pair(): { client: FramingState; server: FramingState } {
  const client = state()
  const server = state()
  client.peer = server
  server.peer = client
  return { client, server }
}

/**
 * Feeds `text` in pieces of `size` bytes, as a stream does: what a step asks to see again is kept. Returns the messages, and what is left
 * when the bytes are used up: '+' for an unfinished message, '!' when a step refused.
 */
function cut(side: FramingState, text: string, size: number): string[] {
  const bytes = latin(text)
  const messages: string[] = []
  let from = 0
  let at = 0
  let skip = 0
  for (let there = Math.min(size, bytes.length); ; there = Math.min(there + size, bytes.length)) {
    while (at < there) {
      if (skip > 0) {
        const some = Math.min(skip, there - at)
        skip -= some
        at += some
        if (skip > 0) break
        if (side.done) {
          messages.push(text.slice(from, at))
          from = at
          if (!side.interim) side.messages++
        }
        continue
      }
      side.done = false
      side.interim = false
      const step = httpFraming.frame(side, bytes, at, there)
      if (step === NOT_MINE) return [...messages, '!']
      if (step === MORE) break
      expect(step).toBeGreaterThan(0)
      skip = step
    }
    if (there === bytes.length && (at === there || skip === 0)) break
  }
  if (from < at || at < bytes.length) messages.push(`+${text.slice(from)}`)
  return messages
}

/** Whole, byte by byte and in odd pieces: all must agree. */
function messages(text: string, side: () => FramingState = state): string[] {
  const whole = cut(side(), text, text.length)
  for (const size of [1, 2, 7]) expect(cut(side(), text, size), `in pieces of ${size}`).toEqual(whole)
  return whole
}

/** A server's state that answers these methods. */
const answering =
  (...methods: string[]) =>
  (): FramingState => {
    const { client, server } = pair()
    for (const method of methods) cut(client, `${method} /x HTTP/1.1\r\nHost: a\r\n\r\n`, 1000)
    return server
  }

describe('where HTTP messages end (RFC 9112 6.3)', () => {
  const get = 'GET /a HTTP/1.1\r\nHost: b\r\n\r\n'

  it('ends a request without a length at its empty line, pipelined ones too', () => {
    expect(messages(get)).toEqual([get])
    expect(messages(get + get + get)).toEqual([get, get, get])
  })

  it('takes bare line feeds and empty lines before a request', () => {
    const bare = '\r\nGET / HTTP/1.0\nHost: x\n\n'
    expect(messages(bare + get)).toEqual([bare, get])
  })

  it('counts Content-Length bytes, also when the header is folded', () => {
    const post = 'POST / HTTP/1.1\r\ncontent-LENGTH:  5 \r\n\r\nhello'
    expect(messages(post + get)).toEqual([post, get])
    const folded = 'POST / HTTP/1.1\r\nContent-Length:\r\n 5\r\nX: y\r\n\r\nhello'
    expect(messages(folded + get)).toEqual([folded, get])
    const goesOn = 'POST / HTTP/1.1\r\nContent-Length: 5\r\n 9\r\n\r\nhello'
    expect(messages(goesOn + get)).toEqual([goesOn, get])
  })

  it('lets HEAD carry no chunks', () => {
    const head = 'HEAD / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(messages(head + get)).toEqual([head, get])
  })

  it('leaves the preface of HTTP/2 to HTTP/2', () => {
    expect(messages(`${get}PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`)[0]).toBe(get)
    expect(messages(`${get}PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`)[1] ?? '').not.toMatch(/^PRI/)
  })

  it('goes through chunks, extensions and trailers', () => {
    const chunked = 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5;x=y\r\nhello\r\n0A\r\n0123456789\r\n0\r\nT: v\r\n\r\n'
    expect(messages(chunked + get)).toEqual([chunked, get])
  })

  it('lets chunked overrule Content-Length', () => {
    const both = 'POST / HTTP/1.1\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n'
    expect(messages(both + get)).toEqual([both, get])
  })

  it('gives up on chunks that make no sense, and shows what came', () => {
    const bad = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nwhatever'
    expect(cut(state(), bad, bad.length)).toEqual([bad])
  })

  it('knows that answers to HEAD, 1xx, 204 and 304 have no body', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
    expect(messages(head + ok, answering('HEAD', 'GET'))).toEqual([head, ok])
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'
    const none = 'HTTP/1.1 204 No Content\r\n\r\n'
    const same = 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'
    expect(messages(early + early + head + none + same + ok, answering('HEAD', 'GET', 'GET', 'GET'))).toEqual([
      early,
      early,
      head,
      none,
      same,
      ok,
    ])
  })

  it('marks interim answers, which do not take the turn of the real one', () => {
    const side = answering('GET')()
    const early = latin('HTTP/1.1 100 Continue\r\n\r\n')
    expect(httpFraming.frame(side, early, 0, early.length)).toBe(early.length)
    expect(side.interim).toBe(true)
  })

  it('reads until the connection closes when no length is given', () => {
    const side = state()
    const bytes = latin('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall the rest')
    const head = httpFraming.frame(side, bytes, 0, bytes.length)
    expect(side.done).toBe(false)
    expect(side.untilClose).toBe(true)
    expect(httpFraming.frame(side, bytes, head, bytes.length)).toBe(bytes.length - head)
    expect(side.done).toBe(false)
  })

  it('leaves the stream to another protocol after CONNECT and Upgrade', () => {
    const { client, server } = pair()
    cut(client, 'CONNECT a:443 HTTP/1.1\r\n\r\n', 100)
    expect(cut(server, 'HTTP/1.1 200 Connection established\r\n\r\n\x16\x03\x01', 1000)).toEqual([
      'HTTP/1.1 200 Connection established\r\n\r\n',
      '!',
    ])
    expect(cut(client, '\x16\x03\x01', 10)).toEqual(['!'])
    expect(cut(answering('GET')(), 'HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05', 1000)).toEqual([
      'HTTP/1.1 101 Switching Protocols\r\n\r\n',
      '!',
    ])
    // A refused CONNECT is an ordinary answer.
    const refused = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'
    expect(messages(refused, answering('CONNECT'))).toEqual([refused])
  })

  it('does not wait for the body that a channel of MS-RPCH announces', () => {
    const head = 'RPC_IN_DATA /rpc/rpcproxy.dll?h:6001 HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n'
    expect(cut(state(), `${head}\x05\x00`, 1000)).toEqual([head, '!'])
  })

  it('refuses what follows a message and is none', () => {
    expect(cut(state(), `${get}\x00\x01\x02\n`, 1000)).toEqual([get, '!'])
  })

  it('numbers the messages of a direction', () => {
    const side = state()
    cut(side, get + get, 1000)
    expect(side.aux).toBe(2)
  })
})

describe('hostile HTTP', () => {
  it('bounds the head', () => {
    const side = state()
    const endless = latin(`GET / HTTP/1.1\r\nX: ${'a'.repeat(70_000)}`)
    expect(httpFraming.frame(side, endless, 0, endless.length)).toBe(NOT_MINE)
  })

  it('does not scan a slowly arriving head again from its start', () => {
    const side = state()
    const slow = latin(`GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(9_000)}`)
    const start = performance.now()
    for (let there = 1; there <= slow.length; there++)
      if (httpFraming.frame(side, slow, 0, there) !== MORE) throw new Error(`not MORE at ${there}`)
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  it('remembers a bounded number of unanswered requests', () => {
    const side = state()
    cut(side, 'GET / HTTP/1.1\r\n\r\n'.repeat(2_000), 100_000)
    expect(side.queue.length).toBeLessThanOrEqual(256)
  })

  it('does not believe absurd lengths', () => {
    const bytes = latin('POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n')
    expect(httpFraming.frame(state(), bytes, 0, bytes.length)).toBe(bytes.length)
    expect(cut(state(), 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n', 1000)).toHaveLength(1)
  })

  it('ends trailers that never end', () => {
    const text = `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'T: v\r\n'.repeat(20_000)}`
    expect(cut(state(), text, 1_000)[0]!.length).toBeLessThan(70_000)
  })
})

describe('recognising HTTP', () => {
  const recognize = (text: string): number => httpFraming.recognize(latin(text), 0, text.length)

  it('by its first bytes', () => {
    for (const text of [
      'GET / HTTP/1.1\r\n',
      'GET /',
      'POST http://x',
      'OPTIONS * HTTP/1.1\r\n',
      'CONNECT a:1',
      'HTTP/1.1 200',
      'FANCY x HTTP/1.1\r\n',
      '\r\nGET /',
    ])
      expect(recognize(text), text).toBe(YES)
  })

  it('not in other text protocols', () => {
    const others = [
      'EHLO mail.example\r\n',
      'USER bob\r\n',
      'a1 LOGIN x y\r\n',
      'SSH-2.0-OpenSSH\r\n',
      'OPTIONS sip:a SIP/2.0\r\n',
      '220 hello\r\n',
      '\x16\x03\x01\x00',
      'PRI * HTTP/2.0\r\n',
      '{"a": 1}',
    ]
    for (const text of others) expect(recognize(text), text).toBe(NO)
  })

  it('waits while the bytes may still become a request', () => {
    for (const text of ['G', 'GET', 'GET ', 'FANCY /x', '\r\n']) expect(recognize(text), text).toBe(MORE)
  })
})
