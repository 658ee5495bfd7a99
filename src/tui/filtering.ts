// The filter box: validity at each key, the count of what would be shown, repair and completion on one key, history.

import { safeText } from '../bytes/text.ts'
import type { FilterCheck } from '../engine/types.ts'
import { say } from './line.ts'
import { openedFilter } from './state.ts'
import type { Store } from './store.ts'
import { boxOf, type TextBox } from './textbox.ts'

export function openFilter(store: Store): void {
  store.dispatch({ type: 'filter', change: openedFilter(store.state()) })
}

// Completions help in a word, and where an operator, a bracket or a conjunction asks for one; after a finished comparison they would
// only stand in the way.
const WANTS_WORD = /(?:[\w.]|[=<>!(&|{,~]\s*|\b(?:and|or|not|in|eq|ne|gt|lt|ge|le|contains|matches)\s+)$/

/** The text has changed: check it, offer completions, and count what a valid one would select. */
export function retype(store: Store, box: TextBox): void {
  const session = store.session()
  const same = store.state().filter.box?.text === box.text
  const offered = WANTS_WORD.test(box.text.slice(0, box.caret)) ? session?.complete?.(box.text, box.caret) : undefined
  const completions = (offered ?? []).filter((completion) => completion.text !== box.text)
  if (same) {
    store.dispatch({ type: 'filter', change: { box, completions, choice: -1 } })
    return
  }
  const check: FilterCheck = session?.checkFilter(box.text) ?? { ok: true }
  store.dispatch({ type: 'filter', change: { box, check, completions, choice: -1, counting: null } })
  store.countFilter(check.ok && box.text.trim() !== '' ? box.text : null)
}

/** Enter: a valid filter is applied; a wrong one stays in the box and says why. */
export function applyFilter(store: Store): void {
  const { box, completions, choice } = store.state().filter
  const chosen = completions[choice]
  if (box === null) return
  if (chosen !== undefined) {
    retype(store, { text: chosen.text, caret: chosen.caret })
    return
  }
  const check = store.session()?.checkFilter(box.text) ?? { ok: true }
  if (!check.ok) {
    const help = check.fix === undefined ? say`` : say` Tab writes ${safeText(check.fix)}.`
    store.dispatch({ type: 'filter', change: { check } })
    store.dispatch({ type: 'notice', notice: { text: say`${check.message}${help}`, tone: 'bad' } })
    return
  }
  store.applyFilter(box.text.trim())
}

export function leaveFilter(store: Store): void {
  store.countFilter(null)
  store.dispatch({ type: 'filter', change: { box: null, check: { ok: true }, counting: null, completions: [], choice: -1 } })
}

/** Tab: writes the offered repair, or the chosen (else the first) completion. */
export function acceptRepair(store: Store): void {
  const { check, completions, choice } = store.state().filter
  const completion = completions[Math.max(0, choice)]
  if (!check.ok && check.fix !== undefined) retype(store, boxOf(check.fix))
  else if (completion !== undefined) retype(store, { text: completion.text, caret: completion.caret })
}

/** ↑ and ↓: through the completions while they show and one is chosen or the text is new, else through the history. */
export function recall(store: Store, step: 1 | -1): void {
  const { completions, choice, history, historyAt, box } = store.state().filter
  if (completions.length > 0 && (step > 0 || choice >= 0)) {
    const next = Math.max(-1, Math.min(choice + step, completions.length - 1))
    store.dispatch({ type: 'filter', change: { choice: next } })
    return
  }
  const at = Math.max(0, Math.min(historyAt + step, history.length))
  if (box === null || at === historyAt) return
  retype(store, boxOf(history[at] ?? ''))
  store.dispatch({ type: 'filter', change: { historyAt: at, completions: [] } })
}
