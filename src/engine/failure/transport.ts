// Failures that need no TLS: nobody listens, nobody answers, the connection is cut, or the two sides speak different protocols.

import type { Capture } from '../capture.ts'
import type { ConversationFacts } from '../exposure/facts.ts'
import { isTlsRecord } from '../exposure/protocols.ts'
import type { Explained, Seen } from '../handshake-failure.ts'

/** Seconds after which silence counts as no answer, when the recording simply ends. */
const PATIENCE = 1

/** No connection. */
export function explainUnconnected(facts: ConversationFacts, capture: Capture): Explained | null {
  const where = facts.server.text
  if (facts.reset?.refusing === true)
    return {
      side: 'server',
      packet: facts.reset.packet,
      cause: 'connection_refused',
      text: `Connection refused: no program waits on ${where}; its machine answered the SYN with RST in packet ${facts.reset.packet}.`,
      repair: 'Start the server first, or correct the port.',
      certain: true,
    }
  if (facts.unreachable !== null && facts.synAck === 0)
    return {
      side: 'server',
      packet: facts.unreachable.packet,
      cause: 'unreachable',
      text: `${where} cannot be reached: an ICMP error says so in packet ${facts.unreachable.packet} (${facts.unreachable.text || 'no reason'}).`,
      repair: 'Correct the address or the route, or let the traffic through the firewall.',
      certain: true,
    }
  if (facts.syn !== 0 && facts.synAck === 0 && facts.packets.server === 0 && facts.packets.client === facts.synCount)
    return {
      side: 'server',
      packet: facts.syn,
      cause: 'no_answer',
      text: `No answer: ${facts.synCount === 1 ? 'the SYN was sent' : `${facts.synCount} SYNs were sent`} to ${where} from packet ${facts.syn} on, and nothing came back, not even a refusal.`,
      repair: 'Check the address, and whether a firewall drops the packets or the server is overloaded.',
      certain: facts.synCount > 1 || secondsAfter(capture, facts.last) >= PATIENCE,
    }
  return null
}

/** The client spoke, and the server never said a word. */
export function explainSilence(facts: ConversationFacts, capture: Capture): Explained | null {
  if (facts.bytes.client === 0 || facts.bytes.server > 0 || facts.packets.server === 0) return null
  const asked = facts.steps.find(({ side }) => side === 'client')?.packet ?? facts.first
  const waits = facts.tls === null ? 'the request' : 'the ClientHello'
  const { server, client } = facts.fin
  const { reset } = facts
  if (reset?.side === 'server' && (client === 0 || client > reset.packet)) {
    // An HTTP server that knows what to do with HTTP answers it.
    if (facts.http.exchanges.length > 0) return null
    return {
      side: 'server',
      packet: reset.packet,
      cause: 'connection_reset',
      text: `The server cut the connection off with RST in packet ${reset.packet}, instead of answering ${waits} in packet ${asked}.`,
      repair: 'Look into the log of the server: it crashed, refuses this client, or something on the way forbids the connection.',
      certain: true,
    }
  }
  if (server !== 0 && (client === 0 || server < client)) {
    if (facts.http.exchanges.length > 0) return null
    return {
      side: 'server',
      packet: server,
      cause: 'closed_early',
      text: `The server closed the connection in packet ${server} without answering ${waits} in packet ${asked}.`,
      repair: 'Look into the log of the server, and check that it speaks this protocol on this port.',
      certain: true,
    }
  }
  const gaveUp = client !== 0 ? client : reset?.side === 'client' ? reset.packet : 0
  if (gaveUp === 0 && secondsBetween(capture, asked, capture.index.count) < PATIENCE) return null
  return {
    side: 'server',
    packet: asked,
    cause: 'no_answer',
    text: `No answer: the server took ${waits} in packet ${asked} and said nothing${gaveUp === 0 ? '' : `; the client gave up in packet ${gaveUp}`}.`,
    repair: 'Check whether the server hangs, and whether it waits for another protocol on this port.',
    certain: gaveUp !== 0,
  }
}

function secondsBetween({ index }: Capture, from: number, to: number): number {
  return index.seconds(to) - index.seconds(from) + (index.nanos(to) - index.nanos(from)) / 1e9
}

const secondsAfter = (capture: Capture, packet: number): number => secondsBetween(capture, packet, capture.index.count)

/** Servers that answer HTTP on a port for TLS say so in words: nginx, Apache, Go, lighttpd. */
const SAYS_HTTPS = /HTTPS (port|server|scheme)|SSL-enabled server port|plain HTTP request/i

/** One side speaks TLS, the other something else. */
export function explainWrongProtocol(facts: ConversationFacts, seen: Seen): Explained | null {
  const flow = facts.conversation * 2 + facts.clientFlow
  const client = seen.streams.openings.get(flow)
  const server = seen.streams.openings.get(flow ^ 1)
  if (client === undefined) return null
  const port = facts.server.port
  if (isTlsRecord(client.bytes) && client.bytes[0] === 22) {
    if (server === undefined || isTlsRecord(server.bytes)) return null
    const text = Buffer.from(server.bytes).toString('latin1')
    const http = /^HTTP\/\d|^\s*<(!doctype|html)/i.test(text)
    return {
      side: 'server',
      packet: server.packet,
      cause: http ? 'https_to_http' : 'not_tls',
      text: `The client began a TLS handshake in packet ${client.packet}, and port ${port} speaks ${http ? 'plain HTTP' : `something that is no TLS ("${printable(text)}")`}, as packet ${server.packet} shows.`,
      repair: http
        ? `Write http:// instead of https:// for port ${port}, or let the server speak TLS.`
        : `Find out what port ${port} speaks; it is no TLS.`,
      certain: true,
    }
  }
  if (facts.protocol !== 'http' || facts.http.exchanges.length === 0) return null
  const repair = `Write https:// instead of http:// for port ${port}.`
  if (server !== undefined) {
    const text = Buffer.from(server.bytes).toString('latin1')
    if (isTlsRecord(server.bytes) || (/^HTTP\/\d\.\d 4/.test(text) && SAYS_HTTPS.test(text)))
      return {
        side: 'server',
        packet: server.packet,
        cause: 'http_to_https',
        text: `The client sent plain HTTP in packet ${client.packet}, and port ${port} speaks TLS: its answer in packet ${server.packet} says so.`,
        repair,
        certain: true,
      }
    return isTorn(facts, seen) ? null : explainCutAnswer(facts)
  }
  const end = facts.reset?.side === 'server' ? facts.reset.packet : facts.fin.server
  if (end === 0 || (facts.fin.client !== 0 && facts.fin.client < end)) return null
  if (answersHttp(facts, seen))
    return {
      side: 'server',
      packet: end,
      cause: facts.reset?.packet === end ? 'connection_reset' : 'closed_early',
      text: `The server ended the connection in packet ${end} without answering the request in packet ${client.packet}.`,
      repair: 'Look into the log of the server: it may have crashed on this request.',
      certain: true,
    }
  return {
    side: 'server',
    packet: end,
    cause: 'http_to_https',
    text: `The client sent plain HTTP in packet ${client.packet}, and the server ended the connection in packet ${end} without a word, as a server does that waits for TLS on port ${port}.`,
    repair: `${repair} If that is not it, look into the log of the server.`,
    certain: speaksTls(facts, seen),
  }
}

/** Bytes were delivered that the recording does not hold: what seems to be missing may just not have been recorded. */
export function isTorn({ conversation }: ConversationFacts, { streams }: Seen): boolean {
  return streams.missing.has(conversation * 2) || streams.missing.has(conversation * 2 + 1)
}

const printable = (text: string): string => text.slice(0, 16).replace(/[^\x20-\x7e]+/g, '.')

const sameServer = (one: ConversationFacts, other: ConversationFacts): boolean => one.server.text === other.server.text

/** Did this server answer HTTP to somebody else in the capture? */
function answersHttp(facts: ConversationFacts, { conversations }: Seen): boolean {
  return conversations.some((other) => sameServer(facts, other) && other.http.exchanges.some(({ response }) => response !== 0))
}

function speaksTls(facts: ConversationFacts, { conversations }: Seen): boolean {
  return conversations.some((other) => sameServer(facts, other) && (other.tls?.serverHello ?? 0) !== 0)
}

/** The answer began and did not end. */
function explainCutAnswer(facts: ConversationFacts): Explained | null {
  const open = facts.http.exchanges.find(({ request, response }) => request !== 0 && response === 0)
  if (open === undefined) return null
  const { reset, fin } = facts
  const end = reset !== null && (fin.server === 0 || reset.side === 'server') ? reset : null
  if (end !== null && (fin.client === 0 || end.side === 'client' || end.packet < fin.client))
    return {
      side: end.side,
      packet: end.packet,
      cause: 'connection_reset',
      text: `The ${end.side} cut the connection off with RST in packet ${end.packet}, before the answer to the request in packet ${open.request} was complete.`,
      repair: `Look into the log of the ${end.side}: it crashed, or gave up waiting.`,
      certain: true,
    }
  if (fin.server === 0) return null
  return {
    side: 'server',
    packet: fin.server,
    cause: 'closed_early',
    text: `The server closed the connection in packet ${fin.server}, before its answer to the request in packet ${open.request} was complete.`,
    repair: 'Look into the log of the server; a proxy in between may have a limit in time or size.',
    certain: true,
  }
}
