// Where an export goes: a file that did not exist, or standard output.

import { closeSync, openSync } from 'node:fs'
import { UsageError } from '../args.ts'
import { Output } from '../output.ts'

/** For parseArgs. */
export const TARGET_OPTIONS = { out: { type: 'string', short: 'o' }, force: { type: 'boolean' } } as const

/** Their lines in a command's help. */
export const TARGET_HELP = `  -o, --out FILE              where to write; standard output unless given
      --force                 write over a file that is there`

export interface Target {
  readonly output: Output
  /** Writes what is left. */
  close(): void
}

/** Opens the file for writing. Throws a UsageError when it is there already, or cannot be written. */
export function openTarget(path: string | undefined, force: boolean): Target {
  if (path === undefined || path === '-') {
    const output = new Output(1)
    return { output, close: () => output.flush() }
  }
  const fd = openNew(path, force)
  const output = new Output(fd)
  return {
    output,
    close() {
      output.flush()
      closeSync(fd)
    },
  }
}

/** A descriptor of a new file; with `force` also of one that is there. */
export function openNew(path: string, force: boolean): number {
  try {
    return openSync(path, force ? 'w' : 'wx')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (code === 'EEXIST') throw new UsageError(`${path} is there already. Choose another name, or write over it: --force`)
    throw new UsageError(`${path} cannot be written (${code}). Choose a folder of your own that exists.`)
  }
}
