// What the interface needs from whoever can start captures and lessons; the command line wires it to engines and folders.

import type { SafeText } from '../bytes/text.ts'
import type { FilterCheck, Session } from '../engine/types.ts'
import type { Language, LessonState, Mark } from '../lessons/index.ts'

export interface CaptureInterface {
  readonly name: string
  /** Addresses, or why it cannot be captured on. */
  readonly about: SafeText
  readonly usable: boolean
}

export interface CaptureChoice {
  readonly interface: string
  /** A capture filter, empty for everything. */
  readonly filter: string
}

export interface CaptureControl {
  /** Best guess first is not needed: the order is the one shown. */
  interfaces(): Promise<readonly CaptureInterface[]>
  /** Checks a capture filter; must answer at once. */
  check(filter: string): FilterCheck
  /** Starts a capture; rejects with an error whose message says what went wrong and how to mend it. */
  start(choice: CaptureChoice): Promise<Session>
  /** What the running session was started with, to begin the dialog with. */
  readonly current: CaptureChoice | null
}

/** What the first screen can open. */
export interface StartControl {
  /** Paths of captures, the likeliest first. */
  recent(): readonly string[]
  /** Rejects with an error whose message says what went wrong and how to mend it. */
  open(path: string): Promise<Session>
  /** Bytes that each interface has carried so far; empty where nobody knows. */
  traffic(): ReadonlyMap<string, number>
  /** What is missing for live captures, with the command that mends it; empty: nothing. */
  missing(): Promise<SafeText>
}

/** A lesson with its packets there. */
export interface LessonRun {
  readonly start: LessonState
  /** The learner has come further. */
  save(state: LessonState): void
  /** The learner leaves. Resolves to where the report lies. */
  finish(state: LessonState): Promise<SafeText>
}

export interface LessonControl {
  readonly language: Language
  /** How far each lesson was taken, in the order of the lessons. */
  marks(): readonly Mark[]
  /** Sets a lesson's packets up: made now, or from the bundled capture. Rejects with an error that says what to do. */
  open(
    number: number,
    options: { readonly live: boolean; readonly language: Language; readonly teacher: boolean; readonly big: boolean },
  ): Promise<LessonRun>
}
