// A followed stream: what each side said, in order, and how it is shown.

import type { SafeText } from '../../../bytes/text.ts'
import type { FollowKind } from '../../../engine/follow.ts'
import type { TextBox } from '../../textbox.ts'
import { PAGE_START, type Page, type PageState } from '../page.ts'

export const FORMS = ['text', 'hex', 'raw'] as const
export type Form = (typeof FORMS)[number]

export const SIDES = ['both', 'first', 'second'] as const
export type Sides = (typeof SIDES)[number]

/** What came with one packet; a gap is bytes that the capture does not have. */
export interface Chunk {
  /** 0: the first sender's. */
  readonly side: 0 | 1
  readonly packet: number
  readonly bytes: Uint8Array
  /** Bytes missing before the next; 0 for a chunk of bytes. */
  readonly missing: number
}

export interface FollowState {
  readonly kind: FollowKind
  readonly stream: number
  /** First sender and the other end, as text. */
  readonly ends: readonly [SafeText, SafeText]
  readonly chunks: readonly Chunk[]
  readonly done: number
  /** True: only the beginning is kept. */
  readonly cut: boolean
  readonly form: Form
  readonly sides: Sides
  readonly page: Page
  readonly at: PageState
  /** What to search for, being typed. */
  readonly box: TextBox | null
}

export const NO_FOLLOW: FollowState = {
  kind: 'tcp',
  stream: -1,
  ends: ['' as SafeText, '' as SafeText],
  chunks: [],
  done: 1,
  cut: false,
  form: 'text',
  sides: 'both',
  page: [],
  at: PAGE_START,
  box: null,
}
