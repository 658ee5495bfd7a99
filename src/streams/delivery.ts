// The bytes that TCP delivered, each once and in order, as they become known. Messages are places in packets and need no bytes kept; who
// wants the bytes themselves (to search them, to follow a stream) listens here.

import type { Flow } from '../core/memory.ts'

/**
 * Told of each direction's bytes in the order of the stream, whatever order the segments came in: bytes that arrived early come when
 * their turn has come, and what was sent twice comes once, as the receiver saw it first.
 */
export interface Delivery {
  /**
   * bytes[from … to) are the next of this flow. They came in `packet`, where they lie at `place` of the frame; a negative place: inside
   * a datagram that was put together from fragments. Valid during the call.
   */
  bytes(flow: Flow, packet: number, place: number, bytes: Uint8Array, from: number, to: number): void
  /** `length` bytes were delivered and the capture does not hold them; noticed in `packet`. */
  gap(flow: Flow, packet: number, length: number): void
}
