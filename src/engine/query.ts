// One pass over a capture: index each packet, ask the filter, dissect what is wanted. The same for files, pipes and live captures.

import type { Dissection } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import { type CompiledFilter, planOf } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { NO, packetTest, YES } from './packet-test.ts'
import { Readahead } from './readahead.ts'
import { finishSliced, STEP } from './steps.ts'

/** Packets between two looks at what else there is to do. */
const SLICE = 4096

export interface Query {
  readonly filter?: CompiledFilter | null
  /** Fields that the caller reads. Absent: everything; empty: none. */
  readonly fields?: readonly Field[]
  /** Stop after reading this many packets, those that the filter drops counted. */
  readonly count?: number
  /** Nothing else will be asked of this capture: what its fields do not need (how connections behave) is not worked out at all. */
  readonly alone?: boolean
  /**
   * Called for each packet that the filter selects. `dissect` records what was asked for and returns it, valid during the call;
   * a caller that finds its answer in the columns does not call it. `bytes` from `start` are the packet's, valid during the call.
   * Return true to stop.
   */
  onPacket(packet: number, dissect: () => Dissection, bytes: Uint8Array, start: number): boolean | undefined
  /** Called when everything that is there now has been read and more may come: the moment to flush. */
  onWaiting?(): void
}

/**
 * Runs the query to the end of the capture, or to `count`. Resolves to the number of packets selected. Of a capture that is indexed already
 * (a session reads it) it sees the packets that are there now, in slices between which other things are done.
 */
export async function runQuery(capture: Capture, query: Query, signal?: AbortSignal): Promise<number> {
  const { filter = null, fields, count = Number.POSITIVE_INFINITY } = query
  const d = capture.dissection()
  const wanted = fields === undefined ? null : planOf([...fields, ...(filter?.fields ?? [])], capture.registry)
  const filterPlan = filter === null ? null : fields === undefined ? planOf(filter.fields, capture.registry) : wanted
  const test = filter === null ? null : packetTest(capture, filter)
  let selected = 0
  let stopped = false
  let at = 0
  let recorded = false
  let frame: Uint8Array = new Uint8Array(0)
  let from = 0
  const dissect = (): Dissection => {
    if (!recorded) capture.record(d, at, frame, from, wanted)
    recorded = true
    return d
  }
  const visit = (packet: number, bytes: Uint8Array, start: number): void => {
    if (stopped) return
    at = packet
    frame = bytes
    from = start
    recorded = false
    if (packet >= count) stopped = true
    if (filter !== null) {
      const known = test!(packet)
      if (known === NO) return
      if (filter.matchesFrame !== null) {
        if (!filter.matchesFrame(bytes, start, start + capture.index.captured(packet))) return
      } else if (known !== YES) {
        capture.record(d, packet, bytes, start, filterPlan)
        if (!filter.matches(d)) return
        // What the filter read is enough when the caller's fields were read along with it.
        recorded = fields !== undefined
      }
    }
    selected++
    if (query.onPacket(packet, dissect, bytes, start) === true) stopped = true
  }
  // How connections behave is worked out along with the index, so it must be known now whether anybody will ask.
  const asked = wanted === null || wanted.fields.some(({ analysed }) => analysed)
  if (query.alone === true && !asked && capture.index.count === 0) capture.memory.tcp.analysis = null
  if (capture.index.count > 0) {
    await visitIndexed(capture, visit, () => stopped || signal?.aborted === true)
    return selected
  }
  for (;;) {
    if (stopped || signal?.aborted === true) break
    const result = capture.step(Math.max(1, Math.min(SLICE, count - capture.index.count)), visit)
    if (result === 'end') break
    if (result === 'waiting') {
      query.onWaiting?.()
      await waitFor(capture.reader.readable(), signal)
    }
  }
  return selected
}

async function visitIndexed(
  capture: Capture,
  visit: (packet: number, bytes: Uint8Array, start: number) => void,
  stopped: () => boolean,
): Promise<void> {
  const readahead = new Readahead(capture)
  const visiting = (function* (): Generator<void, void> {
    for (let packet = 1, last = capture.index.count; packet <= last && !stopped(); packet++) {
      if (packet % STEP === 0) yield
      const start = readahead.start(packet)
      visit(packet, readahead.bytes, start)
    }
  })()
  await finishSliced(visiting)
}

/** Resolves when the promise does, or when the signal says stop. */
async function waitFor(readable: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return readable
  let stop: () => void = () => {}
  const aborted = new Promise<void>((resolve) => {
    stop = resolve
    signal.addEventListener('abort', stop, { once: true })
  })
  await Promise.race([readable, aborted])
  signal.removeEventListener('abort', stop)
}
