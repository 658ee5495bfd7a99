// Network Service Header: RFC 8300. Metadata of type 1 is 16 bytes; of type 2 a list.
//
//   0                        2        3     4     7      8
//   version|flags|TTL|words  MD type  next  path  index  metadata…

import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, u8, u16, u24 } from '../core/protocol.ts'

const BASE = 8
const CONTEXT = 16
const TLV = 4

const F = {
  version: u16('nsh.version', 'Version', {
    at: 0,
    mask: 0xc000,
    base: 'dec-hex',
    about: 'The version of the protocol, which is always 0 so far.',
  }),
  oam: u16('nsh.Obit', 'O Bit', { at: 0, mask: 0x2000, about: 'Tells whether the packet tests the path instead of using it.' }),
  critical: u16('nsh.CBit', 'C Bit', { at: 0, mask: 0x1000, about: 'A bit of the drafts: metadata that must be understood follows.' }),
  ttl: u16('nsh.ttl', 'Time to live', { at: 0, mask: 0x0fc0, base: 'hex', about: 'Every forwarder on the path subtracts one from it.' }),
  length: u16('nsh.length', 'Length', {
    at: 0,
    mask: 0x003f,
    base: 'dec-hex',
    about: 'Counts the words of four bytes of the whole header.',
  }),
  kind: u8('nsh.mdtype', 'MD Type', { at: 2, base: 'dec-hex', about: 'Says how the metadata after the path is laid out.' }),
  next: u8('nsh.nextproto', 'Next Protocol', {
    at: 3,
    base: 'dec-hex',
    names: { 1: 'IPv4', 2: 'IPv6', 3: 'Ethernet', 4: 'NSH', 5: 'MPLS' },
    about: 'Says which protocol the packet behind the header belongs to.',
    display: (_get, value, shown) => `Next Protocol: ${shown.replace(/ \(.*$/, '')}${value > 5 ? '' : ` (${value})`}`,
  }),
  path: u24('nsh.spi', 'SPI', { at: 4, base: 'dec-hex', about: 'The number of the path through the services of the network.' }),
  index: u8('nsh.si', 'SI', { at: 7, base: 'dec-hex', about: 'The place on the path; every service subtracts one.' }),
  context: bytes('nsh.contextheader', 'Context Header', { about: 'Four bytes that services on the path tell each other.' }),
  class: u16('nsh.metadataclass', 'TLV Class', { base: 'dec-hex', about: 'Names the organisation that defined the metadata.' }),
  type: u8('nsh.metadatatype', 'Type', { base: 'dec-hex', about: 'The number of the metadata among those of its class.' }),
  unassigned: u8('nsh.metadataunassignedbit', 'Unassigned Bit', {
    mask: 0x80,
    base: 'hex',
    about: 'A bit without a meaning, which senders must leave at zero.',
  }),
  metadataLength: u8('nsh.metadatalen', 'Length', { mask: 0x7f, base: 'hex', about: 'Counts the bytes of this piece of metadata.' }),
  metadata: bytes('nsh.metadata', 'Variable Metadata', { about: 'What services on the path tell each other.' }),
  // Never shown: it only selects what follows, as an EtherType would.
  etherType: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The Ethernet type that the next protocol would have.' }),
}

const etherTypeOf: Readonly<Record<number, number>> = { 1: 0x0800, 2: 0x86dd, 3: 0x6558, 4: 0x894f, 5: 0x8847 }

export const nsh = defineProtocol({
  name: 'nsh',
  title: 'Network Service Header',
  spec: 'RFC 8300',
  about: 'Leads packets through a chain of services, such as firewalls, in a set order.',
  fields: F,
  accepts: { 'eth.type': [0x894f], 'gre.proto': [0x894f] },
  summary: (get) => `Next: ${get.name(F.next)}`,

  dissect(p) {
    if (!p.has(BASE)) return p.short(BASE)
    p.header()
    const length = (p.u8(1) & 0x3f) * 4
    if (length < BASE) return p.malformed(F.length, `of ${length} bytes does not even cover the path`)
    p.span(length)
    if (!p.has(length)) return p.short(length)
    if (p.recording) recordMetadata(p, length)
    p.next(F.etherType, etherTypeOf[p.u8(3)] ?? 0, length)
  },
})

function recordMetadata(p: Dissection, end: number): void {
  if (p.u8(2) === 1 && end >= BASE + CONTEXT) {
    for (let at = BASE; at < BASE + CONTEXT; at += 4) p.add(F.context, at, 4)
    return
  }
  let at = BASE
  while (p.u8(2) === 2 && at + TLV <= end) {
    const length = Math.min(p.u8(at + 3) & 0x7f, end - at - TLV)
    p.add(F.class, at)
    p.add(F.type, at + 2)
    p.add(F.unassigned, at + 3)
    p.add(F.metadataLength, at + 3)
    if (length > 0) p.add(F.metadata, at + TLV, length)
    at += TLV + Math.ceil(length / 4) * 4
  }
}
