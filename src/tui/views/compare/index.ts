// View 6: one secret in several captures, side by side.

import { goTo } from '../../goto.ts'
import { say } from '../../line.ts'
import type { Shell } from '../../shell.ts'
import { tell } from '../../shell.ts'
import { boxOf } from '../../textbox.ts'
import { changeSlice, type ViewPart } from '../part.ts'
import { bodySize } from '../size.ts'
import { measureColumns } from './measure.ts'
import { compareOverflow, comparePicture } from './pane.ts'

export const compare: ViewPart = {
  context: (state) => (state.slices.compare.box === null ? 'compare' : 'secret'),
  picture: comparePicture,
  enter(shell) {
    const { columns, own, version } = shell.store.state().slices.compare
    const session = shell.store.session()
    const name = session?.status().title ?? ''
    const same = own ? columns[0]?.name === name : session?.capture === undefined
    const unfinished = columns.some(({ exposed, problem }) => exposed === null && problem === '') && !shell.works.has('compare')
    if (version === 0 || !same || unfinished) void measureColumns(shell)
  },
  commands: {
    compare: {
      left: (shell) => choose(shell, -1),
      right: (shell) => choose(shell, 1),
      up: (shell) => scroll(shell, -1),
      down: (shell) => scroll(shell, 1),
      'page-up': (shell) => scroll(shell, -page(shell)),
      'page-down': (shell) => scroll(shell, page(shell)),
      start: (shell) => scroll(shell, Number.NEGATIVE_INFINITY),
      end: (shell) => scroll(shell, Number.POSITIVE_INFINITY),
      edit: (shell) => changeSlice(shell, 'compare', (slice) => ({ ...slice, box: boxOf(slice.secret) })),
      again: (shell) => void measureColumns(shell, shell.store.state().slices.compare.secret || undefined),
      open: openPackets,
    },
    secret: { apply: lookFor, cancel: (shell) => changeSlice(shell, 'compare', (slice) => ({ ...slice, box: null })) },
  },
  box: (state) => state.slices.compare.box,
  retype: (shell, box) => changeSlice(shell, 'compare', (slice) => ({ ...slice, box })),
  scroll,
}

function choose(shell: Shell, by: number): void {
  changeSlice(shell, 'compare', (slice) => ({
    ...slice,
    chosen: Math.max(0, Math.min(slice.chosen + by, slice.columns.length - 1)),
  }))
}

function scroll(shell: Shell, by: number): void {
  const state = shell.store.state()
  const { width, height } = bodySize(state)
  const most = compareOverflow(state, width, height)
  changeSlice(shell, 'compare', (slice) => ({ ...slice, top: Math.max(0, Math.min(Math.min(slice.top, most) + by, most)) }))
}

function page(shell: Shell): number {
  return Math.max(1, bodySize(shell.store.state()).height - 4)
}

function lookFor(shell: Shell): void {
  const text = shell.store.state().slices.compare.box?.text ?? ''
  if (text === '') tell(shell.store, say`An empty text is everywhere. Type the secret to look for.`, 'bad')
  else void measureColumns(shell, text)
}

/** Enter: to the packets of the open capture, where the secret stands. */
function openPackets(shell: Shell): void {
  const { columns, chosen, own } = shell.store.state().slices.compare
  const column = columns[chosen]
  if (column === undefined) return
  if (!own || chosen !== 0) {
    tell(shell.store, say`${column.name} is not the open capture. To look into it: wiretail captures/${column.name}`)
    return
  }
  const first = column.exposed?.exposure.secret.packets[0]
  shell.store.dispatch({ type: 'show', view: 'packets', over: false })
  if (first !== undefined) goTo(shell.store, first)
}
