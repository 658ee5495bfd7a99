// The values of a capture filter, read with the qualifiers before them: addresses, networks, ports, protocol numbers.

import { parseEther, parseIpv4, parseIpv6 } from '../../bytes/address.ts'
import type { Token } from './lex.ts'
import { ETHER_TYPES, PROTOCOL_NUMBERS, SERVICES } from './names.ts'
import { Refusal } from './refusal.ts'
import type { Direction, Filter, ProtocolName } from './syntax.ts'

export interface Qualifiers {
  readonly protocol: ProtocolName
  readonly direction: Direction
  readonly kind: 'host' | 'net' | 'port' | 'portrange' | 'proto'
}

const ADDRESSED: ReadonlySet<ProtocolName> = new Set(['any', 'ip', 'ip6', 'arp', 'rarp', 'ether'])
const WITH_PORTS: ReadonlySet<ProtocolName> = new Set(['any', 'tcp', 'udp', 'sctp'])

/** @throws Refusal */
export function readValue(qualifiers: Qualifiers, value: Token, suffix: '/' | 'mask' | null, mask: Token | null): Filter {
  const { protocol, direction, kind } = qualifiers
  if (suffix && kind !== 'net' && kind !== 'host') throw new Refusal(mask as Token, 'is a mask, and only a net has one')
  switch (kind) {
    case 'port':
    case 'portrange':
      return readPorts(qualifiers, value)
    case 'proto':
      return readProtocolNumber(protocol, value)
    default: {
      if (!ADDRESSED.has(protocol)) throw new Refusal(value, `cannot follow "${protocol} ${kind}": ${protocol} has no addresses of its own`)
      const span = { start: value.start, end: mask?.end ?? value.end }
      return { kind: 'address', protocol, direction, address: readAddress(protocol, kind, value, suffix, mask), span }
    }
  }
}

type AddressFilter = Extract<Filter, { kind: 'address' }>

function readAddress(
  protocol: ProtocolName,
  kind: 'host' | 'net',
  value: Token,
  suffix: '/' | 'mask' | null,
  mask: Token | null,
): AddressFilter['address'] {
  if (suffix && kind !== 'net' && !coversOneHost(value, suffix, mask))
    throw new Refusal(mask as Token, 'is a mask, and only a net has one: write net')
  if (value.kind === 'ether') {
    const bytes = parseEther(spellEther(value.text))
    if (protocol !== 'ether' || kind !== 'host' || !bytes) throw new Refusal(value, 'is an Ethernet address: write ether host before it')
    return { kind: 'ether', bytes }
  }
  if (value.kind === 'number' || value.kind === 'dotted') {
    if (protocol === 'ether') throw new Refusal(value, 'is no Ethernet address')
    if (protocol === 'ip6') throw new Refusal(value, 'is no IPv6 address')
    return readIpv4(kind, value, suffix, mask)
  }
  if (value.kind === 'ip6') {
    if (protocol !== 'any' && protocol !== 'ip6') throw new Refusal(value, `is an IPv6 address, and cannot follow ${protocol}`)
    return readIpv6(value, suffix, mask)
  }
  if (suffix) throw new Refusal(value, 'is no network address')
  // Names of networks and Ethernet stations are in files of the system that hardly anyone has.
  if (kind === 'net' || protocol === 'ether') throw new Refusal(value, 'is no address', true)
  return { kind: 'name', name: value.text }
}

function coversOneHost(value: Token, suffix: '/' | 'mask', mask: Token | null): boolean {
  return suffix === '/' && value.kind === 'ip6' && mask?.text === '128'
}

/** One or two digits a byte, or twelve in a row, as libpcap reads them. */
function spellEther(text: string): string {
  if (/^[0-9a-fA-F]{12}$/.test(text)) return text.replace(/..(?!$)/g, '$&:')
  if (text.includes('.')) return text
  return text
    .split(/[:-]/)
    .map((digits) => digits.padStart(2, '0'))
    .join(':')
}

/** "10.1" is the network 10.1.0.0/16, and the bare number 10 after `net` is 10.0.0.0/8. */
function readIpv4(kind: 'host' | 'net', value: Token, suffix: '/' | 'mask' | null, mask: Token | null): AddressFilter['address'] {
  const whole = kind === 'host' && value.kind === 'number'
  const parts = value.kind === 'number' && !whole ? promote(Number(value.text)) : value.text.split('.').map(Number)
  if (whole) {
    const address = Number(value.text)
    if (address > 0xffff_ffff) throw new Refusal(value, 'is no IPv4 address')
    return { kind: 'ip', address, mask: 0xffff_ffff }
  }
  const bytes = parseIpv4([...parts, 0, 0, 0].slice(0, 4).join('.'))
  if (!bytes) throw new Refusal(value, 'is no IPv4 address: each of its numbers is at most 255')
  const address = new DataView(bytes.buffer).getUint32(0)
  const bits = suffix ? readMask(suffix, mask as Token) : prefix(parts.length * 8)
  if (suffix && (address & ~bits) !== 0) throw new Refusal(value, 'has bits set outside its mask')
  return { kind: 'ip', address, mask: bits }
}

function promote(value: number): number[] {
  const parts: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) parts.unshift(rest % 256)
  return parts.length === 0 ? [0, 0, 0, 0] : parts
}

function readMask(suffix: '/' | 'mask', token: Token): number {
  if (suffix === '/') {
    const length = Number(token.text)
    if (token.kind !== 'number' || length > 32) throw new Refusal(token, 'is no prefix length from 0 to 32')
    return prefix(length)
  }
  const bytes = token.kind === 'dotted' ? parseIpv4([...token.text.split('.'), 0, 0, 0].slice(0, 4).join('.')) : null
  if (!bytes) throw new Refusal(token, 'is no mask such as 255.255.0.0')
  return new DataView(bytes.buffer).getUint32(0)
}

/** The upper `length` bits of 32. */
function prefix(length: number): number {
  return length <= 0 ? 0 : length >= 32 ? 0xffff_ffff : (0xffff_ffff << (32 - length)) >>> 0
}

function readIpv6(value: Token, suffix: '/' | 'mask' | null, mask: Token | null): AddressFilter['address'] {
  const length = suffix ? Number(mask?.text) : 128
  if (suffix && (suffix !== '/' || mask?.kind !== 'number' || length > 128))
    throw new Refusal(mask as Token, 'is no prefix length from 0 to 128')
  const view = new DataView((parseIpv6(value.text) as Uint8Array).buffer)
  const address = [0, 4, 8, 12].map((at) => view.getUint32(at))
  const bits = [0, 32, 64, 96].map((from) => prefix(length - from))
  if (address.some((word, i) => (word & ~(bits[i] as number)) !== 0)) throw new Refusal(value, 'has bits set outside its mask')
  return { kind: 'ip6', address, mask: bits }
}

function readPorts({ protocol, direction, kind }: Qualifiers, value: Token): Filter {
  if (!WITH_PORTS.has(protocol)) throw new Refusal(value, `cannot follow "${protocol} ${kind}": ${protocol} has no ports`)
  const range = /^(\w+)-(\w+)$/.exec(value.text)
  const single = readPort(value.text)
  if (kind === 'port' && single === null) throw new Refusal(value, range ? 'is a range: write portrange' : explainPort(value))
  if (single !== null) return { kind: 'ports', protocol, direction, first: single, last: single }
  const ends = (range?.slice(1) ?? []).map(readPort)
  const [first, last] = ends
  if (first === undefined || last === undefined || first === null || last === null) {
    throw new Refusal(value, 'is no range of ports such as 8000-8100')
  }
  return { kind: 'ports', protocol, direction, first: Math.min(first, last), last: Math.max(first, last) }
}

function explainPort({ kind }: Token): string {
  return kind === 'number' ? 'is no port from 0 to 65535' : 'is no port'
}

function readPort(text: string): number | null {
  if (Object.hasOwn(SERVICES, text)) return SERVICES[text] as number
  const port = /^(0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : 65_536
  return port < 65_536 ? port : null
}

function readProtocolNumber(protocol: ProtocolName, value: Token): Filter {
  if (protocol !== 'any' && protocol !== 'ip' && protocol !== 'ip6' && protocol !== 'ether') {
    throw new Refusal(value, `cannot follow "${protocol} proto"`)
  }
  const table = protocol === 'ether' ? ETHER_TYPES : PROTOCOL_NUMBERS
  const number = Object.hasOwn(table, value.text) ? table[value.text] : value.kind === 'number' ? Number(value.text) : undefined
  // Numbers up to 1500 are LLC service access points, which need tests of another kind.
  const tooSmall = protocol === 'ether' && number !== undefined && number <= 1500
  if (number === undefined || tooSmall) throw new Refusal(value, 'is no protocol that is known here', true)
  if (number > (protocol === 'ether' ? 0xffff : 0xff)) throw new Refusal(value, 'is larger than any protocol number')
  return { kind: 'number', protocol, value: number }
}
