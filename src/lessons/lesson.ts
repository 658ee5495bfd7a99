// What a lesson is: data. The runner knows nothing of any lesson, and a lesson nothing of keys, colours or the size of the screen.

import type { Scene } from '../demo/scenes/scene.ts'
import type { Evidence } from './evidence.ts'

export type Language = 'en' | 'fr'

export const LANGUAGES: readonly Language[] = ['en', 'fr']

/** The same text in every language. */
export type Words = Readonly<Record<Language, string>>

/** Text that needs no translation: names, messages, bytes. */
export function same(text: string): Words {
  return { en: text, fr: text }
}

/** Where something that a screen claims can be seen: bytes of one of a packet's sources. Tests follow every pointer. */
export interface Pointer {
  readonly packet: number
  readonly source: number
  readonly start: number
  readonly length: number
  /** The bytes as Latin-1 text, where the claim is about text. */
  readonly text?: string
  /** Name of the field that stands exactly there, where the claim is about a field. */
  readonly field?: string
}

/** One line of a packet list, short enough for a narrow screen. */
export interface PacketRow {
  readonly number: number
  readonly fromClient: boolean
  readonly protocol: string
  /** Bytes on the wire. */
  readonly length: number
  readonly what: string
}

export type Figure =
  /** Packets, those in `marked` with a mark. With `appear` they drop in one by one. */
  | { readonly kind: 'packets'; readonly rows: readonly PacketRow[]; readonly marked?: readonly number[]; readonly appear?: boolean }
  /** A hex dump of `length` bytes from `start`; ranges of `lit` in brackets. */
  | {
      readonly kind: 'bytes'
      readonly bytes: Uint8Array
      readonly start: number
      readonly length: number
      readonly lit: readonly { readonly start: number; readonly length: number }[]
    }
  /** Nested boxes, outermost first: what each layer takes of `total` bytes. */
  | { readonly kind: 'boxes'; readonly boxes: readonly { readonly label: Words; readonly size: number }[]; readonly total: number }
  /** A table; the last column wraps. */
  | { readonly kind: 'table'; readonly head?: readonly Words[]; readonly rows: readonly (readonly Words[])[] }
  /** Lines as they are, each at most 56 cells. */
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** A letter wheel that the learner turns. */
  | { readonly kind: 'wheel'; readonly text: string }

/** An answer that is wrong in a way worth a reply of its own. */
export interface Mistake {
  readonly when: string | ((answer: string) => boolean)
  readonly reply: Words
}

interface AskBase {
  readonly prompt: Words
  /** A prediction is made once and then revealed; a question may be tried again. */
  readonly predict?: boolean
  /** At least two. */
  readonly mistakes: readonly Mistake[]
  /** Reply to any other wrong answer. */
  readonly otherwise: Words
  /** What the answer teaches; shown with the right answer. */
  readonly insight: Words
  /** What is shown beside the insight, in place of the screen's figures. */
  readonly reveal?: readonly Figure[]
  /** The bytes that prove the answer; they stand in the report. */
  readonly evidence: readonly Pointer[]
}

export type Ask =
  | (AskBase & { readonly form: 'choice'; readonly choices: readonly Words[] /** 'a', 'b' … */; readonly right: string })
  | (AskBase & { readonly form: 'number' | 'packet'; readonly right: string })
  | (AskBase & { readonly form: 'text'; readonly right: string })

/** One idea: it fits on a screen of 60 x 20 cells. */
export interface Screen {
  readonly title: Words
  readonly say: readonly Words[]
  readonly figures?: readonly Figure[]
  readonly ask?: Ask
  /** The bytes behind what `say` and `figures` claim. */
  readonly evidence: readonly Pointer[]
  /** For the teacher only. */
  readonly notes: Words
}

export interface Lesson {
  readonly number: number
  readonly title: Words
  /** The insight in one sentence, for the list. */
  readonly idea: Words
  /** The commands that do the same by hand. */
  readonly commands: readonly string[]
  /** File in captures/ that holds this lesson's traffic. */
  readonly capture: string
  /** File in captures/ with a private key that this lesson's spy has. */
  readonly lostKey?: string
  /** Makes the traffic live. Without it the lesson always opens the bundled capture. */
  readonly scene?: Scene
  /** Writes the traffic as a capture, where it is made by rule: nothing is captured then, and the screen says so. */
  write?(path: string): void
  /** The screens over this very traffic. Throws a LessonError when the traffic lacks what they need. */
  screens(evidence: Evidence, secret: string): readonly Screen[]
}

/** The traffic at hand cannot carry the lesson. The message is one line with its remedy. */
export class LessonError extends Error {
  override readonly name = 'LessonError'
}
