// What the table of keys (bindings.ts) says about a key, in one place of the screen or in all of them.

import type { SafeText } from '../bytes/text.ts'
import { BINDINGS, type Binding, type Command, type Context } from './bindings.ts'
import type { Edit } from './textbox.ts'

export { BINDINGS, type Binding, type Command, type Context } from './bindings.ts'

/** Keys that edit text, in every text box. Emacs' and the arrow keys; not in the table because everybody's fingers know them. */
export const EDITS: ReadonlyMap<string, Edit> = new Map([
  ['left', 'left'],
  ['ctrl+b', 'left'],
  ['right', 'right'],
  ['ctrl+f', 'right'],
  ['home', 'home'],
  ['ctrl+a', 'home'],
  ['end', 'end'],
  ['ctrl+e', 'end'],
  ['ctrl+left', 'word-left'],
  ['alt+b', 'word-left'],
  ['ctrl+right', 'word-right'],
  ['alt+f', 'word-right'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
  ['ctrl+d', 'delete'],
  ['ctrl+w', 'delete-word'],
  ['alt+backspace', 'delete-word'],
  ['ctrl+k', 'delete-after'],
])

type ByContext = Map<Context, Map<string, Binding>>

function byContext(all: readonly Binding[]): ByContext {
  const found: ByContext = new Map()
  for (const binding of all) {
    for (const context of binding.contexts) {
      const keys = found.get(context) ?? new Map<string, Binding>()
      found.set(context, keys)
      for (const key of binding.keys) keys.set(key, binding)
    }
  }
  return found
}

// The table as it is, or as the configuration file has changed it; set once, before the first key.
let bindings: readonly Binding[] = BINDINGS
let known = byContext(bindings)

/** Commands whose keys the configuration file may choose: those of the three panes. */
function isOwn({ contexts }: Binding): boolean {
  return contexts.includes('list')
}

/**
 * Gives commands other keys. Returns what is wrong, in one line, and changes nothing then; '' when it is done.
 *
 *     rebind({ copy: ['Y'] })
 */
export function rebind(keys: Readonly<Record<string, readonly string[]>>): string {
  const names = new Set<string>(BINDINGS.filter(isOwn).map(({ command }) => command))
  for (const command of Object.keys(keys))
    if (!names.has(command)) return `There is no command "${command}" to give keys. There are ${[...names].join(', ')}.`
  const next = BINDINGS.map((binding): Binding => {
    const chosen = Object.hasOwn(keys, binding.command) && isOwn(binding) ? keys[binding.command] : undefined
    if (chosen === undefined) return binding
    const { shown: _shown, hintKey: _hintKey, ...rest } = binding
    return { ...rest, keys: chosen }
  })
  for (const context of ['list', 'tree', 'hex'] as const) {
    const taken = new Map<string, string>()
    for (const { contexts, keys: used, command } of next) {
      if (!contexts.includes(context)) continue
      for (const key of used) {
        const other = taken.get(key)
        if (other !== undefined) return `The key "${key}" is given to both ${other} and ${command}. Give one of them another key.`
        taken.set(key, command)
      }
    }
  }
  bindings = next
  known = byContext(next)
  return ''
}

/** What a key does there, if anything. */
export function commandOf(context: Context, key: string): Command | undefined {
  return known.get(context)?.get(key)?.command
}

/** How a binding's keys are written for people. */
export function keyLabel(binding: Binding): string {
  return binding.shown ?? binding.keys.map(nameKey).join(' ')
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['up', '↑'],
  ['down', '↓'],
  ['left', '←'],
  ['right', '→'],
  ['pageup', 'PgUp'],
  ['pagedown', 'PgDn'],
  ['home', 'Home'],
  ['end', 'End'],
  ['escape', 'Esc'],
  ['enter', 'Enter'],
  ['space', 'Space'],
  ['tab', 'Tab'],
  ['shift+tab', 'Shift-Tab'],
  ['f1', 'F1'],
])

function nameKey(key: string): string {
  return NAMES.get(key) ?? key.replace(/^ctrl\+(.)$/, (_, letter: string) => `Ctrl-${letter.toUpperCase()}`)
}

// The footer's order: what a newcomer needs first; the rest of a narrow footer may be cut, so the way out stands early.
const FOOTER: readonly Command[] = [
  'filter',
  'help',
  'next-pane',
  'open',
  'back',
  'lens',
  'capture',
  'save',
  'zoom',
  'expand-all',
  'next-in-conversation',
]

// Elsewhere: the way out and the help, then the order of the table.
const FIRST: readonly Command[] = ['help', 'back']

/** Hints of a context for the footer. */
export function hintsOf(context: Context): readonly { key: SafeText; hint: SafeText }[] {
  const order = context === 'list' || context === 'tree' || context === 'hex' ? FOOTER : FIRST
  const rank = (binding: Binding): number => (order.includes(binding.command) ? order.indexOf(binding.command) : order.length)
  return bindings
    .filter((binding) => binding.hint !== undefined && binding.contexts.includes(context))
    .sort((a, b) => rank(a) - rank(b))
    .map((binding) => ({
      key: (binding.hintKey ?? keyLabel(binding).split(' ')[0] ?? '') as SafeText,
      hint: (binding.hint ?? '') as SafeText,
    }))
}

export interface HelpGroup {
  readonly title: SafeText
  readonly entries: readonly { keys: SafeText; help: SafeText }[]
}

/** The help screen: groups in the order of the table; with contexts only what counts there. */
export function helpGroups(contexts?: readonly Context[]): readonly HelpGroup[] {
  const groups = new Map<string, { keys: SafeText; help: SafeText }[]>()
  for (const binding of bindings) {
    if (contexts !== undefined && !binding.contexts.some((context) => contexts.includes(context))) continue
    const entries = groups.get(binding.group) ?? []
    groups.set(binding.group, entries)
    entries.push({ keys: keyLabel(binding) as SafeText, help: binding.help as SafeText })
  }
  return [...groups].filter(([title]) => title !== 'Help').map(([title, entries]) => ({ title: title as SafeText, entries }))
}

/** Mouse, for the help screen. */
export const MOUSE_HELP: HelpGroup = {
  title: 'Mouse' as SafeText,
  entries: [
    { keys: 'click' as SafeText, help: 'select a packet, a field or a byte; ▸ opens' as SafeText },
    { keys: 'drag' as SafeText, help: 'a border between panes: their sizes' as SafeText },
    { keys: 'wheel' as SafeText, help: 'scroll the pane under the pointer' as SafeText },
    { keys: 'Shift-drag' as SafeText, help: "the terminal's own selection" as SafeText },
  ],
}
