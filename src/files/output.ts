// Writes bytes to a file in large blocks.

import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { systemCode } from './source.ts'
import { CaptureError } from './types.ts'

const BUFFER_SIZE = 256 * 1024

export class Output {
  readonly path: string
  /** Fill from `used` on after reserve(). */
  buffer: Uint8Array
  view: DataView
  used = 0
  /** Bytes that have reached the file. */
  written = 0
  private readonly fd: number
  private readonly owned: boolean
  private closed = false

  /** Opens a path (`-` is standard output) for writing from its beginning, or takes an open descriptor. Throws CaptureError. */
  constructor(target: string | number) {
    this.path = typeof target === 'number' ? `descriptor ${target}` : target
    this.owned = typeof target === 'string' && target !== '-'
    this.fd = typeof target === 'number' ? target : target === '-' ? 1 : openTarget(target)
    this.buffer = new Uint8Array(BUFFER_SIZE)
    this.view = new DataView(this.buffer.buffer)
  }

  /** Makes `count` bytes free at `used`; what was written before may go to the file. */
  reserve(count: number): void {
    if (this.buffer.length - this.used >= count) return
    this.flush()
    if (this.buffer.length >= count) return
    this.buffer = new Uint8Array(2 ** Math.ceil(Math.log2(count)))
    this.view = new DataView(this.buffer.buffer)
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.used)
    this.used += bytes.length
  }

  /**
   * Hands everything to the system. After a failure the file is cut back to the last whole flush, so that it ends with a whole record.
   * Throws CaptureError: 'space' when the disk is full, 'closed' when the reader of a pipe has gone.
   */
  flush(): void {
    let done = 0
    try {
      while (done < this.used) done += this.write(done)
    } catch (error) {
      this.cutBack()
      throw explain(this.path, error)
    } finally {
      this.used = 0
    }
    this.written += done
  }

  /** Flushes and closes. Does nothing the second time. */
  close(): void {
    if (this.closed) return
    this.closed = true
    try {
      this.flush()
    } finally {
      if (this.owned) closeSync(this.fd)
    }
  }

  private write(from: number): number {
    try {
      return writeSync(this.fd, this.buffer, from, this.used - from)
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') throw error
      // A pipe that does not block, whose reader is slower than we are.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
      return 0
    }
  }

  private cutBack(): void {
    try {
      if (fstatSync(this.fd).isFile()) ftruncateSync(this.fd, this.written)
    } catch {
      // The failure to write is what matters; a file that cannot be cut back ends in a broken record, which readers report.
    }
  }
}

function openTarget(path: string): number {
  try {
    return openSync(path, 'w')
  } catch (error) {
    throw explain(path, error)
  }
}

function explain(path: string, error: unknown): CaptureError {
  const code = systemCode(error)
  const details = { cause: error }
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new CaptureError('space', path, `${path} cannot grow: no space left.`, 'Free some space or write to another disk.', details)
    case 'EPIPE':
      return new CaptureError('closed', path, `The reader of ${path} has gone.`, 'Start it again.', details)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new CaptureError('permission', path, `You may not write ${path}.`, 'Choose a folder of your own, such as /tmp.', details)
    case 'EISDIR':
      return new CaptureError('directory', path, `${path} is a directory.`, 'Name a file in it.', details)
    case 'ENOENT':
    case 'ENOTDIR':
      return new CaptureError(
        'missing',
        path,
        `The folder of ${path} does not exist.`,
        'Make it with mkdir -p, or check the name.',
        details,
      )
    default:
      return new CaptureError('io', path, `${path} cannot be written (${code}).`, 'Check the path and the disk.', details)
  }
}
