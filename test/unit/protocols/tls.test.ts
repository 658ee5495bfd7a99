import { describe, expect, it } from 'vitest'
import { LayerView } from '../../../src/core/view.ts'
import { Capture, checkRows, checkTruncations, concat, type Dissected, hex, ranges, registry } from './harness.ts'
import { PAYLOAD, Talk } from './talk.ts'
import { type Segment, tls12, tls13 } from './tls-samples.ts'

function replay(segments: readonly Segment[]): Capture {
  const talk = new Talk()
  for (const segment of segments) {
    if (segment.from === 'client') talk.client(hex(segment.hex))
    else talk.server(hex(segment.hex))
  }
  return new Capture(talk.packets)
}
const record = (type: number, body: string): string => {
  const digits = body.replace(/\s/g, '')
  return `${type.toString(16).padStart(2, '0')}0303${(digits.length / 2).toString(16).padStart(4, '0')}${digits}`
}
const server = (...records: string[]): Dissected => new Capture(new Talk().server(hex(records.join(''))).packets).dissect(1)
const client = (...records: string[]): Dissected => new Capture(new Talk().client(hex(records.join(''))).packets).dissect(1)

describe('a TLS 1.2 handshake', () => {
  const capture = replay(tls12)
  const packets = tls12.map((_, i) => capture.dissect(i + 1))

  it('reads as in Wireshark', () => {
    expect(packets.map((d) => `${d.protocol} ${d.info}`)).toEqual([
      'TLSv1 Client Hello',
      'TLSv1.2 Server Hello, Certificate, Server Key Exchange, Server Hello Done',
      'TLSv1.2 Client Key Exchange, Change Cipher Spec, Encrypted Handshake Message',
      'TLSv1.2 New Session Ticket, Change Cipher Spec, Encrypted Handshake Message',
      'TLSv1.2 Application Data',
      'TLSv1.2 Encrypted Alert',
      'TLSv1.2 Encrypted Alert',
    ])
  })

  it('says what public values are worth to a spy', () => {
    capture.dissect(2)
    const view = new LayerView(capture.dissection)
    view.layer = capture.dissection.layers - 1
    expect(registry.find('tls.handshake.server_point')![0]!.explain!(0, view)).toBe(
      'These 32 bytes are half of a Diffie-Hellman exchange in x25519: a spy who has both halves still cannot work out the secret.',
    )
  })

  it('shows the hello in full', () => {
    const hello = packets[0]!
    expect(hello.row('tls.handshake.extensions_server_name').show).toBe('my-site.com')
    expect(hello.row('tls.handshake.extensions_alpn_str').show).toBe('http/1.1')
    expect(hello.all('tls.handshake.ciphersuite').map((row) => row.show)).toEqual(['0xc02b', '0x00ff'])
    expect(hello.tree).toContain('Cipher Suites (2 suites)')
    expect(hello.tree).toContain('Extension: extended_master_secret (len=0)')
    expect(hello.row('tls.handshake.ciphersuite').text).toBe('Cipher Suite: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 (0xc02b)')
    expect(hello.row('tls.handshake.ja3').show).toMatch(/^[0-9a-f]{32}$/)
    expect(hello.row('tls.handshake.ja3_full').show).toMatch(/^771,49195-255,0-11-10-/)
  })

  it('puts each row over its bytes', () => {
    const expected: readonly [string, number, number][] = [
      ['record', 0, 133],
      ['record.content_type', 0, 1],
      ['record.version', 1, 2],
      ['record.length', 3, 2],
      ['handshake', 5, 128],
      ['handshake.type', 5, 1],
      ['handshake.length', 6, 3],
      ['handshake.version', 9, 2],
      ['handshake.random', 11, 32],
      ['handshake.random_time', 11, 4],
      ['handshake.random_bytes', 15, 28],
      ['handshake.session_id_length', 43, 1],
      ['handshake.cipher_suites_length', 44, 2],
      ['handshake.ciphersuites', 46, 4],
    ]
    expect(ranges(packets[0]!, 'tls.').slice(0, expected.length)).toEqual(
      expected.map(([name, at, length]) => `tls.${name}@${PAYLOAD + at}+${length}`),
    )
  })

  it('shows certificate, key exchange and signature', () => {
    const d = packets[1]!
    expect(d.row('tls.handshake.certificate').length).toBe(0x181)
    expect(d.row('tls.handshake.server_named_curve').show).toBe('0x001d')
    expect(d.row('tls.handshake.server_point').length).toBe(32)
    expect(d.row('tls.handshake.sig').length).toBeGreaterThan(60)
    expect(packets[2]!.row('tls.handshake.client_point').length).toBe(32)
    expect(packets[3]!.row('tls.handshake.session_ticket_lifetime_hint').value).toBe(7200)
  })

  it('says the same in any order', () => {
    const again = replay(tls12)
    for (const number of [4, 1, 7, 2, 2, 5]) expect(again.dissect(number).tree).toBe(packets[number - 1]!.tree)
  })

  it('can be cut anywhere', () => {
    for (const segment of [tls12[0]!, tls12[3]!, tls13[1]!]) checkTruncations(new Talk().server(hex(segment.hex)).packets[0]!.bytes)
  })
})

describe('a TLS 1.3 handshake', () => {
  const capture = replay(tls13)
  const packets = tls13.map((_, i) => capture.dissect(i + 1))

  it('reads as in Wireshark, the second hello after the retry too', () => {
    expect(packets.map((d) => `${d.protocol} ${d.info}`)).toEqual([
      'TLSv1 Client Hello',
      'TLSv1.3 Hello Retry Request, Change Cipher Spec',
      'TLSv1.3 Change Cipher Spec, Client Hello',
      'TLSv1.3 Server Hello, Application Data, Application Data, Application Data, Application Data',
      'TLSv1.3 Application Data',
    ])
  })

  it('shows what the retry asks for', () => {
    expect(packets[1]!.row('tls.handshake.extensions_key_share_selected_group').value).toBe(23)
    expect(packets[0]!.all('tls.handshake.extensions_key_share_group').map((row) => row.value)).toEqual([29])
    expect(packets[2]!.all('tls.handshake.extensions_key_share_group').map((row) => row.value)).toEqual([23])
    expect(packets[3]!.row('tls.handshake.extensions.supported_version').show).toBe('0x0304')
  })

  it('does not claim to know the type of encrypted records', () => {
    expect(packets[4]!.has('tls.record.content_type')).toBe(false)
    expect(packets[4]!.row('tls.record.opaque_type').value).toBe(23)
    expect(packets[4]!.row('tls.record.version').show).toBe('0x0303')
  })
})

describe('single records', () => {
  it('alerts', () => {
    const d = server(record(21, '0230'))
    expect(d.info).toBe('Alert (Level: Fatal, Description: Unknown CA)')
    expect(d.row('tls.alert_message.desc').text).toBe('Description: Unknown CA (48)')
    expect(server(record(21, '00'.repeat(26))).info).toBe('Encrypted Alert')
  })

  it('several messages in one record', () => {
    const d = server(record(22, '0e000000 0b000003000000'))
    expect(d.info).toBe('Server Hello Done, Certificate')
    expect(d.tree).toContain('TLSv1.2 Record Layer: Handshake Protocol: Multiple Handshake Messages')
  })

  it('a message over several records becomes a source of its own', () => {
    const bytes = '0b00000a000007000004aabbccdd'
    const d = server(record(22, bytes.slice(0, 12)), record(22, bytes.slice(12, 20)), record(22, `${bytes.slice(20)}0e000000`))
    expect(d.row('tls.handshake.certificate').show).toBe('aabbccdd')
    expect(d.row('tls.handshake.certificate').source).toBeGreaterThan(0)
    expect(d.row('tls.handshake.fragment.count').value).toBe(3)
    expect(d.tree).toContain('Handshake Protocol: Certificate (fragment)')
    expect(d.tree).toContain('Handshake Protocol: Server Hello Done')
  })

  it('the rest of a message whose beginning came in another packet is not misread', () => {
    const talk = new Talk().server(hex(record(22, '0b000008 0100'))).server(hex(record(22, '020000040506')))
    const second = new Capture(talk.packets).dissect(2)
    expect(second.tree).toContain('Continuation')
    expect(second.has('tls.handshake.type')).toBe(false)
  })

  it('heartbeats, and the lie of Heartbleed', () => {
    expect(client(record(24, `010003616263${'00'.repeat(16)}`)).row('tls.heartbeat_message.payload').length).toBe(3)
    expect(client(record(24, '014000')).tree).toContain('Heartbleed')
  })

  it('the hello of SSL 2.0', () => {
    const d = client('802e010301001500000010 000004 000005 00000a 010080 0700c0 030080 060040 00112233445566778899aabbccddeeff')
    expect(`${d.protocol} ${d.info}`).toBe('SSLv2 Client Hello')
    expect(d.all('tls.handshake.cipherspec')).toHaveLength(7)
    expect(d.row('tls.handshake.challenge').length).toBe(16)
  })
})

describe('malformed TLS', () => {
  it('notes lengths that reach too far, and shows what is there', () => {
    // A ClientHello whose cipher suites claim more bytes than the message has.
    const d = client(record(22, `01000029 0303 ${'11'.repeat(32)} 00 ffff 1301 0100`))
    expect(d.has('tls.malformed.buffer_too_small')).toBe(true)
    expect(d.row('tls.handshake.cipher_suites_length').value).toBe(0xffff)
  })

  it('notes bytes that are left over', () => {
    expect(server(record(22, '0b000005 000000 0102')).has('tls.malformed.trailing_data')).toBe(true)
  })

  it('notes handshake records without content', () => {
    expect(server(record(23, 'aa'), record(22, '')).has('tls.record.length.invalid')).toBe(true)
  })

  it('survives every byte changed, and noise', () => {
    for (const segment of [tls12[0]!, tls13[1]!, tls13[2]!, tls12[3]!]) {
      const bytes = hex(segment.hex)
      for (let i = 0; i < bytes.length; i++) {
        const changed = bytes.slice()
        changed[i] = changed[i]! ^ 0xff
        checkRows(new Capture(new Talk().client(changed).packets).dissect(1), `byte ${i}`)
      }
    }
    let x = 1
    for (let round = 0; round < 200; round++) {
      const noise = Uint8Array.from({ length: 120 }, () => {
        x = (x * 1103515245 + 12345) & 0x7fffffff
        return (x >> 16) & 0xff
      })
      const types = [1, 2, 4, 8, 11, 12, 13, 15, 16, 22, 24]
      const head = Uint8Array.from([22, 3, 3, 0, 124, types[round % types.length]!, 0, 0, 120])
      checkRows(new Capture(new Talk().server(concat(head, noise)).packets).dissect(1), `round ${round}`)
    }
  })
})
