// Ways to go on with a filter at the caret: field names, operators, value names, functions.

import type { Field } from '../core/field.ts'
import type { Registry } from '../core/registry.ts'
import { typeOf } from './checked.ts'
import { FUNCTIONS } from './functions.ts'
import { lex, type Token } from './lex.ts'

export interface Completion {
  /** What stands in the text then, in place of start … end. */
  readonly text: string
  /** What it is, in a few words. */
  readonly about: string
}

export interface Completions {
  readonly items: readonly Completion[]
  readonly start: number
  readonly end: number
}

/** More than a list on the screen can show; the caller cuts. */
const MOST = 50

const RELATIONS: ReadonlySet<string> = new Set(['==', '!=', '===', '!==', '>', '<', '>=', '<='])

/** What can stand at `cursor`, best first. The text need not be right. */
export function complete(text: string, cursor: number, registry: Registry): Completions {
  const head = text.slice(0, cursor)
  const word = /(?:[\w.][\w.-]*|@[\w.]*)$/.exec(head)?.[0].replace(/^@/, '') ?? ''
  const start = cursor - word.length
  const tail = /^[\w.-]*/.exec(text.slice(cursor))![0]
  const end = cursor + tail.length
  const before = tokensOf(head.slice(0, start))
  if (before === null) return { items: [], start, end }
  const last = before.at(-1)
  if (last !== undefined && last.kind === 'operator' && (RELATIONS.has(last.text) || last.text === '{' || last.text === ',')) {
    const field = fieldBefore(before, registry)
    if (field !== null) return { items: values(field, word), start, end }
  }
  if (endsValue(last) && (before.length === 0 || head[start - 1] === ' ')) {
    const field = last === undefined ? null : fieldBefore(before, registry)
    return { items: operators(field, before, word), start, end }
  }
  return { items: names(word, registry), start, end }
}

function tokensOf(text: string): readonly Token[] | null {
  try {
    return lex(text).slice(0, -1)
  } catch {
    return null
  }
}

function endsValue(token: Token | undefined): boolean {
  if (token === undefined) return false
  return token.kind !== 'operator' || token.text === ')' || token.text === '}'
}

/** The field on the left of the test that the caret stands in. */
function fieldBefore(tokens: readonly Token[], registry: Registry): Field | null {
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i]!
    if (token.kind === 'operator' && ['&&', '||', '^^', '!', '('].includes(token.text)) return null
    if (token.kind === 'word') {
      const found = registry.find(token.text)
      if (found !== undefined) return found[0]!
    }
  }
  return null
}

function names(word: string, registry: Registry): Completion[] {
  const lower = word.toLowerCase()
  const all = registry.names()
  const about = (name: string): Completion => ({ text: name, about: registry.find(name)![0]!.about })
  const byLength = (a: string, b: string) => depth(a) - depth(b) || (a < b ? -1 : 1)
  const starting = all.filter((name) => name.startsWith(lower)).sort(byLength)
  const within = lower.length < 2 ? [] : all.filter((name) => !name.startsWith(lower) && name.includes(`.${lower}`)).sort(byLength)
  const functions = lower === '' ? [] : Object.keys(FUNCTIONS).filter((name) => name.startsWith(lower))
  return [
    ...starting.slice(0, MOST).map(about),
    ...functions.map((name) => ({ text: `${name}(`, about: FUNCTIONS[name]!.about })),
    ...within.slice(0, MOST).map(about),
  ].slice(0, MOST)
}

function depth(name: string): number {
  return name.split('.').length
}

function values(field: Field, word: string): Completion[] {
  const lower = word.toLowerCase()
  if (field.type === 'bool')
    return [
      { text: '1', about: field.states[0] },
      { text: '0', about: field.states[1] },
    ].filter((item) => item.text.startsWith(lower))
  return Object.entries(field.names ?? {})
    .filter(([number, name]) => number.startsWith(lower) || name.toLowerCase().includes(lower))
    .slice(0, MOST)
    .map(([number, name]) => ({ text: `"${name.replace(/["\\]/g, '\\$&')}"`, about: `${field.name} ${number}` }))
}

const JOINS: readonly Completion[] = [
  { text: 'and', about: 'both tests must hold' },
  { text: 'or', about: 'one of the tests must hold' },
  { text: 'xor', about: 'exactly one of the tests must hold' },
]

const EQUAL: readonly Completion[] = [
  { text: '==', about: 'is equal' },
  { text: '!=', about: 'is there and differs' },
]
const ORDER: readonly Completion[] = [
  { text: '>', about: 'is greater' },
  { text: '<', about: 'is less' },
  { text: '>=', about: 'is at least' },
  { text: '<=', about: 'is at most' },
]
const MEMBER: Completion = { text: 'in', about: 'is one of a set: {1, 2, 5..9}' }
const SEARCH: readonly Completion[] = [
  { text: 'contains', about: 'has this text or these bytes inside' },
  { text: 'matches', about: 'matches this regular expression' },
]

/** Behind a value: what it can be compared by, or how the next test is joined when it already is a whole test. */
function operators(field: Field | null, before: readonly Token[], word: string): Completion[] {
  const compared = before.some(
    (token, i) =>
      i > lastJoin(before) && token.kind === 'operator' && (RELATIONS.has(token.text) || /^(?:in|contains|matches)$/.test(token.text)),
  )
  const type = field === null ? null : typeOf(field)
  const list =
    compared || type === null || type === 'group'
      ? JOINS
      : type === 'protocol'
        ? [...SEARCH, ...JOINS, ...EQUAL]
        : type === 'text' || type === 'bytes' || type === 'ether'
          ? [...EQUAL, ...SEARCH, MEMBER, ...ORDER, ...JOINS]
          : type === 'bool'
            ? [...EQUAL, ...JOINS]
            : [...EQUAL, ...ORDER, MEMBER, ...JOINS]
  return list.filter((item) => item.text.startsWith(word))
}

function lastJoin(tokens: readonly Token[]): number {
  return tokens.findLastIndex((token) => token.kind === 'operator' && (token.text === '&&' || token.text === '||' || token.text === '^^'))
}
