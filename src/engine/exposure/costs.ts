// What a conversation costs in round trips: how often somebody had to wait for an answer.

import type { ConversationFacts, Side } from './facts.ts'
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, type TlsFacts } from './tls-facts.ts'

/** Sealed length of an alert in TLS 1.3: two bytes, the type, and 16 bytes of tag (8 with the short tag of CCM_8). */
export const SEALED_ALERTS: readonly number[] = [19, 11]
/** Sealed length of a Finished message: four bytes, 32 or 48 of hash, the type, the tag. */
export const SEALED_FINISHED: readonly number[] = [53, 69, 45]

interface Unit {
  readonly side: Side
  /** Something that waits for an answer, or is one. */
  readonly speaks: boolean
}

/**
 * Round trips: one for TCP's handshake, then one each time that the client said something and the server answered. What needs no answer
 * does not count: acknowledgments, the client's Finished of TLS 1.3, alerts.
 */
export function roundTripsOf(facts: ConversationFacts): number {
  let trips = facts.syn !== 0 && (facts.synAck !== 0 || facts.reset?.refusing === true) ? 1 : 0
  const units = facts.tls === null || facts.tls.records.length === 0 ? plainUnits(facts) : tlsUnits(facts.tls)
  let asked = false
  for (const { side, speaks } of units) {
    if (!speaks) continue
    if (side === 'client') asked = true
    else if (asked) {
      trips++
      asked = false
    }
  }
  return trips
}

function plainUnits(facts: ConversationFacts): Unit[] {
  return facts.steps.map(({ side }) => ({ side, speaks: true }))
}

function tlsUnits(tls: TlsFacts): Unit[] {
  const finished = tls.version.startsWith('TLS 1.3') ? clientFinished(tls) : -1
  const last = (who: Side): number => tls.records.findLastIndex(({ side }) => side === who)
  const ends = [last('client'), last('server')]
  return tls.records.map(({ side, type, length }, i) => {
    let speaks = type !== ALERT
    if (finished >= 0) {
      if (type === CHANGE_CIPHER_SPEC) speaks = false
      if (side === 'client' && type === APPLICATION_DATA && i <= finished) speaks = false
      // A sealed alert at the end asks nothing and answers nothing.
      if (ends.includes(i) && i > finished && SEALED_ALERTS.includes(length)) speaks = false
    }
    return { side, speaks }
  })
}

/**
 * Index of the record with the client's Finished in TLS 1.3: the first sealed one of its length, or else the first sealed one. -1: none.
 * Early data are sealed too, and come before the ServerHello.
 */
export function clientFinished(tls: TlsFacts): number {
  const hello = tls.records.findIndex(({ side, messages }) => side === 'server' && messages.includes(2))
  if (hello < 0) return -1
  const sealed = (length?: readonly number[]): number =>
    tls.records.findIndex(
      (record, i) =>
        i > hello &&
        record.side === 'client' &&
        record.type === APPLICATION_DATA &&
        (length === undefined || length.includes(record.length)),
    )
  const exact = sealed(SEALED_FINISHED)
  return exact >= 0 ? exact : sealed()
}

/** Sealed content of one side: payload of the records, and the packets of the first and the last of them. */
export interface Flight {
  readonly bytes: number
  readonly first: number
  readonly last: number
}

/** What each side said under seal, handshake messages and alerts left out as far as they can be told apart. */
export function sealedFlights({ tls }: ConversationFacts): { readonly client: Flight; readonly server: Flight } {
  const flights = { client: { bytes: 0, first: 0, last: 0 }, server: { bytes: 0, first: 0, last: 0 } }
  if (tls === null) return flights
  const finished = tls.version.startsWith('TLS 1.3') ? clientFinished(tls) : -1
  tls.records.forEach(({ side, type, length, packet }, i) => {
    if (type !== APPLICATION_DATA || (finished >= 0 && (i <= finished || SEALED_ALERTS.includes(length)))) return
    const flight = flights[side]
    flight.bytes += length
    flight.first ||= packet
    flight.last = packet
  })
  return flights
}
