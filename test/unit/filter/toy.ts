// A small registry of its own, so that the language is tested on every type of field without any real protocol.
//
//     box: kind(1) flags(1) source(4) target(4) srcport(2) dstport(2) level(1, signed) big(8) mac(6) six(16) name length(1) name …
//
// Behind a box of kind 4 lies another box, behind kind 1 a note: text up to the end.

import { Dissection } from '../../../src/core/dissect.ts'
import { notes } from '../../../src/core/note.ts'
import {
  bytes,
  defineProtocol,
  double,
  duration,
  ether,
  type Field,
  flag,
  group,
  i8,
  ipv4,
  ipv6,
  text,
  time,
  u8,
  u16,
  u32,
  u64,
} from '../../../src/core/protocol.ts'
import { createRegistry } from '../../../src/core/registry.ts'
import { checkFilter, compileFilter, planOf } from '../../../src/filter/index.ts'
import { StreamMemory } from '../../../src/streams/index.ts'

const about = 'A field that exists only for the tests of the filter language.'

const frameFields = {
  number: u32('frame.number', 'Number', { about }),
  length: u32('frame.len', 'Length', { about }),
  time: time('frame.time', 'Time', { about }),
  epoch: duration('frame.time_epoch', 'Epoch', { about }),
}

const boxFields = {
  kind: u8('box.kind', 'Kind', { about, at: 0, names: { 1: 'Note', 4: 'Box in Box', 6: 'Odd "one"' } }),
  flags: u8('box.flags', 'Flags', { about, at: 1 }),
  red: flag('box.flags.red', 'Red', { about, at: 1, mask: 0x80, states: ['Set', 'Not set'] }),
  blue: flag('box.flags.blue', 'Blue', { about, at: 1, mask: 0x01 }),
  source: ipv4('box.src', 'Source', { about, at: 2, also: ['box.addr'] }),
  target: ipv4('box.dst', 'Target', { about, at: 6, also: ['box.addr'] }),
  from: u16('box.srcport', 'From', { about, at: 10, also: ['box.port'] }),
  to: u16('box.dstport', 'To', { about, at: 12, also: ['box.port'] }),
  level: i8('box.level', 'Level', { about, at: 14 }),
  big: u64('box.big', 'Big', { about, at: 15 }),
  mac: ether('box.mac', 'Mac', { about, at: 23 }),
  six: ipv6('box.six', 'Six', { about, at: 29 }),
  name: text('box.name', 'Name', { about }),
  said: text('box.said', 'Said', { about, generated: true }),
  rest: bytes('box.rest', 'Rest', { about }),
  delay: duration('box.delay', 'Delay', { about, generated: true }),
  when: time('box.when', 'When', { about, generated: true }),
  share: double('box.share', 'Share', { about, generated: true }),
  mark: group('box.mark', 'Mark', { about }),
}
const noteFields = { words: text('note.text', 'Text', { about }) }

const HEADER = 45

export const note = defineProtocol({
  name: 'note',
  title: 'Note',
  spec: 'none',
  about,
  fields: noteFields,
  accepts: { 'box.kind': [1] },
  dissect: (p) => {
    p.add(noteFields.words, 0, p.available())
  },
})

export const box = defineProtocol({
  name: 'box',
  title: 'Box',
  spec: 'none',
  about,
  fields: boxFields,
  accepts: { 'box.kind': [4] },
  dissect(p) {
    const F = boxFields
    if (!p.has(HEADER + 1)) return p.short(HEADER + 1)
    p.header()
    const length = p.u8(HEADER)
    p.add(F.name, HEADER + 1, length)
    if (p.wants(F.said)) p.generateText(F.said, `box of kind ${p.u8(0)}`)
    p.generate(F.delay, p.u8(14) / 1000)
    if (p.wants(F.when)) p.generateText(F.when, '2023-11-07 05:46:40.250Z')
    p.generate(F.share, p.u8(1) / 2)
    if (p.u8(1) === 0) p.add(F.mark, 1, 1)
    const end = HEADER + 1 + length
    p.add(F.rest, end, p.available() - end)
    p.span(end)
    if (p.available() > end) p.next(F.kind, p.u8(0), end)
  },
})

const data = defineProtocol({ name: 'data', title: 'Data', spec: 'none', about, fields: {}, dissect() {} })

export const frame = defineProtocol({
  name: 'frame',
  title: 'Frame',
  spec: 'none',
  about,
  fields: frameFields,
  dissect(p) {
    p.span(p.captured)
    p.generate(frameFields.number, p.packet)
    p.generate(frameFields.length, p.length)
    if (p.wants(frameFields.time)) p.generateText(frameFields.time, 'made by the test')
    if (p.wants(frameFields.epoch)) p.generateText(frameFields.epoch, `${p.seconds}.${String(p.nanos).padStart(9, '0')}`)
    if (p.available() > 0 && p.u8(0) !== 0) p.follow(box, 0)
  },
})

export const registry = createRegistry({ root: frame, data, protocols: [notes, box, note] })

export interface BoxParts {
  readonly kind?: number
  readonly flags?: number
  readonly source?: readonly [number, number, number, number]
  readonly target?: readonly [number, number, number, number]
  readonly from?: number
  readonly to?: number
  readonly level?: number
  readonly big?: bigint
  readonly name?: string
  readonly rest?: Uint8Array
}

export const SIX = '2001:db8::1234'

export function makeBox(parts: BoxParts = {}): Uint8Array {
  const name = new TextEncoder().encode(parts.name ?? '')
  const rest = parts.rest ?? new Uint8Array(0)
  const out = new Uint8Array(HEADER + 1 + name.length + rest.length)
  const view = new DataView(out.buffer)
  out[0] = parts.kind ?? 9
  out[1] = parts.flags ?? 0
  out.set(parts.source ?? [10, 0, 0, 1], 2)
  out.set(parts.target ?? [10, 0, 0, 2], 6)
  view.setUint16(10, parts.from ?? 40_000)
  view.setUint16(12, parts.to ?? 80)
  view.setInt8(14, parts.level ?? 0)
  view.setBigUint64(15, parts.big ?? 0n)
  out.set([0x00, 0x11, 0x22, 0x33, 0x44, 0x55], 23)
  out.set([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34], 29)
  out[HEADER] = name.length
  out.set(name, HEADER + 1)
  out.set(rest, HEADER + 1 + name.length)
  return out
}

const memory = new StreamMemory(registry, () => 0)

/** Do the filter and the packet go together? Recorded once in full and once with the filter's own plan; both must agree. */
export function matches(filter: string, packet: Uint8Array, seconds = 1_699_336_000, nanos = 250_000_001): boolean {
  const checked = checkFilter(filter, registry)
  if (!checked.ok) throw new Error(`${filter}: ${checked.message}`)
  const compiled = compileFilter(checked.filter)
  const facts = { packet: 7, captured: packet.length, length: packet.length, seconds, nanos, interfaceId: 0 }
  const d = new Dissection(registry, memory)
  d.record(packet, 0, facts, 1, planOf(compiled.fields, registry))
  const planned = compiled.matches(d)
  const held = new Set(Array.from(d.layerProtocol.subarray(0, d.layers)))
  const may = compiled.mayMatch((id) => held.has(id))
  d.record(packet, 0, facts, 1)
  if (compiled.matches(d) !== planned) throw new Error(`${filter}: another answer with a plan than without`)
  if (planned && !may) throw new Error(`${filter}: matches a packet that was ruled out`)
  const framed = compiled.matchesFrame?.(packet, 0, packet.length)
  if (framed !== undefined && framed !== planned) throw new Error(`${filter}: another answer from the frame's bytes`)
  return planned
}

/** What is said of a wrong filter: message, the words that it points at, the repair. */
export function mistake(filter: string): { message: string; at: string; fix: string | undefined } {
  const checked = checkFilter(filter, registry)
  if (checked.ok) throw new Error(`${filter} is right`)
  return { message: checked.message, at: filter.slice(checked.start, checked.end), fix: checked.fix }
}

export function fieldCalled(name: string): Field {
  return registry.find(name)![0]!
}
