// `wiretail get URL`: the demo's client.

import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import { DemoError, fetchSecret, plain } from '../demo/index.ts'
import type { Io } from './commands.ts'
import { explainUsage } from './usage.ts'

export const help = `wiretail get [URL] [--timeout SECONDS]

Fetches the secret once and prints it. Without a URL, $SECRET_URL is fetched.

      --timeout SECONDS  give up after so long; 5 unless given

Examples:
  wiretail get http://127.0.0.1:5683
  SECRET_URL=http://127.0.0.1:5683 wiretail get
`

/** Runs the command. Resolves to the exit code: 1 when the secret could not be fetched, with one line that says why. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { timeout: { type: 'string', default: '5' }, help: { type: 'boolean', short: 'h', default: false } },
    })
    if (values.help) {
      io.out(help)
      return 0
    }
    const { SECRET_URL } = process.env
    const [given, surplus] = positionals
    const url = given ?? SECRET_URL
    if (!url) throw new DemoError('No URL to fetch. Give one, or set SECRET_URL: wiretail get http://127.0.0.1:5683')
    if (surplus !== undefined)
      throw new DemoError(`"${surplus}" is too much: one URL is fetched. For example: wiretail get http://127.0.0.1:5683`)
    const seconds = Number(values.timeout)
    if (!(seconds > 0 && seconds <= 3600)) throw new DemoError(`"${values.timeout}" is no time. Give seconds, 3600 at most: --timeout 5`)
    io.out(`The secret message is: ${safeText(await fetchSecret(url, plain, { timeout: seconds * 1000 }))}\n`)
    return 0
  } catch (error) {
    const told = error instanceof DemoError ? error.message : explainUsage(error, 'get')
    if (told === undefined) throw error
    io.err(`wiretail: ${safeText(told)}\n`)
    return 1
  }
}
