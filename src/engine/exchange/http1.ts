// HTTP/1.x: one message of a recorded packet, read from the bytes and rows of its layer.

import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'
import { emptyHead, lineFeed, lineStop, readHead, skipEmptyLines } from '../../protocols/http/head.ts'
import type { Capture } from '../capture.ts'
import { type Header, type HttpRequest, type HttpResponse, packetsOf } from './message.ts'

/** Headers kept of one message. */
const MAX_HEADERS = 1000

export type Http1Message =
  | { readonly kind: 'request'; readonly message: HttpRequest }
  | { readonly kind: 'response'; readonly message: HttpResponse }

/** Where the message of a layer lies: its bytes, the end of its head, and its body with codings undone (null without a body). */
export interface Http1Parts {
  readonly bytes: Uint8Array
  readonly headEnd: number
  readonly response: boolean
  /** The body is in chunks. */
  readonly chunked: boolean
  readonly body: Uint8Array | null
}

/** Splits the message that a layer shows; null when no message begins there (the rest of a body, bytes that are no HTTP). */
export function splitHttp1(capture: Capture, d: Dissection, layer: number): Http1Parts | null {
  const { rows, sources } = d
  const { http, fileData } = fieldsOf(capture)
  let bytes: Uint8Array | null = null
  let body: Uint8Array | null = null
  for (let row = 0; row < rows.count; row++) {
    if (rows.layer[row] !== layer) continue
    const field = rows.field[row]
    if (field !== http && field !== fileData) continue
    const source = sources[rows.source[row]!]!
    const start = rows.start[row]!
    if (field === http) bytes = source.subarray(start, Math.max(start, d.layerEnd[layer]!))
    else body = source.subarray(start, start + rows.length[row]!)
  }
  if (bytes === null) return null
  const head = emptyHead()
  const headEnd = readHead(bytes, 0, bytes.length, head)
  return headEnd < 0 ? null : { bytes, headEnd, response: head.response, chunked: head.chunked, body }
}

function fieldsOf({ registry }: Capture): { http: number; fileData: number } {
  return { http: registry.protocol('http')?.self.id ?? -1, fileData: registry.find('http.file_data')?.[0]?.id ?? -1 }
}

/** The message that a layer shows, or null. `bodies`: the body is copied too. */
export function readHttp1(capture: Capture, d: Dissection, layer: number, bodies: boolean): Http1Message | null {
  const parts = splitHttp1(capture, d, layer)
  if (parts === null) return null
  const { bytes, headEnd, response, body } = parts
  const message = d.layerMessage[layer]!
  const { first, headers } = readLines(bytes, headEnd)
  const bodyBytes = bytes.length - headEnd
  const common = {
    packets: message < 0 ? [d.packet] : packetsOf(capture, message),
    headers,
    headBytes: headEnd,
    bodyBytes,
    decodedBytes: body !== null ? body.length : bodyBytes === 0 ? 0 : -1,
    body: bodies && body !== null ? body.slice() : null,
  }
  if (response) {
    const [, version = '', status = '', statusText = ''] = /^(\S+)\s+(\d{3})\s*(.*)$/.exec(first) ?? []
    return { kind: 'response', message: { ...common, version, status: Number(status), statusText } }
  }
  const [method = '', target = '', version = ''] = first.split(/\s+/)
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? ''
  return { kind: 'request', message: { ...common, version, method, target, host } }
}

function readLines(bytes: Uint8Array, end: number): { first: string; headers: Header[] } {
  const headers: [string, string][] = []
  let at = skipEmptyLines(bytes, 0, end)
  let first = ''
  for (let line = 0; at < end && headers.length < MAX_HEADERS; line++) {
    const feed = lineFeed(bytes, at, end)
    const next = feed < 0 ? end : feed + 1
    const stop = feed < 0 ? end : lineStop(bytes, at, feed)
    const text = decodeText(bytes, at, stop - at)
    at = next
    if (line === 0) first = text.trim()
    else if (text === '') break
    else if (/^[ \t]/.test(text) && headers.length > 0) headers[headers.length - 1]![1] += ` ${text.trim()}`
    else {
      const colon = text.indexOf(':')
      headers.push(colon < 0 ? [text.trim(), ''] : [text.slice(0, colon).trim(), text.slice(colon + 1).trim()])
    }
  }
  return { first, headers }
}
