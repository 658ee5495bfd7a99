import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDecoder, type Decoder, type InputEvent } from '../../../src/tui/decoder.ts'

let reads: InputEvent[][] = []
let decoder: Decoder

beforeEach(() => {
  vi.useFakeTimers()
  reads = []
  decoder = createDecoder((events) => reads.push([...events]))
})

afterEach(() => {
  vi.useRealTimers()
})

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const send = (text: string): void => decoder.push(bytes(text))
const all = (): InputEvent[] => reads.flat()
const keys = (): string[] => all().map((event) => (event.type === 'key' ? event.key : event.type))

describe('keys', () => {
  it.each([
    ['a', 'a'],
    ['G', 'G'],
    [' ', 'space'],
    ['\r', 'enter'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\x03', 'ctrl+c'],
    ['\x1a', 'ctrl+z'],
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b[1;5C', 'ctrl+right'],
    ['\x1b[1;3D', 'alt+left'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[6~', 'pagedown'],
    ['\x1b[H', 'home'],
    ['\x1b[4~', 'end'],
    ['\x1b[Z', 'shift+tab'],
    ['\x1bOP', 'f1'],
    ['\x1b[11~', 'f1'],
    ['\x1b[[A', 'f1'],
    ['\x1b[1;5P', 'ctrl+f1'],
    ['\x1b[24~', 'f12'],
    ['\x1bb', 'alt+b'],
    ['é', 'é'],
    ['日', '日'],
    ['👍', '👍'],
    ['\x1b[99;5u', 'ctrl+c'],
    ['\x1b[27u', 'escape'],
    ['\x1b[9;2u', 'shift+tab'],
    ['\x1b[27;5;99~', 'ctrl+c'],
  ])('%j is %s', (sent, key) => {
    send(sent)
    expect(keys()).toEqual([key])
  })

  it('takes a burst in one read as many keys in one batch', () => {
    send('jjj\x1b[B\x1b[B')
    expect(reads).toHaveLength(1)
    expect(keys()).toEqual(['j', 'j', 'j', 'down', 'down'])
  })

  it('knows the Escape key by the silence after it', () => {
    send('\x1b')
    expect(keys()).toEqual([])
    vi.advanceTimersByTime(30)
    expect(keys()).toEqual(['escape'])
  })

  it('joins sequences and characters that the reads have cut', () => {
    send('\x1b')
    send('[')
    send('1;5')
    send('C')
    const euro = bytes('€')
    decoder.push(euro.subarray(0, 1))
    decoder.push(euro.subarray(1))
    expect(keys()).toEqual(['ctrl+right', '€'])
  })

  it('types text only for printable keys', () => {
    send('a\x03 ')
    expect(all().map((event) => (event.type === 'key' ? event.text : '?'))).toEqual(['a', '', ' '])
  })
})

describe('paste', () => {
  it('arrives in one piece, escapes and line ends included', () => {
    send('x\x1b[200~tcp\r\n\x1b[31m == 1')
    send('\x1b[20')
    send('1~y')
    expect(all()).toEqual([
      { type: 'key', key: 'x', text: 'x' },
      { type: 'paste', text: 'tcp\r\n\x1b[31m == 1' },
      { type: 'key', key: 'y', text: 'y' },
    ])
  })

  it('ends by itself when its end never comes, so that the keyboard is not lost', () => {
    send('\x1b[200~half')
    vi.advanceTimersByTime(1100)
    send('q')
    expect(all()).toEqual([
      { type: 'paste', text: 'half' },
      { type: 'key', key: 'q', text: 'q' },
    ])
  })
})

describe('mouse and replies', () => {
  it('reads SGR mouse reports', () => {
    send('\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<64;1;1M\x1b[<65;1;1M\x1b[<32;3;4M')
    expect(all()).toEqual([
      { type: 'mouse', kind: 'press', button: 'left', x: 9, y: 4 },
      { type: 'mouse', kind: 'release', button: 'left', x: 9, y: 4 },
      { type: 'mouse', kind: 'wheel-up', button: 'none', x: 0, y: 0 },
      { type: 'mouse', kind: 'wheel-down', button: 'none', x: 0, y: 0 },
      { type: 'mouse', kind: 'drag', button: 'left', x: 2, y: 3 },
    ])
  })

  it.each([
    ['device attributes', '\x1b[?62;22c'],
    ['cursor position', '\x1b[12;40R'],
    ['mode report', '\x1b[?2026;2$y'],
    ['background colour (OSC 11)', '\x1b]11;rgb:1616/1818/1d1d\x1b\\'],
    ['terminal name (DCS)', '\x1bP>|xterm(390)\x1b\\'],
    ['OSC with BEL', '\x1b]52;c;cXVpdA==\x07'],
    ['a broken sequence', '\x1b[1;\x07'],
    ['a mouse report with nonsense', '\x1b[<0;;M'],
  ])('swallows %s', (_, sent) => {
    send(`${sent}z`)
    expect(keys().filter((key) => key !== 'ctrl+g')).toEqual(['z'])
  })

  it('tells focus', () => {
    send('\x1b[I\x1b[O')
    expect(all()).toEqual([
      { type: 'focus', gained: true },
      { type: 'focus', gained: false },
    ])
  })
})

it('survives any bytes, and what follows a silence is a key again', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (chunks) => {
      reads = []
      decoder.reset()
      for (const chunk of chunks) decoder.push(chunk)
      vi.advanceTimersByTime(5000)
      vi.advanceTimersByTime(5000)
      send(' q')
      vi.advanceTimersByTime(5000)
      expect(all().at(-1)).toMatchObject({ type: 'key', key: 'q' })
    }),
    { seed: 7, numRuns: 1000 },
  )
})
