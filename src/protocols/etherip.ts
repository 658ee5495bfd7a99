// Ethernet over IP: RFC 3378.
//
//   0                 2
//   version|reserved  Ethernet frame

import { SEVERITY_WARN } from '../core/note.ts'
import { defineProtocol, group, u16 } from '../core/protocol.ts'

const HEADER = 2
const VERSION = 3
const FRAME = 0x6558

const F = {
  version: u16('etherip.ver', 'Version', { at: 0, mask: 0xf000, about: 'The version of the protocol, which must be 3.' }),
  reserved: u16('etherip.reserved', 'Reserved', {
    at: 0,
    mask: 0x0fff,
    base: 'hex',
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  badVersion: group('etherip.ver.not3', 'Version must be 3', { about: 'Marks a header of a version that does not exist.' }),
  badReserved: group('etherip.reserved.not0', 'Reserved field must be 0', {
    about: 'Marks a header with bits set that must be zero.',
  }),
  // Never shown: it only selects the frame that the tunnel carries, as an EtherType would.
  frame: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of frame that a tunnel of this kind always carries.' }),
}

export const etherip = defineProtocol({
  name: 'etherip',
  title: 'Ethernet over IP',
  spec: 'RFC 3378',
  about: 'Carries whole Ethernet frames in IP packets.',
  fields: F,
  accepts: { 'ip.proto': [97] },
  summary: () => 'Ethernet over IP',

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const word = p.u16(0)
    if (word >> 12 !== VERSION) p.note(SEVERITY_WARN, 'Version must be 3', 0, 0, F.badVersion)
    if ((word & 0x0fff) !== 0) p.note(SEVERITY_WARN, 'Reserved field must be 0', 0, 0, F.badReserved)
    p.span(HEADER)
    p.next(F.frame, FRAME, HEADER)
  },
})
