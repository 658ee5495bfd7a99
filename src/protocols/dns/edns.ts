// The OPT record, which carries extensions instead of data: RFC 6891 6.1. Its options: a code, a length, a value.
// Client subnet: RFC 7871. Cookies: RFC 7873. Keep-alive: RFC 7828. Padding: RFC 7830. Chain: RFC 7901. Errors: RFC 8914.

import { ipv4Text, ipv6Text } from '../../bytes/address.ts'
import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_ERROR } from '../../core/note.ts'
import { bytes, type Field, group, ipv4, ipv6, text, u8, u16 } from '../../core/protocol.ts'
import { dnssecAlgorithms, dsDigests, ednsOptions, extendedErrors, nsec3Hashes, subnetFamilies } from '../names/dns.ts'
import { isBroken, readName } from './name.ts'

const missing = (label: string) => (_get: unknown, _value: number, shown: string) => `${label}: ${shown === '' ? '<MISSING>' : clip(shown)}`
const clip = (hex: string) => (hex.length <= 72 ? hex : `${hex.slice(0, 72)}…`)

export const E = {
  option: group('dns.opt', 'Option', { about: 'An extension of the message: a code, a length, a value.' }),
  code: u16('dns.opt.code', 'Option Code', { names: ednsOptions, about: 'Says which extension of the message this is.' }),
  length: u16('dns.opt.len', 'Option Length', { about: 'Counts the bytes of the value.' }),
  data: bytes('dns.opt.data', 'Option Data', { about: 'The value of the extension, as it is.', display: missing('Option Data') }),
  understoodAlgorithm: u8('dns.opt.dau', 'DAU', {
    names: dnssecAlgorithms,
    about: 'An algorithm of signatures that the asker understands.',
  }),
  understoodDigest: u8('dns.opt.dhu', 'DHU', { names: dsDigests, about: 'A digest of keys that the asker understands.' }),
  understoodHash: u8('dns.opt.n3u', 'N3U', { names: nsec3Hashes, about: 'A digest of names that the asker understands.' }),
  family: u16('dns.opt.client.family', 'Family', { names: subnetFamilies, about: 'Says what kind of address the subnet has.' }),
  sourceMask: u8('dns.opt.client.netmask', 'Source Netmask', { about: 'Counts the bits of the client address that are passed on.' }),
  scopeMask: u8('dns.opt.client.scope', 'Scope Netmask', { about: 'Counts the bits of the address for which the answer holds.' }),
  subnet: bytes('dns.opt.client.addr', 'Client Subnet', { about: 'The network of whoever asked, of another family.' }),
  subnet4: ipv4('dns.opt.client.addr4', 'Client Subnet', {
    about: 'The network of whoever asked first, so that the answer can be near to it.',
    explain: () => 'The server far away learns from this where the person who asked is.',
  }),
  subnet6: ipv6('dns.opt.client.addr6', 'Client Subnet', {
    about: 'The network of whoever asked first, so that the answer can be near to it.',
  }),
  badLength: group('dns.rr.opt.bad_length', 'Length too long for any type of IP address.', {
    about: 'Marks a client subnet that is longer than any address.',
  }),
  clientCookie: bytes('dns.opt.cookie.client', 'Client Cookie', {
    about: 'A number by which the asker knows that an answer is no forgery.',
    display: missing('Client Cookie'),
  }),
  serverCookie: bytes('dns.opt.cookie.server', 'Server Cookie', {
    about: 'A number by which the server knows that the asker has its own address.',
    display: missing('Server Cookie'),
  }),
  keepAlive: u16('dns.opt.edns_tcp_keepalive.timeout', 'Timeout', { about: 'For how many tenths of a second the connection stays open.' }),
  padding: bytes('dns.opt.padding', 'Padding', {
    about: 'Bytes without a meaning, which hide how long an encrypted message is.',
    display: missing('Padding'),
  }),
  trustPoint: text('dns.opt.chain.fqdn', 'Closest Trust Point', { about: 'The name from which on the asker needs all signatures.' }),
  infoCode: u16('dns.opt.ext_error.info_code', 'Info Code', { names: extendedErrors, about: 'Says more exactly what went wrong.' }),
  extraText: text('dns.opt.ext_error.extra_text', 'Extra Text', { about: 'What went wrong, in words for people.' }),
}

const LISTS: Readonly<Record<number, Field>> = { 5: E.understoodAlgorithm, 6: E.understoodDigest, 7: E.understoodHash }
const ADDRESS_SIZES: Readonly<Record<number, number>> = { 1: 4, 2: 16 }

/** Records the options between `from` and `end`. Returns false when they end in the middle of one. */
export function recordOptions(p: Dissection, origin: number, from: number, end: number): boolean {
  for (let at = from; at < end; ) {
    const length = at + 4 <= end ? p.u16(at + 2) : 0
    if (at + 4 > end || at + 4 + length > end) {
      if (at + 4 <= end) {
        p.add(E.code, at)
        p.add(E.length, at + 2)
      }
      p.malformed(E.length, 'goes beyond the record')
      return false
    }
    const code = p.u16(at)
    p.nest(p.generateText(E.option, `Option: ${ednsOptions[code] ?? `Unknown (${code})`}`, at, 4 + length))
    p.add(E.code, at)
    p.add(E.length, at + 2)
    p.add(E.data, at + 4, length)
    recordOption(p, origin, code, at + 4, length)
    p.close()
    at += 4 + length
  }
  return true
}

function recordOption(p: Dissection, origin: number, code: number, at: number, length: number): void {
  const list = LISTS[code]
  if (list !== undefined) for (let i = 0; i < length; i++) p.add(list, at + i)
  else if (code === 8 || code === 20730) recordSubnet(p, at, length)
  else if (code === 10) {
    p.add(E.clientCookie, at, Math.min(8, length))
    p.add(E.serverCookie, at + Math.min(8, length), Math.max(0, length - 8))
  } else if (code === 11 && length >= 2) p.add(E.keepAlive, at)
  else if (code === 12) p.add(E.padding, at, length)
  else if (code === 13) {
    const name = readName(p, origin, at)
    if (!isBroken(name)) p.generateText(E.trustPoint, name.text, at, name.length)
  } else if (code === 15 && length >= 2) {
    p.add(E.infoCode, at)
    if (length > 2) p.add(E.extraText, at + 2, length - 2)
  }
}

/** Addresses are cut behind their last byte that counts; the zeros that follow are not sent (RFC 7871 6). */
function recordSubnet(p: Dissection, at: number, length: number): void {
  if (length < 4) return
  const size = length - 4
  p.add(E.family, at)
  p.add(E.sourceMask, at + 2)
  p.add(E.scopeMask, at + 3)
  const family = p.u16(at)
  const full = ADDRESS_SIZES[family]
  if (size > 16) p.note(SEVERITY_ERROR, 'Length too long for any type of IP address.', at, length, E.badLength)
  else if (full === undefined || size > full) p.add(E.subnet, at + 4, size)
  else p.generateText(family === 1 ? E.subnet4 : E.subnet6, cutAddress(p, at + 4, size, full), at + 4, size)
}

/** The text of an address of `full` bytes of which `size` are there, the others being zero. */
export function cutAddress(p: Dissection, at: number, size: number, full: number): string {
  const address = new Uint8Array(full)
  address.set(p.bytes.subarray(p.base + at, p.base + at + size))
  return full === 4 ? ipv4Text(address, 0) : ipv6Text(address, 0)
}
