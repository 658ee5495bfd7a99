// Cuts a capture filter into tokens, as libpcap's scanner does: addresses are one token, and so is `1-1024`.

import { parseIpv6 } from '../../bytes/address.ts'
import type { Span, SyntaxProblem } from './syntax.ts'

export type TokenKind =
  /** Digits, or 0x and hexadecimal digits. */
  | 'number'
  /** Two to four numbers with dots. */
  | 'dotted'
  | 'ip6'
  | 'ether'
  | 'word'
  /** A word after a backslash: never a keyword. */
  | 'escaped'
  | 'symbol'
  | 'end'

export interface Token extends Span {
  readonly kind: TokenKind
  /** As typed; without the backslash of an escaped word. */
  readonly text: string
}

/** Longest filter that is looked at. */
export const LONGEST_FILTER = 65_536

const SPACE = /[ \t\r\n]*/y
const ETHER =
  /(?:[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}|[0-9a-fA-F]{1,2}(?:-[0-9a-fA-F]{1,2}){5}|[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}|[0-9a-fA-F]{12})(?![\w:.-])/y
const COLONS = /[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:]*(?:\d+\.\d+\.\d+\.\d+)?/y
const NUMBER = /(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.-])/y
const DOTTED = /\d+(?:\.\d+){1,3}(?![\w.-])/y
const ESCAPED = /\\([^ !()\r\n\t]+)/y
const WORD = /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y
const SYMBOL = /&&|\|\||>=|<=|!=|==|<<|>>|[|&!<>()[\]+\-*/%^=:,]/y

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['ether', ETHER],
  ['ip6', COLONS],
  ['number', NUMBER],
  ['dotted', DOTTED],
  ['escaped', ESCAPED],
  ['word', WORD],
  ['symbol', SYMBOL],
]

/** The tokens, the last of which has the kind `end`; or the first character that cannot stand in a filter. */
export function lex(text: string): Token[] | SyntaxProblem {
  if (text.length > LONGEST_FILTER) {
    return { message: `is longer than ${LONGEST_FILTER} characters`, start: LONGEST_FILTER, end: text.length, foreign: false }
  }
  const tokens: Token[] = []
  let at = skip(text, 0)
  while (at < text.length) {
    const token = tokenAt(text, at)
    if (!token) return { message: 'is no part of a capture filter', start: at, end: at + 1, foreign: false }
    tokens.push(token)
    at = skip(text, token.end)
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length })
  return tokens
}

function skip(text: string, at: number): number {
  SPACE.lastIndex = at
  return at + (SPACE.exec(text)?.[0].length ?? 0)
}

function tokenAt(text: string, start: number): Token | null {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start
    const found = pattern.exec(text)
    if (!found) continue
    if (kind === 'ip6' && !parseIpv6(found[0])) continue
    return { kind, text: found[1] ?? found[0], start, end: start + found[0].length }
  }
  return null
}
