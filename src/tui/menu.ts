// Menus: a handful of things to do, each with a letter.

import type { SafeText } from '../bytes/text.ts'
import { clamp } from './list.ts'
import type { Shell } from './shell.ts'
import type { MenuItem } from './state.ts'
import type { Store } from './store.ts'

export function openMenu(store: Store, title: SafeText, items: readonly MenuItem[]): void {
  store.dispatch({ type: 'dialog', dialog: { kind: 'menu', title, items, choice: 0 } })
}

export function moveMenu(store: Store, by: 1 | -1): void {
  const { dialog } = store.state()
  if (dialog?.kind === 'menu')
    store.dispatch({ type: 'dialog', dialog: { ...dialog, choice: clamp(dialog.choice + by, 0, dialog.items.length - 1) } })
}

export function chooseInMenu(shell: Shell): void {
  const { dialog } = shell.store.state()
  if (dialog?.kind === 'menu') runItem(shell, dialog.items[dialog.choice])
}

/** A letter does what stands behind it. */
export function pressInMenu(shell: Shell, text: string): void {
  const { dialog } = shell.store.state()
  if (dialog?.kind === 'menu')
    runItem(
      shell,
      dialog.items.find(({ key }) => key === text),
    )
}

function runItem(shell: Shell, item: MenuItem | undefined): void {
  if (item === undefined) return
  shell.store.dispatch({ type: 'dialog', dialog: null })
  item.run(shell)
}
