// Tables of conversations and endpoints, in the layouts of tshark -z conv and -z endpoints.

import type { Conversation, ConversationKind, Endpoint } from '../../engine/statistics.ts'

const TITLES: Readonly<Record<ConversationKind, string>> = {
  eth: 'Ethernet',
  ip: 'IPv4',
  ipv6: 'IPv6',
  tcp: 'TCP',
  udp: 'UDP',
}

const LINE = '='.repeat(80)

const hasPorts = (kind: ConversationKind): boolean => kind === 'tcp' || kind === 'udp'

/** Most packets first; of equals the one that came first. */
function busiest<T>(list: readonly T[], packets: (one: T) => number): T[] {
  return [...list].sort((a, b) => packets(b) - packets(a))
}

export function conversationsText(kind: ConversationKind, list: readonly Conversation[], filter: string): string {
  const ports = hasPorts(kind)
  const pad = ' '.repeat(ports ? 59 : 47)
  const lines = [
    ...[LINE, `${TITLES[kind]} Conversations`, `Filter:${filter === '' ? '<No Filter>' : filter}`],
    `${pad}|       <-      | |       ->      | |     Total     |    Relative    |   Duration   |`,
    `${pad}| Frames  Bytes | | Frames  Bytes | | Frames  Bytes |      Start     |              |`,
  ]
  for (const one of busiest(list, ({ packets }) => packets[0] + packets[1])) {
    const { nodes, packets, bytes, start, end } = one
    const [a, b] = nodes.map(({ address, port }) => (ports ? `${address}:${port}` : address))
    const width = ports ? 26 : 20
    const counts = [
      [packets[1], bytes[1]],
      [packets[0], bytes[0]],
      [packets[0] + packets[1], bytes[0] + bytes[1]],
    ] as const
    lines.push(
      `${a!.padEnd(width)} <-> ${b!.padEnd(width)}  ${counts.map(([n, size]) => `${String(n).padStart(6)} ${sizeText(size).padEnd(9)}`).join('  ')}` +
        `  ${start.toFixed(9).padStart(14)}   ${(end - start).toFixed(4).padStart(12)}`,
    )
  }
  return `${[...lines, LINE].join('\n')}\n`
}

const UNITS = ['kB', 'MB', 'GB', 'TB']

/** tshark's words for a size: whole units, from ten of them on. */
function sizeText(bytes: number): string {
  let text = `${bytes} bytes`
  let unit = 1
  for (const name of UNITS) {
    unit *= 1000
    const count = Math.floor(bytes / unit)
    if (count >= 10) text = `${count} ${name}`
  }
  return text
}

export function endpointsText(kind: ConversationKind, list: readonly Endpoint[], filter: string): string {
  const ports = hasPorts(kind)
  const lines = [
    ...[LINE, `${TITLES[kind]} Endpoints`, `Filter:${filter === '' ? '<No Filter>' : filter}`],
    `${' '.repeat(23)}|${ports ? '  Port  ||' : ''}  Packets  | |  Bytes  | | Tx Packets | | Tx Bytes | | Rx Packets | | Rx Bytes |`,
  ]
  for (const one of busiest(list, ({ packetsSent, packetsReceived }) => packetsSent + packetsReceived)) {
    const { address, port, packetsSent, packetsReceived, bytesSent, bytesReceived } = one
    const numbers = [packetsSent + packetsReceived, bytesSent + bytesReceived, packetsSent, bytesSent, packetsReceived, bytesReceived]
    const [all, size, sent, sentSize, received, receivedSize] = numbers.map(String) as [string, string, string, string, string, string]
    lines.push(
      `${address.padEnd(20)}${ports ? String(port).padStart(11) : ''}` +
        `${all.padStart(ports ? 11 : 12)}${size.padStart(14)}${sent.padStart(11)}${sentSize.padStart(16)}${received.padStart(12)}${receivedSize.padStart(16)}   `,
    )
  }
  return `${[...lines, LINE].join('\n')}\n`
}
