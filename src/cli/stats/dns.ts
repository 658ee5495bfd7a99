// `wiretail stats dns`: as tshark -z dns,tree prints it.

import { readDnsStats } from '../../engine/statistics.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'
import { treeJson, treeText } from './tree.ts'

export const help = `wiretail stats dns -r FILE [options]

DNS messages by type, class and result, how long names are, how fast answers come; those of mDNS and LLMNR too.

${READING_HELP}
      --json                  for scripts

Examples:
  wiretail stats dns -r capture.pcapng
  wiretail stats dns -r capture.pcapng -Y 'ip.addr == 10.0.0.53' --json
`

const OPTIONS = { ...READING_OPTIONS, json: { type: 'boolean' } } as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'stats dns',
      help,
      parse: () => parseOptions(args, OPTIONS, 'stats dns'),
      async work({ capture, filter }, values) {
        const tree = await readDnsStats(capture, filter)
        io.out(values.json === true ? `${JSON.stringify({ dns: treeJson(tree) })}\n` : treeText(tree))
        return 0
      },
    },
    io,
  )
}
