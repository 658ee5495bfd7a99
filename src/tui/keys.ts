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

const BY_CONTEXT = new Map<Context, Map<string, Binding>>()
for (const binding of BINDINGS) {
  for (const context of binding.contexts) {
    const keys = BY_CONTEXT.get(context) ?? new Map<string, Binding>()
    BY_CONTEXT.set(context, keys)
    for (const key of binding.keys) keys.set(key, binding)
  }
}

/** What a key does there, if anything. */
export function commandOf(context: Context, key: string): Command | undefined {
  return BY_CONTEXT.get(context)?.get(key)?.command
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
  return BINDINGS.filter((binding) => binding.hint !== undefined && binding.contexts.includes(context))
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
  for (const binding of BINDINGS) {
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
