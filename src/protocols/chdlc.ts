// Cisco HDLC: the frames of serial lines between Cisco's routers (LINKTYPE_C_HDLC).
//
//   0        1        2
//   address  control  protocol (an Ethernet type), then the packet

import { defineProtocol, u8, u16 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 4

const F = {
  address: u8('chdlc.address', 'Address', {
    at: 0,
    base: 'hex',
    names: { 15: 'Unicast', 143: 'Multicast' },
    about: 'Says whether the frame is for the other end or for everybody.',
  }),
  control: u8('chdlc.control', 'Control', { at: 1, base: 'hex', about: 'Always zero, a place kept from an older protocol.' }),
  protocol: u16('chdlc.protocol', 'Protocol', {
    at: 2,
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol follows, as an Ethernet type.',
  }),
}

export const chdlc = defineProtocol({
  name: 'chdlc',
  title: 'Cisco HDLC',
  column: 'CHDLC',
  spec: 'LINKTYPE_C_HDLC',
  about: 'Carries packets over a serial line between two routers.',
  fields: F,
  accepts: { 'frame.encap_type': [28] },
  summary: (get) => get.name(F.protocol),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.next(F.protocol, p.u16(2), HEADER)
  },
})
