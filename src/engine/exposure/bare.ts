// Packets that carry nothing: acknowledgements and the like, which are half of a capture. Those with the same layers show the same.

import type { Capture } from '../capture.ts'
import { UNKNOWN } from '../chains.ts'

/** What packets with the same layers, and no payload, have in common. */
export interface Bare {
  /** Bytes that are metadata; -1 as long as nobody counted. */
  metadata: number
}

export class BarePackets {
  /** By chain; null: of these each has to be looked at. */
  private readonly known = new Map<number, Bare | null>()
  private readonly capture: Capture

  constructor(capture: Capture) {
    this.capture = capture
  }

  /** Null unless TCP is the packet's innermost layer and the capture kept all of it. Whether it has a payload is for the caller to see. */
  of(packet: number): Bare | null {
    const { index } = this.capture
    if (index.captured(packet) !== index.length(packet)) return null
    const chain = index.chain(packet)
    let bare = this.known.get(chain)
    if (bare === undefined) {
      bare = this.isPlain(chain) ? { metadata: -1 } : null
      this.known.set(chain, bare)
    }
    return bare
  }

  private isPlain(chain: number): boolean {
    if (chain === UNKNOWN) return false
    const { chains, registry } = this.capture
    const names = chains.protocols(chain).map((id) => registry.protocols[id]!.name)
    return names.at(-1) === 'tcp' && names.filter((name) => name === 'tcp').length === 1 && !names.some((name) => /^icmp/.test(name))
  }
}
