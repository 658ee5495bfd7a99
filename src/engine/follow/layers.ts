// Walks through the packets of one conversation that complete messages of a protocol.

import type { Dissection } from '../../core/dissect.ts'
import type { Capture } from '../capture.ts'
import { belongsTo } from '../flows.ts'
import { Readahead } from '../readahead.ts'
import type { Side } from './sink.ts'

/** The layers of a protocol in the conversation, in order; each packet is recorded in full. `d` is valid during the call. */
export function eachLayer(
  capture: Capture,
  conversation: number,
  protocol: number,
  visit: (d: Dissection, layer: number, side: Side) => void,
): void {
  const { memory, registry } = capture
  const transports = ['tcp', 'udp', 'sctp'].map((name) => registry.protocol(name)?.id)
  const readahead = new Readahead(capture)
  const d = capture.dissection()
  eachMessagePacket(capture, conversation, protocol, (packet) => {
    const start = readahead.start(packet)
    capture.record(d, packet, readahead.bytes, start)
    let occurrence = -1
    for (let layer = 0; layer < d.layers; layer++) {
      if (transports.includes(d.layerProtocol[layer]!)) occurrence++
      if (d.layerProtocol[layer] !== protocol || d.layerDepth[layer]! > 0) continue
      const flow = memory.flowOf(packet, Math.max(0, occurrence))
      if (flow >> 1 === conversation) visit(d, layer, (flow & 1) as Side)
    }
  })
}

/** The packets of a conversation that complete a message of the protocol. */
export function eachMessagePacket(capture: Capture, conversation: number, protocol: number, visit: (packet: number) => void): void {
  const { messages } = capture.memory
  let last = 0
  for (let i = 0; i < messages.count; i++) {
    const packet = messages.packet(i)
    if (packet === last || messages.protocol(i) !== protocol || !belongsTo(capture, packet, conversation)) continue
    last = packet
    visit(packet)
  }
}
