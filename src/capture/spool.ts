// The file that a live capture grows in: pcapng, on disk, so that memory stays bounded and a crash loses nothing.

import { accessSync, chownSync, closeSync, constants, lchownSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { safeText } from '../bytes/text.ts'
import { CaptureError, type CaptureWriter, createWriter } from '../files/index.ts'
import { LiveError, tellKept } from './errors.ts'
import { type Identity, nextIdentity } from './privileges.ts'
import type { CaptureEnd } from './types.ts'

/** What a spool says of the interface that its packets come from. */
export interface SpooledInterface {
  readonly name: string
  readonly filter: string
  readonly linkType: number
  readonly snapLength: number
  readonly comment?: string
}

/** Writes the packets of one capture and counts those that are safely in the file. */
export class Spool {
  readonly path: string
  private readonly writer: CaptureWriter
  /** Packets in the file, as of the last time that the writer handed bytes to the system. */
  private kept = 0
  private bytesKept = 0
  /** False once the writer has failed, and so lost what it had not yet written. */
  private whole = true

  /** @throws LiveError when the file cannot be made */
  constructor(path: string, described: SpooledInterface) {
    this.path = path
    try {
      // Packets are private: nobody else may read them, wherever the file stands.
      closeSync(openSync(path, 'w', 0o600))
      const { name, filter, linkType, snapLength, comment } = described
      const about = { linkType, snapLength, ...(name ? { name } : {}), ...(filter ? { filter } : {}), ...(comment ? { comment } : {}) }
      this.writer = createWriter(path, { format: 'pcapng', nanosecond: true, interfaces: [about] })
      this.writer.flush()
      const heir = nextIdentity()
      if (heir) lchownSync(path, heir.uid, heir.gid)
    } catch (cause) {
      throw spoolError(path, cause)
    }
    this.bytesKept = this.writer.bytesWritten
  }

  /** Packets taken; those not yet flushed are among them. */
  get packets(): number {
    return this.writer.packets
  }

  /** The numbers are those of PacketSink.packet. @throws CaptureError when the disk is full */
  packet(bytes: Uint8Array, start: number, captured: number, length: number, seconds: number, nanos: number): void {
    this.whole = false
    this.writer.packet(bytes, start, captured, length, seconds, nanos, 0)
    this.whole = true
    if (this.writer.bytesWritten !== this.bytesKept) {
      this.bytesKept = this.writer.bytesWritten
      this.kept = this.writer.packets - 1
    }
  }

  /** @throws CaptureError when the disk is full */
  flush(): void {
    this.whole = false
    this.writer.flush()
    this.whole = true
    this.bytesKept = this.writer.bytesWritten
    this.kept = this.writer.packets
  }

  /** Flushes and closes. Returns the number of packets in the file. */
  close(): number {
    try {
      if (this.whole) this.flush()
    } catch {
      // The disk is full; what is in the file stays.
    }
    try {
      this.writer.close()
    } catch {
      // As above.
    }
    return this.kept
  }
}

/** How a capture ends whose packets could not be written. `kept` packets are in the file. */
export function tellSpoolFailure(error: unknown, kept: number): CaptureEnd {
  if (isFull(error)) {
    const remedy = 'Free some space, or set TMPDIR to a folder on a larger disk.'
    return { reason: 'space', message: `The disk is full: capturing stopped; ${tellKept(kept)}. ${remedy}` }
  }
  return { reason: 'engine', message: safeText(`Capturing stopped; ${tellKept(kept)}. ${systemMessage(error)}`) }
}

function isFull(error: unknown): boolean {
  if (error instanceof CaptureError) return error.code === 'space'
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
}

export function spoolError(path: string, cause: unknown): LiveError {
  if (cause instanceof LiveError) return cause
  const what = `The packets need a file, ${path}, and it cannot be made: ${systemMessage(cause)}`
  return new LiveError('spool', what, ['Set TMPDIR to a folder that you may write to.'], cause)
}

function systemMessage(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return text.endsWith('.') ? text : `${text}.`
}

/**
 * A path for a spool, in a new folder that only its owner may enter. Run by root, the folder belongs to the user whom
 * dropPrivileges() will become. TMPDIR decides the place; without it /var/tmp, since /tmp is often memory.
 */
export function makeSpool(heir: Identity | null = nextIdentity()): string {
  const folder = mkdtempSync(join(spoolFolder(), 'wiretail-'))
  if (heir) chownSync(folder, heir.uid, heir.gid)
  return join(folder, 'live.pcapng')
}

/** Removes a spool that makeSpool() named, and its folder. */
export function removeSpool(path: string): void {
  rmSync(dirname(path), { recursive: true, force: true })
}

function spoolFolder(): string {
  const { TMPDIR } = process.env
  if (TMPDIR || process.platform === 'win32') return tmpdir()
  try {
    accessSync('/var/tmp', constants.W_OK | constants.X_OK)
    return '/var/tmp'
  } catch {
    return tmpdir()
  }
}
