// Cisco MetaData: who a frame belongs to, between the addresses and the type of an Ethernet frame, or inside GRE with the type first.
//
//   0        1       2        4    6                     0     2        3       4        6
//   version  length  options  SGT  type    or, in GRE:   type  version  length  options  SGT

import { defineProtocol, u8, u16 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 8
/** The smallest Ethernet type; version and length together are below it, but for a version above 5. */
const FIRST_TYPE = 0x0600

const F = {
  version: u8('cmd.version', 'Version', { about: 'The version of the protocol, which is 1 so far.' }),
  length: u8('cmd.length', 'Length', { about: 'Counts the options that follow in the header.' }),
  options: u16('cmd.options', 'Options', { base: 'hex', about: 'The length and the type of the option that follows.' }),
  group: u16('cmd.sgt', 'SGT', { about: 'The security group that the sender of the frame belongs to.' }),
  type: u16('cmd.type', 'Type', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol the payload of the frame belongs to.',
  }),
}

export const cmd = defineProtocol({
  name: 'cmd',
  title: 'Cisco MetaData',
  column: 'CMD',
  spec: 'Cisco TrustSec',
  about: 'Carries the security group of a sender from switch to switch.',
  fields: F,
  accepts: { 'eth.type': [0x8909], 'gre.proto': [0x8909] },
  summary: (get) => `SGT ${get.text(F.group)}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    const typeFirst = p.u16(0) >= FIRST_TYPE
    const at = typeFirst ? 2 : 0
    if (typeFirst) p.add(F.type, 0)
    p.add(F.version, at)
    p.add(F.length, at + 1)
    p.add(F.options, at + 2)
    p.add(F.group, at + 4)
    if (!typeFirst) {
      p.add(F.type, HEADER - 2)
      p.via('ethertype')
    }
    p.span(HEADER)
    p.next(F.type, p.u16(typeFirst ? 0 : HEADER - 2), HEADER)
  },
})
