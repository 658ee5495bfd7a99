// Handshake messages that travel without records (TLS inside QUIC): put in order by whoever carries them, read by whoever knows them.

/** Bytes of a message that came in one packet. */
export interface HandshakePart {
  readonly packet: number
  readonly offset: number
  readonly bytes: Uint8Array
}

/** What one frame of the carrier made readable: a run of bytes, in order. */
export interface HandshakeRun {
  /** Bytes at the start of the run that belong to a message begun earlier. */
  readonly owed: number
  /** That message, when the run ends it, and what it was put together from. */
  readonly whole: Uint8Array | null
  readonly parts: readonly HandshakePart[]
  /** Type of that message. */
  readonly type: number
}

/** The key under which memory keeps the runs of a capture (Shelf.keep); a layer knows the number of its run (Dissection.message). */
export const makeHandshakeRuns = (): HandshakeRun[] => []
