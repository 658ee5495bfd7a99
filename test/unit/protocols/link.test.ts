// Ethernet, VLAN tags, LLC and SNAP, loopback, raw IP and Linux cooked captures.

import { describe, expect, it } from 'vitest'
import { Capture, checkRows, checkTruncations, dissect, hex, ranges } from './harness.ts'

const ETHERNET = 'ffffffffffff 001f29da2d79'
const ARP = '0001 0800 06 04 0001 001f29da2d79 c0a80168 000000000000 c0a80101'
/** UDP from 192.0.2.1 port 4000 to 198.51.100.2 port 4001, four bytes of payload. */
const IPV4 = '4500 0020 0001 4000 40 11 0000 c0000201 c6336402  0fa0 0fa1 000c 1234 70696e67'
const IPV6 = '60000000 0000 3b 40 20010db8000000000000000000000001 20010db8000000000000000000000002'

describe('eth', () => {
  it('shows a real ARP request with its padding', () => {
    const d = dissect(`${ETHERNET} 0806 ${ARP} ${'00'.repeat(18)}`)
    expect(d.layers).toEqual(['eth', 'arp'])
    expect(d.row('eth').text).toBe('Ethernet II, Src: 00:1f:29:da:2d:79, Dst: ff:ff:ff:ff:ff:ff')
    expect(d.row('eth.type').text).toBe('Type: ARP (0x0806)')
    expect(d.row('eth.dst.ig').text).toBe('.... ...1 .... .... .... .... = IG bit: Group address (multicast/broadcast)')
    expect(d.row('frame.protocols').show).toBe('eth:ethertype:arp')
    expect(d.has('eth.trailer')).toBe(false)
    expect(ranges(d, 'eth')).toEqual([
      'eth@0+14',
      'eth.dst@0+6',
      'eth.dst_resolved@0+6',
      'eth.dst.oui@0+3',
      'eth.addr@0+6',
      'eth.addr_resolved@0+6',
      'eth.addr.oui@0+3',
      'eth.dst.lg@0+3',
      'eth.dst.ig@0+3',
      'eth.src@6+6',
      'eth.src_resolved@6+6',
      'eth.src.oui@6+3',
      'eth.addr@6+6',
      'eth.addr_resolved@6+6',
      'eth.addr.oui@6+3',
      'eth.src.lg@6+3',
      'eth.src.ig@6+3',
      'eth.type@12+2',
      'eth.padding@42+18',
    ])
  })

  it('takes bytes beyond a long enough frame for a trailer and a check sequence', () => {
    const payload = `4500 0032 0001 0000 40 fd 0000 c0000201 c6336402 ${'aa'.repeat(30)}`
    const d = dissect(`${ETHERNET} 0800 ${payload} bbbb cafef00d`)
    expect(d.row('eth.trailer')).toMatchObject({ start: 64, length: 2, show: 'bbbb' })
    expect(d.row('eth.fcs')).toMatchObject({ start: 66, length: 4, text: 'Frame check sequence: 0xcafef00d [unverified]' })
    expect(d.row('eth.fcs.status').text).toBe('[FCS Status: Unverified]')
  })

  it('keeps a check sequence that the file announces away from the payload', () => {
    const capture = new Capture([{ bytes: hex(`${ETHERNET} fffe 0102 cafef00d`) }], [{ section: 0, fcsLength: 4 }])
    const d = capture.dissect(1)
    expect(d.row('data.data').show).toBe('0102')
    expect(d.row('eth.fcs')).toMatchObject({ start: 16, length: 4, show: '0xcafef00d' })
  })

  it('does not take a frame with non-zero padding for padded, and says so', () => {
    const d = dissect(`${ETHERNET} 0806 ${ARP} ${'00'.repeat(16)} dead`)
    expect(d.has('eth.padding')).toBe(false)
    expect(d.row('eth.trailer').length).toBe(18)
    expect(d.has('eth.padding_bad')).toBe(true)
  })

  it('marks a sender that is a group', () => {
    expect(dissect(`${ETHERNET} 0806 ${ARP}`).has('eth.src_not_group')).toBe(false)
    expect(dissect(`ffffffffffff 011f29da2d79 0806 ${ARP}`).has('eth.src_not_group')).toBe(true)
  })

  it('shows a number between lengths and types as neither', () => {
    const d = dissect(`${ETHERNET} 05dd 0102`)
    expect(d.row('eth.invalid_lentype').text).toBe('Invalid length/type: 0x05dd (1501)')
    expect(d.layers).toEqual(['eth', 'data'])
  })

  it('shows an unknown type as data, with its number', () => {
    const d = dissect(`${ETHERNET} fffe 0102`)
    expect(d.row('eth.type').text).toBe('Type: Unknown (0xfffe)')
    expect(d.row('data.data')).toMatchObject({ start: 14, length: 2, show: '0102' })
  })

  it('survives being cut anywhere', () => {
    checkTruncations(`${ETHERNET} 0800 ${IPV4} ${'00'.repeat(14)}`)
    const cut = dissect(hex(ETHERNET).subarray(0, 8), { length: 60 })
    expect(cut.row('eth.dst').show).toBe('ff:ff:ff:ff:ff:ff')
    expect(cut.row('_ws.short').text).toContain('Ethernet needs 14 bytes, the capture kept 8')
    expect(dissect(hex(ETHERNET).subarray(0, 8)).has('_ws.malformed')).toBe(true)
  })
})

describe('llc', () => {
  it('shows the service of spanning trees, and the padding behind the length', () => {
    const d = dissect(`0180c2000000 001906eab885 0005 424203 0102 ${'00'.repeat(41)}`)
    expect(d.row('eth').text).toBe('IEEE 802.3 Ethernet')
    expect(d.row('eth.len').text).toBe('Length: 5')
    expect(d.row('llc.dsap').text).toBe('DSAP: Spanning Tree BPDU (0x42)')
    expect(d.row('llc.dsap.sap').text).toBe('0100 001. = SAP: Spanning Tree BPDU')
    expect(d.row('llc.control').text).toBe('Control field: U, func=UI (0x03)')
    expect(d.row('eth.padding')).toMatchObject({ start: 19, length: 41 })
    expect(d.row('stp')).toMatchObject({ start: 17, length: 2 })
    expect(d.row('frame.protocols').show).toBe('eth:llc:stp')
  })

  it('finds an Ethernet type behind SNAP', () => {
    const d = dissect(`0180c2000000 001906eab885 0028 aaaa03 000000 0800 ${IPV4}`)
    expect(d.layers).toEqual(['eth', 'llc', 'ip', 'udp', 'data'])
    expect(d.row('llc.type').text).toBe('Type: IPv4 (0x0800)')
    expect(ranges(d, 'llc')).toContain('llc.oui@17+3')
    expect(d.row('llc').length).toBe(8)
  })

  it('leaves the protocols of other organisations alone', () => {
    const d = dissect('01000ccccccc 001906eab885 000a aaaa03 00000d 2000 0102')
    expect(d.row('llc.oui').text).toBe('Organization Code: 00:00:0d')
    expect(d.row('llc.pid').show).toBe('0x2000')
    expect(d.layers).toEqual(['eth', 'llc', 'data'])
  })

  it('reads two bytes of control in numbered frames', () => {
    const d = dissect('0180c2000000 001906eab885 0004 f0f0 0126')
    expect(d.row('llc.control')).toMatchObject({ start: 16, length: 2, show: '0x2601' })
    expect(d.row('llc.control.s_ftype').text).toContain('Receiver ready')
  })

  it('survives being cut anywhere', () => checkTruncations(`0180c2000000 001906eab885 0028 aaaa03 000000 0800 ${IPV4}`))
})

describe('vlan and ieee8021ad', () => {
  it('shows a tag inside a tag', () => {
    const d = dissect(`${ETHERNET} 88a8 20c8 8100 b7d1 0806 ${ARP} ${'00'.repeat(14)}`)
    expect(d.layers).toEqual(['eth', 'ieee8021ad', 'vlan', 'arp'])
    expect(d.row('ieee8021ad').text).toBe('IEEE 802.1ad, ID: 200')
    expect(d.row('ieee8021ad.priority').text).toBe('001. .... .... .... = Priority: 1')
    expect(d.row('vlan').text).toBe('802.1Q Virtual LAN, PRI: 5, DEI: 1, ID: 2001')
    expect(d.row('vlan.priority').text).toBe('101. .... .... .... = Priority: Video, < 100ms latency and jitter (5)')
    expect(d.row('vlan.dei').text).toBe('...1 .... .... .... = DEI: Eligible')
    expect(ranges(d, 'vlan')).toEqual([
      'vlan@18+4',
      'vlan.priority@18+2',
      'vlan.dei@18+2',
      'vlan.id@18+2',
      'vlan.etype@20+2',
      'vlan.trailer@60+4',
    ])
    expect(d.row('eth.padding')).toMatchObject({ start: 50, length: 10 })
    expect(d.row('frame.protocols').show).toBe('eth:ethertype:ieee8021ad:ethertype:vlan:ethertype:arp')
  })

  it('finds LLC behind a length', () => {
    const d = dissect(`${ETHERNET} 8100 0064 0028 aaaa03 000000 0800 ${IPV4}`)
    expect(d.layers).toEqual(['eth', 'vlan', 'llc', 'ip', 'udp', 'data'])
    expect(d.row('vlan.len').show).toBe('40')
  })

  it('survives being cut anywhere', () => checkTruncations(`${ETHERNET} 88a8 00c8 8100 07d1 0806 ${ARP} 0000`))
})

describe('null', () => {
  const cases: [string, string, string, string][] = [
    ['little-endian macOS', '1e000000', IPV6, 'Family: IPv6 (30)'],
    ['big-endian macOS', '0000001e', IPV6, 'Family: IPv6 (30)'],
    ['FreeBSD', '1c000000', IPV6, 'Family: IPv6 (28)'],
    ['NetBSD', '18000000', IPV6, 'Family: IPv6 (24)'],
    ['Linux', '0a000000', IPV6, 'Family: IPv6 (10)'],
    ['Windows', '17000000', IPV6, 'Family: IPv6 (23)'],
    ['IPv4', '02000000', IPV4, 'Family: IP (2)'],
    ['IPv4 big-endian', '00000002', IPV4, 'Family: IP (2)'],
    ['16 bits in front', '00020000', IPV4, 'Family: IP (2)'],
  ]
  it.each(cases)('reads the family of %s', (_name, header, packet, text) => {
    const d = dissect(`${header} ${packet}`, { linkType: 0 })
    expect(d.row('null.family')).toMatchObject({ start: 0, length: 4, text })
    expect(d.layers[1]).toBe(packet === IPV4 ? 'ip' : 'ipv6')
  })

  it('reads an Ethernet type where there is one', () => {
    const d = dissect(`00000800 ${IPV4}`, { linkType: 108 })
    expect(d.row('null.type').text).toBe('Type: IPv4 (0x0800)')
    expect(d.layers).toEqual(['null', 'ip', 'udp', 'data'])
  })

  it('shows an unknown family as data', () => {
    const d = dissect('63000000 0102', { linkType: 0 })
    expect(d.row('null.family').text).toBe('Family: Unknown (99)')
    expect(d.layers).toEqual(['null', 'data'])
  })

  it('survives being cut anywhere', () => checkTruncations(`1e000000 ${IPV6}`, { linkType: 0 }))
})

describe('raw', () => {
  it.each([12, 14, 101])('tells the version from the first half byte, link type %i', (linkType) => {
    expect(dissect(IPV4, { linkType }).layers).toEqual(['raw', 'ip', 'udp', 'data'])
    expect(dissect(IPV6, { linkType }).layers).toEqual(['raw', 'ipv6'])
  })

  it('has no layer of its own where the link type names the version', () => {
    expect(dissect(IPV4, { linkType: 228 }).layers[0]).toBe('ip')
    expect(dissect(IPV6, { linkType: 229 }).layers[0]).toBe('ipv6')
  })

  it('shows anything else as data', () => {
    expect(dissect('f0f1', { linkType: 101 }).layers).toEqual(['raw', 'data'])
    expect(dissect('', { linkType: 101 }).layers).toEqual([])
  })

  it('survives being cut anywhere', () => checkTruncations(IPV4, { linkType: 101 }))
})

describe('sll', () => {
  it('reads version 1', () => {
    const d = dissect(`0004 0001 0006 002481aabbcc 0000 0800 ${IPV4}`, { linkType: 113 })
    expect(d.row('sll').text).toBe('Linux cooked capture v1')
    expect(ranges(d, 'sll')).toEqual([
      'sll@0+16',
      'sll.pkttype@0+2',
      'sll.hatype@2+2',
      'sll.halen@4+2',
      'sll.src.eth@6+6',
      'sll.unused@12+2',
      'sll.etype@14+2',
    ])
    expect(d.row('sll.pkttype').text).toBe('Packet type: Sent by us (4)')
    expect(d.row('frame.protocols').show).toBe('sll:ethertype:ip:udp:data')
  })

  it('reads version 2', () => {
    const d = dissect(`86dd 0000 00000001 0304 00 00 0000000000000000 ${IPV6}`, { linkType: 276 })
    expect(d.row('sll').text).toBe('Linux cooked capture v2')
    expect(d.row('sll.ifindex')).toMatchObject({ start: 4, length: 4, value: 1 })
    expect(d.layers).toEqual(['sll', 'ipv6'])
  })

  it('survives being cut anywhere', () => {
    checkTruncations(`0004 0001 0006 002481aabbcc 0000 0800 ${IPV4}`, { linkType: 113 })
    checkTruncations(`86dd 0000 00000001 0304 00 00 0000000000000000 ${IPV6}`, { linkType: 276 })
  })
})

it('shows packets of an unknown link type as data, under the name of the link type', () => {
  const d = dissect('0102030405', { linkType: 253 })
  checkRows(d, 'link type 253')
  expect(d.layers).toEqual(['data'])
  expect(d.row('frame.encap_type').text).toBe('Encapsulation type: Linux Netlink (158)')
  expect(d.info).toContain('Linux Netlink')
})
