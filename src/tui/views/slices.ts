// What each view remembers, one part a view. A view reads and changes only its own.

import { type CompareState, INITIAL_COMPARE } from './compare/state.ts'
import { type ExchangesState, INITIAL_EXCHANGES } from './exchanges/state.ts'
import { type FollowState, NO_FOLLOW } from './follow/state.ts'
import { type LadderState, NO_LADDER } from './ladder/state.ts'
import { INITIAL_LESSONS, type LessonsState } from './lessons/state.ts'
import { INITIAL_START, type StartState } from './start/state.ts'
import { INITIAL_STATISTICS, type StatisticsState } from './statistics/state.ts'
import { INITIAL_STREAMS, type StreamsState } from './streams/state.ts'
import { INITIAL_TLS, type TlsState } from './tls/state.ts'

export interface Slices {
  readonly exchanges: ExchangesState
  readonly streams: StreamsState
  readonly statistics: StatisticsState
  readonly tls: TlsState
  readonly follow: FollowState
  readonly ladder: LadderState
  readonly compare: CompareState
  readonly lessons: LessonsState
  readonly start: StartState
}

export const INITIAL_SLICES: Slices = {
  exchanges: INITIAL_EXCHANGES,
  streams: INITIAL_STREAMS,
  statistics: INITIAL_STATISTICS,
  tls: INITIAL_TLS,
  follow: NO_FOLLOW,
  ladder: NO_LADDER,
  compare: INITIAL_COMPARE,
  lessons: INITIAL_LESSONS,
  start: INITIAL_START,
}
