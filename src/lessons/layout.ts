// A lesson's state as rows of a screen of any size. Nothing is ever cut: what does not fit goes to a next page.

import { figureLines } from './figures.ts'
import type { Ask, Figure, Words } from './lesson.ts'
import { type Line, type Span, type Style, textOf } from './lines.ts'
import { phrases } from './phrases.ts'
import { type Answer, dropsLeft, type LessonState, openAsk, screenOf } from './state.ts'
import { type Measure, pad, wrapText } from './wrap.ts'

/** What a lesson looks like now: exactly `rows` lines, none wider than `columns`. */
export interface Picture {
  readonly lines: readonly Line[]
  readonly pages: number
}

/** With --big a screen is laid out for this many cells, so that the font can be made three times as large. */
const BIG = { columns: 40, rows: 14 }

/** Text wider than this is hard to read. */
const MEASURE = 76

export function pictureOf(state: LessonState, columns: number, rows: number, measure: Measure): Picture {
  const across = state.big ? Math.min(columns, BIG.columns) : columns
  const width = Math.max(10, Math.min(across - 2, MEASURE))
  const top = [headLine(state, columns, measure), ...titleLines(state, columns, measure)]
  const room = Math.max(1, (state.big ? Math.min(rows, BIG.rows) : rows) - top.length - 1)
  const pages = paginate(blocksOf(state, width, measure), room)
  const page = Math.min(state.page, pages.length - 1)
  const body = (pages[page] ?? []).map((line): Line => (line.length === 0 ? line : [{ text: ' ', style: 'plain' }, ...line]))
  const filler = Array.from({ length: Math.max(0, rows - top.length - 1 - body.length) }, (): Line => [])
  const lines = [...top, ...body, ...filler].slice(0, rows - 1)
  return { lines: [...lines, footerLine(state, page, pages.length, columns, measure)], pages: pages.length }
}

/** All that a screen says now, in one column without pages: for pipes and printers. */
export function textLines(state: LessonState, width: number, measure: Measure): string[] {
  const { language } = state
  return [screenOf(state).title[language], '', ...joinBlocks(blocksOf(state, width, measure)).map((line) => textOf(line).trimEnd())]
}

/** What there is to say to the answer just given, without repeating the screen: empty before an answer. */
export function replyLines(state: LessonState, width: number, measure: Measure): string[] {
  const { ask } = screenOf(state)
  const answer = state.answers[state.at] ?? null
  if (ask === undefined || answer === null) return []
  if (!isOver(ask, answer)) return verdictLines(ask, answer, state, width, measure).map(textOf)
  const [, ...shown] = blocksOf(state, width, measure)
  return [...verdictLines(ask, answer, state, width, measure), [], ...joinBlocks(ask.reveal === undefined ? shown.slice(-1) : shown)].map(
    (line) => textOf(line).trimEnd(),
  )
}

/** A question ends with its right answer, a prediction with any. */
function isOver(ask: Ask, answer: Answer): boolean {
  return answer.right || ask.predict === true
}

function verdictLines(ask: Ask, answer: Answer, state: LessonState, width: number, measure: Measure): Line[] {
  const { language } = state
  const said = `${phrases.youSaid[language]}: ${answerWords(ask, answer.given)[language]}`
  const verdict = `${answer.right ? '✓' : '✗'} ${answer.reply[language]}`
  return [...paragraph(said, 'dim', width, measure), ...paragraph(verdict, answer.right ? 'good' : 'bad', width, measure)]
}

type Block = readonly Line[]

function blocksOf(state: LessonState, width: number, measure: Measure): Block[] {
  const { language } = state
  const screen = screenOf(state)
  const { ask } = screen
  const answer = state.answers[state.at] ?? null
  const say = (words: Words, style: Style = 'plain'): Block => paragraph(words[language], style, width, measure)
  const draw = (figures: readonly Figure[] = []): Block[] =>
    figures.map((figure) => figureLines(figure, { width, language, measure, dropped: state.dropped, turned: state.turned }))
  if (state.notes) return notesOf(state, say)
  if (ask === undefined || answer === null) {
    const asking = ask === undefined ? [] : [askLines(ask, state, width, measure)]
    return [...screen.say.map((words) => say(words)), ...draw(screen.figures), ...asking]
  }
  const verdict = verdictLines(ask, answer, state, width, measure)
  if (!isOver(ask, answer)) return [...draw(screen.figures), askLines(ask, state, width, measure), verdict]
  return [verdict, ...draw(ask.reveal ?? screen.figures), say(ask.insight, 'bold')]
}

function notesOf(state: LessonState, say: (words: Words, style?: Style) => Block): Block[] {
  const { ask, notes } = screenOf(state)
  const head = [...say(phrases.notes, 'bold'), ...say(notes)]
  if (ask === undefined) return [head]
  if (state.hidden) return [head, say(phrases.answersHidden, 'dim')]
  const right = answerWords(ask, ask.right)
  return [
    head,
    [...say(phrases.answer, 'bold'), ...say(right, 'good')],
    [
      ...say(phrases.wrongAnswers, 'bold'),
      ...ask.mistakes.flatMap(({ when, reply }) => {
        const given = typeof when === 'string' ? answerWords(ask, when) : { en: '…', fr: '…' }
        return say({ en: `${given.en} → ${reply.en}`, fr: `${given.fr} → ${reply.fr}` })
      }),
    ],
  ]
}

/** An answer in words: the choice itself behind its letter. */
export function answerWords(ask: Ask, given: string): Words {
  const choice = ask.form === 'choice' ? ask.choices['abcdefghij'.indexOf(given.trim().toLowerCase())] : undefined
  return choice === undefined ? { en: given, fr: given } : { en: `${given}) ${choice.en}`, fr: `${given}) ${choice.fr}` }
}

function askLines(ask: Ask, state: LessonState, width: number, measure: Measure): Block {
  const { language } = state
  const label = ask.predict ? phrases.predict : phrases.question
  const choices = ask.form === 'choice' ? ask.choices : []
  const hint = { choice: phrases.typeLetter, number: phrases.typeNumber, packet: phrases.typePacket, text: phrases.typeText }[ask.form]
  return [
    ...paragraph(`${label[language]}: ${ask.prompt[language]}`, 'bold', width, measure),
    ...choices.flatMap((choice, at) =>
      wrapText(choice[language], width - 5, measure).map((text, line): Line => {
        return [
          { text: line === 0 ? `  ${'abcdefghij'[at]}) ` : '     ', style: 'mark' },
          { text, style: 'plain' },
        ]
      }),
    ),
    ...inputLines(state, hint[language], width, measure),
  ]
}

/** What is typed so far or, before that, what can be typed. */
function inputLines({ typed }: LessonState, hint: string, width: number, measure: Measure): Line[] {
  const mark: Span = { text: '› ', style: 'mark' }
  if (typed !== '') return [[mark, { text: `${endOf(typed, width - 4, measure)}▏`, style: 'bold' }]]
  return wrapText(hint, width - 2, measure).map((text, at) => [at === 0 ? mark : { text: '  ', style: 'dim' }, { text, style: 'dim' }])
}

/** What fits of a long answer that is being typed: its end. */
function endOf(text: string, width: number, measure: Measure): string {
  let shown = text
  while (measure(shown) > width) shown = shown.slice(1)
  return shown
}

function paragraph(text: string, style: Style, width: number, measure: Measure): Line[] {
  return wrapText(text, width, measure).map((line) => [{ text: line, style }])
}

function joinBlocks(blocks: readonly Block[]): Line[] {
  return blocks.flatMap((block, at) => (at === 0 ? [...block] : [[], ...block]))
}

/** Pages of at most `room` lines; a block stays whole where it fits on a page. Blank lines between blocks go before a second page comes. */
function paginate(blocks: readonly Block[], room: number): Line[][] {
  const dense = blocks.flat()
  if (dense.length <= room && joinBlocks(blocks).length > room) return [dense]
  const pages: Line[][] = [[]]
  for (const block of blocks) {
    let page = pages.at(-1)!
    if (page.length > 0 && page.length + 1 + block.length > room) {
      page = []
      pages.push(page)
    }
    if (page.length > 0) page.push([])
    for (const line of block) {
      if (page.length >= room) {
        page = []
        pages.push(page)
      }
      page.push(line)
    }
  }
  return pages
}

function headLine(state: LessonState, columns: number, measure: Measure): Line {
  const { lesson, language, at, screens } = state
  const right = ` ${at + 1}/${screens.length} `
  const whole = ` ${phrases.lesson[language]} ${lesson.number} · ${lesson.title[language]}`
  const short = ` ${phrases.lesson[language]} ${lesson.number}`
  const left = measure(whole) + measure(right) <= columns ? whole : short
  return [{ text: pad(left, columns - measure(right), measure) + right, style: 'title' }]
}

/** The screen's title, and where the packets come from: beside it or, where that is too narrow, below. */
function titleLines(state: LessonState, columns: number, measure: Measure): Line[] {
  const { language } = state
  const titles = wrapText(screenOf(state).title[language], columns - 2, measure).map((line): Line => [{ text: ` ${line}`, style: 'bold' }])
  const origin = state.origin[language]
  const room = columns - measure(textOf(titles.at(-1)!)) - measure(origin) - 1
  if (room < 2)
    return [...titles, ...paragraph(origin, 'dim', columns - 2, measure).map((line): Line => [{ text: ' ', style: 'dim' }, ...line])]
  return [...titles.slice(0, -1), [...titles.at(-1)!, { text: ' '.repeat(room) + origin, style: 'dim' }]]
}

function footerLine(state: LessonState, page: number, pages: number, columns: number, measure: Measure): Line {
  const { language } = state
  const { figures = [] } = screenOf(state)
  const words: Words[] = []
  if (openAsk(state)?.form === 'text') words.push(phrases.keysTyping)
  else words.push(phrases.keysNext, phrases.keysBack, phrases.keysQuit)
  if (figures.some(({ kind }) => kind === 'wheel')) words.unshift(phrases.keysTurn)
  if (dropsLeft(state) > 0) words.push(state.stopped ? phrases.keysGo : phrases.keysStop)
  if (state.teacher) words.push(phrases.keysTeacher)
  const right = pages > 1 ? `${phrases.page[language]} ${page + 1}/${pages} ` : ''
  let left = ''
  for (const text of words.map((one) => one[language])) {
    const longer = `${left === '' ? ' ' : `${left}  `}${text}`
    if (measure(longer) + measure(right) + 1 <= columns) left = longer
  }
  return [{ text: pad(left, columns - measure(right), measure) + right, style: 'dim' }]
}
