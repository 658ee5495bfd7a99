// Virtual eXtensible Local Area Network: RFC 7348. Group policy: draft-smith-vxlan-group-policy. Generic protocol extension, on a port of its
// own and with the kind of what follows: draft-ietf-nvo3-vxlan-gpe.
//
//   0      2             4    7          8
//   flags  group policy  VNI  reserved   Ethernet frame
//   flags  reserved|next VNI  reserved   frame or packet       (GPE)

import { defineProtocol, flag16, u8, u16, u24 } from '../core/protocol.ts'

const HEADER = 8

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
  // Never shown: it only selects the frame that the tunnel carries, as an EtherType would.
  frame: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of frame that a tunnel of this kind always carries.' }),
}

const BRIDGED = 0x6558

export const vxlan = defineProtocol({
  name: 'vxlan',
  title: 'Virtual eXtensible Local Area Network',
  spec: 'RFC 7348',
  about: 'Carries Ethernet frames through an IP network, so that far machines share one local network.',
  fields: F,
  accepts: { 'udp.dstport': [4789] },
  summary: (get) => `VNI ${get.text(F.network)}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.span(HEADER)
    p.next(F.frame, BRIDGED, HEADER)
  },
})
