// Lines of a lesson as lines of the interface.

import { safeText } from '../../../bytes/text.ts'
import type { Line as LessonLine, Style } from '../../../lessons/index.ts'
import { fitLine, type Ground, type Line, type Role, span } from '../../line.ts'

const LOOKS: Readonly<Record<Style, readonly [Role, Ground]>> = {
  plain: ['text', 'plain'],
  bold: ['strong', 'plain'],
  dim: ['dim', 'plain'],
  lit: ['secret', 'lit'],
  mark: ['accent', 'plain'],
  good: ['good', 'plain'],
  bad: ['bad', 'plain'],
  title: ['title', 'bar'],
}

/** A line of a lesson, cut or filled to the screen's width. */
export function lessonLine(line: LessonLine, columns: number): Line {
  const spans = line.map(({ text, style }) => span(safeText(text), ...LOOKS[style]))
  return fitLine(spans, columns, line[0]?.style === 'title' ? 'bar' : 'plain')
}
