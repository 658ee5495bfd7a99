// Hello extensions, the rarer handshake messages, proofs of revocation, and fingerprints: names, places and values.

import { brotliCompressSync, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../src/crypto/digest.ts'
import type { Seen } from '../../../src/protocols/tls/extensions.ts'
import { ja4Parts } from '../../../src/protocols/tls/fingerprints.ts'
import { Capture, checkRows, checkTruncations, type Dissected, hex, type Row } from './harness.ts'
import { PAYLOAD, Talk } from './talk.ts'
import { tls12 } from './tls-samples.ts'

const clean = (text: string): string => text.replace(/\s/g, '')
const sized = (digits: string, bytes: number): string => (digits.length / 2).toString(16).padStart(2 * bytes, '0') + digits
const record = (body: string): string => `160303${sized(clean(body), 2)}`
const message = (type: number, body: string): string => `${type.toString(16).padStart(2, '0')}${sized(clean(body), 3)}`
const extension = (type: number, body: string): string => `${type.toString(16).padStart(4, '0')}${sized(clean(body), 2)}`

const RANDOM = '00'.repeat(32)
/** Offset of the first extension in the packet: headers, version, random, empty session id, one suite, one compression. */
const FIRST = PAYLOAD + 5 + 4 + 2 + 32 + 1 + 4 + 2 + 2
const clientHello = (...extensions: string[]): string =>
  record(message(1, `0303${RANDOM}00 0002c02f 0100 ${sized(extensions.join(''), 2)}`))
const serverHello = (...extensions: string[]): string => record(message(2, `0303${RANDOM}00 c02f 00 ${sized(extensions.join(''), 2)}`))

const dissected = (from: 'client' | 'server', digits: string): Dissected => {
  const talk = new Talk()
  const bytes = hex(digits)
  const d = new Capture((from === 'client' ? talk.client(bytes) : talk.server(bytes)).packets).dissect(1)
  checkRows(d, digits.slice(0, 60))
  return d
}

/** Rows behind the extension's type and length, as name, place from its first byte, and value. */
function inside(from: 'client' | 'server', type: number, body: string): string[] {
  const d = dissected(from, from === 'client' ? clientHello(extension(type, body)) : serverHello(extension(type, body)))
  const first = from === 'client' ? FIRST : FIRST - 3
  const end = first + 4 + clean(body).length / 2
  const at = (row: Row): boolean => row.name !== '' && !row.generated && row.start >= first + 4 && row.start + row.length <= end
  return d.rows
    .filter(at)
    .map((row) => `${row.name.replace(/^tls\.(handshake\.)?/, '')} ${row.start - first - 4}+${row.length} ${row.show}`)
}

describe('hello extensions', () => {
  const cases: readonly (readonly [string, 'client' | 'server', number, string, readonly string[]])[] = [
    ['max_fragment_length', 'client', 1, '02', ['max_fragment_length 0+1 2']],
    ['truncated_hmac is empty', 'client', 4, '', ['extension.data 0+0 ']],
    [
      ...(['status_request', 'client', 5, '01 0000 0000'] as const),
      [
        'extensions_status_request_type 0+1 1',
        'extensions_status_request_responder_ids_len 1+2 0',
        'extensions_status_request_exts_len 3+2 0',
      ],
    ],
    ['srp', 'client', 12, '03 616263', ['extensions_srp_len 0+1 3', 'extensions_srp_username 1+3 abc']],
    ['heartbeat', 'server', 15, '01', ['extension.heartbeat.mode 0+1 1']],
    [
      ...(['status_request_v2', 'client', 17, '0007 02 0004 0000 0000'] as const),
      [
        ...['extensions_status_request_list_len 0+2 7', 'extensions_status_request_type 2+1 2', 'extensions_status_request_len 3+2 4'],
        ...['extensions_status_request_responder_ids_len 5+2 0', 'extensions_status_request_exts_len 7+2 0'],
      ],
    ],
    [
      'client_certificate_type',
      'client',
      19,
      '01 02',
      ['cert_type.types_len 0+1 1', 'cert_type.types 1+1 Certificate Type List (1)', 'cert_type.type 1+1 0x02'],
    ],
    ['padding', 'client', 21, '000000', ['extensions_padding_data 0+3 000000']],
    ['encrypt_then_mac', 'client', 22, '', []],
    ['token_binding', 'client', 24, '0100 01 02', ['extension.data 0+4 01000102']],
    [
      'compress_certificate',
      'client',
      27,
      '02 0002',
      ['compress_certificate.algorithms_length 0+1 2', 'compress_certificate.algorithm 1+2 2'],
    ],
    ['record_size_limit', 'client', 28, '4001', ['record_size_limit 0+2 16385']],
    [
      ...(['delegated_credentials', 'client', 34, '0002 0403'] as const),
      [
        ...['sig_hash_alg_len 0+2 2', 'sig_hash_algs 2+2 Signature Hash Algorithms (1 algorithm)', 'sig_hash_alg 2+2 0x0403'],
        ...['sig_hash_hash 2+1 4', 'sig_hash_sig 3+1 3'],
      ],
    ],
    ['session_ticket asks', 'client', 35, '', ['extension.data 0+0 ']],
    ['cookie', 'client', 44, '0002 abcd', ['extensions.cookie_len 0+2 2', 'extensions.cookie 2+2 abcd']],
    ['psk_key_exchange_modes', 'client', 45, '01 01', ['extension.psk_ke_modes_length 0+1 1', 'extension.psk_ke_mode 1+1 1']],
    [
      ...(['oid_filters', 'client', 48, '0008 03 551d0f 0002 0780'] as const),
      [
        ...['extension.oid_filters_length 0+2 8', 'extension.oid_filters.oid_length 2+1 3', 'extension.oid_filters.oid 3+3 551d0f'],
        'extension.oid_filters.values_length 6+2 2',
      ],
    ],
    ['post_handshake_auth', 'client', 49, '', []],
    ['connection_id', 'client', 54, '02 abcd', ['connection_id_length 0+1 2', 'connection_id 1+2 abcd']],
    [
      ...(['application_settings', 'client', 17513, '0003 02 6832'] as const),
      [
        ...['extensions_alps_len 0+2 3', 'extensions_alps_alpn_list 2+3 Supported ALPN List'],
        ...['extensions_alps_alpn_str_len 2+1 2', 'extensions_alps_alpn_str 3+2 h2'],
      ],
    ],
    ['application_settings of the server', 'server', 17513, '0102', ['extensions_alps.settings 0+2 0102']],
    ['encrypted_client_hello', 'client', 65037, '00 0001 0001 2a 0001 aa 0002 bbcc', ['extension.data 0+13 00000100012a0001aa0002bbcc']],
    ['what nobody knows', 'client', 0x1234, 'abcd', ['extension.data 0+2 abcd']],
  ]

  it.each(cases)('%s', (_name, from, type, body, rows) => {
    expect(inside(from, type, body)).toEqual(rows)
  })

  it('names the parts of an encrypted hello', () => {
    const d = dissected('client', clientHello(extension(65037, '00 0001 0003 2a 0001 aa 0002 bbcc')))
    expect(d.tree).toContain('Client Hello type: Outer Client Hello (0)')
    expect(d.tree).toContain('AEAD Id: ChaCha20Poly1305 (0x0003)')
    expect(d.tree).toContain('Payload: bbcc')
  })

  it('notes bytes that are left over, and goes on', () => {
    const d = dissected('client', clientHello(extension(28, '4001 ff'), extension(28, '4002')))
    expect(d.all('tls.record_size_limit').map(({ value }) => value)).toEqual([16385, 16386])
    expect(d.has('tls.malformed.trailing_data')).toBe(true)
  })

  it('never reaches beyond an extension that is too short for what it says', () => {
    const d = dissected('client', clientHello(extension(1, ''), extension(28, '4002')))
    expect(d.has('tls.handshake.max_fragment_length')).toBe(false)
    expect(d.row('tls.record_size_limit').value).toBe(16386)
    expect(d.has('tls.malformed.buffer_too_small')).toBe(true)
  })

  it('reads log entries with the name of the log', () => {
    const log = 'a4b90990b418581487bb13a2cc67700a3c359804f91bdfb8e377cd0ec80ddc10'
    const entry = `00 ${log} 0000018bcfe56800 0000 0403 0002 abcd`
    const d = dissected('server', serverHello(extension(18, sized(sized(clean(entry), 2), 2))))
    expect(d.tree).toContain("Signed Certificate Timestamp (Google 'Pilot' log)")
    expect(d.row('tls.sct.sct_timestamp').show).toBe('Nov 14, 2023 22:13:20.000000000 UTC')
    expect(d.row('tls.sct.sct_signature').show).toBe('abcd')
  })

  it('cut anywhere, never throws', () => {
    const talk = new Talk().client(
      hex(clientHello(...cases.filter(([, from]) => from === 'client').map(([, , type, body]) => extension(type, body)))),
    )
    checkTruncations(talk.packets[0]!.bytes)
  })
})

/** openssl ocsp: the certificate was revoked, its key was stolen. */
const OCSP = `
  3082013c0a0100a08201353082013106092b0601050507300101048201223082011e3081c4a10f300d310b300906035504030c026361180f3230323631313233
  3232333633385a307b3079303b300906052b0e03021a0500041411048cd20cb3592307d019fd0889562b62d3649204146265d343a1f4dd374debf91399892737
  40b2ce4a02021234a116180f32303236313132303030303030305aa0030a0101180f32303236313132333232333633385aa011180f3230323631313236323233
  3633385aa1233021301f06092b060105050730010204120410c624c3c0d8dc61c22a8babe378699ea5300a06082a8648ce3d0403020349003046022100eedccc
  2dcedf967a2e7bb17a598766d54160ff52ad67c39d9e2df0870b7c63ab022100e63b4bc48f4c4e46961f027e9ca990d7c81b65a74795ab651f4314b640954740`

describe('a proof of revocation', () => {
  const d = dissected('server', record(message(22, `01 ${sized(clean(OCSP), 3)}`)))

  it('says who answers, when and what', () => {
    expect(d.row('ocsp.responseStatus').text).toBe('responseStatus: successful (0)')
    expect(d.row('ocsp.responderID').text).toBe('responderID: byName (1)')
    expect(d.row('ocsp.producedAt').show).toBe('Nov 23, 2026 22:36:38.000000000 UTC')
    expect(d.row('ocsp.serialNumber').text).toBe('serialNumber: 0x1234')
    expect(d.row('ocsp.certStatus').text).toBe('certStatus: revoked (1)')
    expect(d.row('ocsp.revocationTime').show).toBe('Nov 20, 2026 00:00:00.000000000 UTC')
    expect(d.row('ocsp.revocationReason').text).toBe('revocationReason: keyCompromise (1)')
    expect(d.row('ocsp.nextUpdate').show).toBe('Nov 26, 2026 22:36:38.000000000 UTC')
    expect(d.row('ocsp.ReOcspNonce').show).toBe('c624c3c0d8dc61c22a8babe378699ea5')
    expect(d.row('pkix1explicit.id').show).toBe('1.3.6.1.5.5.7.48.1.2')
  })

  it('lies where its bytes lie', () => {
    const at = PAYLOAD + 5 + 4 + 1 + 3
    expect([d.row('ocsp').start, d.row('ocsp').length]).toEqual([at, 320])
    expect([d.row('ocsp.responseStatus').start, d.row('ocsp.responseStatus').length]).toEqual([at + 6, 1])
    expect([d.row('ocsp.signature').start + d.row('ocsp.signature').length, d.row('ocsp.signature').length]).toEqual([at + 320, 72])
  })

  it('changed anywhere, never throws', () => {
    const bytes = hex(OCSP)
    for (let i = 0; i < bytes.length; i += 3) {
      const changed = bytes.slice()
      changed[i] = (changed[i]! + 0x41) & 0xff
      dissected('server', record(message(22, `01 ${sized(Buffer.from(changed).toString('hex'), 3)}`)))
    }
  })
})

describe('rarer messages', () => {
  const digits = tls12.map((segment) => clean(segment.hex)).join('')
  const begin = digits.indexOf('0b000187') + 8
  const certificates = digits.slice(begin, begin + 2 * 0x187)

  it.each([
    [1, deflateSync],
    [2, brotliCompressSync],
  ] as const)('certificates compressed with %d are unpacked', (method, compress) => {
    const packed = compress(hex(certificates)).toString('hex')
    const d = dissected('server', record(message(25, `000${method} ${sized(certificates, 3).slice(0, 6)} ${sized(packed, 3)}`)))
    expect(d.row('tls.compress_certificate.uncompressed_length').value).toBe(certificates.length / 2)
    const certificate = d.row('tls.handshake.certificate')
    expect(Uint8Array.from(d.sources[certificate.source]!)).toEqual(hex(certificates))
    expect(d.row('x509sat.uTF8String').show).toBe('localhost')
  })

  it('certificates that unpack to something else are not believed', () => {
    const packed = deflateSync(hex(certificates)).toString('hex')
    for (const length of ['000001', 'ffffff', '000000']) {
      const d = dissected('server', record(message(25, `0001 ${length} ${sized(packed, 3)}`)))
      expect(d.has('tls.handshake.certificate')).toBe(false)
    }
  })

  it('NextProtocol and CertificateURL', () => {
    expect(dissected('client', record(message(67, '02 6832 01 00'))).row('tls.handshake.npn_selected_protocol').show).toBe('h2')
    const url = '687474703a2f2f61'
    const d = dissected('client', record(message(21, `01 ${sized(`${sized(url, 2)}01${'ab'.repeat(20)}`, 2)}`)))
    expect(d.row('tls.handshake.cert_url.url').show).toBe('http://a')
    expect(d.row('tls.handshake.cert_url.sha1').show).toBe('ab'.repeat(20))
  })
})

describe('JA4', () => {
  const seen = (more: Partial<Seen>): Seen => ({
    ...{ types: [], groups: [], formats: [], schemes: [], versions: [], protocol: new Uint8Array(0) },
    ...more,
  })
  const schemes = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]
  const suites = [0xdada, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d, 0x2f, 0x35]
  // Chrome's hello, as FoxIO's description of JA4 shows it.
  const types = [0x1a1a, 0x0d, 0x33, 0, 0xff01, 0x2b, 0x23, 5, 0x12, 0x0b, 0x17, 0x4469, 0x10, 0x1b, 0x0a, 0x15, 0x2d]

  it('of a browser is the published one', () => {
    const parts = ja4Parts(
      't',
      { version: 0x0303, suites },
      seen({ types, schemes, versions: [0x0a0a, 0x0304, 0x0303], protocol: Uint8Array.of(0x68, 0x32) }),
    )
    expect(parts.first).toBe('t13d1516h2')
    expect(parts.suites).toBe('002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9')
    expect(sha256Hex(parts.suites).slice(0, 12)).toBe('8daaf6152771')
    expect(sha256Hex(parts.extensions).slice(0, 12)).toBe('e5627efa2ab1')
  })

  it('of a hello without anything is zeros', () => {
    expect(ja4Parts('q', { version: 0x0301, suites: [] }, seen({}))).toEqual({ first: 'q10i000000', suites: '', extensions: '' })
  })

  it('writes protocols that are no letters in hexadecimal', () => {
    expect(ja4Parts('t', { version: 0x0303, suites: [] }, seen({ protocol: Uint8Array.of(0xab) })).first).toBe('t12i0000ab')
    expect(ja4Parts('t', { version: 0x0303, suites: [] }, seen({ protocol: Uint8Array.of(0x30, 0xab) })).first).toBe('t12i00003b')
  })

  it('stands in the packet, and is found by a filter name', () => {
    const d = dissected('client', clientHello(extension(0, '0006 00 0003 612e62'), extension(13, '0002 0403')))
    expect(d.row('tls.handshake.ja4_r').show).toBe('t12d010200_c02f_000d_0403')
    expect(d.row('tls.handshake.ja4').show).toMatch(/^t12d010200_[0-9a-f]{12}_[0-9a-f]{12}$/)
  })
})
