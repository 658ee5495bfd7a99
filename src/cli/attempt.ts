import { safeText } from '../bytes/text.ts'
import { DemoError } from '../demo/index.ts'
import type { Io } from './commands.ts'
import { explainUsage } from './usage.ts'

/** Runs a command's work; a failure that has a remedy becomes one line and the exit code 1. Our own bugs go on. */
export async function attempt(command: string, io: Io, work: () => Promise<number> | number): Promise<number> {
  try {
    return await work()
  } catch (error) {
    const told = error instanceof DemoError ? error.message : explainUsage(error, command)
    if (told === undefined) throw error
    io.err(`wiretail: ${safeText(told)}\n`)
    return 1
  }
}
