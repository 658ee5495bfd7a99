// IEEE 802.1Q VLAN tag: four bytes between the addresses and the type of an Ethernet frame. Tags may stand one in another ("QinQ"); the outer
// one of IEEE 802.1ad has a type of its own and is the protocol `ieee8021ad`, in ieee8021ad.ts.
//
//   0                       2
//   priority|DEI|identifier  type of what follows, or its length

import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, flag16, u16 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 4
const FIRST_TYPE = 1536
const SHORTEST_FRAME = 60

const priorities = {
  0: 'Best Effort (default)',
  1: 'Background',
  2: 'Spare',
  3: 'Excellent Effort',
  4: 'Controlled Load',
  5: 'Video, < 100ms latency and jitter',
  6: 'Voice, < 10ms latency and jitter',
  7: 'Network Control',
}

const F = {
  priority: u16('vlan.priority', 'Priority', {
    at: 0,
    mask: 0xe000,
    names: priorities,
    about: 'Says how urgent the frame is, so that switches send it earlier or later.',
  }),
  dropEligible: flag16('vlan.dei', 'DEI', {
    at: 0,
    mask: 0x1000,
    states: ['Eligible', 'Ineligible'],
    about: 'Tells switches that this frame may be dropped first when there is too much traffic.',
  }),
  id: u16('vlan.id', 'ID', { at: 0, mask: 0x0fff, about: 'The number of the virtual network that the frame belongs to.' }),
  type: u16('vlan.etype', 'Type', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol the payload of the frame belongs to.',
  }),
  length: u16('vlan.len', 'Length', { selectsLike: 'eth.len', about: 'Counts the payload bytes of an IEEE 802.3 frame.' }),
  padding: bytes('eth.padding', 'Padding', { about: 'Zeros that fill the frame up to the smallest size that Ethernet allows.' }),
  trailer: bytes('vlan.trailer', 'Trailer', { about: 'Bytes after the payload that belong to no protocol of the frame.' }),
}

export const vlan = defineProtocol({
  name: 'vlan',
  title: '802.1Q Virtual LAN',
  column: 'VLAN',
  spec: 'IEEE 802.1Q',
  about: 'Marks a frame as part of one of several networks that share the same cables.',
  fields: F,
  accepts: { 'eth.type': [0x8100, 0x9100] },
  heading: (get) =>
    get.has(F.id)
      ? `802.1Q Virtual LAN, PRI: ${get.number(F.priority)}, DEI: ${get.number(F.dropEligible)}, ID: ${get.number(F.id)}`
      : '802.1Q Virtual LAN',
  summary: (get) => `PRI: ${get.number(F.priority)}  DEI: ${get.number(F.dropEligible)}  ID: ${get.number(F.id)}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const type = p.u16(2)
    if (type >= FIRST_TYPE) {
      p.add(F.type, 2)
      p.via('ethertype')
      p.next(F.type, type, HEADER)
    } else {
      p.add(F.length, 2)
      // Key 0 of a length: what follows is an LLC frame.
      p.next(F.length, 0, HEADER, Math.min(type, p.reported() - HEADER))
      if (p.recording && p.has(HEADER + type + 1)) recordTrailer(p, HEADER + type)
    }
    p.span(HEADER)
  },

  trailer: recordTrailer,
})

function recordTrailer(p: Dissection, at: number): void {
  const start = p.base + at - p.frameStart
  let zeros = 0
  const most = p.source === 0 && p.length >= SHORTEST_FRAME ? Math.min(SHORTEST_FRAME - start, p.available() - at) : 0
  while (zeros < most && p.u8(at + zeros) === 0) zeros++
  if (zeros < most) zeros = 0
  if (zeros > 0) p.add(F.padding, at, zeros)
  if (p.available() > at + zeros) p.add(F.trailer, at + zeros, p.available() - at - zeros)
}
