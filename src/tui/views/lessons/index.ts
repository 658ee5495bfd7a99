// View 7: the lessons, with the same screens as `wiretail lesson`.

import { safeText } from '../../../bytes/text.ts'
import { displayWidth } from '../../../bytes/width.ts'
import {
  DROP_MS,
  dropsLeft,
  eventOf,
  LESSONS,
  type LessonState,
  menuPicture,
  moveMenu,
  nextLesson,
  pictureOf,
  reduce,
} from '../../../lessons/index.ts'
import { clipLine, type Picture, say, span } from '../../line.ts'
import { type Shell, tell } from '../../shell.ts'
import type { State } from '../../state.ts'
import { changeSlice, type ViewPart } from '../part.ts'
import { bodySize } from '../size.ts'
import { lessonLine } from './lines.ts'
import { INITIAL_LESSONS } from './state.ts'

export const lessons: ViewPart = {
  context: (state) => (state.slices.lessons.running === null ? 'lessons' : 'lesson'),
  picture: lessonsPicture,
  enter: (shell) => void prepare(shell),
  commands: {
    lessons: {
      up: (shell) => choose(shell, -1),
      down: (shell) => choose(shell, 1),
      'page-up': (shell) => choose(shell, -8),
      'page-down': (shell) => choose(shell, 8),
      start: (shell) => choose(shell, -LESSONS.length),
      end: (shell) => choose(shell, LESSONS.length),
      open: (shell) => void openLesson(shell, false),
      again: (shell) => void openLesson(shell, true),
      teacher: (shell) => toggle(shell, 'teacher'),
      big: (shell) => toggle(shell, 'big'),
      language: (shell) => changeSlice(shell, 'lessons', (slice) => ({ ...slice, language: slice.language === 'en' ? 'fr' : 'en' })),
    },
  },
  press,
  scroll: (shell, rows) => {
    if (shell.store.state().slices.lessons.running === null) choose(shell, Math.sign(rows))
  },
  ownFooter: (state) => state.slices.lessons.running !== null,
}

/** Gets what runs the lessons and asks it how far each was taken, once. A key may be faster than that: then its lesson stays chosen. */
async function prepare(shell: Shell): Promise<void> {
  if (shell.store.state().slices.lessons.control !== null || shell.lessons === null) return
  const control = await shell.lessons()
  const marks = control.marks()
  changeSlice(shell, 'lessons', (slice) => {
    if (slice.control !== null) return slice
    // What was chosen in the meantime stays.
    const selected = slice.selected === 0 ? nextLesson(marks) : slice.selected
    const language = slice.language === INITIAL_LESSONS.language ? control.language : slice.language
    return { ...slice, control, marks, selected, language }
  })
  shell.store.commit()
}

function lessonsPicture(state: State, width: number, height: number): Picture {
  const { running, waiting, marks, selected, language, teacher, big } = state.slices.lessons
  if (running !== null) return { lines: pictureOf(running.state, width, height, displayWidth).lines.map((line) => lessonLine(line, width)) }
  // Its own last line is for a program of its own; here the footer has the keys.
  const menu = menuPicture({ lessons: LESSONS, marks, selected, language, end: null }, width, height + 1, displayWidth)
  const lines = menu.lines.slice(0, height).map((line) => lessonLine(line, width))
  const how = [...(teacher ? [say`teacher mode`] : []), ...(big ? [say`large`] : [])].join(', ')
  const word = waiting !== '' ? waiting : safeText(how)
  if (word !== '') lines[height - 1] = clipLine([span(say`  ${word}`, 'accent')], width)
  return { lines }
}

function choose(shell: Shell, by: number): void {
  changeSlice(shell, 'lessons', (slice) => {
    const { marks, selected, language } = slice
    return { ...slice, selected: moveMenu({ lessons: LESSONS, marks, selected, language, end: null }, by).selected }
  })
}

function toggle(shell: Shell, what: 'teacher' | 'big'): void {
  changeSlice(shell, 'lessons', (slice) => ({ ...slice, [what]: !slice[what] }))
}

async function openLesson(shell: Shell, live: boolean): Promise<void> {
  const { selected } = shell.store.state().slices.lessons
  await prepare(shell)
  const { control, waiting, language, teacher, big } = shell.store.state().slices.lessons
  const lesson = LESSONS[selected]
  if (waiting !== '' || lesson === undefined) return
  if (control === null) {
    tell(shell.store, say`Lessons cannot be run here. Run: wiretail lesson ${lesson.number}`)
    return
  }
  const words = live ? say`Making the packets of this lesson …` : say`Opening the packets of this lesson …`
  changeSlice(shell, 'lessons', (slice) => ({ ...slice, waiting: words }))
  try {
    const run = await control.open(lesson.number, { live, language, teacher, big })
    changeSlice(shell, 'lessons', (slice) => ({ ...slice, waiting: say``, running: { run, state: run.start } }))
    dropOn(shell)
  } catch (error) {
    changeSlice(shell, 'lessons', (slice) => ({ ...slice, waiting: say`` }))
    tell(shell.store, safeText(error instanceof Error ? error.message : String(error)), 'bad')
  }
  shell.store.commit()
}

function press(shell: Shell, key: string, text: string): void {
  const { running } = shell.store.state().slices.lessons
  if (running === null) return
  const { width, height } = bodySize(shell.store.state())
  const { pages } = pictureOf(running.state, width, height, displayWidth)
  const typed = key === 'paste' ? text.replace(/\s+/g, ' ') : text
  const event = eventOf(running.state, key, typed === '' ? '' : safeText(typed), pages)
  if (event !== undefined) step(shell, reduce(running.state, event))
}

function step(shell: Shell, state: LessonState): void {
  const { running } = shell.store.state().slices.lessons
  if (running === null || state === running.state) return
  if (state.over) {
    void leave(shell, state)
    return
  }
  running.run.save(state)
  changeSlice(shell, 'lessons', (slice) => ({ ...slice, running: { ...running, state } }))
  dropOn(shell)
}

/** Packets that drop in one by one. */
function dropOn(shell: Shell): void {
  const waits = (): LessonState | null => {
    const state = shell.store.state().slices.lessons.running?.state
    return state !== undefined && dropsLeft(state) > 0 && !state.stopped && !state.notes ? state : null
  }
  const before = waits()
  if (before === null) return
  setTimeout(() => {
    // A key came in between: it has set its own clock.
    if (waits() !== before) return
    step(shell, reduce(before, { type: 'drop' }))
    shell.store.refresh()
  }, DROP_MS).unref()
}

async function leave(shell: Shell, state: LessonState): Promise<void> {
  const { control, running } = shell.store.state().slices.lessons
  changeSlice(shell, 'lessons', (slice) => ({ ...slice, running: null, teacher: state.teacher, big: state.big, language: state.language }))
  if (running === null) return
  try {
    const report = await running.run.finish(state)
    tell(shell.store, say`Your report: ${report}`, 'good')
  } catch (error) {
    tell(shell.store, safeText(error instanceof Error ? error.message : String(error)), 'bad')
  }
  const known = control?.marks() ?? []
  changeSlice(shell, 'lessons', (slice) => ({
    ...slice,
    marks: known,
    selected: state.at === state.screens.length - 1 ? nextLesson(known) : slice.selected,
  }))
  shell.store.commit()
}
