// What TCP delivered, read again from an indexed capture: every byte of a direction once and in order. Following a stream and searching
// streams both work on it.

import { Dissection, type PacketFacts } from '../core/dissect.ts'
import { type Delivery, StreamMemory } from '../streams/index.ts'
import type { Capture } from './capture.ts'
import { Readahead } from './readahead.ts'

export type { Delivery } from '../streams/index.ts'

/**
 * Walks the capture once more and shows `delivery` all delivered bytes. Flows are numbered as in the capture's own memory. At the end,
 * segments that still wait for lost ones come over the gaps before them.
 */
export function readDelivered(capture: Capture, delivery: Delivery): void {
  walk(capture, delivery, () => true)
}

/**
 * The same for one conversation alone (the number that Flow >> 1 is): packets of others are passed over. The flows that `delivery` sees
 * are 0 for the conversation's first sender and 1 for the other.
 */
export function readConversation(capture: Capture, conversation: number, delivery: Delivery): void {
  // A packet of no conversation may be a fragment of a datagram that belongs to this one.
  walk(capture, delivery, (packet) => {
    const flow = capture.memory.flowOf(packet, 0)
    return flow < 0 || flow >> 1 === conversation
  })
}

function walk(capture: Capture, delivery: Delivery, wanted: (packet: number) => boolean): void {
  const { index, reader, registry } = capture
  const memory = new StreamMemory(
    registry,
    (packet, at, length, target, targetAt) => reader.read(index.offset(packet) + at, length, target.subarray(targetAt, targetAt + length)),
    delivery,
  )
  const d = new Dissection(registry, memory)
  d.interfaces = capture.interfaces
  const readahead = new Readahead(capture)
  const facts: PacketFacts = { packet: 0, captured: 0, length: 0, seconds: 0, nanos: 0, interfaceId: 0 }
  for (let packet = 1; packet <= index.count; packet++) {
    if (!wanted(packet)) continue
    const start = readahead.start(packet)
    facts.packet = packet
    facts.captured = index.captured(packet)
    facts.length = index.length(packet)
    facts.seconds = index.seconds(packet)
    facts.nanos = index.nanos(packet)
    facts.interfaceId = index.interfaceId(packet)
    d.scan(readahead.bytes, start, facts, capture.linkType(packet))
  }
  memory.tcp.release()
}
