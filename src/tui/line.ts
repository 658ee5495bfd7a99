// What panes are made of: lines of spans. A span says what its text is (role) and what it lies on (ground); colours come later,
// from the theme, so that a pane is a pure function that can be tested without a terminal.

import type { SafeText } from '../bytes/text.ts'
import { displayWidth, measurePrefix } from '../bytes/width.ts'

/** What a piece of text is; the theme gives it a colour or, without colours, a weight. */
export type Role =
  | 'text'
  | 'strong'
  | 'dim'
  | 'rule'
  | 'title'
  | 'accent'
  | 'key'
  | 'good'
  | 'bad'
  | 'warn'
  | 'note'
  | 'mistake'
  | 'secret'
  | 'layer'
  | 'byte-zero'
  | 'byte-text'
  | 'byte-space'
  | 'byte-control'
  | 'byte-high'
  | 'web'
  | 'sealed'
  | 'transport'
  | 'datagram'
  | 'control'
  | 'name'
  | 'other'
  | 'side-first'
  | 'side-second'
  | 'lens-readable'
  | 'lens-encrypted'
  | 'lens-metadata'
  | 'lens-framing'

/** What a piece of text lies on. `picked` is the selection of the pane that has the keys, `held` that of the others. */
export type Ground = 'plain' | 'bar' | 'picked' | 'held' | 'lit' | 'cursor' | 'secret' | 'panel' | 'field'

export interface Span {
  readonly text: SafeText
  readonly role: Role
  readonly ground: Ground
  /** Colours of a colouring rule, instead of the theme's. */
  readonly tint?: Tint
}

/** `#rrggbb` each. */
export interface Tint {
  readonly fore: string
  readonly back: string
}

export type Line = readonly Span[]

/** Where the terminal's own cursor stands, relative to the pane. */
export interface Caret {
  readonly x: number
  readonly y: number
}

/** What a pane returns: `lines` from its top; missing lines are blank, long ones are cut. */
export interface Picture {
  readonly lines: readonly Line[]
  readonly caret?: Caret
  /** What blank cells lie on. */
  readonly ground?: Ground
}

/** Words of our own, with safe text and numbers in between: the only other way to a SafeText. */
export function say(words: TemplateStringsArray, ...values: readonly (SafeText | number)[]): SafeText {
  let text = words[0] ?? ''
  for (let i = 0; i < values.length; i++) text += String(values[i]) + (words[i + 1] ?? '')
  return text as SafeText
}

export function span(text: SafeText, role: Role = 'text', ground: Ground = 'plain'): Span {
  return { text, role, ground }
}

/** `cells` blanks. */
export function blank(cells: number, ground: Ground = 'plain'): Span {
  return { text: ' '.repeat(Math.max(0, cells)) as SafeText, role: 'text', ground }
}

/** One of our own characters `cells` times. */
export function repeat(character: '─' | '━' | '█' | '░' | ' ' | '═', cells: number, role: Role, ground: Ground = 'plain'): Span {
  return { text: character.repeat(Math.max(0, cells)) as SafeText, role, ground }
}

export function lineWidth(line: Line): number {
  let width = 0
  for (const piece of line) width += displayWidth(piece.text)
  return width
}

/** The same line on another ground; a span that already lies on `lit`, `cursor` or `secret` keeps it. */
export function onGround(line: Line, ground: Ground): Line {
  return line.map((piece) => (piece.ground === 'plain' || piece.ground === 'panel' ? { ...piece, ground } : piece))
}

/** A line of exactly `width` cells: cut, or padded with blanks on `ground`. */
export function fitLine(line: Line, width: number, ground: Ground = 'plain'): Line {
  const used = lineWidth(line)
  if (used === width) return line
  if (used < width) return [...line, blank(width - used, ground)]
  return cutLine(line, 0, width)
}

/** A line of exactly `width` cells, with `…` in the last one when something was left out. */
export function clipLine(line: Line, width: number, ground: Ground = 'plain'): Line {
  if (lineWidth(line) <= width || width < 1) return fitLine(line, width, ground)
  return [...cutLine(line, 0, width - 1), span(say`…`, 'dim', ground)]
}

/** A line with its end flush right: `start`, blanks, `end`; `end` gives way when there is no room for both. */
export function spread(start: Line, end: Line, width: number, ground: Ground = 'plain'): Line {
  const room = width - lineWidth(start) - lineWidth(end)
  if (room >= 1) return [...start, blank(room, ground), ...end]
  return fitLine([...start, blank(1, ground), ...end], width, ground)
}

/** The cells from `from` up to `to` of a line, exactly; a wide character that a border cuts in two becomes a blank. */
export function cutLine(line: Line, from: number, to: number): Line {
  const cut: Span[] = []
  let at = 0
  for (const piece of line) {
    if (at >= to) break
    const width = displayWidth(piece.text)
    const end = at + width
    if (end > from) {
      if (at >= from && end <= to) cut.push(piece)
      else cut.push(cutSpan(piece, Math.max(0, from - at), Math.min(width, to - at)))
    }
    at = end
  }
  const missing = to - Math.max(at, from)
  if (missing > 0) cut.push(blank(missing, line.at(-1)?.ground))
  return cut
}

function cutSpan(piece: Span, from: number, to: number): Span {
  const head = measurePrefix(piece.text, from)
  // A wide character over the left border: skip it whole and leave blanks for its second half.
  let units = head.units
  let cells = head.cells
  while (cells < from && units < piece.text.length) {
    const code = piece.text.codePointAt(units) ?? 0
    units += code > 0xffff ? 2 : 1
    cells = displayWidth(piece.text.slice(0, units))
  }
  const lead = Math.max(0, Math.min(cells, to) - from)
  const rest = piece.text.slice(units)
  const body = measurePrefix(rest, Math.max(0, to - cells))
  const tail = to - from - lead - body.cells
  return { ...piece, text: (' '.repeat(lead) + rest.slice(0, body.units) + ' '.repeat(Math.max(0, tail))) as SafeText }
}

/** Breaks a text into lines of at most `width` cells at spaces; a longer word is cut. */
export function wrap(text: SafeText, width: number, most: number): SafeText[] {
  const lines: SafeText[] = []
  let rest: string = text
  while (rest !== '' && lines.length < most) {
    if (displayWidth(rest) <= width) {
      lines.push(rest as SafeText)
      break
    }
    const prefix = measurePrefix(rest, lines.length === most - 1 ? width - 1 : width)
    if (prefix.units === 0) break
    const space = rest.lastIndexOf(' ', prefix.units)
    const end = space > 0 ? space : prefix.units
    lines.push((lines.length === most - 1 ? `${rest.slice(0, end)}…` : rest.slice(0, end)) as SafeText)
    rest = rest.slice(end).trimStart()
  }
  return lines
}
