// Conversations by kind and number, with addresses as text: what statistics and following share.

import { addressText } from '../bytes/address.ts'
import { KIND_TCP, KIND_UDP } from '../core/memory.ts'
import type { Capture } from './capture.ts'

export type FlowKind = 'tcp' | 'udp'

const KIND_NUMBERS: Readonly<Record<FlowKind, number>> = { tcp: KIND_TCP, udp: KIND_UDP }

/** One end of a conversation. */
export interface Node {
  readonly address: string
  readonly port: number
}

/** Calls back for each conversation of a kind, in the order of their numbers. */
export function eachConversation(capture: Capture, kind: FlowKind, visit: (conversation: number, stream: number) => void): void {
  const { conversations } = capture.memory
  for (let i = 0; i < conversations.count; i++) if (conversations.kindOf(i) === KIND_NUMBERS[kind]) visit(i, conversations.numberOf(i))
}

/** The conversation behind a stream number, -1 when there is none; and how many there are of the kind. */
export function findConversation(capture: Capture, kind: FlowKind, stream: number): { conversation: number; count: number } {
  let conversation = -1
  let count = 0
  eachConversation(capture, kind, (i, number) => {
    count++
    if (number === stream) conversation = i
  })
  return { conversation, count }
}

/** The first sender (side 0) or the other end (side 1) of a conversation. */
export function nodeOf(capture: Capture, conversation: number, side: 0 | 1): Node {
  const { conversations } = capture.memory
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  const size = conversations.addressSize(conversation)
  for (let word = 0; word < 4; word++) view.setUint32(word * 4, conversations.addressWord(conversation, side, word))
  return { address: addressText(bytes, 0, size), port: conversations.port(conversation, side) }
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function nodeText({ address, port }: Node): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Name of the protocol that a conversation was recognised as, '' when it was not. */
export function spokenOn(capture: Capture, conversation: number): string {
  const id = capture.memory.conversations.protocolOf(conversation)
  return id < 0 ? '' : capture.registry.protocols[id]!.name
}

/** Is a packet, or one inside it, of this conversation? */
export function belongsTo(capture: Capture, packet: number, conversation: number): boolean {
  const { memory } = capture
  for (let occurrence = 0; ; occurrence++) {
    const flow = memory.flowOf(packet, occurrence)
    if (flow >> 1 === conversation) return true
    if (flow < 0) return false
  }
}
