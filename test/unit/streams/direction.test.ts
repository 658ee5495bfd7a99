// One direction of a connection, framed by a toy protocol: one byte of length, then that many bytes. Each case of the stream parser:
// whole, byte by byte, out of order, duplicated, with gaps, cut by the snap length.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineProtocol, MORE, NO, type Protocol, YES } from '../../../src/core/protocol.ts'
import { AssemblyLog } from '../../../src/streams/assemblies.ts'
import type { StreamContext } from '../../../src/streams/context.ts'
import { Direction } from '../../../src/streams/direction.ts'
import { MessageLog } from '../../../src/streams/messages.ts'
import { ObjectShelf } from '../../../src/streams/shelf.ts'

/** Messages start with 0xAA, a length, and as many bytes; 0xBB lasts until the direction closes. */
const toy: Protocol = defineProtocol({
  name: 'toy',
  title: 'Toy',
  spec: 'this test',
  about: 'A protocol for this test alone.',
  fields: {},
  dissect() {},
  framing: {
    recognize: (bytes, start, end) => (start === end ? MORE : bytes[start] === 0xaa || bytes[start] === 0xbb ? YES : NO),
    frame(state, bytes, start, end) {
      if (state.phase === 1 || bytes[start] === 0xbb) {
        state.phase = 1
        state.untilClose = true
        return end - start
      }
      if (bytes[start] !== 0xaa) return -1
      if (end - start < 2) return MORE
      state.done = true
      return 2 + bytes[start + 1]!
    },
  },
})
toy.id = 7

interface Piece {
  readonly at: number
  readonly bytes: Uint8Array
  readonly lost?: number
  readonly acked?: number
}

/** Feeds segments (places in the stream) as packets 1, 2, … and returns the messages: packet that completed each, and its bytes. */
function run(segments: readonly Piece[], fin = -1, first = 1000): { packet: number; bytes: number[] }[] {
  const packets = segments.map(({ bytes }) => bytes)
  const messages = new MessageLog()
  const assemblies = new AssemblyLog((packet, at, length, target, targetAt) => {
    target.set(packets[packet - 1]!.subarray(at, at + length), targetAt)
    return length
  })
  const shared: StreamContext = {
    framed: [toy],
    messages,
    assemblies,
    delivery: null,
    shelf: new ObjectShelf(),
    sealed: null,
    earlyBytes: 0,
    givenUp: 0,
    noteReassembled() {},
    noteGap() {},
  }
  const direction = new Direction(shared)
  direction.started = true
  direction.expected = first >>> 0
  segments.forEach(({ at, bytes, lost = 0, acked = 0 }, i) => {
    direction.arrive(i + 1, 0, (first + at) >>> 0, bytes, 0, bytes.length, lost, 0, (first + acked) >>> 0)
    if (fin === i) direction.close(i + 1, 0)
  })
  return Array.from({ length: messages.count }, (_, i) => {
    const assembly = messages.assembly(i)
    const packet = messages.packet(i)
    const bytes =
      assembly < 0 ? packets[packet - 1]!.subarray(messages.at(i), messages.at(i) + messages.length(i)) : assemblies.bytes(assembly)
    expect(bytes.length).toBe(messages.length(i))
    return { packet, bytes: [...bytes] }
  })
}

const stream = Uint8Array.from([0xaa, 3, 1, 2, 3, 0xaa, 0, 0xaa, 5, 9, 8, 7, 6, 5])
const whole = [
  [0xaa, 3, 1, 2, 3],
  [0xaa, 0],
  [0xaa, 5, 9, 8, 7, 6, 5],
]
const cut = (bytes: Uint8Array, at: readonly number[]): Piece[] =>
  at.map((from, i) => ({ at: from, bytes: bytes.subarray(from, at[i + 1] ?? bytes.length) }))

describe('a direction of a connection', () => {
  it('finds messages in one segment', () => {
    expect(run(cut(stream, [0]))).toEqual(whole.map((bytes) => ({ packet: 1, bytes })))
  })

  it('finds them byte by byte, each in the packet that completes it', () => {
    const messages = run(
      cut(
        stream,
        [...stream].map((_, i) => i),
      ),
    )
    expect(messages.map(({ bytes }) => bytes)).toEqual(whole)
    expect(messages.map(({ packet }) => packet)).toEqual([5, 7, 14])
  })

  it('puts segments in order, and shows messages when the gap closes', () => {
    const [a, b, c] = cut(stream, [0, 4, 9])
    expect(run([a!, c!, b!])).toEqual(whole.map((bytes) => ({ packet: 3, bytes })))
  })

  it('does not show bytes twice', () => {
    const [a, b] = cut(stream, [0, 6])
    expect(run([a!, a!, b!, a!, b!]).map(({ bytes }) => bytes)).toEqual(whole)
  })

  it('takes the new part of a segment that overlaps old bytes', () => {
    expect(
      run([
        { at: 0, bytes: stream.subarray(0, 8) },
        { at: 4, bytes: stream.subarray(4) },
      ]).map(({ bytes }) => bytes),
    ).toEqual(whole)
  })

  it('goes on after sequence numbers wrap around', () => {
    expect(run(cut(stream, [0, 3, 9]), -1, 0xfffffffc).map(({ bytes }) => bytes)).toEqual(whole)
  })

  it('waits for a missing segment as long as nobody acknowledged it', () => {
    const [a, , c] = cut(stream, [0, 5, 7])
    expect(run([a!, c!]).map(({ bytes }) => bytes)).toEqual([whole[0]])
  })

  it('gives a segment up that the receiver has but the capture has not, and goes on behind it', () => {
    const [a, , c] = cut(stream, [0, 5, 7])
    expect(run([a!, { ...c!, acked: 7 }]).map(({ bytes }) => bytes)).toEqual([whole[0], whole[2]])
  })

  it('loses only the message that the gap lies in', () => {
    const segments = [
      { at: 0, bytes: stream.subarray(0, 9) },
      { at: 11, bytes: Uint8Array.from([7, 6, 5, 0xaa, 1, 4]), acked: 11 },
    ]
    expect(run(segments).map(({ bytes }) => bytes)).toEqual([whole[0], whole[1], [0xaa, 1, 4]])
  })

  it('shows the beginning of a segment that the capture cut short, and finds the next message', () => {
    const segments = [
      { at: 0, bytes: Uint8Array.from([0xaa, 20, 1, 2]), lost: 18 },
      { at: 22, bytes: Uint8Array.from([0xaa, 1, 6]) },
    ]
    expect(run(segments).map(({ bytes }) => bytes)).toEqual([
      [0xaa, 20, 1, 2],
      [0xaa, 1, 6],
    ])
  })

  it('ends a message that lasts until the direction closes with the segment that closes it', () => {
    const bytes = Uint8Array.from([0xbb, 1, 2, 3, 4])
    expect(run(cut(bytes, [0, 2, 4]), 2)).toEqual([{ packet: 3, bytes: [...bytes] }])
  })

  it('passes over bytes that are no message and finds the next one at the start of a segment', () => {
    const segments = [
      { at: 0, bytes: Uint8Array.from([5, 5, 5]) },
      { at: 3, bytes: Uint8Array.from([0xaa, 1, 6]) },
    ]
    expect(run(segments)).toEqual([{ packet: 2, bytes: [0xaa, 1, 6] }])
  })

  it('finds the same messages however the stream is cut, shuffled and repeated', () => {
    const scenario = fc.record({
      lengths: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 }),
      cuts: fc.array(fc.nat(), { maxLength: 12 }),
      order: fc.array(fc.nat(), { maxLength: 24 }),
    })
    fc.assert(
      fc.property(scenario, ({ lengths, cuts, order }) => {
        const wanted = lengths.map((length, i) => [0xaa, length, ...Array.from({ length }, (_, j) => (i * 16 + j) & 0xff)])
        const bytes = Uint8Array.from(wanted.flat())
        const places = [...new Set([0, ...cuts.map((place) => place % bytes.length)])].sort((a, b) => a - b)
        const segments = cut(bytes, places)
        // Some early, some twice; then all of them once, in order, so that nothing is missing at the end.
        const sent = [...order.map((pick) => segments[pick % segments.length]!), ...segments]
        expect(run(sent).map((message) => message.bytes)).toEqual(wanted)
      }),
      { seed: 20261123, numRuns: 500 },
    )
  })
})
