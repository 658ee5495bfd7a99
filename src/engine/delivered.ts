// What TCP delivered, read again from an indexed capture: every byte of a direction once and in order. Following a stream and searching
// streams both work on it.

import { Dissection, type PacketFacts } from '../core/dissect.ts'
import type { Flow } from '../core/memory.ts'
import { type Delivery, StreamMemory } from '../streams/index.ts'
import type { Capture } from './capture.ts'
import { belongsTo } from './flows.ts'
import { Readahead } from './readahead.ts'
import { finish, STEP } from './steps.ts'

export type { Delivery } from '../streams/index.ts'

/**
 * Walks the capture once more and shows `delivery` all delivered bytes. Flows are numbered as in the capture's own memory. At the end,
 * segments that still wait for lost ones come over the gaps before them.
 */
export function readDelivered(capture: Capture, delivery: Delivery): void {
  finish(readDeliveredStepwise(capture, delivery))
}

/** The same in steps of a few packets, for who must look after other things in between. Yields the packet reached. */
export function readDeliveredStepwise(capture: Capture, delivery: Delivery): Generator<number, void> {
  return walk(
    capture,
    () => true,
    () => delivery,
  )
}

/**
 * The same for one conversation alone (the number that Flow >> 1 is): packets of others are passed over. The flows that `delivery` sees
 * are 0 for the conversation's first sender and 1 for the other.
 */
export function readConversation(capture: Capture, conversation: number, delivery: Delivery): void {
  finish(readConversationStepwise(capture, conversation, delivery))
}

/** The same in steps of a few packets. Yields the packet reached. */
export function readConversationStepwise(capture: Capture, conversation: number, delivery: Delivery): Generator<number, void> {
  const { memory } = capture
  return walk(
    capture,
    // A packet of no conversation may be a fragment of a datagram that belongs to this one.
    (packet) => memory.flowOf(packet, 0) < 0 || belongsTo(capture, packet, conversation),
    (again) => {
      // The second walk numbers conversations anew, and packets of a tunnel belong to several: their place in the packet tells them apart.
      const sideOf = (flow: Flow, packet: number): Flow => {
        for (let occurrence = 0; ; occurrence++) {
          const known = memory.flowOf(packet, occurrence)
          if (known < 0) return -1
          if (known >> 1 === conversation && again(packet, occurrence) === flow) return known & 1
        }
      }
      return {
        bytes(flow, packet, place, bytes, from, to) {
          const side = sideOf(flow, packet)
          if (side >= 0) delivery.bytes(side, packet, place, bytes, from, to)
        },
        gap(flow, packet, length) {
          const side = sideOf(flow, packet)
          if (side >= 0) delivery.gap(side, packet, length)
        },
      }
    },
  )
}

/** `deliver` makes the delivery; it is given the flows of packets as this walk numbers them. */
function* walk(
  capture: Capture,
  wanted: (packet: number) => boolean,
  deliver: (again: (packet: number, occurrence: number) => Flow) => Delivery,
): Generator<number, void> {
  const { index, reader, registry } = capture
  const memory: StreamMemory = new StreamMemory(
    registry,
    (packet, at, length, target, targetAt) => reader.read(index.offset(packet) + at, length, target.subarray(targetAt, targetAt + length)),
    deliver((packet, occurrence) => memory.flowOf(packet, occurrence)),
  )
  const d = new Dissection(registry, memory)
  d.interfaces = capture.interfaces
  const readahead = new Readahead(capture)
  const facts: PacketFacts = { packet: 0, captured: 0, length: 0, seconds: 0, nanos: 0, interfaceId: 0 }
  for (let packet = 1; packet <= index.count; packet++) {
    if (packet % STEP === 0) yield packet
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
