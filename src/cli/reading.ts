// What the commands that read one whole capture file share: -r, -Y, keys, and one way to end.

import type { ParseArgsConfig } from 'node:util'
import { safeLines, safeText } from '../bytes/text.ts'
import { type Capture, type CompiledFilter, openForReading } from '../engine/printing.ts'
import { explainFailure, parseFilter, parseSettings, UsageError } from './args.ts'
import type { Io } from './commands.ts'

/** For parseArgs. */
export const READING_OPTIONS = {
  read: { type: 'string', short: 'r' },
  'display-filter': { type: 'string', short: 'Y' },
  name: { type: 'boolean', short: 'n' },
  keylog: { type: 'string', multiple: true },
  'rsa-key': { type: 'string', multiple: true },
  psk: { type: 'string', multiple: true },
  'fernet-key': { type: 'string', multiple: true },
  strict: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options']

/** Their lines in a command's help. */
export const READING_HELP = `  -r, --read FILE             a capture file of any known format and compression; - is standard input
  -Y, --display-filter EXPR   only packets that match
      --keylog FILE           TLS secrets in NSS format; $SSLKEYLOGFILE unless given
      --rsa-key FILE          the server's private key, for TLS up to 1.2 with RSA key exchange (repeatable)
      --psk HEX               a pre-shared key of TLS up to 1.2
      --fernet-key KEY        opens Fernet tokens (repeatable); $SECRET_KEY unless given`

export interface ReadingValues {
  readonly read?: string | undefined
  readonly 'display-filter'?: string | undefined
  readonly keylog?: readonly string[] | undefined
  readonly 'rsa-key'?: readonly string[] | undefined
  readonly psk?: readonly string[] | undefined
  readonly 'fernet-key'?: readonly string[] | undefined
  readonly strict?: boolean | undefined
  readonly help?: boolean | undefined
}

export interface Reading {
  readonly capture: Capture
  readonly filter: CompiledFilter | null
  /** What was given for -r. */
  readonly file: string
}

/** A command that reads one capture: how it is called, its help, its options parsed, and its work, which may resolve to an exit code. */
export interface ReadingCommand<V extends ReadingValues> {
  readonly name: string
  readonly help: string
  parse(): { readonly values: V; readonly positionals: readonly string[] }
  work(reading: Reading, values: V): Promise<number | undefined> | number | undefined
}

/** One line on standard error, safe for a terminal. */
export function tell(io: Io, message: string): void {
  io.err(`wiretail: ${safeLines(message).join('\n')}\n`)
}

/**
 * Opens the capture, lets the command work, closes it and says how it went. Without -r the first free word is the file; the other free
 * words are a display filter, as with print. Resolves to the exit code.
 */
export async function runReading<V extends ReadingValues>(command: ReadingCommand<V>, io: Io): Promise<number> {
  try {
    const { values, positionals } = command.parse()
    if (values.help === true) {
      io.out(command.help)
      return 0
    }
    const words = [...positionals]
    const file = values.read ?? words.shift()
    if (file === undefined) throw new UsageError(`No capture is named. Say which file to read: wiretail ${command.name} -r FILE`)
    const expression = values['display-filter']
    if (expression !== undefined && words.length > 0)
      throw new UsageError('There are two filters. Give one display filter: -Y or the words at the end.')
    const text = expression ?? words.join(' ')
    const filter = text === '' ? null : parseFilter(text)
    const capture = await openForReading(file, { strict: values.strict ?? false, settings: parseSettings(values) })
    try {
      const code = await command.work({ capture, filter, file }, values)
      const { damage } = capture.reader
      if (damage === null) return code ?? 0
      tell(io, damage.message)
      return 2
    } finally {
      capture.close()
    }
  } catch (error) {
    const told = explainFailure(error)
    if (told === undefined) throw error
    tell(io, told.message)
    return told.exitCode
  }
}

/** A file's name as it may be shown. */
export function fileTitle(file: string): string {
  return file === '-' ? 'standard input' : safeText(file, 200)
}
