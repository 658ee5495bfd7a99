/**
 * Joins `--key VALUE` to `--key=VALUE` where the value is a Fernet key that starts with a dash, as one in 64 does: parseArgs would take it
 * for an option. `names` are the options that take such keys.
 */
export function joinKeys(args: readonly string[], names: readonly string[]): string[] {
  const joined: string[] = []
  for (let i = 0; i < args.length; i++) {
    const next = args[i + 1]
    if (names.includes(args[i] ?? '') && next !== undefined && /^-[\w-]{42}=$/.test(next)) {
      joined.push(`${args[i]}=${next}`)
      i++
    } else joined.push(args[i] ?? '')
  }
  return joined
}
