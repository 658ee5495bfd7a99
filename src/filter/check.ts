// Syntax tree → typed tree: names are looked up in the registry, literals become values of the type of the other side, and everything
// that cannot mean anything is refused before a packet is read.

import type { Registry } from '../core/registry.ts'
import { type CheckedElement, type CheckedTest, type Hint, typeText, type Value, type ValueType } from './checked.ts'
import { quoted } from './literals.ts'
import { Mistake } from './mistake.ts'
import { compilePattern } from './regex/matcher.ts'
import { PatternError } from './regex/syntax.ts'
import { testFor } from './repair.ts'
import type { Span, Term, Test } from './syntax.ts'
import { adapt, TermChecker } from './terms.ts'

type Part<K extends Test['kind']> = Extract<Test, { kind: K }>

/** Types a parsed filter. Throws a Mistake. */
export class TestChecker {
  /** The first thing worth telling somebody whose filter is right. */
  hint: Hint | null = null
  private readonly text: string
  private readonly registry: Registry
  private readonly terms: TermChecker

  constructor(text: string, registry: Registry) {
    this.text = text
    this.registry = registry
    this.terms = new TermChecker(text, registry)
  }

  check(test: Test): CheckedTest {
    switch (test.kind) {
      case 'and':
      case 'or':
      case 'xor':
        this.refuseBareValues(test)
        return { kind: test.kind, parts: test.parts.map((part) => this.check(part)) }
      case 'not':
        return { kind: 'not', of: this.check(test.of) }
      case 'test':
        return this.alone(test.of)
      case 'compare':
        return this.comparison(test)
      case 'in':
        return this.membership(test)
      case 'contains':
        return this.contains(test)
      case 'matches':
        return this.matches(test)
    }
  }

  private suggest(message: string, span: Span): void {
    this.hint ??= { message, start: span.start, end: span.end }
  }

  private slice(span: Span): string {
    return this.text.slice(span.start, span.end)
  }

  private isBare(test: Test): boolean {
    if (test.kind !== 'test') return false
    const { of } = test
    return of.kind === 'string' || of.kind === 'char' || (of.kind === 'word' && !of.raw && this.registry.find(of.text) === undefined)
  }

  /** `tcp.port == 80 || 443`: the values that stand alone belong into a set with the first. */
  private refuseBareValues(test: Part<'and' | 'or' | 'xor'>): void {
    for (let i = 1; i < test.parts.length; i++) {
      const first = test.parts[i - 1]!
      if (first.kind !== 'compare' || !this.isBare(test.parts[i]!)) continue
      if (first.relation !== '==' && first.relation !== '!=') continue
      let last = i
      while (last + 1 < test.parts.length && this.isBare(test.parts[last + 1]!)) last++
      const bare = test.parts.slice(i, last + 1)
      // A word that is nearly a field is a misspelt name, and no value.
      if (
        bare.some((part) => part.kind === 'test' && part.of.kind === 'word' && part.of.text.includes('.') && /^[a-z]/i.test(part.of.text))
      )
        return
      const left = this.slice(first.left)
      const values = [first.right, ...bare].map((part) => this.slice(part))
      const word = first.relation === '==' ? 'in' : 'not in'
      const together = test.kind === 'or' ? `${left} ${word} {${values.join(', ')}}` : ''
      const apart = values.map((value) => `${left} ${first.relation} ${value}`).join(test.kind === 'and' ? ' and ' : ' xor ')
      const instead = together === '' ? apart : together
      throw new Mistake(`${this.slice(bare[0]!)} is a value without a field: each test needs both.`, first.start, bare.at(-1)!.end, instead)
    }
  }

  private alone(term: Term): CheckedTest {
    const literal = term.kind === 'string' || term.kind === 'char' || (term.kind === 'word' && !this.terms.isName(term))
    if (literal) {
      if (term.kind === 'word' && /[a-z]/i.test(term.text) && testFor(term.text, false, this.registry).startsWith('frame contains')) {
        const unknown = this.terms.unknown(term)
        if (unknown.instead !== null || term.text.includes('.')) throw unknown
        throw new Mistake(unknown.message, term.start, term.end, testFor(term.text, false, this.registry))
      }
      const instead = testFor(term.text, term.kind !== 'word', this.registry)
      throw new Mistake(`${this.slice(term)} is a value, not a test. Did you mean ${instead}?`, term.start, term.end, instead)
    }
    const value = this.terms.value(term, null)
    if (value.node === 'field' || value.node === 'slice') {
      if (value.node === 'field' && value.type === 'bool' && value.fields.some((field) => field.mask !== 0))
        this.suggest(
          `${value.name} alone tests whether the field is there, not whether it is set. For that, write ${value.name} == 1`,
          term,
        )
      return { kind: 'exists', of: value }
    }
    if (value.node === 'call') {
      if (value.type === 'bool') return { kind: 'nonzero', of: value }
      const shown = this.slice(term)
      const instead = value.type === 'text' ? `${shown} == ""` : `${shown} > 0`
      throw new Mistake(`A function gives a value, which needs a comparison: ${instead}.`, term.start, term.end, instead)
    }
    if (value.node === 'constant')
      throw new Mistake(`${this.slice(term)} is always the same, whatever the packet. Compare it with a field.`, term.start, term.end)
    return { kind: 'nonzero', of: value }
  }

  private comparison(test: Part<'compare'>): CheckedTest {
    const { relation, quantifier } = test
    const [left, right] = this.terms.pair(test.left, test.right, test)
    if (relation === '!=' && quantifier === '' && left.node === 'field') {
      const both = `${this.slice(test.left)} == ${this.slice(test.right)}`
      this.suggest(`This matches packets in which no ${left.name} equals it. Packets without ${left.name} match only !(${both})`, test)
    }
    this.warnOfHexadecimal(left, test.right)
    return { kind: 'compare', relation, quantifier, left, right }
  }

  private warnOfHexadecimal(left: Value, right: Term): void {
    if (left.node === 'slice' && right.kind === 'word' && /^\d{2}$/.test(right.text))
      this.suggest(
        `Bytes are written in hexadecimal: ${right.text} is 0x${right.text} here. Write 0x${right.text} to make that plain`,
        right,
      )
    const unsigned = left.node === 'field' && left.type === 'integer' && left.fields.every((field) => field.type !== 'int')
    if (unsigned && right.kind === 'negate') this.suggest('The field is never negative', right)
  }

  private membership(test: Part<'in'>): CheckedTest {
    const left = this.terms.value(test.left, null)
    if (left.node === 'constant')
      throw new Mistake('On the left of "in" stands a field, in the braces stand the values.', test.left.start, test.left.end)
    if (left.type === 'group')
      throw new Mistake(`${this.slice(test.left)} has no value that could be in a set.`, test.left.start, test.left.end)
    const member = (term: Term): Value => {
      const dash = term.kind === 'word' && left.type === 'integer' ? /^(\d+)-(\d+)$/.exec(term.text) : null
      if (dash !== null)
        throw new Mistake(`A range is written with two dots: ${dash[1]}..${dash[2]}.`, term.start, term.end, `${dash[1]}..${dash[2]}`)
      const value = this.terms.against(term, left)
      return adapt(value, left, () => this.incompatible(test.left, left, term, value))
    }
    const elements = test.elements.map(({ low, high }): CheckedElement => {
      const from = member(low)
      const to = high === null ? null : member(high)
      if (from.node === 'constant' && to?.node === 'constant' && from.type === 'integer' && from.number > to.number)
        throw new Mistake(
          `The range ends (${to.number}) before it starts (${from.number}).`,
          low.start,
          high!.end,
          `${this.slice(high!)}..${this.slice(low)}`,
        )
      return { low: from, high: to }
    })
    return { kind: 'in', negated: test.negated, quantifier: test.quantifier, left, elements }
  }

  private incompatible(leftTerm: Span, left: Value, rightTerm: Span, right: Value): Mistake {
    const message = `${this.slice(leftTerm)} is ${typeText(left.type)}, ${this.slice(rightTerm)} is ${typeText(right.type)}: they cannot be compared.`
    return new Mistake(message, leftTerm.start, rightTerm.end)
  }

  private contains(test: Part<'contains' | 'matches'>): CheckedTest {
    const left = this.searched(test.left, 'contains', test.right)
    const right = this.terms.against(test.right, left, true)
    const adapted = adapt(right, left, () => this.incompatible(test.left, left, test.right, right))
    return { kind: 'contains', quantifier: test.quantifier, left, right: adapted }
  }

  private matches(test: Part<'contains' | 'matches'>): CheckedTest {
    const left = this.searched(test.left, 'matches', test.right)
    const { right } = test
    if (right.kind !== 'string') {
      const shown = this.slice(right)
      const instead = right.kind === 'word' ? quoted(right.text) : null
      throw new Mistake(`The pattern ${shown} must stand in double quotes.`, right.start, right.end, instead)
    }
    try {
      const matcher = compilePattern(String.fromCharCode(...right.bytes))
      return { kind: 'matches', quantifier: test.quantifier, left, matcher }
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      throw new Mistake(`The regular expression is wrong: ${error.message}.`, right.start, right.end)
    }
  }

  /** The left side of `contains` and `matches`: text or bytes. */
  private searched(term: Term, operator: 'contains' | 'matches', right: Term): Value {
    const left = this.terms.value(term, null)
    if (left.node === 'constant') throw new Mistake(`On the left of "${operator}" stands a field or a protocol.`, term.start, term.end)
    const { type } = left
    if (type === 'text' || type === 'bytes' || type === 'ether' || type === 'protocol') return left
    const name = this.slice(term)
    if (type === 'group') throw new Mistake(`${name} has no bytes to search.`, term.start, term.end)
    const whole = { start: term.start, end: right.end }
    const instead = numberInstead(name, type, right) ?? `string(${name}) ${operator} ${quotedTerm(right)}`
    throw new Mistake(
      `${name} is ${typeText(type)}, and "${operator}" searches text or bytes. Write ${instead}.`,
      whole.start,
      whole.end,
      instead,
    )
  }
}

function quotedTerm(term: Term): string {
  return term.kind === 'word' || term.kind === 'string' ? quoted(term.text) : '"…"'
}

/** `http.response.code matches "^2"` asks for a range of numbers; `ip.addr contains "10.0"` for a network. */
function numberInstead(name: string, type: ValueType, right: Term): string | null {
  if (right.kind !== 'string' && right.kind !== 'word') return null
  if (type === 'integer') {
    const found = /^\^([1-9])(?:\.\.|\[0-9\]\[0-9\]|\\d\\d|\\d\{2\}|\.\*|\d?)?\$?$/.exec(right.text)
    if (found === null || !/code|status/.test(name)) return null
    const hundreds = Number(found[1])
    return `${name} >= ${hundreds}00 and ${name} < ${hundreds + 1}00`
  }
  if (type === 'ipv4') {
    const network = /^\^?(\d{1,3}(?:\.\d{1,3}){0,2})\.?$/.exec(right.text)
    if (network === null) return null
    const parts = network[1]!.split('.')
    return `${name} == ${[...parts, '0', '0', '0'].slice(0, 4).join('.')}/${8 * parts.length}`
  }
  return null
}
