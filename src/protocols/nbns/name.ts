// A NetBIOS name on the wire: RFC 1002 4.1. Fifteen characters and a byte that says which service has the name, each half byte a letter from
// A to P ("first-level encoding"), in a label of DNS; labels behind it are the scope.

import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'
import { nbnsServices } from '../names/nbns.ts'

export interface Name {
  /** "WORKGROUP<1d>", with the scope; or why it is none. */
  readonly text: string
  /** What the name is for, in brackets, with a space before it; '' when the name is none. */
  readonly service: string
  /** Bytes of the name where it stands: a pointer has two. */
  readonly length: number
}

const SIZE = 16
const POINTER = 0xc0
const MAX_LABELS = 128
const A = 0x41
const Z = 0x5a

/** The name at `at`, or undefined when it does not end inside the layer. Pointers only lead back, so they come to an end. */
export function readName(p: Dissection, at: number): Name | undefined {
  const labels: string[] = []
  let end = 0
  let i = at
  for (let steps = 0; steps < MAX_LABELS && p.has(i + 1); steps++) {
    const size = p.u8(i)
    if (size === 0) return { ...decodeName(labels), length: (end || i + 1) - at }
    if (size >= POINTER) {
      if (!p.has(i + 2)) return undefined
      end ||= i + 2
      const target = ((size & 0x3f) << 8) | p.u8(i + 1)
      if (target >= i) return undefined
      i = target
      continue
    }
    if (!p.has(i + 1 + size)) return undefined
    labels.push(decodeText(p.bytes, p.base + i + 1, size))
    i += 1 + size
  }
  return undefined
}

function decodeName(labels: readonly string[]): { text: string; service: string } {
  const [first = '', ...scope] = labels
  const characters: number[] = []
  for (let i = 0; i < first.length; i += 2) {
    const [high, low] = [first.charCodeAt(i), first.charCodeAt(i + 1)]
    if (high < A || high > Z) return illegal('1st character not between A and Z in first-level encoding')
    if (Number.isNaN(low)) return illegal('odd number of bytes')
    if (low < A || low > Z) return illegal('2nd character not between A and Z in first-level encoding')
    characters.push((((high - A) << 4) | (low - A)) & 0xff)
  }
  if (characters.length !== SIZE) return illegal(`${characters.length} bytes long`)
  const type = characters[SIZE - 1]!
  return { text: `${plainName(characters)}${suffix(type)}${scope.map((label) => `.${label}`).join('')}`, service: serviceOf(type) }
}

const illegal = (why: string) => ({ text: `Illegal NetBIOS name (${why})`, service: '' })

const suffix = (type: number): string => `<${type.toString(16).padStart(2, '0')}>`
const serviceOf = (type: number): string => ` (${nbnsServices[type] ?? 'Unknown'})`

/** The first fifteen characters, without the spaces that fill them up; what cannot be printed as its number. */
function plainName(characters: readonly number[]): string {
  const name = characters.slice(0, SIZE - 1).map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : suffix(byte)))
  return name.join('').trimEnd()
}

/** "<1e> (Browser Election Service)". */
export const typeWords = (type: number): string => suffix(type) + serviceOf(type)

/** A name that stands in the clear, sixteen bytes at `at`, without its type. */
export function readPlainName(p: Dissection, at: number): string {
  return plainName(Array.from(p.bytes.subarray(p.base + at, p.base + at + SIZE)))
}
