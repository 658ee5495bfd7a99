// Blocks of addresses with a special purpose: RFC 6890 and the registries that it started, RFC 1918, RFC 4193.

import { parseIpv4, parseIpv6 } from '../bytes/address.ts'
import { sameBits } from './runs.ts'

/** Most specific first within each family. Names as Wireshark writes them. */
const BLOCKS: readonly (readonly [string, string])[] = [
  ['0.0.0.0/32', '"This host on this network"'],
  ['0.0.0.0/8', '"This network"'],
  ['10.0.0.0/8', 'Private-Use'],
  ['100.64.0.0/10', 'Shared Address Space'],
  ['127.0.0.0/8', 'Loopback'],
  ['169.254.0.0/16', 'Link Local'],
  ['172.16.0.0/12', 'Private-Use'],
  ['192.0.0.0/29', 'IPv4 Service Continuity Prefix'],
  ['192.0.0.8/32', 'IPv4 dummy address'],
  ['192.0.0.9/32', 'Port Control Protocol Anycast'],
  ['192.0.0.10/32', 'Traversal Using Relays around NAT Anycast'],
  ['192.0.0.170/31', 'NAT64/DNS64 Discovery'],
  ['192.0.0.0/24', 'IETF Protocol Assignments'],
  ['192.0.2.0/24', 'Documentation (TEST-NET-1)'],
  ['192.31.196.0/24', 'AS112-v4'],
  ['192.52.193.0/24', 'AMT'],
  ['192.88.99.0/24', 'Deprecated (6to4 Relay Anycast)'],
  ['192.168.0.0/16', 'Private-Use'],
  ['192.175.48.0/24', 'Direct Delegation AS112 Service'],
  ['198.18.0.0/15', 'Benchmarking'],
  ['198.51.100.0/24', 'Documentation (TEST-NET-2)'],
  ['203.0.113.0/24', 'Documentation (TEST-NET-3)'],
  ['255.255.255.255/32', 'Limited Broadcast'],
  ['240.0.0.0/4', 'Reserved'],
  ['::1/128', 'Loopback Address'],
  ['::/128', 'Unspecified Address'],
  ['::ffff:0:0/96', 'IPv4-mapped Address'],
  ['64:ff9b::/96', 'IPv4-IPv6 Translation'],
  ['64:ff9b:1::/48', 'IPv4-IPv6 Translation'],
  ['100::/64', 'Discard-Only Address Block'],
  ['2001::/32', 'TEREDO'],
  ['2001:2::/48', 'Benchmarking'],
  ['2001:20::/28', 'ORCHIDv2'],
  ['2001:db8::/32', 'Documentation'],
  ['2001::/23', 'IETF Protocol Assignments'],
  ['2002::/16', '6to4'],
  ['fc00::/7', 'Unique-Local'],
  ['fe80::/10', 'Link-Local Unicast'],
]

interface Block {
  readonly bytes: Uint8Array
  readonly bits: number
  readonly name: string
}

function block(cidr: string, name: string): Block {
  const [host, bits] = cidr.split('/') as [string, string]
  return { bytes: (host.includes(':') ? parseIpv6(host) : parseIpv4(host))!, bits: Number(bits), name }
}

const blocks = BLOCKS.map(([cidr, name]) => block(cidr, name))

/** The name of the special-purpose block of an address, '' for an ordinary one. */
export function addressBlock(bytes: Uint8Array, at: number, size: number): string {
  for (const { bytes: first, bits, name } of blocks) if (first.length === size && sameBits(bytes, at, first, 0, bits)) return name
  return ''
}

type AddressTest = (bytes: Uint8Array, at: number, size: number) => boolean

function inside(...cidrs: readonly string[]): AddressTest {
  const wanted = cidrs.map((cidr) => block(cidr, ''))
  return (bytes, at, size) => wanted.some((one) => one.bytes.length === size && sameBits(bytes, at, one.bytes, 0, one.bits))
}

export const isLinkLocal: AddressTest = inside('169.254.0.0/16', 'fe80::/10')
export const isMulticast: AddressTest = inside('224.0.0.0/4', 'ff00::/8')
export const isPrivate: AddressTest = inside('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16')
export const isUniqueLocal: AddressTest = inside('fc00::/7')
