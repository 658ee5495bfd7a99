// The folder that holds everything a lesson writes: progress, reports, captures. Files are opened at the start, because a live capture
// gives up root's rights, and with them perhaps the way into this folder.

import { closeSync, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { LessonState } from '../../lessons/index.ts'

/** A file or folder that cannot be written. One line with the remedy. */
export class DeskError extends Error {
  override readonly name = 'DeskError'
}

export interface Progress {
  /** Lessons begun, by number: the screen reached, and whether its end was. */
  readonly lessons: Readonly<Record<string, { readonly at: number; readonly done: boolean }>>
}

export interface Desk {
  readonly folder: string
  readonly reportPath: string
  readonly capturePath: string
  progress(): Progress
  saveProgress(progress: Progress): void
  saveReport(text: string): void
  saveCapture(bytes: Uint8Array): void
  close(): void
}

/** The folder that is used unless another is given. */
export function defaultFolder(): string {
  const { XDG_DATA_HOME } = process.env
  return join(XDG_DATA_HOME || join(homedir(), '.local/share'), 'wiretail', 'lessons')
}

/** Makes the folder and opens its files. Throws a DeskError. */
export function openDesk(folder: string, name: string, report: string | undefined, capturing: boolean): Desk {
  const reportPath = report === undefined ? join(folder, `${name}-report.txt`) : resolve(report)
  const capturePath = join(folder, `${name}.pcapng`)
  try {
    makeFolder(folder)
  } catch (error) {
    throw new DeskError(`The folder ${folder} cannot be made (${reason(error)}). Choose one that you may write to: --dir lessons`)
  }
  const descriptors: number[] = []
  const open = (path: string): number => {
    try {
      // Read and write, made when missing, never emptied here: an old report is replaced only by a new one.
      const descriptor = openSync(path, 'a+', 0o600)
      closeSync(descriptor)
      descriptors.push(openSync(path, 'r+'))
      return descriptors.at(-1)!
    } catch (error) {
      for (const one of descriptors.splice(0)) closeSync(one)
      throw new DeskError(
        `${path} cannot be written (${reason(error)}). Choose a folder of your own: --dir ${dirname(path) === folder ? 'lessons' : 'reports'}`,
      )
    }
  }
  const progressFile = open(join(folder, 'progress.json'))
  const reportFile = open(reportPath)
  const captureFile = capturing ? open(capturePath) : -1
  return {
    folder,
    reportPath,
    capturePath,
    progress: () => parseProgress(readAll(progressFile)),
    saveProgress: (progress) => replace(progressFile, Buffer.from(`${JSON.stringify(progress, null, 2)}\n`)),
    saveReport: (text) => replace(reportFile, Buffer.from(text)),
    saveCapture: (bytes) => replace(captureFile, bytes),
    close: () => {
      for (const one of descriptors.splice(0)) closeSync(one)
    },
  }
}

/** Makes a folder and those above it. Node's own recursive mkdir never comes back where a folder exists but takes no entries, as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  mkdirSync(path, { mode: 0o700 })
}

/** What was reached so far; nothing when the file is missing or not ours. */
export function readProgress(folder: string): Progress {
  try {
    const descriptor = openSync(join(folder, 'progress.json'), 'r')
    try {
      return parseProgress(readAll(descriptor))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return { lessons: {} }
  }
}

/** The progress with that of this lesson. */
export function progressWith(before: Progress, { lesson, at, screens, over }: LessonState): Progress {
  const known = before.lessons[lesson.number]
  const done = known?.done === true || (over && at === screens.length - 1)
  return { lessons: { ...before.lessons, [lesson.number]: { at, done } } }
}

function parseProgress(bytes: Buffer): Progress {
  try {
    const found: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof found !== 'object' || found === null || !('lessons' in found) || typeof found.lessons !== 'object' || found.lessons === null)
      return { lessons: {} }
    const lessons: Record<string, { at: number; done: boolean }> = {}
    for (const [name, entry] of Object.entries(found.lessons as Record<string, unknown>)) {
      const { at, done } = (entry ?? {}) as { at?: unknown; done?: unknown }
      if (/^\d{1,2}$|^exam$/.test(name) && typeof at === 'number' && typeof done === 'boolean') lessons[name] = { at, done }
    }
    return { lessons }
  } catch {
    return { lessons: {} }
  }
}

/** Progress is small: what is larger is not ours. */
const READ_LIMIT = 65_536

function readAll(descriptor: number): Buffer {
  const { size } = fstatSync(descriptor)
  const bytes = Buffer.alloc(Math.min(size, READ_LIMIT))
  return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0))
}

function replace(descriptor: number, bytes: Uint8Array): void {
  ftruncateSync(descriptor, 0)
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, at)
}

function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
