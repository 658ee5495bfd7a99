// `wiretail serve KIND`: the demo's server in the foreground, until Ctrl-C.

import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import {
  DEMO_HOST,
  DEMO_KINDS,
  DEMO_PORT,
  DEMO_SECRET,
  DemoError,
  findKind,
  PKI_FILES,
  readAuthorities,
  readIdentity,
  type TlsServerOptions,
} from '../demo/index.ts'
import { attempt } from './attempt.ts'
import type { Io } from './commands.ts'
import { joinKeys } from './keys.ts'
import { withPassphrase } from './passphrase.ts'
import { parseKeyExchange, parseTlsChoices, refuseTlsOptions, TLS_OPTIONS } from './tls-options.ts'

export const help = `wiretail serve KIND [--port ${DEMO_PORT}] [--host ${DEMO_HOST}] [--secret TEXT]

Serves one secret at / until Ctrl-C, and prints a line for each request.

Kinds:
${DEMO_KINDS.map((kind) => `  ${kind.name.padEnd(8)}${kind.about}`).join('\n')}

  -p, --port N        port to listen on; 0 takes any free one
      --host ADDR     address to listen on; 0.0.0.0 or :: for all
      --secret TEXT   the message, else $SECRET_MESSAGE, else "${DEMO_SECRET}"
fernet:
      --fernet-key K  the key, else $SECRET_KEY
https:
      --cert FILE     ${PKI_FILES.certificate} unless given
      --key FILE      ${PKI_FILES.key} unless given
      --passphrase T  of the key, else $PASSPHRASE, else it is asked
      --tls-min V, --tls-max V   1.0 to 1.3; what Node allows unless given
      --key-exchange K           rsa, dhe or ecdhe; the first two need TLS 1.2
      --ciphers LIST             OpenSSL's names, with colons between them
      --client-ca FILE           clients must show a certificate of this CA

Examples:
  wiretail serve plain --port 8080 --secret "squirrels at noon"
  wiretail serve https --cert server-public-key.pem --key server-private-key.pem
`

const OPTIONS = {
  port: { type: 'string', short: 'p', default: String(DEMO_PORT) },
  host: { type: 'string', default: DEMO_HOST },
  secret: { type: 'string' },
  'fernet-key': { type: 'string' },
  ...TLS_OPTIONS,
  'key-exchange': { type: 'string' },
  'client-ca': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Runs the command. Resolves to the exit code: 0 after Ctrl-C, 1 for a wrong option, a bad key or a port that cannot be had. */
export function run(args: string[], io: Io): Promise<number> {
  return attempt('serve', io, async () => {
    const { values, positionals } = parseArgs({ args: joinKeys(args, ['--fernet-key']), allowPositionals: true, options: OPTIONS })
    if (values.help) {
      io.out(help)
      return 0
    }
    const kinds = DEMO_KINDS.map((kind) => kind.name).join(', ')
    const [name, surplus] = positionals
    const kind = findKind(name ?? '')
    if (name === undefined) throw new DemoError(`Say how to serve the secret: ${kinds}. For example: wiretail serve plain`)
    if (!kind) throw new DemoError(`No kind "${name}". There is: ${kinds}. For example: wiretail serve plain`)
    if (surplus !== undefined)
      throw new DemoError(`"${surplus}" is too much. A secret of several words needs quotes: --secret "${DEMO_SECRET}"`)
    const port = Number(values.port)
    if (!/^\d+$/.test(values.port) || port > 65_535)
      throw new DemoError(`"${values.port}" is no port. Give a number from 0 to 65535: --port ${DEMO_PORT}`)
    const { SECRET_MESSAGE, SECRET_KEY } = process.env
    if (kind.name !== 'https')
      refuseTlsOptions(values, [...Object.keys(TLS_OPTIONS), 'key-exchange', 'client-ca'], `serve ${kind.name}`, 'wiretail serve https')
    if (kind.name !== 'fernet' && values['fernet-key'] !== undefined)
      throw new DemoError(`--fernet-key is for fernet, not for ${kind.name}. Leave it out, or: wiretail serve fernet`)
    const fernetKey = values['fernet-key'] ?? SECRET_KEY
    const tls = kind.name === 'https' ? await readTls(values, io) : undefined
    const server = await kind.serve(values.secret ?? (SECRET_MESSAGE || DEMO_SECRET), {
      host: values.host,
      port,
      log: (line) => io.out(`${line}\n`),
      ...(fernetKey ? { fernetKey } : {}),
      ...(tls ? { tls } : {}),
    })
    const shown = safeText(server.url)
    io.err(`Serving the secret at ${shown} (${kind.about}).\n`)
    io.err(`Fetch it: ${fetchCommand(kind.name, shown)}   Watch it: wiretail -i lo -p ${server.port}   Stop: Ctrl-C\n`)
    await interrupted()
    await server.close()
    return 0
  })
}

/** What to type in another terminal. */
function fetchCommand(kind: string, url: string): string {
  const extra: Readonly<Record<string, string>> = { cipher: ' --kind cipher', https: ` --ca ${PKI_FILES.authority}` }
  return `${kind === 'fernet' ? 'SECRET_KEY=… ' : ''}wiretail get ${url}${extra[kind] ?? ''}`
}

async function readTls(values: Options, io: Io): Promise<TlsServerOptions> {
  const choices = parseTlsChoices(values)
  const keyExchange = parseKeyExchange(values['key-exchange'], choices.minVersion)
  if (keyExchange !== undefined && choices.ciphers !== undefined)
    throw new DemoError('--ciphers names the key exchange already. Leave out --key-exchange.')
  if (keyExchange !== undefined && keyExchange !== 'ecdhe' && choices.maxVersion === '1.3')
    throw new DemoError(`TLS 1.3 has no key exchange of the kind ${keyExchange}. Leave out --tls-max 1.3, or take ecdhe.`)
  const { cert = PKI_FILES.certificate, key = PKI_FILES.key, 'client-ca': clientCa } = values
  const choice = { given: values.passphrase, variables: ['PASSPHRASE'] }
  const identity = await withPassphrase(choice, io, (passphrase) => readIdentity(cert, key, passphrase))
  if (keyExchange !== undefined && keyExchange !== 'ecdhe' && identity.key.asymmetricKeyType !== 'rsa')
    throw new DemoError(
      `The key exchange ${keyExchange} needs an RSA certificate, and this one is of another kind. Take ecdhe, or make one: wiretail pki csr --algorithm rsa`,
    )
  return {
    identity,
    ...choices,
    ...(keyExchange ? { keyExchange } : {}),
    ...(clientCa === undefined ? {} : { clientAuthorities: readAuthorities(clientCa) }),
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}
