// IP Authentication Header: RFC 4302.
//
//   0     1       2         4    8         12
//   next  length  reserved  SPI  sequence  integrity check value …

import { bytes, defineProtocol, u8, u32 } from '../core/protocol.ts'
import { ipProtocols } from './names/ip-protocols.ts'

const MIN_HEADER = 12

const F = {
  next: u8('ah.next_header', 'Next header', {
    at: 0,
    names: ipProtocols,
    selectsLike: 'ip.proto',
    about: 'Says which protocol follows this header.',
  }),
  length: u8('ah.length', 'Length', {
    at: 1,
    about: 'Counts the size of this header in words of four bytes, less two.',
    display: (_get, value) => `Length: ${value} (${(value + 2) * 4} bytes)`,
  }),
  reserved: bytes('ah.reserved', 'Reserved', { about: 'Two bytes without a meaning, left at zero.' }),
  index: u32('ah.spi', 'AH SPI', { base: 'hex', about: 'Names the agreement between the two machines that protects the packet.' }),
  sequence: u32('ah.sequence', 'AH Sequence', { about: 'Counts the packets, so that a copy sent again is noticed.' }),
  check: bytes('ah.icv', 'AH ICV', { about: 'Proves that nobody changed the packet on the way.' }),
}

export const ah = defineProtocol({
  name: 'ah',
  title: 'Authentication Header',
  spec: 'RFC 4302',
  about: 'Protects a packet against changes, without hiding what it says.',
  fields: F,
  accepts: { 'ip.proto': [51] },
  summary: (get) => `AH (SPI=${get.text(F.index)})`,

  dissect(p) {
    if (!p.has(MIN_HEADER)) return p.short(MIN_HEADER)
    p.header()
    const length = (p.u8(1) + 2) * 4
    p.span(Math.max(length, MIN_HEADER))
    p.add(F.reserved, 2, 2)
    p.add(F.index, 4)
    p.add(F.sequence, 8)
    if (length < MIN_HEADER) return p.malformed(F.length, `is below the minimum of ${MIN_HEADER} bytes`)
    if (!p.has(length)) return p.short(length)
    if (length > MIN_HEADER) p.add(F.check, MIN_HEADER, length - MIN_HEADER)
    p.next(F.next, p.u8(0), length)
  },
})
