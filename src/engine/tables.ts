// The tables that a capture is exported as: their columns, and the rows of one capture. The schema is stable: columns are added at the end, and never
// change their meaning.

import { addressText } from '../bytes/address.ts'
import { KIND_TCP } from '../core/memory.ts'
import { NO_TIME } from '../files/index.ts'
import { planOf } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { readConversations } from './conversations.ts'
import { type Exchange, ExchangeCollector, headerOf } from './exchanges.ts'
import { nodeOf } from './flows.ts'
import { Readahead } from './readahead.ts'
import { readTlsSessions } from './tls-sessions.ts'

export interface ColumnKind {
  readonly name: string
  readonly type: 'INT32' | 'INT64' | 'DOUBLE' | 'STRING' | 'BOOLEAN'
  readonly nullable: boolean
  /** What it is, with its unit. */
  readonly about: string
}

const column = (name: string, type: ColumnKind['type'], about: string): ColumnKind => ({ name, type, nullable: false, about })
const optional = (name: string, type: ColumnKind['type'], about: string): ColumnKind => ({ name, type, nullable: true, about })

export const TABLES = {
  packets: [
    column('number', 'INT32', 'packet number in its capture, from 1'),
    optional('time_ns', 'INT64', 'nanoseconds since 1970-01-01T00:00:00Z; null where the file states none'),
    column('length', 'INT32', 'bytes on the wire'),
    column('captured', 'INT32', 'bytes that the file holds'),
    column('protocols', 'STRING', 'layers, outermost first, with colons between: eth:ip:tcp:http'),
    optional('tcp_stream', 'INT32', 'number of the TCP connection, as tcp.stream'),
    optional('udp_stream', 'INT32', 'number of the UDP conversation, as udp.stream'),
    optional('source', 'STRING', 'address of the sender: IPv4, IPv6 or Ethernet'),
    optional('destination', 'STRING', 'address of the receiver'),
    optional('source_port', 'INT32', 'port of the sender'),
    optional('destination_port', 'INT32', 'port of the receiver'),
    column('interface', 'INT32', 'number of the interface in the file, from 0; -1 for none'),
  ],
  exchanges: [
    optional('tcp_stream', 'INT32', 'number of the TCP connection'),
    column('substream', 'INT32', 'stream of HTTP/2 in it, 0 with HTTP/1'),
    column('client', 'STRING', 'address of who asks'),
    column('client_port', 'INT32', 'its port'),
    column('server', 'STRING', 'address of who answers'),
    column('server_port', 'INT32', 'its port'),
    column('encrypted', 'BOOLEAN', 'it lay inside TLS'),
    optional('time_ns', 'INT64', 'start, in nanoseconds since 1970 (to the microsecond)'),
    optional('method', 'STRING', 'GET, POST …; null where the request is not in the capture'),
    column('url', 'STRING', 'the whole address, as far as it can be told'),
    optional('status', 'INT32', 'status code of the response; null without one'),
    optional('content_type', 'STRING', 'media type of the response'),
    optional('request_bytes', 'INT32', 'bytes of the body of the request'),
    optional('response_bytes', 'INT32', 'bytes of the body of the response, as sent'),
    optional('first_byte_s', 'DOUBLE', 'seconds from the start to the first byte of the response'),
    optional('total_s', 'DOUBLE', 'seconds from the start to the last byte of the response'),
    optional('request_packet', 'INT32', 'packet that completes the request'),
    optional('response_packet', 'INT32', 'packet that completes the response'),
  ],
  tls_sessions: [
    column('tcp_stream', 'INT32', 'number of the TCP connection'),
    column('client', 'STRING', 'address and port of the client'),
    column('server', 'STRING', 'address and port of the server'),
    optional('server_name', 'STRING', 'the name that the client asked for (SNI)'),
    optional('version', 'STRING', 'TLS 1.3 …'),
    optional('cipher', 'STRING', 'cipher suite, by its name at IANA'),
    optional('key_group', 'STRING', 'group of the key exchange'),
    optional('alpn', 'STRING', 'protocol agreed on: http/1.1, h2'),
    column('resumed', 'BOOLEAN', 'an earlier session went on'),
    optional('certificate_subject', 'STRING', 'subject of the first certificate of the server'),
    optional('certificate_not_after', 'STRING', 'until when it holds, ISO 8601'),
    column('alerts', 'INT32', 'alerts seen, both ways'),
    optional('failure', 'STRING', 'cause of a failed handshake, null without one'),
    column('decrypted', 'BOOLEAN', 'keys opened it'),
    column('client_bytes', 'INT64', 'payload bytes of TCP from the client'),
    column('server_bytes', 'INT64', 'payload bytes of TCP from the server'),
  ],
  conversations: [
    column('kind', 'STRING', 'tcp or udp'),
    column('stream', 'INT32', 'its number, as tcp.stream or udp.stream'),
    column('first', 'STRING', 'address of who sent the first packet'),
    column('first_port', 'INT32', 'its port'),
    column('second', 'STRING', 'address of the other'),
    column('second_port', 'INT32', 'its port'),
    column('first_packets', 'INT64', 'packets from the first to the second'),
    column('second_packets', 'INT64', 'packets from the second to the first'),
    column('first_bytes', 'INT64', 'bytes on the wire of those from the first'),
    column('second_bytes', 'INT64', 'bytes on the wire of those from the second'),
    column('start_s', 'DOUBLE', 'seconds from the first packet of the capture to its first one'),
    column('duration_s', 'DOUBLE', 'seconds from its first packet to its last'),
  ],
} as const satisfies Readonly<Record<string, readonly ColumnKind[]>>

export type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as TableName[]

/** The values of a column, in the order of the rows. */
export type ColumnData = Int32Array | BigInt64Array | readonly (string | number | bigint | boolean | null)[]

const big = (value: number): bigint => BigInt(Math.trunc(value))

/** The columns of packets `from` to `to` (included), out of the index; only packets of no conversation are looked into, for their addresses. */
export function packetColumns(capture: Capture, from: number, to: number): ColumnData[] {
  const { chains, index, memory, registry } = capture
  const count = to - from + 1
  const numbers = new Int32Array(count)
  const times = Array<bigint | null>(count)
  const lengths = new Int32Array(count)
  const captured = new Int32Array(count)
  const protocols = Array<string>(count)
  const tcp = Array<number | null>(count).fill(null)
  const udp = Array<number | null>(count).fill(null)
  const ends = [Array<string | null>(count).fill(null), Array<string | null>(count).fill(null)] as const
  const ports = [Array<number | null>(count).fill(null), Array<number | null>(count).fill(null)] as const
  const interfaces = new Int32Array(count)
  const chainTexts: string[] = []
  const addresses: string[] = []
  const addressOf = (conversation: number, side: 0 | 1): string => {
    addresses[conversation * 2 + side] ??= nodeOf(capture, conversation, side).address
    return addresses[conversation * 2 + side]!
  }
  const d = capture.dissection()
  const nothing = planOf([], registry)
  const readahead = new Readahead(capture)
  const root = registry.root.id
  for (let i = 0; i < count; i++) {
    const packet = from + i
    const nanos = index.nanos(packet)
    numbers[i] = packet
    times[i] = nanos === NO_TIME ? null : BigInt(index.seconds(packet)) * 1_000_000_000n + BigInt(nanos)
    lengths[i] = index.length(packet)
    captured[i] = index.captured(packet)
    interfaces[i] = index.interfaceId(packet)
    const chain = index.chain(packet)
    chainTexts[chain] ??= chains
      .protocols(chain)
      .filter((id) => id !== root)
      .map((id) => registry.protocols[id]!.name)
      .join(':')
    protocols[i] = chainTexts[chain]
    const flow = memory.flowOf(packet, 0)
    if (flow >= 0) {
      const side = (flow & 1) as 0 | 1
      const other = (1 - side) as 0 | 1
      if (memory.conversations.kindOf(flow >> 1) === KIND_TCP) tcp[i] = memory.streamOf(flow)
      else udp[i] = memory.streamOf(flow)
      ends[0][i] = addressOf(flow >> 1, side)
      ends[1][i] = addressOf(flow >> 1, other)
      ports[0][i] = memory.conversations.port(flow >> 1, side)
      ports[1][i] = memory.conversations.port(flow >> 1, other)
      continue
    }
    const start = readahead.start(packet)
    capture.record(d, packet, readahead.bytes, start, nothing)
    if (d.columnSize === 0) continue
    ends[0][i] = addressText(d.columnBytes, d.columnSourceAt, d.columnSize)
    ends[1][i] = addressText(d.columnBytes, d.columnDestinationAt, d.columnSize)
  }
  return [numbers, times, lengths, captured, protocols, tcp, udp, ...ends, ...ports, interfaces]
}

/** The columns of the other tables, of a capture that was read to its end. */
export async function tableColumns(capture: Capture, table: Exclude<TableName, 'packets'>): Promise<ColumnData[]> {
  if (table === 'exchanges') return transposed(TABLES.exchanges.length, await exchangeRows(capture))
  if (table === 'tls_sessions') return transposed(TABLES.tls_sessions.length, await tlsRows(capture))
  return transposed(TABLES.conversations.length, await conversationRows(capture))
}

type Row = readonly (string | number | bigint | boolean | null)[]

function transposed(columns: number, rows: readonly Row[]): ColumnData[] {
  return Array.from({ length: columns }, (_, i) => rows.map((row) => row[i] ?? null))
}

const known = (value: number): number | null => (value < 0 ? null : value)
const some = (text: string): string | null => (text === '' ? null : text)

async function exchangeRows(capture: Capture): Promise<Row[]> {
  const rows: Row[] = []
  const collector = new ExchangeCollector(capture, { onExchange: (exchange) => rows.push(exchangeRow(exchange)) })
  const d = capture.dissection()
  const readahead = new Readahead(capture)
  for (let packet = 1; packet <= capture.index.count; packet++) {
    if (!collector.concerns(packet)) continue
    const start = readahead.start(packet)
    capture.record(d, packet, readahead.bytes, start)
    collector.take(packet, d)
  }
  collector.finish()
  return rows
}

function exchangeRow({ stream, substream, client, server, encrypted, start, request, response, url, firstByte, total }: Exchange): Row {
  return [
    ...[known(stream), substream, client.address, client.port, server.address, server.port, encrypted],
    start === 0 ? null : BigInt(Math.round(start * 1e6)) * 1000n,
    ...[request?.method ?? null, url, response?.status ?? null, response === null ? null : some(headerOf(response, 'content-type'))],
    ...[request?.bodyBytes ?? null, response?.bodyBytes ?? null, known(firstByte), known(total)],
    ...[request?.packets.at(-1) ?? null, response?.packets.at(-1) ?? null],
  ]
}

async function tlsRows(capture: Capture): Promise<Row[]> {
  const reports = await readTlsSessions(capture)
  return reports.map(({ session: s }) => [
    ...[s.stream, s.client, s.server, s.sni, s.version, s.cipher, s.group, s.alpn.chosen, s.resumed],
    ...[s.certificates[0]?.subject ?? null, s.certificates[0]?.notAfter ?? null, s.alerts.length, s.failure?.cause ?? null, s.decrypted],
    ...[big(s.bytes.client), big(s.bytes.server)],
  ])
}

async function conversationRows(capture: Capture): Promise<Row[]> {
  const tables = await readConversations(capture, null, ['tcp', 'udp'])
  return (['tcp', 'udp'] as const).flatMap((kind) =>
    tables[kind].map(({ stream, nodes, packets, bytes, start, end }) => [
      ...[kind, stream, nodes[0].address, nodes[0].port, nodes[1].address, nodes[1].port],
      ...[big(packets[0]), big(packets[1]), big(bytes[0]), big(bytes[1]), start, end - start],
    ]),
  )
}
