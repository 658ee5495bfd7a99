// The tree that the checker makes: every value has a type, every constant its bytes or number. The compiler reads only this.

import type { Field } from '../core/field.ts'
import type { Registry } from '../core/registry.ts'
import type { Matcher } from './regex/matcher.ts'
import type { ArithmeticSign, Quantifier, Range, Relation, Span } from './syntax.ts'

/**
 * What a value is while a filter runs. Numbers: integer, real, bool, duration and time (seconds), ipv4 (as a number). Runs of bytes:
 * text, bytes, ether, ipv6, protocol. `group` has no value, it only exists.
 */
export type ValueType =
  | 'integer'
  | 'real'
  | 'bool'
  | 'duration'
  | 'time'
  | 'ipv4'
  | 'text'
  | 'bytes'
  | 'ether'
  | 'ipv6'
  | 'protocol'
  | 'group'

export interface Constant {
  readonly node: 'constant'
  readonly type: ValueType
  /** Numbers as a double; for time and duration the whole seconds. */
  readonly number: number
  /** Integers that a double cannot hold; null for all others. */
  readonly exact: bigint | null
  /** Time and duration: nanoseconds beyond `number`, 0 … 999 999 999. */
  readonly nanos: number
  readonly bytes: Uint8Array
  /** ipv4, ipv6: how many leading bits count. */
  readonly bits: number
}

export type Value =
  | Constant
  | {
      readonly node: 'field'
      readonly type: ValueType
      readonly name: string
      readonly fields: readonly Field[]
      readonly layers: readonly Range[] | null
      /** `@field`: the bytes that the value was read from. */
      readonly raw: boolean
    }
  | { readonly node: 'slice'; readonly type: ValueType; readonly of: Value; readonly ranges: readonly Range[] }
  | { readonly node: 'call'; readonly type: ValueType; readonly name: string; readonly args: readonly Value[] }
  | { readonly node: 'arithmetic'; readonly type: ValueType; readonly sign: ArithmeticSign; readonly left: Value; readonly right: Value }
  | { readonly node: 'negate'; readonly type: ValueType; readonly of: Value }

export type FieldValue = Extract<Value, { node: 'field' }>

export interface CheckedElement {
  readonly low: Value
  readonly high: Value | null
}

export type CheckedTest =
  | { readonly kind: 'and' | 'or' | 'xor'; readonly parts: readonly CheckedTest[] }
  | { readonly kind: 'not'; readonly of: CheckedTest }
  | { readonly kind: 'exists'; readonly of: Value }
  | { readonly kind: 'nonzero'; readonly of: Value }
  | { readonly kind: 'compare'; readonly relation: Relation; readonly quantifier: Quantifier; readonly left: Value; readonly right: Value }
  | {
      readonly kind: 'in'
      readonly negated: boolean
      readonly quantifier: Quantifier
      readonly left: Value
      readonly elements: readonly CheckedElement[]
    }
  | { readonly kind: 'contains'; readonly quantifier: Quantifier; readonly left: Value; readonly right: Value }
  | { readonly kind: 'matches'; readonly quantifier: Quantifier; readonly left: Value; readonly matcher: Matcher }

/** A filter that means something; only for `compileFilter`. */
export interface CheckedFilter {
  readonly text: string
  /** Null: the empty filter, which matches everything. */
  readonly test: CheckedTest | null
  readonly registry: Registry
}

export interface Hint extends Span {
  readonly message: string
}

export const NUMERIC: ReadonlySet<ValueType> = new Set(['integer', 'real', 'bool', 'duration', 'time', 'ipv4'])

export function typeOf(field: Field): ValueType {
  switch (field.type) {
    case 'uint':
    case 'int':
    case 'frame':
      return 'integer'
    case 'double':
      return 'real'
    default:
      return field.type
  }
}

const WORDS: Readonly<Record<ValueType, string>> = {
  integer: 'a whole number',
  real: 'a number',
  bool: 'a flag',
  duration: 'a time span',
  time: 'a date and time',
  ipv4: 'an IPv4 address',
  text: 'text',
  bytes: 'bytes',
  ether: 'a MAC address',
  ipv6: 'an IPv6 address',
  protocol: 'a protocol',
  group: 'a group',
}

/** "a whole number": the type in messages. */
export function typeText(type: ValueType): string {
  return WORDS[type]
}

const NONE = new Uint8Array(0)

export function numberConstant(type: ValueType, number: number, exact: bigint | null = null): Constant {
  return { node: 'constant', type, number, exact, nanos: 0, bytes: NONE, bits: type === 'ipv4' ? 32 : 0 }
}

export function bytesConstant(type: ValueType, bytes: Uint8Array, bits = 8 * bytes.length): Constant {
  return { node: 'constant', type, number: 0, exact: null, nanos: 0, bytes, bits }
}

export function timeConstant(type: 'time' | 'duration', seconds: number, nanos: number): Constant {
  return { node: 'constant', type, number: seconds, exact: null, nanos, bytes: NONE, bits: 0 }
}
