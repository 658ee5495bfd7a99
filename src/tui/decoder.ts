// What the terminal sends, as events: keys (bursts too), bracketed paste in one piece, SGR mouse, focus. Replies to queries and
// sequences nobody asked for are swallowed, so that they never turn into typed text. References: ECMA-48 5.4 (control sequences),
// xterm "ctlseqs", the kitty keyboard protocol (CSI code ; modifiers u).

export interface KeyEvent {
  readonly type: 'key'
  /** `a`, `G`, `up`, `enter`, `ctrl+c`, `alt+x`, `shift+tab`, `f1`, `space` … */
  readonly key: string
  /** What a text box inserts; empty for keys that type nothing. */
  readonly text: string
}

export interface PasteEvent {
  readonly type: 'paste'
  readonly text: string
}

export interface MouseEvent {
  readonly type: 'mouse'
  readonly kind: 'press' | 'release' | 'drag' | 'wheel-up' | 'wheel-down'
  readonly button: 'left' | 'middle' | 'right' | 'none'
  /** Cell from 0. */
  readonly x: number
  readonly y: number
}

export interface FocusEvent {
  readonly type: 'focus'
  readonly gained: boolean
}

export type InputEvent = KeyEvent | PasteEvent | MouseEvent | FocusEvent

/** A lone ESC is the Escape key when nothing follows within this time, ms. */
export const ESCAPE_TIMEOUT = 25
/** A paste without its end is given up after this silence, ms. */
const PASTE_TIMEOUT = 1000
/** A pasted text longer than this is cut: nobody pastes a megabyte into a filter on purpose. */
const PASTE_LIMIT = 65_536
const SEQUENCE_LIMIT = 256

const ESC = '\x1b'
const PASTE_END = '\x1b[201~'

const CSI_LETTERS: ReadonlyMap<string, string> = new Map([
  ['A', 'up'],
  ['B', 'down'],
  ['C', 'right'],
  ['D', 'left'],
  ['H', 'home'],
  ['F', 'end'],
  ['P', 'f1'],
  ['Q', 'f2'],
  ['R', 'f3'],
  ['S', 'f4'],
  ['M', 'enter'],
  ['E', 'center'],
])

const CSI_NUMBERS: ReadonlyMap<number, string> = new Map([
  [1, 'home'],
  [2, 'insert'],
  [3, 'delete'],
  [4, 'end'],
  [5, 'pageup'],
  [6, 'pagedown'],
  [7, 'home'],
  [8, 'end'],
  [11, 'f1'],
  [12, 'f2'],
  [13, 'f3'],
  [14, 'f4'],
  [15, 'f5'],
  [17, 'f6'],
  [18, 'f7'],
  [19, 'f8'],
  [20, 'f9'],
  [21, 'f10'],
  [23, 'f11'],
  [24, 'f12'],
])

const CONTROL_NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, 'ctrl+space'],
  [0x08, 'backspace'],
  [0x09, 'tab'],
  [0x0a, 'enter'],
  [0x0d, 'enter'],
  [0x1b, 'escape'],
  [0x1c, 'ctrl+\\'],
  [0x1d, 'ctrl+]'],
  [0x1e, 'ctrl+^'],
  [0x1f, 'ctrl+_'],
  [0x20, 'space'],
  [0x7f, 'backspace'],
])

export interface Decoder {
  /** Bytes as they were read; one read may hold many events or a part of one. */
  push(chunk: Uint8Array): void
  /** Forgets half-read sequences and stops the timer. */
  reset(): void
}

/** Calls `emit` for the events of each read, all of a read at once, so that ten arrow keys in one read can move ten rows and paint once. */
export function createDecoder(emit: (events: readonly InputEvent[]) => void): Decoder {
  const utf8 = new TextDecoder('utf-8')
  let pending = ''
  let paste: string | null = null
  let timer: NodeJS.Timeout | undefined

  const run = (final: boolean): void => {
    const events: InputEvent[] = []
    while (pending !== '') {
      if (paste !== null) {
        if (!takePaste(events, final)) break
        continue
      }
      const taken = takeOne(pending, final, events)
      if (taken === 0) break
      if (taken === -1) {
        pending = pending.slice(6)
        paste = ''
      } else pending = pending.slice(taken)
    }
    if (final && paste !== null) {
      events.push({ type: 'paste', text: paste })
      paste = null
    }
    if (events.length > 0) emit(events)
  }

  const takePaste = (events: InputEvent[], final: boolean): boolean => {
    const end = pending.indexOf(PASTE_END)
    if (end >= 0) {
      events.push({ type: 'paste', text: ((paste ?? '') + pending.slice(0, end)).slice(0, PASTE_LIMIT) })
      pending = pending.slice(end + PASTE_END.length)
      paste = null
      return true
    }
    // The end mark itself may be cut by the read; keep what could be its beginning.
    const keep = final ? 0 : startOfEnd(pending)
    paste = ((paste ?? '') + pending.slice(0, pending.length - keep)).slice(0, PASTE_LIMIT)
    pending = pending.slice(pending.length - keep)
    return false
  }

  return {
    push(chunk) {
      clearTimeout(timer)
      pending += utf8.decode(chunk, { stream: true })
      run(false)
      if (paste !== null) timer = setTimeout(() => run(true), PASTE_TIMEOUT)
      else if (pending !== '') timer = setTimeout(() => run(true), ESCAPE_TIMEOUT)
    },
    reset() {
      clearTimeout(timer)
      pending = ''
      paste = null
    },
  }
}

function startOfEnd(text: string): number {
  for (let length = Math.min(PASTE_END.length - 1, text.length); length > 0; length--) {
    if (PASTE_END.startsWith(text.slice(-length))) return length
  }
  return 0
}

/** Takes one event from the start: units taken, 0 when more must come first, -1 for the start of a paste. */
function takeOne(text: string, final: boolean, events: InputEvent[]): number {
  const code = text.codePointAt(0) ?? 0
  if (code === 0x1b) return takeEscape(text, final, events)
  // C1 forms of CSI and friends are not sent to a UTF-8 application; the code points themselves type nothing.
  if (code >= 0x80 && code < 0xa0) return 1
  events.push(keyOf(code, ''))
  return code > 0xffff ? 2 : 1
}

function takeEscape(text: string, final: boolean, events: InputEvent[]): number {
  if (text.length === 1) {
    if (!final) return 0
    events.push({ type: 'key', key: 'escape', text: '' })
    return 1
  }
  const second = text[1] ?? ''
  if (second === '[') return takeSequence(text, final, events)
  if (second === 'O') return takeFunction(text, final, events)
  if (second === ']' || second === 'P' || second === '_' || second === '^' || second === 'X') return takeString(text, final)
  if (second === ESC) {
    events.push({ type: 'key', key: 'escape', text: '' })
    return 1
  }
  const code = text.codePointAt(1) ?? 0
  events.push(keyOf(code, 'alt+'))
  return code > 0xffff ? 3 : 2
}

// SS3: ESC O and a letter, F1 to F4 and the keypad in application mode.
function takeFunction(text: string, final: boolean, events: InputEvent[]): number {
  const third = text[2]
  if (third === undefined) {
    if (!final) return 0
    events.push({ type: 'key', key: 'alt+O', text: '' })
    return 2
  }
  const key = CSI_LETTERS.get(third)
  if (key !== undefined) events.push({ type: 'key', key, text: '' })
  return 3
}

// OSC, DCS, APC, PM and SOS: replies, swallowed up to ST or BEL.
function takeString(text: string, final: boolean): number {
  for (let at = 2; at < text.length; at++) {
    if (text[at] === '\x07') return at + 1
    if (text[at] === ESC && text[at + 1] === '\\') return at + 2
  }
  if (final) return text.length
  return text.length > 65_536 ? text.length : 0
}

// CSI: parameters 30-3F, intermediates 20-2F, one final byte 40-7E (ECMA-48 5.4).
function takeSequence(text: string, final: boolean, events: InputEvent[]): number {
  let at = 2
  while (at < text.length && at < SEQUENCE_LIMIT && text.charCodeAt(at) >= 0x20 && text.charCodeAt(at) < 0x40) at++
  const last = text.charCodeAt(at)
  if (at >= text.length) {
    if (!final) return 0
    if (text.length === 2) events.push({ type: 'key', key: 'alt+[', text: '' })
    return text.length
  }
  // Not a final byte: a broken sequence is dropped up to what broke it.
  if (!(last >= 0x40 && last < 0x7f)) return at
  const parameters = text.slice(2, at)
  const letter = text[at] ?? ''
  const length = at + 1
  if (letter === '~' && parameters === '200') return -1
  // Linux console: F1 to F5 are ESC [ [ A to ESC [ [ E.
  if (letter === '[' && parameters === '') {
    const next = text[length]
    if (next === undefined) return final ? length : 0
    if (next >= 'A' && next <= 'E') events.push({ type: 'key', key: `f${next.charCodeAt(0) - 64}`, text: '' })
    return length + 1
  }
  const event = sequenceEvent(parameters, letter)
  if (event !== null) events.push(event)
  return length
}

function sequenceEvent(parameters: string, letter: string): InputEvent | null {
  if (parameters.startsWith('<')) return mouseEvent(parameters.slice(1), letter)
  if (/^[?>=]/.test(parameters)) return null
  if (parameters === '' && letter === 'I') return { type: 'focus', gained: true }
  if (parameters === '' && letter === 'O') return { type: 'focus', gained: false }
  const numbers = parameters.split(';').map((part) => Number.parseInt(part, 10))
  const modifiers = modifierPrefix(numbers[1])
  if (letter === 'Z') return { type: 'key', key: 'shift+tab', text: '' }
  if (letter === 'u') return kittyEvent(numbers[0] ?? 0, numbers[1] ?? 1)
  if (letter === '~') {
    if (numbers[0] === 27) return kittyEvent(numbers[2] ?? 0, numbers[1] ?? 1)
    const key = CSI_NUMBERS.get(numbers[0] ?? 0)
    return key === undefined ? null : { type: 'key', key: modifiers + key, text: '' }
  }
  // CSI 1 ; 2 R is Shift+F3, CSI row ; column R a cursor report: only the first has 1 in front and a modifier of at most 16.
  if (letter === 'R' && !(parameters === '' || (numbers[0] === 1 && (numbers[1] ?? 0) >= 2 && (numbers[1] ?? 0) <= 16))) return null
  const key = CSI_LETTERS.get(letter)
  return key === undefined ? null : { type: 'key', key: modifiers + key, text: '' }
}

// xterm adds one to a bit set: 1 Shift, 2 Alt, 4 Control.
function modifierPrefix(parameter: number | undefined): string {
  if (parameter === undefined || !Number.isFinite(parameter) || parameter < 2) return ''
  const bits = parameter - 1
  return `${bits & 4 ? 'ctrl+' : ''}${bits & 2 ? 'alt+' : ''}${bits & 1 ? 'shift+' : ''}`
}

function kittyEvent(code: number, modifiers: number): InputEvent | null {
  if (!Number.isFinite(code) || code <= 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null
  if (code >= 0xe000 && code <= 0xf8ff) return null
  const bits = Number.isFinite(modifiers) ? modifiers - 1 : 0
  const named = CONTROL_NAMES.get(code)
  if (named !== undefined && code !== 0x20) return { type: 'key', key: modifierPrefix(modifiers) + named, text: '' }
  if (bits & 4 || bits & 2) {
    const name = code === 0x20 ? 'space' : String.fromCodePoint(code).toLowerCase()
    return { type: 'key', key: `${bits & 4 ? 'ctrl+' : ''}${bits & 2 ? 'alt+' : ''}${name}`, text: '' }
  }
  return keyOf(bits & 1 ? (String.fromCodePoint(code).toUpperCase().codePointAt(0) ?? code) : code, '')
}

function keyOf(code: number, prefix: '' | 'alt+'): KeyEvent {
  const named = CONTROL_NAMES.get(code)
  if (named !== undefined) return { type: 'key', key: prefix + named, text: code === 0x20 && prefix === '' ? ' ' : '' }
  if (code < 0x20) return { type: 'key', key: `ctrl+${prefix}${String.fromCharCode(code + 0x60)}`, text: '' }
  const text = String.fromCodePoint(code)
  return { type: 'key', key: prefix + text, text: prefix === '' ? text : '' }
}

function mouseEvent(parameters: string, letter: string): MouseEvent | null {
  const [bits = Number.NaN, column = Number.NaN, row = Number.NaN] = parameters.split(';').map((part) => Number.parseInt(part, 10))
  if (!(bits >= 0 && column >= 1 && row >= 1) || (letter !== 'M' && letter !== 'm')) return null
  const place = { x: column - 1, y: row - 1 }
  if (bits & 64) {
    if ((bits & 3) > 1) return null
    return { type: 'mouse', kind: bits & 1 ? 'wheel-down' : 'wheel-up', button: 'none', ...place }
  }
  const button = (['left', 'middle', 'right', 'none'] as const)[bits & 3] ?? 'none'
  const kind = bits & 32 ? 'drag' : letter === 'M' ? 'press' : 'release'
  return { type: 'mouse', kind, button, ...place }
}
