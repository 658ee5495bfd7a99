// Internet Control Message Protocol: RFC 792. Router discovery: RFC 1256. Address masks: RFC 950. Path MTU: RFC 1191. Length of the quoted
// packet: RFC 4884.
//
//   0     1     2         4                        8
//   type  code  checksum  identifier and sequence, quoted packet or
//                         gateway, pointer, MTU …  data

import { internetChecksum } from '../bytes/checksum.ts'
import { checksumFields, recordVerdict } from '../core/checksum-rows.ts'
import type { Dissection } from '../core/dissect.ts'
import { hopsLeft, noteAnswer, noteQuestion, partnerOf, responseTime } from '../core/echoes.ts'
import { bytes, defineProtocol, double, duration, frame, type Get, group, i32, ipv4, time, u8, u16, u32 } from '../core/protocol.ts'
import { checksumStates } from './names/checksum.ts'
import { icmpCodes, icmpTypes } from './names/icmp.ts'
import { dateText } from './names/times.ts'

const HEADER = 8
/** No protocol accepts it: what follows is data. */
const NOBODY = -1
const IPV4 = 0x0800

const REPLY = 0
const UNREACHABLE = 3
const QUENCH = 4
const REDIRECT = 5
const REQUEST = 8
const ADVERTISEMENT = 9
const SOLICITATION = 10
const EXCEEDED = 11
const PROBLEM = 12
const TIME_REQUEST = 13
const TIME_REPLY = 14
const MASK_REQUEST = 17
const MASK_REPLY = 18
const NEEDS_FRAGMENTING = 4
/** Bytes of a time in the data of an echo message. */
const TIME = 8
const DAY = 86_400

const named = (value: number, name: string | undefined) => (name === undefined ? `${value}` : `${value} (${name})`)

/** "9 hours, 4 minutes": Wireshark writes these times as hours, minutes and seconds since midnight. */
function clockText(milliseconds: number): string {
  if (milliseconds > 86_400_000) return 'non-standard timestamp'
  const seconds = milliseconds / 1000
  return `${Math.floor(seconds / 3600)} hours, ${Math.floor(seconds / 60) % 60} minutes, ${(seconds % 60).toFixed(3)} seconds after midnight UTC`
}

const sum = checksumFields(
  'icmp',
  'icmp.checksum_bad',
  checksumStates,
  'A sum over the whole message, with which the receiver finds damage.',
  2,
)

const F = {
  type: u8('icmp.type', 'Type', {
    at: 0,
    names: icmpTypes,
    about: 'Says what the message is for.',
    display: (_get, value) => `Type: ${named(value, icmpTypes[value])}`,
  }),
  code: u8('icmp.code', 'Code', {
    at: 1,
    about: 'Says more exactly what the message of this type is about.',
    display: (get, value): string => `Code: ${named(value, icmpCodes[get.number(F.type)]?.[value])}`,
  }),
  ...sum,
  unused: bytes('icmp.unused', 'Unused', { about: 'Bytes without a meaning in this kind of message.' }),
  originalLength: u8('icmp.length.original_datagram', 'Length of original datagram', {
    about: 'Counts the bytes of the quoted packet, in words of four bytes.',
  }),
  ident: u16('icmp.ident', 'Identifier (BE)', {
    base: 'dec-hex',
    about: 'Ties answers to the program that asked; ping uses one number a run.',
  }),
  identLittle: u16('icmp.ident_le', 'Identifier (LE)', {
    base: 'dec-hex',
    little: true,
    about: 'The same identifier read with its bytes swapped, as some systems write it.',
  }),
  sequence: u16('icmp.seq', 'Sequence Number (BE)', { base: 'dec-hex', about: 'Counts the questions, so that each answer finds its own.' }),
  sequenceLittle: u16('icmp.seq_le', 'Sequence Number (LE)', {
    base: 'dec-hex',
    little: true,
    about: 'The same count read with its bytes swapped, as some systems write it.',
  }),
  gateway: ipv4('icmp.redir_gw', 'Gateway Address', { about: 'The router that knows a shorter way for such packets.' }),
  pointer: u8('icmp.pointer', 'Pointer', { about: 'The place in the quoted packet where the problem lies.' }),
  mtu: u16('icmp.mtu', 'MTU of next hop', {
    about: 'The largest packet that fits through the next network on the way.',
    explain: (value) => (value > 0 ? `Packets of up to ${value} bytes get through.` : ''),
  }),
  count: u8('icmp.num_addrs', 'Number of addresses', { about: 'Counts the router addresses that follow.' }),
  entrySize: u8('icmp.addr_entry_size', 'Address entry size', { about: 'Counts the words of four bytes of each entry.' }),
  lifetime: u16('icmp.lifetime', 'Lifetime', {
    about: 'Says for how many seconds the addresses may be used.',
    display: (_get, value) => `Lifetime: ${value} second${value === 1 ? '' : 's'}`,
  }),
  router: ipv4('icmp.router_address', 'Router address', { about: 'The address of a router on this network.' }),
  preference: i32('icmp.pref_level', 'Preference level', { about: 'Says how much this router is preferred over others.' }),
  originate: u32('icmp.originate_timestamp', 'Originate Timestamp', {
    about: 'The time at which the asker sent the message, in milliseconds since midnight.',
    display: (_get, value) => `Originate Timestamp: ${value} (${clockText(value)})`,
  }),
  receive: u32('icmp.receive_timestamp', 'Receive Timestamp', {
    about: 'The time at which the message arrived, in milliseconds since midnight.',
    display: (_get, value) => `Receive Timestamp: ${value} (${clockText(value)})`,
  }),
  transmit: u32('icmp.transmit_timestamp', 'Transmit Timestamp', {
    about: 'The time at which the answer left, in milliseconds since midnight.',
    display: (_get, value) => `Transmit Timestamp: ${value} (${clockText(value)})`,
  }),
  mask: ipv4('icmp.address_mask', 'Address Mask', { about: 'Says which part of an address names the network.' }),
  responseIn: frame('icmp.resp_in', 'Response frame', { generated: true, about: 'The packet that answers this question.' }),
  noResponse: group('icmp.no_resp', 'No response seen', {
    generated: true,
    about: 'Marks a question that nobody answered in this capture.',
  }),
  responseTo: frame('icmp.resp_to', 'Request frame', {
    generated: true,
    about: 'The packet that asked the question which this one answers.',
  }),
  responseTime: double('icmp.resptime', 'Response time', {
    generated: true,
    about: 'How long the answer took, in thousandths of a second.',
    display: (_get, value) => `Response time: ${value.toFixed(3)} ms`,
  }),
  dataTime: time('icmp.data_time', 'Timestamp from icmp data', {
    about: 'When the question was asked, as the asking program wrote it into its data.',
    display: (_get, _value, shown) => `Timestamp from icmp data: ${shown}`,
  }),
  dataTimeRelative: duration('icmp.data_time_relative', 'Timestamp from icmp data (relative)', {
    generated: true,
    about: 'How long before this packet the question was asked, by that time.',
    display: (_get, _value, shown) => `Timestamp from icmp data (relative): ${shown} seconds`,
  }),
  // Never shown: the summary tells it, and it stands in the header around this one.
  hops: u8('', 'Time to Live', { hidden: true, about: 'How many more routers the packet around this message could have crossed.' }),
  // Never shown: an error quotes the packet that caused it, which is of this kind.
  quotedType: u16('', 'Quoted packet', {
    hidden: true,
    selectsLike: 'eth.type',
    about: 'The kind of packet that an error message quotes.',
  }),
}

const isEcho = (type: number) => type === REQUEST || type === REPLY
const hasIdentifier = (type: number) => isEcho(type) || (type >= TIME_REQUEST && type <= MASK_REPLY)
const quotes = (type: number) => (type >= UNREACHABLE && type <= REDIRECT ? true : type === EXCEEDED || type === PROBLEM)

function summarize(get: Get): string {
  const type = get.number(F.type)
  const name = icmpTypes[type] ?? 'Unknown ICMP type'
  if (!hasIdentifier(type) || !get.has(F.ident)) {
    const code = icmpCodes[type]?.[get.number(F.code)]
    return code === undefined ? name : `${name.padEnd(20)} (${code})`
  }
  const id = get.number(F.ident).toString(16).padStart(4, '0')
  const sequence = `${name.padEnd(20)} id=0x${id}, seq=${get.number(F.sequence)}/${get.number(F.sequenceLittle)}, ttl=${get.number(F.hops)}`
  if (get.has(F.responseIn)) return `${sequence} (reply in ${get.number(F.responseIn)})`
  if (get.has(F.responseTo)) return `${sequence} (request in ${get.number(F.responseTo)})`
  return get.has(F.noResponse) ? `${sequence} (no response found!)` : sequence
}

export const icmp = defineProtocol({
  name: 'icmp',
  title: 'Internet Control Message Protocol',
  spec: 'RFC 792',
  about: 'Carries error reports and questions between machines on the Internet.',
  fields: F,
  accepts: { 'ip.proto': [1] },
  summary: summarize,

  track(p, memory) {
    if (p.quoted || !p.has(HEADER)) return
    if (p.u8(0) === REQUEST) noteQuestion(p, memory)
    else if (p.u8(0) === REPLY) noteAnswer(p, memory, REQUEST << 8)
  },

  dissect(p) {
    if (!p.has(4)) return p.short(4)
    p.header()
    p.span(p.available())
    const type = p.u8(0)
    if (p.recording) {
      // A quoted or cut message does not hold all the bytes that its checksum covers.
      const whole = !p.quoted && p.available() === p.reported()
      recordVerdict(p, sum, 2, whole ? internetChecksum(p.bytes, p.base, p.end) : -1)
    }
    if (!p.has(HEADER)) return p.reported() > 4 ? p.short(HEADER) : undefined
    second(p, type)
    const at = HEADER
    if (quotes(type)) {
      if (p.reported() > at) p.nextInside(F.quotedType, IPV4, at, true)
    } else if (type === ADVERTISEMENT) routers(p)
    else if (type === TIME_REQUEST || type === TIME_REPLY) times(p)
    else if (type === MASK_REQUEST || type === MASK_REPLY) {
      if (!p.has(at + 4)) return p.short(at + 4)
      p.add(F.mask, at)
    } else if (isEcho(type)) p.nextInside(F.quotedType, NOBODY, at + echo(p, type), false)
    else if (type !== SOLICITATION) p.nextInside(F.quotedType, NOBODY, at, false)
  },
})

/** The four bytes whose meaning hangs on the type. */
function second(p: Dissection, type: number): void {
  if (hasIdentifier(type)) {
    if (p.recording) p.generate(F.hops, hopsLeft(p), 0, 0)
    p.add(F.ident, 4)
    p.add(F.identLittle, 4)
    p.add(F.sequence, 6)
    p.add(F.sequenceLittle, 6)
  } else if (type === REDIRECT) p.add(F.gateway, 4)
  else if (type === ADVERTISEMENT) {
    p.add(F.count, 4)
    p.add(F.entrySize, 5)
    p.add(F.lifetime, 6)
  } else if (type === UNREACHABLE && p.u8(1) === NEEDS_FRAGMENTING) {
    p.add(F.unused, 4, 2)
    p.add(F.mtu, 6)
  } else if (type === PROBLEM) {
    p.add(F.pointer, 4)
    if (p.u8(5) !== 0) {
      p.add(F.originalLength, 5)
      p.add(F.unused, 6, 2)
    } else p.add(F.unused, 5, 3)
  } else if ((type === UNREACHABLE || type === EXCEEDED) && p.u8(5) !== 0) {
    p.add(F.unused, 4, 1)
    p.add(F.originalLength, 5)
    p.add(F.unused, 6, 2)
  } else if (quotes(type) || type === QUENCH || type === SOLICITATION) p.add(F.unused, 4, 4)
}

function routers(p: Dissection): void {
  const size = p.u8(5) * 4
  if (size < HEADER) {
    p.malformed(F.entrySize, `of ${size} bytes cannot hold an address and its preference`)
    return
  }
  for (let i = 0; i < p.u8(4); i++) {
    const at = HEADER + i * size
    if (!p.has(at + size)) {
      p.short(at + size)
      return
    }
    p.add(F.router, at)
    p.add(F.preference, at + 4)
  }
}

function times(p: Dissection): void {
  if (!p.has(HEADER + 12)) {
    p.short(HEADER + 12)
    return
  }
  p.add(F.originate, HEADER)
  p.add(F.receive, HEADER + 4)
  p.add(F.transmit, HEADER + 8)
}

/** What belongs to this question or answer; returns the bytes of its data that are a time. */
function echo(p: Dissection, type: number): number {
  const length = p.has(HEADER + TIME) && recordTime(p) ? TIME : 0
  if (!p.recording) return length
  const partner = p.quoted ? 0 : partnerOf(p)
  if (partner === 0) {
    if (type === REQUEST && !p.quoted) p.generate(F.noResponse, 0)
  } else if (type === REQUEST) p.generate(F.responseIn, partner)
  else {
    p.generate(F.responseTo, partner)
    if (p.wants(F.responseTime)) p.generate(F.responseTime, responseTime(p, partner))
  }
  return length
}

/** Most programs begin the data with the time: seconds and microseconds, in either byte order. What is not near this packet's time is none. */
function recordTime(p: Dissection): boolean {
  const little = (at: number) => (p.u8(at) | (p.u8(at + 1) << 8) | (p.u8(at + 2) << 16) | (p.u8(at + 3) << 24)) >>> 0
  for (const [seconds, micros] of [
    [p.u32(HEADER), p.u32(HEADER + 4)],
    [little(HEADER), little(HEADER + 4)],
  ] as const) {
    if (Math.abs(seconds - p.seconds) >= DAY || micros >= 1_000_000) continue
    if (p.wants(F.dataTime)) p.generateText(F.dataTime, dateText(seconds, micros * 1000), HEADER, TIME)
    p.generate(F.dataTimeRelative, p.seconds - seconds + (p.nanos - micros * 1000) / 1e9, HEADER, TIME)
    return true
  }
  return false
}
