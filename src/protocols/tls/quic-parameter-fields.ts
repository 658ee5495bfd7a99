// The fields of QUIC's transport parameters, which travel in an extension of TLS: RFC 9000 18, RFC 9368 3.

import { bytes, type Fields, frame, group, ipv4, ipv6, text, u8, u16, u32, u64 } from '../../core/protocol.ts'
import { quicParameterNames, quicVersionNames } from '../names/quic.ts'

const timeStampNames = {
  1: 'I would like to receive TIME_STAMP frames',
  2: 'I am able to generate TIME_STAMP frames',
  3: 'I am able to generate TIME_STAMP frames and I would like to receive them',
}

/** Numbers of the form 31 × N + 27 mean nothing: they keep receivers used to the unknown (RFC 9000 18.1). */
export const parameterName = (type: number): string =>
  quicParameterNames[type] ?? (type % 31 === 27 ? 'GREASE' : type === 0xff02de1a || type === 0xff03de1a ? 'min_ack_delay' : 'Unknown')

const named = (name: string, label: string, about: string) => u64(`tls.quic.parameter.${name}`, label, { about })

export const Q = {
  fragment: frame('tls.handshake.fragment', 'Handshake Fragment', {
    about: 'A packet that holds a piece of the message put together here.',
    display: (_get, value, _shown, _raw, start, length) => `Frame: ${value}, payload: ${start}-${start + length - 1} (${length} bytes)`,
  }),
  length: u16('tls.quic.len', 'Parameters Length', { about: 'How many bytes all parameters together have; drafts up to 26 said so.' }),
  parameter: group('', 'Parameter', { about: 'One thing that an end of the connection tells the other about itself.' }),
  type: u64('tls.quic.parameter.type', 'Type', {
    about: 'Says which parameter it is; IANA keeps the list.',
    display: (_get, value, shown) =>
      `Type: ${parameterName(value)} (0x${(Number.isSafeInteger(value) ? value.toString(16) : BigInt(shown).toString(16)).padStart(2, '0')})`,
  }),
  valueLength: u64('tls.quic.parameter.length', 'Length', { about: 'How many bytes the value of the parameter has.' }),
  oldLength: u16('tls.quic.parameter.lengt.old', 'Length', { about: 'How many bytes the value has, as drafts up to 26 wrote it.' }),
  value: bytes('tls.quic.parameter.value', 'Value', {
    about: 'The value of the parameter, byte for byte.',
    display: (_get, _value, shown, _raw, _start, length) => `Value: ${length === 0 ? '<MISSING>' : shown}`,
  }),
  originalId: bytes('tls.quic.parameter.original_destination_connection_id', 'original_destination_connection_id', {
    about: 'The connection id that the client chose first, given back by the server as a proof.',
  }),
  idleTimeout: named('max_idle_timeout', 'max_idle_timeout', 'After how many milliseconds of silence the connection is over.'),
  resetToken: bytes('tls.quic.parameter.stateless_reset_token', 'stateless_reset_token', {
    about: 'A packet that ends in it tells that the server has forgotten the connection.',
  }),
  payloadSize: named('max_udp_payload_size', 'max_udp_payload_size', 'The longest datagram that this end is ready to take.'),
  maximumData: named('initial_max_data', 'initial_max_data', 'How many bytes the peer may send on all streams at first.'),
  local: named(
    'initial_max_stream_data_bidi_local',
    'initial_max_stream_data_bidi_local',
    'How many bytes may come on each stream that this end opens for both directions.',
  ),
  remote: named(
    'initial_max_stream_data_bidi_remote',
    'initial_max_stream_data_bidi_remote',
    'How many bytes may come on each stream that the peer opens for both directions.',
  ),
  oneWay: named('initial_max_stream_data_uni', 'initial_max_stream_data_uni', 'How many bytes may come on each stream of one direction.'),
  streams: named('initial_max_streams_bidi', 'initial_max_streams_bidi', 'How many streams of both directions the peer may open at first.'),
  oneWayStreams: named(
    'initial_max_streams_uni',
    'initial_max_streams_uni',
    'How many streams of one direction the peer may open at first.',
  ),
  exponent: named('ack_delay_exponent', 'ack_delay_exponent', 'Delays in acknowledgements count in units of two to this power.'),
  delay: named('max_ack_delay', 'max_ack_delay', 'For how many milliseconds acknowledgements are held back at most.'),
  address4: ipv4('tls.quic.parameter.preferred_address.ipv4address', 'ipv4Address', {
    about: 'The IPv4 address to which the server would like the client to move.',
  }),
  port4: u16('tls.quic.parameter.preferred_address.ipv4port', 'ipv4Port', {
    about: 'The port that belongs to the preferred IPv4 address.',
  }),
  address6: ipv6('tls.quic.parameter.preferred_address.ipv6address', 'ipv6Address', {
    about: 'The IPv6 address to which the server would like the client to move.',
  }),
  port6: u16('tls.quic.parameter.preferred_address.ipv6port', 'ipv6Port', {
    about: 'The port that belongs to the preferred IPv6 address.',
  }),
  addressIdLength: u8('tls.quic.parameter.preferred_address.connectionid.length', 'Length', {
    about: 'How many bytes the connection id for the preferred address has.',
  }),
  addressId: bytes('tls.quic.parameter.preferred_address.connectionid', 'connectionId', {
    about: 'The connection id to use at the preferred address.',
  }),
  addressToken: bytes('tls.quic.parameter.preferred_address.statelessresettoken', 'statelessResetToken', {
    about: 'The reset token that belongs to the preferred address.',
  }),
  idLimit: named(
    'active_connection_id_limit',
    'Active Connection ID Limit',
    'How many connection ids of the peer this end is ready to keep.',
  ),
  sourceId: bytes('tls.quic.parameter.initial_source_connection_id', 'Initial Source Connection ID', {
    about: 'The id that this end chose, repeated where nobody can change it.',
    display: (_get, _value, shown, _raw, _start, length) => `Initial Source Connection ID: ${length === 0 ? '<MISSING>' : shown}`,
  }),
  retryId: bytes('tls.quic.parameter.retry_source_connection_id', 'Retry Source Connection ID', {
    about: 'The id of the Retry packet, repeated where nobody can change it.',
  }),
  datagramSize: named(
    'max_datagram_frame_size',
    'max_datagram_frame_size',
    'The longest unreliable datagram that this end is ready to take.',
  ),
  lossBits: named('loss_bits', 'loss_bits', 'Whether this end marks lost packets for the network to see.'),
  timeStamp: u64('tls.quic.parameter.enable_time_stamp_v2', 'Enable TimestampV2', {
    names: timeStampNames,
    about: 'Whether this end sends or wants to get time stamps.',
  }),
  minimumDelay: named('min_ack_delay', 'min_ack_delay', 'For how many microseconds acknowledgements are held back at least.'),
  roundTrip: named('google.initial_rtt', 'Google Initial RTT', 'How long a round trip took last time, in microseconds.'),
  options: bytes('tls.quic.parameter.google.connection_options', 'Google Connection options', {
    about: 'Experiments that the client takes part in, four letters each.',
  }),
  agent: text('tls.quic.parameter.google.user_agent', 'Google UserAgent', { about: 'The program that the client is, in its own words.' }),
  handshakeDone: group('tls.quic.parameter.google.support_handshake_done', 'Google Support Handshake Done', {
    about: 'Says that the sender knows frames that end the handshake.',
  }),
  keyUpdate: group('tls.quic.parameter.google.key_update_not_yet_supported', 'Google Key Update not yet supported', {
    about: 'Says that the sender cannot change keys yet.',
  }),
  parameters: bytes('tls.quic.parameter.google.quic_params', 'Google QUIC parameters', {
    about: 'Parameters of the protocol that Google had before this one.',
  }),
  googleVersion: u32('tls.quic.parameter.google.quic_version', 'Google QUIC version', {
    base: 'hex',
    names: quicVersionNames,
    about: 'The version of the connection, repeated where nobody can change it.',
  }),
  googleVersionsLength: u8('tls.quic.parameter.google.supported_versions_length', 'Google Supported Versions Length', {
    about: 'How many bytes the versions that the server accepts have.',
  }),
  googleSupported: u32('tls.quic.parameter.google.supported_version', 'Google Supported Version', {
    base: 'hex',
    names: quicVersionNames,
    about: 'A version that the server would have accepted as well.',
  }),
  reliability: named('facebook.partial_reliability', 'Facebook Partial Reliability', 'Whether streams may skip bytes that come too late.'),
  chosenVersion: u32('tls.quic.parameter.vi.chosen_version', 'Chosen Version', {
    base: 'hex',
    names: quicVersionNames,
    about: 'The version that this end uses for the connection.',
  }),
  otherVersion: u32('tls.quic.parameter.vi.other_version', 'Other Version', {
    base: 'hex',
    names: quicVersionNames,
    about: 'A further version that this end could use.',
  }),
} satisfies Fields
