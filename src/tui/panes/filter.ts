// The filter box: the text, a mark and a word for its validity, how many packets it selects; under it, while it is typed into,
// carets under a mistake with the repair, and completions.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { displayWidth } from '../../bytes/width.ts'
import { blank, cutLine, fitLine, type Line, lineWidth, type Picture, type Span, say, span } from '../line.ts'
import { grouped } from '../measure.ts'
import type { State } from '../state.ts'

const LABEL = say` Filter  `
const LABEL_WIDTH = LABEL.length

export function filterPane(state: State, width: number): Picture {
  const { filter } = state
  if (filter.box === null) {
    if (filter.applied === '') return { lines: [fitLine([span(LABEL, 'dim'), span(say`all packets`, 'dim')], width)] }
    return { lines: [withEnd([span(LABEL, 'dim'), span(safeText(filter.applied), 'good')], shareOf(state, countOf(state), true), width)] }
  }
  const { box, check } = filter
  const verdict = check.ok
    ? box.text.trim() === ''
      ? [span(say`empty: all packets`, 'dim')]
      : shareOf(state, countWhileTyping(state), true)
    : [span(say`✗ not valid yet`, 'bad')]
  const room = Math.max(8, width - LABEL_WIDTH - lineWidth(verdict) - 3)
  const before = displayWidth(safeText(box.text.slice(0, box.caret)))
  // A text longer than the box is shown around its caret.
  const offset = Math.max(0, before - room + 1)
  const text: Line = check.ok ? [span(safeText(box.text), 'text', 'field')] : mistakeSpans(box.text, check.start, check.end)
  const shown = cutLine([...text, blank(room, 'field')], offset, offset + room)
  const line = [span(LABEL, 'accent'), ...shown]
  return { lines: [withEnd(line, verdict, width)], caret: { x: LABEL_WIDTH + before - offset, y: 0 } }
}

function mistakeSpans(text: string, start: number, end: number): Line {
  return [
    span(safeText(text.slice(0, start)), 'text', 'field'),
    span(safeText(text.slice(start, end)), 'mistake', 'field'),
    span(safeText(text.slice(end)), 'text', 'field'),
  ]
}

function withEnd(start: Line, end: readonly Span[], width: number): Line {
  const room = width - lineWidth(end) - 2
  return fitLine([...fitLine(start, Math.max(0, room)), blank(1), ...end, blank(1)], width)
}

interface Share {
  readonly count: number
  readonly examined: number
}

function countOf(state: State): Share {
  return { count: state.list.count, examined: state.examined }
}

function countWhileTyping(state: State): Share | null {
  const { filter } = state
  if (filter.box?.text === filter.applied) return countOf(state)
  return filter.counting
}

// ✓ 12 of 1 204 (1.0 %), or how far the search has come.
function shareOf(state: State, share: Share | null, valid: boolean): Span[] {
  const total = state.status.packets
  const mark = span(valid ? say`✓ ` : say`✗ `, 'good')
  if (share === null) return [mark, span(say`valid`, 'good')]
  const part = total > 0 ? (share.count / total) * 100 : 0
  const words = [mark, span(say`${grouped(share.count)} of ${grouped(total)} (${percent(part)})`, 'text')]
  if (share.examined < total) words.push(span(say` ${Math.floor((share.examined / total) * 100)} % searched`, 'dim'))
  return words
}

function percent(part: number): SafeText {
  return safeText(part === 0 || part >= 99.95 ? `${Math.round(part)} %` : part < 0.1 ? '< 0.1 %' : `${part.toFixed(1)} %`)
}

/** How many lines the help under the box needs; 0 when there is nothing to say. */
export function assistHeight(state: State): number {
  const { box, check, completions } = state.filter
  if (box === null) return 0
  return (check.ok ? (check.hint === undefined ? 0 : 1) : 1) + Math.min(completions.length, mostCompletions(state))
}

// The list underneath should still be seen.
function mostCompletions(state: State): number {
  return Math.max(3, Math.min(8, Math.floor(state.rows / 4)))
}

/** What hangs under the box: carets and the mistake, then completions. */
export function assistPane(state: State, width: number): Picture {
  const { box, check, completions, choice } = state.filter
  const lines: Line[] = []
  if (box !== null && !check.ok) {
    const from = LABEL_WIDTH + displayWidth(safeText(box.text.slice(0, check.start)))
    const carets = Math.max(1, displayWidth(safeText(box.text.slice(check.start, check.end))))
    const words: Span[] = [
      span(safeText('^'.repeat(Math.min(carets, width))), 'bad', 'panel'),
      span(say` ${check.message}`, 'bad', 'panel'),
    ]
    if (check.fix !== undefined) words.push(span(say`  Tab: `, 'key', 'panel'), span(safeText(check.fix), 'good', 'panel'))
    // The message matters more than standing under the mistake: it moves left as far as it must to be read whole.
    lines.push([blank(Math.max(0, Math.min(from, width - lineWidth(words))), 'panel'), ...words])
  } else if (check.ok && check.hint !== undefined) {
    lines.push([blank(LABEL_WIDTH, 'panel'), span(check.hint, 'note', 'panel')])
  }
  const most = mostCompletions(state)
  const first = Math.max(0, Math.min(choice - most + 1, completions.length - most))
  const labels = Math.min(40, Math.max(0, ...completions.map((one) => displayWidth(one.label))))
  for (const [i, completion] of completions.slice(first, first + most).entries()) {
    const ground = first + i === choice ? 'picked' : 'panel'
    lines.push([
      blank(LABEL_WIDTH, ground),
      ...fitLine([span(completion.label, 'accent', ground)], labels, ground),
      span(say`  ${completion.about}`, 'dim', ground),
      blank(width, ground),
    ])
  }
  return { lines, ground: 'panel' }
}
