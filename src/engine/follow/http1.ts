// HTTP/1: heads as they are, bodies with their codings undone.

import type { Capture } from '../capture.ts'
import { splitHttp1 } from '../exchange/http1.ts'
import { eachLayer } from './layers.ts'
import type { FollowSink } from './sink.ts'

export function followHttp1(capture: Capture, conversation: number, sink: FollowSink): void {
  let begun = false
  eachLayer(capture, conversation, capture.registry.protocol('http')?.id ?? -1, (d, layer, side) => {
    const parts = splitHttp1(capture, d, layer)
    if (parts === null) return
    if (!begun) sink.begin(side)
    begun = true
    sink.chunk(side, d.packet, parts.bytes.subarray(0, parts.headEnd))
    const body = parts.body ?? parts.bytes.subarray(parts.headEnd)
    if (body.length > 0) sink.chunk(side, d.packet, body)
  })
}
