import { describe, expect, it } from 'vitest'
import { matchesHost } from '../../../src/crypto/x509-hosts.ts'
import { judgeChain, objectionsOf, PROGRAMS, wordsOf } from '../../../src/crypto/x509-judge.ts'
import { validFor } from '../../../src/demo/pki.ts'
import {
  ca,
  certificateOf,
  expiredCa,
  FUTURE,
  namesakeCa,
  PAST,
  printedCa,
  requestFor,
  selfSigned,
  serverCertificate,
} from './certificates.ts'

const judge = (server: string, anchors: string[], rest: { host?: string; now?: number; purpose?: 'server' | 'client' } = {}) =>
  judgeChain({ chain: [certificateOf(server)], anchors: anchors.map(certificateOf), ...rest })
const causes = (...args: Parameters<typeof judge>) => judge(...args).objections.map(({ cause }) => cause)

describe('the judgement of a certificate', () => {
  it('is silent about a right one', () => {
    const { path, objections } = judge(serverCertificate(), [ca], { host: 'localhost' })
    expect(objections).toEqual([])
    expect(path).toHaveLength(2)
  })

  it.each([
    ['an unknown CA', serverCertificate(), [], ['unknownCa']],
    ['a CA of the same name', serverCertificate(), [namesakeCa], ['unknownCa']],
    ['a self-signed one', selfSigned, [ca], ['selfSigned']],
    ['a self-signed one that is trusted', selfSigned, [selfSigned], []],
    ['an expired one', serverCertificate({ validity: PAST }), [ca], ['expired']],
    ['one of the future', serverCertificate({ validity: FUTURE }), [ca], ['notYetValid']],
    ['an expired CA', serverCertificate({}, expiredCa), [expiredCa], ['expired']],
    ['a CA as printed', serverCertificate({}, printedCa), [printedCa], ['notCa']],
    ['a certificate as printed', serverCertificate({ asPrinted: true }), [ca], ['noAuthorityKeyIdentifier']],
    ['one for clients', serverCertificate({ purpose: 'client' }), [ca], ['purpose']],
  ] as const)('names what is wrong with %s', (_, server, anchors, expected) => {
    expect(causes(server, [...anchors], { host: 'localhost' })).toEqual(expected)
  })

  it('judges dates by the time that it is asked about, both ends included', () => {
    // Within the authority's own time, which began when this file was loaded.
    const server = serverCertificate({ validity: validFor(7) })
    const { notBefore, notAfter } = certificateOf(server)
    expect(causes(server, [ca], { now: notBefore })).toEqual([])
    expect(causes(server, [ca], { now: notAfter })).toEqual([])
    expect(causes(server, [ca], { now: notAfter + 1000 })).toContain('expired')
    expect(causes(server, [ca], { now: notBefore - 2000 })).toContain('notYetValid')
  })

  it('takes a certificate for clients from a client', () => {
    expect(causes(serverCertificate({ purpose: 'client' }), [ca], { purpose: 'client' })).toEqual([])
    expect(causes(serverCertificate(), [ca], { purpose: 'client' })).toEqual(['purpose'])
  })

  it('tells a changed certificate by its signature', () => {
    const { bytes, parts } = certificateOf(serverCertificate())
    const changed = bytes.slice()
    changed[parts.serial.content + 2]! ^= 1
    const forged = `-----BEGIN CERTIFICATE-----\n${Buffer.from(changed).toString('base64')}\n-----END CERTIFICATE-----\n`
    expect(causes(forged, [ca])).toEqual(['badSignature'])
  })

  it('has words of every program for every cause, a remedy, and no line feed', () => {
    for (const { text, repair, cause, programs } of judge(serverCertificate({ asPrinted: true, validity: PAST }, printedCa), [printedCa], {
      host: 'x',
    }).objections) {
      expect(`${text}${repair}`).not.toContain('\n')
      expect(text).toMatch(/^[A-Z].*\.$/)
      expect(repair.length).toBeGreaterThan(10)
      for (const program of programs) expect(wordsOf(cause, program, 'x').length).toBeGreaterThan(5)
    }
  })

  it('gives each program its own first objection', () => {
    const judgement = judge(serverCertificate({ asPrinted: true }, printedCa), [printedCa])
    const first = PROGRAMS.map((program) => objectionsOf(judgement, program)[0]?.cause)
    expect(first).toEqual(['notCa', 'noAuthorityKeyIdentifier', 'noAuthorityKeyIdentifier', 'notCa', 'notCa', 'notCa', undefined])
  })

  it('says what Chromium would: names as alternative names only, authorities added by hand as they are', () => {
    const program = 'Chromium on Linux'
    const says = (pem: string, anchors: string[], host: string, now?: Date): string | undefined => {
      const [first] = objectionsOf(judge(pem, anchors, { host, ...(now ? { now: now.getTime() } : {}) }), program)
      return first && wordsOf(first.cause, program, host)
    }
    expect(says(serverCertificate(), [ca], 'localhost')).toBeUndefined()
    expect(says(serverCertificate(), [ca], 'example.com')).toBe('NET::ERR_CERT_COMMON_NAME_INVALID')
    expect(says(serverCertificate({ request: requestFor([]) }), [ca], 'my-site.com')).toBe('NET::ERR_CERT_COMMON_NAME_INVALID')
    expect(says(serverCertificate({ validity: PAST }), [ca], 'localhost')).toBe('NET::ERR_CERT_DATE_INVALID')
    expect(says(serverCertificate(), [], 'localhost')).toBe('NET::ERR_CERT_AUTHORITY_INVALID')
    expect(says(serverCertificate({ asPrinted: true }, printedCa), [printedCa], 'localhost')).toBeUndefined()
  })
})

describe('names of hosts', () => {
  const certificate = certificateOf(serverCertificate({ request: requestFor(['localhost', '*.example.org', '127.0.0.1', '::1']) }))
  const nameless = certificateOf(serverCertificate({ request: requestFor([]) }))

  it.each(['localhost', 'LOCALHOST', 'localhost.', 'a.example.org', '127.0.0.1', '::1', '0:0:0:0:0:0:0:1'])('%s fits', (host) => {
    expect(matchesHost(certificate, host)).toBe(true)
  })

  it.each(['example.org', 'a.b.example.org', '127.0.0.2', '::2', 'my-site.com', 'local', ''])('%j does not', (host) => {
    expect(matchesHost(certificate, host)).toBe(false)
  })

  it('the common name counts only where no hosts are named', () => {
    expect(matchesHost(nameless, 'my-site.com')).toBe(true)
    expect(matchesHost(nameless, '127.0.0.1')).toBe(false)
  })
})
