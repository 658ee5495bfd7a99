// A lesson as linear text: for pipes, printers and screen readers. Answers come from the command line, in the order of the questions.

import { displayWidth } from '../../bytes/width.ts'
import { dropsLeft, give, type LessonState, openAsk, phrases, reduce, replyLines, screenOf, textLines } from '../../lessons/index.ts'
import type { Io } from '../commands.ts'

const WIDTH = 76

/** Prints the lesson and returns its last state. */
export function tellLesson(start: LessonState, answers: readonly string[], io: Io): LessonState {
  const { language, lesson, origin } = start
  io.out(`${phrases.lesson[language]} ${lesson.number} · ${lesson.title[language]} (${origin[language]})\n`)
  let state = start
  let used = 0
  for (let at = 0; at < start.screens.length; at++) {
    state = { ...state, at, typed: '', dropped: 0 }
    state = { ...state, dropped: dropsLeft(state) }
    io.out(`\n── ${at + 1}/${start.screens.length} ── `)
    print(state, io)
    const answer = openAsk(state) === undefined ? undefined : answers[used++]
    if (answer !== undefined && answer.trim() !== '') {
      state = give(state, answer)
      io.out(`\n${replyLines(state, WIDTH, displayWidth).join('\n')}\n`)
    }
    if (state.teacher) {
      io.out('\n')
      print({ ...state, notes: true, hidden: false }, io, 2)
    }
  }
  return reduce(state, { type: 'leave' })
}

/** Prints what the screen says; the prompt of a box to type into is left out, for there is none. */
function print(state: LessonState, io: Io, skip = 0): void {
  const lines = textLines(state, WIDTH, displayWidth).slice(skip)
  const open = openAsk(state) !== undefined && screenOf(state).ask !== undefined && !state.notes
  io.out(`${lines.filter((line) => !(open && line.startsWith('› '))).join('\n')}\n`)
}
