// What opening needs of the hellos: randoms, version, suite and a few extensions (RFC 8446 4.1, RFC 5246 7.4.1). Read from bytes alone, while
// streams are read; nothing is shown here.

import { readU16 } from '../../bytes/read.ts'

const RANDOM = 32

export interface ClientHello {
  readonly random: Uint8Array
  readonly sessionId: Uint8Array
  readonly suites: readonly number[]
  /** The ticket of RFC 5077; empty without one. */
  readonly ticket: Uint8Array
  readonly earlyData: boolean
}

export interface ServerHello {
  readonly random: Uint8Array
  readonly sessionId: Uint8Array
  readonly version: number
  readonly suite: number
  readonly compressed: boolean
  readonly extendedMasterSecret: boolean
  readonly encryptThenMac: boolean
  readonly alpn: string
}

const EMPTY = new Uint8Array(0)
const TICKET = 35
const EARLY_DATA = 42
const VERSIONS = 43
const ALPN = 16
const EXTENDED_MASTER_SECRET = 23
const ENCRYPT_THEN_MAC = 22

/** The extensions from `at` on: type and body of each, as far as they are there. */
function* extensions(bytes: Uint8Array, at: number): Generator<readonly [number, Uint8Array]> {
  if (at + 2 > bytes.length) return
  const end = Math.min(bytes.length, at + 2 + readU16(bytes, at))
  for (let i = at + 2; i + 4 <= end; ) {
    const length = readU16(bytes, i + 2)
    yield [readU16(bytes, i), bytes.subarray(i + 4, Math.min(end, i + 4 + length))]
    i += 4 + length
  }
}

/** A ClientHello's body; null when it is too short to be one. */
export function readClientHello(body: Uint8Array): ClientHello | null {
  let at = 2 + RANDOM
  if (body.length < at + 1) return null
  const sessionId = body.slice(at + 1, at + 1 + body[at]!)
  at += 1 + body[at]!
  if (at + 2 > body.length) return null
  const end = Math.min(body.length, at + 2 + readU16(body, at))
  const suites: number[] = []
  for (let i = at + 2; i + 2 <= end; i += 2) suites.push(readU16(body, i))
  at = end + 1 + (body[end] ?? 0)
  let ticket: Uint8Array = EMPTY
  let earlyData = false
  for (const [type, value] of extensions(body, at)) {
    if (type === TICKET) ticket = value.slice()
    else if (type === EARLY_DATA) earlyData = true
  }
  return { random: body.slice(2, 2 + RANDOM), sessionId, suites, ticket, earlyData }
}

/** A ServerHello's body; null when it is too short to be one. */
export function readServerHello(body: Uint8Array): ServerHello | null {
  let at = 2 + RANDOM
  if (body.length < at + 1) return null
  const sessionId = body.slice(at + 1, at + 1 + body[at]!)
  at += 1 + body[at]!
  if (at + 3 > body.length) return null
  let version = readU16(body, 0)
  const suite = readU16(body, at)
  const compressed = body[at + 2] !== 0
  let extendedMasterSecret = false
  let encryptThenMac = false
  let alpn = ''
  for (const [type, value] of extensions(body, at + 3)) {
    if (type === VERSIONS && value.length >= 2) version = readU16(value, 0)
    else if (type === EXTENDED_MASTER_SECRET) extendedMasterSecret = true
    else if (type === ENCRYPT_THEN_MAC) encryptThenMac = true
    else if (type === ALPN) alpn = firstName(value)
  }
  return { random: body.slice(2, 2 + RANDOM), sessionId, version, suite, compressed, extendedMasterSecret, encryptThenMac, alpn }
}

/** The protocol chosen in EncryptedExtensions; '' when none is named. */
export function readAgreedProtocol(body: Uint8Array): string {
  for (const [type, value] of extensions(body, 0)) if (type === ALPN) return firstName(value)
  return ''
}

function firstName(list: Uint8Array): string {
  return list.length < 3 ? '' : String.fromCharCode(...list.subarray(3, 3 + list[2]!))
}
