// The language of the lessons: as asked for, else that of the terminal.

import { LANGUAGES, type Language, LessonError } from '../../lessons/index.ts'

/** Throws a LessonError for a language that the lessons do not speak. */
export function languageOf(given: string | undefined): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env
  if (given === undefined) return /^fr/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'fr' : 'en'
  const language = LANGUAGES.find((one) => one === given.toLowerCase())
  if (language === undefined)
    throw new LessonError(`"${given}" is no language of the lessons. Choose one of ${LANGUAGES.join(', ')}: --lang fr`)
  return language
}
