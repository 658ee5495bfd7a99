// The keys and records of TLS against published vectors, and against records sealed here by other means.

import { createCipheriv, createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { prf, recordKeys, SSL3, TLS10, TLS12 } from '../../../src/crypto/tls/prf.ts'
import { rc4Next, rc4Start } from '../../../src/crypto/tls/rc4.ts'
import { nextChain, openRecord, type RecordKey } from '../../../src/crypto/tls/record.ts'
import { cipherSuite } from '../../../src/crypto/tls/suite.ts'
import { nextTrafficSecret, trafficKey } from '../../../src/crypto/tls/traffic.ts'
import { cipherSuiteNames } from '../../../src/protocols/names/tls-cipher-suites.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
const shown = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex')
const suite = (name: string) => {
  const found = cipherSuite(name)
  if (found === undefined) throw new Error(`no suite ${name}`)
  return found
}

describe('TLS 1.3', () => {
  // RFC 8448, section 3: the client's application traffic.
  const secret = hex('9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5')
  const key = trafficKey(suite('TLS_AES_128_GCM_SHA256'), secret)
  const record =
    hex(`17 03 03 00 43 a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea 42 f9 14 aa 66 bc ab 3f 2b 98 19 a8 a5 b4 6b 39 5b d5
    4a 9a 20 44 1e 2b 62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6 3a ee bb 21 69 49 15 e4`)

  it('derives the keys of RFC 8448', () => {
    expect(shown(key.key)).toBe('17422dda596ed5d9acd890e3c63f5051')
    expect(shown(key.iv)).toBe('5b78923dee08579033e523d9')
    const server = hex('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38')
    expect(shown(trafficKey(suite('TLS_AES_128_GCM_SHA256'), server).key)).toBe('3fce516009c21727d0f2e4e86ee403bc')
  })

  it('opens the record of RFC 8448, with that number and no other', () => {
    const opened = openRecord(key, 0, record, 0, record.length, null)
    expect(opened?.type).toBe(23)
    expect(shown(opened?.bytes)).toBe(shown(Uint8Array.from({ length: 50 }, (_, i) => i)))
    expect(openRecord(key, 1, record, 0, record.length, null)).toBeNull()
  })

  it('opens nothing that was cut or changed', () => {
    for (let length = 0; length < record.length; length++) expect(openRecord(key, 0, record, 0, length, null)).toBeNull()
    for (let i = 0; i < record.length; i++) {
      const other = Buffer.from(record)
      other[i]! ^= 1
      expect(openRecord(key, 0, other, 0, other.length, null)).toBeNull()
    }
  })

  it('goes on to other secrets with each update', () => {
    const next = nextTrafficSecret(key.suite, secret)
    expect(next).toHaveLength(32)
    expect(shown(next)).not.toBe(shown(secret))
  })
})

describe('key schedules before', () => {
  it('gives the known output of the PRF of TLS 1.2', () => {
    const out = prf(TLS12, 'sha256', hex('9bbe436ba940f017b17652849a71db35'), 'test label', hex('a0ba9f936cda311827a6f796ffd5198c'), 100)
    expect(shown(out)).toBe(
      'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
    )
  })

  it('knows the ciphers of all names of suites that it can open, and of no others', () => {
    const known = Object.values(cipherSuiteNames).filter((name) => cipherSuite(name) !== undefined)
    expect(known.length).toBeGreaterThan(200)
    expect(known.filter((name) => /EXPORT|_DES_|RC2|IDEA|SEED|KUZNYECHIK|FORTEZZA|SM4/.test(name))).toEqual([])
    expect(suite('TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8')).toMatchObject({ cipher: 'aes-256-ccm', tagLength: 8, hash: 'sha256', mac: null })
    expect(suite('TLS_RSA_WITH_3DES_EDE_CBC_SHA')).toMatchObject({
      cipher: 'des-ede3-cbc',
      keyLength: 24,
      blockLength: 8,
      mac: 'sha1',
      exchange: 'RSA',
    })
  })
})

describe('RC4', () => {
  it.each([
    ['Key', 'Plaintext', 'bbf316e8d940af0ad3'],
    ['Wiki', 'pedia', '1021bf0420'],
    ['Secret', 'Attack at dawn', '45a01f645fc35b383552544b9bf5'],
  ])('%s', (key, text, sealed) => {
    expect(shown(rc4Next(rc4Start(Buffer.from(key)), Buffer.from(text)))).toBe(sealed)
  })
})

/** Seals a record as SSL 3.0 and TLS 1.0 do: MAC, padding, cipher, one record chained to the one before. */
function sealAll(key: RecordKey, texts: readonly string[]): Buffer[] {
  const rc4 = rc4Start(key.key)
  let iv: Uint8Array = key.iv
  return texts.map((text, number) => {
    const content = Buffer.from(text)
    const head = Buffer.from([23, key.version >> 8, key.version & 255, 0, 0])
    const count = Buffer.alloc(8)
    count.writeUInt32BE(number, 4)
    const size = Buffer.from([content.length >> 8, content.length & 255])
    let mac: Buffer
    if (key.version === SSL3) {
      const pad = key.suite.mac === 'md5' ? 48 : 40
      const inner = [key.macKey, Buffer.alloc(pad, 0x36), count, Buffer.from([23]), size, content]
      const hash = (parts: readonly Uint8Array[]) =>
        createHash(key.suite.mac ?? 'md5')
          .update(Buffer.concat(parts))
          .digest()
      mac = hash([key.macKey, Buffer.alloc(pad, 0x5c), hash(inner)])
    } else
      mac = createHmac(key.suite.mac ?? 'sha1', key.macKey)
        .update(Buffer.concat([count, head.subarray(0, 3), size, content]))
        .digest()
    let plain = Buffer.concat([content, mac])
    let sealed: Buffer
    if (key.suite.mode === 'stream') sealed = Buffer.from(rc4Next(rc4, plain))
    else {
      const block = key.suite.blockLength
      const padding = block - 1 - (plain.length % block)
      plain = Buffer.concat([plain, Buffer.alloc(padding + 1, padding)])
      const cipher = createCipheriv(key.suite.cipher, key.key, iv).setAutoPadding(false)
      sealed = Buffer.concat([cipher.update(plain), cipher.final()])
      iv = sealed.subarray(sealed.length - block)
    }
    head.writeUInt16BE(sealed.length, 3)
    return Buffer.concat([head, sealed])
  })
}

describe('old records', () => {
  const randoms = { client: Buffer.alloc(32, 1), server: Buffer.alloc(32, 2) }
  it.each([
    [SSL3, 'TLS_RSA_WITH_RC4_128_MD5'],
    [SSL3, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA'],
    [TLS10, 'TLS_RSA_WITH_RC4_128_SHA'],
    [TLS10, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA'],
    [TLS10, 'TLS_RSA_WITH_CAMELLIA_256_CBC_SHA'],
  ])('are opened one after the other: %i %s', (version, name) => {
    const parts = suite(name)
    const { client } = recordKeys(version, parts, Buffer.alloc(48, 3), randoms)
    const key: RecordKey = { ...client, suite: parts, version, encryptThenMac: false }
    const texts = ['fluffy tail', 'nuts '.repeat(20), '']
    let chain: Uint8Array | null = null
    sealAll(key, texts).forEach((record, number) => {
      const opened = openRecord(key, number, record, 0, record.length, chain)?.bytes
      expect(Buffer.from(opened ?? [1]).toString()).toBe(texts[number])
      expect(openRecord(key, number + 1, record, 0, record.length, chain)).toBeNull()
      chain = nextChain(key, record, 0, record.length, chain)
    })
  })
})
