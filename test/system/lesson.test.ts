// The lessons as a learner drives them: the built program in a terminal, in a pipe, as an ordinary user, with every engine.

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { LESSONS } from '../../src/lessons/index.ts'
import { launch, type Program, ROOT } from './terminal.ts'

const MAIN = join(ROOT, 'dist/main.js')
const folders: string[] = []
const programs: Program[] = []
afterEach(() => {
  for (const program of programs.splice(0)) program.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wiretail-lesson-'))
  folders.push(path)
  return path
}

/** How the files of a lesson begin. */
const nameOf = (number: number): string => (number === 19 ? 'exam-demo' : `lesson-${String(number).padStart(2, '0')}`)

let port = 5700 + (process.pid % 200)

/** Runs a lesson in a pipe, on a port of its own. */
function tell(args: readonly string[], env: Record<string, string> = {}) {
  port++
  const { PATH = '', HOME = '/' } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'lesson', ...args, '--port', String(port)], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH, HOME, LANG: 'C.UTF-8', ...env },
  })
  return { status, stdout, stderr }
}

function open(args: readonly string[], cols = 80, rows = 24, env: Record<string, string> = {}): Program {
  port++
  const program = launch({ args: ['lesson', ...args, '--port', String(port)], cols, rows, env })
  programs.push(program)
  return program
}

describe('wiretail lesson in a terminal', () => {
  it.each([
    [80, 24, {}],
    [60, 20, {}],
    [80, 24, { NO_COLOR: '1' }],
    [60, 20, { NO_COLOR: '1' }],
  ] as const)('lesson 0 at %i x %i with %o: predicts, finds the packet, reads the message', async (cols, rows, env) => {
    const dir = folder()
    const program = open(['0', '--dir', dir], cols, rows, env)
    await program.until('what does the spy need')
    program.type('a{enter}')
    await program.until(/✗ No password/)
    program.type('n')
    // Ten packets drop in one by one.
    await program.until(/ 1 client → TCP/)
    await program.until(/10 ← server TCP/)
    await program.until('which packet carries the secret?')
    program.type('4{enter}')
    await program.until(/✗ That one asks/)
    program.type('6{enter}')
    await program.until(/✓ Right/)
    await program.until(/\[66 6c 75 66 66 79/)
    program.type('n')
    await program.until('what is the secret message?')
    // n, p and q are letters here.
    program.type('nqp{backspace}{backspace}{backspace}Fluffy  tail{enter}')
    await program.until(/✓ Right/)
    program.type('n')
    expect((await program.exit).code).toBe(0)
    const report = readFileSync(join(dir, 'lesson-00-report.txt'), 'utf8')
    expect(report).toMatch(/Seen in packet 6, bytes \d+ to \d+: fluffy tail/)
    expect(report).toContain('2 of 3 questions right')
    expect(program.screen.alternate).toBe(false)
    if ('NO_COLOR' in env) expect(program.written()).not.toMatch(/\x1b\[[\d;]*[34][0-7][;m]/)
  })

  it('stops, goes back, shows notes and answers, grows, for a teacher', async () => {
    const program = open(['0', '--teacher', '--dir', folder()])
    await program.until('Predict')
    program.type('t')
    await program.until('For the teacher')
    await program.until('Answers are hidden')
    program.type('h')
    await program.until(/c\) nothing but the packets/)
    program.type('tn')
    await program.until(/ 2 ← server TCP/)
    program.type('s')
    await program.until('s go on')
    const stopped = program.screen.text()
    await new Promise((done) => setTimeout(done, 900))
    expect(program.screen.text()).toBe(stopped)
    program.type('s')
    await program.until(/10 ← server TCP/)
    program.type('p')
    await program.until('Three of them')
    program.type('z')
    await program.until(/page 1\/\d/)
    program.type('q')
    expect((await program.exit).code).toBe(0)
  })

  it('goes on where it stopped, and lists what is done', async () => {
    const dir = folder()
    const first = open(['1', '--dir', dir])
    await first.until('Who has something to say')
    first.type('n')
    await first.until('A sentence each')
    first.type('q')
    await first.exit
    const list = open(['--dir', dir])
    await list.until(/▶…\s+1 {2}Ten packets/)
    list.type('{enter}')
    await list.until('A sentence each')
    list.type('q')
    expect((await list.exit).code).toBe(0)
  })

  it('turns the wheel of lesson 5 with the arrow keys', async () => {
    const program = open(['5', '--from-capture', '--dir', folder()])
    await program.until('Predict')
    program.type('{pagedown}')
    await program.until('turned by 0')
    program.type('{right}')
    await program.until(/turned by 1[\s\S]*fluffy tail/)
    program.type('{left}{left}')
    await program.until(/turned by 25/)
    program.type('{escape}')
    expect((await program.exit).code).toBe(0)
  })

  it.each([
    { cols: 60, rows: 20, env: {} },
    { cols: 80, rows: 24, env: { NO_COLOR: '1' } },
  ])('shows every screen of every lesson in French, with the terminal’s own measure: $cols x $rows, $env', async ({ cols, rows, env }) => {
    for (const { number, title } of LESSONS) {
      const program = open([String(number), '--from-capture', '--lang', 'fr', '--dir', folder()], cols, rows, env)
      await program.until(title.fr)
      for (let at = 1; at <= 12; at++) {
        const match = await program.until(/ (\d+)\/(\d+)\s*$/m)
        const [, page, pages] = / (\d+)\/(\d+)\s*$/m.exec(match.text()) ?? []
        expect(match.text()).not.toContain('page 1/2')
        // Text is never cut; only long values in hexadecimal say that they go on.
        expect(match.text()).not.toMatch(/[^0-9a-f]…/)
        if (page === pages) break
        program.type('{pagedown}')
        await program.until((screen) => screen.text().includes(` ${Number(page) + 1}/${pages}`) || screen.text().includes('10 ←'))
      }
      program.type('{escape}')
      expect((await program.exit).code).toBe(0)
    }
  })

  it('gives the terminal back when it is ended from outside', async () => {
    const program = open(['0', '--from-capture', '--dir', folder()])
    await program.until('Predict')
    program.signal('SIGTERM')
    await program.exit
    expect(program.screen.alternate).toBe(false)
  })
})

describe('wiretail lesson in a pipe', () => {
  it.each(LESSONS.map(({ number, title }) => ({ number, title: title.en })))(
    'tells lesson $number from its capture',
    ({ number, title }) => {
      const dir = folder()
      const { status, stdout, stderr } = tell([String(number), '--from-capture', '--dir', dir])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toContain(title)
      expect(stdout).toContain('bundled capture')
      expect(existsSync(join(dir, `${nameOf(number)}-report.txt`))).toBe(true)
    },
  )

  it('checks answers given in order, and shows no answer that was not given', () => {
    const { stdout } = tell(['0', '--from-capture', '--answer', 'c', '--answer', '4', '--answer', 'fluffy tail', '--dir', folder()])
    expect(stdout).toContain('✓ You saw it coming.')
    expect(stdout).toContain('✗ That one asks for the secret.')
    expect(stdout).toContain('✓ Right.')
    const silent = tell(['0', '--from-capture', '--dir', folder()]).stdout
    expect(silent).not.toContain('✓')
    expect(silent).not.toContain('Packet 6 is the answer')
  })

  it.each(LESSONS.filter(({ scene }) => scene !== undefined).map(({ number, scene }) => [number, scene?.twoPorts === true] as const))(
    'makes the traffic of lesson %i live, and through the relay',
    (number, twoPorts) => {
      const dir = folder()
      const live = tell([String(number), '--dir', dir])
      expect({ status: live.status, stderr: live.stderr }).toEqual({ status: 0, stderr: '' })
      expect(live.stdout).toMatch(/\(live, /)
      expect(statSync(join(dir, `${nameOf(number)}.pcapng`)).size).toBeGreaterThan(500)
      const relayed = tell([String(number), '--engine', 'relay', '--dir', dir])
      expect({ status: relayed.status, stderr: relayed.stderr }).toEqual({ status: 0, stderr: '' })
      // The relay stands in front of one port; what goes over two is shown from the recording.
      expect(relayed.stdout).toContain(twoPorts ? 'bundled capture' : 'rebuilt, not captured')
    },
  )

  it('takes another message and another language', () => {
    const dir = folder()
    const { stdout } = tell([
      '0',
      '--secret',
      'noix à midi',
      '--lang',
      'fr',
      '--answer',
      'c',
      '--answer',
      '6',
      '--answer',
      'noix à midi',
      '--dir',
      dir,
    ])
    expect(stdout.match(/✓/g)).toHaveLength(3)
    expect(readFileSync(join(dir, 'lesson-00-report.txt'), 'utf8')).toContain('3 réponses exactes sur 3')
  })

  it('gives the same exam for the same seed, another for another, and the teacher its key', () => {
    const dir = folder()
    const questions = (text: string): string => text.replace(/^Report: .*$/m, '')
    const [one, again, other] = ['5b', '5b', '5c'].map((seed) => tell(['exam', '--seed', seed, '--dir', dir]))
    expect(one?.status).toBe(0)
    expect(questions(one?.stdout ?? '')).toBe(questions(again?.stdout ?? '!'))
    expect(questions(one?.stdout ?? '')).not.toBe(questions(other?.stdout ?? ''))
    const key = tell(['exam', '--seed', '5b', '--teacher', '--dir', folder()]).stdout
    const answers = [...key.matchAll(/^Packet (\d+)\.$/gm)].map(([, packet = '']) => packet)
    expect(answers).toHaveLength(10)
    const given = answers.flatMap((packet) => ['--answer', packet])
    tell(['exam', '--seed', '5b', '--dir', dir, ...given])
    const report = readFileSync(join(dir, 'exam-5b-report.txt'), 'utf8')
    expect(report).toContain('10 of 10 questions right')
    expect(report.match(/Seen in packet/g)?.length).toBe(10)
    expect(tell(['exam', '--seed', '../x']).stderr).toMatch(/^wiretail: "\.\.\/x" is no name[^\n]+\n$/)
    expect(tell(['1', '--seed', 'x']).stderr).toMatch(/^wiretail: Only the exam has a seed[^\n]+\n$/)
  })

  it('records only', () => {
    const dir = folder()
    const { status, stdout } = tell(['0', '--record-only', '--dir', dir])
    expect(status).toBe(0)
    expect(stdout).toMatch(/lesson-00\.pcapng: 10 packets \(live/)
    const printed = execFileSync(process.execPath, [MAIN, 'print', '-r', join(dir, 'lesson-00.pcapng')], { encoding: 'utf8' })
    expect(printed.trimEnd().split('\n')).toHaveLength(10)
  })

  it('writes nothing outside its folder', () => {
    const home = folder()
    const dir = join(home, 'mine')
    const spools = folder()
    chmodSync(spools, 0o777)
    for (const { number } of LESSONS) {
      const { status } = tell([String(number), '--dir', dir], { HOME: home, TMPDIR: spools, XDG_DATA_HOME: join(home, 'data') })
      expect(status).toBe(0)
    }
    expect(readdirSync(home)).toEqual(['mine'])
    expect(readdirSync(spools)).toEqual([])
    expect(readdirSync(dir).filter((name) => !/^(progress\.json|(lesson-\d\d|exam-demo)(\.pcapng|-report\.txt))$/.test(name))).toEqual([])
    expect(statSync(dir).mode & 0o77).toBe(0)
  })

  it.each([
    [['99'], /^wiretail: There is no lesson "99"\. Choose one of [^\n]+\n$/],
    [['0', '--lang', 'xx'], /^wiretail: "xx" is no language[^\n]+\n$/],
    [['0', 'more'], /^wiretail: "more" is too much[^\n]+\n$/],
    [['0', '--frobnicate'], /^wiretail: Unknown option '--frobnicate'[^\n]+\n$/],
    [
      ['0', '--from-capture', '--record-only', '--dir', join(tmpdir(), 'never-made')],
      /^wiretail: --record-only and --from-capture[^\n]+\n$/,
    ],
    [['0', '--dir', '/proc/nowhere'], /^wiretail: The folder \/proc\/nowhere cannot be made[^\n]+\n$/],
  ])('says %j in one line', (args, line) => {
    const { status, stdout, stderr } = tell(args as string[])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(line)
  })
})

describe('the whole track as an ordinary user with only a loopback', () => {
  const possible =
    process.getuid?.() === 0 &&
    !spawnSync('setpriv', ['--version']).error &&
    spawnSync('setpriv', ['--reuid', '65534', '--clear-groups', 'unshare', '-Urn', 'true']).status === 0
  if (!possible) console.warn('SKIPPED: the track as nobody needs root, setpriv and user namespaces')

  it.runIf(possible)('passes', () => {
    const home = folder()
    chmodSync(home, 0o777)
    // A checkout may lie where nobody else may look.
    cpSync(join(ROOT, 'dist'), join(home, 'app/dist'), { recursive: true })
    cpSync(join(ROOT, 'captures'), join(home, 'app/captures'), { recursive: true })
    for (const name of ['koffi', '@koromix', 'node-forge']) {
      const from = join(ROOT, 'node_modules', name)
      if (existsSync(from)) cpSync(from, join(home, 'app/node_modules', name), { recursive: true, dereference: true })
    }
    cpSync(join(ROOT, 'package.json'), join(home, 'app/package.json'))
    const { PATH = '' } = process.env
    for (const { number, scene, write } of LESSONS) {
      const { status, stdout, stderr } = spawnSync(
        'setpriv',
        [
          '--reuid',
          '65534',
          '--regid',
          '65534',
          '--clear-groups',
          process.execPath,
          join(home, 'app/dist/main.js'),
          'lesson',
          String(number),
          '--dir',
          join(home, 'work'),
          '--plain',
        ],
        { encoding: 'utf8', timeout: 60_000, cwd: home, env: { PATH, HOME: home, TMPDIR: home } },
      )
      expect({ number, status, stderr }).toEqual({ number, status: 0, stderr: '' })
      expect(stdout).toContain(scene !== undefined ? 'own namespace' : write !== undefined ? 'written, not captured' : 'bundled capture')
    }
  })
})
