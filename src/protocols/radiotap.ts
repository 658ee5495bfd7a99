// Radiotap: what a wireless card says of a frame that it heard, before the frame itself (radiotap.org, LINKTYPE_IEEE802_11_RADIOTAP).
// All numbers are little endian. A word of flags says which items follow, each at a multiple of its size; the highest bit announces one
// more such word. Of the items only those are read that come first: the time, and the flags that tell whether the frame keeps its checksum.
//
//   0         1    2       4
//   revision  pad  length  present … items …

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, flag, group, u8, u16, u32, u64 } from '../core/protocol.ts'

const HEADER = 8
const HAS_TIME = 1
const HAS_FLAGS = 2
const HAS_CHECK = 0x10
const CHECK = 4
const MOST_WORDS = 16

const F = {
  version: u8('radiotap.version', 'Header revision', { at: 0, about: 'The version of this header, which is always 0 so far.' }),
  pad: u8('radiotap.pad', 'Header pad', { at: 1, about: 'A byte without a meaning that keeps the length in its place.' }),
  length: u16('radiotap.length', 'Header length', { at: 2, little: true, about: 'Counts the bytes of this header, its items included.' }),
  present: group('radiotap.present', 'Present flags', { about: 'Says which items the header holds, a bit for each.' }),
  word: u32('radiotap.present.word', 'Present flags word', {
    little: true,
    base: 'hex',
    about: 'One word of the bits that say which items follow.',
  }),
  time: u64('radiotap.mactime', 'MAC timestamp', {
    little: true,
    about: 'When the card heard the frame, in microseconds of its own clock.',
  }),
  flags: u8('radiotap.flags', 'Flags', { base: 'hex', about: 'Properties of the frame and of how it was sent.' }),
  contentionFree: flag('radiotap.flags.cfp', 'CFP', {
    mask: 0x01,
    about: 'Tells whether the frame was sent in a period free of contention.',
  }),
  preamble: flag('radiotap.flags.preamble', 'Preamble', {
    mask: 0x02,
    states: ['Short', 'Long'],
    about: 'Tells how long the signal before the frame was.',
  }),
  wep: flag('radiotap.flags.wep', 'WEP', { mask: 0x04, about: 'Tells whether the frame was encrypted in the oldest way.' }),
  fragmented: flag('radiotap.flags.frag', 'Fragmentation', {
    mask: 0x08,
    about: 'Tells whether the frame was cut into fragments on the air.',
  }),
  hasCheck: flag('radiotap.flags.fcs', 'FCS at end', {
    mask: HAS_CHECK,
    about: 'Tells whether the frame still ends in its check sequence.',
  }),
  dataPad: flag('radiotap.flags.datapad', 'Data Pad', {
    mask: 0x20,
    about: 'Tells whether the header of the frame is padded to a multiple of four bytes.',
  }),
  badCheck: flag('radiotap.flags.badfcs', 'Bad FCS', { mask: 0x40, about: 'Tells whether the check sequence showed damage.' }),
  shortInterval: flag('radiotap.flags.shortgi', 'Short GI', {
    mask: 0x80,
    about: 'Tells whether the pause between symbols was the short one.',
  }),
  // Never shown: it only selects what follows, as the type of a link does.
  link: u8('', 'Type', { hidden: true, selectsLike: 'frame.encap_type', about: 'The kind of frame that always follows this header.' }),
}

const flags = [F.contentionFree, F.preamble, F.wep, F.fragmented, F.hasCheck, F.dataPad, F.badCheck, F.shortInterval]
const WIRELESS = 20

export const radiotap = defineProtocol({
  name: 'radiotap',
  title: 'Radiotap Header',
  spec: 'radiotap.org',
  about: 'Tells how a wireless card heard the frame that follows.',
  fields: F,
  accepts: { 'frame.encap_type': [23] },
  heading: (get) => `Radiotap Header v${get.text(F.version)}, Length ${get.text(F.length)}`,
  summary: () => 'Radiotap Capture',

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const length = p.u8(2) | (p.u8(3) << 8)
    if (length < HEADER) return p.malformed(F.length, `of ${length} bytes does not even cover its own start`)
    if (!p.has(length)) return p.short(length)
    p.span(length)
    let words = 1
    while (words < MOST_WORDS && HEADER + 4 * words <= length && (p.u8(3 + 4 * words) & 0x80) !== 0) words++
    p.open(F.present, 4, 4 * words)
    for (let i = 0; i < words; i++) p.add(F.word, 4 + 4 * i)
    p.close()
    const check = readItems(p, 4 + 4 * words, length) ? CHECK : 0
    p.next(F.link, WIRELESS, length, p.reported() - length - check)
  },
})

/** Records the first items; true when the frame keeps its check sequence. */
function readItems(p: Dissection, from: number, end: number): boolean {
  const present = p.u8(4)
  let at = from
  if ((present & HAS_TIME) !== 0) {
    at = (at + 7) & ~7
    if (at + 8 > end) return false
    p.add(F.time, at)
    at += 8
  }
  if ((present & HAS_FLAGS) === 0 || at >= end) return false
  p.open(F.flags, at)
  for (const field of flags) p.add(field, at)
  p.close()
  return (p.u8(at) & HAS_CHECK) !== 0
}
