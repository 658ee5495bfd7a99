// What the directions of all connections share, and the state in which a direction begins.

import type { Shelf } from '../core/memory.ts'
import type { FramingState, Protocol } from '../core/protocol.ts'
import type { AssemblyLog } from './assemblies.ts'
import type { Delivery } from './delivery.ts'
import type { MessageLog } from './messages.ts'

/** What all directions share. */
export interface StreamContext {
  readonly framed: readonly Protocol[]
  readonly messages: MessageLog
  readonly assemblies: AssemblyLog
  readonly shelf: Shelf
  /** Who wants the bytes themselves, in order; nobody while a capture is indexed. */
  readonly delivery: Delivery | null
  /** Bytes of early segments now waiting, over all directions. */
  earlyBytes: number
  /** Times a bound was hit and bytes were given up. */
  givenUp: number
  noteReassembled(packet: number, completedBy: number): void
  noteGap(packet: number, length: number): void
}

export function freshState(shelf: Shelf): FramingState {
  return {
    phase: 0,
    done: false,
    untilClose: false,
    messages: 0,
    interim: false,
    aux: 0,
    a: 0,
    b: 0,
    queue: [],
    own: null,
    peer: null,
    shelf,
  }
}
