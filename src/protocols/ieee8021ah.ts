// IEEE 802.1ah provider backbone bridges ("MAC in MAC"): a tag that names the service, then the customer's whole frame.
//
//   0                      4                     10               16
//   priority|…|service ID  customer destination  customer source  type

import { bytes, defineProtocol, ether, u8, u16, u24 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 18

const F = {
  priority: u8('ieee8021ah.priority', 'Priority', {
    at: 0,
    mask: 0xe0,
    about: 'Says how urgent the frame is in the network of the provider.',
  }),
  drop: u8('ieee8021ah.drop', 'DROP', {
    at: 0,
    mask: 0x10,
    about: 'Tells switches that this frame may be dropped first when there is too much traffic.',
  }),
  noAddress: u8('ieee8021ah.nca', 'NCA', { at: 0, mask: 0x08, about: 'Tells whether the addresses of the customer mean nothing.' }),
  reserved1: u8('ieee8021ah.res1', 'RES1', { at: 0, mask: 0x04, about: 'A bit without a meaning, which receivers ignore.' }),
  reserved2: u8('ieee8021ah.res2', 'RES2', { at: 0, mask: 0x03, about: 'Bits that must be zero, or the frame is thrown away.' }),
  service: u24('ieee8021ah.isid', 'I-SID', { at: 1, about: 'The number of the service, one for each customer network.' }),
  destination: ether('ieee8021ah.cdst', 'C-Destination', { at: 4, about: "The card that the customer's frame is for." }),
  source: ether('ieee8021ah.csrc', 'C-Source', { at: 10, about: "The card that sent the customer's frame." }),
  type: u16('ieee8021ah.etype', 'Type', {
    at: 16,
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: "Says which protocol the payload of the customer's frame belongs to.",
  }),
  trailer: bytes('ieee8021ah.trailer', 'Trailer', { about: 'Bytes after the payload that belong to no protocol of the frame.' }),
}

export const ieee8021ah = defineProtocol({
  name: 'ieee8021ah',
  title: 'IEEE 802.1ah',
  column: '802.1ah',
  spec: 'IEEE 802.1ah',
  about: "Carries a customer's whole frames through the network of a provider.",
  fields: F,
  accepts: { 'eth.type': [0x88e7] },
  heading: (get) =>
    get.has(F.service)
      ? `IEEE 802.1ah, I-SID: ${get.number(F.service)}, C-Src: ${get.text(F.source)}, C-Dst: ${get.text(F.destination)}`
      : 'IEEE 802.1ah',
  summary: (get) => `I-SID: ${get.number(F.service)}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.addresses(10, 4, 6)
    p.via('ethertype')
    p.next(F.type, p.u16(16), HEADER)
  },

  trailer(p, at) {
    if (p.available() > at) p.add(F.trailer, at, p.available() - at)
  },
})
