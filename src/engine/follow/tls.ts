// TLS: what was said inside, as far as keys opened it.

import { OPENED } from '../../core/unseal.ts'
import type { Capture } from '../capture.ts'
import { eachMessagePacket } from './layers.ts'
import type { FollowSink, Side } from './sink.ts'

export function followTls(capture: Capture, conversation: number, sink: FollowSink): void {
  const { memory, registry } = capture
  const { messages, opened } = memory
  const tls = registry.protocol('tls')?.id ?? -1
  if (opened === null) return
  let begun = false
  eachMessagePacket(capture, conversation, tls, (packet) => {
    for (let i = messages.firstOf(packet); i >= 0 && messages.packet(i) === packet; i++) {
      if (messages.protocol(i) !== tls || messages.within(i) >= 0) continue
      const flow = memory.flowOf(packet, messages.occurrence(i))
      const first = opened.firstOf(i)
      if (flow >> 1 !== conversation || first < 0) continue
      const side = (flow & 1) as Side
      for (let record = first; record < opened.endOf(i); record++) {
        if (opened.state(record) !== OPENED) continue
        if (!begun) sink.begin(side)
        begun = true
        const plain = opened.inStream(record) ? opened.plain(record) : null
        if (plain !== null && plain.length > 0) sink.chunk(side, packet, plain)
      }
    }
  })
}
