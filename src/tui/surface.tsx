// The bridge between Ink and the terminal. Ink reconciles the components and lays them out with Yoga; panes are empty boxes of known
// size. After each commit the surface asks every pane for its lines, puts them where Yoga has placed the box, and hands one frame to
// the painter. Ink's own composition, a styled object for each of 13 200 cells, never runs: its outermost box is positioned
// absolutely, so that Ink's frame is empty. Measured at 220x60: 0.2 ms a commit instead of 40.

import { Box, type BoxProps, type DOMElement } from 'ink'
import { createContext, type ReactNode, use, useLayoutEffect, useRef } from 'react'
import { cutLine, fitLine, type Line, type Picture } from './line.ts'
import type { Frame, Run } from './painter.ts'
import type { Geometry, Rect } from './state.ts'
import { paintLine, type Theme } from './theme.ts'

export type Paint = (width: number, height: number) => Picture

interface Registered {
  readonly name: string
  /** 0 lies at the bottom and panes of it must not overlap; higher ones cover it. */
  readonly layer: number
  readonly box: DOMElement
  paint: Paint
}

export class Surface {
  private panes: Registered[] = []

  register(pane: Registered): () => void {
    this.panes = [...this.panes, pane].sort((a, b) => a.layer - b.layer)
    return () => {
      this.panes = this.panes.filter((other) => other !== pane)
    }
  }

  /** Where the panes stand now. */
  geometry(): Geometry {
    return new Map(this.panes.map((pane) => [pane.name, place(pane.box)]))
  }

  /** The whole screen, from every pane's lines. */
  compose(columns: number, rows: number, theme: Theme): Frame {
    const grid: Piece[][] = Array.from({ length: rows }, () => [])
    let caret: Frame['caret'] = null
    for (const pane of this.panes) {
      const rect = clipped(place(pane.box), columns, rows)
      if (rect.width <= 0 || rect.height <= 0) continue
      const picture = pane.paint(rect.width, rect.height)
      for (let y = 0; y < rect.height; y++) {
        const line = fitLine(picture.lines[y] ?? [], rect.width, picture.ground)
        const row = grid[rect.y + y]
        if (row === undefined) continue
        const under = pane.layer === 0 ? row : row.flatMap((piece) => outside(piece, rect.x, rect.x + rect.width))
        under.push({ x: rect.x, width: rect.width, line })
        grid[rect.y + y] = under
      }
      if (picture.caret !== undefined) {
        caret = { x: Math.min(columns - 1, rect.x + picture.caret.x), y: Math.min(rows - 1, rect.y + picture.caret.y) }
      } else if (pane.layer > 0 && pane.name === 'dialog') caret = null
    }
    return { columns, rows: grid.map((pieces) => runsOf(pieces, columns, theme)), caret }
  }
}

interface Piece {
  readonly x: number
  readonly width: number
  readonly line: Line
}

// What of a piece lies outside the columns from `from` up to `to`.
function outside(piece: Piece, from: number, to: number): Piece[] {
  const end = piece.x + piece.width
  if (end <= from || piece.x >= to) return [piece]
  const parts: Piece[] = []
  if (piece.x < from) parts.push({ x: piece.x, width: from - piece.x, line: cutLine(piece.line, 0, from - piece.x) })
  if (end > to) parts.push({ x: to, width: end - to, line: cutLine(piece.line, to - piece.x, piece.width) })
  return parts
}

// Runs tile the row: what no pane covers is blank.
function runsOf(pieces: readonly Piece[], columns: number, theme: Theme): Run[] {
  const runs: Run[] = []
  let at = 0
  for (const piece of [...pieces].sort((a, b) => a.x - b.x)) {
    if (piece.x > at) runs.push({ x: at, width: piece.x - at, ansi: ' '.repeat(piece.x - at) })
    runs.push({ x: piece.x, width: piece.width, ansi: paintLine(piece.line, theme) })
    at = piece.x + piece.width
  }
  if (at < columns) runs.push({ x: at, width: columns - at, ansi: ' '.repeat(columns - at) })
  return runs
}

function place(box: DOMElement): Rect {
  const { yogaNode } = box
  if (yogaNode === undefined) return { x: 0, y: 0, width: 0, height: 0 }
  let x = 0
  let y = 0
  for (let node: DOMElement | undefined = box; node !== undefined; node = node.parentNode) {
    x += node.yogaNode?.getComputedLeft() ?? 0
    y += node.yogaNode?.getComputedTop() ?? 0
  }
  return { x, y, width: yogaNode.getComputedWidth(), height: yogaNode.getComputedHeight() }
}

function clipped(rect: Rect, columns: number, rows: number): Rect {
  return { ...rect, width: Math.min(rect.width, columns - rect.x), height: Math.min(rect.height, rows - rect.y) }
}

export const SurfaceContext = createContext<Surface | null>(null)

/** A box whose cells a function fills; Ink only finds its place. */
export function Pane({
  name,
  layer = 0,
  paint,
  ...box
}: { name: string; layer?: number; paint: Paint } & Omit<BoxProps, 'children'>): ReactNode {
  const surface = use(SurfaceContext)
  const ref = useRef<DOMElement>(null)
  const registered = useRef<Registered | null>(null)
  if (registered.current !== null) registered.current.paint = paint
  // biome-ignore lint/correctness/useExhaustiveDependencies: a pane registers once; its paint function is renewed above
  useLayoutEffect(() => {
    if (surface === null || ref.current === null) return undefined
    registered.current = { name, layer, box: ref.current, paint }
    return surface.register(registered.current)
  }, [surface, name, layer])
  return <Box ref={ref} flexShrink={0} {...box} />
}
