// `wiretail fields`: every field that filters, -e and JSON know: its name, what kind of value it has, where it stands, what it is.

import { safeLines, safeText } from '../bytes/text.ts'
import { explainUnknown, type Field, registry } from '../engine/printing.ts'
import { explainFailure, parseOptions, UsageError } from './args.ts'
import type { Io } from './commands.ts'

export const help = `wiretail fields [NAME ...] [options]

Lists the fields that display filters, -e and JSON know. A NAME is a protocol (http), the beginning of names (tcp.flags) or a field.

      --json        as JSON: name, label, type, protocol, offset, size, mask, values, aliases, about
      --markdown    as tables for documentation, one for each protocol

Examples:
  wiretail fields tcp.flags
  wiretail fields http tls --markdown > fields.md
`

const OPTIONS = {
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** One field as it is listed. Offsets count from the beginning of its protocol's header; null where it has no fixed place. */
interface Listed {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly protocol: string
  readonly offset: number | null
  readonly size: number | null
  readonly mask: string | null
  readonly values: Readonly<Record<string, string>> | null
  readonly aliases: readonly string[]
  readonly about: string
}

/** Runs the command. Resolves to the exit code. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = parseOptions(args, OPTIONS, 'fields')
    if (values.help) {
      io.out(help)
      return 0
    }
    if (values.json && values.markdown) throw new UsageError('--json and --markdown exclude each other. Give one of them.')
    const fields = listFields(positionals)
    if (values.json) io.out(`${JSON.stringify(fields, null, 2)}\n`)
    else if (values.markdown) io.out(asMarkdown(fields))
    else io.out(asText(fields))
    return 0
  } catch (error) {
    const told = explainFailure(error)
    if (told === undefined) throw error
    io.err(`wiretail: ${safeLines(told.message).join('\n')}\n`)
    return told.exitCode
  }
}

/** The fields of these names; all without any. Throws UsageError for a name that nothing begins with. */
export function listFields(names: readonly string[]): readonly Listed[] {
  const listed = new Map<string, Listed>()
  for (const field of registry.fields) if (field.name !== '' && !listed.has(field.name)) listed.set(field.name, describe(field))
  const all = [...listed.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  if (names.length === 0) return all
  const matches = (name: string, { name: known, aliases }: Listed): boolean =>
    [known, ...aliases].some(
      (one) => one === name || one.startsWith(name.endsWith('.') ? name : `${name}.`) || (name.includes('.') && one.startsWith(name)),
    )
  for (const name of names) {
    if (all.some((field) => matches(name.toLowerCase(), field))) continue
    throw new UsageError(explainUnknown(name, registry).message)
  }
  return all.filter((field) => names.some((name) => matches(name.toLowerCase(), field)))
}

function describe(field: Field): Listed {
  const { name, label, type, at, size, mask, names, also, about } = field
  return {
    name,
    label,
    type: type === 'uint' || type === 'int' ? `${type}${size === 0 ? '' : size * 8}` : type,
    protocol: registry.protocols[field.protocol]!.name,
    offset: at < 0 ? null : at,
    size: size === 0 ? null : size,
    mask: mask === 0 ? null : `0x${mask.toString(16).padStart(2 * size, '0')}`,
    values: names,
    aliases: also,
    about,
  }
}

function asText(fields: readonly Listed[]): string {
  const wide = Math.min(44, Math.max(...fields.map(({ name }) => name.length)))
  return fields.map(({ name, type, about }) => `${safeText(name).padEnd(wide)}  ${type.padEnd(8)}  ${about}\n`).join('')
}

function asMarkdown(fields: readonly Listed[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|')
  const byProtocol = new Map<string, Listed[]>()
  for (const field of fields) byProtocol.set(field.protocol, [...(byProtocol.get(field.protocol) ?? []), field])
  return [...byProtocol]
    .map(([name, listed]) => {
      const rows = listed.map((field) => `| \`${field.name}\` | ${field.type} | ${placeOf(field)} | ${cell(field.about)} |\n`).join('')
      return `## ${registry.protocol(name)?.title ?? name}\n\n| field | type | bytes | what it is |\n| --- | --- | --- | --- |\n${rows}`
    })
    .join('\n')
}

/** "12-13", "0 & 0xf0": bytes of the header. */
function placeOf({ offset, size, mask }: Listed): string {
  if (offset === null || size === null) return ''
  return `${offset}${size > 1 ? `-${offset + size - 1}` : ''}${mask === null ? '' : ` & ${mask}`}`
}
