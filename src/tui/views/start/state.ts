// The first screen: what can be opened, and how much passes over each interface.

import type { SafeText } from '../../../bytes/text.ts'
import type { CaptureInterface } from '../../control.ts'
import { TABLE_START, type TableState } from '../table.ts'

export type StartRow =
  | { readonly kind: 'interface'; readonly interface: CaptureInterface }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'lessons' }

export interface StartState {
  readonly rows: readonly StartRow[]
  readonly table: TableState
  /** Bytes a second by interface, oldest first. */
  readonly rates: ReadonlyMap<string, readonly number[]>
  /** What is missing for a live capture, with the command that mends it; empty: nothing. */
  readonly missing: SafeText
  /** Why what was chosen could not be opened. */
  readonly problem: SafeText
  readonly busy: boolean
}

export const INITIAL_START: StartState = {
  rows: [{ kind: 'lessons' }],
  table: TABLE_START,
  rates: new Map(),
  missing: '' as SafeText,
  problem: '' as SafeText,
  busy: false,
}
