// The selected field as a display filter: alone, negated, or joined to the one on the screen.

import { safeText } from '../bytes/text.ts'
import { openFilter, retype } from './filtering.ts'
import { say } from './line.ts'
import { openMenu } from './menu.ts'
import { type Shell, tell } from './shell.ts'
import type { MenuItem } from './state.ts'
import { boxOf } from './textbox.ts'

/** The filter of the selected row; '' where it has none. */
export function conditionHere({ store }: Shell): string {
  const { packet, row } = store.state().detail
  return packet?.condition?.(row) ?? ''
}

/** The a key. */
export function openFilterBy(shell: Shell): void {
  const { store } = shell
  const condition = conditionHere(shell)
  if (condition === '') {
    tell(store, say`No field is selected that a filter could name. Tab goes to the layers.`)
    return
  }
  const { applied } = store.state().filter
  const item = (key: string, label: ReturnType<typeof say>, filter: string): MenuItem => ({
    key,
    label,
    about: safeText(filter),
    run: () => store.applyFilter(filter),
  })
  const both = applied === '' || applied === condition ? [] : joined(applied, condition, item)
  openMenu(store, say`Filter by the selected field`, [
    item('a', say`this value`, condition),
    item('n', say`not this value`, `!(${condition})`),
    ...both,
    {
      key: 'e',
      label: say`edit it first`,
      about: say`in the filter box`,
      run: () => {
        openFilter(store)
        retype(store, boxOf(condition))
      },
    },
  ])
}

function joined(
  applied: string,
  condition: string,
  item: (key: string, label: ReturnType<typeof say>, filter: string) => MenuItem,
): MenuItem[] {
  return [
    item('&', say`and this value`, `(${applied}) && ${condition}`),
    item('|', say`or this value`, `(${applied}) || ${condition}`),
    item('!', say`and not this value`, `(${applied}) && !(${condition})`),
  ]
}
