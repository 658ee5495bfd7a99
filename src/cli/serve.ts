// `wiretail serve KIND`: the demo's server in the foreground, until Ctrl-C.

import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import { DEMO_HOST, DEMO_KINDS, DEMO_PORT, DEMO_SECRET, DemoError, findKind } from '../demo/index.ts'
import type { Io } from './commands.ts'
import { explainUsage } from './usage.ts'

export const help = `wiretail serve KIND [--port ${DEMO_PORT}] [--host ${DEMO_HOST}] [--secret TEXT]

Serves one secret at / until Ctrl-C, and prints a line for each request.

Kinds:
${DEMO_KINDS.map((kind) => `  ${kind.name.padEnd(10)}${kind.about}`).join('\n')}

  -p, --port N       port to listen on; 0 takes any free one
      --host ADDR    address to listen on; 0.0.0.0 or :: for all
      --secret TEXT  the message, else $SECRET_MESSAGE, else "${DEMO_SECRET}"

Examples:
  wiretail serve plain
  wiretail serve plain --port 8080 --secret "squirrels at noon"
`

/** Runs the command. Resolves to the exit code: 0 after Ctrl-C, 1 for a wrong option or a port that cannot be had. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { SECRET_MESSAGE = DEMO_SECRET } = process.env
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        port: { type: 'string', short: 'p', default: String(DEMO_PORT) },
        host: { type: 'string', default: DEMO_HOST },
        secret: { type: 'string', default: SECRET_MESSAGE },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      io.out(help)
      return 0
    }
    const kinds = DEMO_KINDS.map((kind) => kind.name).join(', ')
    const [name, surplus] = positionals
    const kind = findKind(name ?? '')
    if (name === undefined) throw new DemoError(`Say how to serve the secret: ${kinds}. For example: wiretail serve plain`)
    if (!kind) throw new DemoError(`No kind "${name}". There is: ${kinds}. For example: wiretail serve plain`)
    if (surplus !== undefined)
      throw new DemoError(`"${surplus}" is too much. A secret of several words needs quotes: --secret "${DEMO_SECRET}"`)
    const port = Number(values.port)
    if (!/^\d+$/.test(values.port) || port > 65_535)
      throw new DemoError(`"${values.port}" is no port. Give a number from 0 to 65535: --port ${DEMO_PORT}`)
    const server = await kind.serve(values.secret, { host: values.host, port, log: (line) => io.out(`${line}\n`) })
    io.err(`Serving the secret at ${safeText(server.url)} (${kind.about}).\n`)
    io.err(`Fetch it: wiretail get ${safeText(server.url)}   Watch it: wiretail -i lo -p ${server.port}   Stop: Ctrl-C\n`)
    await interrupted()
    await server.close()
    return 0
  } catch (error) {
    const told = error instanceof DemoError ? error.message : explainUsage(error, 'serve')
    if (told === undefined) throw error
    io.err(`wiretail: ${safeText(told)}\n`)
    return 1
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}
