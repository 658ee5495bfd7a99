// `wiretail stats tls`: who spoke TLS with whom, with what, what their certificates say, and how it ended.

import { safeText } from '../../bytes/text.ts'
import { displayWidth } from '../../bytes/width.ts'
import { readTlsSessions, type TlsReport } from '../../engine/tls-sessions.ts'
import { type Entry, sessionEntries } from '../../engine/tls-words.ts'
import { wrapText } from '../../lessons/wrap.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'

export const help = `wiretail stats tls -r FILE [options]

The TLS sessions of a capture: names and versions offered and chosen, certificates, alerts, why a handshake failed, and whether
the keys given opened it. A filter chooses the sessions that have a packet which matches.

${READING_HELP}
      --json                  for scripts

Examples:
  wiretail stats tls -r capture.pcapng
  wiretail stats tls -r capture.pcapng --keylog keys.txt --json
`

const OPTIONS = { ...READING_OPTIONS, json: { type: 'boolean' } } as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'stats tls',
      help,
      parse: () => parseOptions(args, OPTIONS, 'stats tls'),
      async work({ capture, filter }, values) {
        const reports = await readTlsSessions(capture, filter)
        io.out(values.json === true ? `${JSON.stringify({ sessions: reports.map(({ session }) => session) })}\n` : sessionsText(reports))
        return 0
      },
    },
    io,
  )
}

const WIDTH = 80
const LABEL = 14

/** The sessions in words, a block each, at most 80 cells wide. */
export function sessionsText(reports: readonly TlsReport[]): string {
  if (reports.length === 0) return 'There is no TLS in this capture.\n'
  const heading = reports.length === 1 ? '1 TLS session' : `${reports.length} TLS sessions`
  return `${[heading, ...reports.map((report) => sessionLines(report).join('\n'))].join('\n\n')}\n`
}

/** A label and a text that may need several lines. */
function entryLines({ label, text, depth }: Entry): string[] {
  const left = `${' '.repeat(2 + 2 * depth)}${label}`.padEnd(LABEL)
  return wrapText(safeText(text), WIDTH - LABEL, displayWidth).map((line, i) => `${i === 0 ? left : ' '.repeat(LABEL)}${line}`)
}

function sessionLines(report: TlsReport): string[] {
  const { stream, client, server, sni } = report.session
  return [
    ...wrapText(safeText(`stream ${stream}  ${client} → ${server}${sni === null ? '' : `  ${sni}`}`), WIDTH, displayWidth),
    ...sessionEntries(report).flatMap(entryLines),
  ]
}
