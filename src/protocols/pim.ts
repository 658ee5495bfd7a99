// Protocol Independent Multicast: RFC 7761 4.9. Routers tell each other who wants which multicast traffic; Register messages carry a packet
// to the router that spreads it. Other messages are shown by kind.
//
//   0             1         2         4                            8
//   version|type  reserved  checksum  border|null (Register only)  packet

import { internetChecksum } from '../bytes/checksum.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, flag32, u8, u16, u32 } from '../core/protocol.ts'
import { checksumStates } from './names/checksum.ts'

const HEADER = 4
const REGISTER = 1
const REGISTER_HEADER = 8
const NULL = 0x4000_0000
const types = {
  0: 'Hello',
  1: 'Register',
  2: 'Register-stop',
  3: 'Join/Prune',
  4: 'Bootstrap',
  5: 'Assert',
  6: 'Graft',
  7: 'Graft-Ack',
  8: 'Candidate-RP-Advertisement',
  9: 'State-Refresh',
  10: 'DF election',
  11: 'ECMP redirect',
  12: 'PFM source discovery',
}

const F = {
  version: u8('pim.version', 'Version', { at: 0, mask: 0xf0, about: 'The version of the protocol, of which 2 is the one in use.' }),
  type: u8('pim.type', 'Type', { at: 0, mask: 0x0f, names: types, about: 'Says what the message is for.' }),
  reserved: bytes('pim.res_bytes', 'Reserved byte(s)', { about: 'A byte without a meaning, which senders must leave at zero.' }),
  checksum: u16('pim.cksum', 'Checksum', {
    at: 2,
    base: 'hex',
    about: 'A sum over the message, and over no more than its header in a Register.',
    display: (get, _value, shown): string =>
      `Checksum: ${shown} ${get.number(F.checksumStatus) === 1 ? '[correct]' : get.number(F.checksumStatus) === 0 ? 'incorrect' : '[unverified]'}`,
  }),
  checksumStatus: u8('pim.cksum.status', 'Checksum Status', {
    generated: true,
    names: checksumStates,
    about: 'Tells whether the checksum fits the bytes of the message.',
    display: (_get, value) => `Checksum Status: ${checksumStates[value]}`,
  }),
  flags: u32('pim.register_flag', 'Flags', { base: 'hex', about: 'Says how the packet that is carried came to this router.' }),
  border: flag32('pim.register_flag.border', 'Border', {
    mask: 0x80000000,
    states: ['Yes', 'No'],
    about: 'Tells whether the packet came from another network.',
  }),
  empty: flag32('pim.register_flag.null_register', 'Null-Register', {
    mask: NULL,
    states: ['Yes', 'No'],
    about: 'Tells whether the message only asks if traffic is still wanted, and carries none.',
  }),
  // Never shown: it only selects the packet that a Register carries, as an EtherType would.
  carried: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of packet that the first half byte tells.' }),
}

export const pim = defineProtocol({
  name: 'pim',
  title: 'Protocol Independent Multicast',
  column: 'PIM',
  spec: 'RFC 7761',
  about: 'Tells routers where multicast traffic is wanted.',
  fields: F,
  accepts: { 'ip.proto': [103] },
  columnOf: (get) => `PIMv${get.number(F.version)}`,
  summary: (get) => get.name(F.type),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.add(F.reserved, 1, 1)
    const register = (p.u8(0) & 0x0f) === REGISTER
    if (p.recording) recordChecksum(p, register)
    if (!register) return p.span(p.available())
    if (!p.has(REGISTER_HEADER)) return p.short(REGISTER_HEADER)
    p.open(F.flags, HEADER)
    p.add(F.border, HEADER)
    p.add(F.empty, HEADER)
    p.close()
    p.span(REGISTER_HEADER)
    const version = p.has(REGISTER_HEADER + 1) ? p.u8(REGISTER_HEADER) >> 4 : 0
    if (version === 4) p.next(F.carried, 0x0800, REGISTER_HEADER)
    else if (version === 6) p.next(F.carried, 0x86dd, REGISTER_HEADER)
  },
})

/** Over IPv6 the sum covers the addresses too, which is left alone. */
function recordChecksum(p: Dissection, register: boolean): void {
  const end = register ? p.base + REGISTER_HEADER : p.end
  const known = p.addressSize === 4 && p.available() === p.reported() && end <= p.end
  const status = known ? (internetChecksum(p.bytes, p.base, end) === 0 ? 1 : 0) : 2
  p.generate(F.checksumStatus, status, 2, 0)
}
