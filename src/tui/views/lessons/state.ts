// The lessons: the list with what was chosen in it, and the lesson that runs.

import type { SafeText } from '../../../bytes/text.ts'
import type { Language, LessonState, Mark } from '../../../lessons/index.ts'
import type { LessonControl, LessonRun } from '../../control.ts'

export interface LessonsState {
  /** Null where lessons cannot be run, or not yet. */
  readonly control: LessonControl | null
  readonly marks: readonly Mark[]
  readonly selected: number
  readonly language: Language
  readonly teacher: boolean
  readonly big: boolean
  /** What is being waited for; empty otherwise. */
  readonly waiting: SafeText
  readonly running: { readonly run: LessonRun; readonly state: LessonState } | null
}

export const INITIAL_LESSONS: LessonsState = {
  control: null,
  marks: [],
  selected: 0,
  language: 'en',
  teacher: false,
  big: false,
  waiting: '' as SafeText,
  running: null,
}
