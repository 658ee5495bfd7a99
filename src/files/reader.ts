// What the readers of both formats share: the window over the source, the ways in which reading ends, and random access.

import type { ByteSource } from './source.ts'
import {
  type CaptureDamage,
  type CaptureFormat,
  type CaptureReader,
  type Compression,
  type DamageCode,
  describeDamage,
  type PacketSink,
  type StepResult,
} from './types.ts'
import { Window } from './window.ts'

const MENDING: Record<'cut' | 'corrupt', string> = {
  cut: 'The packets before it are intact; copy the file again if the original is complete.',
  corrupt: 'The packets before it are intact; copy the file again, in binary mode if it came over FTP.',
}

export abstract class RecordReader implements CaptureReader {
  readonly path: string
  readonly compression: Compression
  damage: CaptureDamage | null = null
  abstract readonly format: CaptureFormat
  abstract readonly nanosecond: boolean
  protected readonly source: ByteSource
  protected readonly window: Window
  private ended = false

  constructor(path: string, compression: Compression, source: ByteSource) {
    this.path = path
    this.compression = compression
    this.source = source
    this.window = new Window(source)
  }

  get bytesTotal(): number {
    return this.source.total
  }

  get bytesRead(): number {
    return this.source.progress(this.window.position)
  }

  step(sink: PacketSink, maxRecords: number): StepResult {
    return this.ended ? 'end' : this.records(sink, maxRecords)
  }

  readable(): Promise<void> {
    return this.ended ? Promise.resolve() : this.source.wait(this.window.base + this.window.end)
  }

  finish(): void {
    this.source.finish()
  }

  read(offset: number, length: number, target: Uint8Array): number {
    const wanted = Math.min(length, target.length)
    // Messages are put together from packets just read, half of which are still in the window: no system call for those.
    if (this.window.copy(offset, wanted, target)) return wanted
    let done = 0
    while (done < wanted) {
      const got = this.source.readAt(offset + done, target, done, wanted - done)
      if (got === 0) break
      done += got
    }
    return done
  }

  close(): void {
    this.ended = true
    this.source.close()
  }

  protected abstract records(sink: PacketSink, maxRecords: number): StepResult

  /** The record at the window's start needs `need` bytes, and they are not there: not yet, or never. */
  protected shortage(need: number, what: string): StepResult {
    if (!this.source.complete) return 'waiting'
    this.ended = true
    const { failure } = this.source
    const left = Math.max(this.window.end - this.window.start, this.source.size - this.window.position)
    if (failure !== null) this.damaged(failure.code, failure.expected, failure.found, failure.remedy)
    else if (left > 0) this.damaged('cut', `${what} of ${need} bytes`, `the end after ${left} bytes`, MENDING.cut)
    return 'end'
  }

  /** The record at the window's start states what cannot be. */
  protected corrupt(expected: string, found: string): StepResult {
    this.damaged('corrupt', expected, found, MENDING.corrupt)
    return 'end'
  }

  private damaged(code: DamageCode, expected: string, found: string, remedy: string): void {
    this.ended = true
    this.damage = describeDamage(code, this.path, this.window.position, expected, found, remedy)
  }
}
