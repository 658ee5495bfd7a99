// Certificates in TLS: every field with its bytes, as tshark has them; the sentence; and damage.

import { describe, expect, it } from 'vitest'
import { checkFilter, compileFilter } from '../../../src/filter/index.ts'
import { Capture, checkRows, concat, type Dissected, hex, ranges, registry } from './harness.ts'
import { PAYLOAD, Talk } from './talk.ts'
import { tls12 } from './tls-samples.ts'

/** Self-signed by OpenSSL, with nearly every extension that is laid out. */
const CERTIFICATE = hex(`
  308202a73082024ea003020102021430ce43d798bbcb7ef8012fc2ecda3a5bac71cc4c300a06082a8648ce3d040302302f310b3009060355040613025553310a30
  0806035504030c01783114301206092a864886f70d01090116056140622e63301e170d3236313132333230323431335a170d3236313232333230323431335a302f
  310b3009060355040613025553310a300806035504030c01783114301206092a864886f70d01090116056140622e633059301306072a8648ce3d020106082a8648
  ce3d030107034200042767a63c31b2598642405566595ccf52cfbc74d4523b213d7d4cdfa6fdb47226ac03ca910444038c23b423c946f662eb870bef8d01e705e5
  2fd0c0e6e77e70a9a382014630820142301d0603551d0e04160414f3ce343cfb88815eaf0e1fe37d99aab9f05fd947301f0603551d23041830168014f3ce343cfb
  88815eaf0e1fe37d99aab9f05fd947300e0603551d0f0101ff040403020284301d0603551d250416301406082b0601050507030106082b06010505070302304006
  03551d1104393037820b6d792d736974652e636f6d87047f00000187100000000000000000000000000000000181056140622e638609687474703a2f2f782f3012
  0603551d130101ff040830060101ff02010130130603551d20040c300a3008060667810c010201301d0603551d1f041630143012a010a00e860c687474703a2f2f
  782f63726c302806082b06010505070101041c301a301806082b06010505073001860c687474703a2f2f6f6373702f301d0603551d1e0101ff04133011a00f300d
  820b6578616d706c652e636f6d300a06082a8648ce3d0403020347003044022069a11aabf6da900b6308db169ba5a06f9cb88c4a74cf3201129c6eafb523dd7c02
  2061dd819ad09a88e02f960bc1bc488f5cdf75cdbdab22f7050dc47dca416fa5e8
`)

/** A ServerHello of TLS 1.2, so that it is known which form the messages have. */
const HELLO = hex(`
  16030300410200003d03030f08a7a9bd2f9e9ba3faad4079fd379b12539ff6800fd6d8c223159b9478eebd00c02b000015ff0100010000
  0b00040300010200230000001 70000
`)

const u24 = (n: number): number[] => [n >> 16, (n >> 8) & 0xff, n & 0xff]

/** The packet with a Certificate message that holds these. */
function present(...certificates: Uint8Array[]): Dissected {
  const entries = concat(...certificates.map((one) => concat(Uint8Array.from(u24(one.length)), one)))
  const body = concat(Uint8Array.from(u24(entries.length)), entries)
  const message = concat(Uint8Array.from([11, ...u24(body.length)]), body)
  const record = concat(Uint8Array.from([0x16, 3, 3, message.length >> 8, message.length & 0xff]), message)
  return new Capture(new Talk().server(HELLO).server(record).packets).dissect(2)
}

/** Where the certificate begins in the packet. */
const AT = PAYLOAD + 5 + 4 + 3 + 3

describe('a certificate', () => {
  const d = present(CERTIFICATE)
  const at = (name: string): string[] =>
    ranges(d, name)
      .filter((one) => one.startsWith(`${name}@`))
      .map((one) => one.slice(name.length))

  it('says its sentence, and the row of the certificate explains itself with it', () => {
    const sentence = d.rows.find((row) => row.text.startsWith('[From '))!
    expect(sentence.text).toBe(
      '[From 2026-11-23 20:24:13 UTC to 2026-12-23 20:24:13 UTC I am x, also called my-site.com, 127.0.0.1, ::1, an authority, according to myself]',
    )
    expect(d.row('tls.handshake.certificate').value).toBe(1)
  })

  it.each([
    ['x509af.signedCertificate_element', [4, 594]],
    ['x509af.version', [12, 1]],
    ['x509af.serialNumber', [15, 20]],
    ['x509af.issuer', [47, 49]],
    ['x509af.validity_element', [96, 32]],
    ['x509af.notBefore', [98, 15]],
    ['x509af.notAfter', [113, 15]],
    ['x509af.subject', [128, 49]],
    ['x509af.rdnSequence', [130, 47]],
    ['x509af.subjectPublicKeyInfo_element', [177, 91]],
    ['pkcs1.namedCurve', [192, 8]],
    ['x509af.subjectPublicKey', [203, 65]],
    ['x509af.extensions', [276, 322]],
    ['x509ce.SubjectKeyIdentifier', [287, 20]],
    ['x509ce.keyIdentifier', [320, 20]],
    ['x509ce.KeyUsage', [355, 1]],
    ['x509ce.dNSName', [400, 11]],
    ['x509ce.IPAddress.ipv4', [413, 4]],
    ['x509ce.IPAddress.ipv6', [419, 16]],
    ['x509ce.cA', [469, 1]],
    ['x509ce.pathLenConstraint', [472, 1]],
    ['x509ce.policyIdentifier', [488, 6]],
    ['x509ce.fullName', [511, 14]],
    ['pkix1implicit.accessMethod', [545, 8]],
    ['x509ce.permittedSubtrees', [583, 15]],
    ['x509af.algorithmIdentifier_element', [598, 12]],
    ['x509af.encrypted', [613, 70]],
  ] as const)('has %s where tshark has it', (name, [start, length]) => {
    expect(at(name)[0]).toBe(`@${AT + start}+${length}`)
  })

  it('shows values as tshark does', () => {
    const shown = (name: string): string[] => d.all(name).map(({ show }) => show)
    expect(shown('x509af.utcTime')).toEqual(['2026-11-23 20:24:13 (UTC)', '2026-12-23 20:24:13 (UTC)'])
    expect(shown('x509sat.CountryName')).toEqual(['US', 'US'])
    expect(shown('x509ce.KeyPurposeId')).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
    expect(d.row('x509af.algorithm.id').text).toBe('Algorithm Id: 1.2.840.10045.4.3.2 (ecdsa-with-SHA256)')
    expect(d.row('x509ce.KeyUsage.keyCertSign').text).toBe('.... .1.. = keyCertSign: True')
    expect(d.row('x509if.RelativeDistinguishedName_item_element').text).toBe('RelativeDistinguishedName item (id-at-countryName=US)')
    expect(d.row('x509af.extensions').text).toBe('extensions: 10 items')
  })

  it('explains what an identifier means', () => {
    const field = registry.find('x509ce.KeyPurposeId')![0]!
    expect(field.explain!(d.row('x509ce.KeyPurposeId').value, null as never)).toContain('it is a server')
  })

  it('is found by a filter on its fields', () => {
    const capture = new Capture(new Talk().server(hex(tls12[1]!.hex)).packets)
    const checked = checkFilter('x509ce.cA == 1 and x509sat.uTF8String == "localhost"', registry)
    if (!checked.ok) throw new Error(checked.message)
    capture.dissect(1)
    expect(compileFilter(checked.filter).matches(capture.dissection)).toBe(true)
  })

  it('of a chain has the sentence of its own', () => {
    const two = present(CERTIFICATE, CERTIFICATE)
    expect(two.all('tls.handshake.certificate').map(({ value }) => value)).toEqual([1, 2])
  })
})

describe('a damaged certificate', () => {
  it('shows what can be read, whichever byte is wrong', () => {
    for (let i = 0; i < CERTIFICATE.length; i++)
      for (const value of [0, 0x7f, 0x80, 0xff, CERTIFICATE[i]! ^ 0x20]) {
        const changed = CERTIFICATE.slice()
        changed[i] = value
        checkRows(present(changed), `byte ${i} is ${value}`)
      }
  })

  it('shows what can be read, wherever it ends', () => {
    for (let length = 0; length < CERTIFICATE.length; length += 3) checkRows(present(CERTIFICATE.slice(0, length)), `${length} bytes`)
  })

  it('is remarked on', () => {
    const d = present(CERTIFICATE.slice(0, 300))
    expect(d.all('_ws.expert.message').map(({ show }) => show)).toContain('DER: the element announces 679 bytes, and 296 are left')
    expect(d.has('x509af.notAfter')).toBe(true)
  })
})
