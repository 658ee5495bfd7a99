/** 0: the conversation's first sender; 1: the other end. */
export type Side = 0 | 1

/** Is told what a stream carried, in order. */
export interface FollowSink {
  /** Once, before all else: whose words stand first, as tshark counts nodes. */
  begin(first: Side): void
  /** These bytes came with `packet`; valid during the call. */
  chunk(side: Side, packet: number, bytes: Uint8Array): void
  /** `length` bytes were delivered that the capture does not have. */
  gap(side: Side, packet: number, length: number): void
}
