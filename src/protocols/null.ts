// BSD loopback ("NULL"): four bytes of address family in the byte order of the machine that captured, then the packet. OpenBSD's LOOP is
// the same in network byte order. Some systems write only 16 of the 32 bits, some put an EtherType there instead.
//
//   0               4
//   address family  packet

import { defineProtocol, u16, u32 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'
import { addressFamilies } from './names/null.ts'

const HEADER = 4
/** Families are small numbers; what is larger than this is an EtherType (IEEE 802.3 3.2.6). */
const LONGEST_802_3 = 1500

const F = {
  family: u32('null.family', 'Family', {
    names: addressFamilies,
    about: 'Says which kind of packet follows, in the numbering of the system that captured it.',
  }),
  type: u16('null.type', 'Type', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol follows, as an Ethernet type, where a system writes one instead of a family.',
  }),
}

export const nullLoopback = defineProtocol({
  name: 'null',
  title: 'Null/Loopback',
  column: 'Null/Loopback',
  spec: 'LINKTYPE_NULL, LINKTYPE_LOOP',
  about: 'Stands in for a link header where a machine talks to itself.',
  fields: F,
  accepts: { 'frame.encap_type': [15, 174] },
  summary: (get) => (get.has(F.type) ? get.name(F.type) : get.name(F.family)),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    const kind = familyOf(p.u8(0), p.u8(1), p.u8(2), p.u8(3))
    if (kind > LONGEST_802_3) {
      p.generate(F.type, kind & 0xffff, 0, HEADER)
      p.next(F.type, kind & 0xffff, HEADER)
    } else {
      p.generate(F.family, kind, 0, HEADER)
      p.next(F.family, kind, HEADER)
    }
  },
})

/** The number in whichever 16 bits and byte order it makes sense: families are below 0x600, EtherTypes are not. */
function familyOf(a: number, b: number, c: number, d: number): number {
  if (c !== 0 || d !== 0) return d === 0 && c < 6 ? c : ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  return a === 0 && b < 6 ? b : (b << 8) | a
}
