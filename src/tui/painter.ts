// Puts frames on the terminal: compares each run of cells with what stands there and writes only what changed, in one piece, inside
// a synchronized update (DEC mode 2026). Every run is addressed by its own column, so that a width error in one pane cannot shift another.

/** A run of cells in one row; `ansi` is exactly `width` cells. */
export interface Run {
  readonly x: number
  readonly width: number
  readonly ansi: string
}

export interface Frame {
  readonly columns: number
  readonly rows: readonly (readonly Run[])[]
  readonly caret: { readonly x: number; readonly y: number } | null
}

export interface Painter {
  paint(frame: Frame): void
  /** Forgets what is on the screen; the next frame is written whole. */
  invalidate(): void
  /** No more frames. */
  stop(): void
}

export interface PaintTarget {
  write(text: string): boolean
  once(event: 'drain', listener: () => void): unknown
}

const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'

export function createPainter(target: PaintTarget): Painter {
  let shown: Frame | null = null
  let waiting: Frame | null = null
  let blocked = false
  let stopped = false

  const write = (frame: Frame): void => {
    const text = difference(shown, frame)
    shown = frame
    if (text === '') return
    if (!target.write(BEGIN + text + END)) {
      blocked = true
      target.once('drain', drained)
    }
  }
  // A slow terminal gets the newest frame only, not every one that it missed.
  const drained = (): void => {
    blocked = false
    const frame = waiting
    waiting = null
    if (frame !== null && !stopped) write(frame)
  }

  return {
    paint(frame) {
      if (stopped) return
      if (blocked) waiting = frame
      else write(frame)
    },
    invalidate() {
      shown = null
    },
    stop() {
      stopped = true
    },
  }
}

/** What to write so that a screen showing `before` shows `after`; a null or differently sized `before` means everything. */
export function difference(before: Frame | null, after: Frame): string {
  const whole = before === null || before.columns !== after.columns || before.rows.length !== after.rows.length
  let text = ''
  for (let y = 0; y < after.rows.length; y++) {
    const runs = after.rows[y] ?? []
    const old = whole ? undefined : before.rows[y]
    for (let i = 0; i < runs.length; i++) {
      const run = runs[i]
      if (run === undefined) continue
      const same = old !== undefined && sameRun(old[i], run)
      if (!same) text += `\x1b[${y + 1};${run.x + 1}H${run.ansi}`
    }
  }
  if (whole) text = `\x1b[0m\x1b[2J${text}`
  return text + caretDifference(whole ? null : before.caret, after.caret, text !== '')
}

// Runs of a row tile it, so a run at the same place with the same width and text is certain to be on the screen already, even
// when its neighbours have changed their borders.
function sameRun(old: Run | undefined, run: Run): boolean {
  return old !== undefined && old.x === run.x && old.width === run.width && old.ansi === run.ansi
}

function caretDifference(before: Frame['caret'], after: Frame['caret'], moved: boolean): string {
  if (after === null) return before === null ? '' : '\x1b[?25l'
  const place = `\x1b[${after.y + 1};${after.x + 1}H`
  if (before === null) return `${place}\x1b[?25h`
  return moved || before.x !== after.x || before.y !== after.y ? place : ''
}
