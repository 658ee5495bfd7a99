// Filters on the fields of link and network layers: each holds on one packet and not on another. Only the fields that the filter names are
// recorded, as when a whole capture is filtered.

import { expect, it } from 'vitest'
import { checkFilter, compileFilter, planOf } from '../../../src/filter/index.ts'
import { Capture, hex, registry } from './harness.ts'

const ETHERNET = 'ffffffffffff 001f29da2d79'
const ARP = `${ETHERNET} 0806 0001 0800 06 04 0001 001f29da2d79 c0a80168 000000000000 c0a80101`
const UDP = '0fa0 0fa1 000c 1234 70696e67'
const IPV4 = `4500 0020 0007 4000 40 11 0000 c0000201 c6336402 ${UDP}`
const PING = '4500 0020 0007 4000 40 01 0000 c0000201 c6336402 0800 06fa 1234 0001 70696e67'
const IPV6 = `60000000 000c 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002 ${UDP}`
const HOP = `60000000 0014 00 40 20010db8000000000000000000000001 20010db8000000000000000000000002 11 00 05020000 0100 ${UDP}`
const NEIGHBOR =
  '60000000 0020 3a ff 20010db8000000000000000000000001 20010db8000000000000000000000002 8700 0000 00000000 fe800000000000000000000000000001 0101 001f29da2d79'

const cases: [string, string, string, number?][] = [
  ['frame.len == 42 and frame.cap_len == 42', ARP, `${ETHERNET} 0800 ${IPV4}`],
  ['frame.protocols == "eth:ethertype:arp"', ARP, `${ETHERNET} 0800 ${IPV4}`],
  ['eth.addr == 00:1f:29:da:2d:79', ARP, `ffffffffffff 020000000001 0800 ${IPV4}`],
  ['eth.dst.ig == 1', ARP, `020000000002 020000000001 0800 ${IPV4}`],
  ['eth.type == 0x0806', ARP, `${ETHERNET} 0800 ${IPV4}`],
  ['eth.padding', `${ARP} ${'00'.repeat(18)}`, ARP],
  ['vlan.id == 11', `${ETHERNET} 8100 000b 0800 ${IPV4}`, `${ETHERNET} 8100 000c 0800 ${IPV4}`],
  ['ieee8021ad.id == 200', `${ETHERNET} 88a8 00c8 8100 000b 0800 ${IPV4}`, `${ETHERNET} 8100 00c8 0800 ${IPV4}`],
  ['llc.dsap == 0x42', `${ETHERNET} 0005 424203 0102`, `${ETHERNET} 0005 434203 0102`],
  ['null.family == 30', `1e000000 ${IPV6}`, `02000000 ${IPV4}`, 0],
  ['raw and ip', IPV4, IPV6, 101],
  ['sll.pkttype == 4', `0004 0001 0006 002481aabbcc 0000 0800 ${IPV4}`, `0000 0001 0006 002481aabbcc 0000 0800 ${IPV4}`, 113],
  ['arp.opcode == 1 and arp.src.proto_ipv4 == 192.168.1.104', ARP, `${ETHERNET} 0800 ${IPV4}`],
  ['ip.addr == 198.51.100.2 and ip.flags.df == 1', IPV4, IPV4.replace('4000', '0000'), 101],
  ['ip.src == 192.0.2.0/24', IPV4, IPV4.replace('c0000201', 'c0000301'), 101],
  ['ipv6.dst == 2001:db8::2', IPV6, IPV6.replace(/02 0fa0/, '03 0fa0'), 101],
  ['ipv6.hopopts and ipv6.opt.router_alert == 0', HOP, IPV6, 101],
  ['ip.version == 6', IPV6, IPV4, 101],
  ['icmp.type == 8 and icmp.seq == 1', PING, IPV4, 101],
  ['icmpv6.nd.ns.target_address == fe80::1', NEIGHBOR, IPV6, 101],
  ['icmpv6.opt.type == 1', NEIGHBOR, IPV6, 101],
  ['udp.port == 4001', IPV4, IPV4.replace('0fa1', '0fa2'), 101],
  ['udp.stream == 0', IPV4, PING, 101],
  ['data.len == 4 and data.data contains 69:6e', IPV4, IPV4.replace('70696e67', '70606e67'), 101],
]

it.each(cases)('%s', (text, yes, no, linkType = 1) => {
  const checked = checkFilter(text, registry)
  if (!checked.ok) throw new Error(`${checked.message} at ${checked.start}`)
  const filter = compileFilter(checked.filter)
  const plan = planOf(filter.fields, registry)
  const matches = (packet: string, planned: boolean) => {
    const bytes = hex(packet)
    const { dissection } = new Capture([{ bytes, linkType }])
    const facts = { packet: 1, captured: bytes.length, length: bytes.length, seconds: 0, nanos: 0, interfaceId: 0 }
    dissection.record(bytes, 0, facts, linkType, planned ? plan : null)
    return filter.matches(dissection)
  }
  expect([matches(yes, true), matches(yes, false)]).toEqual([true, true])
  expect([matches(no, true), matches(no, false)]).toEqual([false, false])
})
