import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DerElement, parseDer } from '../../../src/crypto/der.ts'
import { integerHex, integerNumber, oidOf, textOf, timeOf } from '../../../src/crypto/der-values.ts'
import { readPem, writePem } from '../../../src/crypto/pem.ts'
import {
  describeKey,
  extensionOf,
  fingerprintOf,
  hostNamesOf,
  keyIdentifierOf,
  readCertificate,
  readRequest,
} from '../../../src/crypto/x509.ts'
import { attributeOf, formatName, formatRfc4514 } from '../../../src/crypto/x509-names.ts'
import { isIssuedBy, isProven, isSelfSigned } from '../../../src/crypto/x509-verify.ts'
import { makeKey, makeRequest } from '../../../src/demo/pki.ts'
import {
  ca,
  certificateOf,
  clientCertificate,
  namesakeCa,
  printedCa,
  requestFor,
  requestOf,
  selfSigned,
  serverCertificate,
} from './certificates.ts'

const server = serverCertificate()
const ALL = { server, ca, printedCa, selfSigned, clientCertificate, namesakeCa }

function* flatten(elements: readonly DerElement[]): Generator<DerElement> {
  for (const element of elements) {
    yield element
    yield* flatten(element.children)
  }
}

describe('certificates', () => {
  it.each(Object.entries(ALL))('%s: says what node:crypto reads', (_, pem) => {
    const ours = certificateOf(pem)
    const theirs = new X509Certificate(pem)
    expect(formatName(ours.subject)).toBe(theirs.subject.replaceAll('\n', ', '))
    expect(formatName(ours.issuer)).toBe(theirs.issuer.replaceAll('\n', ', '))
    expect(ours.serial).toBe(theirs.serialNumber.toLowerCase())
    expect(ours.notBefore).toBe(Date.parse(theirs.validFrom))
    expect(ours.notAfter).toBe(Date.parse(theirs.validTo))
    expect(fingerprintOf(ours)).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase())
    expect(extensionOf(ours, 'basicConstraints')?.ca ?? false).toBe(theirs.ca)
    expect(extensionOf(ours, 'extendedKeyUsage')?.purposes.map(({ oid }) => oid)).toEqual(theirs.keyUsage)
    const names = hostNamesOf(ours).map((name) => `${/^[\d.]+$/.test(name) ? 'IP Address' : 'DNS'}:${name}`)
    expect(names.join(', ')).toBe(theirs.subjectAltName ?? '')
    expect(ours.version).toBe(3)
    expect(ours.faults).toEqual([])
  })

  it('name the key, the authority and themselves', () => {
    const one = certificateOf(server)
    const authority = certificateOf(ca)
    expect(describeKey(one.key)).toBe('RSA-2048')
    expect(describeKey(certificateOf(clientCertificate).key)).toBe('ECDSA-P-256')
    expect(attributeOf(one.subject, 'CN')).toBe('my-site.com')
    expect(formatRfc4514(one.subject)).toBe('CN=my-site.com,O=My Company,L=Baltimore,ST=Maryland,C=US')
    expect(keyIdentifierOf(one, 'authority')).toBe(keyIdentifierOf(authority, 'subject'))
    expect(keyIdentifierOf(one, 'subject')).toMatch(/^[0-9a-f]{40}$/)
  })

  it('carry what an authority must, and nothing as printed', () => {
    const told = certificateOf(ca).extensions.map(({ name, critical }) => `${name}${critical ? '!' : ''}`)
    expect(told).toEqual(['basicConstraints!', 'keyUsage!', 'subjectKeyIdentifier', 'authorityKeyIdentifier'])
    expect(extensionOf(certificateOf(ca), 'keyUsage')?.uses).toEqual(['keyCertSign', 'cRLSign'])
    expect(certificateOf(printedCa).extensions).toEqual([])
  })

  it('escape what would end a value in a name', () => {
    const request = requestOf(
      makeRequest({ subject: { org: ' Nuts, "Oak" + Sons; #1 ', hostname: '#x' }, key: makeKey('ecdsa'), hosts: [] }),
    )
    expect(formatName(request.subject)).toBe('O=\\ Nuts\\, \\"Oak\\" \\+ Sons\\; #1\\ , CN=\\#x')
  })

  it('are verified with the key of their issuer alone', () => {
    expect(isIssuedBy(certificateOf(server), certificateOf(ca))).toBe(true)
    expect(isIssuedBy(certificateOf(server), certificateOf(namesakeCa))).toBe(false)
    expect(isIssuedBy(certificateOf(server), certificateOf(selfSigned))).toBe(false)
    expect([ca, printedCa, selfSigned, namesakeCa].map((pem) => isSelfSigned(certificateOf(pem)))).toEqual([true, true, true, true])
    expect(isSelfSigned(certificateOf(server))).toBe(false)
  })

  it('are no longer verified after a change', () => {
    const [block] = readPem(server)
    const changed = block!.bytes.slice()
    const { serial } = certificateOf(server).parts
    changed[serial.content + 3]! ^= 1
    const read = readCertificate(changed)
    expect(read.ok && isIssuedBy(read.value, certificateOf(ca))).toBe(false)
  })

  it('know where each of their parts stands, whatever comes before', () => {
    const [block] = readPem(server)
    const shifted = new Uint8Array(block!.bytes.length + 9)
    shifted.set(block!.bytes, 7)
    const read = readCertificate(shifted, 7, 7 + block!.bytes.length)
    if (!read.ok) throw new Error(read.fault.message)
    const { value } = read
    const { parts } = value
    expect(shifted[parts.serial.at]).toBe(2)
    expect(integerHex(shifted, parts.serial)).toBe(certificateOf(server).serial)
    expect(timeOf(shifted, parts.notAfter)).toBe(value.notAfter)
    expect(fingerprintOf(value)).toBe(fingerprintOf(certificateOf(server)))
    expect(value.element.at).toBe(7)
    expect(value.element.end).toBe(7 + block!.bytes.length)
    const [san] = extensionOf(value, 'subjectAltName')?.names ?? []
    expect(new TextDecoder().decode(shifted.subarray(san!.element.content, san!.element.end))).toBe('localhost')
  })
})

describe('requests', () => {
  it('name subject, hosts and key, and are proven by their signature', () => {
    const request = requestFor(['localhost', '::1', '*.example.org'])
    expect(formatName(request.subject)).toBe('C=US, ST=Maryland, L=Baltimore, O=My Company, CN=my-site.com')
    expect(hostNamesOf(request)).toEqual(['localhost', '::1', '*.example.org'])
    expect(describeKey(request.key)).toBe('RSA-2048')
    expect(isProven(request)).toBe(true)
    const changed = request.bytes.slice()
    changed[request.parts.subject.end - 1]! ^= 1
    const read = readRequest(changed)
    expect(read.ok && isProven(read.value)).toBe(false)
  })

  it('are no certificates, and the other way round', () => {
    expect(readCertificate(requestFor().bytes)).toMatchObject({ ok: false })
    expect(readRequest(certificateOf(server).bytes)).toMatchObject({ ok: false })
  })
})

describe('DER', () => {
  it('gives every element with its place, inside its parent', () => {
    const { bytes } = certificateOf(server)
    const { elements, faults } = parseDer(bytes)
    expect(faults).toEqual([])
    expect(elements).toHaveLength(1)
    let count = 0
    for (const element of flatten(elements)) {
      count++
      expect(element.end).toBe(element.at + element.header + element.length)
      expect(element.content).toBe(element.at + element.header)
      let next = element.content
      for (const child of element.children) {
        expect(child.at).toBe(next)
        next = child.end
      }
      if (element.constructed) expect(next).toBe(element.end)
    }
    expect(count).toBeGreaterThan(50)
  })

  it.each([
    ['30 80 00 00', 'left open'],
    ['30 05 02 01', 'announces 5 bytes'],
    ['30 81 03 02 01 05', 'longer than it need be'],
    ['1f 81 82 83 84 85 00', 'the tag does not end'],
    ['30', 'the length is missing'],
    ['30 87 01 01 01 01 01 01 01', 'a length of 7 bytes'],
    ['30 82 01', 'the length is cut'],
  ])('%s: says that %s', (text, message) => {
    const { faults } = parseDer(Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16)))
    expect(faults[0]?.message).toContain(message)
  })

  it('bounds nesting and the number of elements', () => {
    const deep = new Uint8Array(4000)
    for (let i = 0; i + 4 <= deep.length; i += 4) deep.set([0x30, 0x82, (deep.length - i - 4) >> 8, (deep.length - i - 4) & 255], i)
    expect(parseDer(deep).faults.some(({ message }) => message.includes('nested'))).toBe(true)
    const many = new Uint8Array(100_000)
    expect([...flatten(parseDer(many).elements)].length).toBeLessThanOrEqual(8192)
    expect(parseDer(many).faults[0]?.message).toContain('more than 8192')
  })

  it('reads numbers, identifiers, texts and times', () => {
    const one = (...bytes: number[]): [Uint8Array, DerElement] => [Uint8Array.from(bytes), parseDer(Uint8Array.from(bytes)).elements[0]!]
    expect(oidOf(...one(6, 3, 0x55, 0x1d, 0x11))).toBe('2.5.29.17')
    expect(oidOf(...one(6, 3, 0x88, 0x37, 0x03))).toBe('2.999.3')
    expect(oidOf(...one(6, 2, 0x55, 0x9d))).toBe('')
    expect(integerNumber(...one(2, 2, 1, 0))).toBe(256)
    expect(integerNumber(...one(2, 1, 0xff))).toBeUndefined()
    expect(textOf(...one(30, 4, 0, 0x41, 0x20, 0xac))).toBe('A€')
    expect(textOf(...one(28, 4, 0, 1, 0xf4, 0x3f))).toBe('🐿')
    const time = (tag: number, text: string) => timeOf(...one(tag, text.length, ...Buffer.from(text)))
    expect(time(23, '491231235959Z')).toBe(Date.UTC(2049, 11, 31, 23, 59, 59))
    expect(time(23, '500101000000Z')).toBe(Date.UTC(1950, 0, 1))
    expect(time(24, '20500101000000Z')).toBe(Date.UTC(2050, 0, 1))
    for (const wrong of ['991301000000Z', '990231000000Z', '9901010000Z', '990101000000+0100']) expect(time(23, wrong)).toBeUndefined()
  })
})

describe('hostile bytes', () => {
  const samples = Object.values(ALL).map((pem) => certificateOf(pem).bytes)

  it('never throw, and every element stays inside', () => {
    const attempt = (bytes: Uint8Array): void => {
      for (const element of flatten(parseDer(bytes).elements)) if (element.end > bytes.length || element.at < 0) throw new Error('outside')
      const read = readCertificate(bytes)
      readRequest(bytes)
      if (read.ok) {
        formatName(read.value.subject)
        formatRfc4514(read.value.issuer)
        describeKey(read.value.key)
        isSelfSigned(read.value)
      } else expect(read.fault.message).not.toBe('')
    }
    const mutated = fc.record({
      sample: fc.integer({ min: 0, max: samples.length - 1 }),
      changes: fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
      cut: fc.nat(2000),
    })
    fc.assert(
      fc.property(mutated, ({ sample, changes, cut }) => {
        const bytes = samples[sample]!.slice(0, Math.max(1, samples[sample]!.length - (cut % 5 === 0 ? cut : 0)))
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        attempt(bytes)
      }),
      { seed: 5683, numRuns: 1500 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), attempt), { seed: 5683, numRuns: 500 })
  })

  it('are refused at every truncation, with a place and a reason', () => {
    const { bytes } = certificateOf(server)
    for (let length = 0; length < bytes.length; length++) {
      const read = readCertificate(bytes, 0, length)
      if (read.ok) expect(read.value.faults.length, `${length} bytes`).toBeGreaterThan(0)
      else expect(read.fault.message, `${length} bytes`).not.toBe('')
    }
  })
})

it('bytes after the end of a certificate are a fault', () => {
  const { bytes } = certificateOf(server)
  const longer = new Uint8Array(bytes.length + 2)
  longer.set(bytes)
  const read = readCertificate(longer)
  expect(read.ok && read.value.faults).toEqual([{ at: bytes.length, message: 'something follows the end' }])
})

describe('PEM', () => {
  it('finds blocks between other lines, with either line end, and writes them', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i)
    const text = writePem('CERTIFICATE', bytes)
    expect(text.split('\n').every((line) => line.length <= 64)).toBe(true)
    const [block, second] = readPem(`subject=…\n${text.replaceAll('\n', '\r\n')}\nmore\n${text}`)
    expect(block).toMatchObject({ label: 'CERTIFICATE', bytes, encrypted: false })
    expect(second?.bytes).toEqual(bytes)
    expect(readPem('-----BEGIN X-----\n!!!\n-----END X-----\n')).toEqual([])
  })
})
