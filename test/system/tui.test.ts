// The interface as its users meet it: the built program in a pseudo-terminal.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type LaunchOptions, launch, type Program, ROOT, toSvg } from './terminal.ts'

const PLAIN = join(ROOT, 'captures/plain.pcapng')
const MAIN = join(ROOT, 'dist/main.js')
const running: Program[] = []
const folder = mkdtempSync(join(tmpdir(), 'wiretail-tui-'))

afterEach(() => {
  for (const program of running.splice(0)) program.close()
})

process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

function start(options: LaunchOptions = {}): Program {
  const program = launch(options)
  running.push(program)
  return program
}

/** The recorded exchange of the demo, on the screen with all its packets. */
async function openPlain(options: LaunchOptions = {}): Promise<Program> {
  const program = start({ args: [PLAIN, '--secret', 'fluffy tail'], ...options })
  await program.until(/10 packets[\s\S]*◆ +6 /)
  return program
}

describe('the recorded exchange', () => {
  it('shows the packet with the secret, and lights its bytes', async () => {
    const program = await openPlain({ cols: 120, rows: 40 })
    program.type('{down}{down}{down}{down}{down}')
    await program.until('Frame 6:')
    const { screen } = program
    const row = screen.find('00d0')
    const first = screen.lines()[row.y]?.indexOf('20 74 61 69 6c') ?? -1
    expect(screen.cell(first, row.y).back).toBe('#4a3700')
    expect(screen.cell(row.x, row.y).back).not.toBe('#4a3700')
    expect(screen.cell(screen.find('◆ secret').x, screen.find('◆ secret').y).fore).toBe('#ffcf5c')
    expect(toSvg(screen)).toContain('fluffy')
  })

  it('shows the request on any size of terminal, and reflows when it changes', async () => {
    const program = await openPlain({ cols: 80, rows: 24 })
    expect(program.screen.text()).toContain('GET / HTTP/1.1')
    program.resize(220, 60)
    await program.until(({ text, cols, lines }) => cols === 220 && text().includes('Destination') && (lines()[59] ?? '').includes('? keys'))
    program.resize(60, 18)
    await program.until(({ lines }) => (lines()[17] ?? '').includes('/ filter') && (lines()[0] ?? '').includes('wiretail'))
    program.resize(30, 8)
    await program.until(({ text, lines }) => text().includes('plain.pcapng') && (lines()[7] ?? '').includes('/ filter'))
  })

  it('filters, repairs a mistake on one key, and says how many', async () => {
    const program = await openPlain({ cols: 120, rows: 40 })
    program.type('/tcp.prot == 5683 and http')
    await program.until(/ \^{8} .*Tab: tcp\.port == 5683 and http/)
    program.type('{tab}')
    await program.until(/tcp\.port == 5683 and http +✓ 2 of 10/)
    program.type('{enter}')
    const screen = await program.until(({ text }) => !text().includes('[SYN]') && text().includes('GET / HTTP/1.1'))
    expect(screen.text()).not.toContain('[ACK]')
    program.type('/{ctrl+u}tcp.port == 1{enter}')
    await program.until('No packet matches tcp.port == 1.')
    program.type('/{ctrl+u}{enter}')
    await program.until('[SYN]')
  })

  it('saves what is displayed, and the file opens again', async () => {
    const path = join(folder, 'saved.pcap')
    const program = await openPlain({ cols: 120, rows: 40 })
    program.type('/http{enter}')
    await program.until('2 of 10')
    program.type(`w{ctrl+u}${path}{enter}`)
    await program.until('✓ 2 packets are in')
    expect(readFileSync(path).readUInt32LE(0) >>> 8).toBeGreaterThan(0)
    const again = start({ args: [path] })
    await again.until(/saved\.pcap · 2 packets/)
  })

  it('uses weights instead of colours with NO_COLOR', async () => {
    const program = await openPlain({ env: { NO_COLOR: '1' } })
    program.type('6G')
    await program.until('File Data: 11 bytes')
    const { screen } = program
    const at = screen.find('HTTP/1.1 200 O')
    expect(screen.cell(at.x, at.y).inverse).toBe(true)
    for (let y = 0; y < 24; y++)
      for (let x = 0; x < 80; x++) expect(`${screen.cell(x, y).fore} ${screen.cell(x, y).back}`).toBe('default default')
  })

  it('does not care whether CI is set', async () => {
    const program = await openPlain({ env: { CI: 'true', GITHUB_ACTIONS: 'true' } })
    program.type('G')
    await program.until('Frame 10:')
  })

  it('reads a capture from a pipe and keys from the terminal', async () => {
    const command = ['bash', '-c', `cat "${PLAIN}" | "${process.execPath}" "${MAIN}" -`] as const
    const program = start({ command: [...command] })
    await program.until(/10 packets[\s\S]*GET \/ HTTP/)
    program.type('G')
    await program.until('Frame 10:')
    program.type('qq')
    expect((await program.exit).code).toBe(0)
  })
})

describe('hostile packets', () => {
  it('never reach the terminal as anything but visible text', async () => {
    const path = join(folder, 'hostile.pcap')
    writeFileSync(path, hostileCapture())
    const program = start({ args: [path], cols: 200, rows: 60 })
    await program.until(/2 packets[\s\S]*GET/)
    for (const keys of ['e', 'j', 'e', '{tab}', '{pagedown}', '{tab}', '{right}']) program.type(keys)
    await program.until('▸ Bytes')
    program.type('qqq')
    await program.exit
    const written = program.written()
    for (const bad of ['\x1b]52', '\x1b]0;', '\x07', '\x9b', '\u202e', '\x1b[31mred', '\x0e']) expect(written).not.toContain(bad)
    expect(written).toContain('␛]52')
  })
})

describe('the way out', () => {
  it.each([
    ['q q', 'qq', 0],
    ['Ctrl-C', '{ctrl+c}', 0],
  ])('%s leaves the terminal as it was', async (_, keys, code) => {
    const program = await openPlain()
    expect(program.screen.alternate).toBe(true)
    program.type(keys)
    expect((await program.exit).code).toBe(code)
    expectRestored(program)
  })

  it.each([
    ['SIGTERM', 15],
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGQUIT', 3],
  ])('%s restores the terminal and ends by that signal', async (name, number) => {
    const program = await openPlain()
    program.signal(name)
    expect((await program.exit).signal).toBe(number)
    expectRestored(program)
  })

  it('gives back cooked mode: the shell reads lines again', async () => {
    const program = start({
      command: ['bash', '-c', `"${process.execPath}" "${MAIN}" "${PLAIN}"; stty -a | tr ';' '\\n' | grep -o -- ' -\\?icanon'; echo done`],
    })
    await program.until('GET / HTTP/1.1')
    program.type('qq')
    const screen = await program.until('done')
    expect(screen.text()).toMatch(/ icanon/)
    expectRestored(program)
  })

  it('suspends with Ctrl-Z and comes back whole', async () => {
    const program = start({ command: ['bash', '--norc', '-i'], env: { PS1: 'shell> ' } })
    await program.until('shell>')
    program.type(`"${process.execPath}" "${MAIN}" "${PLAIN}"{enter}`)
    await program.until(/10 packets[\s\S]*GET \/ HTTP/)
    program.type('{ctrl+z}')
    await program.until(({ text, alternate }) => !alternate && /Stopped[\s\S]*shell> ?$/.test(text().trimEnd()))
    program.type('fg{enter}')
    await program.until(({ text, alternate }) => alternate && text().includes('GET / HTTP/1.1') && text().includes('/ filter'))
    program.type('G')
    await program.until('Frame 10:')
    program.type('qq')
    await program.until(({ alternate }) => !alternate)
  })
})

function expectRestored(program: Program): void {
  expect(program.screen.alternate).toBe(false)
  expect(program.screen.caret.visible).toBe(true)
  const written = program.written()
  for (const mode of ['1002', '1006', '2004']) {
    expect(written.lastIndexOf(`\x1b[?${mode}l`), mode).toBeGreaterThan(written.lastIndexOf(`\x1b[?${mode}h`))
  }
}

/** Two packets of HTTP whose header and body hold what attacks terminals: OSC 52, window titles, bells, C1, bidi, shifts. */
function hostileCapture(): Buffer {
  const attack = '\x1b]52;c;cHduZWQ=\x07\x1b]0;owned\x07\x1b[31mred\x9b31m\x0e\u202e\r'
  const request = Buffer.from(`GET /${attack.replace('\r', '')} HTTP/1.1\r\nHost: a${attack.replace('\r', '')}\r\n\r\n`)
  const response = Buffer.from(
    `HTTP/1.1 200 ${attack.replace('\r', '')}\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n\r\n${attack.padEnd(40)}`,
  )
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(65_535, 16)
  header.writeUInt32LE(1, 20)
  return Buffer.concat([header, record(request, 40_000, 80), record(response, 80, 40_000)])
}

function record(payload: Buffer, from: number, to: number): Buffer {
  const frame = Buffer.alloc(54)
  frame.writeUInt16BE(0x0800, 12)
  frame.writeUInt16BE(0x4500, 14)
  frame.writeUInt16BE(40 + payload.length, 16)
  frame[22] = 64
  frame[23] = 6
  frame.writeUInt32BE(0x7f000001, 26)
  frame.writeUInt32BE(0x7f000001, 30)
  frame.writeUInt16BE(from, 34)
  frame.writeUInt16BE(to, 36)
  frame.writeUInt32BE(1, 38)
  frame.writeUInt32BE(1, 42)
  frame[46] = 0x50
  frame[47] = 0x18
  const head = Buffer.alloc(16)
  head.writeUInt32LE(1_700_000_000, 0)
  head.writeUInt32LE(54 + payload.length, 8)
  head.writeUInt32LE(54 + payload.length, 12)
  return Buffer.concat([head, frame, payload])
}
