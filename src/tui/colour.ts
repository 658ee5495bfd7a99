// Colours of a theme turned into what the terminal at hand can show.

/** What the terminal can show: nothing but weights (NO_COLOR, dumb), 16 colours, the 256 of xterm, or 24 bits. */
export type Depth = 'none' | 'basic' | 'indexed' | 'true'

/** A colour as `#rrggbb`, and the one of the 16 basic colours (0 to 15) that stands for it. */
export interface Colour {
  readonly hex: string
  readonly basic: number
}

const FORCED: ReadonlyMap<string, Depth> = new Map([
  ['0', 'none'],
  ['1', 'basic'],
  ['2', 'indexed'],
  ['3', 'true'],
])

/**
 * Reads what the terminal says about itself. NO_COLOR wins (no-color.org: present and not empty), then FORCE_COLOR (0 to 3),
 * COLORTERM and TERM.
 */
export function detectDepth(env: Readonly<Record<string, string | undefined>>): Depth {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM = '', COLORTERM = '', TERM_PROGRAM = '', WT_SESSION = '' } = env
  if (NO_COLOR !== '') return 'none'
  const forced: Depth | undefined = FORCED.get(FORCE_COLOR)
  if (forced !== undefined) return forced
  if (TERM === 'dumb') return 'none'
  if (COLORTERM === 'truecolor' || COLORTERM === '24bit') return 'true'
  if (WT_SESSION !== '' || /-direct$|kitty|ghostty|alacritty|wezterm|foot/.test(TERM)) return 'true'
  if (/^(iTerm\.app|WezTerm|vscode|ghostty)$/.test(TERM_PROGRAM)) return 'true'
  if (/256/.test(TERM) || TERM_PROGRAM === 'Apple_Terminal') return 'indexed'
  if (TERM === '') return 'none'
  return 'basic'
}

/** SGR parameters of a foreground or background colour; empty at depth `none`. */
export function colourCode(colour: Colour, depth: Depth, where: 'fore' | 'back'): string {
  const base = where === 'fore' ? 38 : 48
  switch (depth) {
    case 'true':
      return `${base};2;${channels(colour.hex).join(';')}`
    case 'indexed':
      return `${base};5;${nearestIndexed(colour.hex)}`
    case 'basic':
      return String((colour.basic < 8 ? 30 + colour.basic : 82 + colour.basic) + (where === 'fore' ? 0 : 10))
    case 'none':
      return ''
  }
}

export function channels(hex: string): [number, number, number] {
  return [Number.parseInt(hex.slice(1, 3), 16), Number.parseInt(hex.slice(3, 5), 16), Number.parseInt(hex.slice(5, 7), 16)]
}

const STEPS = [0, 95, 135, 175, 215, 255]

/** The nearest of xterm's 6x6x6 cube (16 to 231) and grey ramp (232 to 255). */
export function nearestIndexed(hex: string): number {
  const wanted = channels(hex)
  const cube = wanted.map((value) => nearest(STEPS, value)) as [number, number, number]
  const level = Math.max(0, Math.min(23, Math.round(((wanted[0] + wanted[1] + wanted[2]) / 3 - 8) / 10)))
  const cubeDistance = distance(wanted, cube.map((step) => STEPS[step] ?? 0) as [number, number, number])
  const greyDistance = distance(wanted, [8 + level * 10, 8 + level * 10, 8 + level * 10])
  return greyDistance < cubeDistance ? 232 + level : 16 + 36 * cube[0] + 6 * cube[1] + cube[2]
}

/** One of the 16 basic colours by which channels are strong: bit 0 red, 1 green, 2 blue, 3 bright. */
export function nearestBasic(hex: string): number {
  const levels = channels(hex)
  const strongest = Math.max(...levels)
  if (strongest < 64) return 0
  const bits = levels.reduce((sum, level, i) => sum + (level > strongest / 2 ? 1 << i : 0), 0)
  return strongest > 192 ? bits + 8 : bits
}

function nearest(steps: readonly number[], value: number): number {
  let best = 0
  for (let i = 1; i < steps.length; i++) if (Math.abs((steps[i] ?? 0) - value) < Math.abs((steps[best] ?? 0) - value)) best = i
  return best
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0)
}
