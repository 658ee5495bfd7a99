// `wiretail stats hierarchy`: as tshark -z io,phs prints it.

import { type HierarchyNode, readHierarchy } from '../../engine/statistics.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'

export const help = `wiretail stats hierarchy -r FILE [options]

Protocols inside protocols: packets, and their bytes on the wire, by the layers they hold.

${READING_HELP}
      --json                  for scripts

Examples:
  wiretail stats hierarchy -r capture.pcapng
  wiretail stats hierarchy -r capture.pcapng -Y 'ip.addr == 10.0.0.1' --json
`

const OPTIONS = { ...READING_OPTIONS, json: { type: 'boolean' } } as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'stats hierarchy',
      help,
      parse: () => parseOptions(args, OPTIONS, 'stats hierarchy'),
      async work({ capture, filter }, values) {
        const nodes = await readHierarchy(capture, filter)
        io.out(values.json === true ? `${JSON.stringify({ hierarchy: nodes })}\n` : hierarchyText(nodes, filter?.text ?? ''))
        return 0
      },
    },
    io,
  )
}

const LINE = '='.repeat(67)

/** The table, in tshark's layout. */
export function hierarchyText(nodes: readonly HierarchyNode[], filter: string): string {
  const lines = ['', LINE, 'Protocol Hierarchy Statistics', `Filter: ${filter}`, '']
  const add = (node: HierarchyNode, depth: number): void => {
    lines.push(`${`${'  '.repeat(depth)}${node.protocol}`.padEnd(40)} frames:${node.packets} bytes:${node.bytes}`)
    for (const child of node.children) add(child, depth + 1)
  }
  for (const node of nodes) add(node, 0)
  return `${[...lines, LINE].join('\n')}\n`
}
