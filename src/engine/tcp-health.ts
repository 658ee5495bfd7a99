// How well TCP connections fared: what was sent again, lost, overtaken, and how long answers took. Read from the analysis that was made along
// with the index; nothing is dissected.

import {
  ANALYSIS_DUPLICATE_ACK,
  ANALYSIS_FAST_RETRANSMISSION,
  ANALYSIS_LOST_SEGMENT,
  ANALYSIS_OUT_OF_ORDER,
  ANALYSIS_RETRANSMISSION,
  ANALYSIS_SPURIOUS_RETRANSMISSION,
  ANALYSIS_ZERO_WINDOW,
  KIND_TCP,
} from '../core/memory.ts'
import type { Capture } from './capture.ts'

const RETRANSMISSIONS = ANALYSIS_RETRANSMISSION | ANALYSIS_FAST_RETRANSMISSION | ANALYSIS_SPURIOUS_RETRANSMISSION

/** What one side of a connection did. */
export interface SideHealth {
  /** Segments sent again: after a time-out, after duplicate acknowledgments, or without need. */
  retransmissions: number
  /** Times that segments before one were missing: lost, or not captured. */
  lostSegments: number
  outOfOrder: number
  duplicateAcks: number
  /** Times that it told the other side to stop sending. */
  zeroWindows: number
  /** How long its acknowledgments took, in seconds, seen from where the capture was made; null when none could be measured. */
  ackRtt: { min: number; mean: number; max: number; readonly samples: number } | null
}

export interface TcpHealth {
  /** Seconds from the SYN to the acknowledgment that ends the handshake; null when it was not seen. */
  initialRtt: number | null
  /** The first sender's, and the other's. */
  readonly sides: readonly [SideHealth, SideHealth]
}

/**
 * Goes through the packets that are indexed. By number of the conversation in the memory of streams (`Conversation.flow`); undefined for
 * those that are no TCP. Empty when the capture was not analysed.
 */
export function tcpHealth(capture: Capture): readonly (TcpHealth | undefined)[] {
  const { index, memory } = capture
  const { analysis } = memory.tcp
  const known: (TcpHealth | undefined)[] = []
  if (analysis === null) return known
  for (let packet = 1; packet <= index.count; packet++) {
    const flow = memory.flowOf(packet, 0)
    if (flow < 0 || memory.conversations.kindOf(flow >> 1) !== KIND_TCP) continue
    const facts = analysis.of(packet, 0, flow)
    if (facts === null) continue
    let health = known[flow >> 1]
    if (health === undefined) {
      health = { initialRtt: null, sides: [fresh(), fresh()] }
      known[flow >> 1] = health
    }
    const side = health.sides[(flow & 1) as 0 | 1]
    const { flags } = facts
    if ((flags & RETRANSMISSIONS) !== 0) side.retransmissions++
    if ((flags & ANALYSIS_LOST_SEGMENT) !== 0) side.lostSegments++
    if ((flags & ANALYSIS_OUT_OF_ORDER) !== 0) side.outOfOrder++
    if ((flags & ANALYSIS_DUPLICATE_ACK) !== 0) side.duplicateAcks++
    if ((flags & ANALYSIS_ZERO_WINDOW) !== 0) side.zeroWindows++
    if (facts.acked !== 0) addSample(side, secondsBetween(capture, facts.acked, packet))
    if (health.initialRtt === null && facts.handshakeTo !== 0)
      health.initialRtt = secondsBetween(capture, facts.handshakeFrom, facts.handshakeTo)
  }
  return known
}

const fresh = (): SideHealth => ({ retransmissions: 0, lostSegments: 0, outOfOrder: 0, duplicateAcks: 0, zeroWindows: 0, ackRtt: null })

function addSample(side: SideHealth, seconds: number | null): void {
  if (seconds === null) return
  const { min, mean, max, samples } = side.ackRtt ?? { min: seconds, mean: 0, max: seconds, samples: 0 }
  side.ackRtt = {
    min: Math.min(min, seconds),
    mean: mean + (seconds - mean) / (samples + 1),
    max: Math.max(max, seconds),
    samples: samples + 1,
  }
}

/** Null when one of the packets has no time. */
function secondsBetween({ index }: Capture, from: number, to: number): number | null {
  if (index.nanos(from) < 0 || index.nanos(to) < 0) return null
  return index.seconds(to) - index.seconds(from) + (index.nanos(to) - index.nanos(from)) / 1e9
}
