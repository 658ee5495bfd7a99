// `wiretail pki show` and `wiretail pki verify`: what certificates say, and who accepts them.

import { safeText } from '../bytes/text.ts'
import {
  attributeOf,
  type Certificate,
  type CertificateRequest,
  describeKey,
  type Extension,
  fingerprintOf,
  formatName,
  hostNamesOf,
  isSelfSigned,
  judgeChain,
  objectionsOf,
  PROGRAMS,
  readCertificate,
  readRequest,
  titleOf,
  wordsOf,
} from '../demo/certificates.ts'
import { DemoError } from '../demo/index.ts'
import { readBlocks, readCertificates } from '../demo/pki-files.ts'
import type { Io } from './commands.ts'

/** Prints what the file holds. */
export function show([path]: readonly string[], json: boolean, io: Io): number {
  if (path === undefined) throw new DemoError('Name a file to show: wiretail pki show server-public-key.pem')
  const shown = readBlocks(path).map(({ label, bytes, encrypted }) => {
    if (/PRIVATE KEY$/.test(label))
      return {
        data: { kind: 'private key', encrypted },
        lines: [`Private key, ${encrypted ? 'protected by a passphrase' : 'without a passphrase'}`],
      }
    const read = label.endsWith('REQUEST') ? readRequest(bytes) : label.endsWith('CERTIFICATE') ? readCertificate(bytes) : undefined
    if (read === undefined) return { data: { kind: label.toLowerCase() }, lines: [label] }
    if (!read.ok)
      throw new DemoError(`${path} is damaged at byte ${read.fault.at}: ${read.fault.message}. Make it anew: wiretail pki --help`)
    return 'issuer' in read.value
      ? { data: describeCertificate(read.value), lines: certificateLines(read.value) }
      : { data: describeRequest(read.value), lines: requestLines(read.value) }
  })
  if (json)
    io.out(
      `${JSON.stringify(
        shown.map(({ data }) => data),
        null,
        2,
      )}\n`,
    )
  else io.out(`${shown.map(({ lines }) => lines.map((line) => safeText(line)).join('\n')).join('\n\n')}\n`)
  return 0
}

const dateText = (time: number): string => new Date(time).toISOString().replace('T', ' ').replace('.000Z', ' UTC')
const isoText = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z')

/** The certificate as data, with the names that `wiretail stats tls --json` uses. */
function describeCertificate(certificate: Certificate) {
  const constraints = certificate.extensions.find(({ details }) => details.kind === 'basicConstraints')?.details
  return {
    kind: 'certificate',
    version: certificate.version,
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    notBefore: isoText(certificate.notBefore),
    notAfter: isoText(certificate.notAfter),
    san: hostNamesOf(certificate),
    ca: constraints?.kind === 'basicConstraints' ? constraints.ca : null,
    key: describeKey(certificate.key),
    signatureAlgorithm: certificate.signatureAlgorithm.name,
    serial: certificate.serial,
    sha256: fingerprintOf(certificate),
    extensions: certificate.extensions.map((one) => ({ name: one.name, critical: one.critical, value: extensionText(one) })),
  }
}

function describeRequest(request: CertificateRequest) {
  return { kind: 'request', subject: formatName(request.subject), san: hostNamesOf(request), key: describeKey(request.key) }
}

function certificateLines(certificate: Certificate): string[] {
  const self = isSelfSigned(certificate)
  return [
    'Certificate',
    // The tutorial's sentence: what every certificate says.
    `  "From ${dateText(certificate.notBefore)} to ${dateText(certificate.notAfter)} I am ${titleOf(certificate)} according to ${
      self ? 'myself' : (attributeOf(certificate.issuer, 'CN') ?? formatName(certificate.issuer))
    }."`,
    '',
    line('Subject', formatName(certificate.subject)),
    line('Issuer', `${formatName(certificate.issuer)}${self ? '  (signed by itself)' : ''}`),
    line('Valid from', dateText(certificate.notBefore)),
    line('Valid until', dateText(certificate.notAfter)),
    line('Hosts', hostNamesOf(certificate).join(', ') || 'none named'),
    line('Key', describeKey(certificate.key)),
    line('Signature', certificate.signatureAlgorithm.name),
    line('Serial number', certificate.serial),
    line('SHA-256', fingerprintOf(certificate)),
    line('Version', String(certificate.version)),
    ...extensionLines(certificate.extensions),
    ...faultLines(certificate),
  ]
}

function requestLines(request: CertificateRequest): string[] {
  return [
    'Request',
    line('Subject', formatName(request.subject)),
    line('Hosts', hostNamesOf(request).join(', ') || 'none named'),
    line('Key', describeKey(request.key)),
    line('Signature', request.signatureAlgorithm.name),
    ...extensionLines(request.extensions),
    ...faultLines(request),
  ]
}

function faultLines({ faults }: Certificate | CertificateRequest): string[] {
  return faults.map(({ at, message }) => line('Damaged', `at byte ${at}: ${message}`))
}

function line(label: string, value: string): string {
  return `  ${label.padEnd(14)} ${value}`
}

function extensionLines(extensions: readonly Extension[]): string[] {
  if (extensions.length === 0) return [line('Extensions', 'none: it does not say what the key may be used for')]
  return extensions.map((one) => line('Extension', `${one.name}${one.critical ? ' (critical)' : ''}: ${extensionText(one)}`))
}

function extensionText({ details, value }: Extension): string {
  switch (details.kind) {
    case 'basicConstraints':
      return `CA:${details.ca ? 'TRUE' : 'FALSE'}${details.pathLength === undefined ? '' : `, at most ${details.pathLength} authorities below`}`
    case 'keyUsage':
      return details.uses.join(', ')
    case 'extendedKeyUsage':
      return details.purposes.map(({ name }) => name).join(', ')
    case 'subjectAltName':
    case 'issuerAltName':
      return details.names.map((name) => `${name.kind}:${name.value}`).join(', ')
    case 'subjectKeyIdentifier':
    case 'authorityKeyIdentifier':
      return details.id ?? 'names no key'
    case 'damaged':
      return `damaged: ${details.reason}`
    case 'opaque':
      return `${value.length} bytes`
  }
}

interface Paths {
  /** The certificate, then those of intermediate authorities. */
  readonly chain: readonly string[]
  readonly anchors: string
}

/** Prints what each program says to the certificate; the exit code is 1 when one refuses. */
export function verify(paths: Paths, host: string | undefined, json: boolean, io: Io): number {
  const chain = paths.chain.flatMap((path) => readCertificates(path, 'wiretail pki sign').certificates)
  const anchors = readCertificates(paths.anchors, 'wiretail pki ca').certificates
  const judgement = judgeChain({ chain, anchors, ...(host === undefined ? {} : { host }) })
  const verdicts = PROGRAMS.map((program) => {
    const [first] = objectionsOf(judgement, program)
    return { program, accepts: first === undefined, says: first ? wordsOf(first.cause, program, host) : null }
  })
  const refused = verdicts.some(({ accepts }) => !accepts)
  const objections = judgement.objections.map(({ cause, certificate, text, repair, programs }) => ({
    cause,
    subject: formatName(certificate.subject),
    text,
    repair,
    programs,
  }))
  if (json) {
    io.out(`${JSON.stringify({ path: judgement.path.map(({ subject }) => formatName(subject)), verdicts, objections }, null, 2)}\n`)
    return refused ? 1 : 0
  }
  const out: string[] = []
  judgement.path.forEach((certificate, depth) => {
    out.push(depth === 0 ? formatName(certificate.subject) : `${'  '.repeat(depth)}signed by ${formatName(certificate.subject)}`)
  })
  out.push('')
  for (const { program, says } of verdicts) out.push(`  ${program.padEnd(28)} ${says === null ? 'accepts' : `refuses: ${says}`}`)
  if (host === undefined) out.push('', 'No host was given: what a client does with the name shows with --host localhost')
  if (judgement.objections.length > 0) out.push('', 'Why:')
  for (const { certificate, text, repair, programs } of judgement.objections) {
    const who = programs.length === PROGRAMS.length ? 'all of them' : programs.join(', ')
    out.push(`  ${titleOf(certificate)}: ${text}`, `    said by ${who}`, `    to mend it: ${repair}`)
  }
  io.out(`${out.map((text) => safeText(text)).join('\n')}\n`)
  return refused ? 1 : 0
}
