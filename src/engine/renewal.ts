// Keys that come after the packets which they open: a program writes its key log while it talks, and a live capture is sometimes faster. When new
// secrets speak of sessions that stayed shut, the packets so far are gone through once more, in slices, and the streams made anew.

import type { Dissection, PacketFacts } from '../core/dissect.ts'
import { NO_KEY } from '../core/unseal.ts'
import type { StreamMemory } from '../streams/index.ts'
import type { Capture } from './capture.ts'
import { UNKNOWN } from './chains.ts'
import { Readahead } from './readahead.ts'

/** Packets between two looks at the clock. */
const BATCH = 64
/** Captures with more are left as they are: the keys count for what comes. */
const MAX_PACKETS = 1_000_000

interface Pass {
  readonly memory: StreamMemory
  readonly d: Dissection
  readonly readahead: Readahead
  /** Packets gone through. */
  done: number
}

export class Renewal {
  private readonly capture: Capture
  /** Lines of key logs when sessions were last looked at. */
  private lines: number
  /** Sessions that a renewal was made for: it does not happen twice for one. */
  private readonly tried = new Set<string>()
  private pass: Pass | null = null
  private readonly facts: PacketFacts = { packet: 0, captured: 0, length: 0, seconds: 0, nanos: 0, interfaceId: 0 }

  constructor(capture: Capture) {
    this.capture = capture
    this.lines = capture.secretRing?.log.count ?? 0
  }

  /** Looks whether there are new keys of use. True when there is work to do. */
  look(): boolean {
    this.pass ??= this.begin()
    return this.pass !== null
  }

  /** Works until `deadline` (performance.now()). True when the capture's memory is a new one. */
  work(deadline: number): boolean {
    return this.pass !== null && this.goOn(this.pass, deadline)
  }

  /** Is there work under way? */
  get busy(): boolean {
    return this.pass !== null
  }

  private begin(): Pass | null {
    const { capture } = this
    const { secretRing: ring, memory } = capture
    if (ring === null) return null
    ring.refresh()
    if (ring.log.count === this.lines || capture.index.count > MAX_PACKETS) return null
    this.lines = ring.log.count
    let wanted = false
    for (const { why, clientRandom } of memory.opened?.handshakes ?? []) {
      if (why !== NO_KEY || !ring.log.knows(clientRandom)) continue
      const name = Buffer.from(clientRandom).toString('latin1')
      if (this.tried.has(name)) continue
      this.tried.add(name)
      wanted = true
    }
    if (!wanted) return null
    const fresh = capture.freshMemory()
    const d = capture.dissection()
    d.memory = fresh
    return { memory: fresh, d, readahead: new Readahead(capture), done: 0 }
  }

  private goOn(pass: Pass, deadline: number): boolean {
    const { capture, facts } = this
    const { index, chains } = capture
    const { d, readahead } = pass
    while (pass.done < index.count) {
      const packet = ++pass.done
      const start = readahead.start(packet)
      facts.packet = packet
      facts.captured = index.captured(packet)
      facts.length = index.length(packet)
      facts.seconds = index.seconds(packet)
      facts.nanos = index.nanos(packet)
      facts.interfaceId = index.interfaceId(packet)
      let chain = UNKNOWN
      try {
        d.scan(readahead.bytes, start, facts, capture.linkType(packet))
        chain = chains.of(d.layers, d.layerProtocol)
      } catch {
        // Our bug: it was noted, or thrown, when the packet was indexed.
      }
      index.setChainOf(packet, chain)
      if (packet % BATCH === 0 && performance.now() >= deadline) return false
    }
    capture.adopt(pass.memory)
    this.pass = null
    return true
  }
}
