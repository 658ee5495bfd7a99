// The rows of a header block. What the headers are was found out when the stream was read (session.ts); here the frame's bytes only tell
// where each of them lies.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { SEVERITY_ERROR, SEVERITY_WARN } from '../../core/note.ts'
import { httpStatusNames } from '../names/http-status.ts'
import { F, knownHeaders } from './fields.ts'
import { emptyRepresentation, LITERAL, LITERAL_NEVER, LITERAL_STORED, readRepresentation, SIZE_UPDATE } from './hpack.ts'
import { DAMAGED, type Http2Log, LINES_EXCEEDED, makeLog, SIZE_EXCEEDED } from './session.ts'
import { UNKEPT, UNKNOWN } from './texts.ts'

const REPRESENTATIONS = [
  'Indexed Header Field',
  'Literal Header Field with Incremental Indexing - Indexed Name',
  'Literal Header Field with Incremental Indexing - New Name',
  'Literal Header Field without Indexing - Indexed Name',
  'Literal Header Field without Indexing - New Name',
  'Literal Header Field never Indexed - Indexed Name',
  'Literal Header Field never Indexed - New Name',
  'Maximum Dynamic Table Size Change',
]
/** Bytes of each length in the decompressed source. */
const LENGTH = 4

const headerFields: readonly Field[] = [
  ...knownHeaders.values(),
  ...[F.headerLength, F.headerCount, F.header, F.nameLength, F.name, F.valueLength, F.value, F.unescaped, F.representation, F.index],
  ...[F.sizeUpdate, F.tableSize, F.fullUri, F.sizeExceeded, F.linesExceeded],
]

/** The fact of the message that is this layer; 0 without one (a frame that was cut, or lies in no stream). */
export function factOf(p: Dissection): number {
  return p.message < 0 ? 0 : p.memory.messages.aux(p.message)
}

export const logOf = (p: Dissection): Http2Log => p.memory.shelf.keep(makeLog)

/** Records the headers whose block lies at `at` … `end`. */
export function recordHeaders(p: Dissection, at: number, end: number): void {
  if (!p.looks() && !headerFields.some((field) => p.wants(field))) return
  const log = logOf(p)
  const fact = factOf(p)
  const block = fact === 0 ? -1 : log.block(fact)
  if (block < 0) {
    if (end > at)
      p.note(SEVERITY_WARN, 'The headers cannot be read: the frame was cut, or is too long, or its beginning is missing', at, end - at)
    return
  }
  const first = log.firstHeader.at(block)
  const count = log.headers.at(block)
  const whole = encodeHeaders(log, first, count)
  const source = whole.length === 0 ? -1 : p.addSource('Decompressed Header', whole)
  p.generate(F.headerLength, whole.length, 0, 1)
  p.generate(F.headerCount, count, 0, 1)
  const read = emptyRepresentation()
  let wire = p.base + at
  const stop = Math.min(p.base + end, p.end)
  let place = 0
  for (let i = first; i < first + count; i++) {
    const carried = i === first ? log.carried.at(block) : 0
    const next = carried > 0 ? wire + carried : readRepresentation(p.bytes, wire, stop, read)
    if (next < 0) break
    place += recordHeader(p, log, i, wire - p.base, next - wire, source, place)
    wire = next
  }
  noteMarks(p, log.marks.at(block), at, end)
  recordUri(p, log, fact)
  if (source >= 0 && p.looks()) {
    p.enter(source)
    p.look(0, whole.length)
    p.leave()
  }
}

function noteMarks(p: Dissection, marks: number, at: number, end: number): void {
  if ((marks & LINES_EXCEEDED) !== 0) p.note(SEVERITY_WARN, F.linesExceeded.label, at, end - at, F.linesExceeded)
  if ((marks & SIZE_EXCEEDED) !== 0) p.note(SEVERITY_WARN, F.sizeExceeded.label, at, end - at, F.sizeExceeded)
  if ((marks & DAMAGED) !== 0)
    p.note(SEVERITY_ERROR, 'The compressed headers are damaged: what follows the last one shown makes no sense', at, end - at)
}

/** Name and value of each header, each with its length before it: the source in which their rows lie. */
function encodeHeaders(log: Http2Log, first: number, count: number): Uint8Array {
  let length = 0
  for (let i = first; i < first + count; i++) {
    if ((log.forms.at(i) & 7) === SIZE_UPDATE) continue
    const pair = log.pairs.at(i)
    length += 2 * LENGTH + log.texts.name(pair).length + log.texts.value(pair).length
  }
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  let at = 0
  const put = (text: string): void => {
    view.setUint32(at, text.length)
    at += LENGTH
    for (let k = 0; k < text.length; k++) bytes[at++] = text.charCodeAt(k)
  }
  for (let i = first; i < first + count; i++) {
    if ((log.forms.at(i) & 7) === SIZE_UPDATE) continue
    put(log.texts.name(log.pairs.at(i)))
    put(log.texts.value(log.pairs.at(i)))
  }
  return bytes
}

/** One header: `at`, `length` in the frame, `place` in the decompressed source. Returns how many bytes of the source it takes. */
function recordHeader(p: Dissection, log: Http2Log, i: number, at: number, length: number, source: number, place: number): number {
  const form = log.forms.at(i) & 7
  const index = log.forms.at(i) >>> 3
  if (form === SIZE_UPDATE) {
    p.nest(p.generateText(F.sizeUpdate, 'Header table size update', at, length))
    p.generate(F.tableSize, index, at, length)
    p.close()
    return 0
  }
  const pair = log.pairs.at(i)
  const name = log.texts.name(pair)
  const value = log.texts.value(pair)
  const status = name === ':status' ? ` ${httpStatusNames[Number(value)] ?? 'Unknown'}` : ''
  p.nest(p.generateText(F.header, `Header: ${bytesText(name)}: ${bytesText(value)}${status}`, at, length))
  const nameAt = place + LENGTH
  const valueAt = nameAt + name.length + LENGTH
  if (source >= 0) {
    p.enter(source)
    p.add(F.nameLength, place)
    p.add(F.name, nameAt, name.length)
    p.add(F.valueLength, valueAt - LENGTH)
    p.add(F.value, valueAt, value.length)
    const known = knownHeaders.get(name)
    if (known?.numeric === true) {
      if (/^\d{1,15}$/.test(value)) p.generate(known, Number(value), valueAt, value.length)
    } else if (known !== undefined) p.add(known, valueAt, value.length)
    if (p.wants(F.unescaped)) {
      const unescaped = decodePercent(value)
      if (unescaped !== null) p.generateText(F.unescaped, unescaped, valueAt, value.length)
    }
    p.leave()
  }
  p.generateText(F.representation, REPRESENTATIONS[form]!, at, 1)
  if (index > 0 && [0, LITERAL_STORED, LITERAL, LITERAL_NEVER].includes(form)) p.generate(F.index, index, at, 1)
  if (pair === UNKNOWN || name === log.texts.name(UNKNOWN))
    p.note(SEVERITY_WARN, `Entry ${index} of the header table was sent before the capture began, or in bytes that it lacks`, at, length)
  else if (pair === UNKEPT) p.note(SEVERITY_WARN, 'The capture holds more different headers than are kept: this one is not', at, length)
  p.close()
  return 2 * LENGTH + name.length + value.length
}

/** Text of a letter per byte, read as UTF-8. */
function bytesText(letters: string): string {
  let plain = true
  for (let i = 0; i < letters.length && plain; i++) plain = letters.charCodeAt(i) < 0x80
  return plain ? letters : new TextDecoder().decode(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)))
}

/** %XX replaced by their letters; null when a percent sign stands for nothing. */
function decodePercent(value: string): string | null {
  if (!value.includes('%')) return bytesText(value)
  if (/%(?![0-9a-fA-F]{2})|%00/.test(value)) return null
  return bytesText(value.replace(/%([0-9a-fA-F]{2})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))))
}

function recordUri(p: Dissection, log: Http2Log, fact: number): void {
  if (!p.wants(F.fullUri)) return
  const path = log.header(fact, ':path')
  const authority = log.header(fact, ':authority') ?? log.header(fact, 'host')
  const scheme = log.header(fact, ':scheme')
  if (path === undefined || authority === undefined || scheme === undefined) return
  p.generateText(F.fullUri, bytesText(`${scheme}://${authority}${path}`))
}
