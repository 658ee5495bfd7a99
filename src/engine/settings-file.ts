// The configuration file: how the interface looks and which keys do what. JSON in the platform's place for configuration; a mistake in it
// is told with its place and how to mend it, and nothing of a file with a mistake is used.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkFilter } from '../filter/index.ts'
import { columnTrouble } from './extra-columns.ts'
import { registry } from './registry.ts'
import type { TimeFormat } from './types.ts'

/** Columns that the list has by itself. */
export const OWN_COLUMNS = ['number', 'time', 'source', 'destination', 'protocol', 'length'] as const
export type OwnColumn = (typeof OWN_COLUMNS)[number]

export interface FieldColumn {
  readonly field: string
  /** Cells; left out: as wide as what stands in it, up to 24. */
  readonly width?: number
}

export interface Preferences {
  readonly theme?: 'dark' | 'light' | 'contrast'
  readonly time?: TimeFormat
  /** Columns of the list that are not shown. */
  readonly hidden?: readonly OwnColumn[]
  /** Fields shown as columns, in front of Info. */
  readonly columns?: readonly FieldColumn[]
  /** Display filters by name, for the command line of the interface. */
  readonly filters?: Readonly<Record<string, string>>
  /** Keys by command, instead of those that it has. */
  readonly keys?: Readonly<Record<string, readonly string[]>>
  /** A colour-filter file of Wireshark's. */
  readonly colours?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** $WIRETAIL_CONFIG, else config.json in the place for configuration (XDG base directories; %APPDATA% on Windows). */
export function settingsPath(env: Environment): string {
  const { WIRETAIL_CONFIG = '', XDG_CONFIG_HOME = '', APPDATA = '', HOME = homedir() } = env
  if (WIRETAIL_CONFIG !== '') return WIRETAIL_CONFIG
  const folder = XDG_CONFIG_HOME !== '' ? XDG_CONFIG_HOME : process.platform === 'win32' && APPDATA !== '' ? APPDATA : join(HOME, '.config')
  return join(folder, 'wiretail', 'config.json')
}

export type ReadPreferences =
  | { readonly ok: true; readonly preferences: Preferences }
  /** One line: WHAT is wrong where. HOW to mend it. */
  | { readonly ok: false; readonly message: string }

/** Reads and checks the file; one that is not there is an empty one. */
export function readPreferences(path: string): ReadPreferences {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: true, preferences: {} }
    return { ok: false, message: `${path} cannot be read (${code}). Make it a file that you may read, or remove it.` }
  }
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    return { ok: false, message: `${path} is no JSON: ${error instanceof Error ? error.message : String(error)}. Mend it, or remove it.` }
  }
  const problem = troubleOf(data)
  return problem === null ? { ok: true, preferences: data as Preferences } : { ok: false, message: `${path}: ${problem}` }
}

/** Changes some of the file and writes it as a whole. Throws what the file system says. */
export function savePreferences(path: string, change: Preferences): void {
  const read = readPreferences(path)
  if (!read.ok) throw new Error(read.message)
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.part`
  writeFileSync(partial, `${JSON.stringify({ ...read.preferences, ...change }, null, 2)}\n`)
  renameSync(partial, path)
}

type Check = (value: unknown) => string | null

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const oneOf =
  (choices: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && choices.includes(value)
      ? null
      : `is none of the choices. Write one of ${choices.map((c) => `"${c}"`).join(', ')}.`

const listOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return 'is no list. Write it in square brackets: [ … ].'
    for (const [i, one] of value.entries()) {
      const problem = check(one)
      if (problem !== null) return `entry ${i + 1} ${problem}`
    }
    return null
  }

const checkText: Check = (value) => (typeof value === 'string' && value !== '' ? null : 'is no text. Write it in quotation marks.')

const checkColumn: Check = (value) => {
  if (!isObject(value) || typeof value['field'] !== 'string') return 'names no field. Write { "field": "ip.ttl" }.'
  const { field, width } = value
  const extra = Object.keys(value).find((key) => key !== 'field' && key !== 'width')
  if (extra !== undefined) return `has "${extra}", which a column does not have. Leave it out; there are field and width.`
  if (width !== undefined && !(Number.isInteger(width) && Number(width) >= 1 && Number(width) <= 200))
    return 'has a width that is no number of cells. Write a whole number from 1 to 200.'
  const trouble = columnTrouble(field)
  return trouble === '' ? null : `cannot be a column: ${trouble}`
}

const checkFilters: Check = (value) => {
  if (!isObject(value)) return 'is no table. Write { "name": "filter" }.'
  for (const [name, filter] of Object.entries(value)) {
    if (typeof filter !== 'string') return `"${name}" is no filter. Write it as text in quotation marks.`
    const checked = checkFilter(filter, registry)
    if (!checked.ok) return `"${name}" is no valid filter: ${checked.message}${checked.fix === undefined ? '' : ` Try ${checked.fix}`}`
  }
  return null
}

const checkKeys: Check = (value) => {
  if (!isObject(value)) return 'is no table. Write { "copy": ["y"] }.'
  for (const [command, keys] of Object.entries(value)) {
    const problem = listOf(checkText)(keys)
    if (problem !== null) return `"${command}" ${problem}`
  }
  return null
}

const CHECKS: Readonly<Record<keyof Preferences, Check>> = {
  theme: oneOf(['dark', 'light', 'contrast']),
  time: oneOf(['r', 'd', 'dd', 'a', 'ad', 'e', 'u']),
  hidden: listOf(oneOf(OWN_COLUMNS)),
  columns: listOf(checkColumn),
  filters: checkFilters,
  keys: checkKeys,
  colours: checkText,
}

function troubleOf(data: unknown): string | null {
  if (!isObject(data)) return 'It does not hold a table. Write { } around its settings.'
  for (const [name, value] of Object.entries(data)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof Preferences] : undefined
    if (check === undefined) return `There is no setting "${name}". There are ${Object.keys(CHECKS).join(', ')}.`
    const problem = check(value)
    if (problem !== null) return `"${name}" ${problem}`
  }
  return null
}
