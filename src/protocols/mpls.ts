// Multiprotocol Label Switching: RFC 3032. Each label is a layer of its own; the last one does not say what follows, so the first half byte
// of the payload decides (RFC 4928 2).
//
//   0                           4
//   label|class|bottom  TTL     label or packet

import { defineProtocol, u16, u32 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'

const ENTRY = 4
const FRAME = 14
const CONTROL = 4
const TYPE_IPV4 = 0x0800
const TYPE_IPV6 = 0x86dd
const TYPE_BRIDGED = 0x6558
/** Beyond the 20 bits of a label: an Ethernet frame behind a control word. */
const CONTROL_WORD = 0x100000

const labels = {
  0: 'IPv4 Explicit-Null',
  1: 'Router Alert',
  2: 'IPv6 Explicit-Null',
  3: 'Implicit-Null',
  14: 'OAM Alert',
  13: 'Generic Associated Channel Label (GAL)',
  7: 'Entropy Label Indicator (ELI)',
}

const F = {
  label: u32('mpls.label', 'MPLS Label', {
    at: 0,
    mask: 0xfffff000,
    base: 'dec-hex',
    names: labels,
    about: 'Tells the next router where the packet goes, without a look at its addresses.',
  }),
  class: u32('mpls.exp', 'MPLS Experimental Bits', {
    at: 0,
    mask: 0x00000e00,
    about: 'The class of traffic, with which routers decide what may wait.',
  }),
  bottom: u32('mpls.bottom', 'MPLS Bottom Of Label Stack', {
    at: 0,
    mask: 0x00000100,
    about: 'Tells whether this label is the last one before the packet.',
  }),
  ttl: u32('mpls.ttl', 'MPLS TTL', {
    at: 0,
    mask: 0x000000ff,
    about: 'Every router subtracts one from it and drops the packet when nothing is left.',
  }),
  // Never shown: they only select what follows, as a type would.
  type: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of packet that the first half byte tells.' }),
}

export const mpls = defineProtocol({
  name: 'mpls',
  title: 'MultiProtocol Label Switching Header',
  spec: 'RFC 3032',
  about: 'Steers packets along paths that were laid out before, by labels instead of addresses.',
  fields: F,
  accepts: {
    'eth.type': [0x8847, 0x8848],
    'gre.proto': [0x8847, 0x8848],
    'ppp.protocol': [0x0281, 0x0283],
    'udp.dstport': [6635],
    'ip.proto': [137],
    // A label that is not the bottom of the stack is followed by another one.
    'mpls.bottom': [0],
  },
  heading: (get) =>
    get.has(F.label)
      ? `MultiProtocol Label Switching Header, Label: ${get.number(F.label)}${labels[get.number(F.label) as keyof typeof labels] === undefined ? '' : ` (${get.name(F.label)})`}, Exp: ${get.number(F.class)}, S: ${get.number(F.bottom)}, TTL: ${get.number(F.ttl)}`
      : 'MultiProtocol Label Switching Header',
  summary: () => 'MPLS Label Switched Packet',

  dissect(p) {
    if (!p.has(ENTRY)) return p.short(ENTRY)
    p.header()
    p.span(ENTRY)
    if ((p.u8(2) & 1) === 0) return void p.next(F.bottom, 0, ENTRY)
    if (!p.has(ENTRY + 1)) return
    const nibble = p.u8(ENTRY) >> 4
    if (nibble === 4) p.next(F.type, TYPE_IPV4, ENTRY)
    else if (nibble === 6) p.next(F.type, TYPE_IPV6, ENTRY)
    else if (nibble === 1) p.data(ENTRY)
    else if (nibble === 0 && !looksLikeFrame(p.bytes, p.base + ENTRY, p.end)) {
      p.via('pwethheuristic')
      p.next(F.label, CONTROL_WORD, ENTRY)
    } else {
      p.via('pwethheuristic:pwethnocw')
      p.next(F.type, TYPE_BRIDGED, ENTRY)
    }
  },
})

/** A frame from the first byte on, and none four bytes later: its type is known there and not here. */
function looksLikeFrame(bytes: Uint8Array, at: number, end: number): boolean {
  return hasType(bytes, at, end) && !hasType(bytes, at + CONTROL, end)
}

function hasType(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + FRAME > end) return false
  const type = (bytes[at + FRAME - 2]! << 8) | bytes[at + FRAME - 1]!
  return type >= 1536 ? etherTypes[type] !== undefined : type <= end - at - FRAME
}
