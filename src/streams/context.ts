// What the directions of all connections share, and the state in which a direction begins.

import type { Shelf } from '../core/memory.ts'
import type { FramingState, Protocol, Upgrade } from '../core/protocol.ts'
import type { AssemblyLog } from './assemblies.ts'
import type { Delivery } from './delivery.ts'
import type { MessageLog } from './messages.ts'

/** Who opens the messages of sealed protocols. */
export interface SealedStreams {
  /**
   * A sealed message is complete: its index in the log, and where it lies. `torn`: messages before it are missing from the capture.
   */
  take(
    flow: number,
    protocol: Protocol,
    ports: readonly number[],
    message: number,
    packet: number,
    at: number,
    length: number,
    assembly: number,
    torn: boolean,
  ): void
  /** A sealed message whose length is known is missing. */
  miss(flow: number): void
  /** A direction has ended with this packet. */
  close(flow: number, packet: number, occurrence: number): void
}

/** What all directions share. */
export interface StreamContext {
  readonly framed: readonly Protocol[]
  readonly messages: Pick<MessageLog, 'add' | 'extend' | 'pair' | 'lastOuter'>
  readonly assemblies: Pick<AssemblyLog, 'begin' | 'piece' | 'advance' | 'hold'>
  readonly shelf: Shelf
  /** Who wants the bytes themselves, in order; nobody while a capture is indexed. */
  readonly delivery: Delivery | null
  /** Opens sealed messages; null without secrets. */
  sealed: SealedStreams | null
  /** Bytes of early segments now waiting, over all directions. */
  earlyBytes: number
  /** Times a bound was hit and bytes were given up. */
  givenUp: number
  noteReassembled(packet: number, completedBy: number): void
  noteGap(packet: number, length: number): void
}

/** A segment that waits for earlier ones. */
export interface Early {
  readonly seq: number
  readonly packet: number
  readonly place: number
  readonly bytes: Uint8Array
  readonly gap: number
}

export function freshState(shelf: Shelf, upgrade: Upgrade | null = null): FramingState {
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
    upgrade,
    peer: null,
    shelf,
  }
}

/** Notes a message from several places: packet, place and length of each piece. Returns its assembly. */
export function assemble(shared: StreamContext, pieces: readonly number[], completedBy: number): number {
  const assembly = shared.assemblies.begin()
  for (let i = 0; i < pieces.length; i += 3) {
    shared.assemblies.piece(pieces[i]!, pieces[i + 1]!, pieces[i + 2]!)
    if (pieces[i] !== completedBy) shared.noteReassembled(pieces[i]!, completedBy)
  }
  return assembly
}
