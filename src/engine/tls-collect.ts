// The facts of the connections of a capture that speak TLS. Two passes: one finds them, the other looks at their packets alone, so that a
// capture with little TLS in it costs little.

import { INSIDE } from '../core/memory.ts'
import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { FactCollector } from './exposure/facts.ts'
import { type Query, runQuery } from './query.ts'

/** Reads the capture to its end. With a filter: only connections with a packet that matches. `signal` calls it off. */
export async function collectTls(capture: Capture, filter: CompiledFilter | null = null, signal?: AbortSignal): Promise<FactCollector> {
  const { memory } = capture
  const matching = new Set<number>()
  const find = (packet: number): undefined => {
    if (filter !== null) matching.add(memory.flowOf(packet, 0) >> 1)
  }
  await runQuery(capture, { filter, fields: [], onPacket: find }, signal)
  const found = connectionsWithTls(capture)
  const facts = new FactCollector(capture)
  if (found.size === 0 || signal?.aborted === true) return facts
  const query: Query = {
    fields: facts.fields,
    onPacket(packet, dissect) {
      const conversation = memory.flowOf(packet, 0) >> 1
      if (found.has(conversation) && (filter === null || matching.has(conversation))) facts.add(packet, dissect())
      return undefined
    },
  }
  await runQuery(capture, query, signal)
  return facts
}

/** Numbers of the conversations in which a record of TLS is complete. */
function connectionsWithTls({ memory, registry }: Capture): ReadonlySet<number> {
  const found = new Set<number>()
  const { messages } = memory
  const tls = registry.protocol('tls')?.id
  for (let i = 0; i < messages.count; i++) {
    if (messages.protocol(i) !== tls || messages.occurrence(i) === INSIDE) continue
    const flow = memory.flowOf(messages.packet(i), 0)
    if (flow >= 0) found.add(flow >> 1)
  }
  return found
}
