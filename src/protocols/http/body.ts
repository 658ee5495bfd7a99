// The body of an HTTP message: chunks put together, compression undone, each step a source of its own.

import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_WARN } from '../../core/note.ts'
import { contentCodings, undoCodings } from '../../crypto/decompress.ts'
import { contentKind, isXmlPage, MEDIA_XML } from '../names/media-types.ts'
import { isStrictChunkSize, readChunkSize } from './chunks.ts'
import { F } from './fields.ts'
import { lineFeed } from './head.ts'

/** Records the body at `at` … `end` of the layer. `encoding` and `type`: the values of Content-Encoding and Content-Type. */
export function recordBody(p: Dissection, at: number, end: number, chunked: boolean, encoding: string, type: string): void {
  if (at >= end) return
  let source = -1
  if (chunked) {
    const whole = recordChunks(p, at, end)
    if (whole === null || whole.length === 0) return
    source = p.addSource('De-chunked entity body', whole)
    if (source < 0) return
    p.enter(source)
    at = 0
    end = whole.length
  }
  recordDecoded(p, at, end, encoding, type)
  if (source >= 0) p.leave()
}

function recordDecoded(p: Dissection, at: number, end: number, encoding: string, type: string): void {
  const codings = contentCodings(encoding)
  if (codings.length === 0) {
    recordFile(p, at, end, type)
    return
  }
  if (!p.wants(F.encoded) && !p.wants(F.fileData) && !p.looks()) return
  const unpacked = undoCodings(p.bytes.subarray(p.base + at, p.base + end), codings)
  const sizes = unpacked === null ? `${end - at} bytes` : `${end - at} bytes -> ${unpacked.length} bytes`
  const row = p.generateText(F.encoded, `Content-encoded entity body (${encoding}): ${sizes}`, at, end - at)
  if (unpacked === null) {
    p.nest(row)
    p.note(SEVERITY_WARN, 'Decompression failed', at, 0, F.decompressionFailed)
    p.close()
    p.data(at, end - at)
    return
  }
  const source = p.addSource('Uncompressed entity body', unpacked)
  if (source < 0) return
  p.enter(source)
  recordFile(p, 0, unpacked.length, type)
  p.leave()
}

function recordFile(p: Dissection, at: number, end: number, type: string): void {
  if (end === at) return
  const row = p.add(F.fileData, at, end - at)
  if (row >= 0) p.rows.value[row] = end - at
  if (!p.looks()) return
  const from = p.base + at
  const to = Math.min(p.base + end, p.end)
  const kind = contentKind(type, p.bytes, from, to)
  const page = isXmlPage(kind, p.bytes, from, to)
  if (page) p.via('data-text-lines')
  // Data is looked through by itself.
  if (p.next(F.contentType, page ? MEDIA_XML : kind, at, end - at, type)) p.look(at, end - at)
}

/** Records the chunks (RFC 9112 7.1) and returns their data put together; null when nobody wants it. */
function recordChunks(p: Dissection, at: number, end: number): Uint8Array | null {
  const { bytes, base } = p
  const limit = base + end
  const parts: Uint8Array[] = []
  let total = 0
  let i = base + at
  p.nest(p.generateText(F.chunked, 'HTTP chunked response', at, end - at))
  while (i < limit) {
    const feed = lineFeed(bytes, i, limit)
    const size = feed < 0 ? -1 : readChunkSize(bytes, i, feed)
    if (size < 0) {
      p.note(SEVERITY_WARN, 'This is no chunk size: the body is shown up to here', i - base, Math.min(limit, feed < 0 ? limit : feed) - i)
      break
    }
    const data = feed + 1
    const stop = Math.min(limit, data + size)
    const close = size === 0 ? data : lineEnd(bytes, stop, limit)
    const label = size === 0 ? 'End of chunked encoding' : `Data chunk (${size} octets)`
    p.nest(p.generateText(F.chunk, label, i - base, close - i))
    p.generate(F.chunkSize, size, i - base, data - i)
    if (!isStrictChunkSize(bytes, i, feed)) p.note(SEVERITY_WARN, 'Programs may read this chunk size in different ways', i - base, data - i)
    if (size > 0) {
      p.add(F.chunkData, data - base, stop - data)
      if (close > stop) p.add(F.chunkBoundary, stop - base, close - stop)
      else if (stop === data + size && stop < limit) p.note(SEVERITY_WARN, 'The chunk does not end in a line end', stop - base, 0)
    }
    p.close()
    i = close
    if (size === 0) {
      i = recordTrailer(p, i, limit)
      break
    }
    parts.push(bytes.subarray(data, stop))
    total += stop - data
  }
  p.close()
  if (!p.wants(F.fileData) && !p.wants(F.encoded) && !p.looks()) return null
  const whole = new Uint8Array(total)
  let to = 0
  for (const part of parts) {
    whole.set(part, to)
    to += part.length
  }
  return whole
}

/** Behind CRLF or LF at `at`, or `at` itself. */
function lineEnd(bytes: Uint8Array, at: number, limit: number): number {
  if (at < limit && bytes[at] === 0x0a) return at + 1
  return at + 1 < limit && bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? at + 2 : at
}

function recordTrailer(p: Dissection, at: number, limit: number): number {
  const from = at
  while (at < limit) {
    const feed = lineFeed(p.bytes, at, limit)
    const next = feed < 0 ? limit : feed + 1
    if (next - at <= 2 && (p.bytes[at] === 0x0d || p.bytes[at] === 0x0a)) {
      if (at > from) p.add(F.trailerPart, from - p.base, at - from)
      p.add(F.bodyEnd, at - p.base, next - at)
      return next
    }
    at = next
  }
  if (at > from) p.add(F.trailerPart, from - p.base, at - from)
  return at
}
