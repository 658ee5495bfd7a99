// What bodies hold: lines of text, JSON, XML, form input, parts, pictures. Each kind over its bytes, in pieces, cut, and damaged.

import { describe, expect, it } from 'vitest'
import { checkFilter, compileFilter, planOf } from '../../../src/filter/index.ts'
import { Capture, checkTruncations, concat, type Dissected, hex, type Row, registry } from './harness.ts'
import { latin, Talk } from './talk.ts'

const message = (type: string, body: string | Uint8Array): Uint8Array => {
  const bytes = typeof body === 'string' ? latin(body) : body
  const head = `HTTP/1.1 200 OK\r\n${type === '' ? '' : `Content-Type: ${type}\r\n`}Content-Length: ${bytes.length}\r\n\r\n`
  return concat(latin(head), bytes)
}
const captureOf = (type: string, body: string | Uint8Array): Capture =>
  new Capture(new Talk().client('GET / HTTP/1.1\r\nHost: h\r\n\r\n').server(message(type, body)).packets)
const carry = (type: string, body: string | Uint8Array): Dissected => captureOf(type, body).dissect(2)
const covers = (d: Dissected, row: Row): string =>
  String.fromCharCode(...d.sources[row.source]!.subarray(row.start, row.start + row.length))
const layers = (d: Dissected): string => d.layers.slice(3).join(' ')
const truncations = (type: string, body: string | Uint8Array): void => {
  checkTruncations(new Talk().server(message(type, body)).packets[0]!.bytes)
}

describe('which kind a body is', () => {
  it.each([
    ['text/plain', 'x', 'http data-text-lines'],
    ['TEXT/HTML; charset=utf-8', '<p>', 'http data-text-lines'],
    ['text/html', '<?xml version="1.0"?><html/>', 'http xml'],
    ['application/json', '{}', 'http json'],
    ['application/problem+json', '{}', 'http json'],
    ['application/soap+xml', '<a/>', 'http xml'],
    ['application/x-www-form-urlencoded', 'a=b', 'http urlencoded-form'],
    ['application/pdf', '%PDF', 'http media'],
    ['image/png', 'no picture', 'http media'],
    ['application/octet-stream', 'x', 'http data'],
    ['', 'x', 'http data'],
  ])('%s', (type, body, expected) => {
    expect(layers(carry(type, body))).toBe(expected)
  })

  it('stands in the columns of the message', () => {
    expect(carry('text/html', 'x').info).toBe('HTTP/1.1 200 OK  (text/html)')
    expect(carry('application/json', '[]').info).toBe('HTTP/1.1 200 OK , JavaScript Object Notation (application/json)')
    expect(carry('application/json', '[]').protocol).toBe('HTTP/JSON')
    expect(carry('text/xml', '<a/>').protocol).toBe('HTTP/XML')
    expect(carry('application/pdf', '%PDF').info).toBe('HTTP/1.1 200 OK  (application/pdf)')
    const two = new Talk().client('GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n')
    two.server(concat(message('text/css', 'a'), message('text/css', 'b')))
    expect(new Capture(two.packets).dissect(2).info).toBe('HTTP/1.1 200 OK  (text/css), HTTP/1.1 200 OK  (text/css)')
  })
})

describe('lines of text', () => {
  it('end as they end, and are counted', () => {
    const d = carry('text/plain', 'one\r\ntwo\rthree\n\nfour\x01')
    const lines = d.rows.filter((row) => row.layer === d.row('data-text-lines').layer && row.name === '' && !row.hidden)
    expect(lines.map((row) => covers(d, row))).toEqual(['one\r\n', 'two\r', 'three\n', '\n', 'four\x01'])
    expect(lines.map((row) => row.text)).toEqual(['one\\r\\n', 'two\\r', 'three\\n', '\\n', 'four\\001'])
    expect(d.row('data-text-lines').text).toBe('Line-based text data: text/plain (5 lines)')
  })

  it('of a very long text are not all rows', () => {
    const d = carry('text/plain', 'x\n'.repeat(30_000))
    expect(d.row('data-text-lines').text).toContain('(30000 lines)')
    expect(d.rows.length).toBeLessThan(11_000)
  })
})

describe('JSON', () => {
  it('has objects, members, paths and values, each over its bytes', () => {
    const d = carry('application/json', ' {"a": {"b": [1, true, null, "x\\u0041\\n"]}, "c": -1.5e3} ')
    expect(d.all('json.path_with_value').map(({ show }) => show)).toEqual([
      '/a/b/[]:1',
      '/a/b/[]:true',
      '/a/b/[]:null',
      '/a/b/[]:xA\n',
      '/c:-1.5e3',
    ])
    expect(d.all('json.member').map((row) => covers(d, row))).toEqual([
      '"a": {"b": [1, true, null, "x\\u0041\\n"]}',
      '"b": [1, true, null, "x\\u0041\\n"]',
      '"c": -1.5e3',
    ])
    expect(d.all('json.key').map((row) => covers(d, row))).toEqual(['"b"', '"a"', '"c"'])
    expect(d.row('json.value.string').text).toBe('String value: xA\\n')
    expect(covers(d, d.row('json.value.number'))).toBe('1')
    expect(covers(d, d.row('json.array'))).toBe('[1, true, null, "x\\u0041\\n"]')
    expect(d.has('json.value.true') && d.has('json.value.null') && !d.has('json.value.false')).toBe(true)
  })

  it.each(['{"a":1,}', '[01]', '"alone"', '{"a" 1}', '[1', '{"a":tru}', '["x]', '{1:2}', '[1 2]', '{"a":}'])(
    'is not %s: that is text',
    (text) => {
      const d = carry('application/json', text)
      expect(layers(d)).toBe('http json data-text-lines')
      expect(d.has('json.object') || d.has('json.array')).toBe(false)
      expect(covers(d, d.row('data-text-lines'))).toBe(text)
    },
  )

  it('may come several times, with text behind', () => {
    const d = carry('application/json', '{"a":1} [2] rest')
    expect(d.all('json.value.number').map(({ show }) => show)).toEqual(['1', '2'])
    expect(covers(d, d.row('data-text-lines'))).toBe('rest')
  })

  it('is bounded in depth and in values', () => {
    expect(layers(carry('application/json', '['.repeat(5000) + ']'.repeat(5000)))).toBe('http json data-text-lines')
    expect(layers(carry('application/json', `${'['.repeat(60)}${']'.repeat(60)}`))).toBe('http json')
    const wide = carry('application/json', `[${'1,'.repeat(30_000)}2]`)
    expect(wide.all('json.value.number')).toHaveLength(8000)
    expect(layers(wide)).toBe('http json')
  })

  it('survives every cut', () => {
    truncations('application/json', '{"a":[1,{"b":"c"}]}')
  })
})

describe('form input', () => {
  it('has names and values with their escapes undone', () => {
    const d = carry('application/x-www-form-urlencoded', 'name=J+D&mail=a%40b&empty=')
    expect(d.all('urlencoded-form.key').map(({ show }) => show)).toEqual(['name', 'mail', 'empty'])
    expect(d.all('urlencoded-form.value').map(({ show }) => show)).toEqual(['J D', 'a@b', ''])
    expect(covers(d, d.all('urlencoded-form.value')[1]!)).toBe('a%40b')
    expect(d.tree).toContain('Form item: "mail" = "a@b"')
  })

  it('ends where an escape makes no sense, and survives every cut', () => {
    const d = carry('application/x-www-form-urlencoded', 'a=1&b=%zz&c=3')
    expect(d.all('urlencoded-form.key').map(({ show }) => show)).toEqual(['a', 'b'])
    expect(d.all('urlencoded-form.value')).toHaveLength(1)
    truncations('application/x-www-form-urlencoded', 'a=1&b=%41')
  })
})

describe('XML', () => {
  it('has tags, attributes and texts, each over its bytes', () => {
    const d = carry('text/xml', '<?xml version="1.0"?><!-- c --><a x=\'1\' y="2"><b/>t<c d="e"/><![CDATA[f<]]></a>')
    expect(d.row('xml.xmlpi.xml.version').show).toBe('1.0')
    expect(d.all('xml.tag').map(({ show }) => show)).toEqual(['<a x=\'1\' y="2">', '<b/>', '<c d="e"/>'])
    expect(covers(d, d.row('xml.tag'))).toBe('<a x=\'1\' y="2"><b/>t<c d="e"/><![CDATA[f<]]></a>')
    expect(d.all('xml.attribute').map(({ text }) => text)).toEqual(["x='1'", 'y="2">', 'd="e"/>'])
    expect(d.row('xml.cdata').show).toBe('t')
    expect(d.row('xml.cdatasection').show).toBe('<![CDATA[f<]]>')
    expect(d.row('xml.comment').show).toBe('<!-- c -->')
  })

  it('may be anything: unclosed, unopened, no tag at all, a thousand deep', () => {
    expect(carry('text/xml', 'plain').row('xml.unknown').show).toBe('plain')
    expect(covers(carry('text/xml', '<a><b>x</a>'), carry('text/xml', '<a><b>x</a>').row('xml.tag'))).toBe('<a>')
    expect(carry('text/xml', '</a>').has('xml.unknown')).toBe(true)
    expect(carry('text/xml', '<a x=1>').has('xml.unknown')).toBe(true)
    expect(carry('text/xml', '<a>'.repeat(1000)).all('xml.tag')).toHaveLength(1000)
    truncations('text/xml', '<?xml version="1.0"?><!DOCTYPE a><a b="c">d</a>')
  })
})

describe('parts', () => {
  const BODY = [
    '--X\r\nContent-Disposition: form-data; name="f"\r\n\r\nval\r\n',
    '--X\r\nContent-Type: application/json\r\n\r\n{"a":1}\r\n--X--\r\nend',
  ].join('')

  it('have headers and content of their own', () => {
    const d = carry('multipart/form-data; boundary="X"', BODY)
    expect(layers(d)).toBe('http mime_multipart data json')
    expect(d.row('mime_multipart').text).toBe('MIME Multipart Media Encapsulation, Type: multipart/form-data, Boundary: "X"')
    expect(d.all('mime_multipart.part').map(({ text }) => text)).toEqual([
      'Encapsulated multipart part: ',
      'Encapsulated multipart part:  (application/json)',
    ])
    expect(d.row('mime_multipart.header.content-disposition').show).toBe('form-data;name="f"')
    expect(covers(d, d.row('mime_multipart.boundary'))).toBe('\r\n--X\r\n')
    expect(covers(d, d.row('mime_multipart.last_boundary'))).toBe('\r\n--X--\r\n')
    expect(covers(d, d.row('mime_multipart.trailer'))).toBe('end')
    expect(d.row('json.member_with_value').show).toBe('a:1')
  })

  it('need a boundary that is there', () => {
    expect(layers(carry('multipart/mixed', BODY))).toBe('http mime_multipart data')
    expect(layers(carry('multipart/mixed; boundary=Y', BODY))).toBe('http mime_multipart data')
    truncations('multipart/mixed; boundary=X', BODY)
  })
})

describe('a picture', () => {
  const PNG = hex('89504e470d0a1a0a 0000000d 49484452 00000010 00000008 08 06 00 00 00 aabbccdd 00000000 49454e44 ae426082')

  it('has its size, and chunks', () => {
    const d = carry('image/png', PNG)
    expect(d.row('png.ihdr.width').value).toBe(16)
    expect(d.row('png.ihdr.colour_type').text).toBe('Colour Type: Truecolour with alpha (6)')
    expect(d.all('png.chunk.type').map(({ show }) => show)).toEqual(['IHDR', 'IEND'])
    expect(d.info).toBe('HTTP/1.1 200 OK  (PNG)')
    truncations('image/png', PNG)
  })
})

it('filters look into bodies', () => {
  const [packet] = new Talk().server(message('application/json', '{"a":{"b":7}}')).packets
  const { bytes } = packet!
  const { dissection } = new Capture([{ bytes }])
  const matches = (text: string): boolean => {
    const checked = checkFilter(text, registry)
    if (!checked.ok) throw new Error(checked.message)
    const filter = compileFilter(checked.filter)
    const facts = { packet: 1, captured: bytes.length, length: bytes.length, seconds: 0, nanos: 0, interfaceId: 0 }
    dissection.record(bytes, 0, facts, 1, planOf(filter.fields, registry))
    return filter.matches(dissection)
  }
  expect(matches('json.path_with_value == "/a/b:7"')).toBe(true)
  expect(matches('json.path_with_value == "/a/b:8"')).toBe(false)
})

describe('messages of one connection', () => {
  const talk = new Talk()
    .client('GET /a HTTP/1.1\r\nHost: h\r\n\r\n')
    .server(message('text/plain', 'a'))
    .client('GET /b HTTP/1.1\r\nHost: h\r\n\r\n')
    .server(message('text/plain', 'b'))
  const capture = new Capture(talk.packets)

  it('name each other', () => {
    const links = (n: number): Record<string, string> =>
      Object.fromEntries(
        capture
          .dissect(n)
          .rows.filter(({ name }) => /^http\.((prev|next)_|re(quest|sponse)_in|response_for)/.test(name))
          .map(({ name, show }) => [name, show]),
      )
    expect(links(1)).toEqual({ 'http.response_in': '2', 'http.next_request_in': '3' })
    expect(links(2)).toEqual({
      'http.request_in': '1',
      'http.next_request_in': '3',
      'http.next_response_in': '4',
      'http.response_for.uri': 'http://h/a',
    })
    expect(links(4)).toEqual({
      'http.prev_request_in': '1',
      'http.prev_response_in': '2',
      'http.request_in': '3',
      'http.response_for.uri': 'http://h/b',
    })
    expect(capture.dissect(3).row('http.request_number').text).toBe('[HTTP request 2/2]')
    expect(capture.dissect(1).row('http.request_number').text).toBe('[HTTP request 1/2]')
  })
})
