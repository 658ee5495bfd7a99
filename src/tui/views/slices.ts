// What each view remembers, one part a view. A view reads and changes only its own.

import { type CompareState, INITIAL_COMPARE } from './compare/state.ts'
import { INITIAL_LESSONS, type LessonsState } from './lessons/state.ts'

export interface Slices {
  readonly compare: CompareState
  readonly lessons: LessonsState
}

export const INITIAL_SLICES: Slices = { compare: INITIAL_COMPARE, lessons: INITIAL_LESSONS }
