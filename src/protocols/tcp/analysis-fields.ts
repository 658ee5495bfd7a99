// The fields that say how segments of a connection stand to each other, in Wireshark's words.

import { duration, frame, group, u8, u32 } from '../../core/protocol.ts'

/** A remark that has a name of its own. */
const remark = (name: string, label: string, about: string) =>
  group(name, label, { about, generated: true, analysed: true, in: 'tcp.analysis.flags' })

const COMPLETE: Readonly<Record<number, string>> = {
  1: 'Incomplete, SYN_SENT',
  3: 'Incomplete, CLIENT_ESTABLISHED',
  7: 'Incomplete, ESTABLISHED',
  15: 'Incomplete, DATA',
  23: 'Complete, NO_DATA',
  39: 'Complete, NO_DATA',
  55: 'Complete, NO_DATA',
  31: 'Complete, WITH_DATA',
  47: 'Complete, WITH_DATA',
  63: 'Complete, WITH_DATA',
}

const SEEN = ['the SYN', 'the SYN+ACK', "the client's ACK", 'data', 'a FIN', 'a RST']

/** Stands behind the stream index. */
export const completeness = u8('tcp.completeness', 'Conversation completeness', {
  generated: true,
  analysed: true,
  about: 'What the capture held of the connection before this packet: handshake, data, end.',
  display: (_get, value) => `[Conversation completeness: ${COMPLETE[value] ?? 'Incomplete'} (${value})]`,
  explain: (value) => {
    const seen = SEEN.filter((_, bit) => (value & (1 << bit)) !== 0)
    return seen.length === 0 ? 'Nothing of the connection was seen before this packet.' : `Seen before this packet: ${seen.join(', ')}.`
  },
})

export const A = {
  timestamps: group('', 'Timestamps', { about: 'When the segment came, measured against the others of its connection.', generated: true }),
  timeRelative: duration('tcp.time_relative', 'Time since first frame in this TCP stream', {
    generated: true,
    analysed: true,
    about: 'How long ago the connection began, as far as the capture shows.',
  }),
  timeDelta: duration('tcp.time_delta', 'Time since previous frame in this TCP stream', {
    generated: true,
    analysed: true,
    about: 'How long the connection was silent before this packet.',
  }),
  analysis: group('tcp.analysis', 'SEQ/ACK analysis', {
    generated: true,
    analysed: true,
    about: 'What sequence and acknowledgment numbers say, compared with those of earlier packets.',
  }),
  acksFrame: frame('tcp.analysis.acks_frame', 'This is an ACK to the segment in frame', {
    in: 'tcp.analysis',
    generated: true,
    analysed: true,
    about: 'The packet whose bytes are acknowledged here, up to the last one.',
  }),
  ackRtt: duration('tcp.analysis.ack_rtt', 'The RTT to ACK the segment was', {
    in: 'tcp.analysis',
    generated: true,
    analysed: true,
    about: 'How long the acknowledgment took, seen from where the capture was made.',
  }),
  initialRtt: duration('tcp.analysis.initial_rtt', 'iRTT', {
    in: 'tcp.analysis',
    generated: true,
    analysed: true,
    about: 'The round-trip time of the handshake: from the SYN to the ACK that ends it.',
  }),
  bytesInFlight: u32('tcp.analysis.bytes_in_flight', 'Bytes in flight', {
    in: 'tcp.analysis',
    generated: true,
    analysed: true,
    about: 'How many bytes were sent and are not yet acknowledged, this segment included.',
  }),
  pushBytesSent: u32('tcp.analysis.push_bytes_sent', 'Bytes sent since last PSH flag', {
    in: 'tcp.analysis',
    generated: true,
    analysed: true,
    about: 'How many bytes were sent since the sender last asked to hand them on at once.',
  }),
  analysisFlags: group('tcp.analysis.flags', 'TCP Analysis Flags', {
    in: 'tcp.analysis',
    generated: true,
    analysed: true,
    about: 'Marks the packet as one that deserves a look; the remarks below say why.',
  }),
  retransmission: remark(
    'tcp.analysis.retransmission',
    'This frame is a (suspected) retransmission',
    'These bytes were sent before and not acknowledged in time, so they are sent again.',
  ),
  fastRetransmission: remark(
    'tcp.analysis.fast_retransmission',
    'This frame is a (suspected) fast retransmission',
    'Repeated acknowledgments told the sender of a loss, and it sends the bytes again without waiting.',
  ),
  spuriousRetransmission: remark(
    'tcp.analysis.spurious_retransmission',
    'This frame is a (suspected) spurious retransmission',
    'These bytes were acknowledged already, and are sent again without need.',
  ),
  outOfOrder: remark(
    'tcp.analysis.out_of_order',
    'This frame is a (suspected) out-of-order segment',
    'This segment was overtaken by a later one on the way.',
  ),
  rto: duration('tcp.analysis.rto', 'The RTO for this segment was', {
    in: 'tcp.analysis.flags',
    generated: true,
    analysed: true,
    about: 'How long the sender waited before it sent the bytes again.',
  }),
  rtoFrame: frame('tcp.analysis.rto_frame', 'RTO based on delta from frame', {
    in: 'tcp.analysis.flags',
    generated: true,
    analysed: true,
    about: 'The packet from which the wait is counted: the first that carried the bytes.',
  }),
  reusedPorts: remark(
    'tcp.analysis.reused_ports',
    'A new tcp session is started with the same ports as an earlier session in this trace',
    'The same ports served an earlier connection in this capture; this one is new.',
  ),
  lostSegment: remark(
    'tcp.analysis.lost_segment',
    'Previous segment(s) not captured (common at capture start)',
    'Bytes before this segment are missing: lost on the way, or not captured.',
  ),
  ackLostSegment: remark(
    'tcp.analysis.ack_lost_segment',
    "ACKed segment that wasn't captured (common at capture start)",
    'This packet acknowledges bytes that the capture does not hold, so the capture missed them.',
  ),
  windowUpdate: remark('tcp.analysis.window_update', 'TCP window update', 'The receiver has read data and tells that there is room again.'),
  windowFull: remark(
    'tcp.analysis.window_full',
    'TCP window specified by the receiver is now completely full',
    'The sender has filled the window that the receiver offered and must wait now.',
  ),
  keepAlive: remark(
    'tcp.analysis.keep_alive',
    'TCP keep-alive segment',
    'Asks whether the other side is still there, by repeating one byte.',
  ),
  keepAliveAck: remark(
    'tcp.analysis.keep_alive_ack',
    'ACK to a TCP keep-alive segment',
    'Answers the question whether this side is still there.',
  ),
  duplicateAck: group('tcp.analysis.duplicate_ack', 'Duplicate ACK', {
    in: 'tcp.analysis',
    generated: true,
    analysed: true,
    about: 'The same acknowledgment came before: the receiver still waits for the same byte.',
  }),
  duplicateAckNumber: u32('tcp.analysis.duplicate_ack_num', 'Duplicate ACK #', {
    in: 'tcp.analysis',
    generated: true,
    analysed: true,
    about: 'The how many-th repetition this is; the third makes the sender repeat the bytes.',
  }),
  duplicateAckFrame: frame('tcp.analysis.duplicate_ack_frame', 'Duplicate to the ACK in frame', {
    in: 'tcp.analysis',
    generated: true,
    analysed: true,
    about: 'The packet in which this acknowledgment stood for the first time.',
  }),
  zeroWindowProbe: remark(
    'tcp.analysis.zero_window_probe',
    'TCP Zero Window Probe',
    'Sends one byte against a closed window, to learn whether it has opened.',
  ),
  zeroWindow: remark(
    'tcp.analysis.zero_window',
    'TCP Zero Window segment',
    'The receiver is full and tells the other side to stop sending.',
  ),
  zeroWindowProbeAck: remark(
    'tcp.analysis.zero_window_probe_ack',
    'ACK to a TCP Zero Window Probe',
    'Answers a probe of the closed window: it is still closed.',
  ),
  finRetransmission: frame('tcp.fin_retransmission', 'Retransmission of FIN from frame', {
    generated: true,
    analysed: true,
    about: 'The packet in which this side asked for the end of the connection before.',
  }),
}
