// Values that clients mix in so that servers learn to pass over what they do not know: GREASE, RFC 8701.

import type { Names } from '../../core/field.ts'

export const greaseNames: Names = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [0x0a0a + i * 0x1010, 'Reserved (GREASE)']))

/** Is the 16-bit value one of GREASE's sixteen? */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
}
