import { describe, expect, it } from 'vitest'
import {
  encryptFernet,
  generateFernetKey,
  openFernet,
  parseFernetKey,
  parseFernetToken,
  resemblesFernet,
} from '../../../src/crypto/fernet.ts'

const SECRET = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4='
const key = parseFernetKey(SECRET)!
const seconds = (iso: string): number => Date.parse(iso) / 1000
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (message: Uint8Array): string => new TextDecoder().decode(message)

// The vectors that the specification publishes: generate.json, verify.json and invalid.json of https://github.com/fernet/spec
const TOKEN = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=='
const NOW = '1985-10-26T01:20:01-07:00'
const INVALID = [
  [
    'incorrect mac',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==',
    NOW,
    'signature',
  ],
  ['too short', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==', NOW, 'format'],
  ['invalid base64', '%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==', NOW, 'format'],
  [
    'payload size not multiple of block size',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm',
    NOW,
    'format',
  ],
  [
    'payload padding error',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==',
    NOW,
    'padding',
  ],
  [
    'far-future TS (unacceptable clock skew)',
    'gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==',
    NOW,
    'future',
  ],
  [
    'expired TTL',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
    '1985-10-26T01:21:31-07:00',
    'expired',
  ],
  [
    'incorrect IV (causes padding error)',
    'gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==',
    NOW,
    'padding',
  ],
] as const

describe('the vectors of the specification', () => {
  it('generate', () => {
    const iv = Uint8Array.from({ length: 16 }, (_, i) => i)
    expect(encryptFernet(bytes('hello'), key, { time: seconds('1985-10-26T01:20:00-07:00'), iv })).toBe(TOKEN)
  })

  it('verify', () => {
    const opened = openFernet(TOKEN, key, { ttl: 60, now: seconds(NOW) })
    expect(opened.ok && text(opened.message)).toBe('hello')
  })

  it.each(INVALID)('invalid: %s', (_, token, now, refusal) => {
    expect(openFernet(token, key, { ttl: 60, now: seconds(now) })).toMatchObject({ ok: false, refusal })
  })
})

describe('tokens', () => {
  it.each(['', 'fluffy tail', 'x'.repeat(15), 'x'.repeat(16), 'ünïcödé 🐿'])('bring %j back', (message) => {
    const opened = openFernet(encryptFernet(bytes(message), key), key)
    expect(opened.ok && text(opened.message)).toBe(message)
  })

  it('differ in time, IV and everything after, for the same message', () => {
    const [one, other] = [encryptFernet(bytes('a'), key), encryptFernet(bytes('a'), key)]
    expect(one).not.toBe(other)
    expect(one.slice(0, 6)).toBe(other.slice(0, 6))
  })

  it('have one size for messages of 11 and 15 bytes, and a larger one for 16', () => {
    const size = (length: number): number => encryptFernet(bytes('x'.repeat(length)), key).length
    expect([size(11), size(15), size(16)]).toEqual([100, 100, 120])
  })

  it('are refused by another key, and after any change of a bit', () => {
    const token = encryptFernet(bytes('fluffy tail'), key)
    expect(openFernet(token, parseFernetKey(generateFernetKey())!)).toMatchObject({ ok: false, refusal: 'signature' })
    const decoded = Buffer.from(token, 'base64url')
    for (let at = 1; at < decoded.length; at++) {
      const changed = Buffer.from(decoded)
      changed[at]! ^= 1
      const again = changed.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
      expect(openFernet(again, key), `byte ${at}`).toMatchObject({ ok: false, refusal: 'signature' })
    }
  })

  it('show time, parts and the lengths that the message may have, without a key', () => {
    const parsed = parseFernetToken(TOKEN)
    expect(parsed.ok && parsed.token.time).toBe(499_162_800)
    expect(parsed.ok && [parsed.token.iv.length, parsed.token.ciphertext.length, parsed.token.hmac.length]).toEqual([16, 16, 32])
    expect(parsed.ok && parsed.token.messageLength).toEqual({ min: 0, max: 15 })
  })

  it('are old without a time limit, and still open', () => {
    expect(openFernet(TOKEN, key).ok).toBe(true)
    expect(openFernet(TOKEN, key, { ttl: 60 })).toMatchObject({ ok: false, refusal: 'expired' })
  })

  it('are told from other texts', () => {
    expect(resemblesFernet(TOKEN)).toBe(true)
    for (const other of ['', 'fluffy tail', 'gAAAA', TOKEN.slice(0, -4), `${TOKEN} `]) expect(resemblesFernet(other), other).toBe(false)
  })
})

describe('keys', () => {
  it('are 32 bytes of base64url with padding', () => {
    expect(generateFernetKey()).toMatch(/^[A-Za-z0-9_-]{43}=$/)
    expect(generateFernetKey()).not.toBe(generateFernetKey())
    expect(parseFernetKey('8jtTR9QcD-k3RO9Pcd5ePgmTu_itJQt9WKQPzqjrcoM=')).toBeDefined()
  })

  it.each(['', 'short', SECRET.slice(0, -1), `${SECRET}=`, SECRET.replace('_', '/'), 'a'.repeat(44), `${'a'.repeat(42)}==`])(
    'are not %j',
    (wrong) => {
      expect(parseFernetKey(wrong)).toBeUndefined()
    },
  )
})
