// Fingerprints of programs, made from what their hello offers: JA3 and JA3S (Salesforce), JA4 (FoxIO).

import { hexText } from '../../bytes/address.ts'
import type { Field } from '../../core/field.ts'
import { md5Hex, sha256Hex } from '../../crypto/digest.ts'
import { isGrease } from '../names/tls-grease.ts'
import type { Seen } from './extensions.ts'
import { F } from './fields.ts'
import type { Reader } from './reader.ts'

const SERVER_NAME = 0
const APPLICATION_PROTOCOLS = 16
/** Characters of a hash that JA4 keeps. */
const KEPT = 12

/** What a ClientHello says outside its extensions. */
export interface Offer {
  readonly version: number
  readonly suites: readonly number[]
}

const plain = (list: readonly number[]): number[] => list.filter((value) => !isGrease(value))

/** JA3: five lists of decimal numbers. */
export function recordClientFingerprints(r: Reader, at: number, offer: Offer, seen: Seen): void {
  const lists = [offer.suites, seen.types, seen.groups, seen.formats]
  recordHashed(r, at, [String(offer.version), ...lists.map((list) => plain(list).join('-'))], F.ja3Full, F.ja3)
  const { p } = r
  if (!p.wants(F.ja4) && !p.wants(F.ja4Raw)) return
  const carrier = p.layerProtocol.subarray(0, p.layers).some((id) => p.registry.protocols[id]!.name === 'quic') ? 'q' : 't'
  const { first, suites, extensions } = ja4Parts(carrier, offer, seen)
  if (p.wants(F.ja4)) p.generateText(F.ja4, [first, shortHash(suites), shortHash(extensions)].join('_'), at, 0)
  p.generateText(F.ja4Raw, [first, suites, extensions].join('_'), at, 0)
}

export function recordServerFingerprints(r: Reader, at: number, version: number, suite: number, seen: Seen): void {
  recordHashed(r, at, [String(version), String(suite), plain(seen.types).join('-')], F.ja3sFull, F.ja3s)
}

function recordHashed(r: Reader, at: number, parts: readonly string[], fullField: Field, field: Field): void {
  const full = parts.join(',')
  r.p.generateText(fullField, full, at, 0)
  if (r.p.wants(field)) r.p.generateText(field, md5Hex(full), at, 0)
}

const VERSIONS: Readonly<Record<number, string>> = { 772: '13', 771: '12', 770: '11', 769: '10', 768: 's3', 2: 's2' }

/** The three parts of JA4, the second and third as the text that is hashed. `carrier`: t for TCP, q for QUIC. */
export function ja4Parts(carrier: string, { version, suites }: Offer, seen: Seen): { first: string; suites: string; extensions: string } {
  const versions = plain(seen.versions)
  const types = plain(seen.types)
  const offered = plain(suites)
  const first = [
    carrier,
    VERSIONS[versions.length > 0 ? Math.max(...versions) : version] ?? '00',
    seen.types.includes(SERVER_NAME) ? 'd' : 'i',
    count(offered),
    count(types),
    protocolEnds(seen.protocol),
  ].join('')
  const listed = types.filter((type) => type !== SERVER_NAME && type !== APPLICATION_PROTOCOLS)
  const schemes = plain(seen.schemes)
  return {
    first,
    suites: hexList(offered.toSorted((a, b) => a - b)),
    extensions: [hexList(listed.toSorted((a, b) => a - b)), ...(schemes.length > 0 ? [hexList(schemes)] : [])].join('_'),
  }
}

const count = (list: readonly number[]): string => String(Math.min(99, list.length)).padStart(2, '0')
const hexList = (list: readonly number[]): string => list.map((value) => value.toString(16).padStart(4, '0')).join(',')

/** Nothing to hash is twelve zeros. */
const shortHash = (text: string): string => (text === '' ? '0'.repeat(KEPT) : sha256Hex(text).slice(0, KEPT))

const isAlphanumeric = (byte: number): boolean => /[0-9A-Za-z]/.test(String.fromCharCode(byte))

/** First and last character of the first application protocol; of its hexadecimal digits when they are no letters or digits. */
function protocolEnds(protocol: Uint8Array): string {
  if (protocol.length === 0) return '00'
  const [first, last] = [protocol[0]!, protocol[protocol.length - 1]!]
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last)
  const hex = hexText(protocol, 0, protocol.length)
  return `${hex[0]}${hex[hex.length - 1]}`
}
