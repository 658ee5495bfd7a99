// The rows and the words of the analysis: what ../../streams found out about a segment, shown as Wireshark shows it.

import type { Dissection } from '../../core/dissect.ts'
import type { Flow, SegmentFacts } from '../../core/memory.ts'
import * as found from '../../core/memory.ts'
import { GROUP_SEQUENCE, SEVERITY_CHAT, SEVERITY_NOTE, SEVERITY_WARN } from '../../core/note.ts'
import type { Field, Get } from '../../core/protocol.ts'
import { A } from './analysis-fields.ts'

interface Remark {
  readonly bit: number
  readonly severity: number
  readonly field: Field
  /** What stands before the Info text. */
  readonly words: string
}

const REPEATED = found.ANALYSIS_FAST_RETRANSMISSION | found.ANALYSIS_SPURIOUS_RETRANSMISSION

/** In the order of the tree; the Info column has them the other way round. */
const REMARKS: readonly Remark[] = [
  { bit: found.ANALYSIS_RETRANSMISSION, severity: SEVERITY_NOTE, field: A.retransmission, words: 'TCP Retransmission' },
  { bit: found.ANALYSIS_FAST_RETRANSMISSION, severity: SEVERITY_NOTE, field: A.fastRetransmission, words: 'TCP Fast Retransmission' },
  {
    bit: found.ANALYSIS_SPURIOUS_RETRANSMISSION,
    severity: SEVERITY_NOTE,
    field: A.spuriousRetransmission,
    words: 'TCP Spurious Retransmission',
  },
  { bit: found.ANALYSIS_OUT_OF_ORDER, severity: SEVERITY_WARN, field: A.outOfOrder, words: 'TCP Out-Of-Order' },
  { bit: found.ANALYSIS_REUSED_PORTS, severity: SEVERITY_NOTE, field: A.reusedPorts, words: 'TCP Port numbers reused' },
  { bit: found.ANALYSIS_LOST_SEGMENT, severity: SEVERITY_WARN, field: A.lostSegment, words: 'TCP Previous segment not captured' },
  { bit: found.ANALYSIS_ACK_LOST_SEGMENT, severity: SEVERITY_WARN, field: A.ackLostSegment, words: 'TCP ACKed unseen segment' },
  { bit: found.ANALYSIS_WINDOW_UPDATE, severity: SEVERITY_CHAT, field: A.windowUpdate, words: 'TCP Window Update' },
  { bit: found.ANALYSIS_WINDOW_FULL, severity: SEVERITY_WARN, field: A.windowFull, words: 'TCP Window Full' },
  { bit: found.ANALYSIS_KEEP_ALIVE, severity: SEVERITY_NOTE, field: A.keepAlive, words: 'TCP Keep-Alive' },
  { bit: found.ANALYSIS_KEEP_ALIVE_ACK, severity: SEVERITY_NOTE, field: A.keepAliveAck, words: 'TCP Keep-Alive ACK' },
  { bit: found.ANALYSIS_DUPLICATE_ACK, severity: SEVERITY_NOTE, field: A.duplicateAck, words: 'TCP Dup ACK' },
  { bit: found.ANALYSIS_ZERO_WINDOW_PROBE, severity: SEVERITY_NOTE, field: A.zeroWindowProbe, words: 'TCP ZeroWindowProbe' },
  { bit: found.ANALYSIS_ZERO_WINDOW, severity: SEVERITY_WARN, field: A.zeroWindow, words: 'TCP ZeroWindow' },
  { bit: found.ANALYSIS_ZERO_WINDOW_PROBE_ACK, severity: SEVERITY_NOTE, field: A.zeroWindowProbeAck, words: 'TCP ZeroWindowProbeAck' },
]

const SHOWN = REMARKS.reduce((bits, { bit }) => bits | bit, 0)

/** "[TCP ZeroWindow] [TCP Retransmission] ": what stands before the Info text. */
export function analysisPrefix(get: Get): string {
  if (!get.has(A.analysisFlags)) return ''
  let text = ''
  for (let i = REMARKS.length - 1; i >= 0; i--) {
    const { bit, field, words } = REMARKS[i]!
    // Fast and spurious ones are retransmissions too; only the finer word is shown.
    if (bit === found.ANALYSIS_RETRANSMISSION && (get.has(A.fastRetransmission) || get.has(A.spuriousRetransmission))) continue
    if (!get.has(field)) continue
    text +=
      bit === found.ANALYSIS_DUPLICATE_ACK
        ? `[${words} ${get.number(A.duplicateAckFrame)}#${get.number(A.duplicateAckNumber)}] `
        : `[${words}] `
  }
  return text
}

const NANOSECONDS = 1_000_000_000
/** nanos of a packet without a time. */
const NO_TIME = -1

/** Records the time from one packet to another, exact to the nanosecond; `always` even when it is nothing or not known. Tells whether it did. */
function recordSpan(p: Dissection, field: Field, from: number, to: number, always = false): boolean {
  const { clock } = p
  const known = clock !== null && from !== 0 && to !== 0 && clock.nanos(from) !== NO_TIME && clock.nanos(to) !== NO_TIME
  if (!known && !always) return false
  let seconds = known ? clock.seconds(to) - clock.seconds(from) : 0
  let nanos = known ? clock.nanos(to) - clock.nanos(from) : 0
  if (seconds === 0 && nanos === 0 && !always) return false
  if (!p.wants(field)) return true
  // Both parts carry the same sign.
  if (seconds > 0 && nanos < 0) {
    seconds--
    nanos += NANOSECONDS
  } else if (seconds < 0 && nanos > 0) {
    seconds++
    nanos -= NANOSECONDS
  }
  const value = seconds + nanos / NANOSECONDS
  // A double holds the nanoseconds of a hundred days.
  const row = Math.abs(seconds) < 1e6 ? p.generate(field, value) : p.generateText(field, decimal(seconds, nanos))
  if (row >= 0) p.rows.value[row] = value
  return true
}

function decimal(seconds: number, nanos: number): string {
  return `${seconds < 0 || nanos < 0 ? '-' : ''}${Math.abs(seconds)}.${String(Math.abs(nanos)).padStart(9, '0')}`
}

/** The facts of this layer, when the capture was analysed and somebody asks. */
export function factsOf(p: Dissection, occurrence: number, flow: Flow): Readonly<SegmentFacts> | null {
  return p.memory.tcp.analysis === null || flow < 0 ? null : p.memory.tcp.analysis.of(p.packet, occurrence, flow)
}

/** Times within the connection. */
export function recordTimes(p: Dissection, facts: Readonly<SegmentFacts>): void {
  if (!p.wants(A.timestamps) && !p.wants(A.timeRelative) && !p.wants(A.timeDelta)) return
  p.nest(p.generate(A.timestamps, 0))
  recordSpan(p, A.timeRelative, facts.first, p.packet, true)
  recordSpan(p, A.timeDelta, facts.previous, p.packet, true)
  p.close()
}

/** Everything below "SEQ/ACK analysis". */
export function recordAnalysis(p: Dissection, facts: Readonly<SegmentFacts>): void {
  const { flags } = facts
  if ((flags & SHOWN) !== 0 || facts.acked !== 0 || facts.inFlight !== 0 || facts.pushed !== 0) {
    p.nest(p.generate(A.analysis, 0))
    if (facts.acked !== 0) {
      p.generate(A.acksFrame, facts.acked)
      recordSpan(p, A.ackRtt, facts.acked, p.packet)
    }
    recordSpan(p, A.initialRtt, facts.handshakeFrom, facts.handshakeTo)
    if (facts.inFlight !== 0) p.generate(A.bytesInFlight, facts.inFlight)
    if (facts.pushed !== 0) p.generate(A.pushBytesSent, facts.pushed)
    if ((flags & SHOWN) !== 0) recordRemarks(p, facts)
    p.close()
  }
  // Told where the first FIN ended a message that had lasted until then, as tshark does.
  const { messages } = p.memory
  const ended = facts.finBefore === 0 ? -1 : messages.firstOf(facts.finBefore)
  if (ended >= 0 && messages.assembly(ended) >= 0) p.generate(A.finRetransmission, facts.finBefore)
}

function recordRemarks(p: Dissection, facts: Readonly<SegmentFacts>): void {
  const { flags } = facts
  p.nest(p.generate(A.analysisFlags, 0))
  for (const { bit, severity, field } of REMARKS) {
    if ((flags & bit) === 0) continue
    if (bit === found.ANALYSIS_DUPLICATE_ACK) p.generateText(field, 'This is a TCP duplicate ack')
    else p.note(severity, field.label, 0, 0, field, GROUP_SEQUENCE)
    if ((bit & REPEATED) !== 0) p.note(SEVERITY_NOTE, A.retransmission.label, 0, 0, A.retransmission, GROUP_SEQUENCE)
    if (bit === found.ANALYSIS_RETRANSMISSION) recordTimeout(p, facts.sentBefore)
  }
  p.close()
  if ((flags & found.ANALYSIS_DUPLICATE_ACK) !== 0) recordDuplicate(p, facts)
}

function recordTimeout(p: Dissection, sentBefore: number): void {
  if (recordSpan(p, A.rto, sentBefore, p.packet)) p.generate(A.rtoFrame, sentBefore)
}

function recordDuplicate(p: Dissection, { duplicates, duplicateOf }: Readonly<SegmentFacts>): void {
  p.generate(A.duplicateAckNumber, duplicates)
  const row = p.generate(A.duplicateAckFrame, duplicateOf)
  p.nest(row)
  p.note(SEVERITY_NOTE, `${A.duplicateAck.label} (#${duplicates})`, 0, 0, A.duplicateAck, GROUP_SEQUENCE)
  p.close()
}
