// Text broken into lines of so many cells.

import { type SafeText, safeText } from './text.ts'
import { clipText, displayWidth, measurePrefix } from './width.ts'

/** Breaks a text at spaces into lines of at most `width` cells; a word that is longer is cut behind one of its signs, or where the line ends. */
export function wrapWords(text: string, width: number): SafeText[] {
  const lines: string[] = []
  let line = ''
  for (const word of safeText(text).split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (displayWidth(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (displayWidth(line) > width) {
      const { units } = measurePrefix(line, width)
      // A wide character in a narrow column: cut it rather than stand still.
      if (units === 0) return [...lines, clipText(line, width)] as SafeText[]
      const sign = Math.max(...['_', '-', '/', '.', ':'].map((letter) => line.lastIndexOf(letter, units - 1))) + 1
      const end = sign > units / 2 ? sign : units
      lines.push(line.slice(0, end))
      line = line.slice(end)
    }
  }
  return [...lines, line] as SafeText[]
}
