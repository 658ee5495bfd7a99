import xterm from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPainter, difference, type Frame, type PaintTarget } from '../../../src/tui/painter.ts'

function frame(rows: readonly string[][], columns = 10, caret: Frame['caret'] = null): Frame {
  return {
    columns,
    caret,
    rows: rows.map((texts) => {
      let x = 0
      return texts.map((ansi) => {
        const run = { x, width: ansi.length, ansi }
        x += ansi.length
        return run
      })
    }),
  }
}

/** Writes that are taken, and a terminal that can be told to be slow. */
function target(): PaintTarget & { writes: string[]; slow: boolean; drain(): void } {
  const waiting: (() => void)[] = []
  return {
    writes: [],
    slow: false,
    write(text) {
      this.writes.push(text)
      return !this.slow
    },
    once(_, listener) {
      waiting.push(listener)
    },
    drain() {
      for (const listener of waiting.splice(0)) listener()
    },
  }
}

describe('the painter', () => {
  it('writes everything once, then only the runs that changed, each frame in one synchronized piece', () => {
    const out = target()
    const painter = createPainter(out)
    painter.paint(frame([['aaaaa', 'bbbbb'], ['cccccccccc']]))
    painter.paint(frame([['aaaaa', 'BBBBB'], ['cccccccccc']]))
    painter.paint(frame([['aaaaa', 'BBBBB'], ['cccccccccc']]))
    expect(out.writes).toHaveLength(2)
    expect(out.writes[1]).toBe('\x1b[?2026h\x1b[1;6HBBBBB\x1b[?2026l')
  })

  it('keeps only the newest frame for a slow terminal', () => {
    const out = target()
    const painter = createPainter(out)
    out.slow = true
    painter.paint(frame([['1111111111']]))
    for (const digit of ['2', '3', '4']) painter.paint(frame([[digit.repeat(10)]]))
    expect(out.writes).toHaveLength(1)
    out.drain()
    expect(out.writes).toHaveLength(2)
    expect(out.writes[1]).toContain('4444444444')
  })

  it('writes all again after it was told to forget, and nothing after it was stopped', () => {
    const out = target()
    const painter = createPainter(out)
    painter.paint(frame([['same      ']]))
    painter.invalidate()
    painter.paint(frame([['same      ']]))
    expect(out.writes[1]).toContain('\x1b[2J')
    painter.stop()
    painter.invalidate()
    painter.paint(frame([['other     ']]))
    expect(out.writes).toHaveLength(2)
  })

  it('shows and hides the caret', () => {
    const plain = frame([['aaaaaaaaaa']])
    const typed = frame([['aaaaaaaaaa']], 10, { x: 3, y: 0 })
    expect(difference(plain, typed)).toBe('\x1b[1;4H\x1b[?25h')
    expect(difference(typed, plain)).toBe('\x1b[?25l')
    expect(difference(typed, typed)).toBe('')
  })

  it('leaves on the screen exactly the last frame, whatever the frames before were', async () => {
    const text = (width: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...'ab '), minLength: width, maxLength: width })
    const row = fc.oneof(
      text(10).map((a) => [a]),
      fc.tuple(text(4), text(6)),
      fc.tuple(text(6), text(4)),
    )
    const frames = fc.array(fc.tuple(row, row, row), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(frames, async (all) => {
        const terminal = new xterm.Terminal({ cols: 10, rows: 3, allowProposedApi: true })
        const painter = createPainter({ write: (data) => terminal.write(data) === undefined, once: () => {} })
        for (const rows of all) painter.paint(frame(rows))
        await new Promise<void>((resolve) => terminal.write('', resolve))
        const shown = [0, 1, 2].map((y) => terminal.buffer.active.getLine(y)?.translateToString(false))
        expect(shown).toEqual(all.at(-1)?.map((texts) => texts.join('')))
      }),
      { seed: 7, numRuns: 100 },
    )
  })
})
