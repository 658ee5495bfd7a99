// WebSocket: each message, text or binary, as it was meant: put together from its frames, unmasked and unpacked. Pings and the like are left out.

import type { Dissection } from '../../core/dissect.ts'
import type { Capture } from '../capture.ts'
import { eachLayer } from './layers.ts'
import type { FollowSink } from './sink.ts'

/** Opcodes of RFC 6455 5.2 from which on frames are no messages. */
const CONTROL = 8

export function followWebSocket(capture: Capture, conversation: number, sink: FollowSink): void {
  const { registry } = capture
  const idOf = (name: string): number => registry.find(name)?.[0]?.id ?? -1
  const ids = {
    fin: idOf('websocket.fin'),
    opcode: idOf('websocket.opcode'),
    contents: [idOf('websocket.payload.text'), idOf('websocket.payload')],
    data: registry.data,
  }
  let begun = false
  eachLayer(capture, conversation, registry.protocol('websocket')?.id ?? -1, (d, layer, side) => {
    const message = messageOf(d, layer, ids)
    if (message === null || message.length === 0) return
    if (!begun) sink.begin(0)
    begun = true
    sink.chunk(side, d.packet, message)
  })
}

interface Ids {
  readonly fin: number
  readonly opcode: number
  readonly contents: readonly number[]
  readonly data: Capture['registry']['data']
}

/** The message that ends with the frame of this layer; null where none does. What was put together and unpacked comes last in the rows. */
function messageOf(d: Dissection, layer: number, { fin, opcode, contents, data }: Ids): Uint8Array | null {
  const { rows, sources } = d
  let last = -1
  let ends = false
  // A binary message is the data behind the frame.
  const behind = layer + 1 < d.layers && d.layerProtocol[layer + 1] === data.id ? layer + 1 : -1
  for (let row = 0; row < rows.count; row++) {
    const field = rows.field[row]!
    if (rows.layer[row] === behind && field === data.self.id) last = row
    if (rows.layer[row] !== layer) continue
    if (field === fin) ends = rows.value[row] === 1
    else if (field === opcode && rows.value[row]! >= CONTROL) return null
    else if (behind < 0 && contents.includes(field)) last = row
  }
  if (!ends || last < 0) return null
  const start = rows.start[last]!
  return sources[rows.source[last]!]!.subarray(start, start + rows.length[last]!)
}
