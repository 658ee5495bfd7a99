// Packets inside tunnels, made by hand after the pictures in the protocols' files and compared with tshark: the samples of tunnels.test.ts.

export const ETHERNET = '020000000002 020000000001'
const TWO = (value: number) => value.toString(16).padStart(4, '0')
const size = (text: string) => text.replace(/\s+/g, '').length / 2

/** An IPv4 packet around hexadecimal text. */
export const ipv4 = (protocol: string, payload: string): string =>
  `4500 ${TWO(20 + size(payload))} 0007 4000 40 ${protocol} 0000 c0000201 c6336402 ${payload}`

export const udp = (port: number, payload: string): string => ipv4('11', `c350 ${TWO(port)} ${TWO(8 + size(payload))} 0000 ${payload}`)

/** What the tunnels carry: a question of ping from 10.1.1.1, and the same in an Ethernet frame. */
export const PING = '4500 001c 0001 0000 40 01 0000 0a010101 0a010102 0800 e5ca 1234 0001'
export const SIX = '60000000 0000 3b 40 20010db8000000000000000000000001 20010db8000000000000000000000002'
export const FRAME = `0a0000000002 0a0000000001 0800 ${PING}`

export interface Sample {
  readonly protocol: string
  /** Hexadecimal, from the first byte of the IP packet or of the Ethernet payload on. */
  readonly packet: string
  /** Ethernet type before it. */
  readonly type: string
  readonly layers: string
  /** "field@start+length", from the first byte of the protocol on. */
  readonly ranges: string
  /** Bytes before the protocol. */
  readonly at: number
  readonly filter: string
  /** A change that the filter notices: [from, to]. */
  readonly change: readonly [string, string]
  readonly heading: string
}

const IP = '0800'
const AFTER_IP = 34
const AFTER_UDP = 42

export const samples: readonly Sample[] = [
  {
    protocol: 'gre',
    type: IP,
    packet: ipv4('2f', `b000 0800 0f39 0000 deadbeef 00000005 ${PING}`),
    layers: 'gre ip icmp',
    at: AFTER_IP,
    ranges:
      'gre@0+16 flags_and_version@0+2 flags.checksum@0+2 flags.routing@0+2 flags.key@0+2 flags.sequence_number@0+2 flags.strict_source_route@0+2 flags.recursion_control@0+2 flags.reserved@0+2 flags.version@0+2 proto@2+2 checksum@4+2 offset@6+2 key@8+4 sequence_number@12+4',
    filter: 'gre.key == 0xdeadbeef and gre.sequence_number == 5 and ip.src == 10.1.1.1',
    change: ['deadbeef', 'deadbeee'],
    heading: 'Generic Routing Encapsulation (IP)',
  },
  {
    protocol: 'erspan',
    type: IP,
    packet: ipv4('2f', `1000 88be 00000702 1017 0864 00000007 ${FRAME}`),
    layers: 'gre erspan eth ip icmp',
    at: AFTER_IP + 8,
    ranges: 'erspan@0+50 version@0+2 vlan@0+2 cos@2+2 encap@2+2 truncated@2+2 spanid@2+2 reserved@4+4 index@4+4',
    filter: 'erspan.spanid == 100 and erspan.vlan == 23 and eth.src == 0a:00:00:00:00:01',
    change: ['0864', '0865'],
    heading: 'Encapsulated Remote Switch Packet ANalysis Type II',
  },
  {
    protocol: 'erspan',
    type: IP,
    packet: ipv4('2f', `1000 22eb 00000702 2001 0065 34760b01 0000 8201 0c000017 00000009 ${FRAME}`),
    layers: 'gre erspan eth ip icmp',
    at: AFTER_IP + 8,
    ranges:
      'erspan@0+62 version@0+2 vlan@0+2 cos@2+2 bso@2+2 truncated@2+2 spanid@2+2 timestamp@4+4 sgt@8+2 p@10+2 ft@10+2 hw@10+2 direction@10+2 gra@10+2 o@10+2 platid@12+4 pid3.rsvd1@12+4 pid3.port_index@12+4 pid3.timestamp@16+4',
    filter: 'erspan.timestamp == 880151297 and erspan.pid3.port_index == 23',
    change: ['34760b01', '34760b02'],
    heading: 'Encapsulated Remote Switch Packet ANalysis Type III',
  },
  {
    protocol: 'wlan',
    type: IP,
    packet: ipv4('2f', `0000 8200 8801 0000 020000000011 020000000012 020000000013 807d 0000 aaaa03 000000 0800 ${PING}`),
    layers: 'gre wlan llc ip icmp',
    at: AFTER_IP + 4,
    ranges:
      'wlan@0+26 fc.type_subtype@0+1 fc@0+2 fc.version@0+1 fc.type@0+1 fc.subtype@0+1 flags@1+1 fc.ds@1+1 fc.tods@1+1 fc.fromds@1+1 fc.frag@1+1 fc.retry@1+1 fc.pwrmgt@1+1 fc.moredata@1+1 fc.protected@1+1 fc.order@1+1 duration@2+2 ra@4+6 ta@10+6 da@16+6 sa@10+6 bssid@4+6 staa@10+6 frag@22+2 seq@22+2 qos@24+2 qos.tid@24+2 qos.priority@24+2 qos.bit4@24+2 qos.ack@24+2 qos.amsdupresent@24+2 qos.txop_dur_req@24+2',
    filter: 'wlan.seq == 2008 and wlan.bssid == 02:00:00:00:00:11 and wlan.fc.type_subtype == 40',
    change: ['807d', '907d'],
    heading: 'IEEE 802.11 QoS Data, Flags: .......T',
  },
  {
    protocol: 'vxlan',
    type: IP,
    packet: udp(4789, `0800 0000 000457 00 ${FRAME}`),
    layers: 'udp vxlan eth ip icmp',
    at: AFTER_UDP,
    ranges: 'vxlan@0+8 flags@0+2 flag_g@0+2 flag_i@0+2 flag_d@0+2 flag_a@0+2 flags_reserved@0+2 gbp@2+2 vni@4+3 reserved8@7+1',
    filter: 'vxlan.vni == 1111 and vxlan.flag_i == 1',
    change: ['000457', '000458'],
    heading: 'Virtual eXtensible Local Area Network',
  },
  {
    protocol: 'vxlan',
    type: IP,
    packet: udp(4790, `0c 0000 01 00d431 00 ${PING}`),
    layers: 'udp vxlan ip icmp',
    at: AFTER_UDP,
    ranges:
      'vxlan@0+8 flags@0+1 ver@0+1 i_bit@0+1 p_bit@0+1 o_bit@0+1 flags_reserved@0+1 reserved_16@1+2 next_proto@3+1 vni@4+3 reserved8@7+1',
    filter: 'vxlan.next_proto == 1 and vxlan.vni == 54321',
    change: ['00d431', '00d432'],
    heading: 'Virtual eXtensible Local Area Network',
  },
  {
    protocol: 'geneve',
    type: IP,
    packet: udp(6081, `0240 6558 00000a 00 0102 80 01 0000000c ${FRAME}`),
    layers: 'udp geneve eth ip icmp',
    at: AFTER_UDP,
    ranges:
      'geneve@0+16 version@0+1 option.length@0+1 flags@1+1 flags.oam@1+1 flags.critical@1+1 flags.reserved@1+1 proto_type@2+2 vni@4+3 reserved@7+1 options@8+8 option@8+8 option.class@8+2 option.type@10+1 option.type.critical@10+1 option.flags@11+1 option.flags.reserved@11+1 option.length@11+1 option.unknown.data@12+4',
    filter: 'geneve.vni == 10 and geneve.option.class == 0x0102',
    change: ['00000a', '00000b'],
    heading: 'Generic Network Virtualization Encapsulation, VNI: 0x00000a',
  },
  {
    protocol: 'gtp',
    type: IP,
    packet: udp(2152, `36 ff 0028 09fc9043 ce73 00 85 01 100900 ${PING}`),
    layers: 'udp gtp ip icmp',
    at: AFTER_UDP,
    ranges:
      'gtp@0+16 flags@0+1 flags.version@0+1 flags.payload@0+1 flags.reserved@0+1 flags.e@0+1 flags.s@0+1 flags.pn@0+1 message@1+1 length@2+2 teid@4+4 seq_number@8+2 ext_hdr.next@11+1 ext_hdr@12+4 ext_hdr.length@12+1 ext_hdr.spare_bytes@13+2 ext_hdr.next@15+1',
    filter: 'gtp.teid == 0x09fc9043 and gtp.message == 255',
    change: ['09fc9043', '09fc9044'],
    heading: 'GPRS Tunneling Protocol',
  },
  {
    protocol: 'gtp',
    type: IP,
    packet: udp(3386, `1e ff 0020 0001 0002 ff ffffff 2143658709214300 ${PING}`),
    layers: 'udp gtp ip icmp',
    at: AFTER_UDP,
    ranges:
      'gtp@0+20 flags@0+1 flags.version@0+1 flags.payload@0+1 flags.reserved@0+1 flags.snn@0+1 message@1+1 length@2+2 seq_number@4+2 flow_label@6+2 sndcp_number@8+1',
    filter: 'gtp.flow_label == 2 and ip.dst == 10.1.1.2',
    change: ['0001 0002', '0001 0003'],
    heading: 'GPRS Tunneling Protocol',
  },
  {
    protocol: 'teredo',
    type: IP,
    packet: udp(3544, `0001 00 00 1122334455667788 00 0000 eeff 3dfffdfe ${SIX}`),
    layers: 'udp teredo ipv6',
    at: AFTER_UDP,
    ranges: 'teredo@0+21 auth@0+13 auth.idlen@2+1 auth.aulen@3+1 auth.nonce@4+8 auth.conf@12+1 orig@13+8 orig.port@15+2 orig.addr@17+4',
    filter: 'teredo.orig.port == 4352 and ipv6.src == 2001:db8::1',
    change: ['eeff', 'eefe'],
    heading: 'Teredo IPv6 over UDP tunneling',
  },
  {
    protocol: 'l2tp',
    type: IP,
    packet: udp(1701, `4a02 002e 4a32 d35e 0003 0004 0000 ff03 0021 ${PING}`),
    layers: 'udp l2tp ppp ip icmp',
    at: AFTER_UDP,
    ranges:
      'l2tp@0+14 flags@0+2 type@0+2 length_bit@0+2 seq_bit@0+2 offset_bit@0+2 priority@0+2 version@0+2 length@2+2 tunnel@4+2 session@6+2 Ns@8+2 Nr@10+2 offset@12+2',
    filter: 'l2tp.session == 54110 and l2tp.Ns == 3',
    change: ['d35e', 'd35f'],
    heading: 'Layer 2 Tunneling Protocol',
  },
  {
    protocol: 'capwap.data',
    type: IP,
    packet: udp(
      5247,
      `00 200320 0000 0000 04 bf230000 000000 1108 2c00 020000000011 020000000012 020000000013 7630 aaaa03 000000 0800 ${PING}`,
    ),
    layers: 'udp capwap.data wlan llc ip icmp',
    at: AFTER_UDP,
    ranges:
      'capwap.data@0+16 capwap.preamble@0+1 capwap.preamble.version@0+1 capwap.preamble.type@0+1 capwap.header@1+15 capwap.header.length@1+3 capwap.header.rid@1+3 capwap.header.wbid@1+3 capwap.header.flags@1+3 capwap.header.flags.t@1+3 capwap.header.flags.f@1+3 capwap.header.flags.l@1+3 capwap.header.flags.w@1+3 capwap.header.flags.m@1+3 capwap.header.flags.k@1+3 capwap.header.flags.r@1+3 capwap.header.fragment.id@4+2 capwap.header.fragment.offset@6+2 capwap.header.fragment.reserved@7+1 capwap.header.wireless.length@8+1 capwap.header.wireless.data@9+4 capwap.header.padding@13+3',
    filter: 'capwap.header.wbid == 1 and wlan.da == 02:00:00:00:00:13 and icmp',
    change: ['200320', '200520'],
    heading: 'Control And Provisioning of Wireless Access Points - Data',
  },
  {
    protocol: 'lisp-data',
    type: IP,
    packet: udp(4341, `c0 000102 00000001 ${PING}`),
    layers: 'udp lisp-data ip icmp',
    at: AFTER_UDP,
    ranges:
      'lisp-data@0+8 flags@0+1 flags.nonce@0+1 flags.lsb@0+1 flags.enr@0+1 flags.mv@0+1 flags.iid@0+1 flags.res@0+1 nonce@1+3 lsb@4+4',
    filter: 'lisp-data.nonce == 258 and lisp-data.flags.lsb == 1',
    change: ['000102', '000103'],
    heading: 'Locator/ID Separation Protocol (Data)',
  },
  {
    protocol: 'mpls',
    type: '8847',
    packet: `00010140 ${PING}`,
    layers: 'mpls ip icmp',
    at: 14,
    ranges: 'mpls@0+4 label@0+4 exp@0+4 bottom@0+4 ttl@0+4',
    filter: 'mpls.label == 16 and mpls.bottom == 1 and mpls.ttl == 64',
    change: ['00010140', '00011140'],
    heading: 'MultiProtocol Label Switching Header, Label: 16, Exp: 0, S: 1, TTL: 64',
  },
  {
    protocol: 'pwethcw',
    type: '8847',
    packet: `00010140 0000 0009 ${FRAME}`,
    layers: 'mpls pwethcw eth ip icmp',
    at: 18,
    ranges: 'pwethcw@0+4 pweth.cw@0+4 pweth.cw.sequence_number@2+2',
    filter: 'pweth.cw.sequence_number == 9',
    change: ['0000 0009', '0000 000a'],
    heading: 'PW Ethernet Control Word',
  },
  {
    protocol: 'pppoes',
    type: '8864',
    packet: `11 00 3b1a 001e 0021 ${PING}`,
    layers: 'pppoes ppp ip icmp',
    at: 14,
    ranges: 'pppoes@0+6 pppoe.version@0+1 pppoe.type@0+1 pppoe.code@1+1 pppoe.session_id@2+2 pppoe.payload_length@4+2',
    filter: 'pppoe.session_id == 0x3b1a and ppp.protocol == 0x0021',
    change: ['3b1a', '3b1b'],
    heading: 'PPP-over-Ethernet Session',
  },
  {
    protocol: 'pppoed',
    type: '8863',
    packet: '11 07 0000 0010 0101 0000 0102 0003 616263 0103 0001 ff',
    layers: 'pppoed',
    at: 14,
    ranges:
      'pppoed@0+22 pppoe.version@0+1 pppoe.type@0+1 pppoe.code@1+1 pppoe.session_id@2+2 pppoe.payload_length@4+2 tags@6+16 tags.ac_name@14+3 tags.host_uniq@21+1',
    filter: 'pppoed.tags.ac_name == "abc" and pppoe.code == 7',
    change: ['616263', '616264'],
    heading: 'PPP-over-Ethernet Discovery',
  },
  {
    protocol: 'ppp',
    type: '8864',
    packet: `11 00 3b1a 0020 ff03 0021 ${PING}`,
    layers: 'pppoes ppp ip icmp',
    at: 20,
    ranges: 'ppp@0+4 address@0+1 control@1+1 protocol@2+2',
    filter: 'ppp.address == 0xff and ppp.protocol == 0x0021',
    change: ['ff03', 'fd03'],
    heading: 'Point-to-Point Protocol',
  },
  {
    protocol: 'ieee8021ah',
    type: '88e7',
    packet: `201e bb3b ${FRAME}`,
    layers: 'ieee8021ah ip icmp',
    at: 14,
    ranges: 'ieee8021ah@0+18 priority@0+1 drop@0+1 nca@0+1 res1@0+1 res2@0+1 isid@1+3 cdst@4+6 csrc@10+6 etype@16+2',
    filter: 'ieee8021ah.isid == 2014011 and ieee8021ah.priority == 1',
    change: ['bb3b', 'bb3c'],
    heading: 'IEEE 802.1ah, I-SID: 2014011, C-Src: 0a:00:00:00:00:01, C-Dst: 0a:00:00:00:00:02',
  },
  {
    protocol: 'etag',
    type: '893f',
    packet: `1000 00d8 0000 0800 ${PING}`,
    layers: 'etag ip icmp',
    at: 14,
    ranges: 'etag@0+8 pcp@0+2 dei@0+2 iecid_base@0+2 resv@2+2 group@2+2 ecid_base@2+2 iecid_ext@4+1 ecid_ext@5+1 etype@6+2',
    filter: 'etag.ecid_base == 0xd8',
    change: ['00d8', '00d9'],
    heading: '802.1BR E-Tag',
  },
  {
    protocol: 'nsh',
    type: '894f',
    packet: `0fc6 01 01 004500 1c ${'00000000'.repeat(4)} ${PING}`,
    layers: 'nsh ip icmp',
    at: 14,
    ranges:
      'nsh@0+24 version@0+2 Obit@0+2 CBit@0+2 ttl@0+2 length@0+2 mdtype@2+1 nextproto@3+1 spi@4+3 si@7+1 contextheader@8+4 contextheader@12+4 contextheader@16+4 contextheader@20+4',
    filter: 'nsh.spi == 17664 and nsh.si == 28',
    change: ['004500', '004501'],
    heading: 'Network Service Header',
  },
  {
    protocol: 'cmd',
    type: '8909',
    packet: `01 01 0001 0028 0800 ${PING}`,
    layers: 'cmd ip icmp',
    at: 14,
    ranges: 'cmd@0+8 version@0+1 length@1+1 options@2+2 sgt@4+2 type@6+2',
    filter: 'cmd.sgt == 40',
    change: ['0028', '0029'],
    heading: 'Cisco MetaData',
  },
]
