// Constrained Application Protocol: RFC 7252 over UDP, RFC 8323 3.2 over TCP.
//
//   UDP   0                     1     2           4
//         version type token-#  code  message id  token  options  [ ff payload ]
//   TCP   0                1 …       then
//         length token-#   length …  code  token  options  [ ff payload ]
//
// Port 5683 alone says nothing: only bytes that are CoAP from the first to the last are taken for it. Codes and option numbers must be
// registered ones, options must have lengths that they may have, and texts must be text.

import { decodeText } from '../bytes/decode.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, type Field, type Framing, type Get, MORE, NO, NOT_MINE, text, u8, u16, u32, YES } from '../core/protocol.ts'
import { coapCodeNames, coapFormatNames, coapOptions, coapTypeNames, coapTypeShort } from './names/coap.ts'

const PORT = 5683
const UDP_HEADER = 4
const MAX_TOKEN = 8
const MAX_MESSAGE = 2 ** 20
const END_OF_OPTIONS = 0xff
const SIGNALLING = 7

const F = {
  length: u32('coap.length', 'Length', {
    about: 'How long the message is, for TCP has no datagrams that would end one; counted is all of it.',
  }),
  version: u8('coap.version', 'Version', { mask: 0xc0, about: 'The version of the protocol, which is always 1 so far.' }),
  type: u8('coap.type', 'Type', {
    mask: 0x30,
    names: coapTypeNames,
    about: 'Says whether the message wants to be acknowledged, or acknowledges another one.',
  }),
  tokenLength: u8('coap.token_len', 'Token Length', { mask: 0x0f, about: 'How many bytes the token has, eight at the most.' }),
  code: u8('coap.code', 'Code', {
    names: coapCodeNames,
    about: 'Says what is asked, as methods do in HTTP, or how the request went, as status codes do.',
    explain: (value) =>
      value >> 5 === SIGNALLING ? 'The two ends tell each other what they can do, on the connection itself.' : (CLASSES[value >> 5] ?? ''),
  }),
  id: u16('coap.mid', 'Message ID', { about: 'Numbers the messages, so that an acknowledgement or a repetition can be told.' }),
  token: bytes('coap.token', 'Token', { about: 'The client chooses these bytes and the answer repeats them: they belong together.' }),
  option: text('coap.opt.name', 'Opt Name', { about: 'A short statement that comes with the message, as headers do in HTTP.' }),
  delta: u8('coap.opt.delta', 'Opt Delta', {
    mask: 0xf0,
    about: 'How much larger the number of this option is than that of the one before.',
  }),
  deltaExtended: u16('coap.opt.delta_ext', 'Opt Delta extended', { about: 'The rest of a difference that does not fit into four bits.' }),
  optionLength: u8('coap.opt.length', 'Opt Length', { mask: 0x0f, about: 'How many bytes the value of this option has.' }),
  lengthExtended: u16('coap.opt.length_ext', 'Opt Length extended', { about: 'The rest of a length that does not fit into four bits.' }),
  ifMatch: bytes('coap.opt.if_match', 'If-Match', { about: 'The request counts only when the resource still has this mark.' }),
  host: text('coap.opt.uri_host', 'Uri-Host', { about: 'The host that the client wants to talk to.' }),
  etag: bytes('coap.opt.etag', 'Etag', { about: 'A mark that changes whenever the resource changes.' }),
  observe: u32('coap.opt.observe', 'Observe', { about: 'The client wants to hear of every change, or this is the number of one.' }),
  port: u16('coap.opt.uri_port', 'Uri-Port', { about: 'The port that the client wants to talk to.' }),
  locationPath: text('coap.opt.location_path', 'Location-Path', { about: 'One step of the path at which something new was made.' }),
  path: text('coap.opt.uri_path', 'Uri-Path', { about: 'One step of the path to the resource that is meant.' }),
  format: text('coap.opt.ctype', 'Content-type', { about: 'What kind of data the payload is.' }),
  maxAge: u32('coap.opt.max_age', 'Max-age', { unit: 'seconds', about: 'How long the answer may be kept for later.' }),
  query: text('coap.opt.uri_query', 'Uri-Query', { about: 'One parameter of the request, with its value.' }),
  hopLimit: u8('coap.opt.hop_limit', 'Hop Limit', { about: 'How many proxies may still pass the request on.' }),
  accept: text('coap.opt.accept', 'Accept', { about: 'What kind of data the client would like to get.' }),
  locationQuery: text('coap.opt.location_query', 'Location-Query', {
    about: 'One parameter of the place at which something new was made.',
  }),
  proxyUri: text('coap.opt.proxy_uri', 'Proxy-Uri', { about: 'The whole address that a proxy is to fetch.' }),
  proxyScheme: text('coap.opt.proxy_scheme', 'Proxy-Scheme', { about: 'The protocol in which a proxy is to fetch the resource.' }),
  size: u32('coap.opt.size1', 'Size1', { unit: 'bytes', about: 'How many bytes the whole body of the request has.' }),
  other: bytes('coap.opt.unknown', 'Value', { about: 'The value of an option that is not laid out further.' }),
  endMarker: u8('coap.opt.end_marker', 'End of options marker', { about: 'A byte of ones ends the options; the payload follows.' }),
  payload: text('coap.payload', 'Payload', { about: 'What the message carries: a reading, a page, an error in words.' }),
}

const CLASSES: Readonly<Record<number, string>> = {
  2: 'The request was understood and done.',
  4: 'The server blames the client: the request cannot be served as it is.',
  5: 'The server blames itself or a server behind it.',
}

const VALUES: Readonly<Record<number, Field>> = {
  1: F.ifMatch,
  3: F.host,
  4: F.etag,
  6: F.observe,
  7: F.port,
  8: F.locationPath,
  11: F.path,
  12: F.format,
  14: F.maxAge,
  15: F.query,
  16: F.hopLimit,
  17: F.accept,
  20: F.locationQuery,
  35: F.proxyUri,
  39: F.proxyScheme,
  60: F.size,
}

/** Bytes that the four bits announce behind them: 13 one, 14 two. */
const extension = (nibble: number): number => (nibble === 13 ? 1 : nibble === 14 ? 2 : 0)

function extended(bytes: Uint8Array, at: number, nibble: number): number {
  return nibble === 13 ? bytes[at]! + 13 : nibble === 14 ? ((bytes[at]! << 8) | bytes[at + 1]!) + 269 : nibble
}

function isText(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = at; i < end; i++) if (bytes[i]! < 0x20 || bytes[i] === 0x7f) return false
  return true
}

/** Where one option ends: its offset, or -1 when there is none of the right form. `number` is that of the option before. */
function optionEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!
  const [delta, length] = [first >> 4, first & 15]
  if (delta === 15 || length === 15) return -1
  const value = at + 1 + extension(delta) + extension(length)
  if (value > end) return -1
  const stop = value + extended(bytes, at + 1 + extension(delta), length)
  return stop > end ? -1 : stop
}

/** Are options and payload at `at` … `end` what they may be? Signalling codes (RFC 8323 5) have options of their own. */
function isBody(bytes: Uint8Array, at: number, end: number, code: number): boolean {
  let number = 0
  while (at < end) {
    if (bytes[at] === END_OF_OPTIONS) return at + 1 < end
    const stop = optionEnd(bytes, at, end)
    if (stop < 0) return false
    const first = bytes[at]!
    number += extended(bytes, at + 1, first >> 4)
    if (number > 0xffff) return false
    const known = code >> 5 === SIGNALLING ? undefined : coapOptions[number]
    const value = at + 1 + extension(first >> 4) + extension(first & 15)
    if (known === undefined) {
      // Whoever does not know a critical option has to refuse the message (RFC 7252 5.4.1).
      if (code >> 5 !== SIGNALLING && number % 2 === 1) return false
    } else if (stop - value > known[2] || (known[1] === 'text' && !isText(bytes, value, stop))) return false
    at = stop
  }
  return true
}

/** Is the datagram CoAP? */
function isDatagram(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < UDP_HEADER || bytes[at]! >> 6 !== 1) return false
  const token = bytes[at]! & 15
  const code = bytes[at + 1]!
  if (token > MAX_TOKEN || at + UDP_HEADER + token > end) return false
  // RFC 7252 4.1: an empty message is its header alone.
  if (code === 0) return end - at === UDP_HEADER
  return coapCodeNames[code] !== undefined && code >> 5 !== SIGNALLING && isBody(bytes, at + UDP_HEADER + token, end, code)
}

/** Bytes before the code in a message over TCP. */
const lengthBytes = (first: number): number => (first >> 4 === 15 ? 5 : 1 + extension(first >> 4))

/** Length of the message at `at`, its header counted; MORE when too little of it is there, NOT_MINE when it is none. */
function messageLength(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return MORE
  const first = bytes[at]!
  const token = first & 15
  if (token > MAX_TOKEN) return NOT_MINE
  const before = lengthBytes(first)
  if (end - at < before + 1) return MORE
  if (coapCodeNames[bytes[at + before]!] === undefined) return NOT_MINE
  const rest = first >> 4 === 15 ? readLong(bytes, at + 1) : extended(bytes, at + 1, first >> 4)
  const length = before + 1 + token + rest
  return length > MAX_MESSAGE || (bytes[at + before] === 0 && rest > 0) ? NOT_MINE : length
}

function readLong(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 2 ** 24 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) + 65_805
}

const framing: Framing = {
  ports: [PORT],

  recognize(bytes, start, end) {
    const length = messageLength(bytes, start, end)
    if (length === NOT_MINE) return NO
    if (length === MORE || start + length > end) return length > 2048 ? NO : MORE
    const before = lengthBytes(bytes[start]!)
    const code = bytes[start + before]!
    return isBody(bytes, start + before + 1 + (bytes[start]! & 15), start + length, code) ? YES : NO
  },

  frame(state, bytes, start, end) {
    const length = messageLength(bytes, start, end)
    if (length > 0) state.done = true
    return length
  },
}

function recordOptions(p: Dissection, at: number, end: number): number {
  let number = 0
  for (let count = 1; at < end && p.u8(at) !== END_OF_OPTIONS; count++) {
    const stop = optionEnd(p.bytes, p.base + at, p.base + end) - p.base
    if (stop < at) {
      p.add(F.other, at, end - at)
      return end
    }
    const first = p.u8(at)
    number += extended(p.bytes, p.base + at + 1, first >> 4)
    const signalling = p.u8(codeAt(p)) >> 5 === SIGNALLING
    recordOption(p, at, stop, count, signalling ? -1 : number, signalling ? `Signalling Option (${number})` : '')
    at = stop
  }
  return at
}

function recordOption(p: Dissection, at: number, stop: number, count: number, number: number, label: string): void {
  const first = p.u8(at)
  const known = coapOptions[number]
  const name = known?.[0] ?? (label === '' ? `Unknown Option (${number})` : label)
  p.nest(p.wants(F.option) ? p.generateText(F.option, `#${count}: ${name}`, at, stop - at) : -1)
  p.add(F.delta, at)
  p.add(F.optionLength, at)
  const wide = extension(first >> 4)
  if (wide > 0) p.add(F.deltaExtended, at + 1, wide)
  const long = extension(first & 15)
  if (long > 0) p.add(F.lengthExtended, at + 1 + wide, long)
  const value = at + 1 + wide + long
  const field = VALUES[number] ?? F.other
  if (known?.[1] === 'format') {
    let format = 0
    for (let i = value; i < stop; i++) format = format * 256 + p.u8(i)
    if (p.wants(field)) p.generateText(field, coapFormatNames[format] ?? `Unknown Type ${format}`, value, stop - value)
  } else if (stop > value) p.add(field, value, stop - value)
  else if (field.numeric) p.generate(field, 0, value, 0)
  p.close()
}

const codeAt = (p: Dissection): number => (p.message >= 0 ? lengthBytes(p.u8(0)) : 1)

function summarize(get: Get): string {
  const type = get.has(F.type) ? `${coapTypeShort[get.number(F.type)]!}, MID:${get.text(F.id)}, ` : ''
  const token = get.text(F.token).replace(/..(?=.)/g, '$& ')
  const path = get.texts(F.path).map((step) => `/${step}`)
  const query = get.texts(F.query).join('&')
  const where = path.length + query.length === 0 ? '' : `, ${path.join('')}${query === '' ? '' : `?${query}`}`
  return `${type}${get.name(F.code)}${token === '' ? '' : `, TKN:${token}`}${where}`
}

export const coap = defineProtocol({
  name: 'coap',
  title: 'Constrained Application Protocol',
  column: 'CoAP',
  spec: 'RFC 7252',
  about: 'Asks small devices for readings and settings, as HTTP asks for pages, in a few bytes.',
  fields: F,
  accepts: { 'udp.port': [PORT] },
  admits: isDatagram,
  framing,
  scanStops: true,
  heading: (get) => {
    const type = get.has(F.type) ? `${get.name(F.type)}, ` : ''
    const id = get.has(F.id) ? `, MID:${get.text(F.id)}` : ''
    return `Constrained Application Protocol, ${type}${get.name(F.code)}${id}`
  },
  summary: summarize,

  dissect(p) {
    if (!p.recording) return
    const stream = p.message >= 0
    const before = p.has(1) && stream ? lengthBytes(p.u8(0)) : 1
    const header = stream ? before + 1 : UDP_HEADER
    if (!p.has(header)) return p.short(header)
    const token = p.u8(0) & 15
    if (stream) {
      p.generate(F.length, messageLength(p.bytes, p.base, p.end), 0, before)
    } else {
      p.add(F.version, 0)
      p.add(F.type, 0)
    }
    p.add(F.tokenLength, 0)
    p.add(F.code, codeAt(p))
    if (!stream) p.add(F.id, 2)
    if (token > MAX_TOKEN) return p.malformed(F.tokenLength, `is ${token}, and ${MAX_TOKEN} is the most`)
    if (!p.has(header + token)) return p.short(header + token)
    if (token > 0) p.add(F.token, header, token)
    const end = p.available()
    const at = recordOptions(p, header + token, end)
    if (at >= end) return
    p.add(F.endMarker, at)
    if (at + 1 < end && p.wants(F.payload)) {
      p.generateText(F.payload, decodeText(p.bytes, p.base + at + 1, end - at - 1), at + 1, end - at - 1)
      p.look(at + 1, end - at - 1)
    }
  },
})
