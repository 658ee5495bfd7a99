// Text from packets as printed formats show it. What could steer a terminal never gets through; what is only special to a format is
// escaped the way tshark 4.0 escapes it.

import { type SafeText, safeText } from '../../bytes/text.ts'

const PLAIN = /^[\x20-\x7e]*$/
/** Controls, format characters, lone surrogates, private use, unassigned, separators of lines: nothing of it can be printed. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu
const LETTERS: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

function spell(character: string): string {
  const letter = LETTERS[character]
  if (letter !== undefined) return letter
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return `\\${code.toString(8).padStart(3, '0')}`
  return code < 0x10000
    ? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
    : `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`
}

/** One line for text formats: `\r\n` for line ends, `\033` and `\u202E` for what cannot be printed. */
export function escapeText(text: string): SafeText {
  return safeText(PLAIN.test(text) ? text : text.replace(UNPRINTABLE, spell), Number.POSITIVE_INFINITY)
}

const XML_PLAIN = /^[\x20\x21\x23-\x25\x28-\x3b\x3d\x3f-\x7e]*$/
const XML_SPECIAL = /[&<>"']|[\p{C}\p{Zl}\p{Zp}]/gu
const XML_NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
  '\t': '&#x9;',
  '\n': '&#xa;',
  '\r': '&#xd;',
}

/**
 * Text of an XML attribute. Line ends become character references, which a parser gives back unchanged; characters that XML 1.0 cannot
 * hold at all are spelt `\x1b`, as tshark does.
 */
export function escapeXml(text: string): string {
  if (XML_PLAIN.test(text)) return text
  return text.replace(XML_SPECIAL, (character) => {
    const name = XML_NAMES[character]
    if (name !== undefined) return name
    const code = character.codePointAt(0) ?? 0
    // XML 1.0, 2.2: no control characters, surrogates or noncharacters, not even as references.
    const outside = code < 0x20 || code === 0x7f || (code >= 0xd800 && code <= 0xdfff) || (code & 0xfffe) === 0xfffe
    return outside ? `\\x${code.toString(16)}` : `&#x${code.toString(16)};`
  })
}

const JSON_SPECIAL = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu

/** A JSON string with its quotes. RFC 8259 7; DEL, C1 and format characters too are written as escapes, which mean the same. */
export function quoteJson(text: string): string {
  const quoted = JSON.stringify(text)
  if (PLAIN.test(quoted)) return quoted
  return quoted.replace(JSON_SPECIAL, (character) =>
    [...Array(character.length).keys()].map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  )
}
