// The fields of TCP, and the words in which they are shown.

import { bytes, Field, type FieldOptions, frame, type Get, group, text, u8, u16, u32 } from '../../core/protocol.ts'
import { bitPicture } from '../../core/tree.ts'
import { tcpOptionNames } from '../names/tcp-options.ts'
import { A, completeness } from './analysis-fields.ts'

export const FIN = 0x01
export const SYN = 0x02
export const RST = 0x04
export const ACK = 0x10
export const URG = 0x20

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

function remark(name: string, label: string, about: string): Field {
  return group(`tcp.analysis.${name}`, label, { about, generated: true, analysed: true })
}

/** A remark on a flag. */
function connection(name: string, label: string, about: string): Field {
  return group(`tcp.connection.${name}`, label, { about, in: 'tcp.flags', generated: true })
}

function closing(side: string, label: string, about: string): Field {
  return group(`tcp.connection.fin_${side}`, label, { about, in: 'tcp.flags', generated: true, analysed: true })
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
export function flagWords(flags: number): string {
  const words = FLAG_WORDS.filter(([mask]) => (flags & mask) !== 0).map(([, word]) => word)
  const order = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'AE', 'Reserved']
  return words.length === 0 ? '<None>' : words.sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(', ')
}

const LETTERS = 'RRRACEUAPRSF'

/** Wireshark's picture of the flags, a letter for each one that is set. */
export function flagLetters(flags: number): string {
  let picture = ''
  for (let i = 0; i < 12; i++) picture += (flags & (0x800 >> i)) !== 0 ? LETTERS[i]! : '·'
  return picture
}

const CHECKSUM_STATES: Readonly<Record<number, string>> = { 0: 'Bad', 1: 'Good', 2: 'Unverified', 3: 'Not present' }
export const CHECKSUM_BAD = 0
export const CHECKSUM_GOOD = 1
export const CHECKSUM_UNVERIFIED = 2

function checksumVerdict(get: Get, value: number): string {
  switch (get.number(F.checksumStatus)) {
    case CHECKSUM_GOOD:
      return ' [correct]'
    case CHECKSUM_BAD: {
      const right = `0x${get.number(F.rightChecksum).toString(16).padStart(4, '0')}`
      return value === 0xffff && get.number(F.rightChecksum) === 0
        ? ` [should be ${right} (see RFC 1624)]`
        : ` incorrect, should be ${right}(maybe caused by "TCP checksum offload"?)`
    }
    default:
      return ' [unverified]'
  }
}

export const F = {
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
  completeness,
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
  fastOpenAccepted: remark('tfo_ack', 'TCP SYN-ACK accepting TFO data', 'The server takes the data that came with the SYN.'),
  fastOpenIgnored: remark(
    'tfo_ignored',
    'TCP SYN-ACK ignoring TFO data',
    'The server does not take the data that came with the SYN; they are sent again.',
  ),
  ackWithoutFlag: group('tcp.ack.nonzero', 'The acknowledgment number field is nonzero while the ACK flag is not set', {
    generated: true,
    about: 'Marks an acknowledgment number that no flag says to read; senders leave it zero.',
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
  connectionSyn: connection(
    'syn',
    'Connection establish request (SYN)',
    'Asks for a connection; the first of the three steps of the handshake.',
  ),
  connectionSynAck: connection(
    'synack',
    'Connection establish acknowledge (SYN+ACK)',
    'Agrees to the connection; the second step of the handshake.',
  ),
  connectionReset: connection('rst', 'Connection reset (RST)', 'Ends the connection at once, or refuses it.'),
  connectionFin: connection('fin', 'Connection finish (FIN)', 'Says that the sender has nothing more to send.'),
  flagString: text('tcp.flags.str', 'TCP Flags', {
    in: 'tcp.flags',
    generated: true,
    about: 'The flags as letters, one for each bit that is set.',
    display: (_get, _value, letters) => `[TCP Flags: ${letters}]`,
  }),
  finActive: closing('active', 'This frame initiates the connection closing', 'This side asked first for the end of the connection.'),
  finPassive: closing(
    'passive',
    'This frame undergoes the connection closing',
    'The other side had asked for the end of the connection before.',
  ),
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
    about:
      'Covers header and data; packets captured where they are sent often carry it unfinished, because the network card completes it later.',
    display: (get, value, shown) => `Checksum: ${shown}${checksumVerdict(get, value)}`,
    explain: (_value, get): string =>
      get.number(F.checksumStatus) === CHECKSUM_BAD
        ? 'It does not fit the bytes. Captured on the machine that sends, that is no fault: the network card fills it in after the capture (checksum offload). Captured elsewhere, the segment was damaged.'
        : '',
  }),
  badChecksum: group('tcp.checksum_bad.expert', 'Bad checksum', {
    generated: true,
    about: 'Marks a segment whose bytes do not add up to its checksum.',
  }),
  onesChecksum: group('tcp.checksum.ffff', 'TCP Checksum 0xffff instead of 0x0000 (see RFC 1624)', {
    generated: true,
    about: 'Marks a checksum of all ones where zero was meant; somebody on the way changed the segment and counted carelessly.',
  }),
  checksumStatus: u8('tcp.checksum.status', 'Checksum Status', {
    generated: true,
    names: CHECKSUM_STATES,
    about: 'Whether the checksum was verified; it is not unless asked for, because sending hosts leave it to the network card.',
    display: (_get, value) => `[Checksum Status: ${CHECKSUM_STATES[value] ?? value}]`,
    explain: (value) => (value === CHECKSUM_UNVERIFIED ? 'Verified on demand: print -o tcp.check_checksum:TRUE' : ''),
  }),
  rightChecksum: u16('tcp.checksum_calculated', 'Calculated Checksum', {
    generated: true,
    base: 'hex',
    about: 'What the checksum should be by the bytes of the segment; worked out where checksums are verified.',
  }),
  urgentPointer: u16('tcp.urgent_pointer', 'Urgent Pointer', {
    at: 18,
    about: 'Where urgent data ends; meaningful only with the Urgent flag.',
  }),
  urgentWithoutFlag: group('tcp.urgent_pointer.non_zero', 'The urgent pointer field is nonzero while the URG flag is not set', {
    generated: true,
    about: 'Marks an urgent pointer that no flag says to read; senders leave it zero.',
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
  wrongLength: group('tcp.option.len.invalid', 'Invalid length for option', {
    generated: true,
    about: 'Marks an option whose length is below what it needs, or beyond the header.',
  }),
  mssAbsent: group('tcp.options.mss.absent', 'The SYN packet does not contain a MSS option', {
    generated: true,
    about: 'Marks a SYN whose sender does not tell how long segments to it may be.',
  }),
  mssPresent: group('tcp.options.mss.present', 'The non-SYN packet does contain a MSS option', {
    generated: true,
    about: 'Marks a segment size where none belongs: it is agreed on with SYN only.',
  }),
  fourNops: group('tcp.nop', '4 NOP in a row - a router may have removed some options', {
    generated: true,
    about: 'Marks fillers where options may have stood that somebody on the way took out.',
  }),
  padding: group('', 'Non-zero header padding', { about: 'What follows the end of the options, up to the end of the header.' }),
  nonZeroPadding: group('tcp.non_zero_bytes_after_eol', 'Non zero bytes in option space after EOL option', {
    generated: true,
    about: 'Marks padding that is not zero; something may be hidden there.',
  }),
  optionLength: u8('tcp.option_len', 'Length', {
    in: 'tcp.options',
    about: 'Counts the bytes of the option, those of kind and length among them.',
  }),
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
  shiftTooLarge: group('tcp.options.wscale.shift.invalid', 'Window scale shift exceeds 14', {
    generated: true,
    about: 'Marks a window scale beyond what RFC 7323 allows; fourteen is used instead.',
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
  duplicateLeft: u32('tcp.options.sack.dsack_le', 'TCP D-SACK Left Edge', {
    in: 'tcp.options',
    generated: true,
    about: 'The first byte of a run that arrived more than once.',
    display: (_get, value) => `[D-SACK Left Edge = ${value} (relative)]`,
  }),
  duplicateRight: u32('tcp.options.sack.dsack_re', 'TCP D-SACK Right Edge', {
    in: 'tcp.options',
    generated: true,
    about: 'The byte just behind a run that arrived more than once.',
    display: (_get, value) => `[D-SACK Right Edge = ${value} (relative)]`,
  }),
  duplicateRun: group('', 'D-SACK Sequence', { about: 'The run of bytes that arrived more than once (RFC 2883).' }),
  duplicate: group('tcp.options.sack.dsack', 'D-SACK Sequence', {
    generated: true,
    about: 'Marks a report of bytes that arrived more than once: they were sent again without need.',
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
  fastOpenSyn: remark(
    'tfo_syn',
    'TCP SYN with TFO Cookie',
    'The client proves with a cookie that it was here before, and may send data at once.',
  ),
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
  ...A,
  resetCause: text('tcp.reset_cause', 'Reset cause', {
    about: 'Why the sender cut the connection off, in its own words; hardly any program says so.',
  }),
  payload: bytes('tcp.payload', 'TCP payload', {
    about: 'The bytes of the stream that this segment carries.',
    display: (_get, _value, hex) => `TCP payload (${plural(hex.length / 2)})`,
  }),
  segmentData: bytes('tcp.segment_data', 'TCP segment data', {
    about: 'Part of a longer message: it is put together with the parts in other packets.',
    display: (get, _value, hex): string =>
      `${!get.has(F.reassembledIn) && isRepeated(get) ? 'Retransmitted ' : ''}TCP segment data (${plural(hex.length / 2)})`,
  }),
  reassembledIn: frame('tcp.reassembled_in', 'Reassembled PDU in frame', {
    generated: true,
    about: 'The packet in which the message is complete that this segment belongs to.',
    display: (_get, value) => `[Reassembled PDU in frame: ${value}]`,
  }),
  segments: group('tcp.segments', 'Reassembled TCP Segments', {
    about: 'The segments that together hold the message below.',
  }),
  segment: frame('tcp.segment', 'TCP Segment', {
    in: 'tcp.segments',
    about: 'A packet that carries a part of the message.',
    display: (_get, packet, _text, _raw, start, length) =>
      `[Frame: ${packet}, payload: ${start}-${start + length - 1} (${plural(length)})]`,
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

/** The bytes were sent before, as far as the analysis knows. */
export const isRepeated = (get: Get): boolean => get.has(A.retransmission)

export function plural(length: number): string {
  return length === 1 ? '1 byte' : `${length} bytes`
}

function sackRanges(get: Get): string {
  const right = get.numbers(F.sackRight)
  return get
    .numbers(F.sackLeft)
    .map((left, i) => ` ${left}-${right[i]}`)
    .join('')
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
