// Going to a packet by its number.

import { say } from './line.ts'
import { select } from './list.ts'
import { grouped } from './measure.ts'
import { tell } from './shell.ts'
import type { Store } from './store.ts'

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
