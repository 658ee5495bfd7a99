// Requests and responses of HTTP/2, as facts of the whole capture: for whoever lists exchanges, follows streams or exports bodies.
//
//     for (const exchange of http2Exchanges(capture.memory)) console.log(exchange.request?.headers, exchange.response?.headers)

import type { Memory } from '../../core/memory.ts'
import { dataOf } from './body.ts'
import { SIZE_UPDATE } from './hpack.ts'
import { type Http2Log, makeLog } from './session.ts'

/** One of the two messages of a stream. */
export interface Http2Message {
  /** Names and values, a letter per byte, in the order in which they were sent; trailers are not among them. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Index in memory.messages of the frame with the headers. */
  readonly head: number
  /** Indexes in memory.messages of all frames from the headers to the end, CONTINUATION and trailers among them. */
  readonly frames: readonly number[]
}

export interface Http2Exchange {
  /** Number of the connection among those of the capture that speak HTTP/2. */
  readonly connection: number
  /** The stream's identifier on the wire. */
  readonly stream: number
  readonly request: Http2Message | null
  /** null: none was seen. Interim responses (1xx) are passed over. */
  readonly response: Http2Message | null
}

/** All streams that carried a request or a response, in the order in which they were opened. */
export function* http2Exchanges(memory: Memory): Generator<Http2Exchange> {
  const log = memory.shelf.keep(makeLog)
  for (let stream = 0; stream < log.streams; stream++) {
    const request = messageOf(log, log.request.at(stream), log.lastOfRequest.at(stream))
    const response = messageOf(log, log.response.at(stream), log.lastOfResponse.at(stream))
    if (request === null && response === null) continue
    yield { connection: log.connectionOf.at(stream), stream: log.streamId.at(stream), request, response }
  }
}

/** The body as it travelled, Content-Encoding not undone: the DATA frames of the message, read again from the capture. */
export function http2Body(memory: Memory, message: Http2Message): Uint8Array[] {
  return message.frames.map((frame) => dataOf(memory, frame)).filter(({ length }) => length > 0)
}

function messageOf(log: Http2Log, head: number, last: number): Http2Message | null {
  if (head === 0) return null
  const frames: number[] = []
  for (let fact = last; fact !== 0; fact = log.before.at(fact)) {
    const message = log.messageOf.at(fact) - 1
    if (message >= 0) frames.push(message)
    if (fact === head) break
  }
  return { headers: headersOf(log, head, last), head: log.messageOf.at(head) - 1, frames: frames.reverse() }
}

/** Those of the frame with the headers and of the CONTINUATION frames that follow it. */
function headersOf(log: Http2Log, head: number, last: number): [string, string][] {
  const facts = [head]
  const behind: number[] = []
  for (let fact = last; fact > head; fact = log.before.at(fact)) behind.push(fact)
  for (const fact of behind.reverse()) {
    if (!log.continues(fact)) break
    facts.push(fact)
  }
  return facts.flatMap((fact) => {
    const block = log.block(fact)
    if (block < 0) return []
    const first = log.firstHeader.at(block)
    const headers: [string, string][] = []
    for (let i = first; i < first + log.headers.at(block); i++)
      if ((log.forms.at(i) & 7) !== SIZE_UPDATE) headers.push([log.texts.name(log.pairs.at(i)), log.texts.value(log.pairs.at(i))])
    return headers
  })
}
