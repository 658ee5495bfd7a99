// The ladder of a stream: time goes down, each packet is an arrow between the two sides.

import { type SafeText, safeText } from '../../../bytes/text.ts'
import { displayWidth, fitText } from '../../../bytes/width.ts'
import type { Capture } from '../../../engine/capture.ts'
import { type FlowKind, findConversation, nodeOf, nodeText } from '../../../engine/flows.ts'
import { Summariser } from '../../../engine/index.ts'
import { STEP } from '../../../engine/steps.ts'
import { goTo } from '../../goto.ts'
import { blank, fitLine, type Ground, type Line, type Picture, repeat, type Span, say, span } from '../../line.ts'
import { grouped } from '../../measure.ts'
import { protocolRole } from '../../panes/list.ts'
import { type Shell, tell } from '../../shell.ts'
import type { State } from '../../state.ts'
import { changeSlice, type ViewPart } from '../part.ts'
import { bodySize } from '../size.ts'
import { moveCommands, moveTable, scrollTable, selectInTable, TABLE_START, tableRows } from '../table.ts'
import { beginWork, Cancelled, endWork, runSliced } from '../work.ts'
import type { LadderState, Rung } from './state.ts'

/** Packets of a stream that are drawn; a longer ladder says nothing more. */
const MAX_RUNGS = 5000

export const ladder: ViewPart = {
  context: () => 'ladder',
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
    },
  },
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
  changeSlice(shell, 'ladder', () => ({ title, ends, rungs: [], done: 0, cut: false, table: TABLE_START }))
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

/** Lines above the arrows. */
const HEAD = 2
/** Cells in front of the left side: number and time. */
const LEFT = 20

function rowsOf(state: State): number {
  return tableRows(bodySize(state).height - 1)
}

function picture(state: State, width: number, height: number): Picture {
  const { ladder: slice } = state.slices
  const { rungs, table, title, done, cut } = slice
  const progress = done < 1 ? say` · ${Math.floor(done * 100)} % read` : cut ? say` · the first ${MAX_RUNGS} packets` : say``
  const lines: Line[] = [
    fitLine([span(say` ${title}`, 'strong'), span(say` · ${grouped(rungs.length)} packets${progress}`, 'dim')], width),
    endsLine(slice, width),
  ]
  const rows = Math.max(1, height - HEAD)
  const first = Math.max(0, Math.min(table.top, rungs.length - rows))
  for (let i = first; i < Math.min(rungs.length, first + rows); i++) {
    const rung = rungs[i]
    if (rung !== undefined) lines.push(rungLine(rung, width, i === table.cursor ? 'picked' : 'plain'))
  }
  return { lines }
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
