// Ethernet over MPLS, with a control word: RFC 4448 4.6.
//
//   0         2                4
//   reserved  sequence number  Ethernet frame

import { defineProtocol, flag32, u16 } from '../core/protocol.ts'

const HEADER = 4
const TYPE_BRIDGED = 0x6558

const F = {
  word: flag32('pweth.cw', 'PW Control Word (ethernet)', {
    at: 0,
    about: 'Four bytes that keep routers from taking the frame for an IP packet.',
    display: () => 'PW Control Word (ethernet)',
  }),
  sequence: u16('pweth.cw.sequence_number', 'PW sequence number (ethernet)', {
    at: 2,
    in: 'pweth.cw',
    about: 'Counts the frames, so that their order can be restored; 0 means that it does not.',
  }),
  // Never shown: it only selects the frame, as an EtherType would.
  type: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of frame that such a line always carries.' }),
}

export const pwethcw = defineProtocol({
  name: 'pwethcw',
  title: 'PW Ethernet Control Word',
  column: 'Ethernet over MPLS',
  spec: 'RFC 4448',
  about: 'Stands before an Ethernet frame that crosses an MPLS network.',
  fields: F,
  // Beyond the 20 bits of a label, see mpls.ts.
  accepts: { 'mpls.label': [0x100000] },
  summary: () => 'Ethernet frame over MPLS',

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.next(F.type, TYPE_BRIDGED, HEADER)
  },
})
