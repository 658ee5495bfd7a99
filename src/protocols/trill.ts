// TRILL: Ethernet frames routed between bridges, RFC 6325 3.
//
//   0                                        2       4        6
//   version|reserved|group|options|hop count egress  ingress  [options] Ethernet frame

import { bytes, defineProtocol, flag16, u16 } from '../core/protocol.ts'

const HEADER = 6
const FRAME = 0x6558
const nickname = (value: number): string => {
  if (value === 0) return 'Nickname Not Specified'
  if (value < 0xffc0) return 'Valid Nickname'
  if (value === 0xffc0) return 'Any RBridge'
  if (value === 0xffc1) return 'OOMF'
  return value === 0xffff ? 'Permanently Reserved' : 'Reserved for Future Specification'
}

const F = {
  version: u16('trill.version', 'Version', {
    at: 0,
    mask: 0xc000,
    base: 'dec-hex',
    names: { 0: 'RFC6325 Version', 1: 'Unallocated Version', 2: 'Unallocated Version', 3: 'Unallocated Version' },
    about: 'The version of the protocol, which is always 0 so far.',
  }),
  reserved: u16('trill.reserved', 'Reserved', {
    at: 0,
    mask: 0x3000,
    base: 'dec-hex',
    names: { 0: 'Legal Value', 1: 'Illegal Value', 2: 'Illegal Value', 3: 'Illegal Value' },
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  group: flag16('trill.multi_dst', 'Multi Destination', {
    at: 0,
    mask: 0x0800,
    states: ['Multi-Destination TRILL Frame', 'Known Unicast TRILL Frame'],
    about: 'Tells whether the frame goes to one bridge or to many.',
  }),
  optionLength: u16('trill.op_len', 'Option Length', {
    at: 0,
    mask: 0x07c0,
    base: 'dec-hex',
    about: 'Counts the options in words of four bytes.',
  }),
  hops: u16('trill.hop_cnt', 'Hop Count', {
    at: 0,
    mask: 0x003f,
    base: 'dec-hex',
    about: 'Every bridge on the way subtracts one from it and drops the frame at zero.',
  }),
  egress: u16('trill.egress_nick', 'Egress/Root RBridge Nickname', {
    at: 2,
    base: 'dec-hex',
    about: 'The bridge at which the frame leaves, or the root of the tree by which it spreads.',
    display: (_get, value) => `Egress/Root RBridge Nickname: ${nickname(value)} (${value})`,
  }),
  ingress: u16('trill.ingress_nick', 'Ingress RBridge Nickname', {
    at: 4,
    base: 'dec-hex',
    about: 'The bridge at which the frame came in.',
    display: (_get, value) => `Ingress RBridge Nickname: ${nickname(value)} (${value})`,
  }),
  options: bytes('trill.options', 'Options', { about: 'Further words of the header, for extensions of the protocol.' }),
  // Never shown: it only selects the frame that follows, as an EtherType would.
  frame: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of frame that always follows this header.' }),
}

export const trill = defineProtocol({
  name: 'trill',
  title: 'TRILL',
  spec: 'RFC 6325',
  about: 'Routes Ethernet frames between bridges by the shortest way.',
  fields: F,
  accepts: { 'eth.type': [0x22f3] },
  summary: (get) => `Ingress ${get.text(F.ingress)}, egress ${get.text(F.egress)}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const options = ((p.u16(0) & 0x07c0) >> 6) * 4
    if (!p.has(HEADER + options)) return p.short(HEADER + options)
    if (options > 0) p.add(F.options, HEADER, options)
    p.span(HEADER + options)
    p.next(F.frame, FRAME, HEADER + options)
  },
})
