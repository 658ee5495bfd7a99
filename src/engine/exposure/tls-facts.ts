// What the handshake of a TLS connection shows: read from the rows of its packets, in order, so that records that keys have opened are read
// in the same way as clear ones.

import type { Dissection } from '../../core/dissect.ts'
import { valueText } from '../../core/value.ts'
import { isGrease } from '../../protocols/names/tls-grease.ts'
import { alertNames } from '../../protocols/names/tls-messages.ts'
import { isRetryRequest } from '../../protocols/tls/hello.ts'
import type { Side } from './facts.ts'
import type { FieldIds } from './fields.ts'

export const CHANGE_CIPHER_SPEC = 20
export const ALERT = 21
export const HANDSHAKE = 22
export const APPLICATION_DATA = 23

const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const CERTIFICATE = 11
const SERVER_KEY_EXCHANGE = 12
const CERTIFICATE_REQUEST = 13
const CERTIFICATE_VERIFY = 15
const CLIENT_KEY_EXCHANGE = 16

const SESSION_TICKET = 35
const EARLY_DATA = 42
const PRE_SHARED_KEY = 41

/** Records and certificates kept of one connection. */
const MAX_RECORDS = 1024
const MAX_CERTIFICATES = 16
const MAX_NAMES = 64

export interface TlsRecord {
  readonly packet: number
  readonly side: Side
  /** Content type as the record says it: 23 for everything sealed in TLS 1.3. */
  readonly type: number
  readonly length: number
  /** Types of the handshake messages in it that can be read. */
  readonly messages: number[]
}

export interface TlsAlert {
  readonly packet: number
  readonly from: Side
  readonly level: 'warning' | 'fatal' | ''
  /** IANA's name, in lower case with underscores; null when it is sealed. */
  readonly description: string | null
  readonly sealed: boolean
}

export interface TlsFacts {
  /** Packets; 0: not seen. */
  clientHello: number
  secondHello: number
  serverHello: number
  retryRequest: number
  certificateRequest: number
  serverName: string
  readonly alpnOffered: string[]
  alpnChosen: string
  readonly versionsOffered: string[]
  /** The ClientHello lists its versions in an extension. */
  sawVersions: boolean
  /** The version chosen, '' before a ServerHello. */
  version: string
  /** Names of the cipher suites offered. */
  readonly suitesOffered: string[]
  cipher: string
  readonly groupsOffered: string[]
  group: string
  /** Bits of a finite-field Diffie-Hellman prime, 0 without one. */
  dhBits: number
  resumed: boolean
  /** By what an earlier session goes on, as far as that shows; '' when it does not. */
  resumedBy: 'psk' | 'ticket' | 'id' | ''
  /** The session id that the client sent, in hexadecimal; '' without one. */
  sessionOffered: string
  ticketOffered: boolean
  pskOffered: boolean
  earlyData: boolean
  /** Certificates that can be read, DER, in order; and where. */
  readonly certificates: Uint8Array[]
  certificatePacket: number
  readonly clientCertificates: Uint8Array[]
  /** Packet of the client's Certificate message, 0 when none can be read. */
  clientCertificatePacket: number
  clientKeyExchange: number
  /** The client proved that it has the key of its certificate. */
  clientVerify: number
  readonly changeCipherSpec: { client: number; server: number }
  readonly records: TlsRecord[]
  readonly alerts: TlsAlert[]
}

export function emptyTls(): TlsFacts {
  return {
    clientHello: 0,
    secondHello: 0,
    serverHello: 0,
    retryRequest: 0,
    certificateRequest: 0,
    serverName: '',
    alpnOffered: [],
    alpnChosen: '',
    versionsOffered: [],
    sawVersions: false,
    version: '',
    suitesOffered: [],
    cipher: '',
    groupsOffered: [],
    group: '',
    dhBits: 0,
    resumed: false,
    resumedBy: '',
    sessionOffered: '',
    ticketOffered: false,
    pskOffered: false,
    earlyData: false,
    certificates: [],
    certificatePacket: 0,
    clientCertificates: [],
    clientCertificatePacket: 0,
    clientKeyExchange: 0,
    clientVerify: 0,
    changeCipherSpec: { client: 0, server: 0 },
    records: [],
    alerts: [],
  }
}

/** "Unknown CA" as IANA writes it: unknown_ca. */
export function alertName(description: number): string {
  return (alertNames[description] ?? `alert ${description}`).toLowerCase().replaceAll(' ', '_')
}

/** Takes the TLS records of a recorded packet. Says which role its sender plays, null when the packet does not tell. */
export function readTls(facts: TlsFacts, packet: number, side: Side, d: Dissection, ids: FieldIds): Side | null {
  const { rows, registry } = d
  let role: Side | null = null
  let message = 0
  let recordType = 0
  /** As the header says it, before a sealed record's own type. */
  let outerType = 0
  let alertLevel = 0
  let extension = -1
  for (let row = 0; row < rows.count; row++) {
    const id = rows.field[row]!
    if (ids.relevant[id] === 0) continue
    const value = rows.value[row]!
    const field = registry.fields[id]!
    const text = (): string => valueText(field, rows, row, d.sources)
    const named = (): string => field.names?.[value] ?? text()
    if (ids.recordType.has(id)) {
      recordType = value
      message = 0
    } else if (ids.recordLength.has(id)) {
      outerType = recordType
      if (facts.records.length < MAX_RECORDS) facts.records.push({ packet, side, type: recordType, length: value, messages: [] })
      if (recordType === CHANGE_CIPHER_SPEC && facts.changeCipherSpec[side] === 0) facts.changeCipherSpec[side] = packet
      // An alert that cannot be read has no rows of its own.
      if (recordType === ALERT && value > 2) facts.alerts.push({ packet, from: side, level: '', description: null, sealed: true })
    } else if (ids.messageType.has(id)) {
      message = value
      facts.records[facts.records.length - 1]?.messages.push(value)
      role = noteMessage(facts, packet, side, message) ?? role
    } else if (ids.alertLevel.has(id)) alertLevel = value
    else if (ids.alertDescription.has(id)) noteAlert(facts, packet, side, alertLevel, value, outerType)
    else if (message === CLIENT_HELLO) {
      if (ids.extensionType.has(id)) extension = value
      else if (ids.extensionLength.has(id) && extension === SESSION_TICKET && value > 0) facts.ticketOffered = true
      readClientHello(facts, id, value, text, named, ids)
    } else if (message === SERVER_HELLO) {
      if (ids.random.has(id)) {
        const source = d.sources[rows.source[row]!]!
        const at = rows.start[row]! - 2
        if (at >= 0 && isRetryRequest(source, at, source.length)) facts.retryRequest = packet
        else facts.serverHello = packet
      } else readServerHello(facts, id, value, named, text, ids)
    } else if (message === SERVER_KEY_EXCHANGE && ids.namedCurve.has(id)) facts.group = named()
    else if (message === SERVER_KEY_EXCHANGE && ids.dhPrime.has(id)) facts.dhBits = value * 8
    else if (message === CERTIFICATE && ids.certificate.has(id)) {
      const list = side === 'server' ? facts.certificates : facts.clientCertificates
      const start = rows.start[row]!
      if (list.length < MAX_CERTIFICATES) list.push(d.sources[rows.source[row]!]!.slice(start, start + rows.length[row]!))
    } else if (side === 'server' && ids.alpn.has(id)) facts.alpnChosen = text()
  }
  return role
}

function noteMessage(facts: TlsFacts, packet: number, side: Side, message: number): Side | null {
  switch (message) {
    case CLIENT_HELLO:
      if (facts.clientHello === 0) facts.clientHello = packet
      else if (facts.retryRequest !== 0 && facts.secondHello === 0) facts.secondHello = packet
      return 'client'
    case SERVER_HELLO:
      return 'server'
    case CERTIFICATE:
      if (side === 'server') facts.certificatePacket ||= packet
      else facts.clientCertificatePacket ||= packet
      return null
    case CERTIFICATE_REQUEST:
      facts.certificateRequest ||= packet
      return 'server'
    case CLIENT_KEY_EXCHANGE:
      facts.clientKeyExchange ||= packet
      return 'client'
    case CERTIFICATE_VERIFY:
      if (side === 'client') facts.clientVerify ||= packet
      return null
    default:
      return null
  }
}

function noteAlert(facts: TlsFacts, packet: number, side: Side, level: number, description: number, recordType: number): void {
  const last = facts.alerts[facts.alerts.length - 1]
  const alert: TlsAlert = {
    packet,
    from: side,
    level: level === 2 ? 'fatal' : level === 1 ? 'warning' : '',
    description: alertName(description),
    // TLS 1.3 seals alerts as application data; older versions keep the type and make the record longer.
    sealed: recordType !== ALERT || (last?.packet === packet && last.description === null),
  }
  if (last?.packet === packet && last.description === null) facts.alerts.pop()
  if (facts.alerts.length < MAX_NAMES) facts.alerts.push(alert)
}

function readClientHello(facts: TlsFacts, id: number, value: number, text: () => string, named: () => string, ids: FieldIds): void {
  // The second hello of a connection repeats the first.
  if (facts.secondHello !== 0) return
  const keep = (list: string[], name: string): void => {
    if (list.length < MAX_NAMES && !list.includes(name)) list.push(name)
  }
  if (ids.messageVersion.has(id)) {
    if (facts.versionsOffered.length === 0) keep(facts.versionsOffered, named())
  } else if (ids.serverName.has(id)) facts.serverName ||= text()
  else if (ids.alpn.has(id)) keep(facts.alpnOffered, text())
  else if (ids.suite.has(id)) {
    if (!isGrease(value)) keep(facts.suitesOffered, named())
  } else if (ids.supportedVersion.has(id)) {
    // With this extension the version before it only pleases old devices.
    if (!facts.sawVersions) facts.versionsOffered.length = 0
    facts.sawVersions = true
    if (!isGrease(value)) keep(facts.versionsOffered, named())
  } else if (ids.shareGroup.has(id)) {
    if (!isGrease(value)) keep(facts.groupsOffered, named())
  } else if (ids.sessionId.has(id)) facts.sessionOffered = text()
  else if (ids.extensionType.has(id)) {
    if (value === EARLY_DATA) facts.earlyData = true
    if (value === PRE_SHARED_KEY) facts.pskOffered = true
  }
}

function readServerHello(facts: TlsFacts, id: number, value: number, named: () => string, text: () => string, ids: FieldIds): void {
  if (ids.messageVersion.has(id)) facts.version = named()
  else if (ids.supportedVersion.has(id)) {
    facts.version = named()
    if (facts.resumedBy !== 'psk') {
      facts.resumed = false
      facts.resumedBy = ''
    }
  } else if (ids.suite.has(id)) facts.cipher = named()
  else if (ids.shareGroup.has(id) || ids.retryGroup.has(id)) facts.group = named()
  else if (ids.selectedIdentity.has(id)) resume(facts, 'psk')
  else if (ids.sessionId.has(id)) {
    // Up to TLS 1.2 a server goes on with a session by sending its id back; in 1.3 it always does, to please old devices.
    if (facts.sessionOffered !== '' && text() === facts.sessionOffered) resume(facts, facts.ticketOffered ? 'ticket' : 'id')
  } else if (ids.alpn.has(id)) facts.alpnChosen = text()
  else if (ids.extensionType.has(id) && value === PRE_SHARED_KEY) resume(facts, 'psk')
}

function resume(facts: TlsFacts, by: TlsFacts['resumedBy']): void {
  facts.resumed = true
  facts.resumedBy = by
}
