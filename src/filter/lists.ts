// Values as lists, for tests that are more than "a field against a constant": each node owns a list that is filled again for every packet.

import { ipv4Text } from '../bytes/address.ts'
import type { Dissection } from '../core/dissect.ts'
import { valueText } from '../core/value.ts'
import { addressBlock, isLinkLocal, isMulticast, isPrivate, isUniqueLocal } from './address-blocks.ts'
import { type Constant, type FieldValue, NUMERIC, type Value } from './checked.ts'
import { bitAnd, exactOf, Numbers, rowNumber } from './numbers.ts'
import { type Extent, loadRun, Run, Runs, sliceRun } from './runs.ts'
import { selectRows } from './select.ts'
import type { ArithmeticSign } from './syntax.ts'

export type ListNumbers = (d: Dissection) => Numbers
export type ListRuns = (d: Dissection) => Runs

type Node<K extends Value['node']> = Extract<Value, { node: K }>

export function isNumeric(value: Value): boolean {
  return NUMERIC.has(value.type)
}

const NANOSECONDS = 1_000_000_000
const encoder = new TextEncoder()

export function constantNumber(constant: Constant): number {
  return constant.exact === null ? constant.number + constant.nanos / NANOSECONDS : Number(constant.exact)
}

/** The values of a numeric node. */
export function listNumbers(value: Value): ListNumbers {
  switch (value.node) {
    case 'constant': {
      const list = new Numbers()
      list.add(constantNumber(value))
      return () => list
    }
    case 'field':
      return numbersOfField(value)
    case 'negate': {
      const of = listNumbers(value.of)
      const list = new Numbers()
      return (d) => each(of(d), list, (n) => -n)
    }
    case 'arithmetic':
      return calculate(value)
    case 'call':
      return numbersOfCall(value)
    case 'slice':
      throw new Error('a slice is no number')
  }
}

function each(from: Numbers, to: Numbers, make: (n: number) => number): Numbers {
  to.clear()
  for (let i = 0; i < from.count; i++) to.add(make(from.values[i]!))
  return to
}

function numbersOfField(value: FieldValue): ListNumbers {
  const list = new Numbers()
  const next = selectRows(value)
  const read = rowNumber(value.type)
  return (d) => {
    list.clear()
    for (let row = next(d, 0); row >= 0; row = next(d, row + 1)) {
      const number = read(d, row)
      if (!Number.isNaN(number)) list.add(number)
    }
    return list
  }
}

function calculate(value: Node<'arithmetic'>): ListNumbers {
  const left = listNumbers(value.left)
  const right = listNumbers(value.right)
  const apply = operation(value.sign, value.type === 'integer')
  const list = new Numbers()
  return (d) => {
    const a = left(d)
    const b = right(d)
    list.clear()
    for (let i = 0; i < a.count; i++)
      for (let j = 0; j < b.count; j++) {
        const result = apply(a.values[i]!, b.values[j]!)
        // Divided by zero: no value.
        if (Number.isFinite(result)) list.add(result)
      }
    return list
  }
}

function operation(sign: ArithmeticSign, whole: boolean): (a: number, b: number) => number {
  switch (sign) {
    case '+':
      return (a, b) => a + b
    case '-':
      return (a, b) => a - b
    case '*':
      return (a, b) => a * b
    case '/':
      return whole ? (a, b) => (b === 0 ? Number.NaN : Math.trunc(a / b)) : (a, b) => a / b
    case '%':
      return (a, b) => a % b
    case '&':
      return bitAnd
  }
}

function numbersOfCall(value: Node<'call'>): ListNumbers {
  const list = new Numbers()
  const first = value.args[0]!
  switch (value.name) {
    case 'len': {
      const runs = listRuns(first, 'header')
      return (d) => {
        const all = runs(d)
        list.clear()
        for (let i = 0; i < all.count; i++) list.add(all.end[i]! - all.start[i]!)
        return list
      }
    }
    case 'count': {
      const next = selectRows(first as FieldValue)
      return (d) => {
        let count = 0
        for (let row = next(d, 0); row >= 0; row = next(d, row + 1)) count++
        list.clear()
        // A field that does not occur has no count, as in Wireshark.
        if (count > 0) list.add(count)
        return list
      }
    }
    case 'max':
    case 'min': {
      const sign = value.name === 'max' ? 1 : -1
      const all = value.args.map(listNumbers)
      return (d) => {
        let best = Number.NaN
        for (const of of all) {
          const { count, values } = of(d)
          for (let i = 0; i < count; i++) if (!(sign * values[i]! <= sign * best)) best = values[i]!
        }
        list.clear()
        if (!Number.isNaN(best)) list.add(best)
        return list
      }
    }
    case 'abs': {
      const of = listNumbers(first)
      return (d) => each(of(d), list, Math.abs)
    }
    case 'float':
    case 'double':
      return listNumbers(first)
    default:
      return addressTest(value)
  }
}

function addressTest(value: Node<'call'>): ListNumbers {
  const list = new Numbers()
  const test =
    value.name === 'ip_linklocal'
      ? isLinkLocal
      : value.name === 'ip_multicast'
        ? isMulticast
        : value.name === 'ip_ula'
          ? isUniqueLocal
          : isPrivate
  const runs = listRuns(value.args[0]!, 'header')
  return (d) => {
    const all = runs(d)
    list.clear()
    for (let i = 0; i < all.count; i++) list.add(test(all.bytes[i]!, all.start[i]!, all.end[i]! - all.start[i]!) ? 1 : 0)
    return list
  }
}

/** The values of a node as bytes: text, bytes, addresses, protocols; of numeric fields the bytes they were read from. */
export function listRuns(value: Value, extent: Extent): ListRuns {
  switch (value.node) {
    case 'constant': {
      const list = new Runs()
      list.add(value.bytes, 0, value.bytes.length)
      return () => list
    }
    case 'field': {
      const list = new Runs()
      const run = new Run()
      const next = selectRows(value)
      return (d) => {
        list.clear()
        for (let row = next(d, 0); row >= 0; row = next(d, row + 1)) {
          loadRun(d, row, value.type, extent, run)
          list.add(run.bytes, run.start, run.end)
        }
        return list
      }
    }
    case 'slice': {
      const of = listRuns(value.of, 'header')
      const list = new Runs()
      return (d) => {
        const from = of(d)
        list.clear()
        for (let i = 0; i < from.count; i++) sliceRun(from.bytes[i]!, from.start[i]!, from.end[i]!, value.ranges, list)
        return list
      }
    }
    case 'arithmetic':
      return maskRuns(value)
    case 'call':
      return runsOfCall(value)
    case 'negate':
      throw new Error('bytes have no sign')
  }
}

/** Bytes & bytes: as long as the shorter one. IPv4 addresses come here as numbers when they are calculated with. */
function maskRuns(value: Node<'arithmetic'>): ListRuns {
  const list = new Runs()
  if (isNumeric(value)) {
    const numbers = listNumbers(value)
    return (d) => {
      const from = numbers(d)
      list.clear()
      for (let i = 0; i < from.count; i++) {
        const n = from.values[i]!
        list.add(Uint8Array.of(n >>> 24, (n >>> 16) & 0xff, (n >>> 8) & 0xff, n & 0xff), 0, 4)
      }
      return list
    }
  }
  const left = listRuns(value.left, 'header')
  const right = listRuns(value.right, 'header')
  return (d) => {
    const a = left(d)
    const b = right(d)
    list.clear()
    for (let i = 0; i < a.count; i++)
      for (let j = 0; j < b.count; j++) {
        const length = Math.min(a.end[i]! - a.start[i]!, b.end[j]! - b.start[j]!)
        const both = new Uint8Array(length)
        for (let k = 0; k < length; k++) both[k] = a.bytes[i]![a.start[i]! + k]! & b.bytes[j]![b.start[j]! + k]!
        list.add(both, 0, length)
      }
    return list
  }
}

function runsOfCall(value: Node<'call'>): ListRuns {
  const list = new Runs()
  const first = value.args[0]!
  const texts = (make: (d: Dissection, add: (text: string) => void) => void): ListRuns => {
    const add = (text: string) => {
      const bytes = encoder.encode(text)
      list.add(bytes, 0, bytes.length)
    }
    return (d) => {
      list.clear()
      make(d, add)
      return list
    }
  }
  switch (value.name) {
    case 'upper':
    case 'lower': {
      const of = listRuns(first, 'header')
      const low = value.name === 'upper' ? 97 : 65
      return (d) => {
        const from = of(d)
        list.clear()
        for (let i = 0; i < from.count; i++) {
          const copy = from.bytes[i]!.slice(from.start[i]!, from.end[i]!)
          for (let k = 0; k < copy.length; k++) if (copy[k]! >= low && copy[k]! < low + 26) copy[k]! ^= 0x20
          list.add(copy, 0, copy.length)
        }
        return list
      }
    }
    case 'ip_special_name': {
      const of = listRuns(first, 'header')
      return texts((d, add) => {
        const from = of(d)
        for (let i = 0; i < from.count; i++) {
          const name = addressBlock(from.bytes[i]!, from.start[i]!, from.end[i]! - from.start[i]!)
          if (name !== '') add(name)
        }
      })
    }
    case 'vals': {
      const next = selectRows(first as FieldValue)
      return texts((d, add) => {
        for (let row = next(d, 0); row >= 0; row = next(d, row + 1)) {
          const field = d.registry.fields[d.rows.field[row]!]!
          const number = d.rows.value[row]!
          add(field.type === 'bool' ? field.states[number !== 0 ? 0 : 1] : (field.names?.[number] ?? `Unknown (${number})`))
        }
      })
    }
    default:
      return first.node === 'field' ? textOfRows(first, value.name, texts) : textOfNumbers(first, value.name, texts)
  }
}

type Texts = (make: (d: Dissection, add: (text: string) => void) => void) => ListRuns

/** string, dec and hex of a field: whole numbers are exact, and decimal whatever the field's base is. */
function textOfRows(value: FieldValue, name: string, texts: Texts): ListRuns {
  const next = selectRows(value)
  return texts((d, add) => {
    for (let row = next(d, 0); row >= 0; row = next(d, row + 1)) {
      if (value.raw || value.type !== 'integer') add(valueText(d.registry.fields[d.rows.field[row]!]!, d.rows, row, d.sources))
      else add(name === 'hex' ? `0x${exactOf(d, row).toString(16)}` : exactOf(d, row).toString())
    }
  })
}

function textOfNumbers(value: Value, name: string, texts: Texts): ListRuns {
  if (!isNumeric(value)) {
    const runs = listRuns(value, 'header')
    return texts((d, add) => {
      const { count, bytes, start, end } = runs(d)
      for (let i = 0; i < count; i++) add(Buffer.from(bytes[i]!.subarray(start[i]!, end[i]!)).toString('hex'))
    })
  }
  const numbers = listNumbers(value)
  return texts((d, add) => {
    const { count, values } = numbers(d)
    for (let i = 0; i < count; i++) {
      const n = values[i]!
      if (value.type === 'ipv4') add(ipv4Text(Uint8Array.of(n >>> 24, (n >>> 16) & 0xff, (n >>> 8) & 0xff, n & 0xff), 0))
      else add(name === 'hex' ? `0x${n.toString(16)}` : value.type === 'duration' ? n.toFixed(9) : String(n))
    }
  })
}
