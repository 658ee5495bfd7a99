// Certificates, key exchange and signatures: RFC 8446 4.4, RFC 5246 7.4.2 to 7.4.8, RFC 8422 5.4 and 5.7.

import { readIssuerNames } from './authorities.ts'
import { recordCertificate } from './certificate.ts'
import { readExtensions } from './extensions.ts'
import { F } from './fields.ts'
import type { Reader } from './reader.ts'
import { CODE_TLS13, KEY_EXCHANGE, KEY_EXCHANGE_DHE, KEY_EXCHANGE_ECDHE, KEY_EXCHANGE_RSA, VERSION } from './session.ts'
import { readScheme, readSchemes } from './signatures.ts'

const TLS12 = 4
const isTls13 = (session: number): boolean => (session & VERSION) === CODE_TLS13

export function readCertificate(r: Reader, session: number): void {
  const { p } = r
  if (isTls13(session)) r.block(F.contextLength).rest(F.context)
  const list = r.block(F.certificatesLength)
  if (list.left() === 0) return
  list.open(F.certificates, `Certificates (${list.left()} bytes)`, list.left())
  while (list.left() > 0) {
    const length = list.number(F.certificateLength)
    if (length > 0) readOneCertificate(list, length)
    if (isTls13(session)) readExtensions(list, 'certificate', null)
  }
  p.close()
}

function readOneCertificate(r: Reader, length: number): void {
  const { p, at } = r
  if (!r.has(length)) {
    r.bytes(F.certificate, length)
    return
  }
  recordCertificate(p, p.add(F.certificate, at, length), at, length)
  r.at += length
}

export function readCertificateRequest(r: Reader, session: number): void {
  const { p } = r
  if (isTls13(session)) {
    r.block(F.contextLength).rest(F.context)
    readExtensions(r, 'request', null)
    return
  }
  const types = r.block(F.certificateTypesCount)
  types.open(F.certificateTypes, `Certificate types (${types.left() === 1 ? '1 type' : `${types.left()} types`})`, types.left())
  while (types.left() > 0) types.number(F.certificateType)
  p.close()
  if ((session & VERSION) >= TLS12) readSchemes(r)
  readIssuerNames(r)
}

function readSignature(r: Reader, session: number): void {
  if (r.left() === 0) return
  if ((session & VERSION) === TLS12) readScheme(r)
  r.block(F.signatureLength).rest(F.signature)
}

/** Until the ServerHello was seen, the form must tell: a named curve is 3, two bytes, and a length that fits. */
function looksLikeCurve(r: Reader): boolean {
  return r.has(4) && r.p.u8(r.at) === 3 && 4 + r.p.u8(r.at + 3) <= r.left()
}

export function readServerKeyExchange(r: Reader, session: number): void {
  const { p } = r
  const exchange = session & KEY_EXCHANGE
  if (exchange === KEY_EXCHANGE_ECDHE || (exchange === 0 && looksLikeCurve(r))) {
    r.open(F.exchange, 'EC Diffie-Hellman Server Params', r.left())
    if (r.number(F.curveType) === 3) {
      r.number(F.namedCurve)
      r.block(F.serverPointLength).rest(F.serverPoint)
      readSignature(r, session)
    } else r.rest(F.unreadBody)
    p.close()
  } else if (exchange === KEY_EXCHANGE_DHE) {
    r.open(F.exchange, 'Diffie-Hellman Server Params', r.left())
    r.block(F.pLength).rest(F.p)
    r.block(F.gLength).rest(F.g)
    r.block(F.serverKeyLength).rest(F.serverKey)
    readSignature(r, session)
    p.close()
  } else if (exchange === KEY_EXCHANGE_RSA) {
    // Only export suites send a key of their own (RFC 2246 7.4.3).
    r.open(F.exchange, 'RSA-EXPORT Server Params', r.left())
    r.block(F.modulusLength).rest(F.modulus)
    r.block(F.exponentLength).rest(F.exponent)
    readSignature(r, session)
    p.close()
  } else if (looksLikeName(r)) {
    r.open(F.exchange, 'PSK Server Params', r.left())
    r.block(F.hintLength).rest(F.hint)
    p.close()
  } else r.rest(F.unreadBody)
}

/** Nothing but a length and what it announces: how pre-shared keys are named (RFC 4279 2). */
function looksLikeName(r: Reader): boolean {
  return r.has(2) && r.peek(2) + 2 === r.left()
}

export function readClientKeyExchange(r: Reader, session: number): void {
  const { p } = r
  const exchange = session & KEY_EXCHANGE
  if (exchange === KEY_EXCHANGE_ECDHE || (exchange === 0 && r.has(1) && r.p.u8(r.at) + 1 === r.left())) {
    r.open(F.exchange, 'EC Diffie-Hellman Client Params', r.left())
    r.block(F.clientPointLength).rest(F.clientPoint)
    p.close()
  } else if (exchange === KEY_EXCHANGE_DHE) {
    r.open(F.exchange, 'Diffie-Hellman Client Params', r.left())
    r.block(F.clientKeyLength).rest(F.clientKey)
    p.close()
  } else if (exchange === KEY_EXCHANGE_RSA) {
    r.open(F.exchange, 'RSA Encrypted PreMaster Secret', r.left())
    // SSL 3.0 has no length here (RFC 6101 5.6.7.1).
    if ((session & VERSION) > 1) r.block(F.premasterLength).rest(F.premaster)
    else r.rest(F.premaster)
    p.close()
  } else if (exchange === 0 && looksLikeName(r)) {
    r.open(F.exchange, 'PSK Client Params', r.left())
    r.block(F.identityLength).rest(F.identity)
    p.close()
  } else r.rest(F.unreadBody)
}

export function readCertificateVerify(r: Reader, session: number): void {
  if ((session & VERSION) >= TLS12) readScheme(r)
  r.block(F.verifySignatureLength).rest(F.verifySignature)
}

export function readSessionTicket(r: Reader, session: number): void {
  const { p } = r
  r.open(F.ticketGroup, 'TLS Session Ticket', r.left())
  r.number(F.ticketLifetime)
  if (isTls13(session)) {
    r.number(F.ticketAgeAdd)
    r.block(F.ticketNonceLength).rest(F.ticketNonce)
  }
  r.block(F.ticketLength).rest(F.ticket)
  if (isTls13(session)) readExtensions(r, 'ticket', null)
  p.close()
}
