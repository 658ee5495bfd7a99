// Hello extensions: IANA "TLS ExtensionType Values", and what is spoken of inside them.

import type { Names } from '../../core/field.ts'
import { greaseNames } from './tls-grease.ts'

export const extensionNames: Names = {
  ...greaseNames,
  0: 'server_name',
  1: 'max_fragment_length',
  2: 'client_certificate_url',
  3: 'trusted_ca_keys',
  4: 'truncated_hmac',
  5: 'status_request',
  6: 'user_mapping',
  7: 'client_authz',
  8: 'server_authz',
  9: 'cert_type',
  10: 'supported_groups',
  11: 'ec_point_formats',
  12: 'srp',
  13: 'signature_algorithms',
  14: 'use_srtp',
  15: 'heartbeat',
  16: 'application_layer_protocol_negotiation',
  17: 'status_request_v2',
  18: 'signed_certificate_timestamp',
  19: 'client_certificate_type',
  20: 'server_certificate_type',
  21: 'padding',
  22: 'encrypt_then_mac',
  23: 'extended_master_secret',
  24: 'token_binding',
  25: 'cached_info',
  27: 'compress_certificate',
  28: 'record_size_limit',
  26: 'tls_lts',
  29: 'pwd_protect',
  30: 'pwd_clear',
  31: 'password_salt',
  32: 'ticket_pinning',
  33: 'tls_cert_with_extern_psk',
  34: 'delegated_credentials',
  35: 'session_ticket',
  40: 'Reserved (key_share)',
  36: 'TLMSP',
  37: 'TLMSP_proxying',
  38: 'TLMSP_delegate',
  39: 'supported_ekt_ciphers',
  41: 'pre_shared_key',
  42: 'early_data',
  43: 'supported_versions',
  44: 'cookie',
  45: 'psk_key_exchange_modes',
  46: 'Reserved (ticket_early_data_info)',
  47: 'certificate_authorities',
  48: 'oid_filters',
  49: 'post_handshake_auth',
  50: 'signature_algorithms_cert',
  51: 'key_share',
  52: 'transparency_info',
  53: 'connection_id (deprecated)',
  54: 'connection_id',
  55: 'external_id_hash',
  56: 'external_session_id',
  57: 'quic_transport_parameters',
  58: 'ticket_request',
  59: 'dnssec_chain',
  60: 'sequence_number_encryption_algorithms',
  61: 'rrc',
  62: 'tls_flags',
  13172: 'next_protocol_negotiation',
  17513: 'application_settings',
  17613: 'application_settings',
  30031: 'channel_id_old',
  30032: 'channel_id',
  65281: 'renegotiation_info',
  65445: 'quic_transport_parameters (drafts version)',
  64768: 'ech_outer_extensions',
  65037: 'encrypted_client_hello',
  65486: 'encrypted_server_name',
}

export const pointFormatNames: Names = {
  0: 'uncompressed',
  1: 'ansiX962_compressed_prime',
  2: 'ansiX962_compressed_char2',
}

export const serverNameTypeNames: Names = {
  0: 'host_name',
}

export const fragmentLengthNames: Names = {
  1: '512',
  2: '1024',
  3: '2048',
  4: '4096',
}

export const pskModeNames: Names = {
  0: 'PSK-only key establishment (psk_ke)',
  1: 'PSK with (EC)DHE key establishment (psk_dhe_ke)',
}

export const heartbeatModeNames: Names = {
  1: 'Peer allowed to send requests',
  2: 'Peer not allowed to send requests',
}

export const statusTypeNames: Names = {
  1: 'OCSP',
  2: 'OCSP Multi',
}

export const certificateFormatNames: Names = {
  0: 'X.509',
  1: 'OpenPGP',
  2: 'Raw Public Key',
}

export const compressionAlgorithmNames: Names = {
  1: 'zlib',
  2: 'brotli',
  3: 'zstd',
}
