// Options of DHCPv6 that hold names and what vendors put in: RFC 8415 21.15–21.17, RFC 3319, RFC 3646, RFC 4704, RFC 5908; the names that
// machines have for themselves (DUID): RFC 8415 11.

import { etherText, hexText } from '../../bytes/address.ts'
import type { Dissection } from '../../core/dissect.ts'
import { bytes, type Fields, flag, type Get, ipv6, text, time, u8, u16, u32 } from '../../core/protocol.ts'
import { arpHardware } from '../names/arp.ts'
import { enterpriseText } from '../names/enterprises.ts'
import { dateText } from '../names/times.ts'

/** DUIDs count their seconds from the year 2000. */
const YEAR_2000 = 946_684_800
const LABELS = 128

const PTR = ['Server SHOULD NOT perform PTR RR updates', 'Server SHOULD perform PTR RR updates'] as const
const AAAA = ['Server SHOULD perform AAAA RR updates', 'Server SHOULD NOT perform AAAA RR updates'] as const
const enterprise = (_get: Get, value: number): string => `Enterprise ID: ${enterpriseText(value)}`

export const N = {
  hardwareTime: u16('dhcpv6.duidllt.hwtype', 'Hardware type', {
    names: arpHardware,
    about: 'What kind of network card the name was made of.',
  }),
  time: time('dhcpv6.duidllt.time', 'DUID Time', { about: 'When the name was made, so that it stays alone in the world.' }),
  linkTime: text('dhcpv6.duidllt.link_layer_addr', 'Link-layer address', {
    about: 'The address of the network card the name was made of.',
  }),
  vendorNumber: u32('dhcpv6.duiden.enterprise', 'Enterprise ID', {
    display: enterprise,
    about: 'The maker of the machine, by its number at IANA.',
  }),
  identifier: bytes('dhcpv6.duiden.identifier', 'Identifier', { about: 'A name that the maker gave the machine.' }),
  hardware: u16('dhcpv6.duidll.hwtype', 'Hardware type', { names: arpHardware, about: 'What kind of network card the name was made of.' }),
  linkOnly: text('dhcpv6.duidll.link_layer_addr', 'Link-layer address', { about: 'The address of the network card the name was made of.' }),
  uuid: bytes('dhcpv6.duiduuid.bytes', 'UUID', { about: 'A number that is given once in the world, kept in the machine.' }),
  classNumber: u32('dhcpv6.vendorclass.enterprise', 'Enterprise ID', {
    display: enterprise,
    about: 'Whose words for kinds of machines follow, by its number at IANA.',
  }),
  classData: text('dhcpv6.vendorclass.data', 'vendor-class-data', { about: 'What kind of machine the client is, in its maker’s words.' }),
  optionsNumber: u32('dhcpv6.vendoropts.enterprise', 'Enterprise ID', {
    display: enterprise,
    about: 'Whose options follow, by its number at IANA.',
  }),
  optionCode: u16('dhcpv6.vendoropts.enterprise.option_code', 'Option code', { about: 'Says what the maker’s option is about.' }),
  optionLength: u16('dhcpv6.vendoropts.enterprise.option_length', 'Option length', { about: 'Counts the bytes of the maker’s option.' }),
  optionData: bytes('dhcpv6.vendoropts.enterprise.option_data', 'Option data', {
    about: 'The value of the maker’s option, which the maker explains.',
  }),
  classLength: u16('dhcpv6.userclass.length', 'Length', { about: 'Counts the bytes of this word about the user.' }),
  userClass: bytes('dhcpv6.userclass.opaque_data', 'Suboption', { about: 'What kind of user the client serves, in words of the network.' }),
  flags: u8('dhcpv6.client_fqdn_flags', 'Flags', { base: 'hex', about: 'Says who is to enter the client’s name into DNS.' }),
  clientNo: flag('dhcpv6.clientfqdn.client.n', 'N bit', {
    mask: 0x04,
    states: PTR,
    about: 'The client wants the server to enter no name at all.',
  }),
  clientForward: flag('dhcpv6.clientfqdn.client.s', 'S bit', {
    mask: 0x01,
    states: AAAA,
    about: 'The client wants the server to enter its address.',
  }),
  serverNo: flag('dhcpv6.clientfqdn.server.n', 'N bit', { mask: 0x04, states: PTR, about: 'The server does not enter any name.' }),
  serverOther: flag('dhcpv6.clientfqdn.server.o', 'O bit', {
    mask: 0x02,
    states: ["Server HAS overridden client's S bit preference", "Server HAS NOT overridden client's S bit preference"],
    about: 'The server did not do as the client wanted.',
  }),
  serverForward: flag('dhcpv6.clientfqdn.server.s', 'S bit', {
    mask: 0x01,
    states: AAAA,
    about: 'The server enters the address of the client.',
  }),
  clientName: text('dhcpv6.client_domain', 'Client Domain Name', {
    about: 'The name that the client would like to have in DNS.',
    display: (_get, _value, shown) => `${shown.endsWith('.') ? 'Client Domain Name' : 'Partial domain name'}: ${shown}`,
  }),
  search: text('dhcpv6.search_list_entry', 'List entry', { about: 'A domain in which short names are looked up.' }),
  callServer: text('dhcpv6.sip_server_domain_search_fqdn', 'SIP Server Domain Search FQDN', {
    about: 'The name of a server for telephone calls.',
  }),
  callAddress: ipv6('dhcpv6.sip_server_a', 'SIP server address', { about: 'The address of a server for telephone calls.' }),
  interfaceId: bytes('dhcpv6.interface_id', 'Interface-ID', {
    about: 'The socket of the relay at which the client is, in the relay’s words.',
  }),
  manual: text('dhcpv6.mudurl', 'MUDURL', { about: 'Where the maker of the machine says what it needs of the network.' }),
  clockType: u16('dhcpv6.ntpserver.option.type', 'Suboption', {
    names: { 1: 'NTP Server Address', 2: 'NTP Multicast Address', 3: 'NTP Server FQDN' },
    about: 'Says in which form a server for the time of day is named.',
  }),
  clockLength: u16('dhcpv6.ntpserver.option.length', 'Length', { about: 'Counts the bytes that name the server.' }),
  clockAddress: ipv6('dhcpv6.ntpserver.addr', 'NTP Server Address', { about: 'The address of a server for the time of day.' }),
  clockGroup: ipv6('dhcpv6.ntpserver.mc_addr', 'NTP Multicast Address', { about: 'The group in which the time of day is told.' }),
  clockName: text('dhcpv6.ntpserver.fqdn', 'NTP Server FQDN', { about: 'The name of a server for the time of day.' }),
} satisfies Fields

/** Records what a DUID of `length` bytes is made of; its type stands in the first two bytes. */
export function recordIdentifier(p: Dissection, at: number, length: number): void {
  const rest = length - 8
  switch (p.u16(at)) {
    case 1:
      if (rest < 0) return
      p.add(N.hardwareTime, at + 2)
      if (p.wants(N.time)) p.generateText(N.time, dateText(YEAR_2000 + p.u32(at + 4)), at + 4, 4)
      if (rest > 0 && p.wants(N.linkTime)) p.generateText(N.linkTime, linkText(p, at + 8, rest), at + 8, rest)
      break
    case 2:
      if (length < 6) return
      p.add(N.vendorNumber, at + 2)
      if (length > 6) p.add(N.identifier, at + 6, length - 6)
      break
    case 3:
      if (length < 4) return
      p.add(N.hardware, at + 2)
      if (length > 4 && p.wants(N.linkOnly)) p.generateText(N.linkOnly, linkText(p, at + 4, length - 4), at + 4, length - 4)
      break
    case 4:
      if (length > 2) p.add(N.uuid, at + 2, length - 2)
      break
  }
}

const linkText = (p: Dissection, at: number, length: number): string =>
  length === 6 ? etherText(p.bytes, p.base + at) : hexText(p.bytes, p.base + at, length)

/** Names in the form of DNS, one behind the other; each keeps its dot at the end where it is complete. */
function recordNames(p: Dissection, field: (typeof N)[keyof typeof N], at: number, end: number): void {
  while (at < end) {
    let to = at
    let name = ''
    for (let i = 0; i < LABELS && to < end && p.u8(to) !== 0; i++) {
      const length = Math.min(p.u8(to), end - to - 1)
      if (p.wants(field)) {
        const label = String.fromCharCode(...p.bytes.subarray(p.base + to + 1, p.base + to + 1 + length))
        name += name === '' || name.endsWith('.') ? label : `.${label}`
      }
      to += 1 + length
    }
    // The root, which is written as an empty label.
    const complete = to < end && p.u8(to) === 0
    if (complete) to++
    if (p.wants(field)) p.generateText(field, `${name}${complete ? '.' : ''}`, at, to - at)
    at = Math.max(to, at + 1)
  }
}

/** The client's own name: a reply has other bits before it than a request. */
function recordClientName(p: Dissection, at: number, end: number, reply: boolean): void {
  p.open(N.flags, at)
  if (reply) {
    p.add(N.serverNo, at)
    p.add(N.serverOther, at)
    p.add(N.serverForward, at)
  } else {
    p.add(N.clientNo, at)
    p.add(N.clientForward, at)
  }
  p.close()
  recordNames(p, N.clientName, at + 1, end)
}

function recordVendorOptions(p: Dissection, at: number, end: number): void {
  p.nest(p.add(N.optionsNumber, at))
  for (let i = at + 4; i + 4 <= end; ) {
    const length = Math.min(p.u16(i + 2), end - i - 4)
    p.add(N.optionCode, i)
    p.add(N.optionLength, i + 2)
    if (length > 0) p.add(N.optionData, i + 4, length)
    i += 4 + length
  }
  p.close()
}

/** Pieces with two bytes of length before each. */
function recordPieces(p: Dissection, at: number, end: number, piece: (at: number, length: number) => void): void {
  for (let i = at; i + 2 <= end; ) {
    const length = Math.min(p.u16(i), end - i - 2)
    piece(i, length)
    i += 2 + length
  }
}

function recordClocks(p: Dissection, at: number, end: number): void {
  for (let i = at; i + 4 <= end; ) {
    const length = Math.min(p.u16(i + 2), end - i - 4)
    const type = p.u16(i)
    p.add(N.clockType, i)
    p.add(N.clockLength, i + 2)
    if ((type === 1 || type === 2) && length >= 16) p.add(type === 1 ? N.clockAddress : N.clockGroup, i + 4)
    else if (type === 3) recordNames(p, N.clockName, i + 4, i + 4 + length)
    i += 4 + length
  }
}

/** Records the value of an option that this file knows. */
export function recordNamedOption(p: Dissection, code: number, at: number, length: number, reply: boolean): void {
  const end = at + length
  if (length === 0) return
  switch (code) {
    case 15:
      recordPieces(p, at, end, (i, size) => {
        p.add(N.classLength, i)
        if (size > 0) p.add(N.userClass, i + 2, size)
      })
      break
    case 16:
      if (length < 4) return
      p.add(N.classNumber, at)
      recordPieces(p, at + 4, end, (i, size) => {
        if (size > 0) p.add(N.classData, i + 2, size)
      })
      break
    case 17:
      if (length >= 4) recordVendorOptions(p, at, end)
      break
    case 18:
      p.add(N.interfaceId, at, length)
      break
    case 21:
      recordNames(p, N.callServer, at, end)
      break
    case 22:
      for (let i = at; i + 16 <= end; i += 16) p.add(N.callAddress, i)
      break
    case 24:
      recordNames(p, N.search, at, end)
      break
    case 39:
      recordClientName(p, at, end, reply)
      break
    case 56:
      recordClocks(p, at, end)
      break
    case 112:
      p.add(N.manual, at, length)
      break
  }
}
