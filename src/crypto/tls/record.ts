// Opens the records of TLS, and checks that nobody changed them: RFC 8446 5.2 (TLS 1.3), RFC 5246 6.2.3 (TLS 1.0 to 1.2), RFC 7366
// (encrypt-then-MAC), RFC 6101 5.2.3 (SSL 3.0). Pure: a key, a number, bytes.

import { type CipherGCMTypes, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { macLength, SSL3, TLS10, TLS12 } from './prf.ts'
import { rc4Next, rc4Start } from './rc4.ts'
import type { CipherSuite } from './suite.ts'

export const TLS13 = 0x0304
const HEADER = 5
/** Bytes of the nonce that travel with each record of TLS 1.2's GCM and CCM. */
const EXPLICIT_NONCE = 8

/** The key of one direction, from one ChangeCipherSpec or key update to the next. */
export interface RecordKey {
  readonly suite: CipherSuite
  readonly version: number
  readonly key: Uint8Array
  readonly iv: Uint8Array
  readonly macKey: Uint8Array
  readonly encryptThenMac: boolean
}

export interface OpenedRecord {
  /** The true type of the content; TLS 1.3 seals it with the content. */
  readonly type: number
  readonly bytes: Uint8Array
}

/**
 * Opens bytes[at … end), a whole record with its header, as the `number`-th under this key (from 0). `chain`: for CBC up to TLS 1.0 the last
 * block of the record before, for RC4 the state of the cipher (it is not changed); null for the first. Null when the key is not the right one,
 * or the bytes were changed.
 */
export function openRecord(
  key: RecordKey,
  number: number,
  bytes: Uint8Array,
  at: number,
  end: number,
  chain: Uint8Array | null,
): OpenedRecord | null {
  if (end - at < HEADER) return null
  try {
    const opened = key.version === TLS13 ? openTls13(key, number, bytes, at, end) : openOlder(key, number, bytes, at, end, chain)
    return opened
  } catch {
    // A length that the cipher does not take: sealed with another one.
    return null
  }
}

/** What the next record's `chain` is, behind this one. */
export function nextChain(key: RecordKey, bytes: Uint8Array, at: number, end: number, chain: Uint8Array | null): Uint8Array | null {
  const { suite, version } = key
  if (suite.mode === 'stream') {
    const state = chain === null ? rc4Start(key.key) : chain.slice()
    rc4Next(state, bytes.subarray(at + HEADER, end))
    return state
  }
  if (suite.mode !== 'cbc' || version > TLS10) return null
  const last = key.encryptThenMac ? end - macLength(suite) : end
  return last - suite.blockLength < at + HEADER ? chain : bytes.slice(last - suite.blockLength, last)
}

/** Does opening a record need something of the one before it? */
export const isChained = ({ suite, version }: RecordKey): boolean => suite.mode === 'stream' || (suite.mode === 'cbc' && version <= TLS10)

function openTls13(key: RecordKey, number: number, bytes: Uint8Array, at: number, end: number): OpenedRecord | null {
  const inner = openAead(key, counted(key.iv, number), bytes.subarray(at, at + HEADER), bytes.subarray(at + HEADER, end))
  if (inner === null) return null
  // Zeros behind the type are padding (RFC 8446 5.4).
  let last = inner.length - 1
  while (last >= 0 && inner[last] === 0) last--
  return last < 0 ? null : { type: inner[last]!, bytes: inner.subarray(0, last) }
}

/** The nonce: the IV with the record's number laid over its end (RFC 8446 5.3). */
function counted(iv: Uint8Array, number: number): Uint8Array {
  const nonce = Uint8Array.from(iv)
  for (let i = nonce.length - 1, rest = number; rest > 0 && i >= 0; i--, rest = Math.floor(rest / 256)) nonce[i] = nonce[i]! ^ (rest % 256)
  return nonce
}

function openAead({ suite, key }: RecordKey, nonce: Uint8Array, about: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  const { tagLength } = suite
  const length = sealed.length - tagLength
  if (length < 0) return null
  // All AEAD ciphers are called in the same way; node's types tell them apart by name only.
  const cipher = createDecipheriv(suite.cipher as CipherGCMTypes, key, nonce, { authTagLength: tagLength })
  cipher.setAuthTag(sealed.subarray(length))
  cipher.setAAD(about, { plaintextLength: length })
  const opened = cipher.update(sealed.subarray(0, length))
  try {
    cipher.final()
  } catch {
    return null
  }
  return opened
}

/** What MACs and AEADs are told besides: number, type, version, length of the content (RFC 5246 6.2.3.3). SSL 3.0 leaves the version out. */
function aboutRecord(number: number, bytes: Uint8Array, at: number, length: number, withVersion = true): Uint8Array {
  const about = Buffer.alloc(13)
  about.writeBigUInt64BE(BigInt(number))
  about[8] = bytes[at]!
  about[9] = bytes[at + 1]!
  about[10] = bytes[at + 2]!
  about.writeUInt16BE(length & 0xffff, 11)
  return withVersion ? about : Buffer.concat([about.subarray(0, 9), about.subarray(11)])
}

function openOlder(
  key: RecordKey,
  number: number,
  bytes: Uint8Array,
  at: number,
  end: number,
  chain: Uint8Array | null,
): OpenedRecord | null {
  const { suite } = key
  const type = bytes[at]!
  const body = bytes.subarray(at + HEADER, end)
  switch (suite.mode) {
    case 'aead': {
      const explicit = key.iv.length === 4 ? EXPLICIT_NONCE : 0
      const nonce = explicit > 0 ? Buffer.concat([key.iv, body.subarray(0, explicit)]) : counted(key.iv, number)
      const about = aboutRecord(number, bytes, at, body.length - explicit - suite.tagLength)
      const opened = openAead(key, nonce, about, body.subarray(explicit))
      return opened === null ? null : { type, bytes: opened }
    }
    case 'cbc':
      return openCbc(key, number, bytes, at, body, chain)
    case 'stream':
      return checked(key, number, bytes, at, rc4Next(chain === null ? rc4Start(key.key) : chain.slice(), body))
    default:
      return checked(key, number, bytes, at, body)
  }
}

function openCbc(
  key: RecordKey,
  number: number,
  bytes: Uint8Array,
  at: number,
  body: Uint8Array,
  chain: Uint8Array | null,
): OpenedRecord | null {
  const { suite, version } = key
  const block = suite.blockLength
  let sealed = body
  if (key.encryptThenMac) {
    const length = body.length - macLength(suite)
    if (length <= 0 || !isMac(key, number, bytes, at, body.subarray(0, length), body.subarray(length))) return null
    sealed = body.subarray(0, length)
  }
  const explicit = version > TLS10
  const iv = explicit ? sealed.subarray(0, block) : (chain ?? key.iv)
  const from = explicit ? block : 0
  if (sealed.length - from < block || (sealed.length - from) % block !== 0) return null
  const cipher = createDecipheriv(suite.cipher, key.key, iv)
  cipher.setAutoPadding(false)
  const opened = Buffer.concat([cipher.update(sealed.subarray(from)), cipher.final()])
  // The last byte says how many bytes of padding stand before it; SSL 3.0 puts anything into them.
  const padding = opened[opened.length - 1]!
  if (padding + 1 > opened.length || (version === SSL3 && padding >= block)) return null
  if (version > SSL3) for (let i = opened.length - 1 - padding; i < opened.length; i++) if (opened[i] !== padding) return null
  const inner = opened.subarray(0, opened.length - 1 - padding)
  return key.encryptThenMac ? { type: bytes[at]!, bytes: inner } : checked(key, number, bytes, at, inner)
}

/** Content with its MAC behind it. */
function checked(key: RecordKey, number: number, bytes: Uint8Array, at: number, inner: Uint8Array): OpenedRecord | null {
  const length = inner.length - macLength(key.suite)
  if (length < 0 || !isMac(key, number, bytes, at, inner.subarray(0, length), inner.subarray(length))) return null
  return { type: bytes[at]!, bytes: inner.subarray(0, length) }
}

function isMac(key: RecordKey, number: number, bytes: Uint8Array, at: number, content: Uint8Array, mac: Uint8Array): boolean {
  const { suite, macKey, version } = key
  if (suite.mac === null || mac.length !== macLength(suite)) return false
  const about = aboutRecord(number, bytes, at, content.length, version > SSL3)
  const made =
    version > SSL3
      ? createHmac(suite.mac, macKey).update(about).update(content).digest()
      : macOfSsl3(suite.mac, macKey, Buffer.concat([about, content]))
  return timingSafeEqual(made, mac)
}

/** RFC 6101 5.2.3.1: an early form of HMAC. */
function macOfSsl3(hash: string, key: Uint8Array, content: Uint8Array): Uint8Array {
  const pad = hash === 'md5' ? 48 : 40
  const inner = createHash(hash).update(key).update(Buffer.alloc(pad, 0x36)).update(content).digest()
  return createHash(hash).update(key).update(Buffer.alloc(pad, 0x5c)).update(inner).digest()
}

/** Versions that this opens. */
export const opensVersion = (version: number): boolean => version >= SSL3 && version <= TLS13

export { SSL3, TLS10, TLS12 }
