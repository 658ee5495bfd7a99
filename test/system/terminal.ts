// A terminal for tests: the real program in a pseudo-terminal, its output parsed by xterm's own code. Tests type keys and wait for
// what should be on the screen, in the user's words; nothing sleeps, nothing is mocked.

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type IPty, spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

export interface LaunchOptions {
  /** Arguments of wiretail. */
  readonly args?: readonly string[]
  readonly cols?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Another program than wiretail. */
  readonly command?: readonly [string, ...string[]]
}

export interface Cell {
  readonly text: string
  /** `#rrggbb`, a palette number, or `default`. */
  readonly fore: string
  readonly back: string
  readonly bold: boolean
  readonly underline: boolean
  readonly inverse: boolean
}

export interface Screen {
  readonly cols: number
  readonly rows: number
  /** The rows as text, trailing blanks cut. */
  lines(): string[]
  text(): string
  cell(x: number, y: number): Cell
  /** The cell where a text begins, the first one from the top; throws with the whole screen when it is not there. */
  find(text: string): { x: number; y: number }
  readonly caret: { x: number; y: number; visible: boolean }
  /** True while the alternate screen is on. */
  readonly alternate: boolean
}

export interface Program {
  readonly screen: Screen
  readonly pid: number
  /** Everything that the program wrote, raw. */
  readonly written: () => string
  /** Keys as bytes, or names in braces: `{down}{enter}{ctrl+c}`. */
  type(keys: string): void
  /** Resolves as soon as the screen fulfils the predicate; rejects with the screen's text after `ms`. */
  until(predicate: string | RegExp | ((screen: Screen) => boolean), ms?: number): Promise<Screen>
  resize(cols: number, rows: number): void
  signal(name: string): void
  /** The exit code, or 128 + the signal's number. */
  readonly exit: Promise<{ code: number; signal: number }>
  close(): void
}

const NAMED: Readonly<Record<string, string>> = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  tab: '\t',
  'shift+tab': '\x1b[Z',
  enter: '\r',
  escape: '\x1b',
  backspace: '\x7f',
  delete: '\x1b[3~',
  f1: '\x1bOP',
}

/** `{down}` and `{ctrl+c}` as what a terminal sends for them. */
export function keysToBytes(keys: string): string {
  return keys.replace(/\{([a-z0-9+]+)\}/g, (whole, name: string) => {
    const control = /^ctrl\+([a-z])$/.exec(name)
    if (control !== null) return String.fromCharCode((control[1] ?? 'a').charCodeAt(0) - 96)
    return NAMED[name] ?? whole
  })
}

/** Starts wiretail (dist/main.js) in a terminal of its own. */
export function launch(options: LaunchOptions = {}): Program {
  const { cols = 80, rows = 24, args = [] } = options
  const [file, ...first] = options.command ?? [process.execPath, join(ROOT, 'dist/main.js')]
  const { PATH = '', HOME = '/' } = process.env
  const env: Record<string, string> = {
    PATH,
    HOME,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    LANG: 'C.UTF-8',
  }
  const pty: IPty = spawn(file, [...first, ...args], {
    cols,
    rows,
    cwd: options.cwd ?? ROOT,
    name: 'xterm-256color',
    env: { ...env, ...options.env },
  })
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 1000 })
  let written = ''
  const screen = screenOf(terminal, () => written.lastIndexOf('\x1b[?25h') > written.lastIndexOf('\x1b[?25l'))
  const watchers = new Set<() => void>()
  let ended = false
  // Replies of the terminal (to queries) go back, as a real one's would.
  terminal.onData((data) => {
    if (!ended) pty.write(data)
  })
  let parsed = 0
  pty.onData((data) => {
    written += data
    terminal.write(data, () => {
      parsed += data.length
      // Inside a synchronized update the screen is not yet what the user gets to see.
      if (written.lastIndexOf('\x1b[?2026h', parsed - 8) > written.lastIndexOf('\x1b[?2026l', parsed - 8)) return
      for (const watcher of [...watchers]) watcher()
    })
  })
  const exit = new Promise<{ code: number; signal: number }>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      ended = true
      terminal.write('', () => {
        for (const watcher of [...watchers]) watcher()
        resolve({ code: exitCode, signal: signal ?? 0 })
      })
    })
  })

  return {
    screen,
    pid: pty.pid,
    written: () => written,
    type: (keys) => pty.write(keysToBytes(keys)),
    until(predicate, ms = 10_000) {
      const holds =
        typeof predicate === 'function'
          ? () => predicate(screen)
          : typeof predicate === 'string'
            ? () => screen.text().includes(predicate)
            : () => predicate.test(screen.text())
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(watch)
          reject(new Error(`not on the screen within ${ms} ms: ${String(predicate)}\n${screen.text()}`))
        }, ms)
        const watch = (): void => {
          if (!holds()) return
          clearTimeout(timer)
          watchers.delete(watch)
          resolve(screen)
        }
        watchers.add(watch)
        watch()
      })
    },
    resize(columns, height) {
      terminal.resize(columns, height)
      pty.resize(columns, height)
    },
    signal: (name) => pty.kill(name),
    exit,
    close() {
      if (!ended) pty.kill('SIGKILL')
      terminal.dispose()
    },
  }
}

type Terminal = InstanceType<typeof xterm.Terminal>

function screenOf(terminal: Terminal, cursorShown: () => boolean): Screen {
  const buffer = (): Terminal['buffer']['active'] => terminal.buffer.active
  const line = (y: number) => buffer().getLine(buffer().baseY + y)
  const lines = (): string[] => Array.from({ length: terminal.rows }, (_, y) => line(y)?.translateToString(true) ?? '')
  return {
    get cols() {
      return terminal.cols
    },
    get rows() {
      return terminal.rows
    },
    lines,
    text: () => lines().join('\n'),
    cell(x, y) {
      const cell = line(y)?.getCell(x)
      return {
        text: cell?.getChars() ?? '',
        fore: colourOf(cell?.isFgRGB() ?? false, cell?.isFgPalette() ?? false, cell?.getFgColor() ?? 0),
        back: colourOf(cell?.isBgRGB() ?? false, cell?.isBgPalette() ?? false, cell?.getBgColor() ?? 0),
        bold: (cell?.isBold() ?? 0) !== 0,
        underline: (cell?.isUnderline() ?? 0) !== 0,
        inverse: (cell?.isInverse() ?? 0) !== 0,
      }
    },
    find(text) {
      const all = lines()
      for (const [y, row] of all.entries()) {
        const at = row.indexOf(text)
        // Every character of the interface's own screens is one cell wide up to here unless a test says otherwise.
        if (at >= 0) return { x: at, y }
      }
      throw new Error(`"${text}" is not on the screen:\n${all.join('\n')}`)
    },
    get caret() {
      return { x: buffer().cursorX, y: buffer().cursorY, visible: cursorShown() }
    },
    get alternate() {
      return buffer().type === 'alternate'
    },
  }
}

function colourOf(rgb: boolean, palette: boolean, value: number): string {
  if (rgb) return `#${value.toString(16).padStart(6, '0')}`
  return palette ? String(value) : 'default'
}

const CELL_WIDTH = 8.4
const CELL_HEIGHT = 18

/** The screen as a picture: SVG with one run of text a colour, good enough for a README and for looking at colours. */
export function toSvg(screen: Screen, paper = '#16181d', ink = '#d5d9e0'): string {
  const width = Math.ceil(screen.cols * CELL_WIDTH) + 24
  const height = screen.rows * CELL_HEIGHT + 24
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">`,
    `<rect width="100%" height="100%" rx="8" fill="${paper}"/>`,
  ]
  for (let y = 0; y < screen.rows; y++) {
    for (let x = 0; x < screen.cols; ) {
      const first = screen.cell(x, y)
      let end = x + 1
      let text = first.text === '' ? ' ' : first.text
      while (end < screen.cols) {
        const next = screen.cell(end, y)
        if (next.fore !== first.fore || next.back !== first.back || next.bold !== first.bold || next.underline !== first.underline) break
        text += next.text === '' ? ' ' : next.text
        end++
      }
      parts.push(runSvg(first, text, x, y, end - x, paper, ink))
      x = end
    }
  }
  return `${parts.filter((part) => part !== '').join('\n')}\n</svg>\n`
}

function runSvg(cell: Cell, text: string, x: number, y: number, cells: number, paper: string, ink: string): string {
  const left = 12 + x * CELL_WIDTH
  const top = 12 + y * CELL_HEIGHT
  const fore = rgbOf(cell.inverse ? cell.back : cell.fore, cell.inverse ? paper : ink)
  const back = rgbOf(cell.inverse ? cell.fore : cell.back, cell.inverse ? ink : paper)
  const box =
    back === paper
      ? ''
      : `<rect x="${left.toFixed(1)}" y="${top}" width="${(cells * CELL_WIDTH).toFixed(1)}" height="${CELL_HEIGHT}" fill="${back}"/>`
  if (text.trim() === '') return box
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
  const style = `${cell.bold ? ' font-weight="bold"' : ''}${cell.underline ? ' text-decoration="underline"' : ''}`
  return `${box}<text x="${left.toFixed(1)}" y="${top + 13.5}" fill="${fore}"${style} textLength="${(cells * CELL_WIDTH).toFixed(1)}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escaped}</text>`
}

const BASIC = [
  '#000000',
  '#cd3131',
  '#0dbc79',
  '#e5e510',
  '#2472c8',
  '#bc3fbc',
  '#11a8cd',
  '#e5e5e5',
  '#666666',
  '#f14c4c',
  '#23d18b',
  '#f5f543',
  '#3b8eea',
  '#d670d6',
  '#29b8db',
  '#ffffff',
]

function rgbOf(colour: string, otherwise: string): string {
  if (colour === 'default') return otherwise
  if (colour.startsWith('#')) return colour
  const index = Number(colour)
  if (index < 16) return BASIC[index] ?? otherwise
  if (index >= 232) return `#${(8 + (index - 232) * 10).toString(16).padStart(2, '0').repeat(3)}`
  const step = (value: number): string => (value === 0 ? 0 : 55 + value * 40).toString(16).padStart(2, '0')
  return `#${step(Math.floor((index - 16) / 36))}${step(Math.floor((index - 16) / 6) % 6)}${step((index - 16) % 6)}`
}
