// `wiretail get URL`: the demo's client.

import { closeSync, openSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import { formatName, readCertificate } from '../demo/certificates.ts'
import {
  DEMO_KINDS,
  DemoError,
  type DemoKind,
  type Fetched,
  fetchOnce,
  findKind,
  plain,
  readAuthorities,
  readIdentity,
  requireFound,
  resemblesFernet,
  type TlsClientOptions,
} from '../demo/index.ts'
import { attempt } from './attempt.ts'
import type { Io } from './commands.ts'
import { joinKeys } from './keys.ts'
import { withPassphrase } from './passphrase.ts'
import { parseTlsChoices, refuseTlsOptions, TLS_OPTIONS } from './tls-options.ts'

export const help = `wiretail get [URL] [--ca FILE] [--kind KIND] [--timeout SECONDS]

Fetches the secret once and prints it. Without a URL, $SECRET_URL is fetched.

      --timeout SECONDS  give up after so long; 5 unless given
      --kind KIND        how the secret is sent: ${DEMO_KINDS.map(({ name }) => name).join(', ')};
                         seen from the answer, except for cipher
      --fernet-key KEY   opens Fernet tokens, else $SECRET_KEY
  -v, --verbose          says how the connection was made
For https:
      --ca FILE          trust this authority, not those that Node brings
      --insecure         take any certificate, and so any server
      --cert FILE, --key FILE    who you are, when the server asks
      --passphrase TEXT  of the key, else $PASSPHRASE, else it is asked
      --tls-min V, --tls-max V, --ciphers LIST   as for wiretail serve
      --keylog FILE      adds the connection's keys, else to $SSLKEYLOGFILE

Examples:
  SECRET_URL=http://127.0.0.1:5683 wiretail get
  wiretail get https://localhost:5683 --ca ca-public-key.pem
`

const OPTIONS = {
  timeout: { type: 'string', default: '5' },
  kind: { type: 'string' },
  'fernet-key': { type: 'string' },
  verbose: { type: 'boolean', short: 'v', default: false },
  ca: { type: 'string' },
  insecure: { type: 'boolean' },
  ...TLS_OPTIONS,
  keylog: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Runs the command. Resolves to the exit code: 1 when the secret could not be fetched, with one line that says why. */
export function run(args: string[], io: Io): Promise<number> {
  return attempt('get', io, async () => {
    const { values, positionals } = parseArgs({ args: joinKeys(args, ['--fernet-key']), allowPositionals: true, options: OPTIONS })
    if (values.help) {
      io.out(help)
      return 0
    }
    const { SECRET_URL, SECRET_KEY } = process.env
    const [given, surplus] = positionals
    const url = given ?? SECRET_URL
    if (!url) throw new DemoError('No URL to fetch. Give one, or set SECRET_URL: wiretail get http://127.0.0.1:5683')
    if (surplus !== undefined)
      throw new DemoError(`"${surplus}" is too much: one URL is fetched. For example: wiretail get http://127.0.0.1:5683`)
    const seconds = Number(values.timeout)
    if (!(seconds > 0 && seconds <= 3600)) throw new DemoError(`"${values.timeout}" is no time. Give seconds, 3600 at most: --timeout 5`)
    const kind = parseKind(values.kind)
    const sealed = /^https:/i.test(url)
    if (!sealed)
      refuseTlsOptions(
        values,
        [...Object.keys(TLS_OPTIONS), 'ca', 'insecure', 'keylog'],
        'http',
        `wiretail get ${url.replace(/^http:/i, 'https:')}`,
      )
    const tls = sealed ? await readTls(values, io) : {}
    const fetched = await fetchOnce(url, { timeout: seconds * 1000, tls })
    requireFound(fetched.status, url)
    if (values.insecure) io.err('Nobody checked who the server is: with --insecure, anyone on the way could have answered.\n')
    if (values.verbose) io.err(describe(fetched))
    const fernetKey = values['fernet-key'] ?? SECRET_KEY
    const chosen = kind ?? recognise(fetched.body, values['fernet-key'], SECRET_KEY, io)
    io.out(`The secret message is: ${safeText(chosen.read(fetched.body, fernetKey ? { fernetKey } : {}))}\n`)
    return 0
  })
}

function parseKind(name: string | undefined): DemoKind | undefined {
  if (name === undefined) return undefined
  const kind = findKind(name)
  if (!kind) throw new DemoError(`No kind "${name}". There is: ${DEMO_KINDS.map((one) => one.name).join(', ')}. For example: --kind cipher`)
  return kind
}

/** A key on the command line is meant for this answer; one in the environment only if the answer is a token. */
function recognise(body: Uint8Array, given: string | undefined, known: string | undefined, io: Io): DemoKind {
  const fernet = findKind('fernet') ?? plain
  if (given !== undefined) return fernet
  if (!resemblesFernet(new TextDecoder().decode(body).trim())) return plain
  if (known) return fernet
  io.err('This is a Fernet token. With the key that it was made with it opens: SECRET_KEY=… wiretail get URL\n')
  return plain
}

/** Who answered, and how. Holds text of certificates, made safe. */
function describe({ clientPort, tls }: Fetched): string {
  if (!tls) return `From port ${clientPort}, in plain HTTP: nothing was hidden, and nobody showed who they are.\n`
  const read = readCertificate(tls.certificate)
  const subject = read.ok ? safeText(formatName(read.value.subject)) : 'unreadable'
  const issuer = read.ok ? safeText(formatName(read.value.issuer)) : 'unreadable'
  const checked = tls.verified ? 'checked' : 'not checked'
  return `From port ${clientPort}, over ${tls.version} with ${tls.cipher}.\nThe server is ${subject}, according to ${issuer} (${checked}).\n`
}

async function readTls(values: Options, io: Io): Promise<TlsClientOptions> {
  const { ca, cert, key } = values
  if ((cert === undefined) !== (key === undefined))
    throw new DemoError(
      'A certificate and its private key go together. Give both: --cert client-public-key.pem --key client-private-key.pem',
    )
  const choice = { given: values.passphrase, variables: ['PASSPHRASE'] }
  const identity =
    cert === undefined || key === undefined
      ? undefined
      : await withPassphrase(choice, io, (passphrase) => readIdentity(cert, key, passphrase))
  const { SSLKEYLOGFILE } = process.env
  const keylog = values.keylog ?? SSLKEYLOGFILE
  return {
    ...parseTlsChoices(values),
    ...(ca === undefined ? {} : { authorities: readAuthorities(ca) }),
    ...(values.insecure ? { insecure: true } : {}),
    ...(identity ? { identity } : {}),
    ...(keylog ? { keylog: openKeyLog(keylog) } : {}),
  }
}

/** Opens the key log for adding to it, readable by nobody else when it is new. */
function openKeyLog(path: string): (line: Buffer) => void {
  const append = (line: Uint8Array): void => {
    const file = openSync(path, 'a', 0o600)
    writeSync(file, line)
    closeSync(file)
  }
  try {
    append(new Uint8Array(0))
  } catch (error) {
    throw new DemoError(
      `The key log ${path} cannot be written: ${(error as NodeJS.ErrnoException).code}. Choose another place: --keylog FILE`,
    )
  }
  return append
}
