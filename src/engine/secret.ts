// Looks for a text in packets: in the bytes of the frame as they are captured, and in what is put together or unpacked from them.

import type { Capture, PacketVisitor } from './capture.ts'
import type { ByteRange } from './types.ts'

/** Packets noted at the most; nobody steps through more. */
const MAX_PACKETS = 100_000
const MAX_RANGES = 64

export class SecretFinder {
  /** Packets whose frame holds the secret, or that complete a message that holds it. */
  readonly packets: number[] = []
  readonly visitor: PacketVisitor
  private readonly found = new Set<number>()
  private readonly needle: Buffer
  private readonly capture: Capture
  /** Messages already looked at. */
  private messages = 0

  constructor(capture: Capture, secret: string) {
    this.capture = capture
    this.needle = Buffer.from(secret, 'utf8')
    this.visitor = (packet, bytes, start) => {
      const frame = Buffer.from(bytes.buffer, bytes.byteOffset + start, capture.index.captured(packet))
      if (frame.includes(this.needle)) this.note(packet)
    }
  }

  /**
   * Looks until `deadline` at the messages put together or opened since the last call: the secret may be cut in two by a segment's end.
   * Returns whether some are left.
   */
  work(deadline: number): boolean {
    const { memory } = this.capture
    const { messages } = memory
    for (; this.messages < messages.count; this.messages++) {
      if (performance.now() >= deadline) return true
      const assembly = messages.assembly(this.messages)
      const packet = messages.packet(this.messages)
      const whole = assembly < 0 && messages.within(this.messages) < 0
      if (whole || this.found.has(packet) || packet > this.capture.index.count) continue
      const bytes = memory.bytesOf(this.messages)
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(this.needle)) this.note(packet)
    }
    return false
  }

  /** The messages are other ones now. */
  restart(): void {
    this.messages = 0
  }

  private note(packet: number): void {
    if (this.found.has(packet) || this.packets.length >= MAX_PACKETS) return
    this.found.add(packet)
    let at = this.packets.length
    while (at > 0 && this.packets[at - 1]! > packet) at--
    this.packets.splice(at, 0, packet)
  }

  has(packet: number): boolean {
    return this.found.has(packet)
  }

  /** Where the secret stands in the packet's sources. */
  ranges(packet: number): readonly ByteRange[] {
    if (!this.found.has(packet)) return []
    const d = this.capture.dissection()
    this.capture.record(d, packet)
    const ranges: ByteRange[] = []
    d.sources.forEach((bytes, source) => {
      const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      for (let at = haystack.indexOf(this.needle); at >= 0 && ranges.length < MAX_RANGES; at = haystack.indexOf(this.needle, at + 1))
        ranges.push({ source, start: at, length: this.needle.length })
    })
    return ranges
  }
}
