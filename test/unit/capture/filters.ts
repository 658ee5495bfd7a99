// Capture filters that people type, and a generator of more.

import { seeded } from './frames.ts'

export const PRIMITIVES: readonly string[] = [
  ...['ip', 'ip6', 'arp', 'rarp', 'tcp', 'udp', 'sctp', 'icmp', 'icmp6', 'igmp', 'pim', 'ah', 'esp', 'vrrp'],
  ...[
    'port 80',
    'tcp port 5683',
    'udp port 53',
    'sctp port 443',
    'src port 80',
    'dst port 443',
    'src or dst port 53',
    'src and dst port 80',
  ],
  ...['tcp src port 80', 'tcp dst port 443', 'udp src and dst port 5683', 'port 0x50', 'port 0', 'port 65535'],
  ...['portrange 1-1024', 'tcp portrange 400-6000', 'udp dst portrange 1-52', 'src portrange 443-53', 'portrange 80-80'],
  ...[
    'host 127.0.0.1',
    'src host 10.0.0.1',
    'dst host 10.1.2.3',
    'src 192.168.5.9',
    'dst 127.0.0.1',
    'src and dst host 127.0.0.1',
    'ip host 10.0.0.1',
  ],
  ...[
    'arp host 10.0.0.1',
    'rarp host 10.1.2.3',
    'arp src host 127.0.0.1',
    'ip src 10.0.0.1',
    'host ::1',
    'src host 2001:db8::1',
    'ip6 host 2001:db8:1::2',
  ],
  ...['dst ff02::fb', 'host 10.1', 'src and dst host ::1'],
  ...[
    'net 10.0.0.0/8',
    'net 10',
    'net 10.1',
    'net 10.1.2',
    'net 192.168.0.0 mask 255.255.0.0',
    'src net 127.0.0.0/8',
    'dst net 224.0.0.0/4',
    'net 0.0.0.0/0',
  ],
  ...[
    'net 2001:db8::/32',
    'ip6 src net 2001:db8::/48',
    'dst net ff00::/8',
    'net ::1/128',
    'net ::/0',
    'ip net 10.0.0.0/9',
    'net 10.0.0.1/32',
  ],
  ...[
    'ip proto 6',
    'ip proto \\tcp',
    'ip6 proto 17',
    'ip6 proto \\udp',
    'proto 58',
    'proto \\icmp',
    'ether proto 0x88cc',
    'ether proto \\ip',
    'ether proto 0x86dd',
  ],
  ...['ether host 00:11:22:33:44:55', 'ether src 00:11:22:33:44:55', 'ether dst 01:00:5e:00:00:01', 'ether src host 0:11:22:33:44:55'],
  ...['broadcast', 'multicast', 'ether broadcast', 'ether multicast', 'ip multicast', 'ip6 multicast', 'link host 00:11:22:33:44:55'],
  ...['less 60', 'greater 80', 'len > 70', 'len <= 64', 'len = 57', 'len - 14 > 60', '1 = 1'],
  ...[
    'tcp[13] & 2 != 0',
    'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
    'tcp[tcpflags] == tcp-syn',
    'icmp[icmptype] = icmp-echo',
    'icmp[0] = 8',
    'icmp6[0] = 135',
  ],
  ...[
    'icmp6[icmp6type] == icmp6-echo',
    'ip[0] & 0xf != 5',
    'ip[6:2] & 0x1fff = 0',
    'ip[2:2] > 40',
    'udp[4:2] = 12',
    'tcp[0:2] = 80',
    'ether[0] & 1 = 0',
  ],
  ...[
    'ether[12:2] = 0x0800',
    'ip6[6] = 58',
    'arp[6:2] = 1',
    'ip[8] < 65',
    'ip[12:4] = 0x7f000001',
    'ip[ip[0] & 0xf] = 1',
    'tcp[((tcp[12] & 0xf0) >> 2)] = 1',
  ],
  ...[
    'tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420',
    'udp[8:4] = 0x47455420',
    'ip[0] * 4 - 1 != 3',
    'ip[9] % 5 = 1',
    'ip[9] / 2 = 3',
    'ip[9] ^ 6 = 0',
  ],
  ...[
    '(ip[0] + 1) * 2 > 100',
    '-1 = 0xffffffff',
    'ip[9] << 2 = 24',
    'ip[9] | 1 = 7',
    'len / ip[8] = 1',
    'ip[2:2] - ((ip[0]&0xf)<<2) - ((tcp[12]&0xf0)>>2) != 0',
  ],
  ...['vlan', 'vlan 5', 'vlan 7', 'sctp[0:2] = 80', 'igmp[0] = 8', '6 = ip[9]', 'ip[0] & 0xf > tcp[13]'],
]

export const WHOLE: readonly string[] = [
  '',
  'tcp port 80 or 443',
  'tcp port (80 or 443)',
  'port 80 or port 443 and udp',
  'udp or tcp and port 53',
  'not port 22',
  '! tcp',
  'not (tcp port 80 or udp port 53)',
  'host 10.0.0.1 and not port 80',
  'host 127.0.0.1 or 10.0.0.1 or 10.1.2.3',
  'host 127.0.0.1 and not 10.0.0.1',
  'tcp && port 80 || icmp',
  'src host (10.0.0.1 or 10.1.2.3) and dst port 443',
  '(tcp or udp) and (port 53 or port 5683) and not host ::1',
  'ip and not (host 10.0.0.1 or net 192.168.0.0/16) and greater 40',
  'vlan and tcp',
  'vlan 5 and port 80',
  'vlan and vlan',
  'vlan 7 and vlan 5 and ip',
  'vlan or tcp port 80',
  'tcp port 80 or vlan 5 and host 10.0.0.1',
  'not vlan',
  'not vlan and ip',
  'vlan and arp host 10.0.0.1',
  'vlan and tcp[13] & 2 != 0',
  'vlan and ether src 00:11:22:33:44:55',
  'vlan and ip6 and icmp6[0] = 135',
  '((((tcp))))',
  'not not tcp',
  'not (not (port 80))',
  'tcp or (udp and not (port 53 or (port 80 and ip6)))',
  'ip host 10.0.0.1 or ip6 host ::1 and tcp',
  'tcp portrange 1-1023 or 5000-6000',
  'tcp[13] & 2 != 0 and port 80',
  'port 80 or tcp[13] & 2 != 0 or icmp',
  'ip proto 6 or 17',
  'ether proto 0x0800 or 0x86dd',
  'net 10.0.0.0/8 or 192.168.0.0/16',
  'src port 80 or 443 and dst port 1024',
]

/** Random combinations of primitives, the same for the same seed. */
export function makeFilters(seed: number, count: number): string[] {
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!
  const build = (depth: number): string => {
    const kind = random(depth <= 0 ? 1 : 5)
    if (kind === 0 || kind === 1) return pick(PRIMITIVES)
    if (kind === 2) return `not ${random(2) === 0 ? pick(PRIMITIVES) : `(${build(depth - 1)})`}`
    return `${wrap(build(depth - 1))} ${pick(['and', 'or', '&&', '||'])} ${wrap(build(depth - 1))}`
  }
  const wrap = (text: string): string => (random(2) === 0 && /\b(and|or)\b|&&|\|\|/.test(text) ? `(${text})` : text)
  return Array.from({ length: count }, () => build(3))
}
