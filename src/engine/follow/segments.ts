// TCP: every byte that was delivered, once and in order, a chunk for each segment.

import type { Capture } from '../capture.ts'
import { readConversation } from '../delivered.ts'
import type { FollowSink, Side } from './sink.ts'

export function followSegments(capture: Capture, conversation: number, sink: FollowSink): void {
  sink.begin(0)
  readConversation(capture, conversation, {
    bytes: (flow, packet, _place, bytes, from, to) => sink.chunk(flow as Side, packet, bytes.subarray(from, to)),
    gap: (flow, packet, length) => sink.gap(flow as Side, packet, length),
  })
}
