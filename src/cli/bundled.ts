// Where the captures that come with the program lie.

import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DEMO_CAPTURES } from '../engine/compare/index.ts'
import type { Io } from './commands.ts'

/** captures/ of the installed package: beside dist/ as beside src/. It may be missing. */
export function captureFolder(io: Io): string {
  return join(dirname(realpathSync(io.script)), '..', 'captures')
}

/** The recordings of the demo that are there: plain, as a Fernet token, over TLS. */
export function demoRecordings(io: Io): string[] {
  const folder = captureFolder(io)
  return DEMO_CAPTURES.map((name) => join(folder, name)).filter((path) => existsSync(path))
}
