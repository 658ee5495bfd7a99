// A followed stream on the screen: both sides in their colours, as text, hex or raw; search in it.

import { type SafeText, safeText } from '../../../bytes/text.ts'
import { displayWidth } from '../../../bytes/width.ts'
import { blank, clipLine, cutLine, fitLine, type Line, type Picture, say, span } from '../../line.ts'
import { grouped } from '../../measure.ts'
import { type Shell, tell } from '../../shell.ts'
import type { State } from '../../state.ts'
import { EMPTY_BOX } from '../../textbox.ts'
import { findInPage, movePage, pageHeight, pageLines, scrollPage } from '../page.ts'
import { changeSlice, type ViewPart } from '../part.ts'
import { bodySize } from '../size.ts'
import { moveCommands } from '../table.ts'
import { followDeeper } from './open.ts'
import { followPage, SIDE_MARKS, SIDE_ROLES } from './page.ts'
import { FORMS, type FollowState, SIDES } from './state.ts'

/** Lines above the text: who talks, how it is shown. */
const HEAD = 2

export const follow: ViewPart = {
  context: (state) => (state.slices.follow.box === null ? 'follow' : 'follow-find'),
  picture,
  commands: {
    follow: {
      ...moveCommands((shell, to) => {
        const { width, height } = textSize(shell.store.state())
        changeSlice(shell, 'follow', (slice) => ({ ...slice, at: movePage(slice.at, to, slice.page, width, height) }))
      }),
      form: (shell) => reshow(shell, (slice) => ({ ...slice, form: after(FORMS, slice.form) })),
      'next-pane': (shell) => reshow(shell, (slice) => ({ ...slice, sides: after(SIDES, slice.sides) })),
      decrypt: followDeeper,
      find: (shell) => changeSlice(shell, 'follow', (slice) => ({ ...slice, box: EMPTY_BOX })),
      'find-next': (shell) => seek(shell, 1),
      'find-previous': (shell) => seek(shell, -1),
      filter: filterBy,
    },
    'follow-find': {
      apply(shell) {
        const needle = shell.store.state().slices.follow.box?.text ?? ''
        changeSlice(shell, 'follow', (slice) => ({ ...slice, box: null, at: { ...slice.at, needle } }))
        if (needle !== '') seek(shell, 1)
      },
      cancel: (shell) => changeSlice(shell, 'follow', (slice) => ({ ...slice, box: null })),
    },
  },
  box: (state) => state.slices.follow.box,
  retype: (shell, box) => changeSlice(shell, 'follow', (slice) => ({ ...slice, box })),
  scroll(shell, by) {
    const { width, height } = textSize(shell.store.state())
    changeSlice(shell, 'follow', (slice) => ({ ...slice, at: scrollPage(slice.at, by, slice.page, width, height) }))
  },
}

function after<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length] ?? one
}

function reshow(shell: Shell, change: (slice: FollowState) => FollowState): void {
  changeSlice(shell, 'follow', (slice) => {
    const next = change(slice)
    return { ...next, page: followPage(next), at: { ...next.at, top: 0 } }
  })
}

function textSize(state: State): { width: number; height: number } {
  const { width, height } = bodySize(state)
  return { width, height: Math.max(1, height - HEAD) }
}

function seek(shell: Shell, step: 1 | -1): void {
  const { at, page } = shell.store.state().slices.follow
  if (at.needle === '') {
    tell(shell.store, say`Nothing is being looked for. / begins.`)
    return
  }
  const found = findInPage(at, step, page, textSize(shell.store.state()).width)
  if (found === null) tell(shell.store, say`"${safeText(at.needle)}" is not in this stream as it is shown.`)
  else changeSlice(shell, 'follow', (slice) => ({ ...slice, at: found }))
}

/** The packets of this stream alone. */
function filterBy(shell: Shell): void {
  const { kind, stream } = shell.store.state().slices.follow
  shell.store.dispatch({ type: 'show', view: 'packets', over: false })
  shell.store.applyFilter(`${kind === 'udp' ? 'udp' : 'tcp'}.stream == ${stream}`)
}

const KIND_WORDS: Readonly<Record<FollowState['kind'], SafeText>> = {
  tcp: say`TCP stream`,
  udp: say`UDP stream`,
  tls: say`TLS opened, TCP stream`,
  http: say`HTTP unpacked, TCP stream`,
  http2: say`HTTP/2, TCP stream`,
  websocket: say`WebSocket messages, TCP stream`,
}
const FORM_WORDS: Readonly<Record<FollowState['form'], SafeText>> = { text: say`text`, hex: say`hex dump`, raw: say`raw hex` }
const SIDE_WORDS: Readonly<Record<FollowState['sides'], SafeText>> = { both: say`both sides`, first: say`→ alone`, second: say`← alone` }

function picture(state: State, width: number, height: number): Picture {
  const { follow: slice } = state.slices
  const { kind, stream, ends, chunks, done, form, sides, page, at, box } = slice
  const bytes = [0, 0]
  for (const chunk of chunks) bytes[chunk.side] = (bytes[chunk.side] ?? 0) + chunk.bytes.length
  const side = (which: 0 | 1): Line => [
    span(SIDE_MARKS[which], SIDE_ROLES[which]),
    span(say`${ends[which]} `, SIDE_ROLES[which]),
    span(say`${grouped(bytes[which] ?? 0)} bytes   `, 'dim'),
  ]
  const progress = done < 1 ? say` · ${Math.floor(done * 100)} % read` : say``
  const head = clipLine([blank(1), span(say`${KIND_WORDS[kind]} ${stream}   `, 'strong'), ...side(0), ...side(1)], width)
  const body = textSize(state).height
  const all = pageHeight(page, width)
  const where = all > body ? say` · line ${grouped(at.top + 1)} of ${grouped(all)}` : say``
  const second =
    box === null
      ? [
          fitLine(
            [span(say` ${FORM_WORDS[form]} · ${SIDE_WORDS[sides]}${where}${needleWords(at.needle)}${progress}`, 'dim', 'bar')],
            width,
            'bar',
          ),
        ]
      : [findLine(box.text, width)]
  const lines =
    page.length > 0
      ? pageLines(page, at, width, height - HEAD)
      : [[], [span(done < 1 ? say`   Reading the stream …` : say`   Nobody said anything in this stream.`, 'dim')]]
  const caret =
    box === null ? {} : { caret: { x: Math.min(width - 1, FIND.length + displayWidth(safeText(box.text.slice(0, box.caret)))), y: 1 } }
  return { lines: [head, ...second, ...lines], ...caret }
}

const FIND = say` Find  `

function findLine(text: string, width: number): Line {
  return fitLine(
    [span(FIND, 'accent'), ...cutLine([span(safeText(text), 'text', 'field'), blank(width, 'field')], 0, Math.max(0, width - FIND.length))],
    width,
  )
}

function needleWords(needle: string): SafeText {
  return needle === '' ? say`` : say` · looking for "${safeText(needle, 40)}"`
}
