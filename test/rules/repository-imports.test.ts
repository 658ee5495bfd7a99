import { describe, expect, it } from 'vitest'
import { findCycle, readImports } from './imports.ts'

const specifiers = (text: string, path = 'a.ts'): string[] => readImports(path, text).map(({ specifier }) => specifier)

describe('readImports', () => {
  it('finds every form', () => {
    const text = [
      "import 'a'",
      "import b from 'b'",
      "import * as c from 'c'",
      "import { d, type D } from 'd'",
      "import type { E } from 'e'",
      'import {',
      '  f,',
      "} from 'f'",
      "export { g } from 'g'",
      "export * from 'h'",
      "export type { I } from 'i'",
      "const j = await import('j')",
      "type K = import('k').K",
    ].join('\n')
    expect(specifiers(text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'])
  })

  it('tells imports of types, late ones, and the line', () => {
    expect(readImports('a.ts', "// two\nimport type { E } from 'e'\n/* three\n */ import { f } from 'f'\nawait import('g')")).toEqual([
      { specifier: 'e', line: 2, typeOnly: true, lazy: false },
      { specifier: 'f', line: 4, typeOnly: false, lazy: false },
      { specifier: 'g', line: 5, typeOnly: false, lazy: true },
    ])
  })

  it('is not fooled by comments, by strings that look alike, or by exports', () => {
    const text = "// import a from 'a'\n/* import 'b' */\nexport const c = 'c'\nconst d = \"say from 'd'\"\nexport default 'e'"
    expect(specifiers(text)).toEqual([])
  })

  it('counts JSX as an import of react', () => {
    expect(specifiers('export const x = <b/>', 'a.tsx')).toEqual(['react'])
  })
})

describe('findCycle', () => {
  it('names the files of a cycle, and nothing without one', () => {
    const graph = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', []],
      ['d', ['e']],
      ['e', ['d']],
    ])
    expect(findCycle(graph)).toEqual(['d', 'e', 'd'])
    graph.set('e', ['c'])
    expect(findCycle(graph)).toEqual([])
  })
})
