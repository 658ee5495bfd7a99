// MACsec, the security tag of Ethernet frames: IEEE 802.1AE 9.
//
//   0                1             2              6                14
//   control|channel  short length  packet number  [sender's name]  type … payload … integrity check

import { bytes, defineProtocol, ether, flag, u8, u16, u32 } from '../core/protocol.ts'
import { bitPicture } from '../core/tree.ts'
import { etherTypes } from './names/ethertypes.ts'

const HEADER = 6
const NAME = 8
const CHECK = 16
const HAS_NAME = 0x20
/** Encrypted, or changed in another way: the payload cannot be read. */
const HIDDEN = 0x0c
const setOrNot: readonly [string, string] = ['Set', 'Not set']

const F = {
  control: u8('macsec.TCI', 'TCI', {
    at: 0,
    mask: 0xfc,
    base: 'hex',
    about: 'Bits that say how the frame is protected and who sent it.',
    display: (_get, value, shown) => {
      const words = [`VER: 0x${(value >> 5).toString(16)}`]
      for (const [bit, word] of [
        [0x10, 'ES'],
        [0x08, 'SC'],
        [0x04, 'SCB'],
        [0x02, 'E'],
        [0x01, 'C'],
      ] as const)
        if ((value & bit) !== 0) words.push(word)
      return `${bitPicture(0xfc, 1, value << 2)} = TCI: ${shown}, ${words.join(', ')}`
    },
  }),
  version: u8('macsec.TCI.V', 'VER', {
    at: 0,
    mask: 0x80,
    base: 'hex',
    in: 'macsec.TCI',
    about: 'The version of the protocol, which is always 0 so far.',
  }),
  endStation: flag('macsec.TCI.ES', 'ES', {
    at: 0,
    mask: 0x40,
    in: 'macsec.TCI',
    states: setOrNot,
    about: "Tells that the sender's name follows from the source address of the frame.",
  }),
  hasName: flag('macsec.TCI.SC', 'SC', {
    at: 0,
    mask: HAS_NAME,
    in: 'macsec.TCI',
    states: setOrNot,
    about: "Tells whether the tag holds the sender's name.",
  }),
  broadcast: flag('macsec.TCI.SCB', 'SCB', {
    at: 0,
    mask: 0x10,
    in: 'macsec.TCI',
    states: setOrNot,
    about: 'Marks a frame that a passive optical network sends to everybody at once.',
  }),
  encrypted: flag('macsec.TCI.E', 'E', {
    at: 0,
    mask: 0x08,
    in: 'macsec.TCI',
    states: setOrNot,
    about: 'Tells whether the payload is encrypted.',
  }),
  changed: flag('macsec.TCI.C', 'C', {
    at: 0,
    mask: 0x04,
    in: 'macsec.TCI',
    states: setOrNot,
    about: 'Tells whether the payload differs from what the sender was given, as encryption makes it.',
  }),
  association: u8('macsec.AN', 'AN', {
    at: 0,
    mask: 0x03,
    base: 'hex',
    about: 'Says which of four keys of the channel protects the frame.',
  }),
  shortLength: u8('macsec.SL', 'Short length', {
    at: 1,
    about: 'Counts the protected bytes where they are fewer than 48, and is zero otherwise.',
  }),
  number: u32('macsec.PN', 'Packet number', {
    at: 2,
    about: 'Grows with every frame, so that none can be sent a second time by somebody else.',
  }),
  system: ether('macsec.SCI.system_identifier', 'System Identifier', {
    about: 'The hardware address of the machine that protected the frame.',
  }),
  port: u16('macsec.SCI.port_identifier', 'Port Identifier', { about: 'Tells apart several ports of that machine.' }),
  type: u16('macsec.etype', 'Ethertype', {
    base: 'hex',
    selectsLike: 'eth.type',
    about: 'Says which protocol the payload belongs to; readable where nothing is encrypted.',
    explain: (value) => etherTypes[value] ?? '',
  }),
  check: bytes('macsec.ICV', 'ICV', {
    about: 'A keyed checksum over the frame, with which the receiver finds forgery.',
    display: (_get, _value, shown) => `ICV: ${shown.replaceAll(':', '')}`,
  }),
}

export const macsec = defineProtocol({
  name: 'macsec',
  title: '802.1AE Security tag',
  spec: 'IEEE 802.1AE',
  about: 'Protects Ethernet frames between neighbours against forgery and, if wanted, reading.',
  fields: F,
  accepts: { 'eth.type': [0x88e5] },
  admits: (bytes, start, end) => end - start > headerLength(bytes[start] ?? 0) + CHECK,
  summary: () => 'MACsec frame',

  dissect(p) {
    const control = p.has(1) ? p.u8(0) : 0
    const header = headerLength(control)
    if (!p.has(header)) return p.short(header)
    p.header()
    if (header > HEADER) {
      p.add(F.system, HEADER)
      p.add(F.port, HEADER + 6)
    }
    const short = p.u8(1)
    const rest = p.reported() - header - CHECK
    const payload = short > 0 && short < 48 && short <= rest ? short : rest
    const clear = (control & HIDDEN) === 0
    p.span(header)
    if (payload <= 0) return p.data(header)
    if (p.recording && p.has(header + payload + CHECK)) p.add(F.check, header + payload, CHECK)
    if (!clear || payload < 2 || !p.has(header + 2)) return p.data(header, payload)
    p.add(F.type, header)
    p.span(header + 2)
    p.via('ethertype')
    p.next(F.type, p.u16(header), header + 2, payload - 2)
    p.limit(header + payload + CHECK)
  },
})

function headerLength(control: number): number {
  return (control & HAS_NAME) !== 0 ? HEADER + NAME : HEADER
}
