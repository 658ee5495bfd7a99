// Linux cooked capture, versions 1 and 2: what Linux writes where a capture has no real link header (LINKTYPE_LINUX_SLL, _SLL2).
//
// 1:  0            2              4               6        14
//     packet type  hardware type  address length  address  protocol
// 2:  0         2         4          8              10           11              12
//     protocol  reserved  interface  hardware type  packet type  address length  address

import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, ether, type Field, ipv4, u8, u16, u32 } from '../core/protocol.ts'
import { arpHardware } from './names/arp.ts'
import { etherTypes } from './names/ethertypes.ts'
import { linuxProtocols, packetTypes } from './names/sll.ts'

const HEADER_1 = 16
const HEADER_2 = 20
const LINK_TYPE_2 = 276
const FIRST_TYPE = 1536
const LLC = 4
const NETLINK = 824
const GRE = 778
const ADDRESS_ROOM = 8

const aboutType = 'Says whether the packet came in, went out, or was for somebody else.'
const aboutHardware = 'Says which kind of link the packet was captured on.'
const aboutLength = 'Counts the bytes of the link address that are in use.'

const F = {
  packetType: u16('sll.pkttype', 'Packet type', { names: packetTypes, about: aboutType }),
  packetType2: u8('sll.pkttype', 'Packet type', { names: packetTypes, about: aboutType }),
  hardware: u16('sll.hatype', 'Link-layer address type', { names: arpHardware, about: aboutHardware }),
  addressLength: u16('sll.halen', 'Link-layer address length', { about: aboutLength }),
  addressLength2: u8('sll.halen', 'Link-layer address length', { about: aboutLength }),
  sourceEther: ether('sll.src.eth', 'Source', { about: 'The hardware address of the card that sent the packet.' }),
  sourceIpv4: ipv4('sll.src.ipv4', 'Source', { about: 'The tunnel end that sent the packet.' }),
  sourceOther: bytes('sll.src.other', 'Source', { about: 'The link address of the machine that sent the packet.' }),
  unused: bytes('sll.unused', 'Unused', { about: 'Bytes of the header without a meaning.' }),
  interface: u32('sll.ifindex', 'Interface index', { about: 'The number that Linux gave to the network interface.' }),
  type: u16('sll.etype', 'Protocol', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol follows, as an Ethernet type.',
  }),
  gre: u16('sll.gretype', 'Protocol', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol a GRE tunnel carried here.',
  }),
  linux: u16('sll.ltype', 'Protocol', { base: 'hex', names: linuxProtocols, about: 'Says which protocol follows, in numbers of Linux.' }),
  // Key 0 of a length selects LLC, which Linux marks with a number of its own.
  length: u16('', 'Length', { hidden: true, selectsLike: 'eth.len', about: 'Stands for the length field that this header does not have.' }),
  trailer: bytes('sll.trailer', 'Trailer', { about: 'Bytes after the payload that belong to no protocol of the packet.' }),
}

export const sll = defineProtocol({
  name: 'sll',
  title: 'Linux cooked capture',
  spec: 'LINKTYPE_LINUX_SLL',
  about: 'Stands in for a link header where Linux captured on several links at once.',
  fields: F,
  accepts: { 'frame.encap_type': [25, 210] },
  heading: (get) => `Linux cooked capture ${get.has(F.interface) ? 'v2' : 'v1'}`,
  summary: (get) => (get.has(F.type) ? get.name(F.type) : 'Linux cooked capture'),

  dissect(p) {
    const second = p.linkType === LINK_TYPE_2
    const header = second ? HEADER_2 : HEADER_1
    if (!p.has(header)) return p.short(header)
    const protocolAt = second ? 0 : HEADER_1 - 2
    const field = protocolField(p.u16(protocolAt), p.u16(second ? 8 : 2))
    if (second) {
      p.add(field, 0)
      p.add(F.interface, 4)
      p.add(F.hardware, 8)
      p.add(F.packetType2, 10)
      address(p, p.number(F.addressLength2, 11), 12)
    } else {
      p.add(F.packetType, 0)
      p.add(F.hardware, 2)
      address(p, p.number(F.addressLength, 4), 6)
      p.add(field, protocolAt)
    }
    p.span(header)
    const type = p.u16(protocolAt)
    if (field !== F.linux) {
      p.via('ethertype')
      p.next(field, type, header)
    } else if (type === LLC) p.next(F.length, 0, header)
    else p.data(header)
  },

  trailer(p, at) {
    if (p.available() > at) p.add(F.trailer, at, p.available() - at)
  },
})

function protocolField(type: number, hardware: number): Field {
  if (hardware === NETLINK || type < FIRST_TYPE) return F.linux
  return hardware === GRE ? F.gre : F.type
}

function address(p: Dissection, length: number, at: number): void {
  const used = Math.min(length, ADDRESS_ROOM)
  if (used === 6) p.add(F.sourceEther, at)
  else if (used === 4) p.add(F.sourceIpv4, at)
  else if (used > 0) p.add(F.sourceOther, at, used)
  if (used < ADDRESS_ROOM) p.add(F.unused, at + used, ADDRESS_ROOM - used)
}
