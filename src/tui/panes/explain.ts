// The Explain line: what the selected field is, where it stands, and what this very value means.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { lensWords } from '../lens.ts'
import { blank, clipLine, fitLine, type Line, type Picture, type Span, say, span, wrap } from '../line.ts'
import type { State } from '../state.ts'
import { byteWords } from './hex.ts'

export function explainPane(state: State, width: number, height: number): Picture {
  const { packet, row } = state.detail
  if (packet === null) return { lines: [fitLine([span(say` Explain`, 'dim', 'bar')], width, 'bar')] }
  if (row < 0) return { lines: [fitLine([span(say` ${byteWords(state.detail)}`, 'text', 'bar')], width, 'bar')] }
  const words = packet.explain(row)
  const head: Span[] = [blank(1, 'bar'), span(words.title, 'strong', 'bar')]
  const add = (text: SafeText, role: Span['role']): void => {
    if (text !== '') head.push(span(say` · `, 'rule', 'bar'), span(text, role, 'bar'))
  }
  add(safeText(words.name), 'accent')
  add(words.where, 'text')
  add(words.spec, 'dim')
  const parts = [lensWords(state.lens, state.detail.byte), words.about, words.meaning].filter((part) => part !== '')
  const text = safeText(parts.join(' '))
  const lines: Line[] = [clipLine(head, width, 'bar')]
  for (const part of wrap(text, width - 2, height - 1)) lines.push([blank(1), span(part, 'text')])
  return { lines }
}
