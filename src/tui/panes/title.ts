// The title line: what is being looked at, whether it is live, and whether anything is lost.

import { safeText } from '../../bytes/text.ts'
import type { SessionStatus } from '../../engine/types.ts'
import { blank, clipLine, fitLine, type Line, lineWidth, type Picture, type Role, repeat, type Span, say, span } from '../line.ts'
import { clock, grouped } from '../measure.ts'
import type { State } from '../state.ts'
import { NUMBERED, tabOf, type ViewName } from '../views/names.ts'

const NAME = span(say` wiretail `, 'title', 'bar')

export function titlePane(state: State, width: number): Picture {
  const { status } = state
  const end = status.state === 'opening' ? progressOf(status, state.rate, width) : viewTabs(state, width)
  const room = width - lineWidth(end) - 1
  let facts = factsOf(status)
  // The least important facts stand last and go first; what is being looked at and how it fares stay.
  while (facts.length > 2 && lineWidth([NAME, ...joined(facts)]) > room) facts = facts.slice(0, -1)
  const line = [NAME, ...joined(facts)]
  const bare = lineWidth(line) > room ? line.slice(1) : line
  return { lines: [fitLine([...fitLine(bare, Math.max(0, room), 'bar'), ...end], width, 'bar')], ground: 'bar' }
}

/**
 * The views by number; with their names where there is room for all, else with that of the one on the screen, else none. What is said of
 * the capture goes first: drops must not be hidden by a list of views.
 */
function viewTabs(state: State, width: number): Line {
  const shown = tabOf(state.view)
  const tabs = (named: (name: string) => boolean): Span[] =>
    NUMBERED.flatMap(({ number, name, title }) => {
      const text = named(name) ? say`${number} ${title}` : say`${number}`
      return name === shown ? [span(say`[${text}]`, 'strong', 'bar')] : [span(say` ${text} `, 'dim', 'bar')]
    })
  const facts = factsOf(state.status)
  const needed = lineWidth([NAME, ...joined(facts)]) + 2
  for (const named of [() => true, (name: string) => name === shown, () => false]) {
    const line = tabs(named)
    if (lineWidth(line) + needed <= width) return line
  }
  return []
}

/** Which view a click on the title line asks for, null for none. */
export function viewUnder(state: State, width: number, x: number): ViewName | null {
  if (state.status.state === 'opening') return null
  const line = viewTabs(state, width)
  let at = width - lineWidth(line)
  for (const [i, tab] of line.entries()) {
    const end = at + lineWidth([tab])
    if (x >= at && x < end) return NUMBERED[i]?.name ?? null
    at = end
  }
  return null
}

function joined(facts: readonly Span[]): Span[] {
  return facts.flatMap((fact, i) => (i === 0 ? [blank(1, 'bar'), fact] : [span(say` · `, 'rule', 'bar'), fact]))
}

function factsOf(status: SessionStatus): Span[] {
  const facts = [span(status.title, 'text', 'bar')]
  const [word, role] = stateWord(status)
  if (word !== '') facts.push(span(word, role, 'bar'))
  facts.push(span(status.packets === 1 ? say`1 packet` : say`${grouped(status.packets)} packets`, 'text', 'bar'))
  if (status.dropped !== null) facts.push(span(say`${grouped(status.dropped)} dropped`, status.dropped > 0 ? 'bad' : 'dim', 'bar'))
  if (status.timeSource !== '') facts.push(span(status.timeSource, 'dim', 'bar'))
  return facts
}

function stateWord(status: SessionStatus): [ReturnType<typeof say>, Role] {
  switch (status.state) {
    case 'opening':
      return [say`opening`, 'accent']
    case 'live':
      return [say`● live ${clock(status.elapsed)}`, 'good']
    case 'paused':
      return [say`‖ paused ${clock(status.elapsed)}`, 'warn']
    case 'stopped':
      return [status.elapsed > 0 ? say`■ stopped ${clock(status.elapsed)}` : say`■ stopped`, 'dim']
    case 'damaged':
      return [say`✖ damaged`, 'bad']
    case 'complete':
      return [say``, 'text']
  }
}

function progressOf(status: SessionStatus, rate: number, width: number): Line {
  const speed = rate > 0 ? say` ${rateWord(rate)}` : say``
  if (status.bytesTotal <= 0) return [span(say`${speed} `, 'dim', 'bar')]
  const part = Math.min(1, status.bytesRead / status.bytesTotal)
  const cells = width >= 120 ? 24 : width >= 80 ? 12 : 6
  const full = Math.round(part * cells)
  return [
    repeat('█', full, 'accent', 'bar'),
    repeat('░', cells - full, 'dim', 'bar'),
    span(safeText(` ${String(Math.floor(part * 100)).padStart(3)} %`), 'text', 'bar'),
    span(say`${speed} `, 'dim', 'bar'),
  ]
}

function rateWord(rate: number): ReturnType<typeof say> {
  return rate >= 1e6 ? safeText(`${(rate / 1e6).toFixed(1)} M/s`) : rate >= 1e3 ? say`${grouped(rate / 1e3)} k/s` : say`${grouped(rate)} /s`
}

/** What a lesson asks. */
export function taskPane(state: State, width: number): Picture {
  return { lines: [clipLine([span(say` ? ${state.status.task}`, 'accent')], width)] }
}

/** Why reading ended early, or what is missing: a line of its own, so that it cannot be overlooked. */
export function problemPane(state: State, width: number): Picture {
  const { state: how, problem } = state.status
  const line = how === 'damaged' ? [span(say` ✖ `, 'bad'), span(problem, 'warn')] : [span(say` ! ${problem}`, 'note')]
  return { lines: [clipLine(line, width)] }
}
