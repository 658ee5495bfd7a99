// Transmission Control Protocol: RFC 9293. Options: RFC 7323 (window scale, timestamps), RFC 2018 and RFC 2883 (SACK), RFC 7413 (fast open),
// RFC 5482 (user timeout), RFC 2385 (MD5), RFC 5925 (AO).
//
//   0        2        4              8              12        13      14      16        18       20
//   srcport  dstport  seq            ack            off|flags flags   window  checksum  urgent   options…
//
// Relative numbers, the scaled window and the messages in the stream come from memory (../streams), which `track` feeds.

import type { Dissection } from '../core/dissect.ts'
import { ANALYSIS_AFTER_SYN_DATA, ANALYSIS_CLOSES_FIRST, type Assemblies, INSIDE, type Memory, type SegmentFacts } from '../core/memory.ts'
import { GROUP_SEQUENCE, SEVERITY_CHAT, SEVERITY_NOTE, SEVERITY_WARN } from '../core/note.ts'
import { defineProtocol, type Field } from '../core/protocol.ts'
import { analysisPrefix, factsOf, recordAnalysis, recordTimes } from './tcp/analysis.ts'
import { checksumWords, recordChecksum } from './tcp/checksum.ts'
import { ACK, F, FIN, flagLetters, flagWords, isRepeated, plural, RST, SYN, URG } from './tcp/fields.ts'
import { optionWords, recordOptions, relative, scaleOf, selectiveEdges } from './tcp/options.ts'

const MIN_HEADER = 20
/** Enough of the header to place the segment in its connection. */
const UP_TO_WINDOW = 16
/** Bytes of an address. */
const IPV4 = 4

/** The length of the payload by the lengths on the wire, and the header, when it is plausible; -1 otherwise. */
function headerLengthOf(p: Dissection): number {
  const length = (p.u8(12) >> 4) * 4
  return length >= MIN_HEADER && length <= p.reported() ? length : -1
}

export const tcp = defineProtocol({
  name: 'tcp',
  title: 'Transmission Control Protocol',
  spec: 'RFC 9293',
  about: 'Carries a stream of bytes in order and without loss between two programs.',
  fields: F,
  accepts: { 'ip.proto': [6], 'ipv6.nxt': [6] },
  heading: (get) =>
    `Transmission Control Protocol, Src Port: ${get.number(F.sourcePort)}, Dst Port: ${get.number(F.destinationPort)}` +
    (get.has(F.seq) ? `, Seq: ${get.number(F.seq)}${(get.number(F.flags) & ACK) !== 0 ? `, Ack: ${get.number(F.ack)}` : ''}` : '') +
    (get.has(F.length) ? `, Len: ${get.number(F.length)}` : ''),
  prefix: analysisPrefix,
  summary: (get) => {
    let line = `${get.number(F.sourcePort)} → ${get.number(F.destinationPort)}`
    if (!get.has(F.flags)) return line
    const flags = get.number(F.flags)
    line += ` [${flagWords(flags)}] Seq=${get.number(F.seq)}`
    if ((flags & ACK) !== 0) line += ` Ack=${get.number(F.ack)}`
    line += ` Win=${get.has(F.scaledWindow) ? get.number(F.scaledWindow) : get.number(F.window)}`
    if ((flags & URG) !== 0) line += ` Urg=${get.number(F.urgentPointer)}`
    line += checksumWords(get)
    line += ` Len=${get.number(F.length)}`
    line += optionWords(get)
    return get.has(F.reassembledIn) || (get.has(F.segmentData) && !get.has(F.segments) && !isRepeated(get))
      ? `${line} [TCP segment of a reassembled PDU]`
      : line
  },

  track(p, memory) {
    if (!p.has(4)) return
    const source = p.u16(0)
    const destination = p.u16(2)
    // An ICMP error quotes the beginning of a segment: enough to know the connection, not to follow it.
    if (p.quoted || !p.has(UP_TO_WINDOW)) {
      // A header that is cut elsewhere opens no connection, as in tshark.
      if (!p.quoted) return
      const quoted = memory.converse(p, 0, source, destination)
      memory.tcp.analysis?.glance(p.packet, p.transports, quoted)
      return
    }
    const header = headerLengthOf(p)
    const flags = p.u16(12) & 0xfff
    const flow = memory.tcp.segment(
      p,
      source,
      destination,
      p.u32(4),
      p.u32(8),
      flags,
      Math.max(header, 0),
      header < 0 ? 0 : Math.max(0, p.available() - header),
      header < 0 ? 0 : p.reported() - header,
    )
    if ((flags & SYN) !== 0) memory.tcp.noteScale(flow, scaleOf(p, header))
    const { analysis } = memory.tcp
    if (analysis === null) return
    if (header < 0) {
      analysis.cut(p.packet, p.transports, flow, flags)
      return
    }
    analysis.noteSelective(flow, selectiveEdges(p, header))
    analysis.segment(p, flow, p.u32(4), p.u32(8), flags, p.u16(14), p.reported() - header)
  },

  dissect(p) {
    if (!p.has(4)) return p.short(MIN_HEADER)
    const occurrence = p.transports++
    const flow = p.recording ? p.memory.flowOf(p.packet, occurrence) : -1
    if (!p.has(UP_TO_WINDOW)) {
      if (!p.quoted) return p.short(MIN_HEADER)
      // Error messages quote the first eight bytes by rule (RFC 792): that is no fault of the packet.
      p.add(F.sourcePort, 0)
      p.add(F.destinationPort, 2)
      if (p.has(8) && p.addressSize === IPV4) p.generate(F.seq, p.u32(4), 4, 4)
      return
    }
    const header = headerLengthOf(p)
    if (p.recording) {
      const facts = p.concerned() ? factsOf(p, occurrence, flow) : null
      if (p.concerned()) recordHeader(p, flow, header, facts)
      if (header < 0)
        return p.malformed(
          F.headerLength,
          (p.u8(12) >> 4) * 4 < MIN_HEADER ? `is below the ${MIN_HEADER} bytes of the fixed part` : 'goes beyond the packet',
        )
      if (header > MIN_HEADER && p.concerned()) recordOptions(p, header, flow)
      // The times stand behind the options: those of a segment that was cut among them are not told.
      if (facts !== null && p.has(header)) recordTimes(p, facts)
      if (facts !== null) recordAnalysis(p, facts)
      p.span(Math.min(header, p.available()))
    }
    if (header < 0 || !p.has(header)) return
    // A FIN without payload may complete a message: one that lasts until the connection closes.
    if (p.reported() <= header && ((p.u8(13) & FIN) === 0 || p.quoted)) return
    // RFC 9293 3.5.3 and RFC 1122 4.2.2.12: the bytes of a RST are no part of the stream, they may say why.
    if ((p.u8(13) & RST) !== 0 && !p.quoted && p.reported() > header) {
      if (p.available() > header) p.add(F.resetCause, header, p.available() - header)
      return
    }
    if (p.available() > header) p.add(F.payload, header, p.available() - header)
    if (!p.quoted) followMessages(p, occurrence, header, flow)
  },
})

function recordHeader(p: Dissection, flow: number, header: number, facts: Readonly<SegmentFacts> | null): void {
  const { tcp: memory } = p.memory
  const flags = p.u16(12) & 0xfff
  const length = p.reported() - (p.u8(12) >> 4) * 4
  // A segment that ends inside its own header has no payload to measure, and takes no part in the counting of the stream.
  const counted = length >= 0
  p.add(F.sourcePort, 0)
  p.add(F.destinationPort, 2)
  // Errors of IPv4 mostly quote nothing of the header beyond this number, so it is shown as it stands; those of IPv6 quote more.
  const quotedStart = p.quoted && p.addressSize === IPV4
  if (quotedStart) p.generate(F.seq, p.u32(4), 4, 4)
  if (flow >= 0) p.generate(F.stream, p.memory.streamOf(flow))
  if (facts !== null) p.generate(F.completeness, facts.completeness)
  if (!quotedStart) {
    if (counted && !p.quoted) p.generate(F.length, length)
    const seq = counted ? relative(p.u32(4), memory.baseSequence(flow, p.packet)) : p.u32(4)
    p.generate(F.seq, seq, 4, 4)
    p.add(F.seqRaw, 4)
    if (header >= 0 && !p.quoted)
      p.generate(F.nextSeq, (seq + length + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)) >>> 0)
  }
  const acked = counted && (flags & ACK) !== 0 ? relative(p.u32(8), memory.baseSequence(flow ^ 1, p.packet)) : p.u32(8)
  const ackRow = p.generate(F.ack, acked, 8, 4)
  if (!p.quoted && (flags & (SYN | ACK)) === (SYN | ACK)) remarkOnFastOpen(p, ackRow, counted ? acked : p.u32(8), facts)
  if ((flags & ACK) === 0 && p.u32(8) !== 0) remarkOn(p, ackRow, F.ackWithoutFlag, 8)
  p.add(F.ackRaw, 8)
  p.add(F.headerLength, 12)
  p.open(F.flags, 12)
  for (const field of FLAGS) {
    const row = p.add(field, field.at)
    if (p.uint(field) !== 0) remarkOnFlag(p, field, row, flags)
  }
  const letters = p.wants(F.flagString) ? p.generateText(F.flagString, flagLetters(flags), 12, 2) : -1
  if ((flags & FIN) !== 0 && facts !== null && !p.quoted) {
    const field = (facts.flags & ANALYSIS_CLOSES_FIRST) !== 0 ? F.finActive : F.finPassive
    p.nest(letters)
    p.note(SEVERITY_NOTE, field.label, 12, 0, field, GROUP_SEQUENCE)
    p.close()
  }
  p.close()
  const window = p.u16(14)
  p.add(F.window, 14)
  if (!p.has(MIN_HEADER)) return
  if (!p.quoted) {
    const shift = (flags & SYN) !== 0 ? 0 : memory.windowShift(flow)
    p.generate(F.scaledWindow, shift > 0 ? window * 2 ** shift : window, 14, 2)
    if ((flags & SYN) === 0) p.generate(F.scale, shift >= 0 ? 2 ** shift : shift, 14, 2)
  }
  recordChecksum(p)
  const urgentRow = p.add(F.urgentPointer, 18)
  if ((flags & URG) === 0 && p.u16(18) !== 0) remarkOn(p, urgentRow, F.urgentWithoutFlag, 18)
}

/** A number that stands where its flag says that there is none. */
function remarkOn(p: Dissection, row: number, field: Field, at: number): void {
  p.nest(row)
  p.note(SEVERITY_NOTE, field.label, at, 0, field)
  p.close()
}

/** RFC 7413: the answer to a SYN with data tells whether the data was taken. */
function remarkOnFastOpen(p: Dissection, row: number, acked: number, facts: Readonly<SegmentFacts> | null): void {
  const ignored = acked === 1 && facts !== null && (facts.flags & ANALYSIS_AFTER_SYN_DATA) !== 0
  if (acked <= 1 && !ignored) return
  const field = ignored ? F.fastOpenIgnored : F.fastOpenAccepted
  p.nest(row)
  p.note(SEVERITY_NOTE, field.label, 8, 0, field, GROUP_SEQUENCE)
  p.close()
}

/** SYN, FIN and RST are the events of a connection: each set one is worth a remark. */
function remarkOnFlag(p: Dissection, field: Field, row: number, flags: number): void {
  if (field !== F.syn && field !== F.fin && field !== F.reset) return
  p.nest(row)
  if (field === F.reset) p.note(SEVERITY_WARN, F.connectionReset.label, 13, 0, F.connectionReset, GROUP_SEQUENCE)
  else if (field === F.fin) p.note(SEVERITY_CHAT, F.connectionFin.label, 13, 0, F.connectionFin, GROUP_SEQUENCE)
  else if ((flags & ACK) !== 0)
    p.note(SEVERITY_CHAT, `${F.connectionSynAck.label}: server port ${p.u16(0)}`, 13, 0, F.connectionSynAck, GROUP_SEQUENCE)
  else p.note(SEVERITY_CHAT, `${F.connectionSyn.label}: server port ${p.u16(2)}`, 13, 0, F.connectionSyn, GROUP_SEQUENCE)
  p.close()
}

const FLAGS = [F.reserved, F.accurateEcn, F.cwr, F.ece, F.urgent, F.acknowledgment, F.push, F.reset, F.syn, F.fin]

/** The messages that this segment completes are layers; what else it carries belongs to a message in other packets, or is data. */
function followMessages(p: Dissection, occurrence: number, header: number, flow: number): void {
  const { memory } = p
  const payload = p.base + header - (p.source === 0 ? p.frameStart : 0)
  let covered = payload
  let index = memory.messages.firstOf(p.packet)
  for (; index >= 0 && memory.messages.packet(index) === p.packet; index++) {
    if (memory.messages.occurrence(index) !== occurrence) {
      followEnded(p, index, occurrence)
      continue
    }
    const assembly = memory.messages.assembly(index)
    const protocol = p.registry.protocols[memory.messages.protocol(index)]!
    const passed = p.passesOver(protocol, memory.messages.aux(index)) && !SEGMENT_FIELDS.some((field) => p.wants(field))
    if (assembly < 0) {
      const at = memory.messages.at(index)
      if (!passed) p.follow(protocol, at - payload + header, memory.messages.length(index), index)
      covered = Math.max(covered, at + memory.messages.length(index))
    } else if (passed) covered += ownPart(p, memory, assembly)
    else covered = Math.max(covered, followAssembly(p, memory, index, assembly, header, covered, payload))
  }
  if (!p.recording && covered > payload) return
  const rest = payload + p.reported() - header - covered
  if (rest <= 0) return
  const gap = memory.tcp.gapBefore(p.packet)
  if (gap > 0) p.generate(F.gap, gap, header, 0)
  const known = memory.tcp.protocolOf(p.recording ? flow : memory.flowOf(p.packet, occurrence), p.packet)
  if (known < 0) {
    p.data(header)
    return
  }
  const at = covered - payload + header
  if (at < p.available()) p.add(F.segmentData, at, p.available() - at)
  const completed = memory.tcp.reassembledIn(p.packet)
  if (completed > p.packet && occurrence === 0) p.generate(F.reassembledIn, completed)
}

/** A message inside a sealed stream that lasted until this segment ended the connection. */
function followEnded(p: Dissection, index: number, occurrence: number): void {
  const { messages, opened } = p.memory
  if (opened === null || messages.occurrence(index) !== INSIDE || opened.closedBy(messages.within(index)) !== occurrence) return
  const bytes = p.memory.bytesOf(index)
  const source = p.addSource(`Opened (${plural(bytes.length)})`, bytes)
  p.followSource(p.registry.protocols[messages.protocol(index)]!, source, 0, -1, index)
}

const SEGMENT_FIELDS = [F.segments, F.segment, F.segmentCount, F.reassembledLength, F.reassembledData, F.segmentData]

/** Bytes that this packet adds to a message: its last piece, unless later packets only closed the gap before it. */
function ownPart(p: Dissection, { assemblies }: Memory, assembly: number): number {
  const last = assemblies.pieces(assembly) - 1
  return assemblies.piecePacket(assembly, last) === p.packet ? assemblies.pieceLength(assembly, last) : 0
}

/** "[2 Reassembled TCP Segments (1892 bytes): #4(1448), #6(444)]". */
function describeSegments(assemblies: Assemblies, assembly: number): string {
  const count = assemblies.pieces(assembly)
  const pieces = Array.from({ length: count }, (_, i) => `#${assemblies.piecePacket(assembly, i)}(${assemblies.pieceLength(assembly, i)})`)
  return `[${count} Reassembled TCP Segments (${assemblies.length(assembly)} bytes): ${pieces.join(', ')}]`
}

/** A message from several segments gets a source of its own. Returns where this packet's part of it ends. */
function followAssembly(
  p: Dissection,
  memory: Memory,
  index: number,
  assembly: number,
  header: number,
  covered: number,
  payload: number,
): number {
  const protocol = p.registry.protocols[memory.messages.protocol(index)]!
  const { assemblies } = memory
  const pieces = assemblies.pieces(assembly)
  const own = ownPart(p, memory, assembly)
  if (!p.recording && protocol.scanStops === true) {
    p.follow(protocol, header, 1, index)
    return covered + own
  }
  const source = p.addSource(`Reassembled TCP (${plural(assemblies.length(assembly))})`, assemblies.bytes(assembly))
  if (source < 0) return covered + own
  if (own > 0) p.add(F.segmentData, covered - payload + header, own)
  if (p.wants(F.segments) || p.wants(F.segment)) {
    p.enter(source)
    p.nest(p.generateText(F.segments, describeSegments(assemblies, assembly), 0, p.available()))
    let at = 0
    for (let i = 0; i < pieces; i++) {
      p.generate(F.segment, assemblies.piecePacket(assembly, i), at, assemblies.pieceLength(assembly, i))
      at += assemblies.pieceLength(assembly, i)
    }
    p.generate(F.segmentCount, pieces)
    p.generate(F.reassembledLength, assemblies.length(assembly))
    p.add(F.reassembledData, 0, p.available())
    p.close()
    p.leave()
  }
  p.followSource(protocol, source, 0, -1, index)
  return covered + own
}
