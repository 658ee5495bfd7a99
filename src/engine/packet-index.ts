// The index: what is known of every packet after one pass, in columns of typed arrays. The bytes stay in the file.

/** Packets in one chunk of the columns. */
const BITS = 16
const CHUNK = 1 << BITS
const MASK = CHUNK - 1

class Chunk {
  readonly offset = new Float64Array(CHUNK)
  readonly seconds = new Float64Array(CHUNK)
  readonly nanos = new Int32Array(CHUNK)
  readonly captured = new Uint32Array(CHUNK)
  readonly length = new Uint32Array(CHUNK)
  /** Interface id + 1; 0 for records of no interface. */
  readonly interfaceId = new Uint16Array(CHUNK)
  readonly chain = new Uint16Array(CHUNK)
  /** Link-layer flags + 1, 0 for none; made when the first packet has some. */
  flags: Float64Array | null = null
}

/** Columns by packet number, from 1. 38 bytes a packet. */
export class PacketIndex {
  count = 0
  private readonly chunks: Chunk[] = [new Chunk()]
  private current = this.chunks[0]!

  /** Appends a packet; returns its number. */
  add(offset: number, seconds: number, nanos: number, captured: number, length: number, interfaceId: number): number {
    const number = this.count + 1
    this.count = number
    const i = number & MASK
    if (i === 0) {
      this.current = new Chunk()
      this.chunks.push(this.current)
    }
    const chunk = this.current
    chunk.offset[i] = offset
    chunk.seconds[i] = seconds
    chunk.nanos[i] = nanos
    chunk.captured[i] = captured
    chunk.length[i] = length
    chunk.interfaceId[i] = interfaceId + 1
    return number
  }

  /** Notes the link-layer flags of the packet added last. */
  setFlags(bits: number): void {
    this.current.flags ??= new Float64Array(CHUNK)
    this.current.flags[this.count & MASK] = bits + 1
  }

  flags(packet: number): number {
    return (this.of(packet).flags?.[packet & MASK] ?? 0) - 1
  }

  /** Notes the layers of the packet added last. */
  setChain(chain: number): void {
    this.current.chain[this.count & MASK] = chain
  }

  /** The chain of a packet that was indexed before. */
  setChainOf(packet: number, chain: number): void {
    this.of(packet).chain[packet & MASK] = chain
  }

  private of(packet: number): Chunk {
    return this.chunks[packet >>> BITS]!
  }

  offset(packet: number): number {
    return this.of(packet).offset[packet & MASK]!
  }

  seconds(packet: number): number {
    return this.of(packet).seconds[packet & MASK]!
  }

  nanos(packet: number): number {
    return this.of(packet).nanos[packet & MASK]!
  }

  captured(packet: number): number {
    return this.of(packet).captured[packet & MASK]!
  }

  length(packet: number): number {
    return this.of(packet).length[packet & MASK]!
  }

  interfaceId(packet: number): number {
    return this.of(packet).interfaceId[packet & MASK]! - 1
  }

  chain(packet: number): number {
    return this.of(packet).chain[packet & MASK]!
  }
}
