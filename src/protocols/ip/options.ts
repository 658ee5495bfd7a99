// IPv4 options: RFC 791 3.1, RFC 1108 (security), RFC 1063 (MTU probes), RFC 1393 (traceroute), RFC 2113 (router alert), RFC 4782 (quick start).
//
// An option is a type byte alone (end of list, no operation), or type, length and contents.

import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_WARN } from '../../core/note.ts'
import { bytes, type Field, flag, group, ipv4, u8, u16, u32 } from '../../core/protocol.ts'
import { ipOptionClasses, ipOptionNumbers, timestampFlags } from '../names/ip-options.ts'

const END = 0
const NOP = 1
const RECORD_ROUTE = 7
const TIMESTAMP = 68
const TRACEROUTE = 82
const LOOSE_ROUTE = 131
const STRICT_ROUTE = 137
const STREAM = 136
const MTU_PROBE = 11
const MTU_REPLY = 12
const ROUTER_ALERT = 148
const QUICK_START = 25

/** What an option is called in the line of all options and in its own, by type byte. */
const TITLES: Readonly<Record<number, string>> = {
  [END]: 'End of Options List (EOL)',
  [NOP]: 'No-Operation (NOP)',
  130: 'Security',
  [LOOSE_ROUTE]: 'Loose Source Route',
  [TIMESTAMP]: 'Time Stamp',
  133: 'Extended Security',
  134: 'Commercial Security',
  [RECORD_ROUTE]: 'Record Route',
  [STREAM]: 'Stream ID',
  [STRICT_ROUTE]: 'Strict Source Route',
  [MTU_PROBE]: 'MTU Probe',
  [MTU_REPLY]: 'MTU Reply',
  [TRACEROUTE]: 'Traceroute',
  [ROUTER_ALERT]: 'Router Alert',
  149: 'Selective Directed Broadcast',
  [QUICK_START]: 'Quick-Start',
}

const titleOf = (type: number) => TITLES[type] ?? `Unknown (0x${type.toString(16).padStart(2, '0')})`

const optionRow = (name: string, about: string) => group(name, 'IP Option', { about, display: (_get, _value, shown) => shown })

export const optionFields = {
  options: group('', 'Options', {
    about: 'Rarely used extras between the fixed header and the payload; many routers drop packets with them.',
  }),
  option: group('', 'IP Option', { about: 'One option, which asks routers or the receiver for something special.' }),
  optionEnd: optionRow('ip.options.eol', 'Ends the list of options; what follows only fills up.'),
  optionNop: optionRow('ip.options.nop', 'Does nothing but move the next option to an even place.'),
  optionSecurity: optionRow('ip.options.security', 'Says how secret the packet is, by the rules of the military.'),
  optionLooseRoute: optionRow('ip.options.route', 'Names routers through which the packet has to pass on its way.'),
  optionTimestampRow: optionRow('ip.options.timestamp', 'Collects the times at which routers forwarded the packet.'),
  optionExtendedSecurity: optionRow('ip.options.ext_security', 'Adds to the security option what one authority needs.'),
  optionCommercialSecurity: optionRow('ip.options.cipso', 'Says how secret the packet is, by the rules of a company.'),
  optionRecordRoute: optionRow('ip.options.record_route', 'Collects the addresses of the routers that forwarded the packet.'),
  optionStreamRow: optionRow('ip.options.sid', 'Carries a stream number of the SATNET network.'),
  optionStrictRoute: optionRow('ip.options.source_route', 'Lists every router through which the packet has to pass.'),
  optionMtuProbe: optionRow('ip.options.mtu_probe', 'Finds out how large packets on this path may be.'),
  optionMtuReply: optionRow('ip.options.mtu_reply', 'Tells how large packets on this path may be.'),
  optionTraceroute: optionRow('ip.options.traceroute', 'Asks every router on the way to report the packet.'),
  optionRouterAlert: optionRow('ip.options.routeralert', 'Asks every router on the way to look into the packet.'),
  optionBroadcast: optionRow('ip.options.sdb', 'Lists several networks to which the packet is broadcast.'),
  optionQuickStart: optionRow('ip.options.qs', 'Asks routers whether the sender may start at a high rate.'),
  optionType: u8('ip.opt.type', 'Type', { about: 'Says which option it is and how routers handle it.' }),
  optionCopy: flag('ip.opt.type.copy', 'Copy on fragmentation', {
    mask: 0x80,
    states: ['Yes', 'No'],
    about: 'Tells whether every fragment gets the option or only the first one.',
  }),
  optionClass: u8('ip.opt.type.class', 'Class', {
    mask: 0x60,
    names: ipOptionClasses,
    about: 'Tells control options from those that measure.',
  }),
  optionNumber: u8('ip.opt.type.number', 'Number', {
    mask: 0x1f,
    names: ipOptionNumbers,
    about: 'The number of the option within its class.',
  }),
  optionLength: u8('ip.opt.len', 'Length', { about: 'Counts the bytes of the option, type and length included.' }),
  optionPointer: u8('ip.opt.ptr', 'Pointer', { about: 'Says where in the option the next router writes, counted from 1.' }),
  optionStream: u16('ip.opt.sid', 'Stream Identifier', { about: 'A stream number of the SATNET network, long out of use.' }),
  optionMtu: u16('ip.opt.mtu', 'MTU', { about: 'The largest packet that the path was found to carry.' }),
  optionAlert: u16('ip.opt.ra', 'Router Alert', {
    names: { 0: 'Router shall examine packet' },
    about: 'Asks every router on the way to look into the packet.',
    display: (_get, value) => `Router Alert: ${alertText(value)}`,
  }),
  optionId: u16('ip.opt.id_number', 'ID Number', { about: 'Ties traceroute messages to the packet that caused them.' }),
  optionOutbound: u16('ip.opt.ohc', 'Outbound Hop Count', { about: 'Counts the routers that the packet crossed on its way out.' }),
  optionReturn: u16('ip.opt.rhc', 'Return Hop Count', { about: 'Counts the routers that the answer crossed on its way back.' }),
  optionOriginator: ipv4('ip.opt.originator', 'Originator IP Address', { about: 'The address of the machine that traces the route.' }),
  optionFunction: u8('ip.opt.qs_func', 'Function', {
    mask: 0xf0,
    names: { 0: 'Rate request', 8: 'Rate report' },
    about: 'Tells whether a sending rate is asked for or reported.',
  }),
  optionRate: u8('ip.opt.qs_rate', 'Rate', { mask: 0x0f, about: 'The sending rate, as 40 kbit/s doubled this many times less one.' }),
  optionTtl: u8('ip.opt.qs_ttl', 'QS TTL', { about: 'Every router that agrees with the rate subtracts one from it.' }),
  optionFlowOverflow: u8('ip.opt.overflow', 'Overflow', {
    mask: 0xf0,
    about: 'Counts the routers that found no room for their time stamp.',
  }),
  optionFlag: u8('ip.opt.flag', 'Flag', {
    mask: 0x0f,
    base: 'hex',
    names: timestampFlags,
    about: 'Says whether addresses stand beside the time stamps.',
  }),
  optionTimestampAddress: ipv4('ip.opt.time_stamp_addr', 'Address', { about: 'The router that wrote the time stamp after it.' }),
  optionTimestamp: u32('ip.opt.time_stamp', 'Time stamp', { about: 'The time of day in milliseconds since midnight, universal time.' }),
  optionSourceRoute: ipv4('ip.src_rt', 'Source Route', { about: 'An address through which the sender wants the packet to go.' }),
  optionRecorded: ipv4('ip.rec_rt', 'Recorded Route', { about: 'The address that a router on the way wrote down.' }),
  optionEmpty: ipv4('ip.empty_rt', 'Empty Route', { about: 'A place for the address of a router still to come.' }),
  optionPadding: bytes('ip.opt.padding', 'Padding', { about: 'Fills the options up to a multiple of four bytes.' }),
  badLength: group('ip.opt.len.invalid', 'Invalid length for option', {
    about: 'Marks an option whose length cannot be right.',
  }),
}
const O = optionFields

/** Lays out the options between `at` and `end`, both counted from the start of the layer. */
export function dissectOptions(p: Dissection, at: number, end: number): void {
  if (!p.recording) return
  const row = p.generateText(O.options, '', at, end - at)
  p.nest(row)
  let names = ''
  while (at < end) {
    const type = p.u8(at)
    const single = type === END || type === NOP
    const length = single ? 1 : at + 1 < end ? p.u8(at + 1) : 0
    if (!single && (length < 2 || at + length > end)) {
      const why =
        length < 2 ? `option length = ${length} is too short` : `option length = ${length} bytes says option goes past end of options`
      p.note(SEVERITY_WARN, `${titleOf(type)} (${why})`, at, 0, O.badLength)
      break
    }
    names += `, ${titleOf(type)}`
    dissectOption(p, type, at, length)
    at += length
    if (type === END) break
  }
  if (at < end && names.endsWith(titleOf(END))) p.add(O.optionPadding, at, end - at)
  p.close()
  if (row >= 0) p.rows.texts.set(row, `Options: (${p.rows.length[row]} bytes)${names}`)
}

/** The row of each option that has a name of its own. */
const ROWS: Readonly<Record<number, Field>> = {
  [END]: O.optionEnd,
  [NOP]: O.optionNop,
  130: O.optionSecurity,
  [LOOSE_ROUTE]: O.optionLooseRoute,
  [TIMESTAMP]: O.optionTimestampRow,
  133: O.optionExtendedSecurity,
  134: O.optionCommercialSecurity,
  [RECORD_ROUTE]: O.optionRecordRoute,
  [STREAM]: O.optionStreamRow,
  [STRICT_ROUTE]: O.optionStrictRoute,
  [MTU_PROBE]: O.optionMtuProbe,
  [MTU_REPLY]: O.optionMtuReply,
  [TRACEROUTE]: O.optionTraceroute,
  [ROUTER_ALERT]: O.optionRouterAlert,
  149: O.optionBroadcast,
  [QUICK_START]: O.optionQuickStart,
}

function optionText(p: Dissection, type: number, at: number, length: number): string {
  const text = `IP Option - ${titleOf(type)}${length > 1 ? ` (${length} bytes)` : ''}`
  return type === ROUTER_ALERT && length >= 4 ? `${text}: ${alertText(p.u16(at + 2))}` : text
}

const alertText = (value: number) => `${value === 0 ? 'Router shall examine packet' : 'Reserved'} (${value})`

function dissectOption(p: Dissection, type: number, at: number, length: number): void {
  const row = ROWS[type] ?? O.option
  p.nest(p.wants(row) ? p.generateText(row, optionText(p, type, at, length), at, length) : -1)
  p.open(O.optionType, at)
  p.add(O.optionCopy, at)
  p.add(O.optionClass, at)
  p.add(O.optionNumber, at)
  p.close()
  if (length > 1) {
    p.add(O.optionLength, at + 1)
    const least = LEAST[type]
    if (least !== undefined && length < least)
      p.note(SEVERITY_WARN, `${titleOf(type)} (length ${length} is below ${least})`, at, length, O.badLength)
    else contents(p, type, at, length)
  }
  p.close()
}

/** Least length of the options that have contents of a known form. */
const LEAST: Readonly<Record<number, number>> = {
  [RECORD_ROUTE]: 3,
  [LOOSE_ROUTE]: 3,
  [STRICT_ROUTE]: 3,
  [TIMESTAMP]: 4,
  [TRACEROUTE]: 12,
  [STREAM]: 4,
  [MTU_PROBE]: 4,
  [MTU_REPLY]: 4,
  [ROUTER_ALERT]: 4,
  [QUICK_START]: 8,
}

function contents(p: Dissection, type: number, at: number, length: number): void {
  switch (type) {
    case RECORD_ROUTE:
    case LOOSE_ROUTE:
    case STRICT_ROUTE: {
      const pointer = p.number(O.optionPointer, at + 2)
      for (let i = 3; i + 4 <= length; i += 4) p.add(routeField(type, i + 1 < pointer), at + i)
      break
    }
    case TIMESTAMP: {
      p.add(O.optionPointer, at + 2)
      p.add(O.optionFlowOverflow, at + 3)
      const withAddress = (p.number(O.optionFlag, at + 3) & 3) !== 0
      const step = withAddress ? 8 : 4
      for (let i = 4; i + step <= length; i += step) {
        if (withAddress) p.add(O.optionTimestampAddress, at + i)
        p.add(O.optionTimestamp, at + i + step - 4)
      }
      break
    }
    case TRACEROUTE:
      p.add(O.optionId, at + 2)
      p.add(O.optionOutbound, at + 4)
      p.add(O.optionReturn, at + 6)
      p.add(O.optionOriginator, at + 8)
      break
    case STREAM:
      p.add(O.optionStream, at + 2)
      break
    case MTU_PROBE:
    case MTU_REPLY:
      p.add(O.optionMtu, at + 2)
      break
    case ROUTER_ALERT:
      p.add(O.optionAlert, at + 2)
      break
    case QUICK_START:
      p.add(O.optionFunction, at + 2)
      p.add(O.optionRate, at + 2)
      p.add(O.optionTtl, at + 3)
      break
  }
}

/** Places before the pointer are used up: written by routers, or already travelled through. */
function routeField(type: number, passed: boolean): Field {
  if (passed) return O.optionRecorded
  return type === RECORD_ROUTE ? O.optionEmpty : O.optionSourceRoute
}
