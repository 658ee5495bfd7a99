// Link Layer Discovery Protocol: IEEE 802.1AB. A list of pieces, each with seven bits of type and nine of length.
//
//   0            2
//   type|length  content      chassis, port, time to live, what else there is, end

import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, ether, type Get, group, text, u8, u16 } from '../core/protocol.ts'

const TLV = 2
const CHASSIS = 1
const PORT = 2
const TIME_TO_LIVE = 3
const BY_ADDRESS_CHASSIS = 4
const BY_ADDRESS_PORT = 3

const types = {
  0: 'End of LLDPDU',
  1: 'Chassis Id',
  2: 'Port Id',
  3: 'Time to Live',
  4: 'Port Description',
  5: 'System Name',
  6: 'System Description',
  7: 'System Capabilities',
  8: 'Management Address',
  127: 'Organization Specific',
}
const chassisKinds = {
  0: 'Reserved',
  1: 'Chassis component',
  2: 'Interface alias',
  3: 'Port component',
  4: 'MAC address',
  5: 'Network address',
  6: 'Interface name',
  7: 'Locally assigned',
}
const portKinds = {
  0: 'Reserved',
  1: 'Interface alias',
  2: 'Port component',
  3: 'MAC address',
  4: 'Network address',
  5: 'Interface name',
  6: 'Agent circuit Id',
  7: 'Locally assigned',
}

const F = {
  piece: group('', 'TLV', { about: 'One thing that the machine says of itself.', display: (_get, _value, shown) => shown }),
  type: u16('lldp.tlv.type', 'TLV Type', { mask: 0xfe00, names: types, about: 'Says what this piece of the message is about.' }),
  length: u16('lldp.tlv.len', 'TLV Length', { mask: 0x01ff, about: 'Counts the bytes of this piece after its first two.' }),
  chassisKind: u8('lldp.chassis.subtype', 'Chassis Id Subtype', { names: chassisKinds, about: 'Says what the machine is named by.' }),
  chassis: bytes('lldp.chassis.id', 'Chassis Id', { about: 'The name of the machine that sent the message.' }),
  chassisAddress: ether('lldp.chassis.id.mac', 'Chassis Id', { about: 'The hardware address that names the machine.' }),
  portKind: u8('lldp.port.subtype', 'Port Id Subtype', { names: portKinds, about: 'Says what the port of the machine is named by.' }),
  port: text('lldp.port.id', 'Port Id', { about: 'The name of the port that the message left through.' }),
  portAddress: ether('lldp.port.id.mac', 'Port Id', { about: 'The hardware address of the port that the message left through.' }),
  time: u16('lldp.time_to_live', 'Seconds', { about: 'Says for how long the message may be believed.' }),
  portDescription: text('lldp.port.desc', 'Port Description', { about: 'The port of the machine, in words of its owner.' }),
  name: text('lldp.tlv.system.name', 'System Name', { about: 'The name that the owner gave to the machine.' }),
  description: text('lldp.tlv.system.desc', 'System Description', { about: 'What the machine is and which software it runs.' }),
  content: bytes('lldp.unknown_subtype.content', 'Unknown Subtype Content', { about: 'The content of a piece that is not taken apart.' }),
}

const texts: Readonly<Record<number, (typeof F)[keyof typeof F]>> = { 4: F.portDescription, 5: F.name, 6: F.description }

function summarize(get: Get): string {
  const port = get.has(F.portAddress) ? get.text(F.portAddress) : get.text(F.port)
  const chassis = get.has(F.chassisAddress) ? get.text(F.chassisAddress) : get.text(F.chassis)
  return `Chassis = ${chassis} Port = ${port} TTL = ${get.text(F.time)}${get.has(F.name) ? ` SysName = ${get.text(F.name)}` : ''}`
}

export const lldp = defineProtocol({
  name: 'lldp',
  title: 'Link Layer Discovery Protocol',
  spec: 'IEEE 802.1AB',
  about: 'Tells the neighbours on a cable which machine and which port is at its other end.',
  scanStops: true,
  fields: F,
  accepts: { 'eth.type': [0x88cc] },
  summary: summarize,

  dissect(p) {
    if (!p.has(TLV)) return p.short(TLV)
    let at = 0
    while (p.has(at + TLV)) {
      const word = p.u16(at)
      const length = word & 0x1ff
      if (!p.has(at + TLV + length)) return p.short(at + TLV + length)
      if (p.recording) recordPiece(p, at, word >> 9, length)
      at += TLV + length
      if (word === 0) break
    }
    p.limit(at)
    p.span(at)
  },
})

function recordPiece(p: Dissection, at: number, type: number, length: number): void {
  p.nest(p.generateText(F.piece, types[type as keyof typeof types] ?? 'Reserved', at, TLV + length))
  p.add(F.type, at)
  p.add(F.length, at)
  const from = at + TLV
  const field = texts[type]
  if (type === CHASSIS && length > 1) {
    const byAddress = p.number(F.chassisKind, from) === BY_ADDRESS_CHASSIS && length === 7
    p.add(byAddress ? F.chassisAddress : F.chassis, from + 1, length - 1)
  } else if (type === PORT && length > 1) {
    const byAddress = p.number(F.portKind, from) === BY_ADDRESS_PORT && length === 7
    p.add(byAddress ? F.portAddress : F.port, from + 1, length - 1)
  } else if (type === TIME_TO_LIVE && length >= 2) p.add(F.time, from)
  else if (field !== undefined && length > 0) p.add(field, from, length)
  else if (length > 0) p.add(F.content, from, length)
  p.close()
}
