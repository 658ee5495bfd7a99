// What the keys do: each command reads the state, asks the session where it must, and dispatches plain actions.

import { type SafeText, safeText } from '../bytes/text.ts'
import { openColumns } from './columns.ts'
import { completeLine, confirmLine, openLine } from './command-line.ts'
import { openCopy, scrollCopied } from './copying.ts'
import {
  type DetailSizes,
  type DetailState,
  fold,
  foldAll,
  isOpen,
  moveRow,
  parentOf,
  selectByte,
  selectRow,
  showSource,
} from './detail.ts'
import { closeDialog, confirmCapture, confirmSave, moveInterface, openCapture, openSave, stopCapture, toggleSaved } from './dialogs.ts'
import { openFilterBy } from './filter-by.ts'
import { acceptRepair, applyFilter, leaveFilter, openFilter, recall } from './filtering.ts'
import { confirmFind, findAgain, openFind, turnFind } from './finding.ts'
import { goTo, jump, packetHere, revisit } from './goto.ts'
import type { Command, Context } from './keys.ts'
import { LENS_WORDS, turnLens } from './lens.ts'
import { say } from './line.ts'
import { select } from './list.ts'
import { grouped } from './measure.ts'
import { chooseInMenu, moveMenu } from './menu.ts'
import { type Shell, stopSession, tell } from './shell.ts'
import { resizeBy, turnLayout } from './sizes.ts'
import { listRows, PANE_ORDER, type State, TIME_CYCLE } from './state.ts'
import type { Store } from './store.ts'
import { followStream } from './views/follow/open.ts'
import { partOf } from './views/index.ts'
import { climb } from './views/ladder/index.ts'
import type { Table } from './views/part.ts'
import { showView } from './views/switch.ts'
import { cancelWork } from './views/work.ts'

export function contextOf(state: State): Context {
  if (state.dialog !== null) return state.dialog.kind
  return partOf(state)?.context(state) ?? (state.filter.box !== null ? 'filter' : state.focus)
}

export function runCommand(shell: Shell, command: Command): void {
  const context = contextOf(shell.store.state())
  const tables = [EVERYWHERE, partOf(shell.store.state())?.commands[context], COMMANDS[context], VIEW_COMMANDS]
  const run = tables.find((table) => table?.[command] !== undefined)?.[command]
  run?.(shell)
}

const EVERYWHERE: Table = {
  interrupt,
  suspend: (shell) => shell.suspend(),
  redraw: (shell) => shell.redraw(),
}

// What every view can do; a pane or a view may have its own meaning of it.
const VIEW_COMMANDS: Table = {
  'view-packets': (shell) => showView(shell, 'packets'),
  'view-exchanges': (shell) => showView(shell, 'exchanges'),
  'view-streams': (shell) => showView(shell, 'streams'),
  'view-statistics': (shell) => showView(shell, 'statistics'),
  'view-tls': (shell) => showView(shell, 'tls'),
  'view-compare': (shell) => showView(shell, 'compare'),
  'view-lessons': (shell) => showView(shell, 'lessons'),
  help: openHelp,
  back: leaveView,
}

const PANE_COMMANDS: Table = {
  up: ({ store }) => move(store, 'up'),
  down: ({ store }) => move(store, 'down'),
  left: ({ store }) => move(store, 'left'),
  right: ({ store }) => move(store, 'right'),
  'page-up': ({ store }) => move(store, 'page-up'),
  'page-down': ({ store }) => move(store, 'page-down'),
  start: ({ store }) => move(store, 'start'),
  end: ({ store }) => jump(store, () => goEnd(store)),
  'go-start': ({ store }) => jump(store, () => goStart(store)),
  'next-pane': ({ store }) => focusBy(store, 1),
  'previous-pane': ({ store }) => focusBy(store, -1),
  open: ({ store }) => open(store),
  filter: ({ store }) => openFilter(store),
  'previous-in-conversation': ({ store }) => stepInConversation(store, -1),
  'next-in-conversation': ({ store }) => stepInConversation(store, 1),
  mark: ({ store }) => mark(store),
  'next-mark': ({ store }) => nextMark(store),
  'expand-all': ({ store }) => store.dispatch({ type: 'detail', change: (detail, sizes) => foldAll(detail, true, sizes) }),
  'collapse-all': ({ store }) => store.dispatch({ type: 'detail', change: (detail, sizes) => foldAll(detail, false, sizes) }),
  lens: ({ store }) => turn(store),
  follow: (shell) => withStream(shell, followStream),
  ladder: (shell) => withStream(shell, climb),
  decrypt: ({ store }) => turnDecrypted(store),
  find: ({ store }) => openFind(store),
  copy: openCopy,
  columns: openColumns,
  layout: ({ store }) => turnLayout(store),
  taller: ({ store }) => resizeBy(store, 'list', 1),
  lower: ({ store }) => resizeBy(store, 'list', -1),
  wider: ({ store }) => resizeBy(store, 'hex', 2),
  narrower: ({ store }) => resizeBy(store, 'hex', -2),
  reference: ({ store }) => turnReference(store),
  line: ({ store }) => openLine(store),
  'filter-by': openFilterBy,
  'find-next': (shell) => findAgain(shell, 1),
  'find-previous': (shell) => findAgain(shell, -1),
  'visit-back': ({ store }) => revisit(store, 'back'),
  'visit-forward': ({ store }) => revisit(store, 'forward'),
  zoom: ({ store }) => store.dispatch({ type: 'zoom' }),
  time: ({ store }) => nextTime(store),
  save: ({ store }) => openSave(store),
  capture: openCapture,
  pause: ({ store }) => pause(store),
  help: openHelp,
  back: ({ store }) => back(store),
}

const COMMANDS: Readonly<Partial<Record<Context, Table>>> = {
  list: PANE_COMMANDS,
  tree: PANE_COMMANDS,
  hex: PANE_COMMANDS,
  filter: {
    apply: ({ store }) => applyFilter(store),
    cancel: ({ store }) => leaveFilter(store),
    complete: ({ store }) => acceptRepair(store),
    older: ({ store }) => recall(store, -1),
    newer: ({ store }) => recall(store, 1),
  },
  help: {
    up: ({ store }) => scrollHelp(store, -1),
    down: ({ store }) => scrollHelp(store, 1),
    'page-up': ({ store }) => scrollHelp(store, -helpPage(store)),
    'page-down': ({ store }) => scrollHelp(store, helpPage(store)),
    cancel: closeDialog,
  },
  save: { toggle: ({ store }) => toggleSaved(store), confirm: ({ store }) => confirmSave(store), cancel: closeDialog },
  capture: {
    older: ({ store }) => moveInterface(store, -1),
    newer: ({ store }) => moveInterface(store, 1),
    confirm: confirmCapture,
    stop: stopCapture,
    cancel: closeDialog,
  },
  line: { confirm: (shell) => confirmLine(shell, runCommand), complete: ({ store }) => completeLine(store), cancel: closeDialog },
  find: { toggle: ({ store }) => turnFind(store), confirm: confirmFind, cancel: closeDialog },
  menu: {
    up: ({ store }) => moveMenu(store, -1),
    down: ({ store }) => moveMenu(store, 1),
    confirm: chooseInMenu,
    cancel: closeDialog,
  },
  copied: { up: ({ store }) => scrollCopied(store, -1), down: ({ store }) => scrollCopied(store, 1), cancel: closeDialog },
  quit: { confirm: (shell) => shell.quit(), cancel: closeDialog },
}

/** Where keys go while the packets are on the screen. */
const PACKETS: readonly Context[] = ['list', 'tree', 'hex', 'filter', 'save', 'capture', 'find', 'menu', 'line', 'quit']

/** The keys of the view at hand. */
function openHelp({ store }: Shell): void {
  const state = store.state()
  const contexts: readonly Context[] = state.view === 'packets' ? PACKETS : [contextOf(state)]
  store.dispatch({ type: 'dialog', dialog: { kind: 'help', top: 0, contexts } })
}

/** q and Esc of a view: first end what it works at, then leave it. */
function leaveView(shell: Shell): void {
  const { view } = shell.store.state()
  if (cancelWork(shell, view)) tell(shell.store, say`Stopped. q goes back; r begins again.`)
  else shell.store.dispatch({ type: 'leave' })
}

function helpPage(store: Store): number {
  return Math.max(1, store.state().rows - 6)
}

function scrollHelp(store: Store, by: number): void {
  const { dialog } = store.state()
  if (dialog?.kind === 'help') store.dispatch({ type: 'dialog', dialog: { ...dialog, top: Math.max(0, dialog.top + by) } })
}

type Move = 'up' | 'down' | 'left' | 'right' | 'page-up' | 'page-down' | 'start' | 'end'

function move(store: Store, to: Move): void {
  const { focus } = store.state()
  if (focus === 'list') moveList(store, to)
  else if (focus === 'tree') store.dispatch({ type: 'detail', change: (detail, sizes) => moveTree(detail, to, sizes) })
  else store.dispatch({ type: 'detail', change: (detail, sizes) => moveByte(detail, to, sizes) })
}

function moveList(store: Store, to: Move): void {
  const state = store.state()
  const page = Math.max(1, listRows(state) - 1)
  const by = { up: -1, down: 1, 'page-up': -page, 'page-down': page, start: -state.list.count, end: state.list.count, left: 0, right: 0 }[
    to
  ]
  if (by !== 0) store.dispatch({ type: 'list', change: (list, height, grows) => select(list, list.cursor + by, height, grows) })
}

function moveTree(detail: DetailState, to: Move, sizes: DetailSizes): DetailState {
  const row = detail.packet?.rows[detail.row]
  const page = Math.max(1, sizes.treeRows - 1)
  switch (to) {
    case 'left':
      if (row === undefined) return detail
      return row.hasChildren && isOpen(detail, row)
        ? fold(detail, row.id, false, sizes)
        : selectRow(detail, parentOf(detail, row.id), sizes)
    case 'right':
      if (row === undefined || !row.hasChildren) return detail
      return isOpen(detail, row) ? moveRow(detail, 1, sizes) : fold(detail, row.id, true, sizes)
    default: {
      const all = detail.visible.length
      return moveRow(detail, { up: -1, down: 1, 'page-up': -page, 'page-down': page, start: -all, end: all }[to], sizes)
    }
  }
}

function moveByte(detail: DetailState, to: Move, sizes: DetailSizes): DetailState {
  const line = sizes.bytesPerLine
  const page = line * Math.max(1, sizes.hexLines - 1)
  const all = detail.packet?.sources[detail.source]?.bytes.length ?? 0
  const by = { up: -line, down: line, left: -1, right: 1, 'page-up': -page, 'page-down': page, start: -all, end: all }[to]
  return selectByte(detail, detail.source, detail.byte + by, sizes)
}

function goEnd(store: Store): void {
  const { digits } = store.state()
  if (digits === '') move(store, 'end')
  else goTo(store, Number(digits))
}

// The first g only arms; the second goes.
function goStart(store: Store): void {
  const { digits, pendingG } = store.state()
  if (!pendingG) store.dispatch({ type: 'count', digits, pendingG: true })
  else if (digits === '') move(store, 'start')
  else goTo(store, Number(digits))
}

function focusBy(store: Store, step: number): void {
  const { focus } = store.state()
  const next = PANE_ORDER[(PANE_ORDER.indexOf(focus) + step + PANE_ORDER.length) % PANE_ORDER.length]
  if (next !== undefined) store.dispatch({ type: 'focus', pane: next })
}

function open(store: Store): void {
  const { detail, focus } = store.state()
  if (focus === 'list') store.dispatch({ type: 'focus', pane: 'tree' })
  else if (focus === 'hex') store.dispatch({ type: 'detail', change: (before, sizes) => showSource(before, before.source + 1, sizes) })
  else store.dispatch({ type: 'detail', change: (before, sizes) => toggleRow(before, detail.row, sizes) })
}

function toggleRow(detail: DetailState, id: number, sizes: DetailSizes): DetailState {
  const row = detail.packet?.rows[id]
  return row?.hasChildren ? fold(detail, id, !isOpen(detail, row), sizes) : detail
}

function stepInConversation(store: Store, step: 1 | -1): void {
  const session = store.session()
  const view = store.view()
  const { cursor } = store.state().list
  if (session?.neighbour === undefined || view === null || cursor < 0) {
    tell(store, say`There is no conversation to step through here.`)
    return
  }
  const position = session.neighbour(view, cursor, step)
  if (position >= 0) store.dispatch({ type: 'list', change: (list, height, grows) => select(list, position, height, grows) })
  else tell(store, step > 0 ? say`This is the last packet of its conversation.` : say`This is the first packet of its conversation.`)
}

function mark(store: Store): void {
  const view = store.view()
  const { list, marks } = store.state()
  if (view === null || list.cursor < 0) return
  const packet = view.packetAt(list.cursor)
  store.dispatch({ type: 'mark', packet })
  tell(
    store,
    marks.includes(packet)
      ? say`Packet ${grouped(packet)} is no longer marked.`
      : say`Packet ${grouped(packet)} is marked; ' jumps between marks.`,
  )
}

function nextMark(store: Store): void {
  const view = store.view()
  const { list, marks } = store.state()
  const secrets = store.session()?.secretPackets?.() ?? []
  const all = [...new Set([...marks, ...secrets])].sort((a, b) => a - b)
  if (view === null || list.cursor < 0) return
  const here = view.packetAt(list.cursor)
  const next = all.find((packet) => packet > here) ?? all[0]
  if (next === undefined) tell(store, say`No packet is marked. m marks the selected one.`)
  else jump(store, () => goTo(store, next))
}

/** Between the frame and the bytes that a key has opened in it. */
function turnDecrypted(store: Store): void {
  let words = say`No key has opened anything in this packet. Start wiretail with --keylog FILE, or --fernet-key KEY.`
  const change = (detail: DetailState, sizes: DetailSizes): DetailState => {
    const opened = largestOpened(detail)
    if (opened < 0) return detail
    const sealed = detail.source === 0
    words = sealed ? say`As opened: a stranger does not see these bytes. D shows them sealed.` : say`As sent. D shows them opened.`
    return showSource(detail, sealed ? opened : 0, sizes)
  }
  store.dispatch({ type: 'detail', change })
  tell(store, words)
}

/** The source with most of what was opened, -1 where nothing was. */
function largestOpened({ packet }: DetailState): number {
  let largest = -1
  for (const [at, { name, bytes }] of (packet?.sources ?? []).entries())
    if (name.startsWith('Decrypted') && bytes.length > (packet?.sources[largest]?.bytes.length ?? -1)) largest = at
  return largest
}

/** The stream of the selected packet. */
function streamHere({ store }: Shell): { readonly kind: 'tcp' | 'udp'; readonly stream: number } | null {
  const view = store.view()
  const { cursor } = store.state().list
  const memory = store.session()?.capture?.memory
  if (view === null || cursor < 0 || memory === undefined) return null
  const packet = view.packetAt(cursor)
  const stream = memory.streamOf(memory.flowOf(packet, 0))
  return stream < 0 ? null : { kind: memory.tcpStreamOf(packet) >= 0 ? 'tcp' : 'udp', stream }
}

function withStream(shell: Shell, show: (shell: Shell, kind: 'tcp' | 'udp', stream: number) => void): void {
  const here = streamHere(shell)
  if (here === null) tell(shell.store, say`This packet belongs to no stream of TCP or UDP.`)
  else show(shell, here.kind, here.stream)
}

function turn(store: Store): void {
  const lens = turnLens(store.state().lens)
  store.dispatch({ type: 'lens', lens })
  tell(store, LENS_WORDS[lens.mode])
}

const TIME_WORDS: Readonly<Record<string, SafeText>> = {
  r: say`seconds since the first packet`,
  d: say`seconds since the packet before`,
  a: say`time of day`,
  ad: say`date and time of day`,
  e: say`seconds since 1970`,
}

function nextTime(store: Store): void {
  const { time } = store.state()
  const next = TIME_CYCLE[(TIME_CYCLE.indexOf(time) + 1) % TIME_CYCLE.length] ?? 'r'
  store.dispatch({ type: 'time', time: next })
  tell(store, say`Time: ${TIME_WORDS[next] ?? safeText(next)}.`)
}

/** T: times count from the selected packet on. */
function turnReference(store: Store): void {
  const here = packetHere(store)
  if (here === 0) return
  const packet = here === store.state().reference ? 1 : here
  store.dispatch({ type: 'reference', packet })
  store.dispatch({ type: 'time', time: 'r' })
  tell(
    store,
    packet === 1 ? say`Time: seconds since the first packet.` : say`Time: seconds since packet ${grouped(packet)}, from there on.`,
  )
}

function pause(store: Store): void {
  const { state } = store.state().status
  if (state === 'live') {
    store.session()?.pause(true)
    tell(store, say`Paused. p goes on.`)
  } else if (state === 'paused') {
    store.session()?.pause(false)
    tell(store, say`Going on.`)
  } else tell(store, say`Nothing is being captured. c starts a capture.`)
}

function back(store: Store): void {
  const state = store.state()
  if (state.zoom) store.dispatch({ type: 'zoom' })
  else if (state.focus !== 'list') store.dispatch({ type: 'focus', pane: 'list' })
  else askToQuit(store)
}

function askToQuit(store: Store): void {
  const { status } = store.state()
  const live = status.state === 'live' || status.state === 'paused'
  const reason =
    live && status.packets > 0
      ? say`The capture is running, and its ${grouped(status.packets)} packets are not saved. w saves them.`
      : say``
  store.dispatch({ type: 'dialog', dialog: { kind: 'quit', reason } })
}

/** Ctrl-C: the first stops what runs and says so, the next quits. */
function interrupt(shell: Shell): void {
  const { store } = shell
  if (cancelWork(shell)) {
    tell(store, say`Stopped. What was found so far stays. Ctrl-C again quits.`)
    return
  }
  const { status } = store.state()
  const running = status.state === 'opening' || status.state === 'live' || status.state === 'paused'
  if (!running || !stopSession(shell)) {
    shell.quit()
    return
  }
  const what = status.state === 'opening' ? say`Reading is stopped` : say`The capture is stopped`
  tell(store, say`${what}; its ${grouped(status.packets)} packets stay. Ctrl-C again quits.`)
}
