// IEEE 802.1BR port extension: which port of a remote extender a frame came from and which it is for.
//
//   0                       2                    4             5             6
//   priority|DEI|from port  reserved|group|port  from, extend  port, extend  type

import { bytes, defineProtocol, u8, u16 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 8
const manyPorts = 'Point-to-multipoint'

const F = {
  priority: u16('etag.pcp', 'E-PCP', { at: 0, mask: 0xe000, about: 'Says how urgent the frame is between the bridge and its extender.' }),
  drop: u16('etag.dei', 'E-DEI', {
    at: 0,
    mask: 0x1000,
    about: 'Tells whether the frame may be dropped first when there is too much traffic.',
  }),
  from: u16('etag.iecid_base', 'Ingress_E-CID_base', { at: 0, mask: 0x0fff, base: 'hex', about: 'The port at which the frame came in.' }),
  reserved: u16('etag.resv', 'Reserved', { at: 2, mask: 0xc000, about: 'Bits without a meaning, which senders must leave at zero.' }),
  group: u16('etag.group', 'GRP', {
    at: 2,
    mask: 0x3000,
    names: { 0: 'Point-to-point', 1: manyPorts, 2: manyPorts, 3: manyPorts },
    about: 'Tells whether the frame goes out at one port or at several.',
  }),
  port: u16('etag.ecid_base', 'E-CID_base', {
    at: 2,
    mask: 0x0fff,
    base: 'hex',
    about: 'The port or the group of ports that the frame is for.',
  }),
  fromExtension: u8('etag.iecid_ext', 'Ingress_E-CID_ext', {
    at: 4,
    base: 'hex',
    about: 'More bits of the port at which the frame came in.',
  }),
  portExtension: u8('etag.ecid_ext', 'E-CID_ext', { at: 5, base: 'hex', about: 'More bits of the port that the frame is for.' }),
  type: u16('etag.etype', 'Type', {
    at: 6,
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol the payload of the frame belongs to.',
  }),
  trailer: bytes('etag.trailer', 'Trailer', { about: 'Bytes after the payload that belong to no protocol of the frame.' }),
}

export const etag = defineProtocol({
  name: 'etag',
  title: '802.1BR E-Tag',
  column: '802.1BR E-Tag',
  spec: 'IEEE 802.1BR',
  about: 'Lets a bridge use ports of other devices as if they were its own.',
  fields: F,
  accepts: { 'eth.type': [0x893f] },
  summary: (get) => `E-CID ${get.text(F.port)}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.via('ethertype')
    p.next(F.type, p.u16(6), HEADER)
  },

  trailer(p, at) {
    if (p.available() > at) p.add(F.trailer, at, p.available() - at)
  },
})
