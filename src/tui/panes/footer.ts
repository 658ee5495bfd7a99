// The last line: what keys do here, or something that was just done.

import { contextOf } from '../commands.ts'
import { hintsOf } from '../keys.ts'
import { fitLine, lineWidth, type Picture, type Role, type Span, say, span } from '../line.ts'
import type { State } from '../state.ts'

const TONES: Readonly<Record<'note' | 'good' | 'bad', Role>> = { note: 'text', good: 'good', bad: 'bad' }

export function footerPane(state: State, width: number): Picture {
  if (state.digits !== '' || state.pendingG) {
    return {
      lines: [
        fitLine([span(say` ${Number(state.digits || 0)}${state.pendingG ? say` g` : say``}  G or gg goes to that packet`, 'dim')], width),
      ],
    }
  }
  if (state.notice !== null) {
    const mark = state.notice.tone === 'bad' ? say` ✗ ` : state.notice.tone === 'good' ? say` ✓ ` : say` `
    return { lines: [fitLine([span(mark, TONES[state.notice.tone]), span(state.notice.text, TONES[state.notice.tone])], width)] }
  }
  const line: Span[] = []
  for (const { key, hint } of hintsOf(contextOf(state))) {
    const more = [span(say` ${key}`, 'key'), span(say` ${hint}  `, 'dim')]
    if (lineWidth(line) + lineWidth(more) > width) break
    line.push(...more)
  }
  return { lines: [fitLine(line, width)] }
}
