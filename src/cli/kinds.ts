// Commands that come in kinds (`wiretail stats dns`, `wiretail export har`): one table, one line a kind, each kind a command of its own.

import { safeText } from '../bytes/text.ts'
import type { Command, Io } from './commands.ts'

export type Kinds = Readonly<Record<string, { readonly about: string; load(): Promise<Command> }>>

/** The kinds, one line each, for a command's help. */
export function listKinds(kinds: Kinds): string {
  return Object.entries(kinds)
    .map(([name, { about }]) => `  ${name.padEnd(14)} ${about}`)
    .join('\n')
}

/** Runs the kind that the first word names. Resolves to the exit code; 1 for a kind that does not exist. */
export async function runKind(command: string, kinds: Kinds, help: string, args: readonly string[], io: Io): Promise<number> {
  const [name = '', ...rest] = args
  if (name === '--help' || name === '-h') {
    io.out(help)
    return 0
  }
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined) {
    const what = name === '' ? `${command} needs to be told what.` : `"${name}" is nothing that ${command} knows.`
    io.err(
      `wiretail: ${safeText(what, 200)} Choose ${Object.keys(kinds).join(', ')}: wiretail ${command} ${Object.keys(kinds)[0]} -r FILE\n`,
    )
    return 1
  }
  const { run } = await kind.load()
  return run(rest, io)
}
