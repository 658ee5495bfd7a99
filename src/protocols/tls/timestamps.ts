// Signed certificate timestamps (RFC 6962 3.2, 3.3): proofs that a certificate stands in public logs. They are written in the language of
// TLS, also where they stand inside a certificate or an OCSP response.

import { hexText } from '../../bytes/address.ts'
import { readBigUint } from '../../bytes/read.ts'
import type { Field } from '../../core/field.ts'
import { logName } from '../names/ct-logs.ts'
import { absoluteText } from './der.ts'
import { X } from './extension-fields.ts'
import { F } from './fields.ts'
import type { Reader } from './reader.ts'
import { readScheme } from './signatures.ts'

const LOG_ID = 32
/** What `readTimestamps` may record. */
export const TIMESTAMP_FIELDS: readonly Field[] = [
  ...[X.timestampsLength, X.timestampGroup, X.timestampLength, X.timestampVersion, X.logId, X.timestamp],
  ...[X.timestampExtensionsLength, X.timestampExtensions, X.timestampSignatureLength, X.timestampSignature],
  ...[F.signatureScheme, F.hash, F.signatureKind],
]
/** The last moment that a Date can hold. */
const MAX_TIME = 8_640_000_000_000_000n

/** A list of timestamps with its length. */
export function readTimestamps(r: Reader): void {
  const list = r.block(X.timestampsLength)
  while (list.left() > 0) readTimestamp(list)
}

function readTimestamp(r: Reader): void {
  const { p, at } = r
  const length = 2 + Math.max(0, r.peek(2))
  const log = p.wants(X.timestampGroup) && r.has(3 + LOG_ID) ? logName(hexText(p.bytes, p.base + at + 3, LOG_ID)) : 'Unknown Log'
  r.open(X.timestampGroup, `Signed Certificate Timestamp (${log})`, length)
  const sct = r.block(X.timestampLength)
  sct.number(X.timestampVersion)
  if (sct.bytes(X.logId, LOG_ID) && sct.has(8)) {
    const time = readBigUint(p.bytes, p.base + sct.at, 8, false)
    if (p.wants(X.timestamp) && time <= MAX_TIME) p.generateText(X.timestamp, absoluteText(Number(time)), sct.at, 8)
    sct.at += 8
    sct.block(X.timestampExtensionsLength).rest(X.timestampExtensions)
    readScheme(sct)
    sct.block(X.timestampSignatureLength).rest(X.timestampSignature)
  }
  p.close()
}
