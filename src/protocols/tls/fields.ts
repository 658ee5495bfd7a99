// The fields of TLS records, handshake messages and alerts: RFC 8446 (1.3), RFC 5246 (1.2). Names are Wireshark's.

import { bytes, group, text, time, u8, u16, u24, u32 } from '../../core/protocol.ts'
import { cipherSuiteNames } from '../names/tls-cipher-suites.ts'
import { compressionAlgorithmNames } from '../names/tls-extensions.ts'
import { explainHalf, groupNames } from '../names/tls-groups.ts'
import {
  alertLevelNames,
  alertNames,
  clientCertificateTypeNames,
  compressionNames,
  contentTypeNames,
  curveTypeNames,
  explainAlert,
  explainContentType,
  explainHandshakeType,
  handshakeTypeNames,
  heartbeatTypeNames,
  keyUpdateNames,
} from '../names/tls-messages.ts'
import { hashNames, signatureNames, signatureSchemeNames } from '../names/tls-signatures.ts'
import { cipherKindNames, ssl2MessageNames } from '../names/tls-ssl2.ts'
import { explainSuite } from '../names/tls-suite-words.ts'
import { explainVersion, versionNames } from '../names/tls-versions.ts'
import { C } from './certificate-fields.ts'

/** `1 day, 2 hours`: seconds in the units that people use. */
function durationWords(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'day'],
    [Math.floor(seconds / 3600) % 24, 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => (count === 1 ? `1 ${unit}` : `${count} ${unit}s`))
    .join(', ')
}

export const F = {
  // ── records ──
  record: group('tls.record', 'Record Layer', {
    about: 'The unit in which TLS sends: a short header, then content or what encryption made of it.',
  }),
  contentType: u8('tls.record.content_type', 'Content Type', {
    about: 'What the record carries: handshake messages, an alert, or data.',
    names: contentTypeNames,
    explain: explainContentType,
  }),
  opaqueType: u8('tls.record.opaque_type', 'Opaque Type', {
    about: 'TLS 1.3 says application data here whatever the record carries; the true type is encrypted with it.',
    names: contentTypeNames,
  }),
  recordVersion: u16('tls.record.version', 'Version', {
    about: 'A version for old devices on the way; the hellos say what is really spoken.',
    base: 'hex',
    names: versionNames,
    explain: explainVersion,
  }),
  recordLength: u16('tls.record.length', 'Length', { about: 'How many bytes of content follow the header of the record.' }),
  lengthInvalid: group('tls.record.length.invalid', 'Record fragment length is too small or too large', {
    about: 'The length of this record is one that the standard forbids.',
  }),
  appData: bytes('tls.app_data', 'Encrypted Application Data', {
    about: 'What the programs say to each other, readable only with the keys.',
  }),
  appDataProtocol: text('tls.app_data_proto', 'Application Data Protocol', {
    about: 'What the encrypted data most likely is, judging by the port.',
    generated: true,
  }),
  changeCipherSpec: group('tls.change_cipher_spec', 'Change Cipher Spec Message', {
    about: 'From here on this side encrypts; in TLS 1.3 it is only there to please old devices.',
  }),
  alert: group('tls.alert_message', 'Alert Message', { about: 'One side tells the other that something is wrong, or that it is done.' }),
  alertLevel: u8('tls.alert_message.level', 'Level', {
    about: 'A fatal alert ends the connection, a warning need not.',
    names: alertLevelNames,
  }),
  alertDescription: u8('tls.alert_message.desc', 'Description', {
    about: 'What the sender of the alert complains about, or why it ends.',
    names: alertNames,
    explain: explainAlert,
  }),
  heartbeat: group('tls.heartbeat_message', 'Heartbeat Message', {
    about: 'A message that only asks whether the other side is still there.',
  }),
  heartbeatType: u8('tls.heartbeat_message.type', 'Type', { about: 'Whether this heartbeat asks or answers.', names: heartbeatTypeNames }),
  heartbeatLength: u16('tls.heartbeat_message.payload_length', 'Payload Length', {
    about: 'How many bytes the other side must send back; a lie here was the Heartbleed attack.',
  }),
  heartbeatPayload: bytes('tls.heartbeat_message.payload', 'Payload Length', { about: 'The bytes that the other side must send back.' }),
  heartbeatPadding: bytes('tls.heartbeat_message.padding', 'Payload Length', { about: 'Random bytes that fill the heartbeat up.' }),

  // ── handshake ──
  handshake: group('tls.handshake', 'Handshake Protocol', {
    about: 'A message by which the two sides agree on keys and prove who they are.',
  }),
  handshakeType: u8('tls.handshake.type', 'Handshake Type', {
    about: 'Which step of the handshake this message is.',
    names: handshakeTypeNames,
    explain: explainHandshakeType,
  }),
  handshakeLength: u24('tls.handshake.length', 'Length', { about: 'How many bytes the handshake message has behind this length.' }),
  ssl2Type: u8('tls.handshake.type', 'Handshake Message Type', {
    about: 'Which step of the handshake this message is.',
    names: ssl2MessageNames,
  }),
  fragments: group('tls.handshake.fragments', 'Reassembled Handshake Fragments', {
    about: 'The records that together hold the handshake message below.',
  }),
  fragmentCount: u32('tls.handshake.fragment.count', 'Handshake Fragment count', {
    about: 'How many records hold the handshake message.',
    generated: true,
  }),
  version: u16('tls.handshake.version', 'Version', {
    about: 'The highest version the sender offers, or the one chosen; TLS 1.3 says 1.2 here and more in an extension.',
    base: 'hex',
    names: versionNames,
    explain: explainVersion,
  }),
  random: bytes('tls.handshake.random', 'Random', { about: 'Fresh random bytes, so that no two handshakes give the same keys.' }),
  retryRandom: bytes('tls.handshake.random', 'Random', {
    about: 'A fixed value in place of random bytes, by which the server asks for another hello.',
    display: (_get, _value, shown) => `Random: ${shown} (HelloRetryRequest magic)`,
  }),
  randomTime: time('tls.handshake.random_time', 'GMT Unix Time', {
    about: 'Old versions put the time into the first four random bytes; today they are random too.',
  }),
  randomBytes: bytes('tls.handshake.random_bytes', 'Random Bytes', {
    about: 'These are the rest of the random bytes, behind the time of old versions.',
  }),
  sessionIdLength: u8('tls.handshake.session_id_length', 'Session ID Length', {
    about: 'How many bytes the session id has; none means a new session.',
  }),
  sessionId: bytes('tls.handshake.session_id', 'Session ID', {
    about: 'Names an earlier session to go on with; TLS 1.3 fills it for show.',
  }),
  suitesLength: u16('tls.handshake.cipher_suites_length', 'Cipher Suites Length', {
    about: 'How many bytes the list of cipher suites has.',
  }),
  suites: group('tls.handshake.ciphersuites', 'Cipher Suites', { about: 'The sets of algorithms that the client can use, best first.' }),
  suite: u16('tls.handshake.ciphersuite', 'Cipher Suite', {
    about: 'A set of algorithms: how keys are agreed on, how data is encrypted and protected.',
    base: 'hex',
    names: cipherSuiteNames,
    explain: explainSuite,
  }),
  compressionsLength: u8('tls.handshake.comp_methods_length', 'Compression Methods Length', {
    about: 'How many compression methods the client offers.',
  }),
  compressions: group('tls.handshake.comp_methods', 'Compression Methods', {
    about: 'The compressions that the client offers; only none is safe.',
  }),
  compression: u8('tls.handshake.comp_method', 'Compression Method', {
    about: 'Compressing before encrypting lets attackers guess secrets, so it is off today.',
    names: compressionNames,
  }),
  ja3Full: text('tls.handshake.ja3_full', 'JA3 Fullstring', {
    about: 'What the ClientHello offers, as one line of numbers: tells programs apart.',
    generated: true,
  }),
  ja3: text('tls.handshake.ja3', 'JA3', { about: 'A short fingerprint of the client program, made from its hello.', generated: true }),
  ja4: text('tls.handshake.ja4', 'JA4', {
    about: 'A fingerprint of the client program that stays the same when it shuffles what it offers.',
    generated: true,
  }),
  ja4Raw: text('tls.handshake.ja4_r', 'JA4_r', {
    about: 'What the JA4 fingerprint is made from, sorted, before it is shortened.',
    generated: true,
  }),
  ja3sFull: text('tls.handshake.ja3s_full', 'JA3S Fullstring', {
    about: 'What the ServerHello chose, as one line of numbers.',
    generated: true,
  }),
  ja3s: text('tls.handshake.ja3s', 'JA3S', { about: 'A short fingerprint of the server program, made from its hello.', generated: true }),

  // ── certificates ──
  contextLength: u8('tls.handshake.certificate_request_context_length', 'Certificate Request Context Length', {
    about: 'How many bytes tie a certificate to the request for it.',
  }),
  context: bytes('tls.handshake.certificate_request_context', 'Certificate Request Context', {
    about: 'Ties a certificate to the request for it.',
  }),
  certificatesLength: u24('tls.handshake.certificates_length', 'Certificates Length', {
    about: 'How many bytes the list of certificates has.',
  }),
  certificates: group('tls.handshake.certificates', 'Certificates', {
    about: "The sender's certificate first, then those that vouch for it.",
  }),
  certificateLength: u24('tls.handshake.certificate_length', 'Certificate Length', { about: 'How many bytes this certificate has.' }),
  certificate: bytes('tls.handshake.certificate', 'Certificate', {
    about: 'Says who holds a key, signed by someone who vouches for it.',
    explain: (value, get) => get.texts(C.sentence)[value - 1] ?? '',
  }),
  statusType: u8('tls.handshake.extensions_status_request_type', 'Certificate Status Type', {
    about: 'How the server proves that its certificate is not revoked.',
    names: { 1: 'OCSP', 2: 'OCSP Multi' },
  }),
  ocspLength: u24('tls.handshake.ocsp_response_len', 'OCSP Response Length', {
    about: 'How many bytes the proof has that the certificate still holds.',
  }),
  ocspListLength: u24('tls.handshake.ocsp_response_list_len', 'OCSP Response List Length', {
    about: 'How many bytes all proofs for the chain together have.',
  }),
  certificateTypesCount: u8('tls.handshake.cert_types_count', 'Certificate types count', {
    about: 'How many kinds of certificate the server takes.',
  }),
  certificateTypes: group('tls.handshake.cert_types', 'Certificate types', {
    about: 'The kinds of client certificate that the server takes.',
  }),
  certificateType: u8('tls.handshake.cert_type', 'Certificate type', {
    about: 'A kind of client certificate that the server takes.',
    names: clientCertificateTypeNames,
  }),
  namesLength: u16('tls.handshake.dnames_len', 'Distinguished Names Length', { about: 'How many bytes the list of issuers has.' }),
  names: group('tls.handshake.dnames', 'Distinguished Names', { about: 'The issuers whose certificates the server accepts.' }),
  nameLength: u16('tls.handshake.dname_len', 'Distinguished Name Length', { about: 'How many bytes the name of this issuer has.' }),
  name: group('tls.handshake.dname', 'Distinguished Name', { about: 'An issuer whose certificates the server accepts.' }),

  // ── key exchange and signatures ──
  exchange: group('', 'Key exchange', { about: 'The public values from which both sides work out the same secret.' }),
  curveType: u8('tls.handshake.server_curve_type', 'Curve Type', {
    about: 'Whether the curve is named or spelled out; it is always named today.',
    base: 'hex',
    names: curveTypeNames,
  }),
  namedCurve: u16('tls.handshake.server_named_curve', 'Named Curve', {
    about: 'The curve on which the two sides agree on a secret.',
    base: 'hex',
    names: groupNames,
  }),
  serverPointLength: u8('tls.handshake.server_point_len', 'Pubkey Length', { about: "How many bytes the server's public value has." }),
  serverPoint: bytes('tls.handshake.server_point', 'Pubkey', {
    about: "The server's public value: it may be seen by all, the secret behind it not.",
    explain: (_value, get): string => explainHalf(get.name(F.namedCurve), get.number(F.serverPointLength)),
  }),
  clientPointLength: u8('tls.handshake.client_point_len', 'Pubkey Length', { about: "How many bytes the client's public value has." }),
  clientPoint: bytes('tls.handshake.client_point', 'Pubkey', {
    about: "The client's public value: it may be seen by all, the secret behind it not.",
    explain: (_value, get): string => explainHalf('', get.number(F.clientPointLength)),
  }),
  pLength: u16('tls.handshake.p_len', 'p Length', { about: 'How many bytes the prime number has.' }),
  p: bytes('tls.handshake.p', 'p', {
    about: 'The prime number that both sides calculate with.',
    explain: (_value, get): string => {
      const bits = 8 * get.number(F.pLength)
      return `It has ${bits} bits${bits < 2048 ? ', and 2048 are the least that is safe today' : ''}; everybody may know it.`
    },
  }),
  gLength: u16('tls.handshake.g_len', 'g Length', { about: 'How many bytes the base number has.' }),
  g: bytes('tls.handshake.g', 'g', { about: 'The base number that both sides raise to a secret power.' }),
  serverKeyLength: u16('tls.handshake.ys_len', 'Pubkey Length', { about: "How many bytes the server's public value has." }),
  serverKey: bytes('tls.handshake.ys', 'Pubkey', {
    about: "The server's public value: the base raised to its secret power.",
    explain: (_value, get): string => explainHalf('', get.number(F.serverKeyLength)),
  }),
  clientKeyLength: u16('tls.handshake.yc_len', 'Pubkey Length', { about: "How many bytes the client's public value has." }),
  clientKey: bytes('tls.handshake.yc', 'Pubkey', {
    about: "The client's public value: the base raised to its secret power.",
    explain: (_value, get): string => explainHalf('', get.number(F.clientKeyLength)),
  }),
  premasterLength: u16('tls.handshake.epms_len', 'Encrypted PreMaster length', { about: 'How many bytes the encrypted secret has.' }),
  premaster: bytes('tls.handshake.epms', 'Encrypted PreMaster', {
    about: "The secret, encrypted with the server's key: who ever learns that key can read all of this later.",
  }),
  signatureScheme: u16('tls.handshake.sig_hash_alg', 'Signature Algorithm', {
    about: 'How a signature is made: the kind of key and the hash.',
    base: 'hex',
    names: signatureSchemeNames,
    // What has no name of its own is named by its two bytes, as TLS 1.2 reads them.
    display: (_get, value, shown) =>
      `Signature Algorithm: ${signatureSchemeNames[value] ?? `${hashNames[value >> 8] ?? 'Unknown'} ${signatureNames[value & 0xff] ?? 'Unknown'}`} (${shown})`,
  }),
  hash: u8('tls.handshake.sig_hash_hash', 'Signature Hash Algorithm Hash', {
    about: 'The hash, as TLS 1.2 reads the first byte.',
    names: hashNames,
  }),
  signatureKind: u8('tls.handshake.sig_hash_sig', 'Signature Hash Algorithm Signature', {
    about: 'The kind of key, as TLS 1.2 reads the second byte.',
    names: signatureNames,
  }),
  schemesLength: u16('tls.handshake.sig_hash_alg_len', 'Signature Hash Algorithms Length', {
    about: 'How many bytes the list of signature algorithms has.',
  }),
  schemes: group('tls.handshake.sig_hash_algs', 'Signature Algorithms', { about: 'The signature algorithms that the sender can check.' }),
  signatureLength: u16('tls.handshake.sig_len', 'Signature Length', { about: 'How many bytes the signature has.' }),
  signature: bytes('tls.handshake.sig', 'Signature', { about: 'Proves that the key of the certificate is in the hands of the sender.' }),
  verifySignatureLength: u16('tls.handshake.client_cert_vrfy.sig_len', 'Signature length', { about: 'How many bytes the signature has.' }),
  verifySignature: bytes('tls.handshake.client_cert_vrfy.sig', 'Signature', {
    about: 'Proves that the key of the certificate is in the hands of the sender.',
  }),
  verifyData: group('tls.handshake.verify_data', 'Verify Data', { about: 'Proves that both sides saw the same handshake, unchanged.' }),

  md5Hash: group('tls.handshake.md5_hash', 'MD5 Hash', { about: 'Half of the proof of SSL 3.0 that nobody changed the handshake.' }),
  shaHash: group('tls.handshake.sha_hash', 'SHA-1 Hash', { about: 'The other half of the proof of SSL 3.0 on the handshake.' }),
  modulusLength: u16('tls.handshake.modulus_len', 'Modulus Length', { about: 'How many bytes the modulus of the short-lived key has.' }),
  modulus: bytes('tls.handshake.modulus', 'Modulus', {
    about: 'The modulus of a short RSA key, which old export rules demanded; it can be broken in hours.',
  }),
  exponentLength: u16('tls.handshake.exponent_len', 'Exponent Length', { about: 'How many bytes the exponent has.' }),
  exponent: bytes('tls.handshake.exponent', 'Exponent', { about: 'The power to which the short-lived RSA key raises numbers.' }),
  hintLength: u16('tls.handshake.hint_len', 'Hint Length', { about: 'How many bytes the hint has.' }),
  hint: bytes('tls.handshake.hint', 'Hint', { about: 'Helps the client to choose among the keys that it shares with servers.' }),
  identityLength: u16('tls.handshake.identity_len', 'Identity Length', { about: 'How many bytes the name of the key has.' }),
  identity: bytes('tls.handshake.identity', 'Identity', { about: 'Names the key that both sides have from before.' }),

  // ── rare messages ──
  selectedProtocolLength: u8('tls.handshake.npn_selected_protocol_len', 'Selected Protocol Length', {
    about: 'How many bytes the name of the protocol has.',
  }),
  selectedProtocol: text('tls.handshake.npn_selected_protocol', 'Selected Protocol', {
    about: 'The protocol that the client chose from the list of the server.',
  }),
  selectedPaddingLength: u8('tls.handshake.npn_padding_len', 'Padding Length', { about: 'How many bytes fill the message up.' }),
  selectedPadding: bytes('tls.handshake.npn_padding', 'Padding', { about: 'Bytes that hide how long the name of the protocol is.' }),
  urlType: u8('tls.handshake.cert_url_type', 'Certificate Chain Type', {
    about: 'Whether each certificate has an address, or the chain has one.',
    names: { 0: 'Individual Certificate', 1: 'PKI Path' },
  }),
  urlsLength: u16('tls.handshake.cert_url.url_hash_len', 'URL and Hash list Length', {
    about: 'How many bytes the list of addresses has.',
  }),
  url: group('tls.handshake.cert_url.url_hash', 'URL and Hash', { about: 'Where a certificate of the client can be fetched.' }),
  urlLength: u16('tls.handshake.cert_url.url_len', 'URL Length', { about: 'How many bytes the address has.' }),
  urlText: text('tls.handshake.cert_url.url', 'URL', { about: 'The address where the certificate can be fetched.' }),
  urlPadding: group('tls.handshake.cert_url.padding', 'Padding', { about: 'A byte that says that a hash follows.' }),
  urlHash: bytes('tls.handshake.cert_url.sha1', 'SHA1 Hash', { about: 'The hash that the fetched certificate must have.' }),
  compressionMethod: u16('tls.compress_certificate.algorithm', 'Algorithm', {
    about: 'Says how the certificates that follow are compressed.',
    names: compressionAlgorithmNames,
  }),
  uncompressedLength: u24('tls.compress_certificate.uncompressed_length', 'Uncompressed Length', {
    about: 'How many bytes the certificates have when unpacked.',
  }),
  compressedLength: u24('tls.compress_certificate.compressed_certificate_message.length', 'Length', {
    about: 'How many bytes the compressed certificates have.',
  }),
  compressed: bytes('tls.compress_certificate.compressed_certificate_message', 'Compressed Certificate Message', {
    about: 'The certificates, compressed to make the handshake shorter.',
  }),
  compressionFailed: group('tls.decompression_error', 'Decompression error', {
    about: 'The compressed certificates cannot be unpacked as they should.',
  }),

  // ── tickets ──
  ticketGroup: group('', 'TLS Session Ticket', { about: 'What the client may come back with to save the long handshake.' }),
  ticketLifetime: u32('tls.handshake.session_ticket_lifetime_hint', 'Session Ticket Lifetime Hint', {
    about: 'For how many seconds the ticket may be used.',
    display: (_get, value) =>
      `Session Ticket Lifetime Hint: ${value} ${value === 1 ? 'second' : 'seconds'}${value < 60 ? '' : ` (${durationWords(value)})`}`,
  }),
  ticketAgeAdd: u32('tls.handshake.session_ticket_age_add', 'Session Ticket Age Add', {
    about: 'Added to the age of the ticket, so that nobody can follow it.',
  }),
  ticketNonceLength: u8('tls.handshake.session_ticket_nonce_length', 'Session Ticket Nonce Length', {
    about: 'How many bytes tell this ticket apart.',
  }),
  ticketNonce: bytes('tls.handshake.session_ticket_nonce', 'Session Ticket Nonce', {
    about: 'Tells this ticket apart from others of the connection.',
  }),
  ticketLength: u16('tls.handshake.session_ticket_length', 'Session Ticket Length', { about: 'How many bytes the ticket has.' }),
  ticket: bytes('tls.handshake.session_ticket', 'Session Ticket', {
    about: 'What the server needs to take the session up again, sealed with its own key.',
  }),
  keyUpdate: u8('tls.handshake.key_update.request_update', 'Key Update Request', {
    about: 'Whether the other side shall change its keys as well.',
    names: keyUpdateNames,
  }),
  unreadBody: bytes('', 'Message body', { about: 'The bytes of a message that is not laid out further.' }),

  // ── SSL 2.0 ──
  specLength: u16('tls.handshake.cipher_spec_len', 'Cipher Spec Length', { about: 'How many bytes the list of ciphers has.' }),
  sessionIdLength2: u16('tls.handshake.session_id_length', 'Session ID Length', { about: 'How many bytes the session id has.' }),
  challengeLength: u16('tls.handshake.challenge_length', 'Challenge Length', { about: 'How many random bytes the client sends.' }),
  spec: u24('tls.handshake.cipherspec', 'Cipher Spec', {
    about: 'A cipher that the client can use, in the form of SSL 2.0.',
    base: 'hex',
    names: cipherKindNames,
  }),
  challenge: group('tls.handshake.challenge', 'Challenge', { about: 'Random bytes of the client, as SSL 2.0 sent them.' }),

  // ── remarks ──
  vectorLength: group('tls.malformed.vector_length', 'Variable vector length is outside the permitted range', {
    about: 'A length that the standard forbids at this place.',
  }),
  tooShort: group('tls.malformed.buffer_too_small', 'Malformed message, not enough data is available', {
    about: 'A length claims more bytes than there are.',
  }),
  trailing: group('tls.malformed.trailing_data', 'Undecoded trailing data is present', {
    about: 'Bytes are left over behind the last item.',
  }),
}
