// Would a client accept this certificate? The rules of RFC 5280 as the usual programs apply them, each objection in words. The order is
// OpenSSL's: it builds the path, looks at extensions, at the name, then at signatures and dates; what it finds first is what it says.

import { parseIpv4, parseIpv6 } from '../bytes/address.ts'
import { type Certificate, extensionOf, hostNamesOf, keyIdentifierOf } from './x509.ts'
import type { KeyUse } from './x509-extensions.ts'
import { matchesHost } from './x509-hosts.ts'
import { attributeOf, formatName, sameName } from './x509-names.ts'
import { isIssuedBy, isSelfSigned } from './x509-verify.ts'

/** Programs whose verdict is known: those that lessons and users meet. All but Chromium are held against the program itself by a test. */
export const PROGRAMS = [
  'openssl verify',
  'openssl verify -x509_strict',
  'Python 3.13 and later',
  'Python up to 3.12',
  'curl',
  'Node',
  'Chromium on Linux',
] as const
export type Program = (typeof PROGRAMS)[number]

const ALL = PROGRAMS
const STRICT: readonly Program[] = ['openssl verify -x509_strict', 'Python 3.13 and later']
/** Those that connect to a server, and so know its name and what its certificate must be good for. */
const CLIENTS: readonly Program[] = ['Python 3.13 and later', 'Python up to 3.12', 'curl', 'Node', 'Chromium on Linux']
/**
 * By its own verifier: cert_verify_proc.cc, trust_store_nss.cc and BoringSSL's pki/verify_certificate_chain.cc. An authority that a user added
 * need not have BasicConstraints there (on macOS it must), but those it has are obeyed, and so are its dates. Names count only as subject
 * alternative names; SHA-1 is refused; the limit of 398 days holds for public authorities alone.
 */
const CHROMIUM: readonly Program[] = ['Chromium on Linux']
/** Those that want a path up to an authority that signed itself; the others take any certificate that they are told to trust. */
const WHOLE_PATH: readonly Program[] = ['openssl verify', 'openssl verify -x509_strict', 'Python up to 3.12', 'Node']

/** What is wrong, with OpenSSL's words for it, which Python and curl repeat, and Node's code. */
export const CAUSES = {
  unknownCa: { openssl: 'unable to get local issuer certificate', node: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
  partialPath: { openssl: 'unable to get issuer certificate', node: 'UNABLE_TO_GET_ISSUER_CERT' },
  selfSigned: { openssl: 'self-signed certificate', node: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  selfSignedInChain: { openssl: 'self-signed certificate in certificate chain', node: 'SELF_SIGNED_CERT_IN_CHAIN' },
  badSignature: { openssl: 'certificate signature failure', node: 'CERT_SIGNATURE_FAILURE' },
  notCa: { openssl: 'invalid CA certificate', node: 'INVALID_PURPOSE' },
  pathLength: { openssl: 'path length constraint exceeded', node: 'PATH_LENGTH_EXCEEDED' },
  purpose: { openssl: 'unsuitable certificate purpose', node: 'INVALID_PURPOSE' },
  constraintsNotCritical: { openssl: 'Basic Constraints of CA cert not marked critical', node: '' },
  noKeyUsage: { openssl: 'CA cert does not include key usage extension', node: '' },
  certSignForNonCa: { openssl: 'Key usage keyCertSign invalid for non-CA cert', node: '' },
  noAuthorityKeyIdentifier: { openssl: 'Missing Authority Key Identifier', node: '' },
  noSubjectKeyIdentifier: { openssl: 'Missing Subject Key Identifier', node: '' },
  wrongHost: { openssl: 'hostname mismatch', node: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  notYetValid: { openssl: 'certificate is not yet valid', node: 'CERT_NOT_YET_VALID' },
  expired: { openssl: 'certificate has expired', node: 'CERT_HAS_EXPIRED' },
  nameless: { openssl: '', node: '' },
  weakSignature: { openssl: '', node: '' },
} as const satisfies Readonly<Record<string, { openssl: string; node: string }>>
export type Cause = keyof typeof CAUSES

/** Chromium's word for a cause; whatever is not named is ERR_CERT_INVALID. */
const CHROMIUM_WORDS: Readonly<Partial<Record<Cause, string>>> = {
  unknownCa: 'ERR_CERT_AUTHORITY_INVALID',
  selfSigned: 'ERR_CERT_AUTHORITY_INVALID',
  selfSignedInChain: 'ERR_CERT_AUTHORITY_INVALID',
  wrongHost: 'ERR_CERT_COMMON_NAME_INVALID',
  nameless: 'ERR_CERT_COMMON_NAME_INVALID',
  notYetValid: 'ERR_CERT_DATE_INVALID',
  expired: 'ERR_CERT_DATE_INVALID',
  weakSignature: 'ERR_CERT_WEAK_SIGNATURE_ALGORITHM',
}

export interface Objection {
  readonly cause: Cause
  /** The certificate at fault. */
  readonly certificate: Certificate
  /** What is wrong and which rule says so. Holds text of certificates: as untrusted as they are. */
  readonly text: string
  readonly repair: string
  readonly programs: readonly Program[]
}

export interface Question {
  /** The server's certificate, then those of intermediate authorities, in any order. */
  readonly chain: readonly Certificate[]
  /** The authorities that are trusted. */
  readonly anchors: readonly Certificate[]
  /** The name or address that the client typed; any unless given. */
  readonly host?: string
  /** Milliseconds since 1970; now unless given. */
  readonly now?: number
  readonly purpose?: 'server' | 'client'
}

export interface Judgement {
  /** From the server's certificate up, as far as it could be followed. */
  readonly path: readonly Certificate[]
  /** Empty when nobody objects. */
  readonly objections: readonly Objection[]
}

const MAX_PATH = 10

/** Judges a certificate. Pure: the same question has the same answer. */
export function judgeChain(question: Question): Judgement {
  const [leaf] = question.chain
  if (leaf === undefined) return { path: [], objections: [] }
  const { path, objection } = buildPath(leaf, question)
  const { now = Date.now(), host, purpose = 'server' } = question
  const objections = [
    ...(objection ? [objection] : []),
    ...path.flatMap((certificate, depth) => judgeExtensions(certificate, depth, path, purpose)),
    ...(host === undefined ? [] : judgeHost(leaf, host)),
    ...path.toReversed().flatMap((certificate) => judgeDates(certificate, now)),
    ...path.flatMap((certificate) => (isSelfSigned(certificate) ? [] : judgeSignature(certificate))),
  ]
  return { path, objections }
}

/** The objections that a program has, in the order in which it meets them. */
export function objectionsOf({ objections }: Judgement, program: Program): Objection[] {
  return objections.filter(({ programs }) => programs.includes(program))
}

/** Where Node reports the last error that OpenSSL met, not the first. */
const NODE_WORDS: Readonly<Partial<Record<Cause, string>>> = {
  unknownCa: 'unable to verify the first certificate',
  notCa: 'unsuitable certificate purpose',
}

/** What a program says of a cause, in its own words. `host` is the one that was typed. */
export function wordsOf(cause: Cause, program: Program, host = ''): string {
  const { openssl, node } = CAUSES[cause]
  if (program === 'Chromium on Linux') return `NET::${CHROMIUM_WORDS[cause] ?? 'ERR_CERT_INVALID'}`
  if (program === 'Node') return cause === 'wrongHost' ? node : `${node}: ${NODE_WORDS[cause] ?? openssl}`
  if (cause === 'wrongHost' && program === 'curl') return `SSL: no alternative certificate subject name matches target host name '${host}'`
  if (cause === 'wrongHost') return `certificate verify failed: ${hostMismatch(host)}`
  if (program === 'curl') return `SSL certificate problem: ${openssl}`
  return program.startsWith('Python') ? `certificate verify failed: ${openssl}` : openssl
}

/** Python's words for a name that the certificate does not have. */
export function hostMismatch(host: string): string {
  const kind = parseIpv4(host) || parseIpv6(host) ? 'IP address' : 'Hostname'
  return `${kind} mismatch, certificate is not valid for '${host}'`
}

/** What people call a certificate's subject: the common name, else all of it. */
export function titleOf(certificate: Certificate): string {
  return attributeOf(certificate.subject, 'CN') ?? formatName(certificate.subject)
}

const same = (one: Certificate, other: Certificate): boolean =>
  Buffer.compare(one.bytes.subarray(one.element.at, one.element.end), other.bytes.subarray(other.element.at, other.element.end)) === 0

/** Follows issuers upwards until a trusted certificate is met. */
function buildPath(leaf: Certificate, { chain, anchors }: Question): { path: Certificate[]; objection?: Objection } {
  const path = [leaf]
  while (path.length <= MAX_PATH) {
    const top = path[path.length - 1]!
    const trusted = anchors.some((anchor) => same(anchor, top))
    const self = isSelfSigned(top)
    if (trusted) return self ? { path } : { path, objection: objectTo('partialPath', top, ...PARTIAL, WHOLE_PATH) }
    if (self) return { path, objection: top === leaf ? objectTo('selfSigned', top, ...SELF) : selfSignedTop(top) }
    const candidates = [...anchors, ...chain].filter((one) => !path.includes(one) && mayHaveIssued(one, top))
    const issuer = candidates.find((one) => isIssuedBy(top, one))
    if (issuer) {
      path.push(issuer)
      continue
    }
    if (candidates[0]) return { path: [...path, candidates[0]], objection: forged(top) }
    return { path, objection: unknownIssuer(top, anchors) }
  }
  return { path, objection: unknownIssuer(path[path.length - 1]!, anchors) }
}

/** RFC 5280 4.2.1.1: the name fits, and so do the key identifiers where both have one. */
function mayHaveIssued(issuer: Certificate, certificate: Certificate): boolean {
  const wanted = keyIdentifierOf(certificate, 'authority')
  const offered = keyIdentifierOf(issuer, 'subject')
  return sameName(certificate.issuer, issuer.subject) && (wanted === undefined || offered === undefined || wanted === offered)
}

const PARTIAL = [
  'It is trusted itself, but it is no root: somebody else signed it, and that certificate is not there.',
  'Add the certificate of its issuer to the file of trusted ones.',
] as const
const SELF = [
  'It signed itself: nobody else vouches for it, and it is not among the trusted ones.',
  'Have an authority sign it: wiretail pki sign; or trust this one certificate: --ca with its file.',
] as const

function objectTo(cause: Cause, certificate: Certificate, text: string, repair: string, programs: readonly Program[] = ALL): Objection {
  return { cause, certificate, text, repair, programs }
}

function selfSignedTop(top: Certificate): Objection {
  return objectTo(
    'selfSignedInChain',
    top,
    `The path ends at ${titleOf(top)}, which signed itself and is not among the trusted authorities.`,
    'Trust it, if you know it: --ca with its file.',
  )
}

function forged(top: Certificate): Objection {
  const text = `The signature does not fit the key of ${formatName(top.issuer)}: the certificate was changed, or another key signed it.`
  return objectTo('badSignature', top, text, 'Have it signed again: wiretail pki sign --force')
}

function unknownIssuer(top: Certificate, anchors: readonly Certificate[]): Objection {
  const namesake = anchors.some((anchor) => sameName(anchor.subject, top.issuer))
  const text = namesake
    ? `An authority named ${formatName(top.issuer)} is trusted, but with another key than the one that signed this.`
    : `Its issuer, ${formatName(top.issuer)}, is not among the trusted authorities.`
  const repair = namesake
    ? 'Use the certificate and the authority that were made together.'
    : "Name the authority's certificate: --ca ca-public-key.pem"
  return objectTo('unknownCa', top, text, repair)
}

/** RFC 5280 4.2.1 and 6.1.4. OpenSSL's strict checks leave out a certificate that stands alone. */
function judgeExtensions(certificate: Certificate, depth: number, path: readonly Certificate[], purpose: 'server' | 'client'): Objection[] {
  const found = depth === 0 ? [] : judgeAuthority(certificate, depth, depth + 1 === path.length)
  if (path.length > 1) found.push(...judgeStrictly(certificate, depth, path))
  const purposes = extensionOf(certificate, 'extendedKeyUsage')?.purposes.map(({ name }) => name)
  const wanted = `${purpose}Auth`
  if (purposes && !purposes.includes(wanted) && !(depth > 0 && purposes.includes('anyExtendedKeyUsage'))) {
    const text = `It is for ${purposes.join(', ') || 'nothing'}, not for ${wanted} (RFC 5280 4.2.1.12).`
    found.push(
      objectTo('purpose', certificate, text, `Sign the request again for a ${purpose}: wiretail pki sign --for ${purpose}`, CLIENTS),
    )
  }
  const uses = depth === 0 ? extensionOf(certificate, 'keyUsage')?.uses : undefined
  const needed: readonly KeyUse[] =
    purpose === 'server' ? ['digitalSignature', 'keyEncipherment', 'keyAgreement'] : ['digitalSignature', 'keyAgreement']
  if (uses && !needed.some((use) => uses.includes(use))) {
    const text = `Its key may be used for ${uses.join(', ') || 'nothing'}, and a handshake needs ${needed.join(' or ')} (RFC 5280 4.2.1.3).`
    found.push(objectTo('purpose', certificate, text, `Sign the request again: wiretail pki sign --for ${purpose} --force`, CLIENTS))
  }
  return found
}

function judgeAuthority(certificate: Certificate, depth: number, last: boolean): Objection[] {
  const constraints = extensionOf(certificate, 'basicConstraints')
  const uses = extensionOf(certificate, 'keyUsage')?.uses
  const remake = 'Make the authority anew: wiretail pki ca --force; then sign again.'
  const object = (cause: Cause, text: string): Objection[] => [objectTo(cause, certificate, text, remake)]
  if (uses && !uses.includes('keyCertSign'))
    return object('notCa', 'Its key may not sign certificates: KeyUsage lacks keyCertSign (RFC 5280 4.2.1.3).')
  if (constraints && !constraints.ca)
    return object(
      'notCa',
      'It says of itself that it is no authority: BasicConstraints CA:FALSE (RFC 5280 4.2.1.9). Otherwise every server could vouch for others.',
    )
  if (!constraints) {
    // OpenSSL takes a root of version 1, which knew no extensions, and one whose key usage allows to sign; its strict checks do not.
    const lenient = last && (uses || (certificate.version === 1 && isSelfSigned(certificate)))
    const programs = lenient ? STRICT : last ? ALL.filter((program) => !CHROMIUM.includes(program)) : ALL
    const text =
      'It does not say that it is an authority: BasicConstraints CA:TRUE is missing (RFC 5280 4.2.1.9), as in the tutorial as printed. Without that line, any server could vouch for others.'
    return [objectTo('notCa', certificate, text, remake, programs)]
  }
  // The limit counts the authorities between this one and the server.
  if (constraints.pathLength !== undefined && depth - 1 > constraints.pathLength)
    return object(
      'pathLength',
      `At most ${constraints.pathLength} authorities may stand below it, and there are ${depth - 1} (RFC 5280 4.2.1.9).`,
    )
  return []
}

/** What Python 3.13 and openssl -x509_strict want of every certificate that follows RFC 5280. */
function judgeStrictly(certificate: Certificate, depth: number, path: readonly Certificate[]): Objection[] {
  const constraints = certificate.extensions.find(({ name }) => name === 'basicConstraints')
  const ca = extensionOf(certificate, 'basicConstraints')?.ca === true
  const uses = extensionOf(certificate, 'keyUsage')?.uses
  const found: Objection[] = []
  const object = (cause: Cause, text: string, repair: string): void => {
    found.push(objectTo(cause, certificate, text, repair, STRICT))
  }
  const remake = 'Make the authority anew: wiretail pki ca --force; then sign again.'
  if (ca && !constraints?.critical)
    object('constraintsNotCritical', 'Its BasicConstraints are not marked critical (RFC 5280 4.2.1.9).', remake)
  if (ca && !uses) object('noKeyUsage', 'It is an authority without KeyUsage (RFC 5280 4.2.1.3).', remake)
  if (!ca && uses?.includes('keyCertSign'))
    object(
      'certSignForNonCa',
      'Its key may sign certificates although it is no authority (RFC 5280 4.2.1.3).',
      'Sign it again: wiretail pki sign --force',
    )
  if (certificate.version === 3 && depth + 1 < path.length && keyIdentifierOf(certificate, 'authority') === undefined)
    object(
      'noAuthorityKeyIdentifier',
      'It does not say which key signed it: AuthorityKeyIdentifier is missing (RFC 5280 4.2.1.1).',
      'Sign the request again, without --as-printed: wiretail pki sign --force',
    )
  if (ca && keyIdentifierOf(certificate, 'subject') === undefined)
    object(
      'noSubjectKeyIdentifier',
      'It is an authority that does not name its key: SubjectKeyIdentifier is missing (RFC 5280 4.2.1.2).',
      remake,
    )
  return found
}

function judgeHost(leaf: Certificate, host: string): Objection[] {
  const names = hostNamesOf(leaf)
  if (matchesHost(leaf, host)) {
    if (names.length > 0) return []
    const text =
      'It has this name as its common name only, and that has not counted since Chrome 58: subject alternative names do (RFC 9525).'
    return [objectTo('nameless', leaf, text, `Ask for a certificate with the name: wiretail pki csr --san ${host}`, CHROMIUM)]
  }
  const listed = names.length > 0 ? `It is for ${names.join(', ')}` : `It names no hosts, and its common name is ${titleOf(leaf)}`
  return [
    objectTo(
      'wrongHost',
      leaf,
      `${listed}, not for ${host} (RFC 9525).`,
      `Fetch by a name that it has, or ask for a certificate with this one: wiretail pki csr --san ${host}`,
      CLIENTS,
    ),
  ]
}

/** SHA-1 with RSA and with ECDSA, which no longer prove anything: two certificates with one signature can be made. */
const SHA1: readonly string[] = ['1.2.840.113549.1.1.5', '1.2.840.10045.4.1']

function judgeSignature(certificate: Certificate): Objection[] {
  if (!SHA1.includes(certificate.signatureAlgorithm.oid)) return []
  const text = 'It was signed over SHA-1, of which collisions are known: a second certificate could bear the same signature.'
  return [objectTo('weakSignature', certificate, text, 'Sign it again: wiretail pki sign --force', CHROMIUM)]
}

function judgeDates(certificate: Certificate, now: number): Objection[] {
  const day = (time: number): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  const again = 'Check the clock, or sign again: wiretail pki sign --force'
  if (now < certificate.notBefore)
    return [objectTo('notYetValid', certificate, `It is valid from ${day(certificate.notBefore)} on, and now it is ${day(now)}.`, again)]
  if (now > certificate.notAfter + 999)
    return [objectTo('expired', certificate, `It was valid until ${day(certificate.notAfter)}, and now it is ${day(now)}.`, again)]
  return []
}
