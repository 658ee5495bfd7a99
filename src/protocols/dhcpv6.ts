// Dynamic Host Configuration Protocol for IPv6: RFC 8415. What the protocol itself needs; names and makers' options: dhcpv6/.
//
//   0     1                4
//   type  transaction id   options …                          clients and servers
//   type  hops  link address (2)  peer address (18)  options (34) …   relays
//
// An option is a code and a length, two bytes each, and a value, in which further options, or a whole message, may lie.

import { hexText, ipv6Text } from '../bytes/address.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, ipv6, text, u8, u16, u24, u32 } from '../core/protocol.ts'
import { N, recordIdentifier, recordNamedOption } from './dhcpv6/options.ts'
import { dhcpv6Messages, dhcpv6Options, dhcpv6Statuses, duidTypes } from './names/dhcpv6.ts'

const RELAY_FORWARD = 12
const RELAY_REPLY = 13
const ADVERTISE = 2
const REPLY = 7
const HEADER = 4
const RELAY_HEADER = 34
/** Relays and options inside each other; RFC 8415 7.6 allows 8 relays. */
const MAX_DEPTH = 20

const F = {
  type: u8('dhcpv6.msgtype', 'Message type', {
    names: dhcpv6Messages,
    about: 'The step in the conversation: solicit, advertise, request, reply and so on.',
  }),
  id: u24('dhcpv6.xid', 'Transaction ID', { base: 'hex', about: 'A number chosen by the client, which the answers repeat.' }),
  hops: u8('dhcpv6.hopcount', 'Hopcount', { about: 'Counts the relays that have passed the message on.' }),
  link: ipv6('dhcpv6.linkaddr', 'Link address', { about: 'Says on which network the client is.' }),
  peer: ipv6('dhcpv6.peeraddr', 'Peer address', { about: 'The machine that the relay has the message from.' }),
  option: text('dhcpv6.option.type_str', 'Option', {
    about: 'What a message tells or asks for: a code, a length and a value.',
    display: (_get, _value, shown) => shown,
  }),
  code: u16('dhcpv6.option.type', 'Option', { names: dhcpv6Options, about: 'Says what the option is about, by its number.' }),
  length: u16('dhcpv6.option.length', 'Length', { about: 'Counts the bytes of the value of the option.' }),
  duid: bytes('dhcpv6.duid.bytes', 'DUID', {
    about: 'The name by which a client or server is known, whatever its address is.',
    explain: () => 'It stays the same in every network, so the machine can be followed by it.',
  }),
  duidType: u16('dhcpv6.duid.type', 'DUID Type', { names: duidTypes, about: 'Says what the name was made of.' }),
  iaid: text('dhcpv6.iaid', 'IAID', { about: 'Numbers the interfaces of one client, each of which gets its addresses.' }),
  temporary: text('dhcpv6.iata', 'IATA', { about: 'Numbers the interfaces of one client that want addresses for a short time.' }),
  t1: u32('dhcpv6.iaid.t1', 'T1', { about: 'When to ask the same server to extend the lease, in seconds.' }),
  t2: u32('dhcpv6.iaid.t2', 'T2', { about: 'When to ask any server to extend the lease, in seconds.' }),
  address: ipv6('dhcpv6.iaaddr.ip', 'IPv6 address', { about: 'An address that the server gives or the client has.' }),
  preferred: u32('dhcpv6.iaaddr.pref_lifetime', 'Preferred lifetime', {
    about: 'For how many seconds new connections may use the address.',
  }),
  valid: u32('dhcpv6.iaaddr.valid_lifetime', 'Valid lifetime', { about: 'For how many seconds the client may keep the address.' }),
  prefixPreferred: u32('dhcpv6.iaprefix.pref_lifetime', 'Preferred lifetime', {
    about: 'For how many seconds new addresses may be made of the prefix.',
  }),
  prefixValid: u32('dhcpv6.iaprefix.valid_lifetime', 'Valid lifetime', { about: 'For how many seconds the client may keep the prefix.' }),
  prefixLength: u8('dhcpv6.iaprefix.pref_len', 'Prefix length', { about: 'Counts the bits of the prefix that the client may share out.' }),
  prefix: ipv6('dhcpv6.iaprefix.pref_addr', 'Prefix address', { about: 'A range of addresses that the client may share out.' }),
  wanted: u16('dhcpv6.requested_option_code', 'Requested Option code', {
    names: dhcpv6Options,
    about: 'Something that the client would like to be told.',
  }),
  elapsed: u16('dhcpv6.elapsed_time', 'Elapsed time', {
    scale: 10,
    about: 'For how long the client has been trying, in milliseconds; it counts in hundredths of a second.',
    display: (_get, value) => `Elapsed time: ${value}ms`,
  }),
  status: u16('dhcpv6.status_code', 'Status Code', { names: dhcpv6Statuses, about: 'Says what came of the request.' }),
  statusText: text('dhcpv6.status_msg', 'Status Message', { about: 'What came of the request, in words for people.' }),
  // Never shown: what the Info column says of a message or an option.
  words: text('', 'Words', { hidden: true, generated: true, about: 'What a message or an option says, in few words.' }),
  nameServer: ipv6('dhcpv6.dns_server', 'DNS server address', { about: 'A server that the client is to ask for names.' }),
}

export const dhcpv6 = defineProtocol({
  name: 'dhcpv6',
  title: 'DHCPv6',
  column: 'DHCPv6',
  spec: 'RFC 8415',
  about: 'Gives machines addresses and prefixes of IPv6, and what else they need.',
  fields: { ...F, ...N },
  accepts: { 'udp.port': [546, 547] },
  scanStops: true,
  summary: (get) => get.texts(F.words).join(''),

  dissect(p) {
    if (p.recording) recordMessage(p, 0, p.available(), 0)
  },
})

/** Returns false when the layer ends here. */
function recordMessage(p: Dissection, at: number, end: number, depth: number): boolean {
  const relayed = at < end && (p.u8(at) === RELAY_FORWARD || p.u8(at) === RELAY_REPLY)
  const header = relayed ? RELAY_HEADER : HEADER
  if (at + header > end) {
    p.short(at + header)
    return false
  }
  p.add(F.type, at)
  if (p.wants(F.words)) p.generateText(F.words, messageWords(p, at, relayed), at)
  if (relayed) {
    p.add(F.hops, at + 1)
    p.add(F.link, at + 2)
    p.add(F.peer, at + 18)
  } else p.add(F.id, at + 1)
  return recordOptions(p, at + header, end, depth, p.u8(at) === REPLY || p.u8(at) === ADVERTISE)
}

function messageWords(p: Dissection, at: number, relayed: boolean): string {
  const name = dhcpv6Messages[p.u8(at)] ?? `Unknown (${p.u8(at)})`
  return relayed
    ? `${name} L: ${ipv6Text(p.bytes, p.base + at + 2)} `
    : `${name} XID: 0x${p
        .u24(at + 1)
        .toString(16)
        .padStart(6, '0')} `
}

/** `reply`: the options are those of a server's answer. */
function recordOptions(p: Dissection, from: number, end: number, depth: number, reply: boolean): boolean {
  if (depth > MAX_DEPTH) {
    p.malformed(F.option, `lies more than ${MAX_DEPTH} deep`)
    return false
  }
  for (let at = from; at < end; ) {
    const length = at + HEADER <= end ? p.u16(at + 2) : 0
    if (at + HEADER + length > end) {
      if (end === p.available()) p.short(at + HEADER + length)
      else p.malformed(F.length, 'goes beyond the option around it')
      return false
    }
    const code = p.u16(at)
    p.nest(p.generateText(F.option, dhcpv6Options[code] ?? `DHCP option ${code}`, at, HEADER + length))
    p.add(F.code, at)
    p.add(F.length, at + 2)
    if (!recordValue(p, code, at + HEADER, length, depth, reply)) return false
    p.close()
    at += HEADER + length
  }
  return true
}

function recordValue(p: Dissection, code: number, at: number, length: number, depth: number, reply: boolean): boolean {
  const end = at + length
  if ((code === 1 || code === 2) && length >= 2) {
    if (code === 1 && p.wants(F.words)) p.generateText(F.words, `CID: ${hexText(p.bytes, p.base + at, length)} `, at)
    p.add(F.duid, at, length)
    p.add(F.duidType, at)
    recordIdentifier(p, at, length)
  } else if ((code === 3 || code === 25) && length >= 12) {
    recordIdentity(p, at)
    p.add(F.t1, at + 4)
    p.add(F.t2, at + 8)
    return recordOptions(p, at + 12, end, depth + 1, reply)
  } else if (code === 4 && length >= 4) {
    if (p.wants(F.temporary)) p.generateText(F.temporary, p.u32(at).toString(16).padStart(8, '0'), at, 4)
    return recordOptions(p, at + 4, end, depth + 1, reply)
  } else if (code === 5 && length >= 24) {
    if (p.wants(F.words)) p.generateText(F.words, `IAA: ${ipv6Text(p.bytes, p.base + at)} `, at)
    p.add(F.address, at)
    p.add(F.preferred, at + 16)
    p.add(F.valid, at + 20)
    return recordOptions(p, at + 24, end, depth + 1, reply)
  } else if (code === 26 && length >= 25) {
    p.add(F.prefixPreferred, at)
    p.add(F.prefixValid, at + 4)
    p.add(F.prefixLength, at + 8)
    p.add(F.prefix, at + 9)
    return recordOptions(p, at + 25, end, depth + 1, reply)
  } else if (code === 6) for (let i = at; i + 2 <= end; i += 2) p.add(F.wanted, i)
  else if (code === 8 && length === 2) p.add(F.elapsed, at)
  else if (code === 9) return recordMessage(p, at, end, depth + 1)
  else if (code === 13 && length >= 2) {
    p.add(F.status, at)
    if (length > 2) p.add(F.statusText, at + 2, length - 2)
  } else if (code === 23) for (let i = at; i + 16 <= end; i += 16) p.add(F.nameServer, i)
  else recordNamedOption(p, code, at, length, reply)
  return true
}

function recordIdentity(p: Dissection, at: number): void {
  if (p.wants(F.iaid)) p.generateText(F.iaid, p.u32(at).toString(16).padStart(8, '0'), at, 4)
}
