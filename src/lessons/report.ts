// What a learner did, as a text report: every question with the answers given, and the bytes that prove it.

import type { Evidence } from './evidence.ts'
import { answerWords } from './layout.ts'
import type { Pointer } from './lesson.ts'
import { phrases } from './phrases.ts'
import type { LessonState } from './state.ts'

export interface ReportFacts {
  /** When the learner left, as text. */
  readonly when: string
  /** The capture's file name. */
  readonly capture: string
  readonly packets: number
}

export function writeReport(state: LessonState, evidence: Evidence, facts: ReportFacts): string {
  const { lesson, screens, answers, language, origin } = state
  const lines = [
    `wiretail · ${phrases.lesson[language]} ${lesson.number} · ${lesson.title[language]}`,
    facts.when,
    `${facts.capture}, ${facts.packets} ${language === 'fr' ? 'paquets' : 'packets'}, ${origin[language]}`,
    '',
  ]
  let asked = 0
  let right = 0
  screens.forEach((screen, at) => {
    const { ask } = screen
    const answer = answers[at]
    lines.push(`${at + 1}. ${screen.title[language]}`)
    if (ask !== undefined) {
      asked++
      if (answer?.right === true) right++
      lines.push(`   ${(ask.predict ? phrases.predict : phrases.question)[language]}: ${ask.prompt[language]}`)
      if (!answer) lines.push(`   ${phrases.notAnswered[language]}`)
      else for (const given of answer.tries) lines.push(`   ${phrases.youSaid[language]}: ${answerWords(ask, given)[language]}`)
      // Only what was found out stands here: a report is no answer key.
      if (answer) lines.push(`   ${answer.right ? '✓' : '✗'} ${answer.reply[language]}`)
      if (answer?.right === true) lines.push(...evidenceLines(ask.evidence, evidence, state))
    } else lines.push(...evidenceLines(screen.evidence, evidence, state))
    lines.push('')
  })
  const first = answers.filter((answer) => answer?.right === true && answer.tries.length === 1).length
  const result = {
    en: `${right} of ${asked} questions right, ${first} at the first try`,
    fr: `${right} réponses exactes sur ${asked}, ${first} du premier coup`,
  }
  lines.push(result[language], '')
  return lines.join('\n')
}

/** "Seen in packet 6, bytes 202 to 212: fluffy tail". */
function evidenceLines(pointers: readonly Pointer[], evidence: Evidence, { language }: LessonState): string[] {
  return pointers.map((pointer) => {
    const last = pointer.start + pointer.length - 1
    const bytes = language === 'fr' ? `octets ${pointer.start} à ${last}` : `bytes ${pointer.start} to ${last}`
    const source = pointer.source === 0 ? '' : ` (${evidence.detail(pointer.packet).sources[pointer.source]?.name ?? ''})`
    return `   ${phrases.evidence[language]} ${phrases.packet[language]} ${pointer.packet}, ${bytes}${source}: ${shownOf(pointer, evidence)}`
  })
}

function shownOf(pointer: Pointer, evidence: Evidence): string {
  if (pointer.text !== undefined) return pointer.text.replace(/[^\x20-\x7e]/g, '·')
  const row = evidence
    .every(pointer.field ?? '', pointer.packet)
    .find(({ source, start, length }) => source === pointer.source && start === pointer.start && length === pointer.length)
  return row?.label ?? pointer.field ?? ''
}
