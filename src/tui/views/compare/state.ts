// The comparison: which captures stand side by side, how far each is measured, and what is said of them.

import type { SafeText } from '../../../bytes/text.ts'
import type { Exposed } from '../../../engine/compare/index.ts'
import type { TextBox } from '../../textbox.ts'

export interface CompareColumn {
  readonly name: SafeText
  /** How much is measured, from 0 to 1. */
  readonly done: number
  readonly exposed: Exposed | null
  /** Why there is nothing to compare; empty otherwise. */
  readonly problem: SafeText
}

export interface CompareState {
  readonly secret: string
  /** The first is the capture on the screen, where one is open. */
  readonly columns: readonly CompareColumn[]
  /** True when the first column is the open capture. */
  readonly own: boolean
  /** The column that left and right have chosen. */
  readonly chosen: number
  readonly top: number
  /** The secret being typed. */
  readonly box: TextBox | null
  /** Counts the measurements, so that the view knows what it has laid out. */
  readonly version: number
}

export const INITIAL_COMPARE: CompareState = { secret: '', columns: [], own: false, chosen: 0, top: 0, box: null, version: 0 }
