// The list of lessons as a picture, and how keys move in it.

import type { Picture } from './layout.ts'
import type { Language, Lesson } from './lesson.ts'
import type { Line } from './lines.ts'
import { phrases } from './phrases.ts'
import { type Measure, pad, wrapText } from './wrap.ts'

/** How far somebody came in a lesson. */
export type Mark = 'new' | 'begun' | 'done'

export interface MenuState {
  readonly lessons: readonly Lesson[]
  readonly marks: readonly Mark[]
  readonly selected: number
  readonly language: Language
  readonly end: 'open' | 'leave' | null
}

/** The lesson to go on with: the first that is begun, else the first that is not done. */
export function nextLesson(marks: readonly Mark[]): number {
  const begun = marks.indexOf('begun')
  if (begun >= 0) return begun
  return Math.max(0, marks.indexOf('new'))
}

export function moveMenu(state: MenuState, by: number): MenuState {
  return { ...state, selected: Math.min(state.lessons.length - 1, Math.max(0, state.selected + by)) }
}

const SIGN: Readonly<Record<Mark, string>> = { new: ' ', begun: '…', done: '✓' }

export function menuPicture(state: MenuState, columns: number, rows: number, measure: Measure): Picture {
  const { lessons, marks, selected, language } = state
  const head: Line = [{ text: pad(` wiretail · ${phrases.lessons[language]}`, columns, measure), style: 'title' }]
  const footer: Line = [{ text: ` ${phrases.keysMenu[language]}`, style: 'dim' }]
  const about = wrapText(lessons[selected]?.idea[language] ?? '', columns - 4, measure).map(
    (line): Line => [{ text: `  ${line}`, style: 'dim' }],
  )
  // The ideas take different numbers of lines; the list keeps its height.
  const most = Math.max(...lessons.map(({ idea }) => wrapText(idea[language], columns - 4, measure).length))
  const room = Math.max(1, rows - 3 - most)
  const from = Math.min(Math.max(0, selected - (room >> 1)), Math.max(0, lessons.length - room))
  const list = lessons.slice(from, from + room).map((lesson, i): Line => {
    const at = from + i
    const text = `${at === selected ? '▶' : ' '}${SIGN[marks[at] ?? 'new']} ${String(lesson.number).padStart(2)}  ${lesson.title[language]}`
    return [{ text: ` ${text}`, style: at === selected ? 'bold' : 'plain' }]
  })
  const body = [head, ...list, ...Array.from({ length: Math.max(0, room - list.length) }, (): Line => []), [], ...about]
  const lines = [...body, ...Array.from({ length: rows }, (): Line => [])].slice(0, rows - 1)
  return { lines: [...lines, footer], pages: 1 }
}

/** The list for pipes. */
export function menuText({ lessons, marks, language }: MenuState): string {
  const rows = lessons.map((lesson, at) => {
    const mark = marks[at] ?? 'new'
    const state = mark === 'new' ? '' : ` (${phrases[mark][language]})`
    return `${String(lesson.number).padStart(4)}  ${lesson.title[language]}${state}\n      ${lesson.idea[language]}\n`
  })
  return rows.join('')
}
