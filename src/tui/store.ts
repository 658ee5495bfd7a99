// Holds the state and the session it shows. Keys commit at once; news from the session at most every 33 ms, and not at all when a
// key has just been painted, because that frame carried the news along.

import type { PacketLine, Session, TimeFormat, View } from '../engine/types.ts'
import { settleLens } from './lens.ts'
import { say } from './line.ts'
import { select } from './list.ts'
import { grouped, widen } from './measure.ts'
import { type Action, initialState, listRows, reduce, type State } from './state.ts'

/** Shortest time between two frames that only bring news, ms. */
const NEWS_INTERVAL = 33
/** While a file is being opened and the screen is full, news are only numbers: the time is better spent on reading. */
const OPENING_INTERVAL = 120
/** A live title counts seconds even when no packet comes. */
const CLOCK_INTERVAL = 1000
/** Lines kept so that scrolling by one makes one line. */
const LINES_KEPT = 2048

export interface Store {
  state(): State
  session(): Session | null
  view(): View | null
  /** Counts the frames that were asked for; what React watches. */
  version(): number
  subscribe(listener: () => void): () => void
  dispatch(action: Action): void
  /** Asks for a frame: after input, once per read. */
  commit(): void
  /** Asks for a frame that only brings news: soon, and not more often than those of the session. */
  refresh(): void
  /** Loads what the frame about to be painted shows: visible lines, the selected packet. */
  settle(): void
  /** Tells that a frame has been painted. */
  painted(): void
  /** Shows another session; the one before is closed. */
  open(session: Session, filter: string): void
  /** Shows another view of the session. */
  applyFilter(filter: string): void
  /** Counts what a filter would select, beside the view on the screen; null stops counting. */
  countFilter(filter: string | null): void
  close(): Promise<void>
}

export function createStore(columns: number, rows: number): Store {
  let state = initialState(columns, rows, '')
  let session: Session | null = null
  let view: View | null = null
  let counted: View | null = null
  let unsubscribe = (): void => {}
  let version = 0
  let paintedAt = 0
  let timer: NodeJS.Timeout | undefined
  let clockTimer: NodeJS.Timeout | undefined
  let speed = createSpeed()
  // Grows with everything that can change what lines and details say: a packet may be completed by later ones.
  let stamp = ''
  let detailStamp = ''
  let secretsFound = 0
  let closed = false
  const listeners = new Set<() => void>()
  const lines = createLineCache()
  let looked: Pick<State, 'columnsShown' | 'rules' | 'reference'> & { session: Session | null } = {
    columnsShown: state.columnsShown,
    rules: state.rules,
    reference: state.reference,
    session: null,
  }

  const dispatch = (action: Action): void => {
    // The tree and the bytes that keys move over must be those of the packet that earlier keys of the same read have selected.
    if (action.type === 'detail') settleDetail()
    state = reduce(state, action)
  }

  const commit = (): void => {
    // A key that quits is still followed by a commit; the clock of a live capture must not be wound up again then.
    if (closed) return
    clearTimeout(timer)
    timer = undefined
    readNews()
    version++
    for (const listener of listeners) listener()
  }

  const onNews = (): void => {
    if (closed || timer !== undefined) return
    const filled = state.status.state === 'opening' && state.window.length > 0 && state.window.length >= listRows(state)
    timer = setTimeout(commit, Math.max(0, paintedAt + (filled ? OPENING_INTERVAL : NEWS_INTERVAL) - performance.now()))
  }

  const readNews = (): void => {
    if (session === null || view === null) return
    const status = session.status()
    const rate = status.state === 'opening' ? speed.measure(status.packets, performance.now()) : 0
    const { anchor } = state.list
    const found = anchor !== 0 && (view.examined >= anchor || view.examined >= status.packets)
    const anchorAt = found ? view.positionOf(anchor) : -1
    const secrets = session.secretPackets?.() ?? []
    if (secretsFound === 0 && secrets.length > 0 && status.state === 'live') {
      const text = say`◆ Packet ${grouped(secrets[0] ?? 0)} carries the secret, for anyone to read. ' goes there.`
      dispatch({ type: 'notice', notice: { text, tone: 'note' } })
    }
    const finding = secretsFound === 0 && secrets.length > 0 && status.task !== ''
    secretsFound = secrets.length
    stamp = `${status.packets} ${status.state} ${secrets.length}`
    const counting = counted === null ? null : { count: counted.count, examined: counted.examined }
    dispatch({ type: 'news', status, rate, count: view.count, examined: view.examined, anchorAt, counting })
    if (finding) {
      // A lesson asks for this very packet: the list stops following, and its bytes are shown.
      const position = view.positionOf(secrets[0] ?? 1)
      dispatch({ type: 'list', change: (list, height, grows) => select(list, position, height, grows) })
    }
    tickClock(status.state === 'live')
  }

  const tickClock = (live: boolean): void => {
    clearTimeout(clockTimer)
    clockTimer = live ? setTimeout(onNews, CLOCK_INTERVAL) : undefined
  }

  const settle = (): void => {
    // Behind another view the panes have no size to be settled for.
    if (state.view !== 'packets') return
    settleWindow()
    settleDetail()
    const lens = settleLens(state.lens, session?.capture, state.detail, stamp)
    if (lens !== state.lens) dispatch({ type: 'lens', lens })
  }

  // The session is told what else its lines are to show, when that has changed or when it is another one.
  const settleLook = (): void => {
    const { columnsShown, rules, reference } = state
    const same = columnsShown === looked.columnsShown && rules === looked.rules && reference === looked.reference
    if (session === null || (same && session === looked.session)) return
    const plain = columnsShown.fields.length === 0 && rules.length === 0 && reference === 1
    if (!plain || looked.session === session) {
      session.decorate?.({ fields: columnsShown.fields.map(({ field }) => field), rules, reference })
      lines.clear()
    }
    looked = { columnsShown, rules, reference, session }
  }

  const settleWindow = (): void => {
    settleLook()
    const { list, time } = state
    const count = Math.min(listRows(state), Math.max(0, list.count - list.top))
    const shown = session === null || view === null ? [] : lines.read(session, view, list.top, count, time, stamp)
    if (shown === state.window && state.windowFrom === list.top) return
    dispatch({ type: 'window', from: list.top, lines: shown, widths: widen(state.widths, shown, state.columns) })
  }

  const settleDetail = (): void => {
    const { cursor, count } = state.list
    const number = session === null || view === null || cursor < 0 || cursor >= count ? 0 : view.packetAt(cursor)
    const same = number === (state.detail.packet?.number ?? 0)
    if (same && (number === 0 || stamp === detailStamp)) return
    detailStamp = stamp
    const packet = session === null || number === 0 ? null : session.detail(number)
    const secrets = packet === null ? [] : (session?.secretRanges?.(number) ?? [])
    state = reduce(state, { type: 'packet', packet, secrets })
  }

  const selectedPacket = (): number => (view !== null && state.list.cursor >= 0 ? view.packetAt(state.list.cursor) : 0)

  return {
    state: () => state,
    session: () => session,
    view: () => view,
    version: () => version,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dispatch,
    commit,
    refresh: onNews,
    settle,
    painted() {
      paintedAt = performance.now()
    },
    open(next, filter) {
      const before = session
      unsubscribe()
      session = next
      speed = createSpeed()
      secretsFound = 0
      lines.clear()
      counted = null
      view = next.select(filter)
      unsubscribe = next.subscribe(onNews)
      dispatch({ type: 'session', applied: filter, status: next.status(), count: view.count })
      commit()
      void before?.close()
    },
    applyFilter(filter) {
      if (session === null) return
      const anchor = selectedPacket()
      view = counted !== null && counted.filter === filter ? counted : session.select(filter)
      counted = null
      lines.clear()
      dispatch({ type: 'view', applied: filter, count: view.count, anchor })
      commit()
    },
    countFilter(filter) {
      if (session === null || view === null) return
      if (filter !== null && filter !== view.filter) counted = session.select(filter)
      else if (counted !== null) {
        // Counting another filter has ended the running of the one on the screen: run it again, and come back to the same packet.
        counted = null
        const anchor = selectedPacket()
        view = session.select(view.filter)
        lines.clear()
        const box = state.filter.box
        dispatch({ type: 'view', applied: view.filter, count: view.count, anchor })
        dispatch({ type: 'filter', change: { box } })
      }
    },
    async close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(clockTimer)
      unsubscribe()
      await session?.close()
    },
  }
}

/** Packets a second over the last half second or so: the first moments of a program are no measure of what follows. */
function createSpeed(): { measure(packets: number, now: number): number } {
  let from = { packets: 0, at: performance.now() }
  let rate = 0
  return {
    measure(packets, now) {
      if (now - from.at >= 500) {
        rate = ((packets - from.packets) / (now - from.at)) * 1000
        from = { packets, at: now }
      }
      return rate
    },
  }
}

interface LineCache {
  /** The same array again when nothing about the window has changed. */
  read(session: Session, view: View, from: number, count: number, time: TimeFormat, stamp: string): readonly PacketLine[]
  clear(): void
}

function createLineCache(): LineCache {
  let known = new Map<number, PacketLine>()
  let knownFor = ''
  let last: readonly PacketLine[] = []
  let lastFrom = -1
  const clear = (): void => {
    known = new Map()
    last = []
    lastFrom = -1
  }
  return {
    clear,
    read(session, view, from, count, time, stamp) {
      if (`${time} ${stamp}` !== knownFor) clear()
      knownFor = `${time} ${stamp}`
      if (from === lastFrom && count === last.length) return last
      let first = from
      let end = from + count
      while (first < end && known.has(first)) first++
      while (end > first && known.has(end - 1)) end--
      if (known.size > LINES_KEPT) {
        known = new Map()
        first = from
        end = from + count
      }
      const made = first < end ? session.lines(view, first, end - first, time) : []
      made.forEach((line, i) => {
        known.set(first + i, line)
      })
      const lines: PacketLine[] = []
      for (let at = from; at < from + count; at++) {
        const line = known.get(at)
        if (line !== undefined) lines.push(line)
      }
      last = lines
      lastFrom = from
      return lines
    },
  }
}
