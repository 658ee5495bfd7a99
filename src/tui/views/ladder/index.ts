// The ladder of a stream: time goes down, each packet is an arrow between the two sides.

import { type SafeText, safeText } from '../../../bytes/text.ts'
import { displayWidth, fitText } from '../../../bytes/width.ts'
import type { Capture } from '../../../engine/capture.ts'
import { type FlowKind, findConversation, nodeOf, nodeText } from '../../../engine/flows.ts'
import { Summariser } from '../../../engine/index.ts'
import { STEP } from '../../../engine/steps.ts'
import { writeTextFile } from '../../../engine/text-file.ts'
import { goTo } from '../../goto.ts'
import { blank, cutLine, fitLine, type Ground, type Line, type Picture, repeat, type Span, say, span } from '../../line.ts'
import { grouped } from '../../measure.ts'
import { protocolRole } from '../../panes/list.ts'
import { type Shell, tell } from '../../shell.ts'
import type { State } from '../../state.ts'
import { boxOf, type TextBox } from '../../textbox.ts'
import { changeSlice, type ViewPart } from '../part.ts'
import { bodySize } from '../size.ts'
import { moveCommands, moveTable, scrollTable, selectInTable, TABLE_START, tableRows } from '../table.ts'
import { beginWork, Cancelled, endWork, runSliced } from '../work.ts'
import { ladderFile } from './export.ts'
import type { LadderState, Rung } from './state.ts'

/** Packets of a stream that are drawn; a longer ladder says nothing more. */
const MAX_RUNGS = 5000

export const ladder: ViewPart = {
  context: (state) => (state.slices.ladder.box === null ? 'ladder' : 'ladder-file'),
  picture,
  commands: {
    ladder: {
      ...moveCommands((shell, to) => {
        const rows = rowsOf(shell.store.state())
        changeSlice(shell, 'ladder', (slice) => ({ ...slice, table: moveTable(slice.table, to, slice.rungs.length, rows) }))
      }),
      packet(shell) {
        const { rungs, table } = shell.store.state().slices.ladder
        const rung = rungs[table.cursor]
        if (rung === undefined) return
        shell.store.dispatch({ type: 'show', view: 'packets', over: false })
        goTo(shell.store, rung.packet)
      },
      save(shell) {
        const { title } = shell.store.state().slices.ladder
        changeSlice(shell, 'ladder', (slice) => ({ ...slice, box: boxOf(`${title.toLowerCase().replaceAll(' ', '-')}.md`) }))
      },
    },
    'ladder-file': {
      apply: (shell) => void write(shell),
      cancel: (shell) => changeSlice(shell, 'ladder', (slice) => ({ ...slice, box: null })),
    },
  },
  box: (state) => state.slices.ladder.box,
  retype: (shell, box) => changeSlice(shell, 'ladder', (slice) => ({ ...slice, box })),
  scroll(shell, by) {
    const rows = rowsOf(shell.store.state())
    changeSlice(shell, 'ladder', (slice) => ({ ...slice, table: scrollTable(slice.table, by, slice.rungs.length, rows) }))
  },
  click(shell, _x, y) {
    const rows = rowsOf(shell.store.state())
    if (y >= HEAD)
      changeSlice(shell, 'ladder', (slice) => ({
        ...slice,
        table: selectInTable(slice.table, slice.table.top + y - HEAD, slice.rungs.length, rows),
      }))
  },
}

/** Shows the ladder of a stream over the view at hand. */
export function climb(shell: Shell, kind: FlowKind, stream: number): void {
  const capture = shell.store.session()?.capture
  if (capture === undefined) return
  const { conversation } = findConversation(capture, kind, stream)
  if (conversation < 0) {
    tell(shell.store, say`There is no such stream here.`)
    return
  }
  const ends = [safeText(nodeText(nodeOf(capture, conversation, 0))), safeText(nodeText(nodeOf(capture, conversation, 1)))] as const
  const title = say`${safeText(kind.toUpperCase())} stream ${stream}`
  changeSlice(shell, 'ladder', () => ({ title, ends, rungs: [], done: 0, cut: false, table: TABLE_START, box: null }))
  shell.store.dispatch({ type: 'show', view: 'ladder', over: true })
  void readRungs(shell, capture, conversation)
}

async function readRungs(shell: Shell, capture: Capture, conversation: number): Promise<void> {
  const signal = beginWork(shell, 'ladder')
  const rungs: Rung[] = []
  const show = (done: number): void => {
    if (signal.aborted) return
    changeSlice(shell, 'ladder', (slice) => ({ ...slice, rungs: [...rungs], done, cut: rungs.length >= MAX_RUNGS }))
    shell.store.refresh()
  }
  try {
    await runSliced(collect(capture, conversation, rungs), signal, show)
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
  }
  show(1)
  endWork(shell, 'ladder', signal)
}

function* collect(capture: Capture, conversation: number, rungs: Rung[]): Generator<number, void> {
  const { index, memory } = capture
  const summariser = new Summariser(capture)
  const timeOf = (packet: number): number => index.seconds(packet) + Math.max(0, index.nanos(packet)) / 1e9
  let start = -1
  for (let packet = 1; packet <= index.count && rungs.length < MAX_RUNGS; packet++) {
    if (packet % STEP === 0) yield packet / index.count
    const flow = memory.flowOf(packet, 0)
    if (flow < 0 || flow >> 1 !== conversation) continue
    if (start < 0) start = timeOf(packet)
    const { protocol, info, trouble } = summariser.of(packet)
    // Ports stand above the ladder already: of a bare segment its flags and numbers are left.
    const words = safeText(info.replace(/^.*?\d+ → \d+ (?=\[)/, ''))
    rungs.push({
      packet,
      side: (flow & 1) as 0 | 1,
      time: timeOf(packet) - start,
      protocol,
      words,
      bad: trouble === 'error' || trouble === 'warning',
    })
  }
}

async function write(shell: Shell): Promise<void> {
  const { ladder: slice } = shell.store.state().slices
  const path = slice.box?.text.trim() ?? ''
  if (path === '') {
    tell(shell.store, say`A file needs a name.`, 'bad')
    return
  }
  try {
    await writeTextFile(path, ladderFile(path, slice))
    changeSlice(shell, 'ladder', (now) => ({ ...now, box: null }))
    tell(shell.store, say`The ladder is in ${safeText(path)}.`, 'good')
  } catch (error) {
    tell(shell.store, safeText(error instanceof Error ? error.message : String(error)), 'bad')
  }
  shell.store.commit()
}

/** Lines above the arrows. */
const HEAD = 2
/** Cells in front of the left side: number and time. */
const LEFT = 20

function rowsOf(state: State): number {
  return tableRows(bodySize(state).height - 1)
}

function picture(state: State, width: number, height: number): Picture {
  const { ladder: slice } = state.slices
  const { rungs, table, title, done, cut, box } = slice
  const progress = done < 1 ? say` · ${Math.floor(done * 100)} % read` : cut ? say` · the first ${MAX_RUNGS} packets` : say``
  const naming = box === null ? null : fileLine(box, width)
  const lines: Line[] = [
    naming?.line ?? fitLine([span(say` ${title}`, 'strong'), span(say` · ${grouped(rungs.length)} packets${progress}`, 'dim')], width),
    endsLine(slice, width),
  ]
  const rows = Math.max(1, height - HEAD)
  const first = Math.max(0, Math.min(table.top, rungs.length - rows))
  for (let i = first; i < Math.min(rungs.length, first + rows); i++) {
    const rung = rungs[i]
    if (rung !== undefined) lines.push(rungLine(rung, width, i === table.cursor ? 'picked' : 'plain'))
  }
  return naming === null ? { lines } : { lines, caret: { x: naming.caret, y: 0 } }
}

const FILE = say` File (.md, .mmd, .txt)  `

function fileLine(box: TextBox, width: number): { readonly line: Line; readonly caret: number } {
  const text = cutLine([span(safeText(box.text), 'text', 'field'), blank(width, 'field')], 0, Math.max(0, width - FILE.length))
  return {
    line: [span(FILE, 'accent'), ...text],
    caret: Math.min(width - 1, FILE.length + displayWidth(safeText(box.text.slice(0, box.caret)))),
  }
}

/** Cells between the two lifelines. */
const between = (width: number): number => Math.max(10, width - LEFT - 4)

function endsLine({ ends }: LadderState, width: number): Line {
  const room = between(width) + 2
  const second = displayWidth(ends[1])
  const first = safeText(fitText(ends[0], Math.max(4, room - second)))
  return fitLine([blank(LEFT, 'bar'), span(first, 'side-first', 'bar'), span(ends[1], 'side-second', 'bar')], width, 'bar')
}

function rungLine({ packet, side, time, protocol, words, bad }: Rung, width: number, ground: Ground): Line {
  const room = between(width)
  const label = safeText(fitText(safeText(`${protocol} ${words}`), Math.min(displayWidth(`${protocol} ${words}`), Math.max(4, room - 8))))
  const shaft = Math.max(0, room - displayWidth(label) - 4)
  const role = bad ? 'bad' : protocolRole(protocol)
  const lead: SafeText = safeText(`${String(packet).padStart(7)} ${time.toFixed(6).padStart(10)}  `)
  const arrow: Span[] =
    side === 0
      ? [
          repeat('─', 1, 'side-first', ground),
          span(say` ${label} `, role, ground),
          repeat('─', shaft, 'side-first', ground),
          span(say`▶`, 'side-first', ground),
        ]
      : [
          span(say`◀`, 'side-second', ground),
          repeat('─', shaft, 'side-second', ground),
          span(say` ${label} `, role, ground),
          repeat('─', 1, 'side-second', ground),
        ]
  return fitLine([span(lead, 'dim', ground), span(say`│`, 'rule', ground), ...arrow, span(say`│`, 'rule', ground)], width, ground)
}
