// Fields of options in general, and of the options that most messages have: RFC 2132.

import { bytes, type Field, type Get, group, i32, ipv4, text, u8, u16, u32 } from '../../core/protocol.ts'
import { dhcpMessages, dhcpOptions } from '../names/dhcp.ts'
import { spanText } from '../names/times.ts'
import { S } from './setting-fields.ts'

const FOREVER = 0xffffffff
const seconds = (label: string) => (_get: Get, value: number) => `${label}: (${value}s) ${value === FOREVER ? 'infinity' : spanText(value)}`

const optionName = (value: number): string => dhcpOptions[value] ?? (value >= 224 ? 'Private' : 'Unassigned')

export const O = {
  option: u8('dhcp.option.type', 'Option', {
    about: 'Says what the option is about, by its number.',
    // The end has the number 0 in Wireshark too, whatever its byte is.
    display: (get, value, _shown, raw): string =>
      value === 0
        ? raw().charCodeAt(0) === 0
          ? 'Option: (0) Padding'
          : 'Option: (255) End'
        : `Option: (${value}) ${optionName(value)}${optionWords(value, get)}`,
  }),
  optionLength: u8('dhcp.option.length', 'Length', { about: 'Counts the bytes of the value of the option.' }),
  optionValue: bytes('dhcp.option.value', 'Value', { hidden: true, about: 'The value of the option, as it is.' }),
  optionRaw: bytes('dhcp.option.value', 'Value', {
    about: 'The value of an option that is not laid out further.',
    display: (_get, _value, shown) => `Value: ${shown === '' ? '<MISSING>' : shown}`,
  }),
  badLength: group('dhcp.bad_length', "length isn't 0", {
    about: 'A remark: the value of the option has another length than it must have.',
  }),
  noEnd: group('dhcp.end_option_missing', 'End option missing', { about: 'A remark: no mark says where the options end.' }),
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
}

/** The kind of message, and single addresses, stand in the title of their option. */
function optionWords(code: number, get: Get): string {
  if (code === 43 && get.has(S.aruba)) return ' (Aruba AP)'
  const field = TITLED[code]
  if (field === undefined || !get.has(field)) return ''
  return ` (${code === 53 ? messageName(get) : get.name(field)})`
}

/** "Discover". */
export function messageName(get: Get): string {
  const number = get.number(O.message)
  return dhcpMessages[number] ?? `Unknown Message Type (0x${number.toString(16).padStart(2, '0')})`
}

const TITLED: Readonly<Record<number, Field>> = {
  1: O.mask,
  16: S.swap,
  28: O.broadcastAddress,
  32: S.solicitation,
  50: O.requested,
  53: O.message,
  54: O.serverId,
}
