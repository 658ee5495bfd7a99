// The bytes: a tab per source, offsets, hexadecimal and text; the selected field lit, the secret marked, the byte under the cursor.

import { byteGlyph, type SafeText, safeText } from '../../bytes/text.ts'
import { displayWidth } from '../../bytes/width.ts'
import type { DetailState } from '../detail.ts'
import { LENS_LETTERS, LENS_ROLES, type LensState, legendLine } from '../lens.ts'
import { fitLine, type Ground, type Line, type Picture, type Role, repeat, type Span, say, span } from '../line.ts'
import { bytesPerLine, grouped } from '../measure.ts'
import { alone, type State } from '../state.ts'

export function hexPane(state: State, width: number, height: number): Picture {
  const { detail } = state
  const focused = state.focus === 'hex' && state.filter.box === null
  const perLine = bytesPerLine(width)
  const border = alone(state) ? say`  ` : say`│ `
  const lines: Line[] = [tabLine(detail, focused, width, alone(state))]
  const bytes = detail.packet?.sources[detail.source]?.bytes ?? new Uint8Array(0)
  const looks = looksOf(detail, state.lens, focused)
  const legend = state.lens.mode !== 'off' && detail.packet !== null && height > 2
  const rows = height - (legend ? 2 : 1)
  for (let i = 0; i < rows; i++) {
    const start = (detail.hexTop + i) * perLine
    if (start >= bytes.length) {
      lines.push([span(border, 'rule')])
      continue
    }
    lines.push(fitLine([span(border, 'rule'), ...byteLine(bytes, start, perLine, looks)], width))
  }
  if (legend) lines.push(fitLine([span(border, 'rule'), ...legendLine(state.lens, width - 2)], width))
  return { lines }
}

interface Looks {
  ground(byte: number): Ground
  role(byte: number): Role | null
  /** What stands for it in the text column; null: itself. */
  letter(byte: number): string | null
}

function looksOf(detail: DetailState, lens: LensState, focused: boolean): Looks {
  const row = detail.packet?.rows[detail.row]
  const lit = row !== undefined && row.source === detail.source
  const from = lit ? row.start : 0
  const to = lit ? row.start + row.length : 0
  const { classes } = lens
  const letters = lens.mode === 'letters'
  const secrets = detail.secrets.filter((range) => range.source === detail.source)
  const secret = (byte: number): boolean => secrets.some((range) => byte >= range.start && byte < range.start + range.length)
  return {
    ground(byte) {
      if (focused && byte === detail.byte) return 'cursor'
      if (secret(byte)) return 'secret'
      return byte >= from && byte < to ? 'lit' : 'plain'
    },
    role: (byte) => LENS_ROLES[classes?.[byte] ?? -1] ?? (secret(byte) ? 'secret' : null),
    letter: (byte) => (letters ? (LENS_LETTERS[classes?.[byte] ?? -1] ?? null) : null),
  }
}

function byteLine(bytes: Uint8Array, start: number, perLine: number, looks: Looks): Span[] {
  const spans = createRuns()
  const end = Math.min(start + perLine, bytes.length)
  const last = bytes.length > 0xffff ? 8 : 4
  spans.add(`${start.toString(16).padStart(last, '0')}  `, 'dim', 'plain')
  for (let at = start; at < start + perLine; at++) {
    const inside = at < end
    const ground = inside ? looks.ground(at) : 'plain'
    spans.add(inside ? (HEX[bytes[at] ?? 0] ?? '') : '  ', inside ? (looks.role(at) ?? byteRole(bytes[at] ?? 0)) : 'text', ground)
    const index = at - start
    if (index === perLine - 1) break
    // Between two bytes on the same ground the gap lies on it too, so that a field is one lit piece.
    const joined = at + 1 < end && looks.ground(at + 1) === ground && ground !== 'cursor' ? ground : 'plain'
    spans.add(index % 8 === 7 ? '  ' : ' ', 'text', joined)
  }
  spans.add('  ', 'text', 'plain')
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    spans.add(looks.letter(at) ?? classGlyph(byte), looks.role(at) ?? byteRole(byte), looks.ground(at))
  }
  return spans.list
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Classes of bytes: zero, text, blanks, other control characters, beyond ASCII. */
function byteRole(byte: number): Role {
  if (byte === 0) return 'byte-zero'
  if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) return 'byte-space'
  if (byte < 0x20 || byte === 0x7f) return 'byte-control'
  return byte < 0x7f ? 'byte-text' : 'byte-high'
}

/** What stands for a byte in the text column: itself, or a sign of its class, so that the classes are told apart without colours. */
function classGlyph(byte: number): string {
  if (byte > 0x20 && byte < 0x7f) return byteGlyph(byte)
  return GLYPHS[byteRole(byte)] ?? '·'
}

// Those of hexyl, but for zero: a filled ground of diamonds would be louder than what matters.
const GLYPHS: Readonly<Partial<Record<Role, string>>> = {
  'byte-zero': '·',
  'byte-space': ' ',
  'byte-control': '•',
  'byte-high': '×',
}

// Neighbours that look alike become one span; a hex line would otherwise be fifty of them.
function createRuns(): { readonly list: Span[]; add(text: string, role: Role, ground: Ground): void } {
  const list: Span[] = []
  return {
    list,
    add(text, role, ground) {
      const before = list.at(-1)
      const blankText = text.trim() === ''
      if (before !== undefined && before.ground === ground && (before.role === role || blankText)) {
        list[list.length - 1] = { ...before, text: (before.text + text) as SafeText }
      } else list.push({ text: text as SafeText, role, ground })
    },
  }
}

interface Tab {
  readonly text: SafeText
  readonly index: number
}

function tabsOf(detail: DetailState): readonly Tab[] {
  const sources = detail.packet?.sources ?? []
  return sources.map((source, index) => {
    const name = index === 0 ? source.name : say`${source.name} (${grouped(source.bytes.length)})`
    return { text: index === detail.source && sources.length > 1 ? say`[${name}]` : name, index }
  })
}

const TITLE = say`Bytes · `

function tabLine(detail: DetailState, focused: boolean, width: number, whole: boolean): Line {
  const character = focused ? '━' : '─'
  const ruleRole = focused ? 'accent' : 'rule'
  const line: Span[] = [span(whole ? say`─` : say`┬`, 'rule'), repeat(character, 1, ruleRole), span(focused ? say` ▸ ` : say` `, 'strong')]
  line.push(span(detail.packet === null ? say`Bytes` : TITLE, focused ? 'strong' : 'dim'))
  for (const [i, tab] of tabsOf(detail).entries()) {
    if (i > 0) line.push(span(say` │ `, 'rule'))
    line.push(span(tab.text, tab.index === detail.source ? (focused ? 'accent' : 'text') : 'dim'))
  }
  line.push(span(say` `), repeat(character, width, ruleRole))
  return fitLine(line, width)
}

/** Which tab a click on the heading hits, -1 for none; both forms of the heading are within two cells of each other. */
export function tabUnder(detail: DetailState, x: number): number {
  let at = 3 + TITLE.length
  for (const tab of tabsOf(detail)) {
    const width = displayWidth(tab.text)
    if (x >= at - 1 && x < at + width + 3) return tab.index
    at += width + 3
  }
  return -1
}

/** Which byte of the source a click hits, -1 for none; `line` counts from the first on the screen. */
export function byteUnder(detail: DetailState, perLine: number, x: number, line: number): number {
  const bytes = detail.packet?.sources[detail.source]?.bytes.length ?? 0
  const offsetDigits = bytes > 0xffff ? 8 : 4
  const start = (detail.hexTop + line) * perLine
  const first = 2 + offsetDigits + 2
  for (let index = 0; index < perLine; index++) {
    const cell = first + index * 3 + Math.floor(index / 8)
    if (x >= cell && x < cell + 2) return start + index
  }
  const text = first + perLine * 3 - 1 + (Math.ceil(perLine / 8) - 1) + 2
  return x >= text && x < text + perLine ? start + (x - text) : -1
}

/** For the Explain line: the byte under the cursor in words, when no field covers it. */
export function byteWords(detail: DetailState): SafeText {
  const byte = detail.packet?.sources[detail.source]?.bytes[detail.byte]
  return byte === undefined ? say`` : safeText(`byte ${detail.byte}: 0x${HEX[byte]} (${byte})`)
}
