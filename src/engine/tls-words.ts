// What is said of a TLS session, as labels and texts: the same in print and in the interface.

import { safeText } from '../bytes/text.ts'
import type { TlsCertificate, TlsReport } from './tls-sessions.ts'

export interface Entry {
  /** Empty: the entry before goes on. */
  readonly label: string
  readonly text: string
  /** 1: belongs to the entry above it. */
  readonly depth: number
}

function entry(label: string, text: string, depth = 0): Entry[] {
  return [{ label, text: safeText(text), depth }]
}

/** All but who talked with whom. */
export function sessionEntries({ session, resumedBy, primeBits, shown, openedBy }: TlsReport): Entry[] {
  const { alpn, alerts, failure, bytes } = session
  return [
    ...entry('agreed', agreed(session, primeBits)),
    ...entry('offered', offered(session)),
    ...(session.resumed ? entry('resumed', RESUMED[resumedBy]) : []),
    ...(session.earlyData ? entry('early data', 'the client announced data before the handshake ends') : []),
    ...(alpn.chosen === null ? [] : entry('inside', alpn.chosen)),
    ...session.certificates.flatMap((certificate, i) => certificateLines(certificate, i === 0 ? 'server' : 'above it', shown.server)),
    ...session.clientCertificates.flatMap((certificate, i) => certificateLines(certificate, i === 0 ? 'client' : 'above it', shown.client)),
    ...alerts.flatMap(({ packet, from, level, description, sealed }, i) =>
      entry(
        i === 0 ? 'alerts' : '',
        `packet ${packet}, from the ${from}: ${[level, description ?? 'its kind is sealed'].filter(Boolean).join(' ')}${sealed && description !== null ? ' (sealed)' : ''}`,
      ),
    ),
    ...(failure === null ? [] : [...entry('failed', failure.text), ...entry('repair', failure.repair)]),
    ...entry('bytes', `${bytes.client} from the client, ${bytes.server} from the server`),
    ...entry('contents', contents(session, openedBy)),
  ]
}

const RESUMED: Readonly<Record<TlsReport['resumedBy'], string>> = {
  psk: 'an earlier session, by a pre-shared key or ticket (TLS 1.3)',
  ticket: 'an earlier session, by a ticket',
  id: 'an earlier session, by its id',
  '': 'an earlier session',
}

function agreed({ version, cipher, group, helloRetryRequest }: TlsReport['session'], primeBits: number): string {
  const exchange = group ?? (primeBits > 0 ? `Diffie-Hellman with ${primeBits} bits` : null)
  const parts = [version, cipher, exchange].filter((part) => part !== null)
  if (parts.length === 0) return 'nothing: no ServerHello was seen'
  return `${parts.join(', ')}${helloRetryRequest ? ', after a second hello' : ''}`
}

function offered({ versionsOffered, alpn }: TlsReport['session']): string {
  if (versionsOffered.length === 0) return 'unknown: no ClientHello was seen'
  return `${versionsOffered.join(', ')}${alpn.offered.length === 0 ? '' : `; inside: ${alpn.offered.join(', ')}`}`
}

/** Opened, or why not. */
export function contents({ decrypted, whyNot }: TlsReport['session'], openedBy: string): string {
  if (decrypted) return `opened with ${openedBy}`
  return whyNot === null ? 'sealed' : whyNot === 'nothing was sealed' ? whyNot : `sealed: ${whyNot}`
}

function certificateLines(certificate: TlsCertificate, label: string, shown: number): Entry[] {
  const { subject, issuer, notBefore, notAfter, san, ca, key, serial, sha256 } = certificate
  if (subject === null) return entry(label, `a certificate that is damaged (SHA-256 ${sha256})`)
  return [
    ...entry(label, `${subject === '' ? 'nobody by name' : subject}${ca === true ? ' (an authority)' : ''}`),
    ...entry('issued by', subject === issuer ? 'itself' : (issuer ?? ''), 1),
    ...entry('valid', validity(notBefore, notAfter, shown), 1),
    ...(san.length === 0 ? [] : entry('hosts', hosts(san), 1)),
    ...entry('key', `${key}, serial number ${serial}`, 1),
    ...entry('SHA-256', sha256, 1),
  ]
}

const MAX_HOSTS = 12

const hosts = (san: readonly string[]): string =>
  `${san.slice(0, MAX_HOSTS).join(', ')}${san.length > MAX_HOSTS ? ` and ${san.length - MAX_HOSTS} more` : ''}`

const DAY = 86_400_000

/** The time in which the certificate counts, judged by the time at which it was shown, not by now. */
function validity(notBefore: string | null, notAfter: string | null, shown: number): string {
  const span = `${notBefore?.slice(0, 10)} to ${notAfter?.slice(0, 10)}`
  if (notBefore === null || notAfter === null || Number.isNaN(shown)) return span
  const days = (milliseconds: number): string => {
    const count = Math.floor(milliseconds / DAY)
    return count === 0 ? 'less than a day' : count === 1 ? '1 day' : `${count} days`
  }
  if (shown < Date.parse(notBefore)) return `${span}: not yet valid when captured, ${days(Date.parse(notBefore) - shown)} too early`
  if (shown > Date.parse(notAfter)) return `${span}: expired when captured, for ${days(shown - Date.parse(notAfter))}`
  return `${span}: valid when captured, for another ${days(Date.parse(notAfter) - shown)}`
}
