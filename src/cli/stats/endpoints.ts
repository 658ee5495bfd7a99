// `wiretail stats endpoints`: as tshark -z endpoints prints them.

import { CONVERSATION_KINDS, endpointsOf, readConversations } from '../../engine/statistics.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'
import { parseKinds } from './kinds.ts'
import { endpointsText } from './tables.ts'

export const help = `wiretail stats endpoints -r FILE [options]

Each address, or address and port, with what it sent and received.

      --kind KINDS            ${CONVERSATION_KINDS.join(', ')}; several with commas, all unless given
${READING_HELP}
      --json                  for scripts

Examples:
  wiretail stats endpoints -r capture.pcapng
  wiretail stats endpoints -r capture.pcapng --kind ip --json
`

const OPTIONS = { ...READING_OPTIONS, json: { type: 'boolean' }, kind: { type: 'string' } } as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'stats endpoints',
      help,
      parse: () => parseOptions(args, OPTIONS, 'stats endpoints'),
      async work({ capture, filter }, values) {
        const kinds = parseKinds(values.kind, CONVERSATION_KINDS)
        const tables = await readConversations(capture, filter, kinds)
        const lists = kinds.map((kind) => ({ kind, list: endpointsOf(tables[kind]) }))
        if (values.json === true) {
          io.out(`${JSON.stringify(Object.fromEntries(lists.map(({ kind, list }) => [kind, list.map(jsonOf)])))}\n`)
          return 0
        }
        for (const { kind, list } of lists)
          if (values.kind !== undefined || list.length > 0) io.out(endpointsText(kind, list, filter?.text ?? ''))
        return 0
      },
    },
    io,
  )
}

function jsonOf({ address, port, packetsSent, packetsReceived, bytesSent, bytesReceived }: ReturnType<typeof endpointsOf>[number]) {
  return {
    address,
    ...(port < 0 ? {} : { port }),
    packets: { sent: packetsSent, received: packetsReceived },
    bytes: { sent: bytesSent, received: bytesReceived },
  }
}
