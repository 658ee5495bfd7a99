// One stream of HTTP/2: its frames as they are, and in place of packed headers a list of names and values, each behind four bytes with its length.

import type { Dissection } from '../../core/dissect.ts'
import { valueText } from '../../core/value.ts'
import type { Capture } from '../capture.ts'
import { eachLayer } from './layers.ts'
import type { FollowSink } from './sink.ts'

export function followHttp2(capture: Capture, conversation: number, sink: FollowSink, substream: number): void {
  const { registry } = capture
  const fieldOf = (name: string): number => registry.find(name)?.[0]?.id ?? -1
  const ids = { stream: fieldOf('http2.streamid'), name: fieldOf('http2.header.name'), value: fieldOf('http2.header.value') }
  const http2 = registry.protocol('http2')
  let begun = false
  eachLayer(capture, conversation, http2?.id ?? -1, (d, layer, side) => {
    const frame = readFrame(d, layer, ids, http2?.self.id ?? -1)
    if (frame === null || frame.stream !== substream) return
    if (!begun) sink.begin(side)
    begun = true
    sink.chunk(side, d.packet, frame.headers.length > 0 ? Buffer.concat(frame.headers) : frame.bytes)
  })
}

function readFrame(d: Dissection, layer: number, ids: { stream: number; name: number; value: number }, self: number) {
  const { rows, sources, registry } = d
  let stream = -1
  let bytes = new Uint8Array(0)
  const headers: Uint8Array[] = []
  for (let row = 0; row < rows.count; row++) {
    if (rows.layer[row] !== layer) continue
    const field = rows.field[row]!
    const start = rows.start[row]!
    if (field === self) bytes = new Uint8Array(sources[rows.source[row]!]!.subarray(start, start + rows.length[row]!))
    else if (field === ids.stream && stream < 0) stream = rows.value[row]!
    else if (field === ids.name || field === ids.value) {
      const text = Buffer.from(valueText(registry.fields[field]!, rows, row, sources), 'utf8')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(text.length)
      headers.push(length, text)
    }
  }
  return stream < 0 ? null : { stream, bytes, headers }
}
