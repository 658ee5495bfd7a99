// Cisco FabricPath: Ethernet frames routed between switches, with addresses that say which switch and port they are for.
//
//   0            6       12    14            16
//   destination  source  type  tree|hops     Ethernet frame … frame check sequence
//
// A unicast address holds, in its first three bytes, the end node and the switch, then a part of the switch and a port.

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, ether, type Field, flag24, group, u8, u16, u24, u32 } from '../core/protocol.ts'
import { checksumStates } from './names/checksum.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 16
const TYPE = 0x8903
const CHECK = 4
const FRAME = 0x6558
const hexOf = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, '0')}`
const local: readonly [string, string] = [
  'Locally administered address (this is NOT the factory default)',
  'Globally unique address (factory default)',
]

const F = {
  destination: group('cfp.d_hmac', 'Destination HMAC', {
    about: 'The switch and port that the frame is for, in the form of a hardware address.',
  }),
  many: ether('cfp.d_hmac_mc', 'MC Destination', { about: 'The group of switches that the frame is for.' }),
  source: group('cfp.s_hmac', 'Source HMAC', { about: 'The switch and port that the frame came from, in the form of a hardware address.' }),
  node: u24('cfp.eid', 'End Node ID', {
    mask: 0xfcc000,
    base: 'dec-hex',
    about: 'The number of an end node behind the switch, which nobody uses.',
  }),
  isLocal: flag24('cfp.ul', 'U/L bit', {
    mask: 0x020000,
    states: local,
    about: 'Tells whether the address was chosen by software, as it always is here.',
  }),
  isGroup: flag24('cfp.ig', 'I/G bit', {
    mask: 0x010000,
    states: ['Group address (multicast/broadcast)', 'Individual address (unicast)'],
    about: 'Tells whether the address names one switch or a group of them.',
  }),
  order: flag24('cfp.ooodl', 'OOO/DL Bit', {
    mask: 0x001000,
    states: ['Out of order delivery (If DA) or Do not learn (If SA)', 'Deliver in order (If DA) or Learn (If SA)'],
    about: 'Tells whether the frame may overtake others, or whether its sender is to be remembered.',
  }),
  switch: u24('cfp.swid', 'switch-id', { mask: 0x000fff, base: 'dec-hex', about: 'The number of the switch in the network.' }),
  part: u8('cfp.sswid', 'sub-switch-id', { base: 'dec-hex', about: 'The number of a link that the switch shares with another one.' }),
  port: u16('cfp.lid', 'Source LID', { base: 'dec-hex', about: 'The number of the port of the switch.' }),
  type: u16('cfp.etype', 'FP Ethertype', {
    base: 'hex',
    names: etherTypes,
    about: 'The Ethernet type that marks frames of this protocol.',
  }),
  tree: u16('cfp.ftag', 'FTAG', { mask: 0xffc0, about: 'Names the tree of switches along which the frame spreads.' }),
  hops: u16('cfp.ttl', 'TTL', { mask: 0x003f, about: 'Every switch subtracts one from it and drops the frame at zero.' }),
  check: u32('cfp.fcs', 'Frame check sequence', {
    base: 'hex',
    about: 'A checksum over the whole frame, with which the receiver finds transmission errors.',
    display: (_get, _value, shown) => `Frame check sequence: ${shown} [unverified]`,
  }),
  checkStatus: u8('cfp.fcs.status', 'FCS status', {
    generated: true,
    names: checksumStates,
    about: 'Tells whether the check sequence was compared with the bytes; it never is here.',
    display: (_get, value) => `FCS status: ${checksumStates[value]}`,
  }),
  // Never shown: it only selects the frame that follows, as an EtherType would.
  frame: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of frame that always follows this header.' }),
}

const parts = [F.node, F.isLocal, F.isGroup, F.order, F.switch]

export const cfp = defineProtocol({
  name: 'cfp',
  title: 'Cisco FabricPath',
  column: 'CFP',
  spec: 'none',
  about: 'Routes Ethernet frames between switches of a data centre.',
  fields: F,
  accepts: { 'eth.type': [TYPE] },
  summary: () => 'Cisco FabricPath',

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    if ((p.u8(0) & 1) !== 0) p.add(F.many, 0)
    else recordAddress(p, F.destination, 0)
    recordAddress(p, F.source, 6)
    p.add(F.type, 12)
    p.add(F.tree, 14)
    p.add(F.hops, 14)
    p.span(HEADER)
    const rest = p.reported() - HEADER - CHECK
    p.next(F.frame, FRAME, HEADER, rest > 0 ? rest : p.reported() - HEADER)
    if (p.recording && rest > 0 && p.has(p.reported())) {
      p.add(F.check, p.reported() - CHECK)
      p.generate(F.checkStatus, 2, p.reported() - CHECK, 0)
    }
  },
})

function recordAddress(p: Dissection, field: Field, at: number): void {
  if (!p.recording) return
  const text = `${field === F.source ? 'Source' : 'Destination'}: ${addressText(p, at)}`
  p.nest(p.wants(field) ? p.generateText(field, text, at, 6) : -1)
  for (const part of parts) p.add(part, at)
  p.add(F.part, at + 3)
  p.add(F.port, at + 4)
  p.close()
}

/** "001.00.0171": switch, part of it, port. */
function addressText(p: Dissection, at: number): string {
  const digits = (value: number, width: number) => hexOf(value, width).slice(2)
  return `${digits(p.u16(at + 1) & 0x0fff, 3)}.${digits(p.u8(at + 3), 2)}.${digits(p.u16(at + 4), 4)}`
}
