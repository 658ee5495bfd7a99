// The views of the interface as their users meet them: the built program in a pseudo-terminal, on the bundled captures. What whole
// screens look like stands as text in tui-frames/ and is reviewed as a diff.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type LaunchOptions, launch, type Program, ROOT, type Screen } from './terminal.ts'

const home = mkdtempSync(join(tmpdir(), 'wiretail-views-'))
const running: Program[] = []

afterEach(() => {
  for (const program of running.splice(0)) program.close()
})

process.on('exit', () => rmSync(home, { recursive: true, force: true }))

async function open(capture: string, options: LaunchOptions = {}): Promise<Program> {
  const env = { HOME: home, XDG_DATA_HOME: home, ...options.env }
  const program = launch({ args: [join(ROOT, 'captures', capture)], ...options, env })
  running.push(program)
  await program.until(({ text }) => /\d+ packets/.test(text()) && text().includes('Frame ') && !text().includes('· opening'))
  return program
}

/** What is on the screen, to be compared with the text kept in tui-frames/. */
async function expectFrame(screen: Screen, name: string): Promise<void> {
  await expect(
    `${screen
      .lines()
      .map((line) => line.trimEnd())
      .join('\n')}\n`,
  ).toMatchFileSnapshot(`./tui-frames/${name}.txt`)
}

const SIZES = [
  { cols: 80, rows: 24 },
  { cols: 120, rows: 40 },
] as const

describe('the views', () => {
  it('open by number, stand in the title line, and q leads back', async () => {
    const program = await open('requests.pcapng', { cols: 120, rows: 30 })
    expect(program.screen.lines()[0]).toContain('[1 Packets] 2 Exchanges  3 Streams  4 Statistics  5 TLS  6 Compare  7 Lessons')
    for (const [key, title] of [
      ['2', '[2 Exchanges]'],
      ['3', '[3 Streams]'],
      ['4', '[4 Statistics]'],
      ['5', '[5 TLS]'],
      ['6', '[6 Compare]'],
      ['7', '[7 Lessons]'],
    ] as const) {
      program.type(key)
      await program.until(title)
    }
    program.type('q')
    await program.until('[1 Packets]')
  })

  it('leave numbers in front of G to the packets', async () => {
    const program = await open('requests.pcapng', { cols: 120, rows: 30 })
    program.type('12G')
    await program.until('Frame 12:')
    program.type('2')
    await program.until('[2 Exchanges]')
  })

  it('open with a click on their name', async () => {
    const program = await open('requests.pcapng', { cols: 120, rows: 30 })
    const { x } = program.screen.find('4 Statistics')
    program.type(`\x1b[<0;${x + 3};1M\x1b[<0;${x + 3};1m`)
    await program.until('[4 Statistics]')
  })

  it('have a help of their own', async () => {
    const program = await open('requests.pcapng')
    program.type('3')
    await program.until('[3 Streams]')
    program.type('?')
    const screen = await program.until('follow the stream: what both sides said')
    expect(screen.text()).not.toContain('look for another secret')
    program.type('q')
    await program.until('[3 Streams]')
  })

  it('keep the title short on a narrow screen', async () => {
    const program = await open('plain.pcapng', { cols: 80 })
    expect(program.screen.lines()[0]).toMatch(/plain\.pcapng · 10 packets.* \[1 Packets\] 2 {2}3 {2}4 {2}5 {2}6 {2}7 *$/)
  })
})

describe.each(SIZES)('whole screens at $cols x $rows', ({ cols, rows }) => {
  const name = (what: string): string => `${what}-${cols}x${rows}`

  it('exchanges, and one of them', async () => {
    const program = await open('requests.pcapng', { cols, rows })
    program.type('2')
    await expectFrame(await program.until(/9 exchanges · 1 failed(?!.*read)/), name('exchanges'))
    program.type('jjj{enter}')
    await expectFrame(await program.until('bring nuts'), name('exchange'))
  })

  it('streams, and one that is followed', async () => {
    const program = await open('requests.pcapng', { cols, rows })
    program.type('3')
    await expectFrame(await program.until(/2 conversations.*IPv4 1/), name('streams'))
    program.type('{enter}')
    await expectFrame(await program.until(({ text }) => text().includes('GET / HTTP/1.1') && !text().includes('% read')), name('follow'))
  })

  it('statistics', async () => {
    const program = await open('requests.pcapng', { cols, rows })
    program.type('4')
    await expectFrame(await program.until(({ text }) => /http +█/.test(text()) && !text().includes('counting')), name('statistics'))
    program.type('{tab}{tab}')
    await expectFrame(await program.until('bytes in '), name('traffic'))
  })

  it('TLS sessions, and one of them', async () => {
    const program = await open('tls12.pcapng', { cols, rows })
    program.type('5')
    await expectFrame(await program.until('no keys were given'), name('tls'))
    program.type('{enter}')
    await expectFrame(await program.until('issued by'), name('tls-session'))
  })

  it('the comparison', async () => {
    const program = await open('plain.pcapng', { cols, rows })
    program.type('x')
    await expectFrame(await program.until(/IN PLAIN[\s\S]*SEALED[\s\S]*SEALED/), name('compare'))
  })

  it('the lessons', async () => {
    const program = await open('plain.pcapng', { cols, rows })
    program.type('7')
    await expectFrame(await program.until('The token, taken apart'), name('lessons'))
  })

  it('the lens, in colours and in letters', async () => {
    const program = await open('tls13.pcapng', { cols, rows })
    program.type('11Gv')
    await program.until(/R (readable )?0 % {2}E/)
    program.type('v')
    await expectFrame(await program.until(/ [FMRE]{8,16} *\n/), name('lens'))
  })
})

describe('the comparison', () => {
  it('lights the secret and its bytes, and colours the verdicts', async () => {
    const { until, type, screen } = await open('plain.pcapng', { cols: 120, rows: 40 })
    type('x')
    await until(/IN PLAIN[\s\S]*SEALED[\s\S]*SEALED/)
    const secret = screen.find('»fluffy tail« ')
    expect(screen.cell(screen.find('66 6c 75').x, screen.find('66 6c 75').y).back).toBe('#4a3700')
    expect(screen.cell(secret.x, secret.y).fore).toBe('#ffcf5c')
    const plain = screen.find('IN PLAIN')
    const sealed = screen.find('SEALED')
    expect(screen.cell(plain.x, plain.y).fore).toBe('#ff8f8f')
    expect(screen.cell(sealed.x, sealed.y).fore).toBe('#8fd694')
  })

  it('looks for another secret that is typed', async () => {
    const program = await open('plain.pcapng', { cols: 120, rows: 40 })
    program.type('6')
    await program.until('SEALED')
    program.type('s{ctrl+u}no such thing{enter}')
    const screen = await program.until(/NOT IN THIS CAPTURE[\s\S]*»no such thing«|»no such thing«[\s\S]*NOT IN THIS CAPTURE/)
    expect(screen.text()).not.toContain('IN PLAIN')
    program.type('s{ctrl+u}fluffy tail{enter}')
    await program.until('IN PLAIN')
  })

  it('goes to the packet with the secret on Enter', async () => {
    const program = await open('plain.pcapng', { cols: 120, rows: 40 })
    program.type('x')
    await program.until('IN PLAIN')
    program.type('{enter}')
    await program.until(/\[1 Packets\][\s\S]*Frame 6:/)
  })

  it('brings columns in that do not fit', async () => {
    const program = await open('cipher.pcapng', { cols: 60, rows: 24 })
    program.type('x')
    await program.until(/1-2 of 4 +▸ cipher/)
    program.type('{right}{right}{right}')
    await program.until(/3-4 of 4[\s\S]*▸ https/)
  })
})

describe('streams', () => {
  it('are followed from a packet with f, and q goes back to it', async () => {
    const program = await open('plain.pcapng')
    program.type('6Gf')
    const screen = await program.until(/TCP stream 0[\s\S]*fluffy tail/)
    const first = screen.find('GET / HTTP')
    const second = screen.find('HTTP/1.1 200 OK')
    expect(screen.cell(first.x, first.y).fore).not.toBe(screen.cell(second.x, second.y).fore)
    program.type('t')
    await program.until('00000000  47 45 54 20')
    program.type('t')
    await program.until('474554202f20')
    program.type('q')
    await program.until('Frame 6:')
  })

  it('show one side alone', async () => {
    const program = await open('plain.pcapng')
    program.type('f')
    await program.until('GET / HTTP')
    program.type('{tab}')
    await program.until(({ text }) => text().includes('→ alone') && !text().includes('200 OK'))
    program.type('{tab}')
    await program.until(({ text }) => text().includes('← alone') && text().includes('200 OK') && !text().includes('GET / HTTP'))
  })

  it('are drawn as a ladder with l, which is written as Mermaid', async () => {
    const program = await open('plain.pcapng', { cols: 100, rows: 30 })
    program.type('l')
    await expectFrame(await program.until(/ 10 +\d.*◀─+ TCP/), 'ladder-100x30')
    const path = join(home, 'ladder.mmd')
    program.type(`w{ctrl+u}${path}{enter}`)
    await program.until('The ladder is in')
    expect(readFileSync(path, 'utf8')).toMatch(/^sequenceDiagram\n[\s\S]*A->>B: 4 HTTP GET \/ HTTP\/1\.1/)
    program.type(`w{ctrl+u}${path}{enter}`)
    await program.until('is there already. Choose another name.')
    program.type('{escape}')
    await program.until('TCP stream 0 · 10 packets')
    program.type('jjjjj{enter}')
    await program.until('Frame 6:')
  })

  it('are searched', async () => {
    const program = await open('requests.pcapng')
    program.type('f')
    await program.until('line 1 of')
    program.type('/squirrel{enter}')
    const screen = await program.until(/looking for "squirrel"[\s\S]*bring nuts/)
    const place = screen.find('squirrel"}')
    expect(screen.cell(place.x, place.y).back).toBe('#1f4a30')
    program.type('/not said{enter}')
    await program.until('"not said" is not in this stream')
  })

  it('become a filter with a', async () => {
    const program = await open('requests.pcapng')
    program.type('3')
    await program.until(/2 conversations.*IPv4 1/)
    program.type('ja')
    await program.until(/tcp\.stream == 1 +✓ 10 of 36/)
  })
})

describe('keys that open TLS', () => {
  const keylog = join(ROOT, 'captures/tls13.keys.txt')

  it('show the bytes sealed and opened in turn', async () => {
    const args = [join(ROOT, 'captures/tls13.pcapng'), '--keylog', keylog]
    const program = await open('tls13.pcapng', { args, cols: 140, rows: 40 })
    program.type('11GD')
    await program.until(/\[Decrypted TLS[\s\S]*As opened/)
    await program.until('HTTP/1.1 200 OK')
    program.type('D')
    await program.until(/\[Frame\][\s\S]*As sent/)
  })

  it('let a stream be followed as sent, and opened', async () => {
    const args = [join(ROOT, 'captures/tls13.pcapng'), '--keylog', keylog]
    const program = await open('tls13.pcapng', { args, cols: 100, rows: 30 })
    program.type('f')
    await program.until(({ text }) => text().includes('TCP stream 0') && !text().includes('% read'))
    expect(program.screen.text()).not.toContain('fluffy tail')
    program.type('D')
    await program.until(/TLS opened, TCP stream 0[\s\S]*fluffy tail/)
  })

  it('bring exchanges inside TLS to the list', async () => {
    const args = [join(ROOT, 'captures/tls13.pcapng'), '--keylog', keylog]
    const program = await open('tls13.pcapng', { args, cols: 140, rows: 30 })
    program.type('2')
    await program.until(/1 exchange[\s\S]*GET[\s\S]*200[\s\S]*yes/)
    program.type('5')
    await program.until('✓ opened with')
  })

  it('are asked for where there are none', async () => {
    const program = await open('tls13.pcapng', { cols: 120, rows: 30 })
    program.type('11GD')
    await program.until('No key has opened anything in this packet. Start wiretail with --keylog FILE')
  })
})

describe('exchanges', () => {
  it('lead to their packets', async () => {
    const program = await open('requests.pcapng')
    program.type('2')
    await program.until('9 exchanges')
    program.type('jjjp')
    await program.until('POST /notes HTTP/1.1')
    await program.until('[1 Packets]')
  })

  it('say what to do where there are none', async () => {
    const program = await open('tls13.pcapng')
    program.type('2')
    await program.until('There are no HTTP exchanges in these 16 packets.')
    await program.until('--keylog')
  })
})

describe('the lens', () => {
  it('says in words what a byte is', async () => {
    const program = await open('plain.pcapng', { cols: 120, rows: 40 })
    program.type('6G{tab}G')
    await program.until('Line-based text data')
    program.type('v')
    const screen = await program.until('Readable: anybody on the way can read this without a key.')
    expect(screen.text()).toMatch(/R readable \d+ % {2}E encrypted 0 % {2}M metadata \d+ % {2}F framing \d+ %/)
    program.type('vv')
    await program.until(({ text }) => !text().includes('R readable'))
  })

  it('uses weights and letters without colours', async () => {
    const program = await open('plain.pcapng', { cols: 80, rows: 24, env: { NO_COLOR: '1' } })
    program.type('6Gv')
    const screen = await program.until('R 69 %')
    for (let y = 0; y < 24; y++)
      for (let x = 0; x < 80; x++) expect(`${screen.cell(x, y).fore} ${screen.cell(x, y).back}`).toBe('default default')
    program.type('v')
    await program.until(/ [FMRE]{8,16} *\n/)
  })
})

describe('lessons', () => {
  it('run inside, are answered, and leave a report', async () => {
    const program = await open('plain.pcapng')
    program.type('7')
    await program.until('Ninety seconds')
    program.type('{enter}')
    await program.until('Lesson 0')
    program.type('n')
    await program.until('which packet carries the secret')
    // A digit is an answer here, and no other view.
    program.type('5{enter}')
    await program.until('✗')
    program.type('6{enter}')
    await program.until('✓')
    program.type('q')
    await program.until('Your report:')
    expect(readFileSync(join(home, 'wiretail/lessons/lesson-00-report.txt'), 'utf8')).toContain('✓')
    await program.until(/… +0 +Ninety|✓ +0 +Ninety/)
  })

  it('have a teacher mode and another language', async () => {
    const program = await open('plain.pcapng')
    program.type('7')
    await program.until('Ninety seconds')
    program.type('t')
    await program.until('teacher mode')
    program.type('L')
    await program.until('les leçons')
    program.type('{enter}')
    await program.until('Leçon 0')
    program.type('t')
    await program.until('Pour l’enseignant')
  })
})
