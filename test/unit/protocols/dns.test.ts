// DNS, multicast DNS and LLMNR, over UDP and over TCP.

import { describe, expect, it } from 'vitest'
import { BEFORE, datagram, dissectDatagram, expectFilter } from './datagram.ts'
import { Capture, checkTruncations, concat, type Dissected, hex, ranges } from './harness.ts'
import { PAYLOAD, Talk } from './talk.ts'

const EXAMPLE = '07 6578616d706c65 03 636f6d 00'
const QUERY = `1234 0100 0001 0000 0000 0000 ${EXAMPLE} 0001 0001`
const ANSWER = `1234 8180 0001 0001 0000 0000 ${EXAMPLE} 0001 0001 c00c 0001 0001 0000003c 0004 5db8d822`

const two = (value: number): string => value.toString(16).padStart(4, '0')

/** An answer to a question for example.com with one record of this type and data. */
function record(type: number, data: string, to = 53): Dissected {
  const { length } = hex(data)
  return dissectDatagram(`0001 8180 0000 0001 0000 0000 ${EXAMPLE} ${two(type)} 0001 0000003c ${two(length)} ${data}`, { to })
}

const DATA = BEFORE + 12 + 13 + 10

describe('a message', () => {
  it('is laid out with its question and its answer', () => {
    const d = dissectDatagram(ANSWER)
    expect(d.layers).toEqual(['raw', 'ip', 'udp', 'dns'])
    expect(d.info).toBe('Standard query response 0x1234 A example.com A 93.184.216.34')
    expect(d.row('dns').text).toBe('Domain Name System (response)')
    expect(d.row('dns.flags').text).toBe('Flags: 0x8180 Standard query response, No error')
    expect(d.row('dns.resp.name').show).toBe('example.com')
    expect(d.row('dns.resp.ttl').text).toBe('Time to live: 60 (1 minute)')
    expect(d.tree).toContain('    example.com: type A, class IN, addr 93.184.216.34')
  })

  it('has every field where it lies', () => {
    expect(ranges(dissectDatagram(QUERY), 'dns')).toEqual([
      'dns@28+29',
      'dns.id@28+2',
      'dns.flags@30+2',
      'dns.flags.response@30+2',
      'dns.flags.opcode@30+2',
      'dns.flags.truncated@30+2',
      'dns.flags.recdesired@30+2',
      'dns.flags.z@30+2',
      'dns.flags.checkdisable@30+2',
      'dns.count.queries@32+2',
      'dns.count.answers@34+2',
      'dns.count.auth_rr@36+2',
      'dns.count.add_rr@38+2',
      'dns.qry.name@40+13',
      'dns.qry.name.len@40+13',
      'dns.count.labels@40+13',
      'dns.qry.type@53+2',
      'dns.qry.class@55+2',
    ])
  })

  it('can be cut anywhere', () => {
    checkTruncations(datagram(ANSWER).bytes, { linkType: 101 })
    const options = '0000 29 1000 00 00 8000 0017 0008 0007 0001 18 00 ac1100 000a 0008 a208e1f47afbdcb4'
    checkTruncations(datagram(`1234 0120 0000 0000 0000 0001 ${options}`).bytes, { linkType: 101 })
  })

  it('shows bytes that belong to none', () => {
    const d = dissectDatagram(`${QUERY} 000100`)
    expect(d.row('dns.extraneous.data')).toMatchObject({ start: BEFORE + 29, length: 3, show: '000100' })
    expect(d.row('_ws.expert.message').show).toBe('Extraneous data')
  })

  it('can be filtered by its fields', () => {
    expectFilter('dns.qry.name == "example.com" and dns.flags.response == 1', datagram(ANSWER), datagram(QUERY))
    expectFilter('dns.a == 93.184.216.34', datagram(ANSWER), datagram(QUERY))
  })

  it('is matched with its answer, and known again when it is repeated', () => {
    const ask = (seconds: number) => datagram(QUERY, { seconds })
    const answer = (seconds: number) => datagram(ANSWER, { from: 53, to: 40_000, back: true, seconds })
    const capture = new Capture([ask(10), ask(12), answer(13), answer(14), ask(100), answer(200)])
    expect(capture.dissect(1).row('dns.response_in').value).toBe(3)
    expect(capture.dissect(2).row('dns.retransmit_request_in').value).toBe(1)
    expect(capture.dissect(3).row('dns.response_to').value).toBe(1)
    expect(capture.dissect(3).row('dns.time').text).toBe('[Time: 3.000000000 seconds]')
    expect(capture.dissect(4).row('dns.retransmit_response_in').value).toBe(3)
    expect(capture.dissect(6).row('dns.response_to').value).toBe(5)
    expect(dissectDatagram(ANSWER).row('dns.unsolicited').value).toBe(1)
  })
})

describe('names', () => {
  it('call the empty one the root', () => {
    const d = dissectDatagram('0001 0100 0001 0000 0000 0000 00 0002 0001')
    expect(d.row('dns.qry.name')).toMatchObject({ show: '<Root>', length: 1 })
    expect(d.row('dns.qry.name.len').value).toBe(6)
  })

  it('write control characters out', () => {
    const d = dissectDatagram('0001 0100 0001 0000 0000 0000 04 611b0a62 00 0001 0001')
    expect(d.row('dns.qry.name').show).toBe('a\\033\\nb')
    expect(d.row('dns.qry.name.len').value).toBe(4)
  })

  const bad: [string, string, string][] = [
    ['of unknown kinds', '8161', 'unknown kind 2'],
    ['that begin with an unknown kind', '41', 'unknown kind 1'],
    ['that are far too long', `${`3f${'61'.repeat(63)}`.repeat(17)} 00`, 'longer than 255'],
    ['that point beyond the message', 'c0ff', 'needs'],
  ]
  it.each(bad)('refuse those %s', (_what, name, why) => {
    const d = dissectDatagram(`0001 0100 0001 0000 0000 0000 ${name} 0001 0001`)
    expect(d.row('_ws.malformed').text).toContain(why)
    expect(d.row('dns.id').value).toBe(1)
    expect(d.has('dns.qry.name')).toBe(false)
  })

  const odd: [string, string, string, string][] = [
    ['point at themselves', 'c00c', 'circles', '<Name contains a pointer that loops>'],
    ['point at each other', '0161 c00c', 'circles', '<Name contains a pointer that loops>'],
    ['are of unknown kinds', '0161 42', 'unknown kind 1', '<Unknown extended label>'],
    ['are too long', `${`3f${'61'.repeat(63)}`.repeat(4)} 00`, 'longer than 255', '<Name too long>'],
  ]
  it.each(odd)('that %s are not read, and what follows is', (_what, name, why, shown) => {
    const d = dissectDatagram(`0001 0100 0001 0000 0000 0000 ${name} 0001 0001`)
    expect(d.row('dns.qry.name').show).toBe(shown)
    expect(d.row('_ws.expert').text).toContain(why)
    expect(d.row('dns.qry.type').value).toBe(1)
  })

  it('do not run away with a message full of loops', () => {
    const loops = `${'c00c'.repeat(2)}`.repeat(16_000)
    const started = performance.now()
    dissectDatagram(`0001 8000 0000 ffff 0000 0000 ${loops}`)
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('other ports', () => {
  const QUESTION = '0001 0100 0001 0000 0000 0000 0161 03636f6d 00 0001 0001'
  const on = (payload: string, to: number) => dissectDatagram(payload, { from: 40_000, to }).layers

  it('show a question that can be nothing else', () => expect(on(QUESTION, 5000)).toContain('dns'))
  it('leave to others what is theirs', () => expect(on(QUESTION, 5353)).not.toContain('dns'))
  it.each([
    ['another class', '0001 0100 0001 0000 0000 0000 0161 03636f6d 00 0001 0002'],
    ['a name of NetBIOS', `0001 0110 0001 0000 0000 0000 20 ${'43'.repeat(32)} 00 0020 0001`],
    ['a question with answers', '0001 0100 0001 0001 0000 0000 0161 03636f6d 00 0001 0001'],
    ['strange letters', '0001 0100 0001 0000 0000 0000 01ff 03636f6d 00 0001 0001'],
    ['no name', '0001 0100 0001 0000 0000 0000 00 0001 0001'],
  ])('do not show %s', (_what, payload) => expect(on(payload, 5000)).not.toContain('dns'))
})

describe('records', () => {
  const cases: [string, number, string, string[]][] = [
    ['AAAA', 28, '20010db8000000000000000000000001', ['dns.aaaa=2001:db8::1']],
    ['CNAME', 5, '0161 c00c', ['dns.cname=a.example.com']],
    ['MX', 15, '000a 046d61696c c00c', ['dns.mx.preference=10', 'dns.mx.mail_exchange=mail.example.com']],
    [
      'SOA',
      6,
      '026e73 c00c 01 78 00 00000001 00000e10 00000384 00093a80 0000003c',
      ['dns.soa.mname=ns.example.com', 'dns.soa.minimum_ttl=60'],
    ],
    ['SRV', 33, '0001 0002 1633 c00c', ['dns.srv.port=5683', 'dns.srv.target=example.com']],
    ['TXT', 16, '0161 026263', ['dns.txt.length=1', 'dns.txt=a', 'dns.txt.length=2', 'dns.txt=bc']],
    [
      'CAA',
      257,
      '80 05 6973737565 612e62',
      ['dns.caa.flags.issuer_critical=1', 'dns.caa.issue=a.b', 'dns.caa.tag=issue', 'dns.caa.value=a.b'],
    ],
    ['HINFO', 13, '0141 0142', ['dns.hinfo.cpu=A', 'dns.hinfo.os=B']],
    ['NAPTR', 35, '0064 0064 0173 02 6161 00 c00c', ['dns.naptr.flags=s', 'dns.naptr.regex=', 'dns.naptr.replacement=example.com']],
    ['DS', 43, 'e00b 08 02 9500', ['dns.ds.key_id=0xe00b', 'dns.ds.digest=9500']],
    ['DNSKEY', 48, '0101 03 08 03010001', ['dns.dnskey.flags.zone_key=1', 'dns.dnskey.key_id=1803', 'dns.dnskey.public_key=03010001']],
    [
      'RRSIG',
      46,
      '0001 08 02 0000003c 65f00000 65e00000 04d2 c00c 0102',
      [
        'dns.rrsig.signature_expiration=Mar 12, 2024 07:10:56.000000000 UTC',
        'dns.rrsig.signers_name=example.com',
        'dns.rrsig.signature=0102',
      ],
    ],
    [
      'NSEC',
      47,
      '016e c00c 0002 6001',
      ['dns.nsec.next_domain_name=n.example.com', 'dns.resp.type=1', 'dns.resp.type=2', 'dns.resp.type=15'],
    ],
    ['NSEC3', 50, '01 01 0014 02 beef 02 0842 0001 40', ['dns.nsec3.flags.opt_out=1', 'dns.nsec3.hash_value=1110', 'dns.resp.type=1']],
    ['TLSA', 52, '03 01 01 abcd', ['dns.tlsa.certificate_usage=3', 'dns.tlsa.certificate_association_data=abcd']],
    ['SSHFP', 44, '04 02 abcd', ['dns.sshfp.algorithm=4', 'dns.sshfp.fingerprint=abcd']],
    [
      'HTTPS',
      65,
      '0001 00 0001 0006 026832 026833 0003 0002 01bb 0004 0004 c0000201 0007 0001 61',
      [
        'dns.svcb.targetname=<Root>',
        'dns.svcb.svcparam.alpn=h2',
        'dns.svcb.svcparam.alpn=h3',
        'dns.svcb.svcparam.port=443',
        'dns.svcb.svcparam.ipv4hint.ip=192.0.2.1',
        'dns.svcb.svcparam.value=61',
      ],
    ],
    [
      'TSIG',
      250,
      '0161 00 000065f00000 012c 0002 beef 1234 0010 0000',
      ['dns.tsig.algorithm_name=a', 'dns.tsig.mac_size=2', 'dns.tsig.error=16'],
    ],
    ['TKEY', 249, '0161 00 65e00000 65f00000 0003 0000 0002 beef 0000', ['dns.tkey.mode=3', 'dns.tkey.key_data=beef']],
    ['LOC', 29, '00 12 16 13 80000000 80000000 00989680', ['dns.loc.version=0', 'dns.loc.altitude=10000000']],
    ['APL', 42, '0001 18 83 c00002', ['dns.apl.negation=1', 'dns.apl.afdpart.ipv4=192.0.2.0']],
    ['WKS', 11, 'c0000201 06 00 00 40', ['dns.wks.address=192.0.2.1', 'dns.wks.bits=0x40']],
    ['IPSECKEY', 45, '0a 01 02 c0000201 abcd', ['dns.ipseckey.gateway_ipv4=192.0.2.1', 'dns.ipseckey.public_key=abcd']],
    ['HIP', 55, '02 02 0001 beef aa c00c', ['dns.hip.hit=beef', 'dns.hip.pk=aa', 'dns.hip.rendezvous_server=example.com']],
    ['A6', 38, '78 01 c00c', ['dns.a6.address_suffix=::1', 'dns.a6.prefix_name=example.com']],
    ['WINS', 65281, '00000001 00000005 0000000a 00000001 c0000201', ['dns.wins.local_flag=1', 'dns.wins.wins_server=192.0.2.1']],
    ['an unknown type', 65280, 'deadbeef', ['dns.data=deadbeef']],
  ]
  it.each(cases)('say what they hold: %s', (_what, type, data, expected) => {
    const d = record(type, data)
    expect(d.has('_ws.malformed')).toBe(false)
    const shown = d.rows.map((row) => `${row.name}=${row.show}`)
    for (const wanted of expected) {
      const at = shown.indexOf(wanted)
      expect(at, `${wanted} in ${shown.join(' ')}`).toBeGreaterThan(0)
      shown.splice(0, at)
    }
    checkTruncations(
      datagram(`0001 8180 0000 0001 0000 0000 ${EXAMPLE} ${two(type)} 0001 0000003c ${two(hex(data).length)} ${data}`).bytes,
      {
        linkType: 101,
      },
    )
  })

  it.each(cases)('refuse data that ends too early: %s', (_what, type, data) => {
    const whole = hex(data)
    for (let kept = 1; kept < whole.length; kept++) {
      const text = Array.from(whole.subarray(0, kept), (byte) => byte.toString(16).padStart(2, '0')).join('')
      const d = record(type, text)
      expect(d.rows.every((row) => row.start + row.length <= DATA + kept || row.name === 'frame')).toBe(true)
      expect(d.has('_ws.dissector_bug')).toBe(false)
    }
  })

  it('show the options of EDNS', () => {
    const options = '0008 0007 0001 18 00 ac1100 000a 0008 a208e1f47afbdcb4 000f 0004 0009 6e6f'
    const d = dissectDatagram(`1234 0120 0000 0000 0000 0001 00 0029 1000 00 00 8000 ${two(hex(options).length)} ${options}`)
    expect(d.row('dns.rr.udp_payload_size').value).toBe(4096)
    expect(d.row('dns.resp.z.do').value).toBe(1)
    expect(d.row('dns.opt').text).toBe('Option: CSUBNET - Client subnet')
    expect(d.row('dns.opt.client.addr4')).toMatchObject({ show: '172.17.0.0', length: 3 })
    expect(d.row('dns.opt.cookie.server').text).toBe('Server Cookie: <MISSING>')
    expect(d.row('dns.opt.ext_error.info_code').text).toBe('Info Code: DNSKEY Missing (9)')
    expect(d.info).toBe('Standard query 0x1234 OPT')
  })

  it('refuse an option that goes beyond its record', () => {
    const d = dissectDatagram('1234 0120 0000 0000 0000 0001 00 0029 1000 00 00 8000 0004 0008 0007')
    expect(d.row('_ws.malformed').text).toContain('beyond the record')
  })
})

describe('its relatives', () => {
  it('ask everybody: multicast DNS', () => {
    const d = dissectDatagram(`0000 0000 0001 0000 0000 0000 ${EXAMPLE} 000c 8001`, { to: 5353 })
    expect(d.info).toBe('Standard query 0x0000 PTR example.com, "QU" question')
    expect(d.row('dns.qry.class').text).toBe('.000 0000 0000 0001 = Class: IN (0x0001)')
    expect(d.row('dns.qry.qu').value).toBe(1)
    expect(d.protocol).toBe('MDNS')
  })

  it('have flags of their own: LLMNR', () => {
    const d = dissectDatagram(`ef5b 0000 0001 0000 0000 0000 02 6463 00 00ff 0001`, { to: 5355 })
    expect(d.info).toBe('Standard query 0xef5b ANY dc')
    expect(d.has('dns.flags.tentative')).toBe(true)
    expect(d.has('dns.flags.recdesired')).toBe(false)
  })
})

describe('over TCP', () => {
  const message = (text: string) => concat(hex(two(hex(text).length)), hex(text))

  it('has its length before it', () => {
    const talk = new Talk(40_000, 53).open().client(message(QUERY)).server(message(ANSWER))
    const capture = new Capture(talk.packets)
    const d = capture.dissect(4)
    expect(d.row('dns.length')).toMatchObject({ start: PAYLOAD, length: 2, value: 29 })
    expect(d.row('dns.id').start).toBe(PAYLOAD + 2)
    expect(capture.dissect(5).row('dns.resp.name').show).toBe('example.com')
    expect(capture.dissect(5).row('dns.response_to').value).toBe(4)
  })

  it('is put together from segments, whole or byte by byte', () => {
    const talk = new Talk(40_000, 53).open()
    for (const byte of message(ANSWER)) talk.server(Uint8Array.of(byte))
    const last = new Capture(talk.packets).dissect(talk.packets.length)
    expect(last.layers.at(-1)).toBe('dns')
    expect(last.row('dns.a').show).toBe('93.184.216.34')
  })

  it('shows several messages of one segment', () => {
    const d = new Capture(new Talk(40_000, 53).open().client(concat(message(QUERY), message(QUERY))).packets).dissect(4)
    expect(d.all('dns.qry.name').length).toBe(2)
  })

  it('is not looked for on other ports', () => {
    const d = new Capture(new Talk(40_000, 5683).open().client(message(QUERY)).packets).dissect(4)
    expect(d.layers.at(-1)).toBe('data')
  })

  it('is not taken for what cannot be a message', () => {
    const d = new Capture(new Talk(40_000, 53).open().client(hex('0010 1234 0100 0001 0001 0001 0000 00 0001 0001')).packets).dissect(4)
    expect(d.layers.at(-1)).toBe('data')
  })
})
