// The words of the capture-filter language that stand for numbers.

import type { ProtocolName } from './syntax.ts'

/** Protocols that can begin a primitive. */
export const PROTOCOLS: Readonly<Record<string, Exclude<ProtocolName, 'any'>>> = {
  ether: 'ether',
  link: 'ether',
  ip: 'ip',
  ip6: 'ip6',
  arp: 'arp',
  rarp: 'rarp',
  tcp: 'tcp',
  udp: 'udp',
  sctp: 'sctp',
  icmp: 'icmp',
  icmp6: 'icmp6',
  igmp: 'igmp',
  pim: 'pim',
  ah: 'ah',
  esp: 'esp',
  vrrp: 'vrrp',
}

/** Words that libpcap knows and that are not compiled here. */
export const FOREIGN: ReadonlySet<string> = new Set(
  (
    'aarp action addr1 addr2 addr3 addr4 address1 address2 address3 address4 atalk bcc byte carp clnp connectmsg csnp dccp decnet dir direction ' +
    'es-is esis es fddi fisu gateway geneve iih hfisu hlssu hmsu hopc hdpc hsio ifname igrp inbound ipx is-is isis iso l1 l2 lan lane lat lssu ' +
    'lsu metac metaconnect mopdl moprc mpls msu netbeui oam oamf4 oamf4ec oamf4sc on opc outbound ppp pppoed pppoes protochain psnp radio reason ' +
    'rnr rset rsn ruleset sc sio slip sls snp srnr stp subrulenum subtype tr type vci vpi wlan'
  ).split(' '),
)

/** Assigned Internet protocol numbers that `proto` takes by name. */
export const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmp6: 58,
  'ipv6-icmp': 58,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  sctp: 132,
}

export const ETHER_TYPES: Readonly<Record<string, number>> = { ip: 0x0800, arp: 0x0806, rarp: 0x8035, ip6: 0x86dd }

/** Ports that people name; the system's table of services may be missing, and is not worth reading for these. */
export const SERVICES: Readonly<Record<string, number>> = {
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  http: 80,
  kerberos: 88,
  pop3: 110,
  ntp: 123,
  imap2: 143,
  snmp: 161,
  bgp: 179,
  ldap: 389,
  https: 443,
  syslog: 514,
  submission: 587,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  mysql: 3306,
  postgresql: 5432,
  mdns: 5353,
  coap: 5683,
  'http-alt': 8080,
}

/** Offsets and flag values for `protocol[…]`: pcap-filter(7), "expr relop expr". */
export const CONSTANTS: Readonly<Record<string, number>> = {
  icmptype: 0,
  icmpcode: 1,
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-sourcequench': 4,
  'icmp-redirect': 5,
  'icmp-echo': 8,
  'icmp-routeradvert': 9,
  'icmp-routersolicit': 10,
  'icmp-timxceed': 11,
  'icmp-paramprob': 12,
  'icmp-tstamp': 13,
  'icmp-tstampreply': 14,
  'icmp-ireq': 15,
  'icmp-ireqreply': 16,
  'icmp-maskreq': 17,
  'icmp-maskreply': 18,
  icmp6type: 0,
  icmp6code: 1,
  'icmp6-destinationunreach': 1,
  'icmp6-packettoobig': 2,
  'icmp6-timeexceeded': 3,
  'icmp6-parameterproblem': 4,
  'icmp6-echo': 128,
  'icmp6-echoreply': 129,
  'icmp6-multicastlistenerquery': 130,
  'icmp6-multicastlistenerreportv1': 131,
  'icmp6-multicastlistenerdone': 132,
  'icmp6-routersolicit': 133,
  'icmp6-routeradvert': 134,
  'icmp6-neighborsolicit': 135,
  'icmp6-neighboradvert': 136,
  'icmp6-redirect': 137,
  'icmp6-multicastlistenerreportv2': 143,
  tcpflags: 13,
  'tcp-fin': 0x01,
  'tcp-syn': 0x02,
  'tcp-rst': 0x04,
  'tcp-push': 0x08,
  'tcp-ack': 0x10,
  'tcp-urg': 0x20,
  'tcp-ece': 0x40,
  'tcp-cwr': 0x80,
}

/** Words with a meaning of their own: none of them can be a host name or a value, unless a backslash stands before it. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...Object.keys(PROTOCOLS),
  ...FOREIGN,
  ...[
    'and',
    'or',
    'not',
    'src',
    'dst',
    'host',
    'net',
    'mask',
    'port',
    'portrange',
    'proto',
    'less',
    'greater',
    'len',
    'length',
    'broadcast',
  ],
  ...['multicast', 'vlan'],
])
