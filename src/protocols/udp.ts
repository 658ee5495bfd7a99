// User Datagram Protocol: RFC 768; jumbograms: RFC 2675 4.
//
//   0            2                 4       6         8
//   source port  destination port  length  checksum  payload

import { rightChecksum } from '../bytes/checksum.ts'
import { type Column, column32 } from '../bytes/columns.ts'
import type { Dissection } from '../core/dissect.ts'
import { KIND_UDP, type Memory } from '../core/memory.ts'
import { GROUP_CHECKSUM, SEVERITY_ERROR } from '../core/note.ts'
import { bytes, defineProtocol, duration, type Get, group, u8, u16, u32 } from '../core/protocol.ts'
import { transportChecksum } from '../core/pseudo-header.ts'
import { checksumStates } from './names/checksum.ts'

const HEADER = 8
const UDP = 17
const BAD = 0
const GOOD = 1
const UNVERIFIED = 2
const NOT_PRESENT = 3
const ILLEGAL = 4
/** Transport layers of a packet that are told apart. */
const OCCURRENCES = 64

const F = {
  source: u16('udp.srcport', 'Source Port', {
    at: 0,
    also: ['udp.port'],
    about: 'The port of the program that sent the datagram; answers go back to it.',
  }),
  destination: u16('udp.dstport', 'Destination Port', {
    at: 2,
    also: ['udp.port'],
    about: 'The port of the program that is to take the datagram.',
  }),
  length: u16('udp.length', 'Length', { at: 4, about: 'Counts the bytes of this header and of the payload together.' }),
  checksum: u16('udp.checksum', 'Checksum', {
    at: 6,
    base: 'hex',
    about: 'A sum over addresses, header and payload, with which the receiver finds damage.',
    display: (get, value, shown): string => {
      if (value !== 0) return `Checksum: ${shown}${checksumVerdict(get)}`
      return `Checksum: ${shown} [zero-value ${get.number(F.checksumStatus) === ILLEGAL ? 'illegal' : 'ignored'}]`
    },
    explain: (value, get): string => {
      if (value === 0) return 'Zero means that the sender did not calculate a checksum.'
      return get.has(F.badChecksum)
        ? 'It does not fit the bytes. Captured on the machine that sends, that is no fault: the network card fills it in after the capture (checksum offload). Captured elsewhere, the datagram was damaged.'
        : ''
    },
  }),
  rightChecksum: u16('udp.checksum_calculated', 'Calculated Checksum', {
    generated: true,
    base: 'hex',
    about: 'What the checksum should be by the bytes of the datagram; worked out where checksums are verified.',
  }),
  badChecksum: group('udp.checksum.bad', 'Bad checksum', {
    generated: true,
    about: 'Marks a datagram whose bytes do not add up to its checksum.',
  }),
  checksumStatus: u8('udp.checksum.status', 'Checksum Status', {
    generated: true,
    names: checksumStates,
    about: 'Tells whether the checksum was compared with the bytes; it is not unless asked for.',
    display: (_get, value) => `Checksum Status: ${checksumStates[value]}`,
  }),
  zeroChecksum: group('udp.checksum.zero', 'Illegal checksum value (0)', {
    about: 'Marks a datagram over IPv6 without a checksum, which must have one there.',
  }),
  badLength: group('udp.length.bad', 'Bad length value', {
    about: 'Marks a datagram whose length cannot be right.',
  }),
  stream: u32('udp.stream', 'Stream index', {
    generated: true,
    about: 'Numbers the conversations between two addresses and ports in this capture, from 0.',
  }),
  times: group('', 'Timestamps', { generated: true, about: 'When the datagram came, measured against the others of its conversation.' }),
  sinceFirst: duration('udp.time_relative', 'Time since first frame', {
    generated: true,
    about: 'How long after the first packet of this conversation this one came.',
    display: (_get, _value, shown) => `Time since first frame: ${shown} seconds`,
  }),
  sincePrevious: duration('udp.time_delta', 'Time since previous frame', {
    generated: true,
    about: 'How long after the packet before it in this conversation this one came.',
    display: (_get, _value, shown) => `Time since previous frame: ${shown} seconds`,
  }),
  payload: bytes('udp.payload', 'Payload', {
    about: 'The bytes that the datagram carries for the programs at its ends.',
    display: (_get, _value, shown) => `UDP payload (${shown.length / 2} byte${shown.length === 2 ? '' : 's'})`,
  }),
}

export const udp = defineProtocol({
  name: 'udp',
  title: 'User Datagram Protocol',
  spec: 'RFC 768',
  about: 'Carries single messages between programs, without checking that they arrive.',
  fields: F,
  accepts: { 'ip.proto': [17] },
  heading: (get) => `User Datagram Protocol, Src Port: ${get.text(F.source)}, Dst Port: ${get.text(F.destination)}`,
  summary: (get) => {
    const length = get.number(F.length)
    const bad = get.has(F.badChecksum) ? ' [UDP CHECKSUM INCORRECT]' : ''
    return `${get.text(F.source)} → ${get.text(F.destination)} Len=${length === 0 ? 0 : Math.max(0, length - HEADER)}${bad}`
  },

  track(p, memory) {
    if (!p.has(4)) return
    const flow = memory.converse(p, KIND_UDP, p.u16(0), p.u16(2))
    noteTurn(p, memory, flow >> 1)
    if (!p.quoted && p.has(HEADER + 1)) memory.datagrams.see(p, flow, HEADER, F.destination, p.u16(0), p.u16(2))
  },

  dissect(p) {
    const occurrence = p.transports
    if (p.has(4)) p.transports++
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    let length = p.u16(4)
    // Zero stands for "more than 65535" (RFC 2675 4), and for nothing in an ordinary datagram.
    if (length === 0 && p.reported() > 0xffff) length = p.reported()
    if (length < HEADER || (length > p.reported() && !p.quoted)) {
      p.note(SEVERITY_ERROR, `Bad length value ${length} ${length < HEADER ? `< ${HEADER}` : '> IP payload length'}`, 4, 0, F.badLength)
      if (length < HEADER) return p.data(HEADER)
    }
    p.limit(length)
    if (p.recording) recordChecksum(p)
    if (p.recording) {
      const flow = p.memory.flowOf(p.packet, occurrence)
      if (flow >= 0) p.generate(F.stream, p.memory.streamOf(flow), HEADER, 0)
      if (flow >= 0) recordTimes(p, flow >> 1, occurrence)
    }
    if (p.available() > HEADER) p.add(F.payload, HEADER, p.available() - HEADER)
    // What the bytes say counts before what the ports say.
    const recognised = p.memory.datagrams.protocolOf(p.memory.flowOf(p.packet, occurrence), p.packet)
    if (recognised >= 0) return p.follow(p.registry.protocols[recognised]!, HEADER)
    const low = Math.min(p.u16(0), p.u16(2))
    const high = Math.max(p.u16(0), p.u16(2))
    if (p.knows(F.destination, low)) p.next(F.destination, low, HEADER)
    else p.next(F.destination, high, HEADER)
  },
})

function checksumVerdict(get: Get): string {
  if (get.has(F.badChecksum)) {
    const right = get.number(F.rightChecksum).toString(16).padStart(4, '0')
    return ` incorrect, should be 0x${right} (maybe caused by "UDP checksum offload"?)`
  }
  return get.number(F.checksumStatus) === GOOD ? ' [correct]' : ' [unverified]'
}

/** Times within the conversation. */
function recordTimes(p: Dissection, conversation: number, occurrence: number): void {
  p.nest(p.generate(F.times, 0))
  if (p.wants(F.sinceFirst)) p.generate(F.sinceFirst, sinceTurn(p, conversation, -1))
  if (p.wants(F.sincePrevious)) p.generate(F.sincePrevious, sinceTurn(p, conversation, occurrence))
  p.close()
}

/** Zero means that there is no checksum, which IPv6 does not allow (RFC 8200 8.1). */
function recordChecksum(p: Dissection): void {
  const held = p.u16(6)
  const over = held !== 0 && p.settings.has('udp.check_checksum') ? transportChecksum(p, UDP) : -1
  if (held !== 0 && over < 0) {
    p.generate(F.checksumStatus, UNVERIFIED, 6, 0)
    return
  }
  p.nest(p.rows.count - 1)
  if (held === 0) {
    const illegal = p.addressSize === 16
    if (illegal) p.note(SEVERITY_ERROR, 'Illegal checksum value (0)', 6, 0, F.zeroChecksum)
    p.generate(F.checksumStatus, illegal ? ILLEGAL : NOT_PRESENT, 6, 2)
  } else {
    // A sum of zero is sent as all ones, because zero says that there is none (RFC 768).
    const right = rightChecksum(held, over) || 0xffff
    if (over !== 0) {
      const shown = right.toString(16).padStart(4, '0')
      p.note(SEVERITY_ERROR, `${F.badChecksum.label} [should be 0x${shown}]`, 6, 0, F.badChecksum, GROUP_CHECKSUM)
    }
    p.generate(F.rightChecksum, right, 6, 2)
    p.generate(F.checksumStatus, over === 0 ? GOOD : BAD, 6, 0)
  }
  p.close()
}

/** Which packets a conversation's datagrams came in: the first one, the latest one while scanning, and the one before each. */
interface Turns {
  readonly first: Column<Uint32Array>
  readonly latest: Column<Uint32Array>
  /** By packet; datagrams inside other datagrams by packet × OCCURRENCES + transport layer. */
  readonly before: Column<Uint32Array>
  readonly beforeInner: Map<number, number>
}

const makeTurns = (): Turns => ({ first: column32(), latest: column32(), before: column32(), beforeInner: new Map() })

function noteTurn(p: Dissection, memory: Memory, conversation: number): void {
  if (conversation < 0) return
  const { first, latest, before, beforeInner } = memory.shelf.keep(makeTurns)
  const previous = latest.at(conversation)
  if (previous === 0) first.set(conversation, p.packet)
  else if (p.transports === 0) before.set(p.packet, previous)
  else beforeInner.set(p.packet * OCCURRENCES + p.transports, previous)
  latest.set(conversation, p.packet)
}

/** Seconds since the conversation's first packet (occurrence -1), or since the one before this datagram. */
function sinceTurn(p: Dissection, conversation: number, occurrence: number): number {
  const { first, before, beforeInner } = p.memory.shelf.keep(makeTurns)
  const inner = occurrence > 0 ? beforeInner.get(p.packet * OCCURRENCES + occurrence) : undefined
  const other = occurrence < 0 ? first.at(conversation) : occurrence === 0 ? before.at(p.packet) : (inner ?? 0)
  if (other === 0 || p.clock === null) return 0
  return p.seconds - p.clock.seconds(other) + (p.nanos - p.clock.nanos(other)) / 1e9
}
