// The conversations of the open capture, and the stream that is followed.

import type { Conversation, ConversationKind, ConversationTables } from '../../../engine/statistics.ts'
import { emptyList, type ListSlice } from '../list-view.ts'

export interface StreamRow {
  readonly kind: ConversationKind
  readonly conversation: Conversation
  /** What is spoken; empty where nobody can tell. */
  readonly protocol: string
}

export const SORTS = ['start', 'packets', 'bytes', 'duration'] as const
export type Sort = (typeof SORTS)[number]

export interface StreamsState extends ListSlice<StreamRow> {
  readonly tables: ConversationTables | null
  readonly kind: ConversationKind
  readonly sort: Sort
}

export const INITIAL_STREAMS: StreamsState = { ...emptyList<StreamRow>(), tables: null, kind: 'tcp', sort: 'start' }
