// One capture of a comparison, measured.

import type { Exposure } from '../exposure/index.ts'
import type { Failure } from '../handshake-failure.ts'

export interface Exposed {
  /** As it was named. */
  readonly file: string
  /** For the head of a column. */
  readonly name: string
  readonly exposure: Exposure
  readonly failures: readonly Failure[]
  /** The secret in marks with what stands around it, and its bytes; empty where it cannot be read. */
  readonly excerpt: readonly string[]
}
