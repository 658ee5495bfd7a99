// What is known of a checksum.

import type { Names } from '../../core/field.ts'

export const checksumStates: Names = {
  0: 'Bad',
  1: 'Good',
  2: 'Unverified',
  3: 'Not present',
  4: 'Illegal',
}
