// From the premaster secret to the keys of records, up to TLS 1.2: RFC 5246 5, 6.3 and 8.1; RFC 2246 5 for TLS 1.0 and 1.1; RFC 6101 6.1 and
// 6.2.2 for SSL 3.0; RFC 7627 4 for the extended master secret.

import { createHash, createHmac } from 'node:crypto'
import type { CipherSuite } from './suite.ts'

export const SSL3 = 0x0300
export const TLS10 = 0x0301
export const TLS11 = 0x0302
export const TLS12 = 0x0303

/** Bytes of a master secret. */
export const MASTER_LENGTH = 48

function expand(hash: string, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const out: Uint8Array[] = []
  let a: Uint8Array = seed
  for (let size = 0; size < length; ) {
    a = createHmac(hash, secret).update(a).digest()
    const block = createHmac(hash, secret).update(a).update(seed).digest()
    out.push(block)
    size += block.length
  }
  return Buffer.concat(out).subarray(0, length)
}

/** The pseudo-random function of a version: TLS 1.2 uses the suite's hash, TLS 1.0 and 1.1 MD5 and SHA-1 together. */
export function prf(version: number, hash: string, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array {
  const labelled = Buffer.concat([Buffer.from(label, 'latin1'), seed])
  if (version >= TLS12) return expand(hash, secret, labelled, length)
  const half = Math.ceil(secret.length / 2)
  const left = expand('md5', secret.subarray(0, half), labelled, length)
  const right = expand('sha1', secret.subarray(secret.length - half), labelled, length)
  return left.map((byte, i) => byte ^ right[i]!)
}

/** SSL 3.0's way of making many bytes of few: MD5(secret + SHA-1("A" + secret + seed)), then with "BB", and so on. */
function expandSsl3(secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const out: Uint8Array[] = []
  for (let i = 1; (i - 1) * 16 < length; i++) {
    const inner = createHash('sha1')
      .update(Buffer.alloc(i, 0x40 + i))
      .update(secret)
      .update(seed)
      .digest()
    out.push(createHash('md5').update(secret).update(inner).digest())
  }
  return Buffer.concat(out).subarray(0, length)
}

export interface Randoms {
  readonly client: Uint8Array
  readonly server: Uint8Array
}

/** The master secret from a premaster secret. `transcript`: all handshake messages up to the ClientKeyExchange, for the extended one. */
export function masterSecret(
  version: number,
  hash: string,
  premaster: Uint8Array,
  { client, server }: Randoms,
  transcript: readonly Uint8Array[] | null,
): Uint8Array {
  if (version <= SSL3) return expandSsl3(premaster, Buffer.concat([client, server]), MASTER_LENGTH)
  if (transcript === null) return prf(version, hash, premaster, 'master secret', Buffer.concat([client, server]), MASTER_LENGTH)
  const digests = version >= TLS12 ? [hash] : ['md5', 'sha1']
  const session = Buffer.concat(digests.map((name) => transcript.reduce((sum, part) => sum.update(part), createHash(name)).digest()))
  return prf(version, hash, premaster, 'extended master secret', session, MASTER_LENGTH)
}

/** The premaster secret of the suites with a pre-shared key; `other` is the premaster secret of RSA, zeros for plain PSK (RFC 4279 2). */
export function pskPremaster(psk: Uint8Array, other: Uint8Array = new Uint8Array(psk.length)): Uint8Array {
  const length = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 0xff)
  return Buffer.concat([length(other.length), other, length(psk.length), psk])
}

/** What one direction needs of the key block (RFC 5246 6.3). */
export interface DirectionKeys {
  readonly macKey: Uint8Array
  readonly key: Uint8Array
  /** The first IV of CBC up to TLS 1.0; the fixed part of an AEAD's nonce. */
  readonly iv: Uint8Array
}

const MAC_LENGTHS = { md5: 16, sha1: 20, sha256: 32, sha384: 48 }

/** Bytes of a MAC. */
export const macLength = (suite: CipherSuite): number => (suite.mac === null ? 0 : MAC_LENGTHS[suite.mac])

/** The keys of both directions from the master secret. */
export function recordKeys(
  version: number,
  suite: CipherSuite,
  master: Uint8Array,
  { client, server }: Randoms,
): { readonly client: DirectionKeys; readonly server: DirectionKeys } {
  const mac = macLength(suite)
  const iv = suite.mode === 'cbc' ? (version <= TLS10 ? suite.blockLength : 0) : suite.mode === 'aead' ? fixedIv(suite) : 0
  const length = 2 * (mac + suite.keyLength + iv)
  const seed = Buffer.concat([server, client])
  const block = version <= SSL3 ? expandSsl3(master, seed, length) : prf(version, suite.hash, master, 'key expansion', seed, length)
  let at = 0
  const take = (n: number): Uint8Array => {
    at += n
    return block.subarray(at - n, at)
  }
  const macs = [take(mac), take(mac)]
  const keys = [take(suite.keyLength), take(suite.keyLength)]
  const ivs = [take(iv), take(iv)]
  return {
    client: { macKey: macs[0]!, key: keys[0]!, iv: ivs[0]! },
    server: { macKey: macs[1]!, key: keys[1]!, iv: ivs[1]! },
  }
}

/** ChaCha20 takes its whole nonce from the key block (RFC 7905 2); the others send 8 of its 12 bytes with each record (RFC 5288 3). */
const fixedIv = (suite: CipherSuite): number => (suite.cipher.startsWith('chacha') ? 12 : 4)
