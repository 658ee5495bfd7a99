// Capture filters: tokens to syntax. The grammar is pcap-filter(7)'s, whose rules differ from what one expects in two places:
// `and` and `or` bind equally and from the left, and a value without qualifiers takes those of the value before it
// (`tcp port 80 or 443`).
//
// One thing is added: `ip6 tcp port 80` and `ip port 80`, which libpcap refuses, mean `(ip6 and tcp port 80)` and `(ip and port 80)`.

import { lex, type Token } from './lex.ts'
import { CONSTANTS, FOREIGN, KEYWORDS, PROTOCOLS } from './names.ts'
import { Refusal } from './refusal.ts'
import type { Direction, Expression, Filter, Operator, ProtocolName, Relation, SyntaxProblem } from './syntax.ts'
import { type Qualifiers, readValue } from './values.ts'

export type Parsed =
  /** `text` is the filter as libpcap takes it; `filter` is null for the empty text, which accepts everything. */
  { readonly ok: true; readonly filter: Filter | null; readonly text: string } | ({ readonly ok: false } & SyntaxProblem)

/** Parentheses and negations within each other; libpcap's own parser gives up at a similar depth. */
const DEEPEST = 200

const RELATIONS: Readonly<Record<string, Relation>> = { '=': '=', '==': '=', '!=': '!=', '>': '>', '>=': '>=', '<': '<', '<=': '<=' }
const PRECEDENCE: Readonly<Record<string, number>> = { '|': 1, '&': 2, '<<': 3, '>>': 3, '+': 4, '-': 4, '*': 5, '/': 5, '%': 5, '^': 5 }

export function parse(text: string): Parsed {
  const tokens = lex(text)
  if (!Array.isArray(tokens)) return { ok: false, ...tokens }
  if (tokens.length === 1) return { ok: true, filter: null, text: '' }
  const parser = new Parser(tokens)
  try {
    const filter = parser.whole()
    return { ok: true, filter, text: insert(text, parser.insertions) }
  } catch (problem) {
    if (problem instanceof Refusal) return { ok: false, ...problem.problem }
    throw problem
  }
}

interface Insertion {
  readonly at: number
  readonly text: string
}

function insert(text: string, insertions: readonly Insertion[]): string {
  let out = ''
  let from = 0
  for (const { at, text: added } of insertions.toSorted((a, b) => a.at - b.at)) {
    out += text.slice(from, at) + added
    from = at
  }
  return out + text.slice(from)
}

class Parser {
  readonly insertions: Insertion[] = []
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0
  /** Qualifiers that a bare value after `and` or `or` takes; null after a primitive that has none. */
  private inherited: Qualifiers | null = null

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  whole(): Filter {
    const filter = this.filter()
    if (this.token.kind !== 'end') this.refuse(this.token.text === ')' ? 'closes no parenthesis' : 'is not expected here')
    return filter
  }

  private get token(): Token {
    return this.tokens[this.at] as Token
  }

  private get following(): Token {
    return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)] as Token
  }

  private refuse(message: string, token = this.token): never {
    throw new Refusal(token, token.kind === 'end' ? 'ends too early' : message, isForeign(token))
  }

  private take(...texts: readonly string[]): string | null {
    const { kind, text } = this.token
    if ((kind !== 'word' && kind !== 'symbol') || !texts.includes(text)) return null
    this.at++
    return text
  }

  private expect(text: string): void {
    if (!this.take(text)) this.refuse(`stands where "${text}" is expected`)
  }

  /** Descends one level; bounded, since the text is somebody's. */
  private nested<T>(parseInner: () => T): T {
    if (++this.depth > DEEPEST) this.refuse('is nested too deeply')
    const inner = parseInner()
    this.depth--
    return inner
  }

  private filter(): Filter {
    return this.chain(() => this.term(), true)
  }

  /** `first` and further terms (or bare values) joined by and, or. */
  private chain(parsePart: () => Filter, wide: boolean): Filter {
    let kind: 'and' | 'or' | null = null
    let parts: Filter[] = [parsePart()]
    for (;;) {
      const word = this.take('and', '&&', 'or', '||')
      if (!word) break
      const joined = word === 'and' || word === '&&' ? 'and' : 'or'
      if (kind !== null && kind !== joined) parts = [{ kind, parts }]
      kind = joined
      parts.push(wide ? this.termOrValue() : this.value())
    }
    return kind === null ? (parts[0] as Filter) : { kind, parts }
  }

  private termOrValue(): Filter {
    if (this.token.text === 'not' || this.token.text === '!') {
      this.at++
      return { kind: 'not', of: this.nested(() => this.termOrValue()) }
    }
    if (this.inherited && this.startsValue() && !this.startsComparison()) return this.value()
    return this.term()
  }

  private term(): Filter {
    if (this.take('not', '!')) return { kind: 'not', of: this.nested(() => this.term()) }
    const comparison = this.tryComparison()
    if (comparison) return comparison
    if (this.take('(')) {
      const inner = this.nested(() => this.filter())
      this.expect(')')
      return inner
    }
    return this.primitive()
  }

  private primitive(): Filter {
    const start = this.token
    if (start.kind !== 'word') this.refuse('needs a word before it that says what it is')
    const size = this.take('less', 'greater')
    if (size) return this.sizeLimit(size)
    if (this.take('vlan')) return this.vlan()
    if (this.token.text === 'broadcast' || this.token.text === 'multicast') return this.cast('ether')
    const protocol = this.takeProtocol()
    if (!protocol) return this.qualified('any', start)
    const next = this.token
    if (next.text === 'broadcast' || next.text === 'multicast') return this.cast(protocol)
    if (this.continuesPrimitive(protocol)) return this.qualified(protocol, start)
    this.inherited = null
    return { kind: 'protocol', protocol }
  }

  private takeProtocol(): Exclude<ProtocolName, 'any'> | null {
    const { kind, text } = this.token
    const protocol = kind === 'word' && Object.hasOwn(PROTOCOLS, text) ? PROTOCOLS[text] : undefined
    if (protocol === undefined) return null
    this.at++
    return protocol
  }

  private continuesPrimitive(protocol: ProtocolName): boolean {
    const { kind, text } = this.token
    if (kind !== 'word') return false
    if (['src', 'dst', 'host', 'net', 'port', 'portrange', 'proto'].includes(text)) return true
    return (protocol === 'ip' || protocol === 'ip6') && Object.hasOwn(PROTOCOLS, text)
  }

  /** What follows an optional protocol: direction and kind, then one value or several in parentheses. */
  private qualified(protocol: ProtocolName, start: Token): Filter {
    if ((protocol === 'ip' || protocol === 'ip6') && this.narrowsPorts()) return this.narrowed(protocol, start)
    const direction = this.direction()
    const kind = this.take('host', 'net', 'port', 'portrange', 'proto')
    if (!kind && !direction) this.refuse('is not expected here')
    if (kind === 'proto' && direction) this.refuse('has no direction')
    this.inherited = { protocol, direction: direction ?? 'either', kind: (kind as Qualifiers['kind'] | null) ?? 'host' }
    return this.value()
  }

  /** True at `tcp port 80`, `src port 80` and the like, which libpcap does not take behind `ip` or `ip6`. */
  private narrowsPorts(): boolean {
    if (Object.hasOwn(PROTOCOLS, this.token.text)) return true
    const from = this.at
    this.direction()
    const narrows = this.token.text === 'port' || this.token.text === 'portrange'
    this.at = from
    return narrows
  }

  private narrowed(protocol: 'ip' | 'ip6', start: Token): Filter {
    this.insertions.push({ at: start.start, text: '(' }, { at: (this.tokens[this.at - 1] as Token).end, text: ' and' })
    const inner = this.nested(() => this.primitive())
    this.insertions.push({ at: (this.tokens[this.at - 1] as Token).end, text: ')' })
    return { kind: 'and', parts: [{ kind: 'protocol', protocol }, inner] }
  }

  private direction(): Direction | null {
    const first = this.take('src', 'dst')
    if (!first) return null
    const other = first === 'src' ? 'dst' : 'src'
    const joined = this.token.text
    if (!['and', '&&', 'or', '||'].includes(joined) || this.following.text !== other) return first as Direction
    // `src or dst host x`, but `src 10.0.0.1 or dst 10.0.0.2` never comes here: a value stands before that `or`.
    this.at += 2
    return joined === 'and' || joined === '&&' ? 'both' : 'either'
  }

  private startsValue(): boolean {
    const { kind, text } = this.token
    return (
      (kind === 'word' && !KEYWORDS.has(text)) ||
      kind === 'escaped' ||
      kind === 'number' ||
      kind === 'dotted' ||
      kind === 'ip6' ||
      kind === 'ether'
    )
  }

  /** A value, or values in parentheses, with the qualifiers at hand. */
  private value(): Filter {
    if (this.take('not', '!')) return { kind: 'not', of: this.nested(() => this.value()) }
    if (this.take('(')) {
      const inner = this.nested(() => this.chain(() => this.value(), false))
      this.expect(')')
      return inner
    }
    const first = this.token
    if (!this.startsValue()) this.refuse(`stands where a ${this.inherited?.kind ?? 'value'} is expected`)
    this.at++
    const suffix = this.take('/', 'mask')
    const second = suffix ? this.token : null
    if (suffix) this.at++
    return readValue(this.inherited as Qualifiers, first, suffix as '/' | 'mask' | null, second)
  }

  private sizeLimit(word: string): Filter {
    const right: Expression = { kind: 'number', value: this.number() }
    this.inherited = null
    return { kind: 'compare', relation: word === 'less' ? '<=' : '>=', left: { kind: 'length' }, right }
  }

  private vlan(): Filter {
    this.inherited = null
    if (this.token.kind !== 'number') return { kind: 'vlan', id: null }
    const token = this.token
    const id = this.number()
    if (id > 4095) this.refuse('is more than 4095, the largest VLAN number', token)
    return { kind: 'vlan', id }
  }

  private cast(protocol: ProtocolName): Filter {
    if (protocol !== 'ether' && protocol !== 'ip' && protocol !== 'ip6') this.refuse(`cannot follow ${protocol}`)
    if (protocol !== 'ether' && this.token.text === 'broadcast') {
      // It depends on the network's mask, which only the capturing program knows.
      throw new Refusal(this.token, `cannot follow ${protocol}`, true)
    }
    const to = this.take('broadcast', 'multicast') as 'broadcast' | 'multicast'
    this.inherited = null
    return { kind: 'cast', protocol, to }
  }

  private number(): number {
    if (this.token.kind !== 'number') this.refuse('stands where a number is expected')
    const value = Number(this.token.text)
    if (value > 0xffff_ffff) this.refuse('is too large')
    this.at++
    return value
  }

  private startsComparison(): boolean {
    const { text, kind } = this.following
    return kind === 'symbol' && text !== '(' && text !== ')' && text !== '/' && text !== '!' && text !== '&&' && text !== '||'
  }

  /** `tcp[13] & 2 != 0`, or null when no comparison stands here. */
  private tryComparison(): Filter | null {
    const { kind, text } = this.token
    const begins =
      kind === 'number' ||
      text === '-' ||
      text === '(' ||
      text === 'len' ||
      text === 'length' ||
      this.following.text === '[' ||
      Object.hasOwn(CONSTANTS, text)
    if (!begins) return null
    const from = this.at
    const depth = this.depth
    const mustBe = kind === 'symbol' ? text === '-' : kind === 'word'
    try {
      const left = this.expression(1)
      const relation = this.token.kind === 'symbol' && Object.hasOwn(RELATIONS, this.token.text) ? RELATIONS[this.token.text] : undefined
      if (relation === undefined) return this.abandon(from, depth, mustBe)
      this.at++
      const right = this.expression(1)
      this.inherited = null
      return { kind: 'compare', relation, left, right }
    } catch (refusal) {
      if (mustBe || this.tokens[from]?.kind !== 'symbol' || !(refusal instanceof Refusal)) throw refusal
      return this.abandon(from, depth, false)
    }
  }

  private abandon(from: number, depth: number, mustBe: boolean): null {
    if (mustBe) this.refuse('stands where a comparison such as "!= 0" is expected')
    this.at = from
    this.depth = depth
    return null
  }

  private expression(lowest: number): Expression {
    let left = this.operand()
    for (;;) {
      const { kind, text } = this.token
      const precedence = kind === 'symbol' && Object.hasOwn(PRECEDENCE, text) ? (PRECEDENCE[text] as number) : 0
      if (precedence < lowest) return left
      this.at++
      const right = this.nested(() => this.expression(precedence + 1))
      left = { kind: 'operation', operator: text as Operator, left, right }
    }
  }

  private operand(): Expression {
    if (this.take('-')) return { kind: 'negated', of: this.nested(() => this.operand()) }
    if (this.take('len', 'length')) return { kind: 'length' }
    if (this.take('(')) {
      const inner = this.nested(() => this.expression(1))
      this.expect(')')
      return inner
    }
    const { kind, text } = this.token
    if (kind === 'word' && Object.hasOwn(CONSTANTS, text)) {
      this.at++
      return { kind: 'number', value: CONSTANTS[text] as number }
    }
    if (kind === 'number') return { kind: 'number', value: this.number() }
    return this.load()
  }

  private load(): Expression {
    const protocol = this.takeProtocol()
    if (!protocol) this.refuse('is no number and no protocol')
    this.expect('[')
    const index = this.nested(() => this.expression(1))
    let size = 1
    if (this.take(':')) {
      const token = this.token
      size = this.number()
      if (size !== 1 && size !== 2 && size !== 4) this.refuse('must be 1, 2 or 4 bytes', token)
    }
    this.expect(']')
    return { kind: 'load', protocol, index, size: size as 1 | 2 | 4 }
  }
}

function isForeign(token: Token): boolean {
  return token.kind === 'word' && FOREIGN.has(token.text)
}
