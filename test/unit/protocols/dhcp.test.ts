// DHCP: the message of BOOTP and the options behind it.

import { describe, expect, it } from 'vitest'
import { datagram, dissectDatagram, expectFilter } from './datagram.ts'
import { checkTruncations, ranges } from './harness.ts'

const DHCP = { from: 68, to: 67 }
const HEAD = `01 01 06 00 00003d1d 0000 8000 00000000 00000000 00000000 00000000 000b8201fc42 ${'00'.repeat(10)} ${'00'.repeat(64)} ${'00'.repeat(128)} 63825363`
const DISCOVER = `${HEAD} 350101 3d0701000b8201fc42 3204c0a8000a 3704 0103062a 0c03 687279 ff 0000`

describe('dhcp', () => {
  it('shows a client that looks for a server', () => {
    const d = dissectDatagram(DISCOVER, DHCP)
    expect(d.info).toBe('DHCP Discover - Transaction ID 0x3d1d')
    expect(d.row('dhcp').text).toBe('Dynamic Host Configuration Protocol (Discover)')
    expect(d.row('dhcp.flags').text).toBe('Bootp flags: 0x8000, Broadcast flag (Broadcast)')
    expect(d.row('dhcp.hw.mac_addr').show).toBe('00:0b:82:01:fc:42')
    expect(d.row('dhcp.file').text).toBe('Boot file name not given')
    expect(d.row('dhcp.cookie').text).toBe('Magic cookie: DHCP')
    expect(d.all('dhcp.option.type').map((row) => row.text)).toEqual([
      'Option: (53) DHCP Message Type (Discover)',
      'Option: (61) Client identifier',
      'Option: (50) Requested IP Address (192.168.0.10)',
      'Option: (55) Parameter Request List',
      'Option: (12) Host Name',
      'Option: (255) End',
    ])
    expect(d.row('dhcp.option.request_list_item').text).toBe('Parameter Request List Item: (1) Subnet Mask')
    expect(d.row('dhcp.option.hostname').show).toBe('hry')
  })

  it('has every field where it lies', () => {
    const at = 28 + 240
    expect(ranges(dissectDatagram(DISCOVER, DHCP), 'dhcp').slice(-14)).toEqual(
      [
        `dhcp.option.requested_ip_address@${at + 14}+4`,
        `dhcp.option.type@${at + 18}+6`,
        `dhcp.option.length@${at + 19}+1`,
        `dhcp.option.value@${at + 20}+4`,
        `dhcp.option.request_list_item@${at + 20}+1`,
        `dhcp.option.request_list_item@${at + 21}+1`,
        `dhcp.option.request_list_item@${at + 22}+1`,
        `dhcp.option.request_list_item@${at + 23}+1`,
        `dhcp.option.type@${at + 24}+5`,
        `dhcp.option.length@${at + 25}+1`,
        `dhcp.option.value@${at + 26}+3`,
        `dhcp.option.hostname@${at + 26}+3`,
        `dhcp.option.type@${at + 29}+1`,
        `dhcp.option.end@${at + 29}+1`,
        `dhcp.option.padding@${at + 30}+2`,
      ].slice(-14),
    )
  })

  it('shows a lease', () => {
    const d = dissectDatagram(`${HEAD.replace('01', '02')} 350105 3304 00015180 0104 ffffff00 0308 c0a80001 c0a80002 ff`, {
      from: 67,
      to: 68,
    })
    expect(d.row('dhcp.option.ip_address_lease_time').text).toBe('IP Address Lease Time: (86400s) 1 day')
    expect(d.all('dhcp.option.router').map((row) => row.show)).toEqual(['192.168.0.1', '192.168.0.2'])
    expect(d.tree).toContain('Option: (1) Subnet Mask (255.255.255.0)')
    expect(d.info).toBe('DHCP ACK      - Transaction ID 0x3d1d')
  })

  it('shows the ancestor, which has no options', () => {
    const d = dissectDatagram(HEAD.replace('63825363', '00000000'), DHCP)
    expect(d.protocol).toBe('BOOTP')
    expect(d.info).toBe('Boot Request from 00:0b:82:01:fc:42 (00:0b:82:01:fc:42)')
  })

  it('shows the full name that a client wants', () => {
    const d = dissectDatagram(`${HEAD} 350103 5106 04 00 00 612e62 ff`, DHCP)
    expect(d.row('dhcp.fqdn.e').value).toBe(1)
    expect(d.row('dhcp.fqdn.name').show).toBe('a.b')
  })

  it('reads options in place of the names of server and file', () => {
    const server = `0f03666f6fff${'00'.repeat(58)}`
    const file = `0c03626172ff${'00'.repeat(122)}`
    const head = `${HEAD.slice(0, HEAD.indexOf('000b8201fc42'))} 000b8201fc42 ${'00'.repeat(10)} ${server} ${file} 63825363`
    const d = dissectDatagram(`${head} 350101 340103 ff`, DHCP)
    expect(d.has('dhcp.server')).toBe(false)
    expect(d.row('dhcp.option.domain_name')).toMatchObject({ show: 'foo', start: 28 + 46 })
    expect(d.row('dhcp.option.hostname')).toMatchObject({ show: 'bar', start: 28 + 110 })
    expect(d.row('dhcp.server_name_overloaded_by_dhcp').text).toContain('Server name option overloaded')
  })

  it('shows options that have parts', () => {
    const relay = '5210 0104 61626364 0504 0a000009 0b 02 0102'
    const d = dissectDatagram(`${HEAD} 350102 7908 180a0102 0a000009 770f 03666f6f03636f6d00 03626172c004 ${relay} ff`, DHCP)
    expect(d.row('dhcp.option.classless_static_route').text).toBe(' 10.1.2.0/24-10.0.0.9')
    expect(d.all('dhcp.option.dhcp_dns_domain_search_list_fqdn').map((row) => row.show)).toEqual(['foo.com', 'bar.com'])
    expect(d.all('dhcp.option.agent_information_option.suboption').map((row) => row.text)).toEqual([
      'Option 82 Suboption: (1) Agent Circuit ID',
      'Option 82 Suboption: (5) Link selection (10.0.0.9)',
      'Option 82 Suboption: (11) Server ID Override',
    ])
  })

  it('takes no pointer that leads on or around for a name', () => {
    for (const value of ['c000', 'c002', '03666f6fc004', 'ff', '0461c0'])
      expect(
        dissectDatagram(`${HEAD} 350102 77${(value.length / 2).toString(16).padStart(2, '0')} ${value} ff`, DHCP).all(
          'dhcp.option.dhcp_dns_domain_search_list_fqdn',
        ),
      ).toEqual([])
  })

  it('remarks on values of the wrong length and seconds in the wrong order', () => {
    const d = dissectDatagram(`${HEAD.replace('00003d1d 0000', '00003d1d 1e00')} 350101 0103 010203 0603 010203 ff`, DHCP)
    expect(d.row('dhcp.secs')).toMatchObject({ value: 30, length: 2 })
    expect(d.has('dhcp.secs_le')).toBe(true)
    expect(d.all('dhcp.bad_length').map((row) => row.text)).toEqual(["[length isn't 4]", "[Option length isn't a multiple of 4]"])
    expect(d.has('dhcp.option.subnet_mask')).toBe(false)
  })

  it('refuses an option that goes beyond the message', () => {
    expect(dissectDatagram(`${HEAD} 350101 0cff 61`, DHCP).row('_ws.malformed').text).toContain('needs')
  })

  it('can be cut anywhere', () => {
    checkTruncations(datagram(DISCOVER, DHCP).bytes, { linkType: 101 })
  })

  it('can be filtered by its fields', () => {
    expectFilter(
      'dhcp.option.dhcp == 1 and dhcp.option.hostname == "hry"',
      datagram(DISCOVER, DHCP),
      datagram(DISCOVER.replace('687279', '687278'), DHCP),
    )
  })
})
