// IPv6 extension headers: RFC 8200 4; routing headers also RFC 5095 (type 0 deprecated), RFC 8754 (segment routing); options also RFC 2675
// (jumbo payload), RFC 2711 (router alert), RFC 2473 (tunnel limit), RFC 6275 (home address).
//
// All but the fragment header start with the number of the next header and their own length in eight bytes beyond the first eight.

import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_NOTE } from '../../core/note.ts'
import { bytes, type Field, flag, flag16, group, ipv6, u8, u16, u32 } from '../../core/protocol.ts'
import { ipProtocols } from '../names/ip-protocols.ts'
import { ipv6Options, optionActions, routerAlerts, routingTypes } from '../names/ipv6.ts'

export const HOP_BY_HOP = 0
export const ROUTING = 43
export const FRAGMENT = 44
export const DESTINATION = 60
/** Bytes that every extension header has at least. */
export const LEAST = 8
/** RFC 8200 4.1 knows seven headers; attackers chain as many as fit into a packet. */
export const MAX_HEADERS = 256

const PAD1 = 0
const PADN = 1
const LIMIT = 4
const ALERT = 5
const JUMBO = 194
const HOME = 201
const SEGMENT_ROUTING = 4

const next = (name: string, label: string) =>
  u8(name, label, { names: ipProtocols, about: 'Says which header or protocol follows this header.' })
const words = (name: string) =>
  u8(name, 'Length', { about: 'Counts the size of this header in units of eight bytes beyond the first eight.' })
const octets = (name: string) =>
  u16(name, 'Length', { generated: true, unit: 'bytes', about: 'The size of this whole header, worked out in bytes.' })

export const extensionFields = {
  hop: group('ipv6.hopopts', 'IPv6 Hop-by-Hop Option', { about: 'Options that every router on the way has to look at.' }),
  hopNext: next('ipv6.hopopts.nxt', 'Next Header'),
  hopLength: words('ipv6.hopopts.len'),
  hopOctets: octets('ipv6.hopopts.len_oct'),
  target: group('ipv6.dstopts', 'Destination Options for IPv6', { about: 'Options that only the destination has to look at.' }),
  destinationNext: next('ipv6.dstopts.nxt', 'Next Header'),
  destinationLength: words('ipv6.dstopts.len'),
  destinationOctets: octets('ipv6.dstopts.len_oct'),
  option: group('ipv6.opt', 'IPv6 Option', { about: 'One option inside an options header.' }),
  optionType: u8('ipv6.opt.type', 'Type', { base: 'hex', names: ipv6Options, about: 'Says which option it is and how nodes handle it.' }),
  optionAction: u8('ipv6.opt.type.action', 'Action', {
    mask: 0xc0,
    names: optionActions,
    about: 'Tells a node what to do when it does not know the option.',
  }),
  optionChange: flag('ipv6.opt.type.change', 'May Change', {
    mask: 0x20,
    states: ['Yes', 'No'],
    about: 'Tells whether routers may change the contents on the way.',
  }),
  optionRest: u8('ipv6.opt.type.rest', 'Low-Order Bits', {
    mask: 0x1f,
    base: 'hex',
    about: 'Tells apart the options of one kind of handling.',
  }),
  optionLength: u8('ipv6.opt.length', 'Length', { about: 'Counts the bytes of contents that follow.' }),
  optionPadding: bytes('ipv6.opt.padn', 'PadN', { about: 'Zeros that move what follows to an even place.' }),
  optionAlert: u16('ipv6.opt.router_alert', 'Router Alert', {
    names: routerAlerts,
    about: 'Asks every router to look into the packet, and says for which protocol.',
  }),
  optionLimit: u8('ipv6.opt.tel', 'Tunnel Encapsulation Limit', {
    about: 'Counts how often the packet may still be wrapped into another one.',
  }),
  optionJumbo: u32('ipv6.opt.jumbo', 'Payload Length', { about: 'Counts the payload bytes of a packet beyond 65535 bytes.' }),
  optionHome: ipv6('ipv6.opt.mipv6.home_address', 'MIPv6 Home Address', { about: 'The lasting address of a machine that is on the move.' }),
  optionUnknown: bytes('ipv6.opt.unknown', 'Unknown Option Payload', { about: 'The contents of an option that is not taken apart here.' }),
  routing: group('ipv6.routing', 'Routing Header for IPv6', {
    about: 'Lists places that the packet has to visit on its way.',
    display: (_get, _value, shown) => shown,
  }),
  routingNext: next('ipv6.routing.nxt', 'Next Header'),
  routingLength: words('ipv6.routing.len'),
  routingOctets: octets('ipv6.routing.len_oct'),
  routingType: u8('ipv6.routing.type', 'Type', { names: routingTypes, about: 'Says how the places to visit are written down.' }),
  routingLeft: u8('ipv6.routing.segleft', 'Segments Left', { about: 'Counts the places that the packet still has to visit.' }),
  routingDeprecated: group('ipv6.routing.deprecated', 'Routing header type is deprecated', {
    about: 'Marks a kind of routing header that routers must no longer obey.',
  }),
  routingReserved: bytes('ipv6.routing.src.reserved', 'Reserved', { about: 'Four bytes without a meaning, left at zero.' }),
  routingAddress: ipv6('ipv6.routing.src.addr', 'Address', { about: 'One of the places that the packet has to visit.' }),
  segmentLast: u8('ipv6.routing.srh.last_entry', 'Last Entry', { about: 'The index of the last address in the list.' }),
  segmentFlags: u8('ipv6.routing.srh.flags', 'Flags', { base: 'hex', about: 'Eight bits for later use by segment routing.' }),
  segmentTag: bytes('ipv6.routing.srh.tag', 'Tag', { about: 'Groups packets that are to be handled alike.' }),
  segmentAddress: ipv6('ipv6.routing.srh.addr', 'Address', { about: 'One segment of the path, the last one listed first.' }),
  routingData: bytes('ipv6.routing.unknown_data', 'Type-Specific Data', {
    about: 'Contents of a routing header that is not taken apart here.',
  }),
  fragmentHeader: group('ipv6.fraghdr', 'Fragment Header for IPv6', { about: 'Tells that this packet carries a piece of a larger one.' }),
  fragmentNext: next('ipv6.fraghdr.nxt', 'Next header'),
  fragmentReserved: u8('ipv6.fraghdr.reserved_octet', 'Reserved octet', { base: 'hex', about: 'A byte without a meaning, left at zero.' }),
  fragmentOffset: u16('ipv6.fraghdr.offset', 'Offset', {
    mask: 0xfff8,
    about: 'Says where in the original packet this piece belongs, in units of eight bytes.',
    display: (_get, value) => `${offsetPicture(value)} = Offset: ${value} (${value * 8} bytes)`,
  }),
  fragmentBits: u16('ipv6.fraghdr.reserved_bits', 'Reserved bits', { mask: 0x0006, about: 'Two bits without a meaning, left at zero.' }),
  fragmentMore: flag16('ipv6.fraghdr.more', 'More Fragments', {
    mask: 0x0001,
    states: ['Yes', 'No'],
    about: 'Is set on every piece of a packet but the last one.',
  }),
  fragmentId: u32('ipv6.fraghdr.ident', 'Identification', {
    base: 'hex',
    about: 'Ties together the pieces that belong to the same packet.',
  }),
}
const E = extensionFields

function offsetPicture(value: number): string {
  const bits = value.toString(2).padStart(13, '0')
  return `${bits.slice(0, 4)} ${bits.slice(4, 8)} ${bits.slice(8, 12)} ${bits[12]}...`
}

/** Is this a header that dissectExtension knows? */
export function isExtension(number: number): boolean {
  return number === HOP_BY_HOP || number === ROUTING || number === FRAGMENT || number === DESTINATION
}

/** Length of the extension header at `at`; its first two bytes must be there. */
export function extensionLength(p: Dissection, number: number, at: number): number {
  return number === FRAGMENT ? LEAST : (p.u8(at + 1) + 1) * LEAST
}

/** Records one extension header that is there in full. */
export function dissectExtension(p: Dissection, number: number, at: number, length: number): void {
  if (!p.recording) return
  if (number === FRAGMENT) dissectFragmentHeader(p, at)
  else if (number === ROUTING) dissectRouting(p, at, length)
  else dissectOptions(p, number === HOP_BY_HOP, at, length)
}

function dissectFragmentHeader(p: Dissection, at: number): void {
  p.open(E.fragmentHeader, at, LEAST)
  p.add(E.fragmentNext, at)
  p.add(E.fragmentReserved, at + 1)
  p.add(E.fragmentOffset, at + 2)
  p.add(E.fragmentBits, at + 2)
  p.add(E.fragmentMore, at + 2)
  p.add(E.fragmentId, at + 4)
  p.close()
}

function start(p: Dissection, at: number, length: number, nextField: Field, lengthField: Field, octetField: Field): void {
  p.add(nextField, at)
  p.nest(p.add(lengthField, at + 1))
  p.close()
  p.generate(octetField, length, at + 1, 1)
}

function dissectOptions(p: Dissection, hop: boolean, at: number, length: number): void {
  p.open(hop ? E.hop : E.target, at, length)
  if (hop) start(p, at, length, E.hopNext, E.hopLength, E.hopOctets)
  else start(p, at, length, E.destinationNext, E.destinationLength, E.destinationOctets)
  const end = at + length
  for (let i = at + 2; i < end; ) {
    const type = p.u8(i)
    const size = type === PAD1 ? 1 : i + 1 < end ? 2 + p.u8(i + 1) : end - i
    const there = Math.min(size, end - i)
    p.nest(p.generateText(E.option, ipv6Options[type] ?? `Unknown IPv6 Option (${type})`, i, there))
    p.open(E.optionType, i)
    p.add(E.optionAction, i)
    p.add(E.optionChange, i)
    p.add(E.optionRest, i)
    p.close()
    if (there >= 2) {
      p.add(E.optionLength, i + 1)
      if (size === there && (size > 2 || type === PADN)) optionContents(p, type, i + 2, size - 2)
    }
    p.close()
    i += there
  }
  p.close()
}

function optionContents(p: Dissection, type: number, at: number, length: number): void {
  if (type === PADN) p.add(E.optionPadding, at, length)
  else if (type === ALERT && length === 2) p.add(E.optionAlert, at)
  else if (type === LIMIT && length === 1) p.add(E.optionLimit, at)
  else if (type === JUMBO && length === 4) p.add(E.optionJumbo, at)
  else if (type === HOME && length === 16) p.add(E.optionHome, at)
  else p.add(E.optionUnknown, at, length)
}

function dissectRouting(p: Dissection, at: number, length: number): void {
  const type = p.u8(at + 2)
  p.nest(p.generateText(E.routing, `Routing Header for IPv6 (${routingTypes[type] ?? `Unknown type ${type}`})`, at, length))
  start(p, at, length, E.routingNext, E.routingLength, E.routingOctets)
  p.nest(p.add(E.routingType, at + 2))
  if (type === 0) p.note(SEVERITY_NOTE, 'Routing header type is deprecated', at + 2, 0, E.routingDeprecated)
  p.close()
  p.add(E.routingLeft, at + 3)
  if (type === 0 || type === 2) {
    p.add(E.routingReserved, at + 4, 4)
    for (let i = 8; i + 16 <= length; i += 16) p.add(E.routingAddress, at + i)
  } else if (type === SEGMENT_ROUTING) {
    p.add(E.segmentLast, at + 4)
    p.add(E.segmentFlags, at + 5)
    p.add(E.segmentTag, at + 6, 2)
    for (let i = 8; i + 16 <= length && (i - 8) / 16 <= p.u8(at + 4); i += 16) p.add(E.segmentAddress, at + i)
  } else p.add(E.routingData, at + 4, length - 4)
  p.close()
}
