// DHCPv6: clients, relays, options inside options.

import { describe, expect, it } from 'vitest'
import { datagram, dissectDatagram, expectFilter } from './datagram.ts'
import { checkTruncations, ranges } from './harness.ts'

const DHCP = { from: 546, to: 547 }
const ADDRESS = '20010db8000000000000000000000001'
const IDENTITY = '0001 000a 0003 0001 080027fe8f95'
const SOLICIT = `01 100874 ${IDENTITY} 0006 0004 0017 0018 0008 0002 0005`
const REPLY = `07 100874 0003 0028 27fe8f95 00000e10 00001518 0005 0018 ${ADDRESS} 00000e10 00001c20 000d 0003 0000 6f`
const RELAYED = `0c 00 ${ADDRESS} ${ADDRESS} 0009 0004 01 100874`

describe('dhcpv6', () => {
  it('shows a client that looks for a server', () => {
    const d = dissectDatagram(SOLICIT, DHCP)
    expect(d.info).toBe('Solicit XID: 0x100874 CID: 00030001080027fe8f95 ')
    expect(d.row('dhcpv6.duid.type').text).toBe('DUID Type: link-layer address (3)')
    expect(d.row('dhcpv6.elapsed_time').text).toBe('Elapsed time: 50ms')
    expect(d.all('dhcpv6.requested_option_code').map((row) => row.value)).toEqual([23, 24])
  })

  it('has every field where it lies', () => {
    expect(ranges(dissectDatagram(REPLY, DHCP), 'dhcpv6.')).toEqual([
      'dhcpv6.msgtype@28+1',
      'dhcpv6.xid@29+3',
      'dhcpv6.option.type_str@32+44',
      'dhcpv6.option.type@32+2',
      'dhcpv6.option.length@34+2',
      'dhcpv6.iaid@36+4',
      'dhcpv6.iaid.t1@40+4',
      'dhcpv6.iaid.t2@44+4',
      'dhcpv6.option.type_str@48+28',
      'dhcpv6.option.type@48+2',
      'dhcpv6.option.length@50+2',
      'dhcpv6.iaaddr.ip@52+16',
      'dhcpv6.iaaddr.pref_lifetime@68+4',
      'dhcpv6.iaaddr.valid_lifetime@72+4',
      'dhcpv6.option.type_str@76+7',
      'dhcpv6.option.type@76+2',
      'dhcpv6.option.length@78+2',
      'dhcpv6.status_code@80+2',
      'dhcpv6.status_msg@82+1',
    ])
  })

  it('shows what a relay passes on', () => {
    const d = dissectDatagram(RELAYED, DHCP)
    expect(d.info).toBe('Relay-forw L: 2001:db8::1 Solicit XID: 0x100874 ')
    expect(d.all('dhcpv6.msgtype').map((row) => row.value)).toEqual([12, 1])
  })

  it('shows options of every kind', () => {
    const option = (code: number, value: string) =>
      `${code.toString(16).padStart(4, '0')}${(value.replace(/\s/g, '').length / 2).toString(16).padStart(4, '0')}${value}`
    const show = (code: number, value: string, type = '07') => dissectDatagram(`${type} 100874 ${option(code, value)}`, DHCP)
    expect(show(1, '0001 0001 11223344 020000000001').row('dhcpv6.duidllt.time').show).toMatch(/^Feb {1,2}\d+, 2009/)
    expect(show(1, '0002 00000137 aabb').row('dhcpv6.duiden.enterprise').text).toBe('Enterprise ID: Microsoft (311)')
    expect(show(1, '0004 00112233445566778899aabbccddeeff').row('dhcpv6.duiduuid.bytes').length).toBe(16)
    expect(show(4, '00000007').row('dhcpv6.iata').show).toBe('00000007')
    const prefix = show(25, `00000001 00000000 00000000 001a 0019 00000e10 00001c20 38 ${ADDRESS}`)
    expect(prefix.row('dhcpv6.iaprefix.pref_addr').show).toBe('2001:db8::1')
    expect(show(15, '0003 616263').row('dhcpv6.userclass.opaque_data').length).toBe(3)
    expect(show(16, '00000137 0008 4d53465420352e30').row('dhcpv6.vendorclass.data').show).toBe('MSFT 5.0')
    expect(show(17, '00000009 0001 0002 abcd').row('dhcpv6.vendoropts.enterprise.option_data').length).toBe(2)
    expect(show(23, `${ADDRESS}${ADDRESS}`).all('dhcpv6.dns_server')).toHaveLength(2)
    expect(
      show(24, '03666f6f03636f6d00 036261720000')
        .all('dhcpv6.search_list_entry')
        .map((row) => row.show)
        .slice(0, 2),
    ).toEqual(['foo.com.', 'bar.'])
    expect(show(39, '04 03666f6f', '01').row('dhcpv6.clientfqdn.client.n').text).toContain('Server SHOULD NOT perform PTR RR updates')
    expect(show(39, '02 03666f6f').row('dhcpv6.clientfqdn.server.o').value).toBe(1)
    expect(show(39, '00 03666f6f').row('dhcpv6.client_domain').text).toBe('Partial domain name: foo')
    expect(show(56, `0001 0010 ${ADDRESS}`).row('dhcpv6.ntpserver.addr').show).toBe('2001:db8::1')
    expect(show(5, `${ADDRESS} 00000e10 00001c20`).info).toBe('Reply XID: 0x100874 IAA: 2001:db8::1 ')
  })

  it('takes lengths inside options for what they can be at the most', () => {
    const values = [
      '000f 0003 00ff61',
      '0010 0006 0000013700ff',
      '0011 0008 00000009000100ff',
      '0018 0003 ff6161',
      '0027 0003 0001ff',
      '0038 0005 00030fff03',
    ]
    for (const value of values) expect(dissectDatagram(`07 100874 ${value}`, DHCP).has('_ws.dissector_bug')).toBe(false)
  })

  it('refuses options that go beyond what is around them, and messages without end', () => {
    expect(dissectDatagram('07 100874 0004 0008 00000001 0005 0018', DHCP).has('_ws.malformed')).toBe(true)
    expect(dissectDatagram('07 100874 0006 00ff 0017', DHCP).row('_ws.malformed').text).toContain('needs')
    let nested = '01 100874'
    for (let i = 0; i < 25; i++)
      nested = `0c 00 ${ADDRESS} ${ADDRESS} 0009 ${(nested.replace(/\s/g, '').length / 2).toString(16).padStart(4, '0')} ${nested}`
    expect(dissectDatagram(nested, DHCP).row('_ws.malformed').text).toContain('more than 20 deep')
  })

  it('can be cut anywhere', () => {
    checkTruncations(datagram(REPLY, DHCP).bytes, { linkType: 101 })
    checkTruncations(datagram(RELAYED, DHCP).bytes, { linkType: 101 })
  })

  it('can be filtered by its fields', () => {
    expectFilter('dhcpv6.iaaddr.ip == 2001:db8::1 and dhcpv6.msgtype == 7', datagram(REPLY, DHCP), datagram(SOLICIT, DHCP))
  })
})
