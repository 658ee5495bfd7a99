// `wiretail lesson`: the guided lessons. The lessons themselves, and how they look, are in src/lessons; here is what they need of the
// machine: packets, a terminal, a folder.

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import { displayWidth } from '../bytes/width.ts'
import { DEMO_PORT, DEMO_SECRET, DemoError } from '../demo/index.ts'
import { LiveError } from '../engine/index.ts'
import {
  Evidence,
  examOf,
  findLesson,
  type Language,
  LESSONS,
  type Lesson,
  LessonError,
  type LessonState,
  type MenuState,
  menuPicture,
  menuText,
  moveMenu,
  nextLesson,
  startLesson,
  writeReport,
} from '../lessons/index.ts'
import type { Io } from './commands.ts'
import { type Desk, DeskError, defaultFolder, openDesk, progressWith, readProgress } from './lesson/desk.ts'
import { languageOf } from './lesson/language.ts'
import { lessonPlayer, loadScreen, play } from './lesson/player.ts'
import { type Stage, setStage } from './lesson/stage.ts'
import { tellLesson } from './lesson/story.ts'
import { explainUsage } from './usage.ts'

export const help = `wiretail lesson [NUMBER | exam] [OPTIONS]

The guided lessons: real packets, a question, a checked answer. Without a number: the list, to go on where you stopped.

      --from-capture   open the bundled capture instead of making the traffic now
      --record-only    make the traffic, save it, and end
      --answer TEXT    an answer, in the order of the questions (repeatable); prints the lesson as text
      --plain          print, even on a terminal
      --teacher        with notes (t), answers (h) and large layout (z)
      --big            laid out for a very large font
      --lang en|fr     language; from $LANG unless given
      --secret TEXT    the message in the packets; $SECRET_MESSAGE or "fluffy tail" unless given
      --seed NAME      the exam's seed: the same name, the same ten questions; with --teacher --plain the key to them
      --report FILE    where the text report goes; into the lessons' folder unless given
      --dir DIR        the lessons' folder: everything that is written goes there
      --port N         TCP port of the traffic; 5683 unless given
      --engine NAME    ring, dumpcap, tcpdump, namespace or relay; the best one that works here unless given

Examples:
  wiretail lesson 0
  wiretail lesson exam --seed class-5b
`

const OPTIONS = {
  'from-capture': { type: 'boolean', default: false },
  'record-only': { type: 'boolean', default: false },
  answer: { type: 'string', multiple: true, default: [] as string[] },
  plain: { type: 'boolean', default: false },
  teacher: { type: 'boolean', default: false },
  big: { type: 'boolean', default: false },
  lang: { type: 'string' },
  secret: { type: 'string' },
  seed: { type: 'string' },
  report: { type: 'string' },
  dir: { type: 'string' },
  port: { type: 'string', short: 'p', default: String(DEMO_PORT) },
  engine: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

interface Choices {
  readonly lesson: Lesson | null
  readonly language: Language
  readonly secret: string
  readonly port: number
  readonly engine: string | undefined
  readonly folder: string
  readonly seed: string | undefined
  readonly report: string | undefined
  readonly answers: readonly string[]
  readonly fromCapture: boolean
  readonly recordOnly: boolean
  readonly teacher: boolean
  readonly big: boolean
  readonly printing: boolean
}

export async function run(args: string[], io: Io): Promise<number> {
  try {
    const choices = parse(args)
    if (choices === null) {
      io.out(help)
      return 0
    }
    if (choices.lesson !== null) return await teach(choices.lesson, choices, args, io)
    return await choose(choices, args, io)
  } catch (error) {
    const told = tellOf(error)
    if (told === undefined) throw error
    io.err(`wiretail: ${safeText(told)}\n`)
    return 1
  }
}

function tellOf(error: unknown): string | undefined {
  const known = error instanceof DemoError || error instanceof LiveError || error instanceof LessonError || error instanceof DeskError
  if (known || (error instanceof Error && error.name === 'CaptureError')) return (error as Error).message
  return explainUsage(error, 'lesson')
}

function parse(args: string[]): Choices | null {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS })
  if (values.help) return null
  const [word, surplus] = positionals
  if (surplus !== undefined) throw new LessonError(`"${surplus}" is too much: one lesson at a time. The list: wiretail lesson`)
  const { SECRET_MESSAGE } = process.env
  return {
    lesson: word === undefined ? null : lessonOf(word, values.seed),
    language: languageOf(values.lang),
    secret: safeText(values.secret || SECRET_MESSAGE || DEMO_SECRET, 200),
    port: portOf(values.port),
    engine: values.engine,
    folder: resolve(values.dir ?? defaultFolder()),
    seed: values.seed,
    report: values.report,
    answers: values.answer,
    fromCapture: values['from-capture'],
    recordOnly: values['record-only'],
    teacher: values.teacher,
    big: values.big,
    printing: values.plain || values.answer.length > 0 || !process.stdout.isTTY || !process.stdin.isTTY,
  }
}

function lessonOf(word: string, seed: string | undefined): Lesson {
  if (word === 'exam' || word === '19') {
    if (seed !== undefined && !/^[\w.-]{1,40}$/.test(seed))
      throw new LessonError(`"${seed}" is no name for an exam. Use up to 40 letters, digits, dots and dashes: --seed class-5b`)
    return examOf(seed ?? 'demo')
  }
  if (seed !== undefined)
    throw new LessonError(`Only the exam has a seed. Write: wiretail lesson exam --seed ${/^[\w.-]{1,40}$/.test(seed) ? seed : 'class-5b'}`)
  const lesson = /^\d{1,2}$/.test(word) ? findLesson(Number(word)) : undefined
  if (lesson === undefined) {
    const numbers = LESSONS.map(({ number }) => number).join(', ')
    throw new LessonError(`There is no lesson "${word}". Choose one of ${numbers}: wiretail lesson ${LESSONS[0]!.number}`)
  }
  return lesson
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new LessonError(`"${text}" is no port. Give a number from 1 to 65535: --port 5683`)
  return port
}

/** The list; in a terminal a lesson can be chosen from it. */
async function choose(choices: Choices, args: string[], io: Io): Promise<number> {
  const { lessons } = readProgress(choices.folder)
  const marks = LESSONS.map(({ number }) => (lessons[number] === undefined ? 'new' : lessons[number].done ? 'done' : 'begun'))
  const start: MenuState = { lessons: LESSONS, marks, selected: nextLesson(marks), language: choices.language, end: null }
  if (choices.printing) {
    io.out(`${menuText(start)}\nwiretail lesson ${LESSONS[start.selected]!.number}\n`)
    return 0
  }
  const end = await play<MenuState>(
    {
      start,
      picture: (state, columns, rows) => menuPicture(state, columns, rows, displayWidth),
      press(state, key) {
        if (key === 'enter' || key === 'space') return { ...state, end: 'open' }
        if (key === 'q' || key === 'escape' || key === 'ctrl+c') return { ...state, end: 'leave' }
        const by = { down: 1, j: 1, n: 1, up: -1, k: -1, p: -1, pagedown: 8, pageup: -8, home: -99, end: 99 }[key] ?? 0
        return moveMenu(state, by)
      },
      over: (state) => state.end !== null,
      pace: () => null,
      tick: (state) => state,
    },
    await loadScreen(),
  )
  if (end.end !== 'open') return 0
  const lesson = LESSONS[end.selected]!
  return teach(lesson, choices, [String(lesson.number), ...args], io)
}

async function teach(lesson: Lesson, choices: Choices, args: string[], io: Io): Promise<number> {
  // Loaded before root's rights are given up: afterwards its files may be out of reach.
  const parts = choices.printing || choices.recordOnly ? null : await loadScreen()
  const name = lesson.write === undefined ? `lesson-${String(lesson.number).padStart(2, '0')}` : `exam-${choices.seed ?? 'demo'}`
  const live = (lesson.scene !== undefined || lesson.write !== undefined) && !choices.fromCapture
  if (choices.recordOnly && !live) {
    throw new LessonError(
      lesson.scene === undefined
        ? `Lesson ${lesson.number} has no traffic to record: it opens a bundled capture. Leave --record-only out`
        : '--record-only and --from-capture exclude each other. Leave one out',
    )
  }
  const desk = openDesk(choices.folder, name, choices.report, live)
  try {
    const stage = await setStage({ ...choices, lesson, args }, desk, io)
    try {
      if (choices.recordOnly) {
        io.out(`${desk.capturePath}: ${stage.session.status().packets} packets (${stage.origin[choices.language]})\n`)
        return 0
      }
      if (!live && choices.secret !== DEMO_SECRET) io.err(`wiretail: The bundled capture has its own message, "${DEMO_SECRET}".\n`)
      await attend(lesson, choices, stage, desk, parts, io)
      return 0
    } finally {
      await stage.session.close()
    }
  } finally {
    desk.close()
  }
}

/** The lesson itself, on the terminal or as text, and the report at its end. */
async function attend(
  lesson: Lesson,
  choices: Choices,
  stage: Stage,
  desk: Desk,
  parts: Awaited<ReturnType<typeof loadScreen>> | null,
  io: Io,
): Promise<void> {
  const { language, teacher, big } = choices
  const evidence = await Evidence.read(stage.session)
  const screens = lesson.screens(evidence, stage.secret)
  const before = desk.progress()
  const reached = before.lessons[lesson.number]
  const at = reached === undefined || reached.done ? 0 : reached.at
  const start = startLesson(lesson, screens, { language, teacher, big, origin: stage.origin, at: parts === null ? 0 : at })
  const save = (state: LessonState): void => desk.saveProgress(progressWith(before, state))
  const end = parts === null ? tellLesson(start, choices.answers, io) : await play(lessonPlayer(start, save), parts)
  save(end)
  const facts = { when: new Date().toISOString(), capture: stage.capture, packets: evidence.lines.length }
  desk.saveReport(writeReport(end, evidence, facts))
  const next = findLesson(lesson.number + 1)
  io.out(`\n${language === 'fr' ? 'Rapport' : 'Report'}: ${desk.reportPath}\n`)
  if (next !== undefined) io.out(`${language === 'fr' ? 'Ensuite' : 'Next'}: wiretail lesson ${next.number} (${next.title[language]})\n`)
}
