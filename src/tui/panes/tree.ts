// The layer tree: what the selected packet is made of.

import type { SafeText } from '../../bytes/text.ts'
import type { TreeRow } from '../../engine/types.ts'
import { isOpen } from '../detail.ts'
import { blank, clipLine, fitLine, type Ground, type Line, type Picture, type Role, repeat, type Span, say, span } from '../line.ts'
import type { State } from '../state.ts'

export function treePane(state: State, width: number, height: number): Picture {
  const { detail } = state
  const focused = state.focus === 'tree' && state.filter.box === null
  const lines: Line[] = [ruleLine(say`Layers`, focused, width)]
  for (let i = 0; i < height - 1; i++) {
    const row = detail.packet?.rows[detail.visible[detail.treeTop + i] ?? -1]
    if (row === undefined) break
    const ground: Ground = row.id === detail.row ? (focused ? 'picked' : 'held') : 'plain'
    const mark = row.hasChildren ? (isOpen(detail, row) ? say`▾ ` : say`▸ `) : say`  `
    lines.push(clipLine([blank(row.depth * 2, ground), span(mark, 'accent', ground), ...textSpans(row, ground)], width, ground))
  }
  if (detail.packet === null && height > 2) lines.push([], [span(say`  Select a packet to see its layers.`, 'dim')])
  return { lines }
}

/** The line above a pane, with its name; heavy and marked where the keys go. */
export function ruleLine(title: SafeText, focused: boolean, width: number): Line {
  const character = focused ? '━' : '─'
  const role = focused ? 'accent' : 'rule'
  const head: Span[] = [repeat(character, 2, role), span(focused ? say` ▸ ${title} ` : say` ${title} `, focused ? 'strong' : 'dim')]
  return fitLine([...head, repeat(character, width, role)], width)
}

// A field's value stands out from its name; layers and remarks are one piece.
function textSpans(row: TreeRow, ground: Ground): Span[] {
  const role = troubleRole(row)
  if (role !== null) return [span(role === 'bad' ? say`✖ ${row.text}` : role === 'warn' ? say`! ${row.text}` : row.text, role, ground)]
  if (row.depth === 0) return [span(row.text, 'layer', ground)]
  const colon = row.text.indexOf(': ')
  if (colon < 0) return [span(row.text, 'text', ground)]
  return [span(row.text.slice(0, colon + 2) as SafeText, 'dim', ground), span(row.text.slice(colon + 2) as SafeText, 'text', ground)]
}

function troubleRole(row: TreeRow): Role | null {
  return row.trouble === 'error' ? 'bad' : row.trouble === 'warning' ? 'warn' : row.trouble === 'note' ? 'note' : null
}
