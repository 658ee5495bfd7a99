// The comparison as a picture: the heading with one capture a column, what is said of them in rows, the verdict at the end. Columns
// stand side by side as far as the screen allows; left and right bring the others in.

import { type SafeText, safeText } from '../../../bytes/text.ts'
import { displayWidth, wrapWords } from '../../../bytes/width.ts'
import { comparisonRows, type TableRow } from '../../../engine/compare/index.ts'
import { blank, clipLine, cutLine, fitLine, type Line, type Picture, type Role, repeat, type Span, say, span } from '../../line.ts'
import type { State } from '../../state.ts'
import type { CompareColumn, CompareState } from './state.ts'

/** Cells in front of each column; the chosen one has its mark there. */
const LEAD = 2
/** Narrowest column in which the rows can still be read. */
const NARROWEST = 18
/** Rows from which a blank one is to spare. */
const SPACIOUS = 30
/** Longest line that the eye follows without losing its place. */
const WIDEST = 56

export function comparePicture(state: State, width: number, height: number): Picture {
  const { compare } = state.slices
  const head = headLines(compare, width, height)
  if (compare.columns.length === 0) return { lines: [...head.lines, [], ...nothing(width)], ...caretOf(head.caret) }
  const shown = layOut(compare, width)
  const heading = headingLine(compare, shown, width)
  const rows = bodyLines(compare, shown, width)
  const room = Math.max(0, height - head.lines.length - 1)
  const top = Math.max(0, Math.min(compare.top, rows.length - room))
  const lines = [...head.lines, heading, ...withMore(rows.slice(top, top + room), top > 0, top + room < rows.length, width)]
  return { lines, ...caretOf(head.caret) }
}

/** How many rows there are beyond the first screen: as far as scrolling goes. */
export function compareOverflow(state: State, width: number, height: number): number {
  const { compare } = state.slices
  if (compare.columns.length === 0) return 0
  return Math.max(0, bodyLines(compare, layOut(compare, width), width).length - Math.max(0, height - (height >= SPACIOUS ? 3 : 2)))
}

const caretOf = (caret: number | null) => (caret === null ? {} : { caret: { x: caret, y: 0 } })

function headLines({ secret, box }: CompareState, width: number, height: number): { lines: Line[]; caret: number | null } {
  const label = say` Secret  `
  const space: Line[] = height >= SPACIOUS ? [[]] : []
  if (box === null) {
    const words: Line = [
      span(label, 'dim'),
      span(say`»${safeText(secret)}«`, 'secret'),
      span(say`   what a stranger on the wire can read of it`, 'dim'),
    ]
    return { lines: [clipLine(words, width), ...space], caret: null }
  }
  const room = Math.max(4, width - label.length - 1)
  const before = displayWidth(safeText(box.text.slice(0, box.caret)))
  const offset = Math.max(0, before - room + 1)
  const text = cutLine([span(safeText(box.text), 'text', 'field'), blank(room, 'field')], offset, offset + room)
  return { lines: [[span(label, 'accent'), ...text], ...space], caret: label.length + before - offset }
}

function nothing(width: number): Line[] {
  const words = [
    'There is nothing to compare: no packets are open, and the recordings of the demo are not beside this program.',
    'Open a capture (wiretail FILE) or install wiretail again, then press r.',
  ]
  return words.flatMap((text) => wrapWords(text, Math.max(20, width - 4))).map((text): Line => [blank(2), span(text, 'text')])
}

interface Layout {
  /** Indexes of the columns on the screen. */
  readonly columns: readonly number[]
  readonly label: number
  readonly cell: number
  readonly rows: readonly TableRow[]
}

function layOut(compare: CompareState, width: number): Layout {
  const rows = rowsOf(compare)
  const label = Math.max(...rows.map((row) => displayWidth(row.label)), 12) + 1
  const all = compare.columns.length
  const fit = Math.max(1, Math.min(all, Math.floor((width - label) / (NARROWEST + LEAD))))
  const cell = Math.max(1, Math.min(WIDEST, Math.floor((width - label) / fit) - LEAD))
  const first = Math.max(0, Math.min(compare.chosen, all - fit))
  return { columns: Array.from({ length: fit }, (_, i) => first + i), label, cell, rows }
}

let laid: { version: number; rows: readonly TableRow[] } = { version: -1, rows: [] }

/** The rows for all columns: those not yet measured have empty cells. Made once a measurement. */
function rowsOf(compare: CompareState): readonly TableRow[] {
  if (laid.version === compare.version) return laid.rows
  const ready = compare.columns.flatMap(({ exposed }) => (exposed === null ? [] : [exposed]))
  const all = comparisonRows(ready).slice(1)
  // On a screen the verdict comes first: it is what one came for.
  const rows = [...all.slice(-1), ...all.slice(0, -1)]
  let at = 0
  const places = compare.columns.map(({ exposed }) => (exposed === null ? -1 : at++))
  const spread = rows.map((row) => ({ ...row, cells: places.map((place) => (place < 0 ? [] : (row.cells[place] ?? []))) }))
  laid = { version: compare.version, rows: spread }
  return spread
}

function headingLine({ columns, chosen }: CompareState, { columns: shown, label, cell }: Layout, width: number): Line {
  const more = shown.length < columns.length
  const first = (shown[0] ?? 0) + 1
  const last = (shown.at(-1) ?? 0) + 1
  const where = more ? say` ${first === last ? say`${first}` : say`${first}-${last}`} of ${columns.length}` : say``
  const line: Span[] = [...fitLine([span(where, 'dim', 'bar')], label, 'bar')]
  for (const at of shown) {
    const column = columns[at]
    if (column === undefined) continue
    const picked = at === chosen
    const name = [span(picked ? say`▸ ` : say`  `, 'accent', 'bar'), span(column.name, picked ? 'title' : 'text', 'bar')]
    line.push(...clipLine([...name, ...progressOf(column)], LEAD + cell, 'bar'))
  }
  return fitLine(line, width, 'bar')
}

function progressOf({ exposed, problem, done }: CompareColumn): Span[] {
  if (exposed !== null) return []
  if (problem !== '') return [span(say` ✗ ${problem}`, 'bad', 'bar')]
  return [span(done === 0 ? say` …` : say` ${Math.floor(done * 100)} %`, 'dim', 'bar')]
}

function bodyLines(compare: CompareState, layout: Layout, width: number): Line[] {
  const { columns, label, cell, rows } = layout
  const lines: Line[] = []
  for (const row of rows) {
    if (row.ruled === true && lines.length > 0) lines.push([repeat('─', Math.min(width, label + columns.length * (LEAD + cell)), 'rule')])
    const cells = columns.map((at) => cellLines(row, compare, at, cell))
    const height = Math.max(1, ...cells.map((one) => one.length))
    for (let i = 0; i < height; i++) {
      const line: Span[] = [...fitLine([span(i === 0 ? say` ${safeText(row.label)}` : say``, 'dim')], label)]
      for (const one of cells) line.push(blank(LEAD), ...fitLine(one[i] ?? [], cell))
      lines.push(fitLine(line, width))
    }
  }
  return lines
}

function cellLines(row: TableRow, compare: CompareState, at: number, width: number): Line[] {
  const exposed = compare.columns[at]?.exposed ?? null
  const paragraphs = row.cells[at] ?? []
  const lit = row.label === 'a stranger reads' && exposed !== null && exposed.excerpt.length > 0
  return paragraphs.flatMap((paragraph, i) => {
    const role = roleOf(row, paragraph)
    const mark = row.label === 'the secret' ? markOf(role) : ''
    return markSecret(wrapWords(mark + paragraph, width), lit ? (i === 0 ? 'text' : 'bytes') : 'none', role)
  })
}

/** What is in »…« stands out, and so do its bytes, also where a line ends in it. */
function markSecret(lines: readonly SafeText[], how: 'none' | 'text' | 'bytes', role: Role): Line[] {
  if (how === 'none') return lines.map((text) => [span(text, role)])
  if (how === 'bytes') return lines.map((text) => [span(text, 'secret', 'secret')])
  let inside = false
  return lines.map((text) => {
    const line: Span[] = []
    for (const part of text.split(/([»«])/)) {
      if (part === '') continue
      if (part === '«') inside = false
      const piece = part as SafeText
      line.push(part === '»' || part === '«' ? span(piece, 'secret') : inside ? span(piece, 'secret', 'secret') : span(piece, 'text'))
      if (part === '»') inside = true
    }
    return line
  })
}

function roleOf({ label }: TableRow, paragraph: string): Role {
  if (label === 'the secret') return /^IN PLAIN/.test(paragraph) ? 'bad' : /^(PACKED|SPELLED)/.test(paragraph) ? 'warn' : 'good'
  if (label === 'what failed') return 'warn'
  if (paragraph === '-' || paragraph === 'none' || paragraph === 'nothing') return 'dim'
  if (label === 'of the bytes') return shareRole(paragraph)
  return 'text'
}

function shareRole(paragraph: string): Role {
  if (paragraph.endsWith('readable')) return 'lens-readable'
  if (paragraph.endsWith('encrypted')) return 'lens-encrypted'
  return paragraph.endsWith('metadata') ? 'lens-metadata' : 'lens-framing'
}

function markOf(role: Role): string {
  return role === 'bad' ? '✖ ' : role === 'warn' ? '! ' : '✓ '
}

/** ↑ and ↓ in the last column where there is more. */
function withMore(lines: readonly Line[], above: boolean, below: boolean, width: number): Line[] {
  return lines.map((line, i) => {
    const sign = above && i === 0 ? say`↑` : below && i === lines.length - 1 ? say`↓` : null
    return sign === null ? line : [...fitLine(line, width - 1), span(sign, 'accent')]
  })
}
