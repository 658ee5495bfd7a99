// A stream as a ladder: each packet an arrow from one side to the other.

import type { SafeText } from '../../../bytes/text.ts'
import type { TextBox } from '../../textbox.ts'
import { TABLE_START, type TableState } from '../table.ts'

export interface Rung {
  readonly packet: number
  /** 0: the first sender's. */
  readonly side: 0 | 1
  /** Seconds since the stream's first packet. */
  readonly time: number
  readonly protocol: SafeText
  readonly words: SafeText
  readonly bad: boolean
}

export interface LadderState {
  readonly title: SafeText
  readonly ends: readonly [SafeText, SafeText]
  readonly rungs: readonly Rung[]
  readonly done: number
  /** Only the first packets are shown. */
  readonly cut: boolean
  readonly table: TableState
  /** Name of the file to write, being typed. */
  readonly box: TextBox | null
}

export const NO_LADDER: LadderState = {
  title: '' as SafeText,
  ends: ['' as SafeText, '' as SafeText],
  rungs: [],
  done: 1,
  cut: false,
  table: TABLE_START,
  box: null,
}
