// Several contents in one, with a boundary between them: RFC 2046 5.1.
//
//   preamble  --boundary CRLF  header CRLF … CRLF  content  CRLF--boundary CRLF  …  CRLF--boundary--  trailer

import { decodeLatin1, decodeText } from '../bytes/decode.ts'
import { spellControls } from '../bytes/format.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, type Field, type FieldOptions, text } from '../core/protocol.ts'
import { contentKind, isXmlPage, MEDIA_MULTIPART, MEDIA_XML, mediaName } from './names/media-types.ts'

/** Parts that are told apart. */
const MAX_PARTS = 200
/** RFC 2046 5.1.1: at most 70 letters; some programs use more. */
const MAX_BOUNDARY = 200
const CR = 0x0d
const LF = 0x0a

const asWritten: NonNullable<FieldOptions['display']> = (_get, _value, _shown, raw) => spellControls(raw())
const header = (name: string, about: string): Field =>
  text(`mime_multipart.header.${name.toLowerCase()}`, name, { about, display: asWritten })
const line = (label: string) => (_get: unknown, _value: number, shown: string) => `${label}: ${spellControls(shown)}`

const F = {
  boundaryName: text('', 'Boundary', { hidden: true, about: 'The words between the parts, as the message that carries them says.' }),
  type: text('mime_multipart.type', 'Type', { about: 'Says how the parts belong together: as a form, as alternatives, as a mixture.' }),
  preamble: bytes('mime_multipart.preamble', 'Preamble', {
    about: 'Words before the first part, for programs that do not know about parts.',
  }),
  first: text('mime_multipart.first_boundary', 'First boundary', {
    about: 'The line with which the first part begins.',
    display: line('First boundary'),
  }),
  boundary: text('mime_multipart.boundary', 'Boundary', {
    about: 'The line that ends one part and begins the next one.',
    display: line('Boundary'),
  }),
  last: text('mime_multipart.last_boundary', 'Last boundary', {
    about: 'The line with which the last part ends.',
    display: line('Last boundary'),
  }),
  part: text('mime_multipart.part', 'Encapsulated multipart part', {
    about: 'One of the contents, with headers of its own before it.',
    display: (_get, _value, shown) => `Encapsulated multipart part: ${shown === '' ? '' : ` (${shown})`}`,
  }),
  otherHeader: text('', 'Header', { about: 'A header of this part, its name and its value.', display: asWritten }),
  headEnd: text('', 'End of headers', { about: 'An empty line ends the headers of the part.', display: asWritten }),
  description: header('Content-Description', 'Says in words what the part is.'),
  disposition: header('Content-Disposition', 'Says what the part is for: which input of a form, or which file.'),
  encoding: header('Content-Encoding', 'How the part was compressed before it was sent.'),
  id: header('Content-Id', 'A name by which other parts can refer to this one.'),
  language: header('Content-Language', 'The language that the part is written in.'),
  length: header('Content-Length', 'How many bytes the part has.'),
  transferEncoding: header('Content-Transfer-Encoding', 'How the bytes of the part are spelled for the way.'),
  contentType: text('mime_multipart.header.content-type', 'Content-Type', {
    about: 'What kind of data this part is.',
    display: asWritten,
    selectsLike: 'http.content_type',
  }),
  trailer: bytes('mime_multipart.trailer', 'Trailer', { about: 'Words behind the last part, which programs pass over.' }),
}

const headers: ReadonlyMap<string, Field> = new Map([
  ['content-description', F.description],
  ['content-disposition', F.disposition],
  ['content-encoding', F.encoding],
  ['content-id', F.id],
  ['content-language', F.language],
  ['content-length', F.length],
  ['content-transfer-encoding', F.transferEncoding],
  ['content-type', F.contentType],
])

export const mimeMultipart = defineProtocol({
  name: 'mime_multipart',
  title: 'MIME Multipart Media Encapsulation',
  spec: 'RFC 2046 5.1',
  about: 'Several contents in one body, such as the files that a form uploads.',
  fields: F,
  accepts: { 'http.content_type': [MEDIA_MULTIPART] },
  scanStops: true,
  content: {},
  heading: (get) => `MIME Multipart Media Encapsulation, Type: ${get.text(F.type)}, Boundary: "${get.text(F.boundaryName)}"`,

  dissect(p) {
    if (!p.recording) return
    const boundary = boundaryOf(p.said)
    p.generateText(F.boundaryName, boundary)
    p.generateText(F.type, mediaName(p.said))
    const first = boundary === '' ? null : findBoundary(p, 0, boundary)
    p.span(p.available())
    if (first === null) {
      p.data(0)
      return
    }
    if (first.start > 0) p.add(F.preamble, 0, first.start)
    p.add(F.first, first.start, first.end - first.start)
    let at = first.end
    for (let parts = 0; parts < MAX_PARTS; parts++) {
      const next = findBoundary(p, at, boundary)
      if (next === null) break
      recordPart(p, at, next.start)
      p.add(next.last ? F.last : F.boundary, next.start, next.end - next.start)
      at = next.end
      if (next.last) {
        if (p.has(at + 1)) p.add(F.trailer, at, p.available() - at)
        return
      }
    }
    // The last part may be cut.
    if (p.has(at + 1)) p.data(at)
  },
})

/** The parameter of the Content-Type header. */
function boundaryOf(contentType: string): string {
  const found = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(contentType)
  const boundary = found?.[1] ?? found?.[2] ?? ''
  return boundary.length > MAX_BOUNDARY ? '' : boundary
}

interface Boundary {
  /** The line end before the dashes belongs to it. */
  readonly start: number
  readonly end: number
  readonly last: boolean
}

/** The next line that is the boundary, at or behind `at` of the layer. */
function findBoundary(p: Dissection, at: number, boundary: string): Boundary | null {
  const { bytes, base, end } = p
  const letters = `--${boundary}`
  for (let i = bytes.indexOf(0x2d, base + at); i >= 0 && i + letters.length <= end; i = bytes.indexOf(0x2d, i + 1)) {
    if (i > base + at && bytes[i - 1] !== LF) continue
    if (decodeLatin1(bytes, i, letters.length) !== letters) continue
    let stop = i + letters.length
    const last = stop + 1 < end && bytes[stop] === 0x2d && bytes[stop + 1] === 0x2d
    if (last) stop += 2
    while (stop < end && (bytes[stop] === 0x20 || bytes[stop] === 0x09)) stop++
    if (stop < end && bytes[stop] !== CR && bytes[stop] !== LF) continue
    if (stop < end && bytes[stop] === CR) stop++
    if (stop < end && bytes[stop] === LF) stop++
    let start = i
    if (at > 0 && start > base + at && bytes[start - 1] === LF) start--
    if (at > 0 && start > base + at && bytes[start - 1] === CR) start--
    return { start: start - base, end: stop - base, last }
  }
  return null
}

/** A part at `at` … `end`: headers up to an empty line, then its content. */
function recordPart(p: Dissection, at: number, end: number): void {
  const row = p.generateText(F.part, '', at, end - at)
  p.nest(row)
  let type = ''
  let from = at
  while (from < end) {
    const feed = p.bytes.indexOf(LF, p.base + from) - p.base
    const next = feed < 0 || feed >= end ? -1 : feed + 1
    const words = next < 0 ? '' : decodeText(p.bytes, p.base + from, next - from)
    const colon = words.indexOf(':')
    if (next < 0 || colon <= 0) break
    const blank = emptyLineAt(p, next, end)
    const field = headers.get(words.slice(0, colon).trim().toLowerCase()) ?? F.otherHeader
    const value = words.slice(colon + 1).trim()
    if (field === F.contentType) type = value
    // As in Wireshark the empty line that ends the headers belongs to the last one.
    const stop = blank < 0 ? next : blank
    p.generateText(field, value.replace(/;\s+/g, ';'), from, stop - from)
    from = stop
    if (blank >= 0) break
  }
  if (row >= 0) p.rows.texts.set(row, mediaName(type))
  if (from < end) {
    const start = p.base + from
    const kind = contentKind(type, p.bytes, start, p.base + end)
    const page = isXmlPage(kind, p.bytes, start, p.base + end)
    p.nextInside(F.contentType, page ? MEDIA_XML : kind, from, false, end - from, type)
  }
  p.close()
}

/** Where the empty line at `at` ends, -1 when there is none. */
function emptyLineAt(p: Dissection, at: number, end: number): number {
  if (at < end && p.u8(at) === LF) return at + 1
  return at + 1 < end && p.u8(at) === CR && p.u8(at + 1) === LF ? at + 2 : -1
}
