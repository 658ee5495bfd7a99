// Frame Relay: ITU-T Q.922 for the address, RFC 2427 for what it carries; Cisco's own form puts an Ethernet type there instead.
//
//   0                                                          2
//   upper DLCI|C/R|EA, lower DLCI|FECN|BECN|DE|EA, [2 more]    control, NLPID, packet      or   Ethernet type, packet

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, flag, u8, u16, u24, u32 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

/** Unnumbered information (RFC 2427 3). */
const UNNUMBERED = 0x03
const PAD = 0x00
const SNAP = 0x80
const IPV4 = 0xcc
const IPV6 = 0x8e
const LAST = 1

const more: readonly [string, string] = ['Last Octet', 'More Follows']
const aboutEnd = 'Tells whether this is the last byte of the address.'

const F = {
  first: u8('fr.first_addr_octet', 'First address octet', {
    base: 'hex',
    about: 'The first byte of the address, which always has a second one.',
  }),
  upper: u8('fr.upper_dlci', 'Upper DLCI', { mask: 0xfc, base: 'hex', about: 'The high bits of the number of the circuit.' }),
  command: flag('fr.cr', 'CR', {
    mask: 0x02,
    states: ['Command', 'Response'],
    about: 'A bit that the network carries and only the ends give a meaning.',
  }),
  end: flag('fr.ea', 'EA', { mask: LAST, states: more, about: aboutEnd }),
  second: u8('fr.second_addr_octet', 'Second address octet', {
    base: 'hex',
    about: 'The second byte of the address, with the signals of a busy network.',
    display: (_get, value, shown) =>
      `Second address octet: ${shown}${(value & 8) !== 0 ? ', FECN' : ''}${(value & 4) !== 0 ? ', BECN' : ''}${(value & 2) !== 0 ? ', DE' : ''}${(value & 1) !== 0 ? ', EA' : ''}`,
  }),
  middle: u8('fr.second_dlci', 'Second DLCI', { mask: 0xf0, base: 'hex', about: 'The next bits of the number of the circuit.' }),
  forward: flag('fr.fecn', 'FECN', { mask: 0x08, about: 'Tells the receiver that the frame met a busy network.' }),
  backward: flag('fr.becn', 'BECN', { mask: 0x04, about: 'Tells the sender that frames the other way meet a busy network.' }),
  discard: flag('fr.de', 'DE', { mask: 0x02, about: 'Marks a frame that may be dropped first when the network is busy.' }),
  third: u8('fr.third_addr_octet', 'Third address octet', { base: 'hex', about: 'The third byte of a long address.' }),
  thirdBits: u8('fr.third_dlci', 'Third DLCI', { mask: 0xfe, base: 'hex', about: 'Further bits of the number of the circuit.' }),
  lower: u8('fr.lower_dlci', 'Lower DLCI', { mask: 0xfc, base: 'hex', about: 'The low bits of the number of the circuit.' }),
  circuit: u32('fr.dlci', 'DLCI', { about: 'The number of the virtual circuit that the frame travels on.' }),
  control: u8('fr.control', 'Control Field', {
    base: 'hex',
    about: 'Says that the frame carries information without a number of its own.',
  }),
  modifier: u8('fr.control.u_modifier_cmd', 'Command', {
    mask: 0xec,
    base: 'hex',
    names: { 0: 'Unnumbered Information' },
    about: 'Says what kind of unnumbered frame this is.',
  }),
  frameType: u8('fr.control.ftype', 'Frame type', {
    mask: 0x03,
    base: 'hex',
    names: { 3: 'Unnumbered frame' },
    about: 'Says which of three kinds of frame this is.',
  }),
  protocol: u8('fr.nlpid', 'NLPID', {
    base: 'hex',
    names: { 128: 'SNAP', 142: 'IPv6', 204: 'IP' },
    about: 'Says which protocol the packet belongs to.',
  }),
  organization: u24('fr.snap.oui', 'Organization Code', { base: 'hex', about: 'Says whose numbers the type that follows is taken from.' }),
  snapType: u16('fr.snaptype', 'Type', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol the packet belongs to, as an Ethernet type.',
  }),
  foreign: u16('fr.snap.pid', 'Protocol ID', {
    base: 'hex',
    about: 'Says which protocol the packet belongs to, in the numbers of that organization.',
  }),
  ciscoType: u16('fr.chdlctype', 'Type', {
    base: 'hex',
    names: { ...etherTypes, 2048: 'IP' },
    selectsLike: 'eth.type',
    about: "Says which protocol the packet belongs to, as an Ethernet type in Cisco's own form.",
  }),
}

export const fr = defineProtocol({
  name: 'fr',
  title: 'Frame Relay',
  column: 'FR',
  spec: 'ITU-T Q.922, RFC 2427',
  about: 'Carries packets over virtual circuits of a wide-area network.',
  fields: F,
  accepts: { 'frame.encap_type': [26], 'gre.proto': [0x6559] },
  summary: (get) => `DLCI ${get.text(F.circuit)}`,

  dissect(p) {
    const length = addressLength(p)
    if (!p.has(length + 2)) return p.short(length + 2)
    if (p.recording) recordAddress(p, length)
    if (p.u8(length) !== UNNUMBERED) {
      p.add(F.ciscoType, length)
      p.span(length + 2)
      p.next(F.ciscoType, p.u16(length), length + 2)
      return
    }
    p.open(F.control, length)
    p.add(F.modifier, length)
    p.add(F.frameType, length)
    p.close()
    let at = length + 1
    if (p.u8(at) === PAD && p.has(at + 2)) at++
    const protocol = p.number(F.protocol, at++)
    if (protocol !== SNAP) {
      p.span(at)
      p.next(F.ciscoType, protocol === IPV4 ? 0x0800 : protocol === IPV6 ? 0x86dd : 0, at)
      return
    }
    if (!p.has(at + 5)) return p.short(at + 5)
    const organization = p.number(F.organization, at)
    const field = organization === 0 ? F.snapType : F.foreign
    const type = p.number(field, at + 3)
    p.span(at + 5)
    p.next(field, type, at + 5)
  },
})

/** Two to four bytes, the last one with its lowest bit set. */
function addressLength(p: Dissection): number {
  let length = 1
  while (length < 4 && p.has(length) && (p.u8(length - 1) & LAST) === 0) length++
  return length
}

function recordAddress(p: Dissection, length: number): void {
  let circuit = p.u8(0) >> 2
  p.open(F.first, 0)
  for (const field of [F.upper, F.command, F.end]) p.add(field, 0)
  p.close()
  if (length >= 2) {
    circuit = (circuit << 4) | (p.u8(1) >> 4)
    p.open(F.second, 1)
    for (const field of [F.middle, F.forward, F.backward, F.discard, F.end]) p.add(field, 1)
    p.close()
  }
  if (length === 4) {
    circuit = (circuit << 7) | (p.u8(2) >> 1)
    p.open(F.third, 2)
    p.add(F.thirdBits, 2)
    p.add(F.end, 2)
    p.close()
  }
  if (length >= 3) {
    circuit = (circuit << 6) | (p.u8(length - 1) >> 2)
    p.add(F.lower, length - 1)
    p.add(F.end, length - 1)
  }
  p.generate(F.circuit, circuit, 0, length)
}
