// -w: packets go to a file instead.

import { type Capture, TLS_KEY_LOG, writePacket, writerFor } from '../../engine/printing.ts'

export class PacketFile {
  private readonly capture: Capture
  private readonly target: string | number
  private readonly format: 'pcap' | 'pcapng'
  private writer: ReturnType<typeof writerFor> | null = null
  /** Interfaces and secrets that the writer has been told of. */
  private interfaces = 0
  private secrets = 0
  private readonly embedsKeys: boolean
  /** Secrets of key logs that were written. */
  private embedded = 0

  /** `target` is a path, `-`, or an open descriptor. The file is made when the first packet comes, or at the end: only then is it known what it must hold. */
  constructor(capture: Capture, target: string | number, format: 'pcap' | 'pcapng', embedsKeys = false) {
    this.embedsKeys = embedsKeys
    this.capture = capture
    this.target = target
    this.format = format
  }

  /** `bytes` from `start` are the packet's. Throws a CaptureError. */
  write(packet: number, bytes: Uint8Array, start: number): void {
    const writer = this.open()
    const { secretBlocks } = this.capture
    for (; this.secrets < secretBlocks.length; this.secrets++)
      writer.secrets(secretBlocks[this.secrets]!.type, secretBlocks[this.secrets]!.bytes)
    if (this.embedsKeys) this.embed(writer)
    this.interfaces = writePacket(this.capture, writer, packet, bytes, start, this.interfaces)
  }

  /** Programs that read the file later need the secrets before the packets. */
  private embed(writer: ReturnType<typeof writerFor>): void {
    const { bytes, size } = this.capture.secretRing?.textFrom(this.embedded) ?? { bytes: [], size: 0 }
    this.embedded = size
    if (bytes.length > 0) writer.secrets(TLS_KEY_LOG, Uint8Array.from(bytes))
  }

  flush(): void {
    this.writer?.flush()
  }

  close(): void {
    this.open().close()
  }

  private open() {
    if (this.writer === null) {
      this.writer = writerFor(this.capture, this.target, this.format)
      this.interfaces = Math.max(1, this.capture.interfaces.length)
    }
    return this.writer
  }
}
