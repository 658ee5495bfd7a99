// What each view remembers, one part a view. A view reads and changes only its own.

import { type CompareState, INITIAL_COMPARE } from './compare/state.ts'
import { type ExchangesState, INITIAL_EXCHANGES } from './exchanges/state.ts'
import { INITIAL_LESSONS, type LessonsState } from './lessons/state.ts'

export interface Slices {
  readonly exchanges: ExchangesState
  readonly compare: CompareState
  readonly lessons: LessonsState
}

export const INITIAL_SLICES: Slices = { exchanges: INITIAL_EXCHANGES, compare: INITIAL_COMPARE, lessons: INITIAL_LESSONS }
