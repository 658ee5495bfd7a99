// Transmission Control Protocol: RFC 9293. Options: RFC 7323 (window scale, timestamps), RFC 2018 and RFC 2883 (SACK), RFC 7413 (fast open),
// RFC 5482 (user timeout), RFC 2385 (MD5), RFC 5925 (AO).
//
//   0        2        4              8              12        13      14      16        18       20
//   srcport  dstport  seq            ack            off|flags flags   window  checksum  urgent   options…
//
// Relative numbers, the scaled window and the messages in the stream come from memory (../streams), which `track` feeds.

import type { Dissection } from '../core/dissect.ts'
import type { Memory } from '../core/memory.ts'
import { SEVERITY_CHAT, SEVERITY_WARN } from '../core/note.ts'
import { bytes, defineProtocol, Field, type FieldOptions, frame, type Get, group, text, u8, u16, u32 } from '../core/protocol.ts'
import { bitPicture } from '../core/tree.ts'
import { tcpOptionNames } from './names/tcp-options.ts'

const MIN_HEADER = 20
/** Enough of the header to place the segment in its connection. */
const UP_TO_WINDOW = 16
/** Bytes of an address. */
const IPV4 = 4
const FIN = 0x01
const SYN = 0x02
const RST = 0x04
const ACK = 0x10
const URG = 0x20

/** A flag of the twelve bits that follow the header length; the picture shows all twelve. */
function flag12(name: string, label: string, mask: number, about: string): Field {
  const high = mask > 0xff
  const options: FieldOptions = {
    about,
    at: high ? 12 : 13,
    mask: high ? mask >> 8 : mask,
    in: 'tcp.flags',
    states: ['Set', 'Not set'],
    display: (_get, value) => `${bitPicture(mask, 2, value !== 0 ? mask : 0).slice(5)} = ${label}: ${value !== 0 ? 'Set' : 'Not set'}`,
  }
  return new Field(name, label, 'bool', 1, options)
}

const FLAG_WORDS: readonly (readonly [number, string])[] = [
  [0xe00, 'Reserved'],
  [0x100, 'AE'],
  [0x80, 'CWR'],
  [0x40, 'ECE'],
  [URG, 'URG'],
  [ACK, 'ACK'],
  [0x08, 'PSH'],
  [RST, 'RST'],
  [SYN, 'SYN'],
  [FIN, 'FIN'],
]

/** "SYN, ACK" as Wireshark orders it: lowest bit first. */
function flagWords(flags: number): string {
  const words = FLAG_WORDS.filter(([mask]) => (flags & mask) !== 0).map(([, word]) => word)
  const order = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'AE', 'Reserved']
  return words.length === 0 ? '<None>' : words.sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(', ')
}

const LETTERS = 'RRRACEUAPRSF'

/** Wireshark's picture of the flags, a letter for each one that is set. */
function flagLetters(flags: number): string {
  let picture = ''
  for (let i = 0; i < 12; i++) picture += (flags & (0x800 >> i)) !== 0 ? LETTERS[i]! : '·'
  return picture
}

const F = {
  sourcePort: u16('tcp.srcport', 'Source Port', {
    at: 0,
    also: ['tcp.port'],
    about: 'The port that the sender of this packet uses for the connection.',
    explain: (port) => explainPort(port),
  }),
  destinationPort: u16('tcp.dstport', 'Destination Port', {
    at: 2,
    also: ['tcp.port'],
    about: 'The port that this packet goes to; servers wait on well-known ones.',
    explain: (port) => explainPort(port),
  }),
  stream: u32('tcp.stream', 'Stream index', {
    generated: true,
    about: 'The number of this connection within the capture, counted from zero in order of first packets.',
    display: (_get, value) => `[Stream index: ${value}]`,
  }),
  length: u32('tcp.len', 'TCP Segment Len', {
    generated: true,
    about: 'How many bytes of the stream this segment carries behind the TCP header.',
    explain: (length) =>
      length === 0
        ? 'This segment carries no data: it only acknowledges or steers the connection.'
        : `This segment carries ${length} bytes of the stream.`,
  }),
  seq: u32('tcp.seq', 'Sequence Number', {
    about: "The place of this segment's first byte in the stream, counted from the start of the connection.",
    display: (_get, value) => `Sequence Number: ${value}    (relative sequence number)`,
  }),
  seqRaw: u32('tcp.seq_raw', 'Sequence Number (raw)', {
    at: 4,
    about: 'The sequence number as it stands in the packet; connections start at a random number.',
  }),
  nextSeq: u32('tcp.nxtseq', 'Next Sequence Number', {
    generated: true,
    about: 'The sequence number that the sender will use for the byte after this segment.',
    display: (_get, value) => `[Next Sequence Number: ${value}    (relative sequence number)]`,
  }),
  ack: u32('tcp.ack', 'Acknowledgment Number', {
    about: 'The next byte that the sender of this packet expects: everything before it has arrived.',
    display: (get, value): string =>
      (get.number(F.flags) & ACK) !== 0 ? `Acknowledgment Number: ${value}    (relative ack number)` : `Acknowledgment Number: ${value}`,
  }),
  ackRaw: u32('tcp.ack_raw', 'Acknowledgment number (raw)', {
    at: 8,
    about: 'The acknowledgment number as it stands in the packet.',
  }),
  headerLength: u8('tcp.hdr_len', 'Header Length', {
    at: 12,
    mask: 0xf0,
    scale: 4,
    unit: 'bytes',
    about: 'Counted in 32-bit words on the wire; above 20 bytes, options follow the fixed header.',
  }),
  flags: u16('tcp.flags', 'Flags', {
    at: 12,
    mask: 0x0fff,
    base: 'hex',
    about: 'Twelve bits that say what this segment is for: opening, acknowledging, closing the connection.',
    display: (_get, value) => `Flags: 0x${value.toString(16).padStart(3, '0')} (${flagWords(value)})`,
    explain: (flags) => explainFlags(flags),
  }),
  reserved: flag12('tcp.flags.res', 'Reserved', 0xe00, 'Three bits kept for later use; senders set them to zero.'),
  accurateEcn: flag12('tcp.flags.ae', 'Accurate ECN', 0x100, 'Part of the feedback that counts congestion marks exactly.'),
  cwr: flag12('tcp.flags.cwr', 'Congestion Window Reduced', 0x80, 'The sender has slowed down after a congestion signal.'),
  ece: flag12('tcp.flags.ece', 'ECN-Echo', 0x40, 'The receiver passes a congestion mark of the network back to the sender.'),
  urgent: flag12('tcp.flags.urg', 'Urgent', URG, 'The urgent pointer counts; hardly any program uses it today.'),
  acknowledgment: flag12('tcp.flags.ack', 'Acknowledgment', ACK, 'The acknowledgment number counts; set on every segment but the first.'),
  push: flag12('tcp.flags.push', 'Push', 0x08, 'The receiver should hand the data to the program without waiting for more.'),
  reset: flag12('tcp.flags.reset', 'Reset', RST, 'The connection ends at once; a closed port answers with it too.'),
  syn: flag12('tcp.flags.syn', 'Syn', SYN, 'Opens the connection and tells the first sequence number.'),
  fin: flag12('tcp.flags.fin', 'Fin', FIN, 'The sender has nothing more to send and closes its direction.'),
  flagString: text('tcp.flags.str', 'TCP Flags', {
    in: 'tcp.flags',
    generated: true,
    about: 'The flags as letters, one for each bit that is set.',
    display: (_get, _value, letters) => `[TCP Flags: ${letters}]`,
  }),
  window: u16('tcp.window_size_value', 'Window', {
    at: 14,
    about: 'How many more bytes the sender of this packet can take, before scaling.',
  }),
  scaledWindow: u32('tcp.window_size', 'Calculated window size', {
    generated: true,
    about: 'How many more bytes the sender of this packet can take, with the scale agreed in the handshake.',
    explain: (size) => (size === 0 ? 'The receiver is full: the other side must wait.' : ''),
  }),
  scale: new Field('tcp.window_size_scalefactor', 'Window size scaling factor', 'int', 4, {
    generated: true,
    about: 'What the window is multiplied by, as agreed in the handshake; -1 when the handshake was not captured.',
    display: (_get, value) =>
      `[Window size scaling factor: ${value}${value === -1 ? ' (unknown)' : value === -2 ? ' (no window scaling used)' : ''}]`,
  }),
  checksum: u16('tcp.checksum', 'Checksum', {
    at: 16,
    base: 'hex',
    about: 'Covers header and data; packets captured where they are sent often carry it unfinished.',
    display: (_get, _value, value) => `Checksum: ${value} [unverified]`,
  }),
  checksumStatus: u8('tcp.checksum.status', 'Checksum Status', {
    generated: true,
    names: { 0: 'Bad', 1: 'Good', 2: 'Unverified', 3: 'Not present' },
    about: 'Whether the checksum was verified; it is not unless asked for, because sending hosts leave it to the network card.',
    display: () => '[Checksum Status: Unverified]',
  }),
  urgentPointer: u16('tcp.urgent_pointer', 'Urgent Pointer', {
    at: 18,
    about: 'Where urgent data ends; meaningful only with the Urgent flag.',
  }),
  options: bytes('tcp.options', 'TCP Options', {
    about: 'Extras behind the fixed header, each with a kind and mostly a length.',
    display: (get, _value, hex): string => {
      const kinds = get.numbers(F.optionKind).map((kind) => tcpOptionNames[kind]?.title ?? 'Unknown')
      return `Options: (${hex.length / 2} bytes)${kinds.map((kind) => `, ${kind}`).join('')}`
    },
  }),
  optionKind: u8('tcp.option_kind', 'Kind', {
    in: 'tcp.options',
    names: Object.fromEntries(Object.entries(tcpOptionNames).map(([kind, option]) => [kind, option.name])),
    about: 'Which option this is; IANA keeps the list.',
  }),
  optionLength: u8('tcp.option_len', 'Length', { in: 'tcp.options', about: 'Bytes of the option, with its kind and length.' }),
  mss: option(
    'tcp.options.mss',
    'Maximum segment size',
    (get): string => `: ${get.number(F.mssValue)} bytes`,
    'The longest segment that the sender of the option can take.',
  ),
  mssValue: u16('tcp.options.mss_val', 'MSS Value', { in: 'tcp.options', about: 'Bytes of data that one segment may carry at the most.' }),
  nop: option('tcp.options.nop', 'No-Operation (NOP)', () => '', 'One byte that only lines the next option up.'),
  eol: option('tcp.options.eol', 'End of Option List (EOL)', () => '', 'Ends the list of options; what follows is padding.'),
  windowScale: option(
    'tcp.options.wscale',
    'Window scale',
    (get): string => `: ${get.number(F.scaleShift)} (multiply by ${2 ** Math.min(14, get.number(F.scaleShift))})`,
    'Announces by how much the window field is to be multiplied.',
  ),
  scaleShift: u8('tcp.options.wscale.shift', 'Shift count', {
    in: 'tcp.options',
    about: 'The window is shifted left by this many bits, fourteen at the most.',
  }),
  scaleMultiplier: u16('tcp.options.wscale.multiplier', 'Multiplier', {
    in: 'tcp.options',
    generated: true,
    about: 'Two to the power of the shift count: what the window is multiplied by.',
  }),
  sackPermitted: option(
    'tcp.options.sack_perm',
    'SACK permitted',
    () => '',
    'The sender understands selective acknowledgments, which name what arrived beyond a gap.',
  ),
  sack: option(
    'tcp.options.sack',
    'SACK',
    (get): string => sackRanges(get),
    'Names runs of bytes that arrived beyond a gap, so that only the gap is sent again.',
  ),
  sackLeft: u32('tcp.options.sack_le', 'TCP SACK Left Edge', {
    in: 'tcp.options',
    about: 'The first byte of a run that arrived.',
    display: (_get, value) => `left edge = ${value} (relative)`,
  }),
  sackRight: u32('tcp.options.sack_re', 'TCP SACK Right Edge', {
    in: 'tcp.options',
    about: 'The byte just behind a run that arrived.',
    display: (_get, value) => `right edge = ${value} (relative)`,
  }),
  sackCount: u8('tcp.options.sack.count', 'TCP SACK Count', {
    in: 'tcp.options',
    generated: true,
    about: 'How many runs of bytes the option names.',
  }),
  timestamp: option(
    'tcp.options.timestamp',
    'Timestamps',
    (get): string => `: TSval ${get.number(F.tsValue)}, TSecr ${get.number(F.tsEcho)}`,
    'Two clock values by which both sides measure how long a round trip takes.',
  ),
  tsValue: u32('tcp.options.timestamp.tsval', 'Timestamp value', {
    in: 'tcp.options',
    about: "The sender's clock when it sent this segment.",
  }),
  tsEcho: u32('tcp.options.timestamp.tsecr', 'Timestamp echo reply', {
    in: 'tcp.options',
    about: "The other side's last clock value, sent back to it.",
  }),
  fastOpen: option('tcp.options.tfo', 'Fast open', () => '', 'Lets data travel with the very first segment of a later connection.'),
  fastOpenRequest: group('tcp.options.tfo.request', 'Fast Open Cookie Request', {
    in: 'tcp.options',
    about: 'The client asks the server for a cookie for later connections.',
  }),
  fastOpenCookie: bytes('tcp.options.tfo.cookie', 'Fast Open Cookie', {
    in: 'tcp.options',
    about: 'Proves that the client has talked to this server before.',
  }),
  userTimeout: option(
    'tcp.options.user_to',
    'User Timeout Option',
    () => '',
    'How long the sender keeps unanswered data before it gives up.',
  ),
  userTimeoutGranularity: new Field('tcp.options.user_to_granularity', 'Granularity', 'bool', 2, {
    in: 'tcp.options',
    mask: 0x8000,
    states: ['Minutes', 'Seconds'],
    about: 'Whether the time-out counts minutes or seconds.',
  }),
  userTimeoutValue: u16('tcp.options.user_to_val', 'User Timeout', {
    in: 'tcp.options',
    mask: 0x7fff,
    about: 'The time-out in the unit just named.',
  }),
  md5: option('tcp.options.md5', 'MD5 signature', () => '', 'Signs the segment with a shared password; routers protect BGP with it.'),
  md5Digest: bytes('tcp.options.md5.digest', 'MD5 digest', {
    in: 'tcp.options',
    about: 'Sixteen bytes that only someone with the password can make.',
  }),
  authentication: option(
    'tcp.options.ao',
    'Authentication',
    () => '',
    'Signs the segment with keys that can change while the connection lives.',
  ),
  unknown: option('tcp.options.unknown', 'Unknown', () => '', 'An option whose kind this program does not know.'),
  unknownPayload: bytes('tcp.options.unknown.payload', 'Payload', {
    in: 'tcp.options',
    about: 'The bytes of an option that this program does not know.',
  }),
  payload: bytes('tcp.payload', 'TCP payload', {
    about: 'The bytes of the stream that this segment carries.',
    display: (_get, _value, hex) => `TCP payload (${plural(hex.length / 2)})`,
  }),
  segmentData: bytes('tcp.segment_data', 'TCP segment data', {
    about: 'Part of a longer message: it is put together with the parts in other packets.',
    display: (_get, _value, hex) => `TCP segment data (${plural(hex.length / 2)})`,
  }),
  reassembledIn: frame('tcp.reassembled_in', 'Reassembled PDU in frame', {
    generated: true,
    about: 'The packet in which the message is complete that this segment belongs to.',
    display: (_get, value) => `[Reassembled PDU in frame: ${value}]`,
  }),
  segments: group('tcp.segments', 'Reassembled TCP Segments', {
    about: 'The segments that together hold the message below.',
    display: (get): string =>
      `[${get.number(F.segmentCount)} Reassembled TCP Segments (${get.number(F.reassembledLength)} bytes): ${segmentList(get)}]`,
  }),
  segment: frame('tcp.segment', 'TCP Segment', {
    in: 'tcp.segments',
    about: 'A packet that carries a part of the message.',
    display: (_get, value, _text) => `[Frame: ${value}]`,
  }),
  segmentCount: u32('tcp.segment.count', 'Segment count', {
    in: 'tcp.segments',
    generated: true,
    about: 'How many segments hold the message.',
  }),
  reassembledLength: u32('tcp.reassembled.length', 'Reassembled TCP length', {
    in: 'tcp.segments',
    generated: true,
    about: 'Counts the bytes of the whole message, from all its segments.',
  }),
  reassembledData: bytes('tcp.reassembled.data', 'Reassembled TCP Data', {
    in: 'tcp.segments',
    generated: true,
    about: 'The bytes of the whole message, in order.',
  }),
  gap: u32('wiretail.tcp.gap', 'Bytes missing from the capture', {
    generated: true,
    about: 'The receiver acknowledged bytes before this segment that the capture does not hold.',
    display: (_get, value) => `[${plural(value)} before this segment are missing from the capture]`,
  }),
}

function option(name: string, label: string, rest: (get: Get) => string, about: string): Field {
  return new Field(name, `TCP Option - ${label}`, 'bytes', 0, {
    in: 'tcp.options',
    about,
    display: (get): string => `TCP Option - ${label}${rest(get)}`,
  })
}

function plural(length: number): string {
  return length === 1 ? '1 byte' : `${length} bytes`
}

function sackRanges(get: Get): string {
  const right = get.numbers(F.sackRight)
  return get
    .numbers(F.sackLeft)
    .map((left, i) => ` ${left}-${right[i]}`)
    .join('')
}

function segmentList(get: Get): string {
  return get
    .numbers(F.segment)
    .map((packet) => `#${packet}`)
    .join(', ')
}

function explainPort(port: number): string {
  if (port < 1024) return 'A well-known port: some registered service waits on it.'
  return port >= 32768 ? 'Most likely a port that the client was lent for this connection only.' : ''
}

function explainFlags(flags: number): string {
  if ((flags & RST) !== 0) return 'The connection is refused or cut off at once.'
  if ((flags & SYN) !== 0)
    return (flags & ACK) !== 0
      ? 'Second step of the handshake: the server agrees.'
      : 'First step of the handshake: the client asks for a connection.'
  if ((flags & FIN) !== 0) return 'The sender has said everything and closes its direction.'
  return (flags & 0x08) !== 0 ? 'Data that the receiver should hand on at once.' : 'An ordinary segment of an open connection.'
}

/** The options that matter, in the order in which they stand. */
function optionWords(get: Get): string {
  let words = ''
  for (const kind of get.numbers(F.optionKind)) {
    if (kind === 2 && get.has(F.mssValue)) words += ` MSS=${get.number(F.mssValue)}`
    else if (kind === 3 && get.has(F.scaleMultiplier)) words += ` WS=${get.number(F.scaleMultiplier)}`
    else if (kind === 4) words += ' SACK_PERM'
    else if (kind === 8 && get.has(F.tsValue)) words += ` TSval=${get.number(F.tsValue)} TSecr=${get.number(F.tsEcho)}`
    else if (kind === 5) {
      const right = get.numbers(F.sackRight)
      for (const [i, left] of get.numbers(F.sackLeft).entries()) words += ` SLE=${left} SRE=${right[i]}`
    }
  }
  return words
}

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
  summary: (get) => {
    let line = `${get.number(F.sourcePort)} → ${get.number(F.destinationPort)}`
    if (!get.has(F.flags)) return line
    const flags = get.number(F.flags)
    line += ` [${flagWords(flags)}] Seq=${get.number(F.seq)}`
    if ((flags & ACK) !== 0) line += ` Ack=${get.number(F.ack)}`
    line += ` Win=${get.has(F.scaledWindow) ? get.number(F.scaledWindow) : get.number(F.window)} Len=${get.number(F.length)}`
    line += optionWords(get)
    return get.has(F.reassembledIn) || (get.has(F.segmentData) && !get.has(F.segments))
      ? `${line} [TCP segment of a reassembled PDU]`
      : line
  },

  track(p, memory) {
    if (!p.has(4)) return
    const source = p.u16(0)
    const destination = p.u16(2)
    // An ICMP error quotes the beginning of a segment: enough to know the connection, not to follow it.
    if (p.quoted || !p.has(UP_TO_WINDOW)) {
      memory.converse(p, 0, source, destination)
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
      if (p.concerned()) recordHeader(p, flow, header)
      if (header < 0)
        return p.malformed(
          F.headerLength,
          (p.u8(12) >> 4) * 4 < MIN_HEADER ? `is below the ${MIN_HEADER} bytes of the fixed part` : 'goes beyond the packet',
        )
      if (header > MIN_HEADER && p.concerned()) recordOptions(p, header, flow)
      p.span(Math.min(header, p.available()))
    }
    if (header < 0 || !p.has(header)) return
    // A FIN without payload may complete a message: one that lasts until the connection closes.
    if (p.reported() <= header && ((p.u8(13) & FIN) === 0 || p.quoted)) return
    if (p.available() > header) p.add(F.payload, header, p.available() - header)
    if (!p.quoted) followMessages(p, occurrence, header, flow)
  },
})

function scaleOf(p: Dissection, header: number): number {
  for (let at = MIN_HEADER; at + 2 < header && p.has(at + 3); ) {
    const kind = p.u8(at)
    if (kind === 3) return p.u8(at + 2)
    if (kind === 0) return -1
    if (kind === 1) at++
    else if (p.u8(at + 1) < 2) return -1
    else at += p.u8(at + 1)
  }
  return -1
}

function recordHeader(p: Dissection, flow: number, header: number): void {
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
  if (!quotedStart) {
    if (counted && !p.quoted) p.generate(F.length, length)
    const seq = counted ? relative(p.u32(4), memory.baseSequence(flow)) : p.u32(4)
    p.generate(F.seq, seq, 4, 4)
    p.add(F.seqRaw, 4)
    if (header >= 0 && !p.quoted)
      p.generate(F.nextSeq, (seq + length + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)) >>> 0)
  }
  p.generate(F.ack, counted && (flags & ACK) !== 0 ? relative(p.u32(8), memory.baseSequence(flow ^ 1)) : p.u32(8), 8, 4)
  p.add(F.ackRaw, 8)
  p.add(F.headerLength, 12)
  p.open(F.flags, 12)
  for (const field of FLAGS) p.add(field, field.at)
  if (p.wants(F.flagString)) p.generateText(F.flagString, flagLetters(flags), 12, 2)
  p.close()
  const window = p.u16(14)
  p.add(F.window, 14)
  if (!p.has(MIN_HEADER)) return
  if (!p.quoted) {
    const shift = (flags & SYN) !== 0 ? 0 : memory.windowShift(flow)
    p.generate(F.scaledWindow, shift > 0 ? window * 2 ** shift : window, 14, 2)
    if ((flags & SYN) === 0) p.generate(F.scale, shift >= 0 ? 2 ** shift : shift, 14, 2)
  }
  p.add(F.checksum, 16)
  p.generate(F.checksumStatus, 2, 16)
  p.add(F.urgentPointer, 18)
  if ((flags & RST) !== 0) p.note(SEVERITY_WARN, 'Connection reset (RST)', 13, 0)
  else if ((flags & SYN) !== 0)
    p.note(
      SEVERITY_CHAT,
      (flags & ACK) !== 0
        ? `Connection establish acknowledge (SYN+ACK): server port ${p.u16(0)}`
        : `Connection establish request (SYN): server port ${p.u16(2)}`,
      13,
      0,
    )
  else if ((flags & FIN) !== 0) p.note(SEVERITY_CHAT, 'Connection finish (FIN)', 13, 0)
}

const FLAGS = [F.reserved, F.accurateEcn, F.cwr, F.ece, F.urgent, F.acknowledgment, F.push, F.reset, F.syn, F.fin]

function relative(number: number, base: number): number {
  return Number.isNaN(base) ? number : (number - base) >>> 0
}

/** RFC 9293 3.1: kind, length, value; kinds 0 and 1 are a single byte. */
function recordOptions(p: Dissection, header: number, flow: number): void {
  const end = Math.min(header, p.available())
  p.open(F.options, MIN_HEADER, end - MIN_HEADER)
  for (let at = MIN_HEADER; at < end; ) {
    const kind = p.u8(at)
    if (kind <= 1) {
      p.open(kind === 0 ? F.eol : F.nop, at, 1)
      p.add(F.optionKind, at)
      p.close()
      at++
      continue
    }
    const length = at + 1 < end ? p.u8(at + 1) : 0
    if (length < 2 || at + length > end) {
      p.note(SEVERITY_WARN, `option ${kind} has the impossible length ${length}`, at, end - at)
      break
    }
    recordOption(p, kind, at, length, flow)
    at += length
  }
  p.close()
}

function recordOption(p: Dissection, kind: number, at: number, length: number, flow: number): void {
  const field = OPTION_FIELDS[kind] ?? F.unknown
  p.open(field, at, length)
  p.add(F.optionKind, at)
  p.add(F.optionLength, at + 1)
  if (kind === 2 && length === 4) p.add(F.mssValue, at + 2)
  else if (kind === 3 && length === 3) {
    p.add(F.scaleShift, at + 2)
    p.generate(F.scaleMultiplier, 2 ** Math.min(14, p.u8(at + 2)), at + 2, 1)
  } else if (kind === 5) {
    // The edges are numbers of the other direction's stream.
    const base = p.memory.tcp.baseSequence(flow ^ 1)
    for (let i = at + 2; i + 8 <= at + length; i += 8) {
      p.generate(F.sackLeft, relative(p.u32(i), base), i, 4)
      p.generate(F.sackRight, relative(p.u32(i + 4), base), i + 4, 4)
    }
    p.generate(F.sackCount, Math.floor((length - 2) / 8), at, 0)
  } else if (kind === 8 && length === 10) {
    p.add(F.tsValue, at + 2)
    p.add(F.tsEcho, at + 6)
  } else if (kind === 34) {
    if (length === 2) p.add(F.fastOpenRequest, at, 2)
    else p.add(F.fastOpenCookie, at + 2, length - 2)
  } else if (kind === 28 && length === 4) {
    p.add(F.userTimeoutGranularity, at + 2)
    p.add(F.userTimeoutValue, at + 2)
  } else if (kind === 19 && length === 18) p.add(F.md5Digest, at + 2, 16)
  else if (field === F.unknown && length > 2) p.add(F.unknownPayload, at + 2, length - 2)
  p.close()
}

const OPTION_FIELDS: Readonly<Record<number, Field>> = {
  2: F.mss,
  3: F.windowScale,
  4: F.sackPermitted,
  5: F.sack,
  8: F.timestamp,
  19: F.md5,
  28: F.userTimeout,
  29: F.authentication,
  34: F.fastOpen,
}

/** The messages that this segment completes are layers; what else it carries belongs to a message in other packets, or is data. */
function followMessages(p: Dissection, occurrence: number, header: number, flow: number): void {
  const { memory } = p
  const payload = p.base + header - (p.source === 0 ? p.frameStart : 0)
  let covered = payload
  let index = memory.messages.firstOf(p.packet)
  for (; index >= 0 && memory.messages.packet(index) === p.packet; index++) {
    if (memory.messages.occurrence(index) !== occurrence) continue
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

const SEGMENT_FIELDS = [F.segments, F.segment, F.segmentCount, F.reassembledLength, F.reassembledData, F.segmentData]

/** Bytes that this packet adds to a message: its last piece, unless later packets only closed the gap before it. */
function ownPart(p: Dissection, { assemblies }: Memory, assembly: number): number {
  const last = assemblies.pieces(assembly) - 1
  return assemblies.piecePacket(assembly, last) === p.packet ? assemblies.pieceLength(assembly, last) : 0
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
    p.open(F.segments, 0, p.available())
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
