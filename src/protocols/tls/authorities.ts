// What other authorities say in a handshake: the issuers that the server accepts (RFC 5246 7.4.4, RFC 8446 4.2.4), and whether a certificate
// was revoked (RFC 6066 8, RFC 6961 2.2).

import { isElement, parseDer, TAG } from '../../crypto/der.ts'
import { recordAttributes } from './certificate-names.ts'
import { F } from './fields.ts'
import { recordOcspResponse } from './ocsp.ts'
import type { Reader } from './reader.ts'

const OCSP = 1
const OCSP_MULTI = 2

/** The issuers that the server accepts. */
export function readIssuerNames(r: Reader): void {
  const names = r.block(F.namesLength)
  if (names.left() === 0) return
  names.open(F.names, `Distinguished Names (${names.left()} ${names.left() === 1 ? 'byte' : 'bytes'})`, names.left())
  while (names.left() > 0) {
    const length = names.number(F.nameLength)
    if (length > 0) readIssuerName(names, length)
  }
  r.p.close()
}

/** The same form as the names in certificates. */
function readIssuerName(r: Reader, length: number): void {
  const { p, at } = r
  if (!r.has(length)) {
    r.bytes(F.name, length)
    return
  }
  const [name] = parseDer(p.bytes, p.base + at, p.base + at + length).elements
  if (isElement(name, TAG.sequence)) {
    const row = p.open(F.name, name.content - p.base, name.length)
    p.describe(row, recordAttributes({ p, bytes: p.bytes, base: p.base }, name))
  } else p.open(F.name, at, length)
  p.close()
  r.at += length
}

/** CertificateStatus: one response, or one for each certificate of the chain. */
export function readCertificateStatus(r: Reader): void {
  const type = r.number(F.statusType)
  if (type === OCSP) readResponse(r)
  else if (type === OCSP_MULTI) {
    const list = r.block(F.ocspListLength)
    while (list.left() > 0) readResponse(list)
  } else r.rest(F.unreadBody)
}

function readResponse(r: Reader): void {
  const response = r.block(F.ocspLength)
  if (response.left() > 0) recordOcspResponse(r.p, response.at, response.left())
}
