// Checksums of transport protocols cover the addresses too, so that a segment delivered to the wrong machine is noticed: RFC 9293 3.1, RFC 768, RFC 8200 8.1.

import { internetChecksum, onesSum } from '../bytes/checksum.ts'
import type { Dissection } from './dissect.ts'

/**
 * The checksum over the layer at hand and the pseudo header before it: 0 when the layer holds the right one. -1 when that cannot be told:
 * bytes are missing, or the layer is quoted in an error message.
 */
export function transportChecksum(p: Dissection, protocol: number): number {
  const length = p.reported()
  if (p.quoted || p.available() < length || (p.addressSize !== 4 && p.addressSize !== 16)) return -1
  let sum = protocol + (length >>> 16) + (length & 0xffff)
  sum = onesSum(p.addressBytes, p.sourceAt, p.sourceAt + p.addressSize, sum)
  sum = onesSum(p.addressBytes, p.destinationAt, p.destinationAt + p.addressSize, sum)
  return internetChecksum(p.bytes, p.base, p.base + length, sum)
}
