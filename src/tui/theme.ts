// The three looks, and what each role and ground becomes on the terminal at hand. Contrast of text on its ground is at least
// 4.5 : 1 in each theme (test/unit/tui/theme.test.ts measures it).

import { type Colour, colourCode, type Depth, nearestBasic } from './colour.ts'
import type { Ground, Line, Role, Tint } from './line.ts'

export type ThemeName = 'dark' | 'light' | 'contrast'

export const THEME_NAMES: readonly ThemeName[] = ['dark', 'light', 'contrast']

/** WIRETAIL_THEME by name; else light where the terminal says that its ground is light (COLORFGBG, "fore;back"); else dark. */
export function detectTheme(env: Readonly<Record<string, string | undefined>>): ThemeName {
  const { WIRETAIL_THEME = '', COLORFGBG = '' } = env
  const named = THEME_NAMES.find((name) => name === WIRETAIL_THEME)
  if (named !== undefined) return named
  const ground = /;(\d+)$/.exec(COLORFGBG)?.[1]
  return ground === '7' || ground === '15' ? 'light' : 'dark'
}

interface Look {
  readonly fore?: Colour
  readonly back?: Colour
  readonly bold?: boolean
  readonly dim?: boolean
  readonly underline?: boolean
  readonly inverse?: boolean
}

interface Palette {
  /** What the terminal's own background is taken to be; never painted. */
  readonly paper: string
  readonly roles: Readonly<Record<Role, Look>>
  readonly grounds: Readonly<Record<Ground, Look>>
}

const c = (hex: string, basic: number): Colour => ({ hex, basic })

// Without colours only weights are left; these hold for every theme.
const WEIGHTS: Readonly<Partial<Record<Role | Ground, Look>>> = {
  strong: { bold: true },
  title: { bold: true },
  key: { bold: true },
  layer: { bold: true },
  secret: { bold: true, underline: true },
  mistake: { underline: true },
  bad: { bold: true },
  'lens-readable': { bold: true },
  'lens-encrypted': { underline: true },
  picked: { inverse: true },
  held: { underline: true },
  lit: { inverse: true },
  cursor: { inverse: true, bold: true },
}

const DARK: Palette = {
  paper: '#16181d',
  roles: {
    text: { fore: c('#d5d9e0', 7) },
    strong: { fore: c('#ffffff', 15), bold: true },
    dim: { fore: c('#8b93a1', 8) },
    rule: { fore: c('#7b8494', 8) },
    title: { fore: c('#ffffff', 15), bold: true },
    accent: { fore: c('#7cc4ff', 14) },
    key: { fore: c('#7cc4ff', 14), bold: true },
    good: { fore: c('#8fd694', 10) },
    bad: { fore: c('#ff8f8f', 9), bold: true },
    warn: { fore: c('#f2c26b', 11) },
    note: { fore: c('#a9c1dd', 14) },
    mistake: { fore: c('#ff8f8f', 9), underline: true },
    secret: { fore: c('#ffcf5c', 11), bold: true },
    layer: { fore: c('#e6e9ef', 15), bold: true },
    'byte-zero': { fore: c('#8b93a1', 8) },
    'byte-text': { fore: c('#d5d9e0', 7) },
    'byte-space': { fore: c('#8fd694', 10) },
    'byte-control': { fore: c('#f0a6c8', 13) },
    'byte-high': { fore: c('#e8c48a', 11) },
    web: { fore: c('#8fd694', 10) },
    sealed: { fore: c('#c7a6ff', 13) },
    transport: { fore: c('#9fb6cf', 7) },
    datagram: { fore: c('#7fd3e0', 14) },
    control: { fore: c('#f0a6c8', 13) },
    name: { fore: c('#e8c48a', 11) },
    other: { fore: c('#b6bcc7', 7) },
    'side-first': { fore: c('#f0a6c8', 13) },
    'side-second': { fore: c('#7cc4ff', 14) },
    'lens-readable': { fore: c('#ffcf5c', 11), bold: true },
    'lens-encrypted': { fore: c('#c7a6ff', 13) },
    'lens-metadata': { fore: c('#7fd3e0', 14) },
    'lens-framing': { fore: c('#8b93a1', 8) },
  },
  grounds: {
    plain: {},
    bar: { back: c('#262b35', 0) },
    picked: { back: c('#1c4470', 4) },
    held: { back: c('#303743', 0) },
    lit: { back: c('#1f4a30', 2) },
    cursor: { back: c('#d5d9e0', 7), fore: c('#16181d', 0) },
    secret: { back: c('#4a3700', 3) },
    panel: { back: c('#1e222a', 0) },
    field: { back: c('#2b313c', 0) },
  },
}

const LIGHT: Palette = {
  paper: '#ffffff',
  roles: {
    text: { fore: c('#22262e', 0) },
    strong: { fore: c('#000000', 0), bold: true },
    dim: { fore: c('#5c6470', 8) },
    rule: { fore: c('#69717d', 8) },
    title: { fore: c('#000000', 0), bold: true },
    accent: { fore: c('#0a5ca8', 4) },
    key: { fore: c('#0a5ca8', 4), bold: true },
    good: { fore: c('#1c6b2a', 2) },
    bad: { fore: c('#a81818', 1), bold: true },
    warn: { fore: c('#7a4d00', 3) },
    note: { fore: c('#34546f', 4) },
    mistake: { fore: c('#a81818', 1), underline: true },
    secret: { fore: c('#7a3d00', 1), bold: true },
    layer: { fore: c('#000000', 0), bold: true },
    'byte-zero': { fore: c('#5f6772', 8) },
    'byte-text': { fore: c('#22262e', 0) },
    'byte-space': { fore: c('#1c6b2a', 2) },
    'byte-control': { fore: c('#9a2767', 5) },
    'byte-high': { fore: c('#7a4d00', 3) },
    web: { fore: c('#1c6b2a', 2) },
    sealed: { fore: c('#6a2fb5', 5) },
    transport: { fore: c('#3d536b', 0) },
    datagram: { fore: c('#0b6470', 6) },
    control: { fore: c('#9a2767', 5) },
    name: { fore: c('#7a4d00', 3) },
    other: { fore: c('#444b56', 0) },
    'side-first': { fore: c('#9a2767', 5) },
    'side-second': { fore: c('#0a5ca8', 4) },
    'lens-readable': { fore: c('#7a3d00', 1), bold: true },
    'lens-encrypted': { fore: c('#6a2fb5', 5) },
    'lens-metadata': { fore: c('#0b6470', 6) },
    'lens-framing': { fore: c('#5c6470', 8) },
  },
  grounds: {
    plain: {},
    bar: { back: c('#e8ebf0', 7) },
    picked: { back: c('#cfe3f8', 6) },
    held: { back: c('#e6e9ee', 7) },
    lit: { back: c('#cdeed3', 10) },
    cursor: { back: c('#22262e', 0), fore: c('#ffffff', 15) },
    secret: { back: c('#ffe9a8', 11) },
    panel: { back: c('#f3f5f8', 15) },
    field: { back: c('#e8ebf0', 7) },
  },
}

const WHITE = c('#ffffff', 15)
const BLACK = c('#000000', 0)
const CONTRAST: Palette = {
  paper: '#000000',
  roles: {
    ...DARK.roles,
    text: { fore: WHITE },
    dim: { fore: c('#d0d0d0', 7) },
    rule: { fore: c('#d0d0d0', 7) },
    accent: { fore: c('#8fe3ff', 14) },
    key: { fore: c('#8fe3ff', 14), bold: true },
    good: { fore: c('#9dff9d', 10) },
    bad: { fore: c('#ffb0b0', 9), bold: true },
    mistake: { fore: c('#ffb0b0', 9), underline: true },
    warn: { fore: c('#ffff66', 11) },
    note: { fore: WHITE },
    'byte-zero': { fore: c('#d0d0d0', 7) },
    'byte-text': { fore: WHITE },
    'byte-space': { fore: c('#9dff9d', 10) },
    'byte-control': { fore: c('#ffc8e6', 13) },
    'byte-high': { fore: c('#ffff66', 11) },
    secret: { fore: c('#ffff66', 11), bold: true, underline: true },
    web: { fore: c('#9dff9d', 10) },
    sealed: { fore: c('#e0c8ff', 13) },
    transport: { fore: WHITE },
    datagram: { fore: c('#8fe3ff', 14) },
    control: { fore: c('#ffc8e6', 13) },
    name: { fore: c('#ffff66', 11) },
    other: { fore: WHITE },
    'side-first': { fore: c('#ffc8e6', 13) },
    'side-second': { fore: c('#8fe3ff', 14) },
    'lens-readable': { fore: c('#ffff66', 11), bold: true },
    'lens-encrypted': { fore: c('#e0c8ff', 13) },
    'lens-metadata': { fore: c('#8fe3ff', 14) },
    'lens-framing': { fore: c('#d0d0d0', 7) },
  },
  grounds: {
    plain: {},
    bar: { back: c('#1c1c1c', 0) },
    picked: { back: WHITE, fore: BLACK, bold: true },
    held: { back: c('#2e2e2e', 8) },
    lit: { back: c('#9dff9d', 10), fore: BLACK },
    cursor: { back: c('#ffff66', 11), fore: BLACK, bold: true },
    secret: { back: c('#332600', 3), underline: true },
    panel: { back: BLACK },
    field: { back: c('#2a2a2a', 0) },
  },
}

const PALETTES: Readonly<Record<ThemeName, Palette>> = { dark: DARK, light: LIGHT, contrast: CONTRAST }

/** Turns roles and grounds into SGR sequences of one terminal. */
export interface Theme {
  readonly name: ThemeName
  readonly depth: Depth
  sgr(role: Role, ground: Ground): string
}

export function makeTheme(name: ThemeName, depth: Depth): Theme {
  const known = new Map<string, string>()
  const sgr = (role: Role, ground: Ground): string => {
    const key = `${role} ${ground}`
    let found = known.get(key)
    if (found === undefined) {
      found = `\x1b[${codes(name, depth, role, ground).join(';')}m`
      known.set(key, found)
    }
    return found
  }
  return { name, depth, sgr }
}

/** The colours that a text of this role has on this ground, for the contrast test and for pictures of the screen. */
export function coloursOf(name: ThemeName, role: Role, ground: Ground): { fore: string; back: string } {
  const palette = PALETTES[name]
  const under = palette.grounds[ground]
  return { fore: (under.fore ?? palette.roles[roleOn(role, ground)].fore)?.hex ?? '', back: under.back?.hex ?? palette.paper }
}

// Quiet text on a coloured ground would be hard to read; there it is as loud as the rest.
const QUIET: ReadonlySet<Role> = new Set(['dim', 'rule', 'byte-zero', 'transport', 'other', 'note', 'lens-framing'])
const COLOURED: ReadonlySet<Ground> = new Set(['picked', 'held', 'field', 'lit', 'secret'])

function roleOn(role: Role, ground: Ground): Role {
  return QUIET.has(role) && COLOURED.has(ground) ? 'text' : role
}

function codes(name: ThemeName, depth: Depth, role: Role, ground: Ground): string[] {
  const palette = PALETTES[name]
  const over = depth === 'none' ? (WEIGHTS[role] ?? {}) : palette.roles[roleOn(role, ground)]
  const under = depth === 'none' ? (WEIGHTS[ground] ?? {}) : palette.grounds[ground]
  const list = ['0']
  if (over.bold || under.bold) list.push('1')
  if (over.dim) list.push('2')
  if (over.underline || under.underline) list.push('4')
  if (over.inverse || under.inverse) list.push('7')
  if (depth === 'none') return list
  const fore = under.fore ?? (depth === 'basic' ? basicFore(over.fore, under.back) : over.fore)
  if (fore) list.push(colourCode(fore, depth, 'fore'))
  if (under.back && !(depth === 'basic' && under.back.basic === 0)) list.push(colourCode(under.back, depth, 'back'))
  return list
}

// With 16 colours nobody knows their exact shades: on a coloured ground only plain white or black is certain to be read.
function basicFore(fore: Colour | undefined, back: Colour | undefined): Colour | undefined {
  if (back === undefined || back.basic === 0) return fore
  return back.basic >= 6 && back.basic !== 8 ? BLACK : WHITE
}

function tintCode({ fore, back }: Tint, depth: Depth): string {
  const colour = (hex: string): Colour => ({ hex, basic: nearestBasic(hex) })
  return `\x1b[0;${colourCode(colour(fore), depth, 'fore')};${colourCode(colour(back), depth, 'back')}m`
}

/** A line as the terminal gets it, colours switched only where they change, reset at its end. */
export function paintLine(line: Line, theme: Theme): string {
  let painted = ''
  let current = ''
  for (const { text, role, ground, tint } of line) {
    if (text === '') continue
    const code = tint === undefined || theme.depth === 'none' ? theme.sgr(role, ground) : tintCode(tint, theme.depth)
    if (code !== current) {
      painted += code
      current = code
    }
    painted += text
  }
  return current === '' ? painted : `${painted}\x1b[0m`
}
