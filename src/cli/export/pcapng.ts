// `wiretail export pcapng`: selected packets as a capture file to hand on, with or without comments, keys and secrets.

import { existsSync } from 'node:fs'
import { safeText } from '../../bytes/text.ts'
import { copyCapture } from '../../engine/redact-copy.ts'
import { parseOptions, UsageError } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'

export const help = `wiretail export pcapng -r FILE -w OUT [options]

Writes packets into a new pcapng file. --redact takes out what must not be handed on: values of Authorization, Cookie, Set-Cookie and similar fields;
passwords, tokens and keys in forms, addresses, JSON and mail; Fernet tokens and JSON Web Tokens; and the same values wherever else they stand. They are
overwritten with X, so lengths stay as they are, and right checksums stay right. IP fragments, quoted packets and packed messages that hold a secret
are blanked whole. Sealed bytes stay sealed: keys are not written along.

  -w, --write OUT             where to write; - is standard output
      --comments keep|strip   comments on packets and interfaces: keep (default; with --redact they are redacted too)
      --secrets WHAT          keys inside the file: keep (default), strip (default with --redact), add (those of --keylog as well)
      --redact                blank credentials, cookies, tokens
      --secret TEXT           blank this text too, wherever it stands (repeatable; with --redact)
      --force                 write over a file that is there
${READING_HELP}

Examples:
  wiretail export pcapng -r capture.pcapng -w for-the-vendor.pcapng --redact
  wiretail export pcapng -r capture.pcapng -w with-keys.pcapng --keylog keys.txt --secrets add -Y 'tcp.stream == 3'
`

const OPTIONS = {
  ...READING_OPTIONS,
  write: { type: 'string', short: 'w' },
  comments: { type: 'string', default: 'keep' },
  secrets: { type: 'string' },
  redact: { type: 'boolean' },
  secret: { type: 'string', multiple: true },
  force: { type: 'boolean' },
} as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'export pcapng',
      help,
      parse: () => parseOptions(args, OPTIONS, 'export pcapng'),
      async work({ capture, filter, file }, values) {
        const { write, comments, redact = false, secret = [] } = values
        const secrets = values.secrets ?? (redact ? 'strip' : 'keep')
        if (write === undefined) throw new UsageError('Where to write is not said. Name a file: -w OUT')
        if (write === file && write !== '-') throw new UsageError('A capture cannot be written over itself. Choose another name: -w OUT')
        if (write !== '-' && values.force !== true && existsSync(write))
          throw new UsageError(`${write} is there already. Choose another name, or write over it: --force`)
        if (comments !== 'keep' && comments !== 'strip')
          throw new UsageError(`--comments does not know "${comments}". Say keep or strip: --comments strip`)
        if (secrets !== 'keep' && secrets !== 'strip' && secrets !== 'add')
          throw new UsageError(`--secrets does not know "${secrets}". Say keep, strip or add: --secrets strip`)
        if (redact && secrets !== 'strip')
          throw new UsageError('Keys in the file would open what --redact takes out. Leave out --secrets, or leave out --redact.')
        if (secret.length > 0 && !redact) throw new UsageError('--secret names what to blank. It goes with --redact.')
        const done = await copyCapture(capture, write, { filter, comments, secrets, redact, texts: secret })
        const packets = `${done.packets} packet${done.packets === 1 ? '' : 's'}`
        const blanked = redact ? `; secrets blanked in ${done.changed} of them` : ''
        const added = secrets === 'add' ? `; ${done.secrets} secrets of key logs` : ''
        io.err(`${packets} written to ${write === '-' ? 'standard output' : safeText(write, 200)}${blanked}${added}\n`)
        return 0
      },
    },
    io,
  )
}
