// Dialogs and the help screen: panels over the panes.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { displayWidth } from '../../bytes/width.ts'
import { FIND_KINDS, type FindKind } from '../../engine/find.ts'
import { type HelpGroup, helpGroups, MOUSE_HELP } from '../keys.ts'
import { blank, clipLine, cutLine, fitLine, type Line, type Picture, repeat, type Span, say, span, wrap } from '../line.ts'
import { matching } from '../line-words.ts'
import type { Dialog, State } from '../state.ts'
import type { TextBox } from '../textbox.ts'

/** Cells that the open dialog wants, its border included. */
export function dialogSize(dialog: Dialog, columns: number, rows: number): { width: number; height: number } {
  if (dialog.kind === 'help' || dialog.kind === 'copied') return { width: columns, height: Math.max(1, rows - 1) }
  const width = Math.min(72, columns)
  return { width, height: Math.min(rows, bodyOf(dialog, width - 4).lines.length + 2) }
}

export function dialogPane(state: State, width: number, height: number): Picture {
  const { dialog } = state
  if (dialog === null) return { lines: [] }
  if (dialog.kind === 'help') return helpPicture(dialog, width, height)
  if (dialog.kind === 'copied') return copiedPicture(dialog, width, height)
  const body = bodyOf(dialog, width - 4)
  const lines: Line[] = [borderLine('top', dialog.kind === 'menu' ? dialog.title : TITLES[dialog.kind], width)]
  for (const line of body.lines.slice(0, height - 2)) {
    lines.push([span(say`│ `, 'rule', 'panel'), ...fitLine(line, width - 4, 'panel'), span(say` │`, 'rule', 'panel')])
  }
  lines.push(borderLine('bottom', say``, width))
  const { caret } = body
  return caret === undefined ? { lines, ground: 'panel' } : { lines, ground: 'panel', caret: { x: caret.x + 2, y: caret.y + 1 } }
}

const TITLES: Readonly<Record<Exclude<Dialog['kind'], 'help' | 'menu' | 'copied'>, SafeText>> = {
  save: say`Save packets`,
  capture: say`Capture`,
  find: say`Find a packet`,
  line: say`Command`,
  quit: say`Quit?`,
}

function borderLine(where: 'top' | 'bottom', title: SafeText, width: number): Line {
  const head = title === '' ? [] : [span(say` ${title} `, 'strong', 'panel')]
  const used = title === '' ? 0 : displayWidth(title) + 2
  return [
    span(where === 'top' ? say`╭─` : say`╰─`, 'rule', 'panel'),
    ...head,
    repeat('─', width - 4 - used, 'rule', 'panel'),
    span(where === 'top' ? say`─╮` : say`─╯`, 'rule', 'panel'),
  ]
}

interface Body {
  readonly lines: readonly Line[]
  readonly caret?: { x: number; y: number }
}

function bodyOf(dialog: Exclude<Dialog, { kind: 'help' | 'copied' }>, width: number): Body {
  switch (dialog.kind) {
    case 'quit':
      return quitBody(dialog.reason, width)
    case 'save':
      return saveBody(dialog, width)
    case 'capture':
      return captureBody(dialog, width)
    case 'find':
      return findBody(dialog, width)
    case 'line':
      return lineBody(dialog, width)
    case 'menu':
      return menuBody(dialog, width)
  }
}

const p = (text: SafeText, role: Span['role'] = 'text'): Span => span(text, role, 'panel')

function quitBody(reason: SafeText, width: number): Body {
  const lines: Line[] = wrap(reason, width, 3).map((part) => [p(part, 'warn')])
  if (lines.length > 0) lines.push([])
  lines.push([p(say`q`, 'key'), p(say` quits   `), p(say`Esc`, 'key'), p(say` stays`)])
  return { lines }
}

function field(label: SafeText, box: TextBox, width: number): { line: Line; caret: number } {
  const room = Math.max(4, width - label.length)
  const before = displayWidth(safeText(box.text.slice(0, box.caret)))
  const offset = Math.max(0, before - room + 1)
  const text = cutLine([span(safeText(box.text), 'text', 'field'), blank(room, 'field')], offset, offset + room)
  return { line: [p(label, 'dim'), ...text], caret: label.length + before - offset }
}

function problemLines(problem: SafeText, width: number): Line[] {
  return wrap(problem, width - 2, 4).map((part, i) => [p(i === 0 ? say`✗ ` : say`  `, 'bad'), p(part, 'bad')])
}

function saveBody(dialog: Extract<Dialog, { kind: 'save' }>, width: number): Body {
  const { line, caret } = field(say`File     `, dialog.box, width)
  const option = (what: 'all' | 'displayed' | 'marked', label: SafeText): Span =>
    dialog.what === what ? p(say`(●) ${label}  `, 'strong') : p(say`( ) ${label}  `, 'dim')
  const lines: Line[] = [
    line,
    [p(say`Packets  `, 'dim'), option('all', say`all`), option('displayed', say`those displayed`), option('marked', say`marked (m)`)],
  ]
  if (dialog.problem !== '') lines.push([], ...problemLines(dialog.problem, width))
  lines.push([], [p(dialog.busy ? say`Saving …` : say`A name ending in .pcap makes that format, any other pcapng.`, 'dim')])
  return { lines, caret: { x: caret, y: 0 } }
}

function lineBody({ box, problem }: Extract<Dialog, { kind: 'line' }>, width: number): Body {
  const { line, caret } = field(say`: `, box, width)
  const lines: Line[] = [line]
  if (problem !== '') lines.push(...problemLines(problem, width))
  else
    for (const { name, about } of matching(box.text).slice(0, 8))
      lines.push([...fitLine([p(safeText(name), 'key')], 22, 'panel'), p(about, 'dim')])
  return { lines, caret: { x: caret, y: 0 } }
}

function menuBody({ items, choice }: Extract<Dialog, { kind: 'menu' }>, width: number): Body {
  const labels = Math.min(Math.floor(width / 2), Math.max(0, ...items.map(({ label }) => displayWidth(label))))
  const lines = items.map(({ key, label, about }, i): Line => {
    const ground = i === choice ? 'picked' : 'panel'
    const mark = span(i === choice ? say`▸ ` : say`  `, 'accent', ground)
    const name = fitLine([span(label, 'strong', ground)], labels, ground)
    return clipLine(
      [mark, span(safeText(key), 'key', ground), blank(2, ground), ...name, span(say`  ${about}`, 'dim', ground)],
      width,
      ground,
    )
  })
  return { lines }
}

/** What was copied, as it is: without a frame around it, so that the terminal's own selection takes it cleanly. */
function copiedPicture({ lines, top }: Extract<Dialog, { kind: 'copied' }>, width: number, height: number): Picture {
  const words = say` Copied, where the terminal has a clipboard for programs; else select it with Shift and the mouse. Esc closes.`
  const from = Math.min(top, Math.max(0, lines.length - (height - 1)))
  const shown = lines.slice(from, from + height - 1).map((line): Line => [span(line)])
  return { lines: [clipLine([span(words, 'strong', 'bar')], width, 'bar'), ...shown] }
}

const FIND_WORDS: Readonly<Record<FindKind, readonly [SafeText, SafeText]>> = {
  text: [say`text`, say`In the packet's bytes or its line in the list; capitals do not matter.`],
  hex: [say`bytes`, say`Hexadecimal digits, two a byte: 47 45 54`],
  regex: [say`regular expression`, say`As text, by a pattern: GET /[a-z]+`],
  filter: [say`filter`, say`The next packet that a display filter selects: tcp.flags.reset == 1`],
}

function findBody(dialog: Extract<Dialog, { kind: 'find' }>, width: number): Body {
  const { line, caret } = field(say`Find  `, dialog.box, width)
  const kinds = FIND_KINDS.map((kind) => {
    const [name] = FIND_WORDS[kind]
    return kind === dialog.how ? p(say`(●) ${name}  `, 'strong') : p(say`( ) ${name}  `, 'dim')
  })
  const lines: Line[] = [line, [p(say`As    `, 'dim'), ...kinds]]
  if (dialog.problem !== '') lines.push([], ...problemLines(dialog.problem, width))
  lines.push([], [p(FIND_WORDS[dialog.how][1], 'dim')])
  return { lines, caret: { x: caret, y: 0 } }
}

function captureBody(dialog: Extract<Dialog, { kind: 'capture' }>, width: number): Body {
  const lines: Line[] = []
  if (dialog.interfaces === null) lines.push([p(say`Looking for interfaces …`, 'dim')])
  const shown = dialog.interfaces ?? []
  const first = Math.max(0, Math.min(dialog.choice - 5, shown.length - 8))
  const names = Math.max(9, ...shown.map((one) => Math.min(24, displayWidth(safeText(one.name)))))
  for (const [i, one] of shown.slice(first, first + 8).entries()) {
    const chosen = first + i === dialog.choice
    const ground = chosen ? 'picked' : 'panel'
    const name = fitLine([span(safeText(one.name), one.usable ? 'strong' : 'dim', ground)], names, ground)
    lines.push(
      fitLine([span(chosen ? say`▸ ` : say`  `, 'accent', ground), ...name, span(say`  ${one.about}`, 'dim', ground)], width, ground),
    )
  }
  lines.push([])
  const { line, caret } = field(say`Capture filter  `, dialog.box, width)
  const y = lines.length
  lines.push(line)
  if (!dialog.check.ok) lines.push(...problemLines(dialog.check.message, width))
  else
    lines.push([
      p(
        dialog.box.text.trim() === '' ? say`  empty: everything, for example tcp port 5683` : say`✓ valid`,
        dialog.box.text.trim() === '' ? 'dim' : 'good',
      ),
    ])
  if (dialog.problem !== '') lines.push([], ...problemLines(dialog.problem, width))
  if (dialog.busy) lines.push([], [p(say`Starting …`, 'dim')])
  return { lines, caret: { x: caret, y } }
}

function helpPicture({ top, contexts }: Extract<Dialog, { kind: 'help' }>, width: number, height: number): Picture {
  const groups = contexts.includes('list') ? [...helpGroups(contexts), MOUSE_HELP] : helpGroups(contexts)
  const two = width >= 130
  const columnWidth = two ? Math.floor((width - 2) / 2) : width - 2
  const columns = two ? halves(groups) : [groups]
  const bodies = columns.map((column) => column.flatMap((group) => groupLines(group, columnWidth)))
  const most = Math.max(...bodies.map((body) => body.length))
  const from = Math.min(top, Math.max(0, most - (height - 1)))
  const lines: Line[] = [
    fitLine(
      [span(say` Keys of wiretail `, 'title', 'bar'), span(most > height - 1 ? say` ↓ ↑ scroll` : say``, 'dim', 'bar')],
      width,
      'bar',
    ),
  ]
  for (let i = from; i < Math.min(most, from + height - 1); i++) {
    lines.push([blank(1, 'panel'), ...bodies.flatMap((body) => fitLine(body[i] ?? [], columnWidth, 'panel'))])
  }
  return { lines, ground: 'panel' }
}

function groupLines(group: HelpGroup, width: number): Line[] {
  const lines: Line[] = [[], [p(group.title, 'title')]]
  for (const { keys, help } of group.entries) {
    const parts = wrap(help, Math.max(16, width - 20), 3)
    parts.forEach((part, i) => {
      lines.push([blank(2, 'panel'), ...fitLine(i === 0 ? [p(keys, 'key')] : [], 16, 'panel'), p(part)])
    })
  }
  return lines
}

// Two columns of about the same height, groups kept whole and in order.
function halves(groups: readonly HelpGroup[]): HelpGroup[][] {
  const total = groups.reduce((sum, group) => sum + group.entries.length + 2, 0)
  const left: HelpGroup[] = []
  const right: HelpGroup[] = []
  let used = 0
  for (const group of groups) {
    ;(used < total / 2 ? left : right).push(group)
    used += group.entries.length + 2
  }
  return [left, right]
}
