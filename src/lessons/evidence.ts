// A lesson's view of a capture, through the engine's session: rows by field name, bytes by place. Everything that a screen claims comes
// from here, so the spy of the lessons never has more than the packets.

import type { CaptureSession, PacketDetail, PacketLine } from '../engine/index.ts'
import { LessonError, type PacketRow, type Pointer } from './lesson.ts'

/** Most packets that a lesson looks at: more than any lesson's traffic. */
const LIMIT = 2000

/** In the packets as they were captured (as UTF-8, or as the bytes themselves), or also in what was put together and unpacked. */
type Where = 'frames' | 'latin1' | 'everywhere'

/** One occurrence of a field. */
export interface Row {
  readonly packet: number
  readonly source: number
  readonly start: number
  readonly length: number
  readonly name: string
  /** As in the layer tree: "Request Method: GET". */
  readonly label: string
}

export class Evidence {
  readonly lines: readonly PacketLine[]
  private readonly session: CaptureSession
  private readonly details = new Map<number, PacketDetail>()
  private readonly byName = new Map<string, Row[]>()
  /** TCP port of the server: where the first connection went. */
  readonly serverPort: number
  /** Where any connection went. */
  private readonly serverPorts: ReadonlySet<number>

  private constructor(session: CaptureSession) {
    this.session = session
    const view = session.select('')
    this.lines = session.lines(view, 0, Math.min(view.count, LIMIT), 'r')
    for (const { number } of this.lines)
      for (const { name, source, start, length, text } of this.detail(number).rows) {
        const row: Row = { packet: number, source, start, length, name, label: text }
        const known = this.byName.get(name)
        if (known === undefined) this.byName.set(name, [row])
        else known.push(row)
      }
    const opening = this.lines
      .filter(({ number }) => this.flags(number) === 'SYN')
      .flatMap(({ number }) => this.every('tcp.dstport', number))
    this.serverPort = this.number(this.first('tcp.dstport'))
    this.serverPorts = new Set([this.serverPort, ...opening.map((row) => this.number(row))])
  }

  /** Reads a capture to its end. Throws a LessonError when it holds no TCP packet. */
  static async read(session: CaptureSession): Promise<Evidence> {
    while (session.status().state === 'opening' || session.status().state === 'live') await new Promise((done) => setTimeout(done, 5))
    return new Evidence(session)
  }

  detail(packet: number): PacketDetail {
    let detail = this.details.get(packet)
    if (detail === undefined) {
      detail = this.session.detail(packet)
      this.details.set(packet, detail)
    }
    return detail
  }

  /** Every occurrence of a field, in the order of packets; of one packet when it is given. */
  every(name: string, packet?: number): readonly Row[] {
    const rows = this.byName.get(name) ?? []
    return packet === undefined ? rows : rows.filter((row) => row.packet === packet)
  }

  /** The first occurrence, that `wanted` accepts if given. Throws a LessonError when there is none. */
  first(name: string, wanted: (row: Row) => boolean = () => true): Row {
    const row = this.every(name).find(wanted)
    if (row === undefined) throw new LessonError(`This capture lacks what the lesson needs (${name}). Take the bundled one: --from-capture`)
    return row
  }

  /** The occurrence in that packet. */
  in(packet: number, name: string): Row {
    return this.first(name, (row) => row.packet === packet)
  }

  bytes({ packet, source, start, length }: Row | Pointer): Uint8Array {
    return this.source(packet, source).subarray(start, start + length)
  }

  source(packet: number, source: number): Uint8Array {
    return this.detail(packet).sources[source]?.bytes ?? new Uint8Array(0)
  }

  /** The bytes of a row as Latin-1 text. */
  text(row: Row | Pointer): string {
    return Array.from(this.bytes(row), (byte) => String.fromCharCode(byte)).join('')
  }

  /** The bytes of a row as one number, most significant first. */
  number(row: Row): number {
    return this.bytes(row).reduce((value, byte) => value * 256 + byte, 0)
  }

  /** Where a text stands. */
  places(text: string, where: Where = 'frames'): readonly Pointer[] {
    const needle = where === 'latin1' ? Uint8Array.from(text, (character) => character.charCodeAt(0)) : new TextEncoder().encode(text)
    const found: Pointer[] = []
    for (const { number } of this.lines) {
      const { sources } = this.detail(number)
      for (let source = 0; source < (where === 'everywhere' ? sources.length : Math.min(1, sources.length)); source++) {
        const { bytes } = sources[source]!
        for (let start = indexOf(bytes, needle, 0); start >= 0; start = indexOf(bytes, needle, start + 1))
          found.push({ packet: number, source, start, length: needle.length, text: latin1(needle) })
      }
    }
    return found
  }

  /** The first place of a text. Throws a LessonError when it is nowhere. */
  place(text: string, where: Where = 'frames'): Pointer {
    const [place] = this.places(text, where)
    if (place === undefined)
      throw new LessonError(
        `This capture does not hold "${where === 'latin1' ? 'such bytes' : text}". Take the bundled one: --from-capture`,
      )
    return place
  }

  /** Points to a row by its field's name. */
  point({ packet, source, start, length, name }: Row): Pointer {
    return { packet, source, start, length, field: name }
  }

  fromClient(packet: number): boolean {
    const [port] = this.every('tcp.dstport', packet)
    return port !== undefined && this.serverPorts.has(this.number(port))
  }

  /** The TCP flags by name, in the order of their bits from the left: "SYN, ACK". */
  flags(packet: number): string {
    const [row] = this.every('tcp.flags', packet)
    return /\((.*)\)/.exec(row?.label ?? '')?.[1] ?? ''
  }

  /** Bytes of TCP payload. */
  payload(packet: number): number {
    const [row] = this.every('tcp.len', packet)
    return Number(/(\d+)\D*$/.exec(row?.label ?? '')?.[1] ?? 0)
  }

  /** A packet as a line of a short list. */
  row(packet: number): PacketRow {
    const line = this.lines[packet - 1]!
    const base = { number: packet, fromClient: this.fromClient(packet), protocol: line.protocol, length: line.length }
    if (line.protocol !== 'TCP') return { ...base, what: countRepeats(line.info.trim()) }
    const payload = this.payload(packet)
    return { ...base, what: payload === 0 ? this.flags(packet) : `${this.flags(packet)}, ${payload} bytes of data` }
  }

  rows(packets?: readonly number[]): readonly PacketRow[] {
    return (packets ?? this.lines.map(({ number }) => number)).map((packet) => this.row(packet))
  }
}

/** "Application Data ×3" for three of them in a row. */
function countRepeats(info: string): string {
  const parts = info.split(', ')
  const counted: { part: string; count: number }[] = []
  for (const part of parts) {
    const last = counted.at(-1)
    if (last?.part === part) last.count++
    else counted.push({ part, count: 1 })
  }
  return counted.map(({ part, count }) => (count === 1 ? part : `${part} ×${count}`)).join(', ')
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

function indexOf(bytes: Uint8Array, needle: Uint8Array, from: number): number {
  if (needle.length === 0) return -1
  outer: for (
    let at = bytes.indexOf(needle[0]!, from);
    at >= 0 && at + needle.length <= bytes.length;
    at = bytes.indexOf(needle[0]!, at + 1)
  ) {
    for (let i = 1; i < needle.length; i++) if (bytes[at + i] !== needle[i]) continue outer
    return at
  }
  return -1
}
