// A line of text being typed: pure, so that the filter box and the dialogs share one behaviour.

/** `caret` counts UTF-16 units and never stands inside a surrogate pair. */
export interface TextBox {
  readonly text: string
  readonly caret: number
}

export const EMPTY_BOX: TextBox = { text: '', caret: 0 }

/** Longest text a box takes; more is cut. */
const LIMIT = 4096

export function boxOf(text: string): TextBox {
  return { text, caret: text.length }
}

/** Inserts at the caret; line ends and tabs of a pasted text become single spaces, other controls vanish. */
export function insert(box: TextBox, text: string): TextBox {
  const clean = text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}]/gu, '')
    .slice(0, Math.max(0, LIMIT - box.text.length))
  return { text: box.text.slice(0, box.caret) + clean + box.text.slice(box.caret), caret: box.caret + clean.length }
}

export type Edit =
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'word-left'
  | 'word-right'
  | 'backspace'
  | 'delete'
  | 'delete-word'
  | 'delete-before'
  | 'delete-after'

export function edit(box: TextBox, what: Edit): TextBox {
  const { text, caret } = box
  switch (what) {
    case 'left':
      return { text, caret: before(text, caret) }
    case 'right':
      return { text, caret: after(text, caret) }
    case 'home':
      return { text, caret: 0 }
    case 'end':
      return { text, caret: text.length }
    case 'word-left':
      return { text, caret: wordBefore(text, caret) }
    case 'word-right':
      return { text, caret: wordAfter(text, caret) }
    case 'backspace':
      return remove(text, before(text, caret), caret)
    case 'delete':
      return remove(text, caret, after(text, caret))
    case 'delete-word':
      return remove(text, wordBefore(text, caret), caret)
    case 'delete-before':
      return remove(text, 0, caret)
    case 'delete-after':
      return remove(text, caret, text.length)
  }
}

function remove(text: string, from: number, to: number): TextBox {
  return { text: text.slice(0, from) + text.slice(to), caret: from }
}

function before(text: string, at: number): number {
  const low = text.charCodeAt(at - 1)
  return Math.max(0, at - (low >= 0xdc00 && low <= 0xdfff ? 2 : 1))
}

function after(text: string, at: number): number {
  return Math.min(text.length, at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1))
}

function wordBefore(text: string, at: number): number {
  return /[\p{L}\p{N}_]*[^\p{L}\p{N}_]*$/u.exec(text.slice(0, at))?.index ?? 0
}

function wordAfter(text: string, at: number): number {
  return at + (/^[^\p{L}\p{N}_]*[\p{L}\p{N}_]*/u.exec(text.slice(at))?.[0].length ?? 0)
}
