// Typing of values: fields, slices, functions, arithmetic, and literals, which take the type of what they stand against.

import type { Registry } from '../core/registry.ts'
import {
  bytesConstant,
  type Constant,
  type FieldValue,
  NUMERIC,
  numberConstant,
  timeConstant,
  typeOf,
  typeText,
  type Value,
  type ValueType,
} from './checked.ts'
import { FUNCTIONS } from './functions.ts'
import { type Expected, integerConstant, type LiteralTerm, parseBytes, parseInteger, quoted, readLiteral, valueOfName } from './literals.ts'
import { Mistake } from './mistake.ts'
import { editDistance, explainUnknown } from './repair.ts'
import type { Span, Term } from './syntax.ts'

const BYTES: ReadonlySet<ValueType> = new Set(['bytes', 'ether', 'protocol'])
const SLICEABLE: ReadonlySet<ValueType> = new Set(['text', 'bytes', 'ether', 'ipv4', 'ipv6', 'protocol'])

type Kinds<K extends Term['kind']> = Extract<Term, { kind: K }>

/** `value` as it can be compared with `other`; calls `refuse` for what has no common meaning. */
export function adapt(value: Value, other: Value, refuse: () => Mistake): Value {
  if (value.type === other.type) return value
  if (BYTES.has(value.type) && BYTES.has(other.type)) return value
  if (other.node === 'slice' || value.node === 'slice') {
    if ((BYTES.has(value.type) || SLICEABLE.has(value.type)) && SLICEABLE.has(other.type)) return value
  }
  const plain = (type: ValueType) => type === 'integer' || type === 'real' || type === 'duration'
  if (plain(value.type) && plain(other.type)) return value
  throw refuse()
}

export class TermChecker {
  private readonly text: string
  private readonly registry: Registry

  constructor(text: string, registry: Registry) {
    this.text = text
    this.registry = registry
  }

  isName(term: Kinds<'word'>): boolean {
    return term.raw || term.layers !== null || this.registry.find(fieldName(term.text)) !== undefined
  }

  unknown(term: Kinds<'word'>): Mistake {
    const { message, instead } = explainUnknown(fieldName(term.text), this.registry)
    const at = term.raw ? term.start + 1 : term.start
    return new Mistake(message, at, at + term.text.length, instead)
  }

  /** Does the term take its type from what it stands against? */
  private isLiteral(term: Term): boolean {
    switch (term.kind) {
      case 'string':
      case 'char':
        return true
      case 'word':
        return !this.isName(term)
      case 'negate':
        return this.isLiteral(term.of)
      case 'arithmetic':
        return this.isLiteral(term.left) && this.isLiteral(term.right)
      default:
        return false
    }
  }

  /** Both sides of a comparison; the one that is no literal gives the type. */
  pair(left: Term, right: Term, whole: Span): [Value, Value] {
    if (this.isLiteral(left)) {
      if (this.isLiteral(right)) {
        if (left.kind === 'word' && /[a-z_]/i.test(left.text[0]!)) throw this.unknown(left)
        throw new Mistake('There is no field in this comparison, so it says nothing about a packet.', whole.start, whole.end)
      }
      const typed = this.comparable(right, whole)
      return [this.matched(left, typed, right), typed]
    }
    const typed = this.comparable(left, whole)
    return [typed, this.matched(right, typed, left)]
  }

  private comparable(term: Term, whole: Span): Value {
    const value = this.value(term, null)
    if (value.type !== 'group') return value
    const name = this.text.slice(term.start, term.end)
    throw new Mistake(`${name} has no value to compare. Test only whether it is there: ${name}`, whole.start, whole.end, name)
  }

  private matched(term: Term, typed: Value, typedTerm: Term): Value {
    const value = this.against(term, typed)
    return adapt(value, typed, () => {
      if (term.kind === 'word' && typed.node === 'field' && valueOfName(term.text, typed.fields) !== null) {
        const name = quoted(term.text)
        return new Mistake(`${term.text} is the name of a protocol. The value of that name is written ${name}.`, term.start, term.end, name)
      }
      const [a, b] = term.start < typedTerm.start ? [term, typedTerm] : [typedTerm, term]
      const of = (t: Term) => `${this.text.slice(t.start, t.end)} is ${typeText(t === term ? value.type : typed.type)}`
      return new Mistake(`${of(a)}, ${of(b)}: they cannot be compared.`, a.start, b.end)
    })
  }

  /** A term that stands against a typed value: literals take its type. */
  against(term: Term, other: Value, partial = false): Value {
    const field = other.node === 'field' && !other.raw ? other : null
    const sliced = other.node === 'slice' || (other.node === 'field' && other.raw)
    if (sliced && term.kind === 'word' && !this.isName(term)) {
      // A byte as a number: [0] == 0x47.
      const bytes = parseBytes(term.text)
      if (bytes !== null) return bytesConstant('bytes', bytes)
    }
    if (term.kind === 'arithmetic' && this.isLiteral(term) && (other.type === 'text' || other.type === 'bytes')) {
      const shown = this.text.slice(term.start, term.end)
      throw new Mistake(`Text with signs in it must stand in double quotes.`, term.start, term.end, quoted(shown))
    }
    return this.value(term, {
      type: other.type,
      name: field?.name ?? '',
      fields: field?.fields ?? [],
      partial: partial || sliced || other.node === 'arithmetic',
      named: true,
    })
  }

  /** Types a term; `expected` is what literals in it stand against, null where they must be fields. */
  value(term: Term, expected: Expected | null): Value {
    switch (term.kind) {
      case 'word':
        if (this.isName(term)) return this.field(term)
        if (expected === null) throw this.unknown(term)
        return this.literal(term, expected)
      case 'string':
      case 'char':
        if (expected === null) throw new Mistake('A value stands here where a field is needed.', term.start, term.end)
        return this.literal(term, expected)
      case 'slice':
        return this.slice(term, expected)
      case 'call':
        return this.call(term)
      case 'negate':
        return this.negated(term, expected)
      case 'arithmetic':
        return this.arithmetic(term, expected)
    }
  }

  private literal(term: LiteralTerm, expected: Expected): Constant {
    // A misspelt field on the right: "tcp.srcport == tcp.dstprot".
    if (
      term.kind === 'word' &&
      NUMERIC.has(expected.type) &&
      /^[a-z]\w*\.[a-z]/i.test(term.text) &&
      expected.fields.every((f) => f.names === null)
    ) {
      const unknown = this.unknown(term)
      if (unknown.instead !== null) throw unknown
    }
    return readLiteral(term, expected)
  }

  private field(term: Kinds<'word'>): FieldValue {
    const name = fieldName(term.text)
    const fields = this.registry.find(name)
    if (fields === undefined) throw this.unknown(term)
    const type = typeOf(fields[0]!)
    if (term.raw && type === 'group')
      throw new Mistake(`${name} only groups other fields and has no bytes of its own.`, term.start, term.end)
    return { node: 'field', type: term.raw ? 'bytes' : type, name, fields, layers: term.layers, raw: term.raw }
  }

  private slice(term: Kinds<'slice'>, expected: Expected | null): Value {
    const of = this.value(term.of, expected)
    if (of.node === 'constant') throw new Mistake('Only fields have slices.', term.start, term.end)
    if (!SLICEABLE.has(of.type)) {
      const name = this.text.slice(term.of.start, term.of.end)
      const instead = term.of.kind === 'word' && !term.of.raw ? `@${this.text.slice(term.start, term.end)}` : null
      throw new Mistake(
        `${name} is ${typeText(of.type)}, which has no slices.${instead === null ? '' : ` Its bytes are @${name}.`}`,
        term.start,
        term.end,
        instead,
      )
    }
    return { node: 'slice', type: of.type === 'text' ? 'text' : 'bytes', of, ranges: term.ranges }
  }

  private call(term: Kinds<'call'>): Value {
    const spec = Object.hasOwn(FUNCTIONS, term.name) ? FUNCTIONS[term.name] : undefined
    if (spec === undefined) {
      const near = Object.keys(FUNCTIONS).find((name) => editDistance(name, term.name.toLowerCase(), 3) < 3) ?? null
      const known = near === null ? ` Functions are ${Object.keys(FUNCTIONS).slice(0, 8).join(', ')} …` : ` Did you mean ${near}?`
      throw new Mistake(`There is no function "${term.name}".${known}`, term.start, term.nameEnd, near)
    }
    const { args } = term
    if (args.length === 0) throw new Mistake(`${term.name}() needs ${spec.wants}.`, term.start, term.end)
    if (args.length > spec.most)
      throw new Mistake(`${term.name}() takes ${spec.most === 1 ? 'one argument' : `at most ${spec.most}`}.`, term.start, term.end)
    const values = args.map((arg) => {
      if (this.isLiteral(arg)) {
        if (arg.kind === 'word' && /[a-z]/i.test(arg.text[0]!)) throw this.unknown(arg)
        throw new Mistake(`${term.name}() needs ${spec.wants}, and this is always the same.`, arg.start, arg.end)
      }
      const value = this.value(arg, null)
      if (!spec.accepts(value.type))
        throw new Mistake(
          `${term.name}() needs ${spec.wants}, and ${this.text.slice(arg.start, arg.end)} is ${typeText(value.type)}.`,
          arg.start,
          arg.end,
        )
      if (spec.fieldsOnly && value.node !== 'field') throw new Mistake(`${term.name}() needs the name of a field.`, arg.start, arg.end)
      return value
    })
    const { type } = values[0]!
    const odd = values.findIndex((value) => value.type !== type)
    if (odd > 0) throw new Mistake(`All arguments of ${term.name}() must be of one kind.`, args[odd]!.start, args[odd]!.end)
    return { node: 'call', type: spec.result(type), name: term.name, args: values }
  }

  private negated(term: Kinds<'negate'>, expected: Expected | null): Value {
    if (term.of.kind === 'word' && !this.isName(term.of) && expected !== null) return this.negativeLiteral(term, term.of, expected)
    const of = this.value(term.of, expected)
    if (of.type !== 'integer' && of.type !== 'real' && of.type !== 'duration')
      throw new Mistake(`A minus needs a number, and this is ${typeText(of.type)}.`, term.start, term.end)
    return of.node === 'constant' ? negate(of) : { node: 'negate', type: of.type, of }
  }

  private negativeLiteral(term: Kinds<'negate'>, of: Kinds<'word'>, expected: Expected): Value {
    if (expected.type === 'integer') {
      const value = parseInteger(of.text)
      if (value === null) return readLiteral(of, expected)
      return integerConstant(-value)
    }
    if (expected.type === 'duration' || expected.type === 'time' || expected.type === 'real') return negate(readLiteral(of, expected))
    if (expected.type === 'bool') return numberConstant('bool', readLiteral(of, expected).number)
    if (expected.type === 'text') return readLiteral({ ...of, text: `-${of.text}` }, expected)
    throw new Mistake(`A minus needs a number, and this is compared with ${typeText(expected.type)}.`, term.start, term.end)
  }

  private arithmetic(term: Kinds<'arithmetic'>, expected: Expected | null): Value {
    const leftIsLiteral = this.isLiteral(term.left)
    const rightIsLiteral = this.isLiteral(term.right)
    let left: Value
    let right: Value
    if (leftIsLiteral && rightIsLiteral) {
      if (expected === null) throw new Mistake('There is no field in this calculation.', term.start, term.end)
      const free = { ...expected, fields: [], named: false }
      left = this.value(term.left, free)
      right = this.value(term.right, free)
    } else if (leftIsLiteral) {
      right = this.value(term.right, expected)
      left = this.value(term.left, operand(right))
    } else {
      left = this.value(term.left, expected)
      right = rightIsLiteral ? this.value(term.right, operand(left)) : this.value(term.right, expected)
    }
    const type = resultType(term.sign, left.type, right.type)
    if (type === null) {
      const one = this.text.slice(term.left.start, term.left.end)
      const message =
        left.type === right.type
          ? `${one} is ${typeText(left.type)}`
          : `${typeText(left.type)} and ${typeText(right.type)} do not go together`
      throw new Mistake(`"${term.sign}" cannot calculate this: ${message}.`, term.start, term.end)
    }
    if (
      right.node === 'constant' &&
      right.number === 0 &&
      right.nanos === 0 &&
      (term.sign === '/' || term.sign === '%') &&
      right.exact === null
    )
      throw new Mistake('Nothing can be divided by zero.', term.right.start, term.right.end)
    if (left.node === 'constant' && right.node === 'constant') return this.folded(term, left, right, type)
    return { node: 'arithmetic', type, sign: term.sign, left, right }
  }

  private folded(term: Kinds<'arithmetic'>, left: Constant, right: Constant, type: ValueType): Constant {
    if (type !== 'integer') throw new Mistake('Write the result of this calculation itself.', term.start, term.end)
    const a = left.exact ?? BigInt(left.number)
    const b = right.exact ?? BigInt(right.number)
    switch (term.sign) {
      case '+':
        return integerConstant(a + b)
      case '-':
        return integerConstant(a - b)
      case '*':
        return integerConstant(a * b)
      case '/':
        return integerConstant(a / b)
      case '%':
        return integerConstant(a % b)
      case '&':
        return integerConstant(a & b)
    }
  }
}

/** Names that protocols had in earlier versions of Wireshark; filters still take them. */
const FORMER: Readonly<Record<string, string>> = { ssl: 'tls', bootp: 'dhcp' }

function fieldName(text: string): string {
  return text.replace(/^\./, '').replace(/^(ssl|bootp)(?=\.|$)/, (name) => FORMER[name]!)
}

function operand(value: Value): Expected {
  const type = value.type === 'time' ? 'duration' : value.type
  return { type, name: '', fields: [], partial: true, named: false }
}

function negate(constant: Constant): Constant {
  if (constant.type === 'duration' || constant.type === 'time') {
    const { number, nanos } = constant
    return nanos === 0 ? timeConstant(constant.type, -number, 0) : timeConstant(constant.type, -number - 1, 1_000_000_000 - nanos)
  }
  return constant.exact === null ? { ...constant, number: -constant.number } : integerConstant(-constant.exact)
}

/** What a calculation gives, or null where it means nothing. */
function resultType(sign: string, left: ValueType, right: ValueType): ValueType | null {
  const both = (type: ValueType) => left === type && right === type
  if (sign === '&') {
    if (both('integer') || both('ipv4') || both('ipv6')) return left
    return BYTES.has(left) && BYTES.has(right) ? 'bytes' : null
  }
  if (both('integer')) return 'integer'
  const plain = (type: ValueType) => type === 'integer' || type === 'real'
  if (plain(left) && plain(right)) return 'real'
  if (sign === '%') return null
  if (left === 'time' && right === 'time') return sign === '-' ? 'duration' : null
  if (left === 'time' && right === 'duration') return sign === '+' || sign === '-' ? 'time' : null
  if (both('duration')) return sign === '+' || sign === '-' ? 'duration' : sign === '/' ? 'real' : null
  if (left === 'duration' && plain(right)) return sign === '*' || sign === '/' ? 'duration' : null
  if (plain(left) && right === 'duration') return sign === '*' ? 'duration' : null
  return null
}
