// The output formats of `wiretail print`: their options, and the printer that options ask for.

import { safeText } from '../../bytes/text.ts'
import { findCells, registry } from '../../engine/printing.ts'
import { parseTimeFormat, UsageError } from '../args.ts'
import type { Io } from '../commands.ts'
import { createEkPrinter } from './ek.ts'
import { createFieldsPrinter, FIELDS_LAYOUT, type FieldsLayout } from './fields.ts'
import { createJsonPrinter } from './json.ts'
import type { ChosenLayers } from './json-shape.ts'
import { createPdmlPrinter } from './pdml.ts'
import type { PrinterMaker } from './printer.ts'
import { createPsmlPrinter } from './psml.ts'
import { createTextPrinter } from './text.ts'

export const FORMAT_OPTIONS = {
  type: { type: 'string', short: 'T', default: 'text' },
  field: { type: 'string', short: 'e', multiple: true, default: [] as string[] },
  layout: { type: 'string', short: 'E', multiple: true, default: [] as string[] },
  tree: { type: 'boolean', short: 'V', default: false },
  hex: { type: 'boolean', short: 'x', default: false },
  summary: { type: 'boolean', short: 'P', default: false },
  time: { type: 'string', short: 't', default: 'r' },
  only: { type: 'string', short: 'O', multiple: true, default: [] as string[] },
  layers: { type: 'string', short: 'j', multiple: true, default: [] as string[] },
  'whole-layers': { type: 'string', short: 'J', multiple: true, default: [] as string[] },
  'tshark-json': { type: 'boolean', default: false },
  'no-duplicate-keys': { type: 'boolean', default: false },
} as const

/** What the options say. */
export interface FormatChoice {
  readonly type: string
  readonly field: readonly string[]
  readonly layout: readonly string[]
  readonly tree: boolean
  readonly hex: boolean
  readonly summary: boolean
  readonly time: string
  readonly only: readonly string[]
  readonly layers: readonly string[]
  readonly 'whole-layers': readonly string[]
  readonly 'tshark-json': boolean
  readonly 'no-duplicate-keys': boolean
}

const FORMATS = ['text', 'tabs', 'fields', 'json', 'jsonl', 'ek', 'pdml', 'psml']
/** Formats that take -e, and those that take -j. */
const WITH_FIELDS = ['fields', 'json', 'jsonl', 'ek']
const WITH_LAYERS = ['json', 'jsonl', 'ek', 'pdml']

/** The printer that the options ask for. */
export function chooseFormat(values: FormatChoice, io: Io): PrinterMaker {
  const { type, field: names, tree, hex } = values
  const time = parseTimeFormat(values.time)
  if (!FORMATS.includes(type)) throw new UsageError(`"${type}" is no output format. Give ${FORMATS.join(', ')}: -T fields`)
  const layout = parseFieldsLayout(values.layout)
  if (names.length > 0 && !WITH_FIELDS.includes(type))
    throw new UsageError(`-e is for ${WITH_FIELDS.join(', ')}. Say which: -T fields -e ${names[0]}`)
  if (type === 'fields' && names.length === 0)
    throw new UsageError('-T fields prints what -e names. Name a field: -T fields -e frame.number')
  if (values['tshark-json'] && values['no-duplicate-keys'])
    throw new UsageError('--tshark-json repeats keys and --no-duplicate-keys does not. Leave out one of them.')
  const chosen = chosenLayers(values)
  const details = values.only.length === 0 ? null : namedLayers(values.only.flatMap((one) => one.split(',')))
  const { cells, foreign } = knownNames(names)
  if (foreign.length > 0)
    io.err(`wiretail: ${safeText(foreign.join(', '))}: of protocols that are not taken apart yet. Their columns stay empty.\n`)
  const wanted = names.length === 0 ? null : cells
  switch (type) {
    case 'fields':
      return (capture, out) => createFieldsPrinter(capture, out, cells, layout, time)
    case 'json':
    case 'jsonl': {
      const json = { lines: type === 'jsonl', cells: wanted, raw: hex, repeatKeys: values['tshark-json'], chosen, time }
      return (capture, out) => createJsonPrinter(capture, out, json)
    }
    case 'ek':
      return (capture, out) => createEkPrinter(capture, out, { cells: wanted, raw: hex, chosen, time })
    case 'pdml':
      return (capture, out) => createPdmlPrinter(capture, out, chosen)
    case 'psml':
      return (capture, out) => createPsmlPrinter(capture, out, time)
    default: {
      const whole = tree || details !== null
      const text = { summary: values.summary || !(whole || hex), tree: whole, details, hex, tabs: type === 'tabs', time }
      return (capture, out) => createTextPrinter(capture, out, text)
    }
  }
}

/** Names of fields, layers or columns. Throws UsageError for one that nobody knows. */
function knownNames(names: readonly string[]) {
  const found = findCells(names, registry)
  if (!found.ok) throw new UsageError(found.message)
  return found
}

function namedLayers(names: readonly string[]): ReadonlySet<string> {
  const given = names.map((name) => name.trim()).filter((name) => name !== '')
  knownNames(given)
  return new Set(given)
}

/** -j and -J, each with names between spaces. */
function chosenLayers(values: FormatChoice): ChosenLayers | null {
  const { type, layers, 'whole-layers': whole } = values
  if (layers.length === 0 && whole.length === 0) return null
  if (!WITH_LAYERS.includes(type)) throw new UsageError(`-j and -J are for ${WITH_LAYERS.join(', ')}. For the tree there is -O: -O ip,tcp`)
  if (layers.length > 0 && whole.length > 0)
    throw new UsageError('-j and -J exclude each other. Give -J: it shows all that is inside a layer.')
  return { names: namedLayers([...layers, ...whole].flatMap((one) => one.split(/[ ,]+/))), whole: whole.length > 0 }
}

const QUOTES: Readonly<Record<string, string>> = { d: '"', s: "'", n: '' }

/** -E, as often as it was given. */
function parseFieldsLayout(given: readonly string[]): FieldsLayout {
  let layout = FIELDS_LAYOUT
  for (const one of given) {
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(one) ?? []
    const letter = /^[/][ts]$/.test(value) ? (value === '/t' ? '\t' : ' ') : value
    if (key === 'header' && /^[yn]$/i.test(value)) layout = { ...layout, header: /y/i.test(value) }
    else if (key === 'separator' && letter.length === 1) layout = { ...layout, separator: letter }
    else if (key === 'aggregator' && letter.length === 1) layout = { ...layout, aggregator: letter }
    else if (key === 'occurrence' && /^[fla]$/.test(value)) layout = { ...layout, occurrence: value as FieldsLayout['occurrence'] }
    else if (key === 'quote' && /^[dsn]$/.test(value)) layout = { ...layout, quote: QUOTES[value]! }
    else if (key === 'bom' && value === 'n') continue
    else if (key === 'escape' && value === 'y') continue
    else
      throw new UsageError(
        `-E does not know "${one}". Give header=y|n, separator=/t|/s|CHARACTER, occurrence=f|l|a, aggregator=,|/s|CHARACTER or quote=d|s|n: -E header=y`,
      )
  }
  return layout
}
