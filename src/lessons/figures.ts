// Figures as lines of a given width. Colour never carries meaning alone: lit bytes stand in brackets, marked packets behind a sign.

import type { Figure, Language, PacketRow } from './lesson.ts'
import type { Line, Span } from './lines.ts'
import { phrases } from './phrases.ts'
import { type Measure, pad, wrapText } from './wrap.ts'

export interface FigureOptions {
  readonly width: number
  readonly language: Language
  readonly measure: Measure
  /** Packets that have dropped in; all of them unless given. */
  readonly dropped?: number
  /** Letters that a wheel is turned by. */
  readonly turned?: number
}

export function figureLines(figure: Figure, options: FigureOptions): Line[] {
  switch (figure.kind) {
    case 'packets':
      return packetLines(figure, options)
    case 'bytes':
      return hexLines(figure, options)
    case 'boxes':
      return boxLines(figure, options)
    case 'table':
      return tableLines(figure, options)
    case 'lines':
      return figure.lines.flatMap((line) =>
        wrapText(line, options.width, options.measure).map((text) => [{ text, style: 'plain' } as Span]),
      )
    case 'wheel':
      return wheelLines(figure.text, options)
  }
}

function packetLines(figure: Figure & { kind: 'packets' }, options: FigureOptions): Line[] {
  const { width, language, measure, dropped } = options
  const shown = figure.appear === true && dropped !== undefined ? figure.rows.slice(0, dropped) : figure.rows
  const who = (row: PacketRow): string => (row.fromClient ? `${phrases.client[language]} →` : `← ${phrases.server[language]}`)
  const column = (pick: (row: PacketRow) => string): number => Math.max(0, ...figure.rows.map((row) => measure(pick(row))))
  const [numbers, sides, protocols] = [column((row) => String(row.number)), column(who), column((row) => row.protocol)]
  const lengths = column((row) => String(row.length))
  const lines = shown.flatMap((row) => {
    const marked = figure.marked?.includes(row.number) ?? false
    const head = `${marked ? '▶' : ' '}${String(row.number).padStart(numbers)} ${pad(who(row), sides, measure)} ${pad(row.protocol, protocols, measure)} ${String(row.length).padStart(lengths)} `
    const indent = measure(head)
    return wrapText(row.what, Math.max(10, width - indent), measure).map(
      (text, at): Line => [
        { text: at === 0 ? head : ' '.repeat(indent), style: marked ? 'mark' : 'dim' },
        { text, style: marked ? 'mark' : 'plain' },
      ],
    )
  })
  // Packets that have yet to come keep their place, so that nothing below moves.
  const missing = figure.rows.length - shown.length
  return [...lines, ...Array.from({ length: missing }, (): Line => [])]
}

function hexLines(figure: Figure & { kind: 'bytes' }, { width }: FigureOptions): Line[] {
  const { bytes, start, lit } = figure
  const perLine = width >= 72 ? 16 : width >= 40 ? 8 : 4
  const end = Math.min(bytes.length, start + figure.length)
  const isLit = (at: number): boolean => at < bytes.length && lit.some((range) => at >= range.start && at < range.start + range.length)
  const lines: Line[] = []
  for (let at = start - (start % perLine); at < end; at += perLine) {
    const hex: Span[] = [{ text: `${at.toString(16).padStart(4, '0')} `, style: 'dim' }]
    const glyphs: Span[] = [{ text: '  ', style: 'plain' }]
    for (let i = at; i < at + perLine; i++) {
      const on = isLit(i)
      const opens = on && (i === at || !isLit(i - 1))
      const closes = i > at && isLit(i - 1) && !on
      const known = i < bytes.length
      hex.push({ text: opens ? '[' : closes ? ']' : ' ', style: on ? 'lit' : 'dim' })
      hex.push({ text: known ? bytes[i]!.toString(16).padStart(2, '0') : '  ', style: on ? 'lit' : 'dim' })
      glyphs.push({ text: known ? glyph(bytes[i]!) : ' ', style: on ? 'lit' : 'dim' })
    }
    hex.push({ text: isLit(at + perLine - 1) ? ']' : ' ', style: 'lit' })
    lines.push([...hex, ...glyphs])
  }
  return lines
}

/** As in the hex pane: itself if printable ASCII. */
function glyph(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
}

function boxLines(figure: Figure & { kind: 'boxes' }, { width, language, measure }: FigureOptions): Line[] {
  const { boxes, total } = figure
  const across = Math.min(width, 58)
  const plain = (text: string): Line => [{ text, style: 'plain' }]
  const sum = `${boxes.map(({ size }) => size).join(' + ')} = ${total} ${phrases.ofBytes[language]}`
  const sums = wrapText(sum, width, measure).map((text): Line => [{ text, style: 'bold' }])
  const named = boxes.map(({ label, size }) => `${label[language]}: ${size} ${phrases.bytes[language]}`)
  // Too narrow to nest: one inside the other is said by the order alone.
  if (named.some((name, depth) => measure(name) + 4 * depth + 5 > across))
    return [...named.flatMap((name) => wrapText(`▸ ${name}`, width, measure).map(plain)), ...sums]
  const tops = named.map((name, depth) => {
    const side = '│ '.repeat(depth)
    const title = `┌ ${name} `
    const rule = '─'.repeat(Math.max(1, across - 4 * depth - measure(title) - 1))
    return plain(`${side}${title}${rule}┐${' │'.repeat(depth)}`)
  })
  const bottoms = boxes.map((_, depth) =>
    plain(`${'│ '.repeat(depth)}└${'─'.repeat(Math.max(1, across - 4 * depth - 2))}┘${' │'.repeat(depth)}`),
  )
  return [...tops, ...bottoms.reverse(), ...sums]
}

function tableLines(figure: Figure & { kind: 'table' }, { width, language, measure }: FigureOptions): Line[] {
  const rows = [...(figure.head === undefined ? [] : [figure.head]), ...figure.rows].map((row) => row.map((cell) => cell[language]))
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns - 1 }, (_, at) => Math.max(0, ...rows.map((row) => measure(row[at] ?? ''))))
  const indent = widths.reduce((sum, one) => sum + one + 2, 0)
  // Too narrow for columns: each row is a sentence of its own.
  if (indent > width - 10)
    return rows.flatMap((row) =>
      wrapText(row.filter((cell) => cell !== '').join(' · '), width, measure).map((text): Line => [{ text, style: 'plain' }]),
    )
  return rows.flatMap((row, at) => {
    const style = at === 0 && figure.head !== undefined ? ('dim' as const) : ('plain' as const)
    const head = widths.map((one, column) => `${pad(row[column] ?? '', one, measure)}  `).join('')
    const last = wrapText(row[columns - 1] ?? '', Math.max(10, width - indent), measure)
    return last.map((text, line): Line => [{ text: line === 0 ? head + text : ' '.repeat(indent) + text, style }])
  })
}

function wheelLines(text: string, { width, language, measure, turned = 0 }: FigureOptions): Line[] {
  const shown = shiftLetters(text, turned)
  const title = `${phrases.turn[language]} ${turned}`
  return [
    ...wrapText(text, width - 4, measure).map((line): Line => [{ text: `    ${line}`, style: 'plain' }]),
    [{ text: `  ← ${title} →`, style: 'dim' }],
    ...wrapText(shown, width - 4, measure).map((line): Line => [{ text: `    ${line}`, style: 'lit' }]),
  ]
}

/** Turns each letter on by that many places, z followed by a; everything else stays. */
export function shiftLetters(text: string, by: number): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter < 'a' ? 65 : 97
    return String.fromCharCode(base + ((letter.charCodeAt(0) - base + by + 26) % 26))
  })
}
