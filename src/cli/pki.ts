// `wiretail pki`: a certificate authority of one's own, as in the tutorial: make the authority, ask for a certificate, sign it, look at
// it, and see who accepts it.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import { DemoError } from '../demo/index.ts'
import {
  DEFAULT_DAYS,
  encodeKey,
  type KeyAlgorithm,
  makeAuthority,
  makeKey,
  makeRequest,
  type Purpose,
  selfSign,
  signRequest,
  type Validity,
  validFor,
} from '../demo/pki.ts'
import { PKI_FILES, readCertificates, readKey, readRequestFile, writeNew } from '../demo/pki-files.ts'
import { attempt } from './attempt.ts'
import type { Io } from './commands.ts'
import { choosePassphrase, withPassphrase } from './passphrase.ts'
import { show, verify } from './pki-show.ts'

export const help = `wiretail pki ca|csr|sign|show|verify [options]

Makes and shows certificates. Files land in --dir, private keys readable
by you alone (0600); nothing that exists is overwritten without --force,
and no trust store is touched.

  pki ca            an authority: ${PKI_FILES.authorityKey}, ${PKI_FILES.authority}
  pki csr           a key and a request: ${PKI_FILES.key}, ${PKI_FILES.request}
  pki sign [CSR]    the authority signs: ${PKI_FILES.certificate}
  pki show FILE     what a certificate, request or key says
  pki verify [FILE] who accepts a certificate, and why others refuse

For ca and csr:
      --country US  --state TEXT  --locality TEXT  --org TEXT
      --hostname NAME    the common name
      --algorithm NAME   rsa (2048 bits) or ecdsa (P-256)
      --passphrase TEXT  protects the key; else $CA_PASSPHRASE for an
                         authority, $PASSPHRASE for any, else it is asked
      --no-passphrase    leaves the key unprotected
      --san NAME         csr: a host or address, repeatable; localhost and
                         127.0.0.1 unless given
      --name NAME        csr, sign: files start with this, not with server
      --key FILE         csr: asks for this key, makes none
For ca and sign:
      --days N           valid for so long; ${DEFAULT_DAYS} unless given
      --not-before DATE  valid from then on (2026-11-23); now unless given
      --expired, --not-yet-valid   dates that do not hold, for the lesson
      --as-printed       without what the tutorial as printed left out
For sign and verify:
      --ca FILE --ca-key FILE      the authority's pair
      --for server|client|both     sign: what the certificate is good for
      --self --key FILE            sign: no authority, the key signs itself
      --host NAME                  verify: the name that a client types
      --json                       show, verify: the same as data
For all:
      --dir FOLDER, --force

Examples:
  wiretail pki ca && wiretail pki csr && wiretail pki sign
  wiretail pki verify --host localhost
`

const OPTIONS = {
  dir: { type: 'string', default: '' },
  name: { type: 'string' },
  force: { type: 'boolean', default: false },
  country: { type: 'string', default: 'US' },
  state: { type: 'string', default: 'Maryland' },
  locality: { type: 'string', default: 'Baltimore' },
  org: { type: 'string' },
  hostname: { type: 'string' },
  san: { type: 'string', multiple: true },
  algorithm: { type: 'string', default: 'rsa' },
  passphrase: { type: 'string' },
  'no-passphrase': { type: 'boolean', default: false },
  key: { type: 'string' },
  days: { type: 'string', default: String(DEFAULT_DAYS) },
  'not-before': { type: 'string' },
  expired: { type: 'boolean', default: false },
  'not-yet-valid': { type: 'boolean', default: false },
  'as-printed': { type: 'boolean', default: false },
  ca: { type: 'string' },
  'ca-key': { type: 'string' },
  for: { type: 'string', default: 'server' },
  self: { type: 'boolean', default: false },
  host: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Options that each action knows, besides --dir and --help: any other is a mistake and is told, not passed over. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  ca: [
    ...['country', 'state', 'locality', 'org', 'hostname', 'algorithm', 'passphrase', 'no-passphrase'],
    ...['days', 'not-before', 'expired', 'not-yet-valid', 'as-printed', 'force'],
  ],
  csr: [
    ...['country', 'state', 'locality', 'org', 'hostname', 'algorithm', 'passphrase', 'no-passphrase'],
    ...['san', 'name', 'key', 'force'],
  ],
  sign: [
    ...['ca', 'ca-key', 'passphrase', 'for', 'self', 'key', 'name', 'force'],
    ...['days', 'not-before', 'expired', 'not-yet-valid', 'as-printed'],
  ],
  show: ['json'],
  verify: ['ca', 'host', 'json', 'name'],
}

/** Runs the command. Resolves to the exit code: 1 for a mistake, a missing file, or a certificate that somebody refuses. */
export function run(args: string[], io: Io): Promise<number> {
  return attempt('pki', io, async () => {
    const { values, positionals, tokens } = parseArgs({ args, allowPositionals: true, options: OPTIONS, tokens: true })
    if (values.help) {
      io.out(help)
      return 0
    }
    const [action = '', ...files] = positionals
    const known = KNOWN[action]
    if (!known || !Object.hasOwn(KNOWN, action))
      throw new DemoError(
        `${action === '' ? 'Say what to do' : `There is no "pki ${action}"`}: ca, csr, sign, show or verify. For example: wiretail pki ca`,
      )
    for (const token of tokens)
      if (token.kind === 'option' && !known.includes(token.name) && token.name !== 'dir')
        throw new DemoError(`${token.rawName} is not for pki ${action}. It takes: ${known.map((name) => `--${name}`).join(' ')}`)
    const most = action === 'ca' || action === 'csr' ? 0 : action === 'verify' ? 8 : 1
    if (files.length > most) throw new DemoError(`"${files[most]}" is too much. The options are listed by: wiretail pki --help`)
    switch (action) {
      case 'ca':
        return makeCa(values, io)
      case 'csr':
        return makeCsr(values, io)
      case 'sign':
        return signCsr(values, files[0], io)
      case 'show':
        return show(
          files.map((file) => place(values, file)),
          values.json,
          io,
        )
      default: {
        const chain = files.length > 0 ? files : [`${stemOf(values)}-public-key.pem`]
        const paths = { chain: chain.map((file) => place(values, file)), anchors: place(values, values.ca ?? PKI_FILES.authority) }
        return verify(paths, values.host, values.json, io)
      }
    }
  })
}

/** What the files of a holder start with: --name, else what the request's own file starts with, else the tutorial's word. */
function stemOf({ name }: Options, request = ''): string {
  return name ?? /([^\\/]+)-csr\.pem$/.exec(request)?.[1] ?? 'server'
}

/** A file in --dir, unless it is given with a folder of its own. */
function place({ dir }: Options, file: string): string {
  return dir === '' || /[\\/]/.test(file) ? file : join(dir, file)
}

async function makeCa(values: Options, io: Io): Promise<number> {
  const files = { key: place(values, PKI_FILES.authorityKey), certificate: place(values, PKI_FILES.authority) }
  const algorithm = parseAlgorithm(values.algorithm)
  const validity = parseValidity(values)
  const subject = subjectOf(values, 'My CA Company', 'my-ca.com')
  const choice = { given: values.passphrase, variables: ['CA_PASSPHRASE', 'PASSPHRASE'] }
  const passphrase = await choosePassphrase(choice, values['no-passphrase'], files.key, io)
  const key = makeKey(algorithm)
  const certificate = makeAuthority({ subject, key, validity, asPrinted: values['as-printed'] })
  const written = [
    { path: files.key, text: encodeKey(key, passphrase), secret: true },
    { path: files.certificate, text: certificate },
  ]
  writeNew(written, values.force)
  io.out(
    `${tell(files.key, 'the private key: it stays with the authority')}${tell(files.certificate, 'the certificate: whoever trusts it trusts what it signs')}`,
  )
  if (values['as-printed'])
    io.err(
      'It carries no BasicConstraints, as in the tutorial as printed: most programs refuse it. wiretail pki verify says who, and why.\n',
    )
  return 0
}

async function makeCsr(values: Options, io: Io): Promise<number> {
  const name = stemOf(values)
  const files = { key: place(values, `${name}-private-key.pem`), request: place(values, `${name}-csr.pem`) }
  const algorithm = parseAlgorithm(values.algorithm)
  const subject = subjectOf(values, 'My Company', name === 'server' ? 'my-site.com' : name)
  const hosts = values.san ?? ['localhost', '127.0.0.1']
  const choice = { given: values.passphrase, variables: ['PASSPHRASE'] }
  const { key: existing } = values
  if (existing !== undefined) {
    const key = await withPassphrase(choice, io, (passphrase) => readKey(place(values, existing), passphrase))
    writeNew([{ path: files.request, text: makeRequest({ subject, key, hosts }) }], values.force)
    io.out(tell(files.request, 'the request: it goes to the authority'))
    return 0
  }
  const passphrase = await choosePassphrase(choice, values['no-passphrase'], files.key, io)
  const key = makeKey(algorithm)
  const request = makeRequest({ subject, key, hosts })
  const written = [
    { path: files.key, text: encodeKey(key, passphrase), secret: true },
    { path: files.request, text: request },
  ]
  writeNew(written, values.force)
  io.out(`${tell(files.key, 'the private key: it stays here')}${tell(files.request, 'the request: it goes to the authority')}`)
  return 0
}

async function signCsr(values: Options, given: string | undefined, io: Io): Promise<number> {
  const name = stemOf(values, given)
  const request = readRequestFile(place(values, given ?? `${name}-csr.pem`))
  const path = place(values, `${name}-public-key.pem`)
  const validity = parseValidity(values)
  const purpose = parsePurpose(values.for)
  const options = { request, validity, purpose }
  if (values.self) {
    const choice = { given: values.passphrase, variables: ['PASSPHRASE'] }
    const own = place(values, values.key ?? `${name}-private-key.pem`)
    const key = await withPassphrase(choice, io, (passphrase) => readKey(own, passphrase))
    writeNew([{ path, text: selfSign({ ...options, key }) }], values.force)
    io.out(tell(path, 'the certificate, signed by its own key: nobody else vouches for it'))
    return 0
  }
  if (values.key !== undefined)
    throw new DemoError('--key is the key of a certificate that signs itself. Add --self, or name the authority: --ca-key FILE')
  const [authority] = readCertificates(place(values, values.ca ?? PKI_FILES.authority), 'wiretail pki ca').certificates
  if (!authority) throw new DemoError('There is no certificate of an authority. Make one: wiretail pki ca')
  const choice = { given: values.passphrase, variables: ['CA_PASSPHRASE', 'PASSPHRASE'] }
  const authorityKey = place(values, values['ca-key'] ?? PKI_FILES.authorityKey)
  const key = await withPassphrase(choice, io, (passphrase) => readKey(authorityKey, passphrase, 'wiretail pki ca'))
  const certificate = signRequest({ ...options, authority, key, asPrinted: values['as-printed'] })
  writeNew([{ path, text: certificate }], values.force)
  io.out(tell(path, `the certificate, signed by the authority, valid until ${validity.notAfter.toISOString().slice(0, 10)}`))
  return 0
}

function tell(path: string, what: string): string {
  return `${safeText(path)}  ${what}\n`
}

function subjectOf(values: Options, org: string, hostname: string) {
  const { country, state, locality } = values
  return { country, state, locality, org: values.org ?? org, hostname: values.hostname ?? hostname }
}

function parseAlgorithm(text: string): KeyAlgorithm {
  if (text !== 'rsa' && text !== 'ecdsa')
    throw new DemoError(`There are no keys of the kind "${text}" here. Choose rsa or ecdsa: --algorithm ecdsa`)
  return text
}

function parsePurpose(text: string): Purpose {
  if (text !== 'server' && text !== 'client' && text !== 'both')
    throw new DemoError(`A certificate cannot be for "${text}". Choose server, client or both: --for client`)
  return text
}

const DAY = 86_400_000

function parseValidity(values: Options): Validity {
  const days = Number(values.days)
  if (!/^\d+$/.test(values.days) || days < 1 || days > 36_500)
    throw new DemoError(`"${values.days}" is no number of days. Give a whole number from 1 to 36500: --days ${DEFAULT_DAYS}`)
  if (values.expired && values['not-yet-valid'])
    throw new DemoError('A certificate is expired or not yet valid, not both. Leave out one of --expired and --not-yet-valid.')
  if (values.expired) return validFor(days, new Date(Date.now() - (days + 1) * DAY))
  if (values['not-yet-valid']) return validFor(days, new Date(Date.now() + DAY))
  if (values['not-before'] === undefined) return validFor(days)
  const start = new Date(values['not-before'])
  if (Number.isNaN(start.getTime()) || start.getUTCFullYear() < 1950 || start.getUTCFullYear() > 9000)
    throw new DemoError(`"${values['not-before']}" is no date. Write year, month and day: --not-before 2026-11-23`)
  return validFor(days, start)
}
