// Fields of a DHCP message before its options.

import { bytes, ether, flag16, type Get, group, ipv4, text, u8, u16, u32 } from '../../core/protocol.ts'

const hardware = { 1: 'Ethernet', 6: 'IEEE 802', 32: 'InfiniBand' }
const notGiven = (label: string) => (_get: Get, _value: number, shown: string) =>
  shown === '' ? `${label} not given` : `${label}: ${shown}`

export const H = {
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
  secs: u16('dhcp.secs', 'Seconds elapsed', { about: 'For how long the client has been trying to get an address.' }),
  secsMark: group('dhcp.secs_le', 'Seconds elapsed appears to be encoded as little-endian', {
    about: 'A remark: the two bytes of the seconds seem to stand in the wrong order.',
  }),
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
  noAddress: group('', 'Client address not given', { about: 'The client has said nothing of its hardware address.' }),
  noAddressMark: group('dhcp.client_address_not_given', 'Client address not given', {
    about: 'A remark: the message has no hardware address of the client.',
  }),
  padding: bytes('dhcp.hw.addr_padding', 'Client hardware address padding', {
    about: 'Fills the place of the hardware address up to 16 bytes.',
  }),
  serverName: text('dhcp.server', 'Server host name', {
    about: 'The name of the server from which the client is to start.',
    display: notGiven('Server host name'),
  }),
  serverOptions: group('', 'Server name option overloaded by DHCP', { about: 'Options stand where the name of the server usually is.' }),
  serverMark: group('dhcp.server_name_overloaded_by_dhcp', 'Server name option overloaded by DHCP', {
    about: 'A remark: options stand where the name of the server usually is.',
  }),
  file: text('dhcp.file', 'Boot file name', { about: 'The file with which the client is to start.', display: notGiven('Boot file name') }),
  fileOptions: group('', 'Boot file name option overloaded by DHCP', { about: 'Options stand where the name of the file usually is.' }),
  fileMark: group('dhcp.boot_filename_overloaded_by_dhcp', 'Boot file name option overloaded by DHCP', {
    about: 'A remark: options stand where the name of the file usually is.',
  }),
  cookie: ipv4('dhcp.cookie', 'Magic cookie', {
    about: 'Always the same four bytes, which say that options follow.',
    display: () => 'Magic cookie: DHCP',
  }),
}
