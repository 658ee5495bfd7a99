// Finding packets: the dialog, the search in slices with its progress in the footer, and going on from there.

import { type SafeText, safeText } from '../bytes/text.ts'
import { FIND_KINDS, type FindKind, findInView, seek } from '../engine/find.ts'
import { jump } from './goto.ts'
import { say } from './line.ts'
import { select } from './list.ts'
import { grouped } from './measure.ts'
import { type Shell, tell } from './shell.ts'
import type { Store } from './store.ts'
import { boxOf, type TextBox } from './textbox.ts'
import { beginWork, Cancelled, endWork, runSliced } from './views/work.ts'

export function openFind(store: Store): void {
  const { how, what } = store.state().finding
  store.dispatch({ type: 'dialog', dialog: { kind: 'find', box: boxOf(what), how, problem: say`` } })
}

export function retypeFind(store: Store, box: TextBox): void {
  const { dialog } = store.state()
  if (dialog?.kind === 'find') store.dispatch({ type: 'dialog', dialog: { ...dialog, box, problem: say`` } })
}

/** Tab: the next way of looking. */
export function turnFind(store: Store): void {
  const { dialog } = store.state()
  if (dialog?.kind !== 'find') return
  const how = FIND_KINDS[(FIND_KINDS.indexOf(dialog.how) + 1) % FIND_KINDS.length] ?? 'text'
  store.dispatch({ type: 'dialog', dialog: { ...dialog, how, problem: say`` } })
}

export function confirmFind(shell: Shell): void {
  const { store } = shell
  const { dialog } = store.state()
  if (dialog?.kind !== 'find') return
  const problem = findNow(shell, dialog.how, dialog.box.text)
  store.dispatch({ type: 'dialog', dialog: problem === '' ? null : { ...dialog, problem } })
}

/** Looks at once; returns what is wrong, '' when it looks. */
export function findNow(shell: Shell, how: FindKind, what: string): SafeText {
  const capture = shell.store.session()?.capture
  const sought = capture === undefined ? null : seek(capture, how, what)
  if (sought === null) return say`There is no packet to look at.`
  if (!sought.ok) return safeText(sought.message)
  shell.store.dispatch({ type: 'finding', finding: { how, what } })
  void search(shell, 1)
  return say``
}

/** n and N: the next or the previous packet that holds it. */
export function findAgain(shell: Shell, step: 1 | -1): void {
  if (shell.store.state().finding.what === '') openFind(shell.store)
  else void search(shell, step)
}

async function search(shell: Shell, step: 1 | -1): Promise<void> {
  const { store } = shell
  const { how, what } = store.state().finding
  const view = store.view()
  const capture = store.session()?.capture
  if (capture === undefined || view === null || view.count === 0) {
    tell(store, say`There is no packet to look at.`)
    return
  }
  const sought = seek(capture, how, what)
  if (!sought.ok) return
  const signal = beginWork(shell, 'find')
  const from = store.state().list.cursor
  try {
    const found = await runSliced(findInView(view, from, step, sought.check), signal, (done) => {
      tell(store, say`Looking for ${safeText(what, 60)}: ${Math.floor(done * 100)} %. Ctrl-C ends it.`)
      store.refresh()
    })
    if (found < 0) tell(store, say`No packet shown here holds ${safeText(what, 60)}.`)
    else {
      const round = (found - from) * step <= 0
      jump(store, () => store.dispatch({ type: 'list', change: (list, height, grows) => select(list, found, height, grows) }))
      const where = say`Packet ${grouped(view.packetAt(found))} holds ${safeText(what, 60)}.`
      tell(store, round ? say`${where} The search went round the end. n goes on.` : say`${where} n goes on, N back.`)
    }
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
  } finally {
    endWork(shell, 'find', signal)
    store.commit()
  }
}
