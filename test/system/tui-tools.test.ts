// The interface's tools as their users meet them: the built program in a pseudo-terminal, many steps in one process.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { launch, type Program, ROOT } from './terminal.ts'

const home = mkdtempSync(join(tmpdir(), 'wiretail-tools-'))
const env = { HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, XDG_DATA_HOME: home }
const config = join(home, 'wiretail', 'config.json')
const PLAIN = join(ROOT, 'captures/plain.pcapng')
const running: Program[] = []

mkdirSync(join(home, 'wiretail'), { recursive: true })
process.on('exit', () => rmSync(home, { recursive: true, force: true }))

afterEach(() => {
  for (const program of running.splice(0)) program.close()
})

function start(args: readonly string[], cols = 120, rows = 40): Program {
  const program = launch({ args, cols, rows, env })
  running.push(program)
  return program
}

describe('the tools', () => {
  it('find the secret from the first screen, copy it, keep a column and a filter, and remember the file', async () => {
    const program = start([])
    await program.until(/Listen on an interface[\s\S]*Open a capture[\s\S]*plain\.pcapng[\s\S]*Lessons/)
    program.type('G')
    await program.until('▸ Lessons')
    program.type('kkk')
    await program.until('▸ plain.pcapng')
    program.type('{enter}')
    await program.until(/plain\.pcapng · 10 packets[\s\S]*GET \/ HTTP/)
    program.type('{ctrl+f}FLUFFY{enter}')
    await program.until('Packet 6 holds FLUFFY')
    await program.until('Frame 6:')
    program.type('yc')
    await program.until('✓ Copied: curl')
    expect(program.written()).toContain('\x1b]52;c;')
    program.type('{tab}C')
    await program.until('show the selected field')
    program.type('a')
    await program.until(({ lines }) => /Length +\S+ +Info/.test(lines().join('\n')))
    program.type(':filter http{enter}')
    await program.until('2 of 10')
    program.type(':keep-filter web{enter}')
    await program.until(':filter web shows http')
    const kept = JSON.parse(readFileSync(config, 'utf8')) as { columns: unknown[]; filters: unknown }
    expect(kept.columns).toHaveLength(1)
    expect(kept.filters).toEqual({ web: 'http' })
    program.type(':q{enter}')
    expect((await program.exit).code).toBe(0)
    expect(readFileSync(join(home, 'wiretail', 'recent.json'), 'utf8')).toContain('plain.pcapng')
  })

  it('say what is wrong in the configuration file before anything is drawn', async () => {
    writeFileSync(config, '{"theme": "pink"}')
    const program = start([PLAIN])
    const { code } = await program.exit
    expect(code).not.toBe(0)
    expect(program.screen.text().replaceAll('\n', '')).toContain(
      '"theme" is none of the choices. Write one of "dark", "light", "contrast".',
    )
    expect(program.written()).not.toContain('\x1b[?1049h')
    rmSync(config)
  })

  it('have a light theme, plain lines, and a word for a wrong theme', async () => {
    const light = start(['--theme', 'light', PLAIN])
    await light.until('10 packets')
    expect(light.screen.cell(0, 0).back).toBe('#e8ebf0')
    const plain = start(['--plain', PLAIN])
    expect((await plain.exit).code).toBe(0)
    expect(plain.screen.text()).toContain('GET / HTTP/1.1')
    expect(plain.written()).not.toContain('\x1b[?1049h')
    const wrong = start(['--theme', 'pink', PLAIN])
    expect((await wrong.exit).code).not.toBe(0)
    expect(wrong.screen.text()).toContain('There is no theme "pink".')
  })
})
