// Bodies of HTTP messages in the bytes of one direction, unpacked as far as they are there: chunks put together, compression undone.
//
// Lenient on purpose: a recording that begins late or ends early still shows what it shows.

import { type Coding, decompress, MAX_UNPACKED } from '../../crypto/decompress.ts'
import { readChunkSize } from '../../protocols/http/chunks.ts'
import { emptyHead, endsInVersion, isStatusLine, lineFeed, lineStop, MAX_HEAD, methodEnd, readHead } from '../../protocols/http/head.ts'
import { derive, LEVEL_DECODED, type Origin, type Region } from './regions.ts'

const MAX_MESSAGES = 100_000
const MAX_CODINGS = 4
/** Heads without an end before the rest of a stream is left alone. */
const MAX_BROKEN = 64
/** Largest packed body for which the packet of a part is worked out, at the price of unpacking it about twenty times. */
const MAX_BISECTED = 1024 * 1024

const CODINGS: Readonly<Record<string, Coding>> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate', br: 'br' }

/** Regions with the decoded bodies of the messages in a stream: one for each step of decoding that changed something. */
export function* httpBodies(stream: Region): Generator<Region> {
  const { bytes } = stream
  const head = emptyHead()
  let at = 0
  let broken = 0
  for (let messages = 0; messages < MAX_MESSAGES && at < bytes.length; messages++) {
    const start = messageStart(bytes, at)
    if (start < 0) return
    const behind = readHead(bytes, start, Math.min(bytes.length, start + MAX_HEAD), head)
    if (behind < 0) {
      at = lineFeed(bytes, start, bytes.length) + 1
      if (at === 0 || ++broken > MAX_BROKEN) return
      continue
    }
    const encoding = headerValue(bytes, start, behind, 'content-encoding')
    // The answer to a HEAD has a length and no body: then the next message begins at once.
    const bodyless =
      head.response && (head.status < 200 || head.status === 204 || head.status === 304 || isStatusLine(bytes, behind, bytes.length))
    if (bodyless) {
      at = behind
      continue
    }
    if (head.chunked) {
      const chunks = readChunks(bytes, behind)
      at = Math.max(chunks.end, behind)
      if (chunks.bytes.length === 0) continue
      const whole = derive(stream, LEVEL_DECODED, 'chunked', chunks.bytes, chunks.origin)
      yield whole
      yield* unpacked(whole, 0, whole.bytes.length, encoding)
      continue
    }
    const length = head.contentLength >= 0 ? head.contentLength : head.response ? bytes.length - behind : 0
    const end = Math.min(bytes.length, behind + length)
    yield* unpacked(stream, behind, end, encoding)
    at = end
  }
}

/** Where the next message begins, at or behind `at`: at once, or at the start of a later line. */
function messageStart(bytes: Uint8Array, at: number): number {
  for (let i = at; i < bytes.length; ) {
    if (isStatusLine(bytes, i, bytes.length)) return i
    const feed = lineFeed(bytes, i, bytes.length)
    if (feed < 0) return -1
    const space = methodEnd(bytes, i, feed)
    if (space > i && endsInVersion(bytes, space, feed)) return i
    i = feed + 1
  }
  return -1
}

/** The values of a header, joined by commas; '' without one. */
function headerValue(bytes: Uint8Array, start: number, end: number, name: string): string {
  const values: string[] = []
  for (let at = start; at < end; ) {
    const feed = lineFeed(bytes, at, end)
    if (feed < 0) break
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + at, lineStop(bytes, at, feed) - at).toString('latin1')
    const colon = line.indexOf(':')
    if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === name) values.push(line.slice(colon + 1).trim())
    at = feed + 1
  }
  return values.join(',')
}

interface Chunks {
  readonly bytes: Uint8Array
  /** Behind the last chunk, its trailer included. */
  readonly end: number
  origin(at: number, length: number): Origin
}

/** The data of chunks (RFC 9112 7.1), as many as are there. */
function readChunks(bytes: Uint8Array, from: number): Chunks {
  const parts: { readonly at: number; readonly from: number; readonly length: number }[] = []
  let total = 0
  let at = from
  while (at < bytes.length) {
    const feed = lineFeed(bytes, at, bytes.length)
    const size = feed < 0 ? -1 : readChunkSize(bytes, at, feed)
    if (size < 0) break
    at = feed + 1
    if (size === 0) {
      // Trailer lines up to an empty one.
      for (;;) {
        const line = lineFeed(bytes, at, bytes.length)
        if (line < 0) break
        const empty = lineStop(bytes, at, line) === at
        at = line + 1
        if (empty) break
      }
      break
    }
    const length = Math.min(size, bytes.length - at)
    if (length > 0) parts.push({ at: total, from: at, length })
    total += length
    at = Math.min(bytes.length, at + size)
    if (bytes[at] === 0x0d) at++
    if (bytes[at] === 0x0a) at++
  }
  const whole = new Uint8Array(total)
  for (const part of parts) whole.set(bytes.subarray(part.from, part.from + part.length), part.at)
  return {
    bytes: whole,
    end: at,
    origin(start, length) {
      const first = parts.find((part) => start < part.at + part.length)
      const last = parts.find((part) => start + length <= part.at + part.length)
      if (first === undefined || last === undefined) return { from, length: at - from }
      const begin = first.from + start - first.at
      return { from: begin, length: last.from + start + length - last.at - begin }
    },
  }
}

/** The body at from … to of a region with its codings undone, the last one applied first (RFC 9110 8.4). */
function* unpacked(region: Region, from: number, to: number, encoding: string): Generator<Region> {
  const codings = encoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
    .reverse()
  if (codings.length === 0 || codings.length > MAX_CODINGS || to <= from) return
  let packed = region
  let start = from
  let end = to
  for (const name of codings) {
    const coding = CODINGS[name]
    if (coding === undefined) return
    const body = packed.bytes.subarray(start, end)
    const bytes = decompress(coding, body)
    if (bytes === null || bytes.length === 0) return
    const base = start
    packed = derive(packed, LEVEL_DECODED, name === 'x-gzip' ? 'gzip' : name, bytes, (at, length) => {
      const { from: first, length: held } = packedPart(coding, body, at, length)
      return { from: base + first, length: held }
    })
    start = 0
    end = bytes.length
  }
  yield packed
}

/**
 * Which packed bytes an unpacked part came with: from where its first byte could not be had with less, to where its last one could. What
 * repeats earlier text is stored as a reference to it, so these bytes complete the part and need not spell it.
 */
export function packedPart(coding: Coding, packed: Uint8Array, at: number, length: number): Origin {
  if (packed.length > MAX_BISECTED) return { from: 0, length: packed.length }
  const reach = (wanted: number): number => {
    let low = 1
    let high = packed.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((decompress(coding, packed.subarray(0, middle), MAX_UNPACKED)?.length ?? 0) >= wanted) high = middle
      else low = middle + 1
    }
    return low
  }
  const end = reach(at + length)
  const from = Math.min(reach(at + 1), end) - 1
  return { from, length: end - from }
}
