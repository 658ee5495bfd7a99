// How the three panes share the screen: layouts, sizes by key, borders that the mouse drags.

import type { MouseEvent } from './decoder.ts'
import { say } from './line.ts'
import { clamp } from './list.ts'
import { tell } from './shell.ts'
import { alone, headLines, LAYOUTS, type State } from './state.ts'
import type { Store } from './store.ts'

/** Rows that a pane keeps, and cells. */
export const SMALLEST = 3
export const SMALLEST_WIDTH = 24

export function explainHeight(rows: number): number {
  return rows < 12 ? 0 : rows >= 36 ? 3 : 2
}

/** Rows of the three panes together. */
export function middleRows(state: State): number {
  return state.rows - 3 - explainHeight(state.rows) - headLines(state.status)
}

/** Rows of the list while nobody has changed them. */
export function listHeight(state: State): number {
  return Math.round(middleRows(state) * (state.rows >= 30 ? 0.46 : 0.5))
}

export function turnLayout(store: Store): void {
  const { layout } = store.state().sizes
  const next = LAYOUTS[(LAYOUTS.indexOf(layout) + 1) % LAYOUTS.length] ?? 'under'
  store.dispatch({ type: 'sizes', sizes: { layout: next } })
  const words = {
    under: say`Layers and bytes side by side.`,
    stacked: say`Layers over bytes.`,
    single: say`Layers alone; bytes when they have the keys.`,
  }
  tell(store, words[next])
}

export function resizeBy(store: Store, what: 'list' | 'hex', by: number): void {
  const state = store.state()
  const most = what === 'list' ? state.rows : state.columns
  store.dispatch({ type: 'sizes', sizes: { [what]: clamp(state.sizes[what] + by, -most, most) } })
}

/** Takes the border under a press, moves it with the pointer, lets it go. False: the event concerns no border. */
export function dragBorder(store: Store, { kind, button, x, y }: MouseEvent): boolean {
  const state = store.state()
  const { held } = state.sizes
  const list = state.geometry.get('list')
  const tree = state.geometry.get('tree') ?? state.geometry.get('hex')
  const hex = state.geometry.get('hex')
  if (list === undefined || tree === undefined || alone(state) || state.view !== 'packets') return false
  if (held === null) {
    if (kind !== 'press' || button !== 'left') return false
    const rows = y === list.y + list.height && x < tree.x + tree.width
    const columns = hex !== undefined && x === hex.x && y > hex.y && state.sizes.layout === 'under'
    if (!rows && !columns) return false
    store.dispatch({ type: 'sizes', sizes: { held: rows ? 'rows' : 'columns' } })
    return true
  }
  if (kind === 'drag') {
    if (held === 'rows') resizeBy(store, 'list', y - list.y - list.height)
    else if (hex !== undefined) resizeBy(store, 'hex', hex.x - x)
    return true
  }
  store.dispatch({ type: 'sizes', sizes: { held: null } })
  return true
}
