// Tokens → syntax tree, by recursive descent. README.md has the grammar.

import { lex, type Token } from './lex.ts'
import { Mistake } from './mistake.ts'
import type { ArithmeticSign, Element, Quantifier, Range, Relation, Term, Test } from './syntax.ts'

/** Parentheses, braces and calls inside each other; arithmetic signs in one value. */
const MAX_NESTING = 200

const RELATIONS: ReadonlySet<string> = new Set(['==', '!=', '===', '!==', '>', '<', '>=', '<='])
const RANGE = /^\s*(?:(-?\d+)\s*(?:(:)\s*(\d*)|-\s*(-?\d+))?|:\s*(\d+))\s*$/

/** Parses a filter; null for the empty one. Throws a Mistake. */
export function parse(text: string): Test | null {
  return new Parser(text).filter()
}

class Parser {
  private readonly text: string
  private readonly tokens: readonly Token[]
  private at = 0
  private nesting = 0

  constructor(text: string) {
    this.text = text
    this.tokens = lex(text)
  }

  filter(): Test | null {
    if (this.peek().kind === 'end') return null
    const test = this.or()
    const rest = this.peek()
    if (rest.kind !== 'end') throw this.unexpected(rest)
    return test
  }

  private peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!
  }

  private isSign(sign: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'operator' && token.text === sign
  }

  private take(sign: string): Token | null {
    if (!this.isSign(sign)) return null
    return this.tokens[this.at++]!
  }

  private deeper<T>(read: () => T): T {
    if (++this.nesting > MAX_NESTING)
      throw new Mistake('The filter is nested too deeply. Simplify it.', this.peek().start, this.text.length)
    const result = read()
    this.nesting--
    return result
  }

  private chain(kind: 'or' | 'xor' | 'and', sign: string, read: () => Test): Test {
    const first = read()
    if (!this.isSign(sign)) return first
    const parts = [first]
    while (this.take(sign) !== null) parts.push(read())
    return { kind, parts, start: first.start, end: parts.at(-1)!.end }
  }

  private or(): Test {
    return this.chain('or', '||', () => this.xor())
  }

  private xor(): Test {
    return this.chain('xor', '^^', () => this.and())
  }

  private and(): Test {
    return this.chain('and', '&&', () => this.not())
  }

  private not(): Test {
    const start = this.peek().start
    let negations = 0
    while (this.take('!') !== null) negations++
    const of = this.isSign('(') ? this.parenthesis() : this.test()
    if (negations === 0) return of
    const once: Test = { kind: 'not', of, start, end: of.end }
    return negations % 2 === 1 ? once : { kind: 'not', of: once, start, end: of.end }
  }

  private parenthesis(): Test {
    const open = this.take('(')!
    if (this.isSign(')')) throw new Mistake('There is nothing between the parentheses. Write a test there.', open.start, this.peek().end)
    const test = this.deeper(() => this.or())
    const close = this.take(')')
    if (close !== null) return { ...test, start: open.start, end: close.end }
    const token = this.peek()
    if (token.kind === 'end')
      throw new Mistake('The parenthesis is not closed. Add ")".', open.start, open.end, `${this.text.slice(open.start, open.end)}`)
    throw this.unexpected(token)
  }

  private test(): Test {
    const start = this.peek().start
    const quantifier = this.quantifier()
    const left = this.value()
    const token = this.peek()
    if (token.kind === 'operator' && RELATIONS.has(token.text)) return this.comparison(quantifier, left, start)
    const negated = this.isSign('!') && this.isSign('in', 1)
    if (negated || this.isSign('in')) {
      this.at += negated ? 2 : 1
      const elements = this.set()
      return { kind: 'in', negated, quantifier, left, elements, start, end: this.tokens[this.at - 1]!.end }
    }
    const kind = this.isSign('contains') ? 'contains' : this.isSign('matches') ? 'matches' : null
    if (kind !== null) {
      this.at++
      const right = this.value()
      return { kind, quantifier, left, right, start, end: right.end }
    }
    if (quantifier !== '')
      throw new Mistake(`"${quantifier}" needs a comparison behind it, as in "${quantifier} tcp.port > 1024".`, start, left.end)
    return { kind: 'test', of: left, start: left.start, end: left.end }
  }

  private quantifier(): Quantifier {
    const token = this.peek()
    if (token.kind !== 'word' || (token.text !== 'any' && token.text !== 'all')) return ''
    const next = this.peek(1)
    if (next.kind !== 'word' && !(next.kind === 'operator' && (next.text === '@' || next.text === '{' || next.text === '-'))) return ''
    this.at++
    return token.text
  }

  /** `a < b < c` means `a < b and b < c`. */
  private comparison(quantifier: Quantifier, first: Term, start: number): Test {
    const parts: Test[] = []
    let left = first
    for (;;) {
      const token = this.peek()
      if (token.kind !== 'operator' || !RELATIONS.has(token.text)) break
      this.at++
      const right = this.value()
      const sign = { start: token.start, end: token.end }
      parts.push({
        kind: 'compare',
        relation: token.text as Relation,
        quantifier,
        left,
        right,
        sign,
        start: parts.length === 0 ? start : left.start,
        end: right.end,
      })
      left = right
    }
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts, start, end: left.end }
  }

  private set(): Element[] {
    const open = this.take('{')
    if (open === null) {
      const token = this.peek()
      const word = token.kind === 'word' || token.kind === 'string'
      const message = '"in" needs a set in braces, as in tcp.port in {80, 443}.'
      if (word) throw new Mistake(message, token.start, token.end, `{${this.text.slice(token.start, token.end)}}`)
      throw new Mistake(message, token.start, token.end)
    }
    const elements: Element[] = []
    if (this.isSign('}')) throw new Mistake('The set is empty. Put values between the braces.', open.start, this.peek().end)
    for (;;) {
      const low = this.value()
      const high = this.take('..') === null ? null : this.value()
      elements.push({ low, high })
      if (this.take('}') !== null) return elements
      if (this.take(',') !== null) continue
      const token = this.peek()
      if (token.kind === 'end') throw new Mistake('The set is not closed. Add "}".', open.start, open.end, null)
      if (token.kind === 'word' || token.kind === 'string') {
        const list = this.text.slice(open.end).split('}')[0]!
        const commas = list
          .trim()
          .split(/[\s,;]+/)
          .join(', ')
        throw new Mistake(`A comma belongs between the values of a set: {${commas}}.`, open.end, open.end + list.length, commas)
      }
      throw this.unexpected(token)
    }
  }

  private value(): Term {
    return this.arithmetic(['+', '-', '&'], () => this.arithmetic(['*', '/', '%'], () => this.factor()))
  }

  private arithmetic(signs: readonly ArithmeticSign[], read: () => Term): Term {
    let left = read()
    for (let n = 0; ; n++) {
      const token = this.peek()
      const sign = token.kind === 'operator' ? signs.find((s) => s === token.text) : undefined
      if (sign === undefined) return left
      if (n === MAX_NESTING) throw new Mistake('The calculation is too long. Simplify it.', left.start, token.end)
      this.at++
      const right = read()
      left = { kind: 'arithmetic', sign, left, right, signSpan: { start: token.start, end: token.end }, start: left.start, end: right.end }
    }
  }

  private factor(): Term {
    const minus = this.take('-')
    if (minus === null) return this.sliced()
    const of = this.deeper(() => this.factor())
    return { kind: 'negate', of, start: minus.start, end: of.end }
  }

  private sliced(): Term {
    let term = this.primary()
    for (let n = 0; this.peek().kind === 'slice'; n++) {
      if (n === MAX_NESTING) throw new Mistake('These are too many slices of slices.', term.start, this.peek().end)
      const token = this.tokens[this.at++]!
      term = { kind: 'slice', of: term, ranges: ranges(token), start: term.start, end: token.end }
    }
    return term
  }

  private primary(): Term {
    const open = this.take('{')
    if (open !== null) {
      const inner = this.deeper(() => this.value())
      const close = this.take('}')
      if (close === null) throw new Mistake('The brace is not closed. Add "}".', open.start, open.end)
      return { ...inner, start: open.start, end: close.end }
    }
    const at = this.take('@')
    const token = this.peek()
    if (token.kind === 'string' || token.kind === 'char') {
      this.at++
      return { kind: token.kind, text: token.text, bytes: token.bytes, start: token.start, end: token.end }
    }
    if (token.kind !== 'word') throw this.missing(token)
    this.at++
    if (this.isSign('(') && at === null) return this.call(token)
    const layer = this.peek()
    if (layer.kind !== 'layer')
      return { kind: 'word', text: token.text, raw: at !== null, layers: null, start: at?.start ?? token.start, end: token.end }
    this.at++
    const layers = ranges(layer, 1)
    for (const range of layers)
      if (range.from === 0) throw new Mistake('Layers are counted from 1, or from the end with -1.', layer.start, layer.end)
    return { kind: 'word', text: token.text, raw: at !== null, layers, start: at?.start ?? token.start, end: layer.end }
  }

  private call(name: Token): Term {
    this.take('(')
    const args: Term[] = []
    if (!this.isSign(')'))
      do args.push(this.deeper(() => this.value()))
      while (this.take(',') !== null)
    const close = this.take(')')
    if (close === null) {
      const token = this.peek()
      if (token.kind === 'end') throw new Mistake('The parenthesis is not closed. Add ")".', name.start, name.end)
      throw this.unexpected(token)
    }
    return { kind: 'call', name: name.text, nameEnd: name.end, args, start: name.start, end: close.end }
  }

  private missing(token: Token): Mistake {
    if (token.kind === 'end') {
      const last = this.tokens[this.at - 1]
      const what = last === undefined ? 'a test' : `something behind "${this.text.slice(last.start, last.end)}"`
      return new Mistake(`The filter ends too early: ${what} is missing.`, last?.start ?? 0, this.text.length)
    }
    if (this.isSign('(')) return new Mistake('Parentheses group tests; arithmetic is grouped by braces: {…}.', token.start, token.end, null)
    return this.unexpected(token)
  }

  private unexpected(token: Token): Mistake {
    const shown = this.text.slice(token.start, token.end)
    const before = this.tokens[this.at - 1]
    if (token.kind === 'operator') {
      if (shown === ')') return new Mistake('This parenthesis was never opened. Remove it.', token.start, token.end, '')
      return new Mistake(`"${shown}" cannot stand here: a field or a value is missing before it.`, token.start, token.end)
    }
    const upper = shown.toLowerCase()
    if (token.kind === 'word' && /^(AND|OR|NOT|XOR|IN|CONTAINS|MATCHES|EQ|NE|GT|LT|GE|LE)$/.test(upper.toUpperCase()) && upper !== shown)
      return new Mistake(`Operators are written in lower case: ${upper}.`, token.start, token.end, upper)
    const joined = before?.kind === 'word' && token.kind === 'word' && /^[\d"]/.test(shown) ? ' ==' : ' and'
    return new Mistake(
      `"${shown}" was not expected here. Join two tests with "and" or "or".`,
      token.start,
      token.end,
      before === undefined ? null : `${joined.trimStart()} ${shown}`,
    )
  }
}

/** The inside of `[…]`: `i`, `i:count`, `i-last`, `:count`, `i:`, separated by commas; counted from `base`. */
function ranges(token: Token, base = 0): Range[] {
  return token.text.split(',').map((part) => {
    const found = RANGE.exec(part)
    if (found === null)
      throw new Mistake('A slice is [start:length], [first-last], [one], [:length] or [start:], counted from 0.', token.start, token.end)
    const [, first, colon, count, last, head] = found
    if (Number(head ?? (count === '' ? undefined : count)) === 0)
      throw new Mistake('A slice has at least one byte.', token.start, token.end)
    if (head !== undefined) return { from: base, count: Number(head), to: null }
    const from = Number(first)
    if (last !== undefined) {
      const to = Number(last)
      if (from >= 0 === to >= 0 && to < from)
        throw new Mistake(`The slice ends (${to}) before it starts (${from}).`, token.start, token.end)
      return { from, count: null, to }
    }
    if (colon === undefined) return { from, count: 1, to: null }
    return { from, count: count === '' || count === undefined ? null : Number(count), to: null }
  })
}
