import { describe, expect, it } from 'vitest'
import { hkdfExpand, hkdfExpandLabel, hkdfExtract } from '../../../src/crypto/hkdf.ts'

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
const shown = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('HKDF', () => {
  it('gives test case 1 of RFC 5869, appendix A.1', () => {
    const key = hkdfExtract('sha256', hex('000102030405060708090a0b0c'), hex('0b'.repeat(22)))
    expect(shown(key)).toBe('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5')
    expect(shown(hkdfExpand('sha256', key, hex('f0f1f2f3f4f5f6f7f8f9'), 42))).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    )
  })

  it("derives the keys of QUIC's first packet, RFC 9001 appendix A.1", () => {
    const initial = hkdfExtract('sha256', hex('38762cf7f55934b34d179ae6a4c80cadccbb7f0a'), hex('8394c8f03e515708'))
    const client = hkdfExpandLabel('sha256', initial, 'client in', 32)
    expect(shown(client)).toBe('c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea')
    expect(shown(hkdfExpandLabel('sha256', client, 'quic key', 16))).toBe('1f369613dd76d5467730efcbe3b1a22d')
    expect(shown(hkdfExpandLabel('sha256', client, 'quic iv', 12))).toBe('fa044b2f42a3fd3b46fb255c')
    expect(shown(hkdfExpandLabel('sha256', client, 'quic hp', 16))).toBe('9f50449e04a0e810283a1e9933adedd2')
  })

  it('refuses more than the RFC allows', () => {
    expect(() => hkdfExpand('sha256', hex('00'), hex(''), 255 * 32 + 1)).toThrow(RangeError)
  })
})
