// Fields that the index can answer without dissecting a packet.

import type { Field } from '../core/field.ts'
import { KIND_TCP, KIND_UDP } from '../core/memory.ts'
import type { Capture } from './capture.ts'

/** Reads a field from the columns. */
export interface ColumnField {
  readonly field: Field
  /** The value; -1 when the packet has none; NaN when the columns do not know, and the packet must be dissected. */
  read(packet: number): number
}

/** The column that answers a field, or null. */
export function columnOf(capture: Capture, field: Field): ColumnField | null {
  const { index } = capture
  switch (field.name) {
    case 'frame.number':
      return { field, read: (packet) => packet }
    case 'frame.len':
      return { field, read: (packet) => index.length(packet) }
    case 'frame.cap_len':
      return { field, read: (packet) => index.captured(packet) }
    case 'tcp.stream':
      return streamColumn(capture, field, KIND_TCP, 'tcp')
    case 'udp.stream':
      return streamColumn(capture, field, KIND_UDP, 'udp')
    default:
      return null
  }
}

/** Streams are known where the packet has no other transport layer than one of this kind. */
function streamColumn(capture: Capture, field: Field, kind: number, name: string): ColumnField {
  const { chains, index, memory, registry } = capture
  const own = registry.protocol(name)?.id ?? -1
  const transports = ['tcp', 'udp', 'sctp'].flatMap((transport) => registry.protocol(transport)?.id ?? [])
  // By chain: 0 not looked at, 1 no such layer, 2 exactly one and no other transport, 3 must be dissected.
  const kinds: number[] = []
  const judge = (chain: number): number => {
    const mine = chains.occurrences(chain, own)
    if (Number.isNaN(mine)) return 3
    if (mine === 0) return 1
    return transports.reduce((sum, id) => sum + chains.occurrences(chain, id), 0) === 1 ? 2 : 3
  }
  return {
    field,
    read(packet) {
      const chain = index.chain(packet)
      kinds[chain] ??= judge(chain)
      const answer = kinds[chain]
      if (answer === 1) return -1
      if (answer === 3) return Number.NaN
      const flow = memory.flowOf(packet, 0)
      if (flow < 0) return -1
      return memory.conversations.kindOf(flow >> 1) === kind ? memory.streamOf(flow) : -1
    },
  }
}
