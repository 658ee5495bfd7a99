// A lesson on the terminal: keys → events → a new state → a picture. What a terminal needs (taking it over and giving it back, decoding
// keys, painting differences, colours) is the interface's own; it is loaded only here.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { displayWidth, fitText } from '../../bytes/width.ts'
import {
  dropsLeft,
  type LessonEvent,
  type LessonState,
  type Line,
  openAsk,
  type Picture,
  pictureOf,
  reduce,
  type Style,
  screenOf,
} from '../../lessons/index.ts'
import type { InputEvent } from '../../tui/decoder.ts'
import type { Ground, Role } from '../../tui/line.ts'

/** Milliseconds between two packets that drop in. */
const DROP_MS = 350

const LOOKS: Readonly<Record<Style, readonly [Role, Ground]>> = {
  plain: ['text', 'plain'],
  bold: ['strong', 'plain'],
  dim: ['dim', 'plain'],
  lit: ['secret', 'lit'],
  mark: ['accent', 'plain'],
  good: ['good', 'plain'],
  bad: ['bad', 'plain'],
  title: ['title', 'bar'],
}

/** Something that is shown and driven by keys until it is over. */
export interface Player<T> {
  readonly start: T
  picture(state: T, columns: number, rows: number): Picture
  /** The state after a key; `typed` is the text it types. */
  press(state: T, key: string, typed: string, pages: number): T
  over(state: T): boolean
  /** Milliseconds until `tick`, null while nothing moves. */
  pace(state: T): number | null
  tick(state: T): T
}

/** Loads what drawing needs. Call it while the program's files can still be read, before root's rights are given up. */
export async function loadScreen() {
  const [terminal, decoder, painter, theme, colour] = await Promise.all([
    import('../../tui/terminal.ts'),
    import('../../tui/decoder.ts'),
    import('../../tui/painter.ts'),
    import('../../tui/theme.ts'),
    import('../../tui/colour.ts'),
  ])
  return { ...terminal, ...decoder, ...painter, ...theme, ...colour }
}

export type ScreenParts = Awaited<ReturnType<typeof loadScreen>>

/** Shows it until it is over. Resolves to its last state, the terminal given back. */
export function play<T>(player: Player<T>, parts: ScreenParts): Promise<T> {
  const { stdin, stdout } = process
  const theme = parts.makeTheme('dark', parts.detectDepth(process.env))
  return new Promise((resolve, reject) => {
    let state = player.start
    let pages = 1
    let timer: NodeJS.Timeout | undefined
    const painter = parts.createPainter(stdout)
    const paint = (): void => {
      const { columns, rows } = terminal
      const picture = player.picture(state, columns, rows)
      pages = picture.pages
      const row = (line: Line) => [{ x: 0, width: columns, ansi: parts.paintLine(cells(line, columns), theme) }]
      painter.paint({ columns, rows: picture.lines.map(row), caret: null })
    }
    const settle = (): void => {
      clearTimeout(timer)
      if (player.over(state)) {
        end(() => resolve(state))
        return
      }
      paint()
      const wait = player.pace(state)
      if (wait !== null)
        timer = setTimeout(() => {
          state = player.tick(state)
          settle()
        }, wait)
    }
    const end = (then: () => void): void => {
      clearTimeout(timer)
      painter.stop()
      decoder.reset()
      terminal.leave()
      then()
    }
    const take = (event: InputEvent): void => {
      if (event.type === 'paste') state = player.press(state, 'paste', safeText(event.text.replace(/\s+/g, ' ')), pages)
      if (event.type !== 'key') return
      if (event.key === 'ctrl+z') terminal.suspend()
      else state = player.press(state, event.key, event.text === '' ? '' : safeText(event.text), pages)
    }
    const decoder = parts.createDecoder((events) => {
      for (const event of events) if (!player.over(state)) take(event)
      settle()
    })
    const terminal = parts.createTerminal(stdin, stdout, {
      onData: (chunk) => decoder.push(chunk),
      onResize() {
        painter.invalidate()
        paint()
      },
      onResume() {
        painter.invalidate()
        paint()
      },
      onFatal: async () => painter.stop(),
      onCrash: (error) => end(() => reject(error)),
    })
    terminal.enter()
    settle()
  })
}

/** A line as spans of the interface, cut or filled to the screen's width. */
function cells(line: Line, columns: number): { text: SafeText; role: Role; ground: Ground }[] {
  const spans: { text: SafeText; role: Role; ground: Ground }[] = []
  let left = columns
  for (const { text, style } of line) {
    const width = Math.min(left, displayWidth(text))
    if (width <= 0) continue
    const [role, ground] = LOOKS[style]
    spans.push({ text: safeText(fitText(text, width)), role, ground })
    left -= width
  }
  const ground = line[0]?.style === 'title' ? 'bar' : 'plain'
  if (left > 0) spans.push({ text: safeText(' '.repeat(left)), role: 'text', ground })
  return spans
}

/** The player of a lesson. `save` is called whenever the learner has come further. */
export function lessonPlayer(start: LessonState, save: (state: LessonState) => void): Player<LessonState> {
  return {
    start,
    picture: (state, columns, rows) => pictureOf(state, columns, rows, displayWidth),
    press(state, key, typed, pages) {
      const event = eventOf(state, key, typed, pages)
      const next = event === undefined ? state : reduce(state, event)
      if (next !== state) save(next)
      return next
    },
    over: (state) => state.over,
    pace: (state) => (dropsLeft(state) > 0 && !state.stopped && !state.notes ? DROP_MS : null),
    tick: (state) => reduce(state, { type: 'drop' }),
  }
}

const KEYS: Readonly<Record<string, (pages: number) => LessonEvent>> = {
  enter: (pages) => ({ type: 'submit', pages }),
  pagedown: (pages) => ({ type: 'next', pages }),
  pageup: () => ({ type: 'previous' }),
  backspace: () => ({ type: 'erase' }),
  escape: () => ({ type: 'leave' }),
  'ctrl+c': () => ({ type: 'leave' }),
  'ctrl+n': (pages) => ({ type: 'next', pages }),
  'ctrl+p': () => ({ type: 'previous' }),
}

/** Letters that command, wherever they are not needed for an answer. */
const LETTERS: Readonly<Record<string, (pages: number) => LessonEvent>> = {
  n: (pages) => ({ type: 'next', pages }),
  space: (pages) => ({ type: 'next', pages }),
  p: () => ({ type: 'previous' }),
  q: () => ({ type: 'leave' }),
  s: () => ({ type: 'stop' }),
  L: () => ({ type: 'language' }),
}

const TEACHER: Readonly<Record<string, () => LessonEvent>> = {
  t: () => ({ type: 'notes' }),
  h: () => ({ type: 'hide' }),
  z: () => ({ type: 'big' }),
}

function eventOf(state: LessonState, key: string, typed: string, pages: number): LessonEvent | undefined {
  const ask = state.notes ? undefined : openAsk(state)
  const wheel = screenOf(state).figures?.some(({ kind }) => kind === 'wheel') ?? false
  if (key === 'left' || key === 'right') {
    if (wheel) return { type: 'turn', by: key === 'right' ? 1 : -1 }
    return key === 'right' ? { type: 'next', pages } : { type: 'previous' }
  }
  const fixed = KEYS[key]
  if (fixed !== undefined) return fixed(pages)
  if (ask?.form === 'text') return typed === '' ? undefined : { type: 'type', text: typed }
  // A choice takes its letters, a number its digits; every other key still commands.
  if (ask?.form === 'choice' && 'abcdefghij'.slice(0, ask.choices.length).includes(typed) && typed !== '')
    return { type: 'type', text: typed }
  if (ask !== undefined && ask.form !== 'choice' && (/^\d$/.test(typed) || key === 'paste')) return { type: 'type', text: typed }
  const command = LETTERS[key] ?? (state.teacher ? TEACHER[key] : undefined)
  return command?.(pages)
}
