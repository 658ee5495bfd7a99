import { describe, expect, it } from 'vitest'
import { channels, detectDepth, nearestIndexed } from '../../../src/tui/colour.ts'
import { type Ground, type Role, say, span } from '../../../src/tui/line.ts'
import { coloursOf, detectTheme, makeTheme, paintLine, THEME_NAMES } from '../../../src/tui/theme.ts'

const ROLES: readonly Role[] = [
  ...([
    'text',
    'strong',
    'dim',
    'title',
    'accent',
    'key',
    'good',
    'bad',
    'warn',
    'note',
    'mistake',
    'secret',
    'layer',
    'byte-zero',
    'byte-text',
    'byte-space',
    'byte-control',
    'byte-high',
  ] as const),
  ...(['web', 'sealed', 'transport', 'datagram', 'control', 'name', 'other'] as const),
]
const GROUNDS: readonly Ground[] = ['plain', 'bar', 'picked', 'held', 'lit', 'cursor', 'secret', 'panel', 'field']

// WCAG 2.1, relative luminance and contrast ratio.
function luminance(hex: string): number {
  const [red, green, blue] = channels(hex).map((value) => {
    const part = value / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

describe('themes', () => {
  for (const theme of THEME_NAMES) {
    it(`${theme}: every role can be read on every ground`, () => {
      const weak: string[] = []
      for (const role of ROLES) {
        for (const ground of GROUNDS) {
          const { fore, back } = coloursOf(theme, role, ground)
          const ratio = contrast(fore, back)
          if (ratio < (theme === 'contrast' ? 7 : 4.5)) weak.push(`${role} on ${ground}: ${ratio.toFixed(2)}`)
        }
      }
      expect(weak).toEqual([])
    })
  }

  it('says everything with weights alone when there are no colours', () => {
    const theme = makeTheme('dark', 'none')
    for (const role of ROLES) for (const ground of GROUNDS) expect(theme.sgr(role, ground)).toMatch(/^\x1b\[0(;[1247])*m$/)
    expect(theme.sgr('text', 'picked')).toContain(';7')
    expect(theme.sgr('text', 'lit')).not.toBe(theme.sgr('text', 'plain'))
    expect(theme.sgr('text', 'held')).not.toBe(theme.sgr('text', 'plain'))
  })

  it('switches colours only where they change and resets at the end', () => {
    const painted = paintLine([span(say`a`, 'good'), span(say`b`, 'good'), span(say`c`, 'bad')], makeTheme('dark', 'basic'))
    expect(painted).toBe('\x1b[0;92mab\x1b[0;1;91mc\x1b[0m')
  })
})

describe('choosing a theme', () => {
  it.each([
    [{}, 'dark'],
    [{ COLORFGBG: '0;15' }, 'light'],
    [{ COLORFGBG: '15;0' }, 'dark'],
    [{ COLORFGBG: '0;default;15', WIRETAIL_THEME: 'contrast' }, 'contrast'],
    [{ WIRETAIL_THEME: 'nonsense' }, 'dark'],
  ] as const)('%o is %s', (env, theme) => {
    expect(detectTheme(env)).toBe(theme)
  })
})

describe('colour depth', () => {
  it.each([
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '' }, 'true'],
    [{ TERM: 'xterm-256color' }, 'indexed'],
    [{ TERM: 'tmux-256color', FORCE_COLOR: '3' }, 'true'],
    [{ TERM: 'linux' }, 'basic'],
    [{ TERM: 'dumb' }, 'none'],
    [{}, 'none'],
  ] as const)('%o is %s', (env, depth) => {
    expect(detectDepth(env)).toBe(depth)
  })

  it('finds the nearest of 256', () => {
    expect(nearestIndexed('#ff0000')).toBe(196)
    expect(nearestIndexed('#808080')).toBe(244)
    expect(nearestIndexed('#000000')).toBe(16)
    expect(nearestIndexed('#ffffff')).toBe(231)
  })
})
