// Whatever is typed: no exception, spans inside the text, repairs that are right.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkFilter, compileFilter, complete } from '../../../src/filter/index.ts'
import { makeBox, matches, registry } from './toy.ts'

const words = [
  'box',
  'note',
  'box.port',
  'box.name',
  'box.src',
  'box.rest',
  'box.flags.red',
  'box.six',
  'box.delay',
  'frame',
  'nonsense',
  'box.when',
]
const values = [
  '80',
  '0x50',
  '-1',
  '"a"',
  "'c'",
  'r"\\d"',
  '10.0.0.1',
  '10.0.0.0/8',
  '00:11',
  '::1',
  '1.5',
  'true',
  '"Note"',
  '2023-11-07T00:00:00Z',
]
const signs = [
  '==',
  '!=',
  '===',
  '!==',
  '>',
  '<=',
  'contains',
  'matches',
  'in',
  'not',
  'and',
  'or',
  'xor',
  '&&',
  '!',
  '&',
  '+',
  '-',
  '*',
  '/',
  '%',
]
const marks = [
  '(',
  ')',
  '{',
  '}',
  ',',
  '..',
  '[',
  ']',
  '[0:2]',
  '[-1]',
  '#1',
  '@',
  'any',
  'all',
  'len(',
  'count(',
  '"',
  "'",
  '=',
  '|',
  '\\',
  'é',
  '\u{1f600}',
]
const piece = fc.constantFrom(...words, ...values, ...signs, ...marks)

function examine(text: string): void {
  const checked = checkFilter(text, registry)
  if (checked.ok) {
    compileFilter(checked.filter)
    return
  }
  expect(checked.start).toBeGreaterThanOrEqual(0)
  expect(checked.end).toBeGreaterThanOrEqual(checked.start)
  expect(checked.end).toBeLessThanOrEqual(text.length)
  expect(checked.message.length).toBeGreaterThan(10)
  if (checked.fix !== undefined) expect(checkFilter(checked.fix, registry).ok, `${text} → ${checked.fix}`).toBe(true)
}

test('any text is checked without an exception', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), examine), { seed: 1, numRuns: 3000 })
})

test('any row of pieces is checked without an exception', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      examine(pieces.join(' '))
      examine(pieces.join(''))
    }),
    { seed: 2, numRuns: 6000 },
  )
})

test('completion takes any text and any caret', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.nat(80), (pieces, caret) => {
      const text = pieces.join(' ')
      const cursor = Math.min(caret, text.length)
      const { items, start, end } = complete(text, cursor, registry)
      expect(start).toBeLessThanOrEqual(cursor)
      expect(end).toBeGreaterThanOrEqual(cursor)
      expect(end).toBeLessThanOrEqual(text.length)
      for (const item of items) expect(item.text).not.toBe('')
    }),
    { seed: 3, numRuns: 2000 },
  )
})

const leaf = fc.constantFrom(
  ...[
    'box',
    'note',
    'box#2',
    'box.port == 80',
    'box.port != 80',
    'box.port !== 80',
    'box.name == "a"',
    'box.flags & 1',
    'note.text contains "a"',
  ],
  ...[
    'box.port in {80}',
    'box.port not in {80}',
    'all box.port > 79',
    'box.src == box.dst',
    'count(note.text) > 0',
    'box.rest[0] == 61',
    'frame contains "a"',
  ],
)
const filter = fc.letrec((tie) => ({
  test: fc.oneof(
    { maxDepth: 4 },
    leaf,
    tie('test').map((of) => `not (${String(of)})`),
    fc.tuple(tie('test'), fc.constantFrom('and', 'or', 'xor'), tie('test')).map(([a, sign, b]) => `(${String(a)}) ${sign} (${String(b)})`),
  ),
})).test as fc.Arbitrary<string>

const packet = fc
  .record({
    kind: fc.constantFrom(1, 4, 9),
    flags: fc.constantFrom(0, 1, 0x81),
    from: fc.constantFrom(80, 443),
    to: fc.constantFrom(80, 5000),
    name: fc.constantFrom('', 'a', 'ab'),
  })
  .map((parts) =>
    makeBox({ ...parts, rest: parts.kind === 4 ? makeBox({ kind: 1, name: 'a', rest: Buffer.from('abc') }) : Buffer.from('a') }),
  )

test('the laws of logic hold, and no packet that matches is ruled out beforehand', () => {
  fc.assert(
    fc.property(filter, filter, fc.oneof(packet, fc.constant(Uint8Array.of(0, 97))), (a, b, bytes) => {
      // `matches` also compares the answer with and without a plan, and with what mayMatch says.
      const one = matches(a, bytes)
      const two = matches(b, bytes)
      expect(matches(`!(${a})`, bytes)).toBe(!one)
      expect(matches(`(${a}) and (${b})`, bytes)).toBe(one && two)
      expect(matches(`(${a}) or (${b})`, bytes)).toBe(one || two)
      expect(matches(`(${a}) xor (${b})`, bytes)).toBe(one !== two)
    }),
    { seed: 4, numRuns: 1500 },
  )
})

test('deep and long filters are refused or run, never overflow', () => {
  expect(checkFilter(`${'('.repeat(50_000)}box`, registry).ok).toBe(false)
  expect(checkFilter(`${'!'.repeat(50_000)}box`, registry).ok).toBe(true)
  expect(checkFilter(Array(6000).fill('box').join(' or '), registry).ok).toBe(true)
  expect(checkFilter(`box.port == ${'-'.repeat(50_000)}1`, registry).ok).toBe(false)
  expect(checkFilter(`box.port ${'+ 1 '.repeat(9000)} == 1`, registry).ok).toBe(false)
  expect(checkFilter(`box.port ${'== 1 '.repeat(9000)}`, registry).ok).toBe(false)
  expect(checkFilter(`box.rest${'[0:1]'.repeat(9000)} == 1`, registry).ok).toBe(false)
  expect(checkFilter('x'.repeat(70_000), registry).ok).toBe(false)
})
