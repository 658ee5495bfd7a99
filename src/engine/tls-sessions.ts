// The TLS sessions of a capture, one for each TCP stream: who, with what, how it went. In the shape that `wiretail stats tls --json` prints.

import { safeText } from '../bytes/text.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { describeKey, extensionOf, fingerprintOf, hostNamesOf, readCertificate } from '../crypto/x509.ts'
import { formatName } from '../crypto/x509-names.ts'
import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { type Delivery, readDeliveredStepwise } from './delivered.ts'
import type { ConversationFacts, Side } from './exposure/facts.ts'
import type { Opening } from './exposure/streams.ts'
import type { TlsFacts } from './exposure/tls-facts.ts'
import { explainFailure, type Seen } from './handshake-failure.ts'
import { sealedSessions } from './sealed.ts'
import { finishSliced } from './steps.ts'
import { collectTls } from './tls-collect.ts'

export interface TlsCertificate {
  readonly subject: string | null
  readonly issuer: string | null
  /** ISO 8601, in seconds. */
  readonly notBefore: string | null
  readonly notAfter: string | null
  readonly san: readonly string[]
  /** The BasicConstraints value, null without the extension. */
  readonly ca: boolean | null
  /** "RSA-2048", "ECDSA P-256" … */
  readonly key: string | null
  readonly serial: string | null
  /** Of the certificate's bytes. */
  readonly sha256: string
}

export interface TlsSession {
  /** tcp.stream */
  readonly stream: number
  readonly client: string
  readonly server: string
  readonly sni: string | null
  readonly alpn: { readonly offered: readonly string[]; readonly chosen: string | null }
  readonly versionsOffered: readonly string[]
  readonly version: string | null
  readonly cipher: string | null
  readonly group: string | null
  readonly helloRetryRequest: boolean
  readonly resumed: boolean
  readonly earlyData: boolean
  readonly alerts: readonly {
    readonly packet: number
    readonly from: Side
    readonly level: string | null
    readonly description: string | null
    readonly sealed: boolean
  }[]
  /** The server's first, then those that vouch for it. */
  readonly certificates: readonly TlsCertificate[]
  readonly clientCertificates: readonly TlsCertificate[]
  readonly decrypted: boolean
  readonly whyNot: string | null
  readonly failure: {
    readonly side: Side
    readonly packet: number
    readonly cause: string
    readonly text: string
    readonly repair: string
  } | null
  /** Payload of TCP each way. */
  readonly bytes: { readonly client: number; readonly server: number }
}

/** A session, and what the text form says besides. */
export interface TlsReport {
  readonly session: TlsSession
  readonly resumedBy: TlsFacts['resumedBy']
  /** Bits of the prime of a finite-field key exchange, 0 without one. */
  readonly primeBits: number
  /** Milliseconds since 1970 at which each side showed its certificate, NaN when unknown. */
  readonly shown: { readonly client: number; readonly server: number }
  /** What opened it: the name of a key log or of a private key; '' when nothing did. */
  readonly openedBy: string
}

/** Reads the capture to its end and tells of its TLS sessions, in the order of their streams. With a filter: of those with a packet that matches. */
export async function readTlsSessions(capture: Capture, filter: CompiledFilter | null = null, signal?: AbortSignal): Promise<TlsReport[]> {
  const facts = await collectTls(capture, filter, signal)
  const found = facts.conversations.filter(({ tls }) => tls !== null)
  if (found.length === 0 || signal?.aborted === true) return []
  const streams = new Openings()
  await finishSliced(readDeliveredStepwise(capture, streams))
  const seen: Seen = { conversations: facts.conversations, streams }
  const opened = openedStreams(capture)
  return found.toSorted((one, other) => one.stream - other.stream).map((one) => describe(capture, one, one.tls!, seen, opened))
}

/** How each direction begins, and what is missing of it: what the explanations of failures are drawn from. */
class Openings implements Delivery {
  readonly openings = new Map<number, Opening>()
  readonly missing = new Map<number, number>()

  bytes(flow: number, packet: number, _place: number, bytes: Uint8Array, from: number, to: number): void {
    if (!this.openings.has(flow)) this.openings.set(flow, { packet, bytes: bytes.slice(from, Math.min(to, from + OPENING)) })
  }

  gap(flow: number, _packet: number, length: number): void {
    this.missing.set(flow, (this.missing.get(flow) ?? 0) + length)
  }
}

/** First bytes kept of each direction. */
const OPENING = 512

interface Opened {
  readonly decrypted: boolean
  readonly whyNot: string | null
  readonly from: string
}

/** By stream: of several handshakes in one connection, the first that stays shut counts. */
function openedStreams(capture: Capture): ReadonlyMap<number, Opened> {
  const opened = new Map<number, Opened>()
  for (const { stream, decrypted, whyNot, from } of sealedSessions(capture)) {
    const before = opened.get(stream)
    if (before === undefined || (before.whyNot === null && whyNot !== null)) opened.set(stream, { decrypted, whyNot, from })
  }
  return opened
}

const orNull = (text: string): string | null => (text === '' ? null : safeText(text))

function describe(capture: Capture, facts: ConversationFacts, tls: TlsFacts, seen: Seen, openings: ReadonlyMap<number, Opened>): TlsReport {
  const failure = explainFailure(facts, seen, capture)
  const opened = openings.get(facts.stream) ?? { decrypted: false, whyNot: whyShut(capture, tls), from: '' }
  return {
    session: {
      stream: facts.stream,
      client: facts.client.text,
      server: facts.server.text,
      sni: orNull(tls.serverName),
      alpn: { offered: tls.alpnOffered.map((name) => safeText(name)), chosen: orNull(tls.alpnChosen) },
      versionsOffered: tls.versionsOffered,
      version: orNull(tls.version),
      cipher: orNull(tls.cipher),
      group: orNull(tls.group),
      helloRetryRequest: tls.retryRequest !== 0,
      resumed: tls.resumed,
      earlyData: tls.earlyData,
      alerts: tls.alerts.map(({ packet, from, level, description, sealed }) => ({
        packet,
        from,
        level: orNull(level),
        description,
        sealed,
      })),
      certificates: tls.certificates.map(describeCertificate),
      clientCertificates: tls.clientCertificates.map(describeCertificate),
      decrypted: opened.decrypted,
      whyNot: opened.whyNot,
      failure:
        failure === null
          ? null
          : { side: failure.side, packet: failure.packet, cause: failure.cause, text: failure.text, repair: failure.repair },
      bytes: { client: facts.bytes.client, server: facts.bytes.server },
    },
    resumedBy: tls.resumedBy,
    primeBits: tls.dhBits,
    shown: { client: momentOf(capture, tls.clientCertificatePacket), server: momentOf(capture, tls.certificatePacket) },
    openedBy: opened.from,
  }
}

/** Why nothing was opened, where nobody tried. */
function whyShut(capture: Capture, tls: TlsFacts): string | null {
  const sealed = tls.changeCipherSpec.client + tls.changeCipherSpec.server !== 0 || tls.records.some(({ type }) => type === 23)
  if (!sealed) return 'nothing was sealed'
  return (capture.secretRing?.given ?? []).length > 0 ? 'the handshake is not in the capture' : 'no keys were given'
}

function momentOf({ index }: Capture, packet: number): number {
  return packet === 0 || index.nanos(packet) < 0 ? Number.NaN : index.seconds(packet) * 1000
}

const isoText = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('.000Z', 'Z')

/** What a certificate says, as plain data; a damaged one has only its hash. */
export function describeCertificate(bytes: Uint8Array): TlsCertificate {
  const read = readCertificate(bytes)
  if (!read.ok)
    return {
      ...{ subject: null, issuer: null, notBefore: null, notAfter: null, san: [], ca: null, key: null, serial: null },
      sha256: sha256Hex(bytes),
    }
  const { value } = read
  return {
    subject: safeText(formatName(value.subject)),
    issuer: safeText(formatName(value.issuer)),
    notBefore: isoText(value.notBefore),
    notAfter: isoText(value.notAfter),
    san: hostNamesOf(value).map((name) => safeText(name)),
    ca: extensionOf(value, 'basicConstraints')?.ca ?? null,
    key: describeKey(value.key),
    serial: value.serial,
    sha256: fingerprintOf(value),
  }
}
