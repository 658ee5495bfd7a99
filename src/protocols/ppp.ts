// Point-to-Point Protocol: RFC 1661; on serial lines and in PPTP with address and control bytes: RFC 1662.
//
//   0         1         2         4
//   [address  control]  protocol  packet      (protocol: one byte where it is odd, RFC 1661 6.5)

import { defineProtocol, u8, u16 } from '../core/protocol.ts'
import { pppProtocols } from './names/ppp.ts'

const ADDRESS = 0xff

const aboutProtocol = 'Says which protocol the packet belongs to.'

const F = {
  address: u8('ppp.address', 'Address', { base: 'hex', about: 'Always 0xff: everybody on the line, which has one other end only.' }),
  control: u8('ppp.control', 'Control', { base: 'hex', about: 'Always 0x03: a frame without a number.' }),
  protocol: u16('ppp.protocol', 'Protocol', { base: 'hex', names: pppProtocols, about: aboutProtocol }),
  compressed: u8('ppp.protocol', 'Protocol', { base: 'hex', names: pppProtocols, about: aboutProtocol }),
}

export const ppp = defineProtocol({
  name: 'ppp',
  title: 'Point-to-Point Protocol',
  spec: 'RFC 1661',
  about: 'Carries packets of several protocols over a line between two machines.',
  fields: F,
  // Code 0 of PPP over Ethernet is a session's data; 4 is the link type of files.
  accepts: { 'frame.encap_type': [4], 'pppoe.code': [0], 'l2tp.type': [0], 'gre.proto': [0x880b, 0x8881, 0x88d2] },
  summary: (get) => get.name(get.has(F.protocol) ? F.protocol : F.compressed),

  dissect(p) {
    if (!p.has(1)) return p.short(1)
    let at = 0
    if (p.u8(0) === ADDRESS) {
      if (!p.has(3)) return p.short(3)
      p.add(F.address, 0)
      p.add(F.control, 1)
      at = 2
    }
    if ((p.u8(at) & 1) !== 0) {
      p.span(at + 1)
      p.next(F.compressed, p.number(F.compressed, at), at + 1)
      return
    }
    if (!p.has(at + 2)) return p.short(at + 2)
    p.span(at + 2)
    p.next(F.protocol, p.number(F.protocol, at), at + 2)
  },
})
