// Writes pcapng: one section, little-endian; the layout is at the head of pcapng.ts.

import { ByteWriter } from '../bytes/writer.ts'
import type { Output } from './output.ts'
import { NO_INTERFACE, NO_TIME } from './types.ts'
import { copy } from './write-pcap.ts'
import type { CaptureWriter, WriterOptions, WrittenInterface } from './write-types.ts'

/** Longest text of an option: its length is 16 bits, and readers dislike the extreme. */
const LONGEST_TEXT = 65_000

const encoder = new TextEncoder()

export class PcapngWriter implements CaptureWriter {
  readonly format = 'pcapng'
  packets = 0
  private readonly output: Output
  private readonly nanosecond: boolean
  private readonly snapLengths: number[] = []
  private comments: Uint8Array[] = []

  constructor(output: Output, options: WriterOptions) {
    this.output = output
    this.nanosecond = options.nanosecond ?? true
    this.block(0x0a0d0d0a, (block) => {
      block.u32(0x1a2b3c4d).u16(1).u16(0).u64(-1)
      textOption(block, 4, options.application ?? 'wiretail')
      block.u32(0)
    })
    for (const described of options.interfaces) this.interface(described)
  }

  get path(): string {
    return this.output.path
  }

  get bytesWritten(): number {
    return this.output.written
  }

  interface(described: WrittenInterface): number {
    this.block(1, (block) => {
      block
        .u16(described.linkType)
        .u16(0)
        .u32(described.snapLength ?? 0)
      textOption(block, 1, described.comment)
      textOption(block, 2, described.name)
      textOption(block, 3, described.description)
      option(block, 9, Uint8Array.of(this.nanosecond ? 9 : 6))
      if (described.filter !== undefined) option(block, 11, concatenate(Uint8Array.of(0), shortText(described.filter)))
      textOption(block, 12, described.system)
      if (described.fcsLength !== undefined) option(block, 13, Uint8Array.of(described.fcsLength))
      textOption(block, 15, described.hardware)
      block.u32(0)
    })
    this.snapLengths.push(described.snapLength ?? 0)
    return this.snapLengths.length - 1
  }

  packet(bytes: Uint8Array, start: number, captured: number, length: number, seconds: number, nanos: number, interfaceId: number): boolean {
    if (interfaceId === NO_INTERFACE) return false
    if (nanos === NO_TIME && this.fitsSimpleBlock(captured, length, interfaceId)) {
      this.simplePacket(bytes, start, captured, length)
      return true
    }
    const padded = (captured + 3) & ~3
    const options = this.comments.length === 0 ? 0 : this.optionsSize()
    const size = 32 + padded + options
    const { output } = this
    output.reserve(size)
    const { view, buffer, used } = output
    view.setUint32(used, 6, true)
    view.setUint32(used + 4, size, true)
    view.setUint32(used + 8, interfaceId, true)
    this.time(view, used + 12, seconds, nanos)
    view.setUint32(used + 20, captured, true)
    view.setUint32(used + 24, length, true)
    const data = used + 28
    copy(bytes, start, captured, buffer, data)
    for (let at = data + captured; at < data + padded; at++) buffer[at] = 0
    if (options !== 0) this.putOptions(buffer, data + padded)
    view.setUint32(used + size - 4, size, true)
    output.used = used + size
    this.packets++
    return true
  }

  comment(text: string): void {
    this.comments.push(shortText(text))
  }

  secrets(type: number, bytes: Uint8Array): void {
    this.block(10, (block) => block.u32(type).u32(bytes.length).bytes(bytes).align(4))
  }

  flush(): void {
    this.output.flush()
  }

  close(): void {
    this.output.close()
  }

  /** A simple packet block has no time, no interface but the first, no comment, and infers its captured length. */
  private fitsSimpleBlock(captured: number, length: number, interfaceId: number): boolean {
    const snap = this.snapLengths[0] ?? 0
    return interfaceId === 0 && this.comments.length === 0 && captured === (snap === 0 ? length : Math.min(length, snap))
  }

  private simplePacket(bytes: Uint8Array, start: number, captured: number, length: number): void {
    this.block(3, (block) =>
      block
        .u32(length)
        .bytes(bytes.subarray(start, start + captured))
        .align(4),
    )
    this.packets++
  }

  /** 64 bits in two halves, exact without BigInt: the low half modulo 2^32, the high one rounded from doubles. */
  private time(view: DataView, at: number, seconds: number, nanos: number): void {
    const perSecond = this.nanosecond ? 1e9 : 1e6
    const rest = nanos === NO_TIME ? 0 : nanos < 0 ? nanos + 4_294_967_296 : nanos
    const units = this.nanosecond ? rest : Math.floor(rest / 1000)
    const low = (Math.imul(seconds, perSecond) + units) >>> 0
    const high = Math.round((seconds * perSecond + units - low) / 4_294_967_296)
    // Times before 1970 or past 64 bits, out of damaged files: the nearest that can be written.
    const possible = high >= 0 && high <= 0xffffffff
    view.setUint32(at, possible ? high : high < 0 ? 0 : 0xffffffff, true)
    view.setUint32(at + 4, possible ? low : high < 0 ? 0 : 0xffffffff, true)
  }

  private optionsSize(): number {
    return this.comments.reduce((sum, text) => sum + 4 + ((text.length + 3) & ~3), 4)
  }

  private putOptions(buffer: Uint8Array, at: number): void {
    const block = new ByteWriter(true)
    for (const text of this.comments) option(block, 1, text)
    buffer.set(block.u32(0).finish(), at)
    this.comments = []
  }

  private block(type: number, write: (block: ByteWriter) => void): void {
    const block = new ByteWriter(true).u32(type).u32(0)
    write(block)
    block.patch(4, 4, block.length + 4).u32(block.length + 4)
    this.output.bytes(block.finish())
  }
}

function option(block: ByteWriter, code: number, bytes: Uint8Array): void {
  block.u16(code).u16(bytes.length).bytes(bytes).align(4)
}

function textOption(block: ByteWriter, code: number, text: string | undefined): void {
  if (text !== undefined) option(block, code, shortText(text))
}

/** UTF-8, cut between characters where it is too long for an option. */
function shortText(text: string): Uint8Array {
  const buffer = new Uint8Array(Math.min(LONGEST_TEXT, text.length * 3))
  return buffer.subarray(0, encoder.encodeInto(text, buffer).written)
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length)
  whole.set(first)
  whole.set(second, first.length)
  return whole
}
