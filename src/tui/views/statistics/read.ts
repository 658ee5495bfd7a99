// Counting the open capture, in slices; each part shows as soon as it is there.

import { safeText } from '../../../bytes/text.ts'
import type { Capture } from '../../../engine/capture.ts'
import { endpointsOf, type HierarchyNode, readConversations, readHierarchy } from '../../../engine/statistics.ts'
import { STEP } from '../../../engine/steps.ts'
import type { Session } from '../../../engine/types.ts'
import { type Shell, tell } from '../../shell.ts'
import { changeSlice } from '../part.ts'
import { TABLE_START } from '../table.ts'
import { beginWork, Cancelled, endWork, runSliced } from '../work.ts'
import type { EndpointRow, ProtocolRow, StatisticsState, Traffic } from './state.ts'

export async function readStatistics(shell: Shell, session: Session, capture: Capture): Promise<void> {
  const signal = beginWork(shell, 'statistics')
  const show = (news: Partial<StatisticsState>): void => {
    if (signal.aborted) return
    changeSlice(shell, 'statistics', (slice) => ({ ...slice, ...news }))
    shell.store.refresh()
  }
  show({ session, done: false, protocols: [], endpoints: [], traffic: null, table: TABLE_START })
  try {
    show({ traffic: await runSliced(countTraffic(capture), signal, () => {}) })
    show({ protocols: flatten(await readHierarchy(capture, null, signal), 0) })
    const tables = await readConversations(capture, null, KINDS, signal)
    show({ endpoints: KINDS.flatMap((kind) => endpointsOf(tables[kind]).map((endpoint): EndpointRow => ({ kind, endpoint }))) })
  } catch (error) {
    if (!(error instanceof Cancelled)) tell(shell.store, safeText(error instanceof Error ? error.message : String(error)), 'bad')
  }
  show({ done: true })
  endWork(shell, 'statistics', signal)
}

const KINDS = ['ip', 'ipv6', 'tcp', 'udp', 'eth'] as const

function flatten(nodes: readonly HierarchyNode[], depth: number): ProtocolRow[] {
  return nodes.flatMap(({ protocol, packets, bytes, children }) => [{ depth, protocol, packets, bytes }, ...flatten(children, depth + 1)])
}

/** Parts of the capture's time that are counted; a screen shows fewer. */
const PARTS = 2400

function* countTraffic({ index }: Capture): Generator<number, Traffic> {
  const packets = new Float64Array(PARTS)
  const bytes = new Float64Array(PARTS)
  const last = index.count
  const timeOf = (packet: number): number => index.seconds(packet) - index.seconds(1) + (index.nanos(packet) - index.nanos(1)) / 1e9
  let seconds = 0
  for (let packet = 1; packet <= last; packet++) {
    if (packet % (STEP * 32) === 0) yield packet / last / 2
    if (index.nanos(packet) >= 0) seconds = Math.max(seconds, timeOf(packet))
  }
  for (let packet = 1; packet <= last; packet++) {
    if (packet % (STEP * 32) === 0) yield (1 + packet / last) / 2
    if (index.nanos(packet) < 0) continue
    // Clocks that were set back would count before the start.
    const part = seconds === 0 ? 0 : Math.max(0, Math.min(PARTS - 1, Math.floor((timeOf(packet) / seconds) * PARTS)))
    packets[part]! += 1
    bytes[part]! += index.length(packet)
  }
  return { packets, bytes, seconds }
}
