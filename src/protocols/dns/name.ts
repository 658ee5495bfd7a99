// Domain names: RFC 1035 3.1, with compression: 4.1.4. Labels, each with its length before it, end with one of length 0 or with a pointer
// to where the rest of the name stands earlier in the message.
//
// Pointers may lead anywhere, in circles too: a name is read for at most 127 pointers and 1024 bytes. One of more
// than 255 bytes (RFC 1035 2.3.4) has an end, but no text.

import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { SEVERITY_ERROR } from '../../core/note.ts'

const MAX_NAME = 255
const MAX_POINTERS = 127
const MAX_READ = 1024
const POINTER = 0xc0
const RESERVED = 0x80

export const ROOT = '<Root>'

export interface Name {
  /** The labels with dots between them; `<Root>` for the empty name. */
  readonly text: string
  /** Bytes at the place where the name starts, up to the first pointer. */
  readonly length: number
  /** Characters of the text, before control characters were written out. */
  readonly characters: number
  /** What is wrong with it, so that nobody can tell where it ends; '' when nothing is. */
  readonly problem: string
  /** What is wrong with it although its end is known: then the text is only words in angle brackets. */
  readonly odd: string
  /** The bytes of the layer that it needs, when they are not there; 0 otherwise. */
  readonly needs: number
}

/** Reads the name at `at`; pointers count from `origin`, the first byte of the message. Both count from the start of the layer. */
export function readName(p: Dissection, origin: number, at: number): Name {
  let text = ''
  let labels = 0
  let here = at
  let length = -1
  let pointers = 0
  let total = 0
  for (;;) {
    if (!p.has(here + 1)) return broken('', here + 1)
    const size = p.u8(here)
    if (size === 0) {
      if (length < 0) length = here + 1 - at
      break
    }
    if ((size & POINTER) === POINTER) {
      if (!p.has(here + 2)) return broken('', here + 2)
      if (length < 0) length = here + 2 - at
      if (++pointers > MAX_POINTERS)
        return odd('<Name contains a pointer that loops>', length, 'goes round in circles: it has too many pointers')
      here = origin + (p.u16(here) & 0x3fff)
      continue
    }
    if ((size & POINTER) === RESERVED) return broken('has a label of the unknown kind 2', 0)
    // Labels of another kind (RFC 6891 5): the name goes as far as the byte that says so, or as the pointer that led here.
    if ((size & POINTER) !== 0) {
      if (labels === 0) return broken(`has a label of the unknown kind ${size >> 6}`, 0)
      return odd('<Unknown extended label>', length < 0 ? here + 1 - at : length, `has a label of the unknown kind ${size >> 6}`)
    }
    total += size + 1
    if (total > MAX_READ) return broken(`is longer than ${MAX_NAME} bytes`, 0)
    if (!p.has(here + 1 + size)) return broken('', here + 1 + size)
    if (total < MAX_NAME) text += (labels === 0 ? '' : '.') + plainText(decodeText(p.bytes, p.base + here + 1, size))
    labels++
    here += 1 + size
  }
  if (total >= MAX_NAME) return odd('<Name too long>', length, `is longer than ${MAX_NAME} bytes`)
  return { text: text === '' ? ROOT : text, length, characters: text === '' ? ROOT.length : total - 1, problem: '', odd: '', needs: 0 }
}

const CONTROL = /[\0-\x1f\x7f]/
const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** Control characters as Wireshark writes them in names: `\n`, or `\000` with three octal digits. */
function plainText(label: string): string {
  if (!CONTROL.test(label)) return label
  return Array.from(label, (c) => (CONTROL.test(c) ? (ESCAPES[c] ?? `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`) : c)).join('')
}

function broken(problem: string, needs: number): Name {
  return { text: '', length: 0, characters: 0, problem, odd: '', needs }
}

function odd(text: string, length: number, why: string): Name {
  return { text, length, characters: text.length, problem: '', odd: why, needs: 0 }
}

/** Remarks on a name whose end is known and whose text is not. */
export function remark(p: Dissection, field: Field, name: Name, at: number): void {
  if (name.odd !== '') p.note(SEVERITY_ERROR, `${field.label} ${name.odd}`, at, name.length)
}

/** Says what is wrong with a name, which ends the layer. */
export function refuse(p: Dissection, field: Field, name: Name): void {
  if (name.needs > 0) p.short(name.needs)
  else p.malformed(field, name.problem)
}

export const isBroken = (name: Name): boolean => name.needs > 0 || name.problem !== ''
