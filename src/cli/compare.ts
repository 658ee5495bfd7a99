// `wiretail compare`: the same secret in several captures, side by side; or as JSON for scripts.

import { safeText } from '../bytes/text.ts'
import { LESSON_KEY } from '../demo/scenes/keys.ts'
import { comparisonRows, type Exposed, expose, keysBeside } from '../engine/compare/index.ts'
import { type Finding, type Keys, NO_KEYS, readFernetKeys } from '../engine/exposure/index.ts'
import { openForReading, runQuery, tellKeys } from '../engine/printing.ts'
import { explainFailure, parseOptions, parseSettings, UsageError } from './args.ts'
import { captureFolder, demoRecordings } from './bundled.ts'
import type { Io } from './commands.ts'
import { layTable, MAX_COLUMNS } from './compare/table.ts'

export const help = `wiretail compare [FILE…] [--secret TEXT] [--json] [--keylog FILE] [--fernet-key KEY]

The same secret in several captures, one column each: what a stranger on the wire reads, what is hidden, what leaks all the same, what it
cost, and whether the secret is to be had. Without a file: the recordings of the demo in plain HTTP, as a Fernet token, and over TLS.

      --secret TEXT      the secret to look for; $SECRET_MESSAGE or "fluffy tail" unless given
      --json             as JSON, with the place of every finding
      --keylog FILE      TLS secrets in NSS format (repeatable); $SSLKEYLOGFILE unless given
      --rsa-key FILE     the server's private key, for TLS up to 1.2 with RSA key exchange (repeatable)
      --psk HEX          a pre-shared key of TLS up to 1.2
      --fernet-key KEY   opens Fernet tokens (repeatable); $SECRET_KEY unless given

Examples:
  wiretail compare
  wiretail compare plain.pcapng https.pcapng --secret "fluffy tail" --json
`

const DEFAULT_SECRET = 'fluffy tail'

const OPTIONS = {
  secret: { type: 'string' },
  json: { type: 'boolean' },
  keylog: { type: 'string', multiple: true },
  'rsa-key': { type: 'string', multiple: true },
  psk: { type: 'string', multiple: true },
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
    const keys = readKeys(values['fernet-key'], own, io)
    const { keylog, 'rsa-key': rsaKey, psk } = values
    const settings = parseSettings({ keylog, 'rsa-key': rsaKey, psk, 'fernet-key': [] })
    const files = positionals.length > 0 ? positionals : bundled(io)
    const captures: Exposed[] = []
    let code = 0
    for (const file of files) {
      const capture = await openForReading(file, { settings, ...(positionals.length === 0 ? keysBeside(file) : {}) })
      try {
        await runQuery(capture, { fields: [], onPacket: () => undefined })
        captures.push(expose(file, capture, secret, keys))
        if (keylog !== undefined || rsaKey !== undefined || psk !== undefined)
          for (const line of tellKeys(capture)) io.err(`wiretail: ${safeText(file)}: ${safeText(line)}\n`)
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

/** Fernet keys from options, else from the environment; keys of TLS go with the capture. */
function readKeys(given: readonly string[] | undefined, own: readonly string[], io: Io): Keys {
  const { SECRET_KEY } = process.env
  const read = readFernetKeys(given ?? (SECRET_KEY ? [SECRET_KEY] : own))
  if (!read.ok) {
    if (given !== undefined) throw new UsageError(read.message)
    io.err(`wiretail: $SECRET_KEY is left out of account: ${read.message}\n`)
  }
  return { ...NO_KEYS, fernet: read.ok ? read.keys : [] }
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
