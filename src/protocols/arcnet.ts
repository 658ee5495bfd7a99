// ARCNET: ANSI/ATA 878.1; IP on it: RFC 1201, and RFC 1051 before that. Linux keeps the offset of the data in its buffer (LINKTYPE_ARCNET_LINUX),
// BSD does not (LINKTYPE_ARCNET_BSD).
//
//   0       1            2         4         5      6
//   source  destination  [offset]  protocol  split  sequence   (the last two: RFC 1201 only)

import { bytes, defineProtocol, u8, u16 } from '../core/protocol.ts'

/** Protocols without the header that RFC 1201 adds for packets cut into several frames. */
const plain: ReadonlySet<number> = new Set([0x80, 0xcd, 0xf0, 0xf1])
/** Says that the flag follows again, behind three bytes: a frame of a size that ARCNET does not know (RFC 1201, exception packets). */
const EXCEPTION = 0xff

const F = {
  source: u8('arcnet.src', 'Source', { at: 0, base: 'hex', about: 'The number of the node that sent the frame.' }),
  destination: u8('arcnet.dst', 'Dest', {
    at: 1,
    base: 'hex',
    about: 'The number of the node that is to take the frame; 0 means all of them.',
  }),
  offset: bytes('arcnet.offset', 'Offset', { about: 'Where the data stood in the buffer of the network card.' }),
  protocol: u8('arcnet.protID', 'Protocol ID', {
    base: 'hex',
    names: {
      0: 'Datapoint boot',
      1: 'Datapoint mount',
      8: 'PowerLAN beacon',
      128: 'Diagnose',
      196: 'IPv6',
      205: 'BACnet',
      212: 'RFC 1201 IP',
      213: 'RFC 1201 ARP',
      214: 'RFC 1201 RARP',
      221: 'Appletalk',
      232: 'Encapsulated Ethernet',
      236: 'Novell of some sort',
      240: 'RFC 1051 IP',
      241: 'RFC 1051 ARP',
      243: 'PowerLAN beacon2',
      247: 'Banyan VINES',
      250: 'IPX',
    },
    about: 'Says which protocol the payload of the frame belongs to.',
  }),
  exception: u8('arcnet.exception_flag', 'Exception Flag', { base: 'hex', about: 'Marks a frame whose size needed bytes of padding.' }),
  padding: u16('arcnet.padding', 'Padding', { base: 'hex', about: 'Bytes that bring the frame to a size that can be sent.' }),
  split: u8('arcnet.split_flag', 'Split Flag', { about: 'Tells which part of a packet the frame carries, where one was too small.' }),
  sequence: u16('arcnet.sequence', 'Sequence', { about: 'Ties together the frames that carry parts of one packet.' }),
}

export const arcnet = defineProtocol({
  name: 'arcnet',
  title: 'ARCNET',
  spec: 'ANSI/ATA 878.1',
  about: 'Carries packets between the machines of an early local network.',
  fields: F,
  accepts: { 'frame.encap_type': [8, 9] },
  summary: (get) => get.name(F.protocol),

  dissect(p) {
    let at = p.linkType === 129 ? 4 : 2
    if (!p.has(at + 1)) return p.short(at + 1)
    p.header()
    if (at === 4) p.add(F.offset, 2, 2)
    const protocol = p.number(F.protocol, at++)
    if (!plain.has(protocol)) {
      if (p.has(at + 4) && p.u8(at) === EXCEPTION && p.linkType !== 129) {
        p.add(F.exception, at)
        p.add(F.padding, at + 1)
        at += 3
      }
      if (!p.has(at + 3)) return p.short(at + 3)
      p.add(F.split, at)
      p.add(F.sequence, at + 1)
      at += 3
    }
    p.next(F.protocol, protocol, at)
  },
})
