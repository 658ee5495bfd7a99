// A text to scroll through and search in: bodies, followed streams, certificates. Paragraphs are broken into lines once for a width.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { displayWidth, measurePrefix, wrapWords } from '../../bytes/width.ts'
import { blank, fitLine, type Ground, type Line, type Role, type Span, say, span } from '../line.ts'
import { clamp } from '../list.ts'
import type { Move } from './table.ts'

export interface Paragraph {
  /** In front of its first line: who says it, a label. */
  readonly mark?: SafeText
  readonly text: SafeText
  readonly role: Role
  readonly ground?: Ground
  /** Broken at spaces; else where a line is full. */
  readonly prose?: boolean
}

export type Page = readonly Paragraph[]

export interface PageState {
  readonly top: number
  /** What is looked for; empty: nothing. */
  readonly needle: string
}

export const PAGE_START: PageState = { top: 0, needle: '' }

const laid = new WeakMap<Page, { width: number; lines: readonly Line[]; texts: readonly string[] }>()

function layOut(page: Page, width: number): { lines: readonly Line[]; texts: readonly string[] } {
  const known = laid.get(page)
  if (known?.width === width) return known
  const lines: Line[] = []
  const texts: string[] = []
  for (const { mark = say``, text, role, ground = 'plain', prose = false } of page) {
    const indent = displayWidth(mark)
    const room = Math.max(8, width - indent - 2)
    for (const [i, part] of (prose ? wrapWords(text, room) : cutEvery(text, room)).entries()) {
      lines.push([blank(1), i === 0 ? span(mark, 'dim') : blank(indent), span(part, role, ground)])
      texts.push(part)
    }
  }
  const made = { width, lines, texts }
  laid.set(page, made)
  return made
}

function cutEvery(text: SafeText, room: number): SafeText[] {
  const parts: SafeText[] = []
  let rest: string = text
  do {
    const { units } = measurePrefix(rest, room)
    const part = rest.slice(0, Math.max(1, units))
    parts.push(part as SafeText)
    rest = rest.slice(part.length)
  } while (rest !== '')
  return parts
}

export function pageHeight(page: Page, width: number): number {
  return layOut(page, width).lines.length
}

export function movePage(state: PageState, to: Move, page: Page, width: number, height: number): PageState {
  const most = Math.max(0, pageHeight(page, width) - height)
  const by = { up: -1, down: 1, 'page-up': 1 - height, 'page-down': height - 1, start: -most, end: most }[to]
  return { ...state, top: clamp(Math.min(state.top, most) + by, 0, most) }
}

export function scrollPage(state: PageState, by: number, page: Page, width: number, height: number): PageState {
  return { ...state, top: clamp(state.top + by, 0, Math.max(0, pageHeight(page, width) - height)) }
}

/** Scrolls to the next line that holds the needle, case aside; null when there is none. */
export function findInPage(state: PageState, step: 1 | -1, page: Page, width: number): PageState | null {
  const { texts } = layOut(page, width)
  const needle = state.needle.toLowerCase()
  if (needle === '') return null
  for (let i = 1; i <= texts.length; i++) {
    const at = (((state.top + i * step) % texts.length) + texts.length) % texts.length
    if (texts[at]?.toLowerCase().includes(needle) === true) return { ...state, top: at }
  }
  return null
}

/** The lines on the screen; what is looked for is lit. */
export function pageLines(page: Page, { top, needle }: PageState, width: number, height: number): Line[] {
  const { lines } = layOut(page, width)
  const first = clamp(top, 0, Math.max(0, lines.length - 1))
  return lines
    .slice(first, first + height)
    .map((line) => fitLine(needle === '' ? line : line.flatMap((piece) => lit(piece, needle)), width))
}

function lit(piece: Span, needle: string): Span[] {
  const text = piece.text.toLowerCase()
  const wanted = needle.toLowerCase()
  const parts: Span[] = []
  let from = 0
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, from)) {
    // Lower case may be longer than what it was made of: then places differ, and nothing is lit.
    if (text.length !== piece.text.length) return [piece]
    parts.push({ ...piece, text: piece.text.slice(from, at) as SafeText })
    parts.push({ ...piece, text: piece.text.slice(at, at + wanted.length) as SafeText, ground: 'lit' })
    from = at + wanted.length
  }
  return parts.length === 0 ? [piece] : [...parts, { ...piece, text: piece.text.slice(from) as SafeText }]
}

/** Bytes as text for people: lines of UTF-8, or a hex dump where they are none. */
export function bytesPage(bytes: Uint8Array, role: Role): Paragraph[] {
  const shown = bytes.subarray(0, MAX_BYTES)
  const paragraphs = isText(shown) ? textParagraphs(shown, role) : hexParagraphs(shown, role)
  if (bytes.length > shown.length) paragraphs.push({ text: say`… and ${bytes.length - shown.length} bytes more`, role: 'dim' })
  return paragraphs
}

/** Bytes shown of one body. */
const MAX_BYTES = 256 * 1024

function isText(bytes: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, 4096))
  let odd = 0
  for (const letter of text) if (letter === '\ufffd' || (letter < ' ' && !'\r\n\t'.includes(letter))) odd++
  return odd * 20 <= text.length
}

function textParagraphs(bytes: Uint8Array, role: Role): Paragraph[] {
  return new TextDecoder('utf-8')
    .decode(bytes)
    .split(/\r\n|\n|\r/)
    .map((line) => ({ text: safeText(line.replaceAll('\t', '    ')), role }))
}

export function hexParagraphs(bytes: Uint8Array, role: Role, from = 0, mark: SafeText = say``): Paragraph[] {
  const paragraphs: Paragraph[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.subarray(at, at + 16)
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'))
    const digits = `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`.padEnd(48)
    const text = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
    paragraphs.push({ mark, text: safeText(`${(from + at).toString(16).padStart(8, '0')}  ${digits}  ${text}`), role })
  }
  return paragraphs
}
