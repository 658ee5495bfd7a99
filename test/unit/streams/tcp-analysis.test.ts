import { describe, expect, it } from 'vitest'
import type { Dissection } from '../../../src/core/dissect.ts'
import type { SegmentFacts } from '../../../src/core/memory.ts'
import * as found from '../../../src/core/memory.ts'
import { TcpAnalyser } from '../../../src/streams/tcp-analysis.ts'
import { AnalysisLog, emptyFacts } from '../../../src/streams/tcp-analysis-log.ts'
import { MAX_UNACKNOWLEDGED, Unacknowledged } from '../../../src/streams/tcp-unacknowledged.ts'

const [FIN, SYN, RST, PSH, ACK] = [1, 2, 4, 8, 16] as const
const CLIENT = 0
const SERVER = 1

interface Segment {
  readonly side?: number
  readonly seq: number
  readonly ack?: number
  readonly flags?: number
  readonly length?: number
  readonly window?: number
  /** Milliseconds since the capture began; default: 10 a packet. */
  readonly at?: number
}

/** Runs segments (bases 1000 and 5000, numbers counted from there) through an analyser; returns what is known of each. */
function analyse(segments: readonly Segment[]): SegmentFacts[] {
  const times = segments.map(({ at }, i) => at ?? i * 10)
  const clock = {
    seconds: (packet: number) => Math.floor(times[packet - 1]! / 1000),
    nanos: (packet: number) => (times[packet - 1]! % 1000) * 1e6,
  }
  const bases = [1000, 5000]
  const analyser = new TcpAnalyser({ baseSequence: (flow) => bases[flow]!, windowShift: () => 0 })
  segments.forEach(({ side = CLIENT, seq, ack = 1, flags = ACK, length = 0, window = 1000 }, i) => {
    const packet = i + 1
    const p = { packet, transports: 0, clock, seconds: clock.seconds(packet), nanos: clock.nanos(packet) } as unknown as Dissection
    const acked = (flags & ACK) === 0 ? 0 : ack + bases[side ^ 1]!
    analyser.noteSelective(side, [])
    analyser.segment(p, side, seq + bases[side]!, acked, flags, window, length)
  })
  return segments.map(({ side = CLIENT }, i) => ({ ...analyser.of(i + 1, 0, side)! }))
}

const HANDSHAKE: readonly Segment[] = [
  { seq: 0, flags: SYN },
  { side: SERVER, seq: 0, flags: SYN | ACK },
  { seq: 1, flags: ACK },
]
const flagsOf = (segments: readonly Segment[]): number => analyse(segments).at(-1)!.flags

describe('analysis of TCP', () => {
  it('knows the handshake, its round trip and what the conversation had seen', () => {
    const facts = analyse([...HANDSHAKE, { seq: 1, flags: PSH | ACK, length: 100 }, { side: SERVER, seq: 1, ack: 101 }])
    expect(facts.map(({ completeness }) => completeness)).toEqual([0, 1, 3, 7, 15])
    expect(facts[1]).toMatchObject({ acked: 1, previous: 1, first: 1, handshakeTo: 0 })
    expect(facts[3]).toMatchObject({ inFlight: 100, pushed: 100, handshakeFrom: 1, handshakeTo: 3 })
    expect(facts[4]).toMatchObject({ acked: 4, inFlight: 0, flags: 0 })
  })

  it('tells a retransmission from an overtaken segment by the time', () => {
    const sent: Segment[] = [...HANDSHAKE, { seq: 1, length: 100 }, { seq: 101, length: 100 }]
    const again = analyse([...sent, { seq: 1, length: 100, at: 500 }]).at(-1)!
    expect(again).toMatchObject({ flags: found.ANALYSIS_RETRANSMISSION, sentBefore: 4 })
    const gap: Segment[] = [...HANDSHAKE, { seq: 101, length: 100 }]
    expect(flagsOf(gap)).toBe(found.ANALYSIS_LOST_SEGMENT)
    expect(flagsOf([...gap, { seq: 1, length: 100, at: 31 }])).toBe(found.ANALYSIS_OUT_OF_ORDER)
  })

  it('calls what was acknowledged already spurious', () => {
    const sent: Segment[] = [...HANDSHAKE, { seq: 1, length: 100 }, { side: SERVER, seq: 1, ack: 101 }]
    expect(flagsOf([...sent, { seq: 1, length: 100, at: 900 }])).toBe(found.ANALYSIS_SPURIOUS_RETRANSMISSION)
  })

  it('counts duplicate acknowledgments, after which a segment sent again is a fast one', () => {
    const ack: Segment = { side: SERVER, seq: 1, ack: 101 }
    const sent: Segment[] = [...HANDSHAKE, { seq: 1, length: 100 }, ack, { seq: 101, length: 100 }, { seq: 201, length: 100 }, ack, ack]
    expect(analyse(sent).at(-1)).toMatchObject({ flags: found.ANALYSIS_DUPLICATE_ACK, duplicates: 2, duplicateOf: 5 })
    expect(flagsOf([...sent, { seq: 101, length: 100, at: 85 }])).toBe(found.ANALYSIS_FAST_RETRANSMISSION)
  })

  it('sees bytes acknowledged that the capture does not hold', () => {
    expect(flagsOf([...HANDSHAKE, { side: SERVER, seq: 1, ack: 500 }])).toBe(found.ANALYSIS_ACK_LOST_SEGMENT)
  })

  it('follows the window: full, closed, probed, opened', () => {
    const filled: Segment[] = [...HANDSHAKE, { seq: 1, length: 1000 }]
    expect(flagsOf(filled)).toBe(found.ANALYSIS_WINDOW_FULL)
    const closed: Segment[] = [...filled, { side: SERVER, seq: 1, ack: 1001, window: 0 }]
    expect(flagsOf(closed)).toBe(found.ANALYSIS_ZERO_WINDOW)
    const probed: Segment[] = [...closed, { seq: 1001, length: 1 }]
    expect(flagsOf(probed)).toBe(found.ANALYSIS_ZERO_WINDOW_PROBE)
    expect(flagsOf([...probed, { side: SERVER, seq: 1, ack: 1001, window: 0 }])).toBe(
      found.ANALYSIS_ZERO_WINDOW | found.ANALYSIS_ZERO_WINDOW_PROBE_ACK,
    )
    expect(flagsOf([...closed, { side: SERVER, seq: 1, ack: 1001, window: 900 }])).toBe(found.ANALYSIS_WINDOW_UPDATE)
  })

  it('knows a keep-alive and its answer', () => {
    const quiet: Segment[] = [...HANDSHAKE, { seq: 1, length: 10 }, { side: SERVER, seq: 1, ack: 11 }]
    const asked: Segment[] = [...quiet, { seq: 10, length: 1 }]
    expect(flagsOf(asked)).toBe(found.ANALYSIS_KEEP_ALIVE)
    expect(flagsOf([...asked, { side: SERVER, seq: 1, ack: 11 }])).toBe(found.ANALYSIS_KEEP_ALIVE_ACK)
  })

  it('tells who closes first, and an end by RST', () => {
    const facts = analyse([
      ...HANDSHAKE,
      { seq: 1, flags: FIN | ACK },
      { side: SERVER, seq: 1, ack: 2, flags: FIN | ACK },
      { seq: 2, ack: 2, flags: RST },
      { seq: 2, ack: 2 },
    ])
    expect(facts[3]!.flags & found.ANALYSIS_CLOSES_FIRST).not.toBe(0)
    expect(facts[4]!.flags & found.ANALYSIS_CLOSES_FIRST).toBe(0)
    expect(facts[6]!.completeness).toBe(1 | 2 | 4 | 16 | 32)
  })
})

describe('the log of the analysis', () => {
  it('gives back what was kept, in any order, whatever the numbers', () => {
    const log = new AnalysisLog()
    const kept = new Map<number, SegmentFacts>()
    for (let packet = 1, step = 1; packet < 3_000_000; packet += step, step = (step * 7 + 3) % 2000) {
      const facts = {
        ...emptyFacts(),
        completeness: packet % 64,
        previous: Math.max(0, packet - (step * step + 1)),
        flags: packet % 3 === 0 ? packet % 0x20000 : 0,
      }
      facts.acked = packet % 2 === 0 ? packet - 1 : 0
      facts.inFlight = packet % 5 === 0 ? packet * 600 : 0
      facts.pushed = packet % 7 === 0 ? packet : facts.inFlight
      facts.duplicates = packet % 11 === 0 ? packet : 0
      log.add(packet, packet % 4 === 0 ? 1 : 0, facts)
      kept.set(packet, facts)
    }
    const read = emptyFacts()
    for (const packet of [...kept.keys()].reverse()) {
      expect(log.read(packet, packet % 4 === 0 ? 1 : 0, read)).toBe(true)
      expect(read).toEqual(kept.get(packet))
      expect(log.read(packet, 2, read)).toBe(false)
    }
  })
})

describe('segments that wait for an acknowledgment', () => {
  it('are bounded, and gone when they were acknowledged', () => {
    const waiting = new Unacknowledged()
    for (let i = 0; i < MAX_UNACKNOWLEDGED + 5; i++) waiting.add(6, i + 1, i * 10, i * 10 + 10, 0)
    expect(waiting.extent(6)).toBe(MAX_UNACKNOWLEDGED * 10)
    expect(waiting.eldest(6)).toBe(1)
    expect(waiting.acknowledge(6, 25, 0)).toBe(0)
    expect(waiting.extent(6)).toBe(MAX_UNACKNOWLEDGED * 10 - 25)
    expect(waiting.acknowledge(6, 40, 0)).toBe(4)
    expect(waiting.acknowledge(6, MAX_UNACKNOWLEDGED * 10, 0)).toBe(MAX_UNACKNOWLEDGED)
    expect(waiting.extent(6)).toBe(0)
    expect(waiting.eldest(7)).toBe(0)
  })
})

describe('hostile connections', () => {
  it('cost a bounded number of bytes each, however many there are', () => {
    const analyser = new TcpAnalyser({ baseSequence: () => 1000, windowShift: () => -1 })
    const count = 200_000
    const p = { packet: 0, transports: 0, clock: null, seconds: 0, nanos: 0 } as unknown as Dissection
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < count; i++) {
      p.packet = i + 1
      analyser.noteSelective(i * 2, [])
      analyser.segment(p, i * 2, 1000, 0, SYN, 1000, 0)
    }
    // Tables that were outgrown may still be there.
    expect((process.memoryUsage().arrayBuffers - before) / count).toBeLessThan(1000)
    expect(analyser.of(1, 0, 0)).toMatchObject({ completeness: 0, previous: 0 })
    expect(analyser.of(count, 0, (count - 1) * 2)).toMatchObject({ first: count })
  })
})
