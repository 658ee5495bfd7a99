// Why a connection failed: who ended it, in which packet, for what cause, and what mends it. Judged from what can be seen; where the
// reason is sealed, it is said what may be concluded and what only keys would show.

import { type SafeText, safeText } from '../bytes/text.ts'
import type { Capture } from './capture.ts'
import type { ConversationFacts, Side } from './exposure/facts.ts'
import type { StreamCollector } from './exposure/streams.ts'
import { explainToldTls, explainUntoldTls } from './failure/tls.ts'
import { explainSilence, explainUnconnected, explainWrongProtocol } from './failure/transport.ts'

export interface Failure {
  /** tcp.stream */
  readonly stream: number
  /** Who ended it. */
  readonly side: Side
  readonly packet: number
  /**
   * The alert's name where there is one that can be read (unknown_ca, protocol_version …), else what happened: connection_refused,
   * connection_reset, closed_early, no_answer, unreachable, http_to_https, https_to_http, not_tls, certificate_refused,
   * certificate_required.
   */
  readonly cause: string
  /** One or two sentences: what happened, by what can be seen. */
  readonly text: SafeText
  readonly repair: SafeText
  /** False: concluded from sizes and order, because the reason itself is sealed or was not said. */
  readonly certain: boolean
}

/** What the explanation is drawn from; an Exposure has it. */
export interface Seen {
  readonly conversations: readonly ConversationFacts[]
  readonly streams: Pick<StreamCollector, 'openings' | 'missing'>
}

/** A failure before its stream is named and its words, which may hold names from the wire, are made safe. */
export type Explained = Omit<Failure, 'stream' | 'text' | 'repair'> & { readonly text: string; readonly repair: string }

const MAX_FAILURES = 1000

/** The failures of a capture, in the order of the conversations; at most one for each. */
export function explainFailures(seen: Seen, capture: Capture): Failure[] {
  const failures: Failure[] = []
  for (const facts of seen.conversations) {
    if (failures.length >= MAX_FAILURES) break
    const failure = explainFailure(facts, seen, capture)
    if (failure !== null) failures.push(failure)
  }
  return failures
}

/** Why this conversation failed, null when nothing says that it did. */
export function explainFailure(facts: ConversationFacts, seen: Seen, capture: Capture): Failure | null {
  if (facts.kind !== 'tcp') return null
  const explained =
    explainUnconnected(facts, capture) ??
    explainWrongProtocol(facts, seen) ??
    explainToldTls(facts, capture) ??
    explainSilence(facts, capture) ??
    explainUntoldTls(facts, seen, capture)
  if (explained === null) return null
  return { stream: facts.stream, ...explained, text: safeText(explained.text), repair: safeText(explained.repair) }
}
