// GPRS Tunneling Protocol, versions 0 and 1: 3GPP TS 29.060; user data: TS 29.281. Messages of the control plane are shown up to their header.
//
//   1:  0      1     2       4     8                 10    11                12
//       flags  type  length  TEID  [sequence number  N-PDU next extension]   [extensions…]  packet
//   0:  0      1     2       4                6     8      9      12   20
//       flags  type  length  sequence number  flow  SNDCP  spare  TID  packet

import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, flag, group, u8, u16, u32 } from '../core/protocol.ts'
import { gtpMessages } from './names/gtp.ts'

const HEADER_1 = 8
const HEADER_0 = 20
const OPTIONAL = 4
const EXTENSION = 0x04
const SEQUENCE = 0x02
const NUMBER = 0x01
const PAYLOAD = 255
const NOT_CHARGING = 0x10
const TYPE_IPV4 = 0x0800
const TYPE_IPV6 = 0x86dd

const versions = { 0: 'GTP release 97/98 version', 1: 'GTP release 99 version', 2: 'None' }
const aboutReserved = 'Bits without a meaning, which senders must leave at a fixed value.'

const extensionTypes = {
  0: 'No more extension headers',
  1: 'MBMS support indication',
  2: 'MS Info Change Reporting support indication',
  3: 'Long PDCP PDU Number',
  32: 'Service Class Indicator',
  64: 'UDP Port number',
  129: 'RAN container',
  130: 'Long PDCP PDU number',
  131: 'Xw RAN container',
  132: 'NR RAN container',
  133: 'PDU Session container',
  192: 'PDCP PDU number',
  193: 'Suspend Request',
  194: 'Suspend Response',
}

const F = {
  flags: u8('gtp.flags', 'Flags', { at: 0, base: 'hex', about: 'Holds the version and says which optional parts the header has.' }),
  version: u8('gtp.flags.version', 'Version', {
    at: 0,
    mask: 0xe0,
    in: 'gtp.flags',
    names: versions,
    about: 'The version of the protocol, which decides how the rest of the header looks.',
  }),
  protocolType: u8('gtp.flags.payload', 'Protocol type', {
    at: 0,
    mask: 0x10,
    in: 'gtp.flags',
    names: { 0: "GTP'", 1: 'GTP' },
    about: 'Tells the protocol itself from its variant for charging records.',
  }),
  reserved: u8('gtp.flags.reserved', 'Reserved', { mask: 0x08, about: aboutReserved }),
  reserved0: u8('gtp.flags.reserved', 'Reserved', { mask: 0x0e, about: aboutReserved }),
  hasExtension: flag('gtp.flags.e', 'Is Next Extension Header present?', {
    mask: EXTENSION,
    states: ['Yes', 'No'],
    about: 'Tells whether extension headers follow in this packet.',
    display: (_get, value) => `.... .${value}.. = Is Next Extension Header present?: ${value === 1 ? 'Yes' : 'No'}`,
  }),
  hasSequence: flag('gtp.flags.s', 'Is Sequence Number present?', {
    mask: SEQUENCE,
    states: ['Yes', 'No'],
    about: 'Tells whether the packets of the tunnel are numbered.',
  }),
  hasNumber: flag('gtp.flags.pn', 'Is N-PDU number present?', {
    mask: NUMBER,
    states: ['Yes', 'No'],
    about: 'Tells whether the header holds a number for moving between cells.',
  }),
  hasSndcp: flag('gtp.flags.snn', 'Is SNDCP N-PDU included?', {
    mask: NUMBER,
    states: ['Yes', 'No'],
    about: 'Tells whether the header holds a number for moving between cells.',
  }),
  message: u8('gtp.message', 'Message Type', {
    base: 'hex',
    names: gtpMessages,
    about: 'Says what the message is for; T-PDU is user data.',
  }),
  length: u16('gtp.length', 'Length', { about: 'Counts the bytes after the part of the header that is always there.' }),
  tunnel: u32('gtp.teid', 'TEID', { base: 'hex-dec', about: 'Names the tunnel at its receiving end.' }),
  sequence: u16('gtp.seq_number', 'Sequence number', {
    base: 'hex-dec',
    about: 'Counts the packets, so that lost ones are noticed and answers find their question.',
  }),
  number: u8('gtp.npdu_number', 'N-PDU Number', { base: 'hex', about: 'Helps to lose nothing when a phone moves to another cell.' }),
  next: u8('gtp.ext_hdr.next', 'Next extension header type', {
    base: 'hex',
    names: extensionTypes,
    about: 'Says which extension header follows, or that none does.',
  }),
  extension: group('gtp.ext_hdr', 'Extension header', { about: 'A further part of the header, with a type and a length of its own.' }),
  extensionLength: u8('gtp.ext_hdr.length', 'Extension Header Length', {
    about: 'Counts the words of four bytes of the extension header.',
  }),
  container: bytes('gtp.ext_hdr.spare_bytes', 'Spare', { about: 'The content of an extension header that is not taken apart.' }),
  flow: u16('gtp.flow_label', 'Flow label', { base: 'hex', about: 'Names the tunnel in the first version of the protocol.' }),
  sndcp: u8('gtp.sndcp_number', 'SNDCP N-PDU LLC Number', {
    base: 'hex',
    about: 'Helps to lose nothing when a phone moves to another cell.',
  }),
  // Never shown: it only selects what follows, as an EtherType would.
  type: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of packet that the first half byte tells.' }),
}

export const gtp = defineProtocol({
  name: 'gtp',
  title: 'GPRS Tunneling Protocol',
  column: 'GTP',
  spec: '3GPP TS 29.060',
  about: 'Carries the packets of mobile phones between the parts of a mobile network.',
  fields: F,
  accepts: { 'udp.dstport': [2152, 2123, 3386] },
  summary: (get) => get.name(F.message),

  dissect(p) {
    if (!p.has(HEADER_1)) return p.short(HEADER_1)
    const version = p.u8(0) >> 5
    // Version 2 is another protocol on the same port.
    if (version > 1) {
      p.span(0)
      return p.data(0)
    }
    const header = version === 0 ? zero(p) : one(p)
    if (header < 0) return
    p.span(header)
    // The variant for charging records (GTP') has no user data.
    if (p.u8(1) !== PAYLOAD || (p.u8(0) & NOT_CHARGING) === 0) {
      p.span(p.available())
      return
    }
    const nibble = p.has(header + 1) ? p.u8(header) >> 4 : 0
    if (nibble === 4) p.next(F.type, TYPE_IPV4, header)
    else if (nibble === 6) p.next(F.type, TYPE_IPV6, header)
    else p.data(header)
  },
})

function zero(p: Dissection): number {
  const { recording } = p
  p.header()
  if (!p.has(HEADER_0)) {
    p.short(HEADER_0)
    return -1
  }
  if (recording) {
    p.nest(-1)
    p.add(F.reserved0, 0)
    p.add(F.hasSndcp, 0)
    p.close()
    p.add(F.message, 1)
    p.add(F.length, 2)
    p.add(F.sequence, 4)
    p.add(F.flow, 6)
    p.add(F.sndcp, 8)
  }
  return HEADER_0
}

/** Returns where the payload starts, or -1. */
function one(p: Dissection): number {
  const flags = p.u8(0)
  p.header()
  if (p.recording) {
    p.nest(-1)
    p.add(F.reserved, 0)
    p.add(F.hasExtension, 0)
    p.add(F.hasSequence, 0)
    p.add(F.hasNumber, 0)
    p.close()
    p.add(F.message, 1)
    p.add(F.length, 2)
    p.add(F.tunnel, 4)
  }
  if ((flags & (EXTENSION | SEQUENCE | NUMBER)) === 0) return HEADER_1
  let at = HEADER_1 + OPTIONAL
  if (!p.has(at)) {
    p.short(at)
    return -1
  }
  if ((flags & SEQUENCE) !== 0) p.add(F.sequence, HEADER_1)
  if ((flags & NUMBER) !== 0) p.add(F.number, HEADER_1 + 2)
  if ((flags & EXTENSION) === 0) return at
  let next = p.number(F.next, HEADER_1 + 3)
  while (next !== 0) {
    const length = p.has(at + 1) ? p.u8(at) * 4 : 0
    if (length === 0) {
      p.malformed(F.extensionLength, 'is 0, so the header has no end')
      return -1
    }
    if (!p.has(at + length)) {
      p.short(at + length)
      return -1
    }
    p.open(F.extension, at, length)
    p.add(F.extensionLength, at)
    if (length > 2) p.add(F.container, at + 1, length - 2)
    next = p.number(F.next, at + length - 1)
    p.close()
    at += length
  }
  return at
}
