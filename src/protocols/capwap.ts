// Control And Provisioning of Wireless Access Points, data packets: RFC 5415 4.3, wireless information: RFC 5416 4.
//
//   0         1                          4            6                8
//   preamble  length|radio|binding|flags fragment ID  fragment offset  [radio address]  [wireless information]  frame

import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, ether, flag24, group, u8, u16, u24 } from '../core/protocol.ts'

const HEADER = 8
const NATIVE = 0x100
const FRAGMENT = 0x080
const WIRELESS = 0x020
const MAC = 0x010
const KEEP_ALIVE = 0x008
const BRIDGED = 0x6558

const F = {
  preamble: group('capwap.preamble', 'Preamble', { about: 'Tells plain packets from encrypted ones, in one byte.' }),
  version: u8('capwap.preamble.version', 'Version', { mask: 0xf0, about: 'The version of the protocol, which is always 0.' }),
  type: u8('capwap.preamble.type', 'Type', {
    mask: 0x0f,
    names: { 0: 'CAPWAP Header', 1: 'CAPWAP DTLS Header' },
    about: 'Says whether the rest of the packet is encrypted.',
  }),
  header: group('capwap.header', 'Header', { about: 'Says for which radio the frame is, and of which kind it is.' }),
  length: u24('capwap.header.length', 'Header Length', {
    mask: 0xf80000,
    about: 'Counts the words of four bytes of the whole header.',
    display: (_get, value, shown) => `Header Length: ${shown} (${value * 4})`,
  }),
  radio: u24('capwap.header.rid', 'Radio ID', { mask: 0x07c000, about: 'The number of the radio of the access point.' }),
  binding: u24('capwap.header.wbid', 'Wireless Binding ID', {
    mask: 0x003e00,
    names: { 0: 'Reserved', 1: 'IEEE 802.11', 2: 'IEEE 802.16', 3: 'EPCGlobal' },
    about: 'Says which kind of wireless network the frame belongs to.',
  }),
  flags: u24('capwap.header.flags', 'Header Flags', { mask: 0x0001ff, base: 'hex', about: 'Says which optional parts the header has.' }),
  native: flag24('capwap.header.flags.t', 'Payload Type', {
    mask: NATIVE,
    states: ['Native frame format (see Wireless Binding ID field)', 'IEEE 802.3 frame'],
    about: 'Tells wireless frames from Ethernet frames.',
  }),
  fragment: flag24('capwap.header.flags.f', 'Fragment', {
    mask: FRAGMENT,
    states: ['Fragmented', "Don't Fragment"],
    about: 'Tells whether this is only a part of a frame.',
  }),
  last: flag24('capwap.header.flags.l', 'Last Fragment', {
    mask: 0x040,
    states: ['This is the last fragment', 'More fragments follow'],
    about: 'Tells whether further parts of the frame follow.',
  }),
  wireless: flag24('capwap.header.flags.w', 'Wireless header', {
    mask: WIRELESS,
    states: ['Wireless Specific Information is present', 'No Wireless Specific Information'],
    about: 'Tells whether the header says how well the frame was heard.',
  }),
  mac: flag24('capwap.header.flags.m', 'Radio MAC header', {
    mask: MAC,
    states: ['Radio MAC Address is present', 'No Radio MAC Address'],
    about: 'Tells whether the header holds the address of the radio.',
  }),
  keepAlive: flag24('capwap.header.flags.k', 'Keep-Alive', {
    mask: KEEP_ALIVE,
    states: ['Keep-Alive Packet', 'No Keep-Alive'],
    about: 'Tells whether the packet only shows that the access point is there.',
  }),
  reserved: u24('capwap.header.flags.r', 'Reserved', {
    mask: 0x007,
    base: 'hex',
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  fragmentId: u16('capwap.header.fragment.id', 'Fragment ID', { about: 'Ties together the parts of the same frame.' }),
  fragmentOffset: u16('capwap.header.fragment.offset', 'Fragment Offset', {
    mask: 0xfff8,
    about: 'Says where in the frame this part belongs, in units of eight bytes.',
  }),
  fragmentReserved: u16('capwap.header.fragment.reserved', 'Reserved', {
    mask: 0x0007,
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  macLength: u8('capwap.header.mac.length', 'MAC length', { about: 'Counts the bytes of the address of the radio.' }),
  macAddress: ether('capwap.header.mac.eui48', 'MAC address', { about: 'The hardware address of the radio of the access point.' }),
  wirelessLength: u8('capwap.header.wireless.length', 'Wireless length', { about: 'Counts the bytes of the wireless information.' }),
  wirelessData: bytes('capwap.header.wireless.data', 'Wireless data', {
    about: 'Says how well the frame was heard, or where it is to go.',
  }),
  padding: bytes('capwap.header.padding', 'Padding for 4 Byte Alignment', { about: 'Fills the header up to whole words.' }),
  // Never shown: it only selects the frame, as the type of GRE would.
  frame: u16('', 'Type', { hidden: true, selectsLike: 'gre.proto', about: 'The kind of frame that follows, by the numbers of GRE.' }),
}

export const capwapData = defineProtocol({
  name: 'capwap.data',
  title: 'Control And Provisioning of Wireless Access Points - Data',
  column: 'CAPWAP-Data',
  spec: 'RFC 5415',
  about: 'Carries the frames of wireless stations from access points to their controller.',
  fields: F,
  accepts: { 'udp.dstport': [5247] },
  summary: (get) => (get.number(F.keepAlive) === 1 ? 'CAPWAP-Data Keep-Alive' : 'CAPWAP-Data'),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    if ((p.u8(0) & 0x0f) !== 0) {
      p.open(F.preamble, 0, 1)
      p.add(F.version, 0)
      p.add(F.type, 0)
      p.close()
      return p.data(1)
    }
    const word = p.u24(1)
    const length = (word >> 19) * 4
    if (length < HEADER) return p.malformed(F.length, `of ${length} bytes does not even cover the fixed part`)
    if (!p.has(length)) return p.short(length)
    if (p.recording) recordHeader(p, word, length)
    p.span(length)
    if ((word & (FRAGMENT | KEEP_ALIVE)) !== 0) p.data(length)
    else if ((word & NATIVE) === 0) p.next(F.frame, BRIDGED, length)
    else p.next(F.binding, (word >> 9) & 0x1f, length)
  },
})

function recordHeader(p: Dissection, word: number, length: number): void {
  p.open(F.preamble, 0, 1)
  p.add(F.version, 0)
  p.add(F.type, 0)
  p.close()
  p.open(F.header, 1, length - 1)
  p.add(F.length, 1)
  p.add(F.radio, 1)
  p.add(F.binding, 1)
  p.open(F.flags, 1)
  for (const field of [F.native, F.fragment, F.last, F.wireless, F.mac, F.keepAlive, F.reserved]) p.add(field, 1)
  p.close()
  p.add(F.fragmentId, 4)
  p.add(F.fragmentOffset, 6)
  p.generate(F.fragmentReserved, p.u8(7) & 7, 7, 1)
  let at = HEADER
  if ((word & MAC) !== 0 && at < length) {
    const size = p.number(F.macLength, at)
    if (size === 6 && at + 7 <= length) p.add(F.macAddress, at + 1)
    at += padded(1 + size)
  }
  if ((word & WIRELESS) !== 0 && at < length) {
    const size = Math.min(p.number(F.wirelessLength, at), length - at - 1)
    if (size > 0) p.add(F.wirelessData, at + 1, size)
    const end = Math.min(at + padded(1 + size), length)
    if (end > at + 1 + size) p.add(F.padding, at + 1 + size, end - at - 1 - size)
  }
  p.close()
}

const padded = (size: number) => Math.ceil(size / 4) * 4
