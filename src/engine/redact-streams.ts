// Looks for secrets in what TCP delivered, a window at a time, and tells of them by sequence number.

import type { Delivery } from '../streams/index.ts'
import type { Capture } from './capture.ts'
import type { LayoutReader } from './redact-layout.ts'
import type { SecretScan } from './redact-scan.ts'

/** Bytes of a direction that are looked at together, how many of them are looked at again with the next ones, and at the most. */
const WINDOW = 32 * 1024
const OVERLAP = 4 * 1024
const LARGEST = 1024 * 1024
/** Bytes of all directions that may wait. */
const MAX_WAITING = 64 * 1024 * 1024

interface Window {
  /** Sequence number of the first byte. */
  sequence: number
  parts: Buffer[]
  length: number
}

export class StreamScan implements Delivery {
  private readonly windows = new Map<number, Window>()
  private waiting = 0
  private readonly capture: Capture
  private readonly layouts: LayoutReader
  private readonly scan: SecretScan
  private readonly note: (flow: number, sequence: number, length: number) => void

  constructor(capture: Capture, layouts: LayoutReader, scan: SecretScan, note: (flow: number, sequence: number, length: number) => void) {
    this.capture = capture
    this.layouts = layouts
    this.scan = scan
    this.note = note
  }

  bytes(flow: number, packet: number, place: number, bytes: Uint8Array, from: number, to: number): void {
    let window = this.windows.get(flow)
    if (window === undefined) {
      const sequence = this.sequenceAt(flow, packet, place)
      // In fragments, which are blanked whole.
      if (sequence < 0) return
      window = { sequence, parts: [], length: 0 }
      this.windows.set(flow, window)
    }
    window.parts.push(Buffer.from(bytes.subarray(from, to)))
    window.length += to - from
    this.waiting += to - from
    if (window.length >= WINDOW) this.look(flow, window, window.length >= LARGEST)
    if (this.waiting > MAX_WAITING) for (const [one, waiting] of this.windows) this.look(one, waiting, true)
  }

  gap(flow: number): void {
    const window = this.windows.get(flow)
    if (window === undefined) return
    this.look(flow, window, true)
    this.waiting -= window.length
    this.windows.delete(flow)
  }

  /** No more bytes will come. */
  finish(): void {
    for (const [flow, window] of this.windows) this.look(flow, window, true)
    this.windows.clear()
  }

  /** `last`: what touches the end is not waited for. */
  private look(flow: number, window: Window, last: boolean): void {
    const bytes = Buffer.concat(window.parts, window.length)
    const text = bytes.toString('latin1')
    let kept = Math.max(0, bytes.length - OVERLAP)
    for (const { start, end } of this.scan.find(text)) {
      if (end === text.length && !last) {
        // It may go on; the words before it say what it is.
        kept = Math.min(kept, Math.max(0, start - OVERLAP))
        continue
      }
      this.note(flow, (window.sequence + start) % 2 ** 32, end - start)
      this.scan.remember(text.slice(start, end))
    }
    window.parts = [bytes.subarray(kept)]
    window.length -= kept
    window.sequence = (window.sequence + kept) % 2 ** 32
    this.waiting -= kept
  }

  private sequenceAt(flow: number, packet: number, place: number): number {
    if (place < 0) return -1
    const segment = this.layouts.of(packet, this.capture.bytes(packet), 0).segments.find(({ start, end }) => place >= start && place <= end)
    return segment === undefined || segment.flow !== flow ? -1 : (segment.sequence + place - segment.start) % 2 ** 32
  }
}
