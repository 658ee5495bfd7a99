// `wiretail compare`: the same secret in several captures, side by side; or as JSON for scripts.

import { existsSync, readFileSync } from 'node:fs'
import { safeText } from '../bytes/text.ts'
import { LESSON_KEY } from '../demo/scenes/keys.ts'
import { comparisonRows, type Exposed, expose } from '../engine/compare/index.ts'
import { type Finding, type Keys, NO_KEYS, readFernetKeys } from '../engine/exposure/index.ts'
import { openForReading, runQuery } from '../engine/printing.ts'
import { explainFailure, parseOptions, UsageError } from './args.ts'
import { captureFolder, demoRecordings } from './bundled.ts'
import type { Io } from './commands.ts'
import { layTable, MAX_COLUMNS } from './compare/table.ts'

export const help = `wiretail compare [FILE…] [--secret TEXT] [--json] [--keylog FILE] [--fernet-key KEY]

The same secret in several captures, one column each: what a stranger on the wire reads, what is hidden, what leaks all the same, what it
cost, and whether the secret is to be had. Without a file: the recordings of the demo in plain HTTP, as a Fernet token, and over TLS.

      --secret TEXT      the secret to look for; $SECRET_MESSAGE or "fluffy tail" unless given
      --json             as JSON, with the place of every finding
      --keylog FILE      TLS secrets in NSS format; $SSLKEYLOGFILE unless given
      --fernet-key KEY   opens Fernet tokens (repeatable); $SECRET_KEY unless given

Examples:
  wiretail compare
  wiretail compare plain.pcapng https.pcapng --secret "fluffy tail" --json
`

const DEFAULT_SECRET = 'fluffy tail'

const OPTIONS = {
  secret: { type: 'string' },
  json: { type: 'boolean' },
  keylog: { type: 'string' },
  'fernet-key': { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const

/** Runs the command. Resolves to the exit code. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = parseOptions(args, OPTIONS, 'compare')
    if (values.help === true) {
      io.out(help)
      return 0
    }
    if (values.secret === '') throw new UsageError('The secret is empty. Say what to look for: --secret "fluffy tail"')
    const { SECRET_MESSAGE } = process.env
    const secret = values.secret ?? (SECRET_MESSAGE || DEFAULT_SECRET)
    // The recordings of the demo come with their key, so that it can be said who reads them and who does not.
    const own = positionals.length > 0 ? [] : [LESSON_KEY]
    const keys = readKeys(values['fernet-key'], values.keylog, own, io)
    const files = positionals.length > 0 ? positionals : bundled(io)
    const captures: Exposed[] = []
    let code = 0
    for (const file of files) {
      const capture = await openForReading(file)
      try {
        await runQuery(capture, { fields: [], onPacket: () => undefined })
        captures.push(expose(file, capture, secret, keys))
        const { damage } = capture.reader
        if (damage !== null) {
          io.err(`wiretail: ${safeText(damage.message)}\n`)
          code = 2
        }
      } finally {
        capture.close()
      }
    }
    io.out(values.json === true ? `${JSON.stringify({ captures: captures.map(jsonOf) })}\n` : textOf(captures, secret))
    return code
  } catch (error) {
    const told = explainFailure(error)
    if (told === undefined) throw error
    io.err(`wiretail: ${safeText(told.message)}\n`)
    return told.exitCode
  }
}

/** Keys from options, else from the environment. */
function readKeys(given: readonly string[] | undefined, keylog: string | undefined, own: readonly string[], io: Io): Keys {
  const { SECRET_KEY, SSLKEYLOGFILE } = process.env
  const read = readFernetKeys(given ?? (SECRET_KEY ? [SECRET_KEY] : own))
  if (!read.ok) {
    if (given !== undefined) throw new UsageError(read.message)
    io.err(`wiretail: $SECRET_KEY is left out of account: ${read.message}\n`)
  }
  const log = keylog ?? (SSLKEYLOGFILE && existsSync(SSLKEYLOGFILE) ? SSLKEYLOGFILE : undefined)
  if (log !== undefined) checkKeyLog(log, io)
  return { ...NO_KEYS, fernet: read.ok ? read.keys : [] }
}

/** A line of a key log in NSS format: label, client random, secret. */
const SECRET_LINE = /^[A-Z][A-Z0-9_]* [0-9a-fA-F]+ [0-9a-fA-F]+\s*$/

function checkKeyLog(path: string, io: Io): void {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
    throw new UsageError(`The key log ${path} ${why}. Name the file that SSLKEYLOGFILE made: --keylog FILE`)
  }
  const secrets = text.split('\n').filter((line) => SECRET_LINE.test(line)).length
  if (secrets === 0)
    throw new UsageError(`${path} holds no TLS secrets. A key log has lines such as "CLIENT_RANDOM 5f2a… 9c1e…": --keylog FILE`)
  io.err(`wiretail: ${safeText(path)} has ${secrets} TLS secrets; this comparison opens Fernet tokens only, so TLS stays sealed in it.\n`)
}

function bundled(io: Io): string[] {
  const found = demoRecordings(io)
  if (found.length === 0)
    throw new UsageError(
      `The recordings of the demo are not in ${captureFolder(io)}. Install wiretail again, or name captures: wiretail compare FILE…`,
    )
  return found
}

function textOf(captures: readonly Exposed[], secret: string): string {
  const lines: string[] = [safeText(`The secret: »${secret}«`), '']
  for (let from = 0; from < captures.length; from += MAX_COLUMNS) {
    if (from > 0) lines.push('')
    lines.push(...layTable(comparisonRows(captures.slice(from, from + MAX_COLUMNS))))
  }
  return `${lines.join('\n')}\n`
}

const finding = ({ packet, offset, length, how }: Finding) => ({ packet, offset, length, how })

function jsonOf({ file, exposure, failures }: Exposed) {
  const { packets, bytes, roundTrips, milliseconds, protocols, secret, leaks, shares, assurance } = exposure
  return {
    file,
    packets,
    bytes,
    roundTrips,
    milliseconds,
    protocols,
    secret: {
      inPackets: secret.inPackets,
      inStreams: secret.inStreams,
      afterDecoding: secret.afterDecoding,
      afterTrivial: secret.afterTrivial,
      withKeys: secret.withKeys,
      packets: secret.packets,
      where: secret.where.map(finding),
    },
    leaks,
    shares,
    keyAgreement: assurance?.keyAgreement ?? null,
    authenticated: assurance?.authenticated ?? null,
    forwardSecret: assurance?.forwardSecret ?? null,
    failures,
  }
}
