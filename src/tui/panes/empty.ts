// What the list says when it has nothing to show: why, and what to do about it.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { blank, type Line, type Role, say, span, wrap } from '../line.ts'
import { grouped } from '../measure.ts'
import type { State } from '../state.ts'

/** Lines for the list's body. */
export function emptyPicture(state: State, width: number, height: number): readonly Line[] {
  const lines: Line[] = []
  for (const [text, role] of wordsFor(state)) {
    for (const part of wrap(text, Math.max(20, width - 8), 3)) lines.push([blank(4), span(part, role)])
  }
  const above = Math.max(0, Math.min(3, Math.floor((height - lines.length) / 3)))
  return [...Array.from({ length: above }, (): Line => []), ...lines].slice(0, height)
}

function wordsFor(state: State): readonly (readonly [SafeText, Role])[] {
  const { status, filter } = state
  if (status.packets > 0 && filter.applied !== '') {
    if (state.examined < status.packets) return [[say`Looking for ${safeText(filter.applied)} …`, 'text']]
    return [
      [say`No packet matches ${safeText(filter.applied)}.`, 'strong'],
      [say`${grouped(status.packets)} packets are hidden. / changes the filter; an empty one shows all.`, 'dim'],
    ]
  }
  switch (status.state) {
    case 'opening':
      return [[say`Opening ${status.title} …`, 'text']]
    case 'live':
      return listening(status.title, Math.floor(status.elapsed / 1000))
    case 'paused':
      return [[say`Paused before the first packet. p goes on.`, 'text']]
    case 'damaged':
      return [[say`No packet could be read.`, 'strong']]
    case 'stopped':
      return [
        [status.elapsed > 0 ? say`The capture was stopped before a packet passed.` : say`Nothing is open.`, 'strong'],
        [say`c starts a capture.`, 'dim'],
      ]
    case 'complete':
      return [[say`This capture holds no packets.`, 'strong']]
  }
}

// Two commands that make traffic on the very port that is listened to, where the title names one.
function listening(title: SafeText, seconds: number): readonly (readonly [SafeText, Role])[] {
  const port = safeText(/port (\d+)/.exec(title)?.[1] ?? '5683')
  const serve = port === '5683' ? say`wiretail serve plain` : say`wiretail serve plain --port ${port}`
  return [
    [say`Listening on ${title}: nothing yet for ${seconds} s.`, 'strong'],
    [say`Packets show up here as they pass. Make some in another terminal, and then in a third:`, 'dim'],
    [serve, 'accent'],
    [say`wiretail get http://127.0.0.1:${port}/`, 'accent'],
    [say`c chooses another interface or capture filter.`, 'dim'],
  ]
}
