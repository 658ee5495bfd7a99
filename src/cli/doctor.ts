// `wiretail doctor`: what this machine can capture with, what is missing, and the exact command that mends it.

import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import {
  type EngineProbe,
  explainPermission,
  hasLibpcap,
  type InterfaceInfo,
  listInterfaces,
  nextIdentity,
  probeEngines,
} from '../engine/sources.ts'
import type { Io } from './commands.ts'
import { explainUsage } from './usage.ts'

export const help = `wiretail doctor [--json]

Tries everything that wiretail can capture with, and says what is missing and the command that mends it.

      --json   the same as data

Examples:
  wiretail doctor
  wiretail doctor --json
`

/** The engines that capture on an interface; the others carry only the demo's own traffic. */
const ON_INTERFACES: readonly EngineProbe['engine'][] = ['ring', 'dumpcap', 'tcpdump']

interface Diagnosis {
  readonly engines: readonly EngineProbe[]
  readonly interfaces: readonly InterfaceInfo[]
  readonly libpcap: boolean
}

/** Runs the command. Resolves to the exit code: 0 whatever was found, 1 for a wrong option. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { values } = parseArgs({
      args,
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    })
    if (values.help) {
      io.out(help)
      return 0
    }
    const [engines, interfaces, libpcap] = await Promise.all([probeEngines(), listInterfaces(), hasLibpcap()])
    const found = { engines, interfaces, libpcap }
    io.out(values.json ? `${JSON.stringify(found, null, 2)}\n` : await tell(found))
    return 0
  } catch (error) {
    const told = explainUsage(error, 'doctor')
    if (told === undefined) throw error
    io.err(`wiretail: ${told}\n`)
    return 1
  }
}

async function tell({ engines, interfaces, libpcap }: Diagnosis): Promise<string> {
  const mayCapture = engines.some(({ engine, usable }) => usable && ON_INTERFACES.includes(engine))
  const lines = [
    'What this machine can capture with, in the order in which it is tried:',
    '',
    ...engines.flatMap(engineLines),
    '',
    'Interfaces:',
    '',
    ...interfaces.map(interfaceLine),
    '',
    libpcap
      ? 'libpcap is installed: it compiles the rarer capture filters.'
      : 'libpcap is not installed: common capture filters work; for the rarer ones install libpcap0.8 (Debian, Ubuntu) or libpcap.',
    ...rights(),
    '',
    mayCapture ? 'Ready: wiretail -i lo -p 5683' : (await explainPermission('lo', 'tcp port 5683')).message,
  ]
  return `${lines.join('\n')}\n`
}

function engineLines({ engine, usable, detail, remedy }: EngineProbe): string[] {
  const first = `  ${engine.padEnd(10)} ${usable ? 'yes' : 'no '}  ${safeText(detail)}`
  return usable || remedy === '' ? [first] : [first, `${' '.repeat(18)}to mend it: ${safeText(remedy)}`]
}

function interfaceLine({ name, up, addresses }: InterfaceInfo): string {
  return `  ${safeText(name).padEnd(10)} ${up ? 'up  ' : 'down'} ${safeText(addresses.join(', '))}`.trimEnd()
}

function rights(): string[] {
  const next = nextIdentity()
  return next ? [`You are root: a capture opens its socket as root and then goes on as ${safeText(next.name)}.`] : []
}
