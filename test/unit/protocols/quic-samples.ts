// A QUIC connection made by hand, sealed with node:crypto alone, so that what opens it has a second opinion.

import { createCipheriv, createHmac } from 'node:crypto'
import { concat } from './harness.ts'

const SALT = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex')

function label(secret: Uint8Array, name: string, length: number): Uint8Array {
  const words = Buffer.from(`tls13 ${name}`)
  const info = Buffer.concat([Uint8Array.of(0, length, words.length), words, Uint8Array.of(0)])
  // HKDF-Expand alone: one block of SHA-256 is enough for every key here.
  return createHmac('sha256', secret)
    .update(Buffer.concat([info, Uint8Array.of(1)]))
    .digest()
    .subarray(0, length)
}

/** The secret that Initial packets of one side are sealed with. */
export function initialSecret(id: Uint8Array, side: 'client' | 'server'): Uint8Array {
  const first = createHmac('sha256', SALT).update(id).digest()
  return label(first, `${side} in`, 32)
}

export const nextSecret = (secret: Uint8Array): Uint8Array => label(secret, 'quic ku', 32)

/** A variable-length integer of two bytes. */
export const two = (value: number): Uint8Array => Uint8Array.of(0x40 | (value >> 8), value & 0xff)

/** Seals `plain` behind a header that ends before the packet number (AES-128-GCM); `hidden` are the keys that mask the header. */
function seal(first: number, header: Uint8Array, number: number, plain: Uint8Array, secret: Uint8Array, hidden: Uint8Array): Uint8Array {
  const clear = concat(Uint8Array.of(first | 1), header, Uint8Array.of(number >> 8, number & 0xff))
  const nonce = Uint8Array.from(label(secret, 'quic iv', 12))
  nonce[10]! ^= number >> 8
  nonce[11]! ^= number & 0xff
  const cipher = createCipheriv('aes-128-gcm', label(secret, 'quic key', 16), nonce)
  cipher.setAAD(clear)
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  const mask = createCipheriv('aes-128-ecb', label(hidden, 'quic hp', 16), null).update(sealed.subarray(2, 18))
  clear[0]! ^= mask[0]! & ((first & 0x80) !== 0 ? 0x0f : 0x1f)
  clear[clear.length - 2]! ^= mask[1]!
  clear[clear.length - 1]! ^= mask[2]!
  return concat(clear, sealed)
}

export interface Ids {
  readonly to: Uint8Array
  readonly from: Uint8Array
}

const TYPES = { initial: 0xc0, handshake: 0xe0 } as const

export function longPacket(type: keyof typeof TYPES, ids: Ids, number: number, plain: Uint8Array, secret: Uint8Array): Uint8Array {
  const named = concat(Uint8Array.of(0, 0, 0, 1, ids.to.length), ids.to, Uint8Array.of(ids.from.length), ids.from)
  const token = type === 'initial' ? Uint8Array.of(0) : new Uint8Array(0)
  return seal(TYPES[type], concat(named, token, two(2 + plain.length + 16)), number, plain, secret, secret)
}

/** `hidden`: the secret of the first key phase, whose header keys stay. */
export function shortPacket(
  to: Uint8Array,
  number: number,
  plain: Uint8Array,
  secret: Uint8Array,
  phase: 0 | 1 = 0,
  hidden = secret,
): Uint8Array {
  return seal(0x40 | (phase << 2), to, number, plain, secret, hidden)
}

export const cryptoFrame = (offset: number, bytes: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(6), two(offset), two(bytes.length), bytes)

export const RANDOM = Uint8Array.from({ length: 32 }, (_, i) => i)

/** A ClientHello for one name, with one transport parameter (max_idle_timeout, 30 seconds). */
export function clientHello(name: string): Uint8Array {
  const host = Buffer.from(name)
  const sni = concat(Uint8Array.of(0, 0, 0, host.length + 5, 0, host.length + 3, 0, 0, host.length), host)
  const parameters = Uint8Array.of(0, 57, 0, 6, 1, 4, 0x80, 0, 0x75, 0x30)
  const body = concat(
    Uint8Array.of(3, 3),
    RANDOM,
    Uint8Array.of(0, 0, 2, 0x13, 1, 1, 0, 0, sni.length + parameters.length),
    sni,
    parameters,
  )
  return concat(Uint8Array.of(1, 0, body.length >> 8, body.length & 0xff), body)
}

export const serverHello = (): Uint8Array => {
  const body = concat(Uint8Array.of(3, 3), RANDOM, Uint8Array.of(0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4))
  return concat(Uint8Array.of(2, 0, 0, body.length), body)
}
