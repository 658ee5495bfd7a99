// Failures of a TLS handshake, and right after it.
//
// OpenSSL's clients send the alert in clear even in TLS 1.3, because they seal nothing before their Finished; others (Chromium, Firefox, Go)
// seal it, and a server's alert behind the client's Finished is always sealed. Then sizes and order still tell who refused, and mostly what.

import type { Capture } from '../capture.ts'
import { clientFinished, SEALED_ALERTS, SEALED_FINISHED } from '../exposure/costs.ts'
import type { ConversationFacts } from '../exposure/facts.ts'
import { ALERT, APPLICATION_DATA, type TlsFacts, type TlsRecord } from '../exposure/tls-facts.ts'
import type { Explained, Seen } from '../handshake-failure.ts'
import { isHarmless, wordsOfAlert } from './alerts.ts'
import { type Evidence, faultsOf, issuerOf } from './evidence.ts'
import { isTorn } from './transport.ts'

/** An empty Certificate message, sealed: 8 bytes, the type, the tag; alone, or in one record with a Finished. */
const EMPTY_CERTIFICATES: readonly number[] = [25, 61, 77]

const FAULT_CAUSES = {
  expired: 'certificate_expired',
  not_yet_valid: 'certificate_not_yet_valid',
  wrong_host: 'wrong_host',
  self_signed: 'self_signed',
} as const

const FAULT_REPAIRS = {
  expired: 'Renew the certificate of the server.',
  not_yet_valid: 'Check the clocks, or wait until the certificate is valid.',
  wrong_host: 'Use a certificate that names this host, or ask for a host that the certificate names.',
  self_signed: 'Have an authority sign the certificate, or give the client this certificate to trust.',
} as const

/** An alert that can be read tells the cause itself. */
export function explainToldTls({ tls }: ConversationFacts, capture: Capture): Explained | null {
  return tls === null || tls.clientHello === 0 ? null : explainAlert(tls, capture)
}

/** Without one, the end of the connection tells. */
export function explainUntoldTls(facts: ConversationFacts, seen: Seen, capture: Capture): Explained | null {
  const { tls } = facts
  return tls === null || tls.clientHello === 0 || isTorn(facts, seen) ? null : explainEnd(facts, tls, seen, capture)
}

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** What is wrong with the server's certificate, where it can be read. */
function faults(tls: TlsFacts, capture: Capture): Evidence[] {
  if (tls.certificatePacket === 0) return []
  const { index } = capture
  const now = index.nanos(tls.certificatePacket) < 0 ? 0 : index.seconds(tls.certificatePacket) * 1000
  return faultsOf(tls.certificates, now, tls.serverName)
}

/** An alert that can be read. */
function explainAlert(tls: TlsFacts, capture: Capture): Explained | null {
  const alert = tls.alerts.find(({ description, level }) => description !== null && !isHarmless(description, level))
  if (alert === undefined || alert.description === null) return null
  const { description, from, packet } = alert
  const words = wordsOfAlert(description, from)
  const told = `${capitalized(words.text)}: alert ${description} in packet ${packet}${alert.sealed ? ', which the keys opened' : ''}.`
  const explained = { side: from, packet, cause: description, text: told, repair: words.repair, certain: true }
  if (from === 'server') return { ...explained, ...serverDetails(tls, description, packet, told, words.repair) }
  const detail = clientDetails(tls, description, capture)
  return { ...explained, text: detail.text === '' ? told : `${told} ${detail.text}`, repair: detail.repair || words.repair }
}

const aboutCertificates = /^(unknown_ca|bad_certificate|certificate_|unsupported_certificate)/

/** What can be seen of the certificate that the client refused. */
function clientDetails(tls: TlsFacts, description: string, capture: Capture): { text: string; repair: string } {
  if (description === 'protocol_version') return { text: offered(tls), repair: '' }
  if (!aboutCertificates.test(description)) return { text: '', repair: '' }
  if (tls.certificatePacket === 0)
    return tls.version.startsWith('TLS 1.3')
      ? { text: 'The certificate itself is sealed in TLS 1.3; the keys would show it.', repair: '' }
      : { text: '', repair: '' }
  const found = faults(tls, capture)
  // An alert of its own for expiry; the name and an early date share bad_certificate; a certificate that signed itself has no known authority.
  const fits = found.find(({ fault }) => {
    if (description === 'certificate_expired') return fault === 'expired'
    if (description === 'unknown_ca') return fault === 'self_signed'
    return fault !== 'self_signed' || found.length === 1
  })
  if (fits !== undefined) return { text: `${fits.text} Seen in packet ${tls.certificatePacket}.`, repair: FAULT_REPAIRS[fits.fault] }
  const issuer = issuerOf(tls.certificates)
  return { text: issuer === '' ? '' : `It was signed by ${issuer} (packet ${tls.certificatePacket}).`, repair: '' }
}

function offered(tls: TlsFacts): string {
  if (tls.versionsOffered.length === 0) return ''
  const chosen = tls.version === '' ? '' : `, the server chose ${tls.version}`
  return `The client offered ${tls.versionsOffered.join(', ')}${chosen}.`
}

function serverDetails(tls: TlsFacts, description: string, packet: number, told: string, repair: string): { text: string; repair: string } {
  if (description === 'protocol_version') return { text: `${told} ${offered(tls)}`, repair }
  // TLS 1.2 has no alert of its own for a missing client certificate; an empty Certificate message tells.
  const empty = tls.certificateRequest !== 0 && tls.clientCertificatePacket !== 0 && tls.clientCertificates.length === 0
  if (empty && /^(handshake_failure|bad_certificate|no_certificate|certificate_required)$/.test(description))
    return {
      text: `The server asked for a client certificate in packet ${tls.certificateRequest}, the client sent none in packet ${tls.clientCertificatePacket}, and the server ended the handshake: alert ${description} in packet ${packet}.`,
      repair: 'A client certificate is required: give the client a certificate and its key (--cert and --key).',
    }
  if (description === 'handshake_failure' && tls.serverHello === 0) {
    // Signals that stand among the suites and are none.
    const suites = tls.suitesOffered.filter((name) => !name.endsWith('_SCSV'))
    if (suites.length === 0) return { text: told, repair }
    return { text: `${told} The client offered ${suites.length <= 3 ? suites.join(', ') : `${suites.length} cipher suites`}.`, repair }
  }
  if (description === 'unrecognized_name' && tls.serverName !== '') return { text: `${told} It asked for ${tls.serverName}.`, repair }
  return { text: told, repair }
}

/** No alert that can be read: what the end of the connection tells. */
function explainEnd(facts: ConversationFacts, tls: TlsFacts, seen: Seen, capture: Capture): Explained | null {
  if (tls.serverHello === 0) return explainNoHello(facts, tls)
  const done = clientDone(tls)
  if (done < 0) return explainBeforeFinished(facts, tls, capture)
  return tls.version.startsWith('TLS 1.3')
    ? explainAfter13(facts, tls, done, seen, capture)
    : explainAfter12(facts, tls, done, seen, capture)
}

/** Index of the client's last handshake record: its Finished; -1 when it never sent one. */
function clientDone(tls: TlsFacts): number {
  if (tls.version.startsWith('TLS 1.3')) {
    const finished = clientFinished(tls)
    // The only sealed thing that the client said has the size of an alert: no Finished, a refusal.
    return finished >= 0 && SEALED_ALERTS.includes(tls.records[finished]!.length) ? -1 : finished
  }
  if (tls.changeCipherSpec.client === 0) return -1
  return tls.records.findLastIndex(({ side, type }) => side === 'client' && type === 22)
}

interface Ending {
  readonly side: 'client' | 'server'
  readonly packet: number
  readonly how: string
}

/** Who ended the connection first, and how. */
function endingOf(facts: ConversationFacts): Ending | null {
  const { fin, reset } = facts
  const endings: Ending[] = []
  if (fin.client !== 0) endings.push({ side: 'client', packet: fin.client, how: 'closed the connection' })
  if (fin.server !== 0) endings.push({ side: 'server', packet: fin.server, how: 'closed the connection' })
  if (reset !== null) endings.push({ side: reset.side, packet: reset.packet, how: 'cut the connection off with RST' })
  return endings.sort((a, b) => a.packet - b.packet)[0] ?? null
}

function explainNoHello(facts: ConversationFacts, tls: TlsFacts): Explained | null {
  const ending = endingOf(facts)
  if (ending === null) return null
  const reset = ending.how.includes('RST')
  return {
    side: ending.side,
    packet: ending.packet,
    cause: reset ? 'connection_reset' : 'closed_early',
    text: `The ${ending.side} ${ending.how} in packet ${ending.packet}, before the ClientHello in packet ${tls.clientHello} was answered with a ServerHello.`,
    repair: 'Look into the log of the server, and check that nothing on the way forbids the connection.',
    certain: true,
  }
}

/** Why a client that saw the server's certificate went away. */
function refused(tls: TlsFacts, packet: number, how: string, capture: Capture): Explained {
  const [fault] = faults(tls, capture)
  if (fault !== undefined)
    return {
      side: 'client',
      packet,
      cause: FAULT_CAUSES[fault.fault],
      text: `The client ${how} in packet ${packet}. ${fault.text} Seen in packet ${tls.certificatePacket}.`,
      repair: FAULT_REPAIRS[fault.fault],
      certain: false,
    }
  const issuer = issuerOf(tls.certificates)
  const seen =
    tls.certificatePacket !== 0
      ? `The certificate in packet ${tls.certificatePacket} is in time${tls.serverName === '' ? '' : ' and names the host'}, so its authority${issuer === '' ? '' : `, ${issuer},`} is most likely unknown to the client.`
      : 'The certificate is sealed; only the keys, or the error message of the client, would show why.'
  return {
    side: 'client',
    packet,
    cause: tls.certificatePacket !== 0 ? 'unknown_ca' : 'certificate_refused',
    text: `The client ${how} in packet ${packet}: nearly always it does not accept the certificate of the server. ${seen}`,
    repair: 'Read the error message of the client; check authority, host name and dates of the certificate of the server.',
    certain: false,
  }
}

/** The ServerHello came, the client's Finished did not. */
function explainBeforeFinished(facts: ConversationFacts, tls: TlsFacts, capture: Capture): Explained | null {
  const hello = tls.records.findIndex(({ side, messages }) => side === 'server' && messages.includes(2))
  const sealed = tls.records.find(({ side, type, length }, i) => i > hello && side === 'client' && isSealedAlert(type, length))
  if (sealed !== undefined)
    return refused(tls, sealed.packet, 'sent a sealed record of the size of an alert instead of finishing the handshake', capture)
  const ending = endingOf(facts)
  if (ending === null) return null
  if (ending.side === 'client')
    return refused(tls, ending.packet, `${ending.how} without a word after the certificate of the server,`, capture)
  return {
    side: 'server',
    packet: ending.packet,
    cause: ending.how.includes('RST') ? 'connection_reset' : 'closed_early',
    text: `The server ${ending.how} in packet ${ending.packet}, in the middle of the handshake that it had answered in packet ${tls.serverHello}.`,
    repair: 'Look into the log of the server.',
    certain: true,
  }
}

const isSealedAlert = (type: number, length: number): boolean =>
  type === ALERT ? length > 2 : type === APPLICATION_DATA && SEALED_ALERTS.includes(length)

/** TLS 1.3: the client finished. Did the server take it, and did the client go on? */
function explainAfter13(facts: ConversationFacts, tls: TlsFacts, done: number, seen: Seen, capture: Capture): Explained | null {
  const flight = tls.records.filter(({ side, type }, i) => side === 'client' && type === APPLICATION_DATA && i <= done)
  const after = tls.records.slice(done + 1)
  const serverSays = after.filter(
    ({ side, type, length }) => side === 'server' && type === APPLICATION_DATA && !SEALED_ALERTS.includes(length),
  )
  const serverAlert = after.find(({ side, type, length }) => side === 'server' && isSealedAlert(type, length))
  const clientSays = after.some(
    ({ side, type, length }) => side === 'client' && type === APPLICATION_DATA && !SEALED_ALERTS.includes(length),
  )
  const ending = endingOf(facts)
  if (serverSays.length === 0 && (serverAlert !== undefined || ending?.side === 'server'))
    return explainServerRefusal(flight, serverAlert, ending, clientSays)
  // The client finished, asked for nothing and went: it looked at the certificate only then, as curl does with the host name.
  return clientSays || ending === null ? null : explainLeaving(facts, tls, after, ending, seen, capture)
}

function explainServerRefusal(
  flight: readonly TlsRecord[],
  alert: TlsRecord | undefined,
  ending: Ending | null,
  clientSays: boolean,
): Explained | null {
  const packet = alert?.packet ?? ending?.packet ?? 0
  const how = alert === undefined ? 'ended the connection' : 'sent a sealed record of the size of an alert and closed'
  const seal = 'Which alert it was, only the keys would show.'
  if (flight.some(({ length }) => EMPTY_CERTIFICATES.includes(length)))
    return {
      side: 'server',
      packet,
      cause: 'certificate_required',
      text: `A client certificate is required: in packet ${flight[0]!.packet} the client answered the request for one with an empty list (a sealed record of ${flight.find(({ length }) => EMPTY_CERTIFICATES.includes(length))!.length} bytes), and the server ${how} in packet ${packet}. ${alert === undefined ? '' : seal}`.trim(),
      repair: 'Give the client a certificate and its key (--cert and --key) from an authority that the server trusts.',
      certain: false,
    }
  if (flight.some(({ length }) => !SEALED_FINISHED.includes(length)))
    return {
      side: 'server',
      packet,
      cause: 'certificate_refused',
      text: `The client sent more than its Finished in packet ${flight[0]!.packet}, most likely a certificate, and the server ${how} in packet ${packet}. ${seal}`,
      repair: 'Use a client certificate of an authority that the server trusts; the log of the server names the reason.',
      certain: false,
    }
  // Without a question, a server that closes may just be done.
  if (!clientSays) return null
  return {
    side: 'server',
    packet,
    cause: 'closed_early',
    text: `The server ${how} in packet ${packet}, without answering what the client asked. ${alert === undefined ? '' : seal}`.trim(),
    repair: 'Look into the log of the server.',
    certain: false,
  }
}

/** TLS 1.2 and older: the client finished. */
function explainAfter12(facts: ConversationFacts, tls: TlsFacts, done: number, seen: Seen, capture: Capture): Explained | null {
  const after = tls.records.slice(done + 1)
  const ending = endingOf(facts)
  if (tls.changeCipherSpec.server === 0) {
    if (ending?.side !== 'server') return null
    const sent = tls.clientCertificates.length > 0
    const asked = tls.certificateRequest !== 0
    return {
      side: 'server',
      packet: ending.packet,
      cause: asked
        ? sent
          ? 'certificate_refused'
          : 'certificate_required'
        : ending.how.includes('RST')
          ? 'connection_reset'
          : 'closed_early',
      text: asked
        ? `The server asked for a client certificate in packet ${tls.certificateRequest}, ${sent ? `got one in packet ${tls.clientCertificatePacket}` : 'got none'}, and ${ending.how} in packet ${ending.packet} without an alert.`
        : `The server ${ending.how} in packet ${ending.packet}, before it finished the handshake.`,
      repair: asked
        ? 'Give the client a certificate and key from an authority that the server trusts (--cert and --key).'
        : 'Look into the log of the server.',
      certain: asked && !sent,
    }
  }
  // Heartbeats count as something said.
  if (ending === null || after.some(({ type }) => type >= APPLICATION_DATA)) return null
  return explainLeaving(facts, tls, after, ending, seen, capture)
}

/**
 * The client finished the handshake, asked for nothing and left. Programs that look at the certificate only then do so when they do not like
 * it. So do those that had nothing to ask (openssl s_client, a browser's spare connection), and they are let go where that may be it.
 */
function explainLeaving(
  facts: ConversationFacts,
  tls: TlsFacts,
  after: readonly TlsRecord[],
  ending: Ending,
  seen: Seen,
  capture: Capture,
): Explained | null {
  const alert = after.find(({ side, type, length }) => side === 'client' && isSealedAlert(type, length))
  if (ending.side !== 'client' && alert === undefined) return null
  // A browser's spare connection lies beside one that it uses.
  const talks = (other: ConversationFacts): boolean =>
    other.server.text === facts.server.text &&
    other.first < facts.last &&
    other.last > facts.first &&
    (other.tls?.records.some(({ side, type }, i) => isRequest(other, side, type, i)) ?? false)
  if (seen.conversations.some((other) => other !== facts && talks(other))) return null
  if (alert !== undefined && tls.alpnOffered.length === 0 && faults(tls, capture).length === 0) return null
  return refused(tls, alert?.packet ?? ending.packet, 'finished the handshake and left without asking for anything,', capture)
}

/** Content that the client sealed behind its Finished. */
function isRequest({ tls }: ConversationFacts, side: string, type: number, i: number): boolean {
  if (tls === null || side !== 'client' || type !== APPLICATION_DATA) return false
  return i > clientDone(tls) && clientDone(tls) >= 0 && !SEALED_ALERTS.includes(tls.records[i]!.length)
}
