// Questions and their answers in protocols that number them (DNS): which packet answers which, and which says again what was said before.

import { column32 } from '../bytes/columns.ts'
import type { Exchanges, Flow } from '../core/memory.ts'

/** Questions that may wait for an answer, or for being asked again; the oldest are forgotten first. */
export const MAX_OPEN = 1 << 16

interface Exchange {
  readonly question: number
  readonly seconds: number
  answer: number
}

export class ExchangeLog implements Exchanges {
  private readonly open = new Map<number, Exchange>()
  private readonly partners = column32()
  private readonly originals = column32()

  ask(flow: Flow, id: number, packet: number, seconds: number, patience: number): void {
    const key = keyOf(flow, id)
    const known = this.open.get(key)
    if (known !== undefined && seconds - known.seconds <= patience) {
      this.originals.set(packet, known.question)
      return
    }
    // Entered anew, so that the order of the map is that of age.
    this.open.delete(key)
    this.open.set(key, { question: packet, seconds, answer: 0 })
    if (this.open.size <= MAX_OPEN) return
    const oldest = this.open.keys().next()
    if (oldest.done !== true) this.open.delete(oldest.value)
  }

  answer(flow: Flow, id: number, packet: number): void {
    const known = this.open.get(keyOf(flow, id))
    if (known === undefined) return
    if (known.answer !== 0 && known.answer !== packet) {
      this.originals.set(packet, known.answer)
      return
    }
    known.answer = packet
    this.partners.set(packet, known.question)
    this.partners.set(known.question, packet)
  }

  partnerOf(packet: number): number {
    return this.partners.at(packet)
  }

  originalOf(packet: number): number {
    return this.originals.at(packet)
  }
}

const keyOf = (flow: Flow, id: number): number => (flow >> 1) * 65_536 + id
