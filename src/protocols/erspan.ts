// Encapsulated Remote Switched Port Analyzer, types II and III: draft-foschiano-erspan. Type I has no header, see gre.ts.
//
//   II:   0             2                4               III:  0             2                4          8    10     12
//         version|VLAN  COS|encap|T|id   reserved|index        version|VLAN  COS|BSO|T|id     timestamp  SGT  flags  [subheader]

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, flag16, group, u16, u32, u64 } from '../core/protocol.ts'

const HEADER_2 = 8
const HEADER_3 = 12
const SUBHEADER = 8
/** Type of the frame that was mirrored, as GRE numbers it. */
const BRIDGED = 0x6558

const aboutReserved = 'Bits without a meaning, which senders leave at zero.'
const aboutPort = 'The port of the switch at which the frame was mirrored.'
const aboutUpper = 'The upper half of the time at which the frame was mirrored.'

const F = {
  version: u16('erspan.version', 'Version', {
    at: 0,
    mask: 0xf000,
    names: { 1: 'Type II', 2: 'Type III' },
    about: 'Says which form of the header this is; the number is one less than that of the type.',
  }),
  unknown: group('erspan.version.unknown', 'Unknown version, please report or test to use fake ERSPAN preference', {
    about: 'Marks a header of a version that nobody has described.',
  }),
  vlan: u16('erspan.vlan', 'Vlan', { mask: 0x0fff, about: 'The virtual network in which the frame was mirrored.' }),
  cos: u16('erspan.cos', 'COS', { mask: 0xe000, about: 'The class of service that the mirrored frame had.' }),
  encap: u16('erspan.encap', 'Encap', {
    mask: 0x1800,
    names: {
      0: 'Originally without VLAN tag',
      1: 'Originally ISL encapsulated',
      2: 'Originally 802.1Q encapsulated',
      3: 'VLAN tag preserved in frame',
    },
    about: 'Says how the mirrored frame was marked with its virtual network.',
  }),
  integrity: u16('erspan.bso', 'Bad/Short/Oversized', {
    mask: 0x1800,
    names: { 0: 'Good or unknown integrity', 1: 'Short frame', 2: 'Oversized frame', 3: 'CRC or alignment error' },
    about: 'Says whether the frame was whole when the switch saw it.',
  }),
  truncated: u16('erspan.truncated', 'Truncated', {
    mask: 0x0400,
    names: { 0: 'Not truncated', 1: 'Truncated' },
    about: 'Tells whether the frame was cut because it did not fit into the tunnel.',
  }),
  session: u16('erspan.spanid', 'SpanID', { mask: 0x03ff, about: 'The number of the mirroring session on the switch.' }),
  reserved: u32('erspan.reserved', 'Reserved', { mask: 0xfff00000, about: aboutReserved }),
  index: u32('erspan.index', 'Index', { mask: 0x000fffff, about: 'The port and the direction in which the frame was mirrored.' }),
  timestamp: u32('erspan.timestamp', 'Timestamp', { mask: 0xffffffff, about: 'The time at which the switch mirrored the frame.' }),
  group: u16('erspan.sgt', 'Security Group Tag', { mask: 0xffff, about: 'The security group that the frame was assigned to.' }),
  ethernet: u16('erspan.p', 'Has Ethernet PDU', { mask: 0x8000, about: 'Tells whether the mirrored frame is an Ethernet frame.' }),
  frameType: u16('erspan.ft', 'Frame Type', {
    mask: 0x7c00,
    names: { 0: 'Ethernet', 2: 'IP' },
    about: 'Says which kind of frame was mirrored.',
    display: (_get, value, shown) => `Frame Type: ${value === 0 || value === 2 ? shown : `Unknown (${value})`}`,
  }),
  hardware: u16('erspan.hw', 'Hardware ID', { mask: 0x03f0, about: 'The engine inside the switch that mirrored the frame.' }),
  direction: flag16('erspan.direction', 'Direction', {
    mask: 0x0008,
    states: ['Egress', 'Ingress'],
    about: 'Tells whether the frame was leaving the switch or entering it.',
  }),
  granularity: u16('erspan.gra', 'Timestamp granularity', {
    mask: 0x0006,
    names: { 0: '100 microseconds', 1: '100 nanoseconds', 2: 'IEEE 1588', 3: 'Custom granularity' },
    about: 'Says in which unit the timestamp counts.',
  }),
  optional: u16('erspan.o', 'Optional Sub headers', { mask: 0x0001, about: 'Tells whether eight more bytes belong to the header.' }),
  platform: u32('erspan.platid', 'Platform ID', { mask: 0xfc000000, about: 'Says how the optional bytes are laid out.' }),
  reserved1: u32('erspan.pid1.rsvd1', 'Reserved', { mask: 0x03fff000, about: aboutReserved }),
  domain: u32('erspan.pid1.vsmid', 'VSM Domain ID', {
    mask: 0x00000fff,
    about: 'The domain of the virtual switch that mirrored the frame.',
  }),
  port1: u32('erspan.pid1.port_index', 'Port ID/Index', { mask: 0xffffffff, about: aboutPort }),
  reserved3: u32('erspan.pid3.rsvd1', 'Reserved', { mask: 0x03ffc000, about: aboutReserved }),
  port3: u32('erspan.pid3.port_index', 'Port ID/Index', { mask: 0x00003fff, about: aboutPort }),
  upper3: u32('erspan.pid3.timestamp', 'Upper 32-bit Timestamp', { mask: 0xffffffff, about: aboutUpper }),
  reserved4: u32('erspan.pid4.rsvd1', 'Reserved', { mask: 0x03ffc000, about: aboutReserved }),
  reserved42: u32('erspan.pid4.rsvd2', 'Reserved', { mask: 0x00003fff, about: aboutReserved }),
  reserved43: u32('erspan.pid4.rsvd3', 'Reserved', { mask: 0xffffffff, about: aboutReserved }),
  switch5: u32('erspan.pid5.switchid', 'Switch ID', { mask: 0x03ff0000, about: 'The number of the switch that mirrored the frame.' }),
  port5: u32('erspan.pid5.port_index', 'Port ID/Index', { mask: 0x0000ffff, about: aboutPort }),
  seconds5: u32('erspan.pid5.timestamp', 'Timestamp (seconds)', { mask: 0xffffffff, about: 'The second in which the frame was mirrored.' }),
  reserved7: u32('erspan.pid7.rsvd1', 'Reserved', { mask: 0x03f00000, about: aboutReserved }),
  source7: u32('erspan.pid7.source_index', 'Source Index', { mask: 0x000fffff, about: aboutPort }),
  upper7: u32('erspan.pid7.timestamp', 'Upper 32-bit Timestamp', { mask: 0xffffffff, about: aboutUpper }),
  reservedOther: u64('erspan.pid.rsvd', 'Reserved', { about: aboutReserved }),
  // Never shown: it only selects the mirrored frame, as the type of GRE would.
  frame: u16('', 'Type', { hidden: true, selectsLike: 'gre.proto', about: 'The kind of frame that follows, by the numbers of GRE.' }),
}

export const erspan = defineProtocol({
  name: 'erspan',
  title: 'Encapsulated Remote Switch Packet ANalysis',
  spec: 'draft-foschiano-erspan',
  about: 'Carries copies of the frames that pass a port of a switch to an analyzer elsewhere.',
  fields: F,
  accepts: { 'gre.proto': [0x88be, 0x22eb] },
  heading: (get) => `Encapsulated Remote Switch Packet ANalysis${titles[get.number(F.version)] ?? ''}`,
  summary: (get) => `Mirrored frame of session ${get.text(F.session)}`,

  dissect(p) {
    if (!p.has(2)) return p.short(2)
    p.header()
    p.span(p.available())
    const version = p.u8(0) >> 4
    if (version === 1) second(p)
    else if (version === 2) third(p)
    else {
      p.note(0x00600000, F.unknown.label, 0, 0, F.unknown)
      if (p.recording && p.has(3)) p.data(2)
    }
  },
})

const titles: Readonly<Record<number, string>> = { 1: ' Type II', 2: ' Type III' }

function second(p: Dissection): void {
  if (!p.has(HEADER_2)) {
    p.short(HEADER_2)
    return
  }
  p.add(F.vlan, 0)
  p.add(F.cos, 2)
  p.add(F.encap, 2)
  p.add(F.truncated, 2)
  p.add(F.session, 2)
  p.add(F.reserved, 4)
  p.add(F.index, 4)
  p.next(F.frame, BRIDGED, HEADER_2)
}

function third(p: Dissection): void {
  if (!p.has(HEADER_3)) {
    p.short(HEADER_3)
    return
  }
  p.add(F.vlan, 0)
  p.add(F.cos, 2)
  p.add(F.integrity, 2)
  p.add(F.truncated, 2)
  p.add(F.session, 2)
  p.add(F.timestamp, 4)
  p.add(F.group, 8)
  p.add(F.ethernet, 10)
  p.add(F.frameType, 10)
  p.add(F.hardware, 10)
  p.add(F.direction, 10)
  p.add(F.granularity, 10)
  p.add(F.optional, 10)
  const flags = p.u16(10)
  let at = HEADER_3
  if ((flags & 1) !== 0) {
    if (!p.has(at + SUBHEADER)) {
      p.short(at + SUBHEADER)
      return
    }
    if (p.recording) recordSubheader(p, at)
    at += SUBHEADER
  }
  if ((flags & 0x7c00) === 0) p.next(F.frame, BRIDGED, at)
  else p.data(at)
}

function recordSubheader(p: Dissection, at: number): void {
  const platform = p.u8(at) >> 2
  p.add(F.platform, at)
  if (platform === 1) {
    p.add(F.reserved1, at)
    p.add(F.domain, at)
    p.add(F.port1, at + 4)
  } else if (platform === 3) {
    p.add(F.reserved3, at)
    p.add(F.port3, at)
    p.add(F.upper3, at + 4)
  } else if (platform === 4) {
    p.add(F.reserved4, at)
    p.add(F.reserved42, at)
    p.add(F.reserved43, at + 4)
  } else if (platform === 5 || platform === 6) {
    p.add(F.switch5, at)
    p.add(F.port5, at)
    p.add(F.seconds5, at + 4)
  } else if (platform === 7) {
    p.add(F.reserved7, at)
    p.add(F.source7, at)
    p.add(F.upper7, at + 4)
  } else p.add(F.reservedOther, at)
}
