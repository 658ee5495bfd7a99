// The one table of keys. What a key does, the help screen, the hints in the footer and the documentation all come from it.

/** Where keys go: a pane of the packets, another view or a box in it, the filter box, or the dialog on top. */
export type Context =
  | 'list'
  | 'tree'
  | 'hex'
  | 'filter'
  | 'help'
  | 'save'
  | 'capture'
  | 'find'
  | 'menu'
  | 'copied'
  | 'line'
  | 'quit'
  | 'exchanges'
  | 'exchange'
  | 'streams'
  | 'statistics'
  | 'tls'
  | 'tls-session'
  | 'follow'
  | 'follow-find'
  | 'ladder'
  | 'ladder-file'
  | 'compare'
  | 'secret'
  | 'lessons'
  | 'lesson'
  | 'start'

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
  | 'view-packets'
  | 'view-exchanges'
  | 'view-streams'
  | 'view-statistics'
  | 'view-tls'
  | 'view-compare'
  | 'view-lessons'
  | 'edit'
  | 'again'
  | 'lens'
  | 'packet'
  | 'follow'
  | 'decrypt'
  | 'ladder'
  | 'form'
  | 'find'
  | 'find-next'
  | 'find-previous'
  | 'sort'
  | 'copy'
  | 'filter-by'
  | 'columns'
  | 'layout'
  | 'taller'
  | 'lower'
  | 'wider'
  | 'narrower'
  | 'reference'
  | 'line'
  | 'visit-back'
  | 'visit-forward'
  | 'teacher'
  | 'big'
  | 'language'

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
const TEXT = ['filter', 'save', 'capture', 'find', 'line', 'secret', 'follow-find', 'ladder-file'] as const
/** Views where numbers change the view at once, and q goes back to where one came from. */
const LISTS = ['exchanges', 'streams', 'statistics', 'tls'] as const
const PAGES = ['exchange', 'tls-session', 'follow', 'ladder'] as const
/** All but the first screen, which nothing lies behind. */
const VIEWS_BACK = ['compare', 'lessons', ...LISTS, ...PAGES] as const
const VIEWS = ['start', ...VIEWS_BACK] as const
const EVERYWHERE = [...PANES, ...VIEWS, ...TEXT, 'help', 'menu', 'copied', 'quit'] as const

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
  bind(['tree', 'hex'], 'Move', ['right', 'l'], 'right', 'tree: open, or to the first field; bytes: one byte on', { shown: '→ l' }),
  bind([...PANES, 'help'], 'Move', ['pageup', 'ctrl+b'], 'page-up', 'a page up'),
  bind([...PANES, 'help'], 'Move', ['pagedown', 'ctrl+d'], 'page-down', 'a page down'),
  bind(PANES, 'Move', ['home'], 'start', 'to the start'),
  bind(PANES, 'Move', ['end'], 'end', 'to the end; a live list then follows new packets'),
  bind(PANES, 'Move', ['g'], 'go-start', 'to the first packet; with a number before it to that packet', { shown: 'gg  42gg' }),
  bind(PANES, 'Move', ['G'], 'end', 'to the last packet; with a number before it to that packet', { shown: 'G  42G' }),
  bind(PANES, 'Move', ['['], 'previous-in-conversation', 'previous packet of this conversation'),
  bind(PANES, 'Move', [']'], 'next-in-conversation', 'next packet of this conversation', { hint: 'conversation', hintKey: '[ ]' }),
  bind(PANES, 'Move', ['m'], 'mark', 'mark this packet, or take the mark away'),
  bind(PANES, 'Move', ["'"], 'next-mark', 'to the next marked packet; packets with the secret count as marked'),

  bind(PANES, 'Move', ['H'], 'visit-back', 'back to the packet you came from, after a jump'),
  bind(PANES, 'Move', ['L'], 'visit-forward', 'forward again'),

  bind(PANES, 'Look', ['tab'], 'next-pane', 'next pane', { hint: 'pane' }),
  bind(PANES, 'Look', ['shift+tab'], 'previous-pane', 'previous pane'),
  bind(PANES, 'Look', ['enter', 'space'], 'open', 'list: to the tree; tree: open or fold; bytes: next tab', { hint: 'open' }),
  bind(PANES, 'Look', ['e'], 'expand-all', 'open the whole tree', { hint: 'expand' }),
  bind(PANES, 'Look', ['E'], 'collapse-all', 'fold the whole tree'),
  bind(PANES, 'Look', ['\\'], 'zoom', 'this pane over the whole screen, and back', { hint: 'zoom' }),
  bind(PANES, 'Look', ['v'], 'lens', "the eavesdropper's lens over the bytes: in colours, in letters, off", { hint: 'lens' }),
  bind(PANES, 'Look', ['D'], 'decrypt', 'the bytes as sealed, or as a key has opened them'),
  bind(PANES, 'Look', ['|'], 'layout', 'layers and bytes side by side, one under the other, or one alone'),
  bind(PANES, 'Look', ['+'], 'taller', 'a taller list; the mouse drags the borders too', { shown: '+' }),
  bind(PANES, 'Look', ['-'], 'lower', 'a lower list'),
  bind(PANES, 'Look', ['<'], 'wider', 'more room for the bytes'),
  bind(PANES, 'Look', ['>'], 'narrower', 'more room for the layers'),
  bind(PANES, 'Look', ['T'], 'reference', 'count times from this packet on; on the same packet again: from the first'),
  bind(PANES, 'Look', ['C'], 'columns', 'columns of the list: show the selected field, hide others'),
  bind(PANES, 'Look', ['t'], 'time', 'time: since the start, since the packet before, of day, date, epoch'),

  bind(PANES, 'Find', ['/'], 'filter', 'type a display filter', { hint: 'filter' }),
  bind(PANES, 'Find', ['ctrl+f'], 'find', 'find a packet: by text, bytes, regular expression or filter', { hint: 'find' }),
  bind(PANES, 'Program', [':'], 'line', 'type a command: find, filter, go, save, theme …'),
  bind(['line'], 'Command line', ['enter'], 'confirm', 'do it', { hint: 'do it' }),
  bind(['line'], 'Command line', ['tab'], 'complete', 'complete the word', { hint: 'complete' }),
  bind(PANES, 'Find', ['n'], 'find-next', 'the next packet that holds it'),
  bind(PANES, 'Find', ['N'], 'find-previous', 'the one before'),
  bind(PANES, 'Find', ['a'], 'filter-by', 'the selected field as a filter: this value, not it, and, or', { hint: 'filter by' }),
  bind(PANES, 'Find', ['y'], 'copy', 'copy: value, filter, bytes, packet, request as curl', { hint: 'copy' }),
  bind(['menu'], 'Menu', ['up', 'shift+tab'], 'up', 'up', { shown: '↑' }),
  bind(['menu'], 'Menu', ['down', 'tab'], 'down', 'down', { shown: '↓', hint: 'choose' }),
  bind(['menu'], 'Menu', ['enter'], 'confirm', 'do it; the letter in front does it at once', { hint: 'do it' }),
  bind(['menu'], 'Menu', ['escape'], 'cancel', 'close', { hint: 'close' }),
  bind(['copied'], 'Copied', ['up', 'k'], 'up', 'up', { shown: '↑ k' }),
  bind(['copied'], 'Copied', ['down', 'j', 'space'], 'down', 'down', { shown: '↓ j', hint: 'scroll' }),
  bind(['copied'], 'Copied', ['escape', 'q', 'enter'], 'cancel', 'close', { shown: 'Esc', hint: 'close' }),
  bind(['find'], 'Find', ['enter'], 'confirm', 'find it', { hint: 'find' }),
  bind(['find'], 'Find', ['tab', 'down'], 'toggle', 'as text, bytes, regular expression, filter', {
    shown: 'Tab',
    hint: 'text, hex, regex, filter',
  }),
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

  bind([...PANES, ...VIEWS], 'Views', ['1', 'alt+1'], 'view-packets', 'the packets', { shown: '1' }),
  bind([...PANES, ...VIEWS], 'Views', ['2', 'alt+2'], 'view-exchanges', 'exchanges: HTTP requests with their responses', { shown: '2' }),
  bind([...PANES, ...VIEWS], 'Views', ['3', 'alt+3'], 'view-streams', 'streams and conversations', { shown: '3' }),
  bind([...PANES, ...VIEWS], 'Views', ['4', 'alt+4'], 'view-statistics', 'statistics: protocols, endpoints, traffic', { shown: '4' }),
  bind([...PANES, ...VIEWS], 'Views', ['5', 'alt+5'], 'view-tls', 'TLS sessions', { shown: '5' }),
  bind(PANES, 'Views', ['f'], 'follow', 'follow the stream of this packet', { hint: 'follow' }),
  bind(['list'], 'Views', ['l'], 'ladder', 'the stream of this packet as a ladder of arrows', { hint: 'ladder' }),
  bind([...PANES, ...VIEWS], 'Views', ['6', 'x', 'alt+6'], 'view-compare', 'compare: the same secret in several captures', {
    shown: '6 x',
  }),
  bind([...PANES, ...VIEWS], 'Views', ['7', 'alt+7'], 'view-lessons', 'the lessons', { shown: '7' }),

  bind([...LISTS, ...PAGES], 'Lists', ['up', 'k'], 'up', 'up', { shown: '↑ k' }),
  bind([...LISTS, ...PAGES], 'Lists', ['down', 'j'], 'down', 'down', { shown: '↓ j' }),
  bind([...LISTS, ...PAGES], 'Lists', ['pageup', 'ctrl+b'], 'page-up', 'a page up'),
  bind([...LISTS, ...PAGES], 'Lists', ['pagedown', 'ctrl+f', 'space'], 'page-down', 'a page down'),
  bind([...LISTS, ...PAGES], 'Lists', ['home', 'g'], 'start', 'to the start', { shown: 'Home g' }),
  bind([...LISTS, ...PAGES], 'Lists', ['end', 'G'], 'end', 'to the end', { shown: 'End G' }),
  bind(LISTS, 'Lists', ['r'], 'again', 'read again'),
  bind(['exchanges'], 'Exchanges', ['enter'], 'open', 'headers and bodies of this exchange', { hint: 'open' }),
  bind(['exchanges', 'exchange'], 'Exchanges', ['p'], 'packet', 'to its first packet', { hint: 'packet' }),

  bind(['streams'], 'Streams', ['enter', 'f'], 'follow', 'follow the stream: what both sides said', { hint: 'follow' }),
  bind(['streams'], 'Streams', ['a'], 'filter', 'the packets of this conversation alone', { hint: 'packets' }),
  bind(['streams'], 'Streams', ['l'], 'ladder', 'the stream as a ladder of arrows', { hint: 'ladder' }),
  bind(['streams'], 'Streams', ['p'], 'packet', 'to its first packet'),
  bind(['streams'], 'Streams', ['tab'], 'next-pane', 'the next kind: TCP, UDP, IPv4, IPv6, Ethernet', { hint: 'kind' }),
  bind(['streams'], 'Streams', ['shift+tab'], 'previous-pane', 'the kind before'),
  bind(['streams'], 'Streams', ['s'], 'sort', 'sort by start, packets, bytes, duration', { hint: 'sort' }),

  bind(['statistics'], 'Statistics', ['tab', 'right', 'l'], 'next-pane', 'protocols, endpoints, traffic over time', {
    hint: 'next',
    shown: 'Tab →',
  }),
  bind(['statistics'], 'Statistics', ['shift+tab', 'left', 'h'], 'previous-pane', 'the one before', { shown: 'Shift-Tab ←' }),
  bind(['statistics'], 'Statistics', ['enter', 'a'], 'filter', 'the packets of this protocol or endpoint alone', { hint: 'packets' }),
  bind(['statistics'], 'Statistics', ['t'], 'form', 'traffic in bytes, or in packets', { hint: 'bytes, packets' }),

  bind(['ladder'], 'Ladder', ['enter', 'p'], 'packet', 'to this packet', { hint: 'packet' }),
  bind(['ladder'], 'Ladder', ['w'], 'save', 'write it to a file: Markdown, Mermaid or text, by its ending', { hint: 'write' }),
  bind(['ladder-file'], 'Ladder', ['enter'], 'apply', 'write the file', { hint: 'write' }),
  bind(['ladder-file'], 'Ladder', ['escape'], 'cancel', 'write nothing', { hint: 'leave' }),

  bind(['tls'], 'TLS', ['enter'], 'open', 'certificates, alerts, what failed, why it stays shut', { hint: 'open' }),
  bind(['tls', 'tls-session'], 'TLS', ['p'], 'packet', 'to its first packet', { hint: 'packet' }),

  bind(['follow'], 'Follow', ['t'], 'form', 'as text, as a hex dump, as raw digits', { hint: 'text, hex, raw' }),
  bind(['follow'], 'Follow', ['D'], 'decrypt', 'the next layer: as delivered, TLS opened, HTTP unpacked', { hint: 'layer' }),
  bind(['follow'], 'Follow', ['tab'], 'next-pane', 'both sides, or one alone', { hint: 'sides' }),
  bind(['follow'], 'Follow', ['/'], 'find', 'find a text', { hint: 'find' }),
  bind(['follow'], 'Follow', ['n'], 'find-next', 'the next place'),
  bind(['follow'], 'Follow', ['N'], 'find-previous', 'the place before'),
  bind(['follow'], 'Follow', ['a'], 'filter', 'the packets of this stream alone', { hint: 'packets' }),
  bind(['follow-find'], 'Follow', ['enter'], 'apply', 'find it', { hint: 'find' }),
  bind(['follow-find'], 'Follow', ['escape'], 'cancel', 'find nothing', { hint: 'leave' }),

  bind(['compare'], 'Compare', ['left', 'h', 'shift+tab'], 'left', 'the capture before', { shown: '← h' }),
  bind(['compare'], 'Compare', ['right', 'l', 'tab'], 'right', 'the next capture', { shown: '→ l', hint: 'captures', hintKey: '← →' }),
  bind(['compare'], 'Compare', ['up', 'k'], 'up', 'scroll up', { shown: '↑ k' }),
  bind(['compare'], 'Compare', ['down', 'j'], 'down', 'scroll down', { shown: '↓ j', hint: 'scroll', hintKey: '↑ ↓' }),
  bind(['compare'], 'Compare', ['pageup', 'ctrl+b'], 'page-up', 'a page up'),
  bind(['compare'], 'Compare', ['pagedown', 'ctrl+f', 'space'], 'page-down', 'a page down'),
  bind(['compare'], 'Compare', ['home', 'g'], 'start', 'to the top', { shown: 'Home g' }),
  bind(['compare'], 'Compare', ['end', 'G'], 'end', 'to the verdict', { shown: 'End G' }),
  bind(['compare'], 'Compare', ['s'], 'edit', 'look for another secret', { hint: 'secret' }),
  bind(['compare'], 'Compare', ['r'], 'again', 'measure again: a live capture has grown'),
  bind(['compare'], 'Compare', ['enter'], 'open', 'to the packets, at the first one with the secret', { hint: 'packets' }),
  bind(['secret'], 'Compare', ['enter'], 'apply', 'look for this text', { hint: 'look for it' }),
  bind(['secret'], 'Compare', ['escape'], 'cancel', 'leave it as it was', { hint: 'leave' }),

  bind(['start'], 'Start', ['up', 'k'], 'up', 'up', { shown: '↑ k' }),
  bind(['start'], 'Start', ['down', 'j'], 'down', 'down', { shown: '↓ j', hint: 'choose', hintKey: '↑ ↓' }),
  bind(['start'], 'Start', ['pageup', 'home', 'g'], 'start', 'to the start', { shown: 'Home g' }),
  bind(['start'], 'Start', ['pagedown', 'end', 'G'], 'end', 'to the end', { shown: 'End G' }),
  bind(['start'], 'Start', ['enter', 'space'], 'open', 'listen on it, open it, learn', { hint: 'open' }),
  bind(['start'], 'Start', ['c'], 'capture', 'a live capture: interface and filter', { hint: 'capture' }),
  bind(['lessons'], 'Lessons', ['up', 'k'], 'up', 'the lesson above', { shown: '↑ k' }),
  bind(['lessons'], 'Lessons', ['down', 'j'], 'down', 'the lesson below', { shown: '↓ j', hint: 'choose', hintKey: '↑ ↓' }),
  bind(['lessons'], 'Lessons', ['pageup', 'ctrl+b'], 'page-up', 'eight lessons up'),
  bind(['lessons'], 'Lessons', ['pagedown', 'ctrl+f'], 'page-down', 'eight lessons down'),
  bind(['lessons'], 'Lessons', ['home', 'g'], 'start', 'the first lesson', { shown: 'Home g' }),
  bind(['lessons'], 'Lessons', ['end', 'G'], 'end', 'the last lesson', { shown: 'End G' }),
  bind(['lessons'], 'Lessons', ['enter', 'space'], 'open', 'open the lesson with its bundled capture', { hint: 'open' }),
  bind(['lessons'], 'Lessons', ['r'], 'again', 'the same with packets made now: the demo really runs', { hint: 'live' }),
  bind(['lessons'], 'Lessons', ['t'], 'teacher', 'teacher mode: notes, answers, hiding them', { hint: 'teacher' }),
  bind(['lessons'], 'Lessons', ['z'], 'big', 'laid out for a very large font', { hint: 'large' }),
  bind(['lessons'], 'Lessons', ['L'], 'language', 'English or French', { hint: 'language' }),

  bind([...PANES, ...VIEWS], 'Program', ['?', 'f1'], 'help', 'this help', { hint: 'keys' }),
  bind(PANES, 'Program', ['q', 'escape'], 'back', 'back; at the top it asks once, then quits', { hint: 'quit', shown: 'q Esc' }),
  bind(['start'], 'Program', ['q', 'escape'], 'back', 'asks once, then quits', { hint: 'quit', shown: 'q Esc' }),
  bind(VIEWS_BACK, 'Program', ['q', 'escape'], 'back', 'back to where you came from; Esc first ends what runs', {
    hint: 'back',
    shown: 'q Esc',
  }),
  bind(EVERYWHERE, 'Program', ['ctrl+c'], 'interrupt', 'stop what runs: a capture, a load, a measurement; again: quit'),
  bind([...EVERYWHERE, 'lesson'], 'Program', ['ctrl+z'], 'suspend', 'suspend; fg comes back'),
  bind([...EVERYWHERE, 'lesson'], 'Program', ['ctrl+l'], 'redraw', 'draw the screen again'),

  bind(['help'], 'Help', ['up', 'k'], 'up', 'up', { shown: '↑ k' }),
  bind(['help'], 'Help', ['down', 'j', 'space'], 'down', 'down', { shown: '↓ j', hint: 'scroll' }),
  bind(['help'], 'Help', ['escape', 'q', '?', 'f1', 'enter'], 'cancel', 'close the help', { shown: 'Esc', hint: 'close' }),
  bind(['save'], 'Save', ['enter'], 'confirm', 'save', { hint: 'save' }),
  bind(['save'], 'Save', ['tab', 'up', 'down'], 'toggle', 'all packets, those displayed, or those marked', {
    shown: 'Tab',
    hint: 'which packets',
  }),
  bind(['save', 'capture', 'find', 'line'], 'Save', ['escape'], 'cancel', 'close', { hint: 'close' }),
  bind(['capture'], 'Capture dialog', ['up', 'shift+tab'], 'older', 'the interface above', { shown: '↑' }),
  bind(['capture'], 'Capture dialog', ['down', 'tab'], 'newer', 'the interface below', { shown: '↓', hint: 'interface' }),
  bind(['capture'], 'Capture dialog', ['enter'], 'confirm', 'start with this interface and filter', { hint: 'start' }),
  bind(['capture'], 'Capture dialog', ['ctrl+s'], 'stop', 'stop the running capture', { hint: 'stop' }),
  bind(['quit'], 'Quit', ['q', 'y', 'enter'], 'confirm', 'quit', { hint: 'quit', shown: 'q' }),
  bind(['quit'], 'Quit', ['escape', 'n'], 'cancel', 'stay', { hint: 'stay', shown: 'Esc' }),
]
