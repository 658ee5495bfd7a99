// Which conversations of datagrams were recognised by their bytes, and since which packet.

import { column32 } from '../bytes/columns.ts'
import type { Dissection } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import type { DatagramMemory, Flow } from '../core/memory.ts'
import type { Protocol } from '../core/protocol.ts'
import type { Conversations } from './conversations.ts'

export class Datagrams implements DatagramMemory {
  private readonly heard: readonly Protocol[]
  private readonly conversations: Conversations
  /** The packet in which a conversation was recognised. */
  private readonly since = column32()

  constructor(heard: readonly Protocol[], conversations: Conversations) {
    this.heard = heard
    this.conversations = conversations
  }

  see(p: Dissection, flow: Flow, at: number, port: Field, source: number, destination: number): void {
    if (this.conversations.protocolOf(flow >> 1) >= 0) return
    const { bytes, end } = p
    const start = p.base + at
    for (const protocol of this.heard) {
      if (!protocol.opensWith!(bytes, start, end)) continue
      if (protocol.yieldsToPorts === true && (p.knows(port, source) || p.knows(port, destination))) continue
      this.conversations.recognise(flow >> 1, protocol.id)
      this.since.set(flow >> 1, p.packet)
      return
    }
  }

  protocolOf(flow: Flow, packet: number): number {
    if (flow < 0) return -1
    const protocol = this.conversations.protocolOf(flow >> 1)
    return protocol >= 0 && this.since.at(flow >> 1) <= packet ? protocol : -1
  }
}
