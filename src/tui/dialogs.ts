// The save and capture dialogs: what opens them and what they do.

import { safeText } from '../bytes/text.ts'
import type { View } from '../engine/types.ts'
import { say } from './line.ts'
import { grouped } from './measure.ts'
import { type Shell, stopSession, tell } from './shell.ts'
import type { Dialog } from './state.ts'
import type { Store } from './store.ts'
import { boxOf, type TextBox } from './textbox.ts'

type SaveDialog = Extract<Dialog, { kind: 'save' }>
type CaptureDialog = Extract<Dialog, { kind: 'capture' }>

const NOTHING = say``

/** Esc of every dialog. */
export function closeDialog({ store }: Shell): void {
  store.dispatch({ type: 'dialog', dialog: null })
}

export function openSave(store: Store): void {
  const { status, filter } = store.state()
  if (store.session() === null || status.packets === 0) {
    tell(store, say`There is no packet to save yet.`)
    return
  }
  const what = filter.applied === '' ? 'all' : 'displayed'
  store.dispatch({ type: 'dialog', dialog: { kind: 'save', box: boxOf('capture.pcapng'), what, busy: false, problem: NOTHING } })
}

export function confirmSave(store: Store): void {
  const dialog = store.state().dialog
  const session = store.session()
  const view = store.view()
  if (dialog?.kind !== 'save' || dialog.busy || session === null || view === null) return
  const path = dialog.box.text.trim()
  if (path === '') {
    update(store, 'save', { problem: say`A file needs a name.` })
    return
  }
  update(store, 'save', { busy: true, problem: NOTHING })
  const { marks } = store.state()
  const saved = dialog.what === 'marked' ? session.save(path, 'displayed', markedView(marks)) : session.save(path, dialog.what, view)
  saved.then(
    (written) => {
      if (store.state().dialog?.kind === 'save') store.dispatch({ type: 'dialog', dialog: null })
      tell(store, say`${grouped(written)} packets are in ${safeText(path)}.`, 'good')
      store.commit()
    },
    (error: unknown) => {
      update(store, 'save', { busy: false, problem: safeText(error instanceof Error ? error.message : String(error)) })
      store.commit()
    },
  )
}

export function openCapture(shell: Shell): void {
  const { store, control } = shell
  if (control === null) {
    tell(store, say`Captures cannot be started here. Run wiretail -i lo -p 5683 instead.`)
    return
  }
  const current = control.current
  const box = boxOf(current?.filter ?? '')
  store.dispatch({
    type: 'dialog',
    dialog: { kind: 'capture', interfaces: null, choice: 0, box, check: { ok: true }, busy: false, problem: NOTHING },
  })
  control.interfaces().then(
    (interfaces) => {
      const named = interfaces.findIndex((one) => one.name === current?.interface)
      const usable = interfaces.findIndex((one) => one.usable)
      update(store, 'capture', { interfaces, choice: Math.max(0, named >= 0 ? named : usable) })
      store.commit()
    },
    (error: unknown) => {
      update(store, 'capture', { interfaces: [], problem: safeText(error instanceof Error ? error.message : String(error)) })
      store.commit()
    },
  )
}

/** Tab: all packets, those displayed, those marked where there are any. */
export function toggleSaved(store: Store): void {
  const { dialog, marks } = store.state()
  if (dialog?.kind !== 'save') return
  const choices: readonly SaveDialog['what'][] = marks.length > 0 ? ['all', 'displayed', 'marked'] : ['all', 'displayed']
  const at = choices.indexOf(dialog.what)
  update(store, 'save', { what: choices[(at + 1) % choices.length] ?? 'all' })
}

function markedView(marks: readonly number[]): View {
  return {
    filter: '',
    count: marks.length,
    examined: marks.length,
    packetAt: (position) => marks[position] ?? 0,
    positionOf: (packet) => marks.findIndex((mark) => mark >= packet),
  }
}

export function moveInterface(store: Store, step: 1 | -1): void {
  const dialog = store.state().dialog
  if (dialog?.kind !== 'capture') return
  const count = dialog.interfaces?.length ?? 0
  if (count > 0) update(store, 'capture', { choice: (dialog.choice + step + count) % count })
}

/** The capture filter was typed into: checked at each key. */
export function retypeCapture(shell: Shell, box: TextBox): void {
  const check = box.text.trim() === '' ? { ok: true as const } : (shell.control?.check(box.text) ?? { ok: true as const })
  update(shell.store, 'capture', { box, check, problem: NOTHING })
}

export function retypeSave(store: Store, box: TextBox): void {
  update(store, 'save', { box, problem: NOTHING })
}

export function confirmCapture(shell: Shell): void {
  const { store, control } = shell
  const dialog = store.state().dialog
  if (dialog?.kind !== 'capture' || dialog.busy || control === null) return
  const chosen = dialog.interfaces?.[dialog.choice]
  if (chosen === undefined) {
    update(store, 'capture', { problem: say`There is no interface to capture on.` })
    return
  }
  if (!dialog.check.ok) return
  update(store, 'capture', { busy: true, problem: NOTHING })
  control.start({ interface: chosen.name, filter: dialog.box.text.trim() }).then(
    (session) => store.open(session, ''),
    (error: unknown) => {
      update(store, 'capture', { busy: false, problem: safeText(error instanceof Error ? error.message : String(error)) })
      store.commit()
    },
  )
}

export function stopCapture(shell: Shell): void {
  const { store } = shell
  const { status } = store.state()
  if (status.state !== 'live' && status.state !== 'paused') {
    update(store, 'capture', { problem: say`No capture is running.` })
    return
  }
  stopSession(shell)
  store.dispatch({ type: 'dialog', dialog: null })
  tell(store, say`The capture is stopped; its ${grouped(status.packets)} packets stay.`)
}

function update(store: Store, kind: 'save', change: Partial<SaveDialog>): void
function update(store: Store, kind: 'capture', change: Partial<CaptureDialog>): void
function update(store: Store, kind: 'save' | 'capture', change: Partial<SaveDialog> | Partial<CaptureDialog>): void {
  const dialog = store.state().dialog
  if (dialog?.kind === kind) store.dispatch({ type: 'dialog', dialog: { ...dialog, ...change } as Dialog })
}
