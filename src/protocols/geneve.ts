// Generic Network Virtualization Encapsulation: RFC 8926.
//
//   0                       1      2     4    7         8
//   version|options length  flags  type  VNI  reserved  options…

import type { Dissection } from '../core/dissect.ts'
import { SEVERITY_WARN } from '../core/note.ts'
import { bytes, defineProtocol, flag, group, u8, u16, u24 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'
import { optionClass } from './names/geneve.ts'

const HEADER = 8
const OPTION = 4
const BRIDGED = 0x6558

const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, '0')}`

const F = {
  version: u8('geneve.version', 'Version', {
    about: 'The version of the protocol, in two bits; it is always 0 so far.',
  }),
  unknownVersion: group('geneve.version.unknown', 'Unknown version', {
    about: 'Marks a header of a version that is not known.',
  }),
  length: u8('geneve.option.length', 'Length', { unit: 'bytes', about: 'Counts the bytes of all options, or of one with its header.' }),
  flags: u8('geneve.flags', 'Flags', {
    base: 'hex',
    about: 'Says whether the packet is for the tunnel itself, and whether options must be understood.',
    display: (_get, value, shown) =>
      `Flags: ${shown}${(value & 0x80) !== 0 ? ', Operations, Administration and Management Frame' : ''}${(value & 0x40) !== 0 ? ', Critical Options Present' : ''}`,
  }),
  oam: flag('geneve.flags.oam', 'Operations, Administration and Management Frame', {
    mask: 0x80,
    about: 'Tells whether the packet is about the tunnel instead of for somebody behind it.',
  }),
  critical: flag('geneve.flags.critical', 'Critical Options Present', {
    mask: 0x40,
    about: 'Tells whether there are options that the receiver must understand.',
  }),
  reservedFlags: flag('geneve.flags.reserved', 'Reserved', {
    mask: 0x3f,
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  type: u16('geneve.proto_type', 'Protocol Type', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol the tunnel carries, as an Ethernet type.',
  }),
  network: u24('geneve.vni', 'Virtual Network Identifier (VNI)', {
    base: 'hex-dec',
    about: 'The number of the virtual network that the packet belongs to.',
  }),
  reserved: u8('geneve.reserved', 'Reserved', {
    base: 'hex',
    hidden: true,
    about: 'A byte without a meaning, which senders must leave at zero.',
  }),
  options: bytes('geneve.options', 'Geneve Options', {
    about: 'What the ends of the tunnel tell each other beside the packet.',
    display: (_get, _value, _shown, _raw, _start, length) => `Options: (${length} bytes)`,
  }),
  option: bytes('geneve.option', 'Option', {
    about: 'One thing that an end of the tunnel tells the other.',
    display: (_get, _value, shown) => {
      const organisation = Number.parseInt(shown.slice(0, 4), 16)
      const kind = Number.parseInt(shown.slice(4, 6), 16)
      const must = (kind & 0x80) !== 0 ? ' (Critical)' : ''
      return `Unknown, Class: ${optionClass(organisation)} (${hex(organisation, 4)}) Type: ${hex(kind, 2)}${must}`
    },
  }),
  class: u16('geneve.option.class', 'Class', {
    base: 'hex',
    about: 'Names the organisation that defined the option.',
    display: (_get, value) => `Class: ${optionClass(value)} (${hex(value, 4)})`,
  }),
  kind: u8('geneve.option.type', 'Type', {
    base: 'hex',
    about: 'The number of the option among those of its class.',
    display: (_get, value) => `Type: ${hex(value, 2)}${(value & 0x80) !== 0 ? ' (Critical)' : ''}`,
  }),
  kindCritical: flag('geneve.option.type.critical', 'Critical Option', {
    mask: 0x80,
    hidden: true,
    about: 'Tells whether a receiver that does not know the option must drop the packet.',
  }),
  optionFlags: u8('geneve.option.flags', 'Flags', {
    base: 'hex',
    hidden: true,
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  optionReserved: flag('geneve.option.flags.reserved', 'Reserved', {
    mask: 0xe0,
    about: 'Bits without a meaning, which senders must leave at zero.',
  }),
  badLength: group('geneve.option.length.invalid', 'Invalid length for option', {
    about: 'Marks an option that is longer than the room for all of them.',
  }),
  content: bytes('geneve.option.unknown.data', 'Unknown Option Data', { about: 'The content of an option that is not taken apart.' }),
}

export const geneve = defineProtocol({
  name: 'geneve',
  title: 'Generic Network Virtualization Encapsulation',
  spec: 'RFC 8926',
  about: 'Carries frames of virtual networks through an IP network, with room for notes beside them.',
  fields: F,
  accepts: { 'udp.dstport': [6081] },
  heading: (get) =>
    get.has(F.network)
      ? `Generic Network Virtualization Encapsulation, VNI: ${hex(get.number(F.network), 6)}`
      : 'Generic Network Virtualization Encapsulation',
  summary: (get) => `Encapsulated ${etherTypes[get.number(F.type)] ?? `${hex(get.number(F.type), 4)} (unknown)`}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    const length = (p.u8(0) & 0x3f) * 4
    p.generate(F.version, p.u8(0) >> 6, 0, 1)
    if (p.u8(0) >> 6 !== 0) {
      p.note(SEVERITY_WARN, `Unknown version ${p.u8(0) >> 6}`, 0, 0, F.unknownVersion)
      p.span(p.available())
      return
    }
    if (p.recording) recordHeader(p, length)
    p.span(HEADER + length)
    if (!p.has(HEADER + length)) return p.short(HEADER + length)
    if (p.recording && length > 0) recordOptions(p, HEADER + length)
    // A bridged frame is handed on directly, without the step of types.
    if (p.u16(2) !== BRIDGED) p.via('ethertype')
    p.next(F.type, p.u16(2), HEADER + length)
  },
})

function recordHeader(p: Dissection, length: number): void {
  p.generate(F.length, length, 0, 1)
  p.open(F.flags, 1)
  p.add(F.oam, 1)
  p.add(F.critical, 1)
  p.add(F.reservedFlags, 1)
  p.close()
  p.add(F.type, 2)
  p.add(F.network, 4)
  p.add(F.reserved, 7)
}

function recordOptions(p: Dissection, end: number): void {
  p.open(F.options, HEADER, end - HEADER)
  let at = HEADER
  while (at + OPTION <= end) {
    const length = OPTION + (p.u8(at + 3) & 0x1f) * 4
    const room = Math.min(length, end - at)
    p.open(F.option, at, room)
    p.add(F.class, at)
    p.open(F.kind, at + 2)
    p.add(F.kindCritical, at + 2)
    p.close()
    p.nest(p.generate(F.optionFlags, p.u8(at + 3) & 0xe0, at + 3, 1))
    p.add(F.optionReserved, at + 3)
    p.close()
    p.generate(F.length, length, at + 3, 1)
    if (length > room) p.note(SEVERITY_WARN, 'Invalid length for option', at + 3, 0, F.badLength)
    else if (length > OPTION) p.add(F.content, at + OPTION, length - OPTION)
    p.close()
    at += room
  }
  p.close()
}
