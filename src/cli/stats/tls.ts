// `wiretail stats tls`: who spoke TLS with whom, with what, what their certificates say, and how it ended.

import { safeText } from '../../bytes/text.ts'
import { displayWidth } from '../../bytes/width.ts'
import { readTlsSessions, type TlsCertificate, type TlsReport } from '../../engine/tls-sessions.ts'
import { wrapText } from '../../lessons/wrap.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'

export const help = `wiretail stats tls -r FILE [options]

The TLS sessions of a capture: names and versions offered and chosen, certificates, alerts, why a handshake failed, and whether
the keys given opened it. A filter chooses the sessions that have a packet which matches.

${READING_HELP}
      --json                  for scripts

Examples:
  wiretail stats tls -r capture.pcapng
  wiretail stats tls -r capture.pcapng --keylog keys.txt --json
`

const OPTIONS = { ...READING_OPTIONS, json: { type: 'boolean' } } as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'stats tls',
      help,
      parse: () => parseOptions(args, OPTIONS, 'stats tls'),
      async work({ capture, filter }, values) {
        const reports = await readTlsSessions(capture, filter)
        io.out(values.json === true ? `${JSON.stringify({ sessions: reports.map(({ session }) => session) })}\n` : sessionsText(reports))
        return 0
      },
    },
    io,
  )
}

const WIDTH = 80
const LABEL = 14

/** The sessions in words, a block each, at most 80 cells wide. */
export function sessionsText(reports: readonly TlsReport[]): string {
  if (reports.length === 0) return 'There is no TLS in this capture.\n'
  const heading = reports.length === 1 ? '1 TLS session' : `${reports.length} TLS sessions`
  return `${[heading, ...reports.map((report) => sessionLines(report).join('\n'))].join('\n\n')}\n`
}

/** A label and a text that may need several lines. */
function entry(label: string, text: string, indent = 2): string[] {
  const left = `${' '.repeat(indent)}${label}`.padEnd(LABEL)
  return wrapText(safeText(text), WIDTH - LABEL, displayWidth).map((line, i) => `${i === 0 ? left : ' '.repeat(LABEL)}${line}`)
}

function sessionLines({ session, resumedBy, primeBits, shown, openedBy }: TlsReport): string[] {
  const { stream, client, server, sni, alpn, alerts, failure, bytes } = session
  return [
    ...wrapText(safeText(`stream ${stream}  ${client} → ${server}${sni === null ? '' : `  ${sni}`}`), WIDTH, displayWidth),
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

function contents({ decrypted, whyNot }: TlsReport['session'], openedBy: string): string {
  if (decrypted) return `opened with ${openedBy}`
  return whyNot === null ? 'sealed' : whyNot === 'nothing was sealed' ? whyNot : `sealed: ${whyNot}`
}

function certificateLines(certificate: TlsCertificate, label: string, shown: number): string[] {
  const { subject, issuer, notBefore, notAfter, san, ca, key, serial, sha256 } = certificate
  if (subject === null) return entry(label, `a certificate that is damaged (SHA-256 ${sha256})`)
  return [
    ...entry(label, `${subject === '' ? 'nobody by name' : subject}${ca === true ? ' (an authority)' : ''}`),
    ...entry('issued by', subject === issuer ? 'itself' : (issuer ?? ''), 4),
    ...entry('valid', validity(notBefore, notAfter, shown), 4),
    ...(san.length === 0 ? [] : entry('hosts', hosts(san), 4)),
    ...entry('key', `${key}, serial number ${serial}`, 4),
    ...entry('SHA-256', sha256, 4),
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
