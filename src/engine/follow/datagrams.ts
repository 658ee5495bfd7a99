// UDP: the payload of each datagram.

import { planOf } from '../../filter/index.ts'
import type { Capture } from '../capture.ts'
import { belongsTo } from '../flows.ts'
import { Readahead } from '../readahead.ts'
import type { FollowSink, Side } from './sink.ts'

export function followDatagrams(capture: Capture, conversation: number, sink: FollowSink): void {
  const { index, memory, registry } = capture
  const udp = registry.protocol('udp')
  const payload = registry.find('udp.payload')?.[0]
  if (udp === undefined || payload === undefined) throw new Error('UDP has no payload to follow')
  const plan = planOf([udp.self, payload], registry)
  sink.begin(0)
  const readahead = new Readahead(capture)
  const d = capture.dissection()
  for (let packet = 1; packet <= index.count; packet++) {
    if (!belongsTo(capture, packet, conversation)) continue
    const start = readahead.start(packet)
    capture.record(d, packet, readahead.bytes, start, plan)
    const { rows } = d
    let occurrence = -1
    for (let row = 0; row < rows.count; row++) {
      if (rows.field[row] === udp.self.id) occurrence++
      if (rows.field[row] !== payload.id) continue
      const flow = memory.flowOf(packet, occurrence)
      if (flow >> 1 !== conversation) continue
      const from = rows.start[row]!
      sink.chunk((flow & 1) as Side, packet, d.sources[rows.source[row]!]!.subarray(from, from + rows.length[row]!))
    }
  }
}
