// Exchanges as entries of the HTTP Archive format 1.2, which browsers' developer tools open. Times are milliseconds there.

import { isUtf8 } from 'node:buffer'
import { type Exchange, type Header, type HttpMessage, type HttpResponse, headerOf } from './exchanges.ts'

const pairs = (headers: readonly Header[]): { name: string; value: string }[] => headers.map(([name, value]) => ({ name, value }))

/** An entry of log.entries; null for a response whose request is not known, for which the format has no place. */
export function harEntry(exchange: Exchange) {
  const { request, response, url, start, sent, firstByte, total, stream, server } = exchange
  if (request === null) return null
  const send = milliseconds(sent)
  const wait = Math.max(0, milliseconds(firstByte) - send)
  const receive = Math.max(0, milliseconds(total) - milliseconds(firstByte))
  return {
    startedDateTime: dateText(start),
    time: send + (response === null ? 0 : wait + receive),
    request: {
      method: request.method,
      url,
      httpVersion: request.version,
      cookies: requestCookies(request),
      headers: pairs(request.headers),
      queryString: queryOf(request.target),
      ...postData(request),
      headersSize: request.headBytes,
      bodySize: request.bodyBytes,
    },
    response: response === null ? NO_RESPONSE : responseOf(response),
    cache: {},
    timings: {
      blocked: -1,
      dns: -1,
      connect: -1,
      ssl: -1,
      send,
      wait: response === null ? 0 : wait,
      receive: response === null ? 0 : receive,
    },
    ...(server.address === '' ? {} : { serverIPAddress: server.address }),
    ...(stream < 0 ? {} : { connection: String(stream) }),
    _packets: { request: request.packets, response: response?.packets ?? [] },
  }
}

/** What stands for a response that never came; browsers write the same. */
const NO_RESPONSE = {
  status: 0,
  statusText: '',
  httpVersion: '',
  cookies: [],
  headers: [],
  content: { size: 0, mimeType: 'x-unknown' },
  redirectURL: '',
  headersSize: -1,
  bodySize: -1,
  comment: 'no response in the capture',
}

function responseOf(response: HttpResponse) {
  const { body, bodyBytes, decodedBytes } = response
  const size = Math.max(0, decodedBytes)
  return {
    status: response.status,
    statusText: response.statusText,
    httpVersion: response.version,
    cookies: response.headers.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, value]) => setCookie(value)),
    headers: pairs(response.headers),
    content: {
      size,
      ...(decodedBytes > bodyBytes ? { compression: decodedBytes - bodyBytes } : {}),
      mimeType: headerOf(response, 'content-type') || 'x-unknown',
      ...(body === null ? {} : bodyText(body)),
      ...(decodedBytes < 0 ? { comment: 'its coding could not be undone' } : {}),
    },
    redirectURL: headerOf(response, 'location'),
    headersSize: response.headBytes,
    bodySize: bodyBytes,
  }
}

const milliseconds = (seconds: number): number => (seconds < 0 ? 0 : Math.round(seconds * 1e6) / 1e3)

/** ISO 8601 with milliseconds; a clock that is beyond belief reads as 1970. */
function dateText(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString()
}

function bodyText(body: Uint8Array): { text: string; encoding?: 'base64' } {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { text: bytes.toString('base64'), encoding: 'base64' }
}

function postData(request: HttpMessage): object {
  const { body } = request
  if (body === null || body.length === 0) return {}
  const mimeType = headerOf(request, 'content-type')
  const { text, encoding } = bodyText(body)
  const params = mimeType.startsWith('application/x-www-form-urlencoded') && encoding === undefined ? { params: queryOf(`?${text}`) } : {}
  return { postData: { mimeType, text, ...params, ...(encoding === undefined ? {} : { comment: encoding }) } }
}

/** Names and values of a target's query, as forms write them (WHATWG URL 5.1). */
function queryOf(target: string): { name: string; value: string }[] {
  const mark = target.indexOf('?')
  if (mark < 0) return []
  return [...new URLSearchParams(target.slice(mark + 1).split('#', 1)[0])].map(([name, value]) => ({ name, value }))
}

function requestCookies(request: HttpMessage): { name: string; value: string }[] {
  return request.headers
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map(splitPair)
}

function splitPair(pair: string): { name: string; value: string } {
  const equals = pair.indexOf('=')
  return equals < 0 ? { name: '', value: pair } : { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }
}

/** RFC 6265 4.1. */
function setCookie(text: string) {
  const [first = '', ...attributes] = text.split(';').map((part) => part.trim())
  const values = new Map(
    attributes.map((attribute) => {
      const { name, value } = splitPair(attribute)
      return name === '' ? [value.toLowerCase(), ''] : [name.toLowerCase(), value]
    }),
  )
  const expires = Date.parse(values.get('expires') ?? '')
  return {
    ...splitPair(first),
    ...(values.has('path') ? { path: values.get('path')! } : {}),
    ...(values.has('domain') ? { domain: values.get('domain')! } : {}),
    ...(Number.isNaN(expires) ? {} : { expires: new Date(expires).toISOString() }),
    httpOnly: values.has('httponly'),
    secure: values.has('secure'),
  }
}
