// Raw IP: no link header at all; the version in the first half byte says which IP it is.

import { defineProtocol, u16 } from '../core/protocol.ts'

const TYPE_IPV4 = 0x0800
const TYPE_IPV6 = 0x86dd
/** Some tunnels put this many zeros in front. */
const ZEROS = 10

const F = {
  // Never shown: it only selects the next protocol, as an EtherType would.
  type: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of packet that the first half byte tells.' }),
}

export const raw = defineProtocol({
  name: 'raw',
  title: 'Raw packet data',
  column: 'Raw',
  spec: 'LINKTYPE_RAW',
  about: 'An IP packet captured without any link header, as from a tunnel.',
  fields: F,
  accepts: { 'frame.encap_type': [7] },
  summary: () => 'Raw packet data',

  dissect(p) {
    p.span(p.available())
    let at = 0
    while (at < ZEROS && p.has(at + 1) && p.u8(at) === 0) at++
    if (at < ZEROS) at = 0
    const version = p.has(at + 1) ? p.u8(at) >> 4 : 0
    if (version === 4) p.next(F.type, TYPE_IPV4, at)
    else if (version === 6) p.next(F.type, TYPE_IPV6, at)
    else p.data(0)
  },
})
