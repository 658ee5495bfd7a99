// The checksum of a segment, verified when the user asks for it: RFC 9293 3.1.
//
// Not by default: on the machine that sends, the network card completes checksums after the capture, and every segment would look damaged.

import { rightChecksum } from '../../bytes/checksum.ts'
import type { Dissection } from '../../core/dissect.ts'
import { GROUP_CHECKSUM, SEVERITY_ERROR, SEVERITY_WARN } from '../../core/note.ts'
import type { Get } from '../../core/protocol.ts'
import { transportChecksum } from '../../core/pseudo-header.ts'
import { CHECKSUM_BAD, CHECKSUM_GOOD, CHECKSUM_UNVERIFIED, F } from './fields.ts'

const TCP = 6
/** Where the checksum stands. */
const AT = 16

export function recordChecksum(p: Dissection): void {
  const row = p.add(F.checksum, AT)
  const over = p.settings.has('tcp.check_checksum') ? transportChecksum(p, TCP) : -1
  if (over < 0) {
    p.generate(F.checksumStatus, CHECKSUM_UNVERIFIED, AT)
    return
  }
  const held = p.u16(AT)
  // RFC 1624: zero and all ones add up to the same, but an honest sum over a segment never comes to all ones.
  if (over === 0 && held === 0xffff) {
    p.nest(row)
    p.generate(F.rightChecksum, 0, AT, 2)
    p.nest(p.generate(F.checksumStatus, CHECKSUM_BAD, AT))
    p.note(SEVERITY_WARN, F.onesChecksum.label, AT, 0, F.onesChecksum, GROUP_CHECKSUM)
    p.close()
    p.close()
    return
  }
  const right = rightChecksum(held, over)
  if (over !== 0) {
    p.nest(row)
    const shown = right.toString(16).padStart(4, '0')
    p.note(SEVERITY_ERROR, `${F.badChecksum.label} [should be 0x${shown}]`, AT, 0, F.badChecksum, GROUP_CHECKSUM)
    p.close()
  }
  p.generate(F.checksumStatus, over === 0 ? CHECKSUM_GOOD : CHECKSUM_BAD, AT)
  p.generate(F.rightChecksum, right, AT, 2)
}

/** What the Info text says of it. */
export function checksumWords(get: Get): string {
  if (get.has(F.badChecksum)) return ' [TCP CHECKSUM INCORRECT]'
  return get.has(F.onesChecksum) ? ' [TCP CHECKSUM 0xFFFF]' : ''
}
