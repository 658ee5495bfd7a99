// Text of several lines as one line of a tree: Wireshark's escapes for what has no shape of its own.

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
}

/** Control characters as C writes them: `\n`, `\000`. Not yet safe for a terminal. */
export function spellControls(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, (letter) => ESCAPES[letter] ?? `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`)
}
