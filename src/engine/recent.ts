// Which captures were opened lately. A small file in the platform's place for state; whatever is wrong with it, it is only forgotten.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** Files that are remembered. */
const MOST = 12

/** recent.json in $XDG_STATE_HOME/wiretail, else ~/.local/state/wiretail. */
export function recentPath(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_STATE_HOME = '', HOME = homedir() } = env
  return join(XDG_STATE_HOME !== '' ? XDG_STATE_HOME : join(HOME, '.local/state'), 'wiretail', 'recent.json')
}

/** Paths of captures that are still there, the last one opened first. */
export function readRecent(path: string): readonly string[] {
  return readAll(path).filter((file) => existsSync(file))
}

function readAll(path: string): readonly string[] {
  try {
    const data: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return Array.isArray(data) ? data.filter((one) => typeof one === 'string').slice(0, MOST) : []
  } catch {
    return []
  }
}

/** Puts a capture first. A folder that cannot be written remembers nothing. */
export function addRecent(path: string, file: string): void {
  const whole = resolve(file)
  try {
    mkdirSync(dirname(path), { recursive: true })
    const partial = `${path}.part`
    writeFileSync(partial, `${JSON.stringify([whole, ...readAll(path).filter((one) => one !== whole)].slice(0, MOST), null, 2)}\n`)
    renameSync(partial, path)
  } catch {
    // Opening captures must work where nothing can be written.
  }
}
