// Breaking text into lines by the cells that it takes.

/** Cells that a text takes on the screen. */
export type Measure = (text: string) => number

/** Lines of at most `width` cells, broken between words; a word that is too long is broken anywhere. At least one line. */
export function wrapText(text: string, width: number, measure: Measure): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (measure(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (measure(line) > width) {
      const head = headOf(line, width, measure)
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  lines.push(line)
  return lines
}

/** The longest start that fits, at least one character. */
function headOf(text: string, width: number, measure: Measure): string {
  let head = ''
  for (const character of text) {
    if (head !== '' && measure(head + character) > width) break
    head += character
  }
  return head
}

/** Pads with blanks to `width` cells. */
export function pad(text: string, width: number, measure: Measure): string {
  return text + ' '.repeat(Math.max(0, width - measure(text)))
}
