// The command line: a colon, a word, what it works on.

import { type SafeText, safeText } from '../bytes/text.ts'
import type { FindKind } from '../engine/find.ts'
import type { Command } from './bindings.ts'
import { findNow } from './finding.ts'
import { goTo, jump } from './goto.ts'
import { say } from './line.ts'
import { matching, wordOf } from './line-words.ts'
import { keep, type Shell, tell } from './shell.ts'
import type { Store } from './store.ts'
import { boxOf, EMPTY_BOX, type TextBox } from './textbox.ts'
import { THEME_NAMES } from './theme.ts'

export function openLine(store: Store): void {
  store.dispatch({ type: 'dialog', dialog: { kind: 'line', box: EMPTY_BOX, problem: say`` } })
}

export function retypeLine(store: Store, box: TextBox): void {
  store.dispatch({ type: 'dialog', dialog: { kind: 'line', box, problem: say`` } })
}

/** Tab: as far as there is only one way to go on. */
export function completeLine(store: Store): void {
  const { dialog } = store.state()
  if (dialog?.kind !== 'line') return
  const found = matching(dialog.box.text)
  const [first] = found
  if (first === undefined || dialog.box.text.trimStart().includes(' ')) return
  let common = wordOf(first)
  for (const one of found) while (!wordOf(one).startsWith(common)) common = common.slice(0, -1)
  retypeLine(store, boxOf(found.length === 1 && first.name !== common ? `${common} ` : common))
}

const FINDS: Readonly<Record<string, FindKind>> = { find: 'text', hex: 'hex', regex: 'regex' }

/** Words that are commands of the table of keys. */
const COMMANDS: Readonly<Record<string, Command>> = {
  save: 'save',
  columns: 'columns',
  copy: 'copy',
  follow: 'follow',
  ladder: 'ladder',
  exchanges: 'view-exchanges',
  streams: 'view-streams',
  statistics: 'view-statistics',
  tls: 'view-tls',
  compare: 'view-compare',
  lessons: 'view-lessons',
  layout: 'layout',
  capture: 'capture',
  help: 'help',
}

/** `run` does what a key's command does. */
export function confirmLine(shell: Shell, run: (shell: Shell, command: Command) => void): void {
  const { store } = shell
  const { dialog } = store.state()
  if (dialog?.kind !== 'line') return
  const text = dialog.box.text.trim()
  const [typed = ''] = text.split(' ')
  const found = matching(typed)
  // A beginning is enough where it is the beginning of one word only.
  const word = found.length === 1 && found[0] !== undefined ? wordOf(found[0]) : typed
  store.dispatch({ type: 'dialog', dialog: null })
  const rest = text.slice(typed.length).trim()
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined
  if (command !== undefined) {
    run(shell, command)
    return
  }
  const problem = runLine(shell, word, rest)
  if (problem !== '') store.dispatch({ type: 'dialog', dialog: { kind: 'line', box: dialog.box, problem } })
}

/** Returns what is wrong, '' when it was done. */
function runLine(shell: Shell, word: string, rest: string): SafeText {
  const { store } = shell
  const find = FINDS[word]
  if (find !== undefined) return findNow(shell, find, rest)
  switch (word) {
    case 'q':
    case 'quit':
      shell.quit()
      return say``
    case 'go':
      if (!/^\d{1,12}$/.test(rest)) return say`A packet has a number. Write it behind the word: go 42`
      jump(store, () => goTo(store, Number(rest)))
      return say``
    case 'filter':
      return filterBy(shell, rest)
    case 'keep-filter':
      return keepFilter(shell, rest)
    case 'theme': {
      const theme = THEME_NAMES.find((name) => name === rest)
      if (theme === undefined) return say`There is no such theme. Write dark, light or contrast.`
      shell.wear(theme)
      keep(shell, { theme })
      return say``
    }
    case '':
      return say``
    default:
      return say`There is no command ${safeText(word, 40)}. Tab completes what is typed; ? lists the keys.`
  }
}

function filterBy({ store, filters }: Shell, rest: string): SafeText {
  const filter = Object.hasOwn(filters, rest) ? (filters[rest] ?? '') : rest
  const check = store.session()?.checkFilter(filter) ?? { ok: true }
  if (!check.ok) return check.fix === undefined ? check.message : say`${check.message} Try ${safeText(check.fix)}`
  store.applyFilter(filter)
  return say``
}

function keepFilter(shell: Shell, name: string): SafeText {
  const { applied } = shell.store.state().filter
  if (!/^[\w-]{1,40}$/.test(name)) return say`A filter needs a name of letters and digits. Write it behind the word: keep-filter web`
  if (applied === '') return say`No filter is on the screen. / makes one.`
  shell.filters[name] = applied
  keep(shell, { filters: shell.filters })
  tell(shell.store, say`:filter ${safeText(name)} shows ${safeText(applied)} from now on.`, 'good')
  return say``
}
