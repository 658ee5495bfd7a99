// Requests and responses of a conversation, as far as they can be read.

import type { Dissection } from '../../core/dissect.ts'
import { valueText } from '../../core/value.ts'
import type { FieldIds } from './fields.ts'

const MAX_EXCHANGES = 1000

export interface HttpExchange {
  /** Packet of the request, 0 when it was not seen. */
  request: number
  method: string
  uri: string
  host: string
  userAgent: string
  /** An Authorization header: its scheme. */
  authorization: string
  /** Packet in which the response is complete, 0 without one. */
  response: number
  status: number
  server: string
}

export interface HttpFacts {
  readonly exchanges: HttpExchange[]
  bounded: boolean
}

const empty = (): HttpExchange => ({
  request: 0,
  method: '',
  uri: '',
  host: '',
  userAgent: '',
  authorization: '',
  response: 0,
  status: 0,
  server: '',
})

/** Takes the HTTP messages of a recorded packet; says which side sends them, null when there are none. */
export function readHttp(facts: HttpFacts, packet: number, d: Dissection, ids: FieldIds): 'client' | 'server' | null {
  const { rows } = d
  let side: 'client' | 'server' | null = null
  let current: HttpExchange | null = null
  for (let row = 0; row < rows.count; row++) {
    const field = rows.field[row]!
    if (ids.relevant[field] === 0) continue
    const text = (): string => valueText(d.registry.fields[field]!, rows, row, d.sources)
    if (ids.method.has(field)) {
      side = 'client'
      current = add(facts)
      if (current === null) return side
      current.request = packet
      current.method = text()
    } else if (ids.status.has(field)) {
      side = 'server'
      const status = rows.value[row]!
      // An interim answer (1xx) announces another one.
      current = facts.exchanges.find(({ response }) => response === 0) ?? add(facts)
      if (current === null) return side
      if (status < 100 || status >= 200 || status === 101) current.response = packet
      current.status = status
    } else if (current === null) continue
    else if (ids.uri.has(field)) current.uri ||= text()
    else if (ids.host.has(field)) current.host ||= text()
    else if (ids.userAgent.has(field)) current.userAgent ||= text()
    else if (ids.authorization.has(field)) current.authorization ||= text().split(' ')[0] ?? ''
    else if (ids.server.has(field)) current.server ||= text()
  }
  return side
}

function add(facts: HttpFacts): HttpExchange | null {
  if (facts.exchanges.length >= MAX_EXCHANGES) {
    facts.bounded = true
    return null
  }
  const exchange = empty()
  facts.exchanges.push(exchange)
  return exchange
}
