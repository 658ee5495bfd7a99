// Which fields a filter reads, for the plan that records only these.

import type { Field } from '../core/field.ts'
import type { CheckedTest, Value } from './checked.ts'

/** What a filter looks at, each once. */
export interface Reads {
  /** Fields whose values count. */
  readonly values: ReadonlySet<Field>
  /** Protocols of which it only asks whether the packet has such a layer. */
  readonly layers: ReadonlySet<Field>
}

interface Collected {
  readonly values: Set<Field>
  readonly layers: Set<Field>
}

export function collectReads(test: CheckedTest): Reads {
  const reads = { values: new Set<Field>(), layers: new Set<Field>() }
  collectTest(test, reads)
  return reads
}

/** A protocol that is asked for by its plain name is found among the layers. */
export function isLayerTest(value: Value): boolean {
  return value.node === 'field' && value.type === 'protocol' && value.layers === null
}

function collectTest(test: CheckedTest, into: Collected): void {
  switch (test.kind) {
    case 'and':
    case 'or':
    case 'xor':
      for (const part of test.parts) collectTest(part, into)
      return
    case 'not':
      collectTest(test.of, into)
      return
    case 'exists':
      if (test.of.node === 'field' && isLayerTest(test.of)) for (const field of test.of.fields) into.layers.add(field)
      else collectValue(test.of, into)
      return
    case 'nonzero':
      collectValue(test.of, into)
      return
    case 'compare':
    case 'contains':
      collectValue(test.left, into)
      collectValue(test.right, into)
      return
    case 'in':
      collectValue(test.left, into)
      for (const { low, high } of test.elements) {
        collectValue(low, into)
        if (high !== null) collectValue(high, into)
      }
      return
    case 'matches':
      collectValue(test.left, into)
      return
  }
}

function collectValue(value: Value, into: Collected): void {
  switch (value.node) {
    case 'constant':
      return
    case 'field':
      for (const field of value.fields) into.values.add(field)
      return
    case 'slice':
    case 'negate':
      collectValue(value.of, into)
      return
    case 'call':
      for (const arg of value.args) collectValue(arg, into)
      return
    case 'arithmetic':
      collectValue(value.left, into)
      collectValue(value.right, into)
      return
  }
}
