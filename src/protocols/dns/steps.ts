// Data of resource records as a list of steps, which is what most types need.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/protocol.ts'
import { isBroken, readName, refuse, remark } from './name.ts'

/** `name`: a domain name; `rest`: all that is left; `counted`: a byte of length, then as many; else a field of its own size. */
export type Step = readonly [how: 'name' | 'rest' | 'counted' | 'fixed', field: Field, count?: Field]

export const name = (field: Field): Step => ['name', field]
export const rest = (field: Field): Step => ['rest', field]
export const fixed = (field: Field): Step => ['fixed', field]
export const counted = (count: Field, field: Field): Step => ['counted', field, count]

/** Records steps one after the other. Returns the bytes that they took, or -1 when the layer ends here. */
export function recordSteps(p: Dissection, origin: number, layout: readonly Step[], from: number, length: number): number {
  const end = from + length
  let at = from
  for (const [how, field, count] of layout) {
    // Updates and cut records have no data at all.
    if (length === 0) return 0
    if (how === 'name') {
      const found = readName(p, origin, at)
      if (isBroken(found)) {
        refuse(p, field, found)
        return -1
      }
      p.generateText(field, found.text, at, found.length)
      remark(p, field, found, at)
      at += found.length
    } else if (how === 'rest') {
      p.add(field, at, Math.max(0, end - at))
      at = Math.max(at, end)
    } else if (how === 'counted') {
      if (!fits(p, count!, at, 1, end) || !fits(p, count!, at, 1 + p.u8(at), end)) return -1
      p.add(count!, at)
      p.add(field, at + 1, p.u8(at))
      at += 1 + p.u8(at)
    } else {
      if (!fits(p, field, at, field.size, end)) return -1
      p.add(field, at)
      at += field.size
    }
  }
  return at - from
}

/** Does the data hold `size` bytes of this field at `at`? If not, the layer ends here. */
export function fits(p: Dissection, field: Field, at: number, size: number, end: number): boolean {
  if (at + size <= end) return true
  p.malformed(field, 'goes beyond the record')
  return false
}
