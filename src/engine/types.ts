// What front ends see of a capture: plain readonly data, every string already safe for a terminal.
// No React, no ANSI, no widths in here; a front end needs nothing but this file and the functions that engine/index.ts exports.

import type { SafeText } from '../bytes/text.ts'
import type { Capture } from './capture.ts'
import type { ColourRule } from './colours.ts'

export type TimeFormat = 'r' | 'a' | 'ad' | 'd' | 'dd' | 'e' | 'u'

/** What makes a line of the packet list stand out; each has a word beside its colour. */
export type Trouble = 'none' | 'note' | 'warning' | 'error'

/** One line of the packet list. Made for visible rows only. */
export interface PacketLine {
  readonly number: number
  readonly time: SafeText
  readonly source: SafeText
  readonly destination: SafeText
  readonly protocol: SafeText
  /** Bytes on the wire. */
  readonly length: number
  readonly info: SafeText
  readonly trouble: Trouble
  /** Stream number of the innermost TCP or UDP conversation, -1 without one. */
  readonly stream: number
  /** True when the text of the lesson (--secret) stands in the bytes of this packet. */
  readonly secret: boolean
  /** What the fields hold that were asked to be columns, in that order. */
  readonly cells?: readonly SafeText[]
  /** The colouring rule that selects it. */
  readonly colour?: ColourRule
}

/** What else the lines of the list are to show. */
export interface Look {
  /** Fields as columns. */
  readonly fields: readonly string[]
  readonly rules: readonly ColourRule[]
  /** Times since the start count from this packet on; 1 without a reference. */
  readonly reference: number
}

/** One row of the layer tree, in display order; `depth` 0 is a layer. */
export interface TreeRow {
  /** Index into this list. */
  readonly id: number
  readonly depth: number
  readonly text: SafeText
  /** Wireshark's field name, empty for a row that only groups. */
  readonly name: string
  readonly source: number
  readonly start: number
  readonly length: number
  readonly hasChildren: boolean
  /** Set on rows that carry a remark: short or malformed packets, retransmissions … */
  readonly trouble: Trouble
}

/** A run of bytes that the hex pane shows in a tab of its own. */
export interface ByteSource {
  readonly name: SafeText
  readonly bytes: Uint8Array
}

/** A packet with everything that its detail panes show. */
export interface PacketDetail {
  readonly number: number
  readonly rows: readonly TreeRow[]
  readonly sources: readonly ByteSource[]
  /** Deepest row that covers a byte, or -1. */
  rowAt(source: number, byte: number): number
  explain(row: number): Explanation
  /** A row's value as -T fields prints it, not made safe for a terminal; its text where it has none. */
  value?(row: number): string
  /** A display filter that selects packets with the same value; only the field's name where there is none, '' where nothing can be named. */
  condition?(row: number): string
}

/** The Explain line: what a field is, and what this value means. */
export interface Explanation {
  readonly title: SafeText
  readonly name: string
  /** "byte 22, 1 byte" */
  readonly where: SafeText
  readonly spec: SafeText
  readonly about: SafeText
  /** What this very value means, empty where there is nothing to say. */
  readonly meaning: SafeText
}

/** A run of bytes in one of a packet's sources. */
export interface ByteRange {
  readonly source: number
  readonly start: number
  readonly length: number
}

/** One way to go on with a filter: the whole text as it would be, and what stands in the list. */
export interface Completion {
  readonly text: string
  readonly caret: number
  readonly label: SafeText
  /** What the field or value is, in a few words. */
  readonly about: SafeText
}

/** A filter as typed. `message` and the span stand for a mistake; `fix` is the whole repaired text. */
export type FilterCheck =
  | { readonly ok: true; readonly hint?: SafeText }
  | { readonly ok: false; readonly message: SafeText; readonly start: number; readonly end: number; readonly fix?: string }

export type SessionState = 'opening' | 'live' | 'paused' | 'complete' | 'damaged' | 'stopped'

/** What the title line says. Read afresh for each paint; cheap. */
export interface SessionStatus {
  readonly title: SafeText
  readonly state: SessionState
  /** Packets indexed so far. */
  readonly packets: number
  /** Bytes read and bytes known to be there (0 when unknown), for the progress bar. */
  readonly bytesRead: number
  readonly bytesTotal: number
  /** Packets the kernel threw away, null when the source cannot know. */
  readonly dropped: number | null
  /** "kernel time", "rebuilt" …, empty for files. */
  readonly timeSource: SafeText
  /** Milliseconds since a live capture started, 0 for files. */
  readonly elapsed: number
  /** What a lesson asks the reader to find; empty outside lessons. */
  readonly task: SafeText
  /** Why reading ended early, in words with the remedy; empty otherwise. */
  readonly problem: SafeText
}

/** The packets that a display filter selects, growing while the filter runs. */
export interface View {
  readonly filter: string
  /** Number of packets selected so far. */
  readonly count: number
  /** Packets looked at so far; equals SessionStatus.packets when the view is complete. */
  readonly examined: number
  /** Packet number (from 1) at a position (from 0) of the view. */
  packetAt(position: number): number
  /** Position of the packet, or of the next selected one after it. */
  positionOf(packet: number): number
}

/** An open capture, file or live, as a front end uses it. */
export interface Session {
  /** What lies behind it, for the engine's own functions on whole captures. Absent in a session that only plays one. */
  readonly capture?: Capture
  /** What --secret names. */
  readonly secret?: string
  status(): SessionStatus
  /** Called (at most every few milliseconds) when packets, views or the status changed. Returns the way to stop. */
  subscribe(listener: () => void): () => void
  checkFilter(text: string): FilterCheck
  /** Starts selecting; an earlier view that still runs is cancelled. The text must have passed checkFilter. */
  select(filter: string): View
  lines(view: View, from: number, count: number, time: TimeFormat): readonly PacketLine[]
  /** From now on lines show this too. */
  decorate?(look: Look): void
  detail(packet: number): PacketDetail
  /** Where the bytes of the lesson's secret stand in a packet, lit in the hex pane. Absent without a secret to look for. */
  secretRanges?(packet: number): readonly ByteRange[]
  /** Numbers of the packets with the secret found so far, ascending; the interface can jump to them. */
  secretPackets?(): readonly number[]
  /** Position of the next (step 1) or previous (step -1) packet of the same conversation in the view, -1 where there is none. */
  neighbour?(view: View, position: number, step: 1 | -1): number
  /** Ways to go on with a filter at the caret, best first; at most a dozen. */
  complete?(text: string, caret: number): readonly Completion[]
  /** Writes packets to a file; progress through subscribe. Resolves to the number written. */
  save(path: string, what: 'all' | 'displayed', view: View): Promise<number>
  /** Stops reading or capturing; what is there stays. */
  stop(): Promise<void>
  pause(paused: boolean): void
  close(): Promise<void>
}
