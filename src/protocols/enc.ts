// OpenBSD's enc interface: packets as IPsec sees them before encryption and after decryption (LINKTYPE_ENC). In the byte order of the
// machine that captured; families are small numbers, so the order shows.
//
//   0               4                         8      12
//   address family  security parameter index  flags  IP packet

import { defineProtocol, u32 } from '../core/protocol.ts'

const HEADER = 12

const F = {
  family: u32('enc.af', 'Address Family', { names: { 2: 'IPv4', 24: 'IPv6' }, about: 'Says which version of IP the packet belongs to.' }),
  index: u32('enc.spi', 'SPI', { at: 4, base: 'hex', about: 'Names the agreement between the two machines that protects the packet.' }),
  flags: u32('enc.flags', 'Flags', { base: 'hex', about: 'Says whether the packet was encrypted, authenticated or compressed.' }),
}

export const enc = defineProtocol({
  name: 'enc',
  title: 'OpenBSD Encapsulating device',
  spec: 'LINKTYPE_ENC',
  about: 'Stands before packets that were captured inside the encryption of IPsec.',
  fields: F,
  accepts: { 'frame.encap_type': [38] },
  summary: (get) => get.name(F.family),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    const family = p.u16(0) === 0 ? p.u32(0) : p.u8(0)
    p.generate(F.family, family, 0, 4)
    p.header()
    p.generate(F.flags, p.u16(0) === 0 ? p.u32(8) : (p.u8(8) | (p.u8(9) << 8) | (p.u8(10) << 16) | (p.u8(11) << 24)) >>> 0, 8, 4)
    p.next(F.family, family, HEADER)
  },
})
