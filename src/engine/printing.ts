// What printing needs of the engine beyond a session: captures read in one pass, values by name, trees as nested nodes.

import { openCapture } from '../files/index.ts'
import { checkFilter, compileFilter } from '../filter/index.ts'
import { Capture, type CaptureOptions } from './capture.ts'
import { registry } from './registry.ts'
import { timeText } from './times.ts'
import type { TimeFormat } from './types.ts'

export type { Dissection } from '../core/dissect.ts'
export type { Field, FieldType } from '../core/field.ts'
export { treeOrder } from '../core/tree.ts'
export { LayerView } from '../core/view.ts'
export { CaptureError } from '../files/index.ts'
export type { CompiledFilter } from '../filter/index.ts'
export { explainUnknown } from '../filter/repair.ts'
export type { Capture } from './capture.ts'
export * from './cells.ts'
export { endpoints, Summariser, summarise } from './lines.ts'
export { labelOf, packetNodes, shownText, type TreeNode } from './nodes.ts'
export { type Query, runQuery } from './query.ts'
export { registry } from './registry.ts'
export { writePacket, writerFor } from './save.ts'
export { keysUsed, type SealedReport, sealedSessions, tellKeys } from './sealed.ts'
export { TLS_KEY_LOG } from './secret-ring.ts'
export { readSettings, type SettingTexts } from './settings.ts'
export { timeText } from './times.ts'
export type { TimeFormat } from './types.ts'

/** Opens a capture file, or standard input for `-`, for one pass; with `follow` that pass goes on as the file grows. Rejects with a CaptureError. */
export async function openForReading(path: string, options: CaptureOptions & { readonly follow?: boolean } = {}): Promise<Capture> {
  return new Capture(await openCapture(path, { follow: options.follow ?? false }), options)
}

/** Checks and compiles a display filter. */
export function prepareFilter(text: string) {
  const checked = checkFilter(text, registry)
  return checked.ok ? { ok: true as const, filter: compileFilter(checked.filter) } : checked
}

/** Decimals of a packet's time: as many as its interface's clock has, rounded as Wireshark does. */
export function timeDigits(capture: Capture, packet: number): number {
  const { resolution } = capture.interfaces[capture.index.interfaceId(packet)] ?? {}
  if (resolution === undefined) return capture.reader.nanosecond ? 9 : 6
  const ticks = resolution.base ** resolution.power
  if (ticks >= 1e9) return 9
  if (ticks >= 1e6) return 6
  if (ticks >= 1e3) return 3
  return ticks >= 100 ? 2 : ticks >= 10 ? 1 : 0
}

/** A maker of Time columns: as timeText, remembering which packet was shown before. */
export function timeColumn(capture: Capture, format: TimeFormat): (packet: number) => string {
  let before = 0
  let shown = 0
  return (packet) => {
    if (packet !== shown) {
      before = shown
      shown = packet
    }
    return timeText(capture.index, packet, format, timeDigits(capture, packet), before)
  }
}
