// What capture programs write to their standard output, taken into the spool packet by packet.

import { closeSync, ftruncateSync, lchownSync, openSync, writeSync } from 'node:fs'
import { nextIdentity } from './privileges.ts'
import { Spool, spoolError } from './spool.ts'

export interface Intake {
  /** LINKTYPE_ number; null until the stream has said so, which it does before the first packet. */
  readonly linkType: number | null
  /** Packets taken. */
  readonly packets: number
  /** Takes the next bytes, cut anywhere. @throws Error when the stream makes no sense; CaptureError or a system error when the disk is full */
  take(chunk: Uint8Array): void
  /** Returns the number of packets in the spool. */
  close(): number
}

/** A record that claims more is no packet, but a sign that the stream is not what it seems. */
const LARGEST_RECORD = 1 << 20

/** Joins what is left of one chunk with the next and cuts it into records. */
abstract class RecordIntake {
  private rest: Uint8Array = new Uint8Array(0)

  take(chunk: Uint8Array): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    for (;;) {
      const size = this.measure(view, at, bytes.length - at)
      if (size > LARGEST_RECORD) throw new Error(`The capture program wrote a record of ${size} bytes, which is none`)
      if (size === 0 || at + size > bytes.length) break
      this.record(bytes, view, at, size)
      at += size
    }
    this.rest = bytes.slice(at)
    this.taken(bytes, at)
  }

  /** Size of the record at `at`, of which `left` bytes are there; 0 when that is too little to tell. */
  protected abstract measure(view: DataView, at: number, left: number): number
  protected abstract record(bytes: Uint8Array, view: DataView, at: number, size: number): void
  /** The first `whole` bytes were whole records. */
  protected abstract taken(bytes: Uint8Array, whole: number): void
}

/** tcpdump's stream: classic pcap in the machine's byte order, microseconds or nanoseconds. */
export class PcapIntake extends RecordIntake implements Intake {
  private readonly path: string
  private readonly name: string
  private readonly filter: string
  private spool: Spool | null = null
  private link: number | null = null
  private little = true
  private nanosPerUnit = 1

  constructor(path: string, name: string, filter: string) {
    super()
    this.path = path
    this.name = name
    this.filter = filter
  }

  get linkType(): number | null {
    return this.link
  }

  get packets(): number {
    return this.spool?.packets ?? 0
  }

  close(): number {
    return this.spool?.close() ?? 0
  }

  protected measure(view: DataView, at: number, left: number): number {
    if (this.spool === null) return left < 24 ? 0 : 24
    return left < 16 ? 0 : 16 + view.getUint32(at + 8, this.little)
  }

  protected record(bytes: Uint8Array, view: DataView, at: number, size: number): void {
    if (this.spool === null) {
      this.header(view, at)
      return
    }
    const seconds = view.getUint32(at, this.little)
    const nanos = view.getUint32(at + 4, this.little) * this.nanosPerUnit
    this.spool.packet(bytes, at + 16, size - 16, view.getUint32(at + 12, this.little), seconds, nanos)
  }

  protected taken(): void {
    this.spool?.flush()
  }

  private header(view: DataView, at: number): void {
    const magics = [0xa1b2c3d4, 0xa1b23c4d]
    this.little = magics.includes(view.getUint32(at, true))
    const magic = view.getUint32(at, this.little)
    if (!magics.includes(magic)) throw new Error('The capture program wrote something that is no capture')
    this.nanosPerUnit = magic === magics[1] ? 1 : 1000
    this.link = view.getUint32(at + 20, this.little) & 0xffff
    const snapLength = view.getUint32(at + 16, this.little)
    this.spool = new Spool(this.path, { name: this.name, filter: this.filter, linkType: this.link, snapLength })
  }
}

const SECTION_HEADER = 0x0a0d0d0a
const INTERFACE_DESCRIPTION = 1
const ENHANCED_PACKET = 6
const BYTE_ORDER_MAGIC = 0x1a2b3c4d

/** dumpcap's stream: pcapng, which becomes the spool as it is, its counts of lost packets included. */
export class PcapngIntake extends RecordIntake implements Intake {
  private readonly fd: number
  private link: number | null = null
  private little = true
  private counted = 0
  private kept = 0
  private written = 0

  /** @throws LiveError when the file cannot be made */
  constructor(path: string) {
    super()
    try {
      this.fd = openSync(path, 'w', 0o600)
      const heir = nextIdentity()
      if (heir) lchownSync(path, heir.uid, heir.gid)
    } catch (cause) {
      throw spoolError(path, cause)
    }
  }

  get linkType(): number | null {
    return this.link
  }

  get packets(): number {
    return this.counted
  }

  close(): number {
    closeSync(this.fd)
    return this.kept
  }

  protected measure(view: DataView, at: number, left: number): number {
    if (left < 12) return 0
    if (view.getUint32(at, true) === SECTION_HEADER) this.little = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC
    const size = view.getUint32(at + 4, this.little)
    if (size < 12 || size % 4 !== 0) throw new Error('The capture program wrote something that is no capture')
    return size
  }

  protected record(_bytes: Uint8Array, view: DataView, at: number): void {
    const type = view.getUint32(at, this.little)
    if (type === ENHANCED_PACKET) this.counted++
    else if (type === INTERFACE_DESCRIPTION) this.link ??= view.getUint16(at + 8, this.little)
  }

  /** Writes whole blocks only; when that fails the file is cut back, so that it never ends inside one. */
  protected taken(bytes: Uint8Array, whole: number): void {
    let done = 0
    try {
      while (done < whole) done += writeSync(this.fd, bytes, done, whole - done)
    } catch (error) {
      ftruncateSync(this.fd, this.written)
      throw error
    }
    this.written += whole
    this.kept = this.counted
  }
}
