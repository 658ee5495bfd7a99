// Linux netfilter log: packets that a firewall rule picked out (LINKTYPE_NFLOG).
//
//   0       1        2            4
//   family  version  resource id  items: length, type (in the byte order of the machine), value, padding to four bytes

import { decodeText } from '../bytes/decode.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, type Field, i32, text, u8, u16, u32 } from '../core/protocol.ts'
import { bitPicture } from '../core/tree.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 4
const ITEM = 4
const PACKET = 1
const PAYLOAD = 9
const PREFIX = 10

const types = {
  0: 'NFULA_UNSPEC',
  1: 'NFULA_PACKET_HDR',
  2: 'NFULA_MARK',
  3: 'NFULA_TIMESTAMP',
  4: 'NFULA_IFINDEX_INDEV',
  5: 'NFULA_IFINDEX_OUTDEV',
  6: 'NFULA_IFINDEX_PHYSINDEV',
  7: 'NFULA_IFINDEX_PHYSOUTDEV',
  8: 'NFULA_HWADDR',
  9: 'NFULA_PAYLOAD',
  10: 'NFULA_PREFIX',
  11: 'NFULA_UID',
  12: 'NFULA_SEQ',
  13: 'NFULA_SEQ_GLOBAL',
  14: 'NFULA_GID',
  15: 'NFULA_HWTYPE',
  16: 'NFULA_HWHEADER',
  17: 'NFULA_HWLEN',
}
const aboutLength = 'Counts the bytes of the item, these four included and its padding not.'
const aboutType = 'Says what the item tells of the packet.'

const F = {
  family: u8('nflog.family', 'Family', {
    at: 0,
    names: { 0: 'Unspecified', 1: 'IPv4/IPv6', 2: 'IPv4', 3: 'ARP', 5: 'Netdev', 7: 'Bridge', 10: 'IPv6', 12: 'DECNET' },
    about: 'Says which kind of packet the firewall looked at, in the numbers of Linux.',
  }),
  version: u8('nflog.version', 'Version', { at: 1, about: 'The version of this header, which is always 0 so far.' }),
  resource: u16('nflog.res_id', 'Resource id', { at: 2, about: 'The number of the log to which the rule sends its packets.' }),
  item: bytes('nflog.tlv', 'TLV', {
    about: 'One item of what the firewall knows of the packet.',
    display: (_get, _value, shown) => {
      const word = (at: number) => Number.parseInt(shown.slice(at * 2, at * 2 + 2), 16)
      const little = word(3) === 0
      const type = (little ? word(2) : word(3)) as keyof typeof types
      return `TLV Type: ${types[type] ?? 'Unknown'} (${type}), Length: ${little ? word(0) + 256 * word(1) : 256 * word(0) + word(1)}`
    },
  }),
  lengthLittle: u16('nflog.tlv_length', 'Length', { little: true, about: aboutLength }),
  lengthBig: u16('nflog.tlv_length', 'Length', { about: aboutLength }),
  typeLittle: u16('nflog.tlv_type', 'Type', {
    little: true,
    mask: 0x7fff,
    names: types,
    about: aboutType,
    display: (_get, value) => `${bitPicture(0x7fff, 2, value)} = Type: ${types[value as keyof typeof types] ?? 'Unknown'} (${value})`,
  }),
  typeBig: u16('nflog.tlv_type', 'Type', { mask: 0x7fff, names: types, about: aboutType }),
  protocol: u16('nflog.protocol', 'HW protocol', {
    base: 'hex',
    names: etherTypes,
    about: 'The Ethernet type of the packet, where its link has one.',
  }),
  hook: u8('nflog.hook', 'Netfilter hook', {
    names: { 0: 'Pre-routing', 1: 'Local in', 2: 'Forward', 3: 'Local out', 4: 'Post-routing', 5: 'Number of hooks' },
    about: 'Says where on its way through the machine the packet was picked out.',
  }),
  indev: u32('nflog.ifindex_indev', 'IFINDEX_INDEV', { about: 'The number of the interface at which the packet came in.' }),
  outdev: u32('nflog.ifindex_outdev', 'IFINDEX_OUTDEV', { about: 'The number of the interface at which the packet goes out.' }),
  physindev: u32('nflog.ifindex_physindev', 'IFINDEX_PHYSINDEV', { about: 'The port of a bridge at which the packet came in.' }),
  physoutdev: u32('nflog.ifindex_physoutdev', 'IFINDEX_PHYSOUTDEV', { about: 'The port of a bridge at which the packet goes out.' }),
  prefix: text('nflog.prefix', 'Prefix', { about: 'A text of the firewall rule that says why the packet was picked out.' }),
  user: i32('nflog.uid', 'UID', { about: 'The number of the user whose program sent the packet.' }),
  userGroup: i32('nflog.gid', 'GID', { about: 'The number of the group of the user whose program sent the packet.' }),
  value: bytes('nflog.tlv_value', 'Value', { about: 'The bytes of an item that is not taken apart.' }),
}

const numbers: Readonly<Record<number, Field>> = { 4: F.indev, 5: F.outdev, 6: F.physindev, 7: F.physoutdev, 11: F.user, 14: F.userGroup }

export const nflog = defineProtocol({
  name: 'nflog',
  title: 'Linux Netfilter NFLOG',
  spec: 'LINKTYPE_NFLOG',
  about: 'Carries packets that a firewall rule of Linux picked out, with what it knows of them.',
  fields: F,
  accepts: { 'frame.encap_type': [141] },
  summary: (get) => get.name(F.family),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const little = isLittle(p)
    let at = HEADER
    let payloadAt = 0
    let payloadLength = 0
    while (p.has(at + ITEM)) {
      const length = little ? p.u8(at) | (p.u8(at + 1) << 8) : p.u16(at)
      const type = (little ? p.u8(at + 2) | (p.u8(at + 3) << 8) : p.u16(at + 2)) & 0x7fff
      if (length < ITEM) return p.malformed(F.item, `of ${length} bytes does not even cover its own start`)
      if (type === PAYLOAD) {
        payloadAt = at + ITEM
        payloadLength = length - ITEM
      } else if (!p.has(at + length)) return p.short(at + length)
      if (p.recording) recordItem(p, at, length, type, little)
      at += (length + 3) & ~3
    }
    p.span(p.available())
    if (payloadAt > 0) p.next(F.family, p.u8(0), payloadAt, payloadLength)
  },
})

/** Lengths are small and the first item is always there, so the byte order shows where its length makes sense. */
function isLittle(p: Dissection): boolean {
  return !p.has(HEADER + ITEM) || p.u8(HEADER + 1) === 0 || p.u8(HEADER) !== 0
}

function recordItem(p: Dissection, at: number, length: number, type: number, little: boolean): void {
  p.open(F.item, at, Math.min(length, p.available() - at))
  p.add(little ? F.lengthLittle : F.lengthBig, at)
  p.add(little ? F.typeLittle : F.typeBig, at + 2)
  const value = at + ITEM
  const number = numbers[type]
  if (type === PACKET && length >= ITEM + 3) {
    p.add(F.protocol, value)
    p.add(F.hook, value + 2)
  } else if (type === PREFIX && length > ITEM) {
    if (p.wants(F.prefix)) p.generateText(F.prefix, decodeText(p.bytes, p.base + value, length - ITEM - 1), value, length - ITEM)
  } else if (number !== undefined && length >= ITEM + 4) p.add(number, value)
  else if (type !== PAYLOAD && length > ITEM) p.add(F.value, value, length - ITEM)
  p.close()
}
