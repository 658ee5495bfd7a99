// The exchanges: the list that grows while the capture is read, and the one that is open.

import type { Exchange } from '../../../engine/exchanges.ts'
import type { Session } from '../../../engine/types.ts'
import type { Page, PageState } from '../page.ts'
import { TABLE_START, type TableState } from '../table.ts'

export interface ExchangesState {
  /** What they were read from. */
  readonly session: Session | null
  readonly rows: readonly Exchange[]
  /** How much of the capture is read, from 0 to 1. */
  readonly done: number
  readonly table: TableState
  /** The exchange that Enter has opened, with its headers and bodies. */
  readonly open: { readonly exchange: Exchange; readonly page: Page; readonly at: PageState } | null
}

export const INITIAL_EXCHANGES: ExchangesState = { session: null, rows: [], done: 1, table: TABLE_START, open: null }
