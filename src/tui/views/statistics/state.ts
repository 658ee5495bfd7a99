// What is counted of the open capture: protocols inside protocols, endpoints, traffic over time.

import type { Endpoint } from '../../../engine/statistics.ts'
import type { Session } from '../../../engine/types.ts'
import { TABLE_START, type TableState } from '../table.ts'

export const TABS = ['hierarchy', 'endpoints', 'traffic'] as const
export type Tab = (typeof TABS)[number]

export interface ProtocolRow {
  readonly depth: number
  readonly protocol: string
  readonly packets: number
  readonly bytes: number
}

export interface EndpointRow {
  readonly kind: 'tcp' | 'udp' | 'ip' | 'ipv6' | 'eth'
  readonly endpoint: Endpoint
}

/** Packets and bytes in equal parts of the capture's time. */
export interface Traffic {
  readonly packets: Float64Array
  readonly bytes: Float64Array
  /** Seconds from the first packet to the last. */
  readonly seconds: number
}

export interface StatisticsState {
  readonly session: Session | null
  readonly tab: Tab
  readonly done: boolean
  readonly protocols: readonly ProtocolRow[]
  readonly endpoints: readonly EndpointRow[]
  readonly traffic: Traffic | null
  /** The graph counts these. */
  readonly unit: 'bytes' | 'packets'
  readonly table: TableState
}

export const INITIAL_STATISTICS: StatisticsState = {
  session: null,
  tab: 'hierarchy',
  done: true,
  protocols: [],
  endpoints: [],
  traffic: null,
  unit: 'bytes',
  table: TABLE_START,
}
