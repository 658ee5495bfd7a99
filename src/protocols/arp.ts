// Address Resolution Protocol: RFC 826; reverse ARP: RFC 903; probes and announcements: RFC 5227.
//
//   0         2              4        5           6          8 …
//   hardware  protocol type  hw size  proto size  operation  sender hw, sender protocol, target hw, target protocol address

import { bytes, defineProtocol, ether, flag, type Get, ipv4, u8, u16 } from '../core/protocol.ts'
import { arpHardware, arpOperations } from './names/arp.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 8
const ETHERNET = 1
const IEEE_802 = 6
const IPV4 = 0x0800
const REQUEST = 1
const REPLY = 2

const F = {
  hardware: u16('arp.hw.type', 'Hardware type', {
    at: 0,
    names: arpHardware,
    about: 'Says which kind of hardware addresses the message is about.',
  }),
  protocol: u16('arp.proto.type', 'Protocol type', {
    at: 2,
    base: 'hex',
    names: etherTypes,
    about: 'Says which kind of network addresses the message is about.',
  }),
  hardwareSize: u8('arp.hw.size', 'Hardware size', { at: 4, about: 'Counts the bytes of each hardware address.' }),
  protocolSize: u8('arp.proto.size', 'Protocol size', { at: 5, about: 'Counts the bytes of each network address.' }),
  operation: u16('arp.opcode', 'Opcode', {
    at: 6,
    names: arpOperations,
    about: 'Tells whether this is a question or an answer.',
    explain: (value) =>
      value === REQUEST ? 'Asks everybody who has the target address.' : value === REPLY ? 'Answers with the hardware address.' : '',
  }),
  gratuitous: flag('arp.isgratuitous', 'Is gratuitous', {
    generated: true,
    about: 'Tells that nobody asked: sender and target are the same address.',
  }),
  probe: flag('arp.isprobe', 'Is probe', {
    generated: true,
    about: 'Tells that the sender checks whether an address is free before it uses it.',
  }),
  announcement: flag('arp.isannouncement', 'Is announcement', {
    generated: true,
    about: 'Tells that the sender makes known which address it uses from now on.',
  }),
  senderHardware: bytes('arp.src.hw', 'Sender hardware address', { about: 'The hardware address of whoever sent the message.' }),
  senderEther: ether('arp.src.hw_mac', 'Sender MAC address', { about: 'The hardware address of whoever sent the message.' }),
  senderProtocol: bytes('arp.src.proto', 'Sender protocol address', { about: 'The network address of whoever sent the message.' }),
  senderIpv4: ipv4('arp.src.proto_ipv4', 'Sender IP address', { about: 'The IP address of whoever sent the message.' }),
  targetHardware: bytes('arp.dst.hw', 'Target hardware address', { about: 'The hardware address asked for, empty in a question.' }),
  targetEther: ether('arp.dst.hw_mac', 'Target MAC address', { about: 'The hardware address asked for, zero in a question.' }),
  targetProtocol: bytes('arp.dst.proto', 'Target protocol address', { about: 'The network address that the message is about.' }),
  targetIpv4: ipv4('arp.dst.proto_ipv4', 'Target IP address', { about: 'The IP address that the message is about.' }),
}

/** Numbers behind the names: RARP and its kin answer the reverse question. */
const isReverse = (operation: number) => operation === 3 || operation === 4

function kind(get: Get): string {
  const operation = get.number(F.operation)
  if (get.has(F.probe)) return 'ARP Probe'
  if (get.has(F.announcement)) return 'ARP Announcement'
  if (get.has(F.gratuitous)) return operation === REQUEST ? 'request/gratuitous ARP' : 'reply/gratuitous ARP'
  return arpOperations[operation] ?? `opcode 0x${operation.toString(16).padStart(4, '0')}`
}

const senderProtocol = (get: Get) => get.text(F.senderIpv4) || get.text(F.senderProtocol)
const targetProtocol = (get: Get) => get.text(F.targetIpv4) || get.text(F.targetProtocol)
const senderHardware = (get: Get) => get.text(F.senderEther) || get.text(F.senderHardware)
const targetHardware = (get: Get) => get.text(F.targetEther) || get.text(F.targetHardware)

export const arp = defineProtocol({
  name: 'arp',
  title: 'Address Resolution Protocol',
  spec: 'RFC 826',
  about: 'Finds the hardware address that belongs to a network address.',
  fields: F,
  accepts: { 'arcnet.protID': [0xd5, 0xf1], 'eth.type': [0x0806, 0x8035], 'gre.proto': [0x0806] },
  heading: (get) => (get.has(F.operation) ? `Address Resolution Protocol (${kind(get)})` : 'Address Resolution Protocol'),

  summary(get) {
    const operation = get.number(F.operation)
    if (get.has(F.probe)) return `Who has ${targetProtocol(get)}? (ARP Probe)`
    if (get.has(F.announcement)) return `ARP Announcement for ${targetProtocol(get)}`
    if (get.has(F.gratuitous)) return `Gratuitous ARP for ${targetProtocol(get)} (${operation === REQUEST ? 'Request' : 'Reply'})`
    if (operation === REQUEST) return `Who has ${targetProtocol(get)}? Tell ${senderProtocol(get)}`
    if (operation === REPLY) return `${senderProtocol(get)} is at ${senderHardware(get)}`
    if (operation === 3) return `Who is ${targetHardware(get)}? Tell ${senderHardware(get)}`
    if (operation === 4) return `${targetHardware(get)} is at ${targetProtocol(get)}`
    return get.has(F.operation) ? kind(get) : 'cut short'
  },

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const hardware = p.u8(4)
    const protocol = p.u8(5)
    const operation = p.u16(6)
    const total = HEADER + 2 * (hardware + protocol)
    if (!p.has(total)) return p.short(total)
    p.limit(total)
    const type = p.u16(0)
    const isEther = (type === ETHERNET || type === IEEE_802) && hardware === 6
    const isIpv4 = p.u16(2) === IPV4 && protocol === 4
    const sender = HEADER
    const senderAddress = sender + hardware
    const target = senderAddress + protocol
    const targetAddress = target + hardware
    // The columns show hardware addresses, as the link layer has set them.
    if (p.recording && isIpv4 && !isReverse(operation)) {
      const from = p.u32(senderAddress)
      if (operation === REQUEST && from === 0) p.generate(F.probe, 1)
      else if (from === p.u32(targetAddress)) {
        p.generate(F.gratuitous, 1)
        let asked = 0
        for (let i = 0; i < hardware; i++) asked |= p.u8(target + i)
        if (operation === REQUEST && asked === 0) p.generate(F.announcement, 1)
      }
    }
    if (hardware > 0) p.add(isEther ? F.senderEther : F.senderHardware, sender, hardware)
    if (protocol > 0) p.add(isIpv4 ? F.senderIpv4 : F.senderProtocol, senderAddress, protocol)
    if (hardware > 0) p.add(isEther ? F.targetEther : F.targetHardware, target, hardware)
    if (protocol > 0) p.add(isIpv4 ? F.targetIpv4 : F.targetProtocol, targetAddress, protocol)
  },
})
