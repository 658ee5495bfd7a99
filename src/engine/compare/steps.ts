// What happens in an exchange, step by step, each with its packets: connect, agree on keys, ask, answer, close.

import { type ConversationFacts, sealedFlights } from '../exposure/index.ts'
import type { Exposed } from './exposed.ts'

const NOTHING = ['-']

/** "packets 1-3", "packet 4" */
function packets(...numbers: number[]): string {
  const seen = numbers.filter((number) => number > 0)
  if (seen.length === 0) return ''
  const [first, last] = [Math.min(...seen), Math.max(...seen)]
  return first === last ? `packet ${first}` : `packets ${first}-${last}`
}

const withMain = (cell: (main: ConversationFacts, one: Exposed) => string[]) => (one: Exposed) =>
  one.exposure.main === null ? NOTHING : cell(one.exposure.main, one)

export const connectCell = withMain((main) => {
  if (main.kind === 'udp') return ['none: datagrams']
  if (main.reset?.refusing === true) return [`refused: RST in packet ${main.reset.packet}`]
  if (main.syn !== 0 && main.synAck === 0) return [`${packets(main.syn)}, no answer`]
  if (main.syn === 0 && main.synAck === 0) return ['before the recording']
  return [`SYN, SYN-ACK, ACK: ${packets(main.syn, main.synAck, main.established)}`]
})

export const keysCell = withMain((main, { exposure }) => {
  const { tls } = main
  if (tls !== null && tls.serverHello !== 0) return [`${tls.version}: hello in packet ${tls.clientHello}, answer in ${tls.serverHello}`]
  if (tls !== null) return [`hello in packet ${tls.clientHello}, no answer`]
  return exposure.tokens.length > 0 ? ['shared before, not here'] : ['none']
})

export const requestCell = withMain((main) => {
  if (main.tls !== null) {
    const { client } = sealedFlights(main)
    return client.bytes === 0 ? NOTHING : [`sealed, ${client.bytes} bytes: ${packets(client.first, client.last)}`]
  }
  const request = main.http.exchanges[0]
  if (request !== undefined && request.request > 0)
    return [`${request.method} ${request.uri}: packet ${request.request}`, ...others(main.http.exchanges.length)]
  return said(main, 'client')
})

export const answerCell = withMain((main) => {
  if (main.tls !== null) {
    const { server } = sealedFlights(main)
    return server.bytes === 0 ? NOTHING : [`sealed, ${server.bytes} bytes: ${packets(server.first, server.last)}`]
  }
  const answer = main.http.exchanges[0]
  if (answer !== undefined && answer.response > 0) return [`${answer.status}: packet ${answer.response}`]
  return said(main, 'server')
})

export const closeCell = withMain((main) => {
  if (main.kind === 'udp') return NOTHING
  if (main.reset !== null && !main.reset.refusing && main.fin.client + main.fin.server === 0)
    return [`RST from the ${main.reset.side}: packet ${main.reset.packet}`]
  const { client, server } = main.fin
  if (client + server === 0) return main.reset?.refusing === true ? NOTHING : ['not in the recording']
  return [`FIN: ${packets(client, server)}${main.reset === null ? '' : `, RST in ${main.reset.packet}`}`]
})

function others(count: number): string[] {
  return count > 1 ? [`and ${count - 1} more`] : []
}

function said(main: ConversationFacts, side: 'client' | 'server'): string[] {
  const steps = main.steps.filter((step) => step.side === side)
  if (steps.length === 0) return NOTHING
  return [`${main.bytes[side]} bytes: ${packets(steps[0]!.packet, steps[steps.length - 1]!.packet)}`]
}
