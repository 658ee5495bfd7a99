// What the readers of capture files hand out, and the errors they report.
//
// Time: a packet's time is `seconds` + `nanos` / 1e9 as the file states it, not normalised. `seconds` is a whole number, unsigned in
// pcap (2106 is fine) and up to 2^64 in damaged pcapng. `nanos` is a signed 32-bit number so that it fits an Int32Array: a file whose
// sub-second field is out of range yields values of 1e9 and more, or, past 2^31, negative ones, exactly as Wireshark prints them.
// NO_TIME in `nanos` means that the record carries no time (simple packet blocks, custom blocks).

import { safeText } from '../bytes/text.ts'

/** `nanos` of a record without a time. No other record yields it: microseconds times 1000 never come to -1. */
export const NO_TIME = -1

/** `interfaceId` of a record that belongs to no interface: pcapng custom blocks, which tshark numbers as packets. */
export const NO_INTERFACE = -1

/** Lengths beyond this are not believed (and fit an Int32Array). */
export const LONGEST = 0x7fffffff

/** Units of a time stamp: 10^-power or 2^-power seconds. */
export interface TimeResolution {
  readonly base: 2 | 10
  readonly power: number
}

/** Where packets were captured. A pcap file has one; a pcapng file has any number in each of its sections. */
export interface CaptureInterface {
  /** From 0 over the whole file. */
  readonly id: number
  /** Section of the file that it stands in, from 0. */
  readonly section: number
  /** LINKTYPE_ number: 1 Ethernet, 0 NULL, 101 RAW … */
  readonly linkType: number
  /** Most bytes kept of a packet; 0 when unlimited or unknown. */
  readonly snapLength: number
  readonly resolution: TimeResolution
  /** Seconds already added to every time that this interface's packets carry. */
  readonly offsetSeconds: number
  /** Bytes of frame check sequence at the end of each packet; absent when the file does not say. */
  readonly fcsLength?: number
  readonly name?: string
  readonly description?: string
  /** Capture filter as the capturing program was given it. */
  readonly filter?: string
  readonly hardware?: string
  readonly system?: string
  readonly comment?: string
}

/** What a pcapng section says of its origin. */
export interface CaptureSection {
  /** From 0. */
  readonly id: number
  readonly hardware?: string
  readonly system?: string
  readonly application?: string
  readonly comment?: string
}

/** An interface statistics block. Counts are absent where the capturing program did not say. */
export interface CaptureStatistics {
  readonly interfaceId: number
  readonly received?: number
  readonly dropped?: number
  readonly droppedBySystem?: number
  readonly accepted?: number
  readonly delivered?: number
}

/** Takes what a reader finds, in file order. */
export interface PacketSink {
  /**
   * Called once per packet.
   * @param bytes the reader's own buffer: valid only during the call
   * @param start where the packet starts in `bytes`
   * @param captured bytes that are there
   * @param length bytes that were on the wire; LONGEST for records that claim more, as tshark shows it
   * @param seconds see the head of this file
   * @param nanos see the head of this file
   * @param interfaceId id of a CaptureInterface, or NO_INTERFACE
   * @param offset where the bytes stand in the (decompressed) file; hand it to CaptureReader.read
   */
  packet(
    bytes: Uint8Array,
    start: number,
    captured: number,
    length: number,
    seconds: number,
    nanos: number,
    interfaceId: number,
    offset: number,
  ): void
  /** Before the first packet of that interface. */
  interface(described: CaptureInterface): void
  /** A comment on the packet that comes next. */
  comment?(text: string): void
  /** What the link layer said of the packet that comes next (pcapng's epb_flags): direction, kind of reception, errors. */
  flags?(bits: number): void
  section?(described: CaptureSection): void
  /** A decryption secrets block; `bytes` is a copy. Type 0x544c534b is a TLS key log. */
  secrets?(type: number, bytes: Uint8Array): void
  /** A name resolution record; `address` (4 or 16 bytes) is a copy. */
  name?(address: Uint8Array, names: readonly string[]): void
  statistics?(described: CaptureStatistics): void
}

export type CaptureFormat = 'pcap' | 'pcapng'
export type Compression = 'none' | 'gzip' | 'zstd' | 'lz4'

/** more: there is more to read now. waiting: await readable() first. end: nothing will follow; see `damage`. */
export type StepResult = 'more' | 'waiting' | 'end'

/** Reads one capture from its beginning to its end, and any packet of it again. */
export interface CaptureReader {
  readonly path: string
  readonly format: CaptureFormat
  readonly compression: Compression
  /** True when times are finer than microseconds: print nine decimals. For pcapng true as soon as one interface is. */
  readonly nanosecond: boolean
  /** Bytes that the file has (compressed where it is), 0 when unknown. */
  readonly bytesTotal: number
  /** Bytes of those that have been read. */
  readonly bytesRead: number
  /** Why reading ended before the end of the file, or null. Packets before it stay usable. */
  readonly damage: CaptureDamage | null
  /** Reads on without waiting: at most `maxRecords` packets or other blocks. */
  step(sink: PacketSink, maxRecords: number): StepResult
  /** Resolves when step may find more. */
  readable(): Promise<void>
  /** A followed file will grow no further: the next step that reaches its end says so. */
  finish(): void
  /** Copies bytes of a packet; `offset` as handed to PacketSink.packet. Returns the number of bytes copied. */
  read(offset: number, length: number, target: Uint8Array): number
  close(): void
}

/**
 * cut: the file ends inside a record. corrupt: a record states what cannot be. compression: the compressed data is damaged or cut.
 * limit: more data than we are willing to unpack. io: the system refused to read on or to keep what was read.
 */
export type DamageCode = 'cut' | 'corrupt' | 'compression' | 'limit' | 'io'

/** The damage that ended reading. */
export interface CaptureDamage {
  readonly code: DamageCode
  readonly path: string
  /** Position in the (decompressed) file of the record that could not be read. */
  readonly offset: number
  readonly expected: string
  readonly found: string
  readonly remedy: string
  /** All of it as one line, safe for a terminal. */
  readonly message: string
}

export type CaptureErrorCode = 'missing' | 'directory' | 'permission' | 'empty' | 'format' | 'terminal' | 'space' | 'closed' | 'io'

/** A capture could not be opened or written. `message` is one line with its remedy, safe for a terminal. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
  readonly code: CaptureErrorCode
  readonly path: string
  readonly offset: number | undefined
  readonly expected: string | undefined
  readonly remedy: string

  constructor(
    code: CaptureErrorCode,
    path: string,
    what: string,
    remedy: string,
    details: { offset?: number; expected?: string; cause?: unknown } = {},
  ) {
    super(safeText(`${what} ${remedy}`), details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.path = path
    this.offset = details.offset
    this.expected = details.expected
    this.remedy = remedy
  }
}

/** Builds the one-line form of a damage. */
export function describeDamage(
  code: DamageCode,
  path: string,
  offset: number,
  expected: string,
  found: string,
  remedy: string,
): CaptureDamage {
  const what = code === 'cut' ? 'is cut short' : code === 'compression' ? 'cannot be unpacked any further' : 'cannot be read any further'
  const message = safeText(`${nameOf(path)} ${what} at byte ${offset}: expected ${expected}, found ${found}. ${remedy}`)
  return { code, path, offset, expected, found, remedy, message }
}

/** How messages call a capture: its path, or "standard input" for `-`. */
export function nameOf(path: string): string {
  return path === '-' ? 'Standard input' : path
}
