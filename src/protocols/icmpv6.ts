// Internet Control Message Protocol for IPv6: RFC 4443. Neighbour discovery: RFC 4861, its options in icmpv6/options.ts. Multicast listeners:
// RFC 2710, RFC 3810.
//
//   0     1     2         4
//   type  code  checksum  what the type says

import { ipv6Text } from '../bytes/address.ts'
import { checksumFields, recordVerdict } from '../core/checksum-rows.ts'
import type { Dissection } from '../core/dissect.ts'
import { hopsLeft, noteAnswer, noteQuestion, partnerOf, responseTime } from '../core/echoes.ts'
import { bytes, defineProtocol, double, flag, flag32, frame, type Get, group, ipv6, u8, u16, u32 } from '../core/protocol.ts'
import { transportChecksum } from '../core/pseudo-header.ts'
import { dissectOptions, optionFields } from './icmpv6/options.ts'
import { checksumStates } from './names/checksum.ts'
import { icmpv6Codes, icmpv6Types, multicastRecords, routerPreferences } from './names/icmpv6.ts'

const PROTOCOL = 58
/** No protocol accepts it: what follows is data. */
const NOBODY = -1
const IPV6 = 0x86dd

const TOO_BIG = 2
const PROBLEM = 4
const ECHO_REQUEST = 128
const ECHO_REPLY = 129
const LISTENER_QUERY = 130
const LISTENER_DONE = 132
const ROUTER_SOLICITATION = 133
const ROUTER_ADVERTISEMENT = 134
const NEIGHBOR_SOLICITATION = 135
const NEIGHBOR_ADVERTISEMENT = 136
const REDIRECT = 137
const LISTENER_REPORT_2 = 143

const setOrNot: readonly [string, string] = ['Set', 'Not set']

const sum = checksumFields(
  'icmpv6',
  'icmpv6.checksum_bad.expert',
  checksumStates,
  'A sum over addresses and message, with which the receiver finds damage.',
  2,
)

const F = {
  type: u8('icmpv6.type', 'Type', { at: 0, names: icmpv6Types, about: 'Says what the message is for.' }),
  code: u8('icmpv6.code', 'Code', {
    at: 1,
    about: 'Says more exactly what the message of this type is about.',
    display: (get, value): string => {
      const name = icmpv6Codes[get.number(F.type)]?.[value]
      return name === undefined ? `Code: ${value}` : `Code: ${value} (${name})`
    },
  }),
  ...sum,
  reserved: bytes('icmpv6.reserved', 'Reserved', { about: 'Bytes without a meaning in this kind of message.' }),
  mtu: u32('icmpv6.mtu', 'MTU', {
    about: 'The largest packet that fits through the next network on the way.',
    explain: (value) => `Packets of up to ${value} bytes get through.`,
  }),
  pointer: u32('icmpv6.pointer', 'Pointer', { about: 'The place in the quoted packet where the problem lies.' }),
  identifier: u16('icmpv6.echo.identifier', 'Identifier', {
    base: 'hex',
    about: 'Ties answers to the program that asked; ping uses one number a run.',
  }),
  sequence: u16('icmpv6.echo.sequence_number', 'Sequence', { about: 'Counts the questions, so that each answer finds its own.' }),
  responseIn: frame('icmpv6.resp_in', 'Response In', { generated: true, about: 'The packet that answers this question.' }),
  noResponse: group('icmpv6.no_resp', 'No response seen', {
    generated: true,
    about: 'Marks a question that nobody answered in this capture.',
  }),
  responseTo: frame('icmpv6.resp_to', 'Response To', {
    generated: true,
    about: 'The packet that asked the question which this one answers.',
  }),
  responseTime: double('icmpv6.resptime', 'Response Time', {
    generated: true,
    about: 'How long the answer took, in thousandths of a second.',
    display: (_get, value) => `Response Time: ${value.toFixed(3)} ms`,
  }),
  // Never shown: the summary tells it, and it stands in the header around this one.
  hops: u8('', 'Hop Limit', { hidden: true, about: 'How many more routers the packet around this message could have crossed.' }),
  hopLimit: u8('icmpv6.nd.ra.cur_hop_limit', 'Cur hop limit', { about: 'The hop limit that machines here should put into their packets.' }),
  routerFlags: u8('icmpv6.nd.ra.flag', 'Flags', {
    base: 'hex',
    about: 'Says how machines get their addresses, and how good this router is.',
    display: (_get, value, shown) => `Flags: ${shown}${routerWords(value)}`,
  }),
  managed: flag('icmpv6.nd.ra.flag.m', 'Managed address configuration', {
    mask: 0x80,
    states: setOrNot,
    about: 'Tells that machines get their addresses from a DHCPv6 server.',
  }),
  other: flag('icmpv6.nd.ra.flag.o', 'Other configuration', {
    mask: 0x40,
    states: setOrNot,
    about: 'Tells that a DHCPv6 server knows other settings, such as name servers.',
  }),
  homeAgent: flag('icmpv6.nd.ra.flag.h', 'Home Agent', {
    mask: 0x20,
    states: setOrNot,
    about: 'Tells that the router forwards packets to machines on the move.',
  }),
  preference: u8('icmpv6.nd.ra.flag.prf', 'Prf (Default Router Preference)', {
    mask: 0x18,
    names: routerPreferences,
    about: 'Says how much this router is preferred over others.',
  }),
  proxy: flag('icmpv6.nd.ra.flag.p', 'Proxy', {
    mask: 0x04,
    states: setOrNot,
    about: 'Tells that the message was passed on from another network.',
  }),
  routerRest: u8('icmpv6.nd.ra.flag.rsv', 'Reserved', { mask: 0x03, about: 'Two bits without a meaning, left at zero.' }),
  routerLifetime: u16('icmpv6.nd.ra.router_lifetime', 'Router lifetime (s)', {
    about: 'Says for how many seconds the router may be used as the default one.',
    explain: (value) => (value === 0 ? 'This router is not to be used as the default one.' : ''),
  }),
  reachable: u32('icmpv6.nd.ra.reachable_time', 'Reachable time (ms)', {
    about: 'Says for how long a neighbour counts as reachable after it answered.',
  }),
  retransmit: u32('icmpv6.nd.ra.retrans_timer', 'Retrans timer (ms)', { about: 'Says how long to wait before a question is asked again.' }),
  solicitTarget: ipv6('icmpv6.nd.ns.target_address', 'Target Address', {
    about: 'The address whose owner is asked for its hardware address.',
  }),
  neighborFlags: u32('icmpv6.nd.na.flag', 'Flags', {
    base: 'hex',
    about: 'Says who answers the question, and for what reason.',
    display: (_get, value, shown) =>
      `Flags: ${shown}${neighborWords(value)
        .map((word) => `, ${word[1]}`)
        .join('')}`,
  }),
  fromRouter: flag32('icmpv6.nd.na.flag.r', 'Router', {
    mask: 0x8000_0000,
    states: setOrNot,
    about: 'Tells that the sender is a router.',
  }),
  solicited: flag32('icmpv6.nd.na.flag.s', 'Solicited', {
    mask: 0x4000_0000,
    states: setOrNot,
    about: 'Tells that somebody asked for this message.',
  }),
  override: flag32('icmpv6.nd.na.flag.o', 'Override', {
    mask: 0x2000_0000,
    states: setOrNot,
    about: 'Tells receivers to forget the hardware address they knew before.',
  }),
  neighborRest: u32('icmpv6.nd.na.flag.rsv', 'Reserved', { mask: 0x1fff_ffff, about: 'Bits without a meaning, left at zero.' }),
  advertTarget: ipv6('icmpv6.nd.na.target_address', 'Target Address', { about: 'The address whose owner says how to reach it.' }),
  redirectTarget: ipv6('icmpv6.nd.rd.target_address', 'Target Address', { about: 'The better first stop for packets to the destination.' }),
  redirectDestination: ipv6('icmpv6.rd.na.destination_address', 'Destination Address', {
    about: 'The destination for which there is a shorter way.',
  }),
  delay: u16('icmpv6.mld.maximum_response_delay', 'Maximum Response Delay [ms]', {
    about: 'Says how long listeners may wait with their answer.',
  }),
  responseCode: u16('icmpv6.mld.maximum_response_code', 'Maximum Response Code', {
    about: 'Says in a short code how long listeners may wait.',
  }),
  multicast: ipv6('icmpv6.mld.multicast_address', 'Multicast Address', { about: 'The group whose listeners are asked for or announced.' }),
  queryFlags: u8('icmpv6.mld.flag', 'Flags', { base: 'hex', about: 'Says how routers handle the question.' }),
  suppress: flag('icmpv6.mld.flag.s', 'Suppress Router-Side Processing', {
    mask: 0x08,
    about: 'Tells other routers to leave their timers as they are.',
  }),
  robustness: u8('icmpv6.mld.flag.qrv', "QRV (Querier's Robustness Variable)", {
    mask: 0x07,
    about: 'Says how many lost messages the router allows for.',
  }),
  queryRest: u8('icmpv6.mld.flag.reserved', 'Reserved', { mask: 0xf0, about: 'Four bits without a meaning, left at zero.' }),
  interval: u8('icmpv6.mld.qqi', "QQIC (Querier's Query Interval Code)", { about: 'Says in a short code how often the router asks.' }),
  sourceCount: u16('icmpv6.mld.nb_sources', 'Number of Sources', { about: 'Counts the source addresses that follow.' }),
  sourceAddress: ipv6('icmpv6.mld.source_address', 'Source Address', { about: 'A sender that listeners are asked about.' }),
  recordCount: u16('icmpv6.mldr.nb_mcast_records', 'Number of Multicast Address Records', {
    about: 'Counts the records that follow, one for each group.',
  }),
  record: group('icmpv6.mldr.mar', 'Multicast Address Record', {
    about: 'Says for one group from which senders the machine wants to hear.',
    display: (_get, _value, shown) => `Multicast Address Record ${shown}`,
  }),
  recordType: u8('icmpv6.mldr.mar.record_type', 'Record Type', { names: multicastRecords, about: 'Says what changes for the group.' }),
  recordAux: u8('icmpv6.mldr.mar.aux_data_len', 'Aux Data Len', { about: 'Counts words of extra data after the record.' }),
  recordSources: u16('icmpv6.mldr.mar.nb_sources', 'Number of Sources', { about: 'Counts the senders that the record lists.' }),
  recordGroup: ipv6('icmpv6.mldr.mar.multicast_address', 'Multicast Address', { about: 'The group that the record is about.' }),
  recordSource: ipv6('icmpv6.mldr.mar.source_address', 'Source Address', { about: 'A sender that the record is about.' }),
  recordExtra: bytes('icmpv6.mldr.mar.auxiliary_data', 'Auxiliary Data', { about: 'Extra data of the record without a known meaning.' }),
  ...optionFields,
  data: bytes('icmpv6.data', 'Data', { about: 'Contents of a message that is not taken apart here.' }),
  // Never shown: an error quotes the packet that caused it, which is of this kind.
  quotedType: u16('', 'Quoted packet', {
    hidden: true,
    selectsLike: 'eth.type',
    about: 'The kind of packet that an error message quotes.',
  }),
}

function routerWords(value: number): string {
  const words = [
    (value & 0x80) !== 0 && 'Managed address configuration',
    (value & 0x40) !== 0 && 'Other configuration',
    (value & 0x20) !== 0 && 'Home Agent',
    `Prf (Default Router Preference): ${routerPreferences[(value >> 3) & 3]}`,
    (value & 0x04) !== 0 && 'Proxy',
  ]
  return words.map((word) => (word === false ? '' : `, ${word}`)).join('')
}

/** Short and long words of the flags of a neighbour advertisement. */
function neighborWords(value: number): (readonly [string, string])[] {
  const words: (readonly [string, string])[] = []
  if ((value & 0x8000_0000) !== 0) words.push(['rtr', 'Router'])
  if ((value & 0x4000_0000) !== 0) words.push(['sol', 'Solicited'])
  if ((value & 0x2000_0000) !== 0) words.push(['ovr', 'Override'])
  return words
}

function summarize(get: Get): string {
  const type = get.number(F.type)
  const name = icmpv6Types[type] ?? 'Unknown'
  const link = get.has(F.optionAddress) ? get.text(F.optionAddress).replace(/(..)(?=.)/g, '$1:') : ''
  if (get.has(F.sequence)) {
    const echo = `${name} id=${get.text(F.identifier)}, seq=${get.number(F.sequence)}, hop limit=${get.number(F.hops)}`
    if (get.has(F.responseIn)) return `${echo} (reply in ${get.number(F.responseIn)})`
    if (get.has(F.responseTo)) return `${echo} (request in ${get.number(F.responseTo)})`
    return get.has(F.noResponse) ? `${echo} (no response found!)` : echo
  }
  if (get.has(F.solicitTarget)) return `${name} for ${get.text(F.solicitTarget)}${link === '' ? '' : ` from ${link}`}`
  if (get.has(F.advertTarget)) {
    const words = neighborWords(get.number(F.neighborFlags)).map((word) => word[0])
    return `${name} ${get.text(F.advertTarget)} (${words.join(', ')})${link === '' ? '' : ` is at ${link}`}`
  }
  if (type === ROUTER_ADVERTISEMENT || type === ROUTER_SOLICITATION) return link === '' ? name : `${name} from ${link}`
  if (type === REDIRECT && link !== '') return `${name} is at ${link}`
  const code = icmpv6Codes[type]?.[get.number(F.code)]
  return code === undefined ? name : `${name} (${code})`
}

export const icmpv6 = defineProtocol({
  name: 'icmpv6',
  title: 'Internet Control Message Protocol v6',
  column: 'ICMPv6',
  spec: 'RFC 4443',
  about: 'Carries error reports, pings and the discovery of neighbours and routers for IPv6.',
  fields: F,
  accepts: { 'ip.proto': [PROTOCOL] },
  summary: summarize,

  track(p, memory) {
    if (p.quoted || !p.has(8)) return
    if (p.u8(0) === ECHO_REQUEST) noteQuestion(p, memory)
    else if (p.u8(0) === ECHO_REPLY) noteAnswer(p, memory, (ECHO_REQUEST - ECHO_REPLY) << 8)
  },

  dissect(p) {
    if (!p.has(4)) return p.short(4)
    p.header()
    p.span(p.available())
    if (p.recording) recordVerdict(p, sum, 2, transportChecksum(p, PROTOCOL))
    const type = p.u8(0)
    const least = LEAST[type] ?? 4
    if (!p.has(least)) return p.short(least)
    body(p, type)
  },
})

/** Bytes that a message of this type has at least. */
const LEAST: Readonly<Record<number, number>> = {
  1: 8,
  2: 8,
  3: 8,
  4: 8,
  128: 8,
  129: 8,
  130: 24,
  131: 24,
  132: 24,
  133: 8,
  134: 16,
  135: 24,
  136: 24,
  137: 40,
  143: 8,
}

function body(p: Dissection, type: number): void {
  if (type >= 1 && type <= PROBLEM) {
    if (type === TOO_BIG) p.add(F.mtu, 4)
    else if (type === PROBLEM) p.add(F.pointer, 4)
    else p.add(F.reserved, 4, 4)
    if (p.reported() > 8) p.nextInside(F.quotedType, IPV6, 8, true)
  } else if (type === ECHO_REQUEST || type === ECHO_REPLY) {
    p.add(F.identifier, 4)
    p.add(F.sequence, 6)
    if (p.recording) echo(p, type)
    p.nextInside(F.quotedType, NOBODY, 8, false)
  } else if (type >= LISTENER_QUERY && type <= LISTENER_DONE) listener(p, type)
  else if (type === LISTENER_REPORT_2) listenerReport(p)
  else if (type >= ROUTER_SOLICITATION && type <= REDIRECT) discovery(p, type)
  else if (p.has(5)) p.add(F.data, 4, p.available() - 4)
}

function discovery(p: Dissection, type: number): void {
  let at = 8
  if (type === ROUTER_ADVERTISEMENT) {
    p.add(F.hopLimit, 4)
    p.open(F.routerFlags, 5)
    for (const field of [F.managed, F.other, F.homeAgent, F.preference, F.proxy, F.routerRest]) p.add(field, 5)
    p.close()
    p.add(F.routerLifetime, 6)
    p.add(F.reachable, 8)
    p.add(F.retransmit, 12)
    at = 16
  } else if (type === NEIGHBOR_ADVERTISEMENT) {
    p.open(F.neighborFlags, 4)
    for (const field of [F.fromRouter, F.solicited, F.override, F.neighborRest]) p.add(field, 4)
    p.close()
    p.add(F.advertTarget, 8)
    at = 24
  } else {
    p.add(F.reserved, 4, 4)
    if (type === NEIGHBOR_SOLICITATION) {
      p.add(F.solicitTarget, 8)
      at = 24
    } else if (type === REDIRECT) {
      p.add(F.redirectTarget, 8)
      p.add(F.redirectDestination, 24)
      at = 40
    }
  }
  const redirected = dissectOptions(p, at)
  if (redirected >= 0) p.nextInside(F.quotedType, IPV6, redirected, true)
}

function listener(p: Dissection, type: number): void {
  // Version 2 of the query is longer (RFC 3810 8.1).
  const second = type === LISTENER_QUERY && p.available() >= 28
  p.add(second ? F.responseCode : F.delay, 4)
  p.add(F.reserved, 6, 2)
  p.add(F.multicast, 8)
  if (!second) return
  p.open(F.queryFlags, 24)
  for (const field of [F.suppress, F.robustness, F.queryRest]) p.add(field, 24)
  p.close()
  p.add(F.interval, 25)
  const count = p.number(F.sourceCount, 26)
  for (let i = 0; i < count; i++) {
    if (!p.has(28 + 16 * (i + 1))) {
      p.short(28 + 16 * (i + 1))
      return
    }
    p.add(F.sourceAddress, 28 + 16 * i)
  }
}

function listenerReport(p: Dissection): void {
  p.add(F.reserved, 4, 2)
  const count = p.number(F.recordCount, 6)
  let at = 8
  for (let i = 0; i < count; i++) {
    const length = p.has(at + 20) ? 20 + 16 * p.u16(at + 2) + 4 * p.u8(at + 1) : 20
    if (!p.has(at + length)) {
      p.short(at + length)
      return
    }
    if (p.recording) record(p, at, length)
    at += length
  }
}

function record(p: Dissection, at: number, length: number): void {
  const kind = multicastRecords[p.u8(at)] ?? 'Unknown'
  const row = p.generateText(F.record, `${kind}: ${ipv6Text(p.bytes, p.base + at + 4)}`, at, length)
  p.nest(row)
  p.add(F.recordType, at)
  p.add(F.recordAux, at + 1)
  const sources = p.number(F.recordSources, at + 2)
  p.add(F.recordGroup, at + 4)
  for (let i = 0; i < sources; i++) p.add(F.recordSource, at + 20 + 16 * i)
  const extra = 20 + 16 * sources
  if (extra < length) p.add(F.recordExtra, at + extra, length - extra)
  p.close()
}

/** What belongs to this question or answer. */
function echo(p: Dissection, type: number): void {
  p.generate(F.hops, hopsLeft(p), 0, 0)
  const partner = p.quoted ? 0 : partnerOf(p)
  if (partner === 0) {
    if (type === ECHO_REPLY || p.quoted) return
    p.generate(F.noResponse, 0)
  } else if (type === ECHO_REQUEST) p.generate(F.responseIn, partner)
  else {
    p.generate(F.responseTo, partner)
    if (p.wants(F.responseTime)) p.generate(F.responseTime, responseTime(p, partner))
  }
}
