// What machines on one network tell each other: IGMP, STP, LLDP; and the headers of SCTP.

import { describe, expect, it } from 'vitest'
import { checkFilter, compileFilter, planOf } from '../../../src/filter/index.ts'
import { Capture, checkTruncations, dissect, hex, ranges, registry } from './harness.ts'
import { ETHERNET, ipv4 } from './tunnels.ts'

const RAW = 101
const REPORT = ipv4('02', '2200 f2f9 0000 0001 0400 0001 e00000fb c0000209')
const QUERY = ipv4('02', '1164 ec1e 00000000 02 7d 0000')
const STP = `${ETHERNET} 0027 424203 0000 02 02 3c 84bd aabbcc000300 00000004 84bd aabbcc000400 8002 0100 1400 0200 0f00 00`
const LLDP = `${ETHERNET} 88cc 0207 04 00219106f166 0403 01 3139 0602 0078 0a03 616263 0804 65746830 0c02 6f73 0e02 0014 0000`
const SCTP = ipv4('84', 'bfec 8e3c 10213243 00000000 0003 0012 00000000 0001 0002 0000000a 6869 0000 0b00 0004')

function holds(text: string, packet: string, linkType: number): boolean {
  const checked = checkFilter(text, registry)
  if (!checked.ok) throw new Error(`${checked.message} at ${checked.start}`)
  const filter = compileFilter(checked.filter)
  const bytes = hex(packet)
  const { dissection } = new Capture([{ bytes, linkType }])
  const facts = { packet: 1, captured: bytes.length, length: bytes.length, seconds: 0, nanos: 0, interfaceId: 0 }
  dissection.record(bytes, 0, facts, linkType, planOf(filter.fields, registry))
  return filter.matches(dissection)
}

describe('igmp', () => {
  it('shows a report of version 3 with its records', () => {
    const d = dissect(REPORT, { linkType: RAW })
    expect(d.layers.at(-1)).toBe('igmp')
    expect(d.info).toBe('Membership Report / Join group 224.0.0.251, for source not {192.0.2.9}')
    expect(d.row('igmp.version').show).toBe('3')
    expect(d.tree).toContain('Group Record : 224.0.0.251  Change To Exclude Mode')
    expect(ranges(d, 'igmp')).toEqual([
      'igmp@20+20',
      'igmp.type@20+1',
      'igmp.reserved@21+1',
      'igmp.checksum@22+2',
      'igmp.reserved@24+2',
      'igmp.num_grp_recs@26+2',
      'igmp.record_type@28+1',
      'igmp.aux_data_len@29+1',
      'igmp.num_src@30+2',
      'igmp.maddr@32+4',
      'igmp.saddr@36+4',
    ])
  })

  it('tells the versions of questions and answers apart', () => {
    const version = (packet: string) => dissect(ipv4('02', packet), { linkType: RAW }).row('igmp.version').show
    expect(version('1164 ec1e 00000000 02 7d 0000')).toBe('3')
    expect(version('1164 ee9b 00000000')).toBe('2')
    expect(version('1100 eeff 00000000')).toBe('1')
    expect(version('1200 0d04 e00000fb')).toBe('1')
    expect(version('1600 0904 e00000fb')).toBe('2')
  })

  it('checks the checksum', () => {
    const status = (packet: string) => dissect(ipv4('02', packet), { linkType: RAW }).row('igmp.checksum.status').text
    expect(status('1200 0d04 e00000fb')).toBe('[Checksum Status: Good]')
    expect(status('1200 0d05 e00000fb')).toBe('[Checksum Status: Bad]')
  })

  it('can be cut anywhere, and promises more than there is', () => {
    for (const packet of [REPORT, QUERY]) checkTruncations(packet, { linkType: RAW })
    expect(dissect(ipv4('02', '2200 f2f9 0000 0002 0400 0000 e00000fb'), { linkType: RAW }).has('_ws.malformed')).toBe(true)
  })

  it('is found by a filter', () => {
    expect(holds('igmp.maddr == 224.0.0.251 and igmp.record_type == 4', REPORT, RAW)).toBe(true)
    expect(holds('igmp.maddr == 224.0.0.251 and igmp.record_type == 4', QUERY, RAW)).toBe(false)
  })
})

describe('stp', () => {
  it('shows what a switch says of the tree', () => {
    const d = dissect(STP)
    expect(d.layers).toEqual(['eth', 'llc', 'stp'])
    expect(d.info).toBe('RST. Root = 32768/1213/aa:bb:cc:00:03:00  Cost = 4  Port = 0x8002')
    expect(d.row('stp.max_age').show).toBe('20')
    expect(d.row('stp.flags.port_role').text).toBe('.... 11.. = Port Role: Designated (3)')
    expect(ranges(d, 'stp').filter((row) => !row.includes('flags.'))).toEqual([
      'stp@17+36',
      'stp.protocol@17+2',
      'stp.version@19+1',
      'stp.type@20+1',
      'stp.flags@21+1',
      'stp.root.prio@22+1',
      'stp.root.ext@22+2',
      'stp.root.hw@24+6',
      'stp.root.cost@30+4',
      'stp.bridge.prio@34+1',
      'stp.bridge.ext@34+2',
      'stp.bridge.hw@36+6',
      'stp.port@42+2',
      'stp.msg_age@44+2',
      'stp.max_age@46+2',
      'stp.hello@48+2',
      'stp.forward@50+2',
      'stp.version_1_length@52+1',
    ])
  })

  it('knows reports of a change, and the trees of Cisco, one for each network', () => {
    expect(dissect(`${ETHERNET} 0007 424203 0000 00 80`).info).toBe('Topology Change Notification')
    expect(dissect(`${ETHERNET} 000c aaaa03 00000c 010b 0000 00 80`).layers).toEqual(['eth', 'llc', 'stp'])
  })

  it('can be cut anywhere', () => {
    checkTruncations(STP)
    expect(dissect(`${ETHERNET} 0008 424203 0000 00 00 00`).row('_ws.malformed').text).toContain('STP needs')
  })

  it('is found by a filter', () => {
    expect(holds('stp.root.hw == aa:bb:cc:00:03:00 and stp.port == 0x8002', STP, 1)).toBe(true)
    expect(holds('stp.root.hw == aa:bb:cc:00:03:00', STP.replace('aabbcc000300', 'aabbcc000301'), 1)).toBe(false)
  })
})

describe('lldp', () => {
  it('shows who is at the other end of the cable', () => {
    const d = dissect(LLDP)
    expect(d.layers).toEqual(['eth', 'lldp'])
    expect(d.info).toBe('Chassis = 00:21:91:06:f1:66 Port = 19 TTL = 120 SysName = abc')
    expect(ranges(d, 'lldp').filter((row) => !row.includes('tlv.'))).toEqual([
      'lldp@14+39',
      'lldp.chassis.subtype@16+1',
      'lldp.chassis.id.mac@17+6',
      'lldp.port.subtype@25+1',
      'lldp.port.id@26+2',
      'lldp.time_to_live@30+2',
      'lldp.port.desc@39+4',
      'lldp.unknown_subtype.content@49+2',
    ])
  })

  it('can be cut anywhere, and promises more than there is', () => {
    checkTruncations(LLDP)
    expect(dissect(`${ETHERNET} 88cc 0207 04 0021`).row('_ws.malformed').text).toContain('LLDP needs')
  })

  it('is found by a filter', () => {
    expect(holds('lldp.time_to_live == 120 and lldp.port.id == "19"', LLDP, 1)).toBe(true)
    expect(holds('lldp.time_to_live == 120', LLDP.replace('0078', '0079'), 1)).toBe(false)
  })
})

describe('sctp', () => {
  it('shows the chunks of a packet', () => {
    const d = dissect(SCTP, { linkType: RAW })
    expect(d.layers).toEqual(['raw', 'ip', 'sctp'])
    expect(d.info).toBe('DATA COOKIE_ACK')
    expect(ranges(d, 'sctp')).toEqual([
      'sctp@20+36',
      'sctp.srcport@20+2',
      'sctp.dstport@22+2',
      'sctp.verification_tag@24+4',
      'sctp.checksum@28+4',
      'sctp.chunk_type@32+1',
      'sctp.chunk_flags@33+1',
      'sctp.chunk_length@34+2',
      'sctp.chunk_value@36+14',
      'sctp.chunk_type@52+1',
      'sctp.chunk_flags@53+1',
      'sctp.chunk_length@54+2',
    ])
  })

  it('can be cut anywhere; chunks must hold their own header', () => {
    checkTruncations(SCTP, { linkType: RAW })
    const short = dissect(ipv4('84', 'bfec 8e3c 10213243 00000000 0003 0003'), { linkType: RAW })
    expect(short.row('_ws.malformed').text).toContain('Chunk length of 3 bytes')
  })

  it('is found by a filter', () => {
    expect(holds('sctp.port == 36412 and sctp.chunk_type == 11', SCTP, RAW)).toBe(true)
    expect(holds('sctp.port == 36412 and sctp.chunk_type == 11', SCTP.replace('0b00', '0a00'), RAW)).toBe(false)
  })
})
