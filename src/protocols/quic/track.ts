// Follows QUIC connections from packet to packet, in capture order: whose packet it is, which keys open it, and what its handshake bytes say.

import { readU16 } from '../../bytes/read.ts'
import type { Dissection } from '../../core/dissect.ts'
import { makeHandshakeRuns } from '../../core/handshake-runs.ts'
import type { Memory } from '../../core/memory.ts'
import { headerMask, isRetryGenuine, openPacket, quicVersion, SAMPLE_AT, SAMPLE_LENGTH } from '../../crypto/quic.ts'
import { FrameReader } from './frames.ts'
import {
  fullNumber,
  HANDSHAKE,
  type Header,
  INITIAL,
  isGoogle,
  isKnownVersion,
  NEGOTIATION,
  RETRY,
  readHeader,
  SHORT,
  ZERO_RTT,
} from './header.ts'
import {
  type Connection,
  factWord,
  hexOf,
  LEVEL_EARLY,
  LEVEL_HANDSHAKE,
  LEVEL_INITIAL,
  LEVEL_ONE_RTT,
  makeQuicMemory,
  OPEN,
  type QuicMemory,
  SEALED_NO_CREDIT,
  SEALED_NO_NUMBER,
  SEALED_NO_SECRET,
  SEALED_RESET,
  SEALED_WRONG_KEY,
  type Side,
  spaceOf,
} from './memory.ts'

const LEVELS: Readonly<Record<number, number>> = {
  [INITIAL]: LEVEL_INITIAL,
  [ZERO_RTT]: LEVEL_EARLY,
  [HANDSHAKE]: LEVEL_HANDSHAKE,
  [SHORT]: LEVEL_ONE_RTT,
}
const RANDOM = 32
const RESET_TOKEN = 16
const CLIENT_HELLO = 1
const SERVER_HELLO = 2

/** Secrets that open what comes after the Initial packets, by their names in key logs and the client's random. */
export type FindSecret = (label: string, random: Uint8Array) => Uint8Array | undefined

/** Takes in the packet that the current layer begins with. */
export function trackPacket(p: Dissection, memory: Memory, find: FindSecret | null): void {
  const quic = memory.shelf.keep(makeQuicMemory)
  const { bytes, base, end } = p
  const occurrence = Math.max(0, p.transports - 1)
  const flow = memory.flowOf(p.packet, occurrence)
  const known = quic.inConversation(flow)
  const short = base < end && (bytes[base]! & 0x80) === 0
  const owner = short ? shortOwner(quic, bytes, base, end, known, flow) : null
  const header = readHeader(bytes, base, end, owner?.length ?? 0)
  if (header === null || (!short && header.type !== NEGOTIATION && !isKnownVersion(header.version))) {
    quic.note(p.packet, occurrence, known, factWord(0, SEALED_NO_NUMBER, 0, false))
    return
  }
  const place = owner ?? (short ? null : longOwner(quic, bytes, header, known, flow))
  if (place === null) {
    quic.note(p.packet, occurrence, undefined, factWord(bytes[base]!, SEALED_NO_NUMBER, 0, false))
    return
  }
  const { connection, fromServer } = place
  if (flow >= 0) quic.use(flow, connection)
  if (!short) {
    if (header.type !== NEGOTIATION) connection.version = header.version
    const source = bytes.slice(header.sourceAt, header.sourceAt + header.sourceLength)
    const late = header.type === RETRY && !isRetryTaken(connection, header.version, bytes.subarray(base, header.end))
    if (!late) quic.own(connection, fromServer, source)
    if (header.type === RETRY) {
      const fact = quic.note(p.packet, occurrence, connection, factWord(bytes[base]!, OPEN, 0, fromServer))
      quic.noteOriginal(fact, connection.originalId)
      if (!late) quic.restart(connection, source)
      return
    }
    if (header.type === NEGOTIATION) {
      quic.note(p.packet, occurrence, connection, factWord(bytes[base]!, OPEN, 0, fromServer))
      return
    }
    if (header.type === INITIAL) quic.makeInitialKeys(connection, header.version, fromServer, p.seconds)
  }
  const opener = new Opener(p, quic, place, header)
  openAndRead(p, opener, occurrence, owner?.length ?? 0, find)
}

/** A client begins again once, and only when the integrity tag is right (RFC 9000 17.2.5.2). */
function isRetryTaken(connection: Connection, version: number, packet: Uint8Array): boolean {
  const profile = quicVersion(version)
  if (connection.initialId !== connection.originalId || profile === null) return false
  return profile.retry === null || isRetryGenuine(profile, connection.originalId, packet)
}

interface Place {
  readonly connection: Connection
  readonly fromServer: boolean
  readonly length: number
}

/** Whose short packet: by the ids of the conversation's connection, by any id, or because its receiver wants none. */
function shortOwner(
  quic: QuicMemory,
  bytes: Uint8Array,
  base: number,
  end: number,
  known: Connection | undefined,
  flow: number,
): Place | null {
  const owner = quic.shortOwner(bytes, base + 1, end, known) ?? quic.shortOwner(bytes, base + 1, end, undefined)
  if (owner !== null) return owner
  if (known === undefined) return null
  const fromServer = flow !== known.flow
  const receiver = fromServer ? known.client : known.server
  return receiver.ids.has('') ? { connection: known, fromServer, length: 0 } : null
}

function longOwner(quic: QuicMemory, bytes: Uint8Array, header: Header, known: Connection | undefined, flow: number): Place | null {
  const id = bytes.slice(header.destinationAt, header.destinationAt + header.destinationLength)
  const owner = id.length > 0 ? quic.ownerOf(id) : undefined
  if (owner !== undefined) return { ...owner, length: 0 }
  if (known !== undefined && id.length === 0) return { connection: known, fromServer: flow !== known.flow, length: 0 }
  if (header.type !== INITIAL && header.type !== ZERO_RTT) return null
  return { connection: quic.open(header.version, id, flow), fromServer: false, length: 0 }
}

/** Takes the mask off a packet and opens it. */
class Opener {
  readonly quic: QuicMemory
  readonly connection: Connection
  readonly side: Side
  readonly fromServer: boolean
  readonly header: Header
  readonly level: number
  private readonly bytes: Uint8Array
  private readonly base: number
  private readonly now: number
  /** What was found: the unmasked first byte, the packet number, the number of the keys that opened it. */
  first = 0
  packetNumber = 0
  keys = 0

  constructor(p: Dissection, quic: QuicMemory, place: Place, header: Header) {
    const { connection, fromServer } = place
    this.quic = quic
    this.connection = connection
    this.side = fromServer ? connection.server : connection.client
    this.fromServer = fromServer
    this.now = p.seconds
    this.header = header
    this.bytes = p.bytes
    this.base = p.base
    this.level = LEVELS[header.type] ?? LEVEL_INITIAL
    this.first = p.bytes[p.base]!
  }

  /** Opens with the keys of this number; null when they do not fit. Sets `first` and `packetNumber` as soon as the mask is off. */
  private tryKeys(index: number): Uint8Array | null {
    const keys = this.quic.keysAt(index)
    const { header, bytes, base } = this
    const sampleAt = header.numberAt + SAMPLE_AT
    if (keys === null || sampleAt + SAMPLE_LENGTH > header.end) return null
    const mask = headerMask(keys, bytes.subarray(sampleAt, sampleAt + SAMPLE_LENGTH))
    this.first = bytes[base]! ^ (mask[0]! & (header.type === SHORT ? 0x1f : 0x0f))
    const length = (this.first & 3) + 1
    const clear = bytes.slice(base, header.numberAt + length)
    clear[0] = this.first
    let truncated = 0
    for (let i = 0; i < length; i++) {
      const at = header.numberAt - base + i
      clear[at] = clear[at]! ^ mask[1 + i]!
      truncated = truncated * 256 + clear[at]
    }
    this.packetNumber = fullNumber(truncated, length, this.side.largest[spaceOf(this.level)]!)
    this.keys = index
    return openPacket(keys, this.packetNumber, clear, bytes.subarray(header.numberAt + length, header.end))
  }

  open(): Uint8Array | null {
    const { side, level, header, quic, connection } = this
    const plain = this.tryKeys(side.keys[level]!)
    if (plain !== null && !this.turned()) return plain
    if (level === LEVEL_ONE_RTT && side.keys[level]! > 0) return plain ?? this.tryOtherPhase()
    if (plain !== null || header.type !== INITIAL || this.fromServer) return plain
    // The capture may lack the Retry that told the client to use this id.
    const id = this.bytes.slice(header.destinationAt, header.destinationAt + header.destinationLength)
    if (side.largest[0]! >= 0 || hexOf(id) === hexOf(connection.initialId)) return null
    quic.restart(connection, id)
    quic.makeInitialKeys(connection, header.version, false, this.now)
    return this.tryKeys(side.keys[level]!)
  }

  /** Does the key phase bit differ from the phase at hand? */
  private turned(): boolean {
    return this.level === LEVEL_ONE_RTT && ((this.first >> 2) & 1) !== this.side.phase
  }

  /** The sender may have changed its keys, or the packet may be late and sealed with those before (RFC 9001 6). */
  private tryOtherPhase(): Uint8Array | null {
    const { side, level, quic } = this
    if (!this.turned()) return null
    if (side.before > 0) {
      const late = this.tryKeys(side.before)
      if (late !== null) return late
    }
    const next = quic.makeNextPhase(side.keys[level]!)
    const plain = next === 0 ? null : this.tryKeys(next)
    if (plain === null) return null
    side.before = side.keys[level]!
    side.keys[level] = next
    side.phase ^= 1
    return plain
  }
}

function openAndRead(p: Dissection, opener: Opener, occurrence: number, idLength: number, find: FindSecret | null): void {
  const { quic, connection, side, level, header, fromServer } = opener
  if (side.keys[level] === 0 && level !== LEVEL_INITIAL && find !== null) addSecrets(quic, connection, level, find)
  const has = side.keys[level]! > 0
  const plain = has ? opener.open() : null
  let state = plain !== null ? OPEN : has ? (opener.keys > 0 ? SEALED_WRONG_KEY : SEALED_NO_NUMBER) : noKeys(header)
  if (plain === null && header.type === SHORT && isReset(side, p.bytes, p.base, header.end)) state = SEALED_RESET
  const fact = quic.note(p.packet, occurrence, connection, factWord(opener.first, state, idLength, fromServer))
  if (plain === null) {
    if (opener.keys > 0) quic.noteOpened(fact, 0, opener.packetNumber)
    return
  }
  quic.noteOpened(fact, opener.keys, opener.packetNumber)
  if (level === LEVEL_INITIAL) quic.repay(side)
  const space = spaceOf(level)
  side.largest[space] = Math.max(side.largest[space]!, opener.packetNumber)
  const frames = new FrameReader(plain, null, isGoogle(header.version))
  while (frames.left() > 0) {
    frames.next()
    const { facts } = frames
    if (frames.failed) break
    if (facts.type === 0x06) {
      const bytes = plain.subarray(facts.dataAt, facts.dataAt + facts.dataLength)
      const delivery = side.stream(level).take(p.packet, facts.offset, bytes, (message) => readMessage(connection, message, fromServer))
      quic.deliver(delivery, p.memory.shelf.keep(makeHandshakeRuns))
    } else if (facts.type === 0x18) {
      quic.own(connection, fromServer, plain.slice(facts.idAt, facts.idAt + facts.idLength))
      side.addResetToken(hexOf(plain.subarray(facts.idAt + facts.idLength, facts.idAt + facts.idLength + RESET_TOKEN)))
    }
  }
}

/** Keys of Initial packets need no secret: they are missing only when there was no credit for making them. */
const noKeys = (header: Header): number => (header.type === INITIAL ? SEALED_NO_CREDIT : SEALED_NO_SECRET)

/** Does the packet end in a token with which its sender said it would reset the connection (RFC 9000 10.3)? */
function isReset(side: Side, bytes: Uint8Array, base: number, end: number): boolean {
  if (side.resetTokens.size === 0 || end - base < 5 + RESET_TOKEN) return false
  return side.resetTokens.has(hexOf(bytes.subarray(end - RESET_TOKEN, end)))
}

/** What the keys depend on: the client's random and the cipher suite (RFC 8446 4.1.2, 4.1.3). */
function readMessage(connection: Connection, message: Uint8Array, fromServer: boolean): void {
  const body = 4
  if (message[0] === CLIENT_HELLO && !fromServer && message.length >= body + 2 + RANDOM) {
    connection.clientRandom = message.slice(body + 2, body + 2 + RANDOM)
  } else if (message[0] === SERVER_HELLO && fromServer && message.length > body + 2 + RANDOM) {
    const suiteAt = body + 2 + RANDOM + 1 + message[body + 2 + RANDOM]!
    if (suiteAt + 2 <= message.length) connection.suite = readU16(message, suiteAt)
  }
}

const SECRETS: Readonly<Record<number, readonly [client: string, server: string]>> = {
  [LEVEL_HANDSHAKE]: ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET'],
  [LEVEL_ONE_RTT]: ['CLIENT_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_0'],
}
/** Suites that a client may have sealed early data with; it does not say which. */
const EARLY_SUITES: Readonly<Record<number, number>> = { 32: 0x1301, 48: 0x1302 }

function addSecrets(quic: QuicMemory, connection: Connection, level: number, find: FindSecret): void {
  const random = connection.clientRandom
  if (random === null) return
  if (level === LEVEL_EARLY) {
    const secret = find('CLIENT_EARLY_TRAFFIC_SECRET', random)
    if (secret === undefined) return
    const { suite } = connection
    connection.suite = suite !== 0 ? suite : (EARLY_SUITES[secret.length] ?? 0)
    quic.makeKeys(connection, connection.client, level, secret)
    connection.suite = suite
    return
  }
  const labels = SECRETS[level]
  if (labels === undefined || connection.suite === 0) return
  const client = find(labels[0], random)
  const server = find(labels[1], random)
  if (client !== undefined) quic.makeKeys(connection, connection.client, level, client)
  if (server !== undefined) quic.makeKeys(connection, connection.server, level, server)
}
