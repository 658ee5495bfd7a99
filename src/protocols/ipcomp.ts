// IP Payload Compression: RFC 3173. Which algorithm a packet uses was agreed outside the capture; DEFLATE (RFC 2394) is what is used, so it is
// tried, and what does not unpack stays data.
//
//   0            1      2                    4
//   next header  flags  algorithm (or index) compressed payload

import { defineProtocol, u8, u16 } from '../core/protocol.ts'
import { decompress } from '../crypto/decompress.ts'
import { ipProtocols } from './names/ip-protocols.ts'

const HEADER = 4
const LARGEST = 0xffff

const F = {
  next: u8('ipcomp.next_header', 'Next Header', {
    at: 0,
    base: 'hex',
    names: ipProtocols,
    selectsLike: 'ip.proto',
    about: 'Says which protocol the payload belongs to, once it is unpacked.',
  }),
  flags: u8('ipcomp.flags', 'IPComp Flags', { at: 1, base: 'hex', about: 'Bits without a meaning, which senders must leave at zero.' }),
  index: u16('ipcomp.cpi', 'IPComp CPI', {
    at: 2,
    base: 'hex',
    names: { 1: 'OUI', 2: 'DEFLATE', 3: 'LZS' },
    about: 'Names the compression, as a known algorithm or as a number that both ends agreed on.',
  }),
}

export const ipcomp = defineProtocol({
  name: 'ipcomp',
  title: 'IP Payload Compression',
  column: 'IPComp',
  spec: 'RFC 3173',
  about: 'Carries the payload of an IP packet compressed.',
  fields: F,
  accepts: { 'ip.proto': [108] },
  summary: (get) => `IPComp (CPI=${get.text(F.index)})`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.data(HEADER)
    // An IP packet holds at most 65,535 bytes, compressed or not.
    const whole = p.has(p.reported()) ? decompress('deflate', p.bytes.subarray(p.base + HEADER, p.end), LARGEST) : null
    const source = whole === null ? -1 : p.addSource('IPcomp inflated data', whole)
    if (source >= 0) p.nextSource(F.next, p.u8(0), source)
  },
})
