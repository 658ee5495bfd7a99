// Writes classic pcap, version 2.4, little-endian; the layout is at the head of pcap.ts.

import { ByteWriter } from '../bytes/writer.ts'
import { largestPacket } from './link-types.ts'
import type { Output } from './output.ts'
import { CaptureError, NO_INTERFACE, NO_TIME } from './types.ts'
import type { CaptureWriter, WriterOptions, WrittenInterface } from './write-types.ts'

export class PcapWriter implements CaptureWriter {
  readonly format = 'pcap'
  packets = 0
  private readonly output: Output
  private readonly nanosecond: boolean
  private readonly linkType: number
  private interfaces: number

  constructor(output: Output, options: WriterOptions, first: WrittenInterface) {
    this.output = output
    this.nanosecond = options.nanosecond ?? false
    this.linkType = first.linkType
    this.interfaces = options.interfaces.length
    const fcs = first.fcsLength === undefined ? 0 : 0x0400_0000 | ((first.fcsLength / 2) << 28)
    const header = new ByteWriter(true)
      .u32(this.nanosecond ? 0xa1b23c4d : 0xa1b2c3d4)
      .u16(2)
      .u16(4)
      .u32(0)
      .u32(0)
    // 0 would make tcpdump's filters reject everything; wiretap writes the largest there is, too.
    header.u32(first.snapLength || largestPacket(first.linkType)).u32((fcs | first.linkType) >>> 0)
    output.bytes(header.finish())
  }

  get path(): string {
    return this.output.path
  }

  get bytesWritten(): number {
    return this.output.written
  }

  interface(described: WrittenInterface): number {
    if (described.linkType !== this.linkType) {
      throw new CaptureError('format', this.path, `A pcap file cannot hold a second link type.`, 'Use --format pcapng.')
    }
    return this.interfaces++
  }

  packet(bytes: Uint8Array, start: number, captured: number, length: number, seconds: number, nanos: number, interfaceId: number): boolean {
    if (interfaceId === NO_INTERFACE) return false
    const { output } = this
    output.reserve(16 + captured)
    const { view, buffer, used } = output
    const fraction = nanos === NO_TIME ? 0 : nanos >>> 0
    view.setUint32(used, seconds, true)
    view.setUint32(used + 4, this.nanosecond ? fraction : fraction / 1000, true)
    view.setUint32(used + 8, captured, true)
    view.setUint32(used + 12, length, true)
    copy(bytes, start, captured, buffer, used + 16)
    output.used = used + 16 + captured
    this.packets++
    return true
  }

  comment(): void {}

  secrets(): void {}

  flush(): void {
    this.output.flush()
  }

  close(): void {
    this.output.close()
  }
}

/** Copies without a subarray object where that is cheaper: for the short packets that captures are full of. */
export function copy(from: Uint8Array, start: number, count: number, to: Uint8Array, at: number): void {
  if (count > 64) {
    to.set(from.subarray(start, start + count), at)
    return
  }
  for (let i = 0; i < count; i++) to[at + i] = from[start + i]!
}
