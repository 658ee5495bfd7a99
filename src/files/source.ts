// Where the bytes of a capture come from, seen as one run of bytes that can be read at any position: a file, a file that still grows,
// or a spool that a stream or a decompressor is filling.

import { closeSync, fstatSync, readSync } from 'node:fs'
import type { DamageCode } from './types.ts'

/** Why a source ended before its time. Positions are in the decompressed bytes. */
export interface SourceFailure {
  readonly code: DamageCode
  readonly expected: string
  readonly found: string
  readonly remedy: string
}

export interface ByteSource {
  /** Bytes known to be there now. */
  readonly size: number
  /** True when no more bytes will come. */
  readonly complete: boolean
  /** Set, with `complete`, when something other than the end of the data ended it. */
  readonly failure: SourceFailure | null
  /** For the progress bar: bytes of the file taken in, given how far its reader is, and bytes there are (0 unknown). */
  progress(position: number): number
  readonly total: number
  /** Copies bytes from `offset`; returns how many, 0 at the end of what is there now. */
  readAt(offset: number, target: Uint8Array, start: number, length: number): number
  /** Resolves when there are bytes beyond `position`, or none will come. */
  wait(position: number): Promise<void>
  /** No more bytes will come after those that are there now. */
  finish(): void
  close(): void
}

/** How often a growing file is looked at, in milliseconds: as often as the capture ring hands out blocks. */
const POLL = 20

/** A regular file, read with positioned reads; owns the descriptor unless it is standard input. */
export class FileSource implements ByteSource {
  failure: SourceFailure | null = null
  complete: boolean
  private readonly fd: number
  private readonly owned: boolean
  private length: number
  private closed = false

  constructor(fd: number, follow: boolean) {
    this.fd = fd
    this.owned = fd > 2
    this.complete = !follow
    this.length = fstatSync(fd).size
  }

  get size(): number {
    if (!this.complete) this.length = fstatSync(this.fd).size
    return this.length
  }

  get total(): number {
    return this.size
  }

  progress(position: number): number {
    return position
  }

  readAt(offset: number, target: Uint8Array, start: number, length: number): number {
    // The number may belong to another file by now.
    if (this.closed) return 0
    try {
      return readSync(this.fd, target, start, length, offset)
    } catch (error) {
      // A disk error, or a file on a share that went away: what was read stays usable.
      this.complete = true
      this.failure = {
        code: 'io',
        expected: 'readable data',
        found: systemCode(error),
        remedy: 'Check the disk or the network share, then open it again.',
      }
      return 0
    }
  }

  async wait(position: number): Promise<void> {
    while (!this.complete && this.size <= position) await new Promise((resolve) => setTimeout(resolve, POLL))
  }

  finish(): void {
    if (this.complete) return
    this.length = fstatSync(this.fd).size
    this.complete = true
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.complete = true
    if (this.owned) closeSync(this.fd)
  }
}

/** ENOENT, EACCES … of an error from the system, or its message. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : String(error)
}
