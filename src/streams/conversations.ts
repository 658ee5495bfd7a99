// Conversations: who talks with whom, from which port to which, numbered in order of their first packet.
//
// An open-addressing hash over typed arrays: no object and no string per packet or per conversation.

import type { Flow } from '../core/memory.ts'
import { KINDS } from '../core/memory.ts'

/** Words of one address; IPv4 uses the first, Ethernet the first two. */
const WORDS = 4
const FIRST_SIZE = 1 << 10

export class Conversations {
  count = 0
  /** Conversations of each kind so far. */
  private readonly counts = new Uint32Array(KINDS)
  // By conversation. One run of memory each, doubled when full: they are looked up for every packet.
  private kinds = new Uint8Array(FIRST_SIZE)
  private sizes = new Uint8Array(FIRST_SIZE)
  private numbers = new Uint32Array(FIRST_SIZE)
  /** First sender's address, the other's address: 2 × WORDS a conversation. */
  private words = new Uint32Array(FIRST_SIZE * 2 * WORDS)
  /** First sender's port × 65536 + the other's. */
  private ports = new Uint32Array(FIRST_SIZE)
  /** Protocol that its bytes were recognised as, plus 1; 0: unknown. */
  private protocols = new Uint8Array(FIRST_SIZE)
  /** The hash table: conversation and its hash by slot; -1 where free. Twice as many slots as conversations at least. */
  private slots = new Int32Array(FIRST_SIZE * 4).fill(-1)
  private slotHashes = new Int32Array(FIRST_SIZE * 4)
  private used = 0
  private readonly source = new Uint32Array(WORDS)
  private readonly destination = new Uint32Array(WORDS)
  /** What `slotOf` found: the hash, and whether the endpoints stand the other way round. */
  private hashed = 0
  private reversed = 0

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
    return found >= 0 ? found * 2 + this.reversed : this.open(slot, kind, size, sourcePort, destinationPort) * 2
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
    const { source, destination } = this
    // Nearly always; only the first word of an IPv4 address counts.
    if (size === 4) {
      source[0] = (bytes[sourceAt]! << 24) | (bytes[sourceAt + 1]! << 16) | (bytes[sourceAt + 2]! << 8) | bytes[sourceAt + 3]!
      destination[0] =
        (bytes[destinationAt]! << 24) | (bytes[destinationAt + 1]! << 16) | (bytes[destinationAt + 2]! << 8) | bytes[destinationAt + 3]!
      return
    }
    for (let word = 0, from = 0; word < WORDS; word++, from += 4) {
      let a = 0
      let b = 0
      for (let i = from, last = Math.min(from + 4, size); i < last; i++) {
        a = (a << 8) | bytes[sourceAt + i]!
        b = (b << 8) | bytes[destinationAt + i]!
      }
      source[word] = a
      destination[word] = b
    }
  }

  /** The slot of the conversation, or the free one where it belongs. Leaves `hashed` and `reversed`. */
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
    const { source, destination, slots, slotHashes } = this
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
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot]!
      if (found < 0 || (slotHashes[slot] === hash && this.matches(found, kind, size, sourcePort, destinationPort))) return slot
    }
  }

  private matches(conversation: number, kind: number, size: number, sourcePort: number, destinationPort: number): boolean {
    if (this.kinds[conversation] !== kind || this.sizes[conversation] !== size) return false
    const ports = this.ports[conversation]!
    this.reversed = 0
    if (ports === sourcePort * 65536 + destinationPort && this.sameAddresses(conversation, size, this.source, this.destination)) return true
    this.reversed = 1
    return ports === destinationPort * 65536 + sourcePort && this.sameAddresses(conversation, size, this.destination, this.source)
  }

  private sameAddresses(conversation: number, size: number, first: Uint32Array, second: Uint32Array): boolean {
    const { words } = this
    const at = conversation * 2 * WORDS
    if (size === 4) return words[at] === first[0] && words[at + WORDS] === second[0]
    for (let i = 0; i < WORDS; i++) if (words[at + i] !== first[i] || words[at + WORDS + i] !== second[i]) return false
    return true
  }

  private open(slot: number, kind: number, size: number, sourcePort: number, destinationPort: number): number {
    const conversation = this.count++
    if (conversation === this.kinds.length) this.widen()
    if (this.slots[slot]! < 0) this.used++
    this.slots[slot] = conversation
    this.slotHashes[slot] = this.hashed
    this.kinds[conversation] = kind
    this.sizes[conversation] = size
    this.numbers[conversation] = this.counts[kind]!++
    this.ports[conversation] = sourcePort * 65536 + destinationPort
    const at = conversation * 2 * WORDS
    this.words.set(this.source, at)
    this.words.set(this.destination, at + WORDS)
    if (this.used * 2 > this.slots.length) this.rehash()
    return conversation
  }

  private widen(): void {
    const size = this.kinds.length * 2
    this.kinds = widened(this.kinds, new Uint8Array(size))
    this.sizes = widened(this.sizes, new Uint8Array(size))
    this.numbers = widened(this.numbers, new Uint32Array(size))
    this.words = widened(this.words, new Uint32Array(size * 2 * WORDS))
    this.ports = widened(this.ports, new Uint32Array(size))
    this.protocols = widened(this.protocols, new Uint8Array(size))
  }

  private rehash(): void {
    const { slots: old, slotHashes: hashes } = this
    const slots = new Int32Array(old.length * 2).fill(-1)
    const slotHashes = new Int32Array(slots.length)
    const mask = slots.length - 1
    for (let i = 0; i < old.length; i++) {
      if (old[i]! < 0) continue
      let slot = hashes[i]! & mask
      while (slots[slot]! >= 0) slot = (slot + 1) & mask
      slots[slot] = old[i]!
      slotHashes[slot] = hashes[i]!
    }
    this.slots = slots
    this.slotHashes = slotHashes
  }

  kindOf(conversation: number): number {
    return this.kinds[conversation]!
  }

  /** Its number among those of its kind: tcp.stream. */
  numberOf(conversation: number): number {
    return this.numbers[conversation]!
  }

  /** Bytes of its addresses: 4, 6, 16 or 0. */
  addressSize(conversation: number): number {
    return this.sizes[conversation]!
  }

  /** Word `word` of the first sender's address (side 0) or the other's (side 1), big-endian. */
  addressWord(conversation: number, side: number, word: number): number {
    return this.words[(conversation * 2 + side) * WORDS + word]!
  }

  port(conversation: number, side: number): number {
    const ports = this.ports[conversation]!
    return side === 0 ? ports >>> 16 : ports & 0xffff
  }

  /** Id of the protocol found in its bytes, or -1. */
  protocolOf(conversation: number): number {
    return this.protocols[conversation]! - 1
  }

  recognise(conversation: number, protocol: number): void {
    this.protocols[conversation] = protocol + 1
  }
}

function widened<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
