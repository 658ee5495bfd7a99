// `wiretail export har`: requests and responses as an HTTP Archive 1.2.

import { readExchanges } from '../../engine/exchanges.ts'
import { harEntry } from '../../engine/har.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading, tell } from '../reading.ts'
import { openTarget, TARGET_HELP, TARGET_OPTIONS } from './target.ts'

export const help = `wiretail export har -r FILE [options]

Requests and responses of HTTP as an HTTP Archive (HAR 1.2), which the developer tools of browsers open. Bodies are unpacked; binary ones are in base64.

${TARGET_HELP}
${READING_HELP}

Examples:
  wiretail export har -r capture.pcapng --out capture.har
  wiretail export har -r capture.pcapng -Y 'http.host == "example.com"' | jq '.log.entries[].request.url'
`

const OPTIONS = { ...READING_OPTIONS, ...TARGET_OPTIONS } as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'export har',
      help,
      parse: () => parseOptions(args, OPTIONS, 'export har'),
      async work({ capture, filter }, values) {
        const target = openTarget(values.out, values.force === true)
        const { output } = target
        let entries = 0
        let orphans = 0
        const creator = { name: 'wiretail', version: process.env['WIRETAIL_VERSION'] ?? 'development' }
        output.text(`{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"pages":[],"entries":[`)
        await readExchanges(capture, {
          filter,
          bodies: true,
          onExchange(exchange) {
            const entry = harEntry(exchange)
            if (entry === null) {
              orphans++
              return
            }
            output.text(`${entries++ === 0 ? '' : ','}\n${JSON.stringify(entry)}`)
          },
        })
        output.text('\n]}}\n')
        target.close()
        if (orphans > 0)
          tell(
            io,
            `${orphans} response${orphans === 1 ? '' : 's'} left out, for which the capture has no request. They are in: wiretail stats http -r FILE`,
          )
        return 0
      },
    },
    io,
  )
}
