// Every byte that TCP delivered, once and in order, whatever order the segments came in.

import { describe, expect, test } from 'vitest'
import { AssemblyLog } from '../../../src/streams/assemblies.ts'
import type { StreamContext } from '../../../src/streams/context.ts'
import { Direction } from '../../../src/streams/direction.ts'
import { MessageLog } from '../../../src/streams/messages.ts'
import { ObjectShelf } from '../../../src/streams/shelf.ts'

interface Sent {
  readonly at: number
  readonly text: string
  /** Bytes on the wire that the capture did not keep. */
  readonly lost?: number
  /** Highest byte that the other side has acknowledged. */
  readonly acked?: number
}

/** What a listener is told: text pieces with packet and place, gaps as numbers. */
function delivered(segments: readonly Sent[], first = 0xfffffff0): { text: string; pieces: string[] } {
  const pieces: string[] = []
  let text = ''
  const shared: StreamContext = {
    framed: [],
    messages: new MessageLog(),
    assemblies: new AssemblyLog(() => 0),
    delivery: {
      bytes(flow, packet, place, bytes, from, to) {
        const piece = Buffer.from(bytes.subarray(from, to)).toString('latin1')
        text += piece
        pieces.push(`${flow}/${packet}@${place} ${piece}`)
      },
      gap(_flow, packet, length) {
        text += '_'.repeat(length)
        pieces.push(`${packet} lacks ${length}`)
      },
    },
    shelf: new ObjectShelf(),
    sealed: null,
    earlyBytes: 0,
    givenUp: 0,
    noteReassembled() {},
    noteGap() {},
  }
  const direction = new Direction(shared, 6)
  direction.started = true
  direction.expected = first
  segments.forEach(({ at, text: sent, lost = 0, acked = 0 }, i) => {
    const bytes = Buffer.from(`..${sent}`, 'latin1')
    direction.arrive(i + 1, 0, (first + at) >>> 0, bytes, 2, bytes.length, lost, 66, (first + acked) >>> 0)
  })
  direction.release()
  return { text, pieces }
}

describe('delivered bytes', () => {
  test('come in order with packet and place', () => {
    expect(
      delivered([
        { at: 0, text: 'fluffy' },
        { at: 6, text: ' tail' },
      ]).pieces,
    ).toEqual(['6/1@66 fluffy', '6/2@66  tail'])
  })

  test('that arrived early wait for their turn', () => {
    const { text, pieces } = delivered([
      { at: 6, text: ' ta' },
      { at: 9, text: 'il' },
      { at: 0, text: 'fluffy' },
    ])
    expect(text).toBe('fluffy tail')
    expect(pieces).toEqual(['6/3@66 fluffy', '6/1@66  ta', '6/2@66 il'])
  })

  test('come once, and as they came first, when segments overlap', () => {
    const { text, pieces } = delivered([
      { at: 0, text: 'fluffy' },
      { at: 0, text: 'FLUFFY' },
      { at: 4, text: 'XX tail' },
      { at: 4, text: 'YY' },
    ])
    expect(text).toBe('fluffy tail')
    expect(pieces).toEqual(['6/1@66 fluffy', '6/3@68  tail'])
  })

  test('leave gaps that were acknowledged, and gaps that never close', () => {
    const acknowledged = delivered([
      { at: 0, text: 'fl' },
      { at: 4, text: 'fy', acked: 6 },
    ])
    expect(acknowledged.text).toBe('fl__fy')
    expect(acknowledged.pieces[1]).toBe('2 lacks 2')
    const open = delivered([
      { at: 0, text: 'fl' },
      { at: 4, text: 'fy' },
      { at: 9, text: 'l' },
    ])
    expect(open.text).toBe('fl__fy___l')
  })

  test('of a packet that the capture cut are as many as it kept', () => {
    expect(
      delivered([
        { at: 0, text: 'flu', lost: 3 },
        { at: 6, text: ' tail' },
      ]).text,
    ).toBe('flu___ tail')
  })

  test('do not depend on the order of the segments', () => {
    const whole = 'the message is: fluffy tail'
    const cuts = [0, 3, 4, 11, 12, 20, whole.length]
    const segments = cuts.slice(0, -1).map((at, i) => ({ at, text: whole.slice(at, cuts[i + 1]) }))
    for (let round = 0; round < segments.length; round++) {
      const turned = [...segments.slice(round), ...segments.slice(0, round), ...segments]
      expect(delivered(turned).text).toBe(whole)
    }
  })
})
