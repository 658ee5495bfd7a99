// IEEE 802.1ad service tag, the outer one of two VLAN tags ("QinQ"): like a VLAN tag, under a type of its own.
//
//   0                       2
//   priority|DEI|identifier  type of what follows

import { bytes, defineProtocol, u16 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 4
const SHORTEST_FRAME = 60

const F = {
  // Wireshark 4.0 reads priority and DEI from one byte with the mask of two, so that they are always 0 there.
  priority: u16('ieee8021ad.priority', 'Priority', {
    at: 0,
    mask: 0xe000,
    about: 'Says how urgent the frame is, so that switches send it earlier or later.',
  }),
  dropEligible: u16('ieee8021ad.dei', 'DEI', {
    at: 0,
    mask: 0x1000,
    about: 'Tells switches that this frame may be dropped first when there is too much traffic.',
  }),
  id: u16('ieee8021ad.id', 'ID', { at: 0, mask: 0x0fff, about: "The number of the provider's virtual network that carries the frame." }),
  type: u16('ieee8021ah.etype', 'Type', {
    base: 'hex',
    at: 2,
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol follows, often another VLAN tag.',
  }),
  padding: bytes('eth.padding', 'Padding', { about: 'Zeros that fill the frame up to the smallest size that Ethernet allows.' }),
  trailer: bytes('ieee8021ah.trailer', 'Trailer', { about: 'Bytes after the payload that belong to no protocol of the frame.' }),
}

export const ieee8021ad = defineProtocol({
  name: 'ieee8021ad',
  title: 'IEEE 802.1ad',
  column: '802.1AD',
  spec: 'IEEE 802.1ad',
  about: "Carries a customer's VLANs inside one VLAN of a provider.",
  fields: F,
  accepts: { 'eth.type': [0x88a8] },
  heading: (get) => (get.has(F.id) ? `IEEE 802.1ad, ID: ${get.number(F.id)}` : 'IEEE 802.1ad'),
  summary: (get) => `ID: ${get.number(F.id)}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.via('ethertype')
    p.next(F.type, p.u16(2), HEADER)
  },

  trailer(p, at) {
    const start = p.base + at - p.frameStart
    let zeros = 0
    const most = p.source === 0 && p.length >= SHORTEST_FRAME ? Math.min(SHORTEST_FRAME - start, p.available() - at) : 0
    while (zeros < most && p.u8(at + zeros) === 0) zeros++
    if (zeros < most) zeros = 0
    if (zeros > 0) p.add(F.padding, at, zeros)
    if (p.available() > at + zeros) p.add(F.trailer, at + zeros, p.available() - at - zeros)
  },
})
