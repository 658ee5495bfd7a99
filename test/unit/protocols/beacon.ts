// Beacon: says who is there. A toy for learning how a protocol is added.
//
//   0              1     2       4
//   version|urgent kind  length  name …

import { defineProtocol, flag, text, u8, u16 } from '../../../src/core/protocol.ts'

const HEADER = 4

const F = {
  version: u8('beacon.version', 'Version', { at: 0, mask: 0xf0, about: 'The version of the protocol, which is always 1 so far.' }),
  urgent: flag('beacon.urgent', 'Urgent', {
    at: 0,
    mask: 0x01,
    states: ['Set', 'Not set'],
    about: 'Tells whether the sender needs help at once.',
  }),
  kind: u8('beacon.kind', 'Kind', {
    at: 1,
    names: { 1: 'Here', 2: 'Leaving' },
    about: 'Says whether the sender is arriving or going away.',
    explain: (value) => (value === 2 ? 'Nobody should expect an answer any more.' : ''),
  }),
  length: u16('beacon.length', 'Length', { at: 2, unit: 'bytes', about: 'Counts the bytes of the name that follows.' }),
  name: text('beacon.name', 'Name', { about: 'What the sender calls itself, chosen by its user.' }),
}

export const beacon = defineProtocol({
  name: 'beacon',
  title: 'Beacon',
  spec: 'none',
  about: 'Says to everybody on the network who is there.',
  fields: F,
  accepts: { 'udp.port': [4711] },
  summary: (get) => `${get.name(F.kind)}: ${get.text(F.name)}`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const length = p.u16(2)
    if (p.u8(0) >> 4 !== 1) return p.malformed(F.version, `is ${p.u8(0) >> 4}, not 1`)
    if (!p.has(HEADER + length)) return p.short(HEADER + length)
    p.add(F.name, HEADER, length)
    p.span(HEADER + length)
    if (p.has(HEADER + length + 1)) p.data(HEADER + length)
  },
})
