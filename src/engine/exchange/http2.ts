// HTTP/2: the messages of a stream, put together from its frames.

import { contentCodings, undoCodings } from '../../crypto/decompress.ts'
import { type Http2Message, http2Body } from '../../protocols/http2/exchange.ts'
import { httpStatusNames } from '../../protocols/names/http-status.ts'
import type { Capture } from '../capture.ts'
import { type HttpMessage, type HttpRequest, type HttpResponse, packetsOf } from './message.ts'

/** Longest body, as it travelled, that is put together; only the sizes of longer ones are told. */
const MAX_BODY = 64 * 1024 * 1024

export function readHttp2Request(capture: Capture, message: Http2Message, bodies: boolean): HttpRequest {
  const said = headerReader(message)
  return {
    ...readMessage(capture, message, bodies),
    method: said(':method'),
    target: said(':path'),
    host: said(':authority') || said('host'),
  }
}

export function readHttp2Response(capture: Capture, message: Http2Message, bodies: boolean): HttpResponse {
  const status = Number(headerReader(message)(':status')) || 0
  // The version has no words for statuses of its own (RFC 9113 8.3.2).
  return { ...readMessage(capture, message, bodies), status, statusText: httpStatusNames[status] ?? '' }
}

function headerReader({ headers }: Http2Message): (name: string) => string {
  return (name) => headers.find(([one]) => one === name)?.[1] ?? ''
}

function readMessage(capture: Capture, message: Http2Message, bodies: boolean): HttpMessage {
  const { memory } = capture
  const packets = [...new Set(message.frames.flatMap((frame) => packetsOf(capture, frame)))].sort((a, b) => a - b)
  const parts = http2Body(memory, message)
  const bodyBytes = parts.reduce((sum, { length }) => sum + length, 0)
  const allBytes = message.frames.reduce((sum, frame) => sum + memory.messages.length(frame), 0)
  const codings = contentCodings(headerReader(message)('content-encoding'))
  const needed = bodyBytes > 0 && bodyBytes <= MAX_BODY && (bodies || codings.length > 0)
  const packed = needed ? Buffer.concat(parts) : null
  const body = packed === null ? null : codings.length === 0 ? packed : undoCodings(packed, codings)
  return {
    packets,
    version: 'HTTP/2',
    headers: message.headers.filter(([name]) => !name.startsWith(':')),
    headBytes: allBytes - bodyBytes,
    bodyBytes,
    decodedBytes: body?.length ?? (codings.length === 0 ? bodyBytes : bodyBytes === 0 ? 0 : -1),
    body: bodies ? body : null,
  }
}
