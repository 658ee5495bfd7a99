// The pure parts that views share: lists, pages, the graph, the lens.

import { describe, expect, it } from 'vitest'
import { safeText } from '../../../src/bytes/text.ts'
import { displayWidth } from '../../../src/bytes/width.ts'
import { legendLine, NO_LENS, turnLens } from '../../../src/tui/lens.ts'
import { type Line, lineWidth } from '../../../src/tui/line.ts'
import { ladderFile } from '../../../src/tui/views/ladder/export.ts'
import { NO_LADDER } from '../../../src/tui/views/ladder/state.ts'
import { bytesPage, findInPage, movePage, PAGE_START, type Page, pageHeight, pageLines } from '../../../src/tui/views/page.ts'
import { graphLines, resample } from '../../../src/tui/views/statistics/graph.ts'
import { moveTable, scrollTable, selectInTable, TABLE_START, tableLines } from '../../../src/tui/views/table.ts'

const textOf = (line: Line | undefined): string => (line ?? []).map(({ text }) => text).join('')

describe('a list', () => {
  const columns = [
    { title: 'No', width: 4, align: 'end' as const, text: (row: number) => String(row) },
    { title: 'Name', width: 'rest' as const, text: (row: number) => `row ${row} 世界` },
  ]

  it('makes only the rows on the screen, each as wide as the screen', () => {
    const asked: number[] = []
    const at = (row: number): number => {
      asked.push(row)
      return row
    }
    for (const width of [20, 80, 133, 300]) {
      const lines = tableLines(columns, 1_000_000, at, { cursor: 500, top: 495 }, width, 11)
      expect(lines).toHaveLength(11)
      for (const line of lines) expect(lineWidth(line)).toBe(width)
    }
    expect(asked).toHaveLength(40)
    expect(Math.min(...asked)).toBe(495)
  })

  it('keeps the selection in sight and within the list', () => {
    let table = TABLE_START
    for (let i = 0; i < 30; i++) table = moveTable(table, 'down', 100, 10)
    expect(table.cursor).toBe(30)
    expect(table.top).toBeGreaterThan(20)
    expect(table.top).toBeLessThanOrEqual(30)
    expect(moveTable(table, 'end', 100, 10)).toEqual({ cursor: 99, top: 90 })
    expect(moveTable(table, 'start', 100, 10)).toEqual({ cursor: 0, top: 0 })
    expect(selectInTable(table, 5000, 100, 10).cursor).toBe(99)
    expect(moveTable(TABLE_START, 'down', 0, 10).cursor).toBe(0)
    expect(scrollTable(TABLE_START, 500, 100, 10).top).toBe(90)
  })
})

describe('a page', () => {
  const page: Page = [
    { mark: safeText('→ '), text: safeText('x'.repeat(50)), role: 'text' },
    { text: safeText('some words that are broken at spaces'), role: 'text', prose: true },
    { text: safeText('the needle is here'), role: 'text' },
  ]

  it('breaks paragraphs for the width, words at spaces', () => {
    const lines = pageLines(page, PAGE_START, 24, 100).map(textOf)
    expect(lines.map((line) => line.trimEnd())).toEqual([
      ' → xxxxxxxxxxxxxxxxxxxx',
      '   xxxxxxxxxxxxxxxxxxxx',
      '   xxxxxxxxxx',
      ' some words that are',
      ' broken at spaces',
      ' the needle is here',
    ])
    for (const line of lines) expect(displayWidth(line)).toBe(24)
    expect(pageHeight(page, 24)).toBe(6)
  })

  it('finds a text, case aside, and lights it', () => {
    const found = findInPage({ top: 0, needle: 'NEEDLE' }, 1, page, 24)
    expect(found?.top).toBe(5)
    const [line] = pageLines(page, found ?? PAGE_START, 24, 1)
    expect(line?.filter(({ ground }) => ground === 'lit').map(({ text }) => text)).toEqual(['needle'])
    expect(findInPage({ top: 0, needle: 'nowhere' }, 1, page, 24)).toBeNull()
  })

  it('stops at its ends', () => {
    expect(movePage(PAGE_START, 'end', page, 24, 4).top).toBe(2)
    expect(movePage(PAGE_START, 'up', page, 24, 4).top).toBe(0)
    expect(movePage(PAGE_START, 'page-down', page, 24, 100).top).toBe(0)
  })

  it('shows bytes as text where they are text, else as a dump, and nothing that a terminal would obey', () => {
    const text = bytesPage(Buffer.from('{"a": 1, "b": "more words"}\nb\x1b[2J'), 'text').map((one) => one.text)
    expect(text).toEqual(['{"a": 1, "b": "more words"}', 'b␛[2J'])
    const dump = bytesPage(Buffer.from([0, 1, 2, 255, 254, 65, 66]), 'text').map((one) => one.text)
    expect(dump[0]).toMatch(/^00000000 {2}00 01 02 ff fe 41 42 +·····AB$/)
  })
})

describe('the graph', () => {
  it('is filled from below in proportion, and shows the smallest amount', () => {
    const lines = graphLines(Float64Array.of(0, 1, 50, 100), 20, 2, String)
    const dots = lines.map((line) => Array.from(line.at(-1)?.text ?? '', (letter) => letter.charCodeAt(0) - 0x2800))
    expect(dots).toEqual([
      [0, 0xb8],
      [0x80, 0xff],
    ])
  })

  it('keeps the sum when it is drawn narrower', () => {
    const values = Float64Array.from({ length: 2400 }, (_, i) => i % 7)
    const sum = (list: Float64Array): number => list.reduce((all, one) => all + one, 0)
    for (const count of [2, 60, 141, 420]) expect(sum(resample(values, count))).toBe(sum(values))
  })
})

describe('a ladder as a file', () => {
  const ladder = {
    ...NO_LADDER,
    title: safeText('TCP stream 0'),
    ends: [safeText('10.0.0.1:4000'), safeText('10.0.0.2:80')] as const,
    rungs: [
      { packet: 1, side: 0 as const, time: 0, protocol: safeText('TCP'), words: safeText('[SYN] Seq=0'), bad: false },
      { packet: 2, side: 1 as const, time: 0.25, protocol: safeText('HTTP'), words: safeText('a|b;c#d'), bad: false },
    ],
  }

  it('is text, Markdown or Mermaid by the ending of its name', () => {
    expect(ladderFile('a.txt', ladder)).toContain('      1   0.000000  │─ TCP [SYN] Seq=0 ───')
    expect(ladderFile('a.txt', ladder)).toMatch(/◀─+ HTTP a\|b;c#d ─│\n$/)
    expect(ladderFile('a.md', ladder)).toContain('| 2 | 0.250000 | 10.0.0.2:80 → 10.0.0.1:4000 | HTTP | a\\|b;c#d |')
    expect(ladderFile('a.mmd', ladder)).toBe(
      'sequenceDiagram\n    participant A as 10.0.0.1:4000\n    participant B as 10.0.0.2:80\n    A->>B: 1 TCP [SYN] Seq=0\n    B->>A: 2 HTTP a|b#59;c#35;d\n',
    )
  })
})

describe('the lens', () => {
  it('goes from off to colours to letters and back', () => {
    const colours = turnLens(NO_LENS)
    expect(colours.mode).toBe('colours')
    expect(turnLens(colours).mode).toBe('letters')
    expect(turnLens(turnLens(colours)).mode).toBe('off')
  })

  it('has a legend that fits, in words where there is room', () => {
    const lens = { ...NO_LENS, mode: 'colours' as const, shares: { readable: 0.27, encrypted: 0, metadata: 0.26, framing: 0.47 } }
    expect(textOf(legendLine(lens, 74))).toBe('R readable 27 %  E encrypted 0 %  M metadata 26 %  F framing 47 %')
    expect(textOf(legendLine(lens, 40))).toBe('R 27 %  E 0 %  M 26 %  F 47 %')
  })
})
