// Protocols inside protocols: how many packets, and bytes, have each run of layers.
//
// The index knows the layers of most packets; only what the scan does not look into is dissected.

import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { UNKNOWN } from './chains.ts'
import { runQuery } from './query.ts'

export interface HierarchyNode {
  /** The filter name of the layer: `tcp`. */
  readonly protocol: string
  packets: number
  /** Bytes of these packets on the wire, all layers counted. */
  bytes: number
  /** What follows this layer, in order of first appearance. */
  readonly children: HierarchyNode[]
}

/** What lies behind them belongs to them: packets that errors quote, and the bytes of an echo. */
const QUOTING = ['icmp', 'icmpv6']

/** Reads the capture to its end. The layers under the frame, each with what is inside. */
export async function readHierarchy(
  capture: Capture,
  filter: CompiledFilter | null,
  signal?: AbortSignal,
): Promise<readonly HierarchyNode[]> {
  const { chains, index, registry } = capture
  const root: HierarchyNode = { protocol: 'frame', packets: 0, bytes: 0, children: [] }
  const count = (path: readonly HierarchyNode[], bytes: number): void => {
    for (const node of path) {
      node.packets++
      node.bytes += bytes
    }
  }
  const pathOf = (layers: Iterable<number>): HierarchyNode[] => {
    const path: HierarchyNode[] = []
    let { children } = root
    for (const id of layers) {
      const { name } = registry.protocols[id]!
      let node = children.find(({ protocol }) => protocol === name)
      if (node === undefined) {
        node = { protocol: name, packets: 0, bytes: 0, children: [] }
        children.push(node)
      }
      path.push(node)
      children = node.children
    }
    return path
  }
  const quoting = new Set(QUOTING.map((name) => registry.protocol(name)?.id ?? -1))
  const deeper = (id: number): boolean => registry.protocols[id]!.scanStops === true
  /** The layers under the frame that count. */
  const own = (layers: readonly number[]): readonly number[] => {
    const end = layers.findIndex((id) => quoting.has(id))
    return layers.slice(1, end < 0 ? layers.length : end + 1)
  }
  /** By chain: the path that all its packets take; null: they must be dissected. */
  const paths: (readonly HierarchyNode[] | null)[] = []
  await runQuery(
    capture,
    {
      filter,
      fields: registry.protocols.map(({ self }) => self),
      onPacket(packet, dissect) {
        const chain = index.chain(packet)
        let path = paths[chain]
        if (path === undefined) {
          const layers = own(chains.protocols(chain))
          path = chain === UNKNOWN || layers.some(deeper) ? null : pathOf(layers)
          paths[chain] = path
        }
        if (path === null) {
          const d = dissect()
          path = pathOf(own([...d.layerProtocol.subarray(0, d.layers)].filter((_, layer) => d.layerDepth[layer] === 0)))
        }
        count(path, index.length(packet))
        return false
      },
    },
    signal,
  )
  return root.children
}
