// Conversations: who talks with whom, from which port to which, numbered in order of their first packet.
//
// An open-addressing hash over typed arrays: no object and no string per packet or per conversation.

import { type Column, column8, column32, columnInt } from '../bytes/columns.ts'
import type { Flow } from '../core/memory.ts'
import { KINDS } from '../core/memory.ts'

/** Words of one address; IPv4 uses the first, Ethernet the first two. */
const WORDS = 4

export class Conversations {
  count = 0
  /** Conversations of each kind so far. */
  private readonly counts = new Uint32Array(KINDS)
  private readonly kinds = column8()
  private readonly sizes = column8()
  private readonly numbers = column32()
  /** First sender's address, the other's address: 2 × WORDS a conversation. */
  private readonly words = column32()
  /** First sender's port × 65536 + the other's. */
  private readonly ports = column32()
  /** Protocol that its bytes were recognised as, plus 1; 0: unknown. */
  private readonly protocols = column8()
  private slots = new Int32Array(1 << 12).fill(-1)
  private readonly hashes: Column<Int32Array> = columnInt()
  /** Slots in use: conversations less those replaced by a later one on the same ports. */
  private used = 0
  private readonly source = new Uint32Array(WORDS)
  private readonly destination = new Uint32Array(WORDS)

  /** The flow between these endpoints, opened if need be. Addresses are `size` bytes (4, 6, 16; others read as none). */
  flow(
    kind: number,
    bytes: Uint8Array,
    sourceAt: number,
    destinationAt: number,
    size: number,
    sourcePort: number,
    destinationPort: number,
  ): Flow {
    const slot = this.slotOf(kind, bytes, sourceAt, destinationAt, size, sourcePort, destinationPort)
    const found = this.slots[slot]!
    if (found >= 0) return found * 2 + this.direction(found, sourcePort, destinationPort)
    return this.open(slot, kind, size, sourcePort, destinationPort) * 2
  }

  /** Opens a new conversation between the endpoints of an old one: its ports are used again. */
  reopen(
    kind: number,
    bytes: Uint8Array,
    sourceAt: number,
    destinationAt: number,
    size: number,
    sourcePort: number,
    destinationPort: number,
  ): Flow {
    const slot = this.slotOf(kind, bytes, sourceAt, destinationAt, size, sourcePort, destinationPort)
    return this.open(slot, kind, size, sourcePort, destinationPort) * 2
  }

  private readAddresses(bytes: Uint8Array, sourceAt: number, destinationAt: number, size: number): void {
    for (let word = 0; word < WORDS; word++) {
      let a = 0
      let b = 0
      const from = word * 4
      if (from < size) {
        const last = Math.min(4, size - from)
        for (let i = 0; i < last; i++) {
          a = (a << 8) | bytes[sourceAt + from + i]!
          b = (b << 8) | bytes[destinationAt + from + i]!
        }
      }
      this.source[word] = a
      this.destination[word] = b
    }
  }

  private hashed = 0

  /** The slot of the conversation, or the free one where it belongs. Leaves the hash in `hashed`. */
  private slotOf(
    kind: number,
    bytes: Uint8Array,
    sourceAt: number,
    destinationAt: number,
    size: number,
    sourcePort: number,
    destinationPort: number,
  ): number {
    this.readAddresses(bytes, sourceAt, destinationAt, size)
    const { source, destination } = this
    let a = Math.imul(sourcePort + 1, 0x9e3779b1)
    let b = Math.imul(destinationPort + 1, 0x9e3779b1)
    const words = size <= 4 ? 1 : WORDS
    for (let i = 0; i < words; i++) {
      a = Math.imul(a ^ source[i]!, 0x85ebca6b)
      a ^= a >>> 15
      b = Math.imul(b ^ destination[i]!, 0x85ebca6b)
      b ^= b >>> 15
    }
    // Symmetric: both directions fall into the same slot.
    let hash = Math.imul((a + b) ^ (a ^ b) ^ kind, 0xc2b2ae35)
    hash ^= hash >>> 16
    this.hashed = hash
    const mask = this.slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = this.slots[slot]!
      if (found < 0 || (this.hashes.at(found) === hash && this.matches(found, kind, size, sourcePort, destinationPort))) return slot
    }
  }

  private matches(conversation: number, kind: number, size: number, sourcePort: number, destinationPort: number): boolean {
    if (this.kinds.at(conversation) !== kind || this.sizes.at(conversation) !== size) return false
    const ports = this.ports.at(conversation)
    if (ports === sourcePort * 65536 + destinationPort && this.sameAddresses(conversation, this.source, this.destination)) return true
    return ports === destinationPort * 65536 + sourcePort && this.sameAddresses(conversation, this.destination, this.source)
  }

  private sameAddresses(conversation: number, first: Uint32Array, second: Uint32Array): boolean {
    const at = conversation * 2 * WORDS
    for (let i = 0; i < WORDS; i++) if (this.words.at(at + i) !== first[i] || this.words.at(at + WORDS + i) !== second[i]) return false
    return true
  }

  /** 0 when the endpoints just looked up stand as in the conversation's first packet. */
  private direction(conversation: number, sourcePort: number, destinationPort: number): number {
    return this.ports.at(conversation) === sourcePort * 65536 + destinationPort &&
      this.sameAddresses(conversation, this.source, this.destination)
      ? 0
      : 1
  }

  private open(slot: number, kind: number, size: number, sourcePort: number, destinationPort: number): number {
    const conversation = this.count++
    if (this.slots[slot]! < 0) this.used++
    this.slots[slot] = conversation
    this.hashes.set(conversation, this.hashed)
    this.kinds.set(conversation, kind)
    this.sizes.set(conversation, size)
    this.numbers.set(conversation, this.counts[kind]!++)
    this.ports.set(conversation, sourcePort * 65536 + destinationPort)
    const at = conversation * 2 * WORDS
    for (let i = 0; i < WORDS; i++) {
      this.words.set(at + i, this.source[i]!)
      this.words.set(at + WORDS + i, this.destination[i]!)
    }
    if (this.used * 2 > this.slots.length) this.rehash()
    return conversation
  }

  private rehash(): void {
    const old = this.slots
    const slots = new Int32Array(old.length * 2).fill(-1)
    const mask = slots.length - 1
    for (const conversation of old) {
      if (conversation < 0) continue
      let slot = this.hashes.at(conversation) & mask
      while (slots[slot]! >= 0) slot = (slot + 1) & mask
      slots[slot] = conversation
    }
    this.slots = slots
  }

  kindOf(conversation: number): number {
    return this.kinds.at(conversation)
  }

  /** Its number among those of its kind: tcp.stream. */
  numberOf(conversation: number): number {
    return this.numbers.at(conversation)
  }

  /** Bytes of its addresses: 4, 6, 16 or 0. */
  addressSize(conversation: number): number {
    return this.sizes.at(conversation)
  }

  /** Word `word` of the first sender's address (side 0) or the other's (side 1), big-endian. */
  addressWord(conversation: number, side: number, word: number): number {
    return this.words.at((conversation * 2 + side) * WORDS + word)
  }

  port(conversation: number, side: number): number {
    const ports = this.ports.at(conversation)
    return side === 0 ? ports >>> 16 : ports & 0xffff
  }

  /** Id of the protocol found in its bytes, or -1. */
  protocolOf(conversation: number): number {
    return this.protocols.at(conversation) - 1
  }

  recognise(conversation: number, protocol: number): void {
    this.protocols.set(conversation, protocol + 1)
  }
}
