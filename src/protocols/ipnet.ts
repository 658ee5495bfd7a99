// Solaris IPNET: what its IP layer hands to observers, the loopback interface included (LINKTYPE_IPNET).
//
//   0        1       2          4       8          12               16           20                24
//   version  family  direction  length  interface  interface group  source zone  destination zone  IP packet

import { defineProtocol, u8, u16, u32 } from '../core/protocol.ts'

const HEADER = 24

const F = {
  version: u8('ipnet.version', 'Header version', { at: 0, about: 'The version of this header, which is always 1 so far.' }),
  family: u8('ipnet.family', 'Address family', {
    at: 1,
    names: { 2: 'Solaris AF_INET', 26: 'Solaris AF_INET6' },
    about: 'Says which version of IP the packet belongs to, in the numbers of Solaris.',
  }),
  direction: u16('ipnet.htype', 'Hook type', {
    at: 2,
    names: { 0: 'Inbound', 1: 'Outbound', 2: 'Local' },
    about: 'Tells whether the packet came in, went out or stayed on the machine.',
  }),
  length: u32('ipnet.pktlen', 'Data length', { at: 4, about: 'Counts the bytes of the packet behind this header.' }),
  interface: u32('ipnet.ifindex', 'Interface index', { at: 8, about: 'The number of the interface that saw the packet.' }),
  group: u32('ipnet.grifindex', 'Group interface index', {
    at: 12,
    about: 'The number of the group of interfaces that it belongs to, if any.',
  }),
  sourceZone: u32('ipnet.zsrc', 'Source Zone ID', { at: 16, about: 'The zone of the machine that sent the packet, or all ones for none.' }),
  destinationZone: u32('ipnet.zdst', 'Destination Zone ID', { at: 20, about: 'The zone of the machine that the packet is for.' }),
}

export const ipnet = defineProtocol({
  name: 'ipnet',
  title: 'Solaris IPNET',
  spec: 'LINKTYPE_IPNET',
  about: 'Stands before packets that Solaris shows to observers of its IP layer.',
  fields: F,
  accepts: { 'frame.encap_type': [124] },
  summary: (get) => get.name(F.family),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.next(F.family, p.u8(1), HEADER)
  },
})
