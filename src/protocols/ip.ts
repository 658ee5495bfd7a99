// Internet Protocol version 4: RFC 791. DSCP and ECN bits: RFC 2474, RFC 3168. Fragments: RFC 791 3.2, RFC 6864.
//
//   0      1     2             4      6             8     9       10         12   16   20
//   v|ihl  tos   total length  ident  flags|offset  ttl   protocol  checksum   src  dst  options…

import { internetChecksum, rightChecksum } from '../bytes/checksum.ts'
import type { Dissection } from '../core/dissect.ts'
import { fragmentFields, recordFragment } from '../core/fragment-rows.ts'
import { GROUP_CHECKSUM, GROUP_SEQUENCE, SEVERITY_ERROR, SEVERITY_NOTE } from '../core/note.ts'
import { defineProtocol, type Field, flag, type Get, group, host4, ipv4, u8, u16 } from '../core/protocol.ts'
import { bitPicture } from '../core/tree.ts'
import { dissectOptions, optionFields } from './ip/options.ts'
import { checksumStates } from './names/checksum.ts'
import { dscpNames, dscpShort, ecnNames, ecnShort } from './names/dscp.ts'
import { ipProtocols } from './names/ip-protocols.ts'

const MIN_HEADER = 20
const BAD = 0
const GOOD = 1
const UDP = 17
const PIM = 103
const OSPF = 89
/** The first three bytes of 224.0.0.0/24: groups that no router forwards to. */
const LOCAL_GROUPS = 0xe00000
const ANY_TTL = 256
/** What such packets have to begin with: VRRP, GLBP and mDNS are told from forwarded ones by 255. By the last byte of the group; else 1. */
const LOCAL_TTL: Readonly<Record<number, number>> = { 18: 255, 102: 255, 251: 255, 252: ANY_TTL }
const SMALL_TTL = 5
const IPV6 = 0x86dd
/** Bits of the 16-bit word of flags and offset. */
const MORE = 0x2000
const OFFSET = 0x1fff

const setOrNot: readonly [string, string] = ['Set', 'Not set']

const fragmentRows = fragmentFields('ip', 'IPv4', 'ip.reassembled_in')

const F = {
  version: u8('ip.version', 'Version', { at: 0, mask: 0xf0, about: 'The version of the protocol, which is always 4 in this header.' }),
  headerLength: u8('ip.hdr_len', 'Header Length', {
    at: 0,
    mask: 0x0f,
    scale: 4,
    unit: 'bytes',
    about: 'The size of the header, counted in words of four bytes on the wire.',
    explain: (value) => (value > MIN_HEADER ? `The ${value - MIN_HEADER} bytes beyond 20 are options.` : 'There are no options.'),
  }),
  services: u8('ip.dsfield', 'Differentiated Services Field', {
    at: 1,
    base: 'hex',
    about: 'Asks routers for a certain treatment of the packet.',
    display: (_get, value, shown) =>
      `Differentiated Services Field: ${shown} (DSCP: ${dscpShort[value >> 2] ?? 'Unknown'}, ECN: ${ecnShort[value & 3]})`,
  }),
  dscp: u8('ip.dsfield.dscp', 'Differentiated Services Codepoint', {
    at: 1,
    mask: 0xfc,
    in: 'ip.dsfield',
    names: dscpNames,
    about: 'Names the class of service that the sender asks routers for.',
  }),
  ecn: u8('ip.dsfield.ecn', 'Explicit Congestion Notification', {
    at: 1,
    mask: 0x03,
    in: 'ip.dsfield',
    names: ecnNames,
    about: 'Lets a router say that it is overloaded without throwing the packet away.',
  }),
  totalLength: u16('ip.len', 'Total Length', {
    at: 2,
    about: 'Counts header and payload together; bytes after it are padding of the link.',
  }),
  offloadedLength: u16('ip.len', 'Total Length', {
    about: 'Stands at zero because the network card was to cut the packet up and fill it in.',
    display: (_get, _value, shown) =>
      `Total Length: ${shown} bytes (reported as 0, presumed to be because of "TCP segmentation offload" (TSO))`,
  }),
  id: u16('ip.id', 'Identification', {
    at: 4,
    base: 'hex-dec',
    about: 'Ties together the fragments that belong to the same packet.',
  }),
  flags: u8('ip.flags', 'Flags', {
    at: 6,
    mask: 0xe0,
    base: 'hex',
    about: 'Three bits that rule whether the packet may be cut into fragments.',
    display: (_get, value) => `${bitPicture(0xe0, 1, value << 5)} = Flags: 0x${value.toString(16)}${flagWords(value)}`,
  }),
  reserved: flag('ip.flags.rb', 'Reserved bit', {
    at: 6,
    mask: 0x80,
    in: 'ip.flags',
    states: setOrNot,
    about: 'A bit without a meaning, which senders must leave at zero.',
  }),
  dontFragment: flag('ip.flags.df', "Don't fragment", {
    at: 6,
    mask: 0x40,
    in: 'ip.flags',
    states: setOrNot,
    about: 'Tells routers to drop the packet rather than cut it into fragments.',
  }),
  moreFragments: flag('ip.flags.mf', 'More fragments', {
    at: 6,
    mask: 0x20,
    in: 'ip.flags',
    states: setOrNot,
    about: 'Is set on every fragment of a packet but the last one.',
  }),
  fragmentOffset: u16('ip.frag_offset', 'Fragment Offset', {
    at: 6,
    mask: OFFSET,
    about: 'Says where in the original packet this fragment belongs, in units of eight bytes.',
    display: (_get, value) => `${bitPicture(OFFSET, 2, value)} = Fragment Offset: ${value * 8}`,
  }),
  ttl: u8('ip.ttl', 'Time to Live', {
    at: 8,
    about: 'Every router subtracts one from it and drops the packet when nothing is left.',
    explain: (hops) => (hops > 1 ? `It may cross ${hops - 1} more routers.` : 'The next router will drop it.'),
  }),
  protocol: u8('ip.proto', 'Protocol', { at: 9, names: ipProtocols, about: 'Says which protocol the payload belongs to.' }),
  checksum: u16('ip.checksum', 'Header Checksum', {
    at: 10,
    base: 'hex',
    about: 'A sum over the header only, with which routers find damage.',
    display: (get, _value, shown): string => `Header Checksum: ${shown} ${checksumVerdict(get)}`,
  }),
  badChecksum: group('ip.checksum_bad.expert', 'Bad checksum', {
    generated: true,
    about: 'Marks a header whose bytes do not add up to its checksum.',
  }),
  checksumStatus: u8('ip.checksum.status', 'Header checksum status', {
    at: 10,
    constant: 2,
    names: checksumStates,
    about: 'Tells whether the checksum was compared with the header; it is not unless asked for.',
    display: (_get, value) => `Header checksum status: ${checksumStates[value]}`,
  }),
  rightChecksum: u16('ip.checksum_calculated', 'Calculated Checksum', {
    generated: true,
    base: 'hex',
    about: 'What the checksum should be by the bytes of the header; worked out where checksums are verified.',
  }),
  source: ipv4('ip.src', 'Source Address', {
    at: 12,
    also: ['ip.addr'],
    about: 'The address of the machine that claims to have sent the packet.',
  }),
  sourceHost: host4('ip.src_host', 'Source Host', {
    at: 12,
    hidden: true,
    also: ['ip.host'],
    about: 'The name of the machine at the source address, as text; names are not looked up, so it is the address.',
  }),
  destination: ipv4('ip.dst', 'Destination Address', {
    at: 16,
    also: ['ip.addr'],
    about: 'The address to which routers deliver the packet.',
  }),
  destinationHost: host4('ip.dst_host', 'Destination Host', {
    at: 16,
    hidden: true,
    also: ['ip.host'],
    about: 'The name of the machine at the destination address, as text; names are not looked up, so it is the address.',
  }),
  ...optionFields,
  // Never shown: it only selects the other version, as an EtherType would.
  other: u16('', 'Type', {
    hidden: true,
    selectsLike: 'eth.type',
    about: 'The other version of the protocol, where the first half byte says so.',
  }),
  localTtl: group('ip.ttl.lncb', 'Time To Live', {
    about: 'Marks a packet for the local network only whose count of routers is not the one that its receivers expect.',
  }),
  smallTtl: group('ip.ttl.too_small', 'Time To Live', {
    about: 'Marks a packet that only a few more routers will forward.',
  }),
  wrongVersion: group('ip.bogus_ip_version', 'Bogus IPv4 version', {
    about: 'Marks a header that does not begin with the version that was expected.',
  }),
  tooLong: group('ip.bogus_ip_length', 'Bogus IP length', {
    about: 'Marks a packet that claims more bytes than the link carried.',
  }),
  ...fragmentRows,
}

function flagWords(value: number): string {
  const words = [(value & 4) !== 0 && 'Reserved bit', (value & 2) !== 0 && "Don't fragment", (value & 1) !== 0 && 'More fragments']
  return words.map((word) => (word === false ? '' : `, ${word}`)).join('')
}

function summarize(get: Get): string {
  if (!get.has(F.protocol)) return get.has(F.version) ? `Bogus IPv4 version (${get.number(F.version)}, must be 4)` : 'IPv4'
  const whole = !(get.number(F.moreFragments) === 1 || get.number(F.fragmentOffset) > 0)
  const proto = get.number(F.protocol)
  if (whole || get.has(F.fragments)) return `${ipProtocols[proto] ?? 'Unknown'} (${proto})`
  const seen = get.has(F.reassembledIn) ? ` [Reassembled in #${get.text(F.reassembledIn)}]` : ''
  const id = get.number(F.id).toString(16).padStart(4, '0')
  return `Fragmented IP protocol (proto=${ipProtocols[proto] ?? 'Unknown'} ${proto}, off=${get.number(F.fragmentOffset) * 8}, ID=${id})${seen}`
}

export const ip = defineProtocol({
  name: 'ip',
  title: 'Internet Protocol Version 4',
  column: 'IPv4',
  spec: 'RFC 791',
  about: 'Carries packets across networks from one address to another.',
  fields: F,
  accepts: {
    'frame.encap_type': [129],
    'eth.type': [0x0800],
    'null.family': [2],
    'ip.proto': [4],
    'gre.proto': [0x0800, 0x883e],
    'ppp.protocol': [0x0021],
    'arcnet.protID': [0xd4, 0xf0],
    'ipnet.family': [2],
    'nflog.family': [2],
    'pflog.af': [2],
    'enc.af': [2],
  },
  heading: (get) =>
    get.has(F.source)
      ? `Internet Protocol Version 4, Src: ${get.text(F.source)}, Dst: ${get.text(F.destination)}`
      : 'Internet Protocol Version 4',
  summary: summarize,

  track(p, memory) {
    if (!p.has(MIN_HEADER) || p.quoted) return
    const word = p.u16(6)
    if ((word & (MORE | OFFSET)) === 0) return
    const header = (p.u8(0) & 0x0f) * 4
    const length = p.u16(2) - header
    if (header < MIN_HEADER || length <= 0 || !p.has(header + length)) return
    const key = `4 ${p.u32(12)} ${p.u32(16)} ${p.u16(4)} ${p.u8(9)}`
    memory.fragments.add(p, key, (word & OFFSET) * 8, (word & MORE) !== 0, header, length)
  },

  dissect(p) {
    const version = p.has(1) ? p.u8(0) >> 4 : 4
    if (version !== 4) {
      p.add(F.version, 0)
      // Some links and tunnels carry both versions under one number.
      if (version === 6) return p.next(F.other, IPV6, 0) ? p.span(0) : undefined
      p.span(1)
      return p.note(SEVERITY_ERROR, F.wrongVersion.label, 0, 0, F.wrongVersion)
    }
    if (!p.has(MIN_HEADER)) return p.short(MIN_HEADER)
    const header = (p.u8(0) & 0x0f) * 4
    if (header < MIN_HEADER) {
      // Nothing says that the rest is a header at all.
      p.add(F.version, 0)
      p.add(F.headerLength, 0)
      return p.malformed(F.headerLength, `is below the minimum of ${MIN_HEADER} bytes`)
    }
    if (p.recording && p.settings.has('ip.check_checksum') && p.has(header) && !p.quoted) recordVerified(p, header)
    else p.header()
    p.span(header)
    p.addresses(12, 16, 4)
    let total = p.u16(2)
    // Zero: the network card was to fill it in when it cut the packet into segments, after the capture.
    if (total === 0) {
      total = p.reported()
      if (p.recording) recordOffloaded(p, total)
    }
    if (total < header) return p.malformed(F.totalLength, `of ${total} bytes does not even cover the header`)
    if (total > p.reported() && !p.quoted)
      p.note(SEVERITY_ERROR, `IPv4 total length exceeds packet length (${p.reported()} bytes)`, 2, 0, F.tooLong)
    p.limit(total)
    if (!p.has(header)) return p.short(header)
    if (header > MIN_HEADER) dissectOptions(p, MIN_HEADER, header)
    const word = p.u16(6)
    const proto = p.u8(9)
    if (p.recording) judgeTtl(p, proto)
    if ((word & (MORE | OFFSET)) === 0) p.next(F.protocol, proto, header)
    else dissectFragment(p, header, proto, (word & OFFSET) !== 0)
  },
})

/** The fields with a fixed place, those behind the verdict on the checksum apart. */
const FIXED: readonly Field[] = Object.values(F).filter(({ at }) => at >= 0)
const BEHIND = FIXED.indexOf(F.checksumStatus) + 1

/** The header with its checksum verified. */
function recordVerified(p: Dissection, header: number): void {
  const over = internetChecksum(p.bytes, p.base, p.base + header)
  const right = rightChecksum(p.u16(10), over)
  p.table(FIXED.slice(0, BEHIND - 1), 0)
  if (over !== 0) {
    const row = p.rows.count - 1
    const shown = right.toString(16).padStart(4, '0')
    p.nest(row)
    p.note(SEVERITY_ERROR, `${F.badChecksum.label} [should be 0x${shown}]`, 10, 0, F.badChecksum, GROUP_CHECKSUM)
    p.close()
  }
  p.generate(F.checksumStatus, over === 0 ? GOOD : BAD, 10)
  p.generate(F.rightChecksum, right, 10, 2)
  p.table(FIXED.slice(BEHIND), 0)
}

function checksumVerdict(get: Get): string {
  switch (get.number(F.checksumStatus)) {
    case GOOD:
      return '[correct]'
    case BAD:
      return `incorrect, should be 0x${get.number(F.rightChecksum).toString(16).padStart(4, '0')}(may be caused by "IP checksum offload"?)`
    default:
      return '[validation disabled]'
  }
}

/** Shows the length that the card would have written, as Wireshark does. */
function recordOffloaded(p: Dissection, total: number): void {
  const { rows } = p
  for (let row = rows.count - 1; row >= 0; row--) {
    if (rows.field[row] !== F.totalLength.id) continue
    rows.field[row] = F.offloadedLength.id
    rows.value[row] = total
    return
  }
}

/** The packet that completes a datagram shows the whole of it; the others show their bytes as data. */
function dissectFragment(p: Dissection, header: number, proto: number, later: boolean): void {
  const source = recordFragment(p, fragmentRows, 'IPv4')
  if (source >= 0) p.nextSource(F.protocol, proto, source)
  // A quoted first fragment still starts with its transport header.
  // A first fragment of which the capture lacks bytes is never put together, so it is shown for what it is.
  else if (!later && (p.quoted ? proto !== UDP : p.available() < p.reported())) p.next(F.protocol, proto, header)
  else p.data(header)
}

/** Packets for the local network only (RFC 3171) have a fixed count of routers; others with a small one will not come far. */
function judgeTtl(p: Dissection, proto: number): void {
  const ttl = p.u8(8)
  const destination = p.u32(16)
  if (destination >>> 8 === LOCAL_GROUPS) {
    const expected = LOCAL_TTL[destination & 0xff] ?? 1
    if (expected === ttl || expected === ANY_TTL) return
    const message = `"Time To Live" != ${expected} for a packet sent to the Local Network Control Block (see RFC 3171)`
    p.note(SEVERITY_NOTE, message, 8, 0, F.localTtl, GROUP_SEQUENCE)
  } else if (ttl < SMALL_TTL && p.u8(16) >> 4 !== 0xe && proto !== PIM && proto !== OSPF)
    p.note(SEVERITY_NOTE, `"Time To Live" only ${ttl}`, 8, 0, F.smallTtl, GROUP_SEQUENCE)
}
