// Lessons over their bundled captures, as the runner sets them up.

import { join, resolve } from 'node:path'
import { openFile, readSettings } from '../../../src/engine/index.ts'
import { Evidence, type Language, LESSONS, type Lesson, type LessonState, startLesson } from '../../../src/lessons/index.ts'
import type { Screen } from '../../../src/lessons/lesson.ts'

export const CAPTURES = resolve(import.meta.dirname, '../../../captures')
export const SECRET = 'fluffy tail'

export interface Taught {
  readonly lesson: Lesson
  readonly evidence: Evidence
  readonly screens: readonly Screen[]
}

/** Every lesson with its screens over the bundled capture. Captures stay open: test files are processes of their own. */
export async function teachAll(): Promise<Taught[]> {
  const taught: Taught[] = []
  for (const lesson of LESSONS) taught.push(await teach(lesson))
  return taught
}

export async function teach(lesson: Lesson): Promise<Taught> {
  const read = readSettings({ rsaKeys: lesson.lostKey === undefined ? [] : [join(CAPTURES, lesson.lostKey)] })
  if (!read.ok) throw new Error(read.message)
  const session = await openFile(join(CAPTURES, lesson.capture), { secret: SECRET, strict: true, settings: read.settings })
  const evidence = await Evidence.read(session)
  return { lesson, evidence, screens: lesson.screens(evidence, SECRET) }
}

export function begin({ lesson, screens }: Taught, language: Language = 'en', at = 0): LessonState {
  const origin = { en: 'rebuilt, not captured', fr: 'reconstruit, non capturé' }
  return startLesson(lesson, screens, { language, teacher: false, big: false, origin, at })
}
