// Fields of DHCP's rarer options, each a single value or a list of equal ones: RFC 2132 and what came after it.

import { flag, type Get, ipv4, text, u8, u16, u32 } from '../../core/protocol.ts'
import { dhcpArchitectures } from '../names/dhcp.ts'
import { spanText } from '../names/times.ts'

const FOREVER = 0xffffffff
const seconds = (label: string) => (_get: Get, value: number) => `${label}: (${value}s) ${value === FOREVER ? 'infinity' : spanText(value)}`

export const S = {
  oldNames: ipv4('dhcp.option.name_server', 'Name Server', { about: 'A server that is asked for names in a way older than DNS.' }),
  log: ipv4('dhcp.option.log_server', 'Log Server', { about: 'A machine that keeps the logs of others.' }),
  quotes: ipv4('dhcp.option.quotes_server', 'Quotes Server', { about: 'A machine that tells a quotation to whoever asks.' }),
  lpr: ipv4('dhcp.option.lpr_server', 'LPR Server', { about: 'A machine that prints for others.' }),
  impress: ipv4('dhcp.option.impress_server', 'Impress Server', { about: 'A machine that prints in the manner of Imagen Impress.' }),
  resource: ipv4('dhcp.option.resource_location_server', 'Resource Location Server', {
    about: 'A machine that knows where services are found.',
  }),
  swap: ipv4('dhcp.option.swap_server', 'Swap Server', {
    about: 'The machine on whose disk the client keeps what does not fit into memory.',
  }),
  solicitation: ipv4('dhcp.option.router_solicitation_address', 'Router Solicitation Address', {
    about: 'The address at which the client asks for routers.',
  }),
  nisServer: ipv4('dhcp.option.nis_server', 'Network Information Service Server', {
    about: 'A server that knows the users of the network.',
  }),
  netbiosDatagrams: ipv4('dhcp.option.netbios_over_tcpip_dd_name_server', 'NetBIOS over TCP/IP Datagram Distribution Name Server', {
    about: 'A server that passes on messages to groups of Windows machines.',
  }),
  fonts: ipv4('dhcp.option.xwindows_system_font_server', 'X Window System Font Server', {
    about: 'A server that has fonts for the X Window System.',
  }),
  displays: ipv4('dhcp.option.xwindows_system_display_manager', 'X Window System Display Manager', {
    about: 'A machine on which people can log in with X.',
  }),
  nisPlusServer: ipv4('dhcp.option.nis_plus_server', 'Network Information Service+ Server', {
    about: 'A server that knows the users of the network, in a newer form.',
  }),
  homeAgent: ipv4('dhcp.option.mobile_ip_home_agent', 'Mobile IP Home Agent', {
    about: 'A router that sends packets after a machine that is on the move.',
  }),
  smtp: ipv4('dhcp.option.smtp_server', 'SMTP Server', { about: 'A server that takes mail for delivery.' }),
  pop3: ipv4('dhcp.option.pop3_server', 'POP3 Server', { about: 'A server from which mail is fetched.' }),
  nntp: ipv4('dhcp.option.nntp_server', 'NNTP Server', { about: 'A server that has the articles of newsgroups.' }),
  www: ipv4('dhcp.option.default_www_server', 'Default WWW Server', { about: 'The web server that is shown first.' }),
  finger: ipv4('dhcp.option.default_finger_server', 'Default Finger Server', { about: 'A server that tells who is logged in.' }),
  irc: ipv4('dhcp.option.default_irc_server', 'Default IRC Server', { about: 'A server where people write to each other.' }),
  streettalk: ipv4('dhcp.option.streettalk_server', 'StreetTalk Server', { about: 'A server of a directory that Banyan made.' }),
  streettalkHelp: ipv4('dhcp.option.streettalk_da_server', 'StreetTalk Directory Assistance Server', {
    about: 'A server that helps searching a directory that Banyan made.',
  }),
  associated: ipv4('dhcp.option.associated_ip_option', 'Associated IP option', { about: 'Another address that the same client has.' }),
  netinfo: ipv4('dhcp.option.netinfo_parent_server_address', 'NetInfo Parent Server Address', {
    about: 'A server that knows the settings of old Apple machines.',
  }),
  subnet: ipv4('dhcp.option.subnet_selection_option', 'Subnet Selection Option', {
    about: 'The network from which the address is to be taken.',
  }),
  capwap: ipv4('dhcp.option.capwap_access_controller', 'CAPWAP Access Controllers', {
    about: 'A machine that controls wireless access points.',
  }),
  tftpAddress: ipv4('dhcp.option.tftp_server_address', 'TFTP Server Address', {
    about: 'A server from which telephones fetch their settings.',
  }),
  dump: text('dhcp.option.merit_dump_file', 'Merit Dump File', {
    about: 'The file into which the client writes its memory when it crashes.',
  }),
  root: text('dhcp.option.root_path', 'Root Path', { about: 'The folder that is the root of the file system of the client.' }),
  extensions: text('dhcp.option.extension_path', 'Extensions Path', { about: 'A file that has further options.' }),
  nisDomain: text('dhcp.option.nis_domain', 'Network Information Service Domain', {
    about: 'The domain of users that the client belongs to.',
  }),
  netbiosScope: text('dhcp.option.netbios_over_tcpip_scope', 'NetBIOS over TCP/IP Scope', {
    about: 'Which Windows machines can see each other.',
  }),
  nisPlusDomain: text('dhcp.option.nis_plus_domain', 'Network Information Service+ Domain', {
    about: 'The domain of users that the client belongs to, in a newer form.',
  }),
  tftpName: text('dhcp.option.tftp_server_name', 'TFTP Server Name', {
    about: 'The server from which the client fetches the file that it starts with.',
  }),
  bootFile: text('dhcp.option.bootfile_name', 'Bootfile name', { about: 'The file with which the client is to start.' }),
  zone: text('dhcp.option.tz_pcode', 'TZ PCode', { about: 'The time zone, written as a rule.' }),
  zoneName: text('dhcp.option.tz_tcode', 'TZ TCode', { about: 'The time zone, by its name in the usual database.' }),
  netinfoTag: text('dhcp.option.netinfo_parent_server_tag', 'NetInfo Parent Server Tag', {
    about: 'The name of a database for old Apple machines.',
  }),
  portal: text('dhcp.option.captive_portal', 'Captive Portal', {
    about: 'The page on which people have to agree or pay before they may use the network.',
  }),
  mud: text('dhcp.option.mudurl', 'MUDURL', { about: 'Where to read which connections the device will need.' }),
  pxeFile: text('dhcp.option.pxe_config_file', 'PXELINUX configuration file', {
    about: 'The file with the settings for starting from the network.',
  }),
  pxePrefix: text('dhcp.option.pxe_path_prefix', 'PXELINUX path prefix', { about: 'The folder in which the files for starting lie.' }),
  proxy: text('dhcp.option.private_proxy_autodiscovery', 'Private/Proxy autodiscovery', {
    about: 'Where a browser fetches the script that tells which proxy to use.',
    explain: () => 'Whoever answers first decides through which machine all browsing goes.',
  }),
  aruba: text('dhcp.option.vendor.arubaap.controllerip', 'Aruba Controller IP', {
    about: 'The machine that controls wireless access points of Aruba.',
  }),
  fileSize: u16('dhcp.option.boot_file_size', 'Boot File Size', {
    about: 'The size of the file that the client starts with, in blocks of 512 bytes.',
  }),
  reassembly: u16('dhcp.option.max_datagram_reassembly_size', 'Maximum Datagram Reassembly Size', {
    about: 'The largest packet that the client must be able to put together.',
  }),
  plateau: u16('dhcp.option.path_mtu_plateau_table_item', 'Path MTU Plateau Table Item', {
    about: 'A size to try when a packet turns out too large.',
  }),
  architecture: u16('dhcp.option.client_system_architecture', 'Client System Architecture', {
    names: dhcpArchitectures,
    about: 'Says what kind of machine wants to start from the network.',
  }),
  tcpTtl: u8('dhcp.option.tcp_default_ttl', 'TCP Default TTL', { about: 'Through how many routers TCP segments of the client may go.' }),
  nodeType: u8('dhcp.option.netbios_over_tcpip_node_type', 'NetBIOS over TCP/IP Node Type', {
    names: { 1: 'B-node', 2: 'P-node', 4: 'M-node', 8: 'H-node' },
    about: 'How the client finds Windows names: by asking all, a server, or both.',
  }),
  nonce: u8('dhcp.option.forcerenew_nonce.algorithm', 'Algorithm', {
    names: { 1: 'HMAC-MD5' },
    about: 'How the server proves that it may make the client ask again.',
  }),
  aging: u32('dhcp.option.path_mtu_aging_timeout', 'Path MTU Aging Timeout', {
    display: seconds('Path MTU Aging Timeout'),
    about: 'For how long the size of a path is remembered.',
  }),
  arpTimeout: u32('dhcp.option.arp_cache_timeout', 'ARP Cache Timeout', {
    display: seconds('ARP Cache Timeout'),
    about: 'For how long hardware addresses are remembered.',
  }),
  keepalive: u32('dhcp.option.tcp_keepalive_interval', 'TCP Keepalive Interval', {
    display: seconds('TCP Keepalive Interval'),
    about: 'After which silence TCP asks whether the other side is there.',
  }),
  forwarding: flag('dhcp.option.ip_forwarding', 'IP Forwarding', {
    states: ['Enabled', 'Disabled'],
    about: 'Tells the client to pass packets on, as routers do.',
  }),
  sourceRouting: flag('dhcp.option.non_local_source_routing', 'Non-Local Source Routing', {
    states: ['Enabled', 'Disabled'],
    about: 'Tells the client to pass packets on that prescribe their way.',
  }),
  allLocal: flag('dhcp.option.all_subnets_are_local', 'All Subnets are Local', {
    states: ['Yes', 'No'],
    about: 'Tells that all parts of the network take packets of the same size.',
  }),
  maskDiscovery: flag('dhcp.option.perform_mask_discovery', 'Perform Mask Discovery', {
    states: ['Enabled', 'Disabled'],
    about: 'Tells the client to ask for the mask of its network.',
  }),
  maskSupplier: flag('dhcp.option.mask_supplier', 'Mask Supplier', {
    states: ['Yes', 'No'],
    about: 'Tells the client to answer those who ask for the mask.',
  }),
  routerDiscovery: flag('dhcp.option.perform_router_discover', 'Perform Router Discover', {
    states: ['Enabled', 'Disabled'],
    about: 'Tells the client to look for routers by itself.',
  }),
  trailers: flag('dhcp.option.trailer_encapsulation', 'Trailer Encapsulation', {
    states: ['Enabled', 'Disabled'],
    about: 'Tells the client to put headers behind the data, as once was done.',
  }),
  ethernetForm: flag('dhcp.option.ethernet_encapsulation', 'Ethernet Encapsulation', {
    states: ['Enabled', 'Disabled'],
    about: 'Tells the client to use the form of IEEE 802.3.',
  }),
  garbage: flag('dhcp.option.tcp_keepalive_garbage', 'TCP Keepalive Garbage', {
    states: ['Enabled', 'Disabled'],
    about: 'Tells TCP to send a byte with its questions, for old programs.',
  }),
}
