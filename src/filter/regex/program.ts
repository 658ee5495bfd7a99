// Tree → instructions of a nondeterministic automaton (Thompson's construction).

import { BEGIN_TEXT, type ByteSet, type Node, PatternError } from './syntax.ts'

export const SET = 0
export const SPLIT = 1
export const ASSERT = 2
export const MATCH = 3

/** Instructions of one pattern; each step of matching costs at most this much. */
export const MAX_INSTRUCTIONS = 5000

export interface Program {
  readonly operation: readonly number[]
  /** SET: index into sets. SPLIT: the second way on. ASSERT: the conditions. */
  readonly operand: readonly number[]
  readonly next: readonly number[]
  readonly sets: readonly ByteSet[]
  readonly start: number
  /** The pattern can only match at the start of the text. */
  readonly anchored: boolean
  /** All conditions that occur, joined. */
  readonly conditions: number
}

/** Throws PatternError when the pattern becomes too large. */
export function assemble(root: Node): Program {
  const operation: number[] = [MATCH]
  const operand: number[] = [0]
  const next: number[] = [0]
  const sets: ByteSet[] = []
  const setIndex = new Map<string, number>()
  let conditions = 0

  const emit = (what: number, value: number, then: number): number => {
    if (operation.length >= MAX_INSTRUCTIONS) throw new PatternError('the pattern is too large', 0)
    operand.push(value)
    next.push(then)
    return operation.push(what) - 1
  }
  const indexOf = (set: ByteSet): number => {
    const key = String.fromCharCode(...set)
    const known = setIndex.get(key)
    if (known !== undefined) return known
    setIndex.set(key, sets.length)
    return sets.push(set) - 1
  }

  /** Emits a node that goes on to `then`; returns its first instruction. */
  const build = (node: Node, then: number): number => {
    switch (node.kind) {
      case 'empty':
        return then
      case 'set':
        return emit(SET, indexOf(node.set), then)
      case 'assert':
        conditions |= node.what
        return emit(ASSERT, node.what, then)
      case 'join': {
        let entry = then
        for (let i = node.parts.length - 1; i >= 0; i--) entry = build(node.parts[i]!, entry)
        return entry
      }
      case 'choice': {
        let entry = build(node.parts.at(-1)!, then)
        for (let i = node.parts.length - 2; i >= 0; i--) entry = emit(SPLIT, entry, build(node.parts[i]!, then))
        return entry
      }
      case 'repeat': {
        let entry = then
        if (node.most === Number.POSITIVE_INFINITY) {
          const loop = emit(SPLIT, then, then)
          next[loop] = build(node.of, loop)
          entry = loop
        } else for (let i = node.least; i < node.most; i++) entry = emit(SPLIT, then, build(node.of, entry))
        for (let i = 0; i < node.least; i++) entry = build(node.of, entry)
        return entry
      }
    }
  }
  const start = build(root, 0)
  return { operation, operand, next, sets, start, anchored: startsAnchored(root), conditions }
}

function startsAnchored(node: Node): boolean {
  if (node.kind === 'assert') return node.what === BEGIN_TEXT
  if (node.kind === 'join') return node.parts.length > 0 && startsAnchored(node.parts[0]!)
  if (node.kind === 'choice') return node.parts.every(startsAnchored)
  return false
}
