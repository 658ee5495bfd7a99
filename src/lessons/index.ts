// The lessons, in order. A new lesson is a new file and a line here.

import type { Lesson } from './lesson.ts'

export { Evidence } from './evidence.ts'
export { DROP_MS, eventOf } from './keys.ts'
export { type Picture, pictureOf, replyLines, textLines } from './layout.ts'
export { LANGUAGES, type Language, type Lesson, LessonError, type Words } from './lesson.ts'
export type { Line, Style } from './lines.ts'
export { type Mark, type MenuState, menuPicture, menuText, moveMenu, nextLesson } from './menu.ts'
export { phrases } from './phrases.ts'
export { type ReportFacts, writeReport } from './report.ts'
export { dropsLeft, give, type LessonEvent, type LessonState, openAsk, reduce, screenOf, startLesson } from './state.ts'

import { authority } from './authority.ts'
import { backByOne } from './back-by-one.ts'
import { door } from './door.ts'
import { examOf } from './exam.ts'
import { firstSecret } from './first-secret.ts'
import { itWorks } from './it-works.ts'
import { lostKey } from './lost-key.ts'
import { misbehave } from './misbehave.ts'
import { noise } from './noise.ts'
import { paint } from './paint.ts'
import { passport } from './passport.ts'
import { password } from './password.ts'
import { port } from './port.ts'
import { requests } from './requests.ts'
import { stillShows } from './still-shows.ts'
import { tenPackets } from './ten-packets.ts'
import { token } from './token.ts'
import { whereTlsEnds } from './where-tls-ends.ts'
import { whoAreYou } from './who-are-you.ts'
import { wrongKey } from './wrong-key.ts'

export const LESSONS: readonly Lesson[] = [
  firstSecret,
  tenPackets,
  requests,
  password,
  noise,
  backByOne,
  token,
  wrongKey,
  paint,
  stillShows,
  lostKey,
  passport,
  authority,
  door,
  itWorks,
  whereTlsEnds,
  whoAreYou,
  port,
  misbehave,
  examOf('demo'),
]

export { examOf }

/** The lesson of that number, undefined when there is none. */
export function findLesson(number: number): Lesson | undefined {
  return LESSONS.find((lesson) => lesson.number === number)
}
