// The exchanges: the list that grows while the capture is read.

import type { Exchange } from '../../../engine/exchanges.ts'
import { emptyList, type ListSlice } from '../list-view.ts'

export interface ExchangeRow {
  /** From 1, in the order of the responses. */
  readonly number: number
  readonly exchange: Exchange
}

export type ExchangesState = ListSlice<ExchangeRow>

export const INITIAL_EXCHANGES: ExchangesState = emptyList()
