// What a stranger learns without any key, besides the content: addresses, names, sizes, times.

import { type SafeText, safeText } from '../../bytes/text.ts'
import type { Capture } from '../capture.ts'
import { subjectOf } from './assurance.ts'
import type { ConversationFacts } from './facts.ts'

export interface Leak {
  /** "addresses", "port", "server name", "method and path", "sizes", "times", "token time" … */
  readonly what: string
  readonly value: SafeText
  /** Where it can be seen. */
  readonly packet: number
}

/** A Fernet token that was seen. */
export interface SeenToken {
  readonly conversation: number
  readonly packet: number
  /** Seconds since 1970. */
  readonly time: number
  readonly length: number
}

const MAX_LEAKS = 500
const MAX_VALUE = 200

export function leaksOf(capture: Capture, conversations: readonly ConversationFacts[], tokens: readonly SeenToken[]): Leak[] {
  const leaks: Leak[] = []
  const known = new Set<string>()
  const add = (what: string, value: string, packet: number): void => {
    const key = `${what}\0${value}`
    if (value === '' || packet === 0 || known.has(key) || leaks.length >= MAX_LEAKS) return
    known.add(key)
    leaks.push({ what, value: safeText(value, MAX_VALUE), packet })
  }
  for (const facts of conversations) {
    add('addresses', `${facts.client.address} → ${facts.server.address}`, facts.first)
    add('port', String(facts.server.port), facts.first)
    addTls(facts, add)
    addHttp(facts, add)
    add('sizes', sizesOf(facts), (facts.steps[0] ?? { packet: facts.first }).packet)
    add('times', timesOf(capture, facts), facts.first)
    for (const { conversation, packet, time } of tokens)
      if (conversation === facts.conversation) add('token time', momentText(time), packet)
  }
  return leaks
}

type Add = (what: string, value: string, packet: number) => void

function addTls(facts: ConversationFacts, add: Add): void {
  const { tls } = facts
  if (tls === null) return
  add('server name', tls.serverName, tls.clientHello)
  add('protocols offered', tls.alpnOffered.join(', '), tls.clientHello)
  add('version', tls.version, tls.serverHello)
  add('cipher', tls.cipher, tls.serverHello)
  for (const alert of tls.alerts) if (alert.description !== null && !alert.sealed) add('alert', alert.description, alert.packet)
  // TLS 1.3 seals certificates: only keys show them.
  if (tls.version.startsWith('TLS 1.3')) return
  const [leaf] = tls.certificates
  if (leaf !== undefined) add('certificate', subjectOf(leaf), tls.certificatePacket)
  const [client] = tls.clientCertificates
  if (client !== undefined) add('client certificate', subjectOf(client), tls.clientCertificatePacket)
}

function addHttp(facts: ConversationFacts, add: Add): void {
  // Where TLS is spoken, HTTP is only seen by who has the keys.
  if (facts.protocol === 'tls') return
  for (const exchange of facts.http.exchanges) {
    if (exchange.request !== 0) {
      add('method and path', `${exchange.method} ${exchange.uri}`, exchange.request)
      add('host', exchange.host, exchange.request)
      add('user agent', exchange.userAgent, exchange.request)
      if (exchange.authorization !== '') add('credentials', exchange.authorization, exchange.request)
    }
    if (exchange.response !== 0) {
      add('status', String(exchange.status), exchange.response)
      add('server software', exchange.server, exchange.response)
    }
  }
}

function sizesOf(facts: ConversationFacts): string {
  const { client, server } = facts.bytes
  return client + server === 0 ? '' : `${client} bytes to the server, ${server} back`
}

function timesOf(capture: Capture, facts: ConversationFacts): string {
  const { index } = capture
  if (index.nanos(facts.first) < 0) return ''
  const duration = index.seconds(facts.last) - index.seconds(facts.first) + (index.nanos(facts.last) - index.nanos(facts.first)) / 1e9
  return `${momentText(index.seconds(facts.first))}, for ${(duration * 1000).toFixed(1)} ms`
}

/** "2026-11-23 16:10:11 UTC"; what no calendar has as its number. */
export function momentText(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
