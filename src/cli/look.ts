// What the configuration file says about the interface, read and checked before anything is drawn.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type ColourRule, readColourRules } from '../engine/colours.ts'
import { type Preferences, readPreferences, savePreferences, settingsPath } from '../engine/settings-file.ts'
import { UsageError } from './args.ts'

interface Look {
  readonly preferences: Preferences
  readonly rules: readonly ColourRule[]
  readonly keep: (change: Preferences) => void
}

/** Throws a UsageError that says what is wrong in which file. */
export async function readLook(env: Readonly<Record<string, string | undefined>>): Promise<Look> {
  const path = settingsPath(env)
  const read = readPreferences(path)
  if (!read.ok) throw new UsageError(read.message)
  const { colours } = read.preferences
  return {
    preferences: read.preferences,
    rules: colours === undefined ? [] : readRules(resolve(dirname(path), colours)),
    keep: (change) => savePreferences(path, change),
  }
}

function readRules(path: string): readonly ColourRule[] {
  if (!existsSync(path)) throw new UsageError(`The colouring rules ${path} are not there. Mend "colours" in the configuration file.`)
  const { rules, problems } = readColourRules(readFileSync(path, 'utf8'))
  // Rules for protocols that only Wireshark knows are nothing to stop for, as long as some can be used.
  if (rules.length === 0 && problems[0] !== undefined) throw new UsageError(`${path}: ${problems[0]}`)
  return rules
}
