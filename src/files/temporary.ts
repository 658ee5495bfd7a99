// Files that nobody else can read and that vanish with the program: spools of live captures, of standard input, of unpacked data.

import { accessSync, closeSync, constants, mkdtempSync, openSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemCode } from './source.ts'
import { CaptureError } from './types.ts'

/** A private file for reading and writing. `path` still leads to it until remove() or, after vanish(), no more. */
export interface TemporaryFile {
  readonly fd: number
  readonly path: string
  /** Takes the name away at once: the bytes live on until the descriptor is closed, even if the program is killed. Not on Windows. */
  vanish(): void
  /** Closes and deletes; does nothing the second time. */
  remove(): void
}

/** Makes a file that only this user can read, in TMPDIR or else /var/tmp. Throws CaptureError. */
export function createTemporary(suffix = ''): TemporaryFile {
  const folder = temporaryFolder()
  try {
    const own = mkdtempSync(join(folder, 'wiretail-'))
    const path = join(own, `spool${suffix}`)
    const fd = openSync(path, 'wx+', 0o600)
    const forget = () => rmSync(own, { recursive: true, force: true })
    let open = true
    return {
      fd,
      path,
      vanish() {
        if (process.platform !== 'win32') forget()
      },
      remove() {
        if (!open) return
        open = false
        closeSync(fd)
        forget()
      },
    }
  } catch (error) {
    const remedy = 'Set TMPDIR to a folder with room that you may write to.'
    throw new CaptureError('space', folder, `No temporary file can be made in ${folder} (${systemCode(error)}).`, remedy, { cause: error })
  }
}

/** Bytes that this user may still write to the folder for temporary files; no limit where the system does not say. */
export function temporarySpace(): number {
  try {
    const { bavail, bsize } = statfsSync(temporaryFolder())
    return bavail * bsize
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** TMPDIR decides; without it /var/tmp where there is one, since /tmp is often memory. */
function temporaryFolder(): string {
  const { TMPDIR } = process.env
  if (TMPDIR || process.platform === 'win32') return tmpdir()
  try {
    accessSync('/var/tmp', constants.W_OK | constants.X_OK)
    return '/var/tmp'
  } catch {
    return tmpdir()
  }
}
