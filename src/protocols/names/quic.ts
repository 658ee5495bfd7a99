// Names of QUIC: versions, packet types, frames, errors, transport parameters. RFC 9000 22, RFC 9369, and what experiments of its time used.

import type { Names } from '../../core/field.ts'
import { alertNames } from './tls-messages.ts'

/** The same name for every number from the first to the last. */
const range = (first: number, last: number, name: string): Names =>
  Object.fromEntries(Array.from({ length: last - first + 1 }, (_, i) => [first + i, name]))

const drafts: Names = Object.fromEntries(Array.from({ length: 31 }, (_, i) => [0xff000004 + i, `draft-${String(i + 4).padStart(2, '0')}`]))

export const quicVersionNames: Names = {
  0: 'Version Negotiation',
  1: '1',
  1798521807: '2',
  ...range(0x45474700, 0x454747ff, 'Quant'),
  ...range(0x50435130, 0x50435131, 'Picoquic internal'),
  1347571544: 'Proxied QUIC (PROX)',
  1362113587: 'Google Q043',
  1362113588: 'Google Q044',
  1362113590: 'Google Q046',
  1362113840: 'Google Q050',
  ...range(0x51474f00, 0x51474fff, 'QGO (QUIC GO)'),
  1412445488: 'Google T050',
  1412445489: 'Google T051',
  ...range(0x91c17000, 0x91c170ff, 'Quicly'),
  ...range(0xabcd0000, 0xabcd000f, 'MsQuic'),
  ...range(0xf0f0f0f0, 0xf0f0f0ff, 'ETH Zürich (Measurability experiments)'),
  ...range(0xf0f0f1f0, 0xf0f0f1ff, 'Telecom Italia (Measurability experiments)'),
  ...range(0xf123f0c0, 0xf123f0cf, 'MozQuic'),
  4207849473: 'Facebook mvfst (draft-22)',
  4207849474: 'Facebook mvfst (draft-27)',
  ...range(0xfaceb003, 0xfaceb00d, 'Facebook mvfst'),
  4207849486: 'Facebook mvfst (Experimental)',
  4207849487: 'Facebook mvfst',
  ...drafts,
  4278321152: 'v2-draft-00',
  1889161412: 'v2-draft-01',
}

export const quicTypeNames: Names = { 0: 'Initial', 1: '0-RTT', 2: 'Handshake', 3: 'Retry' }
export const quicTypeNamesV2: Names = { 0: 'Retry', 1: 'Initial', 2: '0-RTT', 3: 'Handshake' }

/** By type: the name, and the short form that the Info column has. */
export const quicFrameNames: Readonly<Record<number, readonly [name: string, short: string]>> = {
  0: ['PADDING', 'PADDING'],
  1: ['PING', 'PING'],
  2: ['ACK', 'ACK'],
  3: ['ACK', 'ACK_ECN'],
  4: ['RESET_STREAM', 'RS'],
  5: ['STOP_SENDING', 'SS'],
  6: ['CRYPTO', 'CRYPTO'],
  7: ['NEW_TOKEN', 'NT'],
  8: ['STREAM', 'STREAM'],
  9: ['STREAM', 'STREAM'],
  10: ['STREAM', 'STREAM'],
  11: ['STREAM', 'STREAM'],
  12: ['STREAM', 'STREAM'],
  13: ['STREAM', 'STREAM'],
  14: ['STREAM', 'STREAM'],
  15: ['STREAM', 'STREAM'],
  16: ['MAX_DATA', 'MD'],
  17: ['MAX_STREAM_DATA', 'MSD'],
  18: ['MAX_STREAMS (BIDI)', 'MS'],
  19: ['MAX_STREAMS (UNI)', 'MS'],
  20: ['DATA_BLOCKED', 'DB'],
  21: ['STREAM_DATA_BLOCKED', 'SDB'],
  22: ['STREAMS_BLOCKED (BIDI)', 'SB'],
  23: ['STREAMS_BLOCKED (UNI)', 'SB'],
  24: ['NEW_CONNECTION_ID', 'NCI'],
  25: ['RETIRE_CONNECTION_ID', 'RC'],
  26: ['PATH_CHALLENGE', 'PC'],
  27: ['PATH_RESPONSE', 'PR'],
  28: ['CONNECTION_CLOSE (Transport)', 'CC'],
  29: ['CONNECTION_CLOSE (Application)', 'CC'],
  30: ['HANDSHAKE_DONE', 'DONE'],
  48: ['DATAGRAM', 'DG'],
  49: ['DATAGRAM', 'DG'],
  172: ['IMMEDIATE_ACK', 'IA'],
  175: ['ACK_FREQUENCY', 'AF'],
  757: ['TIME_STAMP', 'TS'],
}

export const quicFrameTypeNames: Names = Object.fromEntries(Object.entries(quicFrameNames).map(([type, [name]]) => [type, name]))

export const quicErrorNames: Names = {
  0: 'NO_ERROR',
  1: 'INTERNAL_ERROR',
  2: 'CONNECTION_REFUSED',
  3: 'FLOW_CONTROL_ERROR',
  4: 'STREAM_ID_ERROR',
  5: 'STREAM_STATE_ERROR',
  6: 'FINAL_SIZE_ERROR',
  7: 'FRAME_ENCODING_ERROR',
  8: 'TRANSPORT_PARAMETER_ERROR',
  9: 'CONNECTION_ID_LIMIT_ERROR',
  10: 'PROTOCOL_VIOLATION',
  11: 'INVALID_TOKEN',
  12: 'APPLICATION_ERROR',
  13: 'CRYPTO_BUFFER_EXCEEDED',
  14: 'KEY_UPDATE_ERROR',
  15: 'AEAD_LIMIT_REACHED',
  16: 'NO_VIABLE_PATH',
  17: 'VERSION_NEGOTIATION_ERROR',
  ...range(0x100, 0x1ff, 'CRYPTO_ERROR'),
}

export const quicAlertNames = alertNames

/** Transport parameters: RFC 9000 18.2, RFC 9221, RFC 9368, and what browsers and servers try out. */
export const quicParameterNames: Names = {
  0: 'original_destination_connection_id',
  1: 'max_idle_timeout',
  2: 'stateless_reset_token',
  3: 'max_udp_payload_size',
  4: 'initial_max_data',
  5: 'initial_max_stream_data_bidi_local',
  6: 'initial_max_stream_data_bidi_remote',
  7: 'initial_max_stream_data_uni',
  8: 'initial_max_streams_bidi',
  9: 'initial_max_streams_uni',
  10: 'ack_delay_exponent',
  11: 'max_ack_delay',
  12: 'disable_active_migration',
  13: 'preferred_address',
  14: 'active_connection_id_limit',
  15: 'initial_source_connection_id',
  16: 'retry_source_connection_id',
  17: 'version_information',
  32: 'max_datagram_frame_size',
  4096: 'cibir_encoding',
  4183: 'loss_bits',
  5950: 'discard',
  10930: 'grease_quic_bit',
  12583: 'google_initial_rtt',
  12584: 'google_connection_options',
  12585: 'google_user_agent',
  12586: 'google_support_handshake_done',
  12587: 'google_key_update_not_yet_supported',
  18257: 'google_quic_params',
  18258: 'google_quic_version',
  29015: 'enable_time_stamp',
  29016: 'enable_time_stamp_v2',
  56858: 'min_ack_delay (old)',
  65280: 'facebook_partial_reliability',
}
