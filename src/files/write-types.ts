// What writers of captures take and offer.

import type { CaptureFormat, CaptureInterface } from './types.ts'

/** What a writer wants to know of an interface; a CaptureInterface will do. Times are written in the writer's own resolution. */
export type WrittenInterface = Pick<CaptureInterface, 'linkType'> &
  Partial<Pick<CaptureInterface, 'snapLength' | 'fcsLength' | 'name' | 'description' | 'filter' | 'hardware' | 'system' | 'comment'>>

export interface WriterOptions {
  readonly format: CaptureFormat
  /** Times in nanoseconds. Default: pcapng yes, pcap no (the magic number that every program knows). */
  readonly nanosecond?: boolean
  /** At least one for pcap, whose packets must all have the first one's link type. */
  readonly interfaces: readonly WrittenInterface[]
  /** Named as the writing program in a pcapng section header. */
  readonly application?: string
}

/** Every method throws CaptureError when the disk is full ('space') or the reader of a pipe has gone ('closed'). */
export interface CaptureWriter {
  readonly path: string
  readonly format: CaptureFormat
  /** Packets taken, and bytes that have reached the file. */
  readonly packets: number
  readonly bytesWritten: number
  /** Adds an interface and returns its id. A pcap file takes it only if its link type is the first one's. */
  interface(described: WrittenInterface): number
  /**
   * The numbers as PacketSink.packet hands them out. `interfaceId` counts the interfaces given to this writer.
   * Packets of NO_INTERFACE are left out and yield false: a custom block means nothing without its maker's number.
   */
  packet(bytes: Uint8Array, start: number, captured: number, length: number, seconds: number, nanos: number, interfaceId: number): boolean
  /** A comment on the packet that comes next. pcap has no place for it: left out there. */
  comment(text: string): void
  /** A decryption secrets block, type 0x544c534b for a TLS key log. Left out in pcap. */
  secrets(type: number, bytes: Uint8Array): void
  /** What was taken is in the file when this returns. */
  flush(): void
  /** Flushes and closes; a descriptor that the caller opened stays open. */
  close(): void
}
