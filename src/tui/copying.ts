// Copying: the y menu. What is copied is handed to the terminal's clipboard and stays to be seen, because not every terminal has one
// for programs.

import { type SafeText, safeLines, safeText } from '../bytes/text.ts'
import { packetCurl, packetMarkdown } from '../engine/copy.ts'
import { conditionHere } from './filter-by.ts'
import { packetHere } from './goto.ts'
import { say } from './line.ts'
import { clamp } from './list.ts'
import { grouped } from './measure.ts'
import { openMenu } from './menu.ts'
import { type Shell, tell } from './shell.ts'
import type { MenuItem } from './state.ts'
import type { Store } from './store.ts'

/** Bytes that terminals take in one piece: xterm and tmux stop at about 100 000 of Base64. */
const MOST = 70_000
/** Lines that are shown afterwards. */
const MOST_LINES = 5000

/** The y key. */
export function openCopy(shell: Shell): void {
  const { store } = shell
  const { detail } = store.state()
  const { packet, row } = detail
  const number = packetHere(store)
  const capture = store.session()?.capture
  if (packet === null || number === 0) {
    tell(store, say`There is no packet to copy from.`)
    return
  }
  const value = packet.value?.(row) ?? packet.rows[row]?.text ?? ''
  const condition = conditionHere(shell)
  const place = packet.rows[row]
  const bytes = place === undefined ? undefined : packet.sources[place.source]?.bytes.subarray(place.start, place.start + place.length)
  const hex = bytes === undefined ? '' : Buffer.from(bytes).toString('hex')
  const item = (key: string, label: SafeText, text: string): MenuItem[] =>
    text === '' ? [] : [{ key, label, about: safeText(text, 200), run: () => copy(shell, text) }]
  const items = [
    ...item('v', say`value`, value),
    ...item('f', say`field as filter`, condition),
    ...item('b', say`bytes as hex`, hex),
    ...item('h', say`bytes as a hex stream of all`, Buffer.from(packet.sources[detail.source]?.bytes ?? []).toString('hex')),
  ]
  if (capture !== undefined)
    items.push(
      {
        key: 'm',
        label: say`packet as Markdown`,
        about: say`its line, its layers, its bytes`,
        run: () => copy(shell, packetMarkdown(capture, number)),
      },
      {
        key: 'c',
        label: say`request as curl`,
        about: say`the HTTP request of this packet, or that it answers`,
        run() {
          const command = packetCurl(capture, number)
          if (command === null) tell(store, say`This packet belongs to no HTTP request. Select one, or its answer.`)
          else copy(shell, command)
        },
      },
    )
  openMenu(store, say`Copy`, items)
}

export function copy(shell: Shell, text: string): void {
  const { store } = shell
  const size = Buffer.byteLength(text)
  const { columns } = store.state()
  if (size <= MOST) shell.copy(text)
  if (size <= MOST && !text.includes('\n') && text.length < columns - 12) {
    tell(store, say`Copied: ${safeText(text)}`, 'good')
    return
  }
  const lines = safeLines(text.slice(0, 4 * MOST), 4 * MOST).flatMap((line) => cut(line, columns))
  const head = size > MOST ? [say`${grouped(size)} bytes are more than terminals take; nothing was copied. Here is what it is:`, say``] : []
  store.dispatch({ type: 'dialog', dialog: { kind: 'copied', lines: [...head, ...lines.slice(0, MOST_LINES)], top: 0 } })
}

function cut(line: SafeText, width: number): SafeText[] {
  const parts: SafeText[] = []
  for (let at = 0; at < Math.max(1, line.length); at += width) parts.push(line.slice(at, at + width) as SafeText)
  return parts
}

export function scrollCopied(store: Store, by: 1 | -1): void {
  const { dialog, rows } = store.state()
  if (dialog?.kind !== 'copied') return
  store.dispatch({ type: 'dialog', dialog: { ...dialog, top: clamp(dialog.top + by, 0, Math.max(0, dialog.lines.length - rows + 2)) } })
}
