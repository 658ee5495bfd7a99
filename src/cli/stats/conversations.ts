// `wiretail stats conversations`: as tshark -z conv prints them; as JSON with what the streams say besides.

import {
  CONVERSATION_KINDS,
  type Conversation,
  readConversations,
  type SideHealth,
  type StreamFacts,
  streamFacts,
  type TcpHealth,
  tcpHealth,
} from '../../engine/statistics.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'
import { parseKinds } from './kinds.ts'
import { conversationsText } from './tables.ts'

export const help = `wiretail stats conversations -r FILE [options]

Who talked with whom, how much and for how long.

      --kind KINDS            ${CONVERSATION_KINDS.join(', ')}; several with commas; all in text, tcp and udp with --json unless given
${READING_HELP}
      --json                  for scripts: with protocol, resets, ends, gaps, losses and round-trip times of each stream

Examples:
  wiretail stats conversations -r capture.pcapng
  wiretail stats conversations -r capture.pcapng --kind tcp --json
`

const OPTIONS = { ...READING_OPTIONS, json: { type: 'boolean' }, kind: { type: 'string' } } as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'stats conversations',
      help,
      parse: () => parseOptions(args, OPTIONS, 'stats conversations'),
      async work({ capture, filter }, values) {
        const json = values.json === true
        const kinds = parseKinds(values.kind, json ? ['tcp', 'udp'] : CONVERSATION_KINDS)
        const tables = await readConversations(capture, filter, kinds)
        if (!json) {
          for (const kind of kinds)
            if (values.kind !== undefined || tables[kind].length > 0) io.out(conversationsText(kind, tables[kind], filter?.text ?? ''))
          return 0
        }
        const facts = streamFacts(capture, tables)
        const health = kinds.includes('tcp') ? tcpHealth(capture) : []
        const listed = kinds.map((kind) => [kind, tables[kind].map((one) => jsonOf(one, facts, health[one.flow]))])
        io.out(`${JSON.stringify(Object.fromEntries(listed))}\n`)
        return 0
      },
    },
    io,
  )
}

const SIDES = ['client', 'server'] as const

function jsonOf(one: Conversation, facts: (one: Conversation) => StreamFacts, health: TcpHealth | undefined) {
  const { stream, nodes, packets, bytes, start, end } = one
  const { client, protocol, rst, fin, gaps } = facts(one)
  const text = (side: 0 | 1): string => {
    const { address, port } = nodes[side]
    return port < 0 ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
  }
  const server = client === 0 ? 1 : 0
  return {
    ...(stream < 0 ? {} : { stream }),
    client: text(client),
    server: text(server),
    ...(stream < 0 ? {} : { protocol }),
    packets: { client: packets[client], server: packets[server] },
    bytes: { client: bytes[client], server: bytes[server] },
    start,
    duration: Number((end - start).toFixed(9)),
    ...(stream < 0
      ? {}
      : {
          rst,
          fin,
          gaps: gaps.map(({ packet, side, bytes: missing }) => ({ packet, from: SIDES[side === client ? 0 : 1], bytes: missing })),
        }),
    ...(health === undefined
      ? {}
      : {
          analysis: {
            initialRtt: health.initialRtt === null ? null : exact(health.initialRtt),
            client: healthOf(health.sides[client]),
            server: healthOf(health.sides[server]),
          },
        }),
  }
}

/** To the nanosecond. */
const exact = (seconds: number): number => Number(seconds.toFixed(9))

function healthOf({ ackRtt, ...counts }: SideHealth) {
  if (ackRtt === null) return { ...counts, ackRtt }
  const { min, mean, max } = ackRtt
  return { ...counts, ackRtt: { min: exact(min), mean: exact(mean), max: exact(max) } }
}
