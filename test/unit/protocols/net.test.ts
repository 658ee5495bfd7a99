// ARP, IPv4, IPv6, ICMP, ICMPv6 and UDP.

import { describe, expect, it } from 'vitest'
import { Capture, checkTruncations, concat, dissect, hex, ranges } from './harness.ts'

const RAW = { linkType: 101 }
const SOURCE = 'c0000201'
const DESTINATION = 'c6336402'
const SIX = '20010db8000000000000000000000001 20010db8000000000000000000000002'

/** An IPv4 packet around a payload; `word` is the one of flags and offset. */
function ipv4(proto: number, payload: Uint8Array, word = 0x4000, options = ''): Uint8Array {
  const extra = hex(options)
  const length = 20 + extra.length + payload.length
  const two = (value: number) => value.toString(16).padStart(4, '0')
  const head = `4${(5 + extra.length / 4).toString(16)}00 ${two(length)} 0007 ${two(word)} 40 ${proto.toString(16).padStart(2, '0')} 0000`
  return concat(hex(`${head} ${SOURCE} ${DESTINATION}`), extra, payload)
}

function ipv6(next: number, payload: Uint8Array): Uint8Array {
  const length = payload.length.toString(16).padStart(4, '0')
  return concat(hex(`60000000 ${length} ${next.toString(16).padStart(2, '0')} 40 ${SIX}`), payload)
}

const UDP = hex('0fa0 0fa1 000c 1234 70696e67')

describe('arp', () => {
  const arp = (operation: string, addresses: string) => `ffffffffffff 001f29da2d79 0806 0001 0800 06 04 ${operation} ${addresses}`
  const cases: [string, string, string, string, string][] = [
    ['request', '0001', '001f29da2d79 c0a80168 000000000000 c0a80101', 'request', 'Who has 192.168.1.1? Tell 192.168.1.104'],
    ['reply', '0002', '001f29da2d79 c0a80168 020000000001 c0a80101', 'reply', '192.168.1.104 is at 00:1f:29:da:2d:79'],
    ['probe', '0001', '001f29da2d79 00000000 000000000000 c0a80101', 'ARP Probe', 'Who has 192.168.1.1? (ARP Probe)'],
    ['announcement', '0001', '001f29da2d79 c0a80101 000000000000 c0a80101', 'ARP Announcement', 'ARP Announcement for 192.168.1.1'],
    ['gratuitous', '0002', '001f29da2d79 c0a80101 ffffffffffff c0a80101', 'reply/gratuitous ARP', 'Gratuitous ARP for 192.168.1.1 (Reply)'],
  ]
  it.each(cases)('knows a %s', (_name, operation, addresses, heading, info) => {
    const d = dissect(arp(operation, addresses))
    expect(d.row('arp').text).toBe(`Address Resolution Protocol (${heading})`)
    expect(d.info).toBe(info)
    expect(d.protocol).toBe('ARP')
  })

  it('lays out every address where it lies', () => {
    const d = dissect(arp('0002', '001f29da2d79 c0a80168 020000000001 c0a80101'))
    expect(ranges(d, 'arp').slice(6)).toEqual([
      'arp.src.hw_mac@22+6',
      'arp.src.proto_ipv4@28+4',
      'arp.dst.hw_mac@32+6',
      'arp.dst.proto_ipv4@38+4',
    ])
    expect(d.row('arp.src.proto_ipv4').show).toBe('192.168.1.104')
  })

  it('keeps addresses of other sizes as bytes', () => {
    const d = dissect('ffffffffffff 001f29da2d79 0806 0007 0800 01 04 0001 2a c0a80101 00 c0a80102')
    expect(d.row('arp.src.hw')).toMatchObject({ start: 22, length: 1, show: '2a' })
    expect(d.has('arp.src.hw_mac')).toBe(false)
  })

  it('shows what a cut header still has', () => {
    const d = dissect('ffffffffffff 001f29da2d79 0806 0001 0800 06')
    expect(d.row('arp.hw.size').value).toBe(6)
    expect(d.has('arp.proto.size')).toBe(false)
    expect(d.has('_ws.malformed')).toBe(true)
    checkTruncations(arp('0001', '001f29da2d79 c0a80168 000000000000 c0a80101'))
  })
})

describe('ip', () => {
  it('lays out the header', () => {
    const d = dissect(ipv4(17, UDP), RAW)
    expect(d.row('ip').text).toBe('Internet Protocol Version 4, Src: 192.0.2.1, Dst: 198.51.100.2')
    expect(d.row('ip.hdr_len').text).toBe('.... 0101 = Header Length: 20 bytes (5)')
    expect(d.row('ip.flags').text).toBe("010. .... = Flags: 0x2, Don't fragment")
    expect(d.row('ip.proto').text).toBe('Protocol: UDP (17)')
    expect(ranges(d, 'ip')).toEqual([
      'ip@0+20',
      'ip.version@0+1',
      'ip.hdr_len@0+1',
      'ip.dsfield@1+1',
      'ip.dsfield.dscp@1+1',
      'ip.dsfield.ecn@1+1',
      'ip.len@2+2',
      'ip.id@4+2',
      'ip.flags@6+1',
      'ip.flags.rb@6+1',
      'ip.flags.df@6+1',
      'ip.flags.mf@6+1',
      'ip.frag_offset@6+2',
      'ip.ttl@8+1',
      'ip.proto@9+1',
      'ip.checksum@10+2',
      'ip.src@12+4',
      'ip.src_host@12+4',
      'ip.dst@16+4',
      'ip.dst_host@16+4',
    ])
    expect(d.row('ip.checksum.status')).toMatchObject({ generated: true, length: 0, value: 2 })
  })

  it('puts fragments together, in whichever order they come', () => {
    const datagram = concat(hex('0fa0 0fa1 0018 1234'), new Uint8Array(16).fill(0x61))
    const parts = [
      ipv4(17, datagram.subarray(0, 8), 0x2000),
      ipv4(17, datagram.subarray(8, 16), 0x2001),
      ipv4(17, datagram.subarray(16), 0x0002),
    ]
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      const capture = new Capture(order.map((i) => ({ bytes: parts[i]!, linkType: 101 })))
      const last = capture.dissect(3)
      expect(last.layers).toEqual(['raw', 'ip', 'udp', 'data'])
      expect(last.row('udp.payload')).toMatchObject({ source: 1, start: 8, length: 16 })
      expect(last.row('ip.fragment.count').value).toBe(3)
      expect(last.sources[1]).toEqual(datagram)
      const first = capture.dissect(1)
      expect(first.layers).toEqual(['raw', 'ip', 'data'])
      expect(first.row('ip.reassembled_in').value).toBe(3)
      expect(first.info).toContain('[Reassembled in #3]')
    }
  })

  it('shows where a fragment belongs, in bytes, and keeps the number of the wire', () => {
    const d = dissect(ipv4(17, new Uint8Array(8), 0x20b9), RAW)
    expect(d.row('ip.frag_offset')).toMatchObject({ show: '185', text: '...0 0000 1011 1001 = Fragment Offset: 1480' })
    expect(d.info).toBe('Fragmented IP protocol (proto=UDP 17, off=1480, ID=0007)')
  })

  it('takes a total length of zero for offloading', () => {
    const bytes = ipv4(17, UDP)
    bytes[2] = 0
    bytes[3] = 0
    const d = dissect(bytes, RAW)
    expect(d.row('ip.len').text).toBe('Total Length: 32 bytes (reported as 0, presumed to be because of "TCP segmentation offload" (TSO))')
    expect(d.layers).toContain('udp')
  })

  it('reads options', () => {
    const d = dissect(ipv4(2, hex('1600'), 0, '94040000'), RAW)
    expect(d.tree).toContain('Options: (4 bytes), Router Alert')
    expect(d.row('ip.opt.ra').text).toBe('Router Alert: Router shall examine packet (0)')
    const route = dissect(ipv4(253, hex('00'), 0, '070b04 0a000001 0a000002 00'), RAW)
    expect(route.all('ip.empty_rt').map((row) => row.show)).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(route.tree).toContain('Record Route, End of Options List (EOL)')
    const time = dissect(ipv4(253, hex('00'), 0, '440c0501 0a000001 00001000'), RAW)
    expect(time.row('ip.opt.time_stamp').value).toBe(4096)
  })

  const wrong: [string, string, string][] = [
    ['a header that is too short', '44000014', 'Header Length is below the minimum of 20 bytes'],
    ['a total length below the header', '45000013', 'Total Length of 19 bytes does not even cover the header'],
  ]
  it.each(wrong)('says what is wrong with %s', (_name, start, why) => {
    const d = dissect(concat(hex(start), ipv4(17, UDP).subarray(4)), { linkType: 228 })
    expect(d.row('_ws.malformed').text).toContain(why)
    expect(d.has('ip.version')).toBe(true)
    expect(d.layers).toEqual(['ip'])
  })

  it('remarks on a version that it does not know', () => {
    const d = dissect(concat(hex('55000014'), ipv4(17, UDP).subarray(4)), { linkType: 228 })
    expect(d.row('ip.bogus_ip_version').text).toBe('[Bogus IPv4 version]')
    expect(d.row('ip')).toMatchObject({ start: 0, length: 1 })
    expect(d.layers).toEqual(['ip'])
    expect(d.info).not.toContain('[Malformed Packet]')
  })

  it.each([
    ['a small count of routers', '03', 'c6336402', '"Time To Live" only 3'],
    ['one that mDNS does not begin with', '01', 'e00000fb', '"Time To Live" != 255'],
  ])('remarks on %s', (_what, ttl, destination, why) => {
    const packet = hex(`4500001c 00070000 ${ttl}11 0000 ${SOURCE} ${destination} 0fa00fa1 00080000`)
    expect(dissect(packet, RAW).row('_ws.expert').text).toContain(why)
    packet[8] = ttl === '03' ? 5 : 255
    expect(dissect(packet, RAW).has('_ws.expert')).toBe(false)
  })

  it('hands on to the other version', () => {
    expect(dissect(ipv6(17, UDP), { linkType: 228 }).layers).toEqual(['ip', 'ipv6', 'udp', 'data'])
    // The older protocol's number stands for both in some tunnels; the newer one's never does.
    const other = dissect(ipv4(17, UDP), { linkType: 229 })
    expect(other.layers).toEqual(['ipv6'])
    expect(other.row('_ws.malformed').text).toContain('is 4, not 6')
  })

  it('looks into a first fragment of which bytes were not captured', () => {
    const bytes = ipv4(17, UDP, 0x2000)
    expect(dissect(bytes.subarray(0, 30), { ...RAW, length: bytes.length }).layers).toEqual(['raw', 'ip', 'udp', 'data'])
    expect(dissect(bytes, RAW).layers).toEqual(['raw', 'ip', 'data'])
  })

  it('marks a length that the frame does not have', () => {
    const d = dissect(ipv4(17, UDP).subarray(0, 30), RAW)
    expect(d.tree).toContain('IPv4 total length exceeds packet length (30 bytes)')
  })

  it('marks options that run out of the header', () => {
    expect(dissect(ipv4(253, hex('00'), 0, '07ff0400'), RAW).has('ip.opt.len.invalid')).toBe(true)
  })

  it('survives being cut anywhere', () => {
    checkTruncations(ipv4(17, UDP, 0x4000, '94040000 070b04 0a000001 0a000002 00'), RAW)
    checkTruncations(ipv4(17, UDP, 0x2000), RAW)
  })
})

describe('ipv6', () => {
  it.each([
    ['6to4', '2002c0000204000100000000000000ff', 'ipv6.src_6to4_gw_ipv4', '192.0.2.4', 2],
    ['a network of 6to4', '2002c0000204000100000000000000ff', 'ipv6.src_6to4_sla_id', '1', 6],
    ['a Teredo server', '20010000419e9e508000f12ab9c82815', 'ipv6.src_ts_ipv4', '65.158.158.80', 4],
    ['a Teredo port', '20010000419e9e508000f12ab9c82815', 'ipv6.src_tc_port', '3797', 10],
    ['a Teredo client', '20010000419e9e508000f12ab9c82815', 'ipv6.src_tc_ipv4', '70.55.215.234', 12],
    ['ISATAP', 'fe8000000000000002005efec0000204', 'ipv6.src_isatap_ipv4', '192.0.2.4', 12],
  ])('finds %s in an address', (_what, source, name, show, at) => {
    const packet = hex(`60000000 0008 11 40 ${source} ${'20'.repeat(16)} 0fa00fa1 00081234`)
    expect(dissect(packet, RAW).row(name)).toMatchObject({ show, start: 8 + at })
    packet[8] = 0x30
    packet[16] = 0x30
    expect(dissect(packet, RAW).has(name)).toBe(false)
  })

  it('lays out the header and extension headers', () => {
    const hop = hex('3c 00 05020000 0100')
    const destination = hex('2b 00 0104 00000000')
    const routing = hex('11 02 00 01 00000000 20010db8000000000000000000000009')
    const d = dissect(ipv6(0, concat(hop, destination, routing, UDP)), RAW)
    expect(d.layers).toEqual(['raw', 'ipv6', 'udp', 'data'])
    expect(d.row('ipv6').length).toBe(40 + 8 + 8 + 24)
    expect(d.row('frame.protocols').show).toBe('raw:ipv6:ipv6.hopopts:ipv6.dstopts:ipv6.routing:udp:data')
    expect(d.row('ipv6.opt.router_alert').text).toBe('Router Alert: MLD (0)')
    expect(d.row('ipv6.routing').text).toBe('Routing Header for IPv6 (Source Route)')
    expect(d.row('ipv6.routing.src.addr')).toMatchObject({ start: 64, length: 16, show: '2001:db8::9' })
    expect(ranges(d, 'ipv6').slice(0, 14)).toEqual([
      'ipv6@0+80',
      'ipv6.version@0+1',
      'ipv6.tclass@0+4',
      'ipv6.tclass.dscp@0+4',
      'ipv6.tclass.ecn@0+4',
      'ipv6.flow@1+3',
      'ipv6.plen@4+2',
      'ipv6.nxt@6+1',
      'ipv6.hlim@7+1',
      'ipv6.src@8+16',
      'ipv6.src_host@8+16',
      'ipv6.dst@24+16',
      'ipv6.dst_host@24+16',
      'ipv6.hopopts@40+8',
    ])
  })

  it('puts fragments together', () => {
    const datagram = concat(hex('0fa0 0fa1 0018 1234'), new Uint8Array(16).fill(0x61))
    const part = (at: number, end: number) => {
      const word = (at | (end < datagram.length ? 1 : 0)).toString(16).padStart(4, '0')
      return { bytes: ipv6(44, concat(hex(`11 00 ${word} 0000002a`), datagram.subarray(at, end))), linkType: 101 }
    }
    const capture = new Capture([part(16, 24), part(0, 16)])
    expect(capture.dissect(1).layers).toEqual(['raw', 'ipv6', 'data'])
    expect(capture.dissect(1).row('ipv6.reassembled.in').value).toBe(2)
    expect(capture.dissect(2).layers).toEqual(['raw', 'ipv6', 'udp', 'data'])
    expect(capture.dissect(2).row('ipv6.fragments').text).toBe('[2 IPv6 Fragments (24 bytes): #2(16), #1(8)]')
  })

  it('makes hardware addresses out of addresses', () => {
    const bytes = ipv6(59, hex(''))
    bytes.set(hex('fe80000000000000 b29928fffec8d66c'), 8)
    expect(dissect(bytes, RAW).row('ipv6.src_slaac_mac').show).toBe('b0:99:28:c8:d6:6c')
  })

  it('says what is wrong', () => {
    const bytes = ipv6(17, UDP)
    bytes[0] = 0x70
    expect(dissect(bytes, { linkType: 229 }).row('_ws.malformed').text).toContain('Version is 7, not 6')
    expect(dissect(ipv6(0, hex('11 ff 0000 00000000')), RAW).row('_ws.malformed').text).toContain('IPv6 needs')
  })

  it('ends endless chains of headers', () => {
    const chain = concat(...Array.from({ length: 200 }, () => hex('3c 00 01 04 00000000')))
    expect(dissect(ipv6(60, chain), RAW).layers).toEqual(['raw', 'ipv6'])
  })

  it('survives being cut anywhere', () => {
    checkTruncations(ipv6(0, concat(hex('2c 00 05020000 0100'), hex('11 00 0001 0000002a'), UDP)), RAW)
    checkTruncations(ipv6(51, concat(hex('11 04 0000 11111111 00000001 a0a1a2a3a4a5a6a7a8a9aaab'), UDP)), RAW)
  })
})

describe('ah', () => {
  it('stands between the packet and its payload', () => {
    const d = dissect(ipv4(51, concat(hex('11 04 0000 11111111 00000001 a0a1a2a3a4a5a6a7a8a9aaab'), UDP)), RAW)
    expect(d.layers).toEqual(['raw', 'ip', 'ah', 'udp', 'data'])
    expect(d.row('ah.length').text).toBe('Length: 4 (24 bytes)')
    expect(d.row('ah.icv')).toMatchObject({ start: 32, length: 12 })
  })

  it('says that a length is too short', () => {
    const d = dissect(ipv4(51, hex('11 00 0000 11111111 00000001')), RAW)
    expect(d.row('_ws.malformed').text).toContain('Length is below the minimum of 12 bytes')
  })
})

describe('icmp', () => {
  it('shows a ping', () => {
    const d = dissect(ipv4(1, hex('0800 06fa 1234 0001 70696e67')), RAW)
    expect(d.info).toBe('Echo (ping) request  id=0x1234, seq=1/256, ttl=64 (no response found!)')
    expect(d.row('icmp.checksum').text).toBe('Checksum: 0x06fa [correct]')
    expect(ranges(d, 'icmp')).toEqual([
      'icmp@20+12',
      'icmp.type@20+1',
      'icmp.code@21+1',
      'icmp.checksum@22+2',
      'icmp.ident@24+2',
      'icmp.ident_le@24+2',
      'icmp.seq@26+2',
      'icmp.seq_le@26+2',
    ])
    expect(d.row('icmp.ident_le').text).toBe('Identifier (LE): 13330 (0x3412)')
    expect(dissect(ipv4(1, hex('0800 06fb 1234 0001 70696e67')), RAW).row('icmp.checksum.status').value).toBe(0)
  })

  it('shows the packet that an error quotes under it, with its stream', () => {
    const quoted = ipv4(17, UDP).subarray(0, 28)
    const capture = new Capture([
      { bytes: ipv4(17, UDP), linkType: 101 },
      { bytes: ipv4(1, concat(hex('0303 0000 00000000'), quoted)), linkType: 101 },
    ])
    const d = capture.dissect(2)
    expect(d.layers).toEqual(['raw', 'ip', 'icmp', 'ip', 'udp'])
    expect(d.all('ip')[1]).toMatchObject({ depth: 1, start: 28, length: 20 })
    expect(d.row('udp.stream').value).toBe(0)
    expect(d.info).toBe('Destination unreachable (Port unreachable)')
    expect(d.has('_ws.malformed')).toBe(false)
  })

  it('reads redirects, path MTUs, pointers, time stamps, masks and routers', () => {
    const quote = ipv4(17, UDP)
    expect(dissect(ipv4(1, concat(hex('0501 0000 c00002fe'), quote)), RAW).row('icmp.redir_gw').show).toBe('192.0.2.254')
    expect(dissect(ipv4(1, concat(hex('0304 0000 0000 05dc'), quote)), RAW).row('icmp.mtu').value).toBe(1500)
    expect(dissect(ipv4(1, concat(hex('0c00 0000 14000000'), quote)), RAW).row('icmp.pointer').value).toBe(20)
    const stamp = dissect(ipv4(1, hex('0d00 0000 0001 0002 00000001 00000002 00000003')), RAW)
    expect(stamp.row('icmp.transmit_timestamp')).toMatchObject({ start: 36, length: 4, value: 3 })
    expect(dissect(ipv4(1, hex('1200 0000 0001 0002 ffffff00')), RAW).row('icmp.address_mask').show).toBe('255.255.255.0')
    expect(dissect(ipv4(1, hex('0900 0000 01 02 0708 c0000201 80000000')), RAW).row('icmp.pref_level').value).toBe(-(2 ** 31))
    expect(dissect(ipv4(1, hex('0900 0000 01 01 0708 c0000201')), RAW).row('_ws.malformed').text).toContain('Address entry size')
  })

  it('survives being cut anywhere', () => {
    checkTruncations(ipv4(1, concat(hex('0303 0000 00000000'), ipv4(17, UDP))), RAW)
    checkTruncations(ipv4(1, hex('0900 0000 02 02 0708 c0000201 80000000 c0000202 00000000')), RAW)
    checkTruncations(ipv4(1, hex('0d00 0000 0001 0002 00000001 00000002 00000003')), RAW)
  })

  it('does not follow quotes in quotes for ever', () => {
    let packet = ipv4(17, UDP)
    for (let i = 0; i < 100; i++) packet = ipv4(1, concat(hex('0303 0000 00000000'), packet))
    expect(dissect(packet, RAW).tree).toContain('more than 64 layers')
  })
})

describe('icmpv6', () => {
  const message = (text: string) => dissect(ipv6(58, hex(text)), RAW)
  const TARGET = 'fe800000000000000000000000000001'

  it('checks the checksum over the addresses too', () => {
    const bytes = hex('8000 0000 6161 0001')
    expect(dissect(ipv6(58, bytes), RAW).row('icmpv6.checksum.status').value).toBe(0)
    let sum = 0
    const all = concat(hex(SIX), hex('00000008 0000003a'), bytes)
    for (let i = 0; i < all.length; i += 2) sum += (all[i]! << 8) | all[i + 1]!
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
    bytes[2] = (~sum >> 8) & 0xff
    bytes[3] = ~sum & 0xff
    expect(dissect(ipv6(58, bytes), RAW).row('icmpv6.checksum').text).toContain('[correct]')
  })

  it('reads neighbour discovery', () => {
    const ask = message(`8700 0000 00000000 ${TARGET} 0101 001f29da2d79`)
    expect(ask.info).toBe('Neighbor Solicitation for fe80::1 from 00:1f:29:da:2d:79')
    expect(ask.row('icmpv6.opt')).toMatchObject({ start: 64, length: 8 })
    const answer = message(`8800 0000 60000000 ${TARGET} 0201 001f29da2d79`)
    expect(answer.info).toBe('Neighbor Advertisement fe80::1 (sol, ovr) is at 00:1f:29:da:2d:79')
    expect(answer.row('icmpv6.nd.na.flag.s').text).toContain('Solicited: Set')
    const router = message(`8600 0000 40 c0 0708 00000000 00000000 0304 40 c0 00278d00 00093a80 00000000 20010db8000000000000000000000000`)
    expect(router.row('icmpv6.nd.ra.flag.m').value).toBe(1)
    expect(router.row('icmpv6.opt').text).toBe('ICMPv6 Option (Prefix information : 2001:db8::/64)')
    const servers = message(
      `8600 0000 40 00 0708 00000000 00000000 1903 0000 00000e10 ${TARGET} 1f03 0000 00000e10 07 6578616d706c65 03 6f7267 00 00 00 00`,
    )
    expect(servers.row('icmpv6.opt.rdnss').show).toBe('fe80::1')
    expect(servers.row('icmpv6.opt.dnssl').show).toBe('example.org')
  })

  it('reads listener reports', () => {
    const d = message(`8f00 0000 0000 0001 04 00 0000 ff020000000000000000000000000016`)
    expect(d.row('icmpv6.mldr.mar').text).toBe('Multicast Address Record Changed to exclude: ff02::16')
    expect(message(`8f00 0000 0000 ffff 04 00 0000 ${TARGET}`).has('_ws.malformed')).toBe(true)
  })

  it('shows the packet that an error quotes', () => {
    const d = dissect(ipv6(58, concat(hex('0200 0000 000005dc'), ipv6(17, UDP))), RAW)
    expect(d.layers).toEqual(['raw', 'ipv6', 'icmpv6', 'ipv6', 'udp', 'data'])
    expect(d.row('icmpv6.mtu').value).toBe(1500)
    expect(d.info).toBe('Packet Too Big')
  })

  it('stops at an option without a length', () => {
    expect(message(`8700 0000 00000000 ${TARGET} 0100 001f29da2d79`).tree).toContain('Invalid option length (Zero)')
  })

  it('survives being cut anywhere', () => {
    const router = `8600 0000 40 c0 0708 00000000 00000000 1f03 0000 00000e10 07 6578616d706c65 03 6f7267 00 00 00 00 1803 40 08 00000e10 ${TARGET}`
    checkTruncations(ipv6(58, hex(router)), RAW)
    checkTruncations(ipv6(58, hex(`8f00 0000 0000 0001 04 01 0001 ${TARGET} ${TARGET} 01020304`)), RAW)
    checkTruncations(ipv6(58, hex(`8900 0000 00000000 ${TARGET} ${TARGET} 0402 000000000000 6000000000003b40`)), RAW)
  })
})

describe('udp', () => {
  it('shows ports, stream and payload', () => {
    const back = hex('0fa1 0fa0 0009 0000 61')
    const swapped = concat(hex(`4500 001d 0007 4000 40 11 0000 ${DESTINATION} ${SOURCE}`), back)
    const other = ipv4(17, hex('0fa0 0fa2 0008 1234'))
    const capture = new Capture([ipv4(17, UDP), other, swapped].map((bytes) => ({ bytes, linkType: 101 })))
    const d = capture.dissect(1)
    expect(d.info).toBe('4000 → 4001 Len=4')
    expect(d.row('udp.payload').text).toBe('UDP payload (4 bytes)')
    expect(ranges(d, 'udp')).toEqual([
      'udp@20+8',
      'udp.srcport@20+2',
      'udp.dstport@22+2',
      'udp.length@24+2',
      'udp.checksum@26+2',
      'udp.payload@28+4',
    ])
    expect([1, 2, 3].map((n) => capture.dissect(n).row('udp.stream').value)).toEqual([0, 1, 0])
    expect(capture.dissect(3).row('udp.checksum').text).toBe('Checksum: 0x0000 [zero-value ignored]')
  })

  it('does not allow IPv6 to go without a checksum', () => {
    const d = dissect(ipv6(17, hex('0fa0 0fa1 0008 0000')), RAW)
    expect(d.row('udp.checksum').text).toBe('Checksum: 0x0000 [zero-value illegal]')
    expect(d.has('udp.checksum.zero')).toBe(true)
  })

  it.each([
    ['0007', 'Bad length value 7 < 8'],
    ['0040', 'Bad length value 64 > IP payload length'],
  ])('marks the bad length %s', (length, why) => {
    const d = dissect(ipv4(17, hex(`0fa0 0fa1 ${length} 1234 70696e67`)), RAW)
    expect(d.tree).toContain(why)
    expect(d.has('udp.length.bad')).toBe(true)
  })

  it('survives being cut anywhere', () => checkTruncations(ipv4(17, UDP), RAW))
})
