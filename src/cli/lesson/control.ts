// Lessons inside the interface: what its seventh view asks for and what the lessons' folder and stages offer.

import { safeText } from '../../bytes/text.ts'
import { DEMO_PORT, DEMO_SECRET } from '../../demo/index.ts'
import { Evidence, findLesson, LESSONS, LessonError, type Mark, startLesson, writeReport } from '../../lessons/index.ts'
import type { LessonControl, LessonRun } from '../../tui/index.tsx'
import type { Io } from '../commands.ts'
import { defaultFolder, openDesk, type Progress, progressWith, readProgress } from './desk.ts'
import { languageOf } from './language.ts'
import { setStage } from './stage.ts'

/** A control for the interface. Everything is written to the lessons' own folder, as by `wiretail lesson`. */
export function createLessonControl(io: Io): LessonControl {
  const folder = defaultFolder()
  return {
    language: languageOf(undefined),
    marks: () => marksOf(readProgress(folder)),
    async open(number, { live, ...looks }): Promise<LessonRun> {
      const lesson = findLesson(number)
      if (lesson === undefined) throw new LessonError(`There is no lesson ${number}.`)
      const writes = live && (lesson.scene !== undefined || lesson.write !== undefined)
      const name = lesson.write === undefined ? `lesson-${String(number).padStart(2, '0')}` : 'exam-demo'
      const desk = openDesk(folder, name, undefined, writes)
      try {
        // The relay rebuilds frames and needs no rights, and the program must not be started again under the reader's eyes.
        const engine = process.getuid?.() === 0 ? 'ring' : 'relay'
        const choices = { lesson, secret: DEMO_SECRET, port: DEMO_PORT, engine, fromCapture: !writes, args: [] }
        const stage = await setStage(choices, desk, io)
        const evidence = await Evidence.read(stage.session)
        const before = desk.progress()
        const reached = before.lessons[number]
        const at = reached === undefined || reached.done ? 0 : reached.at
        return {
          start: startLesson(lesson, lesson.screens(evidence, stage.secret), { ...looks, origin: stage.origin, at }),
          save: (state) => desk.saveProgress(progressWith(before, state)),
          async finish(state) {
            desk.saveProgress(progressWith(before, state))
            const facts = { when: new Date().toISOString(), capture: stage.capture, packets: evidence.lines.length }
            desk.saveReport(writeReport(state, evidence, facts))
            desk.close()
            await stage.session.close()
            return safeText(desk.reportPath)
          },
        }
      } catch (error) {
        desk.close()
        throw error
      }
    },
  }
}

function marksOf({ lessons }: Progress): Mark[] {
  return LESSONS.map(({ number }) => (lessons[number] === undefined ? 'new' : lessons[number].done ? 'done' : 'begun'))
}
