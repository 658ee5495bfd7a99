// The fields of HTTP/1.x: RFC 9110 (semantics) and RFC 9112 (messages). Names are Wireshark's.

import type { Get } from '../../core/field.ts'
import { bytes, duration, type Field, type FieldOptions, flag, frame, group, text, u16, u32, u64 } from '../../core/protocol.ts'
import { explainStatus } from '../names/http-status.ts'

/** Line ends and tabs as Wireshark writes them in the tree. */
export function shownLine(line: string): string {
  return line.replace(/[\r\n\t]/g, (letter) => (letter === '\r' ? '\\r' : letter === '\n' ? '\\n' : '\\t'))
}

/** A row that shows the very bytes it covers. */
const asWritten: NonNullable<FieldOptions['display']> = (_get, _value, _text, raw) => shownLine(raw())

/** A header that has a name of its own: its value answers to the filter, its row shows the whole line. */
const header = (name: string, label: string, about: string): Field => text(name, label, { about, display: asWritten })

const octets = (value: number): string => (value === 1 ? '1 octet' : `${value} octets`)

const explainMethod = (_value: number, get: Get): string =>
  ({
    GET: 'GET asks for a resource and must not change anything.',
    HEAD: 'HEAD asks for the headers that a GET would bring, without the body.',
    POST: 'POST hands the body to the resource, to do something with it.',
    PUT: 'PUT stores the body at the path.',
    DELETE: 'DELETE asks to remove the resource.',
    OPTIONS: 'OPTIONS asks what can be done with the resource.',
    CONNECT: 'CONNECT asks a proxy for a tunnel to another host.',
    TRACE: 'TRACE asks to get the request back as it arrived.',
    PATCH: 'PATCH changes part of the resource.',
  })[get.text(F.method)] ?? 'This method is not among those that RFC 9110 defines.'

/** Declared by itself, for rows that show it beside their own value. */
const total = u32('', 'Exchanges', { about: 'Counts the requests and answers of this connection.', hidden: true })

export const F = {
  notification: flag('http.notification', 'Notification', {
    about: 'True when the message is a notification that nobody answers.',
    hidden: true,
  }),
  startLine: group('', 'Start line', { about: 'The first line says what is asked, or how the request went.', display: asWritten }),
  chat: group('http.chat', 'Formatted text', { about: 'The remark that repeats the first line of the message.' }),
  method: text('http.request.method', 'Request Method', {
    about: 'The method says what the client wants done with the resource.',
    explain: explainMethod,
  }),
  uri: text('http.request.uri', 'Request URI', { about: 'The target says which resource on the server is meant.' }),
  path: text('http.request.uri.path', 'Request URI Path', { about: 'The path is the part of the target before the question mark.' }),
  query: text('http.request.uri.query', 'Request URI Query', {
    about: 'The query is the part of the target behind the question mark; it often carries form input.',
  }),
  parameter: text('http.request.uri.query.parameter', 'Request URI Query Parameter', {
    about: 'One name and value of the query, as a form or a script wrote it.',
  }),
  requestVersion: text('http.request.version', 'Request Version', { about: 'The HTTP version that the client speaks.' }),
  responseVersion: text('http.response.version', 'Response Version', { about: 'The HTTP version that the server speaks.' }),
  status: u16('http.response.code', 'Status Code', {
    about: 'Three digits say how the request went; the first one gives the class.',
    explain: explainStatus,
  }),
  statusName: text('http.response.code.desc', 'Status Code Description', {
    about: 'The registered name of the status code; it does not travel in the message.',
    generated: true,
    display: (_get, _value, shown) => `[Status Code Description: ${shown}]`,
  }),
  phrase: text('http.response.phrase', 'Response Phrase', {
    about: 'The words with which the server names the status; programs ignore them.',
  }),

  requestLine: text('http.request.line', 'Request line', { about: 'One header line of the request, name and value.', display: asWritten }),
  responseLine: text('http.response.line', 'Response line', {
    about: 'One header line of the response, name and value.',
    display: asWritten,
  }),
  unknownHeader: text('http.unknown_header', 'Unknown header', {
    about: 'A header line of a notification that has no field of its own.',
    display: asWritten,
  }),
  knownRequestLine: text('http.request.line', 'Request line', { about: 'One header line of the request, name and value.', hidden: true }),
  knownResponseLine: text('http.response.line', 'Response line', {
    about: 'One header line of the response, name and value.',
    hidden: true,
  }),
  headEnd: group('', 'End of headers', { about: 'An empty line ends the headers; the body follows.', display: asWritten }),

  host: header('http.host', 'Host', 'The host that the client wants to talk to; one server may serve many.'),
  userAgent: header('http.user_agent', 'User-Agent', 'The program that sends the request, by its own word.'),
  accept: header('http.accept', 'Accept', 'The media types that the client would like to get.'),
  acceptLanguage: header('http.accept_language', 'Accept-Language', 'The languages that the user prefers.'),
  acceptEncoding: header('http.accept_encoding', 'Accept Encoding', 'The compressions that the client can undo.'),
  connection: header('http.connection', 'Connection', 'What happens to the connection after this message, and headers for this hop only.'),
  referer: header('http.referer', 'Referer', 'The page from which the user came here.'),
  cookie: header('http.cookie', 'Cookie', 'What the server once asked the client to remember; it often identifies a session.'),
  cookiePair: text('http.cookie_pair', 'Cookie pair', { about: 'One name and value of the cookie header.' }),
  setCookie: header('http.set_cookie', 'Set-Cookie', 'What the server wants the client to remember and send back.'),
  authorization: header('http.authorization', 'Authorization', 'The credentials with which the client proves who it is.'),
  credentials: text('http.authbasic', 'Credentials', {
    about: 'User name and password: Basic authentication only encodes them, it hides nothing.',
    explain: () =>
      'Base64 is spelling, not locking: the letters stand for these very bytes, and whoever sees them reads them back without any key.',
  }),
  user: text('', 'User name', {
    about: 'The name with which the client logs in, read back from base64 without any key.',
    display: (_get, _value, shown) => `User name: ${shown}`,
  }),
  colon: text('', 'Colon', { about: 'A colon stands between the user name and the password.' }),
  password: text('', 'Password', {
    about: 'The password, which everybody on the way can read: only TLS around it would hide it.',
    display: (_get, _value, shown) => `Password: ${shown}`,
  }),
  proxyAuthorization: header('http.proxy_authorization', 'Proxy-Authorization', 'The credentials that the client shows to a proxy.'),
  proxyAuthenticate: header('http.proxy_authenticate', 'Proxy-Authenticate', 'How the proxy wants the client to prove who it is.'),
  wwwAuthenticate: header('http.www_authenticate', 'WWW-Authenticate', 'How the server wants the client to prove who it is.'),
  contentType: header('http.content_type', 'Content-Type', 'What kind of data the body is.'),
  contentLengthHeader: header('http.content_length_header', 'Content-Length', 'How many bytes the body has.'),
  contentLength: u64('http.content_length', 'Content length', {
    about: 'The length of the body as a number, for comparisons.',
    generated: true,
  }),
  contentEncoding: header('http.content_encoding', 'Content-Encoding', 'How the body was compressed before it was sent.'),
  transferEncoding: header(
    'http.transfer_encoding',
    'Transfer-Encoding',
    'How the body is packed for the way; chunked means piece by piece.',
  ),
  upgrade: header('http.upgrade', 'Upgrade', 'The protocol that the sender would like to speak from here on.'),
  date: header('http.date', 'Date', 'When the server made this answer.'),
  cacheControl: header('http.cache_control', 'Cache-Control', 'Whether and how long the answer may be kept for later.'),
  server: header('http.server', 'Server', 'The program that answers, by its own word.'),
  location: header('http.location', 'Location', 'Where the client should go instead.'),
  lastModified: header('http.last_modified', 'Last-Modified', 'When the resource was changed last.'),
  forwardedFor: header('http.x_forwarded_for', 'X-Forwarded-For', 'For whom a proxy forwarded the request, by its own word.'),
  settings: header('http.http2_settings', 'HTTP2-Settings', 'The settings that the client would use if the connection went on as HTTP/2.'),
  socketAccept: header('http.sec_websocket_accept', 'Sec-WebSocket-Accept', 'Proves that the server understood the WebSocket request.'),
  socketExtensions: header(
    'http.sec_websocket_extensions',
    'Sec-WebSocket-Extensions',
    'The WebSocket extensions that are asked for or granted.',
  ),
  socketKey: header('http.sec_websocket_key', 'Sec-WebSocket-Key', 'A random value that the WebSocket server must answer to.'),
  socketProtocol: header('http.sec_websocket_protocol', 'Sec-WebSocket-Protocol', 'What is to be spoken inside the WebSocket.'),
  socketVersion: header('http.sec_websocket_version', 'Sec-WebSocket-Version', 'The WebSocket version that the client speaks.'),

  teAndLength: group('http.te_and_length', 'The Content-Length and Transfer-Encoding header must not be set together', {
    about: 'Two headers claim different body lengths, which attackers use to smuggle requests (RFC 9112 6.3).',
  }),
  teUnknown: group('http.te_unknown', 'Unknown transfer coding name in Transfer-Encoding header', {
    about: 'The body is packed for the way in a manner that is not known here.',
  }),
  leadingCrlf: group('http.leading_crlf', 'Leading CRLF previous message in the stream may have extra CRLF', {
    about: 'An empty line stands before the message, where none belongs.',
  }),
  badHeaderName: group('http.bad_header_name', 'Illegal characters found in header name', {
    about: 'The name of this header holds characters that no name may have.',
  }),

  fullUri: text('http.request.full_uri', 'Full request URI', {
    about: 'The whole address, put together from the Host header and the target.',
    generated: true,
  }),
  request: flag('http.request', 'Request', { about: 'True when the message is a request.', hidden: true }),
  response: flag('http.response', 'Response', { about: 'True when the message is a response.', hidden: true }),
  requestNumber: u32('http.request_number', 'Request number', {
    about: 'Which request of this connection it is, counted from one.',
    generated: true,
    display: (get, value) => `[HTTP request ${value}/${Math.max(value, get.number(total) || 0)}]`,
  }),
  responseNumber: u32('http.response_number', 'Response number', {
    about: 'Which response of this connection it is, counted from one.',
    generated: true,
    display: (get, value) => `[HTTP response ${value}/${Math.max(value, get.number(total) || 0)}]`,
  }),
  time: duration('http.time', 'Time since request', {
    about: 'How long the server took from the request to this response.',
    generated: true,
  }),
  requestIn: frame('http.request_in', 'Request in frame', { about: 'The packet with the request that this answers.', generated: true }),
  total,
  responseFor: text('http.response_for.uri', 'Request URI', {
    about: 'The address that was asked for, as the request names it.',
    generated: true,
  }),
  previousRequest: frame('http.prev_request_in', 'Prev request in frame', {
    about: 'The packet with the request before this one, in the same connection.',
    generated: true,
  }),
  nextRequest: frame('http.next_request_in', 'Next request in frame', {
    about: 'The packet with the request after this one, in the same connection.',
    generated: true,
  }),
  previousResponse: frame('http.prev_response_in', 'Prev response in frame', {
    about: 'The packet with the response before this one, in the same connection.',
    generated: true,
  }),
  nextResponse: frame('http.next_response_in', 'Next response in frame', {
    about: 'The packet with the response after this one, in the same connection.',
    generated: true,
  }),
  responseIn: frame('http.response_in', 'Response in frame', { about: 'The packet with the response to this request.', generated: true }),

  chunked: group('', 'HTTP chunked response', { about: 'The body as it travels: pieces, each with its length before it.' }),
  chunk: group('', 'Data chunk', { about: 'One piece of the body, with its length before it.' }),
  chunkSize: u32('http.chunk_size', 'Chunk size', {
    about: 'How many bytes this piece of the body has, in hexadecimal digits.',
    display: (_get, value) => `Chunk size: ${octets(value)}`,
  }),
  chunkData: bytes('http.chunk_data', 'Chunk data', {
    about: 'These bytes are one piece of the body, as many as the size before them says.',
  }),
  chunkBoundary: bytes('http.chunk_boundary', 'Chunk boundary', { about: 'The line end that closes a piece of the body.' }),
  trailerPart: text('http.chunked_trailer_part', 'trailer-part', {
    about: 'Headers that the sender could only know after the body.',
    display: asWritten,
  }),
  bodyEnd: group('', 'End of body', { about: 'An empty line ends the body that came in pieces.', display: asWritten }),
  encoded: group('', 'Content-encoded entity body', { about: 'The body as it was compressed for sending.' }),
  decompressionFailed: group('http.decompression_failed', 'Decompression failed', {
    about: 'The compressed body is damaged, cut, or of a kind that cannot be undone.',
  }),
  fileData: text('http.file_data', 'File Data', {
    about: 'This is the body itself, unpacked: what the programs meant to send each other.',
    display: (_get, _value, _shown, _raw, _start, length) => `File Data: ${length} bytes`,
  }),
}

/** Header names, in lower case, that have a field of their own. */
export const knownHeaders: ReadonlyMap<string, Field> = new Map([
  ['host', F.host],
  ['user-agent', F.userAgent],
  ['accept', F.accept],
  ['accept-language', F.acceptLanguage],
  ['accept-encoding', F.acceptEncoding],
  ['connection', F.connection],
  ['referer', F.referer],
  ['cookie', F.cookie],
  ['set-cookie', F.setCookie],
  ['authorization', F.authorization],
  ['proxy-authorization', F.proxyAuthorization],
  ['proxy-authenticate', F.proxyAuthenticate],
  ['www-authenticate', F.wwwAuthenticate],
  ['content-type', F.contentType],
  ['content-length', F.contentLengthHeader],
  ['content-encoding', F.contentEncoding],
  ['transfer-encoding', F.transferEncoding],
  ['upgrade', F.upgrade],
  ['date', F.date],
  ['cache-control', F.cacheControl],
  ['server', F.server],
  ['location', F.location],
  ['last-modified', F.lastModified],
  ['x-forwarded-for', F.forwardedFor],
  ['http2-settings', F.settings],
  ['sec-websocket-accept', F.socketAccept],
  ['sec-websocket-extensions', F.socketExtensions],
  ['sec-websocket-key', F.socketKey],
  ['sec-websocket-protocol', F.socketProtocol],
  ['sec-websocket-version', F.socketVersion],
])
