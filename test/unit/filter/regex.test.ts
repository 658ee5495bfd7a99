import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePattern } from '../../../src/filter/regex/matcher.ts'
import { PatternError } from '../../../src/filter/regex/syntax.ts'

function matches(pattern: string, text: string): boolean {
  const bytes = Buffer.from(text, 'latin1')
  const wide = Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('yy')])
  const matcher = compilePattern(pattern)
  const answer = matcher.matches(bytes, 0, bytes.length)
  // The same bytes inside a longer run, and once more with the states that are already there.
  expect(matcher.matches(wide, 2, 2 + bytes.length)).toBe(answer)
  return answer
}

/** [pattern, texts that match, texts that do not] */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['abc', ['abc', 'xABCx'], ['ab', 'acb', '']],
  ['(?-i)abc', ['abc'], ['ABC']],
  ['a(?-i:b)c', ['AbC'], ['aBc']],
  ['(?-i)a(?i)b', ['ab', 'aB'], ['Ab']],
  ['^abc$', ['abc', 'abc\n'], ['xabc', 'abc\n\n', 'abcd']],
  ['\\Aabc\\z', ['abc'], ['abc\n']],
  ['abc\\Z', ['abc', 'abc\n'], ['abcd']],
  ['(?m)^b$', ['a\nb\nc', 'b'], ['ab', 'a\nbc']],
  ['^$', ['', '\n'], ['a']],
  ['$\\n', ['a\n'], ['a', '\n\nb']],
  ['a.c', ['abc', 'a\rc'], ['a\nc']],
  ['(?s)a.c', ['a\nc'], ['ac']],
  ['a*', ['', 'b'], []],
  ['^a*$', ['', 'aaa'], ['ab']],
  ['^a+b?c{2}d{1,3}e{2,}$', ['accdee', 'aabccdddeee'], ['acde', 'accddddee', 'accde']],
  ['^a{,2}$', ['a{,2}'], ['aa']],
  ['x{2', ['x{2'], ['xx']],
  ['^(ab|cd)+$', ['abcdab', 'CD'], ['abc', '']],
  ['^(?:a|b(?:c|d))$', ['a', 'bc', 'bd'], ['b', 'ad']],
  ['^(?<name>a)(?P<other>b)$', ['ab'], ['a']],
  ['[a-c]', ['b', 'B'], ['d']],
  ['^[^a-c]$', ['d'], ['b', 'B', '']],
  ['^[]a]+$', [']a]'], ['b']],
  ['^[a\\]-]+$', ['a]-'], ['b']],
  ['^[\\d\\-x]+$', ['12-x'], ['y']],
  ['^[[:alpha:]]+$', ['abZ'], ['a1']],
  ['^[[:^digit:]]$', ['a'], ['1']],
  ['^\\d\\D\\w\\W\\s\\S$', ['1a_- x'], ['aa_- x', '1a_-xx']],
  ['^\\h\\v\\N\\R$', ['\t\nx\r\n', ' \rx\n'], ['a\nx\n']],
  ['\\bcat\\b', ['a cat!', 'cat'], ['concat', 'cats']],
  ['\\Bcat', ['concat'], ['a cat']],
  ['\\x41\\x{42}\\103\\t', ['ABC\t'], ['AB']],
  ['\\.\\*\\\\', ['.*\\'], ['a*\\']],
  ['^\\Qa.b*\\E+$', ['a.b**'], ['axb']],
  ['\\x00', ['a\0b'], ['ab']],
  ['\xe9', ['caf\xe9'], ['cafe']],
  ['(?x) a b # comment\n c', ['abc'], ['a b']],
  ['a(?#comment)b', ['ab'], ['a']],
  ['a|', ['', 'x'], []],
  ['()', [''], []],
  ['a??b', ['b', 'ab'], ['a']],
  ['^(a?){20}a{20}$', ['a'.repeat(20), 'a'.repeat(40)], ['a'.repeat(19), 'a'.repeat(41)]],
  ['^(?:GET|POST) /\\S* HTTP/1\\.[01]\\r\\n', ['GET /x HTTP/1.1\r\nHost: a'], ['GET /x y HTTP/1.1\r\n']],
]

test.each(cases)('%s', (pattern, yes, no) => {
  for (const text of yes) expect(matches(pattern, text), `${pattern} on ${JSON.stringify(text)}`).toBe(true)
  for (const text of no) expect(matches(pattern, text), `${pattern} on ${JSON.stringify(text)}`).toBe(false)
})

test.each([
  ['(', 'not closed'],
  [')', 'closes nothing'],
  ['a)', 'closes nothing'],
  ['[a', 'not closed'],
  ['[z-a]', 'ends before'],
  ['*a', 'repeats nothing'],
  ['a{3,1}', 'below its start'],
  ['a{2000}', 'limited'],
  ['(a{1000}){1000}', 'too large'],
  ['a++', 'possessive'],
  ['(?=a)', 'lookaround'],
  ['(?<!a)b', 'lookaround'],
  ['(?>a)', 'atomic'],
  ['(a)\\1', 'back references'],
  ['\\k<a>', 'back references'],
  ['(?(1)a)', 'conditions'],
  ['(*FAIL)', 'verbs'],
  ['\\pL', 'not supported'],
  ['[[:nope:]]', 'no class'],
  ['\\', 'ends in a backslash'],
  [`${'('.repeat(300)}a${')'.repeat(300)}`, 'too deeply'],
])('%s is refused', (pattern, why) => {
  expect(() => compilePattern(pattern)).toThrow(PatternError)
  expect(() => compilePattern(pattern)).toThrow(why)
})

const atom = fc.constantFrom('a', 'b', 'A', '.', '\\n', '[ab]', '[^a]', '\\w', '\\d', '^', '$', '\\b', '\\B', '1', ' ')
const pattern = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    atom,
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `${String(a)}${String(b)}`),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${String(a)}|${String(b)})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '*?')).map(([a, n]) => `(?:${String(a)})${n}`),
  ),
})).node as fc.Arbitrary<string>

test('agrees with the engine of the language on the patterns that both know', () => {
  fc.assert(
    fc.property(
      pattern,
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'B', '1', ' ', '\n', '-'), maxLength: 12 }), { maxLength: 6 }),
      (source, texts) => {
        // In JavaScript `$` is the very end only, and `.` stops at \r as well; neither \r nor a final newline occurs here otherwise.
        const referee = new RegExp(source.replace(/\$/g, '(?=\\n?(?![^]))'), 'i')
        const matcher = compilePattern(source)
        for (const text of texts) {
          const bytes = Buffer.from(text, 'latin1')
          expect(matcher.matches(bytes, 0, bytes.length), `${source} on ${JSON.stringify(text)}`).toBe(referee.test(text))
        }
      },
    ),
    { seed: 5, numRuns: 4000 },
  )
})

test('time grows with the text, not with the ways to match it', () => {
  const hostile = [
    '(a+)+$',
    '(a|aa)+$',
    '(a|a?)+$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(.*a){20}',
    '(?:a?){500}a{500}',
    '(.*)(.*)(.*)(.*)(.*)[^a]$',
  ]
  const text = Buffer.concat([Buffer.alloc(65_000, 'a'), Buffer.from('!')])
  for (const source of hostile) {
    const matcher = compilePattern(source)
    const before = performance.now()
    matcher.matches(text, 0, text.length)
    expect(performance.now() - before, source).toBeLessThan(5000)
  }
})

test('a table that overflows is emptied and the answer stays right', () => {
  // Each of the last 14 bytes must be remembered: 2^14 states.
  const matcher = compilePattern('(?s)a.{13}b')
  let seed = 7
  const text = Buffer.alloc(200_000)
  for (let i = 0; i < text.length; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648
    text[i] = (seed >> 16) & 1 ? 97 : 99
  }
  expect(matcher.matches(text, 0, text.length)).toBe(false)
  const at = text.indexOf('a', 199_000)
  text[at + 14] = 98
  expect(matcher.matches(text, 0, text.length)).toBe(true)
})
