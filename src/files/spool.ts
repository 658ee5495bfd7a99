// Bytes that arrive in order, from standard input or out of a decompressor, kept so that any packet can be read again: in memory while
// they are few, then in a temporary file without a name. One side appends, the other reads; both on the same thread.

import { readSync, writeSync } from 'node:fs'
import { type ByteSource, type SourceFailure, systemCode } from './source.ts'
import { createTemporary, type TemporaryFile, temporarySpace } from './temporary.ts'

/** Kept in memory up to this many bytes: most captures that people send each other. */
const IN_MEMORY = 4 * 1024 * 1024
/** With back pressure, how far ahead of its reader a spool fills. */
const AHEAD = 8 * 1024 * 1024

export interface SpoolOptions {
  /** Bytes of the file that feeds the spool, for progress; 0 when unknown. */
  readonly total: number
  /** Hold the feeder back when its reader lags. Not for live streams, whose writer would lose packets. */
  readonly heldBack: boolean
  /** Most bytes that are taken. Whatever it says, a spool takes no more than half of the disk's free space. */
  readonly limit: () => number
}

export class Spool implements ByteSource {
  size = 0
  complete = false
  failure: SourceFailure | null = null
  readonly total: number
  /** Called once by close(). */
  onClose: (() => void) | null = null
  /** Bytes of the feeding file that were taken in; the feeder keeps it up to date. */
  consumed = 0
  private readonly heldBack: boolean
  private readonly limit: () => number
  /** Set once the spool is on disk. */
  private share = Number.POSITIVE_INFINITY
  private memory = new Uint8Array(64 * 1024)
  private file: TemporaryFile | null = null
  private wanted = AHEAD
  private waiting: (() => void)[] = []
  private feeder: (() => void) | null = null

  constructor(options: SpoolOptions) {
    this.total = options.total
    this.heldBack = options.heldBack
    this.limit = options.limit
  }

  progress(): number {
    return this.consumed
  }

  /** Takes bytes. False when they do not fit any more: the spool has then ended, with the reason. */
  append(bytes: Uint8Array): boolean {
    if (this.complete) return false
    const limit = Math.min(this.share, this.limit())
    if (this.size + bytes.length > limit) {
      this.end({
        code: 'limit',
        expected: `at most ${limit} bytes`,
        found: 'more',
        remedy: 'Unpack or save it to a disk with room and open that file, or set TMPDIR to a folder there.',
      })
      return false
    }
    try {
      this.store(bytes)
    } catch (error) {
      this.end({
        code: 'io',
        expected: 'room for a temporary file',
        found: systemCode(error),
        remedy: 'Free some space, or set TMPDIR to another disk.',
      })
      return false
    }
    this.size += bytes.length
    this.wakeReaders()
    return true
  }

  /** Nothing more will be appended. */
  end(failure: SourceFailure | null): void {
    if (this.complete) return
    this.complete = true
    this.failure = failure
    this.wakeReaders()
    this.wakeFeeder()
  }

  /** Resolves when the reader wants more, or when the spool has ended. */
  room(): Promise<void> {
    if (this.complete || !this.heldBack || this.size < this.wanted) return Promise.resolve()
    return new Promise((resolve) => {
      this.feeder = resolve
    })
  }

  readAt(offset: number, target: Uint8Array, start: number, length: number): number {
    const count = Math.min(length, this.size - offset)
    if (count <= 0) return 0
    if (this.file !== null) return readSync(this.file.fd, target, start, count, offset)
    target.set(this.memory.subarray(offset, offset + count), start)
    return count
  }

  wait(position: number): Promise<void> {
    if (this.complete || this.size > position) return Promise.resolve()
    this.wanted = Math.max(this.wanted, position + AHEAD)
    this.wakeFeeder()
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  finish(): void {
    this.end(null)
  }

  close(): void {
    this.end(null)
    this.file?.remove()
    this.file = null
    this.size = 0
    this.memory = new Uint8Array(0)
    this.onClose?.()
    this.onClose = null
  }

  private store(bytes: Uint8Array): void {
    const needed = this.size + bytes.length
    if (this.file === null && needed > IN_MEMORY) this.moveToDisk()
    if (this.file !== null) {
      writeAll(this.file.fd, bytes, bytes.length, this.size)
      return
    }
    if (needed > this.memory.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(needed)))
      larger.set(this.memory.subarray(0, this.size))
      this.memory = larger
    }
    this.memory.set(bytes, this.size)
  }

  private moveToDisk(): void {
    this.share = Math.floor(temporarySpace() / 2)
    const file = createTemporary()
    file.vanish()
    writeAll(file.fd, this.memory, this.size, 0)
    this.file = file
    this.memory = new Uint8Array(0)
  }

  private wakeReaders(): void {
    const woken = this.waiting
    if (woken.length === 0) return
    this.waiting = []
    for (const wake of woken) wake()
  }

  private wakeFeeder(): void {
    const wake = this.feeder
    this.feeder = null
    wake?.()
  }
}

function writeAll(fd: number, bytes: Uint8Array, length: number, position: number): void {
  for (let done = 0; done < length; ) done += writeSync(fd, bytes, done, length - done, position + done)
}
