// Packets and bytes by interval of time, in all or by filter, as tshark -z io,stat counts them.

import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { runQuery } from './query.ts'

/** Intervals at the most: a clock that was wrong once must not cost the memory of centuries. */
export const MAX_INTERVALS = 1_000_000

export interface IoTable {
  /** Seconds from the first packet of the capture to the last. */
  readonly duration: number
  /** Seconds of one interval; the duration, when none was asked for or it is longer. */
  readonly interval: number
  /** By interval, by column: packets and bytes on the wire. Intervals without packets are there too. */
  readonly rows: readonly (readonly { readonly packets: number; readonly bytes: number }[])[]
  /** Packets that lie outside: before the first one, or beyond MAX_INTERVALS. */
  readonly outside: number
}

/** Reads the capture to its end. `columns` are filters, null for all packets; `interval` in seconds, 0 for one over all. */
export async function readIo(
  capture: Capture,
  filter: CompiledFilter | null,
  interval: number,
  columns: readonly (CompiledFilter | null)[],
): Promise<IoTable> {
  const { index } = capture
  const step = Math.round(interval * 1e6)
  const counted: { packets: number; bytes: number }[][] = []
  let outside = 0
  const microseconds = (packet: number): number =>
    index.nanos(packet) < 0 || index.nanos(1) < 0
      ? 0
      : (index.seconds(packet) - index.seconds(1)) * 1e6 + Math.floor((index.nanos(packet) - index.nanos(1) + 500) / 1000)
  await runQuery(capture, {
    filter,
    fields: columns.flatMap((column) => column?.fields ?? []),
    onPacket(packet, dissect) {
      const at = step === 0 ? 0 : Math.floor(microseconds(packet) / step)
      if (at < 0 || at >= MAX_INTERVALS) {
        outside++
        return false
      }
      let row = counted[at]
      columns.forEach((column, i) => {
        if (column !== null && !column.matches(dissect())) return
        row ??= columns.map(() => ({ packets: 0, bytes: 0 }))
        counted[at] = row
        row[i]!.packets++
        row[i]!.bytes += index.length(packet)
      })
      return false
    },
  })
  let last = 0
  for (let packet = 1; packet <= index.count; packet++) last = Math.max(last, microseconds(packet))
  const whole = step === 0 || step > last
  const count = whole ? 1 : Math.min(MAX_INTERVALS, Math.floor((last - 1) / step) + 1)
  const rows = Array.from(
    { length: Math.max(count, counted.length) },
    (_, at) => counted[at] ?? columns.map(() => ({ packets: 0, bytes: 0 })),
  )
  return { duration: last / 1e6, interval: whole ? last / 1e6 : interval, rows, outside }
}
