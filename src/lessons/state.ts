// Where a learner stands in a lesson, and how events change it. Pure: no screen, no keys, no clock.

import type { Ask, Language, Lesson, Screen, Words } from './lesson.ts'
import { phrases } from './phrases.ts'

/** What became of a question. */
export interface Answer {
  /** The last answer given. */
  readonly given: string
  readonly right: boolean
  /** Every answer in order, the last one included. */
  readonly tries: readonly string[]
  readonly reply: Words
}

export interface LessonState {
  readonly lesson: Lesson
  readonly screens: readonly Screen[]
  /** Index of the screen shown. */
  readonly at: number
  /** Index of its page, where a small terminal needs several. */
  readonly page: number
  /** By screen. */
  readonly answers: readonly (Answer | null)[]
  readonly typed: string
  /** Letters that the wheel is turned by, 0 to 25. */
  readonly turned: number
  /** Packets that have dropped in, where they drop in one by one. */
  readonly dropped: number
  readonly stopped: boolean
  readonly language: Language
  readonly teacher: boolean
  /** Teacher: notes and answers in place of the screen. */
  readonly notes: boolean
  /** Teacher: answers are left out of the notes, for a class that sees the screen. */
  readonly hidden: boolean
  readonly big: boolean
  /** How the packets came to be, for the first line of every screen. */
  readonly origin: Words
  /** The learner leaves, or is through. */
  readonly over: boolean
}

export interface StartOptions {
  readonly language: Language
  readonly teacher: boolean
  readonly big: boolean
  readonly origin: Words
  /** Where to go on, 0 unless given. */
  readonly at?: number
}

export type LessonEvent =
  /** `pages`: how many the screen shown has. */
  | { readonly type: 'next'; readonly pages: number }
  | { readonly type: 'previous' }
  | { readonly type: 'type'; readonly text: string }
  | { readonly type: 'erase' }
  | { readonly type: 'submit'; readonly pages: number }
  | { readonly type: 'turn'; readonly by: number }
  | { readonly type: 'drop' }
  | { readonly type: 'stop' }
  | { readonly type: 'notes' }
  | { readonly type: 'hide' }
  | { readonly type: 'big' }
  | { readonly type: 'language' }
  | { readonly type: 'leave' }

/** Longest answer that can be typed. */
const ANSWER_LIMIT = 120

export function startLesson(lesson: Lesson, screens: readonly Screen[], options: StartOptions): LessonState {
  const { at = 0, ...rest } = options
  return {
    lesson,
    screens,
    at: Math.min(Math.max(0, at), screens.length - 1),
    page: 0,
    answers: screens.map(() => null),
    typed: '',
    turned: 0,
    dropped: 0,
    stopped: false,
    notes: false,
    hidden: true,
    over: false,
    ...rest,
  }
}

export function screenOf(state: LessonState): Screen {
  return state.screens[state.at]!
}

/** The question that waits for an answer, if there is one. */
export function openAsk(state: LessonState): Ask | undefined {
  const { ask } = screenOf(state)
  const answer = state.answers[state.at]
  return ask === undefined || (answer && (answer.right || ask.predict)) ? undefined : ask
}

/** Packets that are still to drop in. */
export function dropsLeft(state: LessonState): number {
  const figure = screenOf(state).figures?.find((one) => one.kind === 'packets' && one.appear === true)
  return figure?.kind === 'packets' ? Math.max(0, figure.rows.length - state.dropped) : 0
}

export function reduce(state: LessonState, event: LessonEvent): LessonState {
  switch (event.type) {
    case 'next':
      return goOn(state, event.pages)
    case 'previous':
      if (state.notes) return { ...state, notes: false }
      if (state.page > 0) return { ...state, page: state.page - 1 }
      return state.at > 0 ? turnTo(state, state.at - 1) : state
    case 'type':
      return typeText(state, event.text)
    case 'erase':
      return { ...state, typed: Array.from(state.typed).slice(0, -1).join('') }
    case 'submit':
      return openAsk(state) !== undefined && state.typed.trim() !== '' ? give(state, state.typed) : goOn(state, event.pages)
    case 'turn':
      return { ...state, turned: (((state.turned + event.by) % 26) + 26) % 26 }
    case 'drop':
      return state.stopped ? state : { ...state, dropped: state.dropped + 1 }
    case 'stop':
      return { ...state, stopped: !state.stopped }
    case 'notes':
      return { ...state, notes: !state.notes, page: 0 }
    case 'hide':
      return { ...state, hidden: !state.hidden }
    case 'big':
      return { ...state, big: !state.big, page: 0 }
    case 'language':
      return { ...state, language: state.language === 'en' ? 'fr' : 'en', page: 0 }
    case 'leave':
      return { ...state, over: true }
  }
}

function typeText(state: LessonState, text: string): LessonState {
  const ask = openAsk(state)
  if (ask === undefined) return state
  // A choice is one letter: another one takes its place.
  return { ...state, typed: ask.form === 'choice' ? text : (state.typed + text).slice(0, ANSWER_LIMIT) }
}

function goOn(state: LessonState, pages: number): LessonState {
  // Packets that drop in are there at once when somebody is in a hurry.
  const left = dropsLeft(state)
  if (left > 0) return { ...state, dropped: state.dropped + left }
  if (state.page + 1 < pages) return { ...state, page: state.page + 1 }
  if (state.at + 1 < state.screens.length) return turnTo(state, state.at + 1)
  return { ...state, over: true }
}

function turnTo(state: LessonState, at: number): LessonState {
  return { ...state, at, page: 0, typed: '', turned: 0, dropped: 0, stopped: false, notes: false }
}

/** Gives an answer to the question on the screen. */
export function give(state: LessonState, text: string): LessonState {
  const { ask } = screenOf(state)
  if (ask === undefined) return state
  const before = state.answers[state.at]
  const { right, reply } = judge(ask, text)
  const given = text.trim()
  const answer: Answer = { given, right, reply, tries: [...(before?.tries ?? []), given] }
  return { ...state, answers: state.answers.with(state.at, answer), typed: '', page: 0 }
}

/** Is the answer right, and what is there to say to it? */
export function judge(ask: Ask, text: string): { readonly right: boolean; readonly reply: Words } {
  const given = normalise(ask, text)
  if (given === normalise(ask, ask.right)) return { right: true, reply: ask.predict ? phrases.predicted : phrases.right }
  const mistake = ask.mistakes.find(({ when }) => (typeof when === 'string' ? normalise(ask, when) === given : when(given)))
  return { right: false, reply: mistake?.reply ?? ask.otherwise }
}

/** Case, surrounding blanks and quotes, "packet 6" for 6: none of it makes an answer wrong. */
export function normalise(ask: Ask, text: string): string {
  const bare = text.trim().toLowerCase()
  if (ask.form === 'text') return bare.replace(/^(["'«“]\s*)(.*?)(\s*["'»”])$/, '$2').replace(/\s+/g, ' ')
  if (ask.form === 'choice') return bare.replace(/^\(?([a-z])[).]?$/, '$1')
  return bare.replace(/^(packet|paquet|no\.?|#)\s*/, '').replace(/[\s_,.](?=\d{3}\b)/g, '')
}
