// IEEE 802.2 logical link control, and SNAP (RFC 1042), which puts an Ethernet type behind it.
//
//   0     1     2        3    6
//   DSAP  SSAP  control  OUI  type            (OUI and type only when DSAP is 0xaa)
//
// The control field has one byte in unnumbered frames and two in the others.

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, flag, type Get, u8, u16, u24 } from '../core/protocol.ts'
import { etherTypes } from './names/ethertypes.ts'
import { servicePoints, unnumberedCommands } from './names/llc.ts'

const SNAP = 0xaa
const IP = 0x06
const UNNUMBERED = 3
const TYPE_IPV4 = 0x0800
const ETHERNET_OUI = 0x000000
const BRIDGED_OUI = 0x0000f8
const CISCO_OUI = 0x00000c

const ciscoIds = {
  258: 'DRIP',
  260: 'PAgP',
  261: 'MLS Hello',
  264: 'RLQ BPDUs (request)',
  265: 'RLQ BPDUs (response)',
  267: 'PVSTP+',
  268: 'VLAN Bridge',
  273: 'UDLD',
  313: 'MCP',
  8192: 'CDP',
  8193: 'CGMP',
  8195: 'VTP',
  8196: 'DTP',
  8202: 'STP Uplink Fast',
}

const functions: Readonly<Record<number, string>> = {
  0: 'UI',
  8: 'UP',
  16: 'DISC',
  24: 'UA',
  32: 'SNRM',
  56: 'TEST',
  1: 'SIM',
  33: 'FRMR',
  3: 'DM',
  11: 'SABM',
  19: 'SARME',
  27: 'SABME',
  35: 'RESET',
  43: 'XID',
  51: 'SNRME',
}

const frameTypes = { 0: 'Information frame', 1: 'Supervisory frame', 2: 'Information frame', 3: 'Unnumbered frame' }
const supervisory = { 0: 'Receiver ready', 1: 'Receiver not ready', 2: 'Reject', 3: 'Selective reject' }
const service = (value: number) => servicePoints[value << 1] ?? `0x${(value << 1).toString(16).padStart(2, '0')}`

const F = {
  destination: u8('llc.dsap', 'DSAP', {
    at: 0,
    base: 'hex',
    names: servicePoints,
    about: 'Says which service of the receiver gets the frame.',
  }),
  destinationService: u8('llc.dsap.sap', 'SAP', {
    at: 0,
    mask: 0xfe,
    in: 'llc.dsap',
    about: 'The service itself, without the bit that makes it a group.',
    display: (_get, value) => `${pictured(value)} = SAP: ${service(value)}`,
  }),
  destinationGroup: flag('llc.dsap.ig', 'IG Bit', {
    at: 0,
    mask: 0x01,
    in: 'llc.dsap',
    states: ['Group', 'Individual'],
    about: 'Tells whether one service or a group of them is meant.',
  }),
  source: u8('llc.ssap', 'SSAP', { at: 1, base: 'hex', names: servicePoints, about: 'Says which service of the sender wrote the frame.' }),
  sourceService: u8('llc.ssap.sap', 'SAP', {
    at: 1,
    mask: 0xfe,
    in: 'llc.ssap',
    about: 'The service itself, without the bit that marks an answer.',
    display: (_get, value) => `${pictured(value)} = SAP: ${service(value)}`,
  }),
  sourceResponse: flag('llc.ssap.cr', 'CR Bit', {
    at: 1,
    mask: 0x01,
    in: 'llc.ssap',
    states: ['Response', 'Command'],
    about: 'Tells whether the frame is a command or the answer to one.',
  }),
  control: u16('llc.control', 'Control field', {
    base: 'hex',
    about: 'Says what kind of frame it is, and counts frames where they are numbered.',
    display: (_get, value): string => {
      if ((value & 3) === UNNUMBERED) return `Control field: U, func=${functions[(value & 0xec) >> 2] ?? 'Unknown'} (0x${hex(value, 2)})`
      return `Control field: ${(value & 1) === 0 ? 'I' : 'S'}, N(R)=${value >> 9} (0x${hex(value, 4)})`
    },
  }),
  command: u8('llc.control.u_modifier_cmd', 'Command', {
    mask: 0xec,
    base: 'hex',
    names: unnumberedCommands,
    about: 'Says what an unnumbered frame asks for.',
    display: (_get, value) => {
      const raw = value << 2
      const bits = raw.toString(2).padStart(8, '0')
      const name = unnumberedCommands[value] ?? 'Unknown'
      return `${bits.slice(0, 3)}. ${bits.slice(4, 6)}.. = Command: ${name} (0x${hex(value, 2)})`
    },
  }),
  supervisory: u16('llc.control.s_ftype', 'Supervisory frame type', {
    base: 'hex',
    names: supervisory,
    about: 'Says whether the sender of the frame is ready for more.',
  }),
  frameType: u16('llc.control.ftype', 'Frame type', {
    base: 'hex',
    names: frameTypes,
    about: 'Tells numbered, supervisory and unnumbered frames apart.',
  }),
  unnumberedType: u8('llc.control.ftype', 'Frame type', {
    mask: 0x03,
    base: 'hex',
    names: frameTypes,
    about: 'Tells numbered, supervisory and unnumbered frames apart.',
  }),
  organization: u24('llc.oui', 'Organization Code', {
    about: 'Names the organisation that gave out the type that follows.',
    display: (_get, value) => `Organization Code: ${hex(value >> 16, 2)}:${hex((value >> 8) & 0xff, 2)}:${hex(value & 0xff, 2)}`,
  }),
  type: u16('llc.type', 'Type', {
    base: 'hex',
    names: etherTypes,
    selectsLike: 'eth.type',
    about: 'Says which protocol follows, as in an Ethernet II frame.',
  }),
  ciscoId: u16('llc.cisco_pid', 'PID', { base: 'hex', names: ciscoIds, about: 'Says which of the protocols of Cisco follows.' }),
  protocolId: u16('llc.pid', 'Protocol ID', { base: 'hex', about: 'Says which protocol of that organisation follows.' }),
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

function pictured(value: number): string {
  const bits = value.toString(2).padStart(7, '0')
  return `${bits.slice(0, 4)} ${bits.slice(4)}.`
}

function summarize(get: Get): string {
  if (get.has(F.type)) return get.name(F.type)
  const kind = get.has(F.command) ? `U, func=${functions[get.number(F.command)] ?? 'Unknown'}` : 'numbered frame'
  return `${kind}; DSAP ${get.text(F.destination)} ${get.name(F.destination)}, SSAP ${get.text(F.source)} ${get.name(F.source)}`
}

export const llc = defineProtocol({
  name: 'llc',
  title: 'Logical-Link Control',
  spec: 'IEEE 802.2',
  about: 'Says what an IEEE 802.3 frame carries, where Ethernet II has a type.',
  fields: F,
  // Key 0 of a length: the frame has a length where others have a type.
  accepts: { 'eth.len': [0] },
  summary: summarize,

  dissect(p) {
    if (!p.has(3)) return p.short(3)
    p.header()
    const unnumbered = (p.u8(2) & 3) === UNNUMBERED
    const header = unnumbered ? 3 : 4
    if (!p.has(header)) return p.short(header)
    if (p.recording) recordControl(p, unnumbered)
    const service = p.u8(0)
    if (service === SNAP && p.u8(1) === SNAP && unnumbered) snap(p, header)
    else if (service === IP) p.next(F.type, TYPE_IPV4, header)
    else p.next(F.destination, service, header)
  },
})

function recordControl(p: Dissection, unnumbered: boolean): void {
  if (unnumbered) {
    const value = p.u8(2)
    p.nest(p.generate(F.control, value, 2, 1))
    p.add(F.command, 2)
    p.add(F.unnumberedType, 2)
  } else {
    const value = p.u8(2) | (p.u8(3) << 8)
    p.nest(p.generate(F.control, value, 2, 2))
    if ((value & 1) !== 0) p.generate(F.supervisory, (value >> 2) & 3, 2, 2)
    p.generate(F.frameType, value & 1, 2, 2)
  }
  p.close()
}

function snap(p: Dissection, at: number): void {
  if (!p.has(at + 5)) {
    p.short(at + 5)
    return
  }
  const organization = p.number(F.organization, at)
  if (organization === ETHERNET_OUI || organization === BRIDGED_OUI) {
    p.add(F.type, at + 3)
    p.next(F.type, p.u16(at + 3), at + 5)
  } else if (organization === CISCO_OUI) {
    p.next(F.ciscoId, p.number(F.ciscoId, at + 3), at + 5)
  } else {
    p.add(F.protocolId, at + 3)
    p.data(at + 5)
  }
}
