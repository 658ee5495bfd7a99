// Pairs the questions of ping with their answers, for ICMP and ICMPv6 alike. They belong together when addresses, identifier, sequence
// number and data are the same; that the data is the same shows in the checksum, which then differs only by the types (RFC 1624).

import { hexText } from '../bytes/address.ts'
import { type Column, column32 } from '../bytes/columns.ts'
import type { Dissection } from './dissect.ts'
import type { Memory } from './memory.ts'

/** Questions that may wait for an answer; the oldest are forgotten first. */
export const MAX_WAITING = 1 << 16

/** The packets that belong together, by packet; 0 where nothing is known. */
export interface Echoes {
  /** Of a question: where its answer is; of an answer: where its question is. */
  readonly partners: Column<Uint32Array>
  readonly waiting: Map<string, number>
}

const makeEchoes = (): Echoes => ({ partners: column32(), waiting: new Map() })

/** Takes a question in: the layer's header of eight bytes is there. */
export function noteQuestion(p: Dissection, memory: Memory): void {
  const { waiting } = memory.shelf.keep(makeEchoes)
  const key = `${addresses(p, true)} ${p.u32(4)} ${checksumLess(p.u16(2), 0)}`
  waiting.delete(key)
  waiting.set(key, p.packet)
  if (waiting.size > MAX_WAITING) for (const oldest of waiting.keys()) return void waiting.delete(oldest)
}

/** Takes an answer in; `difference`: how much larger the first two bytes of its question are. */
export function noteAnswer(p: Dissection, memory: Memory, difference: number): void {
  const { partners, waiting } = memory.shelf.keep(makeEchoes)
  const question = waiting.get(`${addresses(p, false)} ${p.u32(4)} ${checksumLess(p.u16(2), difference)}`)
  if (question === undefined || partners.at(question) !== 0) return
  partners.set(question, p.packet)
  partners.set(p.packet, question)
}

/** The packet that answers this question, or asked for this answer; 0 when none is known. */
export function partnerOf(p: Dissection): number {
  return p.memory.shelf.keep(makeEchoes).partners.at(p.packet)
}

/** Milliseconds between the question in another packet and this one; NaN where times are not known. */
export function responseTime(p: Dissection, question: number): number {
  const { clock } = p
  if (clock === null) return Number.NaN
  return ((p.seconds - clock.seconds(question)) * 1e9 + (p.nanos - clock.nanos(question))) / 1e6
}

/** Hop limit of the packet around this layer: it stands before the addresses, in another place in each version of IP. */
export function hopsLeft(p: Dissection): number {
  return p.addressBytes[p.sourceAt - (p.addressSize === 4 ? 4 : 1)] ?? 0
}

function addresses(p: Dissection, forwards: boolean): string {
  const { addressBytes: from, addressSize: size } = p
  const text = (at: number) => hexText(from, at, size)
  return forwards ? `${text(p.sourceAt)} ${text(p.destinationAt)}` : `${text(p.destinationAt)} ${text(p.sourceAt)}`
}

/** The checksum of a message whose first word is larger by `difference`, in ones' complement. */
function checksumLess(checksum: number, difference: number): number {
  const sum = (checksum - difference + 0xffff) % 0xffff
  return sum === 0 ? 0xffff : sum
}
