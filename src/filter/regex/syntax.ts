// Regular expressions as Perl writes them → a tree over sets of bytes. What a linear-time matcher cannot do (back references,
// lookaround, atomic groups) is refused by name.

/** 256 bits: which bytes match. */
export type ByteSet = Uint8Array

/** Conditions on a place between two bytes. */
export const BEGIN_TEXT = 1
export const BEGIN_LINE = 2
export const END_TEXT = 4
/** At the end, or before a newline that is the last byte. */
export const END_BEFORE_NEWLINE = 8
export const END_LINE = 16
export const WORD_EDGE = 32
export const NO_WORD_EDGE = 64

export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'assert'; readonly what: number }
  | { readonly kind: 'join' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly least: number; readonly most: number }

/** Why a pattern is refused; `at` is an index into it. */
export class PatternError extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

const MAX_NESTING = 200
const MAX_REPEAT = 1000

const EMPTY: Node = { kind: 'empty' }

export function setOf(...ranges: readonly (readonly [number, number])[]): ByteSet {
  const set = new Uint8Array(256)
  for (const [from, to] of ranges) set.fill(1, from, to + 1)
  return set
}

function complement(set: ByteSet): ByteSet {
  return set.map((bit) => 1 - bit)
}

const DIGIT = setOf([48, 57])
export const WORD = setOf([48, 57], [65, 90], [95, 95], [97, 122])
const SPACE = setOf([9, 13], [32, 32])
const HORIZONTAL = setOf([9, 9], [32, 32], [0xa0, 0xa0])
const VERTICAL = setOf([10, 13], [0x85, 0x85])
const NOT_NEWLINE = complement(setOf([10, 10]))

const CLASSES: Readonly<Record<string, ByteSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
  h: HORIZONTAL,
  H: complement(HORIZONTAL),
  v: VERTICAL,
  V: complement(VERTICAL),
  N: NOT_NEWLINE,
}

const NAMED: Readonly<Record<string, ByteSet>> = {
  alpha: setOf([65, 90], [97, 122]),
  digit: DIGIT,
  alnum: setOf([48, 57], [65, 90], [97, 122]),
  upper: setOf([65, 90]),
  lower: setOf([97, 122]),
  space: SPACE,
  blank: setOf([9, 9], [32, 32]),
  punct: setOf([33, 47], [58, 64], [91, 96], [123, 126]),
  print: setOf([32, 126]),
  graph: setOf([33, 126]),
  cntrl: setOf([0, 31], [127, 127]),
  xdigit: setOf([48, 57], [65, 70], [97, 102]),
  ascii: setOf([0, 127]),
  word: WORD,
}

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

interface Flags {
  readonly fold: boolean
  readonly dotAll: boolean
  readonly lines: boolean
  readonly extended: boolean
}

/** Parses a pattern whose characters are bytes (0 … 255). Throws PatternError. */
export function parsePattern(pattern: string, foldCase: boolean): Node {
  return new PatternParser(pattern).parse({ fold: foldCase, dotAll: false, lines: false, extended: false })
}

class PatternParser {
  private readonly text: string
  private at = 0
  private nesting = 0
  /** Up to here characters stand for themselves (\\Q…\\E). */
  private literalUntil = 0
  private flags: Flags = { fold: true, dotAll: false, lines: false, extended: false }

  constructor(text: string) {
    this.text = text
  }

  parse(flags: Flags): Node {
    this.flags = flags
    const node = this.choice()
    if (this.at < this.text.length) throw new PatternError('a ")" closes nothing', this.at)
    return node
  }

  private choice(): Node {
    const parts = [this.join()]
    while (this.text[this.at] === '|') {
      this.at++
      parts.push(this.join())
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts }
  }

  private join(): Node {
    const parts: Node[] = []
    while (this.at < this.text.length) {
      const c = this.text[this.at]!
      if (this.at >= this.literalUntil) {
        if (c === '|' || c === ')') break
        if (this.flags.extended && this.skipBlank(c)) continue
      }
      const node = this.atom()
      if (node !== null) parts.push(this.repeated(node))
    }
    return parts.length === 0 ? EMPTY : parts.length === 1 ? parts[0]! : { kind: 'join', parts }
  }

  private skipBlank(c: string): boolean {
    if (c === '#') {
      const line = this.text.indexOf('\n', this.at)
      this.at = line < 0 ? this.text.length : line + 1
      return true
    }
    if (!/\s/.test(c)) return false
    this.at++
    return true
  }

  private repeated(node: Node): Node {
    let of = node
    for (;;) {
      const start = this.at
      const counts = start < this.literalUntil ? null : this.counts()
      if (counts === null) return of
      const [least, most] = counts
      if (least > MAX_REPEAT || (most !== Number.POSITIVE_INFINITY && most > MAX_REPEAT))
        throw new PatternError(`a repetition is limited to ${MAX_REPEAT}`, start)
      if (most < least) throw new PatternError('a repetition ends below its start', start)
      if (this.text[this.at] === '?') this.at++
      else if (this.text[this.at] === '+') throw new PatternError('possessive repetition is not supported', this.at)
      of = { kind: 'repeat', of, least, most }
    }
  }

  private counts(): [number, number] | null {
    const c = this.text[this.at]
    if (c === '*' || c === '+' || c === '?') {
      this.at++
      return [c === '+' ? 1 : 0, c === '?' ? 1 : Number.POSITIVE_INFINITY]
    }
    if (c !== '{') return null
    const found = /\{(\d+)(,?)(\d*)\}/y
    found.lastIndex = this.at
    const match = found.exec(this.text)
    if (match === null) return null
    this.at += match[0].length
    const least = Number(match[1])
    return [least, match[2] === '' ? least : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])]
  }

  /** Null for what matches nothing by itself: a comment, a change of flags, a quote mark. */
  private atom(): Node | null {
    const start = this.at
    const c = this.text[this.at++]!
    if (start < this.literalUntil) {
      // What repeats behind \\E repeats the last character.
      if (this.at === this.literalUntil) this.at = Math.min(this.text.length, this.at + 2)
      return this.byte(c.charCodeAt(0))
    }
    switch (c) {
      case '(':
        return this.group(start)
      case '[':
        return { kind: 'set', set: this.bracket(start) }
      case '.':
        return { kind: 'set', set: this.flags.dotAll ? setOf([0, 255]) : NOT_NEWLINE }
      case '^':
        return { kind: 'assert', what: this.flags.lines ? BEGIN_LINE : BEGIN_TEXT }
      case '$':
        return { kind: 'assert', what: this.flags.lines ? END_LINE : END_BEFORE_NEWLINE }
      case '*':
      case '+':
      case '?':
        throw new PatternError(`"${c}" repeats nothing`, start)
      case '\\':
        return this.escape(start)
      default:
        return this.byte(c.charCodeAt(0))
    }
  }

  private byte(code: number): Node {
    const set = setOf([code, code])
    return { kind: 'set', set: this.flags.fold ? folded(set) : set }
  }

  private group(start: number): Node | null {
    if (++this.nesting > MAX_NESTING) throw new PatternError('groups are nested too deeply', start)
    const kept = this.flags
    if (this.text[this.at] === '?') {
      const comment = /\?#[^)]*\)/y
      comment.lastIndex = this.at
      const skipped = comment.exec(this.text)
      const head = /\?(?:([imsxnJ]*)(?:-([imsx]*))?([:)])|P?<(?![=!])\w+>|'\w+')/y
      head.lastIndex = this.at
      const found = skipped === null ? head.exec(this.text) : null
      if (skipped !== null) {
        this.at += skipped[0].length
        this.nesting--
        return null
      }
      if (found === null) throw new PatternError(refusal(this.text.slice(this.at, this.at + 3)), start)
      this.at += found[0].length
      if (found[3] !== undefined) this.flags = changed(this.flags, found[1]!, found[2] ?? '')
      if (found[3] === ')') {
        // The flags hold until the group around this ends.
        this.nesting--
        return null
      }
    } else if (this.text[this.at] === '*') throw new PatternError('verbs such as (*…) are not supported', start)
    const node = this.choice()
    if (this.text[this.at] !== ')') throw new PatternError('a group is not closed', start)
    this.at++
    this.flags = kept
    this.nesting--
    return node
  }

  private escape(start: number): Node | null {
    const c = this.text[this.at++]
    if (c === undefined) throw new PatternError('the pattern ends in a backslash', start)
    switch (c) {
      case 'A':
        return { kind: 'assert', what: BEGIN_TEXT }
      case 'z':
        return { kind: 'assert', what: END_TEXT }
      case 'Z':
        return { kind: 'assert', what: END_BEFORE_NEWLINE }
      case 'b':
        return { kind: 'assert', what: WORD_EDGE }
      case 'B':
        return { kind: 'assert', what: NO_WORD_EDGE }
      case 'R':
        return {
          kind: 'choice',
          parts: [
            { kind: 'join', parts: [raw(13), raw(10)] },
            { kind: 'set', set: VERTICAL },
          ],
        }
      case 'Q': {
        const end = this.text.indexOf('\\E', this.at)
        this.literalUntil = end < 0 ? this.text.length : end
        if (end === this.at) this.at += 2
        return null
      }
      case 'E':
        return null
    }
    if (Object.hasOwn(CLASSES, c)) return { kind: 'set', set: CLASSES[c]! }
    return this.byte(this.escapedByte(c, start, false))
  }

  /** The byte behind an escape that stands for one; `c` is the character after the backslash. */
  private escapedByte(c: string, start: number, inClass: boolean): number {
    if (Object.hasOwn(CONTROLS, c)) return CONTROLS[c]!
    const rest = this.text.slice(this.at, this.at + 6)
    if (c === 'x') {
      const found = /^\{([0-9a-fA-F]{1,2})\}|^([0-9a-fA-F]{0,2})/.exec(rest)!
      if (rest[0] === '{' && found[1] === undefined) throw new PatternError('\\x{…} goes up to ff: patterns match bytes', start)
      this.at += found[0].length
      return Number.parseInt(found[1] ?? found[2] ?? '', 16) || 0
    }
    if (c === 'o' && rest[0] === '{') throw new PatternError('\\o{…} is not supported; write \\x..', start)
    if (c === 'c') {
      const letter = this.text[this.at++]
      if (letter === undefined) throw new PatternError('\\c needs a letter', start)
      return letter.toUpperCase().charCodeAt(0) ^ 0x40
    }
    if (c === '0' || (inClass && /[0-7]/.test(c)) || (/[1-7]/.test(c) && /^[0-7]{2}/.test(rest))) {
      const digits = /^[0-7]{0,2}/.exec(rest)![0]
      this.at += digits.length
      return Number.parseInt(c + digits, 8) & 0xff
    }
    if (/[1-9]/.test(c) || c === 'g' || c === 'k') throw new PatternError('back references are not supported', start)
    if (/[A-Za-z]/.test(c)) throw new PatternError(`\\${c} is not supported`, start)
    return c.charCodeAt(0)
  }

  private bracket(start: number): ByteSet {
    const negated = this.text[this.at] === '^'
    if (negated) this.at++
    let set = new Uint8Array(256)
    const merge = (other: ByteSet) => {
      set = set.map((bit, i) => bit | other[i]!)
    }
    for (let first = true; ; first = false) {
      const c = this.text[this.at]
      if (c === undefined) throw new PatternError('a "[" is not closed', start)
      if (c === ']' && !first) break
      const named = /\[:(\^?)(\w+):\]/y
      named.lastIndex = this.at
      const posix = named.exec(this.text)
      if (posix !== null) {
        const known = Object.hasOwn(NAMED, posix[2]!) ? NAMED[posix[2]!]! : null
        if (known === null) throw new PatternError(`[:${posix[2]}:] is no class`, this.at)
        merge(posix[1] === '' ? known : complement(known))
        this.at += posix[0].length
        continue
      }
      const next = this.text[this.at + 1]
      if (c === '\\' && next !== undefined && Object.hasOwn(CLASSES, next)) {
        merge(CLASSES[next]!)
        this.at += 2
        continue
      }
      const from = this.classByte(start)
      const ranges = this.text[this.at] === '-' && this.text[this.at + 1] !== ']' && this.text[this.at + 1] !== undefined
      const afterDash = this.text[this.at + 2]
      if (!ranges || (this.text[this.at + 1] === '\\' && afterDash !== undefined && Object.hasOwn(CLASSES, afterDash))) {
        set[from] = 1
        continue
      }
      this.at++
      const to = this.classByte(start)
      if (to < from) throw new PatternError('a range in [ ] ends before it starts', this.at)
      set.fill(1, from, to + 1)
    }
    this.at++
    const result = this.flags.fold ? folded(set) : set
    return negated ? complement(result) : result
  }

  private classByte(start: number): number {
    const c = this.text[this.at++]
    if (c === undefined) throw new PatternError('a "[" is not closed', start)
    if (c !== '\\') return c.charCodeAt(0)
    const escaped = this.text[this.at++]
    if (escaped === undefined) throw new PatternError('a "[" is not closed', start)
    return escaped === 'b' ? 8 : this.escapedByte(escaped, this.at - 2, true)
  }
}

function raw(code: number): Node {
  return { kind: 'set', set: setOf([code, code]) }
}

function folded(set: ByteSet): ByteSet {
  const both = set.slice()
  for (let upper = 65; upper <= 90; upper++) {
    const lower = upper + 32
    if (set[upper] === 1 || set[lower] === 1) both[upper] = both[lower] = 1
  }
  return both
}

function changed(flags: Flags, on: string, off: string): Flags {
  const is = (letter: string, before: boolean) => (off.includes(letter) ? false : on.includes(letter) ? true : before)
  return { fold: is('i', flags.fold), dotAll: is('s', flags.dotAll), lines: is('m', flags.lines), extended: is('x', flags.extended) }
}

function refusal(head: string): string {
  if (/^\?<?[=!]/.test(head)) return 'lookaround is not supported'
  if (head.startsWith('?>')) return 'atomic groups are not supported'
  if (head.startsWith('?|')) return 'branch reset groups are not supported'
  if (head.startsWith('?(')) return 'conditions are not supported'
  return 'this kind of group is not supported'
}
