// The first screen of `wiretail` without a file: interfaces with what passes over them now, captures opened lately, the lessons, and what
// is missing for live captures.

import { basename, dirname } from 'node:path'
import { type SafeText, safeText } from '../../../bytes/text.ts'
import { fitText } from '../../../bytes/width.ts'
import type { Session } from '../../../engine/types.ts'
import { openCapture } from '../../dialogs.ts'
import { blank, fitLine, type Ground, type Line, type Picture, say, span, wrap } from '../../line.ts'
import { grouped } from '../../measure.ts'
import { type Shell, tell } from '../../shell.ts'
import type { State } from '../../state.ts'
import { changeSlice, type ViewPart } from '../part.ts'
import { bodySize } from '../size.ts'
import { showView } from '../switch.ts'
import { type Move, moveCommands, moveTable, selectInTable } from '../table.ts'
import type { StartRow, StartState } from './state.ts'

/** How often the kernel's counters are read, ms, and how many readings are shown. */
const SAMPLE_MS = 1000
const SAMPLES = 30
const MOST_INTERFACES = 8

export const start: ViewPart = {
  context: () => 'start',
  picture,
  enter,
  commands: {
    start: {
      ...moveCommands((shell, to) => move(shell, to)),
      open: (shell) => void openRow(shell),
      capture: openCapture,
      back: ({ store }) => store.dispatch({ type: 'dialog', dialog: { kind: 'quit', reason: say`` } }),
    },
  },
  scroll: (shell, by) => move(shell, by < 0 ? 'up' : 'down'),
  click(shell, _x, y) {
    const { start: slice } = shell.store.state().slices
    const row = layOut(shell.store.state(), bodySize(shell.store.state()).width).findIndex(({ at }) => at === y)
    const chosen = row < 0 ? -1 : row
    if (chosen === slice.table.cursor) void openRow(shell)
    else if (chosen >= 0) changeSlice(shell, 'start', (one) => ({ ...one, table: selectInTable(one.table, chosen, one.rows.length, 100) }))
  },
}

function enter(shell: Shell): void {
  const { control, start: opener, store } = shell
  if (opener === null) return
  const files = opener.recent().map((path): StartRow => ({ kind: 'file', path }))
  changeSlice(shell, 'start', (slice) => ({ ...slice, rows: [...files, { kind: 'lessons' }] }))
  control?.interfaces().then(
    (found) => {
      const interfaces = found.slice(0, MOST_INTERFACES).map((one): StartRow => ({ kind: 'interface', interface: one }))
      changeSlice(shell, 'start', (slice) => ({
        ...slice,
        rows: [...interfaces, ...slice.rows.filter(({ kind }) => kind !== 'interface')],
        // What was chosen stays chosen.
        table: slice.table.cursor === 0 ? slice.table : { ...slice.table, cursor: slice.table.cursor + interfaces.length },
      }))
      store.commit()
    },
    () => {},
  )
  opener.missing().then(
    (missing) => {
      changeSlice(shell, 'start', (slice) => ({ ...slice, missing }))
      store.commit()
    },
    () => {},
  )
  let before = opener.traffic()
  const timer = setInterval(() => {
    if (store.state().view !== 'start') {
      clearInterval(timer)
      return
    }
    const now = opener.traffic()
    const last = before
    before = now
    changeSlice(shell, 'start', (slice) => ({ ...slice, rates: sampled(slice.rates, last, now) }))
    store.commit()
  }, SAMPLE_MS)
  timer.unref()
}

function sampled(rates: StartState['rates'], last: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): StartState['rates'] {
  const next = new Map<string, readonly number[]>()
  for (const [name, bytes] of now) {
    const rate = (Math.max(0, bytes - (last.get(name) ?? bytes)) * 1000) / SAMPLE_MS
    next.set(name, [...(rates.get(name) ?? []), rate].slice(-SAMPLES))
  }
  return next
}

function move(shell: Shell, to: Move): void {
  changeSlice(shell, 'start', (slice) => ({ ...slice, problem: say``, table: moveTable(slice.table, to, slice.rows.length, 100) }))
}

async function openRow(shell: Shell): Promise<void> {
  const { store, control, start: opener } = shell
  const { rows, table, busy } = store.state().slices.start
  const row = rows[table.cursor]
  if (row === undefined || busy || opener === null) return
  if (row.kind === 'lessons') {
    showView(shell, 'lessons', true)
    return
  }
  changeSlice(shell, 'start', (slice) => ({ ...slice, busy: true, problem: say`` }))
  try {
    const session: Session | undefined =
      row.kind === 'file' ? await opener.open(row.path) : await control?.start({ interface: row.interface.name, filter: '' })
    if (session === undefined) return
    store.open(session, '')
    store.dispatch({ type: 'show', view: 'packets', over: false })
    if (row.kind === 'interface') tell(store, say`Capturing on ${safeText(row.interface.name)}. c chooses a capture filter, Ctrl-C stops.`)
  } catch (error) {
    changeSlice(shell, 'start', (slice) => ({ ...slice, problem: safeText(error instanceof Error ? error.message : String(error)) }))
  } finally {
    changeSlice(shell, 'start', (slice) => ({ ...slice, busy: false }))
    store.commit()
  }
}

const HEADINGS: Readonly<Record<StartRow['kind'], SafeText>> = {
  interface: say`Listen on an interface`,
  file: say`Open a capture`,
  lessons: say`Learn`,
}

interface Placed {
  readonly row: StartRow
  /** Its line, and whether its heading stands above it. */
  readonly at: number
  readonly headed: boolean
}

function layOut(state: State, _width: number): readonly Placed[] {
  let at = 2
  let kind = ''
  return state.slices.start.rows.map((row) => {
    const headed = row.kind !== kind
    kind = row.kind
    if (headed) at += 2
    return { row, at: at++, headed }
  })
}

function picture(state: State, width: number, height: number): Picture {
  const { table, problem, missing, busy } = state.slices.start
  const lines: Line[] = []
  const put = (at: number, line: Line): void => {
    while (lines.length < at) lines.push([])
    lines[at] = line
  }
  put(1, [blank(3), span(say`wiretail`, 'title'), span(say`   see what a stranger on the wire reads`, 'dim')])
  for (const [i, { row, at, headed }] of layOut(state, width).entries()) {
    if (headed) put(at - 1, [blank(3), span(HEADINGS[row.kind], 'accent')])
    put(at, rowLine(state, row, i === table.cursor, width))
  }
  const say2 = (text: SafeText, role: 'bad' | 'note' | 'dim'): void => {
    lines.push([])
    for (const part of wrap(text, Math.max(20, width - 6), 4)) lines.push([blank(3), span(part, role)])
  }
  if (busy) say2(say`Opening …`, 'dim')
  if (problem !== '') say2(say`✗ ${problem}`, 'bad')
  if (missing !== '') say2(missing, 'note')
  const { cursor } = table
  const chosen = layOut(state, width)[cursor]?.at ?? 0
  const from = Math.max(0, Math.min(lines.length - height, chosen - Math.floor(height / 2)))
  return { lines: lines.slice(from, from + height) }
}

const NAME_CELLS = 22

function rowLine(state: State, row: StartRow, chosen: boolean, width: number): Line {
  const ground: Ground = chosen ? 'picked' : 'plain'
  const head = [blank(2, ground), span(chosen ? say`▸ ` : say`  `, 'accent', ground)]
  const name = (text: SafeText, usable = true): Line => [span(fitText(text, NAME_CELLS) as SafeText, usable ? 'strong' : 'dim', ground)]
  if (row.kind === 'lessons') {
    const about = span(say`real packets, a question, a checked answer; the first takes a minute`, 'dim', ground)
    return fitLine([...head, ...name(say`Lessons`), about], width, ground)
  }
  if (row.kind === 'file') {
    const place = span(safeText(dirname(row.path)), 'dim', ground)
    return fitLine([...head, ...name(safeText(basename(row.path))), blank(2, ground), place], width, ground)
  }
  const { name: device, about, usable } = row.interface
  const rates = state.slices.start.rates.get(device) ?? []
  const now = rates.at(-1) ?? 0
  const graph = span(sparkline(rates), 'accent', ground)
  const speed = span(safeText(`${rateWords(now).padStart(11)}  `), 'dim', ground)
  return fitLine([...head, ...name(safeText(device), usable), graph, speed, span(about, 'dim', ground)], width, ground)
}

const BARS = ' ▁▂▃▄▅▆▇█'

/** A bar for each reading, the newest at the right; the tallest is the most there was. */
export function sparkline(rates: readonly number[]): SafeText {
  const most = Math.max(1, ...rates)
  const bars = rates.map((rate) => BARS[rate === 0 ? 0 : Math.max(1, Math.round((rate / most) * 8))] ?? ' ').join('')
  return safeText(bars.padStart(SAMPLES))
}

function rateWords(rate: number): string {
  if (rate >= 1e6) return `${(rate / 1e6).toFixed(1)} MB/s`
  return rate >= 1e3 ? `${grouped(rate / 1e3)} kB/s` : `${grouped(rate)} B/s`
}
