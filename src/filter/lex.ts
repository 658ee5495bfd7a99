// Text → tokens. Words are cut generously (`10.0.0.1:80` is one word), so that the checker can say what is wrong with them.

import { Mistake } from './mistake.ts'

export type TokenKind = 'word' | 'string' | 'char' | 'operator' | 'slice' | 'layer' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** The word, the operator in its one spelling, the inside of a slice; for strings the text with escapes resolved. */
  readonly text: string
  /** Strings and characters: the bytes that they stand for. */
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** Longest filter that is looked at; more is surely not typed by anyone. */
export const MAX_TEXT = 65_536

const NONE = new Uint8Array(0)

/** Words that are operators, with the sign that stands for them from here on. */
const KEYWORDS: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  xor: '^^',
  not: '!',
  eq: '==',
  any_eq: '==',
  ne: '!=',
  all_ne: '!=',
  all_eq: '===',
  any_ne: '!==',
  gt: '>',
  lt: '<',
  ge: '>=',
  le: '<=',
  contains: 'contains',
  matches: 'matches',
  in: 'in',
  bitand: '&',
  bitwise_and: '&',
}

const SIGNS: readonly string[] = [
  ...['===', '!==', '==', '!=', '~=', '>=', '<=', '&&', '||', '^^', '..'],
  ...['>', '<', '&', '!', '~', '+', '-', '*', '/', '%', '(', ')', '{', '}', ',', '@'],
]

const WORD = /\.?[\w:][\w.:-]*/y
const DATE = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?(?![\w.:-])/y
/** "10.*" is no address, but the checker knows what is meant. */
const WILD = /\d{1,3}(?:\.\d{1,3}){0,2}(?:\.\*){1,3}/y
const PREFIXABLE = /^(?:\d+(?:\.\d+){1,3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*)$/
const PREFIX = /\/\d+/y

/** Splits a filter into tokens, the last of kind `end`. Throws a Mistake. */
export function lex(text: string): Token[] {
  if (text.length > MAX_TEXT) throw new Mistake(`The filter is longer than ${MAX_TEXT} characters. Shorten it.`, 0, text.length)
  const tokens: Token[] = []
  let at = 0
  const push = (kind: TokenKind, value: string, start: number, bytes: Uint8Array = NONE) => {
    tokens.push({ kind, text: value, bytes, start, end: at })
  }
  while (at < text.length) {
    const start = at
    const c = text[at]!
    if (c === ' ' || c === '\t' || c === '\n' || c === '\r') {
      at++
      continue
    }
    if (c === '"' || ((c === 'r' || c === 'R') && text[at + 1] === '"')) {
      const raw = c !== '"'
      const before = tokens.at(-1)
      const lenient = before?.kind === 'operator' && before.text === 'matches'
      const read = readString(text, raw ? at + 1 : at, raw, lenient)
      at = read.end
      push('string', read.text, start, read.bytes)
      continue
    }
    if (c === "'") {
      const read = readString(text, at, false, false)
      at = read.end
      if (read.bytes.length !== 1)
        throw new Mistake('Single quotes hold one character. Use double quotes for text.', start, at, `"${text.slice(start + 1, at - 1)}"`)
      push('char', read.text, start, read.bytes)
      continue
    }
    if (c === '[') {
      const close = text.indexOf(']', at)
      if (close < 0) throw new Mistake('The bracket is not closed. Add "]".', start, text.length, `${text.slice(start)}]`)
      at = close + 1
      push('slice', text.slice(start + 1, close), start)
      continue
    }
    if (c === '#') {
      const layer = /#(\d+)|#\[([^\]]*)\]/y
      layer.lastIndex = at
      const found = layer.exec(text)
      if (found === null) throw new Mistake('After "#" comes the number of a layer, as in ip.addr#2, or [1-2].', start, start + 1)
      at += found[0].length
      push('layer', found[1] ?? found[2]!, start)
      continue
    }
    const word = readWord(text, at)
    if (word !== '') {
      at += word.length
      const sign = Object.hasOwn(KEYWORDS, word) ? KEYWORDS[word] : undefined
      push(sign === undefined ? 'word' : 'operator', sign ?? word, start)
      continue
    }
    const sign = SIGNS.find((s) => text.startsWith(s, at))
    if (sign === undefined) throw unexpected(text, at)
    at += sign.length
    push('operator', sign === '~' ? 'matches' : sign === '~=' ? '!==' : sign, start)
  }
  tokens.push({ kind: 'end', text: '', bytes: NONE, start: text.length, end: text.length })
  return tokens
}

function readWord(text: string, at: number): string {
  DATE.lastIndex = at
  const date = DATE.exec(text)
  if (date !== null) return date[0]
  WILD.lastIndex = at
  const wild = WILD.exec(text)
  if (wild !== null) return wild[0]
  WORD.lastIndex = at
  const found = WORD.exec(text)
  if (found === null) return ''
  let word = found[0]
  const range = word.indexOf('..')
  if (range >= 0) word = word.slice(0, range)
  PREFIX.lastIndex = at + word.length
  const prefix = PREFIXABLE.test(word) ? PREFIX.exec(text) : null
  return prefix === null ? word : word + prefix[0]
}

function unexpected(text: string, at: number): Mistake {
  const c = String.fromCodePoint(text.codePointAt(at)!)
  const end = at + c.length
  if (c === '=') return new Mistake('"=" compares nothing. Write "==".', at, end, '==')
  if (c === '|') return new Mistake('"|" is no operator. Write "||" or "or".', at, end, '||')
  if (c === '^') return new Mistake('"^" is no operator. Write "xor" or "^^".', at, end, 'xor')
  if (c === ';') return new Mistake('";" has no meaning here. Join tests with "and" or "or".', at, end, ' and')
  if (c === '$') return new Mistake('Macros are not supported. Write the filter out.', at, end)
  const plain: Readonly<Record<string, string>> = { '≥': '>=', '≤': '<=', '≠': '!=', '“': '"', '”': '"', '‘': '"', '’': '"' }
  const instead = plain[c] ?? null
  return new Mistake(`The character "${c}" has no meaning outside quotes.${instead === null ? '' : ` Write ${instead}.`}`, at, end, instead)
}

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34, "'": 39, '?': 63 }
const encoder = new TextEncoder()

/**
 * A quoted text: escapes as in C; \x.. and \ooo are bytes, not characters. `lenient` (behind `matches`) leaves escapes that only a
 * regular expression knows, such as `\.` and `\d`, as they are.
 */
function readString(text: string, at: number, raw: boolean, lenient: boolean): { text: string; bytes: Uint8Array; end: number } {
  const quote = text[at]!
  const bytes: number[] = []
  let value = ''
  let i = at + 1
  const plain = (s: string) => {
    value += s
    bytes.push(...encoder.encode(s))
  }
  for (;;) {
    const code = text.codePointAt(i)
    if (code === undefined)
      throw new Mistake(`The text is not closed. Add ${quote} at its end.`, at, text.length, `${text.slice(at)}${quote}`)
    const c = String.fromCodePoint(code)
    if (c === quote) break
    if (c !== '\\') {
      plain(c)
      i += c.length
      continue
    }
    const next = text[i + 1] ?? ''
    if (raw) {
      // As in Wireshark: a backslash lets a quote stand inside a raw string, and both are kept.
      plain(next === quote ? `\\${quote}` : '\\')
      i += next === quote ? 2 : 1
      continue
    }
    const number = /\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y
    number.lastIndex = i
    const found = number.exec(text)
    if (found !== null) {
      const point = Number.parseInt(found[1] ?? found[3] ?? found[4] ?? '0', 16)
      if (found[1] !== undefined || found[2] !== undefined) {
        const byte = (found[2] === undefined ? point : Number.parseInt(found[2], 8)) & 0xff
        value += String.fromCharCode(byte)
        bytes.push(byte)
      } else if (point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) plain(String.fromCodePoint(point))
      else throw new Mistake(`${found[0]} is no character.`, i, i + found[0].length)
      i += found[0].length
    } else if (Object.hasOwn(SIMPLE, next)) {
      value += String.fromCharCode(SIMPLE[next]!)
      bytes.push(SIMPLE[next]!)
      i += 2
    } else if (lenient) {
      plain('\\')
      i++
    } else
      throw new Mistake(`\\${next} is no escape. Write \\\\ for a backslash, or r"…" for raw text.`, i, i + 1 + next.length, `\\\\${next}`)
  }
  return { text: value, bytes: Uint8Array.from(bytes), end: i + 1 }
}
