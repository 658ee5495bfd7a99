// A lesson on the terminal: keys → events → a new state → a picture. What a terminal needs (taking it over and giving it back, decoding
// keys, painting differences, colours) is the interface's own; it is loaded only here.

import { safeText } from '../../bytes/text.ts'
import { displayWidth } from '../../bytes/width.ts'
import { DROP_MS, dropsLeft, eventOf, type LessonState, type Line, type Picture, pictureOf, reduce } from '../../lessons/index.ts'
import type { InputEvent } from '../../tui/decoder.ts'

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
  const [terminal, decoder, painter, theme, colour, lines] = await Promise.all([
    import('../../tui/terminal.ts'),
    import('../../tui/decoder.ts'),
    import('../../tui/painter.ts'),
    import('../../tui/theme.ts'),
    import('../../tui/colour.ts'),
    import('../../tui/views/lessons/lines.ts'),
  ])
  return { ...terminal, ...decoder, ...painter, ...theme, ...colour, ...lines }
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
      const row = (line: Line) => [{ x: 0, width: columns, ansi: parts.paintLine(parts.lessonLine(line, columns), theme) }]
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
