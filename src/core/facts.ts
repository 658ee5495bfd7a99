// What a dissection is told from outside: by the capture file, and by the user.

/** What the capture file says of the packet; see ../files/types.ts for the conventions of time. */
export interface PacketFacts {
  /** From 1. */
  packet: number
  captured: number
  length: number
  seconds: number
  /** -1: the record has no time. */
  nanos: number
  interfaceId: number
}

/** What the capture file says of an interface. */
export interface InterfaceFacts {
  /** Section of the file, from 0. */
  readonly section: number
  readonly name?: string
  readonly description?: string
  /** Bytes of frame check sequence at the end of each packet; absent when the file does not say. */
  readonly fcsLength?: number
}

/** What the file says of packets by number (from 1); times in the conventions of ../files/types.ts. */
export interface Clock {
  seconds(packet: number): number
  nanos(packet: number): number
  /** What the link layer said of the packet, as pcapng lays it out (epb_flags); -1 when the file does not say. */
  flags?(packet: number): number
}

/** What the user tells protocols: texts, by protocol and name. */
export type Settings = ReadonlyMap<string, readonly string[]>
export const NO_SETTINGS: Settings = new Map()
