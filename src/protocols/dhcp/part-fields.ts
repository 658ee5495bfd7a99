// Fields of options that have parts: routes, names, what relays add, what companies made up.

import { bytes, type Field, flag, type Get, ipv4, text, u8, u32, u64 } from '../../core/protocol.ts'
import { dhcpAgentParts, dhcpGatewayParts } from '../names/dhcp.ts'
import { enterpriseText } from '../names/enterprises.ts'

/** "10.1.2.0/24-10.0.0.9", from the bytes in hexadecimal: width of the mask, as many bytes as it covers, router. */
function routeText(hex: string): string {
  const all = (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  const width = all[0] ?? 0
  const network = [...all.slice(1, -4), 0, 0, 0, 0].slice(0, 4).join('.')
  return `${width === 0 ? 'default' : `${network}/${width}`}-${all.slice(-4).join('.')}`
}

export const P = {
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
  filterAddress: ipv4('dhcp.option.policy_filter.ip', 'IP Address', { about: 'A destination to which the client may pass packets on.' }),
  filterMask: ipv4('dhcp.option.policy_filter.subnet_mask', 'Subnet Mask', { about: 'Says how much of the destination counts.' }),
  routeTo: ipv4('dhcp.option.static_route.ip', 'Destination IP Address', { about: 'A machine that is reached through another router.' }),
  routeBy: ipv4('dhcp.option.static_route.router', 'Destination Router', { about: 'The router through which that machine is reached.' }),
  route: bytes('dhcp.option.classless_static_route', 'Subnet/MaskWidth-Router', {
    about: 'A network and the router through which it is reached.',
    explain: () => 'Whoever answers first can send all traffic of the client through a machine of his own.',
    display: (_get, _value, shown) => ` ${routeText(shown)}`,
  }),
  userClass: u8('dhcp.option.user_class', 'Instance of User Class', {
    about: 'Numbers the names of groups that the client belongs to.',
    display: (_get, value) => `Instance of User Class: [${value}]`,
  }),
  userClassLength: u8('dhcp.option.user_class.length', 'User Class Length', { about: 'Counts the bytes of the name of the group.' }),
  userClassData: bytes('dhcp.option.user_class.data', 'User Class Data', { about: 'The name of a group that the client belongs to.' }),
  userClassText: text('dhcp.option.user_class.text', 'User Class Data (Text)', {
    about: 'The name of a group, not written as the rules want.',
  }),
  search: text('dhcp.option.dhcp_dns_domain_search_list_fqdn', 'FQDN', { about: 'A domain in which the client is to look for names.' }),
  sipEncoding: u8('dhcp.option.sip_server.encoding', 'SIP Server Encoding', {
    names: { 0: 'Fully Qualified Domain Name', 1: 'IPv4 Address' },
    about: 'Says whether servers for telephony are given by name or address.',
  }),
  sipName: text('dhcp.option.sip_server.name', 'SIP Server Name', { about: 'The name of a server for telephony.' }),
  sipAddress: ipv4('dhcp.option.sip_server.address', 'SIP Server Address', { about: 'The address of a server for telephony.' }),
  interfaceMajor: u8('dhcp.client_network_id_major', 'Major Version', {
    about: 'The version of the interface to the network card, first part.',
  }),
  interfaceMinor: u8('dhcp.client_network_id_minor', 'Minor Version', {
    about: 'The version of the interface to the network card, second part.',
  }),
  uuid: bytes('dhcp.client_id.uuid', 'Client Identifier (UUID)', {
    about: 'A number that no other machine has.',
    display: (_get, _value, shown) => `Client Identifier (UUID): ${shown}`,
  }),
  vendorValue: bytes('dhcp.option.vendor.value', 'Value', { about: 'Options that only the maker of the client understands.' }),
  protocol: u8('dhcp.option.dhcp_authentication.protocol', 'Protocol', {
    names: { 0: 'configuration token', 1: 'delayed authentication' },
    about: 'Says how the message proves who has sent it.',
  }),
  delayAlgorithm: u8('dhcp.option.dhcp_authentication.alg_delay', 'Delay Algorithm', {
    names: { 1: 'HMAC_MD5' },
    about: 'Says how the proof is computed from the message.',
  }),
  algorithm: u8('dhcp.option.dhcp_authentication.algorithm', 'Algorithm', { about: 'Says how the proof is computed from the message.' }),
  replay: u8('dhcp.option.dhcp_authentication.rdm', 'Replay Detection Method', {
    names: { 0: 'Monotonically-increasing counter' },
    about: 'Says how a message that is sent a second time is told.',
  }),
  replayValue: u64('dhcp.option.dhcp_authentication.rdm_replay_detection', 'RDM Replay Detection Value', {
    base: 'hex',
    about: 'Grows with each message, so that old ones are not believed.',
  }),
  secret: u32('dhcp.option.dhcp_authentication.secret_id', 'Secret ID', { base: 'hex', about: 'Says which of the shared keys was used.' }),
  hash: bytes('dhcp.option.dhcp_authentication.hmac_md5_hash', 'HMAC MD5 Hash', {
    about: 'The proof: only who knows the key can compute it.',
  }),
  proof: text('dhcp.option.dhcp_authentication.information', 'Authentication Information', {
    about: 'What proves who has sent the message, as it is.',
  }),
  part: u8('dhcp.option.agent_information_option.suboption', 'Option 82 Suboption', {
    about: 'Says what a relay has added to the message.',
    display: (get, value): string => `Option 82 Suboption: (${value}) ${dhcpAgentParts[value] ?? 'Unknown'}${partWords(value, get)}`,
  }),
  partLength: u8('dhcp.option.suboption_length', 'Length', { about: 'Counts the bytes of the value of the part.' }),
  partValue: bytes('dhcp.option.agent_information_option.value', 'Value', { about: 'The value of a part that is not laid out further.' }),
  circuit: bytes('dhcp.option.agent_information_option.agent_circuit_id', 'Agent Circuit ID', {
    about: 'The port on which the relay has heard the client.',
  }),
  remote: bytes('dhcp.option.agent_information_option.agent_remote_id', 'Agent Remote ID', {
    about: 'The name of the client, as the relay knows it.',
  }),
  link: ipv4('dhcp.option.agent_information_option.link_selection', 'Link selection', { about: 'The network that the client is in.' }),
  subscriber: text('dhcp.option.agent_information_option.subscriber_id', 'Subscriber ID', {
    about: 'The customer to whom the line belongs.',
  }),
  radius: bytes('dhcp.option.agent_information_option.radius_attributes', 'RADIUS Attributes', {
    about: 'What the server that checked the client said of it.',
  }),
  partProof: bytes('dhcp.option.agent_information_option.authentication', 'Authentication', {
    about: 'Proves that the relay has sent the message.',
  }),
  partFlags: u8('dhcp.option.agent_information_option.flags', 'Flags', {
    base: 'hex',
    about: 'Says whether the client has sent its message to everybody.',
  }),
  override: ipv4('dhcp.option.agent_information_option.server_id_override', 'Server ID Override', {
    about: 'The address that the client is to take for the server.',
  }),
  relayId: bytes('dhcp.option.agent_information_option.relay_agent_id', 'Relay Agent Identifier', {
    about: 'The name of the relay that passed the message on.',
  }),
  linkCisco: ipv4('dhcp.option.agent_information_option.link_selection_cisco', 'Link selection (Cisco proprietary)', {
    about: 'The network that the client is in, in a form of Cisco.',
  }),
  overrideCisco: ipv4('dhcp.option.agent_information_option.server_id_override_cisco', 'Server ID Override (Cisco proprietary)', {
    about: 'The address that the client is to take for the server, in a form of Cisco.',
  }),

  enterprise: u32('dhcp.option.vi.enterprise', 'Enterprise', {
    about: 'The company whose options follow, by its number at the IANA.',
    display: (_get, value) => `Enterprise: ${enterpriseText(value)}`,
  }),
  enterpriseLength: u8('dhcp.option.vi.length', 'Length', { about: 'Counts the bytes of the options of this company.' }),
  gateway: u8('dhcp.option.vi.tr111.suboption', 'Option 125 Suboption', {
    about: 'Says what the option tells of the device or the router before it.',
    display: (_get, value) => `Option 125 Suboption: (${value}) ${dhcpGatewayParts[value] ?? 'Unknown'}`,
  }),
  gatewayMaker: text('dhcp.option.vi.tr111.gateway_manufacturer_oui', 'GatewayManufacturerOUI', {
    about: 'The maker of the router, by its number at the IEEE.',
  }),
  gatewaySerial: text('dhcp.option.vi.tr111.gateway_serial_number', 'GatewaySerialNumber', {
    about: 'The number that the maker gave to the router.',
  }),
  gatewayClass: text('dhcp.option.vi.tr111.gateway_product_class', 'GatewayProductClass', {
    about: 'What kind of router it is, in words of its maker.',
  }),
  deviceSerial: text('dhcp.option.vi.tr111.device_serial_number', 'DeviceSerialNumber', {
    about: 'The number that the maker gave to the device.',
  }),
  deviceClass: text('dhcp.option.vi.tr111.device_product_class', 'DeviceProductClass', {
    about: 'What kind of device it is, in words of its maker.',
  }),
  companyPart: u8('dhcp.vendor.suboption', 'Option 125 Suboption', { about: 'Numbers the options of this company, as it likes.' }),
  companyData: bytes('dhcp.vendor.data', 'Data', { about: 'The value of an option that only its company understands.' }),
  classEnterprise: u32('dhcp.option.vi_class.enterprise', 'Enterprise', {
    about: 'The company that says what kind of device the client is.',
    display: (_get, value) => `Enterprise: ${enterpriseText(value)}`,
  }),
  classLength: u8('dhcp.option.vi_class.length', 'CableLab Address Mode', {
    about: 'Counts the bytes that say what kind of device the client is.',
  }),
  classData: text('dhcp.option.vi_class.data', 'NetInfo Parent Server Tag', {
    about: 'What kind of device the client is, in words of its maker.',
  }),
}

/** Addresses stand in the title of their part. */
function partWords(code: number, get: Get): string {
  const field = PART_ADDRESSES[code]
  return field === undefined || !get.has(field) ? '' : ` (${get.text(field)})`
}

const PART_ADDRESSES: Readonly<Record<number, Field>> = { 5: P.link, 11: P.override, 150: P.linkCisco, 152: P.overrideCisco }
