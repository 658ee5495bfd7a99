// VN-Tag: which virtual interface of an adapter or extender a frame came from and is for (Cisco, before IEEE 802.1BR).
//
//   0                                              4
//   direction|pointer|to|looped|reserved|version|from  type

import { bytes, defineProtocol, flag32, u16, u32 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 6
const FIRST_TYPE = 1536

const F = {
  direction: flag32('vntag.dir', 'Direction', {
    at: 0,
    mask: 0x80000000,
    states: ['From Bridge', 'To Bridge'],
    about: 'Tells whether the frame goes to the bridge or comes from it.',
  }),
  pointer: flag32('vntag.ptr', 'Pointer', {
    at: 0,
    mask: 0x40000000,
    states: ['vif_list_id', 'vif_id'],
    about: 'Tells whether the destination is one interface or a list of them.',
  }),
  destination: u32('vntag.dst', 'Destination', {
    at: 0,
    mask: 0x3fff0000,
    about: 'The virtual interface, or list of them, that the frame is for.',
  }),
  looped: flag32('vntag.looped', 'Looped', {
    at: 0,
    mask: 0x8000,
    states: ['Yes', 'No'],
    about: 'Marks a frame that returns to the adapter it came from.',
  }),
  reserved: u32('vntag.r', 'Reserved', { at: 0, mask: 0x4000, about: 'A bit without a meaning, which senders must leave at zero.' }),
  version: u32('vntag.version', 'Version', { at: 0, mask: 0x3000, about: 'The version of the tag, which is always 0 so far.' }),
  source: u32('vntag.src', 'Source', { at: 0, mask: 0x0fff, about: 'The virtual interface that the frame came from.' }),
  type: u16('vntag.etype', 'Type', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol the payload of the frame belongs to.',
  }),
  length: u16('vntag.len', 'Length', { selectsLike: 'eth.len', about: 'Counts the payload bytes of an IEEE 802.3 frame.' }),
  trailer: bytes('vntag.trailer', 'Trailer', { about: 'Bytes after the payload that belong to no protocol of the frame.' }),
}

export const vntag = defineProtocol({
  name: 'vntag',
  title: 'VN-Tag',
  column: 'VNTAG',
  spec: 'none',
  about: 'Lets a switch treat the virtual interfaces of an adapter as ports of its own.',
  fields: F,
  accepts: { 'eth.type': [0x8926] },
  summary: (get) => (get.has(F.type) ? get.name(F.type) : 'VN-Tag'),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const type = p.u16(4)
    if (type >= FIRST_TYPE) {
      p.add(F.type, 4)
      p.via('ethertype')
      p.next(F.type, type, HEADER)
    } else {
      p.add(F.length, 4)
      p.next(F.length, 0, HEADER, Math.min(type, p.reported() - HEADER))
    }
  },

  trailer(p, at) {
    if (p.available() > at) p.add(F.trailer, at, p.available() - at)
  },
})
