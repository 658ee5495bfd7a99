// What the index says of a packet before it is dissected: whether a filter can, must, or cannot select it.

import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { flowTest } from './flow-test.ts'

/** The filter does not select the packet; only dissecting tells; it does. */
export const NO = 0
export const MAYBE = 1
export const YES = 2

/** What does the index say of a packet? */
export type PacketTest = (packet: number) => number

/** What the index says of packets for a filter. */
export function packetTest(capture: Capture, filter: CompiledFilter): PacketTest {
  const may = chainTest(capture, filter)
  const byFlow = flowTest(capture, filter)
  const surely = messageTest(capture, filter)
  return (packet) => {
    const known = byFlow?.(packet)
    if (known !== undefined) return known ? YES : NO
    if (!may(packet)) return NO
    return surely?.(packet) === true ? YES : MAYBE
  }
}

/** Does the packet complete a message that always has the field that the filter asks for? Null when no protocol says so of any. */
function messageTest(capture: Capture, { wanted }: CompiledFilter): ((packet: number) => boolean) | null {
  const { registry, memory } = capture
  const protocols = registry.protocols.map(({ id, holds }) => (wanted?.some((field) => field.protocol === id) === true ? holds : undefined))
  if (wanted === null || protocols.every((holds) => holds === undefined)) return null
  return (packet) => {
    const { messages } = memory
    for (let i = messages.firstOf(packet); i >= 0 && messages.packet(i) === packet; i++) {
      const holds = protocols[messages.protocol(i)]
      if (holds !== undefined && wanted.some((field) => holds(field, messages.aux(i)))) return true
    }
    return false
  }
}

/**
 * May a packet match, as far as the index knows? By its layer chain, and by the kind of the messages that it completes: a response cannot
 * hold what stands in requests only. Answers are remembered by chain.
 */
function chainTest(capture: Capture, filter: CompiledFilter): (packet: number) => boolean {
  const { chains, index, registry, memory } = capture
  const answers: boolean[] = []
  const without: boolean[] = []
  // Protocols whose messages come in kinds, with the fields that the filter reads of them.
  const kinds = registry.framed.flatMap((protocol) => {
    const fields = filter.fields.filter((field) => field.protocol === protocol.id)
    return protocol.lacks === undefined || fields.length === 0 || fields.includes(protocol.self) ? [] : [{ protocol, fields }]
  })
  const mayHold = (packet: number): boolean => {
    const { messages } = memory
    for (let i = messages.firstOf(packet); i >= 0 && messages.packet(i) === packet; i++) {
      const kind = kinds.find(({ protocol }) => protocol.id === messages.protocol(i))
      if (kind?.fields.every((field) => kind.protocol.lacks!(field, messages.aux(i))) !== true) return true
    }
    return false
  }
  return (packet) => {
    const chain = index.chain(packet)
    answers[chain] ??= filter.mayMatch((protocol) => chains.mayHold(chain, protocol))
    if (!answers[chain] || kinds.length === 0) return answers[chain]
    without[chain] ??= filter.mayMatch(
      (id) => chains.mayHold(chain, id) && (!kinds.some(({ protocol }) => protocol.id === id) || chains.holdsAlike(chain, id)),
    )
    return without[chain] || mayHold(packet)
  }
}
