// The interface's tools on a real capture: finding, going back, and what else works on packets as the engine knows them.

import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { openFile } from '../../../src/engine/index.ts'
import { type Driven, drive } from './driver.ts'

const REQUESTS = fileURLToPath(new URL('../../../captures/requests.pcapng', import.meta.url))

let app: Driven | null = null

afterEach(async () => {
  if (app !== null && !app.ended()) await app.type('{ctrl+c}{ctrl+c}')
  app = null
})

async function open(cols = 120, rows = 40): Promise<Driven> {
  app = await drive({ session: await openFile(REQUESTS) }, cols, rows)
  for (let i = 0; i < 20 && !/\d+ packets/.test(app.text()); i++) await app.settle()
  return app
}

const frame = (shown: Driven): number => Number(/Frame (\d+):/.exec(shown.text())?.[1] ?? 0)

describe('finding', () => {
  it('goes to the packet that holds a text, case aside, on with n and back with N', async () => {
    const shown = await open()
    await shown.type('{ctrl+f}gEt /')
    expect(shown.text()).toContain('Find a packet')
    await shown.type('{enter}')
    await shown.settle()
    const first = frame(shown)
    expect(first).toBeGreaterThan(1)
    expect(shown.text()).toMatch(/Packet \d+ holds gEt \//)
    await shown.type('n')
    await shown.settle()
    const second = frame(shown)
    expect(second).toBeGreaterThan(first)
    await shown.type('N')
    await shown.settle()
    expect(frame(shown)).toBe(first)
  })

  it('finds bytes, patterns and what a filter selects, and says what is wrong with each', async () => {
    const shown = await open()
    await shown.type('{ctrl+f}48 54 5{tab}{enter}')
    expect(shown.text()).toContain('These are no bytes.')
    await shown.type('4{enter}')
    await shown.settle()
    const bytes = frame(shown)
    expect(bytes).toBeGreaterThan(1)
    await shown.type('gg{ctrl+f}{ctrl+u}HTTP/1\\.[01] ({tab}{enter}')
    expect(shown.text()).toContain('This is no regular expression')
    await shown.type('{backspace}200{enter}')
    await shown.settle()
    expect(frame(shown)).toBeGreaterThan(bytes)
    await shown.type('{ctrl+f}{ctrl+u}http.reqest{tab}{enter}')
    expect(shown.text()).toMatch(/✗ .*http\.reqest/)
    await shown.type('{ctrl+u}http.request{enter}')
    await shown.settle()
    expect(shown.text()).toMatch(/Packet \d+ holds http\.request/)
  })

  it('says when nothing holds it', async () => {
    const shown = await open()
    await shown.type('{ctrl+f}no such words{enter}')
    await shown.settle()
    expect(shown.text()).toContain('No packet shown here holds no such words.')
    expect(frame(shown)).toBe(1)
  })
})

describe('the way back', () => {
  it('leads from jump to jump, and forward again', async () => {
    const shown = await open()
    await shown.type('H')
    expect(shown.text()).toContain('No jump has led here.')
    await shown.type('5G')
    await shown.type('9gg')
    await shown.type('H')
    expect(frame(shown)).toBe(5)
    await shown.type('H')
    expect(frame(shown)).toBe(1)
    await shown.type('L')
    await shown.type('L')
    expect(frame(shown)).toBe(9)
    await shown.type('L')
    expect(shown.text()).toContain('There is nothing ahead')
  })
})

describe('the selected field', () => {
  it('becomes a filter: alone, negated, joined to the one there', async () => {
    const shown = await open()
    await shown.type('4G')
    await shown.type('{tab}ja')
    expect(shown.text()).toContain('Filter by the selected field')
    await shown.type('a')
    await shown.settle()
    expect(shown.text()).toMatch(/Filter +http +✓/)
    await shown.type('lja')
    expect(shown.text()).toMatch(/& +and this value +\(http\) && http/)
    await shown.type('!')
    await shown.settle()
    expect(shown.text()).toMatch(/Filter +\(http\) && !\(http/)
    await shown.type('a{escape}')
    expect(shown.text()).not.toContain('Filter by the selected field')
  })

  it('is copied through the terminal, and stays to be seen', async () => {
    const shown = await open()
    await shown.type('1G{tab}ly')
    expect(shown.text()).toMatch(/f +field as filter +tcp\.srcport == 51046/)
    await shown.type('f')
    expect(shown.text()).toContain('✓ Copied: tcp.srcport == 51046')
    expect(shown.written()).toContain(`\x1b]52;c;${Buffer.from('tcp.srcport == 51046').toString('base64')}\x07`)
    await shown.type('y{down}{down}{enter}')
    expect(shown.text()).toContain('Copied: c766')
  })

  it('is copied with its packet as Markdown, and as a request for curl', async () => {
    const shown = await open()
    await shown.type('12Gyc')
    expect(shown.text()).toContain('curl')
    expect(shown.text()).toContain('--data-binary')
    expect(shown.text()).toContain('http://127.0.0.1')
    await shown.type('{escape}')
    await shown.type('ym')
    expect(shown.text()).toMatch(/### Packet 12: HTTP\S*, 127\.0\.0\.1 → 127\.0\.0\.1/)
    await shown.type('j{escape}')
    await shown.type('1Gyc')
    expect(shown.text()).toContain('belongs to no HTTP request')
  })
})

describe('the command line', () => {
  it('completes words, does them, and says what it does not know', async () => {
    const shown = await open()
    await shown.type(':')
    expect(shown.text()).toMatch(/find … +the next packet that holds a text/)
    await shown.type('fil{tab}http.request{enter}')
    await shown.settle()
    expect(shown.text()).toMatch(/Filter +http\.request +✓/)
    await shown.type(':keep-filter asked{enter}')
    await shown.type(':filter{enter}')
    await shown.type(':filter asked{enter}')
    expect(shown.text()).toMatch(/Filter +http\.request +✓/)
    await shown.type(':go 12{enter}')
    expect(frame(shown)).toBe(12)
    await shown.type(':frobnicate{enter}')
    expect(shown.text()).toContain('There is no command frobnicate.')
    await shown.type('{ctrl+u}go x{enter}')
    expect(shown.text()).toContain('A packet has a number.')
    await shown.type('{ctrl+u}stat{enter}')
    expect(shown.text()).toContain('[4 Statistics]')
  })

  it('changes the theme at once', async () => {
    const shown = await open()
    expect(shown.ground(0, 0)).toBe(0x262b35)
    await shown.type(':theme light{enter}')
    expect(shown.ground(0, 0)).toBe(0xe8ebf0)
  })
})

describe('sizes', () => {
  const top = (shown: Driven): number => shown.lines().findIndex((line) => line.includes(' Layers '))
  const edge = (shown: Driven): number => (shown.lines()[top(shown)] ?? '').indexOf('┬')

  it('change by key, and by dragging a border', async () => {
    const shown = await open()
    const [row, column] = [top(shown), edge(shown)]
    await shown.type('++')
    expect(top(shown)).toBe(row + 2)
    await shown.type('-<')
    expect([top(shown), edge(shown)]).toEqual([row + 1, column - 2])
    await shown.send(`\x1b[<0;5;${row + 2}M\x1b[<32;5;${row + 6}M\x1b[<0;5;${row + 6}m`)
    expect(top(shown)).toBe(row + 5)
    await shown.send(`\x1b[<0;${column - 1};${row + 9}M\x1b[<32;${column - 11};${row + 9}M\x1b[<0;${column - 11};${row + 9}m`)
    expect(edge(shown)).toBe(column - 12)
  })

  it('have layouts: side by side, stacked, one alone', async () => {
    const shown = await open()
    await shown.type('|')
    expect(edge(shown)).toBe(-1)
    expect(shown.text()).toContain('0000  00 00')
    await shown.type('|')
    expect(shown.text()).not.toContain('0000  00 00')
    await shown.type('{tab}{tab}')
    expect(shown.text()).toContain('0000  00 00')
  })
})

describe('time', () => {
  it('counts from a packet chosen with T', async () => {
    const shown = await open()
    await shown.type('8GT')
    expect(shown.text()).toMatch(/ 8 +0\.000000000 /)
    expect(shown.text()).toMatch(/ 9 +0\.000251272 /)
    expect(shown.text()).toMatch(/ 4 +0\.000675221 /)
    await shown.type('T')
    expect(shown.text()).toMatch(/ 8 +0\.002934891 /)
  })
})
