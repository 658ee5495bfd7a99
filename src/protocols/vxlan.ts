// Virtual eXtensible Local Area Network: RFC 7348. Group policy: draft-smith-vxlan-group-policy. Generic protocol extension, on a port of its
// own and with the kind of what follows: draft-ietf-nvo3-vxlan-gpe.
//
//   0      2             4    7          8
//   flags  group policy  VNI  reserved   Ethernet frame
//   flags  reserved|next VNI  reserved   frame or packet       (GPE)

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, flag16, u8, u16, u24 } from '../core/protocol.ts'

const HEADER = 8
const UDP_HEADER = 8
const PORT = 4789
const PORT_EXTENDED = 4790

const F = {
  flags: u16('vxlan.flags', 'Flags', {
    at: 0,
    base: 'hex',
    about: 'Says which parts of the header have a meaning.',
    display: (_get, value, shown) => `Flags: ${shown}${(value & 0x0800) !== 0 ? ', VXLAN Network ID (VNI)' : ''}`,
  }),
  policyFlag: flag16('vxlan.flag_g', 'GBP Extension', {
    at: 0,
    mask: 0x8000,
    in: 'vxlan.flags',
    states: ['Defined', 'Not defined'],
    about: 'Tells whether the header names a group that policies are applied to.',
  }),
  networkFlag: flag16('vxlan.flag_i', 'VXLAN Network ID (VNI)', {
    at: 0,
    mask: 0x0800,
    in: 'vxlan.flags',
    about: 'Tells whether the number of the network is valid, which it must be.',
  }),
  dontLearn: flag16('vxlan.flag_d', "Don't Learn", {
    at: 0,
    mask: 0x0040,
    in: 'vxlan.flags',
    about: 'Asks the far end not to learn the source address of the frame.',
  }),
  applied: flag16('vxlan.flag_a', 'Policy Applied', {
    at: 0,
    mask: 0x0008,
    in: 'vxlan.flags',
    about: 'Tells whether the policy of the group was applied before.',
  }),
  reservedFlags: u16('vxlan.flags_reserved', 'Reserved(R)', {
    at: 0,
    mask: 0x77b7,
    base: 'hex',
    in: 'vxlan.flags',
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  policy: u16('vxlan.gbp', 'Group Policy ID', { at: 2, about: 'The group that the sender of the frame belongs to, for policies.' }),
  network: u24('vxlan.vni', 'VXLAN Network Identifier (VNI)', {
    at: 4,
    about: 'The number of the virtual network that the frame belongs to.',
  }),
  reserved: u8('vxlan.reserved8', 'Reserved', { at: 7, about: 'A byte without a meaning, which senders must leave at zero.' }),
  flags8: u8('vxlan.flags', 'Flags', { base: 'hex', about: 'Says which parts of the extended header have a meaning.' }),
  version: u8('vxlan.ver', 'Version', { mask: 0x30, about: 'The version of the extended protocol, which is always 0.' }),
  instance: u8('vxlan.i_bit', 'Instance', { mask: 0x08, about: 'Tells whether the number of the network is valid.' }),
  nextBit: u8('vxlan.p_bit', 'Next Protocol Bit', { mask: 0x04, about: 'Tells whether the header says what follows.' }),
  oam: u8('vxlan.o_bit', 'OAM bit', { mask: 0x01, about: 'Tells whether the packet is about the tunnel itself.' }),
  reserved8: u8('vxlan.flags_reserved', 'Reserved(R)', {
    mask: 0xc2,
    base: 'hex',
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  reserved16: u16('vxlan.reserved_16', 'Reserved', { about: 'Bytes without a meaning, which senders must leave at zero.' }),
  next: u8('vxlan.next_proto', 'Next Protocol', {
    names: { 1: 'IPv4', 2: 'IPv6', 3: 'Ethernet', 4: 'Network Service Header', 5: 'MPLS' },
    about: 'Says which protocol the packet in the tunnel belongs to.',
  }),
  network8: u24('vxlan.vni', 'VXLAN Network Identifier (VNI)', { about: 'The number of the virtual network that the packet belongs to.' }),
  last: u8('vxlan.reserved8', 'Reserved', { about: 'A byte without a meaning, which senders must leave at zero.' }),
  // Never shown: it only selects the frame that the tunnel carries, as an EtherType would.
  frame: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of frame that a tunnel of this kind always carries.' }),
}

const BRIDGED = 0x6558
/** Ethernet types of the next protocols of the extended header. */
const etherTypeOf: Readonly<Record<number, number>> = { 1: 0x0800, 2: 0x86dd, 3: BRIDGED, 4: 0x894f, 5: 0x8847 }

export const vxlan = defineProtocol({
  name: 'vxlan',
  title: 'Virtual eXtensible Local Area Network',
  spec: 'RFC 7348',
  about: 'Carries Ethernet frames through an IP network, so that far machines share one local network.',
  fields: F,
  accepts: { 'udp.dstport': [PORT, PORT_EXTENDED] },
  summary: (get) => `VNI ${get.text(F.network)}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.span(HEADER)
    if (extended(p)) {
      if (p.recording) recordExtended(p)
      p.next(F.frame, etherTypeOf[p.u8(3)] ?? 0, HEADER)
      return
    }
    p.header()
    p.next(F.frame, BRIDGED, HEADER)
  },
})

/** Only the port tells the extended protocol from the other: it stands in the UDP header just before this one. */
function extended(p: Dissection): boolean {
  if (p.base < UDP_HEADER) return false
  const source = p.u16(-UDP_HEADER)
  const destination = p.u16(2 - UDP_HEADER)
  return source !== PORT && destination !== PORT && (source === PORT_EXTENDED || destination === PORT_EXTENDED)
}

function recordExtended(p: Dissection): void {
  p.open(F.flags8, 0)
  for (const field of [F.version, F.instance, F.nextBit, F.oam, F.reserved8]) p.add(field, 0)
  p.close()
  p.add(F.reserved16, 1)
  p.add(F.next, 3)
  p.add(F.network8, 4)
  p.add(F.last, 7)
}
