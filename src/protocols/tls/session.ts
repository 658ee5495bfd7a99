// What one direction of a TLS connection remembers from record to record, as one 32-bit number: the framing step carries it on, each
// message keeps the number that held before its first record (Messages.aux), and `dissect` carries it on from there.
//
//   bits 0–2  version of the connection, from the ServerHello (code below; 0: not known yet)
//   bit 3     a ChangeCipherSpec was seen: what this direction sends from here on is encrypted
//   bits 4–5  key exchange of the chosen cipher suite
//   bit 6     the ServerHello said that HTTP/2 is spoken inside
//   bit 7     a ServerHello was seen, or a ClientHello in this direction: records count as TLS without doubt
//   bits 8–31 bytes of a handshake message that the next handshake records still owe

import { readU16, readU24 } from '../../bytes/read.ts'
import { cipherSuiteNames } from '../names/tls-cipher-suites.ts'

export const VERSION = 0x07
export const ENCRYPTED = 0x08
export const KEY_EXCHANGE = 0x30
export const KEY_EXCHANGE_ECDHE = 0x10
export const KEY_EXCHANGE_DHE = 0x20
export const KEY_EXCHANGE_RSA = 0x30
export const HTTP2 = 0x40
/** What both directions share. */
export const SHARED = VERSION | KEY_EXCHANGE | HTTP2

export const CODE_SSL3 = 1
export const CODE_TLS13 = 5
export const CODE_SSL2 = 6

export const TYPE_CHANGE_CIPHER_SPEC = 20
export const TYPE_ALERT = 21
export const TYPE_HANDSHAKE = 22
export const TYPE_APPLICATION_DATA = 23
export const TYPE_HEARTBEAT = 24

/** The name of HTTP/2 as an application protocol: "h2". */
const H2 = 0x6832

export const CLIENT_HELLO = 1
export const SERVER_HELLO = 2

/** Longest record: 2^14 bytes of plaintext and 2048 of what encryption adds (RFC 5246 6.2.3). */
export const MAX_RECORD = 16384 + 2048
/** Longest handshake message that is believed where the stream is not known from its start. */
const MAX_PLAUSIBLE = 0x1ffff

const KNOWN_MESSAGES = new Set([0, 1, 2, 3, 4, 5, 6, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 67])

export function versionCode(version: number): number {
  if (version >= 0x0300 && version <= 0x0304) return version - 0x0300 + CODE_SSL3
  if (version === 0x0002) return CODE_SSL2
  // Drafts of TLS 1.3: 0x7fNN, Facebook's 0xfbNN.
  return version >> 8 === 0x7f || version >> 8 === 0xfb ? CODE_TLS13 : 0
}

const SHORT_NAMES = ['SSL', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3', 'SSLv2', 'SSL']

/** "TLSv1.2": the version of the connection, or as long as that is not known the one that the record claims. */
export function versionName(session: number, recordVersion: number): string {
  const code = session & VERSION
  return SHORT_NAMES[code === 0 ? versionCode(recordVersion) : code]!
}

/** Bytes that the handshake message under way still lacks. */
export function owed(session: number): number {
  return session >>> 8
}

export function withOwed(session: number, length: number): number {
  return ((session & 0xff) | (length << 8)) >>> 0
}

/** Is the type known and the length not beyond belief? Encrypted bytes hardly ever pass. */
export function isPlausible(bytes: Uint8Array, at: number): boolean {
  return KNOWN_MESSAGES.has(bytes[at]!) && readU24(bytes, at + 1) <= MAX_PLAUSIBLE
}

/** Carries the session on over the body of a handshake record that is not encrypted. */
export function advanceHandshake(session: number, bytes: Uint8Array, at: number, end: number): number {
  let left = owed(session)
  while (at < end) {
    if (left > 0) {
      const some = Math.min(left, end - at)
      at += some
      left -= some
      continue
    }
    if (end - at < 4 || !isPlausible(bytes, at)) break
    const type = bytes[at]!
    left = readU24(bytes, at + 1)
    at += 4
    if (type === SERVER_HELLO || type === 6) session = readServerHello(session, bytes, at, Math.min(end, at + left))
  }
  return withOwed(session, left)
}

/** Version and key exchange from a ServerHello's body (RFC 8446 4.1.3, RFC 5246 7.4.1.3). */
function readServerHello(session: number, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 2) return session
  let code = versionCode(readU16(bytes, at))
  let exchange = 0
  let inside = 0
  // Drafts of TLS 1.3 up to 21 had no session id and no compression method here.
  const draft = bytes[at] === 0x7f
  let i = at + 34
  if (!draft && i < end) i += 1 + bytes[i]!
  if (i + 2 <= end) {
    exchange = keyExchangeOf(readU16(bytes, i))
    i += draft ? 2 : 3
    if (i + 2 <= end) {
      const stop = Math.min(end, i + 2 + readU16(bytes, i))
      for (i += 2; i + 4 <= stop; i += 4 + readU16(bytes, i + 2))
        if (readU16(bytes, i) === 43 && i + 6 <= stop) code = versionCode(readU16(bytes, i + 4))
        else if (readU16(bytes, i) === 16 && i + 9 <= stop && bytes[i + 6] === 2 && readU16(bytes, i + 7) === H2) inside = HTTP2
    }
  }
  return ((session & ~SHARED) | code | exchange | inside) >>> 0
}

/**
 * A whole ClientHello in the body of a record that should be sealed: behind a HelloRetryRequest, which the capture does not have, the second
 * one follows a ChangeCipherSpec that changes nothing (RFC 8446 D.4).
 */
export function isClearHello(session: number, bytes: Uint8Array, at: number, end: number): boolean {
  if ((session & ENCRYPTED) === 0 || (session & VERSION) !== 0 || end - at < 6) return false
  return bytes[at] === CLIENT_HELLO && readU24(bytes, at + 1) === end - at - 4 && bytes[at + 4] === 3 && bytes[at + 5]! <= 4
}

/** How the keys are agreed on, as far as the messages look different for it: by the name of the suite. Those with pre-shared keys are 0. */
function keyExchangeOf(suite: number): number {
  const name = cipherSuiteNames[suite] ?? ''
  if (/^TLS_(ECDHE?_(RSA|ECDSA|anon)|ECDH_ANON)_/i.test(name)) return KEY_EXCHANGE_ECDHE
  if (/^TLS_DHE?_(RSA|DSS|anon)_/i.test(name)) return KEY_EXCHANGE_DHE
  return /^TLS_RSA_(WITH|EXPORT)/.test(name) ? KEY_EXCHANGE_RSA : 0
}

/** Carries the session on over a record of another type than handshake. */
export function advanceOther(session: number, type: number): number {
  // TLS 1.3 sends ChangeCipherSpec only to please old devices (RFC 8446 D.4): it changes nothing.
  return type === TYPE_CHANGE_CIPHER_SPEC && (session & VERSION) !== CODE_TLS13 ? (session | ENCRYPTED) >>> 0 : session
}

/** A record header that makes sense: known type, version 3.0 … 3.4, a length that records may have. */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at]!
  if (type < TYPE_CHANGE_CIPHER_SPEC || type > TYPE_HEARTBEAT || bytes[at + 1] !== 3 || bytes[at + 2]! > 4) return false
  return readU16(bytes, at + 3) <= MAX_RECORD
}

/** SSL 2.0's ClientHello, which older clients sent to ask for SSL 3.0 or TLS as well (RFC 5246 E.2). Needs 11 bytes. */
export function isSsl2ClientHello(bytes: Uint8Array, at: number): boolean {
  if ((bytes[at]! & 0x80) === 0 || bytes[at + 2] !== CLIENT_HELLO) return false
  const version = readU16(bytes, at + 3)
  if (version !== 0x0002 && !(version >= 0x0300 && version <= 0x0303)) return false
  const length = readU16(bytes, at) & 0x7fff
  const specs = readU16(bytes, at + 5)
  const challenge = readU16(bytes, at + 9)
  return specs > 0 && specs % 3 === 0 && challenge >= 16 && challenge <= 32 && length === 9 + specs + readU16(bytes, at + 7) + challenge
}
