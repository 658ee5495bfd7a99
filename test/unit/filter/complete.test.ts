import { expect, test } from 'vitest'
import { complete } from '../../../src/filter/index.ts'
import { registry } from './toy.ts'

/** `|` is the caret. */
function offered(text: string): { items: string[]; replaced: string; about: string[] } {
  const cursor = text.indexOf('|')
  const plain = text.replace('|', '')
  const { items, start, end } = complete(plain, cursor, registry)
  return { items: items.map((item) => item.text), about: items.map((item) => item.about), replaced: plain.slice(start, end) }
}

test('names that begin with what is typed come first, short ones before long ones', () => {
  const { items, replaced, about } = offered('bo|')
  expect(items.slice(0, 2)).toEqual(['box', 'box.addr'])
  expect(items).toContain('box.flags.red')
  expect(replaced).toBe('bo')
  expect(about.every((line) => line.length > 5)).toBe(true)
})

test('a part of the name suffices', () => {
  expect(offered('srcp|').items).toEqual(['box.srcport'])
  expect(offered('box.port == 80 and SRCP|').items).toEqual(['box.srcport'])
})

test('the whole word under the caret is replaced', () => {
  expect(offered('not box.s|rcport == 1').replaced).toBe('box.srcport')
})

test('functions', () => {
  expect(offered('coun|').items).toContain('count(')
  expect(offered('count(box.fl|').items).toContain('box.flags')
})

test('operators that fit the field, behind it', () => {
  expect(offered('box.srcport |').items).toEqual(['==', '!=', '>', '<', '>=', '<=', 'in', 'and', 'or', 'xor'])
  expect(offered('box.name c|').items).toEqual(['contains'])
  expect(offered('box.flags.red |').items).toEqual(['==', '!=', 'and', 'or', 'xor'])
  expect(offered('box.mark |').items).toEqual(['and', 'or', 'xor'])
  expect(offered('box.port == 80 |').items).toEqual(['and', 'or', 'xor'])
})

test('value names, quoted', () => {
  expect(offered('box.kind == |').items).toEqual(['"Note"', '"Box in Box"', '"Odd \\"one\\""'])
  expect(offered('box.kind in {1, bo|').items).toEqual(['"Box in Box"'])
  expect(offered('box.flags.red == |').items).toEqual(['1', '0'])
})

test('nothing inside an open text', () => {
  expect(offered('box.name == "bo|').items).toEqual([])
})
