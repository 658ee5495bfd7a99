// Transport Layer Security, SSL 3.0 to TLS 1.3: RFC 8446, RFC 5246, RFC 4346, RFC 2246, RFC 6101; the ClientHello of SSL 2.0: RFC 5246 E.2.
//
//   0     1          3         5
//   type  version    length    fragment…
//
// A layer is a run of whole records. What a record means depends on the ones before it: see tls/session.ts.

import { readU24 } from '../bytes/read.ts'
import type { Dissection } from '../core/dissect.ts'
import { SEVERITY_WARN } from '../core/note.ts'
import { defineProtocol, type Fields, type Get } from '../core/protocol.ts'
import { alertLevelNames, alertNames } from './names/tls-messages.ts'
import { HTTP2_NAME, insideNames } from './names/tls-ports.ts'
import { C } from './tls/certificate-fields.ts'
import { X } from './tls/extension-fields.ts'
import { F } from './tls/fields.ts'
import { tlsFraming } from './tls/framing.ts'
import { messageName, recordMessage } from './tls/handshake.ts'
import { readSsl2ClientHello } from './tls/hello.ts'
import { dissectHandshake, headHandshake } from './tls/in-quic.ts'
import { TlsUnsealer } from './tls/open.ts'
import { O } from './tls/open-fields.ts'
import { followInside, type OpenedLayer, openLayer, sealOf, trackInside } from './tls/open-layer.ts'
import { Q } from './tls/quic-parameter-fields.ts'
import { Reader } from './tls/reader.ts'
import {
  advanceHandshake,
  advanceOther,
  CODE_TLS13,
  ENCRYPTED,
  HTTP2,
  isClearHello,
  isPlausible,
  isRecordHeader,
  isSsl2ClientHello,
  owed,
  TYPE_ALERT,
  TYPE_APPLICATION_DATA,
  TYPE_CHANGE_CIPHER_SPEC,
  TYPE_HANDSHAKE,
  TYPE_HEARTBEAT,
  VERSION,
  versionName,
  withOwed,
} from './tls/session.ts'

const HEADER = 5
const MESSAGE_HEADER = 4
const ENCRYPTED_MESSAGE = 'Encrypted Handshake Message'

/** The parts so far of a handshake message that began in an earlier record of this layer. */
type Parts = Uint8Array[]

/** Words for what a record holds; the rows under it are recorded meanwhile. */
function recordContent(p: Dissection, type: number, at: number, end: number, session: number): string {
  switch (type) {
    case TYPE_CHANGE_CIPHER_SPEC:
      p.add(F.changeCipherSpec, at, Math.min(1, end - at))
      return 'Change Cipher Spec Protocol: Change Cipher Spec'
    case TYPE_ALERT:
      return recordAlert(p, at, end, session)
    case TYPE_APPLICATION_DATA:
      p.add(F.appData, at, end - at)
      return `${APPLICATION_DATA}${recordGuess(p, at - HEADER, session)}`
    case TYPE_HEARTBEAT:
      return recordHeartbeat(p, at, end, session)
    default:
      return ''
  }
}

/** What the data most likely is: by what the handshake agreed on, else by the port. Returns its name. */
function recordGuess(p: Dissection, at: number, session: number): string {
  if (!p.wants(F.appDataProtocol) && !p.wants(F.record)) return ''
  const flow = p.memory.flowOf(p.packet, p.transports - 1)
  const name = (session & HTTP2) !== 0 ? HTTP2_NAME : (insideNames[p.memory.portOf(flow, 0)] ?? insideNames[p.memory.portOf(flow, 1)])
  if (name === undefined) return 'Application Data'
  p.generateText(F.appDataProtocol, name, at, 0)
  return name
}

function recordAlert(p: Dissection, at: number, end: number, session: number): string {
  const plain = end - at === 2 && (session & ENCRYPTED) === 0
  const level = plain ? (alertLevelNames[p.u8(at)] ?? `Unknown (${p.u8(at)})`) : ''
  const description = plain ? (alertNames[p.u8(at + 1)] ?? `Unknown (${p.u8(at + 1)})`) : ''
  if (p.wants(F.alert)) p.nest(p.generateText(F.alert, `Alert Message${plain ? '' : ': Encrypted Alert'}`, at, end - at))
  else p.nest(-1)
  if (plain) {
    p.number(F.alertLevel, at)
    p.number(F.alertDescription, at + 1)
  }
  p.close()
  return plain ? `Alert (Level: ${level}, Description: ${description})` : 'Encrypted Alert'
}

function recordHeartbeat(p: Dissection, at: number, end: number, session: number): string {
  const plain = (session & ENCRYPTED) === 0 && end - at >= 3 && (p.u8(at) === 1 || p.u8(at) === 2)
  p.nest(p.wants(F.heartbeat) ? p.generateText(F.heartbeat, `Heartbeat Message${plain ? '' : ': Encrypted Heartbeat'}`, at, end - at) : -1)
  if (plain) {
    const r = new Reader(p, at, end)
    r.number(F.heartbeatType)
    const length = r.number(F.heartbeatLength)
    if (length > r.left())
      p.note(SEVERITY_WARN, `The heartbeat claims ${length} bytes and has ${r.left()}: this is how Heartbleed reads memory`, at, 3)
    else if (length > 0) r.bytes(F.heartbeatPayload, length)
    r.rest(F.heartbeatPadding)
  }
  p.close()
  return plain ? `Heartbeat ${p.u8(at) === 1 ? 'Request' : 'Response'}` : 'Encrypted Heartbeat'
}

function recordGroup(p: Dissection, label: string, at: number, length: number): void {
  if (p.wants(F.handshake)) p.generateText(F.handshake, `Handshake Protocol: ${label}`, at, length)
}

/** The messages in the body of a handshake record. Returns their names; `session` holds before it. */
function recordHandshake(p: Dissection, at: number, end: number, session: number, parts: Parts): string[] {
  if ((session & ENCRYPTED) !== 0) {
    recordGroup(p, ENCRYPTED_MESSAGE, at, end - at)
    return [ENCRYPTED_MESSAGE]
  }
  const names: string[] = []
  const rest = owed(session)
  session = withOwed(session, 0)
  if (rest > 0) {
    const some = Math.min(rest, end - at)
    names.push(recordContinuation(p, at, some, rest > some, session, parts))
    session = (session & 0xff) >>> 0
    at += some
  }
  while (at < end) {
    if (end - at < MESSAGE_HEADER || !isPlausible(p.bytes, p.base + at)) {
      recordGroup(p, ENCRYPTED_MESSAGE, at, end - at)
      names.push(ENCRYPTED_MESSAGE)
      break
    }
    const length = MESSAGE_HEADER + readU24(p.bytes, p.base + at + 1)
    if (length > end - at) {
      const name = `${messageName(p, at, end)} (fragment)`
      recordGroup(p, name, at, end - at)
      names.push(name)
      parts.length = 0
      parts.push(p.bytes.subarray(p.base + at, p.base + end))
      break
    }
    names.push(messageName(p, at, at + length))
    session = recordMessage(p, at, length, session)
    at += length
  }
  return names
}

/** The next part of a message that began in an earlier record; with the last one, the whole message. */
function recordContinuation(p: Dissection, at: number, length: number, more: boolean, session: number, parts: Parts): string {
  if (parts.length > 0) parts.push(p.bytes.subarray(p.base + at, p.base + at + length))
  if (more || parts.length === 0) {
    recordGroup(p, more ? 'Continuation (fragment)' : 'Continuation (last fragment)', at, length)
    return 'Continuation'
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let to = 0
  for (const part of parts) {
    whole.set(part, to)
    to += part.length
  }
  const count = parts.length
  parts.length = 0
  const source = p.addSource('Reassembled TLS Handshake', whole)
  if (source < 0) return 'Continuation'
  p.nest(
    p.wants(F.fragments) ? p.generateText(F.fragments, `${count} Reassembled Handshake Fragments (${whole.length} bytes)`, at, length) : -1,
  )
  p.generate(F.fragmentCount, count, at, 0)
  p.close()
  p.enter(source)
  const name = messageName(p, 0, whole.length)
  recordMessage(p, 0, whole.length, session)
  p.leave()
  return name
}

/** Records the record at offset `at` of the layer; returns the session behind it. `opened`: what keys opened of the layer. */
function recordRecord(p: Dissection, at: number, end: number, session: number, parts: Parts, opened: OpenedLayer | null): number {
  const type = p.u8(at)
  const version = p.u16(at + 1)
  const after = type === TYPE_HANDSHAKE ? handshakeAfter(p, at + HEADER, end, session) : advanceOther(session, type)
  const row = p.wants(F.record) ? p.generateText(F.record, '', at, end - at) : -1
  p.nest(row)
  const source = opened?.sources[opened.at] ?? -1
  // Data that comes before any version is known, and that a key opens, is TLS 1.3's early data.
  const opaque = type === TYPE_APPLICATION_DATA && ((session & VERSION) === CODE_TLS13 || ((session & VERSION) === 0 && source >= 0))
  p.number(opaque ? F.opaqueType : F.contentType, at)
  p.number(F.recordVersion, at + 1)
  p.number(F.recordLength, at + 3)
  if (type === TYPE_HANDSHAKE && end === at + HEADER)
    p.note(SEVERITY_WARN, 'Zero-length Handshake fragments are not allowed', at + 3, 2, F.lengthInvalid)
  if (type === TYPE_HANDSHAKE && isClearHello(session, p.bytes, p.base + at + HEADER, p.base + end)) session = (session & ~ENCRYPTED) >>> 0
  const { words, count } =
    opened !== null && source >= 0
      ? recordOpened(p, at, end, session, parts, opened, source, opaque)
      : recordShut(p, at, end, session, parts, type)
  if (p.wants(O.seal)) {
    const seal = sealOf(p, opened, type, session, end - at - HEADER)
    if (seal !== '') p.generateText(O.seal, seal, at, 0)
  }
  if (opened !== null) opened.at++
  p.close()
  if (row >= 0) {
    p.rows.texts.set(row, `${versionName(session, version)} Record Layer: ${words}`)
    p.rows.value[row] = count
  }
  return after
}

interface Told {
  readonly words: string
  /** Handshake messages; of application data 0 when what it holds is shown as a layer of its own. */
  readonly count: number
}

const handshakeWords = (names: readonly string[]): Told => ({
  words: `Handshake Protocol: ${names.length > 1 ? 'Multiple Handshake Messages' : (names[0] ?? '')}`,
  count: names.length,
})

/** The content of a record as it was sent. */
function recordShut(p: Dissection, at: number, end: number, session: number, parts: Parts, type: number): Told {
  if (type === TYPE_HANDSHAKE) return handshakeWords(recordHandshake(p, at + HEADER, end, session, parts))
  return { words: recordContent(p, type, at + HEADER, end, session), count: 1 }
}

/** The content of a record that a key opened, which lies in a source of its own. */
function recordOpened(
  p: Dissection,
  at: number,
  end: number,
  session: number,
  parts: Parts,
  opened: OpenedLayer,
  source: number,
  opaque: boolean,
): Told {
  const kind = opened.log.kind(opened.first + opened.at)
  if (opaque) p.generate(O.innerType, kind, at, 1)
  if (kind === TYPE_APPLICATION_DATA) {
    p.add(F.appData, at + HEADER, end - at - HEADER)
    const inside = opened.log.insideOf(opened.first + opened.at)
    const title = inside < 0 ? '' : p.registry.protocols[inside]!.title
    if (title !== '' && p.wants(F.appDataProtocol)) p.generateText(F.appDataProtocol, title, at, 0)
    return { words: `${APPLICATION_DATA}${title === '' ? 'Application Data' : title}`, count: title === '' ? 1 : 0 }
  }
  const plain = (session & ~ENCRYPTED) >>> 0
  p.enter(source)
  const length = p.available()
  let told: Told
  if (kind === TYPE_HANDSHAKE) {
    const before = withOwed(plain, opened.owed)
    told = handshakeWords(recordHandshake(p, 0, length, before, parts))
    opened.owed = owed(advanceHandshake(before, p.bytes, 0, length))
  } else told = { words: recordContent(p, kind, 0, length, plain), count: 1 }
  p.leave()
  return told
}

function handshakeAfter(p: Dissection, at: number, end: number, session: number): number {
  return (session & ENCRYPTED) !== 0 ? session : advanceHandshake(session, p.bytes, p.base + at, p.base + end)
}

function recordSsl2(p: Dissection): number {
  const length = 2 + (p.u16(0) & 0x7fff)
  const there = Math.min(length, p.available())
  const row = p.wants(F.record) ? p.generateText(F.record, 'SSLv2 Record Layer: Client Hello', 0, there) : -1
  if (row >= 0) p.rows.value[row] = 1
  p.nest(row)
  readSsl2ClientHello(new Reader(p, 0, there))
  p.close()
  return length
}

const RECORD_LAYER = ' Record Layer: '
const HANDSHAKE = 'Handshake Protocol: '
const APPLICATION_DATA = 'Application Data Protocol: '

/** The Info column: what each record holds, in order. */
function summarize(get: Get): string {
  const messages = get.texts(F.handshake)
  const counts = get.numbers(F.record)
  let next = 0
  const words = get.texts(F.record).flatMap((record, i) => {
    const content = record.slice(record.indexOf(RECORD_LAYER) + RECORD_LAYER.length)
    if (content.startsWith(HANDSHAKE)) {
      const some = messages.slice(next, next + counts[i]!).map((message) => message.slice(HANDSHAKE.length))
      next += counts[i]!
      return some
    }
    if (content.startsWith(APPLICATION_DATA)) return counts[i] === 0 ? [] : ['Application Data']
    return [content.replace(/^Change Cipher Spec Protocol: /, '')]
  })
  // Opened, and no message complete in it: a part of one.
  if (get.has(O.segmentData)) words.push('[TLS segment of a reassembled PDU]')
  return words.length === 0 ? 'Continuation Data' : words.join(', ')
}

const prefixed = (prefix: string, fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, field]) => [`${prefix}.${key}`, field]))

export const tls = defineProtocol({
  name: 'tls',
  title: 'Transport Layer Security',
  spec: 'RFC 8446',
  about: 'Encrypts what two programs say to each other, and proves who at least one of them is.',
  // Four tables, some of whose keys are the same.
  fields: { ...F, ...prefixed('extension', X), ...prefixed('certificate', C), ...prefixed('open', O), ...prefixed('quic', Q) },
  framing: tlsFraming,
  unseal: (secrets) => new TlsUnsealer(secrets),
  scanStops: true,
  summary: summarize,
  columnOf: (get) => {
    const record = get.texts(F.record).at(-1)
    return record === undefined ? 'TLS' : record.slice(0, record.indexOf(RECORD_LAYER))
  },

  dissect(p) {
    if (!p.recording) return
    const parts: Parts = []
    let session = p.message >= 0 ? p.memory.messages.aux(p.message) : 0
    const opened = openLayer(p)
    let at = 0
    if (p.has(11) && isSsl2ClientHello(p.bytes, p.base)) {
      at = recordSsl2(p)
      if (opened !== null) opened.at++
    }
    while (p.has(at + HEADER) && isRecordHeader(p.bytes, p.base + at)) {
      const end = at + HEADER + p.u16(at + 3)
      if (!p.has(end)) {
        recordRecord(p, at, p.available(), session, parts, opened)
        if (at > 0 || p.reported() > p.available()) p.short(end)
        return
      }
      session = recordRecord(p, at, end, session, parts, opened)
      at = end
    }
    if (at < p.available()) p.data(at)
    if (opened !== null) followInside(p, opened)
  },

  track(p) {
    if (p.memory.opened !== null) trackInside(p, p.memory.opened)
  },
})

/** The same protocol in another wrapping: QUIC carries the messages of the handshake without records (RFC 9001 4). */
export const tlsInQuic = defineProtocol({
  name: tls.name,
  title: tls.title,
  spec: tls.spec,
  about: tls.about,
  fields: tls.fields,
  accepts: { 'quic.crypto.crypto_data': [1] },
  scanStops: true,
  heading: headHandshake,
  dissect: dissectHandshake,
})
