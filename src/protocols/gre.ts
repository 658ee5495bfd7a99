// Generic Routing Encapsulation: RFC 2784, RFC 2890 (key, sequence number), RFC 1701 (routing). The enhanced version of PPTP, with a call
// number and acknowledgments: RFC 2637. The redirect header of WCCP: draft-wilson-wrec-wccp-v2.
//
//   0      2     4                    then each where its flag is set
//   flags  type  [checksum  offset]  [key]  [sequence number]  [acknowledgment]  [routing]

import { internetChecksum } from '../bytes/checksum.ts'
import { checksumFields, recordVerdict } from '../core/checksum-rows.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, flag, flag16, group, u8, u16, u32 } from '../core/protocol.ts'
import { checksumStates } from './names/checksum.ts'
import { greTypes } from './names/gre.ts'

const HEADER = 4
const CHECKSUM = 0x8000
const ROUTING = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
const ACKNOWLEDGED = 0x0080
const VERSION = 0x0007

const PPP = 0x880b
const WCCP = 0x883e
const BRIDGED = 0x6558
const ERSPAN = 0x88be
const CDMA = 0x8881
const CDMA_3GPP2 = 0x88d2

const yesOrNo: readonly [string, string] = ['Yes', 'No']
const aboutReserved = 'Bits without a meaning, which senders must leave at zero.'

const sum = checksumFields(
  'gre',
  'gre.checksum.incorrect',
  checksumStates,
  'A sum over the header and what the tunnel carries, with which the receiver finds damage.',
  undefined,
  'Incorrect GRE Checksum',
)

const F = {
  flags: u16('gre.flags_and_version', 'Flags and Version', {
    at: 0,
    base: 'hex',
    about: 'Says which optional parts the header has, and which version of the protocol it follows.',
  }),
  hasChecksum: flag16('gre.flags.checksum', 'Checksum Bit', {
    at: 0,
    mask: CHECKSUM,
    in: 'gre.flags_and_version',
    states: yesOrNo,
    about: 'Tells whether the header holds a checksum.',
  }),
  hasRouting: flag16('gre.flags.routing', 'Routing Bit', {
    at: 0,
    mask: ROUTING,
    in: 'gre.flags_and_version',
    states: yesOrNo,
    about: 'Tells whether the header lists stations that the packet must visit.',
  }),
  hasKey: flag16('gre.flags.key', 'Key Bit', {
    at: 0,
    mask: KEY,
    in: 'gre.flags_and_version',
    states: yesOrNo,
    about: 'Tells whether the header holds a key that names the tunnel.',
  }),
  hasSequence: flag16('gre.flags.sequence_number', 'Sequence Number Bit', {
    at: 0,
    mask: SEQUENCE,
    in: 'gre.flags_and_version',
    states: yesOrNo,
    about: 'Tells whether the packets of the tunnel are numbered.',
  }),
  strict: flag16('gre.flags.strict_source_route', 'Strict Source Route Bit', {
    at: 0,
    mask: 0x0800,
    in: 'gre.flags_and_version',
    states: yesOrNo,
    about: 'Tells whether the packet may visit no other stations than those listed.',
  }),
  recursion: u16('gre.flags.recursion_control', 'Recursion control', {
    at: 0,
    mask: 0x0700,
    in: 'gre.flags_and_version',
    about: 'Limits how often the packet may be put into yet another tunnel.',
  }),
  // Three rows of which a packet has one or two: the enhanced version has a flag among the reserved bits.
  acknowledges: flag16('gre.flags.ack', 'Acknowledgment', {
    mask: ACKNOWLEDGED,
    states: yesOrNo,
    about: 'Tells whether the header acknowledges packets of the other side.',
  }),
  reserved: u16('gre.flags.reserved', 'Flags (Reserved)', { mask: 0x00f8, about: aboutReserved }),
  reservedEnhanced: u16('gre.flags.reserved', 'Flags (Reserved)', { mask: 0x0078, about: aboutReserved }),
  version: u16('gre.flags.version', 'Version', {
    mask: VERSION,
    names: { 0: 'GRE', 1: 'Enhanced GRE' },
    about: 'Says which version of the protocol the header follows: 1 is the one of PPTP.',
  }),
  type: u16('gre.proto', 'Protocol Type', { base: 'hex', names: greTypes, about: 'Says which protocol the tunnel carries.' }),
  ...sum,
  offset: u16('gre.offset', 'Offset', { about: 'Says where in the list of stations the next one stands.' }),
  key: u32('gre.key', 'Key', { base: 'hex', about: 'Names the tunnel, where two machines have more than one between them.' }),
  payloadLength: u16('gre.key.payload_length', 'Payload Length', { about: 'Counts the bytes that the tunnel carries in this packet.' }),
  call: u16('gre.key.call_id', 'Call ID', { about: 'Names the call of PPTP that the packet belongs to.' }),
  sequence: u32('gre.sequence_number', 'Sequence Number', { about: 'Counts the packets of the tunnel, so that lost ones are noticed.' }),
  acknowledged: u32('gre.ack_number', 'Acknowledgment Number', {
    about: 'The number of the last packet that arrived from the other side.',
  }),
  routing: group('gre.routing', 'Routing', { about: 'Lists the stations that the packet has to visit.' }),
  family: u16('gre.routing.address_family', 'Address Family', { about: 'Says of which kind the addresses of this part of the list are.' }),
  entryOffset: u8('gre.routing.sre_offset', 'SRE Offset', { about: 'Says where in this part of the list the next station stands.' }),
  entryLength: u8('gre.routing.src_length', 'SRE Length', { about: 'Counts the bytes of this part of the list.' }),
  stations: bytes('gre.routing.information', 'Routing Information', { about: 'The addresses that this part of the list holds.' }),
  redirect: group('gre.wccp.redirect_header', 'Redirect Header', {
    about: 'Says for which service a router redirected the packet to a cache.',
  }),
  dynamic: flag('gre.wccp.dynamic_service', 'Dynamic Service', {
    mask: 0x01,
    about: 'Tells whether the service was described by the caches instead of being well known.',
  }),
  alternativeUsed: flag('gre.wccp.alternative_bucket_used', 'Alternative bucket used', {
    mask: 0x02,
    about: 'Tells whether the second way of choosing a cache was taken.',
  }),
  valid: flag('gre.wccp.redirect_header_valid', 'WCCP Redirect header is valid', {
    mask: 0x04,
    about: 'Tells whether the rest of this small header means anything.',
  }),
  service: u8('gre.wccp.service_id', 'Service ID', { about: 'The number of the service that the caches offer.' }),
  alternative: u8('gre.wccp.alternative_bucket', 'Alternative Bucket', { about: 'The second choice among the shares of the caches.' }),
  primary: u8('gre.wccp.primary_bucket', 'Primary Bucket', { about: 'The first choice among the shares of the caches.' }),
}

const isPpp = (type: number) => type === PPP || type === CDMA || type === CDMA_3GPP2
const typeName = (type: number) => greTypes[type] ?? `0x${type.toString(16).padStart(4, '0').toUpperCase()} - unknown`

export const gre = defineProtocol({
  name: 'gre',
  title: 'Generic Routing Encapsulation',
  spec: 'RFC 2784',
  about: 'Carries packets of any protocol through an IP network, as if there were a cable.',
  fields: F,
  accepts: { 'ip.proto': [47], 'udp.dstport': [4754] },
  heading: (get) => (get.has(F.type) ? `Generic Routing Encapsulation (${typeName(get.number(F.type))})` : 'Generic Routing Encapsulation'),
  summary: (get) => `Encapsulated ${typeName(get.number(F.type))}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    const flags = p.u16(0)
    const type = p.u16(2)
    const enhanced = isPpp(type) && (flags & VERSION) !== 0
    p.header()
    if (p.recording) recordFlags(p, enhanced)
    p.add(F.type, 2)
    let at = HEADER
    if ((flags & (CHECKSUM | ROUTING)) !== 0) {
      if (!p.has(at + 4)) return p.short(at + 4)
      if (p.recording) recordChecksum(p, at, (flags & CHECKSUM) !== 0)
      at += 4
    }
    if ((flags & KEY) !== 0) {
      if (!p.has(at + 4)) return p.short(at + 4)
      if (enhanced) {
        p.add(F.payloadLength, at)
        p.add(F.call, at + 2)
      } else p.add(F.key, at)
      at += 4
    }
    if ((flags & SEQUENCE) !== 0) {
      if (!p.has(at + 4)) return p.short(at + 4)
      p.add(F.sequence, at)
      at += 4
    }
    if (enhanced && (flags & ACKNOWLEDGED) !== 0) {
      if (!p.has(at + 4)) return p.short(at + 4)
      p.add(F.acknowledged, at)
      at += 4
    }
    if ((flags & ROUTING) !== 0) {
      at = skipRouting(p, at)
      if (at < 0) return
    }
    // The second version of WCCP puts four bytes before the packet, which would otherwise start with the version of IP.
    if (type === WCCP && p.has(at + 4) && p.u8(at) >> 4 !== 4) {
      if (p.recording) recordRedirect(p, at)
      at += 4
    }
    p.span(at)
    // ERSPAN without a sequence number is of type I: no header of its own, the mirrored frame follows.
    if (type === ERSPAN && (flags & SEQUENCE) === 0) {
      p.via('erspan')
      p.next(F.type, BRIDGED, at)
    } else p.next(F.type, type, at)
  },
})

function recordFlags(p: Dissection, enhanced: boolean): void {
  // Under the flags, where the table cannot put them, since which of them there are depends on the version.
  p.nest(-1)
  if (enhanced) p.add(F.acknowledges, 0)
  p.add(enhanced ? F.reservedEnhanced : F.reserved, 0)
  p.add(F.version, 0)
  p.close()
}

function recordChecksum(p: Dissection, at: number, used: boolean): void {
  p.add(F.checksum, at)
  if (used) {
    const whole = !p.quoted && p.available() === p.reported()
    recordVerdict(p, sum, at, whole ? internetChecksum(p.bytes, p.base, p.end) : -1)
  }
  p.add(F.offset, at + 2)
}

/** Parts of the list until an empty one (RFC 1701); returns where they end, or -1. */
function skipRouting(p: Dissection, from: number): number {
  let at = from
  while (true) {
    if (!p.has(at + 4)) {
      p.short(at + 4)
      return -1
    }
    const length = p.u8(at + 3)
    if (!p.has(at + 4 + length)) {
      p.short(at + 4 + length)
      return -1
    }
    p.nest(p.add(F.routing, at, 4 + length))
    p.add(F.family, at)
    p.add(F.entryOffset, at + 2)
    p.add(F.entryLength, at + 3)
    if (length > 0) p.add(F.stations, at + 4, length)
    p.close()
    const last = length === 0 && p.u16(at) === 0
    at += 4 + length
    if (last) return at
  }
}

function recordRedirect(p: Dissection, at: number): void {
  p.nest(p.add(F.redirect, at, 4))
  p.add(F.dynamic, at)
  p.add(F.alternativeUsed, at)
  p.add(F.valid, at)
  p.add(F.service, at + 1)
  p.add(F.alternative, at + 2)
  p.add(F.primary, at + 3)
  p.close()
}
