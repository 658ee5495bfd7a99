// What is remembered of HTTP/2 while a capture is read: header tables, the headers of each block, and which frames make up a stream.
//
// Packets are looked at in any order, but headers can only be decoded in the order in which they were sent. So they are decoded once, while the
// stream is framed, and kept as numbers: a frame that carries headers or data has a *fact* (its number is Messages.aux), a fact may have a
// block, a block is a run of headers, a header is a pair of texts that all blocks share.

import { column8, column32, columnInt } from '../../bytes/columns.ts'
import { emptyRepresentation, HpackTable, INCOMPLETE, MAX_STRING, readRepresentation, SIZE_UPDATE } from './hpack.ts'
import { HeaderTexts } from './texts.ts'

/** Headers, and bytes of headers, shown of one block: what is beyond is decoded, for the table's sake, and not kept (as Wireshark stops). */
export const MAX_LINES = 200
export const MAX_BLOCK = 256 * 1024
/** Streams of one connection that may be open at once; the oldest are forgotten first. */
export const MAX_STREAMS = 4096

// Marks of a block.
/** MAX_LINES or MAX_BLOCK was reached. */
export const LINES_EXCEEDED = 1
export const SIZE_EXCEEDED = 2
/** The bytes are no HPACK from some place on, or refer to nothing. */
export const DAMAGED = 4
/** The frame ends inside a header, which the next one finishes. */
export const UNFINISHED = 8

// What a block of headers is.
export const KIND_TRAILERS = 0
export const KIND_REQUEST = 1
export const KIND_RESPONSE = 2
export const KIND_INTERIM = 3
/** A CONTINUATION frame: it goes on with the block of the frame before it. */
export const KIND_CONTINUED = 4

export class Http2Log {
  readonly texts = new HeaderTexts()
  /** Streams forgotten because too many were open. */
  forgotten = 0

  private headerCount = 0
  readonly pairs = column32()
  /** Form of each header, and the index it was written with × 8. */
  readonly forms = column32()

  private blockCount = 0
  readonly firstHeader = column32()
  readonly headers = column32()
  /** Bytes at the beginning of the frame's block that finish a header of the frame before. */
  readonly carried = column32()
  readonly marks = column8()
  readonly kind = column8()

  private factCount = 0
  /** Of each fact: index of its message + 1, its stream + 1, its block + 1, the fact before it in the stream's direction (0: none). */
  readonly messageOf = columnInt()
  readonly streamOf = column32()
  readonly blockOf = column32()
  readonly before = column32()

  streams = 0
  readonly streamId = column32()
  readonly connectionOf = column32()
  /** The facts of a stream's request and response headers, and of the last frame of each; 0: none yet. */
  readonly request = column32()
  readonly response = column32()
  readonly lastOfRequest = column32()
  readonly lastOfResponse = column32()

  connections = 0

  addFact(stream: number, before: number): number {
    const fact = ++this.factCount
    this.streamOf.set(fact, stream + 1)
    this.before.set(fact, before)
    return fact
  }

  addBlock(fact: number): number {
    const block = this.blockCount++
    this.blockOf.set(fact, block + 1)
    this.firstHeader.set(block, this.headerCount)
    return block
  }

  addHeader(pair: number, form: number, index: number): void {
    const i = this.headerCount++
    this.pairs.set(i, pair)
    this.forms.set(i, form + index * 8)
  }

  addStream(connection: number, id: number): number {
    const stream = this.streams++
    this.connectionOf.set(stream, connection)
    this.streamId.set(stream, id)
    return stream
  }

  /** The block of a fact, or -1. */
  block(fact: number): number {
    return this.blockOf.at(fact) - 1
  }

  /** Does the fact go on with the headers of the one before it? */
  continues(fact: number): boolean {
    const block = this.block(fact)
    return block >= 0 && this.kind.at(block) === KIND_CONTINUED
  }

  /** Value of a header in the message whose headers the fact carries; undefined when it is not there. */
  header(fact: number, name: string): string | undefined {
    const block = this.block(fact)
    if (block < 0) return undefined
    const from = this.firstHeader.at(block)
    for (let i = from, last = from + this.headers.at(block); i < last; i++)
      if ((this.forms.at(i) & 7) !== SIZE_UPDATE && this.texts.name(this.pairs.at(i)) === name) return this.texts.value(this.pairs.at(i))
    return undefined
  }
}

export const makeLog = (): Http2Log => new Http2Log()

interface Stream {
  readonly number: number
  /** By side: the last fact, the headers that the side sent (request or response), and whether it has ended. */
  readonly last: [number, number]
  readonly head: [number, number]
  readonly ended: [boolean, boolean]
}

/** What the two directions of a connection share. */
export class Connection {
  readonly number: number
  readonly open = new Map<number, Stream>()
  readonly log: Http2Log
  private sides = 0

  constructor(log: Http2Log) {
    this.log = log
    this.number = log.connections++
  }

  nextSide(): 0 | 1 {
    return this.sides++ === 0 ? 0 : 1
  }

  stream(id: number): Stream {
    const known = this.open.get(id)
    if (known !== undefined) return known
    const stream: Stream = { number: this.log.addStream(this.number, id), last: [0, 0], head: [0, 0], ended: [false, false] }
    this.open.set(id, stream)
    if (this.open.size > MAX_STREAMS) {
      const oldest = this.open.keys().next()
      if (oldest.done !== true) this.open.delete(oldest.value)
      this.log.forgotten++
    }
    return stream
  }
}

/** One direction of a connection. */
export class Side {
  readonly connection: Connection
  readonly side: 0 | 1
  frames = 0
  private readonly table: HpackTable
  private readonly log: Http2Log
  private readonly read = emptyRepresentation()
  /** The block under way: the stream, the facts so far; -1 when none is. */
  private stream: Stream | null = null
  private endsStream = false
  /** The bytes of a header that the last frame did not finish. */
  private rest: Uint8Array | null = null
  private lines = 0
  private bytes = 0
  private broken = false

  constructor(connection: Connection, complete: boolean) {
    this.connection = connection
    this.side = connection.nextSide()
    this.log = connection.log
    this.table = new HpackTable(connection.log.texts, complete)
  }

  /** Frames were missed. */
  interrupt(): void {
    this.table.forget()
    this.stream = null
    this.rest = null
  }

  /** DATA arrived. Returns its fact. */
  data(id: number, end: boolean): number {
    const stream = this.connection.stream(id)
    const fact = this.append(stream)
    if (end) this.finish(id, stream)
    return fact
  }

  /** HEADERS arrived; `from` … `to` is its part of the header block. Returns its fact. */
  headers(id: number, bytes: Uint8Array, from: number, to: number, endHeaders: boolean, endStream: boolean): number {
    const stream = this.connection.stream(id)
    const fact = this.append(stream)
    this.begin(stream, endStream)
    this.decode(fact, bytes, from, to, endHeaders, id, true)
    return fact
  }

  /** PUSH_PROMISE arrived: a request that the server makes in the client's place. */
  promise(promised: number, bytes: Uint8Array, from: number, to: number, endHeaders: boolean): number {
    const stream = this.connection.stream(promised)
    // The promise belongs to the promised stream, but is no part of what this direction sends on it.
    const fact = this.log.addFact(stream.number, 0)
    this.begin(stream, false)
    this.decode(fact, bytes, from, to, endHeaders, promised, true)
    stream.head[this.side] = 0
    return fact
  }

  /** CONTINUATION arrived. */
  continuation(id: number, bytes: Uint8Array, from: number, to: number, endHeaders: boolean): number {
    const under = this.stream
    const stream = under ?? this.connection.stream(id)
    const fact = this.append(stream)
    // Without its beginning the block cannot be read, and what it would have put into the table is missing from it.
    if (under === null) {
      this.table.forget()
      return fact
    }
    this.decode(fact, bytes, from, to, endHeaders, id, false)
    return fact
  }

  reset(id: number): void {
    this.connection.open.delete(id)
  }

  /** A frame with headers was too long to be read. */
  passOver(): void {
    this.interrupt()
  }

  private append(stream: Stream): number {
    const fact = this.log.addFact(stream.number, stream.last[this.side])
    stream.last[this.side] = fact
    const { request, response, lastOfRequest, lastOfResponse } = this.log
    const head = stream.head[this.side]
    if (head !== 0 && head === request.at(stream.number)) lastOfRequest.set(stream.number, fact)
    else if (head !== 0 && head === response.at(stream.number)) lastOfResponse.set(stream.number, fact)
    return fact
  }

  private finish(id: number, stream: Stream): void {
    stream.ended[this.side] = true
    if (stream.ended[0] && stream.ended[1]) this.connection.open.delete(id)
  }

  private begin(stream: Stream, endStream: boolean): void {
    this.stream = stream
    this.endsStream = endStream
    this.rest = null
    this.lines = 0
    this.bytes = 0
    this.broken = false
  }

  private decode(fact: number, bytes: Uint8Array, from: number, to: number, endHeaders: boolean, id: number, first: boolean): void {
    const { log, table, read } = this
    const block = log.addBlock(fact)
    let before = 0
    if (this.rest !== null) {
      before = this.rest.length
      const joined = new Uint8Array(before + to - from)
      joined.set(this.rest)
      joined.set(bytes.subarray(from, to), before)
      this.rest = null
      bytes = joined
      to = joined.length
      from = 0
    }
    let marks = 0
    let count = 0
    let at = from
    while (at < to && !this.broken) {
      const next = readRepresentation(bytes, at, to, read)
      if (next === INCOMPLETE && !endHeaders && to - at <= 2 * MAX_STRING) {
        this.rest = bytes.slice(at, to)
        marks |= UNFINISHED
        break
      }
      const pair = next < 0 ? -1 : table.apply(read, bytes)
      if (pair < 0) {
        this.broken = true
        table.forget()
        break
      }
      if (at === from && before > 0) log.carried.set(block, next - before)
      at = next
      if (this.lines >= MAX_LINES) marks |= LINES_EXCEEDED
      else if (this.bytes > MAX_BLOCK) marks |= SIZE_EXCEEDED
      else {
        log.addHeader(pair, read.form, read.index)
        count++
        if (read.form !== SIZE_UPDATE) {
          this.lines++
          this.bytes += log.texts.name(pair).length + log.texts.value(pair).length
        }
      }
    }
    if (this.broken) marks |= DAMAGED
    log.headers.set(block, count)
    log.marks.set(block, marks)
    if (first) this.classify(fact, block)
    else log.kind.set(block, KIND_CONTINUED)
    if (!endHeaders) return
    if (this.endsStream && this.stream !== null) this.finish(id, this.stream)
    this.stream = null
  }

  /** Request, response or trailers? Pseudo-headers come first (RFC 9113 8.3), so the first frame of a block tells. */
  private classify(fact: number, block: number): void {
    const { log } = this
    const stream = this.stream!
    const status = log.header(fact, ':status')
    if (status !== undefined) {
      const interim = status.length === 3 && status[0] === '1'
      log.kind.set(block, interim ? KIND_INTERIM : KIND_RESPONSE)
      if (interim || log.response.at(stream.number) !== 0) return
      log.response.set(stream.number, fact)
      log.lastOfResponse.set(stream.number, fact)
      stream.head[this.side] = fact
    } else if (log.header(fact, ':method') !== undefined) {
      log.kind.set(block, KIND_REQUEST)
      if (log.request.at(stream.number) !== 0) return
      log.request.set(stream.number, fact)
      log.lastOfRequest.set(stream.number, fact)
      stream.head[this.side] = fact
    }
  }
}
