// Comparisons and sets as closures. A field against a constant, the usual case, runs over the rows without building anything.

import type { Dissection } from '../core/dissect.ts'
import type { CheckedElement, Constant, FieldValue, Value } from './checked.ts'
import { constantNumber, isNumeric, listNumbers, listRuns } from './lists.ts'
import { exactDifference, holds, maskOf, type RowDifference, rowNumber, timeDifference } from './numbers.ts'
import { type CompareRuns, compareBytes, compareText, loadRun, Run, type Runs, sameBits } from './runs.ts'
import { type NextRow, selectRows } from './select.ts'
import type { Quantifier, Relation } from './syntax.ts'

export type Predicate = (d: Dissection) => boolean
type RowTest = (d: Dissection, row: number) => boolean

/** Must every value pass (and one exist), or does one suffice? */
export function wantsAll(relation: Relation, quantifier: Quantifier): boolean {
  if (quantifier !== '') return quantifier === 'all'
  return relation === '===' || relation === '!='
}

export function overRows(next: NextRow, test: RowTest, all: boolean): Predicate {
  if (all)
    return (d) => {
      let row = next(d, 0)
      if (row < 0) return false
      for (; row >= 0; row = next(d, row + 1)) if (!test(d, row)) return false
      return true
    }
  return (d) => {
    for (let row = next(d, 0); row >= 0; row = next(d, row + 1)) if (test(d, row)) return true
    return false
  }
}

const REVERSED: Readonly<Record<Relation, Relation>> = {
  '==': '==',
  '===': '===',
  '!=': '!=',
  '!==': '!==',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
}

export function compileComparison(relation: Relation, quantifier: Quantifier, left: Value, right: Value): Predicate {
  const all = wantsAll(relation, quantifier)
  if (left.node === 'field' && right.node === 'constant') return overRows(selectRows(left), rowAgainst(relation, left, right), all)
  if (right.node === 'field' && left.node === 'constant')
    return overRows(selectRows(right), rowAgainst(REVERSED[relation], right, left), all)
  return isNumeric(left) && isNumeric(right) ? numberPairs(relation, all, left, right) : runPairs(relation, all, left, right)
}

function rowAgainst(relation: Relation, field: FieldValue, constant: Constant): RowTest {
  if (!isNumeric(field)) return runAgainst(relation, field, constant)
  if (field.type === 'time' || field.type === 'duration') return byDifference(relation, timeDifference(field, constant))
  if (constant.exact !== null) return byDifference(relation, exactDifference(constant))
  if (field.type === 'ipv4') return addressAgainst(relation, constant)
  return numberAgainst(relation, constant.number)
}

function byDifference(relation: Relation, difference: RowDifference): RowTest {
  return (d, row) => {
    const result = difference(d, row)
    return !Number.isNaN(result) && holds(relation, result)
  }
}

function numberAgainst(relation: Relation, wanted: number): RowTest {
  switch (relation) {
    case '==':
    case '===':
      return (d, row) => d.rows.value[row] === wanted
    case '!=':
    case '!==':
      return (d, row) => d.rows.value[row] !== wanted
    case '<':
      return (d, row) => d.rows.value[row]! < wanted
    case '<=':
      return (d, row) => d.rows.value[row]! <= wanted
    case '>':
      return (d, row) => d.rows.value[row]! > wanted
    case '>=':
      return (d, row) => d.rows.value[row]! >= wanted
  }
}

/** With a network on the right, only its bits are compared on both sides. */
function addressAgainst(relation: Relation, constant: Constant): RowTest {
  const mask = maskOf(constant.bits)
  const wanted = (constant.number & mask) >>> 0
  const read = rowNumber('ipv4')
  return (d, row) => {
    const value = read(d, row)
    return !Number.isNaN(value) && holds(relation, ((value & mask) >>> 0) - wanted)
  }
}

function runAgainst(relation: Relation, field: FieldValue, constant: Constant): RowTest {
  const run = new Run()
  const { bytes, bits } = constant
  const masked = field.type === 'ipv6' && bits < 128
  const compare = orderOf(field)
  return (d, row) => {
    loadRun(d, row, field.type, 'header', run)
    return holds(
      relation,
      masked
        ? prefixDifference(run.bytes, run.start, run.end, bytes, 0, bits)
        : compare(run.bytes, run.start, run.end, bytes, 0, bytes.length),
    )
  }
}

function orderOf(value: Value): CompareRuns {
  return value.type === 'text' ? compareText : compareBytes
}

/** IPv6 addresses by their first bits. */
function prefixDifference(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bits: number): number {
  if (aEnd - aStart < 16) return -1
  return sameBits(a, aStart, b, bStart, bits) ? 0 : compareBytes(a, aStart, aStart + 16, b, bStart, bStart + 16)
}

function bitsOf(value: Value): number {
  return value.node === 'constant' ? value.bits : 32
}

function numberPairs(relation: Relation, all: boolean, left: Value, right: Value): Predicate {
  const leftList = listNumbers(left)
  const rightList = listNumbers(right)
  const mask = left.type === 'ipv4' ? maskOf(Math.min(bitsOf(left), bitsOf(right))) : null
  const fine = left.type === 'duration' || left.type === 'time' || right.type === 'duration'
  return (d) => {
    const a = leftList(d)
    const b = rightList(d)
    if (a.count === 0 || b.count === 0) return false
    for (let i = 0; i < a.count; i++)
      for (let j = 0; j < b.count; j++) {
        const x = a.values[i]!
        const y = b.values[j]!
        const difference = mask !== null ? ((x & mask) >>> 0) - ((y & mask) >>> 0) : fine ? Math.round((x - y) * 1e9) : x - y
        if (holds(relation, difference) !== all) return !all
      }
    return all
  }
}

function runPairs(relation: Relation, all: boolean, left: Value, right: Value): Predicate {
  const leftList = listRuns(left, 'header')
  const rightList = listRuns(right, 'header')
  const bits = Math.min(prefixOf(left), prefixOf(right))
  const compare = orderOf(left.node === 'constant' ? right : left)
  const pair: PairTest =
    bits < 128
      ? (a, i, b, j) => holds(relation, prefixDifference(a.bytes[i]!, a.start[i]!, a.end[i]!, b.bytes[j]!, b.start[j]!, bits))
      : (a, i, b, j) => holds(relation, compare(a.bytes[i]!, a.start[i]!, a.end[i]!, b.bytes[j]!, b.start[j]!, b.end[j]!))
  if (!all || (left.node !== 'slice' && right.node !== 'slice')) return (d) => overPairs(leftList(d), rightList(d), all, pair)
  // As in Wireshark: of a field that is there but too short for the slice, every part differs, because it has none.
  const leftThere = listRuns(left.node === 'slice' ? left.of : left, 'header')
  const rightThere = listRuns(right.node === 'slice' ? right.of : right, 'header')
  return (d) => {
    const a = leftList(d)
    const b = rightList(d)
    if (a.count > 0 && b.count > 0) return overPairs(a, b, true, pair)
    return leftThere(d).count > 0 && rightThere(d).count > 0
  }
}

function prefixOf(value: Value): number {
  return value.node === 'constant' && value.type === 'ipv6' ? value.bits : 128
}

export type PairTest = (a: Runs, i: number, b: Runs, j: number) => boolean

export function overPairs(a: Runs, b: Runs, all: boolean, test: PairTest): boolean {
  if (a.count === 0 || b.count === 0) return false
  for (let i = 0; i < a.count; i++) for (let j = 0; j < b.count; j++) if (test(a, i, b, j) !== all) return !all
  return all
}

// ── sets ──

export function compileMembership(quantifier: Quantifier, left: Value, elements: readonly CheckedElement[]): Predicate {
  const all = quantifier === 'all'
  const constant = elements.every(({ low, high }) => low.node === 'constant' && (high === null || high.node === 'constant'))
  if (left.node === 'field' && constant) return overRows(selectRows(left), rowInSet(left, elements), all)
  const numeric = isNumeric(left)
  return numeric ? numbersInSet(left, elements, all) : runsInSet(left, elements, all)
}

/** Numbers and IPv4 networks become ranges, which one loop looks through. */
function rowInSet(field: FieldValue, elements: readonly CheckedElement[]): RowTest {
  const constants = elements.map(({ low, high }) => ({ low: low as Constant, high: high as Constant | null }))
  const plain = isNumeric(field) && field.type !== 'time' && field.type !== 'duration'
  if (!plain || constants.some(({ low, high }) => low.exact !== null || (high !== null && high.exact !== null))) {
    const tests = constants.map(({ low, high }): RowTest => {
      if (high === null) return rowAgainst('==', field, low)
      const above = rowAgainst('>=', field, low)
      const below = rowAgainst('<=', field, high)
      return (d, row) => above(d, row) && below(d, row)
    })
    return (d, row) => tests.some((test) => test(d, row))
  }
  const first = Float64Array.from(constants, ({ low }) => lowest(low))
  const last = Float64Array.from(constants, ({ low, high }) => highest(high ?? low))
  const read = rowNumber(field.type)
  return (d, row) => {
    const value = read(d, row)
    for (let i = 0; i < first.length; i++) if (value >= first[i]! && value <= last[i]!) return true
    return false
  }
}

function lowest(constant: Constant): number {
  return constant.type === 'ipv4' ? (constant.number & maskOf(constant.bits)) >>> 0 : constant.number
}

function highest(constant: Constant): number {
  return constant.type === 'ipv4' ? (constant.number | ~maskOf(constant.bits)) >>> 0 : constant.number
}

function numbersInSet(left: Value, elements: readonly CheckedElement[], all: boolean): Predicate {
  const leftList = listNumbers(left)
  const tests = elements.map(({ low, high }): ((d: Dissection, value: number) => boolean) => {
    if (low.node === 'constant' && (high === null || high.node === 'constant')) {
      const from = low.type === 'ipv4' ? lowest(low) : constantNumber(low)
      const end = high ?? low
      const to = end.type === 'ipv4' ? highest(end) : constantNumber(end)
      return (_d, value) => value >= from && value <= to
    }
    const lowList = listNumbers(low)
    const highList = high === null ? null : listNumbers(high)
    return (d, value) => {
      const from = lowList(d)
      if (highList === null) {
        for (let i = 0; i < from.count; i++) if (from.values[i] === value) return true
        return false
      }
      const to = highList(d)
      for (let i = 0; i < from.count; i++)
        for (let j = 0; j < to.count; j++) if (value >= from.values[i]! && value <= to.values[j]!) return true
      return false
    }
  })
  return (d) => {
    const { count, values } = leftList(d)
    if (count === 0) return false
    for (let i = 0; i < count; i++) if (tests.some((test) => test(d, values[i]!)) !== all) return !all
    return all
  }
}

function runsInSet(left: Value, elements: readonly CheckedElement[], all: boolean): Predicate {
  const leftList = listRuns(left, 'header')
  const order = orderOf(left)
  const compare: PairTest = (a, i, b, j) => order(a.bytes[i]!, a.start[i]!, a.end[i]!, b.bytes[j]!, b.start[j]!, b.end[j]!) >= 0
  const tests = elements.map(({ low, high }): ((d: Dissection, of: Runs, i: number) => boolean) => {
    const lowList = listRuns(low, 'header')
    const highList = high === null ? lowList : listRuns(high, 'header')
    return (d, of, i) => {
      const from = lowList(d)
      const to = highList(d)
      for (let j = 0; j < from.count; j++) {
        if (!compare(of, i, from, j)) continue
        if (high === null && compare(from, j, of, i)) return true
        if (high !== null) for (let k = 0; k < to.count; k++) if (compare(to, k, of, i)) return true
      }
      return false
    }
  })
  return (d) => {
    const list = leftList(d)
    if (list.count === 0) return false
    for (let i = 0; i < list.count; i++) if (tests.some((test) => test(d, list, i)) !== all) return !all
    return all
  }
}
