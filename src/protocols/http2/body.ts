// The body of an HTTP/2 message: the DATA frames of one direction of a stream, put together where the last of them lies.

import type { Dissection } from '../../core/dissect.ts'
import type { Memory } from '../../core/memory.ts'
import { SEVERITY_WARN } from '../../core/note.ts'
import { contentCodings, undoCodings } from '../../crypto/decompress.ts'
import { contentKind, isXmlPage, MEDIA_XML } from '../names/media-types.ts'
import { F, knownHeaders } from './fields.ts'
import { factOf, logOf } from './headers.ts'
import { type Http2Log, KIND_CONTINUED, KIND_TRAILERS } from './session.ts'

/** Longest body that is put together; of a longer one the frames are shown each for itself. */
export const MAX_BODY = 64 * 1024 * 1024
const HEADER = 9
const DATA = 0
const PADDED = 0x08

/** The DATA frames of a body, in order, as facts; and the fact of its headers (0: not seen). */
interface Body {
  readonly frames: number[]
  readonly head: number
}

function collect(log: Http2Log, last: number): Body {
  const frames: number[] = []
  let fact = last
  for (; fact !== 0; fact = log.before.at(fact)) {
    const block = log.block(fact)
    if (block < 0) frames.push(fact)
    else if (log.kind.at(block) !== KIND_TRAILERS && log.kind.at(block) !== KIND_CONTINUED) break
  }
  return { frames: frames.reverse(), head: fact }
}

/** The data of a DATA frame (index in memory.messages), read again from its packets. Other frames have none. */
export function dataOf(memory: Memory, message: number): Uint8Array {
  if (message < 0) return new Uint8Array(0)
  const bytes = memory.bytesOf(message)
  if (bytes[3] !== DATA) return new Uint8Array(0)
  const padded = (bytes[4]! & PADDED) !== 0
  const from = HEADER + (padded ? 1 : 0)
  return bytes.subarray(from, Math.max(from, bytes.length - (padded ? bytes[HEADER]! : 0)))
}

/** Records what a DATA frame carries at `at` … `end`; `last`: the body ends here. Returns true when the frame is only a part. */
export function recordData(p: Dissection, at: number, end: number, last: boolean): boolean {
  const fact = factOf(p)
  const log = logOf(p)
  if (!last || fact === 0) {
    if (end > at) p.add(F.data, at, end - at)
    return !last
  }
  const { frames, head } = collect(log, fact)
  const type = head === 0 ? '' : (log.header(head, 'content-type') ?? '')
  const encoding = head === 0 ? '' : (log.header(head, 'content-encoding') ?? '')
  const alone = frames.length <= 1
  if (alone) {
    if (end > at) recordDecoded(p, at, end, encoding, type)
    return false
  }
  if (!BODY.some((field) => p.wants(field)) && !p.looks() && !p.recording) return false
  const parts = frames.map((frame) => dataOf(p.memory, log.messageOf.at(frame) - 1))
  const total = parts.reduce((sum, part) => sum + part.length, 0)
  const whole = total > MAX_BODY ? null : join(parts, total)
  const source = whole === null ? -1 : p.addSource('Reassembled body', whole)
  if (source < 0) {
    p.note(SEVERITY_WARN, `The body is longer than the ${MAX_BODY} bytes that are put together`, at, end - at, F.reassemblyFailed)
    if (end > at) p.add(F.data, at, end - at)
    return false
  }
  within(p, source, () => {
    recordFragments(p, log, frames, parts, total)
    if (total > 0) recordDecoded(p, 0, total, encoding, type)
  })
  return false
}

const BODY = [F.fragments, F.fragment, F.fragmentCount, F.bodyLength, F.body, F.data, F.encoded, F.decompressionFailed]

function join(parts: readonly Uint8Array[], total: number): Uint8Array {
  const whole = new Uint8Array(total)
  let to = 0
  for (const part of parts) {
    whole.set(part, to)
    to += part.length
  }
  return whole
}

/** Reads on in another source while `work` runs; unlike p.enter, this can lie inside another one. */
function within(p: Dissection, source: number, work: () => void): void {
  const { bytes, base, end, reportedEnd, source: outer } = p
  p.bytes = p.sources[source]!
  p.source = source
  p.base = 0
  p.end = p.bytes.length
  p.reportedEnd = p.end
  work()
  p.bytes = bytes
  p.source = outer
  p.base = base
  p.end = end
  p.reportedEnd = reportedEnd
}

/** "3 Body fragments (39082 bytes): #58(16384), #73(9437), #92(13261)". */
function recordFragments(p: Dissection, log: Http2Log, frames: readonly number[], parts: readonly Uint8Array[], total: number): void {
  if (!BODY.some((field) => p.wants(field))) return
  const packet = (fact: number): number => p.memory.messages.packet(log.messageOf.at(fact) - 1)
  // A frame without data is no piece.
  const pieces = frames.map((fact, i) => ({ fact, length: parts[i]!.length })).filter(({ length }) => length > 0)
  const list = pieces.map(({ fact, length }) => `#${packet(fact)}(${length})`).join(', ')
  p.nest(p.generateText(F.fragments, `${pieces.length} Body fragments (${total} bytes): ${list}`, 0, total))
  let at = 0
  for (const { fact, length } of pieces) {
    p.generate(F.fragment, packet(fact), at, length)
    at += length
  }
  p.generate(F.fragmentCount, pieces.length)
  p.generate(F.bodyLength, total)
  p.add(F.body, 0, total)
  p.close()
}

function recordDecoded(p: Dissection, at: number, end: number, encoding: string, type: string): void {
  const codings = contentCodings(encoding)
  if (codings.length === 0) {
    p.add(F.data, at, end - at)
    hand(p, at, end - at, type)
    return
  }
  const unpacked = undoCodings(p.bytes.subarray(p.base + at, Math.min(p.base + end, p.end)), codings)
  const sizes = unpacked === null ? `${end - at} bytes` : `${end - at} bytes -> ${unpacked.length} bytes`
  p.nest(p.generateText(F.encoded, `Content-encoded entity body (${encoding}): ${sizes}`, at, end - at))
  const source = unpacked === null ? -1 : p.addSource('Uncompressed entity body', unpacked)
  if (unpacked === null || source < 0) {
    p.note(SEVERITY_WARN, F.decompressionFailed.label, at, 0, F.decompressionFailed)
    p.close()
    return
  }
  within(p, source, () => p.add(F.data, 0, unpacked.length))
  p.close()
  within(p, source, () => hand(p, 0, unpacked.length, type))
}

/** What the body is goes to whoever knows its kind. */
function hand(p: Dissection, at: number, length: number, type: string): void {
  if (length <= 0) return
  const from = p.base + at
  const to = Math.min(from + length, p.end)
  const kind = contentKind(type, p.bytes, from, to)
  const page = isXmlPage(kind, p.bytes, from, to)
  if (page) p.via('data-text-lines')
  if (p.next(knownHeaders.get('content-type')!, page ? MEDIA_XML : kind, at, length, type)) p.look(at, length)
}
