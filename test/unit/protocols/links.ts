// Packets on links other than Ethernet, and inside Ethernet's own layers, made by hand after the pictures in the protocols' files and
// compared with tshark: the samples of links.test.ts.

import { FRAME, ipv4, PING, udp } from './tunnels.ts'

export interface LinkSample {
  readonly protocol: string
  readonly linkType: number
  /** Hexadecimal, from the frame's first byte on. */
  readonly packet: string
  readonly layers: string
  /** "field@start+length", the protocol's name left out. */
  readonly ranges: string
  readonly filter: string
  readonly heading: string
}

const ZEROS = (count: number) => '00'.repeat(count)
const ETHER = '0a0000000004 0a0000000003'

export const linkSamples: readonly LinkSample[] = [
  {
    protocol: 'ipoib',
    linkType: 242,
    packet: `${ZEROS(20)} 80000550 fe800000000000000010e000664ab451 0800 0000 ${PING}`,
    layers: 'ipoib ip icmp',
    ranges: 'daddr@20+20 daddr.qpn@21+3 dgid@24+16 type@40+2 reserved@42+2',
    filter: 'ipoib.daddr.qpn == 0x550',
    heading: 'IP over Infiniband',
  },
  {
    protocol: 'arcnet',
    linkType: 129,
    packet: `be 00 ea08 d4 00 0165 ${PING}`,
    layers: 'arcnet ip icmp',
    ranges: 'src@0+1 dst@1+1 offset@2+2 protID@4+1 split_flag@5+1 sequence@6+2',
    filter: 'arcnet.sequence == 357',
    heading: 'ARCNET',
  },
  {
    protocol: 'ipnet',
    linkType: 226,
    packet: `01 02 0000 0000001c 00000002 00000000 ffffffff 00000000 ${PING}`,
    layers: 'ipnet ip icmp',
    ranges: 'version@0+1 family@1+1 htype@2+2 pktlen@4+4 ifindex@8+4 grifindex@12+4 zsrc@16+4 zdst@20+4',
    filter: 'ipnet.ifindex == 2',
    heading: 'Solaris IPNET',
  },
  {
    protocol: 'fr',
    linkType: 107,
    packet: `48e1 0800 ${PING}`,
    layers: 'fr ip icmp',
    ranges:
      'first_addr_octet@0+1 upper_dlci@0+1 cr@0+1 ea@0+1 second_addr_octet@1+1 second_dlci@1+1 fecn@1+1 becn@1+1 de@1+1 ea@1+1 dlci@0+2 chdlctype@2+2',
    filter: 'fr.dlci == 302',
    heading: 'Frame Relay',
  },
  {
    protocol: 'nflog',
    linkType: 239,
    packet: `02 00 002a 0800 0100 0800 03 00 0800 0500 00000002 0800 0b00 000003e8 2000 0900 ${PING}`,
    layers: 'nflog ip icmp',
    ranges:
      'family@0+1 version@1+1 res_id@2+2 tlv@4+8 tlv_length@4+2 tlv_type@6+2 protocol@8+2 hook@10+1 tlv@12+8 tlv_length@12+2 tlv_type@14+2 ifindex_outdev@16+4 tlv@20+8 tlv_length@20+2 tlv_type@22+2 uid@24+4 tlv@28+32 tlv_length@28+2 tlv_type@30+2',
    filter: 'nflog.uid == 1000',
    heading: 'Linux Netfilter NFLOG',
  },
  {
    protocol: 'pflog',
    linkType: 117,
    packet: `3d 02 01 00 ${'656d3000'.padEnd(32, '0')} ${ZEROS(16)} 00000007 ffffffff ffffffff ffffffff 00000000 ffffffff 01 000000 ${PING}`,
    layers: 'pflog ip icmp',
    ranges:
      'length@0+1 af@1+1 action@2+1 reason@3+1 rulenr@36+4 subrulenr@40+4 ifname@4+16 ruleset@20+16 uid@44+4 pid@48+4 rule_uid@52+4 rule_pid@56+4 dir@60+1 pad@61+3',
    filter: 'pflog.rulenr == 7 && pflog.ifname == "em0"',
    heading: 'OpenBSD Packet Filter log file',
  },
  {
    protocol: 'enc',
    linkType: 109,
    packet: `02000000 c67ceadf 000c0000 ${PING}`,
    layers: 'enc ip icmp',
    ranges: 'af@0+4 spi@4+4 flags@8+4',
    filter: 'enc.spi == 0xc67ceadf && enc.flags == 0xc00',
    heading: 'OpenBSD Encapsulating device',
  },
  {
    protocol: 'radiotap',
    linkType: 127,
    packet: `00 00 1200 03000000 0102030405060708 10 00 0802 0000 0a0000000001 0a0000000002 0a0000000003 1000 aaaa03 000000 0800 ${PING} 11223344`,
    layers: 'radiotap wlan llc ip icmp',
    ranges:
      'version@0+1 pad@1+1 length@2+2 present@4+4 present.word@4+4 mactime@8+8 flags@16+1 flags.cfp@16+1 flags.preamble@16+1 flags.wep@16+1 flags.frag@16+1 flags.fcs@16+1 flags.datapad@16+1 flags.badfcs@16+1 flags.shortgi@16+1',
    filter: 'radiotap.flags.fcs == 1',
    heading: 'Radiotap Header v0, Length 18',
  },
  {
    protocol: 'macsec',
    linkType: 1,
    packet: `${ETHER} 88e5 20 1e 00000042 0a0000000003 0064 0800 ${PING} ${ZEROS(16)}`,
    layers: 'eth macsec ip icmp',
    ranges:
      'TCI@14+1 TCI.V@14+1 TCI.ES@14+1 TCI.SC@14+1 TCI.SCB@14+1 TCI.E@14+1 TCI.C@14+1 AN@14+1 SL@15+1 PN@16+4 SCI.system_identifier@20+6 SCI.port_identifier@26+2 ICV@58+16 etype@28+2',
    filter: 'macsec.PN == 66 && macsec.TCI.SC',
    heading: '802.1AE Security tag',
  },
  {
    protocol: 'cfp',
    linkType: 1,
    packet: `0a0001000171 020000000172 8903 0020 ${FRAME} 11223344`,
    layers: 'eth cfp eth ip icmp',
    ranges:
      'd_hmac@0+6 eid@0+3 ul@0+3 ig@0+3 ooodl@0+3 swid@0+3 sswid@3+1 lid@4+2 s_hmac@6+6 eid@6+3 ul@6+3 ig@6+3 ooodl@6+3 swid@6+3 sswid@9+1 lid@10+2 etype@12+2 ftag@14+2 ttl@14+2 fcs@58+4',
    filter: 'cfp.ttl == 32 && cfp.lid == 369',
    heading: 'Cisco FabricPath',
  },
  {
    protocol: 'trill',
    linkType: 1,
    packet: `${ETHER} 22f3 083f 0003 0005 ${FRAME}`,
    layers: 'eth trill eth ip icmp',
    ranges: 'version@14+2 reserved@14+2 multi_dst@14+2 op_len@14+2 hop_cnt@14+2 egress_nick@16+2 ingress_nick@18+2',
    filter: 'trill.hop_cnt == 63 && trill.ingress_nick == 5',
    heading: 'TRILL',
  },
  {
    protocol: 'vntag',
    linkType: 1,
    packet: `${ETHER} 8926 80050007 0800 ${PING}`,
    layers: 'eth vntag ip icmp',
    ranges: 'dir@14+4 ptr@14+4 dst@14+4 looped@14+4 r@14+4 version@14+4 src@14+4 etype@18+2',
    filter: 'vntag.src == 7 && vntag.dst == 5',
    heading: 'VN-Tag',
  },
  {
    protocol: 'etherip',
    linkType: 101,
    packet: ipv4('61', `3000 ${FRAME}`),
    layers: 'raw ip etherip eth ip icmp',
    ranges: 'ver@20+2 reserved@20+2',
    filter: 'etherip.ver == 3',
    heading: 'Ethernet over IP',
  },
  {
    protocol: 'pim',
    linkType: 101,
    packet: ipv4('67', `21 00 deff 00000000 ${PING}`),
    layers: 'raw ip pim ip icmp',
    ranges:
      'version@20+1 type@20+1 cksum@22+2 res_bytes@21+1 register_flag@24+4 register_flag.border@24+4 register_flag.null_register@24+4',
    filter: 'pim.type == 1 && pim.register_flag.border == 0',
    heading: 'Protocol Independent Multicast',
  },
  {
    protocol: 'sflow',
    linkType: 101,
    packet: udp(
      6343,
      `00000005 00000001 c0000209 00000000 00000007 00001000 00000001
       00000001 00000064 00000003 00000001 000003e8 00000fa0 00000000 00000001 00000002 00000001
       00000001 0000003c 00000001 0000002e 00000004 0000002a ${FRAME} 0000`,
    ),
    layers: 'raw ip udp sflow eth ip icmp',
    ranges:
      '_245.version@28+4 _245.agenttype@32+4 _245.agent@36+4 _245.sub_agent_id@40+4 _245.sequence_number@44+4 _245.sysuptime@48+4 _245.numsamples@52+4 enterprise@56+4 _245.sampletype@56+4 _5.sample_length@60+4 flow_sample.sequence_number@64+4 flow_sample.sampling_rate@72+4 flow_sample.sample_pool@76+4 flow_sample.dropped_packets@80+4 flow_sample.flow_record@92+4 enterprise@96+4 _245.flow_record_format@96+4 _5.flow_data_length@100+4 _245.header_protocol@104+4 _245.header.frame_length@108+4 _245.header.payload_stripped@112+4 _245.header.sampled_header_length@116+4 _245.header@120+42',
    filter: 'sflow.flow_sample.sampling_rate == 1000 && eth.type == 0x800',
    heading: 'InMon sFlow',
  },
]
