// Frame: no protocol of the wire but what the capture file says of a packet, and the root from which dissection starts. Its rows have no
// bytes. Times follow ../files: whole seconds and nanoseconds as the file states them, not normalised.

import type { Clock, Dissection } from '../core/dissect.ts'
import { defineProtocol, duration, type Field, flag, flag32, i8, i16, text, time, u32 } from '../core/protocol.ts'
import { bitPicture } from '../core/tree.ts'
import { encapsulationNames, encapsulations } from './names/link-types.ts'
import { dateText } from './names/times.ts'

/** Interface id and link type of records that are no packets: pcapng custom blocks. */
const NO_INTERFACE = -1
const NO_TIME = -1
/** Two bits of the link-layer flags. */
const INBOUND = 1
const OUTBOUND = 2
const NANOSECONDS = 1_000_000_000
/** Beyond this Date cannot count (year 275760). */
const LAST_DATE = 8_640_000_000_000

const bits = (value: number) => `${value} byte${value === 1 ? '' : 's'} (${value * 8} bits)`

const receptions: Readonly<Record<number, string>> = { 0: 'Not specified', 1: 'Unicast', 2: 'Multicast', 3: 'Broadcast', 4: 'Promiscuous' }

/** ".... .... .... .... .... .... .... ..01 = Direction: Inbound (0x1)": the row's number is shifted already. */
const pictured = (mask: number, value: number, text: string) => `${bitPicture(mask, 4, value * ((mask & -mask) >>> 0))} = ${text}`

const error = (name: string, label: string, mask: number) =>
  flag32(`frame.packet_flags_${name}`, label, {
    mask,
    in: 'frame.packet_flags',
    states: ['Set', 'Not set'],
    display: (_get, value) => pictured(mask, value, `${label}: ${value === 0 ? 'Not set' : 'Set'}`),
    about: `Tells whether the network card noticed this fault: ${label[0]!.toLowerCase()}${label.slice(1)}.`,
  })

const errors = {
  checkError: error('crc_error', 'CRC error', 0x0100_0000),
  tooLong: error('packet_too_error', 'Packet too long error', 0x0200_0000),
  tooShort: error('packet_too_short_error', 'Packet too short error', 0x0400_0000),
  wrongGap: error('wrong_inter_frame_gap_error', 'Wrong interframe gap error', 0x0800_0000),
  unaligned: error('unaligned_frame_error', 'Unaligned frame error', 0x1000_0000),
  wrongStart: error('start_frame_delimiter_error', 'Start frame delimiter error', 0x2000_0000),
  wrongPreamble: error('preamble_error', 'Preamble error', 0x4000_0000),
  wrongSymbol: error('symbol_error', 'Symbol error', 0x8000_0000),
}

const F = {
  sectionNumber: u32('frame.section_number', 'Section number', {
    about: 'Counts the sections of the capture file, which arise when files are joined.',
  }),
  interfaceId: u32('frame.interface_id', 'Interface id', {
    about: 'Says on which of the network interfaces in the file this packet was captured.',
    display: (get, _value, shown): string => {
      const name = get.text(F.interfaceName)
      return `Interface id: ${shown} (${name})`
    },
  }),
  interfaceName: text('frame.interface_name', 'Interface name', {
    in: 'frame.interface_id',
    about: 'The name of the network interface that the packet was captured on, such as eth0 or lo.',
  }),
  interfaceDescription: text('frame.interface_description', 'Interface description', {
    in: 'frame.interface_id',
    about: 'A longer name of the interface that the capturing system gave it.',
  }),
  flags: u32('frame.packet_flags', 'Packet flags', {
    base: 'hex',
    about: 'What the network card said of the packet, where the capture file keeps it.',
  }),
  direction: u32('frame.packet_flags_direction', 'Direction', {
    mask: 0x3,
    base: 'hex',
    in: 'frame.packet_flags',
    names: { 0: 'Unknown', 1: 'Inbound', 2: 'Outbound' },
    about: 'Tells whether the packet came in or went out through the interface.',
    display: (_get, value) => pictured(0x3, value, `Direction: ${['Unknown', 'Inbound', 'Outbound'][value] ?? 'Unknown'} (0x${value})`),
  }),
  reception: u32('frame.packet_flags_reception_type', 'Reception type', {
    mask: 0x1c,
    in: 'frame.packet_flags',
    names: receptions,
    about: 'Says why the interface took the packet: for itself, for a group, for all.',
    display: (_get, value) => pictured(0x1c, value, `Reception type: ${receptions[value] ?? 'Unknown'} (${value})`),
  }),
  checkLength: u32('frame.packet_flags_fcs_length', 'FCS length', {
    mask: 0x1e0,
    in: 'frame.packet_flags',
    about: 'Counts the bytes of the frame check sequence at the end; zero where nothing is known.',
    display: (_get, value) => pictured(0x1e0, value, `FCS length: ${value}`),
  }),
  reserved: u32('frame.packet_flags_reserved', 'Reserved', {
    mask: 0xfe00,
    in: 'frame.packet_flags',
    about: 'Bits that have no meaning so far.',
    display: (_get, value) => pictured(0xfe00, value, `Reserved: ${value}`),
  }),
  ...errors,
  encapsulation: i16('frame.encap_type', 'Encapsulation type', {
    names: encapsulationNames,
    about: 'Says which protocol the first byte of the packet belongs to; the capture file states it, not the packet.',
  }),
  arrival: time('frame.time', 'Arrival Time', {
    about: 'The date and time at which the packet was captured, in universal time.',
    display: (_get, _value, shown) => `Arrival Time: ${shown}`,
  }),
  shift: duration('frame.offset_shift', 'Time shift for this packet', {
    generated: true,
    about: 'How far the time of this packet was moved by hand; always zero here, because times are shown as recorded.',
  }),
  epoch: duration('frame.time_epoch', 'Epoch Time', {
    about: 'The capture time as seconds since the first moment of 1970 in universal time.',
  }),
  delta: duration('frame.time_delta', 'Time delta from previous captured frame', {
    generated: true,
    about: 'How long after the packet before it in the file this one was captured.',
  }),
  deltaDisplayed: duration('frame.time_delta_displayed', 'Time delta from previous displayed frame', {
    generated: true,
    about: 'How long after the packet before it in the current view this one was captured.',
  }),
  relative: duration('frame.time_relative', 'Time since reference or first frame', {
    generated: true,
    about: 'How long after the first packet of the file this one was captured.',
  }),
  number: u32('frame.number', 'Frame Number', { about: 'The place of the packet in the capture, counted from 1.' }),
  length: u32('frame.len', 'Frame Length', {
    about: 'How many bytes the packet had on the wire, captured or not.',
    display: (_get, value) => `Frame Length: ${bits(value)}`,
  }),
  captured: u32('frame.cap_len', 'Capture Length', {
    about: 'How many bytes of the packet the capture kept.',
    display: (_get, value) => `Capture Length: ${bits(value)}`,
    explain: (value, get): string =>
      value < get.number(F.length) ? `The last ${get.number(F.length) - value} bytes were not kept, so they cannot be shown.` : '',
  }),
  marked: flag('frame.marked', 'Frame is marked', {
    generated: true,
    about: 'Tells whether somebody marked the packet in an interface; never set here.',
  }),
  ignored: flag('frame.ignored', 'Frame is ignored', {
    generated: true,
    about: 'Tells whether the packet is left out of the analysis; never set here.',
  }),
  pointDirection: i8('frame.p2p_dir', 'Point-to-Point Direction', {
    names: { 0: 'Sent', 1: 'Received' },
    about: 'Tells whether this machine sent the packet or received it.',
    display: (_get, value) => `Point-to-Point Direction: ${value === 0 ? 'Sent' : 'Received'} (${value})`,
  }),
  protocols: text('frame.protocols', 'Protocols in frame', {
    generated: true,
    about: 'Lists the protocols that were found in the packet, outermost first.',
  }),
}

export const frame = defineProtocol({
  name: 'frame',
  title: 'Frame',
  spec: 'capture file',
  about: 'What the capture file says about the packet, before any of its bytes are read.',
  fields: F,

  column: 'Unknown',
  // Shown only when no protocol within has anything to say: nobody knows the link type.
  summary: (get) => `Packets of this kind are not taken apart: ${get.name(F.encapsulation)}`,
  heading(get) {
    const name = get.text(F.interfaceName)
    const on = get.has(F.interfaceId) ? ` on interface ${name}, id ${get.number(F.interfaceId)}` : ''
    const wire = get.number(F.length)
    const kept = get.number(F.captured)
    const way = get.has(F.pointDirection) ? (get.number(F.pointDirection) === 0 ? ' (outbound)' : ' (inbound)') : ''
    return `Frame ${get.number(F.number)}: ${words(wire, 'on wire')}, ${words(kept, 'captured')}${on}${way}`
  },

  dissect(p) {
    p.span(p.captured)
    const encapsulation = encapsulations[p.linkType] ?? 0
    if (p.concerned()) describe(p, encapsulation)
    if (p.interfaceId === NO_INTERFACE) p.data(0)
    else p.next(F.encapsulation, encapsulation, 0)
  },

  finish(p) {
    if (!p.wants(F.protocols)) return
    const { rows } = p
    for (let row = 0; row < rows.count && rows.layer[row] === 0; row++)
      if (rows.field[row] === F.protocols.id) rows.texts.set(row, protocolChain(p))
  },
})

function words(count: number, where: string): string {
  return `${count} byte${count === 1 ? '' : 's'} ${where} (${count * 8} bits)`
}

function describe(p: Dissection, encapsulation: number): void {
  if (p.showsInterfaces && p.interfaceId !== NO_INTERFACE) {
    const described = p.interfaces[p.interfaceId]
    p.generate(F.sectionNumber, (described?.section ?? 0) + 1)
    p.nest(p.generate(F.interfaceId, p.interfaceId))
    p.generateText(F.interfaceName, described?.name ?? 'unknown')
    if (described?.description !== undefined) p.generateText(F.interfaceDescription, described.description)
    p.close()
  }
  const flags = p.clock?.flags?.(p.packet) ?? -1
  if (flags >= 0) describeFlags(p, flags)
  p.generate(F.encapsulation, encapsulation)
  if (p.nanos !== NO_TIME) describeTime(p)
  p.generate(F.number, p.packet)
  p.generate(F.length, p.length)
  p.generate(F.captured, p.captured)
  p.generate(F.marked, 0)
  p.generate(F.ignored, 0)
  const direction = flags < 0 ? 0 : flags & 3
  if (direction === INBOUND || direction === OUTBOUND) p.generate(F.pointDirection, direction === INBOUND ? 1 : 0)
  p.generateText(F.protocols, '')
}

/** draft-ietf-opsawg-pcapng 4.3.1. */
function describeFlags(p: Dissection, flags: number): void {
  p.nest(p.generate(F.flags, flags))
  p.generate(F.direction, flags & 3)
  p.generate(F.reception, (flags >>> 2) & 7)
  p.generate(F.checkLength, (flags >>> 5) & 15)
  p.generate(F.reserved, (flags >>> 9) & 127)
  for (const fault of Object.values(errors)) p.generate(fault, (flags & fault.mask) !== 0 ? 1 : 0)
  p.close()
}

function describeTime(p: Dissection): void {
  if (p.wants(F.arrival)) p.generateText(F.arrival, arrivalText(p.seconds, p.nanos))
  span(p, F.shift, 0, 0)
  span(p, F.epoch, p.seconds, p.nanos)
  const { clock } = p
  if (clock === null) return
  const before = p.packet > 1 ? p.packet - 1 : 1
  since(p, F.delta, clock, before)
  // What is displayed is the front end's affair; without one, all packets are.
  since(p, F.deltaDisplayed, clock, before)
  since(p, F.relative, clock, 1)
}

/** Records the time since packet `from`. */
function since(p: Dissection, field: Field, clock: Clock, from: number): void {
  const fromNanos = clock.nanos(from)
  if (fromNanos === NO_TIME) {
    span(p, field, 0, 0)
    return
  }
  let seconds = p.seconds - clock.seconds(from)
  let nanos = p.nanos - fromNanos
  // Both parts carry the same sign, as Wireshark's nstime_delta leaves them.
  if (seconds > 0 && nanos < 0) {
    seconds--
    nanos += NANOSECONDS
  } else if (seconds < 0 && nanos > 0) {
    seconds++
    nanos -= NANOSECONDS
  }
  span(p, field, seconds, nanos)
}

/** Records a duration with all its digits; the number behind it is as near as a double comes. */
function span(p: Dissection, field: Field, seconds: number, nanos: number): void {
  if (!p.wants(field)) return
  const row = p.generateText(field, secondsText(seconds, nanos))
  if (row >= 0) p.rows.value[row] = seconds + nanos / NANOSECONDS
}

/** Nine decimals at least; a sub-second part out of range is written as it is, and a negative one moves its sign to the front. */
export function secondsText(seconds: number, nanos: number): string {
  const sign = nanos < 0 || seconds < 0 ? '-' : ''
  return `${sign}${BigInt(Math.abs(seconds))}.${String(Math.abs(nanos)).padStart(9, '0')}`
}

/** A date, or the bare number where it lies beyond what dates can say. */
function arrivalText(seconds: number, nanos: number): string {
  return seconds > LAST_DATE ? secondsText(seconds, nanos) : dateText(seconds, Math.abs(nanos))
}

/** "eth:ethertype:ip:tcp": Wireshark's names of the layers, with the steps that have none of their own. */
function protocolChain(p: Dissection): string {
  let chain = ''
  for (let layer = 1; layer < p.layers; layer++) {
    const { name } = p.registry.protocols[p.layerProtocol[layer]!]!
    chain += chain === '' ? name : `:${name}`
    const step = p.layerVia[layer]!
    if (step !== '') chain += `:${step}`
  }
  return chain
}
