// The fields of hello extensions: RFC 8446 4.2, RFC 6066 and others. Names are Wireshark's.

import { bytes, group, text, time, u8, u16, u24, u32 } from '../../core/protocol.ts'
import { cipherSuiteNames } from '../names/tls-cipher-suites.ts'
import {
  certificateFormatNames,
  compressionAlgorithmNames,
  extensionNames,
  fragmentLengthNames,
  heartbeatModeNames,
  pointFormatNames,
  pskModeNames,
  serverNameTypeNames,
} from '../names/tls-extensions.ts'
import { explainGroup, explainHalf, groupNames } from '../names/tls-groups.ts'
import { explainVersion, versionNames } from '../names/tls-versions.ts'

export const X = {
  listLength: u16('tls.handshake.extensions_length', 'Extensions Length', { about: 'How many bytes all extensions together have.' }),
  extension: group('', 'Extension', { about: 'A wish or an answer that later versions added to the hello.' }),
  type: u16('tls.handshake.extension.type', 'Type', {
    about: 'Which extension it is; IANA keeps the list.',
    names: extensionNames,
  }),
  length: u16('tls.handshake.extension.len', 'Length', { about: 'How many bytes the extension has behind this length.' }),
  data: bytes('tls.handshake.extension.data', 'Data', { about: 'The bytes of an extension that is not laid out further.' }),
  sealedTicket: bytes('tls.handshake.extension.data', 'Data', {
    about: 'A ticket of an earlier session, which only the server can open; none asks for a new one.',
    display: (_get, _value, _text, _raw, _start, length) => `Data (${length === 1 ? '1 byte' : `${length} bytes`})`,
  }),
  undecoded: bytes('', 'Details', { about: 'The bytes of a part that is not laid out further.' }),
  part: group('', 'Extension content', { about: 'What the extension says, laid out in its parts.' }),

  // RFC 6066 3
  serverNameListLength: u16('tls.handshake.extensions_server_name_list_len', 'Server Name list length', {
    about: 'How many bytes the list of names has.',
  }),
  serverNameType: u8('tls.handshake.extensions_server_name_type', 'Server Name Type', {
    about: 'What kind of name follows; only host names exist.',
    names: serverNameTypeNames,
  }),
  serverNameLength: u16('tls.handshake.extensions_server_name_len', 'Server Name length', { about: 'How many bytes the name has.' }),
  serverName: text('tls.handshake.extensions_server_name', 'Server Name', {
    about: 'The host that the client wants; a stranger on the wire reads it too.',
    explain: () => 'Everybody on the way sees which site is visited, although the pages are encrypted.',
  }),
  fragmentLength: u8('tls.handshake.max_fragment_length', 'Maximum Fragment Length', {
    about: 'The longest record that the client can take.',
    names: fragmentLengthNames,
  }),
  // RFC 6066 8, RFC 6961
  statusListLength: u16('tls.handshake.extensions_status_request_list_len', 'Certificate Status List Length', {
    about: 'How many bytes the list of requests has.',
  }),
  statusType: u8('tls.handshake.extensions_status_request_type', 'Certificate Status Type', {
    about: 'How the server shall prove that its certificate is not revoked.',
    names: { 1: 'OCSP', 2: 'OCSP Multi' },
  }),
  statusLength: u16('tls.handshake.extensions_status_request_len', 'Certificate Status Length', {
    about: 'How many bytes this request has.',
  }),
  responderIdsLength: u16('tls.handshake.extensions_status_request_responder_ids_len', 'Responder ID list Length', {
    about: 'How many bytes name the services that the client would believe.',
  }),
  requestExtensionsLength: u16('tls.handshake.extensions_status_request_exts_len', 'Request Extensions Length', {
    about: 'How many bytes of further wishes follow.',
  }),
  // RFC 8422 5.1, RFC 7919
  groupsLength: u16('tls.handshake.extensions_supported_groups_length', 'Supported Groups List Length', {
    about: 'How many bytes the list of groups has.',
  }),
  groups: group('tls.handshake.extensions_supported_groups', 'Supported Groups List', {
    about: 'The curves and other groups that the sender can use, best first.',
  }),
  group: u16('tls.handshake.extensions_supported_group', 'Supported Group', {
    about: 'A curve or another group in which keys can be agreed on.',
    base: 'hex',
    names: groupNames,
    explain: explainGroup,
  }),
  pointFormatsLength: u8('tls.handshake.extensions_ec_point_formats_length', 'EC point formats Length', {
    about: 'How many ways of writing points follow.',
  }),
  pointFormats: group('tls.handshake.extensions_ec_point_formats', 'EC point formats', { about: 'How points on a curve may be written.' }),
  pointFormat: u8('tls.handshake.extensions_ec_point_format', 'EC point format', {
    about: 'One way of writing points on a curve.',
    names: pointFormatNames,
  }),
  // RFC 7301
  alpnLength: u16('tls.handshake.extensions_alpn_len', 'ALPN Extension Length', { about: 'How many bytes the list of protocols has.' }),
  alpnList: group('tls.handshake.extensions_alpn_list', 'ALPN Protocol', { about: 'The protocols that may be spoken inside, best first.' }),
  alpnStringLength: u8('tls.handshake.extensions_alpn_str_len', 'ALPN string length', {
    about: 'How many bytes the name of the protocol has.',
  }),
  alpn: text('tls.handshake.extensions_alpn_str', 'ALPN Next Protocol', {
    about: 'A protocol that may be spoken inside the encryption.',
    explain: (_value, get): string => (get.texts(X.alpn).includes('h2') ? 'h2 is HTTP/2, http/1.1 is HTTP/1.1.' : ''),
  }),
  nextProtocolLength: u8('tls.handshake.extensions_npn_str_len', 'Protocol string length', {
    about: 'How many bytes the name of the protocol has.',
  }),
  nextProtocol: text('tls.handshake.extensions_npn', 'Next Protocol', {
    about: 'A protocol that the server speaks; ALPN took the place of this list.',
  }),
  // RFC 5746
  renegotiationLength: u8('tls.handshake.extensions_reneg_info_len', 'Renegotiation info extension length', {
    about: 'How many bytes tie this handshake to the one before; none in the first.',
  }),
  renegotiation: bytes('tls.handshake.extensions_reneg_info', 'Renegotiation info', { about: 'Ties this handshake to the one before it.' }),
  // RFC 8446 4.2.8
  clientSharesLength: u16('tls.handshake.extensions_key_share_client_length', 'Client Key Share Length', {
    about: 'How many bytes the list of key shares has.',
  }),
  share: group('', 'Key Share Entry', { about: 'A public value for one group: half of a key exchange.' }),
  shareGroup: u16('tls.handshake.extensions_key_share_group', 'Group', {
    about: 'The group in which this public value lies.',
    names: groupNames,
    explain: explainGroup,
  }),
  shareLength: u16('tls.handshake.extensions_key_share_key_exchange_length', 'Key Exchange Length', {
    about: 'How many bytes the public value has.',
  }),
  shareKey: bytes('tls.handshake.extensions_key_share_key_exchange', 'Key Exchange', {
    about: 'A public value: everybody may see it, the secret behind it never travels.',
    explain: () => explainHalf('', Number.NaN),
  }),
  selectedGroup: u16('tls.handshake.extensions_key_share_selected_group', 'Selected Group', {
    about: 'The group for which the server wants a key share: the client has to say hello again.',
    names: groupNames,
    explain: explainGroup,
  }),
  // RFC 8446 4.2.1
  versionsLength: u8('tls.handshake.extensions.supported_versions_len', 'Supported Versions length', {
    about: 'How many bytes the list of versions has.',
  }),
  supportedVersion: u16('tls.handshake.extensions.supported_version', 'Supported Version', {
    about: 'A version that the client speaks, or the one that the server chose.',
    base: 'hex',
    names: versionNames,
    explain: explainVersion,
  }),
  // RFC 8446 4.2.9, 4.2.11
  pskModesLength: u8('tls.extension.psk_ke_modes_length', 'PSK Key Exchange Modes Length', {
    about: 'How many modes of resuming follow in the list.',
  }),
  pskMode: u8('tls.extension.psk_ke_mode', 'PSK Key Exchange Mode', {
    about: 'Whether a resumed session mixes a fresh key exchange in.',
    names: pskModeNames,
  }),
  identitiesLength: u16('tls.handshake.extensions.psk.identities.length', 'Identities Length', {
    about: 'How many bytes the list of tickets has.',
  }),
  identity: group('', 'PSK Identity', { about: 'A ticket that the client comes back with.' }),
  identityLength: u16('tls.handshake.extensions.psk.identity.identity_length', 'Identity Length', {
    about: 'How many bytes the ticket has.',
  }),
  identityValue: bytes('tls.handshake.extensions.psk.identity.identity', 'Identity', {
    about: 'A ticket that names a key both sides have from before.',
  }),
  ticketAge: u32('tls.handshake.extensions.psk.identity.obfuscated_ticket_age', 'Obfuscated Ticket Age', {
    about: 'How old the ticket is, hidden by a number added to it.',
  }),
  bindersLength: u16('tls.handshake.extensions.psk.binders_len', 'PSK Binders length', { about: 'How many bytes of proofs follow.' }),
  binders: group('tls.handshake.extensions.psk.binders', 'PSK Binders', {
    about: 'Prove that the client really holds the keys of its tickets.',
  }),
  binder: group('', 'PSK Binder', { about: 'Proves that the client really holds the key of one ticket.' }),
  selectedIdentity: u16('tls.handshake.extensions.psk.identity.selected', 'Selected Identity', {
    about: 'Which of the tickets the server accepts, from zero.',
  }),
  maxEarlyData: u32('tls.early_data.max_early_data_size', 'Maximum Early Data Size', {
    about: 'How many bytes the client may send before the handshake ends.',
  }),
  cookieLength: u16('tls.handshake.extensions.cookie_len', 'Cookie length', { about: 'How many bytes the client has to send back.' }),
  cookie: bytes('tls.handshake.extensions.cookie', 'Cookie', { about: 'The client sends these bytes back in its second hello.' }),
  padding: bytes('tls.handshake.extensions_padding_data', 'Padding Data', {
    about: 'Zeros that bring the hello to a length which old devices bear.',
  }),
  heartbeatMode: u8('tls.handshake.extension.heartbeat.mode', 'Mode', {
    about: 'Whether the other side may send heartbeats.',
    names: heartbeatModeNames,
  }),
  sizeLimit: u16('tls.record_size_limit', 'Record Size Limit', { about: 'The longest record that the sender can take.' }),
  // RFC 8879
  compressionsLength: u8('tls.compress_certificate.algorithms_length', 'Algorithms Length', {
    about: 'How many bytes the list of compressions has.',
  }),
  compression: u16('tls.compress_certificate.algorithm', 'Algorithm', {
    about: 'A compression that may be used for certificates.',
    names: compressionAlgorithmNames,
  }),
  // RFC 7250
  certificateTypesLength: u8('tls.handshake.cert_type.types_len', 'Certificate Type List Length', {
    about: 'How many kinds of certificate follow.',
  }),
  certificateTypes: group('tls.handshake.cert_type.types', 'Certificate Type List', {
    about: 'The kinds of certificate that the sender can handle.',
  }),
  certificateType: u8('tls.handshake.cert_type.type', 'Certificate Type', {
    about: 'A kind of certificate that the sender can handle, or the one chosen.',
    base: 'hex',
    names: certificateFormatNames,
  }),
  // RFC 6962 3.3
  timestampsLength: u16('tls.sct.scts_length', 'Serialized SCT List Length', { about: 'How many bytes of public log entries follow.' }),
  timestampGroup: group('', 'Signed Certificate Timestamp', { about: 'The promise of a public log to show the certificate to everybody.' }),
  timestampLength: u16('tls.sct.sct_length', 'Serialized SCT Length', { about: 'How many bytes this log entry has.' }),
  timestampVersion: u8('tls.sct.sct_version', 'SCT Version', { about: 'The version of the proof; there is only one, written as 0.' }),
  logId: bytes('tls.sct.sct_logid', 'Log ID', { about: 'Names the public log that has the certificate, by a hash of its key.' }),
  timestamp: time('tls.sct.sct_timestamp', 'Timestamp', { about: 'When the log promised to publish the certificate.' }),
  timestampExtensionsLength: u16('tls.sct.sct_extensions_length', 'Extensions length', {
    about: 'How many bytes of extensions follow; there are hardly ever any.',
  }),
  timestampExtensions: group('tls.sct.sct_extensions', 'Extensions', {
    about: 'What the log says besides; there is hardly ever anything.',
  }),
  timestampSignatureLength: u16('tls.sct.sct_signature_length', 'Signature Length', {
    about: 'How many bytes the signature of the log has.',
  }),
  timestampSignature: bytes('tls.sct.sct_signature', 'Signature', { about: 'The log signs its promise with its own key.' }),
  // RFC 9345
  credentialTime: u32('tls.handshake.cred.valid_time', 'Valid Time', {
    about: 'How many seconds after the beginning of the certificate the lent key ends.',
  }),
  credentialKeyLength: u24('tls.handshake.cred.pubkey_len', 'Subject Public Key Info Length', {
    about: 'How many bytes the lent key has.',
  }),
  credentialKey: bytes('tls.handshake.cred.pubkey', 'Subject Public Key Info', {
    about: 'A key that the holder of the certificate lends out.',
  }),
  credentialSignatureLength: u16('tls.handshake.cred.signature_len', 'Signature Length', { about: 'How many bytes the signature has.' }),
  credentialSignature: bytes('tls.handshake.cred.signature', 'Signature', {
    about: 'The key of the certificate signs the key that it lends out.',
  }),
  // RFC 8446 4.2.5
  oidFiltersLength: u16('tls.extension.oid_filters_length', 'OID Filters Length', { about: 'How many bytes the list of wishes has.' }),
  oidLength: u8('tls.extension.oid_filters.oid_length', 'Certificate Extension OID Length', {
    about: 'How many bytes the registered number has.',
  }),
  oidFilter: bytes('tls.extension.oid_filters.oid', 'Certificate Extension OID', {
    about: 'Names an extension that the client certificate must have.',
  }),
  oidValuesLength: u16('tls.extension.oid_filters.values_length', 'Certificate Extension Values Length', {
    about: 'How many bytes the value of that extension has.',
  }),
  oidValues: bytes('', 'Certificate Extension Values', { about: 'The value that the extension of the client certificate must have.' }),
  // Google's ALPS draft
  settingsLength: u16('tls.handshake.extensions_alps_len', 'ALPS Extension Length', { about: 'How many bytes the list of protocols has.' }),
  settingsList: group('tls.handshake.extensions_alps_alpn_list', 'Supported ALPN List', {
    about: 'The protocols for which settings may be sent early.',
  }),
  settingsStringLength: u8('tls.handshake.extensions_alps_alpn_str_len', 'Supported ALPN Length', {
    about: 'How many bytes the name of the protocol has.',
  }),
  settings: bytes('tls.handshake.extensions_alps.settings', 'ALPN Opaque Settings', {
    about: 'Settings of the protocol inside, as that protocol writes them.',
  }),
  settingsString: text('tls.handshake.extensions_alps_alpn_str', 'Supported ALPN', {
    about: 'A protocol for which settings may be sent early.',
  }),
  // RFC 5054
  srpLength: u8('tls.handshake.extensions_srp_len', 'SRP username length', { about: 'How many bytes the user name has.' }),
  srpUser: text('tls.handshake.extensions_srp_username', 'SRP username', { about: 'The user name for a password-based handshake.' }),
  connectionIdLength: u8('tls.connection_id_length', 'Connection ID length', { about: 'How many bytes the connection id has.' }),
  connectionId: bytes('tls.connection_id', 'Connection ID', { about: 'Names the connection, whatever address it comes from.' }),
  // Encrypted SNI, an early draft of Encrypted ClientHello
  esniSuite: u16('tls.esni.suite', 'Cipher Suite', { about: 'How the server name is encrypted.', base: 'hex', names: cipherSuiteNames }),
  esniDigestLength: u16('tls.esni.record_digest_length', 'Record Digest Length', { about: 'How many bytes name the key that was used.' }),
  esniDigest: bytes('tls.esni.record_digest', 'Record Digest', { about: 'Names the key with which the server name is encrypted.' }),
  esniLength: u16('tls.esni.encrypted_sni_length', 'Encrypted SNI Length', { about: 'How many bytes the encrypted server name has.' }),
  esni: bytes('tls.esni.encrypted_sni', 'Encrypted SNI', { about: 'The server name, readable for the server only.' }),
  esniNonce: bytes('tls.esni.nonce', 'Nonce', { about: 'Random bytes that the server sends back to prove that it could read the name.' }),
  // RFC 9849: Encrypted ClientHello
  echType: u8('', 'Client Hello type', {
    about: 'Whether this is the hello that everybody sees, or the sealed one inside.',
    names: { 0: 'Outer Client Hello', 1: 'Inner Client Hello' },
  }),
  echKdf: u16('', 'KDF Id', {
    about: 'How the key of the sealed hello is derived.',
    base: 'hex',
    names: { 1: 'HKDF-SHA256', 2: 'HKDF-SHA384', 3: 'HKDF-SHA512' },
  }),
  echAead: u16('', 'AEAD Id', {
    about: 'How the inner hello is sealed.',
    base: 'hex',
    names: { 1: 'AES-128-GCM', 2: 'AES-256-GCM', 3: 'ChaCha20Poly1305' },
  }),
  echConfig: u8('', 'Config Id', { about: 'Says which key of the server was used.' }),
  echKeyLength: u16('', 'Enc length', { about: 'How many bytes the public value has.' }),
  echKey: bytes('', 'Enc', { about: 'A public value from which the server works out the key.' }),
  echPayloadLength: u16('', 'Payload length', { about: 'How many bytes the sealed hello has.' }),
  echPayload: bytes('', 'Payload', {
    about: 'The inner hello with the true server name, sealed; clients without a key of the server send random bytes here.',
  }),
  echConfigs: bytes('', 'ECH configurations', { about: 'Keys that the client should use next time.' }),
  // RFC 8472
  tokenVersion: u16('', 'Token binding version', { about: 'The version of token binding that the sender speaks.', base: 'hex' }),
  tokenKeysLength: u8('', 'Key parameters length', { about: 'How many kinds of key follow.' }),
  tokenKey: u8('', 'Key parameters', {
    about: 'A kind of key to which tokens can be bound.',
    names: { 0: 'rsa2048_pkcs1.5', 1: 'rsa2048_pss', 2: 'ecdsap256' },
  }),
  // RFC 5764
  profilesLength: u16('', 'SRTP protection profiles length', { about: 'How many bytes the list of profiles has.' }),
  profile: u16('', 'SRTP protection profile', { about: 'A way of protecting voice and video.', base: 'hex' }),
  profileKeyLength: u8('', 'MKI length', { about: 'How many bytes name the key.' }),
  profileKey: bytes('', 'MKI', { about: 'Names the key that protects voice and video.' }),
}
