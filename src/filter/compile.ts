// Typed tree → closures. Nothing is interpreted per packet, and numbers, addresses and existence allocate nothing.

import type { Dissection, Plan } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import type { Registry } from '../core/registry.ts'
import type { CheckedFilter, CheckedTest, Value } from './checked.ts'
import { collectReads, isLayerTest, type Reads } from './collect.ts'
import { compileComparison, compileMembership, overPairs, overRows, type Predicate } from './compare.ts'
import { compileFrameNeedle, compileFrameTest, type FrameTest } from './frame-test.ts'
import { isNumeric, listNumbers, listRuns } from './lists.ts'
import { compileNeed } from './need.ts'
import { containsBytes, loadRun, Run } from './runs.ts'
import { hasLayer, selectRows } from './select.ts'

export interface CompiledFilter {
  readonly text: string
  /** Does the packet, recorded in full or with a plan that holds `fields`, pass? */
  matches(d: Dissection): boolean
  /** What it reads: a plan of these is enough. */
  readonly fields: readonly Field[]
  readonly reads: Reads
  /** The filter only asks whether the packet has one of these fields; null when it asks for more. */
  readonly wanted: readonly Field[] | null
  /**
   * False when a packet cannot pass whatever its bytes are, because it holds no layer of a protocol that the filter needs. `mayHold`
   * says whether a layer of this protocol may be in the packet.
   */
  mayMatch(mayHold: (protocol: number) => boolean): boolean
  /**
   * Filters that look only at the bytes of the frame (`frame contains "x"`): the answer for the frame in bytes[start, end), without
   * dissecting it. Null for all others.
   */
  readonly matchesFrame: FrameTest | null
  /** Bytes that every frame that `matchesFrame` accepts contains; null when there is no such need. */
  readonly needle: Uint8Array | null
}

const NOTHING: Reads = { values: new Set(), layers: new Set() }

export function compileFilter(filter: CheckedFilter): CompiledFilter {
  const { test, text, registry } = filter
  if (test === null)
    return {
      text,
      matches: () => true,
      fields: [],
      reads: NOTHING,
      wanted: null,
      mayMatch: () => true,
      matchesFrame: () => true,
      needle: null,
    }
  const reads = collectReads(test)
  const matchesFrame = compileFrameTest(test, registry)
  return {
    text,
    matches: compileTest(test),
    fields: [...new Set([...reads.values, ...reads.layers])],
    reads,
    wanted: test.kind === 'exists' && test.of.node === 'field' && test.of.layers === null ? test.of.fields : null,
    mayMatch: compileNeed(test, registry),
    matchesFrame,
    needle: matchesFrame === null ? null : compileFrameNeedle(test),
  }
}

/** A plan that records these fields and nothing else. */
export function planOf(fields: readonly Field[], registry: Registry): Plan {
  const wants = new Uint8Array(registry.fields.length)
  const concerns = new Uint8Array(registry.protocols.length)
  for (const field of fields) {
    wants[field.id] = 1
    // Remarks may stand in any layer.
    if (field.name.startsWith('_ws.')) concerns.fill(1)
    concerns[field.protocol] = 1
  }
  return {
    fields,
    wants,
    concerns,
    headers: registry.protocols.map((protocol) => protocol.header.filter((field) => wants[field.id] === 1)),
  }
}

function compileTest(test: CheckedTest): Predicate {
  switch (test.kind) {
    case 'and':
      return join(test.parts.map(compileTest), false)
    case 'or':
      return join(test.parts.map(compileTest), true)
    case 'xor': {
      const parts = test.parts.map(compileTest)
      return (d) => {
        let result = false
        for (const part of parts) if (part(d)) result = !result
        return result
      }
    }
    case 'not': {
      const of = compileTest(test.of)
      return (d) => !of(d)
    }
    case 'exists':
      return compileExistence(test.of)
    case 'nonzero':
      return compileNonzero(test.of)
    case 'compare':
      return compileComparison(test.relation, test.quantifier, test.left, test.right)
    case 'in': {
      const member = compileMembership(test.quantifier, test.left, test.elements)
      return test.negated ? (d) => !member(d) : member
    }
    case 'contains':
      return compileContains(test)
    case 'matches':
      return compileMatches(test)
  }
}

function join(parts: readonly Predicate[], decisive: boolean): Predicate {
  if (parts.length === 2) {
    const [first, second] = parts as [Predicate, Predicate]
    return decisive ? (d) => first(d) || second(d) : (d) => first(d) && second(d)
  }
  return (d) => {
    for (let i = 0; i < parts.length; i++) if (parts[i]!(d) === decisive) return decisive
    return !decisive
  }
}

function compileExistence(value: Value): Predicate {
  if (value.node === 'field' && isLayerTest(value)) {
    const protocols = value.fields.map((field) => field.protocol)
    if (protocols.length === 1) {
      const only = protocols[0]!
      return (d) => hasLayer(d, only)
    }
    return (d) => protocols.some((protocol) => hasLayer(d, protocol))
  }
  if (value.node === 'field') {
    const next = selectRows(value)
    return (d) => next(d, 0) >= 0
  }
  const runs = listRuns(value, 'header')
  return (d) => runs(d).count > 0
}

function compileNonzero(value: Value): Predicate {
  if (isNumeric(value)) {
    const numbers = listNumbers(value)
    return (d) => {
      const { count, values } = numbers(d)
      for (let i = 0; i < count; i++) if (values[i] !== 0) return true
      return false
    }
  }
  const runs = listRuns(value, 'header')
  return (d) => {
    const { count, bytes, start, end } = runs(d)
    for (let i = 0; i < count; i++) for (let at = start[i]!; at < end[i]!; at++) if (bytes[i]![at] !== 0) return true
    return false
  }
}

function compileContains(test: Extract<CheckedTest, { kind: 'contains' }>): Predicate {
  const { left, right } = test
  const all = test.quantifier === 'all'
  if (left.node === 'field' && right.node === 'constant') {
    const run = new Run()
    const { bytes } = right
    const { type } = left
    return overRows(
      selectRows(left),
      (d, row) => {
        loadRun(d, row, type, 'data', run)
        return containsBytes(run.bytes, run.start, run.end, bytes, 0, bytes.length)
      },
      all,
    )
  }
  const haystacks = listRuns(left, 'data')
  const needles = listRuns(right, 'data')
  return (d) =>
    overPairs(haystacks(d), needles(d), all, (a, i, b, j) =>
      containsBytes(a.bytes[i]!, a.start[i]!, a.end[i]!, b.bytes[j]!, b.start[j]!, b.end[j]!),
    )
}

function compileMatches(test: Extract<CheckedTest, { kind: 'matches' }>): Predicate {
  const { left, matcher } = test
  const all = test.quantifier === 'all'
  if (left.node === 'field') {
    const run = new Run()
    const { type } = left
    return overRows(
      selectRows(left),
      (d, row) => {
        loadRun(d, row, type, 'data', run)
        return matcher.matches(run.bytes, run.start, run.end)
      },
      all,
    )
  }
  const runs = listRuns(left, 'data')
  return (d) => {
    const { count, bytes, start, end } = runs(d)
    if (count === 0) return false
    for (let i = 0; i < count; i++) if (matcher.matches(bytes[i]!, start[i]!, end[i]!) !== all) return !all
    return all
  }
}
