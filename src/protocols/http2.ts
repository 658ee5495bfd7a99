// Hypertext Transfer Protocol 2: RFC 9113.
//
//   preface of the client:  PRI * HTTP/2.0 CRLF CRLF SM CRLF CRLF
//   frame:   0        3      4       5            9
//            length   type   flags   R|stream     payload …
//
// Each frame is a message of its connection, and a layer. What lies beyond one frame is found out while the stream is read (http2/session.ts) and
// kept in one Http2Log for the capture, `memory.shelf.keep(makeLog)`: Messages.aux of a frame with headers or data is its *fact*;
// log.streamOf(fact) is the stream; log.request, log.response, log.lastOfRequest and log.lastOfResponse give, by stream, the facts where the
// two messages of an exchange begin and end; log.header(fact, name) and log.messageOf lead back to headers and packets. Request and response
// headers are paired in Memory.messages as those of HTTP/1 are. See http2/exchange.ts.

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol } from '../core/protocol.ts'
import { allFields, describeHeaders, F } from './http2/fields.ts'
import { recordFlags, recordPayload } from './http2/frames.ts'
import { HEADER, http2Framing, PREFACE } from './http2/framing.ts'
import { httpStatusNames } from './names/http-status.ts'
import { frameNames } from './names/http2.ts'

const typeName = (type: number): string => frameNames[type] ?? `Unknown type (${type})`

const statusName = (code: number): string => httpStatusNames[code] ?? 'Unknown'

export const http2 = defineProtocol({
  name: 'http2',
  title: 'HyperText Transfer Protocol 2',
  spec: 'RFC 9113',
  about: 'Carries many requests and answers at once over one connection, in frames, with compressed headers.',
  fields: allFields,
  framing: http2Framing,
  scanStops: true,
  summary(get) {
    if (get.has(F.magic)) return 'Magic'
    if (!get.has(F.type)) return ''
    const said = describeHeaders(get, statusName)
    return `${typeName(get.number(F.type))}[${get.number(F.streamId)}]${said === '' ? '' : `: ${said}`}`
  },

  dissect(p) {
    if (!p.recording) return
    if (p.available() === PREFACE.length && p.u8(0) === PREFACE[0]) {
      p.nest(p.generateText(F.stream, 'Stream: Magic', 0, PREFACE.length))
      p.add(F.magic, 0, PREFACE.length)
      p.close()
      p.span(PREFACE.length)
      return
    }
    if (!p.has(HEADER)) return p.short(HEADER)
    const length = p.u24(0)
    p.span(HEADER + length)
    const row = p.generateText(F.stream, streamText(p, length), 0, HEADER + length)
    p.nest(row)
    p.add(F.length, 0)
    p.add(F.type, 3)
    recordFlags(p)
    p.add(F.reserved, 5)
    p.add(F.streamId, 5)
    const said = recordPayload(p, HEADER, HEADER + length)
    p.close()
    if (row >= 0 && said !== '') p.rows.texts.set(row, `${streamText(p, length)}${said}`)
    if (!p.has(HEADER + length)) p.short(HEADER + length)
  },
})

function streamText(p: Dissection, length: number): string {
  return `Stream: ${typeName(p.u8(3))}, Stream ID: ${p.u32(5) & 0x7fffffff}, Length ${length}`
}
