// QUIC's packet protection: RFC 9001 5, RFC 9369 3.3. Initial packets are sealed with keys that anybody can derive from the connection id the
// client chose first; later ones with TLS's traffic secrets. Packet numbers and some header bits are hidden under a mask of their own.

import { createCipheriv, createDecipheriv } from 'node:crypto'
import { type HkdfHash, hashLength, hkdfExpandLabel, hkdfExtract } from './hkdf.ts'

/** What differs between versions. */
export interface QuicVersion {
  readonly salt: Uint8Array
  /** Before "key", "iv", "hp", "ku". */
  readonly label: string
  /** Key and nonce of Retry's integrity tag; null before draft 25, which had none. */
  readonly retry: { readonly key: Uint8Array; readonly nonce: Uint8Array } | null
}

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex')

function describe(salt: string, label: string, key = '', nonce = ''): QuicVersion {
  return { salt: hex(salt), label, retry: key === '' ? null : { key: hex(key), nonce: hex(nonce) } }
}

const SALT_23 = 'c3eef712c72ebb5a11a7d2432bb46365bef9f502'
const SALT_29 = 'afbfec289993d24c9e9786f19c6111e04390a899'
const DRAFT_22 = describe('7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a', 'quic ')
const DRAFT_23 = describe(SALT_23, 'quic ')
const DRAFT_25 = describe(SALT_23, 'quic ', '4d32ecdb2a2133c841e4043df27d4430', '4d1611d05513a552c587d575')
const DRAFT_29 = describe(SALT_29, 'quic ', 'ccce187ed09a09d05728155a6cb96be1', 'e54930f97f2136f0530a8c1c')
const V1 = describe('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'quic ', 'be0c690b9f66575a1d766b54e368c84e', '461599d35d632bf2239825bb')
const V2_DRAFT = describe(
  'a707c203a59b47184a1d62ca570406ea7ae3e5d3',
  'quicv2 ',
  'ba858dc7b43de5dbf87617ff4ab253db',
  '141b99c239b03e785d6a2e9f',
)
const V2 = describe('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'quicv2 ', '8fb4b01b56ac48e260fbcbcead7ccc92', 'd86969bc2d7c6d9990efb04a')
const Q050 = describe('504574efd066fe2f9d945cfcdbd3a7f0d3b56b45', 'quic ')
const T050 = describe('7ff579e5acd072915580304c43a2367c60488310', 'quic ')
const T051 = describe('7a4edef4e7ccee5fa4506c19124fc8ccda6e033d', 'quic ')

const SPECIAL: ReadonlyMap<number, QuicVersion> = new Map([
  [0x00000001, V1],
  [0x6b3343cf, V2],
  [0x709a50c4, V2_DRAFT],
  [0xfaceb001, DRAFT_22],
  [0xfaceb002, DRAFT_25],
  [0xfaceb00e, DRAFT_25],
  [0x51303530, Q050],
  [0x54303530, T050],
  [0x54303531, T051],
])

/** What a version's packets are sealed with; null for versions that are not known here. */
export function quicVersion(version: number): QuicVersion | null {
  const special = SPECIAL.get(version)
  if (special !== undefined) return special
  // Reserved to exercise version negotiation (RFC 9000 15): sealed as the client likes; drafts of the time had this salt.
  if ((version & 0x0f0f0f0f) === 0x0a0a0a0a) return DRAFT_29
  const draft = version >>> 8 === 0xff0000 ? version & 0xff : 0
  if (draft < 22 || draft > 34) return null
  return draft === 22 ? DRAFT_22 : draft < 25 ? DRAFT_23 : draft < 29 ? DRAFT_25 : draft < 33 ? DRAFT_29 : V1
}

interface Suite {
  readonly aead: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'aes-128-ccm'
  readonly hash: HkdfHash
  readonly keyLength: number
}

const SUITES: Readonly<Record<number, Suite>> = {
  4865: { aead: 'aes-128-gcm', hash: 'sha256', keyLength: 16 },
  4866: { aead: 'aes-256-gcm', hash: 'sha384', keyLength: 32 },
  4867: { aead: 'chacha20-poly1305', hash: 'sha256', keyLength: 32 },
  4868: { aead: 'aes-128-ccm', hash: 'sha256', keyLength: 16 },
}
/** Initial packets are always sealed with AES-128-GCM and SHA-256 (RFC 9001 5.2). */
const INITIAL_SUITE = 0x1301
const NONCE = 12
const TAG = 16
const SAMPLE = 16

/** The keys of one direction at one level of encryption, and of one key phase. */
export interface PacketKeys {
  readonly suite: Suite
  readonly label: string
  readonly secret: Uint8Array
  readonly key: Uint8Array
  readonly iv: Uint8Array
  /** Hides headers; the same in all key phases (RFC 9001 6). */
  readonly headerKey: Uint8Array
}

/** Keys from a traffic secret; null for cipher suites that QUIC does not have, or a secret of the wrong length. */
export function packetKeys(version: QuicVersion, suiteNumber: number, secret: Uint8Array): PacketKeys | null {
  const suite = SUITES[suiteNumber]
  if (suite === undefined || secret.length !== hashLength(suite.hash)) return null
  const derive = (name: string, length: number) => hkdfExpandLabel(suite.hash, secret, version.label + name, length)
  return {
    suite,
    label: version.label,
    secret,
    key: derive('key', suite.keyLength),
    iv: derive('iv', NONCE),
    headerKey: derive('hp', suite.keyLength),
  }
}

/** Keys of one side's Initial packets, from the destination connection id that the client chose first (RFC 9001 5.2). */
export function initialKeys(version: QuicVersion, connectionId: Uint8Array, side: 'client' | 'server'): PacketKeys {
  const secret = hkdfExtract('sha256', version.salt, connectionId)
  return packetKeys(version, INITIAL_SUITE, hkdfExpandLabel('sha256', secret, `${side} in`, hashLength('sha256')))!
}

/** The keys of the next key phase (RFC 9001 6.1). */
export function nextPhase(keys: PacketKeys): PacketKeys {
  const { suite, label } = keys
  const secret = hkdfExpandLabel(suite.hash, keys.secret, `${label}ku`, hashLength(suite.hash))
  const derive = (name: string, length: number) => hkdfExpandLabel(suite.hash, secret, label + name, length)
  return { ...keys, secret, key: derive('key', suite.keyLength), iv: derive('iv', NONCE) }
}

/** Five bytes that hide the first byte and the packet number (RFC 9001 5.4); `sample` is 16 bytes of the sealed payload. */
export function headerMask(keys: PacketKeys, sample: Uint8Array): Uint8Array {
  if (keys.suite.aead === 'chacha20-poly1305') {
    // Counter and nonce in the order in which OpenSSL takes them: as they stand in the sample.
    return createCipheriv('chacha20', keys.headerKey, sample).update(new Uint8Array(5))
  }
  const cipher = createCipheriv(keys.headerKey.length === 16 ? 'aes-128-ecb' : 'aes-256-ecb', keys.headerKey, null)
  cipher.setAutoPadding(false)
  return cipher.update(sample)
}

/**
 * Opens a packet: `header` are its bytes up to and with the packet number, unmasked; `sealed` what follows, tag included. null when the keys
 * do not fit.
 */
export function openPacket(keys: PacketKeys, packetNumber: number, header: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < TAG) return null
  const nonce = Uint8Array.from(keys.iv)
  for (let i = NONCE - 1, rest = packetNumber; rest > 0; i--, rest = Math.floor(rest / 256)) nonce[i]! ^= rest % 256
  const { aead } = keys.suite
  const body = sealed.subarray(0, sealed.length - TAG)
  const tag = sealed.subarray(sealed.length - TAG)
  try {
    if (aead === 'aes-128-ccm') {
      const decipher = createDecipheriv(aead, keys.key, nonce, { authTagLength: TAG })
      decipher.setAuthTag(tag).setAAD(header, { plaintextLength: body.length })
      const plain = decipher.update(body)
      decipher.final()
      return plain
    }
    const decipher =
      aead === 'chacha20-poly1305'
        ? createDecipheriv(aead, keys.key, nonce, { authTagLength: TAG })
        : createDecipheriv(aead, keys.key, nonce)
    decipher.setAuthTag(tag)
    decipher.setAAD(header, { plaintextLength: body.length })
    const plain = decipher.update(body)
    decipher.final()
    return plain
  } catch {
    // The tag does not fit: other keys, or damaged bytes.
    return null
  }
}

/** Is the integrity tag at the end of a Retry packet right, given the connection id the client had chosen (RFC 9001 5.8)? */
export function isRetryGenuine(version: QuicVersion, originalId: Uint8Array, packet: Uint8Array): boolean {
  if (version.retry === null || packet.length < TAG) return false
  const cipher = createCipheriv('aes-128-gcm', version.retry.key, version.retry.nonce)
  cipher.setAAD(Buffer.concat([Uint8Array.of(originalId.length), originalId, packet.subarray(0, packet.length - TAG)]))
  cipher.final()
  return cipher.getAuthTag().equals(packet.subarray(packet.length - TAG))
}

/** Bytes of the sealed payload that `headerMask` needs, and how far behind the packet number's first byte they begin (RFC 9001 5.4.2). */
export const SAMPLE_LENGTH = SAMPLE
export const SAMPLE_AT = 4
