// The names and values of all HTTP/2 headers of a capture, each pair once: requests of one connection, and of all others, say much the
// same. A pair is a number.

import { hpackStaticTable } from '../names/hpack.ts'

/** Bytes kept for a capture, about; what is new beyond that is named UNKEPT. */
export const MAX_TEXT = 64 * 1024 * 1024
/** What a pair costs beyond its letters, about. */
const OVERHEAD = 64

/** An entry of the table from before the capture. */
export const UNKNOWN = 0
/** MAX_TEXT was reached. */
export const UNKEPT = 1
const FIRST_STATIC = 2

export class HeaderTexts {
  private readonly names: string[] = []
  private readonly values: string[] = []
  private readonly pairs = new Map<string, number>()
  private readonly known = new Map<string, string>()
  private kept = 0
  /** MAX_TEXT was reached at least once. */
  overflowed = false

  constructor() {
    this.names.push('(unknown: sent before the capture)', '(not kept: too many headers)')
    this.values.push('', '')
    for (const [name, value] of hpackStaticTable) this.add(name, value)
  }

  /** The pair of the static table's entry, from 1. */
  staticPair(index: number): number {
    return FIRST_STATIC + index - 1
  }

  intern(name: string, value: string): number {
    const pair = this.pairs.get(keyOf(name, value))
    if (pair !== undefined) return pair
    if (this.kept + cost(name, value) > MAX_TEXT) {
      this.overflowed = true
      return UNKEPT
    }
    return this.add(name, value)
  }

  private add(name: string, value: string): number {
    let shared = this.known.get(name)
    if (shared === undefined) {
      shared = name
      this.known.set(name, name)
    }
    this.kept += cost(name, value)
    const pair = this.names.push(shared) - 1
    this.values.push(value)
    this.pairs.set(keyOf(name, value), pair)
    return pair
  }

  /** A letter per byte. */
  name(pair: number): string {
    return this.names[pair]!
  }

  value(pair: number): string {
    return this.values[pair]!
  }
}

/** A name cannot hold a line feed and be legal; the length tells apart those that do. */
const keyOf = (name: string, value: string): string => `${name.length} ${name}\n${value}`

const cost = (name: string, value: string): number => (name.length + value.length) * 2 + OVERHEAD
