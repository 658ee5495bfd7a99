// What commands that read or capture packets have in common: option tables, and mistakes in options as one line with the remedy.

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { CaptureError, prepareFilter, readSettings, type TimeFormat } from '../engine/printing.ts'
import { joinKeys } from './keys.ts'
import { type Preference, readPreference } from './preferences.ts'
import { explainUsage } from './usage.ts'
import { UsageError } from './usage-error.ts'

export { UsageError } from './usage-error.ts'

/** Where packets come from, for parseArgs. */
export const SOURCE_OPTIONS = {
  read: { type: 'string', short: 'r' },
  interface: { type: 'string', short: 'i' },
  'capture-filter': { type: 'string', short: 'f' },
  port: { type: 'string', short: 'p', multiple: true },
  engine: { type: 'string' },
  'display-filter': { type: 'string', short: 'Y' },
  count: { type: 'string', short: 'c' },
  write: { type: 'string', short: 'w' },
  name: { type: 'boolean', short: 'n' },
  keylog: { type: 'string', multiple: true },
  'rsa-key': { type: 'string', multiple: true },
  psk: { type: 'string', multiple: true },
  option: { type: 'string', short: 'o', multiple: true },
  'fernet-key': { type: 'string', multiple: true },
  strict: { type: 'boolean' },
  follow: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options']

/** parseArgs, with its mistakes as UsageError. `command` is the one whose help lists the options. */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: T, command: string) {
  try {
    return parseArgs({ args: joinKeys(args, ['--fernet-key']), options, allowPositionals: true })
  } catch (error) {
    const told = explainUsage(error, command)
    if (told === undefined) throw error
    throw new UsageError(told)
  }
}

/** Keys that the user gives protocols, from options. */
interface KeyOptions {
  readonly keylog?: readonly string[] | undefined
  readonly 'rsa-key'?: readonly string[] | undefined
  readonly psk?: readonly string[] | undefined
  /** Preferences in Wireshark's words. */
  readonly option?: readonly string[] | undefined
  readonly 'fernet-key'?: readonly string[] | undefined
}

/** What the user tells protocols: keys from options, or from $SSLKEYLOGFILE, and $SECRET_KEY as in the demo. */
export function parseSettings(values: KeyOptions) {
  const { SECRET_KEY, SSLKEYLOGFILE } = process.env
  const preferences = (values.option ?? []).map(readPreference)
  const preferred = (kind: Preference['kind']): string[] => preferences.filter((one) => one.kind === kind).map(({ value }) => value)
  const read = readSettings({
    fernetKeys: values['fernet-key'] ?? (SECRET_KEY ? [SECRET_KEY] : []),
    keyLogs: [...(values.keylog ?? []), ...preferred('keylog')],
    expectedKeyLog: SSLKEYLOGFILE,
    rsaKeys: [...(values['rsa-key'] ?? []), ...preferred('rsa-key')],
    sharedKeys: [...(values.psk ?? []), ...preferred('psk')],
    checksums: preferred('checksum'),
  })
  if (!read.ok) throw new UsageError(read.message)
  return read.settings
}

/** A whole number from an option. */
export function parseCount(text: string, option: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1)
    throw new UsageError(`"${text}" is no number of packets. Give a whole number above 0: ${option} 100`)
  return count
}

/** -p N (repeatable) and -f EXPR as one capture filter. */
export function captureFilterOf(ports: readonly string[], expression: string): string {
  for (const port of ports)
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
      throw new UsageError(`"${port}" is no port. Give a number from 1 to 65535: -p 5683`)
  const either = ports.map((port) => `tcp port ${port}`).join(' or ')
  if (either === '' || expression === '') return either + expression
  return `(${expression}) and (${either})`
}

const TIME_FORMATS: readonly string[] = ['r', 'a', 'ad', 'd', 'dd', 'e', 'u'] satisfies TimeFormat[]

export function parseTimeFormat(text: string): TimeFormat {
  if (!TIME_FORMATS.includes(text))
    throw new UsageError(
      `"${text}" is no time format. Give r (since the first packet), a (time of day), ad (with date), d (since the one before), dd (since the one shown before), e (since 1970) or u (UTC): -t ad`,
    )
  return text as TimeFormat
}

/** Checks and compiles a display filter; a mistake is shown with a mark under its place and a repair where there is one. */
export function parseFilter(text: string) {
  const result = prepareFilter(text)
  if (result.ok) return result.filter
  throw new UsageError(describeMistake(text, result), 2)
}

/** "MESSAGE Try: FIX", and below it the filter with carets under the mistake. */
function describeMistake(text: string, mistake: { message: string; start: number; end: number; fix?: string }): string {
  const line = /[.?!]$/.test(mistake.message) ? mistake.message : `${mistake.message}.`
  const told = mistake.fix === undefined ? line : `${line} Try: ${mistake.fix}`
  if (!/^[\x20-\x7e]*$/.test(text) || text.length > 200) return told
  const width = Math.max(1, mistake.end - mistake.start)
  return `${told}\n    ${text}\n    ${' '.repeat(mistake.start)}${'^'.repeat(width)}`
}

/** The exit code for a capture that cannot be read or written; see "Exit codes" of the command line's page. */
export function exitCodeOf(error: CaptureError): number {
  return error.code === 'permission' ? 1 : 2
}

/** What to tell of an error, and how to end; undefined for our own bugs. */
export function explainFailure(error: unknown): { message: string; exitCode: number } | undefined {
  if (error instanceof UsageError) return { message: error.message, exitCode: error.exitCode }
  if (error instanceof CaptureError) return { message: error.message, exitCode: exitCodeOf(error) }
  // Live captures fail for want of rights, of the interface, or of an engine: nothing that another try would not need a change for.
  if (error instanceof Error && error.name === 'LiveError') return { message: error.message, exitCode: 1 }
  return undefined
}
