// Text that came from the wire, made safe for a terminal. Every string that front ends show passes through here once, at the
// boundary where bytes become display strings; panes and printers accept nothing else.

declare const safe: unique symbol

/** A string without control characters, escape sequences, bidi overrides or anything else that has no visible cell of its own. */
export type SafeText = string & { readonly [safe]: true }

/** Longest text that is shown unless the caller asks for more: wider than any screen, far below what costs time to measure. */
export const TEXT_LIMIT = 4096

// With the arrow and the dot that our own words use: one cell each, and in nearly every line of a packet list.
const PLAIN = /^[\x20-\x7e→·]*$/

// \p{C}: controls, format characters, surrogates, private use, unassigned. Default_Ignorable adds variation selectors, Hangul
// fillers, tags and the grapheme joiner. Conjoining jamo (1160…) and skin tones (1f3fb…) are drawn by some terminals in the
// cell before and by others in one of their own, so they would shift columns.
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff]|[\u{1f3fb}-\u{1f3ff}]/gu

// A mark at the very start would join whatever stands before it on the screen; stacks of marks grow over neighbouring lines.
const EXCESS_MARKS = /^[\p{Mn}\p{Me}]+|(?<=[\p{Mn}\p{Me}]{2})[\p{Mn}\p{Me}]+/gu

/**
 * Makes any string safe to print: C0 and DEL become control pictures (␀ ␛ ␡), other invisible or reordering code points become
 * `\u{…}`, lone surrogates become U+FFFD, at most two combining marks stay on a character, and text over `limit` UTF-16 units
 * ends in `…`.
 */
export function safeText(text: string, limit: number = TEXT_LIMIT): SafeText {
  const whole = text.length <= limit
  const kept = whole ? text : text.slice(0, limit)
  if (PLAIN.test(kept)) return (whole ? kept : `${kept}…`) as SafeText
  const shown = kept.replace(EXCESS_MARKS, spellAll).replace(UNSAFE, show)
  return (whole ? shown : `${shown}…`) as SafeText
}

/** The same for text of several lines: each line is made safe on its own, `\n`, `\r\n` and `\r` end a line. */
export function safeLines(text: string, limit: number = TEXT_LIMIT): SafeText[] {
  return text.split(/\r\n|\n|\r/).map((line) => safeText(line, limit))
}

/** One byte as it stands in the text column of a hex dump: itself if printable ASCII, else `·`. */
export function byteGlyph(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
}

function show(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '␡'
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
  return spell(code)
}

function spellAll(marks: string): string {
  return Array.from(marks, (mark) => spell(mark.codePointAt(0) ?? 0)).join('')
}

function spell(code: number): string {
  return `\\u{${code.toString(16)}}`
}
