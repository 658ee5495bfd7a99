// Fernet, as specified at https://github.com/fernet/spec (Spec.md): a token that nobody without the key can read or change.
//
//     version 0x80 │ time 8 │ IV 16 │ ciphertext 16·n │ HMAC-SHA256 32        in base64url, with padding
//
// AES-128 in CBC mode with PKCS #7 padding hides the message; the HMAC over everything before it is checked first. A key is 32 bytes of
// base64url: 16 for the HMAC, then 16 for AES.

import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export const FERNET_VERSION = 0x80

/** Offsets in the decoded token; the HMAC is its last 32 bytes. */
export const FERNET_LAYOUT = { version: 0, time: 1, iv: 9, ciphertext: 25, hmacLength: 32 } as const

/** Seconds that a token's time may lie ahead of ours (Spec.md "Verifying"; Python's cryptography has the same). */
const MAX_CLOCK_SKEW = 60

/** A key, taken apart. */
export interface FernetKey {
  readonly signing: Uint8Array
  readonly encryption: Uint8Array
}

/** A token, taken apart without a key: what a stranger sees. */
export interface FernetToken {
  /** The whole token, decoded. */
  readonly bytes: Uint8Array
  /** Seconds since 1970 at which it was made, by its maker's clock. Up to 2^53; larger values are cut off there. */
  readonly time: number
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
  readonly hmac: Uint8Array
  /** Lengths that the message may have: PKCS #7 adds 1 to 16 bytes. */
  readonly messageLength: { readonly min: number; readonly max: number }
}

/** Why a token was refused: 'format' before any key is looked at, the others in the order of the checks. */
export type FernetRefusal = 'format' | 'signature' | 'expired' | 'future' | 'padding'

export type Opened =
  | { readonly ok: true; readonly message: Uint8Array; readonly token: FernetToken }
  | { readonly ok: false; readonly refusal: FernetRefusal; readonly reason: string }

/** A fresh key, as text. It never starts with a dash, so that it can follow an option on any command line. */
export function generateFernetKey(): string {
  const key = encodeBase64Url(randomBytes(32))
  return key.startsWith('-') ? generateFernetKey() : key
}

/** The key, or undefined when the text is not 32 bytes of base64url with padding, as Python's cryptography wants it too. */
export function parseFernetKey(text: string): FernetKey | undefined {
  const bytes = text.length === 44 ? decodeBase64Url(text) : undefined
  return bytes?.length === 32 ? { signing: bytes.slice(0, 16), encryption: bytes.slice(16) } : undefined
}

/** Takes a token apart; `reason` says what keeps it from being one. Checks no signature. */
export function parseFernetToken(text: string): { ok: true; token: FernetToken } | { ok: false; reason: string } {
  const bytes = decodeBase64Url(text)
  if (bytes === undefined) return { ok: false, reason: 'it is not base64url with padding' }
  if (bytes[0] !== FERNET_VERSION)
    return {
      ok: false,
      reason: bytes.length === 0 ? 'it is empty' : `its version is 0x${bytes[0]!.toString(16).padStart(2, '0')}, not 0x80`,
    }
  const { ciphertext, iv, hmacLength } = FERNET_LAYOUT
  const length = bytes.length - ciphertext - hmacLength
  if (length < 16) return { ok: false, reason: `it has ${bytes.length} bytes, and the shortest token has 73` }
  if (length % 16 !== 0) return { ok: false, reason: `its ciphertext has ${length} bytes, which is no multiple of 16` }
  let time = 0
  for (let at = 1; at < iv; at++) time = Math.min(time * 256 + bytes[at]!, Number.MAX_SAFE_INTEGER)
  const token = {
    bytes,
    time,
    iv: bytes.subarray(iv, ciphertext),
    ciphertext: bytes.subarray(ciphertext, ciphertext + length),
    hmac: bytes.subarray(ciphertext + length),
    messageLength: { min: length - 16, max: length - 1 },
  }
  return { ok: true, token }
}

export interface EncryptOptions {
  /** Seconds since 1970; now unless given. */
  readonly time?: number
  /** 16 bytes; random unless given. Anything else would let a stranger see which messages are equal. */
  readonly iv?: Uint8Array
}

/** A token with the message in it. */
export function encryptFernet(message: Uint8Array, key: FernetKey, options: EncryptOptions = {}): string {
  const { time = Math.floor(Date.now() / 1000), iv = randomBytes(16) } = options
  const head = Buffer.alloc(FERNET_LAYOUT.ciphertext)
  head[0] = FERNET_VERSION
  head.writeBigUInt64BE(BigInt(time), FERNET_LAYOUT.time)
  head.set(iv, FERNET_LAYOUT.iv)
  const cipher = createCipheriv('aes-128-cbc', key.encryption, iv)
  const signed = Buffer.concat([head, cipher.update(message), cipher.final()])
  return encodeBase64Url(Buffer.concat([signed, createHmac('sha256', key.signing).update(signed).digest()]))
}

export interface OpenOptions {
  /** Seconds for which a token is valid; any age unless given. */
  readonly ttl?: number
  /** Seconds since 1970; now unless given. */
  readonly now?: number
}

/** Checks the token and gives its message. With `ttl`, its age too, and that it is not from the future, as the specification has it. */
export function openFernet(text: string, key: FernetKey, options: OpenOptions = {}): Opened {
  const parsed = parseFernetToken(text)
  if (!parsed.ok) return { ok: false, refusal: 'format', reason: parsed.reason }
  const { token } = parsed
  const { ttl, now = Date.now() / 1000 } = options
  const signed = token.bytes.subarray(0, token.bytes.length - FERNET_LAYOUT.hmacLength)
  const expected = createHmac('sha256', key.signing).update(signed).digest()
  if (!timingSafeEqual(expected, token.hmac)) return { ok: false, refusal: 'signature', reason: 'the signature does not match' }
  if (ttl !== undefined && token.time + ttl < now)
    return { ok: false, refusal: 'expired', reason: `it was valid for ${ttl} s and is ${Math.floor(now - token.time)} s old` }
  if (ttl !== undefined && token.time > now + MAX_CLOCK_SKEW)
    return { ok: false, refusal: 'future', reason: `it was made ${Math.ceil(token.time - now)} s in the future` }
  try {
    const decipher = createDecipheriv('aes-128-cbc', key.encryption, token.iv)
    return { ok: true, message: Uint8Array.from(Buffer.concat([decipher.update(token.ciphertext), decipher.final()])), token }
  } catch {
    return { ok: false, refusal: 'padding', reason: 'its padding is wrong' }
  }
}

/** True for a whole token; all of our time start alike, with version 0x80 and the zero bytes at the top of the time. */
export function resemblesFernet(text: string): boolean {
  return text.startsWith('gAAAA') && parseFernetToken(text).ok
}

function encodeBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

/** Strict: the alphabet of RFC 4648 5 alone, padding included. */
function decodeBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9_-]*={0,2}$/.test(text)) return undefined
  return Uint8Array.from(Buffer.from(text, 'base64url'))
}
