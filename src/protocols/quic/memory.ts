// What is remembered of QUIC connections: their ids, keys and handshakes, and of each packet what opens it. Written by track.ts in capture
// order; a packet's facts are fixed once written, so that packets can be dissected in any order.

import { column8, column32, columnFloat } from '../../bytes/columns.ts'
import type { HandshakeRun } from '../../core/handshake-runs.ts'
import { initialKeys, nextPhase, type PacketKeys, packetKeys, quicVersion } from '../../crypto/quic.ts'
import { CryptoStream, type Delivery } from './crypto-stream.ts'

/** Bounds: what is oldest is forgotten first; its packets stay sealed from then on. */
const MAX_IDS = 1 << 16
const MAX_CONVERSATIONS = 1 << 15
const MAX_KEYS = 1 << 17
const MAX_DELIVERIES = 1 << 18
/**
 * Making keys for Initial packets costs far more than reading a packet, and anybody can send packets that look like Initial packets. So keys are
 * made on credit: each making costs one, each side whose packet then opens gives it back, and a captured second adds some. With no credit left
 * the packet stays sealed and says so. Connections that open never use it up, however many they are.
 */
const MAX_CREDIT = 1000
const CREDIT_PER_SECOND = 50
/** Reset tokens and further ids of one side. */
const MAX_OWN = 64

/** Levels of encryption, and the spaces in which packets are numbered. */
export const LEVEL_INITIAL = 0
export const LEVEL_EARLY = 1
export const LEVEL_HANDSHAKE = 2
export const LEVEL_ONE_RTT = 3
const SPACES = [0, 2, 1, 2] as const

/** Why a packet stays sealed, and 0 when it does not. */
export const OPEN = 0
export const SEALED_NO_SECRET = 1
export const SEALED_NO_NUMBER = 2
export const SEALED_WRONG_KEY = 3
export const SEALED_RESET = 4
export const SEALED_NO_CREDIT = 5

/** What one end of a connection sends with, and is addressed by. */
export class Side {
  /** Connection ids that the other end may address it by, in hex; '' when it wants none. */
  readonly ids = new Set<string>()
  readonly resetTokens = new Set<string>()
  /** Largest packet number so far, by space. */
  readonly largest = [-1, -1, -1]
  readonly streams: (CryptoStream | undefined)[] = []
  /** Numbers of keys by level; 0: none yet. */
  readonly keys = [0, 0, 0, 0]
  /** The version for which keys of Initial packets were made; 0: for none. */
  initialVersion = 0
  /** Making them was paid for, and nothing was opened yet. */
  owes = false
  phase = 0
  /** Keys of the phase before, for packets that come late. */
  before = 0

  stream(level: number): CryptoStream {
    this.streams[level] ??= new CryptoStream()
    return this.streams[level]
  }

  addId(id: string): void {
    if (this.ids.size < MAX_OWN) this.ids.add(id)
  }

  addResetToken(token: string): void {
    if (this.resetTokens.size < MAX_OWN) this.resetTokens.add(token)
  }
}

export class Connection {
  readonly number: number
  readonly client = new Side()
  readonly server = new Side()
  version: number
  /** The destination connection id from which the Initial keys are made. */
  initialId: Uint8Array
  /** The one that the client chose first, which Retry must know. */
  readonly originalId: Uint8Array
  /** The flow in which the client sent first. */
  readonly flow: number
  clientRandom: Uint8Array | null = null
  suite = 0

  constructor(number: number, version: number, id: Uint8Array, flow: number) {
    this.number = number
    this.version = version
    this.initialId = id
    this.originalId = id
    this.flow = flow
  }
}

/** The end of a connection that an id belongs to. */
interface Owner {
  readonly connection: Connection
  readonly fromServer: boolean
}

export class QuicMemory {
  /** Facts so far. */
  count = 0
  private connections = 0
  private readonly packets = column32()
  private readonly occurrences = column8()
  private readonly numbers = column32()
  private readonly words = column32()
  private readonly keysOf = column32()
  private readonly packetNumbers = columnFloat()
  private readonly firstDelivery = column32()
  private readonly keys: PacketKeys[] = []
  /** What CRYPTO frames brought; a run's number is its index here and on the shelf. */
  private readonly deliveries: Delivery[] = []
  private readonly originals = new Map<number, Uint8Array>()
  private readonly byId = new Map<string, Owner>()
  private readonly byConversation = new Map<number, Connection>()
  /** Lengths of connection ids that occur, a bit each: short headers do not say how long theirs is. */
  private idLengths = 0
  private credit = MAX_CREDIT
  private creditedAt = 0

  // ── connections ──

  open(version: number, id: Uint8Array, flow: number): Connection {
    const connection = new Connection(this.connections++, version, id, flow)
    this.own(connection, true, id)
    return connection
  }

  /** Notes that packets to this id go to the client or to the server of a connection. */
  own(connection: Connection, server: boolean, id: Uint8Array): void {
    const key = hexOf(id)
    const side = server ? connection.server : connection.client
    side.addId(key)
    if (id.length === 0 || !side.ids.has(key)) return
    this.idLengths |= 1 << id.length
    this.byId.set(key, { connection, fromServer: !server })
    forget(this.byId, MAX_IDS)
  }

  /** Who is addressed by an id: the connection, and whether the packet comes from its server. */
  ownerOf(id: Uint8Array): Owner | undefined {
    return this.byId.get(hexOf(id))
  }

  /** The connection that a flow's two ends had last. */
  inConversation(flow: number): Connection | undefined {
    return this.byConversation.get(flow >> 1)
  }

  use(flow: number, connection: Connection): void {
    if (this.byConversation.get(flow >> 1) === connection) return
    this.byConversation.delete(flow >> 1)
    this.byConversation.set(flow >> 1, connection)
    forget(this.byConversation, MAX_CONVERSATIONS)
  }

  /** The owner of an id that stands at `at`, of whatever length; and that length. */
  shortOwner(bytes: Uint8Array, at: number, end: number, connection: Connection | undefined): (Owner & { length: number }) | null {
    for (let length = 20; length > 0; length--) {
      if ((this.idLengths & (1 << length)) === 0 || at + length > end) continue
      const owner = this.byId.get(hexOf(bytes.subarray(at, at + length)))
      if (owner !== undefined && (connection === undefined || owner.connection === connection)) return { ...owner, length }
    }
    return null
  }

  // ── keys ──

  private addKeys(keys: PacketKeys | null): number {
    if (keys === null || this.keys.length >= MAX_KEYS) return 0
    return this.keys.push(keys)
  }

  keysAt(index: number): PacketKeys | null {
    return this.keys[index - 1] ?? null
  }

  /** Makes the keys of one side's Initial packets, unless they are there or the credit is used up; `now` in captured seconds. */
  makeInitialKeys(connection: Connection, version: number, fromServer: boolean, now: number): void {
    const side = fromServer ? connection.server : connection.client
    if (side.initialVersion === version) return
    const profile = quicVersion(version)
    if (profile === null) return
    side.keys[LEVEL_INITIAL] = 0
    side.initialVersion = 0
    if (!this.takeCredit(now)) return
    side.owes = true
    side.initialVersion = version
    side.keys[LEVEL_INITIAL] = this.addKeys(initialKeys(profile, connection.initialId, fromServer ? 'server' : 'client'))
  }

  private takeCredit(now: number): boolean {
    if (now > this.creditedAt) {
      this.credit = Math.min(MAX_CREDIT, this.credit + (now - this.creditedAt) * CREDIT_PER_SECOND)
      this.creditedAt = now
    }
    if (this.credit < 1) return false
    this.credit--
    return true
  }

  /** An Initial packet of this side was opened: its keys were worth making. */
  repay(side: Side): void {
    if (side.owes) this.credit = Math.min(MAX_CREDIT, this.credit + 1)
    side.owes = false
  }

  /** The client was told to begin again with another id. */
  restart(connection: Connection, id: Uint8Array): void {
    connection.initialId = id
    connection.client.initialVersion = 0
    connection.server.initialVersion = 0
  }

  makeKeys(connection: Connection, side: Side, level: number, secret: Uint8Array): void {
    const profile = quicVersion(connection.version)
    if (profile !== null) side.keys[level] = this.addKeys(packetKeys(profile, connection.suite, secret))
  }

  /** The number of the keys that follow these. */
  makeNextPhase(index: number): number {
    const keys = this.keysAt(index)
    return keys === null ? 0 : this.addKeys(nextPhase(keys))
  }

  // ── facts of packets ──

  /**
   * Notes one packet of a datagram; returns its number. `word`: see factWord. `keys`, `packetNumber`: for packets that were opened.
   */
  note(packet: number, occurrence: number, connection: Connection | undefined, word: number): number {
    const fact = this.count++
    this.packets.set(fact, packet)
    this.occurrences.set(fact, occurrence)
    this.numbers.set(fact, connection === undefined ? 0 : connection.number + 1)
    this.words.set(fact, word)
    this.firstDelivery.set(fact, this.deliveries.length)
    return fact
  }

  noteOpened(fact: number, keys: number, packetNumber: number): void {
    this.keysOf.set(fact, keys)
    this.packetNumbers.set(fact, packetNumber)
  }

  deliver(delivery: Delivery, runs: HandshakeRun[]): void {
    if (this.deliveries.length >= MAX_DELIVERIES) return
    this.deliveries.push(delivery)
    runs.push(delivery)
  }

  /** A Retry packet answers a client that had chosen this id. */
  noteOriginal(fact: number, id: Uint8Array): void {
    this.originals.set(fact, id)
    forget(this.originals, MAX_IDS)
  }

  originalOf(fact: number): Uint8Array | undefined {
    return this.originals.get(fact)
  }

  /** The first fact of a packet's datagram, or -1. */
  firstOf(packet: number, occurrence: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.packets.at(middle) < packet) low = middle + 1
      else high = middle
    }
    while (low < this.count && this.packets.at(low) === packet && this.occurrences.at(low) !== occurrence) low++
    return low < this.count && this.packets.at(low) === packet ? low : -1
  }

  /** Is this fact one of that packet's? */
  holds(fact: number, packet: number): boolean {
    return fact >= 0 && fact < this.count && this.packets.at(fact) === packet
  }

  /** Number of the connection, -1 when it is not known. */
  connectionOf(fact: number): number {
    return this.numbers.at(fact) - 1
  }

  wordOf(fact: number): number {
    return this.words.at(fact)
  }

  keysOfFact(fact: number): PacketKeys | null {
    return this.keysAt(this.keysOf.at(fact))
  }

  packetNumberOf(fact: number): number {
    return this.packetNumbers.at(fact)
  }

  /** What the n-th CRYPTO frame of a packet brought. */
  deliveryOf(fact: number, n: number): { readonly delivery: Delivery; readonly index: number } | null {
    const index = this.firstDelivery.at(fact) + n
    const end = fact + 1 < this.count ? this.firstDelivery.at(fact + 1) : this.deliveries.length
    const delivery = index < end ? this.deliveries[index] : undefined
    return delivery === undefined ? null : { delivery, index }
  }
}

export const makeQuicMemory = (): QuicMemory => new QuicMemory()

/** A packet's first byte without its mask, why it stays sealed, the length of the id in its short header, and the side that sent it. */
export function factWord(first: number, state: number, idLength: number, fromServer: boolean): number {
  return first | (state << 8) | (idLength << 12) | (fromServer ? 1 << 20 : 0)
}
export const firstByteOf = (word: number): number => word & 0xff
export const stateOf = (word: number): number => (word >> 8) & 15
export const idLengthOf = (word: number): number => (word >> 12) & 31

export const spaceOf = (level: number): number => SPACES[level]!

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

function forget<K, V>(map: Map<K, V>, most: number): void {
  if (map.size <= most) return
  const oldest = map.keys().next()
  if (oldest.done !== true) map.delete(oldest.value)
}
