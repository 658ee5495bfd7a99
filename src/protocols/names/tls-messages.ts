// Record content types, handshake message types, alerts and the small tables of handshake messages: IANA "TLS Parameters".

import type { Names } from '../../core/field.ts'

export const contentTypeNames: Names = {
  20: 'Change Cipher Spec',
  21: 'Alert',
  22: 'Handshake',
  23: 'Application Data',
  24: 'Heartbeat',
  25: 'Connection ID',
}

export const handshakeTypeNames: Names = {
  0: 'Hello Request',
  1: 'Client Hello',
  2: 'Server Hello',
  3: 'Hello Verify Request',
  4: 'New Session Ticket',
  5: 'End of Early Data',
  6: 'Hello Retry Request',
  8: 'Encrypted Extensions',
  11: 'Certificate',
  12: 'Server Key Exchange',
  13: 'Certificate Request',
  14: 'Server Hello Done',
  15: 'Certificate Verify',
  16: 'Client Key Exchange',
  20: 'Finished',
  21: 'Client Certificate URL',
  22: 'Certificate Status',
  23: 'Supplemental Data',
  24: 'Key Update',
  25: 'Compressed Certificate',
  67: 'Encrypted Extensions',
}

export const alertLevelNames: Names = {
  1: 'Warning',
  2: 'Fatal',
}

export const alertNames: Names = {
  0: 'Close Notify',
  1: 'End of Early Data',
  10: 'Unexpected Message',
  20: 'Bad Record MAC',
  21: 'Decryption Failed',
  22: 'Record Overflow',
  30: 'Decompression Failure',
  40: 'Handshake Failure',
  41: 'No Certificate',
  42: 'Bad Certificate',
  43: 'Unsupported Certificate',
  44: 'Certificate Revoked',
  45: 'Certificate Expired',
  46: 'Certificate Unknown',
  47: 'Illegal Parameter',
  48: 'Unknown CA',
  49: 'Access Denied',
  50: 'Decode Error',
  51: 'Decrypt Error',
  60: 'Export Restriction',
  70: 'Protocol Version',
  71: 'Insufficient Security',
  80: 'Internal Error',
  86: 'Inappropriate Fallback',
  90: 'User Canceled',
  100: 'No Renegotiation',
  109: 'Missing Extension',
  110: 'Unsupported Extension',
  111: 'Certificate Unobtainable',
  112: 'Unrecognized Name',
  113: 'Bad Certificate Status Response',
  114: 'Bad Certificate Hash Value',
  115: 'Unknown PSK Identity',
  116: 'Certificate Required',
  120: 'No application Protocol',
  121: 'ECH Required',
}

export const compressionNames: Names = {
  0: 'null',
  1: 'DEFLATE',
  64: 'LZS',
}

export const clientCertificateTypeNames: Names = {
  1: 'RSA Sign',
  2: 'DSS Sign',
  3: 'RSA Fixed DH',
  4: 'DSS Fixed DH',
  21: 'GOST R 34.10-94',
  22: 'GOST R 34.10-2001',
  64: 'ECDSA Sign',
  65: 'RSA Fixed ECDH',
  66: 'ECDSA Fixed ECDH',
  80: 'IBC Params',
}

export const curveTypeNames: Names = {
  1: 'explicit_prime',
  2: 'explicit_char2',
  3: 'named_curve',
}

export const heartbeatTypeNames: Names = {
  1: 'Request',
  2: 'Response',
}

export const keyUpdateNames: Names = {
  0: 'update_not_requested',
  1: 'update_requested',
}

const contentTypes: Readonly<Record<number, string>> = {
  20: 'From here on this side encrypts what it sends.',
  21: 'Something is wrong, or the sender is done.',
  22: 'The two sides agree on keys and prove who they are.',
  23: 'Data of the programs, encrypted.',
  24: 'A check whether the other side is still there.',
}

export function explainContentType(type: number): string {
  return contentTypes[type] ?? ''
}

const handshakeTypes: Readonly<Record<number, string>> = {
  0: 'The server asks the client to begin a new handshake.',
  1: 'The client opens: what it can do, and whom it wants to talk to.',
  2: 'The server answers: what it chose from the offer.',
  4: 'The server hands out a ticket with which the client can come back faster.',
  6: 'The server asks for another hello, with another key share.',
  8: 'What the server answers to the extensions, encrypted.',
  11: 'The sender shows who it is, and who vouches for it.',
  12: "The server's public value for the key exchange, signed.",
  13: 'The server wants a certificate from the client.',
  14: 'The server has said its part of the handshake.',
  15: 'The sender proves that the key of its certificate is its own.',
  16: "The client's part of the key exchange.",
  20: 'The sender confirms the handshake: nobody has changed it on the way.',
  22: 'A signed word that the certificate is not revoked.',
  24: 'The sender changes its keys.',
}

export function explainHandshakeType(type: number): string {
  return handshakeTypes[type] ?? ''
}

const alerts: Readonly<Record<number, string>> = {
  0: 'The sender has said everything and closes its side: nothing is wrong.',
  10: 'A message came that had no place here.',
  20: 'A record did not match its seal: damaged, forged, or made with other keys.',
  40: 'The two sides found no set of algorithms in common.',
  42: 'The certificate is damaged, or its signature is wrong.',
  44: 'The issuer has revoked the certificate.',
  45: 'The certificate has expired, or is not valid yet.',
  46: 'Something else is wrong with the certificate.',
  47: 'A field of the handshake has a value that it must not have.',
  48: 'The certificate comes from an issuer that the sender of this alert does not trust.',
  50: 'A message could not be read.',
  51: 'A signature or a Finished message did not check.',
  70: 'The two sides have no version in common.',
  71: 'The server wants stronger algorithms than the client offers.',
  80: 'Something went wrong inside the sender.',
  86: 'The client falls back to an old version for no good reason: somebody may be forcing it.',
  90: 'The user gave up.',
  109: 'An extension is missing that must be there.',
  112: 'The server does not serve the name that the client asked for.',
  116: 'The server wants a certificate from the client.',
  120: 'The two sides have no application protocol in common.',
}

export function explainAlert(description: number): string {
  return alerts[description] ?? ''
}
