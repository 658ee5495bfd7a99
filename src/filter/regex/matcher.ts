// Runs a pattern over bytes in linear time: the deterministic automaton is built as the text asks for its states, and kept up to a
// fixed size. Nothing backtracks, so no pattern and no packet can make it hang.

import { ASSERT, assemble, MATCH, type Program, SET } from './program.ts'
import { BEGIN_LINE, BEGIN_TEXT, END_BEFORE_NEWLINE, END_LINE, END_TEXT, NO_WORD_EDGE, parsePattern, WORD, WORD_EDGE } from './syntax.ts'

export interface Matcher {
  readonly pattern: string
  /** Does the pattern match anywhere in bytes[start, end)? */
  matches(bytes: Uint8Array, start: number, end: number): boolean
}

const UNKNOWN = 0
const ACCEPT = 1
const DEAD = 2
/** States are numbered from here in the table. */
const FIRST_STATE = 3

/** Entries of the table of transitions: 4 MB. When it is full, it is emptied and filled again. */
const MAX_ENTRIES = 1 << 20

// What stands before a place …
const AT_START = 0
const AFTER_NEWLINE = 1
const AFTER_WORD = 2
const AFTER_OTHER = 3
// … and behind it: symbols beyond the 256 bytes.
const END = 256
const LAST_NEWLINE = 257
const NEWLINE = 10

/** Compiles a pattern whose characters are bytes; case-insensitive unless it says (?-i). Throws PatternError. */
export function compilePattern(pattern: string): Matcher {
  return new LazyAutomaton(pattern, assemble(parsePattern(pattern, true)))
}

class LazyAutomaton implements Matcher {
  readonly pattern: string
  private readonly program: Program
  /** Symbol → column of the table; symbols that no set tells apart share one. */
  private readonly column: Uint16Array
  /** A symbol for each column. */
  private readonly sample: number[]
  private readonly width: number
  private readonly most: number
  private readonly mark: Uint32Array
  private readonly stack: number[] = []
  private round = 0
  private table: Int32Array
  /** Bytes that leave the automaton where it starts; found as they are met. */
  private readonly idle = new Uint8Array(256)
  private states = new Map<string, number>()
  private kernels: (readonly number[])[] = []
  private before: number[] = []

  constructor(pattern: string, program: Program) {
    this.pattern = pattern
    this.program = program
    const { column, sample } = columnsOf(program)
    this.column = column
    this.sample = sample
    this.width = sample.length
    this.most = Math.max(64, Math.floor(MAX_ENTRIES / this.width))
    this.mark = new Uint32Array(program.operation.length)
    this.table = new Int32Array(this.width * 16)
    this.state([], AT_START)
  }

  matches(bytes: Uint8Array, start: number, end: number): boolean {
    const { column, width } = this
    const special = column[LAST_NEWLINE] !== column[NEWLINE] && end > start && bytes[end - 1] === NEWLINE
    const stop = special ? end - 1 : end
    let { table } = this
    const { idle } = this
    let state = FIRST_STATE
    for (let i = start; i < stop; i++) {
      if (state === FIRST_STATE) {
        // Nothing of the pattern has begun: on to the first byte that it could begin with.
        while (i < stop && idle[bytes[i]!] === 1) i++
        if (i === stop) break
      }
      const symbol = column[bytes[i]!]!
      let next = table[(state - FIRST_STATE) * width + symbol]!
      if (next === UNKNOWN) {
        next = this.advance(state, symbol)
        table = this.table
      }
      if (next < FIRST_STATE) return next === ACCEPT
      state = next
    }
    if (special) {
      const next = this.lookUp(state, column[LAST_NEWLINE]!)
      if (next < FIRST_STATE) return next === ACCEPT
      state = next
    }
    return this.lookUp(state, column[END]!) === ACCEPT
  }

  private lookUp(state: number, column: number): number {
    const known = this.table[(state - FIRST_STATE) * this.width + column]!
    return known === UNKNOWN ? this.advance(state, column) : known
  }

  /** Works out one transition and remembers it. */
  private advance(state: number, column: number): number {
    const { operation, operand, next, sets, start, anchored } = this.program
    const kernel = this.kernels[state - FIRST_STATE]!
    const before = this.before[state - FIRST_STATE]!
    const symbol = this.sample[column]!
    const { mark, stack } = this
    const round = ++this.round
    const reached: number[] = []
    stack.length = 0
    for (const at of kernel) stack.push(at)
    stack.push(start)
    let accepted = false
    while (stack.length > 0) {
      const at = stack.pop()!
      if (mark[at] === round) continue
      mark[at] = round
      const what = operation[at]!
      if (what === MATCH) {
        accepted = true
        break
      }
      if (what === SET) reached.push(at)
      else if (what === ASSERT) {
        if (holds(operand[at]!, before, symbol)) stack.push(next[at]!)
      } else stack.push(operand[at]!, next[at]!)
    }
    let result: number
    if (accepted) result = ACCEPT
    else if (symbol === END) result = DEAD
    else {
      const byte = symbol === LAST_NEWLINE ? NEWLINE : symbol
      const targets = new Set<number>()
      for (const at of reached) if (sets[operand[at]!]![byte] === 1) targets.add(next[at]!)
      if (targets.size === 0 && anchored) result = DEAD
      else {
        if (this.kernels.length >= this.most) {
          this.forget()
          state = -1
        }
        result = this.state(
          [...targets].sort((a, b) => a - b),
          byte === NEWLINE ? AFTER_NEWLINE : WORD[byte] === 1 ? AFTER_WORD : AFTER_OTHER,
        )
      }
    }
    if (state >= 0) this.table[(state - FIRST_STATE) * this.width + column] = result
    if (state === FIRST_STATE && result === FIRST_STATE)
      for (let byte = 0; byte < 256; byte++) if (this.column[byte] === column) this.idle[byte] = 1
    return result
  }

  private forget(): void {
    this.table.fill(UNKNOWN)
    this.states = new Map()
    this.kernels = []
    this.before = []
    this.state([], AT_START)
  }

  private state(kernel: readonly number[], before: number): number {
    const key = `${this.program.conditions === 0 ? 0 : before},${kernel.join()}`
    const known = this.states.get(key)
    if (known !== undefined) return known
    const state = FIRST_STATE + this.kernels.length
    this.states.set(key, state)
    this.kernels.push(kernel)
    this.before.push(before)
    const needed = this.kernels.length * this.width
    if (needed > this.table.length) {
      const wider = new Int32Array(Math.min(this.table.length * 2, this.most * this.width))
      wider.set(this.table)
      this.table = wider
    }
    return state
  }
}

function holds(conditions: number, before: number, symbol: number): boolean {
  switch (conditions) {
    case BEGIN_TEXT:
      return before === AT_START
    case BEGIN_LINE:
      // As in Perl: a newline that ends the text starts no further line.
      return before === AT_START || (before === AFTER_NEWLINE && symbol !== END)
    case END_TEXT:
      return symbol === END
    case END_BEFORE_NEWLINE:
      return symbol === END || symbol === LAST_NEWLINE
    case END_LINE:
      return symbol === END || symbol === LAST_NEWLINE || symbol === NEWLINE
    default: {
      const edge = (before === AFTER_WORD) !== (symbol < 256 && WORD[symbol] === 1)
      return conditions === NO_WORD_EDGE ? !edge : edge
    }
  }
}

function columnsOf(program: Program): { column: Uint16Array; sample: number[] } {
  const column = new Uint16Array(258)
  const sample: number[] = []
  const columns = new Map<string, number>()
  const words = (program.conditions & (WORD_EDGE | NO_WORD_EDGE)) !== 0
  const lines = (program.conditions & (BEGIN_LINE | END_LINE | END_BEFORE_NEWLINE)) !== 0
  for (let byte = 0; byte < 256; byte++) {
    let key = ''
    for (const set of program.sets) key += set[byte] === 1 ? '1' : '0'
    if (words) key += WORD[byte] === 1 ? 'w' : 'o'
    if (lines && byte === NEWLINE) key += 'n'
    let known = columns.get(key)
    if (known === undefined) {
      known = sample.push(byte) - 1
      columns.set(key, known)
    }
    column[byte] = known
  }
  column[END] = sample.push(END) - 1
  const lastNewline = (program.conditions & END_BEFORE_NEWLINE) !== 0
  column[LAST_NEWLINE] = lastNewline ? sample.push(LAST_NEWLINE) - 1 : column[NEWLINE]!
  return { column, sample }
}
