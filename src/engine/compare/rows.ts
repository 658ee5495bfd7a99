// The rows of a comparison: what happened, aligned by step; what a stranger reads; what is hidden; what leaks; what it cost.

import type { Exposed } from './exposed.ts'
import { answerCell, closeCell, connectCell, keysCell, requestCell } from './steps.ts'

export interface TableRow {
  readonly label: string
  /** One cell a capture; each a list of paragraphs. */
  readonly cells: readonly (readonly string[])[]
  /** A line stands above the row. */
  readonly ruled?: boolean
}

/** Leaks that have a row of their own where a capture has them, and what the row is called. */
const LEAKS: readonly (readonly [what: string, label: string])[] = [
  ['addresses', 'addresses'],
  ['port', 'port'],
  ['server name', 'server name'],
  ['method and path', 'method, path'],
  ['host', 'host'],
  ['credentials', 'credentials'],
  ['user agent', 'user agent'],
  ['cipher', 'cipher'],
  ['certificate', 'certificate'],
  ['client certificate', 'client name'],
  ['sizes', 'sizes'],
  ['times', 'times'],
  ['token time', 'token time'],
]

/** Values of one leak named in a column; the rest are counted. */
const MAX_VALUES = 2

const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`

export function comparisonRows(captures: readonly Exposed[]): TableRow[] {
  const each = (cell: (one: Exposed) => readonly string[]): string[][] => captures.map((one) => [...cell(one)])
  const rows: TableRow[] = [
    { label: '', cells: each(({ name }) => [name]) },
    { label: 'connect', cells: each(connectCell), ruled: true },
    { label: 'keys', cells: each(keysCell) },
    { label: 'request', cells: each(requestCell) },
    { label: 'answer', cells: each(answerCell) },
    { label: 'close', cells: each(closeCell) },
    { label: 'a stranger reads', cells: each(readCell), ruled: true },
    { label: 'hidden', cells: each(hiddenCell) },
    { label: 'of the bytes', cells: each(sharesCell) },
    { label: 'still leaks', cells: each(() => ['']), ruled: true },
    ...leakRows(captures),
    { label: 'packets', cells: each(({ exposure }) => [String(exposure.packets)]), ruled: true },
    { label: 'bytes', cells: each(({ exposure }) => [String(exposure.bytes)]) },
    { label: 'round trips', cells: each(({ exposure }) => [String(exposure.roundTrips)]) },
    { label: 'milliseconds', cells: each(({ exposure }) => [exposure.milliseconds.toFixed(1)]) },
    { label: 'protocols', cells: each(({ exposure }) => [exposure.protocols.join(', ') || 'none']) },
    { label: 'key agreement', cells: each(({ exposure }) => [exposure.assurance?.keyAgreement ?? 'none']), ruled: true },
    { label: 'proved who', cells: each(({ exposure }) => [exposure.assurance?.authenticated ?? 'nobody']) },
  ]
  if (captures.some(({ failures }) => failures.length > 0))
    rows.push({ label: 'what failed', cells: each(({ failures }) => failures.slice(0, 3).map(({ text, repair }) => `${text} ${repair}`)) })
  rows.push({ label: 'the secret', cells: each(verdictCell), ruled: true })
  return rows
}

function readCell({ excerpt, exposure }: Exposed): readonly string[] {
  if (excerpt.length > 0) return excerpt
  const { shares, tokens } = exposure
  if (tokens.length > 0) return ['the request, the headers, and a token: gAAAA…']
  if (shares.readable > 0) return ['all of it, and the secret is not there']
  return shares.encrypted > 0 ? ['the handshake, nothing of the content'] : ['nothing was said']
}

function hiddenCell({ exposure }: Exposed): string[] {
  const { shares, tokens, secret } = exposure
  if (tokens.length > 0 && !secret.afterTrivial) return ['the message']
  if (shares.encrypted > 0) return exposure.protocols.includes('tls') ? ['method, path, headers, message'] : ['some of the content']
  return ['nothing']
}

function leakRows(captures: readonly Exposed[]): TableRow[] {
  return LEAKS.flatMap(([what, label]) => {
    const values = captures.map(({ exposure }) => exposure.leaks.filter((leak) => leak.what === what).map(({ value }) => value))
    if (values.every((list) => list.length === 0)) return []
    return [{ label: ` ${label}`, cells: values.map(leakCell) }]
  })
}

function leakCell(values: readonly string[]): string[] {
  if (values.length === 0) return ['-']
  const shown = values.slice(0, MAX_VALUES)
  return values.length > MAX_VALUES ? [...shown, `and ${values.length - MAX_VALUES} more`] : shown
}

function sharesCell({ exposure: { shares } }: Exposed): string[] {
  return [
    `${percent(shares.readable)} readable`,
    `${percent(shares.encrypted)} encrypted`,
    `${percent(shares.metadata)} metadata`,
    `${percent(shares.framing)} framing`,
  ]
}

function packetsText(packets: readonly number[]): string {
  const named = packets.slice(0, 4).join(', ')
  const more = packets.length > 4 ? ` and ${packets.length - 4} more` : ''
  return `${packets.length === 1 ? 'packet' : 'packets'} ${named}${more}`
}

function verdictCell({ exposure }: Exposed): string[] {
  const { secret, shares } = exposure
  const first = secret.where[0]
  const place = first === undefined ? '' : packetsText(secret.packets)
  if (first !== undefined && secret.inPackets) {
    const raw = secret.where.find(({ how }) => how === 'raw') ?? first
    return [`IN PLAIN SIGHT: ${place}, from byte ${raw.offset}`]
  }
  if (first !== undefined && secret.inStreams) return [`IN PLAIN SIGHT, cut in parts: ${place}`]
  if (first !== undefined && secret.afterDecoding) return [`PACKED, NOT LOCKED: ${first.how} in ${place}; nobody needs a key`]
  if (first !== undefined && secret.afterTrivial) return [`SPELLED, NOT LOCKED: ${first.how} in ${place}; nobody needs a key`]
  if (first !== undefined && secret.withKeys) return [`SEALED: only who has the key reads it, in ${place}`]
  return [shares.encrypted > 0 ? 'NOT TO BE SEEN: what is sealed stays shut' : 'NOT IN THIS CAPTURE']
}
