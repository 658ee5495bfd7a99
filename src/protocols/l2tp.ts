// Layer 2 Tunneling Protocol, version 2: RFC 2661 3.1. Data messages carry PPP; control messages are shown up to their header.
//
//   0      2         4          6           8     10    12
//   flags  [length]  tunnel ID  session ID  [Ns   Nr]   [offset]  PPP packet

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, flag16, u16 } from '../core/protocol.ts'

const CONTROL = 0x8000
const LENGTH = 0x4000
const SEQUENCE = 0x0800
const OFFSET = 0x0200

const F = {
  flags: u16('l2tp.flags', 'Flags', {
    at: 0,
    base: 'hex',
    about: 'Says which kind of message it is and which optional parts the header has.',
    display: (_get, value, shown) =>
      `Flags: ${shown}, Type: ${(value & CONTROL) !== 0 ? 'Control' : 'Data'} Message${words.map(([mask, word]) => ((value & mask) !== 0 ? `, ${word}` : '')).join('')}`,
  }),
  type: u16('l2tp.type', 'Type', {
    at: 0,
    mask: CONTROL,
    in: 'l2tp.flags',
    names: { 0: 'Data Message', 1: 'Control Message' },
    about: 'Tells the packets of a subscriber from messages about the tunnel.',
  }),
  hasLength: flag16('l2tp.length_bit', 'Length Bit', {
    at: 0,
    mask: LENGTH,
    in: 'l2tp.flags',
    states: ['Length field is present', 'Length field is not present'],
    about: 'Tells whether the header holds the length of the message.',
  }),
  hasSequence: flag16('l2tp.seq_bit', 'Sequence Bit', {
    at: 0,
    mask: SEQUENCE,
    in: 'l2tp.flags',
    states: ['Ns and Nr fields are present', 'Ns and Nr fields are not present'],
    about: 'Tells whether the messages are numbered.',
  }),
  hasOffset: flag16('l2tp.offset_bit', 'Offset bit', {
    at: 0,
    mask: OFFSET,
    in: 'l2tp.flags',
    states: ['Offset Size field is present', 'Offset size field is not present'],
    about: 'Tells whether the packet starts some bytes after the header.',
  }),
  priority: flag16('l2tp.priority', 'Priority', {
    at: 0,
    mask: 0x0100,
    in: 'l2tp.flags',
    states: ['This data message has priority', 'No priority'],
    about: 'Tells whether the message should be sent before others.',
  }),
  version: u16('l2tp.version', 'Version', { at: 0, mask: 0x000f, in: 'l2tp.flags', about: 'The version of the protocol, 2 or 3.' }),
  length: u16('l2tp.length', 'Length', { about: 'Counts the bytes of the whole message, header included.' }),
  tunnel: u16('l2tp.tunnel', 'Tunnel ID', { about: 'Names the tunnel at its receiving end.' }),
  session: u16('l2tp.session', 'Session ID', { about: 'Names the subscriber inside the tunnel.' }),
  sent: u16('l2tp.Ns', 'Ns', { about: 'The number of this message in its tunnel or session.' }),
  expected: u16('l2tp.Nr', 'Nr', { about: 'The number of the message that the sender waits for.' }),
  offset: u16('l2tp.offset', 'Offset', { about: 'Counts the bytes of padding before the packet.' }),
}

const words: readonly (readonly [number, string])[] = [
  [LENGTH, 'Length Bit'],
  [SEQUENCE, 'Sequence Bit'],
  [OFFSET, 'Offset bit'],
  [0x0100, 'Priority'],
]

export const l2tp = defineProtocol({
  name: 'l2tp',
  title: 'Layer 2 Tunneling Protocol',
  column: 'L2TP',
  spec: 'RFC 2661',
  about: 'Carries the connections of subscribers from an access point to their provider.',
  fields: F,
  accepts: { 'udp.dstport': [1701] },
  summary: (get) =>
    `${get.number(F.type) === 1 ? 'Control' : 'Data'} Message${get.has(F.tunnel) ? ` (tunnel id=${get.text(F.tunnel)}, session id=${get.text(F.session)})` : ''}`,

  dissect(p) {
    if (!p.has(2)) return p.short(2)
    p.header()
    const flags = p.u16(0)
    if ((flags & 0x0f) !== 2) return p.data(2)
    const at = header(p, flags)
    if (at < 0) return
    if ((flags & CONTROL) !== 0) p.span(p.available())
    else {
      p.span(at)
      p.next(F.type, 0, at)
    }
  },
})

/** Records the rest of the header; returns where the payload starts, or -1. */
function header(p: Dissection, flags: number): number {
  let at = 2
  const room = 2 + ((flags & LENGTH) !== 0 ? 2 : 0) + 4 + ((flags & SEQUENCE) !== 0 ? 4 : 0) + ((flags & OFFSET) !== 0 ? 2 : 0)
  if (!p.has(room)) {
    p.short(room)
    return -1
  }
  if ((flags & LENGTH) !== 0) {
    p.limit(Math.max(p.number(F.length, at), room))
    at += 2
  }
  p.add(F.tunnel, at)
  p.add(F.session, at + 2)
  at += 4
  if ((flags & SEQUENCE) !== 0) {
    p.add(F.sent, at)
    p.add(F.expected, at + 2)
    at += 4
  }
  if ((flags & OFFSET) !== 0) at += 2 + p.number(F.offset, at)
  return at
}
