// The true name of what a conversation speaks: by its bytes, never by its port. Port 5683 belongs to CoAP, and only CoAP is called so.

import type { ConversationFacts } from './facts.ts'
import type { StreamCollector } from './streams.ts'

/** Is this a CoAP message over UDP (RFC 7252 3)? Checked to its last byte. */
export function isCoap(bytes: Uint8Array): boolean {
  if (bytes.length < 4 || bytes[0]! >> 6 !== 1) return false
  const tokenLength = bytes[0]! & 0x0f
  const code = bytes[1]!
  if (tokenLength > 8 || !isCoapCode(code)) return false
  // An empty message has nothing behind its id.
  if (code === 0) return bytes.length === 4 && tokenLength === 0
  return endsAsOptions(bytes, 4 + tokenLength)
}

/** Is this the start of CoAP over TCP (RFC 8323 3.2)? Each side must begin with the message 7.01, its capabilities and settings. */
export function isCoapOverTcp(bytes: Uint8Array): boolean {
  if (bytes.length < 2) return false
  const length = bytes[0]! >> 4
  const tokenLength = bytes[0]! & 0x0f
  const extended = length === 13 ? 1 : length === 14 ? 2 : length === 15 ? 4 : 0
  return tokenLength <= 8 && extended <= 1 && bytes[1 + extended] === 0xe1
}

/** Codes that are registered: requests 0.01 to 0.07, and answers of classes 2, 4 and 5. */
function isCoapCode(code: number): boolean {
  const detail = code & 0x1f
  switch (code >> 5) {
    case 0:
      return detail <= 7
    case 2:
      return (detail >= 1 && detail <= 5) || detail === 31
    case 4:
      return detail <= 15 || detail === 22 || detail === 29
    case 5:
      return detail <= 5 || detail === 8
    default:
      return false
  }
}

/** Options, each with a delta and a length (RFC 7252 3.1), up to the end or to the marker before a payload. */
function endsAsOptions(bytes: Uint8Array, from: number): boolean {
  let at = from
  while (at < bytes.length) {
    const first = bytes[at++]!
    if (first === 0xff) return at < bytes.length
    const parts = [first >> 4, first & 0x0f].map((nibble) => {
      if (nibble < 13) return nibble
      if (nibble === 13) return 13 + (bytes[at++] ?? Number.NaN)
      if (nibble !== 14) return Number.NaN
      at += 2
      return 269 + (bytes[at - 2] ?? Number.NaN) * 256 + (bytes[at - 1] ?? Number.NaN)
    })
    if (parts.some(Number.isNaN)) return false
    at += parts[1]!
  }
  return at === bytes.length
}

/** A QUIC packet with a long header (RFC 9000 17.2), version 1 or 2. */
function isQuic(bytes: Uint8Array): boolean {
  if (bytes.length < 1200 / 2 || (bytes[0]! & 0xc0) !== 0xc0) return false
  const version = ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0
  return version === 1 || version === 0x6b3343cf
}

const startsWith = (bytes: Uint8Array | undefined, text: string): boolean =>
  bytes !== undefined && Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, text.length)).toString('latin1') === text

/** The names of what one conversation speaks, outermost first: ['http', 'fernet']; ['tcp'] when nothing was said. */
export function protocolsOf(facts: ConversationFacts, streams: StreamCollector, hasToken: boolean): string[] {
  const names = facts.kind === 'tcp' ? tcpNames(facts, streams) : [udpName(facts)]
  if (!hasToken) return names
  return names[0] === 'unknown' ? ['fernet'] : [...names, 'fernet']
}

function tcpNames(facts: ConversationFacts, streams: StreamCollector): string[] {
  const flow = facts.conversation * 2 + facts.clientFlow
  const client = streams.openings.get(flow)?.bytes
  const server = streams.openings.get(flow ^ 1)?.bytes
  if (startsWith(client, 'PRI * HTTP/2.0')) return ['http2']
  if (startsWith(client, 'SSH-') || startsWith(server, 'SSH-')) return ['ssh']
  const { protocol } = facts
  // One side speaks TLS and the other HTTP: they do not understand each other, and both are said.
  if (protocol === 'tls' && startsWith(server, 'HTTP/')) return ['tls', 'http']
  if (protocol === 'http' && isTlsRecord(server)) return ['http', 'tls']
  if (protocol !== '') return [protocol]
  if (client === undefined && server === undefined) return ['tcp']
  if (client !== undefined && isCoapOverTcp(client) && (server === undefined || isCoapOverTcp(server))) return ['coap']
  return ['unknown']
}

/** A record of TLS: a known type, version 3.x. */
export function isTlsRecord(bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && bytes.length >= 5 && bytes[0]! >= 20 && bytes[0]! <= 24 && bytes[1] === 3 && bytes[2]! <= 4
}

function udpName(facts: ConversationFacts): string {
  if (facts.inside !== '') return facts.inside
  const { sample } = facts
  if (sample.length === 0) return 'udp'
  if (isCoap(sample)) return 'coap'
  return isQuic(sample) ? 'quic' : 'unknown'
}
