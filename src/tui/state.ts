// Everything that the screen is made of, and the pure step from one state to the next. Nothing here knows React, the terminal or
// the engine's workings; what must be asked of the session comes in with the action.

import type { SafeText } from '../bytes/text.ts'
import type { ColourRule } from '../engine/colours.ts'
import type { FindKind } from '../engine/find.ts'
import type { FieldColumn, OwnColumn } from '../engine/settings-file.ts'
import type { ByteRange, Completion, FilterCheck, PacketDetail, PacketLine, SessionStatus, TimeFormat } from '../engine/types.ts'
import type { Context } from './bindings.ts'
import type { CaptureInterface } from './control.ts'
import { type DetailSizes, type DetailState, EMPTY_DETAIL, keepInSight, showPacket } from './detail.ts'
import { type LensState, NO_LENS } from './lens.ts'
import { EMPTY_LIST, grow, type ListState, reveal, select } from './list.ts'
import { bytesPerLine, type ColumnWidths, EMPTY_WIDTHS } from './measure.ts'
import { boxOf, type TextBox } from './textbox.ts'
import type { ViewName } from './views/names.ts'
import type { Run } from './views/part.ts'
import { INITIAL_SLICES, type Slices } from './views/slices.ts'

export type PaneName = 'list' | 'tree' | 'hex'

export const PANE_ORDER: readonly PaneName[] = ['list', 'tree', 'hex']

/** A pane's place on the screen, in cells from 0. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where the panes that are on the screen stand, by name. */
export type Geometry = ReadonlyMap<string, Rect>

export interface FilterState {
  /** The filter whose view is on the screen. */
  readonly applied: string
  /** The box while it is being typed into, else null. */
  readonly box: TextBox | null
  readonly check: FilterCheck
  /** How many packets the text in the box selects so far; null while nothing counts. */
  readonly counting: Counting | null
  /** Applied filters, oldest first. */
  readonly history: readonly string[]
  /** Where ↑ and ↓ stand in the history; its length is the text being typed. */
  readonly historyAt: number
  readonly completions: readonly Completion[]
  /** Chosen completion, -1 while none is. */
  readonly choice: number
}

export interface Counting {
  readonly count: number
  readonly examined: number
}

export type Dialog =
  | {
      readonly kind: 'help'
      readonly top: number
      /** Whose keys it tells. */
      readonly contexts: readonly Context[]
    }
  | {
      readonly kind: 'save'
      readonly box: TextBox
      readonly what: 'all' | 'displayed' | 'marked'
      readonly busy: boolean
      readonly problem: SafeText
    }
  | {
      readonly kind: 'capture'
      /** null while they are being looked up. */
      readonly interfaces: readonly CaptureInterface[] | null
      readonly choice: number
      readonly box: TextBox
      readonly check: FilterCheck
      readonly busy: boolean
      readonly problem: SafeText
    }
  | {
      readonly kind: 'find'
      readonly box: TextBox
      readonly how: FindKind
      readonly problem: SafeText
    }
  | { readonly kind: 'menu'; readonly title: SafeText; readonly items: readonly MenuItem[]; readonly choice: number }
  | { readonly kind: 'copied'; readonly lines: readonly SafeText[]; readonly top: number }
  | { readonly kind: 'line'; readonly box: TextBox; readonly problem: SafeText }
  | { readonly kind: 'quit'; readonly reason: SafeText }

/** Which columns the list has. */
export interface ColumnChoice {
  readonly hidden: readonly OwnColumn[]
  readonly fields: readonly FieldColumn[]
}

/** How the three panes share the screen. */
export interface Sizes {
  readonly layout: Layout
  /** Rows that the list has more than it would have by itself; cells that the bytes have more. */
  readonly list: number
  readonly hex: number
  /** The border that the mouse holds. */
  readonly held: 'rows' | 'columns' | null
}

/** under: layers and bytes side by side under the list; stacked: one under the other; single: the layers or the bytes, whole. */
export const LAYOUTS = ['under', 'stacked', 'single'] as const
export type Layout = (typeof LAYOUTS)[number]

/** A line of a menu. */
export interface MenuItem {
  /** The key that does it at once. */
  readonly key: string
  readonly label: SafeText
  /** What it would do, in its own words: the filter, the text. */
  readonly about: SafeText
  readonly run: Run
}

/** What was looked for last; nothing while `what` is empty. */
export interface Finding {
  readonly how: FindKind
  readonly what: string
}

/** Packets from which a jump led away, the last one at the end, and those that H came back from. */
export interface Visited {
  readonly back: readonly number[]
  readonly forward: readonly number[]
}

export const NOWHERE: Visited = { back: [], forward: [] }

export interface Notice {
  readonly text: SafeText
  readonly tone: 'note' | 'good' | 'bad'
}

export interface State {
  readonly columns: number
  readonly rows: number
  readonly geometry: Geometry
  /** What fills the screen between the title and the footer. */
  readonly view: ViewName
  /** The views behind it, that q goes back to; the packets are behind all of them. */
  readonly trail: readonly ViewName[]
  /** What the views remember, each its own part. */
  readonly slices: Slices
  readonly focus: PaneName
  readonly zoom: boolean
  readonly status: SessionStatus
  /** Indexing speed while opening, packets a second; 0 while unknown. */
  readonly rate: number
  readonly list: ListState
  /** How far the view has looked. */
  readonly examined: number
  /** The lines on the screen: those of positions from `windowFrom`. */
  readonly window: readonly PacketLine[]
  readonly windowFrom: number
  readonly widths: ColumnWidths
  readonly detail: DetailState
  readonly lens: LensState
  readonly filter: FilterState
  readonly time: TimeFormat
  readonly marks: readonly number[]
  readonly columnsShown: ColumnChoice
  readonly rules: readonly ColourRule[]
  /** Packet that times count from; 1 unless T chose another. */
  readonly reference: number
  readonly sizes: Sizes
  readonly finding: Finding
  readonly visited: Visited
  readonly dialog: Dialog | null
  /** A sentence in the footer's place, until the next key. */
  readonly notice: Notice | null
  /** Digits typed before g or G. */
  readonly digits: string
  /** g was typed once. */
  readonly pendingG: boolean
}

export const TIME_CYCLE: readonly TimeFormat[] = ['r', 'd', 'a', 'ad', 'e']

export const IDLE_STATUS: SessionStatus = {
  title: 'no capture' as SafeText,
  state: 'stopped',
  packets: 0,
  bytesRead: 0,
  bytesTotal: 0,
  dropped: null,
  timeSource: '' as SafeText,
  elapsed: 0,
  task: '' as SafeText,
  problem: '' as SafeText,
}

/** Lines between the title and the filter: a lesson's question, a problem. */
export function headLines(status: SessionStatus): number {
  return Number(status.task !== '') + Number(status.problem !== '')
}

export function initialState(columns: number, rows: number, filter: string): State {
  return {
    columns,
    rows,
    geometry: new Map(),
    view: 'packets',
    trail: [],
    slices: INITIAL_SLICES,
    focus: 'list',
    zoom: false,
    status: IDLE_STATUS,
    rate: 0,
    list: EMPTY_LIST,
    examined: 0,
    window: [],
    windowFrom: 0,
    widths: EMPTY_WIDTHS,
    detail: EMPTY_DETAIL,
    lens: NO_LENS,
    filter: {
      applied: filter,
      box: null,
      check: { ok: true },
      counting: null,
      history: filter === '' ? [] : [filter],
      historyAt: 0,
      completions: [],
      choice: -1,
    },
    time: 'r',
    marks: [],
    columnsShown: { hidden: [], fields: [] },
    rules: [],
    reference: 1,
    sizes: { layout: 'under', list: 0, hex: 0, held: null },
    finding: { how: 'text', what: '' },
    visited: NOWHERE,
    dialog: null,
    notice: null,
    digits: '',
    pendingG: false,
  }
}

export type Action =
  | { type: 'resize'; columns: number; rows: number }
  | { type: 'geometry'; geometry: Geometry }
  /** News from the session: how much there is now. `anchorAt` is the position of the packet to select again, -1 while it is not known. */
  | { type: 'news'; status: SessionStatus; rate: number; count: number; examined: number; anchorAt: number; counting: Counting | null }
  /** Another view of the same session; `anchor` is the packet to select again. */
  | { type: 'view'; applied: string; count: number; anchor: number }
  /** Another session. */
  | { type: 'session'; applied: string; status: SessionStatus; count: number }
  | { type: 'window'; from: number; lines: readonly PacketLine[]; widths: ColumnWidths }
  | { type: 'packet'; packet: PacketDetail | null; secrets: readonly ByteRange[] }
  | { type: 'list'; change: (list: ListState, height: number, grows: boolean) => ListState }
  | { type: 'detail'; change: (detail: DetailState, sizes: DetailSizes) => DetailState }
  /** Another view on the screen; `over` remembers the one before. */
  | { type: 'show'; view: ViewName; over: boolean }
  /** Back to the view before. */
  | { type: 'leave' }
  | { type: 'slice'; change: (slices: Slices) => Slices }
  | { type: 'lens'; lens: LensState }
  | { type: 'focus'; pane: PaneName }
  | { type: 'zoom' }
  | { type: 'time'; time: TimeFormat }
  | { type: 'mark'; packet: number }
  | { type: 'columns'; shown: ColumnChoice }
  | { type: 'rules'; rules: readonly ColourRule[] }
  | { type: 'reference'; packet: number }
  | { type: 'sizes'; sizes: Partial<Sizes> }
  | { type: 'finding'; finding: Finding }
  | { type: 'visited'; visited: Visited }
  | { type: 'filter'; change: Partial<FilterState> }
  | { type: 'dialog'; dialog: Dialog | null }
  | { type: 'notice'; notice: Notice | null }
  | { type: 'count'; digits: string; pendingG: boolean }

/** The next state. Pure: the same state and action give the same result. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'resize':
      return { ...state, columns: action.columns, rows: action.rows, widths: EMPTY_WIDTHS }
    case 'geometry':
      // While another view is on the screen the packets have no size, and stay as they were.
      return state.view === 'packets' ? relayout({ ...state, geometry: action.geometry }) : { ...state, geometry: action.geometry }
    case 'news':
      return withNews(state, action)
    case 'view':
      return withView(state, action)
    case 'session':
      return withSession(state, action)
    case 'window':
      return { ...state, windowFrom: action.from, window: action.lines, widths: action.widths }
    case 'packet':
      return { ...state, detail: showPacket(state.detail, action.packet, action.secrets, sizesOf(state)) }
    case 'list':
      return { ...state, list: action.change(state.list, listRows(state), growing(state)) }
    case 'detail':
      return { ...state, detail: action.change(state.detail, sizesOf(state)) }
    case 'show':
      return { ...state, view: action.view, trail: action.over ? [...state.trail, state.view] : [] }
    case 'leave':
      return { ...state, view: state.trail.at(-1) ?? 'packets', trail: state.trail.slice(0, -1) }
    case 'slice':
      return { ...state, slices: action.change(state.slices) }
    case 'lens':
      return relayout({ ...state, lens: action.lens })
    case 'focus':
      return { ...state, focus: action.pane }
    case 'zoom':
      return { ...state, zoom: !state.zoom }
    case 'time':
      return { ...state, time: action.time, widths: EMPTY_WIDTHS }
    case 'mark':
      return { ...state, marks: toggled(state.marks, action.packet) }
    case 'columns':
      return { ...state, columnsShown: action.shown, widths: EMPTY_WIDTHS }
    case 'rules':
      return { ...state, rules: action.rules }
    case 'reference':
      return { ...state, reference: action.packet, widths: EMPTY_WIDTHS }
    case 'sizes':
      return { ...state, sizes: { ...state.sizes, ...action.sizes } }
    case 'finding':
      return { ...state, finding: action.finding }
    case 'visited':
      return { ...state, visited: action.visited }
    case 'filter':
      return { ...state, filter: { ...state.filter, ...action.change } }
    case 'dialog':
      return { ...state, dialog: action.dialog }
    case 'notice':
      return { ...state, notice: action.notice }
    case 'count':
      return { ...state, digits: action.digits, pendingG: action.pendingG }
  }
}

/** Rows of packets that the list has room for: all but its heading. */
export function listRows(state: State): number {
  return Math.max(0, (state.geometry.get('list')?.height ?? 0) - 1)
}

/** True while packets may still be added at the end. */
export function growing(state: State): boolean {
  return state.status.state === 'live' || state.status.state === 'paused'
}

export function sizesOf(state: State): DetailSizes {
  const tree = state.geometry.get('tree')
  const hex = state.geometry.get('hex')
  return {
    treeRows: Math.max(0, (tree?.height ?? 0) - 1),
    // The lens takes the last line for its legend.
    hexLines: Math.max(0, (hex?.height ?? 0) - (state.lens.mode === 'off' ? 1 : 2)),
    bytesPerLine: bytesPerLine(hex?.width ?? 0),
  }
}

/** The pane that really is on the screen when all cannot be: zoomed, or a terminal too small for three. */
export function alone(state: State): boolean {
  return state.zoom || state.rows < 16 || state.columns < 60
}

// Sizes have changed: keep what is selected in sight.
function relayout(state: State): State {
  const height = listRows(state)
  const { list, detail } = state
  const shown = list.cursor < 0 ? list : { ...list, top: reveal(list.top, list.cursor, height, list.count) }
  return { ...state, list: shown, detail: keepInSight(detail, sizesOf(state)) }
}

function withNews(state: State, news: Extract<Action, { type: 'news' }>): State {
  const next = { ...state, status: news.status, rate: news.rate, examined: news.examined }
  const height = listRows(state)
  let list = grow(state.list, news.count, height)
  if (list.anchor !== 0 && news.anchorAt >= 0) list = { ...select(list, news.anchorAt, height, false), follow: list.follow }
  return { ...next, list, filter: news.counting === state.filter.counting ? state.filter : { ...state.filter, counting: news.counting } }
}

function withView(state: State, view: Extract<Action, { type: 'view' }>): State {
  const list: ListState = {
    ...EMPTY_LIST,
    count: view.count,
    cursor: view.count > 0 ? 0 : -1,
    anchor: view.anchor,
    follow: state.list.follow,
  }
  return { ...state, list, filter: applied(state.filter, view.applied), window: [], windowFrom: 0, examined: 0 }
}

function withSession(state: State, session: Extract<Action, { type: 'session' }>): State {
  return {
    ...state,
    status: session.status,
    list: { ...EMPTY_LIST, count: session.count, cursor: session.count > 0 ? 0 : -1, follow: session.status.state === 'live' },
    filter: applied(state.filter, session.applied),
    window: [],
    windowFrom: 0,
    examined: 0,
    view: state.view === 'start' ? 'packets' : state.view,
    widths: EMPTY_WIDTHS,
    marks: [],
    visited: NOWHERE,
    reference: 1,
    detail: { ...EMPTY_DETAIL, folds: state.detail.folds },
    dialog: null,
  }
}

function applied(filter: FilterState, text: string): FilterState {
  const history = text === '' ? filter.history : [...filter.history.filter((old) => old !== text), text]
  return { ...filter, applied: text, box: null, check: { ok: true }, counting: null, completions: [], choice: -1, history }
}

function toggled(marks: readonly number[], packet: number): readonly number[] {
  return marks.includes(packet) ? marks.filter((mark) => mark !== packet) : [...marks, packet].sort((a, b) => a - b)
}

/** The filter box opened with the applied filter in it. */
export function openedFilter(state: State): Partial<FilterState> {
  return { box: boxOf(state.filter.applied), check: { ok: true }, historyAt: state.filter.history.length, completions: [], choice: -1 }
}
