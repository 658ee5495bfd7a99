// Going to a packet by its number, and back to where a jump led away from.

import { say } from './line.ts'
import { select } from './list.ts'
import { grouped } from './measure.ts'
import { tell } from './shell.ts'
import type { Store } from './store.ts'

/** Jumps that are remembered. */
const MOST = 200

/** The number of the selected packet, 0 without one. */
export function packetHere(store: Store): number {
  const { cursor } = store.state().list
  return cursor < 0 ? 0 : (store.view()?.packetAt(cursor) ?? 0)
}

/** Does a jump, and remembers where it led away from if it led anywhere. */
export function jump(store: Store, go: () => void): void {
  const from = packetHere(store)
  go()
  if (from === 0 || packetHere(store) === from) return
  const { back } = store.state().visited
  store.dispatch({ type: 'visited', visited: { back: [...back.filter((packet) => packet !== from), from].slice(-MOST), forward: [] } })
}

/** H and L: to the packet from which the last jump led away, and forward again. */
export function revisit(store: Store, to: 'back' | 'forward'): void {
  const { visited } = store.state()
  const packet = visited[to].at(-1)
  if (packet === undefined) {
    tell(store, to === 'back' ? say`No jump has led here.` : say`There is nothing ahead: L undoes H.`)
    return
  }
  const other = to === 'back' ? 'forward' : 'back'
  const here = packetHere(store)
  store.dispatch({
    type: 'visited',
    visited: { ...visited, [to]: visited[to].slice(0, -1), [other]: [...visited[other], here].slice(-MOST) },
  })
  goTo(store, packet)
}

/** Selects a packet by its number, or the next one that the filter shows. */
export function goTo(store: Store, packet: number): void {
  const view = store.view()
  if (view === null || view.count === 0) return
  const { status } = store.state()
  if (status.state === 'opening' && packet > status.packets) {
    store.dispatch({ type: 'list', change: (list) => ({ ...list, anchor: packet }) })
    tell(store, say`Packet ${grouped(packet)} is not read yet. It is selected as soon as it is.`)
    return
  }
  const position = view.positionOf(packet)
  store.dispatch({ type: 'list', change: (list, height, grows) => select(list, position < 0 ? list.count - 1 : position, height, grows) })
  const found = view.packetAt(store.state().list.cursor)
  if (found !== packet) tell(store, say`No packet ${grouped(packet)} is shown here; this is packet ${grouped(found)}.`)
}
