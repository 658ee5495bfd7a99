// Dynamic Host Configuration Protocol: RFC 2131; options: RFC 2132. It uses the messages of its ancestor BOOTP: RFC 951.
//
//   0     1        2        3     4   8     10     12      16     20      24     28             44           108        236     240
//   type  hw type  hw size  hops  id  secs  flags  client  yours  server  relay  hardware addr  server name  boot file  cookie  options …
//
// An option is a number, a length and a value; 0 fills up, 255 ends the list.

import { decodeText } from '../bytes/decode.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, ether, type Field, flag, flag16, type Get, i32, ipv4, text, u8, u16, u32 } from '../core/protocol.ts'
import { dhcpMessages, dhcpOptions } from './names/dhcp.ts'
import { spanText } from './names/times.ts'

const HEADER = 236
const HARDWARE = 28
const NAME = 44
const FILE = 108
const COOKIE = 0x63825363
const OPTIONS = 240
const ETHERNET = 1
const END = 255
const FOREVER = 0xffffffff

const hardware = { 1: 'Ethernet', 6: 'IEEE 802', 32: 'InfiniBand' }
const optionName = (value: number): string => dhcpOptions[value] ?? (value >= 224 ? 'Private' : 'Unassigned')
const notGiven = (label: string) => (_get: Get, _value: number, shown: string) =>
  shown === '' ? `${label} not given` : `${label}: ${shown}`
const seconds = (label: string) => (_get: Get, value: number) => `${label}: (${value}s) ${value === FOREVER ? 'infinity' : spanText(value)}`

const F = {
  type: u8('dhcp.type', 'Message type', {
    at: 0,
    names: { 1: 'Boot Request', 2: 'Boot Reply' },
    about: 'Tells whether a client asks or a server answers.',
  }),
  hardwareType: u8('dhcp.hw.type', 'Hardware type', {
    at: 1,
    base: 'hex',
    names: hardware,
    about: 'Says what kind of network the client is on.',
  }),
  hardwareSize: u8('dhcp.hw.len', 'Hardware address length', { at: 2, about: 'Counts the bytes of a hardware address in that network.' }),
  hops: u8('dhcp.hops', 'Hops', { at: 3, about: 'Counts the relays that have passed the message on.' }),
  id: u32('dhcp.id', 'Transaction ID', { at: 4, base: 'hex', about: 'A number chosen by the client, which the answers repeat.' }),
  secs: u16('dhcp.secs', 'Seconds elapsed', { at: 8, about: 'For how long the client has been trying to get an address.' }),
  flags: u16('dhcp.flags', 'Bootp flags', {
    at: 10,
    base: 'hex',
    about: 'Says how the client wants to be answered.',
    display: (_get, value, shown) => `Bootp flags: ${shown}${(value & 0x8000) !== 0 ? ', Broadcast flag (Broadcast)' : ' (Unicast)'}`,
  }),
  broadcast: flag16('dhcp.flags.bc', 'Broadcast flag', {
    at: 10,
    mask: 0x8000,
    in: 'dhcp.flags',
    states: ['Broadcast', 'Unicast'],
    about: 'Tells that the client can only be reached by a message to everybody.',
  }),
  reserved: u16('dhcp.flags.reserved', 'Reserved flags', {
    at: 10,
    mask: 0x7fff,
    base: 'hex',
    in: 'dhcp.flags',
    about: 'Bits without a meaning, which must be zero.',
  }),
  client: ipv4('dhcp.ip.client', 'Client IP address', { at: 12, about: 'The address that the client has already, if it has one.' }),
  yours: ipv4('dhcp.ip.your', 'Your (client) IP address', { at: 16, about: 'The address that the server gives to the client.' }),
  server: ipv4('dhcp.ip.server', 'Next server IP address', {
    at: 20,
    about: 'The server from which the client is to start, if it starts from the network.',
  }),
  relay: ipv4('dhcp.ip.relay', 'Relay agent IP address', { at: 24, about: 'The relay that passes messages on between client and server.' }),
  mac: ether('dhcp.hw.mac_addr', 'Client MAC address', { about: 'The hardware address by which the server knows the client.' }),
  address: bytes('dhcp.hw.addr', 'Client hardware address', {
    about: 'The hardware address of the client, in other networks than Ethernet.',
  }),
  padding: bytes('dhcp.hw.addr_padding', 'Client hardware address padding', {
    about: 'Fills the place of the hardware address up to 16 bytes.',
  }),
  serverName: text('dhcp.server', 'Server host name', {
    about: 'The name of the server from which the client is to start.',
    display: notGiven('Server host name'),
  }),
  file: text('dhcp.file', 'Boot file name', { about: 'The file with which the client is to start.', display: notGiven('Boot file name') }),
  cookie: ipv4('dhcp.cookie', 'Magic cookie', {
    about: 'Always the same four bytes, which say that options follow.',
    display: () => 'Magic cookie: DHCP',
  }),

  option: u8('dhcp.option.type', 'Option', {
    about: 'Says what the option is about, by its number.',
    display: (get, value): string => `Option: (${value}) ${optionName(value)}${optionWords(value, get)}`,
  }),
  optionLength: u8('dhcp.option.length', 'Length', { about: 'Counts the bytes of the value of the option.' }),
  optionValue: bytes('dhcp.option.value', 'Value', { hidden: true, about: 'The value of the option, as it is.' }),
  end: u8('dhcp.option.end', 'Option End', { about: 'Says that no more options follow.' }),
  optionPadding: bytes('dhcp.option.padding', 'Padding', { about: 'Bytes without a meaning after the last option.' }),
  message: u8('dhcp.option.dhcp', 'DHCP', {
    names: dhcpMessages,
    about: 'The step in the conversation: discover, offer, request, acknowledge and so on.',
  }),
  mask: ipv4('dhcp.option.subnet_mask', 'Subnet Mask', { about: 'Says which part of an address names the network.' }),
  timeOffset: i32('dhcp.option.time_offset', 'Time Offset', {
    about: 'How far local time is ahead of UTC, in seconds.',
    display: (_get, value) => `Time Offset: (${value}s) ${value < 0 ? '-' : ''}${spanText(Math.abs(value))}`,
  }),
  router: ipv4('dhcp.option.router', 'Router', { about: 'The router through which the client reaches other networks.' }),
  timeServer: ipv4('dhcp.option.time_server', 'Time Server', { about: 'A machine that tells the time in an old way.' }),
  nameServer: ipv4('dhcp.option.domain_name_server', 'Domain Name Server', { about: 'A server that the client is to ask for names.' }),
  host: text('dhcp.option.hostname', 'Host Name', { about: 'The name that the client has or is to have.' }),
  domain: text('dhcp.option.domain_name', 'Domain Name', { about: 'The domain in which the client is to look for names.' }),
  timeToLive: u8('dhcp.option.default_ip_ttl', 'Default IP Time-to-Live', {
    about: 'Through how many routers packets of the client may go.',
  }),
  mtu: u16('dhcp.option.interface_mtu', 'Interface MTU', { about: 'The largest packet that the client may send, in bytes.' }),
  broadcastAddress: ipv4('dhcp.option.broadcast_address', 'Broadcast Address', {
    about: 'The address by which everybody in the network is reached.',
  }),
  ntpServer: ipv4('dhcp.option.ntp_server', 'Network Time Protocol Server', { about: 'A server that the client is to set its clock by.' }),
  netbiosServer: ipv4('dhcp.option.netbios_over_tcpip_name_server', 'NetBIOS over TCP/IP Name Server', {
    about: 'A server that is asked for Windows names.',
  }),
  requested: ipv4('dhcp.option.requested_ip_address', 'Requested IP Address', { about: 'The address that the client would like to have.' }),
  lease: u32('dhcp.option.ip_address_lease_time', 'IP Address Lease Time', {
    about: 'For how long the client may keep the address.',
    display: seconds('IP Address Lease Time'),
  }),
  overload: u8('dhcp.option.option_overload', 'Option Overload', {
    names: { 1: 'Boot file name holds options', 2: 'Server host name holds options', 3: 'Boot file and server host names hold options' },
    about: 'Says that options stand where the names of server and file usually are.',
  }),
  serverId: ipv4('dhcp.option.dhcp_server_id', 'DHCP Server Identifier', {
    about: 'The server that makes the offer, or whose offer is taken.',
  }),
  wanted: u8('dhcp.option.request_list_item', 'Parameter Request List Item', {
    about: 'Something that the client would like to be told.',
    display: (_get, value): string => `Parameter Request List Item: (${value}) ${optionName(value)}`,
  }),
  words: text('dhcp.option.message', 'Message', { about: 'What went wrong, in words for people.' }),
  largest: u16('dhcp.option.dhcp_max_message_size', 'Maximum DHCP Message Size', {
    about: 'The largest message that the client takes, in bytes.',
  }),
  renewal: u32('dhcp.option.renewal_time_value', 'Renewal Time Value', {
    about: 'When the client should ask the same server to extend the lease.',
    display: seconds('Renewal Time Value'),
  }),
  rebinding: u32('dhcp.option.rebinding_time_value', 'Rebinding Time Value', {
    about: 'When the client should ask any server to extend the lease.',
    display: seconds('Rebinding Time Value'),
  }),
  vendorClass: text('dhcp.option.vendor_class_id', 'Vendor class identifier', {
    about: 'Says what kind of device or system the client is.',
    explain: () => 'Everybody in the network learns from this what system the machine runs.',
  }),
  clientId: bytes('dhcp.client_id', 'Identifier', { about: 'The name under which the server remembers the client.' }),
  clientIdType: u8('dhcp.client_id.type', 'Type', { about: 'Says that the name of the client is no hardware address.' }),
  clientIdText: text('dhcp.client_id.undef', 'Client Identifier', { about: 'The name under which the server remembers the client.' }),
  autoConfigure: u8('dhcp.option.dhcp_auto_configuration', 'DHCP Auto-Configuration', {
    names: { 0: 'DoNotAutoConfigure', 1: 'AutoConfigure' },
    about: 'Says whether the client may choose an address for itself.',
  }),
  lastTransaction: u32('dhcp.option.client_last_transaction_time', 'Client last transaction time', {
    about: 'How long ago the client was last heard of.',
    display: seconds('Client last transaction time'),
  }),
  fqdnFlags: u8('dhcp.fqdn.flags', 'Flags', { base: 'hex', about: 'Says who enters the name into DNS: RFC 4702.' }),
  fqdnReserved: u8('dhcp.fqdn.mbz', 'Reserved flags', { mask: 0xf0, base: 'hex', about: 'Bits without a meaning, which must be zero.' }),
  fqdnNone: flag('dhcp.fqdn.n', 'Server DDNS', {
    mask: 8,
    states: ['No server updates', 'Some server updates'],
    about: 'Tells the server to enter nothing into DNS.',
  }),
  fqdnEncoding: flag('dhcp.fqdn.e', 'Encoding', {
    mask: 4,
    states: ['Binary encoding', 'ASCII encoding'],
    about: 'Tells in which form the name is written.',
  }),
  fqdnOverride: flag('dhcp.fqdn.o', 'Server overrides', {
    mask: 2,
    states: ['Override', 'No override'],
    about: 'Tells that the server does not do as the client wishes.',
  }),
  fqdnServer: flag('dhcp.fqdn.s', 'Server', {
    mask: 1,
    states: ['Server', 'Client'],
    about: 'Tells whether the server or the client enters the address.',
  }),
  fqdnResult: u8('dhcp.fqdn.rcode1', 'A-RR result', { about: 'What came of entering the address; no longer in use.' }),
  fqdnResult2: u8('dhcp.fqdn.rcode2', 'PTR-RR result', { about: 'What came of entering the name; no longer in use.' }),
  fqdnName: text('dhcp.fqdn.name', 'Client name', { about: 'The full name that the client wants to have in DNS.' }),
}

/** Values of one field, as many as fit; texts and bytes take all there is. */
const OPTION_FIELDS: Readonly<Record<number, Field>> = {
  1: F.mask,
  2: F.timeOffset,
  3: F.router,
  4: F.timeServer,
  6: F.nameServer,
  12: F.host,
  15: F.domain,
  23: F.timeToLive,
  26: F.mtu,
  28: F.broadcastAddress,
  42: F.ntpServer,
  44: F.netbiosServer,
  50: F.requested,
  51: F.lease,
  52: F.overload,
  53: F.message,
  54: F.serverId,
  55: F.wanted,
  56: F.words,
  57: F.largest,
  58: F.renewal,
  59: F.rebinding,
  60: F.vendorClass,
  91: F.lastTransaction,
  116: F.autoConfigure,
}

/** The kind of message, and single addresses, stand in the title of their option. */
function optionWords(code: number, get: Get): string {
  const field = code === 53 || SINGLE.has(code) ? OPTION_FIELDS[code] : undefined
  return field === undefined || !get.has(field) ? '' : ` (${get.name(field)})`
}

const SINGLE: ReadonlySet<number> = new Set([1, 28, 50, 54])

export const dhcp = defineProtocol({
  name: 'dhcp',
  title: 'Dynamic Host Configuration Protocol',
  spec: 'RFC 2131',
  about: 'Gives machines an address and all else that they need to take part in a network.',
  fields: F,
  accepts: { 'udp.port': [67, 68, 4011] },
  scanStops: true,
  heading: (get) => {
    if (get.has(F.message)) return `Dynamic Host Configuration Protocol (${get.name(F.message)})`
    return get.has(F.cookie) || !get.has(F.file) ? 'Dynamic Host Configuration Protocol' : 'Bootstrap Protocol'
  },
  summary: (get) => {
    const id = `Transaction ID 0x${get.number(F.id).toString(16)}`
    return get.has(F.message)
      ? `DHCP ${get.name(F.message).padEnd(8)} - ${id}`
      : `${get.name(F.type)}${get.has(F.mac) ? ` from ${get.text(F.mac)}` : ''}`
  },

  dissect(p) {
    if (!p.recording) return
    if (!p.has(HEADER)) {
      if (p.has(NAME)) {
        p.header()
        recordAddress(p, p.u8(1), p.u8(2))
      }
      return p.short(HEADER)
    }
    p.header()
    recordAddress(p, p.u8(1), p.u8(2))
    recordName(p, F.serverName, NAME, 64)
    recordName(p, F.file, FILE, 128)
    if (!p.has(OPTIONS) || p.u32(HEADER) !== COOKIE) return
    p.add(F.cookie, HEADER)
    recordOptions(p)
  },
})

/** 16 bytes, whatever the length of the address is. */
function recordAddress(p: Dissection, type: number, size: number): void {
  const length = Math.min(size, 16)
  if (length > 0) p.add(type === ETHERNET && length === 6 ? F.mac : F.address, HARDWARE, length)
  if (length < 16) p.add(F.padding, HARDWARE + length, 16 - length)
}

function recordName(p: Dissection, field: Field, at: number, size: number): void {
  if (!p.wants(field)) return
  const end = p.bytes.indexOf(0, p.base + at)
  const length = end < 0 ? size : Math.min(size, end - p.base - at)
  p.generateText(field, decodeText(p.bytes, p.base + at, length), at, size)
}

function recordOptions(p: Dissection): void {
  for (let at = OPTIONS; at < p.available(); ) {
    const code = p.u8(at)
    if (code === END) {
      p.open(F.option, at, 1)
      p.add(F.end, at)
      p.close()
      if (at + 1 < p.available()) p.add(F.optionPadding, at + 1, p.available() - at - 1)
      return
    }
    if (code === 0) {
      let end = at + 1
      while (end < p.available() && p.u8(end) === 0) end++
      p.add(F.optionPadding, at, end - at)
      at = end
      continue
    }
    const length = p.has(at + 2) ? p.u8(at + 1) : 0
    if (!p.has(at + 2 + length)) {
      p.short(at + 2 + length)
      return
    }
    p.nest(p.generate(F.option, code, at, 2 + length))
    p.add(F.optionLength, at + 1)
    if (length > 0) p.add(F.optionValue, at + 2, length)
    recordValue(p, code, at + 2, length)
    p.close()
    at += 2 + length
  }
}

/** Texts may end with zero bytes that do not count. */
function recordText(p: Dissection, field: Field, at: number, length: number): void {
  if (!p.wants(field)) return
  let end = at + length
  while (end > at && p.u8(end - 1) === 0) end--
  p.generateText(field, decodeText(p.bytes, p.base + at, end - at), at, length)
}

function recordValue(p: Dissection, code: number, at: number, length: number): void {
  const field = OPTION_FIELDS[code]
  if (field !== undefined) {
    if (field.size === 0) recordText(p, field, at, length)
    else for (let i = 0; i + field.size <= length; i += field.size) p.add(field, at + i)
  } else if (code === 61 && length > 1) {
    if (p.u8(at) === ETHERNET && length === 7) {
      p.add(F.hardwareType, at)
      p.add(F.mac, at + 1)
    } else if (p.u8(at) === 0) {
      p.add(F.clientIdType, at)
      p.add(F.clientIdText, at + 1, length - 1)
    } else p.add(F.clientId, at, length)
  } else if (code === 81 && length >= 3) {
    p.open(F.fqdnFlags, at)
    for (const bit of [F.fqdnReserved, F.fqdnNone, F.fqdnEncoding, F.fqdnOverride, F.fqdnServer]) p.add(bit, at)
    p.close()
    p.add(F.fqdnResult, at + 1)
    p.add(F.fqdnResult2, at + 2)
    if (length > 3) p.add(F.fqdnName, at + 3, length - 3)
  }
}
