// `wiretail stats expert`: as tshark -z expert prints it.

import { safeText } from '../../bytes/text.ts'
import { type ExpertSection, readExpert } from '../../engine/statistics.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'

export const help = `wiretail stats expert -r FILE [options]

What the analyzer remarks on: errors, warnings, notes and chats, each with how often it was seen.

${READING_HELP}
      --json                  for scripts; names the first packets too

Examples:
  wiretail stats expert -r capture.pcapng
  wiretail stats expert -r capture.pcapng -Y 'tcp.stream == 0' --json
`

const OPTIONS = { ...READING_OPTIONS, json: { type: 'boolean' } } as const

const TITLES: Readonly<Record<ExpertSection['severity'], string>> = {
  error: 'Errors',
  warning: 'Warns',
  note: 'Notes',
  chat: 'Chats',
  comment: 'Comments',
}

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'stats expert',
      help,
      parse: () => parseOptions(args, OPTIONS, 'stats expert'),
      async work({ capture, filter }, values) {
        const sections = await readExpert(capture, filter)
        io.out(values.json === true ? `${JSON.stringify({ expert: sections })}\n` : expertText(sections))
        return 0
      },
    },
    io,
  )
}

/** The tables, in tshark's layout. */
export function expertText(sections: readonly ExpertSection[]): string {
  let text = ''
  for (const { severity, count, remarks } of sections) {
    text += `\n${TITLES[severity]} (${count})\n=============\n   Frequency      Group           Protocol  Summary\n`
    for (const remark of remarks)
      text += `${String(remark.count).padStart(12)} ${remark.group.padStart(10)} ${remark.protocol.padStart(18)}  ${safeText(remark.summary, Number.POSITIVE_INFINITY)}\n`
  }
  return text
}
