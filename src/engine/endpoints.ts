// Each address, or address and port, with what it sent and received: conversations added up.

import type { Conversation } from './conversations.ts'
import type { Node } from './flows.ts'

export interface Endpoint extends Node {
  packetsSent: number
  packetsReceived: number
  bytesSent: number
  bytesReceived: number
}

/** The endpoints of conversations of one kind, in order of first appearance. */
export function endpointsOf(conversations: readonly Conversation[]): readonly Endpoint[] {
  const known = new Map<string, Endpoint>()
  const endpointOf = ({ address, port }: Node): Endpoint => {
    const key = `${address} ${port}`
    let endpoint = known.get(key)
    if (endpoint === undefined) {
      endpoint = { address, port, packetsSent: 0, packetsReceived: 0, bytesSent: 0, bytesReceived: 0 }
      known.set(key, endpoint)
    }
    return endpoint
  }
  for (const { nodes, packets, bytes } of conversations) {
    nodes.forEach((node, side) => {
      const endpoint = endpointOf(node)
      const other = 1 - side
      endpoint.packetsSent += packets[side]!
      endpoint.bytesSent += bytes[side]!
      endpoint.packetsReceived += packets[other]!
      endpoint.bytesReceived += bytes[other]!
    })
  }
  return [...known.values()]
}
