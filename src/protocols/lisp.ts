// Locator/ID Separation Protocol, data packets: RFC 6830 5.3.
//
//   0      1                     4                                   8
//   flags  nonce or map version  instance ID, locator status bits    IP packet

import { defineProtocol, flag, u8, u16, u24, u32 } from '../core/protocol.ts'

const HEADER = 8
const NONCE = 0x80
const STATUS = 0x40
const VERSIONS = 0x10
const INSTANCE = 0x08
const setOrNot: readonly [string, string] = ['Set', 'Not set']

const F = {
  flags: u8('lisp-data.flags', 'Flags', { at: 0, base: 'hex', about: 'Says which of the other parts of the header have a meaning.' }),
  hasNonce: flag('lisp-data.flags.nonce', 'N bit (Nonce present)', {
    at: 0,
    mask: NONCE,
    in: 'lisp-data.flags',
    states: setOrNot,
    about: 'Tells whether the header holds a random number.',
  }),
  hasStatus: flag('lisp-data.flags.lsb', 'L bit (Locator-Status-Bits field enabled)', {
    at: 0,
    mask: STATUS,
    in: 'lisp-data.flags',
    states: setOrNot,
    about: 'Tells whether the header says which routers of the sender are up.',
  }),
  echo: flag('lisp-data.flags.enr', 'E bit (Echo-Nonce-Request)', {
    at: 0,
    mask: 0x20,
    in: 'lisp-data.flags',
    states: setOrNot,
    about: 'Asks the far end to send the random number back.',
  }),
  hasVersions: flag('lisp-data.flags.mv', 'V bit (Map-Version present)', {
    at: 0,
    mask: VERSIONS,
    in: 'lisp-data.flags',
    states: setOrNot,
    about: 'Tells whether the header holds version numbers in place of the random number.',
  }),
  hasInstance: flag('lisp-data.flags.iid', 'I bit (Instance ID present)', {
    at: 0,
    mask: INSTANCE,
    in: 'lisp-data.flags',
    states: setOrNot,
    about: 'Tells whether the header names one of several virtual networks.',
  }),
  reserved: u8('lisp-data.flags.res', 'Reserved', {
    at: 0,
    mask: 0x07,
    base: 'hex',
    in: 'lisp-data.flags',
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  nonce: u24('lisp-data.nonce', 'Nonce', { base: 'dec-hex', about: 'A random number with which routers test that they reach each other.' }),
  versions: u24('lisp-data.mapver', 'Map-Version', {
    base: 'hex',
    about: 'Versions of the tables from which the two ends took the addresses.',
  }),
  instance: u24('lisp-data.iid', 'Instance ID', { about: 'The number of the virtual network that the packet belongs to.' }),
  status: u32('lisp-data.lsb', 'Locator-Status-Bits', {
    base: 'hex',
    mask: 0xffffffff,
    about: 'A bit for each router of the sender that is up.',
  }),
  status8: u8('lisp-data.lsb8', 'Locator-Status-Bits', {
    base: 'hex',
    mask: 0xff,
    about: 'A bit for each router of the sender that is up.',
  }),
  // Never shown: it only selects what follows, as an EtherType would.
  type: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of packet that the first half byte tells.' }),
}

export const lispData = defineProtocol({
  name: 'lisp-data',
  title: 'Locator/ID Separation Protocol (Data)',
  column: 'LISP',
  spec: 'RFC 6830',
  about: 'Carries packets between sites whose addresses do not say where they are.',
  fields: F,
  accepts: { 'udp.dstport': [4341] },
  summary: () => 'LISP Encapsulation Data Packet',

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const flags = p.u8(0)
    if ((flags & NONCE) !== 0) p.add(F.nonce, 1)
    else if ((flags & VERSIONS) !== 0) p.add(F.versions, 1)
    if ((flags & INSTANCE) !== 0) {
      p.add(F.instance, 4)
      if ((flags & STATUS) !== 0) p.add(F.status8, 7)
    } else if ((flags & STATUS) !== 0) p.add(F.status, 4)
    p.span(HEADER)
    const nibble = p.has(HEADER + 1) ? p.u8(HEADER) >> 4 : 0
    p.next(F.type, nibble === 4 ? 0x0800 : nibble === 6 ? 0x86dd : 0, HEADER)
  },
})
