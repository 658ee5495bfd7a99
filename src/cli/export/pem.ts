// `wiretail export pem`: the certificates that TLS shows, in the form that openssl, curl and browsers read.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { safeText } from '../../bytes/text.ts'
import { readChains, type ShownChain } from '../../engine/certificates.ts'
import { parseOptions, UsageError } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'
import { openTarget, TARGET_HELP, TARGET_OPTIONS } from './target.ts'

export const help = `wiretail export pem -r FILE [options]

Writes the certificates that TLS shows, each chain as it was sent. TLS 1.3 seals certificates: with --keylog they are written
as well. Chains of several connections that are the same are written once.

      --stream N              only those of this TCP stream
      --dir FOLDER            a file for each chain, made if need be, instead of one text
${TARGET_HELP}
${READING_HELP}

Examples:
  wiretail export pem -r capture.pcapng --stream 0 > chain.pem
  wiretail export pem -r capture.pcapng --dir certificates
`

const OPTIONS = { ...READING_OPTIONS, ...TARGET_OPTIONS, stream: { type: 'string' }, dir: { type: 'string' } } as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'export pem',
      help,
      parse: () => parseOptions(args, OPTIONS, 'export pem'),
      async work({ capture, filter }, values) {
        const stream = parseStream(values.stream)
        if (values.dir !== undefined && values.out !== undefined)
          throw new UsageError('There are two places to write to. Give --dir or --out, not both.')
        const chains = distinct(await readChains(capture, filter, stream))
        const certificates = chains.reduce((sum, chain) => sum + chain.certificates.length, 0)
        const force = values.force === true
        if (values.dir === undefined) writeTo(values.out, force, chains)
        else writeFiles(values.dir, force, chains)
        io.err(tally(certificates, chains.length))
        return 0
      },
    },
    io,
  )
}

function parseStream(text: string | undefined): number {
  if (text === undefined) return -1
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`"${text}" is no number of a stream. Count from zero: --stream 0`)
  return Number(text)
}

/** A server shows the same chain in every connection. */
function distinct(chains: readonly ShownChain[]): ShownChain[] {
  const seen = new Set<string>()
  return chains.filter(({ certificates }) => {
    const key = certificates.map(({ sha256 }) => sha256).join()
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const textOf = ({ certificates }: ShownChain): string => certificates.map(({ pem }) => pem).join('')

function writeTo(path: string | undefined, force: boolean, chains: readonly ShownChain[]): void {
  const target = openTarget(path, force)
  for (const chain of chains) target.output.text(textOf(chain))
  target.close()
}

function writeFiles(folder: string, force: boolean, chains: readonly ShownChain[]): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    throw new UsageError(`${safeText(folder, 200)} cannot be made. Choose a folder of your own: --dir FOLDER`)
  }
  for (const chain of chains) writeTo(join(folder, `stream-${chain.stream}-${chain.from}.pem`), force, [chain])
}

function tally(certificates: number, chains: number): string {
  if (chains === 0) return 'No certificate can be read. TLS 1.3 seals them: give the key log, --keylog FILE\n'
  return `${certificates === 1 ? '1 certificate' : `${certificates} certificates`} in ${chains === 1 ? '1 chain' : `${chains} chains`}\n`
}
