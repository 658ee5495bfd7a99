// JavaScript Object Notation: RFC 8259. As in Wireshark only whole objects and arrays are taken apart; what is left is text.
//
// The text is read twice: first to see whether it is JSON at all (nothing is shown of an object that breaks off), then to record it.

import { decodeText } from '../bytes/decode.ts'
import { spellControls } from '../bytes/format.ts'
import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, type Field, type Get, group, text } from '../core/protocol.ts'
import { MEDIA_JSON, MEDIA_LINES, mediaName } from './names/media-types.ts'

/** Objects and arrays inside each other; what lies deeper is no JSON for us. */
const MAX_DEPTH = 100
/** Values that get rows; the rest of the text is passed over. */
const MAX_VALUES = 8000
/** Letters of a path. */
const MAX_PATH = 1000

const labelled = (label: string) => (_get: Get, _value: number, shown: string) => `${label}: ${spellControls(shown)}`

const F = {
  media: text('', 'Media type', { hidden: true, about: 'The kind of content, as the message that carries it says.' }),
  rest: text('', 'Rest', { hidden: true, about: 'What is left is shown as lines of text.', selectsLike: 'http.content_type' }),
  object: group('json.object', 'Object', { about: 'Members between braces: each has a name and a value.' }),
  array: group('json.array', 'Array', { about: 'Values between brackets, one after the other.' }),
  member: text('json.member', 'Member', {
    about: 'One member of an object: its name, a colon and its value.',
    display: labelled('Member'),
  }),
  pathWithValue: text('json.path_with_value', 'Path with value', {
    about: 'Where the value lies in the whole text, and the value, to search for both at once.',
    display: labelled('Path with value'),
  }),
  memberWithValue: text('json.member_with_value', 'Member with value', {
    about: 'The name of the member and its value, to search for both at once.',
    display: labelled('Member with value'),
  }),
  string: text('json.value.string', 'String value', {
    about: 'The text that the member holds, with its escapes undone.',
    display: labelled('String value'),
  }),
  number: text('json.value.number', 'Number value', { about: 'The number that the member holds, as it is written.' }),
  false: group('json.value.false', 'False value', { about: 'The member holds the value false, which means no.' }),
  true: group('json.value.true', 'True value', { about: 'The member holds the value true, which means yes.' }),
  null: group('json.value.null', 'Null value', { about: 'The member holds nothing: its value is not known or not set.' }),
  nan: group('json.value.nan', 'NaN value', { about: 'The member holds no number, which real JSON cannot say.' }),
  key: text('json.key', 'Key', { about: 'The name of the member, as the program that reads it knows it.', display: labelled('Key') }),
  path: text('json.path', 'Path', {
    about: 'Where the member lies in the whole text: the names of all that it is in.',
    display: labelled('Path'),
  }),
}

export const json = defineProtocol({
  name: 'json',
  title: 'JavaScript Object Notation',
  spec: 'RFC 8259',
  about: 'Names and values in readable text, the usual language between programs on the web.',
  fields: F,
  accepts: { 'http.content_type': [MEDIA_JSON] },
  scanStops: true,
  content: {
    info: (get) => `, JavaScript Object Notation${get.text(F.media) === '' ? '' : ` (${get.text(F.media)})`}`,
    column: () => '/JSON',
  },
  heading: (get) => `JavaScript Object Notation${get.text(F.media) === '' ? '' : `: ${get.text(F.media)}`}`,

  dissect(p) {
    if (!p.recording) return
    p.generateText(F.media, mediaName(p.said))
    let at = p.base
    const reader = new Reader(p)
    for (let texts = 0; texts < MAX_VALUES; texts++) {
      const start = reader.skipBlanks(at)
      const end = reader.isOpening(start) ? reader.value(start, 0) : -1
      if (end < 0) break
      reader.record(start)
      at = reader.skipBlanks(end)
    }
    p.span(at - p.base)
    if (at < p.end) p.next(F.rest, MEDIA_LINES, at - p.base, p.end - at, p.said)
  },
})

class Reader {
  private readonly p: Dissection
  private readonly bytes: Uint8Array
  private readonly end: number
  private readonly wanted: boolean
  private left = MAX_VALUES

  constructor(p: Dissection) {
    this.p = p
    this.bytes = p.bytes
    this.end = p.end
    this.wanted = Object.values(F).some((field) => p.wants(field))
  }

  isOpening(at: number): boolean {
    return at < this.end && (this.bytes[at] === 0x7b || this.bytes[at] === 0x5b)
  }

  skipBlanks(at: number): number {
    while (at < this.end && (this.bytes[at] === 0x20 || this.bytes[at] === 0x0a || this.bytes[at] === 0x0d || this.bytes[at] === 0x09)) at++
    return at
  }

  /** Where the value at `at` ends; -1 when there is none. */
  value(at: number, depth: number): number {
    const first = this.bytes[at]
    if (at >= this.end || depth > MAX_DEPTH) return -1
    if (first === 0x22) return this.stringEnd(at)
    if (first === 0x7b || first === 0x5b) return this.listEnd(at, depth)
    const word = wordAt(this.bytes, at, this.end)
    return word !== null ? at + word.length : this.numberEnd(at)
  }

  private stringEnd(at: number): number {
    for (let i = at + 1; i < this.end; i++) {
      if (this.bytes[i] === 0x5c) i++
      else if (this.bytes[i] === 0x22) return i + 1
    }
    return -1
  }

  /** RFC 8259 6. */
  private numberEnd(at: number): number {
    const { bytes, end } = this
    const digits = (from: number): number => {
      let i = from
      while (i < end && bytes[i]! >= 0x30 && bytes[i]! <= 0x39) i++
      return i
    }
    let i = bytes[at] === 0x2d ? at + 1 : at
    const whole = i < end && bytes[i] === 0x30 ? i + 1 : digits(i)
    if (whole === i) return -1
    i = whole
    if (i < end && bytes[i] === 0x2e) {
      const fraction = digits(i + 1)
      if (fraction > i + 1) i = fraction
    }
    if (i < end && (bytes[i]! | 0x20) === 0x65) {
      const sign = i + 1 < end && (bytes[i + 1] === 0x2b || bytes[i + 1] === 0x2d) ? i + 2 : i + 1
      const exponent = digits(sign)
      if (exponent > sign) i = exponent
    }
    return i
  }

  private listEnd(at: number, depth: number): number {
    const object = this.bytes[at] === 0x7b
    const close = object ? 0x7d : 0x5d
    let i = this.skipBlanks(at + 1)
    if (this.bytes[i] === close && i < this.end) return i + 1
    for (;;) {
      if (object) {
        if (i >= this.end || this.bytes[i] !== 0x22) return -1
        i = this.stringEnd(i)
        if (i < 0) return -1
        i = this.skipBlanks(i)
        if (i >= this.end || this.bytes[i] !== 0x3a) return -1
        i = this.skipBlanks(i + 1)
      }
      i = this.value(i, depth + 1)
      if (i < 0) return -1
      i = this.skipBlanks(i)
      if (i >= this.end) return -1
      if (this.bytes[i] === close) return i + 1
      if (this.bytes[i] !== 0x2c) return -1
      i = this.skipBlanks(i + 1)
    }
  }

  /** Records the object or array at `at`, which is known to be whole. */
  record(at: number): void {
    if (this.wanted) this.list(at, '')
  }

  /** Returns where it ends. */
  private list(at: number, path: string): number {
    const { p, bytes } = this
    const object = bytes[at] === 0x7b
    const close = object ? 0x7d : 0x5d
    p.nest(p.add(object ? F.object : F.array, at - p.base, 1))
    let i = this.skipBlanks(at + 1)
    while (bytes[i] !== close) {
      i = object ? this.member(i, path) : this.item(i, '[]', extend(path, '[]'))
      i = this.skipBlanks(i)
      if (bytes[i] === 0x2c) i = this.skipBlanks(i + 1)
    }
    p.close(i + 1 - p.base)
    return i + 1
  }

  private member(at: number, path: string): number {
    const { p } = this
    const keyEnd = this.stringEnd(at)
    const key = this.unescape(at, keyEnd)
    const here = extend(path, key)
    p.nest(p.generateText(F.member, key, at - p.base, keyEnd - at))
    const from = this.skipBlanks(this.skipBlanks(keyEnd) + 1)
    const to = this.item(from, key, here)
    p.generateText(F.key, key, at - p.base, keyEnd - at)
    p.generateText(F.path, here, at - p.base, to - at)
    p.close(to - p.base)
    return to
  }

  /** A value, whose name is `name` ("[]" in an array). */
  private item(at: number, name: string, path: string): number {
    const { p } = this
    if (this.isOpening(at)) {
      if (this.left > 0) return this.list(at, path)
      return this.listEnd(at, 0)
    }
    const to = this.value(at, 0)
    if (this.left-- <= 0) return to
    const place = at - p.base
    const length = to - at
    const first = this.bytes[at]
    const shown = first === 0x22 ? this.unescape(at, to) : decodeText(this.bytes, at, length)
    p.generateText(F.pathWithValue, `${path}:${shown}`, place, length)
    p.generateText(F.memberWithValue, `${name}:${shown}`, place, length)
    const word = wordAt(this.bytes, at, this.end)
    if (first === 0x22) p.generateText(F.string, shown, place, length)
    else if (word === null) p.add(F.number, place, length)
    else p.add(word.field, place, length)
    return to
  }

  /** The string whose quotes stand at `at` and before `end`. */
  private unescape(at: number, end: number): string {
    const raw = decodeText(this.bytes, at + 1, end - at - 2)
    if (!raw.includes('\\')) return raw
    return raw.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_whole, spelled: string) =>
      spelled.length === 5 ? String.fromCharCode(Number.parseInt(spelled.slice(1), 16)) : (LETTERS[spelled] ?? spelled),
    )
  }
}

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

const WORDS: readonly { readonly letters: readonly number[]; readonly length: number; readonly field: Field }[] = [
  ['true', F.true] as const,
  ['false', F.false] as const,
  ['null', F.null] as const,
  ['NaN', F.nan] as const,
].map(([word, field]) => ({ letters: [...word].map((letter) => letter.charCodeAt(0)), length: word.length, field }))

function wordAt(bytes: Uint8Array, at: number, end: number): { readonly length: number; readonly field: Field } | null {
  for (const word of WORDS) if (at + word.length <= end && word.letters.every((letter, i) => bytes[at + i] === letter)) return word
  return null
}

function extend(path: string, name: string): string {
  return path.length + name.length > MAX_PATH ? path : `${path}/${name}`
}
