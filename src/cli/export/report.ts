// `wiretail export report`: what a capture holds, as one HTML file.

import { readReport } from '../../engine/report.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { fileTitle, READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'
import { reportPage } from './page.ts'
import { openTarget, TARGET_HELP, TARGET_OPTIONS } from './target.ts'

export const help = `wiretail export report -r FILE --out REPORT.html [options]

What a capture holds, as one HTML file to keep, send or print: protocols, streams, HTTP exchanges, TLS sessions and remarks. It loads nothing from
anywhere and runs nothing.

${TARGET_HELP}
${READING_HELP}

Examples:
  wiretail export report -r capture.pcapng --out capture.html
  wiretail export report -r capture.pcapng -Y 'tcp.port == 443' --keylog keys.txt --out tls.html
`

const OPTIONS = { ...READING_OPTIONS, ...TARGET_OPTIONS } as const

const LIMITS = { conversations: 200, exchanges: 1000, sessions: 200, remarks: 200 } as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'export report',
      help,
      parse: () => parseOptions(args, OPTIONS, 'export report'),
      async work({ capture, filter, file }, values) {
        const report = await readReport(capture, filter, LIMITS)
        const target = openTarget(values.out, values.force === true)
        const made = new Date().toISOString().slice(0, 10)
        target.output.text(reportPage(fileTitle(file), filter?.text ?? '', report, made).text)
        target.close()
        return 0
      },
    },
    io,
  )
}
