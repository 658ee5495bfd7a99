// ClientHello and ServerHello: RFC 8446 4.1.2 and 4.1.3, RFC 5246 7.4.1.

import type { Field } from '../../core/field.ts'
import { readExtensions, type Seen } from './extensions.ts'
import { F } from './fields.ts'
import { recordClientFingerprints, recordServerFingerprints } from './fingerprints.ts'
import type { Reader } from './reader.ts'
import { CODE_TLS13, VERSION } from './session.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const RANDOM = 32

/** The random by which a ServerHello of TLS 1.3 says that it is a HelloRetryRequest: SHA-256 of that word (RFC 8446 4.1.3). */
const RETRY = [
  ...[0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91],
  ...[0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c],
]

/** Does a ServerHello, whose body begins at bytes[at], ask for another ClientHello? */
export function isRetryRequest(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 2 + RANDOM) return false
  for (let i = 0; i < RANDOM; i++) if (bytes[at + 2 + i] !== RETRY[i]) return false
  return true
}

function timeText(seconds: number): string {
  const date = new Date(seconds * 1000)
  const [hours, minutes, rest] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((n) => String(n).padStart(2, '0'))
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}, ${date.getUTCFullYear()} ${hours}:${minutes}:${rest}.000000000 UTC`
}

/** `timed`: the first four bytes may be a clock (up to TLS 1.2). */
function readRandom(r: Reader, timed: boolean, field: Field = F.random): void {
  const { p, at } = r
  if (!r.has(RANDOM)) {
    r.bytes(F.random, RANDOM)
    return
  }
  p.nest(p.add(field, at, RANDOM))
  if (timed) {
    if (p.wants(F.randomTime)) p.generateText(F.randomTime, timeText(p.u32(at)), at, 4)
    p.add(F.randomBytes, at + 4, RANDOM - 4)
  }
  p.close()
  r.at += RANDOM
}

function readSessionId(r: Reader): void {
  const length = r.number(F.sessionIdLength)
  if (length > 0) r.bytes(F.sessionId, length)
}

const plural = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${count} ${many}`)
const nothingSeen = (): Seen => ({ types: [], groups: [], formats: [], schemes: [], versions: [], protocol: new Uint8Array(0) })

export function readClientHello(r: Reader, session: number): void {
  const { p } = r
  const wanted = [F.ja3, F.ja3Full, F.ja4, F.ja4Raw].some((field) => p.wants(field))
  const seen = wanted ? nothingSeen() : null
  const offered: number[] = []
  const version = r.number(F.version)
  readRandom(r, (session & VERSION) !== CODE_TLS13)
  readSessionId(r)
  const suites = r.block(F.suitesLength)
  suites.open(F.suites, `Cipher Suites (${plural(suites.left() >> 1, 'suite', 'suites')})`, suites.left())
  while (suites.left() > 0) {
    const suite = suites.number(F.suite)
    if (suite >= 0 && wanted) offered.push(suite)
  }
  p.close()
  const compressions = r.block(F.compressionsLength)
  compressions.open(F.compressions, `Compression Methods (${plural(compressions.left(), 'method', 'methods')})`, compressions.left())
  while (compressions.left() > 0) compressions.number(F.compression)
  p.close()
  const { at } = r
  readExtensions(r, 'client', seen)
  if (seen !== null && !r.failed) recordClientFingerprints(r, at, { version, suites: offered }, seen)
}

export function readServerHello(r: Reader, retry: boolean, session: number): void {
  const { p } = r
  const wanted = p.wants(F.ja3s) || p.wants(F.ja3sFull)
  const seen = wanted ? nothingSeen() : null
  const version = r.number(F.version)
  if (retry && isRetryRequest(p.bytes, p.base + r.at - 2, p.base + r.end)) readRandom(r, false, F.retryRandom)
  else readRandom(r, !retry && (session & VERSION) !== CODE_TLS13)
  // Drafts of TLS 1.3 up to 21 had neither session id nor compression here.
  const draft = version >> 8 === 0x7f
  if (!draft) readSessionId(r)
  const suite = r.number(F.suite)
  if (!draft) r.number(F.compression)
  const { at } = r
  readExtensions(r, retry ? 'retry' : 'server', seen)
  if (seen !== null && !r.failed) recordServerFingerprints(r, at, version, suite, seen)
}

/** The ClientHello of SSL 2.0 (RFC 5246 E.2): record header and message in one. */
export function readSsl2ClientHello(r: Reader): void {
  const { p } = r
  p.generate(F.recordVersion, 0x0002, r.at, 0)
  p.generate(F.recordLength, p.u16(r.at) & 0x7fff, r.at, 2)
  r.at += 2
  r.number(F.ssl2Type)
  r.number(F.version)
  const specs = r.number(F.specLength)
  const id = r.number(F.sessionIdLength2)
  const challenge = r.number(F.challengeLength)
  const list = r.sub(specs, F.specLength)
  list.open(F.suites, `Cipher Specs (${plural(Math.floor(specs / 3), 'spec', 'specs')})`, list.left())
  while (list.left() > 0) list.number(F.spec)
  p.close()
  if (id > 0) r.bytes(F.sessionId, id)
  if (challenge > 0) r.bytes(F.challenge, challenge)
}
