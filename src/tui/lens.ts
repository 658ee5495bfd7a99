// The eavesdropper's lens: what each byte of the hex pane is to somebody who reads along without a key. The engine knows; here is
// when it is asked, and in which words and letters it is told.

import { safeText } from '../bytes/text.ts'
import type { Capture } from '../engine/capture.ts'
import { CLASS_NAMES, CLASS_WORDS, Lens, ShareCounter, type Shares } from '../engine/exposure/index.ts'
import type { DetailState } from './detail.ts'
import { type Line, type Role, say, span } from './line.ts'

export type LensMode = 'off' | 'colours' | 'letters'

export interface LensState {
  readonly mode: LensMode
  /** Class of each byte of the source on the screen; null while there is none, or where nobody sees these bytes on the wire. */
  readonly classes: Uint8Array | null
  readonly shares: Shares | null
  /** What the classes belong to: packet, source, and how much was known then. */
  readonly of: string
}

export const NO_LENS: LensState = { mode: 'off', classes: null, shares: null, of: '' }

const NEXT: Readonly<Record<LensMode, LensMode>> = { off: 'colours', colours: 'letters', letters: 'off' }

export function turnLens(lens: LensState): LensState {
  return { ...NO_LENS, mode: NEXT[lens.mode] }
}

export const LENS_WORDS: Readonly<Record<LensMode, ReturnType<typeof say>>> = {
  off: say`The lens is off.`,
  colours: say`Lens on: what a stranger can make of each byte. v again shows letters.`,
  letters: say`Lens in letters: Readable, Encrypted, Metadata, Framing. v ends it.`,
}

/** By class: framing, metadata, readable, encrypted. */
export const LENS_ROLES: readonly Role[] = ['lens-framing', 'lens-metadata', 'lens-readable', 'lens-encrypted']
export const LENS_LETTERS = 'FMRE'

const lenses = new WeakMap<Capture, Lens>()

/** The lens for what is on the screen; the same object when nothing has changed. */
export function settleLens(lens: LensState, capture: Capture | undefined, detail: DetailState, stamp: string): LensState {
  const { packet, source } = detail
  if (lens.mode === 'off' || packet === null) return lens.classes === null ? lens : { ...lens, classes: null, shares: null, of: '' }
  const of = `${packet.number} ${source} ${stamp}`
  if (of === lens.of) return lens
  const name = packet.sources[source]?.name ?? ''
  if (capture === undefined || name.startsWith('Decrypted')) return { ...lens, classes: null, shares: null, of }
  let known = lenses.get(capture)
  if (known === undefined) {
    known = new Lens(capture)
    lenses.set(capture, known)
  }
  const classes = known.classesOf(packet.number, source)
  const counter = new ShareCounter()
  counter.add(classes)
  return { ...lens, classes, shares: counter.shares(), of }
}

/** "Readable: anybody on the way can read this without a key." for a byte; empty without the lens. */
export function lensWords(lens: LensState, byte: number): ReturnType<typeof say> {
  if (lens.mode === 'off') return say``
  const name = CLASS_NAMES[lens.classes?.[byte] ?? -1]
  if (name === undefined) return lens.classes === null && lens.of !== '' ? say`Not on the wire: a key has opened these bytes.` : say``
  return safeText(CLASS_WORDS[name])
}

const ORDER = ['readable', 'encrypted', 'metadata', 'framing'] as const

/** The last line of the hex pane: letters, words and shares of the bytes above. */
export function legendLine({ shares }: LensState, width: number): Line {
  if (shares === null) return [span(say`opened with a key: nobody on the wire sees these bytes`, 'dim')]
  for (const form of ['words', 'letters'] as const) {
    const line = ORDER.flatMap((name, i) => {
      const kind = CLASS_NAMES.indexOf(name)
      const role = LENS_ROLES[kind] ?? 'text'
      const letter = safeText(LENS_LETTERS[kind] ?? '')
      const share = safeText(`${Math.round(shares[name] * 100)} %`)
      const word = form === 'words' ? say`${letter} ${safeText(name)} ${share}` : say`${letter} ${share}`
      return [span(i === 0 ? say`` : say`  `, 'text'), span(word, role)]
    })
    const cells = line.reduce((sum, { text }) => sum + text.length, 0)
    if (cells <= width || form === 'letters') return line
  }
  return []
}
