// Options of neighbour discovery messages: RFC 4861 4.6, RFC 4191 (routes), RFC 8106 (name servers, search lists), RFC 5175 (flags),
// RFC 3971 (nonce), RFC 8910 (captive portal), RFC 8781 (PREF64).
//
//   0     1                    2
//   type  length (8 bytes each) contents

import { ipv6Text } from '../../bytes/address.ts'
import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_ERROR } from '../../core/note.ts'
import { bytes, type Field, flag, group, ipv6, text, u8, u16, u32 } from '../../core/protocol.ts'
import { icmpv6Options, routerPreferences } from '../names/icmpv6.ts'

const SOURCE_ADDRESS = 1
const TARGET_ADDRESS = 2
const PREFIX = 3
const REDIRECTED = 4
const MTU = 5
const INTERVAL = 7
const HOME_AGENT = 8
const NONCE = 14
const ROUTE = 24
const NAME_SERVERS = 25
const SEARCH_LIST = 31
const PORTAL = 37
/** Unit of the length byte. */
const UNIT = 8

const setOrNot: readonly [string, string] = ['Set', 'Not set']

export const optionFields = {
  option: group('icmpv6.opt', 'ICMPv6 Option', {
    about: 'One piece of extra information in a neighbour discovery message.',
    display: (_get, _value, shown) => `ICMPv6 Option (${shown})`,
  }),
  optionType: u8('icmpv6.opt.type', 'Type', { names: icmpv6Options, about: 'Says which piece of information the option holds.' }),
  optionLength: u8('icmpv6.opt.length', 'Length', {
    about: 'Counts the size of the whole option in units of eight bytes.',
    display: (_get, value) => `Length: ${value} (${value * UNIT} bytes)`,
  }),
  optionAddress: bytes('icmpv6.opt.linkaddr', 'Link-layer address', {
    about: 'The hardware address of the machine that the message is about.',
    display: (_get, _value, shown) => `Link-layer address: ${colons(shown)}`,
  }),
  optionReserved: group('icmpv6.opt.reserved', 'Reserved', { about: 'Bytes of the option without a meaning.' }),
  optionPadding: group('icmpv6.opt.padding', 'Padding', { about: 'Fills the option up to a multiple of eight bytes.' }),
  prefixLength: u8('icmpv6.opt.prefix.length', 'Prefix Length', { about: 'Counts the bits of the address that name the network.' }),
  prefixFlags: u8('icmpv6.opt.prefix.flag', 'Flag', {
    base: 'hex',
    about: 'Says what machines may do with the prefix.',
    display: (_get, value, shown) => `Flag: ${shown}${prefixWords(value)}`,
  }),
  prefixOnLink: flag('icmpv6.opt.prefix.flag.l', 'On-link flag(L)', {
    mask: 0x80,
    states: setOrNot,
    about: 'Tells that addresses with this prefix are reached without a router.',
  }),
  prefixAutonomous: flag('icmpv6.opt.prefix.flag.a', 'Autonomous address-configuration flag(A)', {
    mask: 0x40,
    states: setOrNot,
    about: 'Tells that machines may make their own address from the prefix.',
  }),
  prefixRouter: flag('icmpv6.opt.prefix.flag.r', 'Router address flag(R)', {
    mask: 0x20,
    states: setOrNot,
    about: 'Tells that the prefix holds the whole address of the router.',
  }),
  prefixRest: u8('icmpv6.opt.prefix.flag.reserved', 'Reserved', { mask: 0x1f, about: 'Five bits without a meaning, left at zero.' }),
  prefixValid: u32('icmpv6.opt.prefix.valid_lifetime', 'Valid Lifetime', {
    about: 'Says for how many seconds addresses with the prefix stay valid.',
    display: (_get, value) => `Valid Lifetime: ${seconds(value)}`,
  }),
  prefixPreferred: u32('icmpv6.opt.prefix.preferred_lifetime', 'Preferred Lifetime', {
    about: 'Says for how many seconds such addresses are used for new conversations.',
    display: (_get, value) => `Preferred Lifetime: ${seconds(value)}`,
  }),
  prefix: ipv6('icmpv6.opt.prefix', 'Prefix', { about: 'The first bits of the addresses of this network.' }),
  redirected: group('icmpv6.opt.redirected_packet', 'Redirected Packet', { about: 'The packet that went the long way round.' }),
  linkMtu: u32('icmpv6.opt.mtu', 'MTU', { about: 'The largest packet that all machines on this network can take.' }),
  advertised: u32('icmpv6.opt.advertisement_interval', 'Advertisement Interval', {
    about: 'Says how many milliseconds pass at most between two router advertisements.',
  }),
  agentPreference: u16('icmpv6.opt.home_agent_preference', 'Home Agent Preference', {
    about: 'Says how much this home agent is preferred over others.',
  }),
  agentLifetime: u16('icmpv6.opt.home_agent_lifetime', 'Home Agent Lifetime', {
    about: 'Says for how many seconds the home agent serves.',
  }),
  nonce: bytes('icmpv6.opt.nonce', 'Nonce', { about: 'A random number that ties an answer to its question.' }),
  routeFlags: u8('icmpv6.opt.route_info.flag', 'Flag', { base: 'hex', about: 'Says how much the route is preferred over others.' }),
  routePreference: u8('icmpv6.opt.route_info.flag.route_preference', 'Route Preference', {
    mask: 0x18,
    names: routerPreferences,
    about: 'Says how much the route is preferred over others.',
  }),
  routeRest: u8('icmpv6.opt.route_info.flag.reserved', 'Reserved', { mask: 0xe7, about: 'Bits without a meaning, left at zero.' }),
  routeLifetime: u32('icmpv6.opt.route_lifetime', 'Route Lifetime', {
    about: 'Says for how many seconds the route may be used.',
    display: (_get, value) => `Route Lifetime: ${seconds(value)}`,
  }),
  serverLifetime: u32('icmpv6.opt.rdnss.lifetime', 'Lifetime', {
    about: 'Says for how many seconds the name servers may be used.',
    display: (_get, value) => `Lifetime: ${seconds(value)}`,
  }),
  server: ipv6('icmpv6.opt.rdnss', 'Recursive DNS Servers', { about: 'The address of a name server for this network.' }),
  searchLifetime: u32('icmpv6.opt.dnssl.lifetime', 'Lifetime', {
    about: 'Says for how many seconds the search list may be used.',
    display: (_get, value) => `Lifetime: ${seconds(value)}`,
  }),
  search: text('icmpv6.opt.dnssl', 'Domain Names', { about: 'A domain in which short host names are looked up.' }),
  portal: text('icmpv6.opt.captive_portal', 'Captive Portal', { about: 'The web page where guests of the network sign in.' }),
  unknown: bytes('icmpv6.unknown_data', 'Unknown Data', { about: 'Contents that are not taken apart here.' }),
}
const O = optionFields

const colons = (shown: string) => shown.replace(/(..)(?=.)/g, '$1:')
const seconds = (value: number) => (value === 0xffff_ffff ? `Infinity (${value})` : `${value}`)

function prefixWords(value: number): string {
  const words = [
    (value & 0x80) !== 0 && 'On-link flag(L)',
    (value & 0x40) !== 0 && 'Autonomous address-configuration flag(A)',
    (value & 0x20) !== 0 && 'Router address flag(R)',
  ]
  return words.map((word) => (word === false ? '' : `, ${word}`)).join('')
}

/** Lays out the options from `at` to the end of the layer; returns where a redirected packet starts, or -1. */
export function dissectOptions(p: Dissection, at: number): number {
  let redirected = -1
  while (p.has(at + 1)) {
    if (!p.has(at + 2)) {
      p.short(at + 2)
      return redirected
    }
    const type = p.u8(at)
    const length = p.u8(at + 1) * UNIT
    if (length === 0) {
      p.note(SEVERITY_ERROR, 'Invalid option length (Zero)', at + 1, 1)
      return redirected
    }
    if (!p.has(at + length)) {
      p.short(at + length)
      return redirected
    }
    if (type === REDIRECTED) redirected = at + UNIT
    if (p.recording) dissectOption(p, type, at, length)
    at += length
  }
  return redirected
}

function dissectOption(p: Dissection, type: number, at: number, length: number): void {
  const name = icmpv6Options[type] ?? `Unknown ${type}`
  const row = p.generateText(O.option, name, at, length)
  p.nest(row)
  p.add(O.optionType, at)
  p.add(O.optionLength, at + 1)
  const detail = contents(p, type, at, length)
  if (row >= 0 && detail !== '') p.rows.texts.set(row, `${name}${detail}`)
  p.close()
}

/** Returns what the option's line says besides its name. */
function contents(p: Dissection, type: number, at: number, length: number): string {
  switch (type) {
    case SOURCE_ADDRESS:
    case TARGET_ADDRESS:
      // Hardware addresses of 6 bytes fill the option; longer ones are padded.
      p.add(O.optionAddress, at + 2, length === UNIT ? 6 : length - 2)
      return length === UNIT ? ` : ${linkText(p, at + 2)}` : ''
    case PREFIX:
      return length >= 32 ? prefix(p, at) : unknown(p, at, length)
    case REDIRECTED:
      p.add(O.optionReserved, at + 2, 6)
      p.add(O.redirected, at + UNIT, length - UNIT)
      return ''
    case MTU:
      p.add(O.optionReserved, at + 2, 2)
      return ` : ${p.number(O.linkMtu, at + 4)}`
    case INTERVAL:
      p.add(O.optionReserved, at + 2, 2)
      p.add(O.advertised, at + 4)
      return ''
    case HOME_AGENT:
      p.add(O.optionReserved, at + 2, 2)
      p.add(O.agentPreference, at + 4)
      p.add(O.agentLifetime, at + 6)
      return ''
    case NONCE:
      p.add(O.nonce, at + 2, length - 2)
      return ''
    case ROUTE:
      return length <= 24 ? route(p, at, length) : unknown(p, at, length)
    case NAME_SERVERS:
      p.add(O.optionReserved, at + 2, 2)
      p.add(O.serverLifetime, at + 4)
      for (let i = UNIT; i + 16 <= length; i += 16) p.add(O.server, at + i)
      return ''
    case SEARCH_LIST:
      p.add(O.optionReserved, at + 2, 2)
      p.add(O.searchLifetime, at + 4)
      searchList(p, O.search, at + UNIT, at + length)
      return ''
    case PORTAL: {
      let end = length
      while (end > 2 && p.u8(at + end - 1) === 0) end--
      p.add(O.portal, at + 2, end - 2)
      return ''
    }
    default:
      return unknown(p, at, length)
  }
}

function unknown(p: Dissection, at: number, length: number): string {
  p.add(O.unknown, at + 2, length - 2)
  return ''
}

function linkText(p: Dissection, at: number): string {
  let shown = ''
  for (let i = 0; i < 6; i++)
    shown +=
      (i > 0 ? ':' : '') +
      p
        .u8(at + i)
        .toString(16)
        .padStart(2, '0')
  return shown
}

function prefix(p: Dissection, at: number): string {
  p.add(O.prefixLength, at + 2)
  p.open(O.prefixFlags, at + 3)
  p.add(O.prefixOnLink, at + 3)
  p.add(O.prefixAutonomous, at + 3)
  p.add(O.prefixRouter, at + 3)
  p.add(O.prefixRest, at + 3)
  p.close()
  p.add(O.prefixValid, at + 4)
  p.add(O.prefixPreferred, at + 8)
  p.add(O.optionReserved, at + 12, 4)
  p.add(O.prefix, at + 16)
  return ` : ${ipv6Text(p.bytes, p.base + at + 16)}/${p.u8(at + 2)}`
}

function route(p: Dissection, at: number, length: number): string {
  p.add(O.prefixLength, at + 2)
  p.open(O.routeFlags, at + 3)
  p.add(O.routePreference, at + 3)
  p.add(O.routeRest, at + 3)
  p.close()
  p.add(O.routeLifetime, at + 4)
  if (length === 24) p.add(O.prefix, at + UNIT)
  else if (length > UNIT) p.add(O.unknown, at + UNIT, length - UNIT)
  return ''
}

/** Domain names without pointers (RFC 8106 5.2), padded with zeros. */
function searchList(p: Dissection, field: Field, at: number, end: number): void {
  while (at < end && p.u8(at) !== 0) {
    const start = at
    let name = ''
    while (at < end && p.u8(at) !== 0) {
      const size = p.u8(at)
      if (at + 1 + size > end) return
      if (name !== '') name += '.'
      for (let i = 1; i <= size; i++) name += String.fromCharCode(p.u8(at + i))
      at += 1 + size
    }
    if (at < end) at++
    p.generateText(field, name, start, at - start)
  }
  if (at < end) p.add(O.optionPadding, at, end - at)
}
