// Names written as in DNS inside an option: RFC 3397. A pointer counts from the start of the option's value.

import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'

/** A name, and where it stands in the value. */
export interface Domain {
  readonly text: string
  readonly at: number
  readonly length: number
}

/** Names in one message, and steps in one name: enough for every honest one. */
const MAX_NAMES = 64
const MAX_LABELS = 128
const POINTER = 0xc0

/** Names in `length` bytes at `at`, up to the first that is broken. */
export function readDomains(p: Dissection, at: number, length: number): Domain[] {
  const names: Domain[] = []
  for (let from = 0; from < length && names.length < MAX_NAMES; ) {
    const name = readDomain(p, at, length, from)
    if (name === undefined) return names
    names.push(name)
    from += name.length
  }
  return names
}

function readDomain(p: Dissection, at: number, length: number, from: number): Domain | undefined {
  const labels: string[] = []
  let end = 0
  let i = from
  for (let steps = 0; steps < MAX_LABELS && i < length; steps++) {
    const size = p.u8(at + i)
    if (size === 0) return { text: labels.join('.'), at: from, length: (end || i + 1) - from }
    if (size >= POINTER) {
      if (i + 2 > length) return undefined
      end ||= i + 2
      const target = ((size & 0x3f) << 8) | p.u8(at + i + 1)
      // Pointers only lead back, so they come to an end.
      if (target >= i) return undefined
      i = target
      continue
    }
    if (i + 1 + size > length) return undefined
    labels.push(decodeText(p.bytes, p.base + at + i + 1, size))
    i += 1 + size
  }
  return undefined
}
