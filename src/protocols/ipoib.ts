// IP over InfiniBand: RFC 4391, behind the global routing header that captures keep (LINKTYPE_IPOIB).
//
//   0                       20                   40    42        44
//   global routing header   destination address  type  reserved  packet      (the address takes the header's last 20 bytes)

import { defineProtocol, group, ipv6, u16, u24 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 44

const F = {
  destination: group('ipoib.daddr', 'Destination address', {
    about: 'The address of the adapter that is to take the packet: a queue of it and its global identifier.',
  }),
  queue: u24('ipoib.daddr.qpn', 'Destination QPN', {
    base: 'hex',
    about: 'The number of the queue pair of the adapter that is to take the packet.',
  }),
  identifier: ipv6('ipoib.dgid', 'Destination GID', { about: 'The global identifier of the adapter, in the form of an IPv6 address.' }),
  type: u16('ipoib.type', 'Type', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol the payload belongs to, as an Ethernet type.',
  }),
  reserved: u16('ipoib.reserved', 'Reserved', { base: 'hex', about: 'Bytes without a meaning, which senders must leave at zero.' }),
}

export const ipoib = defineProtocol({
  name: 'ipoib',
  title: 'IP over Infiniband',
  column: 'IPoIB',
  spec: 'RFC 4391',
  about: 'Carries IP packets between the adapters of an InfiniBand network.',
  fields: F,
  accepts: { 'frame.encap_type': [180] },
  summary: (get) => get.name(F.type),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.open(F.destination, 20, 20)
    p.add(F.queue, 21)
    p.add(F.identifier, 24)
    p.close()
    p.add(F.type, 40)
    p.add(F.reserved, 42)
    p.next(F.type, p.u16(40), HEADER)
  },
})
