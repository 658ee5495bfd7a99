// Ethernet II and IEEE 802.3.
//
//   0            6            12            14
//   destination  source       type/length   payload … padding … trailer … frame check sequence
//
// The number at 12 is a type from 0x0600 (1536) up, and a length of an LLC frame up to 1500 (IEEE 802.3 3.2.6). Frames are at least 60
// bytes before the check sequence, so short payloads are padded with zeros; captures rarely keep the check sequence, and a file that does
// seldom says so.

import type { Dissection } from '../core/dissect.ts'
import { SEVERITY_NOTE, SEVERITY_WARN } from '../core/note.ts'
import { bytes, defineProtocol, ether, etherName, flag24, group, u8, u16, u24, u32 } from '../core/protocol.ts'
import { checksumStates } from './names/checksum.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 14
const LONGEST_802_3 = 1500
const FIRST_TYPE = 1536
const SHORTEST_FRAME = 60
const CHECK = 4
const GROUP_SENDER = 'Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)'
const UNPADDED = "Didn't find padding of zeros, and an undecoded trailer exists. There may be padding of non-zeros."
/** Novell's IPX straight behind the length starts with a checksum field of all ones, which is no LLC header. */
const IPX_RAW = 0xffff
/** Frames of this type hold other things than hardware addresses in front of it, so they are read from their first byte (Cisco FabricPath). */
const READ_WHOLE = 0x8903

const local: readonly [string, string] = [
  'Locally administered address (this is NOT the factory default)',
  'Globally unique address (factory default)',
]
const shared: readonly [string, string] = ['Group address (multicast/broadcast)', 'Individual address (unicast)']

/** 00:1b:21 */
const ouiText = (value: number): string =>
  value
    .toString(16)
    .padStart(6, '0')
    .replace(/..(?=.)/g, '$&:')

const F = {
  destination: ether('eth.dst', 'Destination', {
    at: 0,
    about: 'The hardware address of the network card that is to take the frame.',
    explain: (_value, get): string =>
      get.text(F.destination) === 'ff:ff:ff:ff:ff:ff' ? 'Everybody on this network takes the frame: it is a broadcast.' : '',
  }),
  destinationName: etherName('eth.dst_resolved', 'Destination (resolved)', {
    at: 0,
    in: 'eth.dst',
    hidden: true,
    about: 'The destination address as text, with the name of the card where one is known; none are looked up.',
  }),
  destinationMaker: u24('eth.dst.oui', 'Destination OUI', {
    at: 0,
    in: 'eth.dst',
    hidden: true,
    about: 'The first half of the address, which the IEEE gives to the maker of the card.',
    display: (_get, value) => `Destination OUI: ${ouiText(value)}`,
  }),
  destinationAddress: ether('eth.addr', 'Address', {
    at: 0,
    in: 'eth.dst',
    about: 'The same hardware address under the name that matches either end of the frame.',
  }),
  destinationAddressName: etherName('eth.addr_resolved', 'Address (resolved)', {
    at: 0,
    in: 'eth.dst',
    hidden: true,
    about: 'The same address as text, under the name that matches either end of the frame.',
  }),
  destinationAddressMaker: u24('eth.addr.oui', 'Address OUI', {
    at: 0,
    in: 'eth.dst',
    hidden: true,
    about: 'The maker of the card, under the name that matches either end of the frame.',
    display: (_get, value) => `Address OUI: ${ouiText(value)}`,
  }),
  destinationLocal: flag24('eth.dst.lg', 'LG bit', {
    at: 0,
    mask: 0x020000,
    in: 'eth.dst',
    also: ['eth.lg'],
    states: local,
    about: 'Tells whether the address was chosen by software or assigned to the card by its maker.',
  }),
  destinationGroup: flag24('eth.dst.ig', 'IG bit', {
    at: 0,
    mask: 0x010000,
    in: 'eth.dst',
    also: ['eth.ig'],
    states: shared,
    about: 'Tells whether the address names one card or a group of them.',
  }),
  source: ether('eth.src', 'Source', { at: 6, about: 'The hardware address of the network card that sent the frame.' }),
  sourceName: etherName('eth.src_resolved', 'Source (resolved)', {
    at: 6,
    in: 'eth.src',
    hidden: true,
    about: 'The source address as text, with the name of the card where one is known; none are looked up.',
  }),
  sourceMaker: u24('eth.src.oui', 'Source OUI', {
    at: 6,
    in: 'eth.src',
    hidden: true,
    about: 'The first half of the address, which the IEEE gives to the maker of the card.',
    display: (_get, value) => `Source OUI: ${ouiText(value)}`,
  }),
  sourceAddress: ether('eth.addr', 'Address', {
    at: 6,
    in: 'eth.src',
    about: 'The same hardware address under the name that matches either end of the frame.',
  }),
  sourceAddressName: etherName('eth.addr_resolved', 'Address (resolved)', {
    at: 6,
    in: 'eth.src',
    hidden: true,
    about: 'The same address as text, under the name that matches either end of the frame.',
  }),
  sourceAddressMaker: u24('eth.addr.oui', 'Address OUI', {
    at: 6,
    in: 'eth.src',
    hidden: true,
    about: 'The maker of the card, under the name that matches either end of the frame.',
    display: (_get, value) => `Address OUI: ${ouiText(value)}`,
  }),
  sourceLocal: flag24('eth.src.lg', 'LG bit', {
    at: 6,
    mask: 0x020000,
    in: 'eth.src',
    also: ['eth.lg'],
    states: local,
    about: 'Tells whether the address was chosen by software or assigned to the card by its maker.',
  }),
  sourceGroup: flag24('eth.src.ig', 'IG bit', {
    at: 6,
    mask: 0x010000,
    in: 'eth.src',
    also: ['eth.ig'],
    states: shared,
    about: 'Tells whether the address names one card or a group; a sender must not use a group address.',
  }),
  type: u16('eth.type', 'Type', {
    base: 'hex',
    names: etherTypes,
    about: 'Says which protocol the payload of the frame belongs to.',
  }),
  length: u16('eth.len', 'Length', { about: 'Counts the payload bytes of an IEEE 802.3 frame, padding not included.' }),
  invalid: u16('eth.invalid_lentype', 'Invalid length/type', {
    base: 'hex-dec',
    about: 'A number between the largest length and the smallest type, which therefore means nothing.',
  }),
  padding: bytes('eth.padding', 'Padding', { about: 'Zeros that fill the frame up to the smallest size that Ethernet allows.' }),
  trailer: bytes('eth.trailer', 'Trailer', { about: 'Bytes after the payload that belong to no protocol of the frame.' }),
  check: u32('eth.fcs', 'Frame check sequence', {
    base: 'hex',
    about: 'A checksum over the whole frame, with which the receiving card finds transmission errors.',
    display: (_get, _value, shown) => `Frame check sequence: ${shown} [unverified]`,
  }),
  oddPadding: group('eth.padding_bad', UNPADDED, {
    about: 'Marks a frame whose padding is not made of zeros as it should be.',
  }),
  groupSource: group('eth.src_not_group', GROUP_SENDER, {
    about: 'Marks a frame that claims to come from a group instead of one card.',
  }),
  checkStatus: u8('eth.fcs.status', 'FCS Status', {
    generated: true,
    names: checksumStates,
    about: 'Tells whether the frame check sequence was compared with the bytes; it never is here.',
    display: (_get, value) => `FCS Status: ${checksumStates[value]}`,
  }),
}

export const eth = defineProtocol({
  name: 'eth',
  title: 'Ethernet',
  column: 'Ethernet',
  spec: 'IEEE 802.3',
  about: 'Carries frames between the network cards of one local network.',
  fields: F,
  accepts: { 'frame.encap_type': [1], 'eth.type': [0x6558], 'gre.proto': [0x6558, 0x6400] },
  heading: (get) =>
    get.has(F.length) ? 'IEEE 802.3 Ethernet' : `Ethernet II, Src: ${get.text(F.source)}, Dst: ${get.text(F.destination)}`,
  summary: (get) => (get.has(F.type) ? get.name(F.type) : 'IEEE 802.3 frame'),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    if (p.u16(12) === READ_WHOLE) {
      p.span(0)
      p.next(F.type, READ_WHOLE, 0)
      return
    }
    p.header()
    p.addresses(6, 0, 6)
    if ((p.u8(6) & 1) !== 0) p.note(SEVERITY_WARN, GROUP_SENDER, 6, 0, F.groupSource)
    const check = checkLength(p)
    const type = p.u16(12)
    if (type >= FIRST_TYPE) {
      p.add(F.type, 12)
      p.via('ethertype')
      p.next(F.type, type, HEADER, p.reported() - HEADER - check)
    } else if (type <= LONGEST_802_3) {
      p.add(F.length, 12)
      const room = p.reported() - HEADER - check
      if (p.has(HEADER + 2) && p.u16(HEADER) === IPX_RAW) p.data(HEADER, Math.min(type, room))
      else p.next(F.length, 0, HEADER, Math.min(type, room))
      if (type < room && p.recording && p.has(HEADER + type)) recordTrailer(p, HEADER + type)
    } else {
      p.add(F.invalid, 12)
      p.data(HEADER, p.reported() - HEADER - check)
    }
    if (check > 0 && p.recording && p.has(p.reported())) recordCheck(p, p.reported() - check)
    p.span(HEADER)
  },
  trailer: recordTrailer,
})

/** Padding, trailer and check sequence: what lies between `at` and the end of the bytes that the frame has for its payload. */
function recordTrailer(p: Dissection, at: number): void {
  let from = at
  let rest = p.reported() - at
  // Padding is what a frame needs to reach its smallest size, and only where it is all zeros.
  if (p.length >= SHORTEST_FRAME) {
    const most = Math.min(SHORTEST_FRAME - at, p.available() - at)
    let zeros = 0
    while (zeros < most && p.u8(at + zeros) === 0) zeros++
    if (zeros < most) zeros = 0
    if (zeros > 0) p.add(F.padding, at, zeros)
    from += zeros
    rest -= zeros
  }
  // Without word from the file, four bytes that an already long enough frame carries beyond its payload are a check sequence.
  const unsaid = p.interfaces[p.interfaceId]?.fcsLength === undefined
  const hasCheck = unsaid && rest >= CHECK && p.reported() >= SHORTEST_FRAME + CHECK
  if (hasCheck) rest -= CHECK
  const there = Math.min(rest, p.available() - from)
  if (there > 0) {
    p.nest(p.add(F.trailer, from, there))
    if (p.length >= SHORTEST_FRAME && at < SHORTEST_FRAME && from === at) p.note(SEVERITY_NOTE, UNPADDED, from, 0, F.oddPadding)
    p.close()
  }
  if (hasCheck && p.has(from + rest + CHECK)) recordCheck(p, from + rest)
}

function recordCheck(p: Dissection, at: number): void {
  p.add(F.check, at)
  p.generate(F.checkStatus, 2, at, 0)
}

/** Bytes of check sequence at the end of the frame, where the file says so. */
function checkLength(p: Dissection): number {
  return p.interfaces[p.interfaceId]?.fcsLength === CHECK ? CHECK : 0
}
