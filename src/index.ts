// wiretail as a library: open a capture, walk through its packets, ask display filters, read its exchanges. What is declared here is stable, and
// nothing else is; docs/library.md shows it at work. The declarations stand on their own, so that they are published as one file.

import type { Dissection } from './core/dissect.ts'
import { readExchanges } from './engine/exchanges.ts'
import {
  type Capture,
  type CompiledFilter,
  openForReading,
  prepareFilter,
  readSettings,
  registry,
  runQuery,
  Summariser,
  shownText,
} from './engine/printing.ts'

export interface OpenOptions {
  /** Files with TLS secrets in NSS format (SSLKEYLOGFILE). */
  readonly keyLogs?: readonly string[]
  /** Fernet keys, as text. */
  readonly fernetKeys?: readonly string[]
}

export interface Packet {
  /** From 1, in the order of the capture. */
  readonly number: number
  /** Nanoseconds since 1970; null where the file states no time. */
  readonly timeNs: bigint | null
  /** Bytes on the wire, and bytes that the file holds. */
  readonly length: number
  readonly captured: number
  /** The columns of the packet list, safe for a terminal. */
  readonly source: string
  readonly destination: string
  readonly protocol: string
  readonly info: string
  /** tcp.stream and udp.stream; -1 for none. */
  readonly tcpStream: number
  readonly udpStream: number
  /** Layers, outermost first: ['eth', 'ip', 'tcp', 'http']. */
  readonly protocols: readonly string[]
  /** The bytes that the file holds. */
  bytes(): Uint8Array
  /** Every value of a field, as text: `values('http.request.uri')`. Throws a FilterError for a name that nobody knows. */
  values(field: string): string[]
}

/** A display filter that was checked: see compileFilter. */
export interface Filter {
  readonly text: string
}

export interface Message {
  /** In order, as they were sent. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly version: string
  /** Packets that carried it. */
  readonly packets: readonly number[]
  /** With its codings undone; null where there is none. */
  readonly body: Uint8Array | null
}

export interface Exchange {
  /** tcp.stream; -1 when unknown. */
  readonly tcpStream: number
  readonly url: string
  /** TLS lay around it. */
  readonly encrypted: boolean
  /** Seconds from the request's first packet to the response's last; -1 when unknown. */
  readonly total: number
  readonly request: (Message & { readonly method: string; readonly target: string }) | null
  readonly response: (Message & { readonly status: number }) | null
}

export interface OpenedCapture {
  /** How many packets there are. */
  readonly count: number
  /** Why the file could not be read to its end, in words; null when it could. */
  readonly damage: string | null
  /** The n-th packet, from 1. Throws a RangeError when there is none. */
  packet(number: number): Packet
  /** The packets, those that match where a filter is given. */
  packets(filter?: Filter | string): AsyncGenerator<Packet, void>
  /** Requests of HTTP with their responses, in the order of the responses; those with a packet that matches where a filter is given. */
  exchanges(filter?: Filter | string): Promise<readonly Exchange[]>
  close(): void
}

/** A display filter or the name of a field is wrong: between `start` and `end` of its text. */
export class FilterError extends Error {
  override readonly name: string = 'FilterError'
  readonly start: number
  readonly end: number
  /** The text as it was probably meant. */
  readonly fix: string | undefined

  constructor(message: string, start: number, end: number, fix?: string) {
    super(message)
    this.start = start
    this.end = end
    this.fix = fix
  }
}

class CheckedFilter implements Filter {
  readonly text: string
  readonly compiled: CompiledFilter

  constructor(text: string) {
    const prepared = prepareFilter(text)
    if (!prepared.ok) throw new FilterError(prepared.message, prepared.start, prepared.end, prepared.fix)
    this.text = text
    this.compiled = prepared.filter
  }
}

/** Checks a display filter in Wireshark's language. Throws a FilterError that says where the mistake is. */
export function compileFilter(text: string): Filter {
  return new CheckedFilter(text)
}

/** Opens a capture file of any known format and compression and reads it through once. Rejects with an error whose message says what mends it. */
export async function openCapture(path: string, options: OpenOptions = {}): Promise<OpenedCapture> {
  const { keyLogs = [], fernetKeys = [] } = options
  const read = readSettings({ keyLogs, fernetKeys })
  if (!read.ok) throw new TypeError(read.message)
  const capture = await openForReading(path, { settings: read.settings })
  try {
    await runQuery(capture, { onPacket: () => false })
    return new Opened(capture)
  } catch (error) {
    capture.close()
    throw error
  }
}

class Opened implements OpenedCapture {
  private readonly capture: Capture
  private readonly summariser: Summariser
  private readonly d: Dissection
  /** The packet in `d`. */
  private recorded = 0

  constructor(capture: Capture) {
    this.capture = capture
    this.summariser = new Summariser(capture)
    this.d = capture.dissection()
  }

  get count(): number {
    return this.capture.index.count
  }

  get damage(): string | null {
    return this.capture.reader.damage?.message ?? null
  }

  packet(number: number): Packet {
    const { capture } = this
    const { index, memory } = capture
    if (!Number.isInteger(number) || number < 1 || number > index.count)
      throw new RangeError(`There is no packet ${number}. Ask for 1 to ${index.count}.`)
    const { source, destination, protocol, info } = this.summariser.of(number)
    const nanos = index.nanos(number)
    const flow = memory.flowOf(number, 0)
    const tcpStream = memory.tcpStreamOf(number)
    const d = this.dissect(number)
    return {
      ...{ number, source, destination, protocol, info, tcpStream, length: index.length(number), captured: index.captured(number) },
      timeNs: nanos === -1 ? null : BigInt(index.seconds(number)) * 1_000_000_000n + BigInt(nanos),
      udpStream: tcpStream < 0 && flow >= 0 ? memory.streamOf(flow) : -1,
      protocols: Array.from(d.layerProtocol.subarray(1, d.layers), (id) => registry.protocols[id]!.name),
      bytes: () => capture.bytes(number),
      values: (field) => this.values(number, field),
    }
  }

  async *packets(filter?: Filter | string): AsyncGenerator<Packet, void> {
    const numbers: number[] = []
    await runQuery(this.capture, {
      filter: compiled(filter),
      fields: [],
      onPacket(packet) {
        numbers.push(packet)
        return false
      },
    })
    for (const number of numbers) yield this.packet(number)
  }

  async exchanges(filter?: Filter | string): Promise<readonly Exchange[]> {
    const found: Exchange[] = []
    await readExchanges(this.capture, {
      ...{ filter: compiled(filter), bodies: true },
      onExchange({ stream, url, encrypted, total, request, response }) {
        found.push({ tcpStream: stream, url, encrypted, total, request, response })
      },
    })
    return found
  }

  close(): void {
    this.capture.close()
  }

  private dissect(number: number): Dissection {
    if (this.recorded !== number) this.capture.record(this.d, number)
    this.recorded = number
    return this.d
  }

  private values(number: number, name: string): string[] {
    const fields = registry.find(name)
    if (fields === undefined) {
      const prepared = prepareFilter(name)
      throw new FilterError(prepared.ok ? `There is no field "${name}".` : prepared.message, 0, name.length)
    }
    const d = this.dissect(number)
    const texts: string[] = []
    for (let row = 0; row < d.rows.count; row++) if (fields.some(({ id }) => id === d.rows.field[row])) texts.push(shownText(d, row))
    return texts
  }
}

function compiled(filter: Filter | string | undefined): CompiledFilter | null {
  if (filter === undefined) return null
  if (filter instanceof CheckedFilter) return filter.compiled
  return new CheckedFilter(typeof filter === 'string' ? filter : filter.text).compiled
}
