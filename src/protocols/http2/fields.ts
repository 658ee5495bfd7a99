// The fields of HTTP/2: RFC 9113, RFC 7541 (headers), RFC 7838 (ALTSVC), RFC 8336 (ORIGIN), RFC 9218 (PRIORITY_UPDATE). Names are Wireshark's.

import type { Get } from '../../core/field.ts'
import { bytes, type Field, type FieldOptions, flag, flag32, frame, group, text, u8, u16, u24, u32, u64 } from '../../core/protocol.ts'
import { explainStatus } from '../names/http-status.ts'
import { errorNames, explainError, frameNames, settingNames } from '../names/http2.ts'

/** The words of the flags that are set, by type of frame, as Wireshark lists them. */
const FLAG_WORDS: Readonly<Record<number, readonly (readonly [number, string])[]>> = {
  0: [
    [0x01, 'End Stream'],
    [0x08, 'Padded'],
  ],
  1: [
    [0x20, 'Priority'],
    [0x08, 'Padded'],
    [0x04, 'End Headers'],
    [0x01, 'End Stream'],
  ],
  4: [[0x01, 'ACK']],
  5: [
    [0x08, 'Padded'],
    [0x04, 'End Headers'],
  ],
  6: [[0x01, 'ACK']],
  9: [[0x04, 'End Headers']],
}

const showFlags: NonNullable<FieldOptions['display']> = (get, value) => {
  const words = (FLAG_WORDS[get.number(F.type)] ?? []).filter(([mask]) => (value & mask) !== 0).map(([, word]) => `, ${word}`)
  return `Flags: 0x${value.toString(16).padStart(2, '0')}${words.join('')}`
}

const unused = (name: string, mask: number): Field =>
  u8(name, 'Unused', { mask, base: 'hex', about: 'These bits mean nothing for this type of frame and must be zero.' })

/** A header that has a name of its own. */
const header = (name: string, about: string, options: Partial<FieldOptions> = {}): Field =>
  text(`http2.headers.${name.replaceAll('-', '_').replace(':', '')}`, name, { about, ...options })

export const F = {
  stream: group('http2.stream', 'Stream', { about: 'One frame: HTTP/2 cuts everything into frames, each of which belongs to a stream.' }),
  magic: text('http2.magic', 'Magic', {
    about: 'The client opens the connection with these words, so that a server without HTTP/2 refuses at once.',
    display: (_get, _value, _shown, raw) => `Magic: ${raw().replaceAll('\r', '\\r').replaceAll('\n', '\\n')}`,
  }),
  length: u24('http2.length', 'Length', { about: 'Counts the bytes of the frame behind its header of nine bytes.' }),
  type: u8('http2.type', 'Type', { names: frameNames, about: 'Says what kind of frame this is.' }),
  flags: u8('http2.flags', 'Flags', {
    base: 'hex',
    about: 'Eight switches, which mean something else for each type of frame.',
    display: showFlags,
  }),
  unused: unused('http2.flags.unused', 0xff),
  unusedSettings: unused('http2.flags.unused_settings', 0xfe),
  unusedPing: unused('http2.flags.unused_ping', 0xfe),
  unusedContinuation: unused('http2.flags.unused_continuation', 0xfb),
  unusedPushPromise: unused('http2.flags.unused_push_promise', 0xf3),
  unusedData: unused('http2.flags.unused_data', 0xf6),
  unusedHeaders: unused('http2.flags.unused_headers', 0xd2),
  priority: flag('http2.flags.priority', 'Priority', { mask: 0x20, about: 'Says whether the frame tells how urgent its stream is.' }),
  padded: flag('http2.flags.padded', 'Padded', {
    mask: 0x08,
    about: 'Says whether bytes without meaning hide how long the frame really is.',
  }),
  endHeaders: flag('http2.flags.eh', 'End Headers', { mask: 0x04, about: 'Says whether the headers end here or go on in the next frame.' }),
  endStream: flag('http2.flags.end_stream', 'End Stream', {
    mask: 0x01,
    about: 'Says whether the sender has nothing more to say on this stream.',
  }),
  ackSettings: flag('http2.flags.ack.settings', 'ACK', {
    mask: 0x01,
    about: 'Says whether this frame confirms the settings of the other side.',
  }),
  ackPing: flag('http2.flags.ack.ping', 'ACK', { mask: 0x01, about: 'Says whether this frame answers a ping of the other side.' }),
  reserved: u32('http2.r', 'Reserved', { mask: 0x80000000, base: 'hex', about: 'This bit is reserved and must be zero.' }),
  streamId: u32('http2.streamid', 'Stream Identifier', {
    mask: 0x7fffffff,
    about: 'Which stream the frame belongs to: each request and its answer have one.',
    explain: (value) =>
      value === 0
        ? 'Stream 0 is the connection itself.'
        : value % 2 === 1
          ? 'Odd streams are opened by the client: a request and its answer.'
          : 'Even streams are opened by the server, for answers that nobody has asked for yet.',
  }),
  unknown: bytes('http2.unknown', 'Unknown', { about: 'What a frame of a type carries that is not known here.' }),
  padding: u8('http2.padding', 'Pad Length', { base: 'hex', about: 'Counts the bytes of padding at the end of the frame.' }),
  padLength: u16('http2.pad_length', 'Pad Length', {
    generated: true,
    about: 'Counts the bytes of padding at the end of the frame, zero without padding.',
  }),
  exclusive: flag32('http2.exclusive', 'Exclusive', {
    mask: 0x80000000,
    about: 'Says whether the stream wants to be the only one that depends on its parent.',
  }),
  dependency: u32('http2.stream_dependency', 'Stream Dependency', {
    mask: 0x7fffffff,
    about: 'The stream that should be served before this one; the scheme was given up in RFC 9113.',
  }),
  weight: u8('http2.headers.weight', 'Weight', { about: 'Which share of the capacity the stream should get, less one.' }),
  realWeight: u8('http2.headers.weight_real', 'Weight real', {
    generated: true,
    about: 'Which share of the capacity the stream should get, from 1 to 256.',
  }),

  data: bytes('http2.data.data', 'Data', { about: 'A piece of the body of the message, or all of it.' }),
  dataPadding: bytes('http2.data.padding', 'Padding', { about: 'Bytes without meaning hide how long the data is.' }),
  fragments: group('http2.body.fragments', 'Body fragments', { about: 'The frames from which the body was put together.' }),
  fragment: frame('http2.body.fragment', 'Body fragment', { about: 'A packet that carries a piece of the body.' }),
  fragmentCount: u32('http2.body.fragment.count', 'Body fragment count', {
    about: 'Counts the frames from which the body was put together.',
  }),
  bodyLength: u32('http2.body.reassembled.length', 'Reassembled body length', {
    about: 'Counts the bytes of the body that was put together.',
  }),
  body: bytes('http2.body.reassembled.data', 'Reassembled body data', {
    about: 'The body as it was put together from the frames of its stream.',
  }),
  encoded: group('', 'Content-encoded entity body', { about: 'The body as it was compressed for sending.' }),
  decompressionFailed: group('http2.body_decompression_failed', 'Body decompression failed', {
    about: 'The compressed body is damaged, cut, or of a kind that cannot be undone.',
  }),
  reassemblyFailed: group('http2.reassembly_error', 'Reassembly failed', { about: 'The pieces of this body could not be put together.' }),

  headers: bytes('http2.headers', 'Header Block Fragment', { about: 'The headers as they travel, compressed with HPACK.' }),
  headersPadding: bytes('http2.headers.padding', 'Padding', { about: 'Bytes without meaning hide how long the headers are.' }),
  headerLength: u32('http2.header.length', 'Header Length', {
    generated: true,
    about: 'Counts the bytes of all names and values once they are decompressed, and of their lengths.',
  }),
  headerCount: u32('http2.header.count', 'Header Count', { generated: true, about: 'Counts the headers that the frame brings.' }),
  header: group('http2.header', 'Header', { about: 'One header: a name and a value, as they were before compression.' }),
  nameLength: u32('http2.header.name.length', 'Name Length', { about: 'Counts the letters of the name.' }),
  name: text('http2.header.name', 'Name', {
    about: 'The name of the header; names that begin with a colon replace the first line of HTTP/1.',
  }),
  valueLength: u32('http2.header.value.length', 'Value Length', { about: 'Counts the bytes of the value.' }),
  value: text('http2.header.value', 'Value', { about: 'The value of the header, as it was before compression.' }),
  unescaped: text('http2.header.unescaped', 'Unescaped', {
    generated: true,
    about: 'The value with letters in place of percent signs and their digits.',
  }),
  representation: text('http2.header.repr', 'Representation', {
    about: 'How the header was written: as a number of the table that both sides keep, or in letters.',
  }),
  index: u32('http2.header.index', 'Index', { about: 'The entry of the table that the header, or its name, was taken from.' }),
  sizeUpdate: group('http2.header_table_size_update', 'Header table size update', {
    about: 'From here on the table of headers has another size.',
  }),
  tableSize: u32('http2.header_table_size_update.header_table_size', 'Header table size', {
    about: 'How many bytes the table of headers may hold from here on.',
  }),
  fullUri: text('http2.request.full_uri', 'Full request URI', {
    generated: true,
    about: 'The whole address, put together from scheme, authority and path.',
  }),
  sizeExceeded: group('http2.header_size_exceeded', 'Decompression stopped.', {
    about: 'The headers are larger than what is shown, which attacks on servers make use of.',
  }),
  linesExceeded: group('http2.header_lines_exceeded', 'Decompression stopped after 200 header lines.', {
    about: 'There are more headers than are shown, which attacks on servers make use of.',
  }),

  error: u32('http2.rst_stream.error', 'Error', {
    names: errorNames,
    about: 'Says why the sender gives the stream up.',
    explain: explainError,
  }),
  settings: group('http2.settings', 'Settings', { about: 'One setting: what the sender wants the other side to respect.' }),
  settingId: u16('http2.settings.id', 'Settings Identifier', {
    names: settingNames,
    about: 'Says which of the settings has the value that follows.',
  }),
  settingTable: u32('http2.settings.header_table_size', 'Header table size', {
    about: 'The largest table of headers that the other side may use.',
  }),
  settingPush: u32('http2.settings.enable_push', 'Enable PUSH', { about: 'Whether the server may send answers that nobody asked for.' }),
  settingStreams: u32('http2.settings.max_concurrent_streams', 'Max concurrent streams', {
    about: 'How many streams the other side may have open at once.',
  }),
  settingWindow: u32('http2.settings.initial_window_size', 'Initial Windows Size', {
    about: 'How many bytes may be sent on a new stream before its receiver has made room.',
  }),
  settingFrame: u32('http2.settings.max_frame_size', 'Max frame size', {
    about: 'The longest frame that the sender of this setting takes.',
  }),
  settingHeaders: u32('http2.settings.max_header_list_size', 'Max header list size', {
    about: 'The most bytes of headers that the sender of this setting takes.',
  }),
  settingConnect: u32('http2.settings.extended_connect', 'Extended CONNECT', {
    about: 'Whether WebSockets and other protocols may run inside a stream (RFC 8441).',
  }),
  settingUnknown: u32('http2.settings.unknown', 'Unknown Settings', { about: 'The value of a setting that is not known here.' }),
  promiseReserved: u32('http2.push_promise.r', 'Reserved', {
    mask: 0x80000000,
    base: 'hex',
    about: 'This bit is reserved and must be zero.',
  }),
  promised: u32('http2.push_promise.promised_stream_id', 'Promised-Stream-ID', {
    mask: 0x7fffffff,
    about: 'The stream on which the server will send the answer that it promises.',
  }),
  promiseHeaders: bytes('http2.push_promise.header', 'Header Block Fragment', {
    about: 'The headers of the request that the server thinks the client would make.',
  }),
  promisePadding: bytes('http2.push_promise.padding', 'Padding', { about: 'Bytes without meaning hide how long the headers are.' }),
  ping: bytes('http2.ping', 'Ping', { about: 'Eight bytes that the other side must send back, to measure how long that takes.' }),
  pong: bytes('http2.pong', 'Pong', { about: 'The eight bytes of a ping come back.' }),
  goawayReserved: u32('http2.goway.r', 'Reserved', { mask: 0x80000000, base: 'hex', about: 'This bit is reserved and must be zero.' }),
  lastStream: u32('http2.goaway.last_stream_id', 'Last-Stream-ID', {
    mask: 0x7fffffff,
    about: 'The last stream that was or may be dealt with; what came later can safely be asked again.',
  }),
  goawayError: u32('http2.goaway.error', 'Error', {
    names: errorNames,
    about: 'Says why the sender ends the connection.',
    explain: explainError,
  }),
  debugData: bytes('http2.goaway.addata', 'Additional Debug Data', { about: 'A note for whoever looks for the reason.' }),
  windowReserved: u32('http2.window_update.r', 'Reserved', {
    mask: 0x80000000,
    base: 'hex',
    about: 'This bit is reserved and must be zero.',
  }),
  increment: u32('http2.window_update.window_size_increment', 'Window Size Increment', {
    mask: 0x7fffffff,
    about: 'How many more bytes the sender of this frame is ready to take.',
  }),
  continuation: text('http2.continuation.header', 'Continuation Header', {
    about: 'The headers of the frame before go on here, compressed with HPACK.',
  }),
  originLength: u16('http2.altsvc.origin.len', 'Origin Length', { about: 'Counts the bytes of the origin.' }),
  altsvcOrigin: text('http2.altsvc.origin', 'Origin', { about: 'The site for which another place is announced.' }),
  fieldValue: text('http2.altsvc.field_value', 'Field/Value', {
    about: 'Where else, and with which protocol, the same site can be reached.',
  }),
  originEntry: group('http2.origin', 'Origin', { about: 'One site for which this connection may be used.' }),
  originEntryLength: u16('http2.origin.origin_len', 'Origin Length', { about: 'Counts the bytes of the origin.' }),
  originText: text('http2.origin.origin', 'Origin', { about: 'A site for which this connection may be used.' }),
  prioritized: u64('http2.priority_update_stream_id', 'Priority Update Stream ID', {
    about: 'The stream that becomes more or less urgent.',
  }),
  priorityValue: text('http2.priority_update_field_value', 'Priority Update Field Value', {
    about: 'How urgent the stream is now, in the words of RFC 9218.',
  }),

  method: header(':method', 'What the client wants done with the resource.'),
  path: header(':path', 'Which resource on the server is meant.'),
  authority: header(':authority', 'The host that the client wants to talk to; one server may serve many.'),
  scheme: header(':scheme', 'Whether the resource is asked for as http or as https.'),
  status: u16('http2.headers.status', ':status', { about: 'Three digits say how the request went.', explain: explainStatus }),
}

const named = (name: string, about: string): [string, Field] => [name, header(name, about)]
const counted = (name: string, about: string): [string, Field] => [
  name,
  u64(`http2.headers.${name.replaceAll('-', '_').replace(':', '')}`, name, { about }),
]

/** Headers that have a field of their own, by name. */
export const knownHeaders: ReadonlyMap<string, Field> = new Map([
  [':method', F.method],
  [':path', F.path],
  [':authority', F.authority],
  [':scheme', F.scheme],
  [':status', F.status],
  named('accept', 'The media types that the client would like to get.'),
  named('accept-charset', 'The alphabets that the client can read.'),
  named('accept-encoding', 'The compressions that the client can undo.'),
  named('accept-language', 'The languages that the user prefers.'),
  named('accept-ranges', 'Whether the server gives parts of the resource.'),
  named('access-control-allow-origin', 'Whose scripts may read this answer.'),
  counted('age', 'How many seconds the answer has lain in a cache.'),
  named('allow', 'The methods that the resource knows.'),
  named('authorization', 'The credentials with which the client proves who it is.'),
  named('cache-control', 'Whether and how long the answer may be kept for later.'),
  named('content-disposition', 'Whether the body is to be shown or saved, and under which name.'),
  named('content-encoding', 'How the body was compressed before it was sent.'),
  named('content-language', 'The language that the body is written in.'),
  counted('content-length', 'How many bytes the body has.'),
  named('content-location', 'Where this very version of the resource lies.'),
  named('content-range', 'Which part of the resource the body is.'),
  ['content-type', header('content-type', 'What kind of data the body is.', { selectsLike: 'http.content_type' })],
  named('cookie', 'What the server once asked the client to remember; it often identifies a session.'),
  named('date', 'When the server made this answer.'),
  named('etag', 'A name for this version of the resource, to ask later whether it has changed.'),
  named('expect', 'What the client expects before it sends the body.'),
  named('expires', 'Until when the answer may be kept for later.'),
  named('from', 'The mail address of the person who sends the request.'),
  named('if-match', 'Do it only if the resource is still this version.'),
  named('if-modified-since', 'Send it only if it has changed since then.'),
  named('if-none-match', 'Send it only if it is none of these versions.'),
  named('if-range', 'Send the part only if the resource has not changed.'),
  named('if-unmodified-since', 'Do it only if the resource has not changed since then.'),
  named('last-modified', 'When the resource was changed last.'),
  named('link', 'Other resources that have to do with this one.'),
  named('location', 'Where the client should go instead.'),
  counted('max-forwards', 'How many proxies may pass the request on.'),
  named('proxy-authenticate', 'How the proxy wants the client to prove who it is.'),
  named('proxy-authorization', 'The credentials that the client shows to a proxy.'),
  named('range', 'Which part of the resource the client wants.'),
  named('referer', 'The page from which the user came here.'),
  named('refresh', 'After how many seconds the page is to be loaded again.'),
  named('retry-after', 'When the client may try again.'),
  named('server', 'The program that answers, by its own word.'),
  named('set-cookie', 'What the server wants the client to remember and send back.'),
  named('strict-transport-security', 'For how long the site is only to be reached over TLS.'),
  named('user-agent', 'The program that sends the request, by its own word.'),
  named('vary', 'Which headers of the request decide about the answer.'),
  named('via', 'The proxies that the message came through.'),
  named('www-authenticate', 'How the server wants the client to prove who it is.'),
])

export const allFields: Readonly<Record<string, Field>> = {
  ...F,
  ...Object.fromEntries([...knownHeaders].filter(([name]) => !name.startsWith(':'))),
}

/** "GET /path" or "200 OK", from the headers of a layer; '' when they say neither. */
export function describeHeaders(get: Get, status: (code: number) => string): string {
  if (get.has(F.status)) return `${get.text(F.status)} ${status(get.number(F.status))}`
  const method = get.text(F.method)
  return method === '' ? '' : `${method} ${get.text(F.path)}`
}
