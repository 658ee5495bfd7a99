/** How a run of text is meant; a front end chooses the colour. */
export type Style = 'plain' | 'bold' | 'dim' | 'lit' | 'mark' | 'good' | 'bad' | 'title'

export interface Span {
  readonly text: string
  readonly style: Style
}

/** One row of a screen. */
export type Line = readonly Span[]

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('')
}
