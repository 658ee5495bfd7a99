// QUIC frames: RFC 9000 19, RFC 9221 (datagrams), draft-ietf-quic-ack-frequency-01, draft-huitema-quic-ts-06. One function reads them, for the
// memory of connections and for the tree.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { quicFrameNames } from '../names/quic.ts'
import { alertNames } from '../names/tls-messages.ts'
import { F } from './fields.ts'
import { integerLength, readInteger } from './header.ts'

/** What a frame says that somebody must remember. */
export interface FrameFacts {
  type: number
  /** CRYPTO: offset in its stream, and where the bytes lie in the payload. */
  offset: number
  dataAt: number
  dataLength: number
  /** NEW_CONNECTION_ID: where the id lies, and the token behind it. */
  idAt: number
  idLength: number
  streamId: number
}

/** Reads one payload. With a dissection, whose current source is the payload, it records rows as well. */
export class FrameReader {
  readonly facts: FrameFacts = { type: 0, offset: 0, dataAt: 0, dataLength: 0, idAt: 0, idLength: 0, streamId: 0 }
  at = 0
  /** Bytes were missing inside a frame: nothing more can be read. */
  failed = false
  /** Told where the bytes of a CRYPTO frame lie, while the frame's row is open. */
  onCrypto: ((at: number, length: number) => void) | null = null
  private readonly bytes: Uint8Array
  private readonly p: Dissection | null
  private readonly google: boolean

  /** `google`: frames of the protocol that Google had before, of which only handshake bytes and padding are read. */
  constructor(bytes: Uint8Array, p: Dissection | null, google: boolean) {
    this.bytes = bytes
    this.p = p
    this.google = google
  }

  left(): number {
    return this.failed ? 0 : this.bytes.length - this.at
  }

  /** A variable-length integer; 0 when it is not there. */
  private integer(field: Field): number {
    if (this.left() < 1 || this.left() < integerLength(this.bytes[this.at]!)) {
      this.failed = true
      return 0
    }
    const length = integerLength(this.bytes[this.at]!)
    const value = readInteger(this.bytes, this.at)
    this.p?.generate(field, value, this.at, length)
    this.at += length
    return value
  }

  private data(field: Field, length: number): boolean {
    if (length > this.left()) {
      this.failed = true
      return false
    }
    if (length > 0) this.p?.add(field, this.at, length)
    this.at += length
    return true
  }

  /** Reads the next frame; its facts are in `facts`. */
  next(): void {
    const { p, facts, at } = this
    const row = p === null ? -1 : p.wants(F.frame) ? p.generateText(F.frame, '', at, 1) : -1
    p?.nest(row)
    if (this.google) this.googleFrame(row)
    else if (this.left() < integerLength(this.bytes[at]!)) this.failed = true
    else {
      const length = integerLength(this.bytes[at]!)
      facts.type = readInteger(this.bytes, at)
      this.at += length
      p?.generate(F.frameType, facts.type, at, length)
      const words = this.body(facts.type, at)
      if (p !== null && row >= 0) p.rows.texts.set(row, words)
    }
    p?.close(this.at)
  }

  private googleFrame(row: number): void {
    const { p, facts, at } = this
    const type = this.bytes[at]!
    facts.type = type === 0x08 ? 0x06 : type
    this.at++
    let words = 'Frame of gQUIC'
    if (type === 0x08) {
      this.crypto()
      words = 'CRYPTO'
    } else if (type === 0) words = this.padding(at)
    else this.at = this.bytes.length
    if (p !== null && row >= 0) p.rows.texts.set(row, words)
  }

  /** Reads what follows the type; returns the words for the frame's row. */
  private body(type: number, start: number): string {
    const name = quicFrameNames[type]?.[0] ?? `Unknown (0x${type.toString(16)})`
    switch (type) {
      case 0x00:
        return this.padding(start)
      case 0x02:
      case 0x03:
        this.acknowledgement(type === 0x03)
        return 'ACK'
      case 0x04:
        this.integer(F.resetStream)
        this.integer(F.resetError)
        this.integer(F.resetSize)
        return name
      case 0x05:
        this.integer(F.stopStream)
        this.integer(F.stopError)
        return name
      case 0x06:
        this.crypto()
        return name
      case 0x07:
        this.data(F.newToken, this.integer(F.newTokenLength))
        return name
      case 0x10:
        this.integer(F.maximumData)
        return name
      case 0x11:
        this.integer(F.maximumStream)
        this.integer(F.maximumStreamData)
        return name
      case 0x12:
      case 0x13:
        this.integer(F.maximumStreams)
        return name
      case 0x14:
        this.integer(F.blockedLimit)
        return name
      case 0x15:
        this.integer(F.blockedStream)
        this.integer(F.blockedLimit)
        return name
      case 0x16:
      case 0x17:
        this.integer(F.streamsLimit)
        return name
      case 0x18:
        this.newConnectionId()
        return name
      case 0x19:
        this.integer(F.retiredId)
        return name
      case 0x1a:
        this.data(F.challenge, 8)
        return name
      case 0x1b:
        this.data(F.response, 8)
        return name
      case 0x1c:
      case 0x1d:
        return this.close(type === 0x1c, name)
      case 0x30:
      case 0x31:
        this.data(F.datagram, type === 0x31 ? this.integer(F.datagramLength) : this.left())
        return name
      case 0xaf:
        this.frequency()
        return name
      case 0x2f5:
        this.integer(F.timestamp)
        return name
      default:
        if (type >= 0x08 && type <= 0x0f) return this.stream(type, start)
        // Types without a body; of an unknown one nobody can tell where it ends.
        if (quicFrameNames[type] === undefined) this.at = this.bytes.length
        return name
    }
  }

  private padding(start: number): string {
    let at = this.at
    while (at < this.bytes.length && this.bytes[at] === 0) at++
    this.p?.generate(F.paddingLength, at - start, this.at, 0)
    this.at = at
    return `PADDING Length: ${at - start}`
  }

  private acknowledgement(counts: boolean): void {
    this.integer(F.largest)
    this.integer(F.delay)
    const ranges = this.integer(F.rangeCount)
    this.integer(F.firstRange)
    for (let i = 0; i < ranges && !this.failed; i++) {
      this.integer(F.gap)
      this.integer(F.range)
    }
    if (!counts) return
    this.integer(F.ect0)
    this.integer(F.ect1)
    this.integer(F.congestion)
  }

  private crypto(): void {
    const { facts } = this
    facts.offset = this.integer(F.cryptoOffset)
    facts.dataLength = this.integer(F.cryptoLength)
    facts.dataAt = this.at
    if (!this.data(F.cryptoData, facts.dataLength)) facts.dataLength = 0
    else this.onCrypto?.(facts.dataAt, facts.dataLength)
  }

  private stream(type: number, start: number): string {
    const { p } = this
    p?.nest(p.rows.count - 1)
    p?.add(F.streamFin, start)
    p?.add(F.streamHasLength, start)
    p?.add(F.streamHasOffset, start)
    p?.close()
    const idAt = this.at
    const id = this.integer(F.streamId)
    this.facts.streamId = id
    if (p !== null && !this.failed) {
      p.nest(p.rows.count - 1)
      p.generate(F.streamInitiator, id % 2, idAt, this.at - idAt)
      p.generate(F.streamDirection, Math.floor(id / 2) % 2, idAt, this.at - idAt)
      p.close()
    }
    const offset = (type & 4) !== 0 ? this.integer(F.streamOffset) : 0
    const length = (type & 2) !== 0 ? this.integer(F.streamLength) : this.left()
    this.data(F.streamData, length)
    const direction = Math.floor(id / 2) % 2 === 0 ? 'Bidirectional' : 'Unidirectional'
    const origin = id % 2 === 0 ? 'Client' : 'Server'
    return `STREAM id=${id} fin=${type & 1} off=${offset} len=${length} dir=${direction} origin=${origin}-initiated`
  }

  private newConnectionId(): void {
    this.integer(F.idSequence)
    this.integer(F.retirePriorTo)
    const length = this.left() > 0 ? this.bytes[this.at]! : 0
    if (!this.data(F.newIdLength, 1)) return
    this.facts.idAt = this.at
    this.facts.idLength = length
    if (this.data(F.newId, length)) this.data(F.resetToken, 16)
    if (this.failed) this.facts.idLength = 0
  }

  private close(transport: boolean, name: string): string {
    const code = this.integer(transport ? F.errorCode : F.applicationError)
    let words = ` Error code: ${code}`
    if (transport) {
      words = ` Error code: ${code >= 0x100 && code <= 0x1ff ? 'CRYPTO_ERROR' : (F.errorCode.names?.[code] ?? `Unknown (${code})`)}`
      if (code >= 0x100 && code <= 0x1ff && !this.failed) {
        this.p?.generate(F.alert, code & 0xff, this.at - 1, 1)
        words += ` (${alertNames[code & 0xff] ?? `Unknown (${code & 0xff})`})`
      }
      this.integer(F.closedFrameType)
    }
    const length = this.integer(F.reasonLength)
    if (length === 0 && !this.failed) this.p?.add(F.reason, this.at, 0)
    this.data(F.reason, length)
    return `${name}${words}`
  }

  private frequency(): void {
    this.integer(F.frequencySequence)
    this.integer(F.elicitingThreshold)
    this.integer(F.requestedDelay)
    const { at, p } = this
    if (!this.data(F.frequencyLast, 1) || p === null) return
    p.nest(p.rows.count - 1)
    p.add(F.frequencyReserved, at)
    p.add(F.ignoreCongestion, at)
    p.add(F.ignoreOrder, at)
    p.close()
  }
}
