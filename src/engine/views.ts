// Views: which packets a display filter selects. A filtered view grows while the session works it off in slices.

import { column32 } from '../bytes/columns.ts'
import type { Dissection, Plan } from '../core/dissect.ts'
import { type CompiledFilter, planOf } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { NO, type PacketTest, packetTest, YES } from './packet-test.ts'
import { Readahead } from './readahead.ts'
import type { View } from './types.ts'

/** Packets between two looks at the clock. */
const BATCH = 64

/** Bytes searched at once: about a millisecond's work. */
const SEARCH_WINDOW = 1 << 20

/** Every packet. */
export class WholeView implements View {
  readonly filter = ''
  private readonly capture: Capture

  constructor(capture: Capture) {
    this.capture = capture
  }

  get count(): number {
    return this.capture.index.count
  }

  get examined(): number {
    return this.capture.index.count
  }

  packetAt(position: number): number {
    return position + 1
  }

  positionOf(packet: number): number {
    return Math.max(0, packet - 1)
  }

  get done(): boolean {
    return true
  }

  work(): void {}

  restart(): void {}
}

export class FilteredView implements View {
  readonly filter: string
  count = 0
  examined = 0
  private readonly matches = column32()
  private readonly capture: Capture
  private readonly compiled: CompiledFilter
  private readonly d: Dissection
  private readonly plan: Plan
  private readonly readahead: Readahead
  private known: PacketTest

  constructor(capture: Capture, text: string, compiled: CompiledFilter) {
    this.capture = capture
    this.filter = text
    this.compiled = compiled
    this.d = capture.dissection()
    this.plan = planOf(compiled.fields, capture.registry)
    this.readahead = new Readahead(capture, compiled.needle === null ? undefined : SEARCH_WINDOW)
    this.known = packetTest(capture, compiled)
  }

  /** What packets hold has changed: all are looked at again. */
  restart(): void {
    this.count = 0
    this.examined = 0
    this.known = packetTest(this.capture, this.compiled)
  }

  packetAt(position: number): number {
    return this.matches.at(position)
  }

  positionOf(packet: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.matches.at(middle) < packet) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Nothing left to look at for now. */
  get done(): boolean {
    return this.examined >= this.capture.index.count
  }

  private test(packet: number): boolean {
    const { capture, compiled, d, plan, readahead } = this
    const start = readahead.start(packet)
    if (compiled.matchesFrame !== null) return compiled.matchesFrame(readahead.bytes, start, start + capture.index.captured(packet))
    capture.record(d, packet, readahead.bytes, start, plan)
    return compiled.matches(d)
  }

  /** Looks at packets until `deadline` (performance.now()). */
  work(deadline: number): void {
    const { capture, compiled } = this
    const last = capture.index.count
    while (this.examined < last) {
      if (compiled.needle !== null) {
        // Whole windows are searched at once; only packets in which the bytes may lie are looked at.
        this.examined = this.readahead.passOver(this.examined + 1, last, compiled.needle) - 1
        if (this.examined < last) {
          const packet = ++this.examined
          if (this.test(packet)) this.matches.set(this.count++, packet)
        }
        if (performance.now() >= deadline) return
        continue
      }
      const end = Math.min(last, this.examined + BATCH)
      // Packets that the chain rules out cost next to nothing: pass over long runs of them at once.
      let tested = 0
      while (this.examined < last && (this.examined < end || tested < BATCH)) {
        const packet = this.examined + 1
        const known = this.known(packet)
        if (known === YES) this.matches.set(this.count++, packet)
        else if (known !== NO) {
          tested++
          if (this.test(packet)) this.matches.set(this.count++, packet)
        }
        this.examined = packet
        if ((packet & 0xffff) === 0) break
      }
      if (performance.now() >= deadline) return
    }
  }
}
