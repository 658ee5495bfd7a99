// Which messages of a connection follow each other: written while the stream is read, kept for the capture.

import { column32, columnInt } from '../../bytes/columns.ts'
import type { FramingState } from '../../core/protocol.ts'

/** What the two directions of one connection share. */
interface Talk {
  readonly number: number
}

/** What one direction remembers. */
interface Side {
  readonly talk: Talk
  /** The message before, plus 1. */
  last: number
}

/** All by index of the message in Memory.messages. */
export class HttpLog {
  private talks = 0
  private readonly talkOf = columnInt()
  private readonly befores = columnInt()
  private readonly afters = columnInt()
  /** By connection: exchanges so far. */
  private readonly totals = columnInt()

  /** Notes a message, the `number`-th of its direction. */
  add(state: FramingState, index: number, number: number): void {
    const side = this.sideOf(state)
    const { number: talk } = side.talk
    this.talkOf.set(index, talk)
    this.befores.set(index, side.last)
    if (side.last > 0) this.afters.set(side.last - 1, index + 1)
    side.last = index + 1
    if (number > this.totals.at(talk)) this.totals.set(talk, number)
  }

  private sideOf(state: FramingState): Side {
    const known = state.own as Side | null
    if (known !== null) return known
    const talk = (state.peer?.own as Side | null | undefined)?.talk ?? { number: ++this.talks }
    const side: Side = { talk, last: 0 }
    state.own = side
    return side
  }

  /** The message before it in its direction, -1 for the first. */
  before(index: number): number {
    return this.befores.at(index) - 1
  }

  /** The message behind it in its direction, -1 for the last. */
  after(index: number): number {
    return this.afters.at(index) - 1
  }

  /** Exchanges of its connection. */
  total(index: number): number {
    return this.totals.at(this.talkOf.at(index))
  }
}

/** Datagrams with messages, by packet: those of one conversation follow each other. */
export class DatagramLog {
  private readonly lasts = new Map<number, number>()
  private readonly befores = column32()
  private readonly afters = column32()
  private readonly numbers = column32()

  /** Notes the message in a packet. `side`: its conversation, requests and responses told apart. */
  add(packet: number, side: number): void {
    const last = this.lasts.get(side) ?? 0
    if (last === packet || (last === 0 && this.lasts.size >= MAX_SIDES)) return
    this.befores.set(packet, last)
    this.numbers.set(packet, this.numbers.at(last) + 1)
    if (last > 0) this.afters.set(last, packet)
    this.lasts.set(side, packet)
  }

  /** The how many-th of its kind in its conversation it is; 0: not noted. */
  number(packet: number): number {
    return this.numbers.at(packet)
  }

  /** The packet with the one before it, 0 for the first. */
  before(packet: number): number {
    return this.befores.at(packet)
  }

  after(packet: number): number {
    return this.afters.at(packet)
  }
}

/** Conversations that are remembered; later ones have no numbers. */
const MAX_SIDES = 100_000

export const makeLog = (): HttpLog => new HttpLog()
export const makeDatagramLog = (): DatagramLog => new DatagramLog()
