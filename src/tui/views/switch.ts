// Going from view to view.

import type { Shell } from '../shell.ts'
import { PARTS } from './index.ts'
import { NUMBERED, type ViewName } from './names.ts'

/** A digit typed over the packets may be the first of a packet's number; so long it waits for the next key, ms. */
const DIGIT_WAIT = 350

export function showView(shell: Shell, view: ViewName, over = false): void {
  if (shell.store.state().view === view) return
  shell.store.dispatch({ type: 'show', view, over })
  if (view !== 'packets') PARTS[view].enter?.(shell)
}

/** The view of a single digit that nothing followed. */
export function awaitDigit(shell: Shell): void {
  const { digits } = shell.store.state()
  const numbered = NUMBERED.find(({ number }) => String(number) === digits)
  if (numbered === undefined) return
  const timer = setTimeout(() => {
    const state = shell.store.state()
    if (state.digits !== digits || state.pendingG || state.dialog !== null) return
    shell.store.dispatch({ type: 'count', digits: '', pendingG: false })
    showView(shell, numbered.name)
    shell.store.commit()
  }, DIGIT_WAIT)
  timer.unref()
}
