// The one table of keys. What a key does, the help screen, the hints in the footer and the documentation all come from it.

import type { SafeText } from '../bytes/text.ts'
import type { Edit } from './textbox.ts'

/** Where keys go: one of the panes, the filter box, or the dialog on top. */
export type Context = 'list' | 'tree' | 'hex' | 'filter' | 'help' | 'save' | 'capture' | 'quit'

export type Command =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'start'
  | 'end'
  | 'go-start'
  | 'next-pane'
  | 'previous-pane'
  | 'open'
  | 'filter'
  | 'previous-in-conversation'
  | 'next-in-conversation'
  | 'mark'
  | 'next-mark'
  | 'expand-all'
  | 'collapse-all'
  | 'zoom'
  | 'time'
  | 'save'
  | 'capture'
  | 'pause'
  | 'help'
  | 'back'
  | 'interrupt'
  | 'suspend'
  | 'redraw'
  | 'apply'
  | 'cancel'
  | 'complete'
  | 'older'
  | 'newer'
  | 'clear'
  | 'toggle'
  | 'stop'
  | 'confirm'

export interface Binding {
  readonly keys: readonly string[]
  readonly command: Command
  readonly contexts: readonly Context[]
  /** What the help screen says. */
  readonly help: string
  /** Headline of the help screen under which it stands. */
  readonly group: string
  /** Two or three words for the footer; left out where the footer should not speak of it. */
  readonly hint?: string
  /** The key as the footer writes it; otherwise the first of those above. */
  readonly hintKey?: string
  /** How the keys are written where listing them all would be clumsy. */
  readonly shown?: string
}

const PANES = ['list', 'tree', 'hex'] as const
const TEXT = ['filter', 'save', 'capture'] as const

const bind = (
  contexts: readonly Context[],
  group: string,
  keys: readonly string[],
  command: Command,
  help: string,
  more: { hint?: string; shown?: string; hintKey?: string } = {},
): Binding => ({ keys, command, contexts, help, group, ...more })

export const BINDINGS: readonly Binding[] = [
  bind(PANES, 'Move', ['up', 'k'], 'up', 'up', { shown: '↑ k' }),
  bind(PANES, 'Move', ['down', 'j'], 'down', 'down', { shown: '↓ j' }),
  bind(PANES, 'Move', ['left', 'h'], 'left', 'tree: fold, or to the layer above; bytes: one byte back', { shown: '← h' }),
  bind(PANES, 'Move', ['right', 'l'], 'right', 'tree: open, or to the first field; bytes: one byte on', { shown: '→ l' }),
  bind([...PANES, 'help'], 'Move', ['pageup', 'ctrl+b'], 'page-up', 'a page up'),
  bind([...PANES, 'help'], 'Move', ['pagedown', 'ctrl+f'], 'page-down', 'a page down'),
  bind(PANES, 'Move', ['home'], 'start', 'to the start'),
  bind(PANES, 'Move', ['end'], 'end', 'to the end; a live list then follows new packets'),
  bind(PANES, 'Move', ['g'], 'go-start', 'to the first packet; with a number before it to that packet', { shown: 'gg  42gg' }),
  bind(PANES, 'Move', ['G'], 'end', 'to the last packet; with a number before it to that packet', { shown: 'G  42G' }),
  bind(PANES, 'Move', ['['], 'previous-in-conversation', 'previous packet of this conversation'),
  bind(PANES, 'Move', [']'], 'next-in-conversation', 'next packet of this conversation', { hint: 'conversation', hintKey: '[ ]' }),
  bind(PANES, 'Move', ['m'], 'mark', 'mark this packet, or take the mark away'),
  bind(PANES, 'Move', ["'"], 'next-mark', 'to the next marked packet; packets with the secret count as marked'),

  bind(PANES, 'Look', ['tab'], 'next-pane', 'next pane', { hint: 'pane' }),
  bind(PANES, 'Look', ['shift+tab'], 'previous-pane', 'previous pane'),
  bind(PANES, 'Look', ['enter', 'space'], 'open', 'list: to the tree; tree: open or fold; bytes: next tab', { hint: 'open' }),
  bind(PANES, 'Look', ['e'], 'expand-all', 'open the whole tree', { hint: 'expand' }),
  bind(PANES, 'Look', ['E'], 'collapse-all', 'fold the whole tree'),
  bind(PANES, 'Look', ['\\'], 'zoom', 'this pane over the whole screen, and back', { hint: 'zoom' }),
  bind(PANES, 'Look', ['t'], 'time', 'time: since the start, since the packet before, of day, date, epoch'),

  bind(PANES, 'Find', ['/'], 'filter', 'type a display filter', { hint: 'filter' }),
  bind(['filter'], 'Filter box', ['enter'], 'apply', 'apply the filter; an empty one shows all packets', { hint: 'apply' }),
  bind(['filter'], 'Filter box', ['escape'], 'cancel', 'leave the filter as it was', { hint: 'leave' }),
  bind(['filter'], 'Filter box', ['tab'], 'complete', 'repair a wrong filter as offered, or complete the word', {
    hint: 'repair or complete',
  }),
  bind(['filter'], 'Filter box', ['up', 'ctrl+p'], 'older', 'the filter before; in the list of completions the one above', {
    shown: '↑',
    hint: 'history',
  }),
  bind(['filter'], 'Filter box', ['down', 'ctrl+n'], 'newer', 'the filter after; in the list of completions the one below', { shown: '↓' }),
  bind(TEXT, 'Filter box', ['ctrl+u'], 'clear', 'empty the box'),

  bind(PANES, 'Capture', ['c'], 'capture', 'start, stop or restart a capture: interface and filter', { hint: 'capture' }),
  bind(PANES, 'Capture', ['p'], 'pause', 'pause a live capture, and go on'),
  bind(PANES, 'Capture', ['w'], 'save', 'save the packets to a file', { hint: 'save' }),

  bind([...PANES], 'Program', ['?', 'f1'], 'help', 'this help', { hint: 'keys' }),
  bind(PANES, 'Program', ['q', 'escape'], 'back', 'back; at the top it asks once, then quits', { hint: 'quit', shown: 'q Esc' }),
  bind(
    [...PANES, 'filter', 'help', 'save', 'capture', 'quit'],
    'Program',
    ['ctrl+c'],
    'interrupt',
    'stop a running capture or load; again: quit',
  ),
  bind([...PANES, 'filter', 'help', 'save', 'capture', 'quit'], 'Program', ['ctrl+z'], 'suspend', 'suspend; fg comes back'),
  bind([...PANES, 'filter', 'help', 'save', 'capture', 'quit'], 'Program', ['ctrl+l'], 'redraw', 'draw the screen again'),

  bind(['help'], 'Help', ['up', 'k'], 'up', 'up', { shown: '↑ k' }),
  bind(['help'], 'Help', ['down', 'j', 'space'], 'down', 'down', { shown: '↓ j', hint: 'scroll' }),
  bind(['help'], 'Help', ['escape', 'q', '?', 'f1', 'enter'], 'cancel', 'close the help', { shown: 'Esc', hint: 'close' }),
  bind(['save'], 'Save', ['enter'], 'confirm', 'save', { hint: 'save' }),
  bind(['save'], 'Save', ['tab', 'up', 'down'], 'toggle', 'all packets, or those displayed', { shown: 'Tab', hint: 'which packets' }),
  bind(['save', 'capture'], 'Save', ['escape'], 'cancel', 'close', { hint: 'close' }),
  bind(['capture'], 'Capture dialog', ['up', 'shift+tab'], 'older', 'the interface above', { shown: '↑' }),
  bind(['capture'], 'Capture dialog', ['down', 'tab'], 'newer', 'the interface below', { shown: '↓', hint: 'interface' }),
  bind(['capture'], 'Capture dialog', ['enter'], 'confirm', 'start with this interface and filter', { hint: 'start' }),
  bind(['capture'], 'Capture dialog', ['ctrl+s'], 'stop', 'stop the running capture', { hint: 'stop' }),
  bind(['quit'], 'Quit', ['q', 'y', 'enter'], 'confirm', 'quit', { hint: 'quit', shown: 'q' }),
  bind(['quit'], 'Quit', ['escape', 'n'], 'cancel', 'stay', { hint: 'stay', shown: 'Esc' }),
]

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
  'capture',
  'save',
  'zoom',
  'expand-all',
  'next-in-conversation',
]

/** Hints of a context for the footer: panes in the order above, other contexts in the order of the table. */
export function hintsOf(context: Context): readonly { key: SafeText; hint: SafeText }[] {
  const rank = (binding: Binding): number => (FOOTER.includes(binding.command) ? FOOTER.indexOf(binding.command) : FOOTER.length)
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

/** The help screen: groups in the order of the table. */
export function helpGroups(): readonly HelpGroup[] {
  const groups = new Map<string, { keys: SafeText; help: SafeText }[]>()
  for (const binding of BINDINGS) {
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
    { keys: 'wheel' as SafeText, help: 'scroll the pane under the pointer' as SafeText },
    { keys: 'Shift-drag' as SafeText, help: "the terminal's own selection" as SafeText },
  ],
}
