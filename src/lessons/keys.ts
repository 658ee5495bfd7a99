// What keys mean in a lesson, wherever it is shown.

import { type LessonEvent, type LessonState, openAsk, screenOf } from './state.ts'

/** Milliseconds between two packets that drop in. */
export const DROP_MS = 350

const KEYS: Readonly<Record<string, (pages: number) => LessonEvent>> = {
  enter: (pages) => ({ type: 'submit', pages }),
  pagedown: (pages) => ({ type: 'next', pages }),
  pageup: () => ({ type: 'previous' }),
  backspace: () => ({ type: 'erase' }),
  escape: () => ({ type: 'leave' }),
  'ctrl+c': () => ({ type: 'leave' }),
  'ctrl+n': (pages) => ({ type: 'next', pages }),
  'ctrl+p': () => ({ type: 'previous' }),
}

/** Letters that command, wherever they are not needed for an answer. */
const LETTERS: Readonly<Record<string, (pages: number) => LessonEvent>> = {
  n: (pages) => ({ type: 'next', pages }),
  space: (pages) => ({ type: 'next', pages }),
  p: () => ({ type: 'previous' }),
  q: () => ({ type: 'leave' }),
  s: () => ({ type: 'stop' }),
  L: () => ({ type: 'language' }),
}

const TEACHER: Readonly<Record<string, () => LessonEvent>> = {
  t: () => ({ type: 'notes' }),
  h: () => ({ type: 'hide' }),
  z: () => ({ type: 'big' }),
}

/** The event that a key of the terminal means here; `typed` is the text it types, `pages` how many the screen has. */
export function eventOf(state: LessonState, key: string, typed: string, pages: number): LessonEvent | undefined {
  const ask = state.notes ? undefined : openAsk(state)
  const wheel = screenOf(state).figures?.some(({ kind }) => kind === 'wheel') ?? false
  if (key === 'left' || key === 'right') {
    if (wheel) return { type: 'turn', by: key === 'right' ? 1 : -1 }
    return key === 'right' ? { type: 'next', pages } : { type: 'previous' }
  }
  const fixed = KEYS[key]
  if (fixed !== undefined) return fixed(pages)
  if (ask?.form === 'text') return typed === '' ? undefined : { type: 'type', text: typed }
  // A choice takes its letters, a number its digits; every other key still commands.
  if (ask?.form === 'choice' && 'abcdefghij'.slice(0, ask.choices.length).includes(typed) && typed !== '')
    return { type: 'type', text: typed }
  if (ask !== undefined && ask.form !== 'choice' && (/^\d$/.test(typed) || key === 'paste')) return { type: 'type', text: typed }
  const command = LETTERS[key] ?? (state.teacher ? TEACHER[key] : undefined)
  return command?.(pages)
}
