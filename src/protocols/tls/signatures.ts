// Signature algorithms: RFC 8446 4.2.3; read as hash and kind of key in TLS 1.2 (RFC 5246 7.4.1.4.1).

import { F } from './fields.ts'
import type { Reader } from './reader.ts'

/** One algorithm, with its two bytes as TLS 1.2 reads them. */
export function readScheme(r: Reader): void {
  const { p, at } = r
  if (!r.has(2)) {
    r.number(F.signatureScheme)
    return
  }
  p.open(F.signatureScheme, at)
  p.number(F.hash, at)
  p.number(F.signatureKind, at + 1)
  p.close()
  r.at += 2
}

/** A list of algorithms with its length. */
export function readSchemes(r: Reader): void {
  const list = r.block(F.schemesLength)
  const count = list.left() >> 1
  list.open(F.schemes, `Signature Hash Algorithms (${count === 1 ? '1 algorithm' : `${count} algorithms`})`, list.left())
  while (list.left() > 0) readScheme(list)
  r.p.close()
}
