// From what the terminal sent to what it does: keys through the one table, text into the box that has the keys, the mouse to the
// pane under it.

import { retypeLine } from './command-line.ts'
import { contextOf, runCommand } from './commands.ts'
import type { InputEvent, KeyEvent, MouseEvent } from './decoder.ts'
import { fold, isOpen, scrollHex, scrollTree, selectByte, selectRow, showSource } from './detail.ts'
import { retypeCapture, retypeSave } from './dialogs.ts'
import { openFilter, retype } from './filtering.ts'
import { retypeFind } from './finding.ts'
import { commandOf, EDITS } from './keys.ts'
import { scroll, select } from './list.ts'
import { pressInMenu } from './menu.ts'
import { byteUnder, tabUnder } from './panes/hex.ts'
import { viewUnder } from './panes/title.ts'
import type { Shell } from './shell.ts'
import { dragBorder } from './sizes.ts'
import type { PaneName, Rect, State } from './state.ts'
import { edit, insert, type TextBox } from './textbox.ts'
import { partOf } from './views/index.ts'
import { awaitDigit, showView } from './views/switch.ts'

const WHEEL_ROWS = 3

/** Everything of one read; the caller paints once afterwards. */
export function handleInput(shell: Shell, events: readonly InputEvent[]): void {
  for (const event of events) {
    if (event.type === 'key') handleKey(shell, event)
    else if (event.type === 'paste') typeText(shell, event.text)
    else if (event.type === 'mouse') handleMouse(shell, event)
  }
}

function handleKey(shell: Shell, event: KeyEvent): void {
  const { store } = shell
  const state = store.state()
  const context = contextOf(state)
  if (state.notice !== null) store.dispatch({ type: 'notice', notice: null })
  const command = commandOf(context, event.key)
  const box = boxOfState(state)
  // Digits in front of g and G; a 0 only continues a number.
  if (
    state.view === 'packets' &&
    box === null &&
    state.dialog === null &&
    /^[0-9]$/.test(event.key) &&
    (event.key !== '0' || state.digits !== '')
  ) {
    store.dispatch({ type: 'count', digits: (state.digits + event.key).slice(0, 12), pendingG: false })
    awaitDigit(shell)
    return
  }
  if (command === 'clear' && box !== null) retypeBox(shell, edit(box, 'delete-before'))
  else if (command !== undefined) runCommand(shell, command)
  else if (box !== null) {
    const change = EDITS.get(event.key)
    if (change !== undefined) retypeBox(shell, edit(box, change))
    else if (event.text !== '') retypeBox(shell, insert(box, event.text))
  } else if (state.dialog?.kind === 'menu') pressInMenu(shell, event.text)
  else if (state.dialog === null) partOf(state)?.press?.(shell, event.key, event.text)
  const after = store.state()
  const waits = command === 'go-start' && !state.pendingG
  if (!waits && (after.digits !== '' || after.pendingG)) store.dispatch({ type: 'count', digits: '', pendingG: false })
}

function boxOfState(state: State): TextBox | null {
  const { dialog } = state
  if (dialog === null) return state.view === 'packets' ? state.filter.box : (partOf(state)?.box?.(state) ?? null)
  return 'box' in dialog ? dialog.box : null
}

function retypeBox(shell: Shell, box: TextBox): void {
  const { dialog, view } = shell.store.state()
  if (dialog === null && view !== 'packets') partOf({ view })?.retype?.(shell, box)
  else if (dialog === null) retype(shell.store, box)
  else if (dialog.kind === 'save') retypeSave(shell.store, box)
  else if (dialog.kind === 'capture') retypeCapture(shell, box)
  else if (dialog.kind === 'find') retypeFind(shell.store, box)
  else if (dialog.kind === 'line') retypeLine(shell.store, box)
}

// Pasting where nothing is being typed opens the filter: that is what one pastes here.
function typeText(shell: Shell, text: string): void {
  const { store } = shell
  const { dialog, filter, view } = store.state()
  if (view === 'packets' && dialog === null && filter.box === null) {
    openFilter(store)
    retype(store, insert({ text: '', caret: 0 }, text))
    return
  }
  const box = boxOfState(store.state())
  if (box !== null) retypeBox(shell, insert(box, text))
  else if (dialog === null) partOf({ view })?.press?.(shell, 'paste', text)
}

function handleMouse(shell: Shell, event: MouseEvent): void {
  const { store } = shell
  const state = store.state()
  if (state.dialog !== null) {
    handleDialogMouse(shell, event, state)
    return
  }
  if (dragBorder(store, event)) return
  const hit = paneUnder(state, event.x, event.y)
  if (hit === null) return
  const [name, rect] = hit
  const wheel = event.kind === 'wheel-up' ? -WHEEL_ROWS : event.kind === 'wheel-down' ? WHEEL_ROWS : 0
  if (wheel !== 0) {
    if (name === 'view') partOf(state)?.scroll?.(shell, wheel)
    scrollPane(shell, name, wheel)
    return
  }
  if (event.button !== 'left' || (event.kind !== 'press' && !(event.kind === 'drag' && name === 'hex'))) return
  if (name === 'view') partOf(state)?.click?.(shell, event.x - rect.x, event.y - rect.y)
  if (name === 'title') {
    const view = viewUnder(state, rect.width, event.x)
    if (view !== null) showView(shell, view)
  }
  if (name === 'filter') {
    if (state.filter.box === null) openFilter(store)
    return
  }
  if (name === 'list' || name === 'tree' || name === 'hex') {
    store.dispatch({ type: 'focus', pane: name })
    clickPane(shell, name, event.x - rect.x, event.y - rect.y)
  }
}

function handleDialogMouse(shell: Shell, event: MouseEvent, state: State): void {
  if (state.dialog?.kind !== 'help') return
  const by = event.kind === 'wheel-up' ? -WHEEL_ROWS : event.kind === 'wheel-down' ? WHEEL_ROWS : 0
  if (by !== 0) shell.store.dispatch({ type: 'dialog', dialog: { ...state.dialog, top: Math.max(0, state.dialog.top + by) } })
}

function paneUnder(state: State, x: number, y: number): [string, Rect] | null {
  for (const [name, rect] of state.geometry) {
    if (x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height) return [name, rect]
  }
  return null
}

function scrollPane(shell: Shell, name: string, by: number): void {
  const { store } = shell
  if (name === 'list') store.dispatch({ type: 'list', change: (list, height) => scroll(list, by, height) })
  else if (name === 'tree') store.dispatch({ type: 'detail', change: (detail, sizes) => scrollTree(detail, by, sizes) })
  else if (name === 'hex') store.dispatch({ type: 'detail', change: (detail, sizes) => scrollHex(detail, by, sizes) })
}

function clickPane(shell: Shell, name: PaneName, x: number, y: number): void {
  const { store } = shell
  if (name === 'list') {
    if (y >= 1) {
      store.dispatch({
        type: 'list',
        change: (list, height, grows) => (list.top + y - 1 < list.count ? select(list, list.top + y - 1, height, grows) : list),
      })
    }
  } else if (name === 'tree') {
    store.dispatch({
      type: 'detail',
      change(detail, sizes) {
        const row = detail.packet?.rows[detail.visible[detail.treeTop + y - 1] ?? -1]
        if (y < 1 || row === undefined) return detail
        const picked = selectRow(detail, row.id, sizes)
        const onMark = x >= row.depth * 2 && x < row.depth * 2 + 2
        return row.hasChildren && onMark ? fold(picked, row.id, !isOpen(picked, row), sizes) : picked
      },
    })
  } else if (y === 0) {
    const tab = tabUnder(store.state().detail, x)
    if (tab >= 0) store.dispatch({ type: 'detail', change: (detail, sizes) => showSource(detail, tab, sizes) })
  } else {
    store.dispatch({
      type: 'detail',
      change(detail, sizes) {
        const byte = byteUnder(detail, sizes.bytesPerLine, x, y - 1)
        const length = detail.packet?.sources[detail.source]?.bytes.length ?? 0
        return byte < 0 || byte >= length ? detail : selectByte(detail, detail.source, byte, sizes)
      },
    })
  }
}
