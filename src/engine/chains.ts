// The layers of a packet as one small number: packets with the same protocols in the same order share a chain.

import type { Registry } from '../core/registry.ts'

/** Chains at the most; packets with yet another one get UNKNOWN. */
const MAX_CHAINS = 65_535
const PROTOCOLS = 256

/** Nothing is known of the layers: anything may be inside. */
export const UNKNOWN = 1

export class Chains {
  /** By chain: the chain that one more layer makes, plus 1; 0 where it was not seen yet. */
  private readonly next: Uint16Array[] = []
  private readonly layers: (readonly number[])[] = []
  private readonly registry: Registry

  constructor(registry: Registry) {
    this.registry = registry
    if (registry.protocols.length > PROTOCOLS) throw new Error(`more than ${PROTOCOLS} protocols: widen the chains`)
    for (const layers of [[], []]) this.open(layers)
  }

  private open(layers: readonly number[]): number {
    this.layers.push(layers)
    this.next.push(new Uint16Array(PROTOCOLS))
    return this.layers.length - 1
  }

  /** The chain of the packet that was scanned last. */
  of(layers: number, protocols: Uint16Array): number {
    let chain = 0
    for (let i = 0; i < layers; i++) {
      const protocol = protocols[i]!
      const known = this.next[chain]![protocol]!
      chain = known !== 0 ? known : this.extend(chain, protocol)
      if (chain === UNKNOWN) return UNKNOWN
    }
    return chain
  }

  private extend(chain: number, protocol: number): number {
    if (this.layers.length >= MAX_CHAINS) return UNKNOWN
    const longer = this.open([...this.layers[chain]!, protocol])
    this.next[chain]![protocol] = longer
    return longer
  }

  /** Protocol ids of the chain's layers, outermost first. */
  protocols(chain: number): readonly number[] {
    return this.layers[chain]!
  }

  /** How often a protocol occurs; NaN when the chain is unknown. */
  occurrences(chain: number, protocol: number): number {
    return chain === UNKNOWN ? Number.NaN : this.layers[chain]!.filter((id) => id === protocol).length
  }

  /**
   * May a packet of this chain have a layer of the protocol? Notes are not layers, and the scan does not look into protocols that
   * carry only content, so these count as possible.
   */
  mayHold(chain: number, protocol: number): boolean {
    const { protocols, deep } = this.registry
    const asked = protocols[protocol]!
    if (chain === UNKNOWN || asked.name === '_ws') return true
    const within = deep.includes(asked)
    // Protocols that share a table of fields (HTTP and SSDP) may hold each other's.
    return this.layers[chain]!.some(
      (id) => id === protocol || protocols[id]!.fields === asked.fields || (within && protocols[id]!.scanStops === true),
    )
  }

  /** Has the chain a layer of another protocol with the same table of fields? */
  holdsAlike(chain: number, protocol: number): boolean {
    const { protocols } = this.registry
    return this.layers[chain]!.some((id) => id !== protocol && protocols[id]!.fields === protocols[protocol]!.fields)
  }

  get count(): number {
    return this.layers.length
  }
}
