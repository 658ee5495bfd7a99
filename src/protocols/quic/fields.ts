// The fields of QUIC's packets and frames.

import { bytes, type Fields, flag, frame, group, text, u8, u32, u64 } from '../../core/protocol.ts'
import { quicAlertNames, quicErrorNames, quicFrameTypeNames, quicTypeNames, quicTypeNamesV2, quicVersionNames } from '../names/quic.ts'

const lengthNames = { 0: '1 bytes', 1: '2 bytes', 2: '3 bytes', 3: '4 bytes' }

/** Bits below the header protection: they do not stand in the bytes as they are, so their row is written out. */
const shownBits =
  (before: string, count: number, after: string, label: string, words: readonly string[] = []) =>
  (_get: unknown, value: number): string => {
    const digits = value.toString(2).padStart(count, '0')
    // Groups of four: the reserved bits of short headers lie across the middle.
    const pattern = before === '...' ? `...${digits[0]} ${digits[1]}${after}` : `${before}${digits}${after}`
    return `${pattern} = ${label}: ${words[value] ?? value}`
  }

export const F = {
  connection: group('', 'QUIC Connection information', { about: 'What the analyzer knows of the connection that the packet belongs to.' }),
  number: u32('quic.connection.number', 'Connection Number', {
    generated: true,
    about: 'Numbers the connections of this capture, from 0; a connection may change addresses and ports.',
  }),
  unknown: group('quic.connection.unknown', 'Unknown QUIC connection', {
    about: 'Marks a packet whose connection did not begin in this capture, as far as its ids tell.',
  }),
  packetLength: u32('quic.packet_length', 'Packet Length', {
    generated: true,
    about: 'How many bytes of the datagram belong to this packet.',
  }),
  short: group('quic.short', 'QUIC Short Header', {
    about: 'The header of packets after the handshake, in which everything that can be is hidden.',
    display: (get): string => {
      const id = get.text(F.destination)
      const number = get.has(F.packetNumber) ? ` PKN=${get.text(F.packetNumber)}` : ''
      return `QUIC Short Header${id === '' ? '' : ` DCID=${id}`}${number}`
    },
  }),
  form: u8('quic.header_form', 'Header Form', {
    mask: 0x80,
    names: { 0: 'Short Header', 1: 'Long Header' },
    about: 'Tells long headers, which open connections, from the short ones that follow.',
  }),
  fixed: flag('quic.fixed_bit', 'Fixed Bit', {
    mask: 0x40,
    about: 'Is always set, so that other protocols can share the port.',
  }),
  type: u8('quic.long.packet_type', 'Packet Type', {
    mask: 0x30,
    names: quicTypeNames,
    about: 'Says which step of the handshake the packet belongs to.',
    explain: (value) => (value === 0 ? 'Initial packets are sealed with keys that everybody can derive: their content is no secret.' : ''),
  }),
  type2: u8('quic.long.packet_type_v2', 'Packet Type', {
    mask: 0x30,
    names: quicTypeNamesV2,
    about: 'Says which step of the handshake the packet belongs to, in the numbers of version 2.',
  }),
  reserved: u8('quic.long.reserved', 'Reserved', {
    display: shownBits('.... ', 2, '..', 'Reserved'),
    mask: 0x0c,
    about: 'Two bits that must be zero below the header protection.',
  }),
  spin: flag('quic.spin_bit', 'Spin Bit', {
    mask: 0x20,
    about: 'Turns over once every round trip, so that the network can measure how long one takes.',
  }),
  shortReserved: u8('quic.short.reserved', 'Reserved', {
    display: shownBits('...', 2, '...', 'Reserved'),
    mask: 0x18,
    about: 'Two bits that must be zero below the header protection.',
  }),
  keyPhase: flag('quic.key_phase', 'Key Phase Bit', {
    display: shownBits('.... .', 1, '..', 'Key Phase Bit', ['False', 'True']),
    mask: 0x04,
    about: 'Turns over whenever the two sides change their keys.',
  }),
  numberLength: u8('quic.packet_number_length', 'Packet Number Length', {
    display: shownBits('.... ..', 2, '', 'Packet Number Length', ['1 bytes (0)', '2 bytes (1)', '3 bytes (2)', '4 bytes (3)']),
    mask: 0x03,
    names: lengthNames,
    about: 'How many bytes of the packet number were sent, less one.',
  }),
  unused: u8('quic.vn.unused', 'Unused', { mask: 0x7f, base: 'hex', about: 'Bits that mean nothing when versions are negotiated.' }),
  version: u32('quic.version', 'Version', {
    base: 'hex',
    names: quicVersionNames,
    about: 'The version of QUIC that the packet is written in; zero asks for another one.',
  }),
  destinationLength: u8('quic.dcil', 'Destination Connection ID Length', {
    about: 'How many bytes the connection id of the receiver has.',
  }),
  destination: bytes('quic.dcid', 'Destination Connection ID', {
    about: 'The id by which the receiver knows the connection, whatever addresses it uses.',
  }),
  sourceLength: u8('quic.scil', 'Source Connection ID Length', { about: 'How many bytes the connection id of the sender has.' }),
  source: bytes('quic.scid', 'Source Connection ID', { about: 'The id by which the sender wants the connection to be named.' }),
  tokenLength: u64('quic.token_length', 'Token Length', { about: 'How many bytes the token has; zero without one.' }),
  token: bytes('quic.token', 'Token', { about: 'The client gives it back to the server to prove that its address is its own.' }),
  length: u64('quic.length', 'Length', { about: 'Counts the bytes of the packet number and of the sealed payload.' }),
  packetNumber: u64('quic.packet_number', 'Packet Number', {
    about: 'Numbers the packets of one direction; only its last bytes are sent, and these are hidden.',
  }),
  supported: u32('quic.supported_version', 'Supported Version', {
    base: 'hex',
    names: quicVersionNames,
    about: 'A version that the server would have accepted instead.',
  }),
  retryToken: bytes('quic.retry_token', 'Retry Token', { about: 'The client has to send it along when it tries again.' }),
  retryTag: bytes('quic.retry_integrity_tag', 'Retry Integrity Tag', {
    about: 'Shows that whoever wrote the packet has seen the one that it answers.',
  }),
  badRetry: group('quic.bad_retry', 'Retry Integrity Tag verification failure', {
    about: 'Marks a Retry packet whose integrity tag is wrong.',
  }),
  payload: bytes('quic.payload', 'Payload', { about: 'The sealed bytes of the packet, with the tag that guards them.' }),
  protected: bytes('quic.protected_payload', 'Protected Payload', {
    about: 'The sealed bytes of the packet, with the tag that guards them.',
  }),
  remaining: bytes('quic.remaining_payload', 'Remaining Payload', {
    about: 'Bytes that stay sealed, packet number included, because nothing here opens them.',
  }),
  resetToken0: bytes('quic.stateless_reset_token', 'Stateless Reset Token', {
    about: 'Ends a connection of which the sender has forgotten everything but this token.',
  }),
  unpredictable: bytes('quic.unpredictable_bits', 'Unpredictable Bits', {
    about: 'Random bits that make a reset look like any other packet.',
  }),
  failed: group('quic.decryption_failed', 'Failed to decrypt handshake', {
    about: 'Marks a packet that stays sealed, and says why it does.',
  }),
  filler: group('quic.coalesced_padding_data', 'Coalesced Padding Data', {
    about: 'Marks bytes behind the last packet of a datagram, which only fill it up.',
  }),
  retransmission: group('quic.retransmission', 'Retransmission', {
    about: 'Marks a frame whose bytes have all been seen before.',
  }),
  violation: group('quic.protocol_violation', 'Invalid data according to the protocol', {
    about: 'Marks frames that contradict the rules of QUIC.',
  }),

  frame: group('quic.frame', 'Frame', { about: 'One statement inside the packet: data, an acknowledgement, a limit.' }),
  frameType: u64('quic.frame_type', 'Frame Type', {
    names: quicFrameTypeNames,
    about: 'Says what the frame is; the lowest bits may say how it is written.',
    display: (_get, value) => `Frame Type: ${quicFrameTypeNames[value] ?? 'Unknown'} (0x${value.toString(16).padStart(16, '0')})`,
  }),
  paddingLength: u32('quic.padding_length', 'Padding Length', {
    generated: true,
    about: 'How many bytes only make the packet longer.',
  }),
  largest: u64('quic.ack.largest_acknowledged', 'Largest Acknowledged', { about: 'The largest packet number that has arrived so far.' }),
  delay: u64('quic.ack.ack_delay', 'ACK Delay', {
    about: 'How long the acknowledgement was held back, in units that the two sides agreed on.',
  }),
  rangeCount: u64('quic.ack.ack_range_count', 'ACK Range Count', { about: 'How many further runs of packet numbers follow.' }),
  firstRange: u64('quic.ack.first_ack_range', 'First ACK Range', {
    about: 'How many packets just before the largest one have arrived as well.',
  }),
  gap: u64('quic.ack.gap', 'Gap', { about: 'How many packets are missing before the next run, less one.' }),
  range: u64('quic.ack.ack_range', 'ACK Range', { about: 'How many packets of the next run have arrived, less one.' }),
  ect0: u64('quic.ack.ect0_count', 'ECT(0) Count', { about: 'How many packets arrived with the mark ECT(0) of the network layer.' }),
  ect1: u64('quic.ack.ect1_count', 'ECT(1) Count', { about: 'How many packets arrived with the mark ECT(1) of the network layer.' }),
  congestion: u64('quic.ack.ecn_ce_count', 'ECN-CE Count', {
    about: 'How many packets arrived with the mark that the network is congested.',
  }),
  resetStream: u64('quic.rsts.stream_id', 'Stream ID', { about: 'The stream that its sender gives up.' }),
  resetError: u64('quic.rsts.application_error_code', 'Application Error code', {
    about: 'Says why the stream was given up, in numbers of the application.',
  }),
  resetSize: u64('quic.rsts.final_size', 'Final Size', { about: 'How many bytes of the stream were sent before it was given up.' }),
  stopStream: u64('quic.ss.stream_id', 'Stream ID', { about: 'The stream that the receiver does not want to read on.' }),
  stopError: u64('quic.ss.application_error_code', 'Application Error code', {
    about: 'Says why the stream is not wanted, in numbers of the application.',
  }),
  cryptoOffset: u64('quic.crypto.offset', 'Offset', { about: 'Where in the run of handshake bytes these belong.' }),
  cryptoLength: u64('quic.crypto.length', 'Length', { about: 'How many handshake bytes the frame carries.' }),
  cryptoData: group('quic.crypto.crypto_data', 'Crypto Data', { about: 'Bytes of the TLS handshake, which sets up the keys.' }),
  fragments: group('quic.crypto.fragments', 'Reassembled QUIC CRYPTO Data Fragments', {
    about: 'The frames that the handshake bytes were put together from.',
  }),
  fragment: frame('quic.crypto.fragment', 'QUIC CRYPTO Data Fragment', {
    about: 'A packet that holds a piece of the handshake bytes put together here.',
  }),
  fragmentCount: u32('quic.crypto.fragment.count', 'Fragment count', {
    generated: true,
    about: 'How many pieces the handshake bytes were put together from.',
  }),
  newTokenLength: u64('quic.nt.length', '(Token) Length', { about: 'How many bytes the token for later has.' }),
  newToken: bytes('quic.nt.token', 'Token', { about: 'The client can show it when it connects again, to be believed at once.' }),
  streamFin: flag('quic.stream.fin', 'Fin', { mask: 0x01, about: 'Says that the stream ends with these bytes.' }),
  streamHasLength: flag('quic.stream.len', 'Len(gth)', {
    mask: 0x02,
    about: 'Says that the frame has a length and does not fill the packet.',
  }),
  streamHasOffset: flag('quic.stream.off', 'Off(set)', {
    mask: 0x04,
    about: 'Says that the frame has an offset and does not begin the stream.',
  }),
  streamId: u64('quic.stream.stream_id', 'Stream ID', { about: 'The stream that the bytes belong to; a connection has many.' }),
  streamInitiator: u64('quic.stream.initiator', 'Stream initiator', {
    names: { 0: 'Client-initiated', 1: 'Server-initiated' },
    about: 'Which side opened the stream, by the lowest bit of its id.',
  }),
  streamDirection: u64('quic.stream.direction', 'Stream direction', {
    names: { 0: 'Bidirectional', 1: 'Unidirectional' },
    about: 'Whether both sides write on the stream, by the second bit of its id.',
  }),
  streamOffset: u64('quic.stream.offset', 'Offset', { about: 'Where in the stream these bytes belong.' }),
  streamLength: u64('quic.stream.length', 'Length', { about: 'How many bytes of the stream the frame carries.' }),
  streamData: bytes('quic.stream_data', 'Stream Data', { about: 'Bytes of the stream, as the application wrote them.' }),
  maximumData: u64('quic.md.maximum_data', 'Maximum Data', { about: 'How many bytes the peer may send on all streams together.' }),
  maximumStream: u64('quic.msd.stream_id', 'Stream ID', { about: 'The stream on which more bytes may be sent.' }),
  maximumStreamData: u64('quic.msd.maximum_stream_data', 'Maximum Stream Data', {
    about: 'How many bytes the peer may send on this stream.',
  }),
  maximumStreams: u64('quic.ms.max_streams', 'Max Streams', { about: 'How many streams the peer may open in all.' }),
  blockedLimit: u64('quic.sb.stream_data_limit', 'Stream Data Limit', {
    about: 'The limit that keeps the sender from sending more bytes.',
  }),
  blockedStream: u64('quic.sdb.stream_id', 'Stream ID', { about: 'The stream on which the sender would like to send more.' }),
  streamsLimit: u64('quic.sib.stream_limit', 'Stream Limit', { about: 'The limit that keeps the sender from opening more streams.' }),
  idSequence: u64('quic.nci.sequence', 'Sequence', { about: 'Numbers the connection ids that the sender has given out.' }),
  retirePriorTo: u64('quic.nci.retire_prior_to', 'Retire Prior To', { about: 'Ids with smaller numbers are to be used no more.' }),
  newIdLength: u8('quic.nci.connection_id.length', 'Connection ID Length', { about: 'How many bytes the new connection id has.' }),
  newId: bytes('quic.nci.connection_id', 'Connection ID', {
    about: 'A further id for the connection, for when the peer changes its path.',
  }),
  resetToken: bytes('quic.nci.stateless_reset_token', 'Stateless Reset Token', {
    about: 'A packet that ends in it tells that the sender has forgotten the connection.',
  }),
  retiredId: u64('quic.rci.sequence', 'Sequence', { about: 'The number of the connection id that is used no more.' }),
  challenge: bytes('quic.path_challenge.data', 'Data', { about: 'Bytes that the peer must send back, to show that the path works.' }),
  response: bytes('quic.path_response.data', 'Data', { about: 'The bytes of a challenge, sent back over the path under test.' }),
  errorCode: u64('quic.cc.error_code', 'Error code', { names: quicErrorNames, about: 'Says why the connection ends, in numbers of QUIC.' }),
  applicationError: u64('quic.cc.error_code.app', 'Application Error code', {
    about: 'Says why the connection ends, in numbers of the application.',
  }),
  alert: u8('quic.cc.error_code.tls_alert', 'TLS Alert Description', {
    names: quicAlertNames,
    about: 'What TLS found wrong, as an alert would say it.',
  }),
  closedFrameType: u64('quic.cc.frame_type', 'Frame Type', { about: 'The type of the frame that caused the error; zero when unknown.' }),
  reasonLength: u64('quic.cc.reason_phrase.length', 'Reason phrase Length', { about: 'How many bytes the reason in words has.' }),
  reason: text('quic.cc.reason_phrase', 'Reason phrase', { about: 'Says in words for people why the connection ends.' }),
  datagramLength: u64('quic.dg.length', 'Datagram Length', { about: 'How many bytes the datagram inside has.' }),
  datagram: bytes('quic.dg', 'Datagram', { about: 'Bytes that are sent once and never repeated, outside of all streams.' }),
  frequencySequence: u64('quic.af.sequence_number', 'Sequence Number', {
    about: 'Numbers these wishes, so that a late one changes nothing.',
  }),
  elicitingThreshold: u64('quic.af.ack_eliciting_threshold', 'Ack-Eliciting Threshold', {
    about: 'How many packets may arrive before they are acknowledged.',
  }),
  requestedDelay: u64('quic.af.request_max_ack_delay', 'Request Max Ack Delay', {
    about: 'How long acknowledgements may be held back at most, in microseconds.',
  }),
  frequencyLast: u8('quic.af.last_byte', 'Last Byte', { base: 'hex', about: 'Holds the flags of this frame in one byte.' }),
  frequencyReserved: u8('quic.af.reserved', 'Reserved', { mask: 0xfc, about: 'Six bits that have no meaning yet.' }),
  ignoreCongestion: flag('quic.af.ignore_ce', 'Ignore CE', {
    mask: 0x01,
    about: 'Asks not to acknowledge at once when the network is congested.',
  }),
  ignoreOrder: flag('quic.af.ignore_order', 'Ignore Order', {
    mask: 0x02,
    about: 'Asks not to acknowledge at once when packets come out of order.',
  }),
  timestamp: u64('quic.ts', 'Time Stamp', { about: 'When the packet was sent, by the sender’s own clock.' }),
} satisfies Fields
